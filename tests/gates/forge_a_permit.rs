//! A permit comes from a decision, never from anybody else.
fn forge(permit: aegis_core::policy::Permit) -> aegis_core::policy::Permit {
    aegis_core::policy::Permit { 0: permit.0 }
}

fn main() {
    let _ = forge;
}
