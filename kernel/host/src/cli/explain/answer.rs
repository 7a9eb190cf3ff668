//! A decision as `aegis explain` shows it.
//! Knows nothing of how it came about.

use std::fmt::Write as _;

use aegis_core::capability::Capability;
use aegis_core::denial::{Denial, Objection};
use aegis_core::inspect::Finding;
use aegis_core::json::Json;
use aegis_core::policy::{Obligations, Policy, Question, Shadow, Terms};

/// A line that is no request.
pub(super) fn unread(id: Json, why: &str) -> Json {
    Json::object([("id", id), ("error", Json::from(why))])
}

/// A permit that would have been. `costs` are what it would take from budgets, and what they would still hold.
pub(in crate::cli) fn permitted(
    id: Json,
    terms: &Terms,
    asked: &Question<'_>,
    (costs, shadows): (Vec<Json>, Json),
) -> Json {
    let receipts: Vec<&str> = terms.spends.iter().map(|r| r.id.as_str()).collect();
    Json::object([
        ("id", id),
        ("decision", Json::from("permit")),
        ("rule", Json::Null),
        ("phase", Json::Null),
        ("reason", Json::Null),
        ("fix", Json::Null),
        ("objections", Json::Array(Vec::new())),
        ("capabilities", capabilities(asked)),
        ("facts", facts(asked)),
        ("obligations", obligations(&terms.obligations)),
        ("receipts", Json::from(receipts)),
        ("costs", Json::Array(costs)),
        ("shadows", shadows),
    ])
}

/// A denial; `asked` is `None` where the call was never examined to its end.
pub(in crate::cli) fn denied(
    id: Json,
    denial: &Denial,
    asked: Option<&Question<'_>>,
    (policy, shadows): (&Policy, Json),
) -> Json {
    let first = denial.first();
    let none = || Json::Array(Vec::new());
    Json::object([
        ("id", id),
        ("decision", Json::from("deny")),
        ("rule", Json::from(first.rule.as_ref())),
        ("phase", Json::from(first.phase.as_str())),
        ("reason", Json::from(first.reason.as_ref())),
        ("fix", Json::from(first.fix.as_ref())),
        (
            "objections",
            Json::Array(denial.all().map(|one| objection(one, policy)).collect()),
        ),
        ("capabilities", asked.map_or_else(none, capabilities)),
        ("facts", asked.map_or_else(none, facts)),
        ("obligations", Json::Null),
        ("receipts", none()),
        ("costs", none()),
        ("shadows", shadows),
    ])
}

/// Rules in shadow mode that would have spoken.
pub(in crate::cli) fn shadows(said: &[Shadow]) -> Json {
    let one = |shadow: &Shadow| {
        Json::object([
            ("rule", Json::from(shadow.rule.as_str())),
            ("phase", Json::from(shadow.phase.as_str())),
        ])
    };
    Json::Array(said.iter().map(one).collect())
}

fn objection(objection: &Objection, policy: &Policy) -> Json {
    let mut rules = policy.rules();
    let rule = rules.find(|rule| rule.id() == objection.rule);
    let severity = rule.and_then(|rule| rule.head().severity);
    let severity = severity.map(|severity| Json::from(severity.as_str()));
    Json::object([
        ("rule", Json::from(objection.rule.as_ref())),
        ("phase", Json::from(objection.phase.as_str())),
        ("reason", Json::from(objection.reason.as_ref())),
        ("fix", Json::from(objection.fix.as_ref())),
        ("severity", severity.unwrap_or(Json::Null)),
    ])
}

fn capabilities(asked: &Question<'_>) -> Json {
    let names: Vec<&str> = asked.capabilities.iter().map(Capability::as_str).collect();
    Json::from(names)
}

fn facts(asked: &Question<'_>) -> Json {
    let one = |finding: &Finding| {
        Json::object([
            ("kind", Json::from(finding.fact.kind())),
            ("subject", Json::from(finding.fact.subject())),
            ("argument", Json::from(finding.argument.as_str())),
        ])
    };
    Json::Array(asked.findings.iter().map(one).collect())
}

fn obligations(owed: &Obligations) -> Json {
    let columns = owed.columns.iter().map(|mask| {
        let index = u64::try_from(mask.index).unwrap_or(u64::MAX);
        Json::object([
            ("column", Json::from(index)),
            ("label", Json::from(mask.label.as_str())),
            ("operator", Json::from(mask.operator.word().as_ref())),
            ("rule", Json::from(mask.rule.as_str())),
        ])
    });
    let cap = |cap: Option<u64>| cap.map_or(Json::Null, Json::from);
    Json::object([
        ("columns", Json::Array(columns.collect())),
        ("detect", owed.profiles().map_or(Json::Null, Json::from)),
        (
            "drop",
            Json::from(owed.fields.dropped().collect::<Vec<_>>()),
        ),
        (
            "rename",
            Json::Array(owed.fields.renamed().map(Json::from).collect()),
        ),
        ("limit", cap(owed.limit)),
        ("row_max", cap(owed.row_max)),
        ("byte_max", cap(owed.byte_max)),
        ("change_max", cap(owed.change_max)),
    ])
}

/// The answer for people.
pub(in crate::cli) fn in_words(answer: &Json) -> String {
    let text = |value: &Json, key: &str| {
        let value = value.get(key);
        value.and_then(Json::as_str).unwrap_or_default().to_owned()
    };
    let list = |key: &str| answer.get(key).and_then(Json::as_array).unwrap_or_default();
    let id = answer
        .get("id")
        .map(ToString::to_string)
        .unwrap_or_default();
    let mut words = match text(answer, "decision").as_str() {
        "permit" => format!("{id}: permit\n"),
        "deny" => format!("{id}: deny\n"),
        _ => return format!("{id}: not a request: {}\n\n", text(answer, "error")),
    };
    // Writing into a String cannot fail.
    for one in list("objections") {
        let (rule, phase) = (text(one, "rule"), text(one, "phase"));
        let _ = writeln!(words, "  {rule} ({phase}): {}", text(one, "reason"));
        let _ = writeln!(words, "    fix: {}", text(one, "fix"));
    }
    for one in list("shadows") {
        let (rule, phase) = (text(one, "rule"), text(one, "phase"));
        let _ = writeln!(
            words,
            "  {rule} ({phase}) would have spoken, and is only watched"
        );
    }
    let needs: Vec<&str> = list("capabilities")
        .iter()
        .filter_map(Json::as_str)
        .collect();
    if !needs.is_empty() {
        let _ = writeln!(words, "  needs {}", needs.join(", "));
    }
    for fact in list("facts") {
        let _ = writeln!(words, "  {} {}", text(fact, "kind"), text(fact, "subject"));
    }
    let masks = answer
        .get("obligations")
        .and_then(|owed| owed.get("columns"));
    for mask in masks.and_then(Json::as_array).unwrap_or_default() {
        let column = mask
            .get("column")
            .map(ToString::to_string)
            .unwrap_or_default();
        let (label, operator) = (text(mask, "label"), text(mask, "operator"));
        let _ = writeln!(words, "  output {column} masked: {label} by {operator}");
    }
    for (key, what) in [("drop", "leaves out"), ("rename", "renames")] {
        let fields = answer.get("obligations").and_then(|owed| owed.get(key));
        for field in fields.and_then(Json::as_array).unwrap_or_default() {
            let _ = writeln!(words, "  {what} {}", field.as_str().unwrap_or_default());
        }
    }
    for cost in list("costs") {
        let _ = writeln!(words, "  costs {}", cost_in_words(cost));
    }
    for receipt in list("receipts").iter().filter_map(Json::as_str) {
        let _ = writeln!(words, "  stands on {receipt}");
    }
    words.push('\n');
    words
}

fn cost_in_words(cost: &Json) -> String {
    let number = |key: &str| cost.get(key).map(ToString::to_string).unwrap_or_default();
    let left = match cost.get("left") {
        Some(Json::Null) | None => "an unknown number".to_owned(),
        Some(left) => left.to_string(),
    };
    let units = ["calls", "rows", "bytes", "values"];
    let unit = units.into_iter().find(|unit| cost.get(unit).is_some());
    let unit = unit.unwrap_or("calls");
    let filling = match cost.get("window_s") {
        Some(seconds) => format!("in {seconds} seconds"),
        None => format!(
            "at once, {} more in {} seconds",
            number("refill"),
            number("every_s")
        ),
    };
    let budget = cost
        .get("budget")
        .and_then(Json::as_str)
        .unwrap_or_default();
    format!(
        "{} of {} {unit} {filling} by {budget}; {left} left after it",
        number(unit),
        number("of")
    )
}
