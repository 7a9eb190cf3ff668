//! Configuration inside a text (YAML, TOML, INI, properties, environments): its keys and values as a value that can be
//! walked, so that what a key says holds for all below it.
//! Knows nothing of what is searched for. It reads a shape and no language: anchors, tags and folded texts are not undone.

use std::borrow::Cow;

use super::outline_line::{Line, Said, read as read_line, read_barred};
use crate::egress::tape::Tape;
use crate::json::{Build, Place};

/// Fewest keys, items and texts that make an outline, of which one is a key.
const LINES_MIN: usize = 2;
/// Deepest nesting that is read; what is deeper is passed over, and searched as text all the same.
const DEPTH_MAX: usize = 24;

/// A list of the outlines in a text; `None` where there is none.
pub(in crate::egress) fn read(text: &str) -> Option<Tape<'_>> {
    let mut outlines = Outlines::default();
    let mut at = 0;
    // Below the heading of a record a bar stands between a name and its value.
    let mut barred = false;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end_matches(['\n', '\r']);
        if bare.starts_with("-[ ") {
            barred = true;
            outlines.end();
        }
        let said = match barred.then(|| read_barred(bare, at)).flatten() {
            Some(line) => Said::Lines(vec![line]),
            None => read_line(bare, at),
        };
        at += line.len();
        match said {
            Said::Nothing => {}
            Said::Section(names) => outlines.section(names),
            Said::Lines(lines) => lines.into_iter().for_each(|line| outlines.line(line)),
            // A text below its key, or more of it.
            Said::Other(line) if outlines.holds(line.indent) => outlines.below(line),
            Said::Other(_) => outlines.end(),
        }
    }
    outlines.end();
    outlines.finish()
}

#[derive(Default)]
struct Outlines<'t> {
    done: Vec<Vec<Line<'t>>>,
    lines: Vec<Line<'t>>,
    /// How deep the latest heading of a section puts what follows it.
    base: usize,
}

impl<'t> Outlines<'t> {
    fn section(&mut self, names: Vec<(&'t str, usize)>) {
        self.base = names.len();
        let key = |(indent, (name, at)): (usize, (&'t str, usize))| Line::key(indent, name, at);
        self.lines.extend(names.into_iter().enumerate().map(key));
    }

    fn line(&mut self, line: Line<'t>) {
        self.lines.push(Line {
            indent: line.indent + self.base,
            ..line
        });
    }

    /// The first line of a text is the value of the key above it; what follows is searched with the text around it.
    fn below(&mut self, line: Line<'t>) {
        let bare = |last: &Line<'t>| last.key.is_some() && last.value.is_none();
        if self.lines.last().is_some_and(bare) {
            self.line(line);
        }
    }

    /// Whether a line that is indented so far belongs to the key before it.
    fn holds(&self, indent: usize) -> bool {
        self.lines
            .last()
            .is_some_and(|last| indent + self.base > last.indent)
    }

    fn end(&mut self) {
        let lines = std::mem::take(&mut self.lines);
        self.base = 0;
        if lines.len() >= LINES_MIN && lines.iter().any(|line| line.key.is_some()) {
            self.done.push(lines);
        }
    }

    fn finish(self) -> Option<Tape<'t>> {
        if self.done.is_empty() {
            return None;
        }
        let mut tape = Tape::default();
        let mut list = tape.list();
        for lines in &self.done {
            let mut block = Block { lines, at: 0 };
            while let Some(line) = block.peek() {
                block.value(&mut tape, line.indent, 0);
                tape.item(&mut list, ());
            }
        }
        tape.listed(list);
        Some(tape)
    }
}

/// Lines that are being put under each other.
struct Block<'l, 't> {
    lines: &'l [Line<'t>],
    at: usize,
}

impl<'t> Block<'_, 't> {
    fn peek(&self) -> Option<Line<'t>> {
        self.lines.get(self.at).copied()
    }

    /// The next line, where it is indented so far and fits.
    fn next_if(&mut self, fits: impl Fn(&Line<'t>) -> bool) -> Option<Line<'t>> {
        let line = self.peek().filter(fits)?;
        self.at += 1;
        Some(line)
    }

    /// One value: what begins here and is indented so far. At least one line is taken.
    fn value(&mut self, tape: &mut Tape<'t>, indent: usize, depth: usize) {
        match self.peek() {
            Some(line) if line.item => self.items(tape, indent, depth),
            Some(line) if line.key.is_some() => self.members(tape, indent, depth),
            Some(line) => {
                self.at += 1;
                leaf(tape, line.value);
            }
            None => tape.word(None),
        }
    }

    fn items(&mut self, tape: &mut Tape<'t>, indent: usize, depth: usize) {
        let mut list = tape.list();
        while self
            .next_if(|line| line.item && line.indent == indent)
            .is_some()
        {
            self.below(tape, indent, depth);
            tape.item(&mut list, ());
        }
        tape.listed(list);
    }

    fn members(&mut self, tape: &mut Tape<'t>, indent: usize, depth: usize) {
        let mut record = tape.record(0);
        while let Some(line) = self.next_if(|line| line.key.is_some() && line.indent == indent) {
            let Some((key, at)) = line.key else { break };
            tape.key(&mut record, Cow::Borrowed(key), place(at, key));
            if line.value.is_some() {
                leaf(tape, line.value);
                self.skip(indent);
            } else {
                self.below(tape, indent, depth);
            }
            tape.member(&mut record, ());
        }
        tape.recorded(record, 0);
    }

    /// What stands below a key or an item; items may stand as far out as their key.
    fn below(&mut self, tape: &mut Tape<'t>, indent: usize, depth: usize) {
        let own = |line: &Line<'t>| {
            line.indent > indent || (line.item && line.indent == indent && self.under_key())
        };
        match self.peek().filter(own) {
            Some(line) if depth < DEPTH_MAX => self.value(tape, line.indent, depth + 1),
            _ => tape.word(None),
        }
        self.skip(indent);
    }

    /// Whether the line before is a key without a value.
    fn under_key(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|at| self.lines.get(at));
        before.is_some_and(|line| line.key.is_some())
    }

    /// Passes over what is deeper and did not fit.
    fn skip(&mut self, indent: usize) {
        while self.next_if(|line| line.indent > indent).is_some() {}
    }
}

fn leaf<'t>(tape: &mut Tape<'t>, value: Option<(&'t str, usize)>) {
    match value {
        Some((text, at)) => tape.string(Cow::Borrowed(text), place(at, text)),
        None => tape.word(None),
    }
}

fn place(at: usize, text: &str) -> Place {
    Place {
        at,
        bytes: text.len(),
    }
}
