//! Cards, accounts and addresses whose parts stand in neighbouring cells of a row, under headings that count: `part_1,part_2,part_3`.
//! Knows nothing of how the cells were told apart.

use super::cannot_mask::CannotMask;
use super::detect;
use super::examiner::Examiner;
use super::hit::Hit;
use super::kind::Kind;
use super::unwrap::table::Table;

/// Longest part, and longest number that is put together, in bytes.
const PART_BYTES_MAX: usize = 24;
const WHOLE_BYTES_MAX: usize = 48;

impl Examiner<'_> {
    /// The parts of each row that are one number together, as its check says.
    ///
    /// # Errors
    /// [`CannotMask`] where a heading cannot be examined within the bounds.
    pub(super) fn split_cells(
        &mut self,
        text: &str,
        table: &Table,
        depth: usize,
        hits: &mut Vec<Hit>,
    ) -> Result<(), CannotMask> {
        let mut counted = Vec::with_capacity(table.headings.len());
        for heading in &table.headings {
            let counts = is_counted(heading);
            counted.push(counts && self.key(heading, depth)?.ordinal);
        }
        let from = counted.iter().position(|counts| *counts);
        let Some(from) = from.filter(|from| counted.get(from + 1) == Some(&true)) else {
            return Ok(());
        };
        let parts = counted.iter().skip(from).take_while(|counts| **counts);
        let parts = parts.count();
        for row in &table.rows {
            let cells = row.iter().skip(from).take(parts);
            let mut whole = String::new();
            let mut at_seam = false;
            let held = cells.clone().all(|(start, end)| {
                let part = text.get(*start..*end).unwrap_or_default();
                whole.push_str(part);
                // One cell that is an address takes no other with it.
                at_seam |= part.starts_with('@') || part.ends_with('@');
                let fits = part.bytes().all(|byte| {
                    byte.is_ascii_alphanumeric() || matches!(byte, b'@' | b'.' | b'_' | b'-' | b'+')
                });
                fits && part.len() <= PART_BYTES_MAX && whole.len() <= WHOLE_BYTES_MAX
            });
            let kind = match held {
                true if detect::is_card_whole(&whole) => Kind::CREDIT_CARD,
                true if detect::is_account_whole(&whole) => Kind::IBAN_CODE,
                true if at_seam && detect::is_address(&whole) => Kind::EMAIL_ADDRESS,
                true if detect::is_international(&whole) => Kind::PHONE_NUMBER,
                _ => continue,
            };
            let filled = cells.filter(|(start, end)| start < end);
            hits.extend(filled.map(|(start, end)| Hit::new(kind, *start, *end)));
        }
        Ok(())
    }
}

/// Whether a heading ends as one that counts: `part_1`, `email_a`.
fn is_counted(heading: &str) -> bool {
    matches!(
        heading.as_bytes(),
        [.., b'0'..=b'9'] | [.., b'_' | b'-' | b' ', b'a'..=b'e']
    )
}
