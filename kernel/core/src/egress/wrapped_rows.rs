//! Rows of cells, and the headings beside them, in the forms in which servers give them.
//! Knows nothing of what the headings say.

use super::tape::{Shape, Value};

/// The key under which BigQuery puts the cells of a row, and that under which it puts the columns of a schema.
const CELLS: &str = "f";
const FIELDS: &str = "fields";

/// The rows of a member: lists of cells, or objects that hold nothing but one (`{"f": [{"v": …}]}`). None where it holds
/// anything else.
pub(super) fn rows<'t, 'j>(member: Value<'t, 'j>) -> Option<Vec<Value<'t, 'j>>> {
    if member.is_rows() {
        return Some(member.items().collect());
    }
    let cells = |row: Value<'t, 'j>| {
        let mut members = row.members();
        match (members.next(), members.next()) {
            (Some((CELLS, cells)), None) if cells.shape() == Shape::Array => Some(cells),
            _ => None,
        }
    };
    if member.shape() != Shape::Array || member.len() == 0 {
        return None;
    }
    member.items().map(cells).collect()
}

/// The list of headings in a member that stands for them: the member itself, or the fields of a schema.
pub(super) fn headings<'t, 'j>(member: Value<'t, 'j>) -> Option<Value<'t, 'j>> {
    match member.shape() {
        Shape::Array => Some(member),
        Shape::Object => {
            let mut members = member.members();
            let fields = members.find(|(key, _)| *key == FIELDS);
            fields
                .map(|(_, fields)| fields)
                .filter(|fields| fields.shape() == Shape::Array)
        }
        _ => None,
    }
}
