//! The wire at north, on pipes and over HTTP: hostile frames, both eras, real clients, bounds.
//! Knows nothing of rules: a stub stands where the kernel would.

// `cfg(test)`: so that clippy knows these for tests, where unwrapping is allowed.
#[cfg(test)]
mod agent;
#[cfg(test)]
mod budget;
#[cfg(test)]
mod clients;
#[cfg(test)]
mod frames;
#[cfg(test)]
mod fuzzed;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod http;
#[cfg(test)]
mod http_frames;
#[cfg(test)]
mod http_guests;
#[cfg(test)]
mod http_heads;
mod http_readers;
#[cfg(test)]
mod http_sessions;
mod http_streams;
#[cfg(test)]
mod http_tls;
#[cfg(test)]
mod ids;
#[cfg(test)]
mod lean;
mod listening;
#[cfg(test)]
mod mutations;
#[cfg(test)]
mod past;
#[cfg(test)]
mod stub;
#[cfg(test)]
mod traces;
