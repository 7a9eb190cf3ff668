//! What is asked of the policy about one call, and what a yes is worth.
//! Knows nothing of rules.

use super::{Obligations, Statement};
use crate::capability::CapabilitySet;
use crate::inspect::{Examined, Finding, Output};
use crate::json::Object;
use crate::manifest::{Catalog, System, Tool};
use crate::principal::Principal;
use crate::receipt::{Charge, Receipt};

/// One call as rules see it. It may be made by hand (replay, proof, tests): an answer to it is no
/// permit, since only [`super::Policy::decide`] makes those, from an examined call.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// Who asks.
    pub principal: &'a Principal,
    /// In which run.
    pub run: &'a str,
    /// The system that the tool belongs to.
    pub system: &'a System,
    /// The tool.
    pub tool: &'a Tool,
    /// The arguments.
    pub arguments: &'a Object,
    /// Declared capabilities and those that facts added.
    pub capabilities: &'a CapabilitySet,
    /// What was proven.
    pub findings: &'a [Finding],
    /// Columns of the result, where a statement was read.
    pub outputs: Option<&'a [Output]>,
    /// The subjects that receipts must be about.
    pub subjects: &'a [String],
    /// The catalogue that arguments were read against, where it is at hand: what the engine's wall is told.
    pub catalog: Option<&'a Catalog>,
}

impl<'a> Question<'a> {
    /// The question that an examined call asks.
    #[must_use]
    pub fn about(examined: &'a Examined) -> Self {
        Self {
            principal: examined.call().principal(),
            run: examined.call().run(),
            system: examined.system(),
            tool: examined.tool(),
            arguments: examined.call().arguments(),
            capabilities: examined.capabilities(),
            findings: examined.findings(),
            outputs: examined.outputs(),
            subjects: examined.subjects(),
            catalog: Some(examined.catalog()),
        }
    }
}

/// The terms of a yes: what it owes, which receipts it stands on, and what it costs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// What must happen to the answer.
    pub obligations: Obligations,
    /// The receipts that it stands on, by id.
    pub spends: Vec<Receipt>,
    /// What it takes from budgets.
    pub charges: Vec<Charge>,
    /// The statement that goes to the engine, where a rule has limited it.
    pub statement: Option<Statement>,
}
