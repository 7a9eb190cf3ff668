//! What leaves, against corpora: every type, every disguise, everything that only looks like one; and the laws.
//! Knows nothing of how anything is found.

#[path = "text/case.rs"]
mod case;
#[path = "text/cells.rs"]
mod cells;
#[path = "text/columns.rs"]
mod columns;
#[path = "text/dice.rs"]
mod dice;
#[path = "text/fuzz.rs"]
mod fuzz;
#[path = "text/gates.rs"]
mod gates;
#[path = "text/laws.rs"]
mod laws;
#[path = "text/operators.rs"]
mod operators;
#[path = "text/own.rs"]
mod own;
#[path = "text/partial.rs"]
mod partial;
#[path = "text/secrets.rs"]
mod secrets;
#[path = "text/work.rs"]
mod work;

use std::collections::BTreeSet;

use aegis_core::egress::{Kind, Profile, Scan, Secrets, mask_json};
use case::Case;

/// Every value of the corpus must be found whole: these are the words of a promise, not a score.
fn all_found(corpus: &str) {
    let missed: Vec<String> = Case::read(corpus).iter().filter_map(Case::missed).collect();
    assert!(missed.is_empty(), "{corpus}:\n{}", missed.join("\n"));
}

#[test]
fn plain_values_are_found() {
    all_found("plain");
}

#[test]
fn values_that_a_key_names_are_found() {
    all_found("context");
}

#[test]
fn disguised_values_are_found() {
    all_found("disguise");
}

#[test]
fn what_only_looks_like_a_value_stays() {
    let wrong: Vec<String> = Case::read("negative")
        .iter()
        .filter_map(Case::touched)
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// How many in a thousand of a corpus that was made without looking at the detectors.
fn share(part: usize, of: usize) -> usize {
    part * 1000 / of
}

#[test]
fn a_corpus_made_blind_is_found_and_its_look_alikes_stay() {
    for (corpus, look_alikes) in [("blind", "blind_negative"), ("second", "second_negative")] {
        let cases = Case::read(corpus);
        let missed: Vec<String> = cases.iter().filter_map(Case::missed).collect();
        assert!(
            share(missed.len(), cases.len()) <= 30,
            "{}",
            missed.join("\n")
        );
        let cases = Case::read(look_alikes);
        let wrong: Vec<String> = cases.iter().filter_map(Case::touched).collect();
        assert!(
            share(wrong.len(), cases.len()) <= 20,
            "{}",
            wrong.join("\n")
        );
    }
}

/// Types that no detector finds: one is a label's alone, one an external analyser's, one stands for known secrets.
const FOUND_BY_OTHERS: [&str; 3] = ["US_DRIVER_LICENSE", "PERSONAL_DATA", "SECRET"];

#[test]
fn every_type_is_found_under_its_own_name_by_some_line() {
    let on =
        ["SWIFT_CODE", "AU_ABN", "AU_ACN", "BR_CNPJ"].map(|name| format!("{name} = \"redact\"\n"));
    let profile = Profile::parse(&format!("base = \"standard\"\n[mask]\n{}", on.concat())).unwrap();
    let scan = Scan {
        profile: &profile,
        secrets: &Secrets::none(),
        scope_key: &case::SCOPE,
    };
    let mut found = BTreeSet::new();
    for corpus in ["plain", "context", "disguise", "blind", "second", "types"] {
        for case in Case::read(corpus) {
            let (_, findings) = mask_json(&scan, case.value.clone()).unwrap();
            found.extend(
                findings
                    .into_iter()
                    .map(|finding| finding.kind.into_owned()),
            );
            if corpus == "types" {
                let kinds = case.kinds.iter().all(|kind| found.contains(kind));
                assert!(kinds, "{}: {:?}", case.id, case.kinds);
            }
        }
    }
    let never: Vec<&str> = Kind::names()
        .filter(|name| !found.contains(*name) && !FOUND_BY_OTHERS.contains(name))
        .collect();
    assert!(never.is_empty(), "{never:?}");
}

#[test]
fn the_corpora_are_large_enough_to_mean_something() {
    let count = |corpus| Case::read(corpus).len();
    assert!(count("plain") + count("context") + count("disguise") >= 350);
    assert!(count("negative") >= 250);
}

#[test]
fn masked_corpora_hold_none_of_their_values_and_mask_to_themselves() {
    for corpus in [
        "plain",
        "context",
        "disguise",
        "negative",
        "blind",
        "second",
        "blind_negative",
        "second_negative",
    ] {
        for case in Case::read(corpus) {
            let (masked, _) = case.mask();
            if case.missed().is_none() {
                case.assert_hides(&masked);
            }
            let (again, findings) = case::mask(masked.clone());
            assert_eq!(again, masked, "{}: not a fixed point", case.id);
            assert!(findings.is_empty(), "{}: a mask was found again", case.id);
        }
    }
}
