//! The log: its format, its proofs, what an attacker can do to it, what a crash can.
//! Knows nothing of rules.

mod anchors;
mod answered;
mod attacks;
mod bundle;
mod bytes;
mod captures;
mod checkpoints;
mod clock;
mod crash;
mod debts;
mod disk;
mod export;
mod filter;
mod gates;
mod keys;
mod kills;
mod kit;
mod laid;
mod lead;
mod mutated;
mod parallel;
mod plain;
mod record;
mod second;
mod served;
mod shred;
mod signed;
mod signed_bytes;
mod signing;
mod speed;
mod tree;
mod upkeep;
mod view;
mod witness;
