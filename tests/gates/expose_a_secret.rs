//! Only south reads a secret.
fn read(secret: &aegis_host::south::Secret) -> &str {
    secret.expose()
}

fn main() {
    let _ = read;
}
