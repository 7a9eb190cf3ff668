//! Suites evaluated on content, case by case: `cases/suite/*.toml`.
//! Knows nothing of stores or downstreams.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use aegis_core::manifest::{Check, Dataset, Format, Location, Suite};
use aegis_core::now::Now;
use aegis_core::receipt::suite::{self, CheckOutcome, Outcome, Rows, Surroundings};
use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};
use serde::Deserialize;

/// 2026-11-20T12:00:00Z, unless a case says otherwise.
const NOON_MS: i64 = 1_795_176_000_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    format: String,
    content: Option<String>,
    /// In place of `content`, where it is no text.
    content_hex: Option<String>,
    #[serde(default)]
    checks: Vec<CaseCheck>,
    #[serde(default)]
    others: BTreeMap<String, Other>,
    /// Columns that the manifest labels.
    #[serde(default)]
    labelled: Vec<String>,
    now_ms: Option<i64>,
    passed: bool,
    /// One line a check: `name status failures [rows=1,2] [keys=id:1,id:2]`.
    expect: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Other {
    format: String,
    content: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, tag = "is", rename_all = "kebab-case")]
enum CaseCheck {
    Schema {
        columns: Vec<[String; 2]>,
    },
    NotNull {
        columns: Vec<String>,
    },
    Unique {
        columns: Vec<String>,
    },
    Accepted {
        column: String,
        values: Vec<String>,
    },
    Range {
        column: String,
        min: Option<f64>,
        max: Option<f64>,
    },
    Rows {
        min: u64,
        max: Option<u64>,
    },
    Refers {
        column: String,
        dataset: String,
        to: String,
    },
    Fresh {
        column: String,
        max_age_s: u64,
    },
    Clean {
        columns: Vec<String>,
    },
}

impl From<CaseCheck> for Check {
    fn from(check: CaseCheck) -> Self {
        match check {
            CaseCheck::Schema { columns } => Self::Schema(
                columns
                    .into_iter()
                    .map(|[name, kind]| (name, kind))
                    .collect(),
            ),
            CaseCheck::NotNull { columns } => Self::NotNull(columns),
            CaseCheck::Unique { columns } => Self::Unique(columns),
            CaseCheck::Accepted { column, values } => Self::Accepted { column, values },
            CaseCheck::Range { column, min, max } => Self::Range { column, min, max },
            CaseCheck::Rows { min, max } => Self::Rows { min, max },
            CaseCheck::Refers {
                column,
                dataset,
                to,
            } => Self::Refers {
                column,
                dataset,
                to,
            },
            CaseCheck::Fresh { column, max_age_s } => Self::Fresh { column, max_age_s },
            CaseCheck::Clean { columns } => Self::Clean(columns),
        }
    }
}

#[test]
fn every_case_ends_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/suite");
    let (mut ran, mut names, mut wrong) = (0, BTreeSet::new(), Vec::new());
    let mut ends = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let file: File =
            toml::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        for case in file.case {
            assert!(
                names.insert(case.name.clone()),
                "`{}` stands twice",
                case.name
            );
            ran += 1;
            let (name, passed, expect) = (case.name.clone(), case.passed, case.expect.clone());
            let outcome = evaluate(case);
            let lines: Vec<_> = outcome.checks.iter().map(line).collect();
            ends.extend(outcome.checks.iter().map(|c| (c.name, c.status.as_str())));
            if lines != expect || outcome.passed() != passed {
                wrong.push(format!("{name}: passed {} {lines:#?}", outcome.passed()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(ran >= 60, "only {ran} cases ran");
    for check in [
        "schema", "not-null", "unique", "accepted", "range", "rows", "refers", "fresh", "clean",
    ] {
        for end in ["passed", "failed"] {
            assert!(
                ends.contains(&(check, end)),
                "no case in which `{check}` {end}"
            );
        }
    }
}

#[test]
fn the_digest_is_of_exactly_the_bytes() {
    // SHA-256 of the empty string and of "abc": FIPS 180-2, appendix B.1.
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(suite::digest(b"abc"), abc);
    let dataset = dataset(Format::Csv, vec![]);
    let digests: BTreeSet<_> = ["a\n1\n", "a\r\n1\r\n", "a\n1", "a\n\"1\"\n"]
        .iter()
        .map(|text| suite::evaluate(&dataset, text.as_bytes(), &plain(&BTreeMap::new())).digest)
        .collect();
    assert_eq!(
        digests.len(),
        4,
        "the same values in other bytes are other content"
    );
}

#[test]
fn bounds_hold_before_memory_is_spent() {
    let commas = format!("{}\n", ",".repeat(2_000));
    assert!(Rows::read(Format::Csv, commas.as_bytes()).is_err());
    let names: Vec<_> = (0..1_000).map(|n| format!("c{n}")).collect();
    let wide = format!(
        "{}\n{}",
        names.join(","),
        format!("{}\n", ",".repeat(999)).repeat(4_001)
    );
    assert!(Rows::read(Format::Csv, wide.as_bytes()).is_err());
    // One new key a line: columns times rows grows as the square of the text.
    let keys: String = (0..1_100).map(|n| format!("{{\"k{n}\":1}}\n")).collect();
    assert!(Rows::read(Format::Jsonl, keys.as_bytes()).is_err());
    let deep = format!("{{\"a\":{}1{}}}\n", "[".repeat(5_000), "]".repeat(5_000));
    assert!(Rows::read(Format::Jsonl, deep.as_bytes()).is_err());
}

#[test]
fn no_prefix_or_flip_of_good_content_panics() {
    let texts = [
        (
            Format::Csv,
            "id,name\r\n1,\"a \"\"b\"\", c\"\r\n2,\"two\nlines\"\n",
        ),
        (
            Format::Jsonl,
            "{\"id\":1,\"at\":\"2026-11-20T12:00:00Z\"}\n{\"id\":2,\"x\":[1]}\n",
        ),
        (
            Format::Table,
            "[\"id\",\"at\"]\n[1,\"2026-02-30\"]\n[2,null]\n",
        ),
    ];
    let checks = || {
        vec![
            Check::Unique(vec!["id".into()]),
            Check::Fresh {
                column: "at".into(),
                max_age_s: 60,
            },
            Check::Range {
                column: "id".into(),
                min: Some(0.0),
                max: None,
            },
        ]
    };
    let others = BTreeMap::new();
    let mut judged = 0;
    for (format, text) in texts {
        for end in 0..=text.len() {
            for flip in [0_u8, 1, 0x80] {
                let mut bytes = text.as_bytes()[..end].to_vec();
                if let Some(last) = bytes.last_mut() {
                    *last ^= flip;
                }
                let outcome = suite::evaluate(&dataset(format, checks()), &bytes, &plain(&others));
                judged += 1;
                assert_eq!(outcome.digest.len(), 64);
                assert!(
                    outcome.checks.len() >= 4,
                    "every check is named, whatever the content"
                );
            }
        }
    }
    assert!(judged > 400);
}

#[test]
fn an_agent_is_told_no_value_and_no_column_name_of_the_content() {
    let secret = "jane.roe@example.org";
    let content = format!("id,{secret}\n1,{secret}\n1,{secret}\n");
    let checks = vec![
        Check::Unique(vec!["id".into()]),
        Check::Schema(vec![("id".into(), "date".into())]),
    ];
    let others = BTreeMap::new();
    let told = suite::evaluate(
        &dataset(Format::Csv, checks),
        content.as_bytes(),
        &plain(&others),
    )
    .to_json();
    assert!(!told.to_string().contains("jane"), "{told}");
    assert!(told.to_string().contains("\"failures\":1"), "{told}");
}

proptest! {
    /// Whatever a writer says by RFC 4180 is what is read, value by value.
    #[test]
    fn csv_is_read_as_it_was_written(
        table in proptest::collection::vec(proptest::collection::vec("[ -~é\\r\\n\",]{0,6}", 3), 1..6),
        quote_all: bool,
        newline in proptest::sample::select(vec!["\n", "\r\n"]),
        last: bool,
    ) {
        let field = |text: &String| {
            let bare = !quote_all && !text.contains(['"', ',', '\r', '\n']);
            if bare { text.clone() } else { format!("\"{}\"", text.replace('"', "\"\"")) }
        };
        let line = |row: &Vec<String>| row.iter().map(field).collect::<Vec<_>>().join(",");
        let mut lines = vec!["a,b,c".to_owned()];
        lines.extend(table.iter().map(line));
        let mut text = lines.join(newline);
        if last {
            text += newline;
        }
        let rows = Rows::read(Format::Csv, text.as_bytes()).unwrap();
        prop_assert_eq!(rows.len(), table.len());
        for (at, row) in table.iter().enumerate() {
            for (column, value) in ["a", "b", "c"].iter().zip(row) {
                let read = rows.cell(at, column).unwrap().text();
                let expected = Some(value.as_str()).filter(|v| !v.trim().is_empty());
                prop_assert_eq!(read.as_deref(), expected);
            }
        }
    }

    /// Whatever bytes come, every check is named and nothing passes on what is unreadable.
    #[test]
    fn any_bytes_are_judged_or_refused_whole(bytes in proptest::collection::vec(any::<u8>(), 0..60), format in 0_usize..3) {
        let format = [Format::Csv, Format::Jsonl, Format::Table][format];
        let checks = vec![Check::NotNull(vec!["a".into()]), Check::Rows { min: 0, max: None }];
        let outcome = suite::evaluate(&dataset(format, checks), &bytes, &plain(&BTreeMap::new()));
        prop_assert_eq!(outcome.passed(), outcome.checks.iter().all(|c| c.status.as_str() == "passed"));
        if Rows::read(format, &bytes).is_err() {
            prop_assert!(!outcome.passed() && outcome.counts.passed == 0);
        }
    }
}

fn plain(others: &BTreeMap<String, Rows>) -> Surroundings<'_> {
    Surroundings {
        others,
        now: Now { unix_ms: NOON_MS },
        clean: &|_, value| !value.contains('@'),
        labelled: &|_| false,
    }
}

fn evaluate(case: Case) -> Outcome {
    let read = |other: Other| Rows::read(format(&other.format), other.content.as_bytes()).unwrap();
    let others = case
        .others
        .into_iter()
        .map(|(name, other)| (name, read(other)))
        .collect();
    let bytes = match (case.content, case.content_hex) {
        (Some(text), None) => text.into_bytes(),
        (None, Some(hex)) => unhex(&hex),
        _ => panic!("{}: one of content and content_hex", case.name),
    };
    let checks = case.checks.into_iter().map(Check::from).collect();
    suite::evaluate(
        &dataset(format(&case.format), checks),
        &bytes,
        &Surroundings {
            now: Now {
                unix_ms: case.now_ms.unwrap_or(NOON_MS),
            },
            labelled: &|column| case.labelled.iter().any(|l| l == column),
            ..plain(&others)
        },
    )
}

fn dataset(format: Format, checks: Vec<Check>) -> Dataset {
    let object = |key: &str| Location::Object {
        server: "s3".into(),
        key: key.into(),
    };
    Dataset {
        name: "orders".into(),
        source: object("silver/orders"),
        target: object("gold/orders"),
        format,
        suite: Suite {
            checks,
            digest: "suite".into(),
        },
    }
}

fn format(word: &str) -> Format {
    match word {
        "csv" => Format::Csv,
        "jsonl" => Format::Jsonl,
        "table" => Format::Table,
        other => panic!("no format `{other}`"),
    }
}

fn line(check: &CheckOutcome) -> String {
    let mut line = format!(
        "{} {} {}",
        check.name,
        check.status.as_str(),
        check.failures
    );
    let rows: Vec<_> = check.rows.iter().map(ToString::to_string).collect();
    if !rows.is_empty() {
        line += &format!(" rows={}", rows.join(","));
    }
    let key = |key: &Vec<(String, String)>| {
        let parts: Vec<_> = key
            .iter()
            .map(|(column, value)| format!("{column}:{value}"))
            .collect();
        parts.join("+")
    };
    let keys: Vec<_> = check.keys.iter().map(key).collect();
    if !keys.is_empty() {
        line += &format!(" keys={}", keys.join(","));
    }
    line
}

fn unhex(hex: &str) -> Vec<u8> {
    let digits: Vec<_> = hex.chars().filter_map(|c| c.to_digit(16)).collect();
    digits
        .chunks(2)
        .map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap())
        .collect()
}
