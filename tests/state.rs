//! The state store: it survives, it is one kernel's, and it believes nothing that it did not write.
//! Knows nothing of policies: decisions here are made by hand.

#[path = "state/budgets.rs"]
mod budgets;
#[path = "state/kit.rs"]
mod kit;
#[path = "state/life.rs"]
mod life;
#[path = "state/tampering.rs"]
mod tampering;
