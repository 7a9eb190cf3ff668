//! Random PostgreSQL statements that write, with what they return.
//! Knows nothing of whether they may.

use super::Kind::{self, Number, Text};
use super::{Author, Seen};

/// Targets: the table, and the columns that are written.
const TARGETS: &[(&str, &[(&str, Kind)])] = &[
    ("contacts", &[("email", Text), ("label", Text)]),
    ("orders", &[("status", Text), ("amount", Number)]),
    ("staging_tmp", &[("x", Text)]),
    ("customers", &[("notes", Text), ("country", Text)]),
];

type Columns = &'static [(&'static str, Kind)];

impl<'a> Author<'a> {
    pub(crate) fn write_change(choices: &'a [u16]) -> String {
        let mut author = Self::new(choices);
        let with = author.with();
        let (table, columns) = TARGETS[author.pick(TARGETS.len())];
        let sql = match author.pick(9) {
            0 | 1 => author.insert(table, columns),
            2 => author.upsert(table, columns),
            3 | 4 => author.update(table, columns),
            5 => author.delete(table, columns),
            // PostgreSQL takes no WITH RECURSIVE before a MERGE.
            6 => return author.merge(table, columns),
            7 => {
                let write = author.update(table, columns);
                let write = format!("{write} RETURNING id, {}", columns[0].0);
                let word = if with.is_empty() { "WITH" } else { "," };
                format!("{word} wr(i, c) AS ({write}) SELECT c, i FROM wr")
            }
            _ => {
                let (query, _) = author.query(2, &[]);
                return format!("CREATE TABLE made AS {with} {query}");
            }
        };
        format!("{with} {sql}").trim().to_owned()
    }

    fn target(&self, table: &str, columns: Columns) -> Seen {
        let mut all = vec![("id".to_owned(), Number)];
        all.extend(
            columns
                .iter()
                .map(|(name, kind)| ((*name).to_owned(), *kind)),
        );
        Seen {
            alias: table.to_owned(),
            columns: all,
        }
    }

    fn names(columns: Columns) -> String {
        let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
        names.join(", ")
    }

    fn values(&mut self, columns: Columns, depth: usize, scope: &[Seen]) -> String {
        let values: Vec<String> = columns
            .iter()
            .map(|(_, kind)| self.expr(depth, scope, *kind))
            .collect();
        values.join(", ")
    }

    fn insert(&mut self, table: &str, columns: Columns) -> String {
        let list = Self::names(columns);
        let source = match self.chance(25) {
            true => format!("VALUES (70, {})", self.values(columns, 2, &[])),
            false => {
                let (from, scope) = self.from(1, &[]);
                let items = self.values(columns, 2, &scope);
                format!(
                    "SELECT q.id + 200, {items} FROM public.contacts AS q, {from} WHERE q.id = 2 LIMIT 1"
                )
            }
        };
        let returning = self.returning(table, columns);
        format!("INSERT INTO {table} AS tg (id, {list}) {source}{returning}")
            .replace(&format!("{table}."), "tg.")
    }

    fn upsert(&mut self, table: &str, columns: Columns) -> String {
        let row = self.values(columns, 2, &[]);
        let mut excluded = self.target(table, columns);
        excluded.alias = "excluded".to_owned();
        let scope = [self.target(table, columns), excluded];
        let set = self.assignments(columns, &scope);
        let returning = self.returning(table, columns);
        format!(
            "INSERT INTO {table} (id, {}) VALUES (2, {row}) ON CONFLICT (id) DO UPDATE SET {set}{returning}",
            Self::names(columns)
        )
    }

    fn update(&mut self, table: &str, columns: Columns) -> String {
        let mut scope = vec![self.target(table, columns)];
        let from = match self.chance(50) {
            true => {
                let (from, beside) = self.from(1, &[]);
                scope.extend(beside);
                format!(" FROM {from}")
            }
            false => String::new(),
        };
        let set = self.assignments(columns, &scope);
        let filter = self.filter(1, &scope);
        format!("UPDATE {table} SET {set}{from} WHERE {table}.id = 2 AND {filter}")
    }

    fn delete(&mut self, table: &str, columns: Columns) -> String {
        let mut scope = vec![self.target(table, columns)];
        let using = match self.chance(40) {
            true => {
                let (from, beside) = self.from(1, &[]);
                scope.extend(beside);
                format!(" USING {from}")
            }
            false => String::new(),
        };
        let filter = self.filter(1, &scope);
        let returning = self.returning(table, columns);
        format!("DELETE FROM {table}{using} WHERE {table}.id = 3 AND {filter}{returning}")
    }

    fn merge(&mut self, table: &str, columns: Columns) -> String {
        self.ctes.clear();
        let (source, seen) = self.source();
        let alias = seen.alias.clone();
        let scope = [self.target(table, columns), seen.clone()];
        let set = self.assignments(columns, &scope);
        let row = self.values(columns, 1, &[seen]);
        format!(
            "MERGE INTO {table} USING {source} ON {table}.id = {alias}.n AND {table}.id = 2 \
             WHEN MATCHED THEN UPDATE SET {set} WHEN NOT MATCHED THEN INSERT (id, {}) VALUES (80, {row})",
            Self::names(columns)
        )
    }

    fn assignments(&mut self, columns: Columns, scope: &[Seen]) -> String {
        if columns.len() > 1 && self.chance(30) {
            let values = self.values(columns, 1, scope);
            let row = self
                .one_of(&["(SELECT @)", "ROW(@)", "(@)"])
                .replace('@', &values);
            return format!("({}) = {row}", Self::names(columns));
        }
        let set: Vec<String> = columns
            .iter()
            .take(1 + self.pick(2))
            .map(|(name, kind)| format!("{name} = {}", self.expr(2, scope, *kind)))
            .collect();
        set.join(", ")
    }

    fn returning(&mut self, table: &str, columns: Columns) -> String {
        if !self.chance(50) {
            return String::new();
        }
        let scope = [self.target(table, columns)];
        match self.chance(20) {
            true => " RETURNING *".to_owned(),
            false => format!(
                " RETURNING {} AS r, {}",
                self.expr(1, &scope, Text),
                self.expr(0, &scope, Number)
            ),
        }
    }
}
