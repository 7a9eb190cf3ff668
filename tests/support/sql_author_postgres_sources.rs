//! What the author of random PostgreSQL queries puts into FROM and WITH.
//! Knows nothing of select lists.

use super::Kind::{self, Number, Text};
use super::forms::SOURCES;
use super::{Author, Column, Seen};

const TABLES: &[(&str, &[(&str, Kind)])] = &[
    (
        "customers",
        &[
            ("id", Number),
            ("name", Text),
            ("email", Text),
            ("phone", Text),
            ("ssn", Text),
            ("country", Text),
            ("notes", Text),
            ("salary", Number),
        ],
    ),
    (
        "orders",
        &[
            ("id", Number),
            ("customer_id", Number),
            ("amount", Number),
            ("status", Text),
        ],
    ),
    (
        "contacts",
        &[("id", Number), ("email", Text), ("label", Text)],
    ),
    ("v_contact", &[("id", Number), ("contact", Text)]),
    ("v_deep", &[("k", Number), ("v", Text)]),
];

impl Author<'_> {
    pub(super) fn with(&mut self) -> String {
        let mut with = String::new();
        for at in 0..self.pick(3) {
            with.push_str(&self.cte(at));
        }
        with
    }

    fn cte(&mut self, at: usize) -> String {
        let recursive = self.chance(15);
        let name = match self.chance(20) && at == 0 {
            true => self.one_of(&["orders", "customers", "contacts"]).to_owned(),
            false => format!("w{at}"),
        };
        let word = if at == 0 { "WITH RECURSIVE" } else { "," };
        if recursive {
            return format!("{word} {}", self.recursive(&name));
        }
        // The name is not known inside, where it would be a recursion.
        let (query, mut columns) = self.query(1, &[]);
        let query = query.replace(&format!(" {name} AS"), &format!(" public.{name} AS"));
        let list = if self.chance(50) {
            for (at, column) in columns.iter_mut().enumerate() {
                column.0 = format!("n{at}");
            }
            let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
            format!("({})", names.join(", "))
        } else {
            String::new()
        };
        let how = self.one_of(&["", " MATERIALIZED", " NOT MATERIALIZED"]);
        self.ctes.push(Seen {
            alias: name.clone(),
            columns,
        });
        format!("{word} {name}{list} AS{how} ({query})")
    }

    /// Values wander from column to column from round to round.
    fn recursive(&mut self, name: &str) -> String {
        let (u, v) = (self.column_of(), self.column_of());
        let columns = vec![
            ("n".to_owned(), Number),
            ("u".to_owned(), Text),
            ("v".to_owned(), Text),
        ];
        self.ctes.push(Seen {
            alias: name.to_owned(),
            columns,
        });
        let step = self.one_of(&[
            "SELECT n + 1, v, u FROM @",
            "SELECT n + 1, upper(v), v FROM @",
            "SELECT r.n + 1, r.v, s.name FROM @ AS r JOIN public.customers AS s ON s.id = r.n",
            "SELECT r.n + 1, s.email, r.u FROM public.customers AS s, @ AS r",
            "SELECT n + 1, (SELECT max(phone) FROM public.customers), u FROM @",
        ]);
        let union = self.one_of(&["UNION ALL", "UNION"]);
        let step = step.replace('@', name);
        format!("{name}(n, u, v) AS (SELECT 1, {u}, {v} {union} {step} WHERE n < 4)")
    }

    /// A column of a table as a subquery, for where there is no scope.
    pub(super) fn column_of(&mut self) -> String {
        let column = self.one_of(&["email", "label"]);
        format!("(SELECT {column} FROM public.contacts WHERE id = 2)")
    }

    pub(super) fn from(&mut self, depth: usize, outer: &[Seen]) -> (String, Vec<Seen>) {
        let (mut sql, first) = self.relation(depth);
        let mut scope = vec![first];
        if depth == 0 || !self.chance(40) {
            return (sql, scope);
        }
        match self.pick(9) {
            0 => {
                // Lateral: a subquery over what stands to its left.
                let mut seen = scope.clone();
                seen.extend(outer.iter().cloned());
                let (query, columns) = self.query(depth - 1, &seen);
                let alias = self.alias();
                sql = format!("{sql}, LATERAL ({query}) AS {alias}");
                scope.push(Seen { alias, columns });
            }
            1 => {
                let alias = self.alias();
                let form = [
                    "unnest(ARRAY[%, %])",
                    "regexp_split_to_table(%, '@')",
                    "string_to_table(%, '.')",
                ][self.pick(3)];
                let call = self.fill(form, 0, &scope);
                sql = format!("{sql}, {call} AS {alias}(u)");
                scope.push(Seen {
                    alias,
                    columns: vec![("u".to_owned(), Text)],
                });
            }
            2 => {
                let (source, seen) = self.source();
                sql = format!("{sql}, {source}");
                scope.push(seen);
            }
            how => {
                let (next, seen) = self.relation(depth - 1);
                let both = |name: &str| {
                    scope[0].columns.iter().any(|c| c.0 == name)
                        && seen.columns.iter().any(|c| c.0 == name)
                };
                let common = ["id", "email"].into_iter().find(|name| both(name));
                scope.push(seen);
                sql = match (how, common) {
                    (3, Some(_)) => format!("{sql} JOIN {next} USING (id)")
                        .replace("USING (id)", &format!("USING ({})", common.unwrap_or("id"))),
                    (4, _) => format!("{sql} NATURAL JOIN {next}"),
                    (5, _) => format!("{sql} CROSS JOIN {next}"),
                    (6, _) => format!("{sql} LEFT JOIN {next} ON {}", self.filter(0, &scope)),
                    (7, _) => format!("{sql} FULL JOIN {next} ON false"),
                    _ => format!("{sql} JOIN {next} ON {}", self.filter(0, &scope)),
                };
            }
        }
        (sql, scope)
    }

    /// One of the relations that stand by themselves.
    pub(super) fn source(&mut self) -> (String, Seen) {
        let alias = self.alias();
        let (form, kinds) = SOURCES[self.pick(SOURCES.len())];
        let list = form.rsplit_once('(').map_or("", |(_, list)| list);
        let names = list.trim_end_matches(')').split(", ").map(str::to_owned);
        let kinds = kinds
            .bytes()
            .map(|kind| if kind == b'a' { Text } else { Number });
        let columns = names.zip(kinds).collect();
        (form.replace('@', &alias), Seen { alias, columns })
    }

    fn relation(&mut self, depth: usize) -> (String, Seen) {
        let alias = self.alias();
        if depth > 0 && self.chance(35) {
            let (query, columns) = self.query(depth - 1, &[]);
            return (format!("({query}) AS {alias}"), Seen { alias, columns });
        }
        if !self.ctes.is_empty() && self.chance(40) {
            let at = self.pick(self.ctes.len());
            let cte = self.ctes[at].clone();
            let columns = cte.columns;
            return (format!("{} AS {alias}", cte.alias), Seen { alias, columns });
        }
        let (table, columns) = TABLES[self.pick(TABLES.len())];
        let shadowed = self.ctes.iter().any(|cte| cte.alias == table);
        let table = if shadowed {
            format!("public.{table}")
        } else {
            table.to_owned()
        };
        let mut columns: Vec<Column> = columns
            .iter()
            .map(|(name, kind)| ((*name).to_owned(), *kind))
            .collect();
        let renamed = self.chance(15);
        if renamed {
            columns[0].0 = "email".to_owned();
            columns[1].0 = "second".to_owned();
            if let Some(twin) = columns.iter_mut().skip(2).find(|c| c.0 == "email") {
                twin.0 = "third".to_owned();
            }
            let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
            let list = names.join(", ");
            return (
                format!("{table} AS {alias}({list})"),
                Seen { alias, columns },
            );
        }
        (format!("{table} AS {alias}"), Seen { alias, columns })
    }
}
