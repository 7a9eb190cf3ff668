//! The way of progress through the kernel, from a downstream's mouth to the agent's ear.
//! Knows nothing of wires: south tells what it hears, sealed; north hears what may leave.

mod ear;
mod relay;
mod teller;

pub use ear::Ear;
pub use relay::Relay;
pub use teller::Teller;
