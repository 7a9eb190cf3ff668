//! Every bound of the kernel in one place.
//! Knows nothing of who applies them.

mod egress;
mod log;
mod north;
mod rules;
mod secrets;
mod south;
mod sql;
mod state;

pub use egress::*;
pub use log::*;
pub use north::*;
pub use rules::*;
pub use secrets::*;
pub use south::*;
pub use sql::*;
pub use state::*;
