//! `sandbox = "strict"`: what a downstream's processes may touch is held by the system, not by their manners.
//! Knows nothing of what they do; it holds files, sockets and signals. What cannot be held whole is refused, never held in part.

#[cfg(target_os = "linux")]
mod files;
#[cfg(target_os = "linux")]
mod sockets;

use std::path::Path;

use crate::config::StrictConfig;

/// Which version of Landlock holds here, where it can hold all of it.
///
/// # Errors
/// With what the system lacks and what to do about it.
#[cfg(target_os = "linux")]
pub(crate) fn in_force() -> Result<i32, String> {
    sockets::filter(false)?;
    files::in_force()
}

/// As the other.
#[cfg(not(target_os = "linux"))]
pub(crate) fn in_force() -> Result<i32, String> {
    Err("this system has no Landlock: leave `sandbox` out, or run the downstream where it is contained by other means".to_owned())
}

/// Whether this very sandbox could be entered, without entering it.
///
/// # Errors
/// With what stands in the way.
#[cfg(target_os = "linux")]
pub(crate) fn possible(strict: &StrictConfig, program: &Path) -> Result<(), String> {
    in_force()?;
    files::rules(strict, program).map(drop)
}

/// As the other.
#[cfg(not(target_os = "linux"))]
pub(crate) fn possible(_strict: &StrictConfig, _program: &Path) -> Result<(), String> {
    in_force().map(drop)
}

/// Puts this thread, and whatever it starts from now on, into it for good.
///
/// # Errors
/// With what stands in the way; then nothing may be started.
#[cfg(target_os = "linux")]
pub(crate) fn enter(strict: &StrictConfig, program: &Path) -> Result<(), String> {
    files::enter(strict, program)?;
    sockets::enter(strict.datagrams)
}
