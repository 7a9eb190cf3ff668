//! The tree against the published vectors of Certificate Transparency, and against its own definition.
//! Knows nothing of records.

use aegis_core::audit::{
    Frontier, Leaf, consistent, included, proof_of_consistency, proof_of_inclusion, root,
};
use proptest::prelude::*;

/// The leaves of the reference tree in certificate-transparency's `merkletree` tests, in hex.
const INPUTS: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];

/// The published roots of its first 1…8 leaves.
const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
        .collect()
}

fn leaves(count: usize) -> Vec<Leaf> {
    (0..count)
        .map(|n| Leaf::of_line(&n.to_be_bytes()))
        .collect()
}

#[test]
fn the_published_roots() {
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(root(&[]).to_string(), empty);
    let reference: Vec<Leaf> = INPUTS.map(|input| Leaf::of_line(&bytes(input))).to_vec();
    for (size, expected) in (1..=8).zip(ROOTS) {
        assert_eq!(
            root(&reference[..size]).to_string(),
            expected,
            "size {size}"
        );
    }
}

#[test]
fn the_published_paths() {
    let reference: Vec<Leaf> = INPUTS.map(|input| Leaf::of_line(&bytes(input))).to_vec();
    // RFC 6962 §2.1.3 draws them for seven leaves: PATH(3, D[7]) = [c, g, l], PROOF(3, D[7]) = [c, d, g, l].
    let node = |range: std::ops::Range<usize>| root(&reference[range]);
    let seven = &reference[..7];
    assert_eq!(
        proof_of_inclusion(seven, 3).unwrap(),
        [reference[2], node(0..2), node(4..7)]
    );
    assert_eq!(
        proof_of_inclusion(seven, 6).unwrap(),
        [node(4..6), node(0..4)]
    );
    assert_eq!(
        proof_of_consistency(seven, 3).unwrap(),
        [reference[2], reference[3], node(0..2), node(4..7)]
    );
    assert_eq!(proof_of_consistency(seven, 4).unwrap(), [node(4..7)]);
    assert_eq!(
        proof_of_consistency(seven, 6).unwrap(),
        [node(4..6), reference[6], node(0..4)]
    );
}

#[test]
fn every_proof_of_every_small_tree_holds_for_it_alone() {
    let all = leaves(33);
    for size in 1..=all.len() {
        let (tree, top) = (&all[..size], root(&all[..size]));
        for at in 0..size {
            let path = proof_of_inclusion(tree, at).unwrap();
            let (at, size) = (at as u64, size as u64);
            assert!(included(all[at as usize], at, size, &path, top));
            assert!(!included(all[at as usize], at + 1, size, &path, top));
            assert!(!included(
                all[at as usize],
                at,
                size,
                &path,
                all[0].min(all[1])
            ));
            let longer: Vec<Leaf> = path.iter().copied().chain([top]).collect();
            assert!(!included(all[at as usize], at, size, &longer, top));
            if let Some((_, shorter)) = path.split_last() {
                assert!(!included(all[at as usize], at, size, shorter, top));
            }
        }
        for old in 1..=size {
            let path = proof_of_consistency(tree, old).unwrap();
            let old_root = root(&all[..old]);
            let (old, size) = (old as u64, size as u64);
            assert!(consistent(old, size, old_root, top, &path));
            if old < size {
                assert!(!consistent(old, size, top, top, &path));
                let longer: Vec<Leaf> = path.iter().copied().chain([top]).collect();
                assert!(!consistent(old, size, old_root, top, &longer));
            }
        }
    }
}

#[test]
fn nothing_is_proven_of_nothing() {
    let all = leaves(5);
    let top = root(&all);
    assert!(!included(all[0], 0, 0, &[], root(&[])));
    assert!(!included(all[0], 5, 5, &[], top));
    assert!(!included(all[0], u64::MAX, u64::MAX, &[], top));
    assert!(consistent(0, 5, root(&[]), top, &[]));
    assert!(!consistent(0, 5, top, top, &[]));
    assert!(!consistent(6, 5, top, top, &[]));
    assert!(!consistent(3, 5, top, top, &[]));
    assert_eq!(proof_of_inclusion(&[], 0), None);
    assert_eq!(proof_of_consistency(&all, 0), None);
    assert_eq!(proof_of_consistency(&all, 6), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_growing_edge_agrees_with_the_definition(size in 0usize..300) {
        let all = leaves(size);
        let mut edge = Frontier::default();
        all.iter().for_each(|leaf| edge.push(*leaf));
        prop_assert_eq!(edge.root(), defined(&all));
        prop_assert_eq!(edge.size(), size as u64);
    }

    #[test]
    fn a_forged_path_proves_nothing(size in 2usize..200, at in 0usize..200, flip in 0usize..8) {
        let all = leaves(size);
        let at = at % size;
        let mut path = proof_of_inclusion(&all, at).unwrap();
        let place = flip % path.len();
        let mut forged = *path[place].as_bytes();
        forged[flip] ^= 1;
        path[place] = Leaf::from_bytes(forged);
        prop_assert!(!included(all[at], at as u64, size as u64, &path, root(&all)));
    }
}

/// RFC 6962 §2.1, word by word.
fn defined(leaves: &[Leaf]) -> Leaf {
    match leaves {
        [] => Leaf::of_bytes(b""),
        [leaf] => *leaf,
        _ => {
            let mut split = 1;
            while split * 2 < leaves.len() {
                split *= 2;
            }
            Leaf::of_children(defined(&leaves[..split]), defined(&leaves[split..]))
        }
    }
}
