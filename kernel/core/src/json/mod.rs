//! JSON as the kernel sees it: read once, strictly, and written back exactly.
//! Knows nothing of calls, manifests or policies.
//!
//! Numbers stay the lexemes that were read (an 80-bit id survives), keys stay in
//! order, and what two parsers could read in two ways (duplicate keys, lone
//! surrogates, trailing bytes) is not read at all.

mod bounds;
mod build;
mod keys;
mod object;
mod parse;
mod pointer;
mod scan;
mod value;
mod write;

#[cfg(feature = "kernel")]
pub(crate) use build::{Build, Place};
pub use object::{Key, Object};
pub(crate) use parse::BYTES_OF_A_VALUE;
#[cfg(feature = "kernel")]
pub(crate) use parse::read;
pub use parse::{JsonFault, JsonRules, parse};
pub use pointer::Pointer;
pub use value::{Json, Number};
#[cfg(feature = "kernel")]
pub(crate) use write::write_plain;
