//! Keys whose values name what stands beside them: a label, the headings of rows.
//! Knows nothing of what is named.

use super::fold;

/// A member whose last step names the value beside it: `{"loc": ["body", "ssn"], "input": …}`.
const PLACE_KEY: &str = "loc";
/// Members that name what the value beside them is: `{"name": "ssn", "value": …}`.
const LABEL_KEYS: [&str; 29] = [
    PLACE_KEY,
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

/// Whether the label of this place is the last step of a list.
pub(super) fn is_last_step(place: usize) -> bool {
    LABEL_KEYS.get(place) == Some(&PLACE_KEY)
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

/// Words before `value` in keys that say nothing either: what is meant says a key beside it.
pub(super) const FIELD_WORDS: &[&str] = &[
    "field",
    "attribute",
    "column",
    "property",
    "parameter",
    // What was given, as the errors of a validation say: the key beside it says what.
    "rejected",
    "invalid",
    "input",
    "actual",
    "received",
    "provided",
    "submitted",
];

/// Longest label.
pub(super) const LABEL_BYTES_MAX: usize = 64;
