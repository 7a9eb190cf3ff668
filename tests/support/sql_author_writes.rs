//! Random SQLite statements that write, with what they return.
//! Knows nothing of whether they may.

use super::{Author, Seen};

/// Targets: the table, its key and the columns that are written.
const TARGETS: &[(&str, &[&str])] = &[
    ("contacts", &["email", "label"]),
    ("orders", &["status", "amount"]),
    ("staging_tmp", &["x"]),
    ("customers", &["notes", "country", "phone"]),
];

impl<'a> Author<'a> {
    pub(crate) fn write_change(choices: &'a [u16]) -> String {
        let mut author = Self::new(choices);
        let with = author.with();
        let (table, columns) = TARGETS[author.pick(TARGETS.len())];
        let sql = match author.pick(9) {
            0 | 1 => author.insert(table, columns),
            2 => author.upsert(table, columns),
            3 | 4 => author.update(table, columns),
            5 | 6 => author.update_from(table, columns),
            7 => author.delete(table, columns),
            _ => {
                // A definition takes no WITH before it.
                let (query, _) = author.query(2, &[]);
                return match author.ctes.is_empty() {
                    true => format!("CREATE TABLE made AS {query}"),
                    false => format!("CREATE TABLE made AS {with} {query}"),
                };
            }
        };
        format!("{with} {sql}").trim().to_owned()
    }

    fn target(&self, table: &str, columns: &[&str]) -> Seen {
        let mut columns: Vec<String> = columns.iter().map(|c| (*c).to_owned()).collect();
        columns.push("id".to_owned());
        Seen {
            alias: table.to_owned(),
            columns,
            base: true,
        }
    }

    fn insert(&mut self, table: &str, columns: &[&str]) -> String {
        let verb = self.one_of(&[
            "INSERT INTO",
            "INSERT INTO",
            "INSERT OR REPLACE INTO",
            "INSERT OR IGNORE INTO",
            "REPLACE INTO",
        ]);
        let list = columns.join(", ");
        let source = match self.chance(25) {
            true => {
                let row: Vec<String> = (0..columns.len()).map(|_| self.expr(2, &[])).collect();
                format!("VALUES (7, {}), (70, {})", row.join(", "), row.join(", "))
            }
            false => {
                let (from, scope, _) = self.from(1);
                let items: Vec<String> = (0..columns.len()).map(|_| self.expr(2, &scope)).collect();
                format!(
                    "SELECT {}.rowid + 200, {} FROM main.contacts AS q, {from} LIMIT 5",
                    "q",
                    items.join(", ")
                )
            }
        };
        let returning = self.returning(table, columns);
        format!("{verb} {table} (id, {list}) {source}{returning}")
    }

    fn upsert(&mut self, table: &str, columns: &[&str]) -> String {
        let list = columns.join(", ");
        let row: Vec<String> = (0..columns.len()).map(|_| self.expr(2, &[])).collect();
        let mut excluded = self.target(table, columns);
        excluded.alias = "excluded".to_owned();
        excluded.base = false;
        let scope = [self.target(table, columns), excluded];
        let set = self.assignments(columns, &scope);
        let filter = match self.chance(30) {
            true => " WHERE excluded.id > 0",
            false => "",
        };
        let returning = self.returning(table, columns);
        format!(
            "INSERT INTO {table} (id, {list}) VALUES (2, {}) ON CONFLICT (id) DO UPDATE SET {set}{filter}{returning}",
            row.join(", ")
        )
    }

    fn update(&mut self, table: &str, columns: &[&str]) -> String {
        let scope = [self.target(table, columns)];
        let set = self.assignments(columns, &scope);
        let verb = self.one_of(&["UPDATE", "UPDATE", "UPDATE OR IGNORE"]);
        let filter = self.filter(1, &scope);
        let returning = self.returning(table, columns);
        format!("{verb} {table} SET {set} WHERE {filter}{returning}")
    }

    fn update_from(&mut self, table: &str, columns: &[&str]) -> String {
        let target = self.target(table, columns);
        let (from, mut scope, _) = self.from(1);
        scope.insert(0, target);
        let set = self.assignments(columns, &scope);
        let filter = self.filter(1, &scope);
        let returning = self.returning(table, columns);
        format!("UPDATE {table} SET {set} FROM {from} WHERE {table}.id = 2 AND {filter}{returning}")
    }

    fn delete(&mut self, table: &str, columns: &[&str]) -> String {
        let scope = [self.target(table, columns)];
        let filter = self.filter(1, &scope);
        let returning = self.returning(table, columns);
        format!("DELETE FROM {table} WHERE {filter}{returning}")
    }

    fn assignments(&mut self, columns: &[&str], scope: &[Seen]) -> String {
        if columns.len() > 1 && self.chance(30) {
            let values: Vec<String> = columns.iter().map(|_| self.expr(1, scope)).collect();
            let values = values.join(", ");
            let row = match self.chance(50) {
                true => format!("(SELECT {values})"),
                false => format!("({values})"),
            };
            return format!("({}) = {row}", columns.join(", "));
        }
        let set: Vec<String> = columns
            .iter()
            .take(1 + self.pick(2))
            .map(|column| format!("{column} = {}", self.expr(2, scope)))
            .collect();
        set.join(", ")
    }

    fn returning(&mut self, table: &str, columns: &[&str]) -> String {
        if !self.chance(50) {
            return String::new();
        }
        let scope = [self.target(table, columns)];
        match self.chance(20) {
            true => " RETURNING *".to_owned(),
            false => format!(
                " RETURNING {} AS r, {}",
                self.expr(1, &scope),
                self.expr(0, &scope)
            ),
        }
    }
}
