//! Tool definitions that were accepted, and servers that change them: `aegis pins` and a kernel that runs, through the binary.
//! Knows nothing of how definitions are compared.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "what is not as expected is the failure of the test"
)]

mod announced;
mod asking;
mod command;
mod drafts;
mod drift;
mod kit;
mod results;
mod schemas;
