//! An MCP server for objects, backed by a directory or by any S3-compatible store.
//! Knows nothing of who asks.
//!
//! In a directory an object is a regular file below the root, its key the path with `/` between components, its
//! ETag the SHA-256 of its bytes in lower-case hex within double quotes. In a store, keys lie below one prefix of
//! one bucket, and ETags are the store's own.

mod ask;
mod bucket;
mod code;
mod directory;
mod etag;
mod handler;
mod key;
mod list;
mod options;
mod remote;
mod tools;
mod twins;
mod write;

pub use handler::S3Handler;
pub use options::{S3Credentials, S3Options};

use crate::{ServeError, stdio};

/// The server as a value, for any transport.
///
/// # Errors
/// Where the location is of an unknown form or does not lead to a directory.
pub fn handler(options: &S3Options) -> Result<S3Handler, ServeError> {
    S3Handler::new(options)
}

/// Serves on standard input and output until the input closes; blocks.
///
/// # Errors
/// As [`handler()`], or where stdio cannot be served.
pub fn serve(options: S3Options) -> Result<(), ServeError> {
    let handler = handler(&options)?;
    drop(options);
    stdio::run(handler)
}
