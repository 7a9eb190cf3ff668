//! An author of random PostgreSQL queries over the small world, driven by a list of numbers.
//! Knows nothing of lineage: it writes what an engine would run. It keeps the types of columns, since
//! PostgreSQL refuses what does not fit.

#[path = "sql_forms_postgres.rs"]
mod forms;

use forms::{NUMBERS, TEXTS};

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

impl<'a> Author<'a> {
    pub(crate) fn write(choices: &'a [u16]) -> String {
        let mut author = Self {
            choices: choices.iter(),
            aliases: 0,
            ctes: Vec::new(),
        };
        let mut with = String::new();
        for at in 0..author.pick(3) {
            with.push_str(&author.cte(at));
        }
        let (query, _) = author.query(3, &[]);
        format!("{with} {query}").trim().to_owned()
    }

    fn cte(&mut self, at: usize) -> String {
        let recursive = self.chance(15);
        let name = match self.chance(20) && at == 0 {
            true => "orders".to_owned(),
            false => format!("w{at}"),
        };
        let word = if at == 0 { "WITH RECURSIVE" } else { "," };
        if recursive {
            let (base, kind) = (self.column_of(Text), Text);
            let columns = vec![("n".to_owned(), Number), ("v".to_owned(), kind)];
            self.ctes.push(Seen {
                alias: name.clone(),
                columns,
            });
            return format!(
                "{word} {name}(n, v) AS (SELECT 1, {base} UNION ALL SELECT n + 1, upper(v) FROM {name} WHERE n < 3)"
            );
        }
        // The name is not known inside, where it would be a recursion.
        let (query, mut columns) = self.query(1, &[]);
        let query = query.replace(" orders AS", " public.orders AS");
        let list = if self.chance(50) {
            for (at, column) in columns.iter_mut().enumerate() {
                column.0 = format!("n{at}");
            }
            let names: Vec<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
            format!("({})", names.join(", "))
        } else {
            String::new()
        };
        let how = ["", " MATERIALIZED", " NOT MATERIALIZED"][self.pick(3)];
        self.ctes.push(Seen {
            alias: name.clone(),
            columns,
        });
        format!("{word} {name}{list} AS{how} ({query})")
    }

    /// A column of a table as a subquery, for where there is no scope.
    fn column_of(&mut self, kind: Kind) -> String {
        let column = match kind {
            Text => ["email", "label"][self.pick(2)],
            Number => "id",
        };
        format!("(SELECT {column} FROM contacts WHERE id = 2)")
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
        } else if self.chance(15) {
            let key = self.pick(columns.len()) + 1;
            sql.push_str(&format!(" ORDER BY {key}"));
        }
        if depth < 3 || self.chance(20) {
            sql.push_str(" LIMIT 9");
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
            Text => [
                "max(%)",
                "min(%)",
                "string_agg(%, ',')",
                "array_agg(%)::text",
                "json_agg(%)::text",
            ][self.pick(5)],
            Number => [
                "sum(#)",
                "avg(#)",
                "count(%)",
                "max(#)",
                "bool_or(% > 'p')::int",
                "percentile_disc(0.5) WITHIN GROUP (ORDER BY #)",
            ][self.pick(6)],
        };
        let call = self.fill(form, depth.min(1), scope);
        let filter = match self.chance(15) {
            true => format!(" FILTER (WHERE {})", self.filter(0, scope)),
            false => String::new(),
        };
        let key = self.column(scope, Text);
        let call = match call.split_once("::") {
            Some((call, cast)) if call.ends_with(')') && !filter.is_empty() => {
                format!("({call}{filter})::{cast}")
            }
            _ => format!("{call}{filter}"),
        };
        let group = [
            "g",
            "1",
            &key,
            &format!("GROUPING SETS (({key}), ())"),
            &format!("ROLLUP ({key})"),
        ][self.pick(5)]
        .to_owned();
        (
            format!("SELECT {key} AS g, {call} AS a FROM {from} GROUP BY {group}"),
            vec![("g".to_owned(), Text), ("a".to_owned(), kind)],
        )
    }

    fn alias(&mut self) -> String {
        self.aliases += 1;
        format!("t{}", self.aliases)
    }

    fn from(&mut self, depth: usize, outer: &[Seen]) -> (String, Vec<Seen>) {
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
                let alias = self.alias();
                sql = format!("{sql}, (VALUES (1, 'a'), (2, 'b')) AS {alias}(i, j)");
                scope.push(Seen {
                    alias,
                    columns: vec![("i".to_owned(), Number), ("j".to_owned(), Text)],
                });
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

    /// A column of a kind; where there is none, another one made to fit.
    fn column(&mut self, scope: &[Seen], kind: Kind) -> String {
        let seen = &scope[self.pick(scope.len())];
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
            2 => {
                let form = match kind {
                    Text => ["lag(%) OVER", "first_value(%) OVER", "max(%) OVER"][self.pick(3)],
                    Number => ["row_number() OVER", "sum(#) OVER", "count(*) OVER"][self.pick(3)],
                };
                let call = self.fill(form, 0, scope);
                format!("{call} (ORDER BY {})", self.column(scope, Text))
            }
            3 => {
                // A whole row.
                let seen = scope[self.pick(scope.len())].alias.clone();
                let row = [
                    format!("{seen}::text"),
                    format!("to_jsonb({seen})::text"),
                    format!("row_to_json({seen})::text"),
                    format!("ROW({seen}.*)::text"),
                ][self.pick(4)]
                .clone();
                match kind {
                    Text => row,
                    Number => format!("length({row})"),
                }
            }
            form => self.fill(forms[form - 4], depth - 1, scope),
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
