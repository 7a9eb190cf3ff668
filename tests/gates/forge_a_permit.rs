//! A permit comes from a decision, never from anybody else.
fn forge(permit: aegis_core::policy::Permit) -> aegis_core::policy::Permit {
    aegis_core::policy::Permit { epoch: "mine".into(), ..permit }
}

fn main() {
    let _ = forge;
}
