//! `aegis replay`: recorded decisions, made again under their own rules and under others.
//! Knows nothing of downstreams: calls are recorded up to their intent.

mod captured;
mod laws;
mod session;
mod what_if;
