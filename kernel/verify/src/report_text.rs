//! The report of `verify` for people.
//! Knows nothing of how anything was found out.

use std::io::{self, Write};

use super::level::Level;
use super::plain::{Paint, plain};
use super::report::{Report, age, believed, moment};

impl Report {
    /// Writes the report, a fact a line.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn print(&self, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
        let verifier = &self.check.verifier;
        let log = verifier
            .log()
            .map_or_else(|| "-".to_owned(), |log| log.to_string());
        let (first, last) = verifier.times();
        let records = self.records();
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
                "            {records} records hold, the last one ends at {}:{}",
                plain(&self.check.good.0),
                self.check.good.1
            )?;
        } else {
            writeln!(
                out,
                "chain       {}   seq {}…{}, no gaps, every line in canonical form",
                paint.good("OK"),
                self.check.first,
                records.saturating_sub(1)
            )?;
            writeln!(out, "root        {}", verifier.root())?;
        }
        self.print_signatures(paint, out)?;
        self.print_ends(paint, out)?;
        self.print_calls(out)?;
        for doubt in self.not_proven() {
            writeln!(out, "{}  {}", paint.doubt("NOT PROVEN"), plain(&doubt))?;
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

    fn print_signatures(&self, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
        let found = &self.check.found;
        if let Some(origin) = &found.origin {
            writeln!(out, "origin      {}", plain(origin))?;
        }
        if let (Some(signed), Some(epoch)) = (&found.signed, &found.epoch) {
            writeln!(
                out,
                "signed      {}   {} records, root {}, {} checkpoints",
                paint.good("OK"),
                signed.size,
                signed.root,
                found.checkpoints
            )?;
            writeln!(
                out,
                "            by {} ({})",
                plain(&epoch.key.to_string()),
                believed(epoch.believed)
            )?;
            if signed.size < self.records() {
                writeln!(
                    out,
                    "unsigned    {} records, {}: {}",
                    self.records() - signed.size,
                    age(&signed.ts, self.check.verifier.times().1),
                    paint.doubt("not covered by any signature")
                )?;
            }
        } else {
            writeln!(
                out,
                "signed      no   {} checkpoints, {} keys given",
                found.checkpoints, self.keys
            )?;
        }
        if self.anchored() > 0 {
            writeln!(
                out,
                "anchors     {} receipts and {} checkpoints kept elsewhere agree; the newest covers {} records",
                self.given,
                found.outside,
                self.anchored()
            )?;
        }
        if let Some(witnessed) = &found.witnessed {
            let when = found.witnessed_s.map(moment).unwrap_or_default();
            writeln!(
                out,
                "witnesses   {} of {} had seen {} records by {when}",
                self.quorum, self.witnesses, witnessed.size
            )?;
        }
        let Some(pair) = &found.equivocation else {
            return Ok(());
        };
        writeln!(
            out,
            "{}: the keys of this log signed both of these, and no log has both",
            paint.bad("PROOF OF EQUIVOCATION")
        )?;
        for line in format!("{}\n{}", pair.one, pair.other).lines() {
            writeln!(out, "    {}", plain(line))?;
        }
        Ok(())
    }

    /// The head, what crashes left, what was removed.
    fn print_ends(&self, paint: Paint, out: &mut dyn Write) -> io::Result<()> {
        match &self.head {
            Ok(Some(head)) => writeln!(out, "head        record {}  {}", head.seq, head.leaf)?,
            Ok(None) => writeln!(out, "head        none")?,
            Err(()) => writeln!(out, "head        {}", paint.bad("MALFORMED"))?,
        }
        let removed = self.check.verifier.removed();
        if removed.count() > 0 {
            writeln!(
                out,
                "removed     {} records by tombstones{}",
                removed.count(),
                match removed.unauthorised() {
                    None => ", each authorised by a redaction record",
                    Some(_) => "",
                }
            )?;
        }
        if self.check.pruned {
            writeln!(out, "pruned      records before {}", self.check.first)?;
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
        )?;
        let upkeep = tally.shreds + tally.redactions + tally.prunes + tally.clock_steps;
        if upkeep == 0 {
            return Ok(());
        }
        writeln!(
            out,
            "upkeep      keys destroyed {}   redactions {}   prunes {}   clock steps {}",
            tally.shreds, tally.redactions, tally.prunes, tally.clock_steps
        )
    }
}
