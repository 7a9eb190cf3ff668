//! What leaves has been released.
fn forge(sealed: aegis_core::egress::Sealed) -> aegis_core::egress::Egress {
    sealed
}

fn main() {
    let _ = forge;
}
