//! Lines of strict JSON over any byte stream: the ground that north and south stand on.
//! Knows nothing of MCP: neither verbs nor eras.

mod fault;
mod id;
mod reader;
mod salvage;
mod stdio;
mod writer;

pub use fault::{BadFrame, FrameFault};
pub use id::Id;
pub use reader::{Frame, FrameReader, read_message};
pub use stdio::{Input, Output, stdin, stdout};
pub use writer::FrameWriter;
