//! Keys whose values name what stands beside them: a label, the headings of rows.
//! Knows nothing of what is named.

use super::fold;

/// Members that name what the value beside them is: `{"name": "ssn", "value": …}`.
const LABEL_KEYS: [&str; 28] = [
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
    "fieldName",
    "field_name",
    "attributeName",
    "attribute_name",
    "columnName",
    "column_name",
    "propertyName",
    "path",
    "param",
    "parameter",
    "variable",
    "setting",
    "fieldId",
    "field_id",
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
    LABEL_KEYS
        .iter()
        .position(|known| known.eq_ignore_ascii_case(key))
}

/// Whether a key stands over the names of columns.
pub(super) fn is_heading(key: &str) -> bool {
    HEADING_KEYS.contains(&key)
}

/// Whether a key stands over the domain of a mail address.
pub(super) fn is_domain(key: &str) -> bool {
    let bytes = key.as_bytes();
    let tail = bytes.get(bytes.len().saturating_sub(7)..);
    let named = |six: &[u8]| six.eq_ignore_ascii_case(b"domain");
    tail.unwrap_or_default().windows(6).any(named)
        && fold::words(key).last().is_some_and(|last| last == "domain")
}

/// Longest label.
pub(super) const LABEL_BYTES_MAX: usize = 64;
