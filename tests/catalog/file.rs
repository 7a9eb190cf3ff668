//! Catalogue files that are refused, with the place and the words.
//! Knows nothing of what a catalogue is used for.

use aegis_core::manifest::catalog_file;

/// A file, the text at the place that is shown, and a part of what is said.
const BAD: [(&str, &str, &str); 22] = [
    (
        "[[table]]\nname = \"\"\ncolumns = [\"id\"]",
        "\"\"",
        "is no table's name",
    ),
    (
        "[[table]]\nname = \" t\"\ncolumns = [\"id\"]",
        "\" t\"",
        "begins or ends in a space",
    ),
    (
        "[[table]]\nname = \"a\\u0000b\"\ncolumns = [\"id\"]",
        "\"a\\u0000b\"",
        "cannot be seen",
    ),
    (
        "[[table]]\nname = \"a\\u200Bb\"\ncolumns = [\"id\"]",
        "\"a\\u200Bb\"",
        "cannot be seen",
    ),
    (
        "[[table]]\nname = '\"t\"'\ncolumns = [\"id\"]",
        "'\"t\"'",
        "without quotes",
    ),
    (
        "[[table]]\nname = \"main.t\"\ncolumns = [\"id\"]",
        "\"main.t\"",
        "without its schema",
    ),
    (
        "[[table]]\nname = \"t\"\ncolumns = [\"id\", \"t.email\"]",
        "\"t.email\"",
        "without its schema or table",
    ),
    (
        "[[table]]\nname = \"t\"\ncolumns = [\"id\", \"ID\"]",
        "\"ID\"",
        "column `ID` stands here twice",
    ),
    (
        "[[table]]\nname = \"t\"\ncolumns = [\"id\"]\n[[table]]\nname = \"T\"\ncolumns = [\"id\"]",
        "\"T\"",
        "table `T` stands here twice",
    ),
    (
        "[[table]]\nname = \"t\"\ncolumns = [\"id\"]\nlabels = { id = \"pii.id\", ID = \"pii.no\" }",
        "id",
        "stands here twice",
    ),
    (
        "[[table]]\nname = \"t\"\ncolumns = [\"id\"]\nkey = [\"id\", \"Id\"]",
        "\"Id\"",
        "stands here twice",
    ),
    (
        "[[table]]\nname = \"t\"\ncolumns = [\"a\"]\nlabels = { a = \"x.y\" }\nmeasures = [\"a\", \"a\"]",
        "\"a\"",
        "stands here twice",
    ),
    (
        "[[table]]\nname = \"t\"\ncolumns = [\"id\"]\nlabels = { email = \"pii.email\" }",
        "email",
        "no column `email`",
    ),
    (
        "[[table]]\nname = \"t\"\ncolumns = [\"id\"]\nlabels = { id = \"PII\" }",
        "\"PII\"",
        "dotted lower-case words",
    ),
    (
        "[[table]]\nname = \"t\"\ncolumns = [\"id\"]\nkey = [\"x\"]",
        "\"x\"",
        "no column `x`",
    ),
    (
        "[[table]]\nname = \"t\"\ncolumns = [\"id\"]\nmeasures = [\"id\"]",
        "\"id\"",
        "a measure is a labelled column",
    ),
    (
        "[[table]]\nname = \"v\"\nsql = \"SELECT 1 AS a\"\nlabels = { a = \"pii.a\" }",
        "a",
        "follow from its text",
    ),
    ("[[table]]\nname = \"t\"", "[[table]]", "needs `columns`"),
    (
        "[[table]]\nname = \"t\"\ncolums = [\"id\"]",
        "colums",
        "unknown field `colums`",
    ),
    (
        "[[tables]]\nname = \"t\"",
        "tables",
        "unknown field `tables`",
    ),
    (
        "[[table]]\nname = \"t\"\nname = \"u\"\ncolumns = [\"id\"]",
        "name",
        "duplicate key",
    ),
    (
        "[[table]]\nname = 7\ncolumns = [\"id\"]",
        "7",
        "invalid type",
    ),
];

#[test]
fn every_bad_file_is_refused_at_its_place() {
    for (text, place, words) in BAD {
        let fault = catalog_file::parse(text).expect_err(text);
        assert!(fault.message.contains(words), "{text}: {}", fault.message);
        let shown = text.get(fault.span.clone()).unwrap_or_default();
        assert!(
            shown.starts_with(place) && fault.span.start > 0 || place.starts_with('['),
            "{text}: {shown}"
        );
    }
}

#[test]
fn names_of_any_language_are_names() {
    let text = "[[table]]\nname = \"Bestellung ß\"\ncolumns = [\"Größe\", \"select\", \"a b\", \"x'y\", \"7\"]\nkey = [\"größe\"]\n";
    // Other letters than those of ASCII do not fold.
    assert!(catalog_file::parse(&text.replace("größe", "grÖße")).is_err());
    assert!(catalog_file::parse(&text.replace("key = [\"größe\"]", "")).is_ok());
    assert!(catalog_file::parse(&text.replace("größe", "GRöße")).is_ok());
}
