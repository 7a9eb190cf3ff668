//! The pure half of Aegis: it decides and cannot act.
//!
//! No async, clock, files, network, environment, randomness or threads: time and
//! ledger come in as arguments, so every decision can be replayed. The gates, in
//! the order in which a call passes them:
//!
//! `Call` → [`manifest::Manifests::bind`] → `Bound` → [`inspect::examine`] → `Examined` →
//! [`policy::Policy::decide`] → `Permit` → (host: durable in the log, sent south) →
//! `Sealed` → [`egress::release()`] → `Egress` → (host: closed in the log) → reply.

pub mod audit;
pub mod call;
pub mod capability;
pub mod denial;
pub mod egress;
pub mod inspect;
pub mod json;
pub mod limits;
pub mod manifest;
pub mod now;
pub mod policy;
pub mod principal;
pub mod receipt;
pub mod refusal;
pub mod source;
