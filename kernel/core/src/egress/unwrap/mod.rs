//! What a text may be wrapped in: escapes, encodings, structures. Each is undone for searching.
//! Knows nothing of what is searched for.

pub(super) mod base;
pub(super) mod embedded;
pub(super) mod entity;
pub(super) mod escape;
pub(super) mod inflate;
pub(super) mod outline;
mod outline_line;
pub(super) mod plain;
pub(super) mod spelled;
pub(super) mod table;
