//! What was found in a text alone and may be a part of more.
//! Knows nothing of texts. A place of its own for it, since most texts hold nothing of the kind, and most others one.

use super::hit::Hit;
use super::kind::Kind;

/// Finds of one text: which type, and where.
#[derive(Clone, Default)]
pub(super) enum Weak {
    #[default]
    Nothing,
    One(Kind, u32, u32),
    More(Box<Vec<Hit>>),
}

impl Weak {
    /// One find.
    pub(super) fn of(hit: &Hit) -> Self {
        match (u32::try_from(hit.start), u32::try_from(hit.end)) {
            (Ok(start), Ok(end)) => Self::One(hit.kind, start, end),
            _ => Self::More(Box::new(vec![Hit::new(hit.kind, hit.start, hit.end)])),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Nothing => true,
            Self::One(..) => false,
            Self::More(hits) => hits.is_empty(),
        }
    }

    /// Adds some, without the values behind them.
    pub(super) fn add<'h>(&mut self, more: impl Iterator<Item = &'h Hit>) {
        let mut more = more.peekable();
        if more.peek().is_none() {
            return;
        }
        let mut hits = std::mem::take(self).into_hits();
        hits.extend(more.map(|hit| Hit::new(hit.kind, hit.start, hit.end)));
        *self = Self::More(Box::new(hits));
    }

    /// Whether one of them holds all of so many bytes.
    pub(super) fn holds_all(&self, bytes: usize) -> bool {
        match self {
            Self::Nothing => false,
            Self::One(_, start, end) => *start == 0 && usize::try_from(*end) == Ok(bytes),
            Self::More(hits) => hits.iter().any(|hit| hit.start == 0 && hit.end == bytes),
        }
    }

    /// All of them.
    pub(super) fn into_hits(self) -> Vec<Hit> {
        let wide = |at: u32| usize::try_from(at).unwrap_or(usize::MAX);
        match self {
            Self::Nothing => Vec::new(),
            Self::One(kind, start, end) => vec![Hit::new(kind, wide(start), wide(end))],
            Self::More(hits) => *hits,
        }
    }
}
