//! What leaves, against corpora: every type, every disguise, everything that only looks like one; and the laws.
//! Knows nothing of how anything is found.

#[path = "text/case.rs"]
mod case;
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
    let cases = Case::read("blind");
    let missed: Vec<String> = cases.iter().filter_map(Case::missed).collect();
    assert!(
        share(missed.len(), cases.len()) <= 30,
        "{}",
        missed.join("\n")
    );
    let cases = Case::read("blind_negative");
    let wrong: Vec<String> = cases.iter().filter_map(Case::touched).collect();
    assert!(
        share(wrong.len(), cases.len()) <= 10,
        "{}",
        wrong.join("\n")
    );
}

#[test]
fn the_corpora_are_large_enough_to_mean_something() {
    let count = |corpus| Case::read(corpus).len();
    assert!(count("plain") + count("context") + count("disguise") >= 350);
    assert!(count("negative") >= 250);
}

#[test]
fn masked_corpora_hold_none_of_their_values_and_mask_to_themselves() {
    for corpus in ["plain", "context", "disguise", "negative"] {
        for case in Case::read(corpus) {
            let (masked, _) = case.mask();
            case.assert_hides(&masked);
            let (again, findings) = case::mask(masked.clone());
            assert_eq!(again, masked, "{}: not a fixed point", case.id);
            assert!(findings.is_empty(), "{}: a mask was found again", case.id);
        }
    }
}
