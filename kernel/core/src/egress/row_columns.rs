//! The columns of an array of objects: the same member of each row, in the order of the rows.
//! Knows nothing of what the cells hold.

use std::collections::HashMap;
use std::rc::Rc;

use super::piece::Piece;
use super::plan::Plan;
use super::seams;

/// Cells that are kept whatever they are: the first say of what kind a column is.
const FIRST: usize = 8;
/// Idle cells in a row of which all are kept: what stands behind a cell meets the first, what stands before one the last.
const IDLE: usize = 2;

/// Pieces by their key, each column in one place: what goes over a column goes over all of it.
pub(super) struct RowColumns<'t> {
    list: Vec<(&'t str, Column<'t>)>,
    places: HashMap<&'t str, usize>,
    /// How many rows there are.
    rows: usize,
    /// All cells are kept.
    whole: bool,
    /// The plan of rows whose every member has its column at its own place.
    plan: Option<Rc<Plan>>,
    /// The row before, if it had that plan: what its columns keep of it is taken when it is known what follows.
    before: Vec<Piece<'t>>,
}

/// The cells of one column, of a row of idle ones no more than the first and the last.
pub(super) struct Column<'t> {
    pub(super) cells: Vec<Piece<'t>>,
    /// Cells that were not kept.
    pub(super) left_out: usize,
    /// Idle cells at its end.
    idle: usize,
    /// From here on all cells are kept: in a private key they may be anything.
    whole: bool,
    /// Its last cell is that of the row before, which stands there still.
    behind: bool,
}

impl<'t> Column<'t> {
    /// Takes note of the next cell; whether it takes the place of the last.
    fn replaces(&mut self, piece: &Piece<'t>) -> bool {
        self.whole |= seams::heads_key(piece);
        self.idle = if piece.is_idle() { self.idle + 1 } else { 0 };
        let full = self.idle > IDLE && self.cells.len() > FIRST && !self.whole;
        self.left_out += usize::from(full);
        full
    }

    /// Takes its last cell from the row before, where that is it.
    fn catch_up(&mut self, cell: Option<&mut Piece<'t>>) {
        if std::mem::take(&mut self.behind)
            && let (Some(last), Some(cell)) = (self.cells.last_mut(), cell)
        {
            std::mem::swap(last, cell);
        }
    }

    fn push(&mut self, piece: Piece<'t>, (rows, room): (usize, &mut usize)) {
        let full = self.replaces(&piece);
        match self.cells.last_mut() {
            Some(last) if full => *last = piece,
            _ => self.keep(piece, (rows, room)),
        }
    }

    fn keep(&mut self, piece: Piece<'t>, (rows, room): (usize, &mut usize)) {
        let kept = self.cells.len();
        if kept == FIRST {
            let cells = rows.min(*room);
            *room -= cells;
            self.cells.reserve(cells.saturating_sub(kept));
        }
        self.cells.push(piece);
    }
}

impl<'t> RowColumns<'t> {
    /// No columns yet of so many rows, of which all cells are kept where `whole`.
    pub(super) fn new(rows: usize, whole: bool) -> Self {
        Self {
            list: Vec::new(),
            places: HashMap::new(),
            rows,
            whole,
            plan: None,
            before: Vec::new(),
        }
    }

    /// Takes the pieces of a row. A column takes from the room what it needs if all rows are like the first.
    pub(super) fn add(&mut self, row: &mut Vec<Piece<'t>>, plan: &Rc<Plan>, room: &mut usize) {
        // A member is one piece or none: where there are as many, the keys are those of the plan.
        let all = row.len() == plan.len();
        if all && self.plan.as_ref().is_some_and(|one| Rc::ptr_eq(one, plan)) {
            return self.add_alike(row, room);
        }
        self.catch_up();
        let mut in_place = all;
        for (nth, piece) in row.drain(..).enumerate() {
            match self.list.get_mut(nth) {
                // Rows repeat their keys.
                Some((key, column)) if *key == piece.key() => {
                    column.push(piece, (self.rows, room));
                }
                _ => {
                    in_place = false;
                    self.place(piece, room);
                }
            }
        }
        if in_place {
            self.plan = Some(Rc::clone(plan));
        }
    }

    /// Takes the pieces of a row whose every member has its column at its own place.
    fn add_alike(&mut self, row: &mut Vec<Piece<'t>>, room: &mut usize) {
        let columns = self.list.iter_mut().map(|(_, column)| column);
        for (nth, (column, piece)) in columns.zip(row.iter_mut()).enumerate() {
            if column.replaces(piece) {
                column.behind = true;
            } else {
                column.catch_up(self.before.get_mut(nth));
                column.keep(piece.take(), (self.rows, room));
            }
        }
        std::mem::swap(&mut self.before, row);
        row.clear();
    }

    fn catch_up(&mut self) {
        for (nth, (_, column)) in self.list.iter_mut().enumerate() {
            column.catch_up(self.before.get_mut(nth));
        }
        self.before.clear();
    }

    fn place(&mut self, piece: Piece<'t>, room: &mut usize) {
        let next = self.list.len();
        let place = *self.places.entry(piece.key()).or_insert(next);
        if place == next {
            let column = Column {
                cells: Vec::new(),
                left_out: 0,
                idle: 0,
                whole: self.whole,
                behind: false,
            };
            self.list.push((piece.key(), column));
        }
        if let Some((_, column)) = self.list.get_mut(place) {
            column.push(piece, (self.rows, room));
        }
    }

    /// The columns, with all that they keep.
    pub(super) fn columns(&mut self) -> impl Iterator<Item = &Column<'t>> {
        self.catch_up();
        self.list.iter().map(|(_, column)| column)
    }
}
