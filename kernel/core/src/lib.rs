//! The pure half of Aegis: it decides and cannot act.
//!
//! No async, clock, files, network, environment, randomness or threads: time and
//! ledger come in as arguments, so every decision can be replayed. The gates, in
//! the order in which a call passes them:
//!
//! `Call` → [`manifest::Manifests::bind`] → `Bound` → [`inspect::examine`] → `Examined` →
//! [`policy::Policy::decide`] → `Permit` → (host: durable in the log, sent south) →
//! `Sealed` → [`egress::release()`] → `Egress` → (host: closed in the log) → reply.
//!
//! Without the feature `kernel` there is only what a verifier of the log needs: [`audit`] and [`json`].

pub mod audit;
#[cfg(feature = "kernel")]
pub mod call;
#[cfg(feature = "kernel")]
pub mod capability;
#[cfg(feature = "kernel")]
pub mod definition;
#[cfg(feature = "kernel")]
pub mod denial;
#[cfg(feature = "kernel")]
pub mod draft;
#[cfg(feature = "kernel")]
pub mod egress;
#[cfg(feature = "kernel")]
pub mod inspect;
pub mod json;
pub mod limits;
#[cfg(feature = "kernel")]
pub mod manifest;
#[cfg(feature = "kernel")]
pub mod now;
#[cfg(feature = "kernel")]
pub mod policy;
#[cfg(feature = "kernel")]
pub mod principal;
#[cfg(feature = "kernel")]
pub mod receipt;
#[cfg(feature = "kernel")]
pub mod refusal;
#[cfg(feature = "kernel")]
pub mod replay;
#[cfg(feature = "kernel")]
pub mod rfc3339;
#[cfg(feature = "kernel")]
pub mod round;
#[cfg(feature = "kernel")]
pub mod schema;
#[cfg(feature = "kernel")]
pub mod source;
