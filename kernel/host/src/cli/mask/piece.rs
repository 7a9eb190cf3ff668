//! Pieces of a text: searched in what stands around them, written masked, counted.
//! Knows nothing of how the text was cut.

use std::io::{self, Write};

use aegis_core::egress::{
    CannotMask, Finding, Replacement, Scan, Sheet, mask_lines, mask_source, mask_spans, shape_of,
};

use super::super::analysed::Analysed;
use super::super::has_gone;
use super::report::Report;
use super::unread::unread;

/// Why masking ends.
#[derive(Debug)]
pub(super) enum Fault {
    /// The input or output, in words.
    Read(String),
    /// Whoever read the output went away: it has what it wanted.
    Closed,
    /// What stands there cannot be masked: it is not written.
    Withheld {
        /// Bytes of the input before it.
        at: u64,
        /// The name of the reason.
        code: &'static str,
    },
}

/// Writes pieces.
pub(super) struct Pieces<'s, W: Write> {
    scan: Scan<'s>,
    analysed: Option<&'s Analysed>,
    output: W,
    report: Report,
}

impl<'s, W: Write> Pieces<'s, W> {
    pub(super) fn new(scan: Scan<'s>, analysed: Option<&'s Analysed>, output: W) -> Self {
        Self {
            scan,
            analysed,
            output,
            report: Report::default(),
        }
    }

    /// What is found in a text that begins at this byte of the input.
    pub(super) fn find(&self, text: &str, at: u64) -> Result<Vec<Replacement>, Fault> {
        let Some(analysed) = self.analysed else {
            return mask_spans(&self.scan, text).map_err(|cannot| fault(cannot, at));
        };
        let mut sheet = Sheet::text(&self.scan, text).map_err(|cannot| fault(cannot, at))?;
        let asked = analysed.ask(&self.scan, &mut sheet);
        asked.map_err(|code| Fault::Withheld { at, code })?;
        sheet.spans(&self.scan).map_err(|cannot| fault(cannot, at))
    }

    /// Writes a JSON text that begins at this byte of the input with its finds masked; so many bytes at its start
    /// and at its end are there for the search alone.
    pub(super) fn json(
        &mut self,
        text: &str,
        (open, close): (usize, usize),
        at: u64,
    ) -> Result<(), Fault> {
        let masked = match self.analysed {
            None => mask_source(&self.scan, text).map_err(|cannot| fault_behind(open, cannot, at)),
            Some(analysed) => self.asked(analysed, text, at),
        };
        let (masked, findings) = masked?;
        let end = masked.len().saturating_sub(close);
        self.masked(masked.get(open..end).unwrap_or_default(), &findings)
    }

    /// As [`Pieces::json`] for one value a line.
    pub(super) fn lines(&mut self, text: &str, at: u64) -> Result<(), Fault> {
        let Some(analysed) = self.analysed else {
            let masked = mask_lines(&self.scan, text).map_err(|cannot| fault(cannot, at));
            let (masked, findings) = masked?;
            return self.masked(&masked, &findings);
        };
        for line in text.split_inclusive('\n') {
            let (masked, findings) = self.asked(analysed, line, at)?;
            for one in &findings {
                let place = format!("/*{}", shape_of(&one.pointer));
                self.report.add(&one.kind, place);
            }
            self.plain(&masked)?;
        }
        Ok(())
    }

    /// A JSON value or a text, past an analyser.
    fn asked(
        &self,
        analysed: &Analysed,
        text: &str,
        at: u64,
    ) -> Result<(String, Vec<Finding>), Fault> {
        let sheet = match Sheet::json(&self.scan, text) {
            Err(CannotMask::NotJson(_)) => Sheet::text(&self.scan, text),
            other => other,
        };
        let mut sheet = sheet.map_err(|cannot| fault(cannot, at))?;
        let asked = analysed.ask(&self.scan, &mut sheet);
        asked.map_err(|code| Fault::Withheld { at, code })?;
        let written = sheet.write(&self.scan);
        let mut written = written.map_err(|cannot| fault(cannot, at))?;
        written.findings.append(&mut written.analysed);
        Ok((written.masked, written.findings))
    }

    fn masked(&mut self, masked: &str, findings: &[Finding]) -> Result<(), Fault> {
        for one in findings {
            self.report.add(&one.kind, shape_of(&one.pointer));
        }
        self.plain(masked)
    }

    /// Writes `text[from..to]` with its finds masked, of which `place` says where they are.
    pub(super) fn write(
        &mut self,
        text: &str,
        (from, to): (usize, usize),
        found: &[Replacement],
        place: impl Fn(&Replacement) -> String,
    ) -> Result<(), Fault> {
        let mut at = from;
        for one in found.iter().filter(|one| one.end > from && one.start < to) {
            self.plain(text.get(at..one.start.max(at)).unwrap_or_default())?;
            self.plain(&one.mask)?;
            self.report.add(&one.kind, place(one));
            at = one.end.max(at);
        }
        self.plain(text.get(at.min(to)..to).unwrap_or_default())
    }

    /// Writes a text in which nothing can be.
    pub(super) fn plain(&mut self, text: &str) -> Result<(), Fault> {
        self.output.write_all(text.as_bytes()).map_err(unwritten)
    }

    /// Ends the output: what was found.
    pub(super) fn finish(mut self) -> Result<Report, Fault> {
        self.output.flush().map_err(unwritten)?;
        Ok(self.report)
    }
}

fn fault(cannot: CannotMask, at: u64) -> Fault {
    fault_behind(0, cannot, at)
}

/// As [`fault`], where so many bytes were put before the text.
fn fault_behind(before: usize, cannot: CannotMask, at: u64) -> Fault {
    match cannot {
        CannotMask::NotJson(fault) => Fault::Read(unread(fault, at, before)),
        cannot => Fault::Withheld {
            at,
            code: cannot.code(),
        },
    }
}

fn unwritten(fault: io::Error) -> Fault {
    match has_gone(&fault) {
        true => Fault::Closed,
        false => Fault::Read(format!("the output: {fault}")),
    }
}
