//! Changes of budgets.
//! Knows nothing of what they say to a call.

use super::change::Changes;
use crate::policy::phase::BudgetRule;
use crate::policy::{Allowance, Per, Rule};
use crate::receipt::{Over, Unit};

pub(super) fn budget(rule: &BudgetRule, changes: &mut Changes<'_>) {
    let BudgetRule {
        head,
        who,
        tools,
        capabilities,
        downstreams,
        per,
        allowance,
        returns_failed,
        because: _, // words change no decision
    } = rule;
    let with = |changed: BudgetRule| Rule::Budget(changed);
    changes.head(head, false, |head| {
        with(BudgetRule {
            head,
            ..rule.clone()
        })
    });
    changes.who(who, |who| {
        with(BudgetRule {
            who,
            ..rule.clone()
        })
    });
    changes.optional("tool", tools.as_ref(), |tools| {
        with(BudgetRule {
            tools,
            ..rule.clone()
        })
    });
    changes.optional("capability", capabilities.as_ref(), |capabilities| {
        with(BudgetRule {
            capabilities,
            ..rule.clone()
        })
    });
    changes.optional("downstream", downstreams.as_ref(), |downstreams| {
        with(BudgetRule {
            downstreams,
            ..rule.clone()
        })
    });
    shares(rule, *per, changes);
    amounts(rule, allowance, changes);
    if matches!(allowance.unit, Unit::Calls | Unit::Values) {
        let word = |returns: bool| if returns { "return" } else { "count" };
        let change = format!(
            "`failed` is `{}`, not `{}`",
            word(!returns_failed),
            word(*returns_failed)
        );
        let changed = with(BudgetRule {
            returns_failed: !returns_failed,
            ..rule.clone()
        });
        let told = "a case that says what is given back (`charges`)";
        changes.add(changes.here(), change, told, changed);
    }
}

fn shares(rule: &BudgetRule, per: Per, changes: &mut Changes<'_>) {
    let Per {
        principal,
        tool,
        capability,
        downstream,
    } = per;
    let flipped = [
        (
            "principal",
            Per {
                principal: !principal,
                ..per
            },
        ),
        ("tool", Per { tool: !tool, ..per }),
        (
            "capability",
            Per {
                capability: !capability,
                ..per
            },
        ),
        (
            "downstream",
            Per {
                downstream: !downstream,
                ..per
            },
        ),
    ];
    for (word, per) in flipped {
        let change = format!("`per` is with or without `{word}`, unlike before");
        let told = "a case that says which account is charged (`charges`)";
        let changed = Rule::Budget(BudgetRule {
            per,
            ..rule.clone()
        });
        changes.add(changes.here(), change, told, changed);
    }
}

fn amounts(rule: &BudgetRule, allowance: &Allowance, changes: &mut Changes<'_>) {
    let with = |changed: Allowance| {
        Rule::Budget(BudgetRule {
            allowance: changed,
            ..rule.clone()
        })
    };
    let Allowance {
        unit,
        limit,
        over: filling,
        of: _, // held against the manifest at load
    } = allowance;
    changes.number((unit.as_str(), *limit, 0), |limit| {
        with(Allowance {
            limit,
            ..allowance.clone()
        })
    });
    let over = |over: Over| {
        with(Allowance {
            over,
            ..allowance.clone()
        })
    };
    match *filling {
        Over::Window { seconds } => {
            changes.window("window_s", seconds, |seconds| {
                over(Over::Window { seconds })
            });
        }
        Over::Bucket { refill, every_ms } => {
            changes.number(("amount", refill, 0), |refill| {
                over(Over::Bucket { refill, every_ms })
            });
            changes.window("every_s", every_ms / 1_000, |seconds| {
                let every_ms = seconds.saturating_mul(1_000);
                over(Over::Bucket { refill, every_ms })
            });
        }
    }
}
