//! The grant that travels with a call to a downstream with a wall of its own, and what its engine reports back.
//! Knows nothing of how the grant was decided.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use aegis_core::denial::{Denial, Phase};
use aegis_core::egress::{Pairs, ScopeKeys, form_of_type, type_of_label};
use aegis_core::inspect::{Reach, Sought};
use aegis_core::json::{Json, Object};
use aegis_core::limits;
use aegis_core::policy::{Measured, Obligations, Operator, Permit};
use zeroize::Zeroizing;

/// The key of the grant in a request's `_meta`.
const GRANT: &str = "aegis/grant";
/// The key of the engine's report in a result's `_meta`.
const ENGINE: &str = "aegis/engine";

/// The key of a result's `_meta` under which stands what tokens in its cells are.
const REVEALED: &str = "aegis/revealed";

/// Under which keys the wall makes tokens, and whose values it is to tell the kernel.
pub(super) struct Tokens {
    pub(super) keys: Arc<ScopeKeys>,
    /// Types whose tokens may be exchanged for their values on the way south.
    pub(super) restorable: BTreeSet<String>,
}

impl Tokens {
    /// The key of a call's scope, which egress uses too, so that a value has one token.
    fn hex(&self, permit: &Permit) -> String {
        let key = Zeroizing::new(self.keys.key(permit.principal().id(), permit.run()));
        key.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// `_meta` of a judged call: what its statement was proven to need, and nothing beyond. The wall's own
/// deadline ends a little before ours, so that it is the one to say so.
pub(super) fn of(permit: &Permit, tokens: &Tokens, limit: Duration) -> Object {
    let reach = permit.reach();
    let obligations = permit.obligations();
    let mut grant = Object::new();
    grant.insert("reads", names(reach.reads.iter()));
    grant.insert("writes", names(reach.writes.iter()));
    grant.insert("ddl", names(reach.ddl.iter()));
    grant.insert("functions", Json::from("*"));
    grant.insert("masked", masked(obligations, &tokens.restorable));
    grant.insert("token_key", Json::from(tokens.hex(permit)));
    if !reach.pragmas.is_empty() {
        grant.insert("pragmas", names(reach.pragmas.iter()));
    }
    if !reach.copied.is_empty() {
        grant.insert("copied", names(reach.copied.iter()));
    }
    if !reach.renamed.is_empty() {
        grant.insert("renamed", names(reach.renamed.iter()));
    }
    if let Some(schema) = &permit.catalog().revision {
        grant.insert("schema", Json::from(schema.as_str()));
    }
    if let Some(terms) = &obligations.measured {
        grant.insert("measures", measures(terms));
    }
    if let Some(sought) = sought(permit) {
        let wanted = [
            ("column", Json::from(sought.column.as_str())),
            ("value", sought.value.clone()),
        ];
        grant.insert("lookup", Json::object(wanted));
    }
    if let Some(row_max) = obligations.row_max {
        grant.insert("row_max", Json::from(row_max));
    }
    if let Some(changes_max) = obligations.change_max {
        grant.insert("changes_max", Json::from(changes_max));
    }
    bound(&mut grant, obligations.byte_max, limit);
    meta(grant)
}

/// `_meta` of the kernel's own reading: everything, unmasked.
pub(super) fn unrestricted(limit: Duration) -> Object {
    let mut grant = Object::new();
    for right in ["reads", "writes", "ddl", "functions"] {
        grant.insert(right, Json::from("*"));
    }
    bound(&mut grant, None, limit);
    meta(grant)
}

/// The rule by which a call is refused whose schema is not the one that it was judged by.
pub(crate) const SCHEMA_CHANGED: &str = "kernel.schema-changed";

/// Whether the wall refused the call since its schema is not the one that the grant names. It looked within the
/// snapshot that the statement would have had, so nothing was executed.
pub(super) fn check_schema(result: &Json) -> Result<(), Denial> {
    let failed = result.get("isError").and_then(Json::as_bool) == Some(true);
    let content = result.get("structuredContent");
    let code = content.and_then(|content| content.get("code"));
    if !failed || code.and_then(Json::as_str) != Some("schema-changed") {
        return Ok(());
    }
    Err(Denial::kernel(
        SCHEMA_CHANGED,
        Phase::Kernel,
        "the tables changed after the call was judged; nothing was executed",
        "try again: the kernel has read the tables anew",
    ))
}

/// Compares what the engine says that it touched with what the kernel had derived, tables and columns. A row that
/// is written may be read on the way.
///
/// Sums leave unmasked only where the engine confirms that it counted the rows behind them, and what was looked up only
/// where it confirms that it compared the stored values itself.
pub(super) fn check_engine(result: &Json, permit: &Permit) -> Result<(), Denial> {
    let (reach, measured) = (permit.reach(), permit.obligations().measured.as_ref());
    let report = result.get("_meta").and_then(|meta| meta.get(ENGINE));
    let within = match report {
        // Only a statement that ran touches anything, and whatever ran is reported.
        None => result.get("isError").and_then(Json::as_bool) == Some(true),
        // What is no report confirms nothing.
        Some(report) if report.as_object().is_none() => false,
        Some(report) => {
            let known = |name: &str| reads(reach, name) || holds(&reach.writes, name);
            all(report, "reads", known)
                && all(report, "writes", |name| holds(&reach.writes, name))
                && measured.is_none_or(|terms| counted(report, terms))
                && (permit.obligations().lookups.is_empty()
                    || reach.guesses
                    || looked_up(report, permit))
        }
    };
    if within {
        return Ok(());
    }
    Err(Denial::kernel(
        "kernel.engine-disagrees",
        Phase::Kernel,
        "the engine did not confirm that it touched only what the statement was judged by",
        "name the tables that you need directly, without views or triggers",
    ))
}

fn bound(grant: &mut Object, byte_max: Option<u64>, limit: Duration) {
    // A result holds its rows twice, once as text inside text, and has to fit our bound as a line.
    let fits = u64::try_from(limits::RESPONSE_BYTES_MAX / 4).unwrap_or(u64::MAX);
    let time_ms = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX) / 10 * 9;
    grant.insert("time_ms", Json::from(time_ms.max(1)));
    grant.insert("bytes_max", Json::from(byte_max.unwrap_or(fits).min(fits)));
}

/// What the wall does with each column. What it has no word for it masks as tokens, and tells the kernel
/// what they stand for: inside the engine every expression sees the token alone.
fn masked(obligations: &Obligations, restorable: &BTreeSet<String>) -> Json {
    let sources = obligations.sources.iter();
    Json::object(sources.map(|(column, label, operator)| {
        let kind = type_of_label(label.as_str());
        let (word, reveal) = match operator {
            Operator::Token => (Operator::Token, restorable.contains(&kind)),
            Operator::Search
            | Operator::Hash
            | Operator::DateShift(_)
            | Operator::Generalise(_) => (Operator::Token, true),
            Operator::KeepLast(kept) if *kept != 4 => (Operator::Token, true),
            Operator::KeepLast(_) | Operator::Redact | Operator::Drop => (*operator, false),
            Operator::Withhold => (Operator::Redact, false),
        };
        let mut mask = vec![
            ("op", Json::from(word.word().as_ref())),
            ("form", Json::from(form_of_type(&kind))),
            ("type", Json::from(kind)),
        ];
        if reveal {
            mask.push(("reveal", Json::from(true)));
        }
        (column.clone(), Json::object(mask))
    }))
}

fn measures(terms: &Measured) -> Json {
    Json::object([
        ("columns", names(terms.columns.iter())),
        ("rows_min", Json::from(terms.rows_min)),
        ("share_max", Json::from(terms.share_max)),
    ])
}

/// What the engine's tokens stand for, as far as it says so.
pub(super) fn revealed(result: &Json) -> Pairs {
    let meta = result.get("_meta");
    meta.and_then(|meta| meta.get(REVEALED))
        .map_or_else(Pairs::default, Pairs::read)
}

fn names(names: impl Iterator<Item = impl AsRef<str>>) -> Json {
    Json::Array(names.map(|name| Json::from(name.as_ref())).collect())
}

fn meta(grant: Object) -> Object {
    [(GRANT, Json::Object(grant))].into_iter().collect()
}

/// What the wall is to look rows up by, where a rule permits it.
fn sought(permit: &Permit) -> Option<&Sought> {
    let sought = permit.reach().sought.as_ref();
    sought.filter(|_| !permit.obligations().lookups.is_empty())
}

/// Whether the engine says that it looked up by this very column.
fn looked_up(report: &Json, permit: &Permit) -> bool {
    let said = report.get("lookup").and_then(Json::as_str);
    match (sought(permit), said) {
        (Some(sought), Some(said)) => sought.column.eq_ignore_ascii_case(said),
        _ => false,
    }
}

/// Whether the engine says that it held the sums to these terms.
fn counted(report: &Json, terms: &Measured) -> bool {
    let held = |key, wanted: u64| {
        let number = report.get("measures").and_then(|said| said.get(key));
        number == Some(&Json::from(wanted))
    };
    held("rows_min", terms.rows_min) && held("share_max", terms.share_max)
}

/// Whether every name of a list is fit; a missing list names nothing, and anything but a list of names
/// is unfit.
fn all(report: &Json, list: &str, fit: impl Fn(&str) -> bool) -> bool {
    match report.get(list) {
        None => true,
        Some(Json::Array(names)) => names.iter().all(|name| name.as_str().is_some_and(&fit)),
        Some(_) => false,
    }
}

/// Whether an engine's word is about what a statement was proven to read: a table as such, its row's own number, or a
/// column that the statement uses.
fn reads(reach: &Reach, name: &str) -> bool {
    let column = name.rsplit_once('.').map_or("", |(_, column)| column);
    let number = ["", "rowid"]
        .iter()
        .any(|own| column.eq_ignore_ascii_case(own));
    let used = || {
        reach
            .columns
            .iter()
            .any(|used| used.eq_ignore_ascii_case(name))
    };
    holds(&reach.reads, name) && (number || used())
}

/// Whether an engine's word, a table or `table.column`, is about one of these tables. Engines fold ASCII alone.
fn holds(tables: &std::collections::BTreeSet<String>, name: &str) -> bool {
    tables
        .iter()
        .any(|table| match name.split_at_checked(table.len()) {
            Some((head, tail)) => {
                head.eq_ignore_ascii_case(table) && (tail.is_empty() || tail.starts_with('.'))
            }
            None => false,
        })
}
