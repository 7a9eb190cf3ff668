//! A raw answer that nobody can read, print or return.
//! Knows nothing of masks; it holds what it owes.

use std::fmt;
use std::sync::Arc;

use crate::inspect::Output;
use crate::json::Json;
use crate::manifest::Tool;
use crate::policy::{Obligations, Permit};
use crate::receipt::Evidence;

/// A raw answer with the obligations of its permit. No `Serialize`, no accessor: only
/// [`super::release()`] opens it.
#[must_use]
pub struct Sealed {
    pub(super) tool: Arc<Tool>,
    pub(super) outputs: Option<Vec<Output>>,
    pub(super) obligations: Obligations,
    pub(super) raw: Json,
    pub(super) evidence: Option<Evidence>,
}

/// Gate six: the permit is given up for its answer, which only [`super::release()`] can open.
pub fn seal(permit: Permit, raw: Json, evidence: Option<Evidence>) -> Sealed {
    let (tool, outputs, obligations) = permit.into_terms();
    Sealed {
        tool,
        outputs,
        obligations,
        raw,
        evidence,
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.raw.to_string().len())
    }
}
