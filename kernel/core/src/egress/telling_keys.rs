//! Keys whose values name what stands beside them: a label, the headings of rows.
//! Knows nothing of what is named.

/// Members that name what the value beside them is: `{"name": "ssn", "value": …}`.
const LABEL_KEYS: [&str; 14] = [
    "name",
    "key",
    "field",
    "label",
    "attribute",
    "attr",
    "column",
    "property",
    "title",
    "question",
    "header",
    "k",
    "type",
    "kind",
];
/// Members that name the columns of the rows beside them.
const HEADING_KEYS: [&str; 11] = [
    "columns",
    "fields",
    "header",
    "headers",
    "cols",
    "names",
    "schema",
    "column_names",
    "columnNames",
    "attributes",
    "keys",
];
/// The place of a key among those whose value is a label; the first that an object has counts.
pub(super) fn label_place(key: &str) -> Option<usize> {
    LABEL_KEYS.iter().position(|known| *known == key)
}

/// Whether a key stands over the names of columns.
pub(super) fn is_heading(key: &str) -> bool {
    HEADING_KEYS.contains(&key)
}

/// Longest label.
pub(super) const LABEL_BYTES_MAX: usize = 64;
