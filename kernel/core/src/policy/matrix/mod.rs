//! Who may do what, with which conditions, masks and caps: a text that people review as a diff.
//! Knows nothing of single calls.

mod capabilities;
mod leaving;
#[expect(
    clippy::module_inception,
    reason = "one public type a file, named after it"
)]
mod matrix;
mod row;

pub use matrix::Matrix;
pub use row::{Line, Row};
