//! The phrases that name types and the words that say something by themselves, to be looked up word by word.
//! Knows nothing of what is made of what they say.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::cue_fields::FIELDS;
use super::cue_table::CUES;
use super::fold;
use super::kind::KindSet;
use super::spoken::Spoken;
use super::table_hash::TableHash;
use super::word_table::{
    ADDRESS_PARTS, GENERIC_WORDS, LABEL_FILLERS, MISLEADING_WORDS, NAME_PARTS, PEOPLE, STATE_WORDS,
};

/// Shortest phrase that is known written as one word too, in bytes.
const JOINED_BYTES_MIN: usize = 6;

/// The lists of words, one bit each.
pub(super) mod says {
    use super::{
        ADDRESS_PARTS, GENERIC_WORDS, HashMap, MISLEADING_WORDS, NAME_PARTS, STATE_WORDS, TableHash,
    };

    pub(in crate::egress) const GENERIC: u8 = 1;
    pub(in crate::egress) const ADDRESS: u8 = 2;
    pub(in crate::egress) const NAME: u8 = 4;
    pub(in crate::egress) const DATE: u8 = 8;
    pub(in crate::egress) const PEOPLE: u8 = 16;
    pub(in crate::egress) const MISLEADING: u8 = 32;
    pub(in crate::egress) const STATE: u8 = 64;
    pub(in crate::egress) const FILLER: u8 = 128;

    /// Each word with the lists in which it stands.
    pub(super) fn table() -> HashMap<&'static [u8], u8, TableHash> {
        let lists = [
            (GENERIC_WORDS, GENERIC),
            (ADDRESS_PARTS, ADDRESS),
            (NAME_PARTS, NAME),
            (&["date", "day", "on"], DATE),
            (super::PEOPLE, PEOPLE),
            (MISLEADING_WORDS, MISLEADING),
            (STATE_WORDS, STATE),
            (super::LABEL_FILLERS, FILLER),
        ];
        let mut table: HashMap<_, u8, _> = HashMap::with_hasher(TableHash::default());
        for (words, bit) in lists {
            for word in words {
                *table.entry(word.as_bytes()).or_default() |= bit;
            }
        }
        table
    }
}

/// What follows the first word of a phrase, and what the phrase names.
pub(super) type Phrase = (Vec<String>, KindSet);

pub(super) struct Rules {
    /// What follows the first word of each phrase, and what the phrase names.
    pub(super) phrases: HashMap<Vec<u8>, Vec<Phrase>, TableHash>,
    /// What single words say: one bit a list.
    words: HashMap<&'static [u8], u8, TableHash>,
    /// Words with which a label may end that names something.
    pub(super) ends: HashSet<Vec<u8>, TableHash>,
}

pub(super) static RULES: LazyLock<Rules> = LazyLock::new(|| {
    let mut rules: HashMap<_, Vec<_>, _> = HashMap::with_hasher(TableHash::default());
    for (phrases, kinds) in CUES.iter().chain(FIELDS) {
        for phrase in phrases.split(',') {
            // Read as the text is, or a phrase with accents or of another script is never met.
            let words = fold::words(phrase);
            // `PASSPORTNO`, `routingnumber`: capitals or small letters alone do not part them.
            let joined = words.concat();
            if words.len() > 1 && joined.len() >= JOINED_BYTES_MIN && joined.is_ascii() {
                let entry = rules.entry(joined.into_bytes()).or_default();
                entry.push((Vec::new(), KindSet::of(kinds)));
            }
            let mut words = words.into_iter();
            if let Some(first) = words.next() {
                let rest: Vec<_> = words.collect();
                rules
                    .entry(first.into_bytes())
                    .or_default()
                    .push((rest, KindSet::of(kinds)));
            }
        }
    }
    let ends = rules.iter().flat_map(|(first, all)| {
        let last = |(rest, _): &Phrase| {
            rest.last()
                .map_or(first.clone(), |word| word.clone().into_bytes())
        };
        all.iter().map(last)
    });
    let fillers = LABEL_FILLERS.iter().map(|word| word.as_bytes().to_vec());
    let people = PEOPLE.iter().map(|word| word.as_bytes().to_vec());
    let last = [b"name".to_vec(), b"file".to_vec()];
    let ends = ends.chain(fillers).chain(people).chain(last).collect();
    Rules {
        phrases: rules,
        words: says::table(),
        ends,
    }
});

impl Rules {
    /// What a word in small letters says by itself: bits of [`says`].
    pub(super) fn says(&self, word: &[u8]) -> u8 {
        // A number says nothing of its own; the lines of an address are counted: `line1`.
        if word.iter().all(u8::is_ascii_digit) {
            return says::GENERIC | says::ADDRESS;
        }
        self.words.get(word).copied().unwrap_or(0)
    }

    /// Whether some phrase of several words begins with this one.
    pub(super) fn begins(&self, word: &str) -> bool {
        let phrases = self.phrases.get(word.as_bytes());
        phrases.is_some_and(|all| all.iter().any(|(rest, _)| !rest.is_empty()))
    }

    /// The longest phrase that starts at `at`: its length in words and what it names.
    pub(super) fn longest(&self, words: &Spoken, at: usize) -> Option<(usize, KindSet)> {
        let mut best: Option<(usize, KindSet)> = None;
        for (rest, kinds) in self.phrases.get(words.bytes(at)?)? {
            let follows = rest
                .iter()
                .enumerate()
                .all(|(n, word)| words.bytes(at + 1 + n) == Some(word.as_bytes()));
            let length = rest.len() + 1;
            if follows {
                best = match best {
                    Some((longest, known)) if longest == length => {
                        Some((longest, known.union(*kinds)))
                    }
                    Some((longest, known)) if longest > length => Some((longest, known)),
                    _ => Some((length, *kinds)),
                };
            }
        }
        best
    }
}
