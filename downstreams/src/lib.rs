//! Two MCP servers on stdio, useful by themselves: SQL tables and objects.
//! Knows nothing of the kernel, of policies or of agents.

mod answer;
mod arguments;
mod blocking;
mod bounds;
pub mod postgres;
pub mod s3;
mod serve_error;
mod stdio;
mod tls;
mod tool;

pub use serve_error::ServeError;
