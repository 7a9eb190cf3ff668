//! What a replay found, for people and for programs.
//! Knows nothing of how it was found.

use std::collections::BTreeMap;
use std::io::{self, Write};

use aegis_core::audit::Record;
use aegis_core::replay::{Change, Confirmed};
use serde_json::{Value, json};

use crate::cli::audit::{Paint, cell, plain};

/// Contradictions that are kept; all are counted.
const CONTRADICTIONS_MAX: usize = 100;

/// One decision, as examples name it.
struct Example {
    seq: u64,
    call: String,
    ts: String,
    principal: String,
    tool: String,
}

impl Example {
    fn of(record: &Record<'_>) -> Self {
        let who = record.who.as_ref();
        let text = |text: Option<&str>| text.unwrap_or("-").to_owned();
        Self {
            seq: record.seq.get(),
            call: record.call.map(|call| call.to_string()).unwrap_or_default(),
            ts: record.ts.as_str().to_owned(),
            principal: text(who.map(|who| who.principal.as_str())),
            tool: text(record.tool.as_ref().map(|tool| tool.as_str())),
        }
    }

    fn to_json(&self) -> Value {
        json!({
            "seq": self.seq, "call": self.call, "ts": self.ts,
            "principal": self.principal, "tool": self.tool,
        })
    }

    fn line(&self) -> String {
        format!(
            "{}  {}  {}  {}  #{}",
            plain(self.ts.get(..19).unwrap_or(&self.ts)),
            cell(&self.principal, 16),
            cell(&self.tool, 26),
            plain(&self.call),
            self.seq
        )
    }
}

/// Decisions with the same fate.
#[derive(Default)]
struct Group {
    count: u64,
    examples: Vec<Example>,
}

type Groups = BTreeMap<String, Group>;

/// What a replay found.
pub(super) struct Report {
    policies: Vec<String>,
    examples: usize,
    log: String,
    records: u64,
    removed: u64,
    pub(super) epochs: usize,
    decisions: u64,
    confirmed: u64,
    cut: u64,
    leaned: BTreeMap<String, u64>,
    outside: BTreeMap<String, u64>,
    captured: BTreeMap<&'static str, u64>,
    contradicted: u64,
    contradictions: Vec<Value>,
    same: u64,
    fates: [Groups; 5],
}

/// Titles of `fates`, and their names in JSON.
const FATES: [(&str, &str); 5] = [
    ("would be denied, by rule", "denied"),
    ("would be allowed, by the rule that denied them", "allowed"),
    ("would be masked or bounded otherwise, by rule", "obliged"),
    ("would be denied by another rule", "reason"),
    ("undecidable without values, by rule", "undecidable"),
];

impl Report {
    pub(super) fn new(policies: Vec<String>, examples: usize) -> Self {
        Self {
            policies,
            examples,
            log: String::new(),
            records: 0,
            removed: 0,
            epochs: 0,
            decisions: 0,
            confirmed: 0,
            cut: 0,
            leaned: BTreeMap::new(),
            outside: BTreeMap::new(),
            captured: BTreeMap::new(),
            contradicted: 0,
            contradictions: Vec::new(),
            same: 0,
            fates: Default::default(),
        }
    }

    pub(super) fn verified(&mut self, log: Option<String>, records: u64) {
        self.log = log.unwrap_or_default();
        self.records = records;
    }

    pub(super) fn removed(&mut self) {
        self.removed += 1;
    }

    /// Counts whether a decision's values were captured.
    pub(super) fn captured(&mut self, what: &'static str) {
        *self.captured.entry(what).or_default() += 1;
    }

    /// Counts how a decision stands to its own rules.
    pub(super) fn confirmed(&mut self, record: &Record<'_>, found: Confirmed) {
        self.decisions += 1;
        match found {
            Confirmed::Holds(leaned) => {
                self.confirmed += 1;
                for rule in leaned {
                    *self.leaned.entry(rule).or_default() += 1;
                }
            }
            Confirmed::Outside(why) => *self.outside.entry(why).or_default() += 1,
            Confirmed::Cut => self.cut += 1,
            Confirmed::Contradicted(contradiction) => {
                self.contradicted += 1;
                if self.contradictions.len() < CONTRADICTIONS_MAX {
                    let mut value = Example::of(record).to_json();
                    if let Some(members) = value.as_object_mut() {
                        members.insert("class".to_owned(), json!(contradiction.class));
                        members.insert("detail".to_owned(), json!(contradiction.detail));
                    }
                    self.contradictions.push(value);
                }
            }
        }
    }

    /// Counts what becomes of a decision under the other rules.
    pub(super) fn changed(&mut self, record: &Record<'_>, change: Change) {
        let (fate, rules) = match change {
            Change::Same => {
                self.same += 1;
                return;
            }
            Change::Outside(_) => return,
            Change::Denied(rule) => (0, vec![rule]),
            Change::Allowed(rule) => (1, vec![rule]),
            Change::Obliged(rules) => (2, rules.into_iter().collect()),
            Change::Reason { was, now } => (3, vec![format!("{was} → {now}")]),
            Change::Open(rules) => (4, rules.into_iter().collect::<Vec<_>>()),
        };
        let Some(groups) = self.fates.get_mut(fate) else {
            return;
        };
        let group = groups.entry(rules.join(" + ")).or_default();
        group.count += 1;
        if group.examples.len() < self.examples {
            group.examples.push(Example::of(record));
        }
    }

    fn changes(&self) -> u64 {
        self.fates
            .iter()
            .flat_map(BTreeMap::values)
            .map(|group| group.count)
            .sum()
    }

    /// 0 each decision follows from its record; 1 one does not; 3 something would change, where that was asked.
    pub(super) fn exit(&self, fail_on_change: bool) -> u8 {
        match (self.contradicted, self.changes()) {
            (1.., _) => 1,
            (0, 1..) if fail_on_change => 3,
            _ => 0,
        }
    }

    pub(super) fn to_json(&self) -> Value {
        let groups = |groups: &Groups| -> Value {
            let one = |(rule, group): (&String, &Group)| {
                let examples: Vec<Value> = group.examples.iter().map(Example::to_json).collect();
                json!({ "rule": rule, "count": group.count, "examples": examples })
            };
            groups.iter().map(one).collect()
        };
        let mut report = json!({
            "log": self.log,
            "records": self.records,
            "redacted": self.removed,
            "epochs": self.epochs,
            "decisions": self.decisions,
            "confirmed": self.confirmed,
            "leaned_on_record": self.leaned,
            "outside": self.outside,
            "captured": self.captured,
            "cut": self.cut,
            "contradicted": self.contradicted,
            "contradictions": self.contradictions,
        });
        if let (Some(members), false) = (report.as_object_mut(), self.policies.is_empty()) {
            let mut other =
                json!({ "policy": self.policies, "same": self.same, "changes": self.changes() });
            if let Some(other) = other.as_object_mut() {
                for ((_, name), fate) in FATES.iter().zip(&self.fates) {
                    other.insert((*name).to_owned(), groups(fate));
                }
            }
            members.insert("other".to_owned(), other);
        }
        report
    }

    pub(super) fn print(&self, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "log         {}   records {}   decisions {}   epochs {}",
            self.log, self.records, self.decisions, self.epochs
        )?;
        let verdict = match self.contradicted {
            0 => paint.good("OK"),
            _ => paint.bad("CONTRADICTED"),
        };
        writeln!(
            out,
            "recorded    {verdict}   {} of {} decisions follow from their records and the rules of their epoch",
            self.confirmed, self.decisions
        )?;
        self.print_doubts(paint, out)?;
        for one in &self.contradictions {
            let text = |name: &str| plain(one[name].as_str().unwrap_or_default()).into_owned();
            writeln!(
                out,
                "            {}  #{}  {}  {}",
                paint.bad(&text("class")),
                one["seq"],
                text("call"),
                text("detail")
            )?;
        }
        if self.policies.is_empty() {
            return Ok(());
        }
        let names: Vec<_> = self.policies.iter().map(|name| plain(name)).collect();
        writeln!(out, "under       {}", names.join(", "))?;
        writeln!(out, "  {:>8}  unchanged", self.same)?;
        for ((title, _), groups) in FATES.iter().zip(&self.fates) {
            let count: u64 = groups.values().map(|group| group.count).sum();
            if count == 0 {
                continue;
            }
            writeln!(out, "  {count:>8}  {}", paint.doubt(title))?;
            for (rule, group) in groups {
                writeln!(out, "            {:>8}  {}", group.count, plain(rule))?;
                for example in &group.examples {
                    writeln!(out, "                      {}", paint.dim(&example.line()))?;
                }
            }
        }
        Ok(())
    }

    /// What was confirmed with less than everything.
    fn print_doubts(&self, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
        for (rule, count) in &self.leaned {
            writeln!(
                out,
                "            {}  {count} times the word of `{}` was taken from the record: it needs a value",
                paint.doubt("BY RECORD"),
                plain(rule)
            )?;
        }
        for (what, count) in &self.captured {
            writeln!(out, "            {count} captures: {what}")?;
        }
        for (why, count) in &self.outside {
            let what = "times it was not the rules that decided";
            writeln!(out, "            {count} {what}: {}", plain(why))?;
        }
        if self.cut > 0 {
            let what = "records were cut to fit, and do not tell what was asked";
            writeln!(
                out,
                "            {}  {} {what}",
                paint.doubt("CUT"),
                self.cut
            )?;
        }
        if self.removed > 0 {
            let what = "records were redacted, and are left out";
            writeln!(out, "            {} {what}", self.removed)?;
        }
        Ok(())
    }
}
