//! JSON Schema as far as tools use it: read once, bounded, without references to anything outside.
//! Knows nothing of tools.

mod check;
mod compile;
mod decimal;
mod misfit;
mod pattern;
mod rules;
#[expect(
    clippy::module_inception,
    reason = "one public type a file, named after it"
)]
mod schema;
mod unsupported;

pub use misfit::Misfit;
pub use schema::Schema;
pub use unsupported::Unsupported;
