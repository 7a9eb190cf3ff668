//! A raw answer cannot be written anywhere.
fn leak(sealed: &aegis_core::egress::Sealed) -> String {
    serde_json::to_string(sealed).unwrap_or_default()
}

fn main() {
    let _ = leak;
}
