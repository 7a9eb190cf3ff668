//! Rounds: a downstream that answers a call by questions to who sits behind the agent, and how they are answered.
//! Knows nothing of who asks whom over which wire, nor of policies.
//!
//! MCP 2026-07-28: a result of the type `input_required`, and the same call again with answers and a state.

mod asked;
mod continuation;
mod form;

pub use asked::Asked;
pub use continuation::Continuation;
pub use form::Form;
