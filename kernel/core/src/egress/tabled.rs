//! Tables written in a text, in lines, tags or statements: each cell under what its heading says, each column by what most of it is.
//! Knows nothing of how a table is told from prose.

use super::cannot_mask::CannotMask;
use super::context::{self, Context, PERSONAL};
use super::detect;
use super::examiner::Examiner;
use super::hit::Hit;
use super::unwrap::table::{self, Table};
use super::unwrap::{attributes, below, called, created, inserted, records, serialized, typeset};
use super::words::{Lexed, class};
use crate::limits;

/// Longest name in a cell, and shortest value beside one, in bytes.
const NAME_BYTES_MAX: usize = 48;
const VALUE_BYTES_MIN: usize = 3;

/// Headings that name something, of a table that may be rows of another.
const DOUBTFUL_HEADINGS: usize = 2;

impl Examiner<'_> {
    /// The cells of columns whose heading says something.
    pub(super) fn tabled(
        &mut self,
        text: &str,
        depth: usize,
        hits: &mut Vec<Hit>,
    ) -> Result<(), CannotMask> {
        for table in &table::read(text) {
            self.cells(text, table, depth, hits)?;
            self.pairs(text, table, depth, hits)?;
        }
        for table in records::read(text).iter().chain(&below::read(text)) {
            self.cells(text, table, depth, hits)?;
        }
        Ok(())
    }

    /// The second cell of each row of two, under what the first says. Words are left: a list of fields tells their types.
    fn pairs(
        &mut self,
        text: &str,
        table: &Table,
        depth: usize,
        hits: &mut Vec<Hit>,
    ) -> Result<(), CannotMask> {
        let Some(pair) = &table.pair else {
            return Ok(());
        };
        if depth >= limits::DECODE_DEPTH_MAX {
            return Ok(());
        }
        for row in std::iter::once(pair).chain(&table.rows) {
            let [(from, to), (start, end)] = row.as_slice() else {
                continue;
            };
            let name = text.get(*from..*to).unwrap_or_default().trim();
            let cell = text.get(*start..*end).unwrap_or_default();
            if !may_be_named(name, cell) {
                continue;
            }
            self.cell((cell, *start), context::of_key(name), depth, hits)?;
        }
        Ok(())
    }

    /// What stands in one cell, under what its name says; nothing is asked where that is nothing.
    fn cell(
        &mut self,
        (cell, start): (&str, usize),
        context: Context,
        depth: usize,
        hits: &mut Vec<Hit>,
    ) -> Result<(), CannotMask> {
        if context.kinds.is_empty() {
            return Ok(());
        }
        for mut hit in self.layer(cell, context, depth + 1)? {
            hit.start += start;
            hit.end += start;
            hits.push(hit);
        }
        Ok(())
    }

    /// What the attributes of tags, tables in tags and the columns of statements say of their values.
    pub(super) fn named(
        &mut self,
        text: &str,
        lexed: &Lexed,
        depth: usize,
        hits: &mut Vec<Hit>,
    ) -> Result<(), CannotMask> {
        let mut tables = Vec::new();
        if lexed.has(class::ANGLE) {
            tables.append(&mut attributes::read(text));
            if !lexed.has(class::NEWLINE) {
                tables.append(&mut records::read(text));
            }
        }
        if lexed.has(class::BRACKET) {
            tables.append(&mut inserted::read(text));
            tables.append(&mut created::copied(text));
            tables.append(&mut serialized::read(text));
            tables.append(&mut typeset::read(text));
        }
        if lexed.has(class::QUOTE | class::BRACKET) {
            tables.append(&mut called::read(text, lexed.has(class::BRACKET)));
        }
        for table in &tables {
            self.cells(text, table, depth, hits)?;
            self.pairs(text, table, depth, hits)?;
        }
        Ok(())
    }

    fn cells(
        &mut self,
        text: &str,
        table: &Table,
        depth: usize,
        hits: &mut Vec<Hit>,
    ) -> Result<(), CannotMask> {
        for at in 0..table.headings.len() {
            let spans = table.rows.iter().filter_map(|row| row.get(at).copied());
            let cells = spans
                .clone()
                .map(|(start, end)| text.get(start..end).unwrap_or_default());
            if let Some(kind) = detect::of_column(cells.clone(), 0) {
                let passing = spans
                    .zip(cells)
                    .filter(|(_, cell)| detect::passes(kind, cell));
                hits.extend(passing.map(|((start, end), _)| Hit::new(kind, start, end)));
            }
        }
        if table.is_headless(text) {
            return Ok(());
        }
        self.split_cells(text, table, depth, hits)?;
        let contexts = self.headings(&table.headings, depth)?;
        let telling = contexts.iter().filter(|c| !c.kinds.is_empty()).count();
        let needed = if table.doubtful { DOUBTFUL_HEADINGS } else { 1 };
        if depth >= limits::DECODE_DEPTH_MAX || telling < needed {
            return Ok(());
        }
        for row in &table.rows {
            for ((start, end), context) in row.iter().zip(&contexts) {
                let cell = text.get(*start..*end).unwrap_or_default();
                self.cell((cell, *start), *context, depth, hits)?;
            }
        }
        Ok(())
    }

    /// What the headings of one table say, each beside the others.
    pub(super) fn headings(
        &mut self,
        headings: &[String],
        depth: usize,
    ) -> Result<Vec<Context>, CannotMask> {
        let mut own = Vec::with_capacity(headings.len());
        for heading in headings {
            own.push(self.key(heading, depth)?.context);
        }
        let personal = own.iter().any(|c| c.kinds.meets(PERSONAL));
        let around = Context::default();
        Ok(own
            .iter()
            .map(|context| context.within(around, personal))
            .collect())
    }
}

/// Whether a cell may be the name of the value beside it, and the value one that is no word of a language.
fn may_be_named(name: &str, value: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphabetic();
    (2..=NAME_BYTES_MAX).contains(&name.len())
        && name.starts_with(char::is_alphabetic)
        && value.len() >= VALUE_BYTES_MIN
        && value.bytes().any(|byte| byte.is_ascii_digit())
        && !value.ends_with(')')
        && (!value.bytes().any(letter) || !value.contains(char::is_whitespace))
}
