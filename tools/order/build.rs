//! Lays the program out: what a start and usual calls touch stands together (`order.ld`, written by `write.py`).
//! Knows nothing of what the functions do; a linker that is told nothing places them as they come.

use std::env::var;
use std::path::Path;

fn main() {
    let is = |name: &str, value: &str| var(name).is_ok_and(|is| is == value);
    let own = var("CARGO_MANIFEST_DIR").unwrap_or_default();
    let orders = Path::new(&own)
        .ancestors()
        .map(|folder| folder.join("tools/order/order.ld"));
    let Some(order) = orders.into_iter().find(|order| order.is_file()) else {
        return;
    };
    println!("cargo::rerun-if-changed={}", order.display());

    // GNU ld and lld add such a script to their own; mold has no such thing.
    let other = var("CARGO_ENCODED_RUSTFLAGS").is_ok_and(|flags| flags.contains("mold"));
    if is("PROFILE", "release")
        && is("CARGO_CFG_TARGET_OS", "linux")
        && is("CARGO_CFG_TARGET_ENV", "gnu")
        && !other
    {
        println!("cargo::rustc-link-arg-bins=-T{}", order.display());
    }
}
