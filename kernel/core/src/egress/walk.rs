//! Every leaf, key and number of a JSON value, each with what the keys around it say.
//! Knows nothing of how a text is searched.

use super::alike::Cells;
use super::byte_list;
use super::cannot_mask::CannotMask;
use super::context::{Context, hint};
use super::examiner::Examiner;
use super::hit::Hit;
use super::letter_list;
use super::look::Look;
use super::majority;
use super::neighbour;
use super::piece::Piece;
use super::plan::{Latest, Plan};
use super::proven::{DIGITS_ONLY, PROVEN};
use super::row_columns::RowColumns;
use super::summary::Summary;
use super::tape::{Leaf, Shape, Value};
use super::telling_keys::{self, LABEL_BYTES_MAX};
use super::wrapped_rows;
use crate::limits;

/// A find in the nth text of a value; keys, strings and numbers count in the order of the source.
pub(super) type Found = (usize, Hit);

/// Everything in `value`, by ordinal; `layer` counts what the value was unwrapped from.
pub(super) fn find(
    examiner: &mut Examiner<'_>,
    value: Value<'_, '_>,
    context: Context,
    layer: usize,
) -> Result<Vec<Found>, CannotMask> {
    let mut walk = Walk {
        examiner,
        layer,
        found: Vec::new(),
        above: String::new(),
        latest: None,
        room: value.after().saturating_sub(value.ordinal()) / 2,
        spare: Vec::new(),
    };
    walk.value(value, context, 0)?;
    Ok(walk.found)
}

pub(super) struct Walk<'w, 'a, 't> {
    pub(super) examiner: &'w mut Examiner<'a>,
    pub(super) layer: usize,
    pub(super) found: Vec<Found>,
    /// The key over the next object, where it begins a phrase that a key inside may end.
    above: String,
    /// The plan of the latest object.
    latest: Option<Latest>,
    /// Cells that columns may make room for before they come: each has a key and a value.
    room: usize,
    /// Lists of pieces that are used again and again.
    spare: Vec<Vec<Piece<'t>>>,
}

impl<'t> Walk<'_, '_, 't> {
    fn value(
        &mut self,
        value: Value<'t, '_>,
        context: Context,
        depth: usize,
    ) -> Result<(), CannotMask> {
        if depth > limits::JSON_DEPTH_MAX {
            return Err(CannotMask::TooDeep);
        }
        match value.shape() {
            Shape::Word => Ok(()),
            Shape::Text => {
                let text = value.leaf().map_or("", |leaf| leaf.text.as_ref());
                let summary = Summary::ahead(text, &mut self.examiner.lexed);
                self.text(value.ordinal(), text, &summary, context)
                    .map(drop)
            }
            Shape::Array => self.array(value, context, depth),
            Shape::Object => self.object(value, context, depth, &mut None),
        }
    }

    fn array(
        &mut self,
        array: Value<'t, '_>,
        context: Context,
        depth: usize,
    ) -> Result<(), CannotMask> {
        let rows = self.own_headings(array)?;
        self.grid(array);
        let mut pieces = self.pieces();
        let mut columns = Some(RowColumns::new(array.len(), self.examiner.thorough));
        let above = std::mem::take(&mut self.above);
        for (at, item) in array.items().enumerate() {
            self.above.clone_from(&above);
            match item.shape() {
                Shape::Object => self.object(item, context, depth + 1, &mut columns)?,
                Shape::Array if at > 0 && !rows.is_empty() => {
                    self.row(item, &rows, depth + 1)?;
                }
                _ => self.piece(item, None, (context, None), depth + 1, &mut pieces)?,
            }
        }
        self.bytes(array)?;
        self.letters(array)?;
        self.column((&pieces, 0), context)?;
        self.spare.push(pieces);
        for column in columns.iter_mut().flat_map(RowColumns::columns) {
            let first = column.cells.first();
            let context = first.map_or(context, |piece| piece.context);
            self.column((&column.cells, column.left_out), context)?;
        }
        Ok(())
    }

    /// What the cells of one column say together, and what goes over their seams.
    fn column(
        &mut self,
        (cells, left_out): (&[Piece<'t>], usize),
        context: Context,
    ) -> Result<(), CannotMask> {
        let shown = majority::find((cells, left_out), |kind| self.examiner.wants(kind));
        self.found.extend(shown);
        if !neighbour::may_hold(self.examiner, cells, context) {
            return Ok(());
        }
        self.join(&mut cells.to_vec(), context).map(drop)
    }

    /// The text whose bytes the items are.
    fn bytes(&mut self, array: Value<'t, '_>) -> Result<(), CannotMask> {
        let Some(text) = byte_list::read(array).filter(|_| self.layer < limits::DECODE_DEPTH_MAX)
        else {
            return Ok(());
        };
        self.examiner.charge(text.len())?;
        let hits = self
            .examiner
            .layer(&text, Context::default(), self.layer + 1)?;
        self.found.extend(byte_list::spread(&text, &hits, array));
        Ok(())
    }

    /// The value whose letters the items or numbered members are.
    fn letters(&mut self, list: Value<'t, '_>) -> Result<(), CannotMask> {
        if let Some(letters) = letter_list::read(list) {
            let mut hits = self.examiner.proven(&letters.text, Context::default())?;
            hits.retain(|hit| PROVEN.has(hit.kind) && !DIGITS_ONLY.has(hit.kind));
            self.found.extend(letters.spread(&hits));
        }
        Ok(())
    }

    /// The columns of an array of rows.
    fn grid(&mut self, array: Value<'t, '_>) {
        let first = array.items().next();
        let Some(first) = first.filter(|first| first.shape() == Shape::Array) else {
            return;
        };
        let mut columns = vec![Vec::new(); first.len().min(limits::DATASET_COLUMNS_MAX)];
        for row in array.items().filter(|row| row.shape() == Shape::Array) {
            for (at, cell) in row.items().enumerate() {
                // What is nested is no cell.
                if cell.is_nested() {
                    return;
                }
                if let (Some(column), Some(leaf)) = (columns.get_mut(at), cell.leaf()) {
                    let summary = Summary::of(&leaf.text);
                    let look = Look::at(&leaf.text, &summary);
                    let mut piece =
                        Piece::new((cell.ordinal(), leaf), None, look, Context::default());
                    piece.unmask();
                    column.push(piece);
                }
            }
        }
        for column in &columns {
            // A heading says nothing of its own; what is masked was none.
            let cells = match column.split_first() {
                Some((head, cells)) if head.look.digits() == 0 && !head.found => cells,
                _ => column,
            };
            self.found
                .extend(majority::find((cells, 0), |kind| self.examiner.wants(kind)));
        }
    }

    /// The headings of an array of rows whose first row holds nothing but them.
    fn own_headings(&mut self, array: Value<'t, '_>) -> Result<Vec<Context>, CannotMask> {
        let mut rows = array.items();
        let is_row = |row: &Value<'_, '_>| row.shape() == Shape::Array;
        match (rows.next().filter(is_row), rows.next().filter(is_row)) {
            (Some(first), Some(second)) if first.len() == second.len() => self.headings(first),
            _ => Ok(Vec::new()),
        }
    }

    /// What the strings of a heading row say; empty where they say nothing or are no strings.
    fn headings(&mut self, row: Value<'t, '_>) -> Result<Vec<Context>, CannotMask> {
        let name_of = |cell: Value<'t, '_>| {
            let mut members = cell.members();
            cell.as_str()
                .or_else(|| members.find(|(key, _)| *key == "name")?.1.as_str())
        };
        let names: Option<Vec<String>> = row
            .items()
            .map(|cell| {
                name_of(cell)
                    .filter(|name| name.len() <= LABEL_BYTES_MAX)
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
        row: Value<'t, '_>,
        headings: &[Context],
        depth: usize,
    ) -> Result<(), CannotMask> {
        let mut pieces = self.pieces();
        for (at, cell) in row.items().enumerate() {
            let context = headings.get(at).copied().unwrap_or_default();
            self.piece(cell, None, (context, None), depth + 1, &mut pieces)?;
        }
        self.join(&mut pieces, Context::default())?;
        self.spare.push(pieces);
        Ok(())
    }

    fn object(
        &mut self,
        object: Value<'t, '_>,
        context: Context,
        depth: usize,
        columns: &mut Option<RowColumns<'t>>,
    ) -> Result<(), CannotMask> {
        if depth > limits::JSON_DEPTH_MAX {
            return Err(CannotMask::TooDeep);
        }
        let above = std::mem::take(&mut self.above);
        let plan = match above.is_empty() {
            true => Plan::again(&mut self.latest, self.examiner, object, context, self.layer),
            false => Plan::of(self.examiner, object, &above, context, self.layer),
        }?;
        let label = self.label(object, &plan)?;
        let headings = self.headings_beside(object, &plan)?;
        let mut pieces = self.pieces();
        for (nth, (key, member)) in object.members().enumerate() {
            let Some(planned) = plan.member(nth) else {
                continue;
            };
            let known = planned.key;
            if !known.clean {
                let ordinal = member.ordinal().saturating_sub(1);
                self.text(ordinal, key, &Summary::of(key), Context::default())?;
            }
            let own = planned.context(context, label, plan.personal);
            let rows = (!headings.is_empty()).then(|| wrapped_rows::rows(member));
            if let Some(rows) = rows.flatten() {
                self.grid(member);
                for row in rows {
                    self.row(row, &headings, depth + 1)?;
                }
                continue;
            }
            if known.context.has(hint::OPENS) && known.clean && member.is_nested() {
                self.above.push_str(key);
            }
            let held = pieces.len();
            let told = (own, plan.cells(planned, own));
            self.piece(member, member.key(), told, depth + 1, &mut pieces)?;
            self.above.clear();
            for piece in pieces.iter_mut().skip(held) {
                piece.ordinal_key = known.ordinal;
                piece.domain_key = known.domain;
            }
        }
        self.letters(object)?;
        let before = self.found.len();
        let given = self.join(&mut pieces, context)?;
        if let Some(columns) = columns {
            pieces = given.unwrap_or(pieces);
            let joined = self.found.get(before..).unwrap_or_default();
            if !joined.is_empty() {
                pieces.iter_mut().for_each(|piece| piece.later(joined));
            }
            columns.add(&mut pieces, &plan, &mut self.room);
        }
        self.spare.push(pieces);
        Ok(())
    }

    /// What a member such as `name` says of the `value` beside it.
    fn label(&mut self, object: Value<'t, '_>, plan: &Plan) -> Result<Context, CannotMask> {
        if !plan.labelled || object.len() < 2 {
            return Ok(Context::default());
        }
        let named = object
            .members()
            .enumerate()
            .filter_map(|(nth, (_, member))| {
                let place = plan.member(nth)?.key.label?;
                let said = match telling_keys::is_last_step(place) {
                    true => member.items().last()?.as_str()?,
                    false => member.as_str()?,
                };
                Some((place, said))
            })
            .min_by_key(|(place, _)| *place)
            .map(|(_, name)| name)
            .filter(|name| name.len() <= LABEL_BYTES_MAX);
        let Some(name) = named else {
            return Ok(Context::default());
        };
        let known = self.examiner.key(name, self.layer)?;
        // A value is no label, and must not become one when it is masked.
        Ok(if known.clean {
            known.context
        } else {
            Context::default()
        })
    }

    /// The headings that stand beside rows: `{"columns": […], "rows": [[…]]}`.
    fn headings_beside(
        &mut self,
        object: Value<'t, '_>,
        plan: &Plan,
    ) -> Result<Vec<Context>, CannotMask> {
        if !plan.headed {
            return Ok(Vec::new());
        }
        let is_heading = |nth: usize| plan.member(nth).is_some_and(|one| one.key.heading);
        let mut beside = object.members().enumerate();
        let row = beside.find_map(|(nth, (_, member))| {
            let row = is_heading(nth).then(|| wrapped_rows::headings(member));
            row.flatten()
        });
        row.map_or(Ok(Vec::new()), |row| self.headings(row))
    }

    /// One member or item: searched, and kept as a piece if it is a text.
    fn piece(
        &mut self,
        value: Value<'t, '_>,
        key: Option<&'t Leaf<'t>>,
        (context, cells): (Context, Option<&Cells>),
        depth: usize,
        pieces: &mut Vec<Piece<'t>>,
    ) -> Result<(), CannotMask> {
        let Some(leaf) = value.leaf() else {
            return self.value(value, context, depth);
        };
        let before = self.found.len();
        let ordinal = value.ordinal();
        let look = self.cell(ordinal, &leaf.text, context, cells)?;
        pieces.push(Piece::new((ordinal, leaf), key, look, context));
        if let Some(piece) = pieces.last_mut() {
            piece.unmask();
            piece.note(self.found.get(before..).unwrap_or_default());
        }
        Ok(())
    }

    /// What goes over the seams of the pieces; answers them as they were, where they are so no more.
    fn join(
        &mut self,
        pieces: &mut [Piece<'t>],
        context: Context,
    ) -> Result<Option<Vec<Piece<'t>>>, CannotMask> {
        let mut given = None;
        let found = neighbour::find(self.examiner, pieces, context, &mut given)?;
        self.examiner.again |= !found.is_empty();
        self.found.extend(found);
        Ok(given)
    }

    /// An empty list of pieces.
    fn pieces(&mut self) -> Vec<Piece<'t>> {
        let mut pieces = self.spare.pop().unwrap_or_default();
        pieces.clear();
        pieces
    }
}
