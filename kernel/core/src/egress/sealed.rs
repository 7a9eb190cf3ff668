//! A raw answer that nobody can read, print or return.
//! Knows nothing of masks; it holds what it owes.

use std::fmt;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::Pairs;
use crate::inspect::Output;
use crate::json::Json;
use crate::manifest::Tool;
use crate::policy::{Obligations, Permit};
use crate::receipt::Evidence;
use crate::round::Asked;

/// A raw answer with the obligations of its permit. No `Serialize`, no accessor: only
/// [`super::release()`] opens it.
#[must_use]
pub struct Sealed {
    pub(super) tool: Arc<Tool>,
    pub(super) outputs: Option<Vec<Output>>,
    pub(super) obligations: Box<Obligations>,
    pub(super) raw: Json,
    pub(super) evidence: Option<Evidence>,
    /// Whose call it was: tokens are made in that scope.
    pub(super) principal: String,
    pub(super) run: String,
    /// The tool and its arguments, as a digest, where counts of groups are owed.
    pub(super) asked: [u8; 32],
    /// What the tokens of an engine's wall stand for.
    pub(super) revealed: Pairs,
    /// Values that went south in place of their tokens: they must not come back.
    pub(super) restored: Vec<Zeroizing<String>>,
    /// Where it is no answer but questions: what is asked.
    pub(super) asking: Option<Asked>,
}

impl Sealed {
    /// Adds what the tokens of an engine's own wall stand for.
    pub fn revealing(mut self, pairs: Pairs) -> Self {
        self.revealed = pairs;
        self
    }

    /// These are questions: what is sealed is their wording.
    pub fn asking(mut self, asked: Asked) -> Self {
        self.outputs = None; // they are columns of an answer
        self.asking = Some(asked);
        self
    }

    /// Whether counts of groups are in it, which are held against those that were shown before.
    #[must_use]
    pub fn counts_groups(&self) -> bool {
        !self.obligations.small_groups.is_empty()
    }

    /// Adds values that were sent in place of their tokens: in the answer they are secrets.
    pub fn guarding(mut self, values: Vec<Zeroizing<String>>) -> Self {
        self.restored = values;
        self
    }
}

/// Gate six: the permit is given up for its answer, which only [`super::release()`] can open.
pub fn seal(permit: Permit, raw: Json, evidence: Option<Evidence>) -> Sealed {
    let (principal, run) = (permit.principal().id().to_owned(), permit.run().to_owned());
    let asked = match permit.obligations().small_groups.is_empty() {
        true => [0; 32],
        false => asked(&permit),
    };
    let (tool, outputs, obligations) = permit.into_terms();
    Sealed {
        asked,
        tool,
        outputs,
        obligations,
        raw,
        evidence,
        principal,
        run,
        revealed: Pairs::default(),
        restored: Vec::new(),
        asking: None,
    }
}

fn asked(permit: &Permit) -> [u8; 32] {
    let arguments = Json::Object(permit.arguments().clone()).to_canonical();
    let mut digest = Sha256::new();
    for part in [&permit.system().server, &permit.tool().name, &arguments] {
        digest.update(part.len().to_be_bytes());
        digest.update(part.as_bytes());
    }
    digest.finalize().into()
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.raw.to_string().len())
    }
}
