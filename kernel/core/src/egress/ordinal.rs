//! Keys that count: `card_1` and `card_2` belong together.
//! Knows nothing of what they hold.

use super::fold;
use super::spoken::Spoken;

/// Words that tell one part from the next.
const ORDINALS: [&str; 34] = [
    "1", "2", "3", "4", "5", "a", "b", "c", "d", "part", "first", "second", "third", "fourth",
    "last", "left", "right", "head", "tail", "start", "end", "prefix", "suffix", "middle", "mid",
    "hi", "lo", "high", "low", "segment", "seg", "chunk", "one", "two",
];

/// Whether a word tells one part from the next, alone or with its number.
fn is_ordinal(word: &str) -> bool {
    let bare = word.trim_end_matches(|c: char| c.is_ascii_digit());
    ORDINALS.contains(&word) || ORDINALS.contains(&bare)
}

/// Whether a key counts.
pub(super) fn counts(key: &str) -> bool {
    let words = Spoken::of(key);
    (0..words.len()).any(|at| words.get(at).is_some_and(is_ordinal))
}

/// The key without the words that count, and whether there were any.
pub(super) fn stem(key: &str) -> (String, bool) {
    let words = fold::words(key);
    let kept: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|word| !is_ordinal(word))
        .collect();
    (kept.join(" "), kept.len() < words.len())
}
