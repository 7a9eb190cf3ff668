//! Every leaf, key and number of a JSON value, each with what the keys around it say.
//! Knows nothing of how a text is searched.

use std::collections::HashMap;

use crate::json::{Json, Object};
use crate::limits;

use super::apply::{self, Nulls};
use super::byte_list;
use super::cannot_mask::CannotMask;
use super::context::{Context, PERSONAL};
use super::examiner::{Examiner, Key};
use super::finding::Finding;
use super::hit::Hit;
use super::majority;
use super::neighbour::{self, Piece};
use super::remap;
use super::telling_keys::LABEL_BYTES_MAX;
use super::trail;

/// A find in the nth text of a value; keys, strings and numbers count in the order of the source.
pub(super) type Found = (usize, Hit);

/// How often a value is searched again after something was found over a seam.
const ROUNDS_MAX: usize = 6;

/// Finds and masks.
pub(super) fn mask(
    examiner: &mut Examiner<'_>,
    value: Json,
    nulls: Nulls,
) -> Result<(Json, Vec<Finding>), CannotMask> {
    let found = settled(examiner, &value)?;
    apply::apply(examiner, value, found, nulls)
}

/// Finds until nothing more is found beside the masks.
pub(super) fn settled(examiner: &mut Examiner<'_>, value: &Json) -> Result<Vec<Found>, CannotMask> {
    let mut found = all(examiner, value)?;
    // What goes over a seam was found after the texts beside it were searched: what is left of them
    // may be more than it seemed.
    for _ in 0..ROUNDS_MAX {
        if !std::mem::take(&mut examiner.over_seams) {
            examiner.opaque = false;
            return Ok(found);
        }
        examiner.opaque = true;
        let (masked, _) = apply::apply(examiner, value.clone(), found.clone(), Nulls::Never)?;
        let more = all(examiner, &masked)?;
        examiner.over_seams |= !more.is_empty();
        found = remap::add(examiner, value, found, more)?;
    }
    Err(CannotMask::Unsettled)
}

fn all(examiner: &mut Examiner<'_>, value: &Json) -> Result<Vec<Found>, CannotMask> {
    let mut found = find(examiner, value, Context::default(), 0)?;
    if !examiner.secrets().is_empty() {
        let split = trail::find(examiner.secrets(), value);
        examiner.over_seams |= !split.is_empty();
        found.extend(split);
    }
    Ok(found)
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
        above: String::new(),
    };
    walk.value(value, context, 0)?;
    Ok(walk.found)
}

struct Walk<'w, 'a> {
    examiner: &'w mut Examiner<'a>,
    layer: usize,
    ordinal: usize,
    found: Vec<Found>,
    /// The key over the next object, where it begins a phrase that a key inside may end.
    above: String,
}

/// Pieces of each column of an array of objects, in the order of the rows.
#[derive(Default)]
struct Columns<'j> {
    list: Vec<(&'j str, Vec<Piece<'j>>)>,
    places: HashMap<&'j str, usize>,
}

impl<'j> Columns<'j> {
    /// Adds a piece, which was the nth of its row: rows repeat their keys.
    fn add(&mut self, nth: usize, piece: Piece<'j>) {
        if let Some((key, column)) = self.list.get_mut(nth)
            && *key == piece.key
        {
            column.push(piece);
            return;
        }
        let next = self.list.len();
        let place = *self.places.entry(piece.key).or_insert(next);
        match self.list.get_mut(place) {
            Some((_, column)) => column.push(piece),
            None => self.list.push((piece.key, vec![piece])),
        }
    }
}

impl Walk<'_, '_> {
    fn value(&mut self, value: &Json, context: Context, depth: usize) -> Result<(), CannotMask> {
        if depth > limits::JSON_DEPTH_MAX {
            return Err(CannotMask::TooDeep);
        }
        match value {
            Json::Null | Json::Bool(_) => Ok(()),
            Json::Number(number) => self.text(number.lexeme(), context),
            Json::String(text) => self.text(text, context),
            Json::Array(items) => self.array(items, context, depth),
            Json::Object(object) => self.object(object, context, depth, &mut None),
        }
    }

    fn array(&mut self, items: &[Json], context: Context, depth: usize) -> Result<(), CannotMask> {
        let first = self.ordinal;
        let rows = self.own_headings(items)?;
        self.grid(items);
        let mut pieces = Vec::new();
        let mut columns = Some(Columns::default());
        let above = std::mem::take(&mut self.above);
        for (at, item) in items.iter().enumerate() {
            self.above.clone_from(&above);
            match item {
                Json::Object(object) => self.object(object, context, depth + 1, &mut columns)?,
                Json::Array(cells) if at > 0 && !rows.is_empty() => {
                    self.row(cells, &rows, depth + 1)?;
                }
                _ => self.piece(item, "", context, depth + 1, &mut pieces)?,
            }
        }
        self.bytes(items, first)?;
        let shown = majority::find(&pieces, |kind| self.examiner.wants(kind));
        self.found.extend(shown);
        self.join(&mut pieces, context)?;
        for (_, mut pieces) in columns.into_iter().flat_map(|columns| columns.list) {
            let context = pieces.first().map_or(context, |piece| piece.context);
            let shown = majority::find(&pieces, |kind| self.examiner.wants(kind));
            self.found.extend(shown);
            self.join(&mut pieces, context)?;
        }
        Ok(())
    }

    /// The text whose bytes the items are, the first of which is the nth text of the value.
    fn bytes(&mut self, items: &[Json], first: usize) -> Result<(), CannotMask> {
        let Some(text) = byte_list::read(items).filter(|_| self.layer < limits::DECODE_DEPTH_MAX)
        else {
            return Ok(());
        };
        self.examiner.charge(text.len())?;
        let hits = self
            .examiner
            .layer(&text, Context::default(), self.layer + 1)?;
        self.found
            .extend(byte_list::spread(&text, &hits, items, first));
        Ok(())
    }

    /// The columns of an array of rows.
    fn grid(&mut self, items: &[Json]) {
        let Some(Json::Array(first)) = items.first() else {
            return;
        };
        let mut ordinal = self.ordinal;
        let mut columns = vec![Vec::new(); first.len().min(limits::DATASET_COLUMNS_MAX)];
        for cells in items.iter().filter_map(Json::as_array) {
            for (at, cell) in cells.iter().enumerate() {
                let text = match cell {
                    Json::String(text) => text.as_str(),
                    Json::Number(number) => number.lexeme(),
                    Json::Null | Json::Bool(_) => continue,
                    // What is nested has ordinals of its own.
                    Json::Array(_) | Json::Object(_) => return,
                };
                if let Some(column) = columns.get_mut(at) {
                    column.push(Piece::new(ordinal, "", text, false));
                }
                ordinal += 1;
            }
        }
        for column in &columns {
            // A heading says nothing of its own.
            let cells = match column.split_first() {
                Some((head, cells)) if head.digits == 0 => cells,
                _ => column,
            };
            self.found
                .extend(majority::find(cells, |kind| self.examiner.wants(kind)));
        }
    }

    /// The headings of an array of rows whose first row holds nothing but them.
    fn own_headings(&mut self, items: &[Json]) -> Result<Vec<Context>, CannotMask> {
        match items {
            [Json::Array(first), Json::Array(second), ..] if first.len() == second.len() => {
                self.headings(first)
            }
            _ => Ok(Vec::new()),
        }
    }

    /// What the strings of a heading row say; empty where they say nothing or are no strings.
    fn headings(&mut self, row: &[Json]) -> Result<Vec<Context>, CannotMask> {
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
        let Some(names) = names else {
            return Ok(Vec::new());
        };
        let contexts = self.examiner.headings(&names, self.layer)?;
        let say = contexts.iter().any(|context| !context.kinds.is_empty());
        Ok(if say { contexts } else { Vec::new() })
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
        self.join(&mut pieces, Context::default())?;
        Ok(())
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
        let keys = self.keys(object, context)?;
        let personal = keys.iter().any(|key| key.context.kinds.meets(PERSONAL));
        let label = self.label(object, &keys)?;
        let headings = self.headings_beside(object, &keys)?;
        let mut pieces = Vec::with_capacity(object.len());
        for ((key, member), known) in object.iter().zip(keys) {
            if known.clean {
                self.ordinal += 1;
            } else {
                self.text(key, Context::default())?;
            }
            let mut own = known.context;
            if own.generic && own.kinds.is_empty() {
                own.kinds = label.kinds;
            }
            let own = own.within(context, personal);
            match member {
                Json::Array(rows) if is_rows(rows) && !headings.is_empty() => {
                    self.grid(rows);
                    for row in rows.iter().filter_map(Json::as_array) {
                        self.row(row, &headings, depth + 1)?;
                    }
                }
                _ => {
                    let held = pieces.len();
                    if known.context.opens && known.clean && !is_leaf(member) {
                        self.above.push_str(key);
                    }
                    self.piece(member, key, own, depth + 1, &mut pieces)?;
                    self.above.clear();
                    for piece in pieces.iter_mut().skip(held) {
                        piece.ordinal_key = known.ordinal;
                    }
                }
            }
        }
        let before = self.found.len();
        let given = self.join(&mut pieces, context)?;
        if let Some(columns) = columns {
            for (nth, mut piece) in given.unwrap_or(pieces).into_iter().enumerate() {
                piece.later(self.found.iter().skip(before));
                columns.add(nth, piece);
            }
        }
        Ok(())
    }

    /// What the names of members say, by themselves or as the end of a phrase that the key above begins. What that
    /// key says by itself it says of all that is below it, or of none.
    fn keys(&mut self, object: &Object, around: Context) -> Result<Vec<Key>, CannotMask> {
        let above = std::mem::take(&mut self.above);
        let mut keys = Vec::with_capacity(object.len());
        for (nth, key) in object.keys().enumerate() {
            let mut known = self.examiner.key_at(nth, key, self.layer)?;
            if !above.is_empty() && known.clean && known.context.kinds.is_empty() {
                let phrase = self.examiner.key(&format!("{above} {key}"), self.layer)?;
                known.context.kinds = phrase.context.kinds.without(around.kinds);
            }
            keys.push(known);
        }
        Ok(keys)
    }

    /// What a member such as `name` says of the `value` beside it.
    fn label(&mut self, object: &Object, keys: &[Key]) -> Result<Context, CannotMask> {
        let named = object
            .iter()
            .zip(keys)
            .filter_map(|((_, member), key)| Some((key.label?, member.as_str()?)))
            .min_by_key(|(place, _)| *place)
            .map(|(_, name)| name)
            .filter(|name| name.len() <= LABEL_BYTES_MAX);
        match named {
            Some(name) if object.len() > 1 => {
                let known = self.examiner.key(name, self.layer)?;
                // A value is no label, and must not become one when it is masked.
                Ok(if known.clean {
                    known.context
                } else {
                    Context::default()
                })
            }
            _ => Ok(Context::default()),
        }
    }

    /// The headings that stand beside rows: `{"columns": […], "rows": [[…]]}`.
    fn headings_beside(
        &mut self,
        object: &Object,
        keys: &[Key],
    ) -> Result<Vec<Context>, CannotMask> {
        let beside = object
            .iter()
            .zip(keys)
            .find_map(|((_, member), key)| member.as_array().filter(|_| key.heading));
        beside.map_or(Ok(Vec::new()), |row| self.headings(row))
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
        let mut piece = Piece::new(self.ordinal, key, text, number);
        piece.context = context;
        let before = self.found.len();
        self.text(text, context)?;
        piece.note(self.found.iter().skip(before).map(|(_, hit)| hit.clone()));
        pieces.push(piece);
        Ok(())
    }

    /// Searches one text.
    fn text(&mut self, text: &str, context: Context) -> Result<(), CannotMask> {
        let ordinal = self.ordinal;
        self.ordinal += 1;
        if self.layer == 0 {
            self.examiner.allow(text.len());
        }
        let hits = self.examiner.layer(text, context, self.layer)?;
        self.found
            .extend(hits.into_iter().map(|hit| (ordinal, hit)));
        Ok(())
    }

    /// What goes over the seams of the pieces; answers them as they were, where they are so no more.
    fn join<'j>(
        &mut self,
        pieces: &mut [Piece<'j>],
        context: Context,
    ) -> Result<Option<Vec<Piece<'j>>>, CannotMask> {
        let mut given = None;
        if pieces.len() > 1 {
            let found = neighbour::find(self.examiner, pieces, context, &mut given)?;
            self.examiner.over_seams |= !found.is_empty();
            self.found.extend(found);
        }
        Ok(given)
    }
}

fn is_leaf(value: &Json) -> bool {
    !matches!(value, Json::Object(_) | Json::Array(_))
}

/// Whether an array holds rows of cells and nothing else.
fn is_rows(items: &[Json]) -> bool {
    !items.is_empty() && items.iter().all(|item| matches!(item, Json::Array(_)))
}
