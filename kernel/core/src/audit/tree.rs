//! The Merkle tree of RFC 6962 over the log's leaves: roots and proofs.
//! Knows nothing of records; it is given leaves.

use super::Leaf;

/// The right edge of a growing tree: at most 64 hashes, whatever its size.
#[derive(Clone, Debug, Default)]
pub struct Frontier {
    size: u64,
    /// Roots of the complete subtrees that the size's bits stand for, the largest first.
    peaks: Vec<Leaf>,
}

impl Frontier {
    /// The tree of this size with these [`Frontier::peaks`]; `None` where they cannot be.
    #[must_use]
    pub fn from_peaks(size: u64, peaks: Vec<Leaf>) -> Option<Self> {
        let fits = u32::try_from(peaks.len()) == Ok(size.count_ones());
        fits.then_some(Self { size, peaks })
    }

    /// The roots of its complete subtrees, the largest first: all that the tree's growth depends on.
    #[must_use]
    pub fn peaks(&self) -> &[Leaf] {
        &self.peaks
    }

    /// Adds the next leaf.
    pub fn push(&mut self, leaf: Leaf) {
        let mut node = leaf;
        let mut bits = self.size;
        while bits & 1 == 1 {
            if let Some(left) = self.peaks.pop() {
                node = Leaf::of_children(left, node);
            }
            bits >>= 1;
        }
        self.peaks.push(node);
        self.size += 1;
    }

    /// How many leaves there are.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree so far.
    #[must_use]
    pub fn root(&self) -> Leaf {
        let mut peaks = self.peaks.iter().rev();
        let Some(last) = peaks.next() else {
            return Leaf::of_bytes(b"");
        };
        peaks.fold(*last, |right, left| Leaf::of_children(*left, right))
    }
}

/// The root over all leaves: RFC 6962 §2.1, `MTH`.
#[must_use]
pub fn root(leaves: &[Leaf]) -> Leaf {
    let mut tree = Frontier::default();
    leaves.iter().for_each(|leaf| tree.push(*leaf));
    tree.root()
}

/// The largest power of two below `size`; `size` is at least 2.
fn split(size: usize) -> usize {
    let half = size.next_power_of_two() / 2;
    half.max(1)
}

/// The audit path of one leaf: RFC 6962 §2.1.1, `PATH`. `None` where there is no such leaf.
#[must_use]
pub fn proof_of_inclusion(leaves: &[Leaf], index: usize) -> Option<Vec<Leaf>> {
    if index >= leaves.len() {
        return None;
    }
    if leaves.len() == 1 {
        return Some(Vec::new());
    }
    let (left, right) = leaves.split_at_checked(split(leaves.len()))?;
    let (mut path, sibling) = if index < left.len() {
        (proof_of_inclusion(left, index)?, root(right))
    } else {
        (proof_of_inclusion(right, index - left.len())?, root(left))
    };
    path.push(sibling);
    Some(path)
}

/// That the tree of the first `old` leaves is a prefix of this one: RFC 6962 §2.1.2, `PROOF`.
/// `None` where `old` is 0 or beyond the leaves.
#[must_use]
pub fn proof_of_consistency(leaves: &[Leaf], old: usize) -> Option<Vec<Leaf>> {
    if old == 0 || old > leaves.len() {
        return None;
    }
    subproof(old, leaves, true)
}

fn subproof(old: usize, leaves: &[Leaf], whole: bool) -> Option<Vec<Leaf>> {
    if old == leaves.len() {
        return Some(if whole {
            Vec::new()
        } else {
            vec![root(leaves)]
        });
    }
    let (left, right) = leaves.split_at_checked(split(leaves.len()))?;
    let (mut path, sibling) = if old <= left.len() {
        (subproof(old, left, whole)?, root(right))
    } else {
        (subproof(old - left.len(), right, false)?, root(left))
    };
    path.push(sibling);
    Some(path)
}

/// Whether `path` proves that `leaf` stands at `index` in the tree of this size and root: RFC 9162 §2.1.3.2.
#[must_use]
pub fn included(leaf: Leaf, index: u64, size: u64, path: &[Leaf], expected: Leaf) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last) = (index, size - 1);
    let mut node = leaf;
    for sibling in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            node = Leaf::of_children(*sibling, node);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            node = Leaf::of_children(node, *sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && node == expected
}

/// Whether `path` proves that the tree of size `old` is a prefix of that of size `new`: RFC 9162 §2.1.4.2.
/// An empty old tree is a prefix of every tree and needs no path.
#[must_use]
pub fn consistent(old: u64, new: u64, old_root: Leaf, new_root: Leaf, path: &[Leaf]) -> bool {
    if old > new {
        return false;
    }
    if old == new {
        return path.is_empty() && old_root == new_root;
    }
    if old == 0 {
        return path.is_empty() && old_root == Leaf::of_bytes(b"");
    }
    // Where the old tree is complete, its root is a node of the new one and is left out of the path.
    let (mut seed, mut rest) = (old_root, path);
    if !old.is_power_of_two() {
        let Some((first, tail)) = path.split_first() else {
            return false;
        };
        (seed, rest) = (*first, tail);
    }
    let (mut at, mut last) = (old - 1, new - 1);
    while at & 1 == 1 {
        at >>= 1;
        last >>= 1;
    }
    let (mut from_old, mut from_new) = (seed, seed);
    for sibling in rest {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            from_old = Leaf::of_children(*sibling, from_old);
            from_new = Leaf::of_children(*sibling, from_new);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            from_new = Leaf::of_children(from_new, *sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && from_old == old_root && from_new == new_root
}
