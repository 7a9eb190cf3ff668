//! The kernel's own errands are recorded too.
fn errand() -> aegis_host::journal::Errand {
    aegis_host::journal::Errand::default()
}

fn main() {
    let _ = errand;
}
