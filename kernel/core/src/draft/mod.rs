//! A starter manifest from what a server says of its tools: the narrowest that is plausible, and doubt is no grant.
//! Knows nothing of servers that run.

mod argument;
#[expect(
    clippy::module_inception,
    reason = "one public type a file, named after it"
)]
mod draft;
mod effect;
mod given;
mod plain;
mod text;
mod tool;

pub use draft::Draft;
