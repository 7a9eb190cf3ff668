//! The whole kernel before a real PostgreSQL server: masks, look-ups, sums, promotion, faults, families of statements, what is left behind.
//! Knows nothing of the kernel's insides.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of a test fail where the test would"
)]

mod cuts;
mod families;
mod faults;
mod house;
mod leaks;
mod people;
mod promotion;
mod proxy;
mod rights;
