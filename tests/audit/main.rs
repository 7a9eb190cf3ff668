//! The log: its format, its proofs, what an attacker can do to it, what a crash can.
//! Knows nothing of rules.

mod attacks;
mod bundle;
mod bytes;
mod checkpoints;
mod crash;
mod disk;
mod export;
mod filter;
mod gates;
mod keys;
mod kit;
mod parallel;
mod plain;
mod record;
mod second;
mod signed;
mod signing;
mod speed;
mod tree;
mod view;
mod witness;
