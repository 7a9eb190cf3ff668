//! What leaves: finding personal data and secrets, and masking them.
//! Knows nothing of where results come from; policy says which operator, this room applies it.
//!
//! The way of a value: [`mask_json`] walks every leaf, key and number with what its key says;
//! each text is folded (`fold`), searched (`detect`), unwrapped and searched again (`unwrap`),
//! and what is found is replaced (`mask`) until nothing more is found. Anything that cannot be
//! examined within the bounds is an error, and the caller withholds the result.

mod analyser;
mod analyser_fault;
mod analysis;
mod apply;
mod calendar;
mod cannot_mask;
mod coarse;
mod columns;
mod context;
mod cue_table;
mod detect;
mod examiner;
mod finding;
mod fold;
mod hit;
mod homoglyph;
mod joined;
mod kept;
mod kind;
mod layers;
mod majority;
mod marks;
mod mask;
mod masks;
mod neighbour;
mod opaque;
mod ordinal;
mod pairs;
mod profile;
mod profile_file;
mod profiles;
mod proven;
mod release;
mod released;
mod remap;
mod replacement;
mod report;
mod restorable;
mod reversal;
mod scan;
mod scope;
mod sealed;
mod secrets;
mod shape;
mod small_groups;
mod span;
mod split;
mod spoken;
mod suppression;
mod trail;
mod turn;
mod unwrap;
mod view;
mod visible;
mod walk;
mod word_table;
mod words;

pub use analyser::Analyser;
pub use analyser_fault::AnalyserFault;
pub use analysis::Analysis;
pub use cannot_mask::CannotMask;
pub use finding::Finding;
pub use kind::Kind;
pub(crate) use marks::carried;
pub use mask::type_of_label;
pub use masks::{Masks, is_clean};
pub use pairs::{Pairs, form_of_type};
pub use profile::Profile;
pub use profiles::Profiles;
pub use release::{Prepared, prepare, release};
pub use released::Egress;
pub use replacement::Replacement;
pub use report::Reported;
pub use report::shape as shape_of;
pub use restorable::restorable;
pub(crate) use restorable::types_of;
pub use scan::{Scan, mask_json, mask_spans, mask_text, mask_value};
pub use scope::{ScopeKeys, TokenScope};
pub use sealed::{Sealed, seal};
pub use secrets::{Secrets, SecretsFault};
