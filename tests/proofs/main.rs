//! Notes, keys, certificates, checkpoints and proofs of the log, by their published formats.
//! Knows nothing of folders.

mod certificates;
mod notes;
mod paths;
