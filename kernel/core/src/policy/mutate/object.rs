//! Changes of rules that object: blocks, argument rules and preconditions.
//! Knows nothing of what they say to a call.

use super::change::Changes;
use super::checks;
use crate::policy::Rule;
use crate::policy::phase::{ArgumentRule, Block, Presence, ReceiptRule, Require, Scope};
use crate::receipt::KINDS;

pub(super) fn block(rule: &Block, changes: &mut Changes<'_>) {
    let Block {
        head,
        capabilities,
        because: _, // words change no decision
        fix: _,
    } = rule;
    changes.head(head, true, |head| {
        Rule::Block(Block {
            head,
            ..rule.clone()
        })
    });
    changes.list(capabilities, |capabilities| {
        Rule::Block(Block {
            capabilities,
            ..rule.clone()
        })
    });
}

pub(super) fn argument(rule: &ArgumentRule, changes: &mut Changes<'_>) {
    let ArgumentRule {
        head,
        tools,
        argument: path,
        presence,
        checks,
        because: _,
        fix: _,
    } = rule;
    let with = |changed: ArgumentRule| Rule::Argument(changed);
    changes.head(head, true, |head| {
        with(ArgumentRule {
            head,
            ..rule.clone()
        })
    });
    changes.list(tools, |tools| {
        with(ArgumentRule {
            tools,
            ..rule.clone()
        })
    });
    let name = path.get_ref().as_str();
    for other in [Presence::Required, Presence::Optional, Presence::Forbidden] {
        if other == *presence {
            continue;
        }
        let change = format!("`{name}` is {}, not {}", said(other), said(*presence));
        let told = format!("a case without `{name}`, and one with it");
        let changed = with(ArgumentRule {
            presence: other,
            ..rule.clone()
        });
        changes.add(path.span(), change, told, changed);
    }
    for (checks, at, change) in checks::altered(checks) {
        let told = format!("a case with a value of `{name}` at the bound");
        let changed = with(ArgumentRule {
            checks,
            ..rule.clone()
        });
        changes.add(at, change, told, changed);
    }
}

fn said(presence: Presence) -> &'static str {
    match presence {
        Presence::Required => "required",
        Presence::Optional => "optional",
        Presence::Forbidden => "forbidden",
    }
}

pub(super) fn require(rule: &Require, changes: &mut Changes<'_>) {
    let Require {
        head,
        capabilities,
        receipt,
        because: _,
        fix: _,
    } = rule;
    let with = |changed: Require| Rule::Require(changed);
    changes.head(head, true, |head| {
        with(Require {
            head,
            ..rule.clone()
        })
    });
    changes.list(capabilities, |capabilities| {
        with(Require {
            capabilities,
            ..rule.clone()
        })
    });
    evidence(rule, receipt, changes);
}

fn evidence(rule: &Require, receipt: &ReceiptRule, changes: &mut Changes<'_>) {
    let ReceiptRule {
        kind,
        of: _, // held against the manifest at load: no other argument names a dataset
        fresh_s,
        single_use,
        scope,
    } = receipt;
    let with = |receipt: ReceiptRule| {
        Rule::Require(Require {
            receipt,
            ..rule.clone()
        })
    };
    for other in KINDS.iter().filter(|other| *other != kind.get_ref()) {
        let changed = ReceiptRule {
            kind: serde_spanned::Spanned::new(kind.span(), (*other).to_owned()),
            ..receipt.clone()
        };
        let told = format!("a case with a receipt of the kind `{other}`");
        changes.add(
            kind.span(),
            format!("a receipt of the kind `{other}`"),
            told,
            with(changed),
        );
    }
    changes.number(("fresh_s", *fresh_s, 0), |fresh_s| {
        with(ReceiptRule {
            fresh_s,
            ..receipt.clone()
        })
    });
    let single = ReceiptRule {
        single_use: !single_use,
        ..receipt.clone()
    };
    let change = format!("`single_use` is {}, not {single_use}", !single_use);
    let told = "a case with a receipt that was spent (`spent = true`)";
    changes.add(kind.span(), change, told, with(single));
    for other in [Scope::Run, Scope::Principal, Scope::Shared] {
        if other == *scope {
            continue;
        }
        let change = format!("`scope` is {}, not {}", whose(other), whose(*scope));
        let told = "cases with a receipt of another principal and of another run";
        let changed = ReceiptRule {
            scope: other,
            ..receipt.clone()
        };
        changes.add(kind.span(), change, told, with(changed));
    }
}

fn whose(scope: Scope) -> &'static str {
    match scope {
        Scope::Run => "run",
        Scope::Principal => "principal",
        Scope::Shared => "shared",
    }
}
