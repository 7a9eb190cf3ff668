//! A raw answer cannot be read.
fn open(sealed: aegis_core::egress::Sealed) -> aegis_core::json::Json {
    sealed.raw
}

fn main() {
    let _ = open;
}
