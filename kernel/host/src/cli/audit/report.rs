//! What `verify` says: what holds, what does not, and what was not proven either way.
//! Knows nothing of how it was found out.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::paint::{Paint, plain};
use super::verify::Level;
use crate::journal::{Anchor, Check};

/// A verified log, in words.
pub(super) struct Report {
    check: Check,
    /// The head in the folder; an error where it is there and no head.
    head: Result<Option<Anchor>, ()>,
    /// The newest record that a receipt from outside vouches for.
    vouched: Option<u64>,
    given: usize,
    /// Whether a kernel is writing, so that bytes without a newline are a record on its way.
    live: bool,
    required: Level,
}

impl Report {
    pub(super) fn new(
        check: Check,
        head: Result<Option<Anchor>, ()>,
        given: &[Anchor],
        live: bool,
        required: Level,
    ) -> Self {
        Self {
            check,
            head,
            vouched: given.iter().map(|anchor| anchor.seq).max(),
            given: given.len(),
            live,
            required,
        }
    }

    /// What was reached; `None` where the log does not hold.
    fn level(&self) -> Option<Level> {
        (self.check.broken.is_none() && self.head.is_ok()).then_some(Level::Chained)
    }

    fn torn(&self) -> bool {
        !self.check.torn.is_empty() && !self.live
    }

    pub(super) fn exit(&self) -> u8 {
        match self.level() {
            None => 1,
            Some(_) if self.torn() => 4,
            Some(level) if level < self.required => 3,
            Some(_) => 0,
        }
    }

    fn verdict(&self) -> &'static str {
        match self.exit() {
            0 => "VERIFIED",
            1 => "BROKEN",
            3 => "BELOW THE REQUIRED LEVEL",
            _ => "TORN TAIL",
        }
    }

    /// What an honest reader must not believe on the strength of this.
    fn not_proven(&self) -> Vec<String> {
        let next = self.check.verifier.next_seq();
        let last = next.saturating_sub(1);
        let mut doubts = Vec::new();
        let whose =
            "whoever can write this folder could have written all of it anew, head included";
        doubts.push(match self.vouched {
            None => format!("no signature and no receipt from outside: {whose}"),
            Some(seq) if seq >= last => {
                "no signature: the receipts given are believed as they are".to_owned()
            }
            Some(seq) => format!("no receipt from outside covers the records after {seq}: {whose}"),
        });
        match &self.head {
            Ok(None) => doubts.push(format!(
                "the folder holds no head: a missing end, or another last record {last}, would not be noticed"
            )),
            Ok(Some(head)) if head.seq < last => doubts.push(format!(
                "{} records are newer than the head ({}): their loss, or another last record, would not be noticed",
                last - head.seq,
                head.seq
            )),
            _ => {}
        }
        if !self.check.verifier.is_closed() {
            doubts.push("the log is not closed: its kernel runs, or was cut off".to_owned());
        }
        let tally = self.check.verifier.tally();
        if tally.boots_unsynced > 0 {
            doubts.push(format!(
                "{} of {} starts did not sync: a power cut may have lost what was acted on",
                tally.boots_unsynced, tally.boots
            ));
        }
        if tally.clock_back > 0 {
            doubts.push(format!(
                "wall time went backwards {} times: the order is by number, times are the machine's word",
                tally.clock_back
            ));
        }
        doubts.push(
            "that every call was recorded: a kernel that never wrote a record leaves none"
                .to_owned(),
        );
        doubts
    }

    pub(super) fn to_json(&self) -> Value {
        let verifier = &self.check.verifier;
        let tally = verifier.tally();
        let (first, last) = verifier.times();
        let broken = self.check.broken.as_ref().map(|broken| {
            json!({
                "class": broken.violation.class.as_str(),
                "seq": broken.violation.seq,
                "file": broken.file,
                "offset": broken.offset,
                "detail": broken.violation.detail,
            })
        });
        json!({
            "result": self.verdict(),
            "exit": self.exit(),
            "level": self.level().map(Level::as_str),
            "required": self.required.as_str(),
            "log": verifier.log().map(|log| log.to_string()),
            "files": self.check.files,
            "bytes": self.check.bytes,
            "records": verifier.next_seq(),
            "first": first,
            "last": last,
            "leaf": verifier.last_leaf(),
            "root": (self.exit() != 1).then(|| verifier.root()),
            "closed": verifier.is_closed(),
            "head": match &self.head {
                Ok(head) => json!(head),
                Err(()) => json!("unreadable"),
            },
            "receipts": { "given": self.given, "newest": self.vouched },
            "good": { "records": verifier.next_seq(), "file": self.check.good.0, "bytes": self.check.good.1 },
            "broken": broken,
            "torn": self.check.torn,
            "torn_declared": self.check.torn_declared,
            "being_written": self.live,
            "calls": {
                "intents": tally.intents, "ok": tally.ok, "tool_errors": tally.tool_errors,
                "denied_after": tally.denied_after, "withheld": tally.withheld, "failed": tally.failed,
                "unknown": tally.unknown, "in_flight": verifier.open_calls().len(),
                "denied": tally.denials, "undecided": tally.failures,
            },
            "events": {
                "starts": tally.boots, "recoveries": tally.recoveries, "listings": tally.listings,
                "refused": tally.refused, "errands": tally.errands, "receipts": tally.receipts,
            },
            "not_proven": self.not_proven(),
        })
    }

    pub(super) fn print(&self, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
        let verifier = &self.check.verifier;
        let log = verifier
            .log()
            .map_or_else(|| "-".to_owned(), |log| log.to_string());
        let (first, last) = verifier.times();
        let records = verifier.next_seq();
        writeln!(
            out,
            "log         {log}   files {}   records {records}   {first} … {last}",
            self.check.files
        )?;
        if let Some(broken) = &self.check.broken {
            writeln!(
                out,
                "chain       {}  at record {}  {}:{}",
                paint.bad(broken.violation.class.as_str()),
                broken.violation.seq,
                plain(&broken.file),
                broken.offset
            )?;
            writeln!(out, "            {}", plain(&broken.violation.detail))?;
            writeln!(
                out,
                "            the last record that holds ends at {}:{}",
                plain(&self.check.good.0),
                self.check.good.1
            )?;
        } else {
            writeln!(
                out,
                "chain       {}   seq 0…{}, no gaps, every line in canonical form",
                paint.good("OK"),
                records.saturating_sub(1)
            )?;
            writeln!(out, "root        {}", verifier.root())?;
        }
        self.print_ends(paint, out)?;
        self.print_calls(out)?;
        for doubt in self.not_proven() {
            writeln!(out, "{}  {doubt}", paint.doubt("NOT PROVEN"))?;
        }
        let verdict = match self.exit() {
            0 => paint.good(self.verdict()),
            1 => paint.bad(self.verdict()),
            _ => paint.doubt(self.verdict()),
        };
        let level = self.level().map_or("nothing", Level::as_str);
        writeln!(
            out,
            "RESULT      {verdict}   level {level}, required {}   exit {}",
            self.required.as_str(),
            self.exit()
        )
    }

    /// The head, receipts from outside, and what crashes left.
    fn print_ends(&self, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
        match &self.head {
            Ok(Some(head)) => writeln!(out, "head        record {}  {}", head.seq, head.leaf)?,
            Ok(None) => writeln!(out, "head        none")?,
            Err(()) => writeln!(out, "head        {}", paint.bad("MALFORMED"))?,
        }
        if let Some(newest) = self.vouched {
            writeln!(
                out,
                "receipts    {} given, newest names record {newest}",
                self.given
            )?;
        }
        if self.check.torn_declared > 0 {
            writeln!(
                out,
                "torn        {} tails, each declared by a recovery record",
                self.check.torn_declared
            )?;
        }
        for torn in &self.check.torn {
            let note = if self.live {
                "a kernel is writing them"
            } else {
                "not declared yet: the kernel's next start will"
            };
            writeln!(
                out,
                "torn        {} bytes in {} from byte {}, {note}",
                torn.len.get(),
                plain(&torn.file),
                torn.good_len.get()
            )?;
        }
        Ok(())
    }

    fn print_calls(&self, out: &mut dyn Write) -> io::Result<()> {
        let verifier = &self.check.verifier;
        let tally = verifier.tally();
        writeln!(
            out,
            "calls       intents {} = ok {} + tool-error {} + withheld {} + denied {} + failed {} + unknown {} + in flight {};   \
             denied before {}, undecided {}",
            tally.intents,
            tally.ok,
            tally.tool_errors,
            tally.withheld,
            tally.denied_after,
            tally.failed,
            tally.unknown,
            verifier.open_calls().len(),
            tally.denials,
            tally.failures
        )?;
        writeln!(
            out,
            "events      starts {}   recoveries {}   listings {}   refused messages {}   errands {}   receipts minted {}",
            tally.boots,
            tally.recoveries,
            tally.listings,
            tally.refused,
            tally.errands,
            tally.receipts
        )
    }
}
