//! Proofs against an implementation of RFC 6962 that is not ours, for every tree of up to 300 leaves.
//! Knows nothing of notes.

use aegis_core::audit::{
    Leaf, PathBuilder, consistent, included, proof_of_consistency, proof_of_inclusion, root,
};
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use sha2::Sha256;

const SIZE_MAX: u64 = 300;

fn value(n: u64) -> [u8; 8] {
    n.to_be_bytes()
}

fn leaves(count: u64) -> Vec<Leaf> {
    (0..count).map(|n| Leaf::of_line(&value(n))).collect()
}

fn streamed(mut builder: PathBuilder, leaves: &[Leaf]) -> Vec<Leaf> {
    leaves.iter().for_each(|leaf| builder.push(*leaf));
    builder.finish().unwrap()
}

fn nodes(bytes: &[u8]) -> Vec<Leaf> {
    let (chunks, []) = bytes.as_chunks::<32>() else {
        panic!("not whole hashes")
    };
    chunks
        .iter()
        .map(|chunk| Leaf::from_bytes(*chunk))
        .collect()
}

/// Every leaf of a small tree; of a larger one its edges, its middle and one that moves with the size.
fn places(size: u64) -> Vec<u64> {
    if size <= 40 {
        return (0..size).collect();
    }
    let power = size.next_power_of_two() / 2;
    vec![
        0,
        1,
        power - 1,
        power.min(size - 1),
        size * 5 % size.max(7),
        size * 31 % 41,
        size - 2,
        size - 1,
    ]
}

#[test]
fn roots_and_proofs_agree_with_an_independent_tree() {
    let mut oracle = MemoryBackedTree::<Sha256, [u8; 8]>::new();
    let all = leaves(SIZE_MAX);
    for size in 1..=SIZE_MAX {
        oracle.push(value(size - 1));
        let tree = &all[..size as usize];
        let top = root(tree);
        assert_eq!(
            oracle.root().as_bytes()[..],
            top.as_bytes()[..],
            "root of {size}"
        );
        for index in places(size) {
            let theirs = nodes(oracle.prove_inclusion(index as usize).as_bytes());
            let ours = streamed(PathBuilder::inclusion(index, size).unwrap(), tree);
            assert_eq!(ours, theirs, "leaf {index} of {size}");
            assert!(included(tree[index as usize], index, size, &ours, top));
        }
        for old in places(size).into_iter().map(|at| at + 1) {
            let added = (size - old) as usize;
            let theirs = match added {
                0 => Vec::new(),
                _ => nodes(oracle.prove_consistency(added).as_bytes()),
            };
            let ours = streamed(PathBuilder::consistency(old, size).unwrap(), tree);
            assert_eq!(ours, theirs, "{old} in {size}");
            assert!(consistent(
                old,
                size,
                root(&all[..old as usize]),
                top,
                &ours
            ));
        }
    }
}

#[test]
fn paths_while_leaves_stream_by_are_those_of_the_whole_tree() {
    let all = leaves(70);
    for size in 1..=70_usize {
        for at in 0..size {
            let builder = PathBuilder::inclusion(at as u64, size as u64).unwrap();
            let whole = proof_of_inclusion(&all[..size], at).unwrap();
            assert_eq!(
                streamed(builder, &all),
                whole,
                "leaves beyond are passed over"
            );
            let builder = PathBuilder::consistency(at as u64 + 1, size as u64).unwrap();
            let whole = proof_of_consistency(&all[..size], at + 1).unwrap();
            assert_eq!(streamed(builder, &all), whole);
        }
    }
}

#[test]
fn no_path_of_what_is_not_there() {
    assert!(PathBuilder::inclusion(0, 0).is_none());
    assert!(PathBuilder::inclusion(5, 5).is_none());
    assert!(PathBuilder::inclusion(u64::MAX, u64::MAX).is_none());
    assert!(PathBuilder::consistency(0, 5).is_none());
    assert!(PathBuilder::consistency(6, 5).is_none());
    let mut short = PathBuilder::inclusion(2, 5).unwrap();
    leaves(4).into_iter().for_each(|leaf| short.push(leaf));
    assert!(short.finish().is_none(), "a leaf is missing");
    // The largest trees: no overflow, a path of 63 nodes.
    assert!(PathBuilder::inclusion(u64::MAX - 1, u64::MAX).is_some());
    assert!(PathBuilder::consistency(u64::MAX, u64::MAX).is_some());
}
