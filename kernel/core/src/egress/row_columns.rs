//! The columns of an array of objects: the same member of each row, in the order of the rows.
//! Knows nothing of what the cells hold.

use std::collections::HashMap;

use super::piece::Piece;

/// Pieces by their key.
pub(super) struct RowColumns<'t> {
    list: Vec<(&'t str, Vec<Piece<'t>>)>,
    places: HashMap<&'t str, usize>,
    /// How many rows there are.
    rows: usize,
}

impl<'t> RowColumns<'t> {
    /// No columns yet of so many rows.
    pub(super) fn new(rows: usize) -> Self {
        Self {
            list: Vec::new(),
            places: HashMap::new(),
            rows,
        }
    }

    /// Adds a piece, which was the nth of its row: rows repeat their keys. A new column takes as much of the room as
    /// it has rows.
    #[inline]
    pub(super) fn add(&mut self, nth: usize, piece: Piece<'t>, room: &mut usize) {
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
            None => {
                let cells = self.rows.min(*room);
                *room -= cells;
                let mut column = Vec::with_capacity(cells.max(1));
                let key = piece.key;
                column.push(piece);
                self.list.push((key, column));
            }
        }
    }

    /// The columns, each with its cells.
    pub(super) fn into_columns(self) -> impl Iterator<Item = Vec<Piece<'t>>> {
        self.list.into_iter().map(|(_, column)| column)
    }
}
