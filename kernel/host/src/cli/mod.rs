//! The commands of the `aegis` binary, one file each.
//! Knows nothing of how they are parsed from arguments.

pub mod inspect_text;
