//! Progress through the whole kernel: what a downstream says in the middle of a call, and what the agent hears of it.
//! Knows nothing of how it gets there.

// `cfg(test)`: so that clippy knows these for tests, where unwrapping is allowed.
#[cfg(test)]
mod cases;
#[cfg(test)]
mod http;
#[cfg(test)]
mod pipes;
#[cfg(test)]
mod world;
