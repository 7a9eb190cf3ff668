//! The external analyser: what it is asked, what its word is worth, and what its silence costs.
//! Knows nothing of any real analyser; a fake one speaks HTTP on this machine.

mod commands;
mod fake;
mod house;
mod terms;
mod tls;
mod wire;
