//! The columns of an array of objects: the same member of each row, in the order of the rows.
//! Knows nothing of what the cells hold.

use std::collections::HashMap;

use super::piece::Piece;

/// Pieces by their key.
#[derive(Default)]
pub(super) struct RowColumns<'t> {
    list: Vec<(&'t str, Vec<Piece<'t>>)>,
    places: HashMap<&'t str, usize>,
}

impl<'t> RowColumns<'t> {
    /// Adds a piece, which was the nth of its row: rows repeat their keys.
    pub(super) fn add(&mut self, nth: usize, piece: Piece<'t>) {
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

    /// The columns, each with its cells.
    pub(super) fn into_columns(self) -> impl Iterator<Item = Vec<Piece<'t>>> {
        self.list.into_iter().map(|(_, column)| column)
    }
}
