//! Gathers the changes of one rule, with the words for each.
//! Knows nothing of rule kinds.

use std::ops::Range;

use serde_spanned::Spanned;

use super::condition;
use super::lists::{self, Pattern};
use super::universe::Universe;
use crate::policy::people::Who;
use crate::policy::{Budget, Declared, Head, Mode, Rule};

/// One change of one rule.
pub(super) struct Change {
    pub(super) rule: Option<Rule>,
    pub(super) at: Range<usize>,
    pub(super) change: String,
    pub(super) told_by: String,
}

/// All changes of one rule, in gathering.
pub(super) struct Changes<'a> {
    pub(super) universe: &'a Universe,
    declared: &'a Declared,
    pub(super) found: Vec<Change>,
}

impl<'a> Changes<'a> {
    pub(super) fn new(universe: &'a Universe, declared: &'a Declared) -> Self {
        Self {
            universe,
            declared,
            found: Vec::new(),
        }
    }

    /// Where the rule's id stands.
    pub(super) fn here(&self) -> Range<usize> {
        self.declared.span.clone()
    }

    pub(super) fn leave_out(&mut self) {
        self.found.push(Change {
            rule: None,
            at: self.here(),
            change: "the rule is left out".to_owned(),
            told_by: "a case that comes out as it does by this rule alone".to_owned(),
        });
    }

    /// A change at a place; `told_by` is the case that would tell.
    pub(super) fn add(
        &mut self,
        at: Range<usize>,
        change: impl Into<String>,
        told_by: impl Into<String>,
        rule: Rule,
    ) {
        self.found.push(Change {
            rule: Some(rule),
            at,
            change: change.into(),
            told_by: told_by.into(),
        });
    }

    /// What every rule has: its `when`, and its mode where it may be watched.
    pub(super) fn head(&mut self, head: &Head, watchable: bool, with: impl Fn(Head) -> Rule) {
        let Head {
            id: _, // a name
            when,
            mode,
            severity: _, // for readers alone
        } = head;
        if watchable {
            let (other, change) = match mode {
                Mode::Enforce => (Mode::Shadow, "the rule is only watched (`shadow`)"),
                Mode::Shadow => (Mode::Enforce, "the rule counts (`enforce`)"),
            };
            let told = "a case that comes out as it does by this rule alone";
            let head = Head {
                mode: other,
                ..head.clone()
            };
            self.add(self.here(), change, told, with(head));
        }
        let Some(when) = when else { return };
        for one in condition::altered(when, self.universe) {
            let head = Head {
                when: one.condition,
                ..head.clone()
            };
            self.add(one.at, one.change, one.told_by, with(head));
        }
    }

    /// A list of names or patterns.
    pub(super) fn list<P: Pattern>(
        &mut self,
        list: &[Spanned<P>],
        with: impl Fn(Vec<Spanned<P>>) -> Rule,
    ) {
        for one in lists::altered(list, self.universe) {
            self.add(one.at, one.change, one.told_by, with(one.list));
        }
    }

    /// A list that may be left out, which means everything.
    pub(super) fn optional<P: Pattern>(
        &mut self,
        key: &str,
        list: Option<&Vec<Spanned<P>>>,
        with: impl Fn(Option<Vec<Spanned<P>>>) -> Rule,
    ) {
        let Some(list) = list else { return };
        let at = list.first().map_or(self.here(), Spanned::span);
        let told = format!("a case that `{key}` does not mean");
        self.add(at, format!("`{key}` is left out"), told, with(None));
        self.list(list, |list| with(Some(list)));
    }

    /// Whom a rule is for.
    pub(super) fn who(&mut self, who: &Who, with: impl Fn(Who) -> Rule) {
        let Who { principals, roles } = who;
        let anyone = principals.iter().any(|name| name.get_ref() == "*");
        if !anyone {
            let told = "a case of somebody for whom the rule is not";
            let everybody = with(Who::anyone(self.here()));
            self.add(self.here(), "the rule is for anyone", told, everybody);
        }
        let one_less = |list: &[Spanned<String>], at: usize| {
            let mut list = list.to_vec();
            (at < list.len()).then(|| list.remove(at)).map(|_| list)
        };
        let count = principals.len().saturating_add(roles.len());
        for (at, name) in principals.iter().enumerate().filter(|_| count > 1) {
            let change = format!("it is not for `{}`", name.get_ref());
            let told = format!("a case of `{}`", name.get_ref());
            let principals = one_less(principals, at).unwrap_or_default();
            let who = Who {
                principals,
                ..who.clone()
            };
            self.add(name.span(), change, told, with(who));
        }
        for (at, role) in roles.iter().enumerate().filter(|_| count > 1) {
            let change = format!("it is not for the role `{}`", role.get_ref());
            let told = format!("a case of somebody with the role `{}`", role.get_ref());
            let roles = one_less(roles, at).unwrap_or_default();
            let who = Who {
                roles,
                ..who.clone()
            };
            self.add(role.span(), change, told, with(who));
        }
    }

    /// A number moved by one in either direction, and not below `least`.
    pub(super) fn number(
        &mut self,
        (key, number, least): (&str, u64, u64),
        with: impl Fn(u64) -> Rule,
    ) {
        let less = number.checked_sub(1).filter(|less| *less >= least);
        for other in less.into_iter().chain(number.checked_add(1)) {
            let told = format!("a case at the bound of `{key}`");
            let change = format!("`{key}` is {other}, not {number}");
            self.add(self.here(), change, told, with(other));
        }
    }

    /// A length of time, halved and doubled: budgets are booked in slots, so that one second tells nothing.
    pub(super) fn window(&mut self, key: &str, seconds: u64, with: impl Fn(u64) -> Rule) {
        for other in [seconds / 2, seconds.saturating_mul(2)] {
            if other == 0 || other == seconds {
                continue;
            }
            let told = format!(
                "a case with something used up between {} and {} seconds ago (`used` with `ago_s`)",
                seconds.min(other),
                seconds.max(other)
            );
            let change = format!("`{key}` is {other}, not {seconds}");
            self.add(self.here(), change, told, with(other));
        }
    }

    /// The budget of a rule that grants on terms.
    pub(super) fn budget(&mut self, budget: Budget, with: impl Fn(Budget) -> Rule) {
        let Budget { calls, window_s } = budget;
        self.number(("calls", calls, 0), |calls| {
            with(Budget { calls, window_s })
        });
        self.window("window_s", window_s, |window_s| {
            with(Budget { calls, window_s })
        });
    }
}
