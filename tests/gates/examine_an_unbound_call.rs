//! Arguments are read for a declared tool only.
fn examine(call: aegis_core::call::Call, world: &aegis_core::inspect::World<'_>) {
    let _ = aegis_core::inspect::examine(call, world);
}

fn main() {
    let _ = examine;
}
