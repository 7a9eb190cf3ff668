//! Every way that is short is held against the long one, on values and rows that nobody wrote by hand.
//! Knows nothing of which ways there are. Deterministic: a failing seed is named.

use aegis_core::egress::{Profile, Scan, Secrets, mask_source};

use super::case::SCOPE;
use super::cells::{alike, column};
use super::dice::{Dice, crowd, disguised, leaf, prose, quoted, rows};

/// What is found where and what is left, or why nothing can be said.
fn outcome(profile: &Profile, source: &str) -> String {
    let scan = Scan {
        profile,
        secrets: &Secrets::none(),
        scope_key: &SCOPE,
    };
    format!("{:?}", mask_source(&scan, source))
}

fn hold(seed: u64, rounds: usize) {
    let fast: Vec<Profile> = Profile::names().filter_map(Profile::named).collect();
    for round in 0..rounds {
        let mut dice = Dice(seed << 32 | round as u64);
        let source = match dice.roll(9) {
            0 => quoted(&leaf(&mut dice)),
            1 => quoted(&prose(&mut dice)),
            2 | 3 => quoted(&crowd(&mut dice)),
            4 | 5 => quoted(&disguised(&mut dice)),
            6 => alike(&mut dice),
            _ => rows(&mut dice),
        };
        agree(&fast[dice.roll(fast.len())], &source, (seed, round));
    }
}

/// Both ways find the same.
fn agree(fast: &Profile, source: &str, place: (u64, usize)) {
    let slow = fast.clone().without_shortcuts();
    assert_eq!(
        outcome(fast, source),
        outcome(&slow, source),
        "{place:?}: {source}"
    );
}

#[test]
fn no_short_way_finds_otherwise_than_the_long_one() {
    hold(1, 250);
}

#[test]
fn no_short_way_finds_otherwise_in_a_column() {
    let profile = Profile::standard();
    for round in 0..300 {
        let mut dice = Dice(round as u64);
        agree(&profile, &column(&mut dice), (0, round));
    }
}

#[test]
fn no_short_way_finds_otherwise_among_cells_alike() {
    let fast: Vec<Profile> = Profile::names().filter_map(Profile::named).collect();
    for round in 0..300 {
        let mut dice = Dice(1 << 40 | round as u64);
        let profile = &fast[dice.roll(fast.len())];
        agree(profile, &alike(&mut dice), (1, round));
    }
}

#[test]
#[ignore = "minutes: cargo test --release -p aegis-tests --test text_corpus gates -- --ignored"]
fn no_short_way_finds_otherwise_in_many_rows() {
    for seed in 2..12 {
        hold(seed, 100_000);
    }
}
