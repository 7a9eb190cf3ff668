//! An author of random SQLite queries over the small world, driven by a list of numbers.
//! Knows nothing of lineage: it writes what an engine would run.

/// A relation in scope: its alias and the columns that it has.
#[derive(Clone)]
struct Seen {
    alias: String,
    columns: Vec<String>,
}

/// Writes one query; the same choices write the same query, and fewer choices a simpler one.
pub(crate) struct Author<'a> {
    choices: std::slice::Iter<'a, u16>,
    aliases: usize,
    ctes: Vec<Seen>,
}

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

impl<'a> Author<'a> {
    pub(crate) fn write(choices: &'a [u16]) -> String {
        let mut author = Self {
            choices: choices.iter(),
            aliases: 0,
            ctes: Vec::new(),
        };
        let mut with = String::new();
        for at in 0..author.pick(3) {
            let (query, columns) = author.query(1, &[]);
            let name = if author.chance(20) {
                "orders".to_owned()
            } else {
                format!("w{at}")
            };
            if author.ctes.iter().any(|cte| cte.alias == name) {
                break;
            }
            let renamed: Vec<String> = if author.chance(50) {
                (0..columns.len()).map(|c| format!("n{c}")).collect()
            } else {
                Vec::new()
            };
            let list = if renamed.is_empty() {
                String::new()
            } else {
                format!("({})", renamed.join(", "))
            };
            with.push_str(&format!(
                "{} {name}{list} AS ({query})",
                if with.is_empty() { "WITH" } else { "," }
            ));
            let columns = if renamed.is_empty() { columns } else { renamed };
            author.ctes.push(Seen {
                alias: name,
                columns,
            });
        }
        let (query, _) = author.query(3, &[]);
        format!("{with} {query}").trim().to_owned()
    }

    fn pick(&mut self, below: usize) -> usize {
        self.choices
            .next()
            .map_or(0, |choice| usize::from(*choice) % below.max(1))
    }

    fn chance(&mut self, of_hundred: usize) -> bool {
        self.pick(100) + of_hundred >= 100
    }

    fn query(&mut self, depth: usize, outer: &[Seen]) -> (String, Vec<String>) {
        let (mut sql, columns) = self.select(depth, outer);
        if depth > 0 && self.chance(15) {
            let operator = ["UNION ALL", "UNION", "EXCEPT", "INTERSECT"][self.pick(4)];
            let arm = self.arm(depth - 1, outer, columns.len());
            sql = format!("{sql} {operator} {arm}");
        } else if self.chance(15) {
            let key = self.pick(columns.len().max(1)) + 1;
            sql.push_str(&format!(" ORDER BY {key}"));
        }
        if depth < 3 || self.chance(20) {
            sql.push_str(" LIMIT 9");
        }
        (sql, columns)
    }

    /// A select with a given number of columns.
    fn arm(&mut self, depth: usize, outer: &[Seen], width: usize) -> String {
        let (from, scope) = self.from(depth);
        let mut all = scope;
        all.extend(outer.iter().cloned());
        let items: Vec<String> = (0..width).map(|_| self.expr(1, &all)).collect();
        format!("SELECT {} FROM {from}", items.join(", "))
    }

    fn select(&mut self, depth: usize, outer: &[Seen]) -> (String, Vec<String>) {
        let (from, scope) = self.from(depth);
        let mut all = scope.clone();
        all.extend(outer.iter().cloned());
        if self.chance(12) && scope.len() == 1 {
            return (format!("SELECT * FROM {from}"), scope[0].columns.clone());
        }
        if self.chance(20) {
            return self.grouped(depth, &from, &scope, &all);
        }
        let mut items = Vec::new();
        let mut columns = Vec::new();
        for at in 0..1 + self.pick(3) {
            let expr = self.expr(depth, &all);
            let name = ["email", "id", "c", "x"][self.pick(4)];
            let name = if self.chance(60) {
                format!("{name}{at}")
            } else {
                format!("k{at}")
            };
            items.push(format!("{expr} AS {name}"));
            columns.push(name);
        }
        let distinct = if self.chance(8) { "DISTINCT " } else { "" };
        let mut sql = format!("SELECT {distinct}{} FROM {from}", items.join(", "));
        if self.chance(30) {
            let filter = self.filter(depth, &all);
            sql.push_str(&format!(" WHERE {filter}"));
        }
        (sql, columns)
    }

    fn grouped(
        &mut self,
        depth: usize,
        from: &str,
        scope: &[Seen],
        all: &[Seen],
    ) -> (String, Vec<String>) {
        let function = ["count", "max", "min", "sum", "group_concat", "avg", "total"][self.pick(7)];
        let argument = self.expr(depth.min(1), all);
        let key = self.column(scope);
        let filter = if self.chance(15) {
            format!(" FILTER (WHERE {})", self.filter(0, scope))
        } else {
            String::new()
        };
        let distinct = if self.chance(15) { "DISTINCT " } else { "" };
        let mut sql =
            format!("SELECT {key} AS g, {function}({distinct}{argument}){filter} AS a FROM {from}");
        if self.chance(70) {
            sql.push_str(&format!(
                " GROUP BY {}",
                if self.chance(50) {
                    "g".to_owned()
                } else {
                    key.clone()
                }
            ));
        }
        (sql, vec!["g".to_owned(), "a".to_owned()])
    }

    fn alias(&mut self) -> String {
        self.aliases += 1;
        format!("t{}", self.aliases)
    }

    fn from(&mut self, depth: usize) -> (String, Vec<Seen>) {
        let (mut sql, first) = self.relation(depth);
        let mut scope = vec![first];
        if depth > 0 && self.chance(35) {
            let (next, seen) = self.relation(depth - 1);
            let common: Vec<String> = scope[0]
                .columns
                .iter()
                .filter(|column| seen.columns.contains(column))
                .cloned()
                .collect();
            scope.push(seen);
            sql = match self.pick(6) {
                0 => format!("{sql}, {next}"),
                1 => format!("{sql} NATURAL JOIN {next}"),
                2 if !common.is_empty() => format!(
                    "{sql} JOIN {next} USING ({})",
                    common[self.pick(common.len())]
                ),
                3 => format!("{sql} LEFT JOIN {next} ON {}", self.filter(0, &scope)),
                _ => format!("{sql} JOIN {next} ON {}", self.filter(0, &scope)),
            };
        }
        (sql, scope)
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
            return (
                format!("{} AS {alias}", cte.alias),
                Seen {
                    alias,
                    columns: cte.columns,
                },
            );
        }
        let (table, columns) = TABLES[self.pick(TABLES.len())];
        let table = if self.ctes.iter().any(|cte| cte.alias == table) {
            format!("main.{table}")
        } else {
            table.to_owned()
        };
        (
            format!("{table} AS {alias}"),
            Seen {
                alias,
                columns: columns.iter().map(|c| (*c).to_owned()).collect(),
            },
        )
    }

    fn column(&mut self, scope: &[Seen]) -> String {
        let seen = &scope[self.pick(scope.len())];
        let column = &seen.columns[self.pick(seen.columns.len())];
        match self.pick(4) {
            0 => format!("\"{column}\""),
            1 => column.clone(),
            _ => format!("{}.{column}", seen.alias),
        }
    }

    /// Mostly over ids, since a predicate on a column excuses whatever follows from it.
    fn filter(&mut self, depth: usize, scope: &[Seen]) -> String {
        let mut left = self.column(scope);
        if let Some(id) = scope
            .iter()
            .find(|seen| seen.columns.iter().any(|column| column == "id"))
            && !self.chance(15)
        {
            left = format!("{}.id", id.alias);
        }
        match self.pick(5) {
            0 => format!("{left} IN (1, 2, 3, 4, 5)"),
            1 => format!("{left} > 2"),
            2 if depth > 0 => format!("EXISTS (SELECT 1 FROM orders AS e WHERE e.id = {left})"),
            3 if depth > 0 => format!("{left} IN (SELECT z.id FROM orders AS z WHERE z.id < 9)"),
            _ => format!("{left} < 8 AND {left} IS NOT NULL"),
        }
    }

    fn expr(&mut self, depth: usize, scope: &[Seen]) -> String {
        if depth == 0 {
            return match self.pick(5) {
                0 => ["1", "'x'", "NULL", "2.5"][self.pick(4)].to_owned(),
                _ => self.column(scope),
            };
        }
        match self.pick(FORMS.len() + 4) {
            0 => {
                let (query, columns) = self.query((depth - 1).min(1), scope);
                let alias = self.alias();
                let column = &columns[self.pick(columns.len())];
                format!("(SELECT {alias}.{column} FROM ({query}) AS {alias})")
            }
            1 => format!("EXISTS ({})", self.query((depth - 1).min(1), scope).0),
            2 => {
                let table = self.alias();
                format!(
                    "(SELECT {} FROM contacts AS {table} LIMIT 1)",
                    self.expr(0, scope)
                )
            }
            3 => {
                let function = [
                    "row_number()",
                    "lag(%)",
                    "first_value(%)",
                    "sum(%)",
                    "count(*)",
                ][self.pick(5)];
                let function = function.replace('%', &self.expr(0, scope));
                format!("{function} OVER (ORDER BY {})", self.column(scope))
            }
            form => self.fill(FORMS[form - 4], depth - 1, scope),
        }
    }

    /// Puts an expression for each `%`, and something shallow for each `#`.
    fn fill(&mut self, form: &str, depth: usize, scope: &[Seen]) -> String {
        let mut filled = String::new();
        for part in form.chars() {
            match part {
                '%' => filled.push_str(&self.expr(depth, scope)),
                '#' => filled.push_str(&self.expr(0, scope)),
                other => filled.push(other),
            }
        }
        filled
    }
}

const FORMS: &[&str] = &[
    "% || %",
    "lower(%)",
    "hex(%)",
    "length(%)",
    "typeof(%)",
    "quote(%)",
    "likely(%)",
    "abs(%)",
    "substr(%, 2, 2)",
    "replace(%, '@', %)",
    "CASE WHEN % > # THEN % ELSE # END",
    "coalesce(%, %)",
    "iif(% LIKE 'p1', 1, #)",
    "% IN (#, #)",
    "% IS NOT #",
    "json_array(%, #)",
    "(% = %)",
    "max(%, #)",
];
