//! `aegis audit stats`: how many calls, by tool, rule and principal, and how long they took.
//! Knows nothing of single calls.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use aegis_core::audit::{Leaf, RuleText};
use aegis_core::policy::{self, Mode};
use clap::Args;
use serde_json::{Value, json};

use super::calls::{Joiner, Row, millis};
use super::paint::{Paint, cell};
use super::query::{Filter, FilterArguments};
use super::{Place, Trouble, read};
use crate::journal::rule_text;

/// Durations kept for percentiles; beyond it every second one is let go, again and again.
const SAMPLES_MAX: usize = 65_536;

/// Arguments of `audit stats`.
#[derive(Args, Debug)]
pub(super) struct StatsArguments {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    filter: FilterArguments,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Counts of one group.
#[derive(Default)]
struct Group {
    calls: u64,
    ends: BTreeMap<String, u64>,
    samples: Vec<u64>,
    every: u64,
}

impl Group {
    fn add(&mut self, row: &Row) {
        self.calls += 1;
        let end = match (row.decision.as_deref(), row.status.as_deref()) {
            (_, Some(status)) => status,
            (Some(decision), None) => decision,
            (None, None) => "-",
        };
        *self.ends.entry(end.to_owned()).or_default() += 1;
        let Some(us) = row.dur_us else { return };
        self.every = self.every.max(1);
        if self.calls.is_multiple_of(self.every) {
            self.samples.push(us);
        }
        if self.samples.len() >= SAMPLES_MAX {
            let mut keep = false;
            self.samples.retain(|_| {
                keep = !keep;
                keep
            });
            self.every *= 2;
        }
    }

    /// The duration that so many of a thousand stay within.
    fn permille(&mut self, share: usize) -> Option<u64> {
        self.samples.sort_unstable();
        let at = (self.samples.len() * share).div_ceil(1_000).max(1) - 1;
        self.samples.get(at).copied()
    }

    fn denied(&self) -> u64 {
        self.ends.get("deny").copied().unwrap_or_default()
    }

    /// The share of calls that were denied, in percent with one digit.
    fn rate(&self) -> String {
        let permille = (self.denied() * 1_000)
            .checked_div(self.calls)
            .unwrap_or_default();
        format!("{}.{}%", permille / 10, permille % 10)
    }

    fn summary(&mut self) -> Value {
        json!({
            "calls": self.calls,
            "ends": self.ends,
            "denied": self.denied(),
            "p50_us": self.permille(500),
            "p99_us": self.permille(990),
        })
    }
}

/// Runs the command.
pub(super) fn run(
    arguments: &StatsArguments,
    paint: Paint,
    out: &mut dyn Write,
) -> Result<u8, Trouble> {
    let dir = arguments.place.dir()?;
    let filter = Filter::new(&arguments.filter)?;
    let mut joiner = Joiner::default();
    let mut all = Group::default();
    let mut tools: BTreeMap<String, Group> = BTreeMap::new();
    let mut principals: BTreeMap<String, Group> = BTreeMap::new();
    let (mut rules, mut shadows, mut events) = <(Tally, Tally, Tally)>::default();
    let mut add = |row: &Row| {
        if row.kind != "call" {
            *events.entry(row.kind.clone()).or_default() += 1;
        }
        if !filter.takes(row) {
            return;
        }
        all.add(row);
        let name = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        tools.entry(name(&row.tool)).or_default().add(row);
        principals.entry(name(&row.principal)).or_default().add(row);
        tally(&row.rules, &mut rules);
        tally(&row.shadows, &mut shadows);
    };
    let mut texts = Vec::new();
    let unreadable = read::each(&dir, |record, _| {
        if let Some(loaded) = &record.texts {
            texts = policies(loaded);
        }
        joiner.take(record).iter().for_each(&mut add);
        Ok(())
    })?;
    joiner.rest().iter().for_each(&mut add);
    read::warn(unreadable);
    let silent = silent(&dir, &texts, &rules);
    if arguments.json {
        let report = json!({
            "total": all.summary(),
            "tools": summaries(tools),
            "principals": summaries(principals),
            "rules": rules,
            "rules_silent": silent,
            "shadows": shadows,
            "events": events,
        });
        writeln!(out, "{report}")?;
        return Ok(0);
    }
    let mut total = BTreeMap::from([("all calls".to_owned(), all)]);
    table("", &mut total, paint, out)?;
    table("by tool", &mut tools, paint, out)?;
    table("by principal", &mut principals, paint, out)?;
    counts("rules that objected", &rules, paint, out)?;
    if !silent.is_empty() {
        writeln!(out, "{}", paint.dim("rules in force that never objected"))?;
        for rule in &silent {
            writeln!(out, "{}", cell(rule, 32).trim_end())?;
        }
    }
    counts(
        "rules in shadow mode that would have spoken",
        &shadows,
        paint,
        out,
    )?;
    counts("events", &events, paint, out)?;
    Ok(0)
}

/// How often something was seen, by name.
type Tally = BTreeMap<String, u64>;

fn policies(texts: &[RuleText<'_>]) -> Vec<Leaf> {
    let policies = texts.iter().filter(|text| text.kind.as_str() == "policy");
    policies.map(|text| text.sha256).collect()
}

fn summaries(groups: BTreeMap<String, Group>) -> BTreeMap<String, Value> {
    let json = |(name, mut group): (String, Group)| (name, group.summary());
    groups.into_iter().map(json).collect()
}

fn tally(names: &[String], counts: &mut Tally) {
    for name in names {
        *counts.entry(name.clone()).or_default() += 1;
    }
}

/// The rules of the newest epoch that can object and did not, among the calls that were counted.
fn silent(dir: &Path, texts: &[Leaf], fired: &BTreeMap<String, u64>) -> Vec<String> {
    let mut silent = Vec::new();
    for hash in texts {
        let text = rule_text(dir, *hash).ok().flatten().unwrap_or_default();
        let rules = policy::parse(&text, "").unwrap_or_default();
        let objecting = rules
            .iter()
            .filter(|one| !one.rule.is_declaration() && one.rule.head().mode == Mode::Enforce)
            .filter(|one| !matches!(one.rule.kind(), "grant" | "transform"));
        silent.extend(objecting.map(|one| one.rule.id().to_owned()));
    }
    silent.retain(|rule| !fired.contains_key(rule));
    silent.sort();
    silent
}

fn table(
    title: &str,
    groups: &mut BTreeMap<String, Group>,
    paint: Paint,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    writeln!(
        out,
        "{}",
        paint.dim(&format!(
            "{} {:>8} {:>8} {:>6} {:>10} {:>10}",
            cell(title, 32),
            "calls",
            "denied",
            "rate",
            "p50",
            "p99"
        ))
    )?;
    for (name, group) in groups {
        let time = |us: Option<u64>| us.map_or_else(|| "-".to_owned(), millis);
        let denied = format!("{:>8}", group.denied());
        let denied = if group.denied() > 0 {
            paint.bad(&denied)
        } else {
            denied
        };
        let (p50, p99) = (time(group.permille(500)), time(group.permille(990)));
        let name = cell(name, 32);
        writeln!(
            out,
            "{name} {:>8} {denied} {:>6} {p50:>10} {p99:>10}",
            group.calls,
            group.rate()
        )?;
    }
    Ok(())
}

fn counts(
    title: &str,
    counts: &BTreeMap<String, u64>,
    paint: Paint,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    if counts.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", paint.dim(title))?;
    for (name, count) in counts {
        writeln!(out, "{} {count:>8}", cell(name, 32))?;
    }
    Ok(())
}
