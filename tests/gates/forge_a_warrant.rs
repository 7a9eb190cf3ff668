//! A warrant comes from the log.
fn forge(permit: aegis_core::policy::Permit) -> aegis_host::journal::Warrant {
    aegis_host::journal::Warrant { permit }
}

fn main() {
    let _ = forge;
}
