//! Streamable HTTP: the same agent's side of the kernel for clients that come over a socket.
//! Knows nothing of tools; what a body says is received exactly as a line is.
//!
//! A request passes the [`doorman`] (path, host, origin, bearer, form) before one byte of its body is read;
//! the body is then a frame as strict as a line of stdio, and goes through the same reception. Requests of
//! 2026-07-28 stand alone; those of the older era belong to a [`session`] of the principal that opened it.

mod answers;
mod awaited;
mod bearers;
mod body;
mod doorman;
mod endpoint;
mod fault;
mod guests;
mod headers;
mod intake;
mod pace;
mod patient;
mod server;
mod session;
mod stream;
mod tls;

pub use bearers::{Bearers, Digest};
pub use pace::Pace;
pub use server::{HttpFault, HttpOptions, HttpServer};
pub use tls::{Tls, TlsFault};
