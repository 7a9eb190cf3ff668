//! Answers questions about a policy by exhausting the classes of calls that its rules can tell apart.
//! Knows nothing of what rules say: the engine decides each class. See `docs/decisions/proving.md`.

mod answer;
mod ask;
mod bits;
mod change;
mod cuts;
mod difference;
mod evidence;
mod hunt;
mod leaving;
mod moments;
mod patterns;
mod prover;
mod space;
mod statements;
mod supposed;
mod terms;
mod texts;
mod values;
mod witness;

pub use answer::{ASSUMED, Answer, Verdict};
pub use ask::{Ask, Sense};
pub use change::{Change, Difference, Direction};
pub use leaving::Leaving;
pub use prover::Prover;
pub use witness::Witness;
