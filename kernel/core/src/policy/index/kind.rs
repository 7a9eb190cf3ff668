//! The kinds of rules that are filed, each with its own shelf.
//! Knows nothing of what a kind says.

use crate::policy::Rule;
use crate::policy::phase::{
    ArgumentRule, Block, BudgetRule, Grant, Lookup, Measure, Require, SmallGroups, Transform,
};

/// A kind of rule that speaks of calls.
pub(in crate::policy) trait Kind: Sized + 'static {
    /// Its shelf.
    const SLOT: Slot;

    /// The rule, where it is of this kind.
    fn pick(rule: &Rule) -> Option<&Self>;
}

macro_rules! kinds {
    ($($slot:ident => $rule:ty),+ $(,)?) => {
        /// The shelf of a kind.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(in crate::policy) enum Slot {
            $($slot),+
        }

        impl Slot {
            pub(super) const COUNT: usize = [$(Self::$slot),+].len();

            /// The shelf of a rule; `None` of one that speaks of no call.
            pub(super) fn of(rule: &Rule) -> Option<Self> {
                match rule {
                    $(Rule::$slot(_) => Some(Self::$slot),)+
                    Rule::Role(_) | Rule::Principal(_) => None,
                }
            }
        }

        $(impl Kind for $rule {
            const SLOT: Slot = Slot::$slot;

            fn pick(rule: &Rule) -> Option<&Self> {
                match rule {
                    Rule::$slot(rule) => Some(rule),
                    _ => None,
                }
            }
        })+
    };
}

kinds! {
    Argument => ArgumentRule,
    Block => Block,
    Budget => BudgetRule,
    Grant => Grant,
    Lookup => Lookup,
    Measure => Measure,
    Require => Require,
    SmallGroups => SmallGroups,
    Transform => Transform,
}
