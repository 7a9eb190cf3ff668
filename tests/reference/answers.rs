//! What answers owe, and budgets, of the second engine.
//! Shares no judgement with core.

use std::collections::BTreeSet;

use aegis_core::capability::Capability;
use aegis_core::inspect::Output;
use aegis_core::json::Json;
use aegis_core::manifest::Label;
use aegis_core::policy::phase::{BudgetRule, SmallGroups, Transform};
use aegis_core::policy::{Coarse, ColumnMask, Detect, Operator, Renamed, Rule};
use aegis_core::receipt::{Back, Charge, Over, Unit};

use super::engine::{Asked, Verdict, decides_rows, matches, used};
use super::when::label_is;

pub fn small_groups(asked: &Asked<'_>, rule: &SmallGroups, verdict: &mut Verdict) {
    let here = rule
        .tools
        .iter()
        .any(|t| matches(t.get_ref().as_str(), &asked.tool()));
    if here && asked.speaks(&rule.head) {
        verdict.obligations.small_groups.push(rule.terms.clone());
    }
}

fn smaller(one: &mut Option<u64>, other: Option<u64>) {
    *one = match (*one, other) {
        (Some(a), Some(b)) => Some(a.min(b)),
        (a, b) => a.or(b),
    };
}

pub fn transform(asked: &Asked<'_>, rule: &Transform, verdict: &mut Verdict) {
    if !asked.speaks(&rule.head) {
        return;
    }
    let owed = &mut verdict.obligations;
    smaller(&mut owed.row_max, rule.caps.row_max);
    smaller(&mut owed.byte_max, rule.caps.byte_max);
    smaller(&mut owed.change_max, rule.caps.change_max);
    smaller(&mut owed.limit, rule.caps.limit);
    if let Some(detect) = &rule.detect {
        let by_type = detect
            .by_type
            .iter()
            .map(|(name, operator)| (name.get_ref().clone(), *operator));
        let one = Detect {
            profile: detect.profile.get_ref().clone(),
            by_type: by_type.collect(),
        };
        if !owed.detect.contains(&one) {
            owed.detect.push(one);
        }
        owed.detect.sort();
    }
    owed.analysed |= rule
        .analyse
        .iter()
        .any(|t| matches(t.get_ref().as_str(), &asked.tool()));
    let Some(fields) = &rule.fields else { return };
    if !fields
        .tools
        .iter()
        .any(|t| matches(t.get_ref().as_str(), &asked.tool()))
    {
        return;
    }
    for field in &fields.drop {
        let drops = &mut verdict.obligations.fields.drop;
        drops
            .entry(field.get_ref().clone())
            .or_insert(rule.head.id.clone());
    }
    for (field, to) in &fields.rename {
        let (field, names) = (field.get_ref(), &mut verdict.obligations.fields.rename);
        let rooted = |text: &str| text.starts_with('/');
        let last = |text: &str| text.rsplit('/').next().unwrap_or("").to_owned();
        let meet = |other: &str| match rooted(other) && rooted(field.as_str()) {
            true => other == field.as_str(),
            false => last(other) == last(field.as_str()),
        };
        if names
            .iter()
            .any(|(other, new)| meet(other.as_str()) && new.to != *to)
        {
            verdict.broken("transform", &rule.head.id);
        } else {
            let new = Renamed {
                to: to.clone(),
                rule: rule.head.id.clone(),
            };
            names.entry(field.clone()).or_insert(new);
        }
    }
}

/// From the mildest to the strictest, as the table of the documentation has it; more within a line is stricter.
fn rank(operator: Operator) -> (u8, i64) {
    match operator {
        Operator::Search => (0, 0),
        Operator::KeepLast(kept) => (1, -i64::from(kept)),
        Operator::DateShift(days) => (2, i64::from(days)),
        Operator::Generalise(Coarse::Suited) => (3, 0),
        Operator::Generalise(Coarse::Prefix(kept)) => (4, -i64::from(kept)),
        Operator::Generalise(Coarse::Network) => (5, 0),
        Operator::Generalise(Coarse::Month) => (6, 0),
        Operator::Generalise(Coarse::Year) => (7, 0),
        Operator::Generalise(Coarse::Band(width)) => (8, i64::from(width)),
        Operator::Token => (9, 0),
        Operator::Hash => (10, 0),
        Operator::Redact => (11, 0),
        Operator::Drop => (12, 0),
        Operator::Withhold => (13, 0),
    }
}

/// What is demanded for a label: the strictest, of equal ones the first by id; whatever no rule names is redacted.
fn demanded(asked: &Asked<'_>, label: &Label) -> Option<(Operator, String, Option<String>)> {
    let mut best: Option<(Operator, String, Option<String>)> = None;
    let mut masks = false;
    for rule in &asked.rules {
        let Rule::Transform(rule) = rule else {
            continue;
        };
        let Some(mask) = &rule.mask else { continue };
        masks = true;
        let meant = mask
            .labels
            .iter()
            .any(|p| label_is(p.get_ref().as_str(), label));
        if !meant || !asked.speaks(&rule.head) {
            continue;
        }
        let operator = mask.by_label.get(label).copied().unwrap_or(mask.default);
        if best
            .as_ref()
            .is_none_or(|(known, ..)| rank(operator) > rank(*known))
        {
            let subject = mask.subject.as_ref().map(|at| at.get_ref().clone());
            best = Some((operator, rule.head.id.clone(), subject));
        }
    }
    best.or_else(|| masks.then(|| (Operator::Redact, "kernel.unlisted-label".to_owned(), None)))
}

pub fn masks(asked: &Asked<'_>, verdict: &mut Verdict) {
    let outputs = asked.call.outputs.unwrap_or_default();
    let guarded: BTreeSet<Label> = verdict
        .obligations
        .measured
        .iter()
        .flat_map(|m| m.labels.clone())
        .collect();
    for (index, output) in outputs.iter().enumerate() {
        let mut best: Option<ColumnMask> = None;
        for label in &output.labels {
            if output.summed.contains(label) && guarded.contains(label) {
                continue;
            }
            let Some((demanded, rule, subject)) = demanded(asked, label) else {
                continue;
            };
            let place = subject.as_ref().map(|column| whose(outputs, column));
            let operator = match (output.bare, demanded, place) {
                (false, Operator::Drop | Operator::Withhold, _) => demanded,
                (false, ..) | (true, Operator::DateShift(_), Some(None)) => Operator::Redact,
                (true, ..) => demanded,
            };
            if best
                .as_ref()
                .is_none_or(|known| rank(operator) > rank(known.operator))
            {
                best = Some(ColumnMask {
                    index,
                    label: label.clone(),
                    operator,
                    rule,
                    subject: place.flatten(),
                });
            }
        }
        verdict.obligations.columns.extend(best);
    }
    let owed = &mut verdict.obligations;
    if owed.detect.is_empty()
        && owed
            .columns
            .iter()
            .any(|mask| mask.operator == Operator::Search)
    {
        owed.detect.push(Detect::standard());
    }
    owed.changes_told =
        asked.call.tool.wall && !asked.facts().any(|finding| decides_rows(&finding.fact));
    for ((table, column), (label, _)) in &asked.call.system.labels {
        if let Some((operator, ..)) = demanded(asked, label) {
            owed.sources
                .push((format!("{table}.{column}"), label.clone(), operator));
        }
    }
    owed.sources.sort_by(|a, b| a.0.cmp(&b.0));
}

fn whose(outputs: &[Output], column: &str) -> Option<usize> {
    outputs
        .iter()
        .position(|o| o.bare && o.sources.len() == 1 && o.sources.contains(column))
}

/// The accounts that a budget takes from.
fn accounts(asked: &Asked<'_>, rule: &BudgetRule) -> Vec<String> {
    let tool = asked.call.tool;
    let here = rule.tools.as_ref().is_none_or(|tools| {
        tools
            .iter()
            .any(|t| matches(t.get_ref().as_str(), &asked.tool()))
    });
    let there = rule
        .downstreams
        .as_ref()
        .is_none_or(|all| all.iter().any(|one| *one.get_ref() == tool.server));
    let counted = match rule.allowance.unit {
        Unit::Calls | Unit::Bytes => true,
        Unit::Rows => tool.result.rows.is_some(),
        Unit::Values => tool
            .arguments
            .iter()
            .any(|a| Some(a.name.as_str()) == rule.allowance.of()),
    };
    let covers = |c: &&Capability| {
        let all = rule.capabilities.as_ref();
        all.is_none_or(|all| {
            all.iter()
                .any(|p| matches(p.get_ref().as_str(), c.as_str()))
        })
    };
    let met: Vec<&Capability> = asked.call.capabilities.iter().filter(covers).collect();
    let needed = rule.capabilities.is_none() || !met.is_empty();
    if !asked.is_for(&rule.who)
        || !here
        || !there
        || !counted
        || !needed
        || !asked.speaks(&rule.head)
    {
        return Vec::new();
    }
    let mut account = rule.head.id.clone();
    if !rule.per.principal {
        account.push_str("/*");
    }
    if rule.per.downstream {
        account.push_str(&format!("/{}", tool.server));
    }
    if rule.per.tool {
        account.push_str(&format!("/{}", asked.tool()));
    }
    match rule.per.capability {
        false => vec![account],
        true => met.iter().map(|c| format!("{account}/{c}")).collect(),
    }
}

pub fn budgets(asked: &Asked<'_>, verdict: &mut Verdict) {
    let mut all: Vec<(&BudgetRule, String)> = Vec::new();
    for rule in &asked.rules {
        if let Rule::Budget(rule) = rule {
            all.extend(
                accounts(asked, rule)
                    .into_iter()
                    .map(|account| (rule, account)),
            );
        }
    }
    // Nothing leaves beyond what is left, of whichever budget has the least.
    for (rule, account) in &all {
        let left = rule
            .allowance
            .limit
            .saturating_sub(used(asked, account, rule.allowance.over));
        match rule.allowance.unit {
            Unit::Rows => smaller(&mut verdict.obligations.row_max, Some(left)),
            Unit::Bytes => smaller(&mut verdict.obligations.byte_max, Some(left)),
            Unit::Calls | Unit::Values => {}
        }
    }
    for (rule, account) in all {
        let over = rule.allowance.over;
        let amount = match rule.allowance.unit {
            Unit::Values => {
                values(asked, rule, &account, verdict);
                continue;
            }
            Unit::Calls => 1,
            Unit::Rows => verdict.obligations.row_max.unwrap_or(u64::MAX),
            Unit::Bytes => verdict.obligations.byte_max.unwrap_or(u64::MAX),
        };
        let left = rule
            .allowance
            .limit
            .saturating_sub(used(asked, &account, over));
        if left == 0 || amount > left {
            verdict.object("precondition", &rule.head.id);
        }
        verdict
            .charges
            .push(charge(rule, account, amount.max(1), over));
    }
}

fn charge(rule: &BudgetRule, account: String, amount: u64, over: Over) -> Charge {
    let back = match (rule.allowance.unit, rule.returns_failed) {
        (Unit::Rows, _) => Back::Unused(Unit::Rows),
        (Unit::Bytes, _) => Back::Unused(Unit::Bytes),
        (_, true) => Back::Failed,
        (_, false) => Back::Never,
    };
    Charge {
        account,
        shared: !rule.per.principal,
        amount,
        over,
        back,
    }
}

fn values(asked: &Asked<'_>, rule: &BudgetRule, account: &str, verdict: &mut Verdict) {
    let over = rule.allowance.over;
    let value = rule
        .allowance
        .of()
        .and_then(|of| asked.call.arguments.get(of));
    let texts: BTreeSet<String> = match value {
        None => BTreeSet::from([String::new()]),
        Some(Json::Array(items)) => items.iter().map(ToString::to_string).collect(),
        Some(value) => BTreeSet::from([value.to_string()]),
    };
    let mut names: BTreeSet<String> = BTreeSet::new();
    for (name, ..) in asked.ledger.spending.slots() {
        let own = name
            .strip_prefix(account)
            .is_some_and(|rest| rest.starts_with('#'));
        if own && used(asked, name, over) > 0 {
            names.insert(name.to_owned());
        }
    }
    let here = |at: usize| format!("{account}#={at}");
    let fresh = (0..texts.len())
        .filter(|at| used(asked, &here(*at), over) == 0)
        .count() as u64;
    if fresh > 0 && names.len() as u64 + fresh > rule.allowance.limit {
        verdict.object("precondition", &rule.head.id);
    }
    for at in 0..texts.len() {
        verdict.charges.push(charge(rule, here(at), 1, over));
    }
}
