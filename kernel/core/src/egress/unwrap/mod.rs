//! What a text may be wrapped in: escapes, encodings, structures. Each is undone for searching.
//! Knows nothing of what is searched for.

mod aligned;
pub(super) mod apart;
pub(super) mod ascii85;
pub(super) mod attributes;
pub(super) mod base;
pub(super) mod below;
pub(super) mod called;
pub(super) mod created;
pub(super) mod dump;
pub(super) mod embedded;
pub(super) mod entity;
pub(super) mod escape;
pub(super) mod grouped;
mod heads;
pub(super) mod inflate;
pub(super) mod inserted;
pub(super) mod markup;
pub(super) mod number_words;
pub(super) mod outline;
mod outline_line;
pub(super) mod pieces;
pub(super) mod plain;
mod rare;
pub(super) mod records;
mod separated;
pub(super) mod serialized;
pub(super) mod spelled;
pub(super) mod table;
pub(super) mod typeset;
