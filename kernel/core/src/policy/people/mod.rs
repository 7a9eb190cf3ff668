//! Who there is: roles, what they include, and who has them.
//! Knows nothing of what roles may do.

mod member;
#[expect(
    clippy::module_inception,
    reason = "one public type a file, named after it"
)]
mod people;
mod role;
mod who;

pub use member::Member;
pub use people::People;
pub use role::Role;
pub use who::Who;

pub(in crate::policy) use role::ROLE;
