//! Columns whose cells say together what no cell says alone: most of them pass one type's check.
//! Knows nothing of where the cells stand.

use super::context::hint;
use super::detect;
use super::hit::Hit;
use super::kind::Kind;
use super::piece::Piece;
use super::walk::Found;

/// Everything in a column that is of the type which the column shows; `left_out` more cells are no numbers.
pub(super) fn find(
    (column, left_out): (&[Piece<'_>], usize),
    wants: impl Fn(Kind) -> bool,
) -> Vec<Found> {
    let misleading = column
        .first()
        .is_some_and(|first| first.context.has(hint::MISLEADING));
    match detect::of_column(column.iter().map(|piece| piece.text()), left_out) {
        Some(kind) if !misleading && wants(kind) => column
            .iter()
            .filter(|piece| detect::passes(kind, piece.text()))
            .map(|piece| (piece.ordinal, Hit::new(kind, 0, piece.text().len())))
            .collect(),
        _ => Vec::new(),
    }
}
