//! `aegis audit query`: calls that meet every filter.
//! Knows nothing of how rows are made.

use std::io::Write;

use aegis_core::audit::timestamp;
use aegis_core::policy::Severity;
use clap::{Args, ValueEnum};

use super::calls::{Joiner, Row, head};
use super::export::cells;
use super::filter::{Where, glob};
use super::paint::Screen;
use super::tail::print;
use super::{Place, Trouble, read};
use crate::clock::Clock;

/// Arguments of `audit query`.
#[derive(Args, Debug)]
pub(super) struct QueryArguments {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    filter: FilterArguments,
    /// How rows are written
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
    /// One JSON object a line, as `-o jsonl`
    #[arg(long)]
    json: bool,
}

/// How rows are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Output {
    /// A line a call, for people
    #[default]
    Table,
    /// One JSON array
    Json,
    /// One JSON object a line
    Jsonl,
    /// Comma-separated
    Csv,
}

/// Which calls are meant; every filter given must hold.
#[derive(Args, Debug)]
pub(super) struct FilterArguments {
    /// What was decided
    #[arg(long, value_enum)]
    decision: Option<DecisionWord>,
    /// How it ended: ok, tool-error, denied, withheld, failed, unknown, in-flight
    #[arg(long)]
    status: Option<String>,
    /// What it could do at most: read, write, destructive
    #[arg(long)]
    effect: Option<String>,
    /// A label of what it reads or asks about; `*` stands for anything
    #[arg(long)]
    label: Option<String>,
    /// A free filter: `decision == "deny" && tool ~ "postgres__*" && dur_us > 1000`
    ///
    /// Fields: call, decision, effect, kind, label, note, principal, rule, severity, shadow, status, tool, ts; dur_us, seq.
    /// Comparisons: == != < <= > >= ~ !~ (`~` takes `*` for anything), joined by && || ! and parentheses.
    #[arg(long = "where", value_name = "FILTER")]
    free: Option<String>,
    /// The tool; `*` stands for anything
    #[arg(long)]
    tool: Option<String>,
    /// A rule that objected; `*` stands for anything
    #[arg(long)]
    rule: Option<String>,
    /// A rule objected that is at least so grave: low, medium, high, critical
    #[arg(long, value_parser = severity)]
    severity: Option<Severity>,
    /// Who called
    #[arg(long)]
    principal: Option<String>,
    /// From this moment on: `2026-11-20T18:00` or how long ago: `90s`, `30m`, `24h`, `7d`
    #[arg(long)]
    since: Option<String>,
    /// Before this moment, in the same forms
    #[arg(long)]
    until: Option<String>,
}

fn severity(word: &str) -> Result<Severity, String> {
    let words = Severity::ALL.map(Severity::as_str).join(", ");
    Severity::parse(word).ok_or_else(|| format!("one of {words}"))
}

/// What may be asked for as a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum DecisionWord {
    Allow,
    Deny,
    Fail,
}

/// Filters, ready to be held against rows.
pub(super) struct Filter<'a> {
    asked: &'a FilterArguments,
    since: Option<String>,
    until: Option<String>,
    free: Option<Where>,
}

impl<'a> Filter<'a> {
    pub(super) fn new(asked: &'a FilterArguments) -> Result<Self, Trouble> {
        let now_ns = Clock::start().unix_ns();
        let moment =
            |text: &Option<String>| text.as_deref().map(|text| moment(text, now_ns)).transpose();
        Ok(Self {
            since: moment(&asked.since)?,
            until: moment(&asked.until)?,
            free: match asked.free.as_deref().map(Where::parse).transpose() {
                Ok(free) => free,
                Err(fault) => return Err(Trouble::Usage(fault.to_string())),
            },
            asked,
        })
    }

    /// Whether a call meets every filter; events are no calls.
    pub(super) fn takes(&self, row: &Row) -> bool {
        let asked = self.asked;
        let decision = asked.decision.is_none_or(|word| {
            let word = match word {
                DecisionWord::Allow => "allow",
                DecisionWord::Deny => "deny",
                DecisionWord::Fail => "fail",
            };
            row.decision.as_deref() == Some(word)
        });
        let same = |asked: &Option<String>, there: &Option<String>| {
            asked.is_none() || asked.as_deref() == there.as_deref()
        };
        let like = glob;
        row.kind == "call"
            && decision
            && same(&asked.status, &row.status)
            && same(&asked.principal, &row.principal)
            && same(&asked.effect, &row.effect)
            && asked.severity.is_none_or(|least| {
                let grave = row.severity.as_deref().and_then(Severity::parse);
                grave.is_some_and(|grave| grave >= least)
            })
            && self.free.as_ref().is_none_or(|free| free.takes(row))
            && asked
                .label
                .as_deref()
                .is_none_or(|pattern| row.labels.iter().any(|label| like(pattern, label)))
            && asked
                .tool
                .as_deref()
                .is_none_or(|pattern| row.tool.as_deref().is_some_and(|tool| like(pattern, tool)))
            && asked
                .rule
                .as_deref()
                .is_none_or(|pattern| row.rules.iter().any(|rule| like(pattern, rule)))
            && self
                .since
                .as_deref()
                .is_none_or(|since| row.ts.as_str() >= since)
            && self
                .until
                .as_deref()
                .is_none_or(|until| row.ts.as_str() < until)
    }
}

/// A moment in the log's own form, which sorts as text: given in part, or as how long ago.
fn moment(text: &str, now_ns: u64) -> Result<String, Trouble> {
    let wrong = || {
        Trouble::Usage(format!(
            "`{}` is neither a moment such as 2026-11-20T18:00 nor a time such as 24h",
            super::paint::plain(text)
        ))
    };
    let begins_with_a_year =
        text.len() >= 4 && text.bytes().take(4).all(|byte| byte.is_ascii_digit());
    let of_a_moment = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"-T:.Z".contains(&byte));
    if begins_with_a_year && of_a_moment {
        return Ok(text.trim_end_matches('Z').to_owned());
    }
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let count: u64 = digits.parse().map_err(|_| wrong())?;
    let unit_s = match text.strip_prefix(digits) {
        Some("s") => 1,
        Some("m") => 60,
        Some("h") => 3_600,
        Some("d") => 86_400,
        _ => return Err(wrong()),
    };
    let ago_ns = count
        .checked_mul(unit_s)
        .and_then(|s: u64| s.checked_mul(1_000_000_000))
        .ok_or_else(wrong)?;
    Ok(timestamp(now_ns.saturating_sub(ago_ns)))
}

/// Runs the command: 0 where any call was found, 1 where none.
pub(super) fn run(
    arguments: &QueryArguments,
    screen: Screen,
    out: &mut dyn Write,
) -> Result<u8, Trouble> {
    let dir = arguments.place.dir()?;
    let filter = Filter::new(&arguments.filter)?;
    let mut joiner = Joiner::default();
    let mut found = false;
    let output = match arguments.json {
        true => Output::Jsonl,
        false => arguments.output,
    };
    match output {
        Output::Csv => writeln!(out, "{HEAD}")?,
        Output::Table if screen.width.is_some() => writeln!(out, "{}", head(screen))?,
        _ => {}
    }
    let mut give = |row: &Row, out: &mut dyn Write| {
        if !filter.takes(row) {
            return Ok(());
        }
        let first = !std::mem::replace(&mut found, true);
        match output {
            Output::Table => print(row, false, screen, out),
            Output::Jsonl => print(row, true, screen, out),
            Output::Csv => writeln!(out, "{}", csv(row)),
            Output::Json => {
                write!(out, "{}", if first { "[" } else { "," })?;
                print(row, true, screen, out)
            }
        }
    };
    let unreadable = read::each(&dir, |record, _| match joiner.take(record) {
        Some(row) => give(&row, out),
        None => Ok(()),
    })?;
    for row in joiner.rest() {
        give(&row, out)?;
    }
    if output == Output::Json {
        writeln!(out, "{}", if found { "]" } else { "[]" })?;
    }
    read::warn(unreadable);
    Ok(u8::from(!found))
}

const HEAD: &str =
    "ts,seq,call,principal,tool,decision,status,effect,labels,rules,dur_us,note,severity";

fn csv(row: &Row) -> String {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    cells(&[
        row.ts.clone(),
        row.seq.to_string(),
        text(&row.call),
        text(&row.principal),
        text(&row.tool),
        text(&row.decision),
        text(&row.status),
        text(&row.effect),
        row.labels.join(";"),
        row.rules.join(";"),
        row.dur_us.map(|us| us.to_string()).unwrap_or_default(),
        row.note.clone(),
        text(&row.severity),
    ])
}
