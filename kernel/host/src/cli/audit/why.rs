//! A call in words: who asked for what, which rules spoke and why, what was owed, how it ended.
//! Knows nothing of how records are found.

use std::io::{self, Write};

use aegis_core::audit::{Decision, FactLine, Kind, Leaf, Record, Status};

use super::calls::millis;
use super::paint::{Screen, plain, wrapped};
use super::rule_words::RuleWords;

/// The width of the titles.
const TITLE: usize = 11;

/// Tells a call: the record that it begins with, and its end if there is one.
pub(super) fn tell(
    begun: (Leaf, &Record<'_>),
    ended: Option<(Leaf, &Record<'_>)>,
    words: &RuleWords,
    screen: Screen,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (leaf, record) = begun;
    let end = ended.map(|(_, end)| end);
    headline(record, end, screen, out)?;
    let mut page = Page { screen, out };
    page.asked(record)?;
    page.read(record)?;
    page.objected(record, record.epoch.as_deref(), words)?;
    page.watched(record, words)?;
    page.evidence(record)?;
    page.owed(record)?;
    if let Some(end) = end {
        page.objected(end, record.epoch.as_deref(), words)?;
        page.ended(end)?;
    }
    page.judged_by(record)?;
    for (leaf, record) in std::iter::once((leaf, record)).chain(ended) {
        let seq = record.seq.get();
        page.line(
            "record",
            &format!("#{seq} {leaf}, proven by `aegis audit prove {seq}`"),
        )?;
    }
    writeln!(out)
}

fn headline(
    record: &Record<'_>,
    end: Option<&Record<'_>>,
    screen: Screen,
    out: &mut dyn Write,
) -> io::Result<()> {
    let paint = screen.paint;
    let status = end.and_then(|end| end.status);
    let verdict = match (record.decision, status) {
        (Some(Decision::Deny), _) => paint.bad("DENIED"),
        (Some(Decision::Fail), _) => paint.doubt("NOT DECIDED, nothing was sent"),
        (_, Some(Status::Ok)) => paint.good("ALLOWED, and answered"),
        (_, Some(Status::ToolError)) => paint.doubt("ALLOWED, and the tool failed"),
        (_, Some(Status::Denied)) => paint.bad("DENIED before anything was sent"),
        (_, Some(Status::Withheld)) => paint.bad("ALLOWED, and the answer kept back"),
        (_, Some(Status::Failed)) => paint.doubt("ALLOWED, and not sent"),
        (_, Some(Status::Unknown)) => {
            paint.doubt("ALLOWED, and it is unknown whether it was carried out")
        }
        (_, None) => paint.doubt("ALLOWED, and without an end so far"),
    };
    let tool = record
        .tool
        .as_deref()
        .unwrap_or("(a name that may not be quoted)");
    writeln!(out, "{verdict}  {}", plain(tool))
}

/// Where a call is told to.
struct Page<'a> {
    screen: Screen,
    out: &'a mut dyn Write,
}

impl Page<'_> {
    fn line(&mut self, title: &str, text: &str) -> io::Result<()> {
        let room = self
            .screen
            .width
            .map_or(usize::MAX, |width| width.saturating_sub(TITLE + 3));
        let mut title = title;
        for line in wrapped(text, room.max(30)) {
            writeln!(
                self.out,
                "  {} {line}",
                self.screen.paint.dim(&format!("{title:<TITLE$}"))
            )?;
            title = "";
        }
        Ok(())
    }

    fn lines(&mut self, title: &str, texts: impl IntoIterator<Item = String>) -> io::Result<()> {
        let mut title = title;
        for text in texts {
            self.line(title, &text)?;
            title = "";
        }
        Ok(())
    }

    fn asked(&mut self, record: &Record<'_>) -> io::Result<()> {
        if let Some(who) = &record.who {
            let run = who
                .run
                .as_deref()
                .map_or(String::new(), |run| format!(", run {run}"));
            let (principal, proof) = (&*who.principal, &*who.proof);
            self.line("asked by", &format!("{principal} ({proof}){run}"))?;
        }
        self.line("at", &record.ts)?;
        if let Some(call) = record.call {
            self.line("call", &call.to_string())?;
        }
        if let Some(args) = &record.args {
            let names: Vec<&str> = args.keys.iter().map(|key| &**key).collect();
            let names = names.join(", ");
            let len = args.len.get();
            self.line(
                "arguments",
                &format!(
                    "{names}: {len} bytes, kept as the commitment {}",
                    args.commit
                ),
            )?;
        }
        Ok(())
    }

    fn read(&mut self, record: &Record<'_>) -> io::Result<()> {
        let facts = record.facts.as_deref().unwrap_or_default();
        self.lines("read as", facts.iter().map(fact))?;
        let needs = record.capabilities.as_deref().unwrap_or_default();
        let needs: Vec<&str> = needs.iter().map(|word| &**word).collect();
        if !needs.is_empty() {
            self.line("needed", &needs.join(", "))?;
        }
        Ok(())
    }

    fn objected(
        &mut self,
        record: &Record<'_>,
        epoch: Option<&str>,
        words: &RuleWords,
    ) -> io::Result<()> {
        let rules = record.rules.as_deref().unwrap_or_default();
        for (at, line) in rules.iter().enumerate() {
            let said = words.of(epoch, &line.rule);
            let title = if at == 0 { "decided by" } else { "and by" };
            let place = match said.place.as_str() {
                "" => &*line.phase,
                place => place,
            };
            let grave = line.severity.as_deref();
            let grave = grave.map_or(String::new(), |word| format!(", {word}"));
            let head = format!("{} ({place}{grave})", &*line.rule);
            let text = [("because", said.because), ("instead", said.fix)];
            self.line(title, &head)?;
            for (title, text) in text.iter().filter(|(_, text)| !text.is_empty()) {
                self.line(&format!("  {title}"), text)?;
            }
        }
        Ok(())
    }

    /// Rules in shadow mode: they decided nothing.
    fn watched(&mut self, record: &Record<'_>, words: &RuleWords) -> io::Result<()> {
        let said = record.basis.iter().flat_map(|basis| &basis.shadow);
        let epoch = record.epoch.as_deref();
        let lines: Vec<String> = said
            .map(|line| {
                let because = words.of(epoch, &line.rule).because;
                let (rule, phase) = (&*line.rule, &*line.phase);
                format!("{rule} ({phase}) would have spoken, and is only watched: {because}")
            })
            .collect();
        self.lines("shadow", lines)
    }

    /// Receipts that were looked at, and budgets.
    fn evidence(&mut self, record: &Record<'_>) -> io::Result<()> {
        let Some(basis) = &record.basis else {
            return Ok(());
        };
        let spent = record.spent.as_deref().unwrap_or_default();
        let receipts = basis.receipts.iter().map(|one| {
            let fate = match (spent.contains(&one.id), one.flaws.as_slice()) {
                (true, _) => "it was spent".to_owned(),
                (false, []) => "it counted".to_owned(),
                (false, flaws) => {
                    let flaws = flaws
                        .iter()
                        .map(|flaw| format!("did not count for {}: {}", &*flaw.rule, &*flaw.why));
                    flaws.collect::<Vec<_>>().join("; ")
                }
            };
            format!("{} {} of {}: {fate}", &*one.kind, &*one.id, &*one.dataset)
        });
        self.lines("receipts", receipts.collect::<Vec<_>>())?;
        let slots = basis.spending.iter().flat_map(|used| &used.slots);
        let slots = slots.map(|slot| format!("{} of {}", slot.amount.get(), &*slot.account));
        self.lines("used before", slots.collect::<Vec<_>>())
    }

    fn owed(&mut self, record: &Record<'_>) -> io::Result<()> {
        let Some(owed) = &record.obligations else {
            return Ok(());
        };
        let mut terms: Vec<String> = Vec::new();
        for mask in &owed.columns {
            let (index, label) = (mask.index.get(), &*mask.label);
            terms.push(format!(
                "output {index} ({label}) by {}, says {}",
                &*mask.operator, &*mask.rule
            ));
        }
        for restored in &owed.restored {
            terms.push(format!(
                "the token of a {} at {} exchanged for its value",
                &*restored.kind, &*restored.pointer
            ));
        }
        let dropped = owed
            .dropped
            .iter()
            .map(|field| format!("{} left out", &**field));
        terms.extend(dropped);
        let renamed = owed
            .renamed
            .iter()
            .map(|field| format!("{} renamed", &**field));
        terms.extend(renamed);
        if let Some(profile) = &owed.detect {
            terms.push(format!("everything searched by {}", &**profile));
        }
        let caps = [
            (owed.limit, "rows of the query, by a LIMIT in its text"),
            (owed.row_max, "rows leave"),
            (owed.byte_max, "bytes leave"),
            (owed.change_max, "rows change"),
        ];
        for (cap, what) in caps {
            terms.extend(cap.map(|cap| format!("at most {} {what}", cap.get())));
        }
        self.lines("masked", terms)
    }

    fn ended(&mut self, end: &Record<'_>) -> io::Result<()> {
        let word = |word: Option<&'static str>| word.unwrap_or("-");
        let status = word(end.status.map(Status::as_str));
        let sent = word(end.sent.map(|sent| sent.as_str()));
        let took = end
            .dur_us
            .map_or(String::new(), |us| format!(" after {}", millis(us.get())));
        self.line("ended", &format!("{status}{took}; sent: {sent}"))?;
        if let Some(cause) = &end.cause {
            self.line("cause", cause)?;
        }
        if let Some(result) = &end.result {
            let (came, left) = (result.upstream_len.get(), result.delivered_len.get());
            let masked = match end.masked_columns.map_or(0, |count| count.get()) {
                0 => String::new(),
                count => format!(", {count} columns masked"),
            };
            self.line("answer", &format!("{came} bytes came, {left} left{masked}"))?;
        }
        let found = end
            .findings
            .as_deref()
            .unwrap_or_default()
            .iter()
            .map(|found| {
                let place = found
                    .pointer
                    .as_deref()
                    .map_or(String::new(), |place| format!(" in {place}"));
                let by = found
                    .source
                    .as_deref()
                    .map_or(String::new(), |source| format!(", by {source}"));
                format!("{} × {}{place}{by}", found.count.get(), &*found.kind)
            });
        self.lines("found", found.collect::<Vec<_>>())
    }

    fn judged_by(&mut self, record: &Record<'_>) -> io::Result<()> {
        if let Some(epoch) = &record.epoch {
            self.line("rules", epoch)?;
        }
        if let Some(catalog) = record.catalog {
            self.line("catalogue", &catalog.to_string())?;
        }
        Ok(())
    }
}

fn fact(fact: &FactLine<'_>) -> String {
    let subject = match (&fact.subject, fact.commit) {
        (Some(subject), _) => subject.to_string(),
        (None, Some(commit)) => format!("a name kept as the commitment {commit}"),
        (None, None) => String::new(),
    };
    let access = fact
        .access
        .as_deref()
        .map_or(String::new(), |access| format!("{access} "));
    let argument = fact
        .argument
        .as_deref()
        .map_or(String::new(), |name| format!(" ({name})"));
    format!("{} {access}{subject}{argument}", &*fact.kind)
}

/// Whether a record begins a call.
pub(super) fn begins(record: &Record<'_>) -> bool {
    matches!(record.kind, Kind::Intent | Kind::Decision)
}
