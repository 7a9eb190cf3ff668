//! The MCP server that the agent talks to.
//! Knows nothing of rules, log or downstreams: it asks a [`Mediator`].
//!
//! A line becomes a frame ([`crate::wire`]), a frame becomes a [`message`](envelope) or is refused,
//! and of the messages only requests reach rmcp, which owns the two lifecycles and the eras'
//! differences. rmcp sees envelopes: the exact arguments and answers of calls travel beside it, in
//! [`in_flight`], so that it can neither round a number nor log a value. Once it has opened a connection,
//! calls that it would let through need it no more ([`calls`]).

mod calls;
mod envelope;
mod handler;
pub mod http;
mod in_flight;
mod intake;
mod lean;
mod listed;
mod mediator;
mod open;
mod outlet;
mod reception;
mod refused;
mod request;
mod run;
mod serve;
mod splice;
mod transport;

pub use listed::Listed;
pub use mediator::{Mediator, Told};
pub use serve::{NorthFault, serve, serve_stdio};
