//! The wire at north: hostile frames, both eras, real clients, bounds.
//! Knows nothing of rules: a stub stands where the kernel would.

mod agent;
mod budget;
mod clients;
mod frames;
mod hostile;
mod ids;
mod stub;
mod traces;
