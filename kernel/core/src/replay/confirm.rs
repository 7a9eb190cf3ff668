//! Whether the rules of a record's epoch give the decision that was recorded.
//! Knows nothing of other rules.

use std::collections::BTreeSet;

use super::case::{Case, Named, RuleBook};
use super::rebuilt::{Lacking, Rebuilt};
use crate::audit::{Decision, Obliged, Source};
use crate::denial::{Denial, Phase};
use crate::limits;
use crate::policy::{Judgement, Obligations, Question, Unknown};

/// What came of making a recorded decision again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Confirmed {
    /// The rules give it. The rules named needed a value that the record does not tell: their word was
    /// taken from the record.
    Holds(BTreeSet<String>),
    /// It was not one of the rules: why.
    Outside(String),
    /// The record was cut, so that it does not tell what was asked.
    Cut,
    /// The rules give another one.
    Contradicted(Contradiction),
}

/// How a record contradicts the rules that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// `TOOL`, `DECISION`, `RULES`, `OBLIGATIONS`, `RECEIPTS` or `RECORD`.
    pub class: &'static str,
    /// What differs.
    pub detail: String,
}

fn contradicted(class: &'static str, detail: impl Into<String>) -> Confirmed {
    Confirmed::Contradicted(Contradiction {
        class,
        detail: detail.into(),
    })
}

/// Makes a recorded decision again under the rules of its own epoch.
#[must_use]
pub fn confirm(case: &Case<'_>, book: &RuleBook<'_>) -> Confirmed {
    if let Some(why) = case.outside() {
        return Confirmed::Outside(why);
    }
    let Some(recorded) = case.objections() else {
        return contradicted("RECORD", "it names a phase that there is not");
    };
    let denied = case.record.decision == Some(Decision::Deny);
    if denied == recorded.is_empty() {
        return contradicted("RECORD", "its decision and its objections do not agree");
    }
    let tool = case.tool(book);
    if let Some((Phase::Examination, rule)) = recorded.first() {
        return examination(rule, recorded.len(), tool.is_some());
    }
    let Some((system, tool)) = tool else {
        return contradicted("TOOL", "the principal may not know of this tool");
    };
    match Rebuilt::new(case, book.manifests, tool) {
        Err(Lacking::Cut) => Confirmed::Cut,
        Err(Lacking::Strange(what)) => contradicted("RECORD", what),
        Ok(rebuilt) => {
            let asked = rebuilt.question(system, tool, case.catalog);
            let judged =
                book.policy
                    .rejudge(&asked, &rebuilt.unknown, &rebuilt.ledger, rebuilt.now);
            if let Some(what) = other_shadows(case, book, (&rebuilt, &asked)) {
                return contradicted("RULES", what);
            }
            compare(case, &recorded, judged)
        }
    }
}

/// Whether rules in shadow mode would have said something else than is recorded; only where nothing is unknown.
fn other_shadows(
    case: &Case<'_>,
    book: &RuleBook<'_>,
    (rebuilt, asked): (&Rebuilt, &Question<'_>),
) -> Option<&'static str> {
    if rebuilt.unknown != Unknown::default() {
        return None;
    }
    let said = book.policy.shadows(asked, &rebuilt.ledger, rebuilt.now);
    let noted = said.iter().take(limits::SHADOWS_NOTED_MAX);
    let recorded = case.record.basis.iter().flat_map(|basis| &basis.shadow);
    let same = noted
        .map(|one| (one.phase.as_str(), one.rule.as_str()))
        .eq(recorded.map(|line| (line.phase.as_str(), line.rule.as_str())));
    (!same).then_some("rules in shadow mode would have said otherwise")
}

/// A call that was refused before rules were asked: whether the tool was to be known is theirs to say.
fn examination(rule: &str, count: usize, known: bool) -> Confirmed {
    match (rule == "kernel.unknown-tool", known) {
        _ if count > 1 => contradicted("RULES", "a refusal of the examination stands alone"),
        (true, true) => contradicted("TOOL", "the principal may know of this tool"),
        (false, false) if rule != "kernel.bad-arguments" => {
            contradicted("TOOL", "the principal may not know of this tool")
        }
        _ => Confirmed::Holds(BTreeSet::new()),
    }
}

fn compare(case: &Case<'_>, recorded: &[Named], judged: Judgement) -> Confirmed {
    let Judgement {
        denial,
        open,
        terms,
        terms_open,
    } = judged;
    let certain = named(denial.as_ref());
    if case.record.decision == Some(Decision::Allow) {
        if let Some((_, rule)) = certain.first() {
            let detail = format!("it was allowed, and `{rule}` denies it");
            return contradicted("DECISION", detail);
        }
        let basis = case.record.basis.as_ref();
        let narrowed = basis.is_some_and(|basis| !basis.earlier.is_empty());
        if terms_open || narrowed {
            return Confirmed::Holds(open); // their word is taken from the record
        }
        return terms_hold(case, &terms.obligations, &terms.spends, open);
    }
    let sorted = recorded.is_sorted();
    let missing = certain.iter().find(|one| !recorded.contains(one));
    if let (Some((_, rule)), true) = (missing, case.all_objections()) {
        return contradicted("RULES", format!("`{rule}` objects, and is not recorded"));
    }
    // A rule that cannot be evaluated objects under the kernel's name.
    let explained = |one: &Named| {
        certain.contains(one)
            || open.contains(&one.1)
            || (one.1 == "kernel.rule-error" && !open.is_empty())
    };
    match recorded.iter().find(|one| !explained(one)) {
        Some((_, rule)) if certain.is_empty() && open.is_empty() => contradicted(
            "DECISION",
            format!("it was denied by `{rule}`, and no rule does"),
        ),
        Some((_, rule)) => contradicted(
            "RULES",
            format!("`{rule}` is recorded, and does not object"),
        ),
        None if !sorted => contradicted("RULES", "its objections are not in their order"),
        None => Confirmed::Holds(open),
    }
}

fn terms_hold(
    case: &Case<'_>,
    owed: &Obligations,
    spends: &[crate::receipt::Receipt],
    open: BTreeSet<String>,
) -> Confirmed {
    let spent = case.record.spent.as_deref().unwrap_or_default();
    let ids = spends.iter().map(|receipt| receipt.id.as_str());
    if !ids.eq(spent.iter().map(|id| id.as_str())) {
        return contradicted(
            "RECEIPTS",
            "it stands on other receipts than the rules choose",
        );
    }
    let none = Obliged::default();
    let recorded = case.record.obligations.as_ref().unwrap_or(&none);
    let cut = case.record.cut.as_ref();
    let all = cut.is_none_or(|cut| cut.columns.is_none() && cut.sources.is_none());
    match same(recorded, owed, all) {
        true => Confirmed::Holds(open),
        false => contradicted("OBLIGATIONS", "the rules oblige its answer otherwise"),
    }
}

/// Whether an answer was recorded to owe what the rules demand; of lists that were cut, what is left.
fn same(recorded: &Obliged<'_>, owed: &Obligations, all: bool) -> bool {
    let caps = [
        (recorded.byte_max, owed.byte_max),
        (recorded.change_max, owed.change_max),
        (recorded.limit, owed.limit),
        (recorded.row_max, owed.row_max),
    ];
    let numbers = caps
        .iter()
        .all(|(one, other)| one.map(crate::audit::Int::get) == *other);
    let detect = recorded.detect.as_deref() == owed.profiles().as_deref();
    let columns = recorded
        .columns
        .iter()
        .zip(&owed.columns)
        .all(|(one, other)| {
            usize::try_from(one.index.get()) == Ok(other.index)
                && one.label.as_str() == other.label.as_str()
                && one.operator.as_str() == other.operator.word()
                && one.rule.as_str() == other.rule
        });
    let dropped = texts(&recorded.dropped).eq(owed.fields.dropped());
    let renamed = owed.fields.renamed();
    let fields = dropped && texts(&recorded.renamed).eq(renamed);
    // A name that may hold a value is committed to, and so is its place in the list.
    let quoted = |source: &Source<'_>| !source.column.starts_with("commit:");
    let told = recorded.sources.iter().all(quoted);
    let sources = recorded
        .sources
        .iter()
        .zip(&owed.sources)
        .filter(|_| told)
        .all(|(one, other)| {
            one.column.as_str() == other.0
                && one.label.as_str() == other.1.as_str()
                && one.operator.as_str() == other.2.word()
        });
    let counts = !all
        || (recorded.columns.len() == owed.columns.len()
            && recorded.sources.len() == owed.sources.len());
    numbers && detect && columns && fields && sources && counts
}

fn texts<'a>(list: &'a [crate::audit::Text<'_>]) -> impl Iterator<Item = &'a str> {
    list.iter().map(|text| text.as_str())
}

/// Objections as a record names them.
pub(super) fn named(denial: Option<&Denial>) -> Vec<Named> {
    let all = denial.into_iter().flat_map(Denial::all);
    all.map(|one| (one.phase, one.rule.to_string())).collect()
}
