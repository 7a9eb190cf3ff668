//! The rules of each kind that count, all of them, by id: for tables, notes and proofs.
//! Knows nothing of calls; a decision asks those alone that the index finds.

use super::Policy;
use super::phase::{
    ArgumentRule, Block, BudgetRule, Grant, Lookup, Measure, Require, SmallGroups, Transform,
};
use crate::capability::Capability;

impl Policy {
    pub(super) fn grants(&self) -> impl Iterator<Item = &Grant> {
        self.every()
    }

    /// Blocks that cover this capability.
    pub(super) fn blocks_of<'a>(
        &'a self,
        capability: &'a Capability,
    ) -> impl Iterator<Item = &'a Block> {
        self.every::<Block>()
            .filter(|block| block.covers(capability))
    }

    pub(super) fn budgets(&self) -> impl Iterator<Item = &BudgetRule> {
        self.every()
    }

    /// Argument rules that could be about this tool.
    pub(super) fn argument_rules<'a>(
        &'a self,
        tool: &'a str,
    ) -> impl Iterator<Item = &'a ArgumentRule> {
        let meant =
            move |rule: &&ArgumentRule| rule.tools.iter().any(|one| one.get_ref().covers(tool));
        self.every().filter(meant)
    }

    pub(super) fn lookups(&self) -> impl Iterator<Item = &Lookup> {
        self.every()
    }

    pub(super) fn measures(&self) -> impl Iterator<Item = &Measure> {
        self.every()
    }

    pub(super) fn requires(&self) -> impl Iterator<Item = &Require> {
        self.every()
    }

    pub(super) fn small_groups(&self) -> impl Iterator<Item = &SmallGroups> {
        self.every()
    }

    pub(super) fn transforms(&self) -> impl Iterator<Item = &Transform> {
        self.every()
    }
}
