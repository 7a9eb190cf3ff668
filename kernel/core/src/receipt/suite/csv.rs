//! RFC 4180 read strictly: what two readers could split in two ways is not read.
//! Knows nothing of types: every value is text.

use super::rows::check_size;
use super::{Cell, ContentFault, Rows};
use crate::manifest::Format;

/// Reads a header line and its records. Lines end with CRLF or LF; a quote stands only around a whole
/// field or doubled inside one; a bare CR stands only inside quotes.
pub(super) fn read(text: &str) -> Result<Rows, ContentFault> {
    let mut records = Records {
        rest: text,
        line: 1,
    };
    let header = match records.next_record(0)? {
        Some((_, header)) if header != [""] => header,
        _ => return Err(ContentFault::NoColumns),
    };
    check_size(header.len(), 1)?;
    let mut cells = Vec::new();
    while let Some((line, record)) = records.next_record(header.len())? {
        if record.len() != header.len() {
            return Err(ContentFault::Ragged { line });
        }
        check_size(header.len(), cells.len() + 1)?;
        cells.push(record.into_iter().map(Cell::from_text).collect());
    }
    Rows::new(Format::Csv, header, cells)
}

struct Records<'a> {
    rest: &'a str,
    line: u64,
}

/// What stands behind a field.
enum End {
    Comma,
    Line,
    Text,
}

impl Records<'_> {
    /// The next record and the line where it begins; `None` at the end. The line break behind the last
    /// record is optional (RFC 4180 §2.2).
    fn next_record(&mut self, hint: usize) -> Result<Option<(u64, Vec<String>)>, ContentFault> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let begun = self.line;
        let mut fields = Vec::with_capacity(hint);
        loop {
            let (field, end) = match self.rest.strip_prefix('"') {
                Some(inside) => self.quoted(inside)?,
                None => self.bare()?,
            };
            fields.push(field);
            if !matches!(end, End::Comma) {
                return Ok(Some((begun, fields)));
            }
        }
    }

    fn bare(&mut self) -> Result<(String, End), ContentFault> {
        let stop = self
            .rest
            .find([',', '\n', '\r', '"'])
            .unwrap_or(self.rest.len());
        let (field, rest) = self.rest.split_at(stop);
        self.rest = rest;
        Ok((field.to_owned(), self.end()?))
    }

    fn quoted(&mut self, mut inside: &str) -> Result<(String, End), ContentFault> {
        let mut field = String::new();
        loop {
            let Some((part, rest)) = inside.split_once('"') else {
                return Err(self.malformed());
            };
            field.push_str(part);
            match rest.strip_prefix('"') {
                Some(more) => {
                    field.push('"');
                    inside = more;
                }
                None => {
                    let begun = self.line;
                    let breaks = field.bytes().filter(|b| *b == b'\n').count();
                    self.line = begun.saturating_add(u64::try_from(breaks).unwrap_or(u64::MAX));
                    // `rest` borrows from `self.rest`: keep its length, then cut.
                    let cut = self.rest.len().saturating_sub(rest.len());
                    self.rest = self.rest.split_at(cut).1;
                    return Ok((field, self.end()?));
                }
            }
        }
    }

    fn end(&mut self) -> Result<End, ContentFault> {
        if self.rest.is_empty() {
            return Ok(End::Text);
        }
        if let Some(rest) = self.rest.strip_prefix(',') {
            self.rest = rest;
            return Ok(End::Comma);
        }
        let after = self.rest.strip_prefix("\r\n");
        match after.or_else(|| self.rest.strip_prefix('\n')) {
            Some(rest) => {
                self.rest = rest;
                self.line = self.line.saturating_add(1);
                Ok(End::Line)
            }
            None => Err(self.malformed()),
        }
    }

    fn malformed(&self) -> ContentFault {
        ContentFault::Malformed { line: self.line }
    }
}
