//! SQLite with the small world in it.
//! Knows nothing of what the kernel says about a statement.

use std::cell::RefCell;
use std::collections::BTreeMap;

use rusqlite::Connection;
use rusqlite::hooks::{AuthAction, Authorization};

use crate::engine::{Answer, Engine, Held, Picture};
use crate::world;

pub(crate) struct Sqlite(RefCell<Connection>);

impl Sqlite {
    pub(crate) fn new(varied: Option<(&str, &str)>) -> Self {
        let db = Connection::open_in_memory().unwrap();
        // An index of its own making would be read in the order of a varied column.
        db.execute_batch("PRAGMA automatic_index = OFF").unwrap();
        db.execute_batch(&world::script(varied)).unwrap();
        let sqlite = Self(RefCell::new(db));
        sqlite.readable(None);
        sqlite
    }

    /// Lets these columns be read and no others. Nothing that is tried here may reach a file.
    fn readable(&self, readable: Option<Vec<(String, Option<String>)>>) {
        let may = move |context: rusqlite::hooks::AuthContext<'_>| {
            let allowed = match (context.action, &readable) {
                (AuthAction::Attach { .. }, _) => false,
                (
                    AuthAction::Read {
                        table_name,
                        column_name,
                    },
                    Some(readable),
                ) => {
                    // What subqueries and table functions give is none of a table's; without a column
                    // the name may be a subquery's.
                    !world::TABLES.contains(&table_name)
                        || matches!(column_name, "" | "ROWID")
                        || readable.iter().any(|(table, column)| {
                            table == table_name && column.as_deref() == Some(column_name)
                        })
                }
                _ => true,
            };
            match allowed {
                true => Authorization::Allow,
                false => Authorization::Deny,
            }
        };
        self.0.borrow_mut().authorizer(Some(may)).unwrap();
    }

    fn picture(&self) -> Picture {
        let master = "SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2";
        let rest = self.run(master).unwrap().rows;
        let mut tables = BTreeMap::new();
        // Its own tables (`sqlite_sequence`) are no one's data.
        let own = |row: &&Vec<String>| row[1].contains("sqlite_");
        for table in rest
            .iter()
            .filter(|row| row[0].contains("table") && !own(row))
        {
            let name: String = unquoted(&table[1]);
            let held = self.run(&format!("SELECT * FROM main.\"{name}\"")).unwrap();
            tables.insert(
                name,
                Held {
                    columns: held.names,
                    rows: held.rows,
                },
            );
        }
        let rest = rest.into_iter().map(|row| row.join(" ")).collect();
        Picture { tables, rest }
    }
}

fn unquoted(shown: &str) -> String {
    shown.trim_matches('"').to_owned()
}

impl Sqlite {
    fn run(&self, sql: &str) -> Result<Answer, String> {
        let db = self.0.borrow();
        let mut statement = db.prepare(sql).map_err(|fault| fault.to_string())?;
        for at in 1..=statement.parameter_count() {
            statement
                .raw_bind_parameter(at, 1)
                .map_err(|fault| fault.to_string())?;
        }
        let names: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut rows = statement.raw_query();
        let mut all = Vec::new();
        while let Some(row) = rows.next().map_err(|fault| fault.to_string())? {
            let cells = (0..names.len()).map(|at| match row.get_ref_unwrap(at) {
                rusqlite::types::ValueRef::Text(text) => {
                    format!("{:?}", String::from_utf8_lossy(text))
                }
                other => format!("{other:?}"),
            });
            all.push(cells.collect());
            assert!(
                all.len() < 100_000,
                "a test query gives too many rows: {sql}"
            );
        }
        Ok(Answer { names, rows: all })
    }
}

impl Engine for Sqlite {
    fn answer(&self, sql: &str) -> Result<Answer, String> {
        self.0.borrow().execute_batch("SAVEPOINT asked").unwrap();
        let answer = self.run(sql);
        let undo = "ROLLBACK TO asked; RELEASE asked";
        self.0.borrow().execute_batch(undo).unwrap();
        answer
    }

    fn answer_within(
        &self,
        sql: &str,
        readable: &[(String, Option<String>)],
    ) -> Option<Result<Answer, String>> {
        self.readable(Some(readable.to_vec()));
        let answer = self.answer(sql);
        self.readable(None);
        Some(answer)
    }

    fn left_by(&self, sql: &str) -> Result<Picture, String> {
        self.0.borrow().execute_batch("SAVEPOINT tried").unwrap();
        let left = self.run(sql).map(|_| self.picture());
        let undo = "ROLLBACK TO tried; RELEASE tried";
        self.0.borrow().execute_batch(undo).unwrap();
        left
    }

    fn trial(&self, sql: &str) -> (Picture, Picture) {
        let copy = Self::new(None);
        let before = copy.picture();
        // A text that asks for parameters is run by itself; any other as a script.
        if copy.run(sql).is_err() {
            let _ = copy.0.borrow().execute_batch(sql);
        }
        let _ = copy.0.borrow().execute_batch("COMMIT");
        (before, copy.picture())
    }
}
