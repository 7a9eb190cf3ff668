//! What a downstream says that its tools are: whole definitions, what of them was accepted, and what is other now.
//! Knows nothing of manifests: which tools there are for an agent is not asked here.

mod change;
#[expect(clippy::module_inception, reason = "one type a file, named after it")]
mod definition;
mod pin_file;
mod pretty;
mod visible;

pub use change::{Change, changes};
pub use definition::Definition;
pub use pin_file::PinFile;
pub use pretty::escaped;
pub use visible::visible;
