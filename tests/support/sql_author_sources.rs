//! What the author of random SQLite queries puts into FROM and WITH.
//! Knows nothing of select lists.

use super::{Author, Seen};

const TABLES: &[(&str, &[&str])] = &[
    (
        "customers",
        &[
            "id", "name", "email", "phone", "ssn", "country", "notes", "salary",
        ],
    ),
    ("orders", &["id", "customer_id", "amount", "status"]),
    ("contacts", &["id", "email", "label"]),
    ("v_contact", &["id", "contact"]),
    ("v_deep", &["k", "v"]),
];

impl Author<'_> {
    pub(super) fn with(&mut self) -> String {
        let mut all = Vec::new();
        for at in 0..self.pick(3) {
            all.push(self.cte(at));
        }
        match (all.is_empty(), self.chance(30)) {
            (true, _) => String::new(),
            (_, true) => format!("WITH RECURSIVE {}", all.join(", ")),
            (_, false) => format!("WITH {}", all.join(", ")),
        }
    }

    pub(super) fn cte(&mut self, at: usize) -> String {
        let mut name = match self.chance(25) {
            true => self.one_of(&["orders", "customers", "contacts"]).to_owned(),
            false => format!("w{at}"),
        };
        if self.ctes.iter().any(|cte| cte.alias == name) {
            name = format!("w{at}x{}", self.aliases);
        }
        if self.chance(18) {
            return self.recursive(name);
        }
        // Inside, its name would be a recursion.
        self.ctes.push(Seen {
            alias: name.clone(),
            columns: Vec::new(),
            base: false,
        });
        let at = self.ctes.len() - 1;
        let (query, columns) = self.query(1, &[]);
        let renamed: Vec<String> = match self.chance(50) {
            true => (0..columns.len()).map(|c| format!("n{c}")).collect(),
            false => Vec::new(),
        };
        let list = match renamed.is_empty() {
            true => String::new(),
            false => format!("({})", renamed.join(", ")),
        };
        let how = self.one_of(&["", "", " MATERIALIZED", " NOT MATERIALIZED"]);
        self.ctes[at].columns = if renamed.is_empty() { columns } else { renamed };
        format!("{name}{list} AS{how} ({query})")
    }

    /// Values wander from column to column from round to round.
    fn recursive(&mut self, name: String) -> String {
        self.ctes.push(Seen {
            alias: name.clone(),
            columns: ["n", "u", "v"].map(str::to_owned).to_vec(),
            base: false,
        });
        let base = Seen {
            alias: "b".to_owned(),
            columns: ["id", "email", "label"].map(str::to_owned).to_vec(),
            base: true,
        };
        let (u, v) = {
            let scope = [base];
            (self.column(&scope), self.column(&scope))
        };
        let step = self.one_of(&[
            "SELECT n + 1, v, u FROM @",
            "SELECT n + 1, upper(v), v FROM @",
            "SELECT r.n + 1, r.v, s.name FROM @ AS r JOIN main.customers AS s ON s.id = r.n",
            "SELECT r.n + 1, s.email, r.u FROM main.customers AS s, @ AS r",
            "SELECT n + 1, (SELECT max(phone) FROM main.customers), u FROM @",
        ]);
        let union = self.one_of(&["UNION ALL", "UNION ALL", "UNION"]);
        let step = step.replace('@', &name);
        format!(
            "{name}(n, u, v) AS (SELECT 1, {u}, {v} FROM main.contacts AS b WHERE b.id = 2 {union} {step} WHERE n < 4 LIMIT 20)"
        )
    }

    /// A FROM list, what it brings into scope, and the columns of its star.
    pub(super) fn from(&mut self, depth: usize) -> (String, Vec<Seen>, Vec<String>) {
        let (mut sql, first) = self.relation(depth);
        let mut star = first.columns.clone();
        let mut scope = vec![first];
        let mut more = depth > 0 && self.chance(40);
        while more {
            if self.chance(12) {
                self.function(&mut sql, &mut scope, &mut star);
            } else {
                self.join(&mut sql, &mut scope, &mut star, depth);
            }
            more = scope.len() < 3 && self.chance(25);
        }
        (sql, scope, star)
    }

    fn join(
        &mut self,
        sql: &mut String,
        scope: &mut Vec<Seen>,
        star: &mut Vec<String>,
        depth: usize,
    ) {
        let (next, seen) = self.relation(depth - 1);
        let mut common: Vec<String> = Vec::new();
        for column in &*star {
            if seen.columns.contains(column) && !common.contains(column) {
                common.push(column.clone());
            }
        }
        let columns = seen.columns.clone();
        scope.push(seen);
        let side = self.one_of(&["", "", "LEFT ", "RIGHT ", "FULL ", "INNER "]);
        let mut merged = Vec::new();
        *sql = match self.pick(7) {
            0 => format!("{sql}, {next}"),
            1 => {
                merged = common;
                format!("{sql} NATURAL {side}JOIN {next}")
            }
            2 | 3 if !common.is_empty() => {
                if common.len() > 1 && self.chance(60) {
                    common.remove(0);
                }
                merged = common;
                format!("{sql} {side}JOIN {next} USING ({})", merged.join(", "))
            }
            4 => format!("{sql} CROSS JOIN {next}"),
            _ => format!("{sql} {side}JOIN {next} ON {}", self.filter(0, scope)),
        };
        star.extend(columns.into_iter().filter(|name| !merged.contains(name)));
    }

    /// A table function, fed by what stands beside it.
    fn function(&mut self, sql: &mut String, scope: &mut Vec<Seen>, star: &mut Vec<String>) {
        let alias = self.alias();
        let form = self.one_of(&[
            "json_each(json_array(#, #))",
            "json_tree(json_object('k', #, 'l', json_array(#)))",
            "json_each(json_object('k', #), '$')",
        ]);
        let call = self.fill(form, 0, scope);
        sql.push_str(&format!(", {call} AS {alias}"));
        let columns = [
            "key", "value", "type", "atom", "id", "parent", "fullkey", "path",
        ];
        let columns: Vec<String> = columns.map(str::to_owned).to_vec();
        star.extend(columns.clone());
        scope.push(Seen {
            alias,
            columns,
            base: false,
        });
    }

    fn relation(&mut self, depth: usize) -> (String, Seen) {
        let alias = self.alias();
        if depth > 0 && self.chance(35) {
            let (query, columns) = self.query(depth - 1, &[]);
            let columns = match columns.is_empty() {
                true => vec!["id".to_owned()],
                false => columns,
            };
            return (
                format!("({query}) AS {alias}"),
                Seen {
                    alias,
                    columns,
                    base: false,
                },
            );
        }
        if self.chance(6) {
            let constants = ["1", "'x'", "NULL", "2.5"];
            let (one, two) = (self.one_of(&constants), self.one_of(&constants));
            let email = "(SELECT email FROM main.contacts LIMIT 1)";
            let columns = ["column1", "column2"].map(str::to_owned).to_vec();
            return (
                format!("(VALUES ({one}, 'a'), ({two}, {email})) AS {alias}"),
                Seen {
                    alias,
                    columns,
                    base: false,
                },
            );
        }
        let known: Vec<Seen> = self
            .ctes
            .iter()
            .filter(|cte| !cte.columns.is_empty())
            .cloned()
            .collect();
        if !known.is_empty() && self.chance(40) {
            let cte = known[self.pick(known.len())].clone();
            let columns = cte.columns;
            return (
                format!("{} AS {alias}", cte.alias),
                Seen {
                    alias,
                    columns,
                    base: false,
                },
            );
        }
        let at = self.pick(TABLES.len());
        let (table, columns) = TABLES[at];
        let shadowed = self.ctes.iter().any(|cte| cte.alias == table);
        let table = match shadowed || self.chance(5) {
            true => format!("main.{table}"),
            false => table.to_owned(),
        };
        let columns = columns.iter().map(|c| (*c).to_owned()).collect();
        (
            format!("{table} AS {alias}"),
            Seen {
                alias,
                columns,
                base: at < 3,
            },
        )
    }
}
