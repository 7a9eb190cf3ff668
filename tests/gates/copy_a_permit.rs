//! One decision is used once.
fn copy(permit: aegis_core::policy::Permit) -> (aegis_core::policy::Permit, aegis_core::policy::Permit) {
    (permit.clone(), permit)
}

fn main() {
    let _ = copy;
}
