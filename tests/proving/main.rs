//! What a policy comes to, before any call: the matrix, the difference of two policies, and proofs.
//! Knows nothing of processes but `aegis policy` and `aegis explain`.

mod diff;
mod kit;
mod matrix;
mod prove;
