//! The kernel's own environment, read here and nowhere else.
//! Knows nothing of what a variable is for.

use std::ffi::OsString;

/// Whether a variable is set to anything but the empty text.
#[must_use]
pub(crate) fn is_set(name: &str) -> bool {
    variable(name).is_some_and(|value| !value.is_empty())
}

/// The value of one variable of the kernel's environment, if it is set.
#[must_use]
pub(crate) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// Those of the variables that are set, with their values.
pub(crate) fn variables<'a>(
    names: impl IntoIterator<Item = &'a str>,
) -> impl Iterator<Item = (&'a str, OsString)> {
    names
        .into_iter()
        .filter_map(|name| variable(name).map(|value| (name, value)))
}
