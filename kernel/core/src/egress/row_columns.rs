//! The columns of an array of objects: the same member of each row, in the order of the rows.
//! Knows nothing of what the cells hold.

use std::collections::HashMap;

use super::piece::Piece;

/// Pieces row by row, and by their key where each stands.
pub(super) struct RowColumns<'t> {
    cells: Vec<Piece<'t>>,
    list: Vec<(&'t str, Vec<usize>)>,
    places: HashMap<&'t str, usize>,
    /// How many rows there are.
    rows: usize,
    /// How many cells columns may still make room for before they come.
    room: usize,
}

impl<'t> RowColumns<'t> {
    /// No columns yet of so many rows.
    pub(super) fn new(rows: usize) -> Self {
        Self {
            cells: Vec::new(),
            list: Vec::new(),
            places: HashMap::new(),
            rows,
            room: 0,
        }
    }

    /// The pieces of the rows before, to which those of a row are added; [`RowColumns::add`] takes them back.
    pub(super) fn lend(&mut self) -> Vec<Piece<'t>> {
        std::mem::take(&mut self.cells)
    }

    /// Takes the pieces with those of a row, which begin at `from`. The first row takes as much of the room as all
    /// rows need that are like it.
    pub(super) fn add(&mut self, mut cells: Vec<Piece<'t>>, from: usize, room: &mut usize) {
        if from == 0 {
            self.room = cells.len().saturating_mul(self.rows).min(*room);
            *room -= self.room;
            cells.reserve(self.room.saturating_sub(cells.len()));
        }
        for (nth, piece) in cells.iter().skip(from).enumerate() {
            match self.list.get_mut(nth) {
                // Rows repeat their keys.
                Some((key, column)) if *key == piece.key => column.push(from + nth),
                _ => self.place(piece.key, from + nth),
            }
        }
        self.cells = cells;
    }

    fn place(&mut self, key: &'t str, at: usize) {
        let next = self.list.len();
        let place = *self.places.entry(key).or_insert(next);
        if let Some((_, column)) = self.list.get_mut(place) {
            column.push(at);
            return;
        }
        let cells = self.rows.min(self.room);
        self.room -= cells;
        let mut column = Vec::with_capacity(cells.max(1));
        column.push(at);
        self.list.push((key, column));
    }

    /// The columns, each with its cells.
    pub(super) fn columns(&self) -> impl Iterator<Item = Vec<&Piece<'t>>> {
        let cell = |at: &usize| self.cells.get(*at);
        self.list
            .iter()
            .map(move |(_, column)| column.iter().filter_map(cell).collect())
    }
}
