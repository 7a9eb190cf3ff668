//! Lays the program out: what a start and usual calls touch stands together (`order.ld`, written by `write.py`), and
//! what is moved to its place at a start is told in one bit each, not in 24 bytes.
//! Knows nothing of what the functions do; a linker that is told nothing places them as they come.

use std::env::var;
use std::path::Path;
use std::process::Command;

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
        // What is built for another machine may meet an older C library.
        if var("HOST").is_ok_and(|host| is("TARGET", &host)) && glibc() >= Some(PACKED_SINCE) {
            println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
        }
    }
}

/// The first glibc that loads packed relocations; one before it refuses the program.
const PACKED_SINCE: (u32, u32) = (2, 36);

/// The version of this machine's glibc.
fn glibc() -> Option<(u32, u32)> {
    let said = Command::new("getconf")
        .arg("GNU_LIBC_VERSION")
        .output()
        .ok()?;
    let said = String::from_utf8(said.stdout).ok()?;
    let (major, minor) = said.trim().strip_prefix("glibc ")?.split_once('.')?;
    Some((major.parse().ok()?, minor.split('.').next()?.parse().ok()?))
}
