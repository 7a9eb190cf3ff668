//! How often something may happen within a window of time.
//! Knows nothing of what is counted, nor of the store that counts it.

use serde_spanned::Spanned;

use super::engine::{Case, Opinion};
use crate::denial::{Objection, Phase};
use crate::limits;
use crate::receipt::{Back, Charge, Over};
use crate::source::Section;

/// `budget = { calls = 20, window_s = 86400 }`: a sliding window for each principal, kept by the state store
/// over restarts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Calls within the window.
    pub calls: u64,
    /// The window, in seconds.
    pub window_s: u64,
}

impl Budget {
    /// The budget of a rule that cannot do without one.
    pub(super) fn read(section: &mut Section<'_>) -> Option<Self> {
        section.require("budget");
        let mut section = section.section("budget")?;
        section.require("calls");
        section.require("window_s");
        let calls = section.count("calls");
        let window_s = section.count("window_s");
        if let Some(calls) = calls.as_ref().filter(|calls| *calls.get_ref() == 0) {
            let (message, fix) = ("a budget of no call", "give at least 1, or drop the rule");
            section.problem(calls.span(), message, fix);
        }
        let fits =
            |window: &&Spanned<u64>| (1..=limits::BUDGET_WINDOW_S_MAX).contains(window.get_ref());
        if let Some(window) = window_s.as_ref().filter(|window| !fits(window)) {
            let fix = format!("give 1 to {} seconds", limits::BUDGET_WINDOW_S_MAX);
            section.problem(window.span(), "no such window", fix);
        }
        Some(Self {
            calls: calls?.into_inner(),
            window_s: window_s?.into_inner(),
        })
    }

    /// Reserves one call, or objects where all are used.
    pub(super) fn reserve(
        self,
        case: &Case<'_>,
        opinion: &mut Opinion,
        (rule, about): (&str, &str),
        back: Back,
    ) {
        let account = format!("{rule}/{about}");
        let over = Over::Window {
            seconds: self.window_s,
        };
        let used = case.ledger.spending.used(&account, over);
        if used >= self.calls {
            opinion.object(Objection {
                rule: rule.to_owned().into(),
                phase: Phase::Precondition,
                reason: format!(
                    "the budget of {} calls in {} seconds for `{about}` is used up",
                    self.calls, self.window_s
                )
                .into(),
                fix: "ask again when the window has moved on, or ask an operator to widen it"
                    .into(),
            });
        }
        opinion.terms.charges.push(Charge {
            account,
            shared: false,
            amount: 1,
            over,
            back,
        });
    }
}
