//! Secrets: the encrypted store, who gets which, and that none leaves.
//! Knows nothing of what they open.

// `cfg(test)`: so that clippy knows these for tests, where unwrapping is allowed.
#[cfg(test)]
mod canary;
#[cfg(test)]
mod children;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod damage;
#[cfg(test)]
mod kernel;
#[cfg(test)]
mod kit;
#[cfg(test)]
mod memory;
#[cfg(test)]
mod terminal;
#[cfg(test)]
mod writers;
