//! One small change of a policy, and all of them together.
//! Knows nothing of how changes are found or judged.

use std::ops::Range;

use crate::policy::Rule;

/// One small change of one rule.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// The place of the rule among those that the policy was made of.
    pub place: usize,
    /// What stands in its place; `None` where it is left out.
    pub(super) rule: Option<Rule>,
    /// Where the thing stands that was changed.
    pub span: Range<usize>,
    /// What was changed, in words.
    pub change: String,
    /// Which case would tell it from the original.
    pub told_by: String,
}

impl Mutant {
    /// Whether what is left of the rule has no `when`.
    #[must_use]
    pub fn speaks_always(&self) -> bool {
        let rule = self.rule.as_ref();
        rule.is_some_and(|rule| rule.head().when.is_none())
    }

    /// Whether the rule is left out as a whole.
    #[must_use]
    pub fn leaves_out(&self) -> bool {
        self.rule.is_none()
    }
}

/// All changes of a policy.
#[derive(Clone, Debug, Default)]
pub struct Mutants {
    /// Those that say something else than the original.
    pub different: Vec<Mutant>,
    /// Those that say the same as the original of everything that there is.
    pub same: Vec<Mutant>,
    /// How many were not looked at, since there were `limits::MUTANTS_MAX` others.
    pub beyond: usize,
}
