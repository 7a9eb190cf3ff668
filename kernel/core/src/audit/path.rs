//! Proofs of inclusion and of consistency while the leaves stream by: one pass, at most 64 hashes kept.
//! Knows nothing of where leaves come from.

use super::{Frontier, Leaf};

/// Takes every leaf of a tree in order and keeps the nodes that one proof needs.
#[derive(Clone, Debug)]
pub struct PathBuilder {
    /// Which leaves each node of the path stands for, by their place in the tree, with its place in the path.
    spans: Vec<Span>,
    nodes: Vec<Option<Leaf>>,
    size: u64,
    next: u64,
    present: Frontier,
}

#[derive(Clone, Copy, Debug)]
struct Span {
    from: u64,
    to: u64,
    place: usize,
}

impl PathBuilder {
    /// The audit path of a leaf, RFC 6962 §2.1.1; `None` where the tree has no such leaf.
    #[must_use]
    pub fn inclusion(index: u64, size: u64) -> Option<Self> {
        if index >= size {
            return None;
        }
        let mut spans = Vec::new();
        let (mut from, mut to) = (0, size);
        while to - from > 1 {
            let middle = from + split(to - from);
            if index < middle {
                spans.push((middle, to));
                to = middle;
            } else {
                spans.push((from, middle));
                from = middle;
            }
        }
        Some(Self::new(spans, size))
    }

    /// That a tree of size `old` is a prefix of this one, RFC 6962 §2.1.2; `None` where it cannot be.
    #[must_use]
    pub fn consistency(old: u64, size: u64) -> Option<Self> {
        if old == 0 || old > size {
            return None;
        }
        let mut spans = Vec::new();
        let (mut from, mut to, mut whole) = (0, size, true);
        while old < to {
            let middle = from + split(to - from);
            if old <= middle {
                spans.push((middle, to));
                to = middle;
            } else {
                spans.push((from, middle));
                from = middle;
                whole = false;
            }
        }
        if !whole {
            spans.push((from, to));
        }
        Some(Self::new(spans, size))
    }

    /// Spans come from the root downwards; the path goes upwards.
    fn new(spans: Vec<(u64, u64)>, size: u64) -> Self {
        let nodes = vec![None; spans.len()];
        let mut spans: Vec<Span> = spans
            .into_iter()
            .rev()
            .enumerate()
            .map(|(place, (from, to))| Span { from, to, place })
            .collect();
        spans.sort_by_key(|span| std::cmp::Reverse(span.from));
        Self {
            spans,
            nodes,
            size,
            next: 0,
            present: Frontier::default(),
        }
    }

    /// Takes the next leaf; leaves beyond the tree are passed over.
    pub fn push(&mut self, leaf: Leaf) {
        let at = self.next;
        self.next = self.next.saturating_add(1);
        let Some(span) = self.spans.last().copied() else {
            return;
        };
        if at < span.from {
            return;
        }
        self.present.push(leaf);
        if at + 1 == span.to {
            let node = std::mem::take(&mut self.present).root();
            if let Some(slot) = self.nodes.get_mut(span.place) {
                *slot = Some(node);
            }
            self.spans.pop();
        }
    }

    /// The path; `None` where leaves are missing.
    #[must_use]
    pub fn finish(self) -> Option<Vec<Leaf>> {
        if self.next < self.size {
            return None;
        }
        self.nodes.into_iter().collect()
    }
}

/// The largest power of two below `size`, which is at least 2.
fn split(size: u64) -> u64 {
    1 << (63 - (size - 1).leading_zeros())
}
