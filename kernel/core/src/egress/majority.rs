//! Columns whose cells say together what no cell says alone: most of them pass one type's check.
//! Knows nothing of where the cells stand.

use std::borrow::Borrow;

use super::detect;
use super::hit::Hit;
use super::kind::Kind;
use super::piece::Piece;
use super::walk::Found;

/// Everything in a column that is of the type which the column shows.
pub(super) fn find<'j>(
    column: &[impl Borrow<Piece<'j>>],
    wants: impl Fn(Kind) -> bool,
) -> Vec<Found> {
    let pieces = column.iter().map(Borrow::<Piece<'j>>::borrow);
    let misleading = pieces
        .clone()
        .next()
        .is_some_and(|first| first.context.misleading);
    match detect::of_column(pieces.clone().map(|piece| piece.text.as_ref())) {
        Some(kind) if !misleading && wants(kind) => pieces
            .filter(|piece| detect::passes(kind, &piece.text))
            .map(|piece| (piece.ordinal, Hit::new(kind, 0, piece.text.len())))
            .collect(),
        _ => Vec::new(),
    }
}
