//! `aegis inspect sql`: one line of facts for each line of SQL.
//! Knows nothing of policy; it opens one file, the catalogue, and runs no SQL.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::io::{BufRead, Read, Write};
use std::path::Path;

use aegis_core::inspect::sql::{self, Dialect, Lookup, Output, Reading, Wanted};
use aegis_core::json::{self, Json, JsonRules, Object};
use aegis_core::limits;
use aegis_core::manifest::{Catalog, catalog_file};

/// Reads statements and writes facts. With `jsonl`, each input line is `{"id","sql"}` and each is
/// answered by one line, in order; without, the whole input is one statement, answered as text.
/// `explain` adds the lineage as a tree. The exit code is 0 if everything was answered and
/// readable, 1 if the one statement is refused, 2 if the catalogue or the input cannot be read.
pub fn run(
    dialect: Dialect,
    catalog: &Path,
    jsonl: bool,
    explain: bool,
    input: impl BufRead,
    mut output: impl Write,
) -> u8 {
    let catalog = match load(catalog) {
        Ok(catalog) => catalog,
        Err(problem) => {
            crate::told::tell!("aegis inspect sql: {problem}");
            return 2;
        }
    };
    let done = if jsonl {
        lines(dialect, &catalog, input, &mut output)
    } else {
        one(dialect, &catalog, explain, input, &mut output)
    };
    match done.and_then(|code| output.flush().map(|()| code)) {
        Ok(code) => code,
        Err(fault) if super::has_gone(&fault) => 0,
        Err(fault) => {
            crate::told::tell!("aegis inspect sql: cannot read or write: {fault}");
            2
        }
    }
}

/// Longest line read, in bytes; a longer one is cut and so is not JSON.
const LINE_BYTES_MAX: u64 = 1024 * 1024;

/// NUL is let through here, so that the refusal of the SQL can name it.
const LINE_RULES: JsonRules = JsonRules {
    nul: true,
    ..limits::MESSAGE_RULES
};

fn load(path: &Path) -> Result<Catalog, String> {
    let shown = path.display();
    let text = std::fs::read_to_string(path)
        .map_err(|fault| format!("cannot read the catalogue {shown}: {fault}"))?;
    catalog_file::parse(&text).map_err(|fault| {
        let before = text.get(..fault.span.start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before
            .rsplit('\n')
            .next()
            .unwrap_or_default()
            .chars()
            .count()
            + 1;
        format!("{shown}:{line}:{column}: {fault}")
    })
}

fn lines(
    dialect: Dialect,
    catalog: &Catalog,
    mut input: impl BufRead,
    output: &mut impl Write,
) -> std::io::Result<u8> {
    let mut line = Vec::new();
    loop {
        line.clear();
        if Read::take(&mut input, LINE_BYTES_MAX).read_until(b'\n', &mut line)? == 0 {
            return Ok(0);
        }
        if !line.ends_with(b"\n") {
            // Too long, or the last line: what is left of it is no line of its own.
            input.skip_until(b'\n')?;
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let answer = match question(&line) {
            Ok((id, text)) => facts(id, &sql::read(&text, dialect, catalog)),
            Err((id, problem)) => unanswerable(id, problem),
        };
        let mut text = answer.to_string();
        text.push('\n');
        output.write_all(text.as_bytes())?;
    }
}

/// The id and text of one input line; the problem with what could be read of the id otherwise.
fn question(line: &[u8]) -> Result<(Json, String), (Json, &'static str)> {
    let parsed = json::parse(line, &LINE_RULES)
        .map_err(|_| (Json::Null, "the line is not one strict JSON object"))?;
    let id = parsed.get("id").cloned().unwrap_or(Json::Null);
    match parsed.get("sql").and_then(Json::as_str) {
        Some(text) => Ok((id, text.to_owned())),
        None => Err((id, "the line has no string `sql`")),
    }
}

fn unanswerable(id: Json, problem: &'static str) -> Json {
    let refused = Reading::default();
    let Json::Object(mut answer) = facts(id, &refused) else {
        return Json::Null;
    };
    answer.insert("ok", Json::from(false));
    answer.insert("error", Json::from(problem));
    Json::Object(answer)
}

/// One line of facts; the shape is a contract. `lookup`, and `constrained_columns` with `guessed_labels`, stand only
/// where a statement is a look-up, or a table's rules compare labelled columns.
fn facts(id: Json, reading: &Reading) -> Json {
    let error = match &reading.refusal {
        None => Json::Null,
        Some(refusal) => Json::from(format!(
            "{}: {}; {}",
            refusal.rule, refusal.reason, refusal.fix
        )),
    };
    let functions: Vec<Json> = reading
        .functions
        .iter()
        .map(|function| {
            Json::object([
                ("name", Json::from(function.name.as_str())),
                ("allowed", Json::from(function.allowed)),
            ])
        })
        .collect();
    let mut facts = Object::new();
    for (key, value) in [
        ("id", id),
        ("ok", Json::from(reading.refusal.is_none())),
        ("error", error),
        ("kinds", Json::from(reading.kinds.clone())),
        ("reads", strings(&reading.reads)),
        ("read_columns", strings(&reading.read_columns)),
        ("writes", strings(&reading.writes)),
        ("destructive", Json::from(reading.destructive())),
        ("functions", Json::Array(functions)),
        (
            "outputs",
            Json::Array(reading.outputs.iter().map(column).collect()),
        ),
        ("predicate_labels", strings(&reading.predicate_labels)),
    ] {
        facts.insert(key, value);
    }
    // What few statements have stands where it is had.
    if let Some(found) = &reading.lookup {
        facts.insert("lookup", lookup(found));
    }
    if !reading.constrained.is_empty() {
        facts.insert("constrained_columns", strings(&reading.constrained));
        facts.insert("guessed_labels", strings(&reading.guessed));
    }
    Json::Object(facts)
}

/// The look-up that a statement is proven to be; never its value.
fn lookup(found: &Lookup) -> Json {
    Json::object([
        ("column", Json::from(found.column.to_string())),
        ("labels", strings(&found.labels)),
        ("by", Json::from(by(found))),
    ])
}

fn by(found: &Lookup) -> String {
    match found.value {
        Wanted::Text(_) => "a text".to_owned(),
        Wanted::Number(_) => "a number".to_owned(),
        Wanted::Bound(at) => format!("parameter {}", at.saturating_add(1)),
    }
}

fn column(output: &Output) -> Json {
    Json::object([
        ("name", Json::from(output.name.as_str())),
        ("sources", strings(&output.sources)),
        ("labels", strings(&output.labels)),
    ])
}

fn strings<T: Display>(items: &BTreeSet<T>) -> Json {
    Json::Array(
        items
            .iter()
            .map(|item| Json::from(item.to_string()))
            .collect(),
    )
}

fn one(
    dialect: Dialect,
    catalog: &Catalog,
    explain: bool,
    input: impl BufRead,
    output: &mut impl Write,
) -> std::io::Result<u8> {
    let mut text = String::new();
    let limit = limits::SQL_BYTES_MAX as u64 + 1;
    Read::take(input, limit).read_to_string(&mut text)?;
    let reading = sql::read(&text, dialect, catalog);
    if explain {
        tree(&reading, output)?;
    } else {
        writeln!(output, "{}", facts(Json::Null, &reading))?;
    }
    Ok(u8::from(reading.refusal.is_some()))
}

/// The lineage of one statement for a person.
fn tree(reading: &Reading, output: &mut impl Write) -> std::io::Result<()> {
    writeln!(output, "{}", reading.kinds.join(" "))?;
    if let Some(refusal) = &reading.refusal {
        writeln!(output, "├─ refused by {}: {}", refusal.rule, refusal.reason)?;
        writeln!(output, "│  fix: {}", refusal.fix)?;
    }
    branch(output, "reads", &reading.reads)?;
    branch(output, "writes", &reading.writes)?;
    branch(
        output,
        "destroys",
        &reading
            .drops
            .union(&reading.truncates)
            .chain(&reading.alters)
            .cloned()
            .collect(),
    )?;
    for (verb, table) in &reading.unscoped {
        writeln!(output, "├─ unscoped {verb:?} of {table}")?;
    }
    for (from, to) in &reading.launders {
        writeln!(
            output,
            "├─ copies {from} into {to}, which has not its label"
        )?;
    }
    branch(output, "copies and computes with", &reading.computed)?;
    branch(output, "predicates use", &reading.predicate_columns)?;
    branch(output, "rules of tables compare", &reading.constrained)?;
    branch(
        output,
        "asks whether one value is there, of",
        &reading.guessed,
    )?;
    if let Some(found) = &reading.lookup {
        writeln!(
            output,
            "├─ looks rows up by {} = {}",
            found.column,
            by(found)
        )?;
    }
    for found in &reading.outputs {
        writeln!(output, "├─ {} ({:?})", found.name, found.flow)?;
        for source in &found.sources {
            writeln!(output, "│  └─ {source}")?;
        }
        branch(output, "   labels", &found.labels)?;
    }
    writeln!(output, "└─ parameters: {}", reading.parameters)
}

fn branch<T: Display>(
    output: &mut impl Write,
    name: &str,
    items: &BTreeSet<T>,
) -> std::io::Result<()> {
    if items.is_empty() {
        return Ok(());
    }
    let items: Vec<String> = items.iter().map(ToString::to_string).collect();
    writeln!(output, "├─ {name}: {}", items.join(", "))
}
