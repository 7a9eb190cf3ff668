//! `[[block]]`: capabilities that nobody may use, whatever is granted.
//! Knows nothing of grants.

use serde_spanned::Spanned;

use super::lookup;
use crate::capability::{Capability, CapabilityPattern};
use crate::denial::{Objection, Phase};
use crate::policy::Head;
use crate::policy::engine::{Case, Opinion};
use crate::source::Section;

pub(super) const CAPABILITY: &str = "a capability such as `db:read`, or `db:*`, or `*`";

/// Forbids capabilities to everyone, whatever is granted.
///
/// ```toml
/// [[block]]
/// id = "no-destructive-ops"
/// capability = ["db:drop", "db:truncate"]      # or one string
/// because = "an agent never destroys data wholesale"
/// fix = "delete single rows by key, or ask an operator"
/// ```
///
/// The agent is told the rule's id, `because` with the capability, and `fix`. With `when` it forbids them to whom and
/// under which circumstances that says.
#[derive(Clone, Debug)]
pub struct Block {
    /// Its id, and when it speaks.
    pub head: Head,
    /// What nobody may do.
    pub capabilities: Vec<Spanned<CapabilityPattern>>,
    /// Why.
    pub because: String,
    /// What to do instead.
    pub fix: String,
}

impl Block {
    /// Whether it forbids this capability.
    #[must_use]
    pub fn covers(&self, capability: &Capability) -> bool {
        self.capabilities
            .iter()
            .any(|pattern| pattern.get_ref().covers(capability))
    }

    pub(in crate::policy) fn read(head: Head, section: &mut Section<'_>) -> Option<Self> {
        section.require("capability");
        let capabilities = section.parsed_list("capability", CAPABILITY, CapabilityPattern::parse);
        let because = section.need_text("because");
        let fix = section.need_text("fix");
        Some(Self {
            head,
            capabilities: capabilities?,
            because: because?.into_inner(),
            fix: fix?.into_inner(),
        })
    }
}

/// Each block that covers a capability of the call objects once for each.
pub(in crate::policy) fn object(case: &Case<'_>, opinion: &mut Opinion) {
    for capability in case.needs() {
        let blocks = case.among::<Block>();
        for block in blocks.filter(|block| block.covers(capability)) {
            if !case.speaks(&block.head, opinion) {
                continue;
            }
            let doubt = case.doubt(&block.head);
            opinion.object(Objection {
                rule: block.head.id.clone().into(),
                phase: Phase::Block,
                reason: format!("{} (`{capability}`){doubt}", block.because).into(),
                fix: format!("{}{}", block.fix, lookup::instead(case, capability)).into(),
            });
        }
    }
}
