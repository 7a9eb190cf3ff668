//! An author of random PostgreSQL queries over the small world, driven by a list of numbers.
//! Knows nothing of lineage: it writes what an engine would run. It keeps the types of columns, since
//! PostgreSQL refuses what does not fit.

#[path = "sql_forms_postgres.rs"]
mod forms;

#[path = "sql_author_postgres_sources.rs"]
mod sources;
#[path = "sql_author_postgres_writes.rs"]
mod writes;

use forms::{
    FRAMES, NUMBER_AGGREGATES, NUMBER_WINDOWS, NUMBERS, TEXT_AGGREGATES, TEXT_WINDOWS, TEXTS,
};

/// What a column holds, as far as the author cares.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
}

use Kind::{Number, Text};

type Column = (String, Kind);

/// A relation in scope: its alias and the columns that it has.
#[derive(Clone)]
struct Seen {
    alias: String,
    columns: Vec<Column>,
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

    fn one_of<'t>(&mut self, list: &[&'t str]) -> &'t str {
        list[self.pick(list.len())]
    }

    fn pick(&mut self, below: usize) -> usize {
        self.choices
            .next()
            .map_or(0, |choice| usize::from(*choice) % below.max(1))
    }

    fn chance(&mut self, of_hundred: usize) -> bool {
        self.pick(100) + of_hundred >= 100
    }

    fn query(&mut self, depth: usize, outer: &[Seen]) -> (String, Vec<Column>) {
        let (mut sql, columns) = self.select(depth, outer);
        if depth > 0 && self.chance(15) {
            let operator = ["UNION ALL", "UNION", "EXCEPT", "INTERSECT"][self.pick(4)];
            let (from, scope) = self.from(depth - 1, outer);
            let items: Vec<String> = columns
                .iter()
                .map(|(_, kind)| self.expr(1, &scope, *kind))
                .collect();
            sql = format!("{sql} {operator} SELECT {} FROM {from}", items.join(", "));
            if self.chance(25) {
                sql.push_str(&format!(
                    " ORDER BY {}",
                    columns[self.pick(columns.len())].0
                ));
            }
        } else if self.chance(15) {
            let at = self.pick(columns.len());
            let key = [(at + 1).to_string(), columns[at].0.clone()][self.pick(2)].clone();
            let how = self.one_of(&["", " DESC", " NULLS FIRST"]);
            sql.push_str(&format!(" ORDER BY {key}{how}"));
        }
        if depth < 3 || self.chance(20) {
            let some = [
                "LIMIT 9",
                "LIMIT 9 OFFSET 1",
                "FETCH FIRST 9 ROWS ONLY",
                "LIMIT (SELECT count(*) FROM staging_tmp)",
            ];
            sql.push_str(&format!(" {}", self.one_of(&some)));
        }
        (sql, columns)
    }

    fn select(&mut self, depth: usize, outer: &[Seen]) -> (String, Vec<Column>) {
        let (from, scope) = self.from(depth, outer);
        let mut all = scope.clone();
        all.extend(outer.iter().cloned());
        if self.chance(12) && scope.len() == 1 {
            return (format!("SELECT * FROM {from}"), scope[0].columns.clone());
        }
        if self.chance(20) {
            return self.grouped(&from, &scope, depth);
        }
        let mut items = Vec::new();
        let mut columns = Vec::new();
        for at in 0..1 + self.pick(3) {
            let kind = [Text, Number][self.pick(2)];
            let expr = self.expr(depth, &all, kind);
            let name = format!("{}{at}", ["email", "id", "c", "k"][self.pick(4)]);
            items.push(format!("{expr} AS {name}"));
            columns.push((name, kind));
        }
        let distinct = match self.pick(14) {
            12 => "DISTINCT ".to_owned(),
            13 => format!("DISTINCT ON ({}) ", self.column(&scope, Text)),
            _ => String::new(),
        };
        let mut sql = format!("SELECT {distinct}{} FROM {from}", items.join(", "));
        if self.chance(30) {
            sql.push_str(&format!(" WHERE {}", self.filter(depth, &all)));
        }
        (sql, columns)
    }

    fn grouped(&mut self, from: &str, scope: &[Seen], depth: usize) -> (String, Vec<Column>) {
        let kind = [Text, Number][self.pick(2)];
        let form = match kind {
            Text => self.one_of(TEXT_AGGREGATES),
            Number => self.one_of(NUMBER_AGGREGATES),
        };
        let distinct = if self.chance(15) { "DISTINCT " } else { "" };
        let form = &form.replace('!', distinct);
        let (form, cast) = match form.rsplit_once("::") {
            Some((form, cast)) => (form, format!("::{cast}")),
            None => (form.as_str(), String::new()),
        };
        let mut call = self.fill(form, depth.min(1), scope);
        if self.chance(15) {
            call.push_str(&format!(" FILTER (WHERE {})", self.filter(0, scope)));
        }
        let call = match cast.is_empty() {
            true => call,
            false => format!("({call}){cast}"),
        };
        let key = self.column(scope, Text);
        let group = [
            "g",
            "1",
            &key,
            &format!("GROUPING SETS (({key}), ())"),
            &format!("ROLLUP ({key})"),
        ][self.pick(5)]
        .to_owned();
        let having = match self.chance(10) {
            true => self.one_of(&[" HAVING count(*) > 0", " HAVING max(1) = 1"]),
            false => "",
        };
        (
            format!("SELECT {key} AS g, {call} AS a FROM {from} GROUP BY {group}{having}"),
            vec![("g".to_owned(), Text), ("a".to_owned(), kind)],
        )
    }

    fn alias(&mut self) -> String {
        self.aliases += 1;
        format!("t{}", self.aliases)
    }

    /// A column of a kind; where there is none, another one made to fit.
    fn column(&mut self, scope: &[Seen], kind: Kind) -> String {
        let Some(seen) = scope.get(self.pick(scope.len())) else {
            return if kind == Text { "'t'" } else { "7" }.to_owned();
        };
        let (name, has) = &seen.columns[self.pick(seen.columns.len())];
        let column = match self.pick(3) {
            0 => format!("{}.\"{name}\"", seen.alias),
            _ => format!("{}.{name}", seen.alias),
        };
        match (has, kind) {
            (Number, Text) => format!("{column}::text"),
            (Text, Number) => format!("length({column})"),
            _ => column,
        }
    }

    /// Mostly over ids, since a predicate on a column excuses whatever follows from it.
    fn filter(&mut self, depth: usize, scope: &[Seen]) -> String {
        let mut left = self.column(scope, Number);
        let id = |seen: &&Seen| {
            seen.columns
                .iter()
                .any(|column| column.0 == "id" && column.1 == Number)
        };
        if let Some(seen) = scope.iter().find(id)
            && !self.chance(15)
        {
            left = format!("{}.id", seen.alias);
        }
        match self.pick(6) {
            0 => format!("{left} IN (1, 2, 3, 4, 5)"),
            1 => format!("{left} > 2"),
            2 if depth > 0 => format!("EXISTS (SELECT 1 FROM contacts AS e WHERE e.id = {left})"),
            3 if depth > 0 => {
                format!("{left} = ANY (SELECT z.id FROM contacts AS z WHERE z.id < 9)")
            }
            4 => format!("{left} = ANY (ARRAY[1, 2, 3])"),
            _ => format!("{left} < 8 AND {left} IS NOT NULL"),
        }
    }

    fn expr(&mut self, depth: usize, scope: &[Seen], kind: Kind) -> String {
        if depth == 0 {
            if scope.is_empty() {
                return if kind == Text {
                    self.column_of()
                } else {
                    "3".to_owned()
                };
            }
            return match (self.pick(5), kind) {
                (0, Text) => ["'x'", "NULL::text", "'p1'"][self.pick(3)].to_owned(),
                (0, Number) => ["1", "2", "NULL::int"][self.pick(3)].to_owned(),
                _ => self.column(scope, kind),
            };
        }
        let forms = match kind {
            Text => TEXTS,
            Number => NUMBERS,
        };
        match self.pick(forms.len() + 4) {
            0 => {
                let (query, columns) = self.query((depth - 1).min(1), scope);
                let alias = self.alias();
                let (name, has) = columns[self.pick(columns.len())].clone();
                let value = format!("(SELECT {alias}.{name} FROM ({query}) AS {alias} LIMIT 1)");
                match (has, kind) {
                    (Number, Text) => format!("{value}::text"),
                    (Text, Number) => format!("length({value})"),
                    _ => value,
                }
            }
            1 => {
                let exists = format!("EXISTS ({})", self.query((depth - 1).min(1), scope).0);
                match kind {
                    Text => format!("({exists})::text"),
                    Number => format!("({exists})::int"),
                }
            }
            2 => self.windowed(scope, kind),
            3 if !scope.is_empty() => self.whole_row(scope, kind),
            form => self.fill(forms[form.saturating_sub(4)], depth - 1, scope),
        }
    }

    fn windowed(&mut self, scope: &[Seen], kind: Kind) -> String {
        let call = match kind {
            Text => self.one_of(TEXT_WINDOWS),
            Number => self.one_of(NUMBER_WINDOWS),
        };
        let call = self.fill(call, 0, scope);
        let partition = match self.chance(30) {
            true => format!("PARTITION BY {} ", self.column(scope, Text)),
            false => String::new(),
        };
        let key = match scope.iter().find(|seen| seen.columns[0].0 == "id") {
            Some(seen) if !self.chance(25) => format!("{}.id", seen.alias),
            _ => self.column(scope, Text),
        };
        let frame = self.one_of(FRAMES);
        format!("{call} OVER ({partition}ORDER BY {key} {frame})")
    }

    fn whole_row(&mut self, scope: &[Seen], kind: Kind) -> String {
        let seen = scope[self.pick(scope.len())].alias.clone();
        let row = [
            format!("{seen}::text"),
            format!("to_jsonb({seen})::text"),
            format!("row_to_json({seen})::text"),
            format!("ROW({seen}.*)::text"),
            format!("({seen} IS NOT NULL)::text"),
            format!("(SELECT to_jsonb({seen}) - 'id')::text"),
            format!("(SELECT z FROM (SELECT {seen}.*) AS z)::text"),
            format!("({seen}).{}::text", scope[0].columns[0].0),
        ][self.pick(8)]
        .clone();
        match kind {
            Text => row,
            Number => format!("length({row})"),
        }
    }

    /// Puts a text for each `%` and a number for each `#`.
    fn fill(&mut self, form: &str, depth: usize, scope: &[Seen]) -> String {
        let mut filled = String::new();
        for part in form.chars() {
            match part {
                '%' => filled.push_str(&self.expr(depth, scope, Text)),
                '#' => filled.push_str(&self.expr(depth, scope, Number)),
                other => filled.push(other),
            }
        }
        filled
    }
}
