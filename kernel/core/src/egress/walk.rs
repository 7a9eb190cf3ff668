//! Every leaf, key and number of a JSON value, each with what the keys around it say.
//! Knows nothing of how a text is searched.

use std::collections::HashMap;

use crate::json::{Json, Object};
use crate::limits;

use super::apply;
use super::cannot_mask::CannotMask;
use super::context::{Context, PERSONAL};
use super::examiner::Examiner;
use super::finding::Finding;
use super::hit::Hit;
use super::neighbour::{self, Piece};
use super::trail;

/// A find in the nth text of a value; keys, strings and numbers count in the order of the source.
pub(super) type Found = (usize, Hit);

/// Members that name what the value beside them is: `{"name": "ssn", "value": …}`.
const LABEL_KEYS: [&str; 12] = [
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
/// Longest label.
const LABEL_BYTES_MAX: usize = 64;

/// Finds and masks.
pub(super) fn mask(
    examiner: &mut Examiner<'_>,
    value: Json,
) -> Result<(Json, Vec<Finding>), CannotMask> {
    let mut found = find(examiner, &value, Context::default(), 0)?;
    if !examiner.secrets().is_empty() {
        found.extend(trail::find(examiner.secrets(), &value));
    }
    apply::apply(examiner, value, found)
}

/// Everything in `value`, by ordinal; `layer` counts what the value was unwrapped from.
pub(super) fn find(
    examiner: &mut Examiner<'_>,
    value: &Json,
    context: Context,
    layer: usize,
) -> Result<Vec<Found>, CannotMask> {
    let mut walk = Walk {
        examiner,
        layer,
        ordinal: 0,
        found: Vec::new(),
    };
    walk.value(value, context, 0)?;
    Ok(walk.found)
}

struct Walk<'w, 'a> {
    examiner: &'w mut Examiner<'a>,
    layer: usize,
    ordinal: usize,
    found: Vec<Found>,
}

/// Pieces of each column of an array of objects, in the order of the rows.
type Columns<'j> = HashMap<&'j str, Vec<Piece<'j>>>;

impl Walk<'_, '_> {
    fn value(&mut self, value: &Json, context: Context, depth: usize) -> Result<(), CannotMask> {
        if depth > limits::JSON_DEPTH_MAX {
            return Err(CannotMask::TooDeep);
        }
        match value {
            Json::Null | Json::Bool(_) => Ok(()),
            Json::Number(number) => self.text(number.lexeme(), context).map(drop),
            Json::String(text) => self.text(text, context).map(drop),
            Json::Array(items) => self.array(items, context, depth),
            Json::Object(object) => self.object(object, context, depth, &mut None),
        }
    }

    fn array(&mut self, items: &[Json], context: Context, depth: usize) -> Result<(), CannotMask> {
        let rows = self.own_headings(items);
        let mut pieces = Vec::new();
        let mut columns = Some(Columns::new());
        for (at, item) in items.iter().enumerate() {
            match item {
                Json::Object(object) => self.object(object, context, depth + 1, &mut columns)?,
                Json::Array(cells) if at > 0 && !rows.is_empty() => {
                    self.row(cells, &rows, depth + 1)?;
                }
                _ => self.piece(item, "", context, depth + 1, &mut pieces)?,
            }
        }
        self.join(&pieces, context)?;
        for (_, pieces) in columns.into_iter().flatten() {
            let context = pieces.first().map_or(context, |piece| piece.context);
            self.join(&pieces, context)?;
        }
        Ok(())
    }

    /// The headings of an array of rows whose first row holds nothing but them.
    fn own_headings(&mut self, items: &[Json]) -> Vec<Context> {
        match items {
            [Json::Array(first), Json::Array(second), ..] if first.len() == second.len() => {
                self.headings(first)
            }
            _ => Vec::new(),
        }
    }

    /// What the strings of a heading row say; empty where they say nothing or are no strings.
    fn headings(&mut self, row: &[Json]) -> Vec<Context> {
        let names: Option<Vec<String>> = row
            .iter()
            .map(|cell| {
                let name = cell
                    .as_str()
                    .or_else(|| cell.get("name").and_then(Json::as_str));
                name.filter(|name| name.len() <= LABEL_BYTES_MAX)
                    .map(str::to_owned)
            })
            .collect();
        let contexts = names
            .map(|names| self.examiner.headings(&names))
            .unwrap_or_default();
        if contexts.iter().all(|context| context.kinds.is_empty()) {
            return Vec::new();
        }
        contexts
    }

    fn row(
        &mut self,
        cells: &[Json],
        headings: &[Context],
        depth: usize,
    ) -> Result<(), CannotMask> {
        let mut pieces = Vec::new();
        for (at, cell) in cells.iter().enumerate() {
            let context = headings.get(at).copied().unwrap_or_default();
            self.piece(cell, "", context, depth + 1, &mut pieces)?;
        }
        self.join(&pieces, Context::default())
    }

    fn object<'j>(
        &mut self,
        object: &'j Object,
        context: Context,
        depth: usize,
        columns: &mut Option<Columns<'j>>,
    ) -> Result<(), CannotMask> {
        if depth > limits::JSON_DEPTH_MAX {
            return Err(CannotMask::TooDeep);
        }
        let mut personal = false;
        for key in object.keys() {
            personal |= self.examiner.context_of(key).kinds.meets(PERSONAL);
        }
        let label = self.label(object);
        let headings = self.headings_beside(object);
        let mut pieces = Vec::new();
        for (key, member) in object.iter() {
            self.text(key, Context::default())?;
            let mut own = self.examiner.context_of(key);
            if own.generic && own.kinds.is_empty() {
                own.kinds = label.kinds;
            }
            let own = own.within(context, personal);
            match member {
                Json::Array(rows) if is_rows(rows) && !headings.is_empty() => {
                    for row in rows.iter().filter_map(Json::as_array) {
                        self.row(row, &headings, depth + 1)?;
                    }
                }
                _ => self.piece(member, key, own, depth + 1, &mut pieces)?,
            }
        }
        self.join(&pieces, context)?;
        if let Some(columns) = columns {
            for piece in pieces {
                columns.entry(piece.key).or_default().push(piece);
            }
        }
        Ok(())
    }

    /// What a member such as `name` says of the `value` beside it.
    fn label(&mut self, object: &Object) -> Context {
        let named = LABEL_KEYS
            .iter()
            .find_map(|key| object.get(key).and_then(Json::as_str))
            .filter(|name| name.len() <= LABEL_BYTES_MAX);
        match named {
            Some(name) if object.len() > 1 => self.examiner.context_of(name),
            _ => Context::default(),
        }
    }

    /// The headings that stand beside rows: `{"columns": […], "rows": [[…]]}`.
    fn headings_beside(&mut self, object: &Object) -> Vec<Context> {
        let beside = object.iter().find_map(|(key, member)| {
            HEADING_KEYS
                .contains(&key)
                .then(|| member.as_array())
                .flatten()
        });
        beside.map(|row| self.headings(row)).unwrap_or_default()
    }

    /// One member or item: searched, and kept as a piece if it is a text.
    fn piece<'j>(
        &mut self,
        value: &'j Json,
        key: &'j str,
        context: Context,
        depth: usize,
        pieces: &mut Vec<Piece<'j>>,
    ) -> Result<(), CannotMask> {
        let (text, number) = match value {
            Json::String(text) => (text.as_str(), false),
            Json::Number(number) => (number.lexeme(), true),
            other => return self.value(other, context, depth),
        };
        let ordinal = self.ordinal;
        let found = self.text(text, context)?;
        pieces.push(Piece {
            ordinal,
            key,
            text,
            number,
            context,
            found,
        });
        Ok(())
    }

    /// Searches one text; whether anything was found.
    fn text(&mut self, text: &str, context: Context) -> Result<bool, CannotMask> {
        let ordinal = self.ordinal;
        self.ordinal += 1;
        if self.layer == 0 {
            self.examiner.allow(text.len());
        }
        let hits = self.examiner.layer(text, context, self.layer)?;
        let found = !hits.is_empty();
        self.found
            .extend(hits.into_iter().map(|hit| (ordinal, hit)));
        Ok(found)
    }

    fn join(&mut self, pieces: &[Piece<'_>], context: Context) -> Result<(), CannotMask> {
        if pieces.len() > 1 {
            let found = neighbour::find(self.examiner, pieces, context)?;
            self.found.extend(found);
        }
        Ok(())
    }
}

/// Whether an array holds rows of cells and nothing else.
fn is_rows(items: &[Json]) -> bool {
    !items.is_empty() && items.iter().all(|item| matches!(item, Json::Array(_)))
}
