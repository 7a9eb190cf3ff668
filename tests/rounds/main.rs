//! A downstream that asks back: what is shown of it, how its state is kept, and that each further round is a call of its own.
//! Knows nothing of eras but that the older one has none.

// `cfg(test)`: so that clippy knows these for tests, where unwrapping is allowed.
#[cfg(test)]
mod asked;
#[cfg(test)]
mod filled;
#[cfg(test)]
mod kept;
