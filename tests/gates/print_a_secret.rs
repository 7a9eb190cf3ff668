//! A secret has no text form.
fn print(secret: &aegis_host::south::Secret) -> String {
    format!("{secret:?}")
}

fn main() {
    let _ = print;
}
