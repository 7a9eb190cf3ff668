//! Connections to servers that the configuration names: HTTP/1.1, over TLS unless they are on this machine.
//! Knows nothing of what is said over them. Redirects, proxies and compression are not followed.

mod address;
mod connection;
mod trust;

pub use address::{Address, AddressFault};
pub(crate) use connection::{Connection, DialFault};
pub use trust::{Trust, TrustFault};
