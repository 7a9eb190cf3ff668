//! Tables written in a text, in lines, tags or statements: each cell under what its heading says, each column by what most of it is.
//! Knows nothing of how a table is told from prose.

use super::cannot_mask::CannotMask;
use super::context::{Context, PERSONAL};
use super::detect;
use super::examiner::Examiner;
use super::hit::Hit;
use super::unwrap::table::{self, Table};
use super::unwrap::{attributes, inserted};
use super::words::{Lexed, class};
use crate::limits;

impl Examiner<'_> {
    /// The cells of columns whose heading says something.
    pub(super) fn tabled(
        &mut self,
        text: &str,
        depth: usize,
        hits: &mut Vec<Hit>,
    ) -> Result<(), CannotMask> {
        match table::read(text) {
            Some(table) => self.cells(text, &table, depth, hits),
            None => Ok(()),
        }
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
        }
        if lexed.has(class::BRACKET) {
            tables.append(&mut inserted::read(text));
        }
        for table in &tables {
            self.cells(text, table, depth, hits)?;
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
            if let Some(kind) = detect::of_column(cells.clone()) {
                let passing = spans
                    .zip(cells)
                    .filter(|(_, cell)| detect::passes(kind, cell));
                hits.extend(passing.map(|((start, end), _)| Hit::new(kind, start, end)));
            }
        }
        let contexts = self.headings(&table.headings, depth)?;
        if depth >= limits::DECODE_DEPTH_MAX || contexts.iter().all(|c| c.kinds.is_empty()) {
            return Ok(());
        }
        for row in &table.rows {
            for ((start, end), context) in row.iter().zip(&contexts) {
                if context.kinds.is_empty() {
                    continue;
                }
                let cell = text.get(*start..*end).unwrap_or_default();
                for mut hit in self.layer(cell, *context, depth + 1)? {
                    hit.start += start;
                    hit.end += start;
                    hits.push(hit);
                }
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
