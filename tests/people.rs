//! What labelled columns tell of single people, end to end: sums, look-ups, texts, copies of columns.
//! Knows nothing of the kernel's insides.

#[path = "people/changes.rs"]
mod changes;
#[path = "people/collisions.rs"]
mod collisions;
#[path = "people/guesses.rs"]
mod guesses;
#[path = "people/lookups.rs"]
mod lookups;
#[path = "people/sums.rs"]
mod sums;
#[path = "people/texts.rs"]
mod texts;
