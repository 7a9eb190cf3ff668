//! An author of random SQLite queries over the small world, driven by a list of numbers.
//! Knows nothing of lineage: it writes what an engine would run.

#[path = "sql_forms_sqlite.rs"]
mod forms;
#[path = "sql_author_sources.rs"]
mod sources;
#[path = "sql_author_writes.rs"]
mod writes;

use forms::{AGGREGATES, CONDITIONS, DEEP_CONDITIONS, FRAMES, VALUES, WINDOWS};

/// A relation in scope: its alias and the columns that it has.
#[derive(Clone)]
struct Seen {
    alias: String,
    columns: Vec<String>,
    /// Whether its rows have ids.
    base: bool,
}

/// Writes one query; the same choices write the same query, and fewer choices a simpler one.
pub(crate) struct Author<'a> {
    choices: std::slice::Iter<'a, u16>,
    aliases: usize,
    ctes: Vec<Seen>,
}

impl<'a> Author<'a> {
    fn new(choices: &'a [u16]) -> Self {
        Self {
            choices: choices.iter(),
            aliases: 0,
            ctes: Vec::new(),
        }
    }

    pub(crate) fn write(choices: &'a [u16]) -> String {
        let mut author = Self::new(choices);
        let with = author.with();
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

    fn one_of<'t>(&mut self, list: &[&'t str]) -> &'t str {
        list[self.pick(list.len())]
    }

    fn query(&mut self, depth: usize, outer: &[Seen]) -> (String, Vec<String>) {
        let inner = depth > 0 && self.chance(6);
        let known = self.ctes.len();
        let with = match inner {
            true => format!("WITH {} ", self.cte(known)),
            false => String::new(),
        };
        let (mut sql, columns) = self.select(depth, outer);
        if depth > 0 && self.chance(15) && !columns.is_empty() {
            for _ in 0..1 + self.pick(2) {
                let operator = self.one_of(&["UNION ALL", "UNION", "EXCEPT", "INTERSECT"]);
                let arm = self.arm(depth - 1, outer, columns.len());
                sql = format!("{sql} {operator} {arm}");
            }
            if self.chance(25) {
                let key = self.pick(columns.len());
                let key = [(key + 1).to_string(), columns[key].clone()][self.pick(2)].clone();
                sql.push_str(&format!(" ORDER BY {key}{}", self.direction()));
            }
        } else if self.chance(15) && !columns.is_empty() {
            let at = self.pick(columns.len());
            let name = &columns[at];
            let key = match self.pick(4) {
                0 => name.clone(),
                1 => format!("lower({name})"),
                2 => format!("{name} COLLATE NOCASE"),
                _ => (at + 1).to_string(),
            };
            sql.push_str(&format!(" ORDER BY {key}{}", self.direction()));
        }
        if depth < 3 || self.chance(20) {
            let some = [
                "9",
                "9",
                "9 OFFSET 1",
                "1, 9",
                "(SELECT count(*) FROM staging_tmp)",
            ];
            sql.push_str(&format!(" LIMIT {}", self.one_of(&some)));
        }
        self.ctes.truncate(known);
        (format!("{with}{sql}"), columns)
    }

    fn direction(&mut self) -> &'static str {
        self.one_of(&["", "", " DESC", " ASC NULLS LAST", " DESC NULLS FIRST"])
    }

    /// A select with a given number of columns, or rows of values.
    fn arm(&mut self, depth: usize, outer: &[Seen], width: usize) -> String {
        if self.chance(10) {
            let row: Vec<String> = (0..width).map(|_| self.expr(1, outer)).collect();
            return format!("VALUES ({})", row.join(", "));
        }
        let (from, scope, _) = self.from(depth);
        let mut all = scope;
        all.extend(outer.iter().cloned());
        let items: Vec<String> = (0..width).map(|_| self.expr(1, &all)).collect();
        format!("SELECT {} FROM {from}", items.join(", "))
    }

    fn select(&mut self, depth: usize, outer: &[Seen]) -> (String, Vec<String>) {
        let (from, scope, star) = self.from(depth);
        let mut all = scope.clone();
        all.extend(outer.iter().cloned());
        if self.chance(12) {
            return (format!("SELECT * FROM {from}"), star);
        }
        if self.chance(20) {
            return self.grouped(depth, &from, &scope, &all);
        }
        let mut items = Vec::new();
        let mut columns = Vec::new();
        for at in 0..1 + self.pick(3) {
            if self.chance(6) {
                let seen = scope[self.pick(scope.len())].clone();
                items.push(format!("{}.*", seen.alias));
                columns.extend(seen.columns);
                continue;
            }
            let expr = self.expr(depth, &all);
            let name = format!("{}{at}", self.one_of(&["email", "id", "c", "x", "k"]));
            items.push(match self.pick(6) {
                0 => format!("{expr} AS \"{name}\""),
                1 => format!("{expr} AS [{name}]"),
                2 => format!("{expr} AS '{name}'"),
                3 => format!("({expr}) {name}"),
                _ => format!("{expr} AS {name}"),
            });
            columns.push(name);
        }
        let window = match self.chance(8) {
            true => {
                let call = self.one_of(WINDOWS);
                let call = self.fill(call, 0, &all);
                items.push(format!("{call} OVER wn AS ow"));
                items.push("count(*) OVER (wn ROWS 2 PRECEDING) AS ov".to_owned());
                columns.extend(["ow".to_owned(), "ov".to_owned()]);
                let (left, right) = (self.column(&all), self.column(&all));
                format!(" WINDOW wn AS (PARTITION BY {left} ORDER BY {right})")
            }
            false => String::new(),
        };
        let distinct = if self.chance(8) { "DISTINCT " } else { "" };
        let mut sql = format!("SELECT {distinct}{} FROM {from}", items.join(", "));
        if self.chance(30) {
            let filter = self.filter(depth, &all);
            sql.push_str(&format!(" WHERE {filter}"));
        }
        sql.push_str(&window);
        (sql, columns)
    }

    fn grouped(
        &mut self,
        depth: usize,
        from: &str,
        scope: &[Seen],
        all: &[Seen],
    ) -> (String, Vec<String>) {
        let key = match self.chance(30) {
            true => self.expr(1, scope),
            false => self.column(scope),
        };
        let mut items = vec![format!("{key} AS g")];
        let mut columns = vec!["g".to_owned()];
        for at in 0..1 + self.pick(2) {
            let call = self.aggregate(depth.min(1), all);
            items.push(format!("{call} AS a{at}"));
            columns.push(format!("a{at}"));
        }
        if self.chance(20) {
            items.push(format!("{} AS b", self.column(scope)));
            columns.push("b".to_owned());
        }
        let mut sql = format!("SELECT {} FROM {from}", items.join(", "));
        if self.chance(20) {
            sql.push_str(&format!(" WHERE {}", self.filter(depth, all)));
        }
        if self.chance(70) {
            let by = [
                "g".to_owned(),
                "1".to_owned(),
                key.clone(),
                format!("{key}, 1"),
            ];
            sql.push_str(&format!(" GROUP BY {}", by[self.pick(4)]));
            if self.chance(15) {
                let having = ["count(*) > 0", "a0 IS NOT NULL", "max(id) > 1", "g > 0"];
                sql.push_str(&format!(" HAVING {}", self.one_of(&having)));
            }
        }
        (sql, columns)
    }

    fn aggregate(&mut self, depth: usize, scope: &[Seen]) -> String {
        let form = self.one_of(AGGREGATES);
        let distinct = if self.chance(15) { "DISTINCT " } else { "" };
        let call = self.fill(&form.replace('!', distinct), depth, scope);
        match self.chance(15) {
            true => format!("{call} FILTER (WHERE {})", self.filter(0, scope)),
            false => call,
        }
    }

    fn alias(&mut self) -> String {
        self.aliases += 1;
        format!("t{}", self.aliases)
    }

    fn column(&mut self, scope: &[Seen]) -> String {
        let Some(seen) = scope.get(self.pick(scope.len())) else {
            return "7".to_owned();
        };
        if seen.base && self.chance(3) {
            let id = self.one_of(&["rowid", "oid", "_rowid_", "\"rowid\""]);
            return format!("{}.{id}", seen.alias);
        }
        let column = &seen.columns[self.pick(seen.columns.len())];
        match self.pick(12) {
            0 => format!("\"{column}\""),
            1 => column.clone(),
            2 => format!("[{column}]"),
            3 => format!("{}.`{column}`", seen.alias),
            4 => format!(
                "{}.\"{}\"",
                seen.alias.to_uppercase(),
                column.to_uppercase()
            ),
            5 => format!("{}.'{column}'", seen.alias),
            _ => format!("{}.{column}", seen.alias),
        }
    }

    /// Mostly over ids, since a predicate on a column excuses whatever follows from it.
    fn filter(&mut self, depth: usize, scope: &[Seen]) -> String {
        let mut left = self.column(scope);
        if let Some(id) = scope
            .iter()
            .find(|seen| seen.columns.iter().any(|column| column == "id"))
            && !self.chance(10)
        {
            left = format!("{}.id", id.alias);
        }
        let form = match depth > 0 && self.chance(40) {
            true => self.one_of(DEEP_CONDITIONS),
            false => self.one_of(CONDITIONS),
        };
        form.replace('@', &left)
    }

    fn expr(&mut self, depth: usize, scope: &[Seen]) -> String {
        if depth == 0 {
            return match self.pick(6) {
                0 => self
                    .one_of(&[
                        "1",
                        "'x'",
                        "NULL",
                        "2.5",
                        "x'41'",
                        "\"nosuch\"",
                        "TRUE",
                        "'p1'",
                    ])
                    .to_owned(),
                _ => self.column(scope),
            };
        }
        match self.pick(VALUES.len() + 16) {
            0 | 1 => {
                let (query, columns) = self.query((depth - 1).min(1), scope);
                let alias = self.alias();
                let column = columns.get(self.pick(columns.len())).cloned();
                let column = column.unwrap_or_else(|| "1".to_owned());
                format!("(SELECT {alias}.\"{column}\" FROM ({query}) AS {alias})")
            }
            2 => format!("EXISTS ({})", self.query((depth - 1).min(1), scope).0),
            3 => {
                let table = self.alias();
                let expr = self.expr(0, scope);
                format!("(SELECT {expr} FROM contacts AS {table} LIMIT 1)")
            }
            4 => {
                let (from, inner, _) = self.from(0);
                let mut all = inner;
                all.extend(scope.iter().cloned());
                let call = self.aggregate(0, &all);
                format!("(SELECT {call} FROM {from})")
            }
            5 => {
                let (left, right) = (self.expr(0, scope), self.column(scope));
                let query = self.arm(0, scope, 1);
                match self.pick(3) {
                    0 => format!("{left} IN ({query})"),
                    1 => format!("({left}, {right}) = ({})", self.arm(0, scope, 2)),
                    _ => format!("{right} NOT IN ({query})"),
                }
            }
            6..=9 => self.windowed(scope),
            form => {
                let form = VALUES[form.saturating_sub(10) % VALUES.len()];
                self.fill(form, depth - 1, scope)
            }
        }
    }

    fn windowed(&mut self, scope: &[Seen]) -> String {
        let call = self.one_of(WINDOWS);
        let mut call = self.fill(call, 0, scope);
        let counts = ["sum(", "max(", "count(", "group_"];
        if self.chance(15) && counts.iter().any(|name| call.starts_with(name)) {
            call.push_str(&format!(" FILTER (WHERE {})", self.filter(0, scope)));
        }
        let partition = match self.chance(30) {
            true => format!("PARTITION BY {} ", self.column(scope)),
            false => String::new(),
        };
        // By ids, most often: a sort key excuses what follows from it.
        let key = match scope.iter().find(|seen| seen.base) {
            Some(base) if !self.chance(25) => format!("{}.rowid", base.alias),
            _ => self.column(scope),
        };
        let frame = self.one_of(FRAMES);
        format!("{call} OVER ({partition}ORDER BY {key} {frame})")
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
