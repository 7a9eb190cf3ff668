//! Reads `[dataset.NAME]`: where a dataset lives and what it must satisfy.
//! Knows nothing of receipts.

use serde_spanned::Spanned;

use super::{check, name};
use crate::manifest::{Check, Dataset, Format, Location};
use crate::source::{Section, did_you_mean};

pub(super) fn datasets(root: &mut Section<'_>, server: &str, native: bool) -> Vec<Dataset> {
    let mut datasets = Vec::new();
    let mut mentions = Vec::new();
    for (key, mut section) in root.named("dataset") {
        if name::lower(key.get_ref()).is_none() {
            let message = format!("`{}` is not {}", key.get_ref().escape_debug(), name::LOWER);
            section.problem(key.span(), message, "give the dataset such a name");
        }
        let home = (!native).then_some(server);
        if let Some(dataset) = dataset(&key, &mut section, home) {
            for check in &dataset.suite.checks {
                if let Check::Refers { dataset, to, .. } = check {
                    mentions.push((key.span(), dataset.clone(), to.clone()));
                }
            }
            datasets.push(dataset);
        }
    }
    for (at, other, to) in mentions {
        check_mention(root, at, &other, &to, &datasets);
    }
    datasets
}

fn dataset(
    key: &Spanned<String>,
    section: &mut Section<'_>,
    home: Option<&str>,
) -> Option<Dataset> {
    section.require("source");
    section.require("target");
    let source = section.section("source").and_then(|s| location(s, home));
    let target = section.section("target").and_then(|s| location(s, home));
    let format = section.parsed("format", "`csv`, `jsonl`, `parquet` or `table`", format);
    let suite = check::suite(key, section);
    let (source, target) = (source?, target?);
    if source.subject() == target.subject() {
        section.problem(
            key.span(),
            "source and target are the same place",
            "publish to another key or table than the one that is validated",
        );
    }
    let objects = matches!(source, Location::Object { .. });
    if objects != matches!(target, Location::Object { .. }) {
        section.problem(
            key.span(),
            "source and target are of different kinds",
            "promote objects to objects and tables to tables",
        );
    }
    let format = match (format, objects) {
        (Some(format), _) if objects == (*format.get_ref() == Format::Table) => {
            let fix = "use `csv`, `jsonl` or `parquet` for objects, `table` for tables";
            section.problem(format.span(), "the format does not fit the source", fix);
            return None;
        }
        (Some(format), _) => format.into_inner(),
        (None, false) => Format::Table,
        (None, true) => {
            section.require("format");
            return None;
        }
    };
    Some(Dataset {
        name: key.get_ref().clone(),
        source,
        target,
        format,
        suite: suite.unwrap_or_default(),
    })
}

fn format(word: &str) -> Option<Format> {
    match word {
        "csv" => Some(Format::Csv),
        "jsonl" => Some(Format::Jsonl),
        "parquet" => Some(Format::Parquet),
        "table" => Some(Format::Table),
        _ => None,
    }
}

fn location(mut section: Section<'_>, home: Option<&str>) -> Option<Location> {
    let object = section.parsed("object", "a normalised object key", name::key);
    let table = section.parsed("table", "a table's name", name::identifier);
    if home.is_none() {
        section.require("server");
    }
    let server = section.parsed("server", name::LOWER, name::lower);
    let server = server.map(Spanned::into_inner).or(home.map(str::to_owned));
    match (object, table) {
        (Some(key), None) => Some(Location::Object {
            server: server?,
            key: key.into_inner(),
        }),
        (None, Some(table)) => Some(Location::Table {
            server: server?,
            table: table.into_inner(),
        }),
        _ => {
            section.problem(
                section.span(),
                "a place is either an `object` or a `table`",
                "write `{ object = \"silver/x.csv\", server = \"s3\" }` or `{ table = \"silver_x\", server = \"postgres\" }`",
            );
            None
        }
    }
}

fn check_mention(
    root: &Section<'_>,
    at: std::ops::Range<usize>,
    other: &str,
    to: &str,
    datasets: &[Dataset],
) {
    let Some(found) = datasets.iter().find(|d| d.name == other) else {
        let names = datasets.iter().map(|d| d.name.as_str());
        let message =
            format!("a `refers` check names the dataset `{other}`, which is not declared");
        root.problem(at, message, did_you_mean(other, names));
        return;
    };
    let schema = found.suite.checks.iter().find_map(|check| match check {
        Check::Schema(columns) => Some(columns),
        _ => None,
    });
    if let Some(columns) = schema
        && columns.iter().all(|(name, _)| name != to)
    {
        let message = format!("dataset `{other}` declares no column `{to}`");
        let fix = did_you_mean(to, columns.iter().map(|(name, _)| name.as_str()));
        root.problem(at, message, fix);
    }
}
