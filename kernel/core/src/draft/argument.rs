//! Which interceptor has to read an argument: statements, paths and addresses are told by names and descriptions.
//! Knows nothing of whole tools beyond their words.

use super::effect::Effect;
use super::given::{Given, Member};
use super::plain::{self, Plain};
use super::text::{quoted, words};
use crate::json::Json;

/// What is known of the tool that an argument belongs to.
pub(super) struct Context<'d> {
    pub(super) effect: Effect,
    /// The words of the tool's name.
    pub(super) name: Vec<String>,
    /// The words of its description.
    pub(super) said: Vec<String>,
    /// Its input schema.
    pub(super) document: &'d Json,
    /// The words of its server's name.
    pub(super) server: Vec<String>,
}

/// An argument as a manifest declares it, and what it may add to a call's capabilities.
#[derive(Clone, Debug)]
pub(super) struct Argument {
    pub(super) plain: Plain,
    pub(super) adds: Option<String>,
}

const PATHS: [&str; 13] = [
    "path",
    "paths",
    "file",
    "files",
    "filename",
    "filepath",
    "filenames",
    "dir",
    "directory",
    "directories",
    "folder",
    "folders",
    "cwd",
];
const PLACES: [&str; 6] = ["source", "destination", "src", "dst", "dest", "root"];
const ADDRESSES: [&str; 10] = [
    "url", "urls", "uri", "link", "href", "endpoint", "webhook", "host", "hostname", "domain",
];
const PROGRAMS: [&str; 10] = [
    "command",
    "commands",
    "cmd",
    "shell",
    "script",
    "code",
    "argv",
    "args",
    "expression",
    "program",
];
const STATEMENTS: [&str; 4] = ["query", "statement", "stmt", "q"];
const PARTS: [&str; 9] = [
    "where",
    "filter",
    "filters",
    "order",
    "orderby",
    "condition",
    "sort",
    "having",
    "columns",
];
const OF_SQL: [&str; 11] = [
    "sql",
    "select",
    "database",
    "databases",
    "postgres",
    "postgresql",
    "sqlite",
    "mysql",
    "mariadb",
    "duckdb",
    "clickhouse",
];
const REVISIONS: [&str; 8] = [
    "branch", "revision", "rev", "ref", "target", "tag", "sha", "commit",
];

impl Context<'_> {
    fn says(&self, list: &[&str]) -> bool {
        let all = self.name.iter().chain(&self.said).chain(&self.server);
        all.into_iter().any(|word| list.contains(&word.as_str()))
    }

    fn is_of_files(&self) -> bool {
        self.says(&PATHS)
    }
}

/// Reads one member of an input schema; the reason where it cannot be declared.
pub(super) fn read(member: &Member<'_>, context: &Context<'_>) -> Result<Given<Argument>, String> {
    let plain = plain::read(member.schema, context.document, 0)?;
    let schema = plain::resolved(member.schema, context.document)?;
    let own = words(member.name);
    let about = member.schema.get("description").and_then(Json::as_str);
    let about = about.map(words).unwrap_or_default();
    let format = schema.get("format").and_then(Json::as_str);
    let mut argument = Argument { plain, adds: None };
    let closed = argument
        .plain
        .lines
        .iter()
        .any(|line| line.starts_with("one_of"));
    match argument.plain.kind {
        "string" if !closed => text(&mut argument, &own, &about, format, context),
        "array" if argument.plain.texts => {
            if has(&own, &PATHS) {
                doubt(&mut argument, "a list of paths is not read as paths");
            }
            if has(&own, &ADDRESSES) {
                doubt(
                    &mut argument,
                    "a list of addresses is not read as addresses",
                );
            }
            if has(&own, &PROGRAMS) {
                doubt(&mut argument, "nobody reads what it has run");
            }
        }
        _ => {}
    }
    member.named(argument)
}

fn has(words: &[String], list: &[&str]) -> bool {
    words.iter().any(|word| list.contains(&word.as_str()))
}

fn doubt(argument: &mut Argument, why: &str) {
    argument.plain.doubts.push(why.to_owned());
}

/// A free text is a statement, a program, an address, a path, or in the end a text.
fn text(
    argument: &mut Argument,
    own: &[String],
    about: &[String],
    format: Option<&str>,
    context: &Context<'_>,
) {
    let of_sql = context.says(&OF_SQL) || has(about, &OF_SQL);
    if has(own, &["sql"]) || (of_sql && has(own, &STATEMENTS)) {
        return statement(argument, about, context);
    }
    if of_sql && has(own, &PARTS) {
        return doubt(
            argument,
            "it may hold a part of a statement, which nobody reads",
        );
    }
    if has(own, &PROGRAMS) {
        return doubt(argument, "nobody reads what it has run");
    }
    let addressed = format.is_some_and(|format| format.starts_with("ur") || format == "hostname");
    if has(own, &ADDRESSES) || addressed {
        argument.plain.kind = "url";
        argument.plain.lines.clear();
        argument.adds = Some("net:contact".to_owned());
        return doubt(argument, "it reaches an address that is given to it");
    }
    let tells = has(own, &PLACES) && (context.is_of_files() || has(about, &PATHS));
    if has(own, &PATHS) || tells {
        let access = access(own, context);
        argument.plain.kind = "path";
        argument.plain.lines = vec![format!("access = {}", quoted(access))];
        argument.adds = Some(format!("object:{access}"));
        return;
    }
    let bound = argument
        .plain
        .lines
        .iter()
        .any(|line| line.starts_with("pattern"));
    if has(own, &REVISIONS) && !bound {
        // What begins with a dash is an option to many programs.
        let pattern = quoted("[^-\\s][^\\s]*");
        argument.plain.lines.push(format!("pattern = {pattern}"));
    }
}

fn statement(argument: &mut Argument, about: &[String], context: &Context<'_>) {
    let dialect = |words: [&'static str; 2]| context.says(&words) || has(about, &words);
    let (dialect, known) = match () {
        () if dialect(["sqlite", "sqlite3"]) => ("sqlite", true),
        () if dialect(["postgres", "postgresql"]) => ("postgres", true),
        () => ("postgres", false),
    };
    argument.plain.kind = "sql";
    argument.plain.lines = vec![format!("dialect = {}", quoted(dialect))];
    argument.adds = Some("db:read".to_owned());
    doubt(
        argument,
        match known {
            true => {
                "it runs statements: see that the dialect is that of the engine, and say in `result` where rows are"
            }
            false => {
                "it runs statements of an engine that is not named: the dialect is a guess, and must be the engine's own"
            }
        },
    );
}

/// What is done at a path, by the tool's words; where they do not say, it is written to.
fn access(own: &[String], context: &Context<'_>) -> &'static str {
    let tool = |list: &[&str]| has(&context.name, list);
    let from = has(own, &["source", "src"]);
    match context.effect {
        Effect::Read if tool(&["list", "tree", "search", "find", "directories"]) => "list",
        Effect::Read => "read",
        Effect::Delete => "delete",
        Effect::Write if tool(&["move", "rename"]) && from => "delete",
        Effect::Write if tool(&["copy"]) && from => "read",
        Effect::Write | Effect::Send | Effect::Run | Effect::Unclear => "write",
    }
}
