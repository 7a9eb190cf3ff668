//! Where words stand in a text that may name what follows them: found in one pass, for all values of the text.
//! Knows nothing of what they name, nor whether they do.

use std::sync::LazyLock;

use super::context::{self, Tells};
use super::hit::Hit;
use super::table_hash::{BASIS, step};
use super::turn::Turn;
use super::words::class;

/// Which words may begin something that names a type, or mislead, by a few bits of their hash: most others need no other
/// look.
static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let mut words = Words {
        names: [0; PLACES],
        others: [0; PLACES],
        lengths: [0; HEADS],
    };
    for word in context::telling() {
        Words::add(&mut words.lengths, &mut words.names, word);
    }
    for word in context::misleading() {
        Words::add(&mut words.lengths, &mut words.others, word);
    }
    words
});

const PLACES: usize = 1024;

/// Places of two letters, five bits each.
const HEADS: usize = 1024;

struct Words {
    /// Those that may name, and those that mislead.
    names: [u64; PLACES],
    others: [u64; PLACES],
    /// By their first two letters, in whatever case, how long they are: one bit a length.
    lengths: [u32; HEADS],
}

/// The place of the first two letters of a word.
fn heads(word: &[u8]) -> usize {
    let letter = |at: usize| usize::from(word.get(at).copied().unwrap_or(0) & 31);
    letter(0) << 5 | letter(1)
}

/// The bit of the length of a word: the last for all that are longer.
fn length_bit(word: &[u8]) -> u32 {
    u32::try_from(word.len()).unwrap_or(u32::MAX).min(31)
}

impl Words {
    fn add(lengths: &mut [u32; HEADS], hashes: &mut [u64; PLACES], word: &[u8]) {
        if let Some(slot) = lengths.get_mut(heads(word)) {
            *slot |= 1 << length_bit(word);
        }
        let hash = word.iter().fold(BASIS, |hash, byte| step(hash, *byte));
        if let Some(slot) = hashes.get_mut(place(hash)) {
            *slot |= 1 << (hash % 64);
        }
    }

    /// Whether a word may be one of these; `hash` is of its lower-case letters.
    fn may_have(hashes: &[u64; PLACES], hash: u64) -> bool {
        let slot = hashes.get(place(hash));
        slot.is_some_and(|slot| slot >> (hash % 64) & 1 == 1)
    }

    /// What a word says, with the one that follows it.
    fn says<'t>(&self, (word, hash): (&[u8], u64), next: impl FnOnce() -> Next<'t>) -> Said {
        let tells = match Self::may_have(&self.names, hash) {
            true => context::tells(word, next()),
            false => Tells::Nothing,
        };
        match tells {
            Tells::Perhaps => Said::Perhaps,
            Tells::Alone => Said::Name,
            Tells::Nothing
                if Self::may_have(&self.others, hash) && context::is_misleading(word) =>
            {
                Said::Other
            }
            Tells::Nothing => Said::Nothing,
        }
    }

    /// What a word by itself says, in whatever case.
    fn of_word(&self, word: &[u8], after: &[u8]) -> Said {
        if !self.may_begin(word) {
            return Said::Nothing;
        }
        let lower = |hash, byte: &u8| step(hash, byte.to_ascii_lowercase());
        let hash = word.iter().fold(BASIS, lower);
        self.says((word, hash), || next_word(after))
    }

    /// Whether one of them begins with the same letters and is as long.
    fn may_begin(&self, word: &[u8]) -> bool {
        let lengths = self.lengths.get(heads(word)).copied().unwrap_or(0);
        lengths >> length_bit(word) & 1 == 1
    }

    /// What letters and digits say of which some may be a word; that they name something where they cannot be read here.
    /// `after` is what stands behind them.
    fn of_stretch(&self, stretch: &[u8], after: &[u8]) -> Said {
        let mut said = Said::Nothing;
        let mut hash = BASIS;
        let mut last = Turn::Break;
        let (mut capital, mut start) = (false, 0);
        // The word before the one that is read.
        let mut before: (&[u8], u64) = (&[], BASIS);
        for (at, byte) in stretch.iter().enumerate() {
            let turn = turn(*byte);
            if turn != last {
                // After several capitals a small letter takes the last of them with it: who knows what is said then.
                if *byte >= 0x80 || (last.leaves_capitals(turn) && capital) {
                    return Said::Perhaps;
                }
                if !last.leaves_capitals(turn) {
                    let word = stretch.get(start..at).unwrap_or_default();
                    said = said.max(self.says(before, || Some(word)));
                    before = (word, hash);
                    (hash, start) = (BASIS, at);
                }
                capital = false;
            } else {
                if *byte >= 0x80 {
                    return Said::Perhaps;
                }
                capital = turn == Turn::Upper;
            }
            hash = step(hash, byte.to_ascii_lowercase());
            last = turn;
        }
        let word = stretch.get(start..).unwrap_or_default();
        let said = said
            .max(self.says(before, || Some(word)))
            .max(self.says((word, hash), || next_word(after)));
        // One of several words: what stands around it counts too.
        match said {
            Said::Name => Said::Perhaps,
            said => said,
        }
    }
}

/// What a word says of what follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Said {
    Nothing,
    /// That it is no value of a weak form.
    Other,
    /// That it is of some type.
    Name,
    /// That it may be of some type, with the words around it.
    Perhaps,
}

/// Words among which those are that say anything.
pub(super) struct Sayers(&'static Words);

impl Sayers {
    pub(super) fn known() -> Self {
        Self(&WORDS)
    }

    /// Whether a word may be one of them; `all` are the bits that all of its bytes have.
    pub(super) fn may_have(&self, word: &[u8], classes: u16, all: u8) -> bool {
        let plain = match classes & !class::RARE {
            class::DIGIT => true,
            class::LETTER => all & SMALL != 0 || word.iter().skip(1).all(|byte| byte & SMALL != 0),
            _ => false,
        };
        !plain || self.0.may_begin(word)
    }
}

/// The bit that small letters have and capitals have not.
const SMALL: u8 = 0x20;

/// The word after another: empty where there is none, `None` where it is not known.
type Next<'t> = Option<&'t [u8]>;

/// What the bytes of a stretch of letters and digits are: one bit a kind.
mod kind {
    pub(super) const LOWER: u8 = 1;
    pub(super) const UPPER: u8 = 2;
    pub(super) const LETTERS: u8 = LOWER | UPPER;
    pub(super) const DIGIT: u8 = 4;
    pub(super) const OTHER: u8 = 8;
}

const KINDS: [u8; 256] = kinds();

const fn kinds() -> [u8; 256] {
    let mut table = [0; 256];
    let mut rest: &mut [u8] = &mut table;
    let mut byte = 0u8;
    while let [first, tail @ ..] = rest {
        *first = match byte {
            b'a'..=b'z' => kind::LOWER,
            b'A'..=b'Z' => kind::UPPER,
            b'0'..=b'9' => kind::DIGIT,
            0x80.. => kind::OTHER,
            _ => 0,
        };
        byte = byte.wrapping_add(1);
        rest = tail;
    }
    table
}

/// The next stretch of letters and digits, and how it stands to what is around it.
struct Stretch<'t> {
    bytes: &'t [u8],
    after: &'t [u8],
    /// It is one word: letters of one case, the first of them a capital or not, or digits.
    one: bool,
}

impl<'t> Stretch<'t> {
    fn next(rest: &'t [u8]) -> Self {
        let gap = rest.iter().position(|byte| kind_of(*byte) != 0);
        let gap = gap.unwrap_or(rest.len());
        let rest = rest.get(gap..).unwrap_or_default();
        let mut seen = 0;
        let length = rest.iter().position(|byte| {
            let kind = kind_of(*byte);
            seen |= kind;
            kind == 0
        });
        let (bytes, after) = rest.split_at(length.unwrap_or(rest.len()));
        let one = match seen {
            kind::LOWER | kind::UPPER | kind::DIGIT => true,
            // A capital and small letters after it.
            kind::LETTERS => {
                matches!(bytes, [b'A'..=b'Z', small @ ..] if small.iter().all(u8::is_ascii_lowercase))
            }
            _ => false,
        };
        Self { bytes, after, one }
    }
}

/// The next word of what stands behind one.
fn next_word(after: &[u8]) -> Next<'_> {
    let next = Stretch::next(after);
    if next.one {
        return Some(next.bytes);
    }
    let Some(first) = next.bytes.first() else {
        return Some(&[]);
    };
    // Letters after capitals take one of them with them, and who knows what is no plain letter or digit.
    let kind = kind_of(*first);
    let end = next.bytes.iter().position(|byte| kind_of(*byte) != kind);
    let end = end.unwrap_or(next.bytes.len());
    let follows = next.bytes.get(end).map_or(0, |byte| kind_of(*byte));
    let ends = match kind {
        kind::LOWER | kind::DIGIT => follows != kind::OTHER,
        kind::UPPER => !matches!(follows, kind::OTHER | kind::LOWER),
        _ => false,
    };
    next.bytes.get(..end).filter(|_| ends)
}

fn kind_of(byte: u8) -> u8 {
    KINDS.get(usize::from(byte)).copied().unwrap_or(0)
}

/// What a byte is to a word; what is not ASCII is part of one.
fn turn(byte: u8) -> Turn {
    match byte {
        0x80.. => Turn::Lower,
        byte => Turn::of_ascii(byte),
    }
}

fn place(hash: u64) -> usize {
    usize::try_from(hash >> 32).unwrap_or(0) % PLACES
}

/// Where such words stand: the ends of the stretches of letters and digits that hold one, in order, and what they say.
#[derive(Debug, Default)]
pub(super) struct Telling(Vec<(usize, usize, Said)>);

impl Telling {
    /// Every word may say anything: nothing is passed over.
    pub(super) fn everywhere() -> Self {
        Self(vec![(0, usize::MAX, Said::Perhaps)])
    }

    /// Reads those words of a text that may be among them. What is not plain ASCII may say anything.
    pub(super) fn of(text: &str, sayers: &[(usize, usize)]) -> Self {
        let words = &*WORDS;
        let said = |(start, end): &(usize, usize)| {
            let next = Stretch::next(text.as_bytes().get(*start..)?);
            let said = match next.one {
                true => words.of_word(next.bytes, next.after),
                false => words.of_stretch(next.bytes, next.after),
            };
            (said != Said::Nothing).then_some((*start, *end, said))
        };
        Self(sayers.iter().filter_map(said).collect())
    }

    /// Leaves out those that stand in spans.
    pub(super) fn retain(&mut self, spans: &[Hit]) {
        let mut stays = beside(spans);
        self.0.retain(|(start, end, _)| stays(*start, *end));
    }

    /// Whether one that may name something stands, at least in part, between two offsets.
    pub(super) fn names_between(&self, from: usize, to: usize) -> bool {
        self.between(from, to).any(|(.., said)| said >= Said::Name)
    }

    /// Whether one of them stands, at least in part, between two offsets.
    pub(super) fn any_between(&self, from: usize, to: usize) -> bool {
        self.between(from, to).next().is_some()
    }

    /// From where on, `from` or later, the words before `to` are to be read, since nothing before that counts beside what
    /// stands there; and whether a word before it names something.
    pub(super) fn nearest(&self, from: usize, to: usize) -> Option<(usize, bool)> {
        let mut nearest: Option<(usize, bool)> = None;
        let mut names = false;
        for (start, end, said) in self.between(from, to) {
            // Whether it says what it does by itself, and nothing before it can take it in.
            let alone = said != Said::Perhaps && start >= from && end <= to;
            if nearest.is_none() || alone {
                nearest = Some((start.max(from), names));
            }
            if !alone {
                break;
            }
            names |= said == Said::Name;
        }
        nearest
    }

    fn between(&self, from: usize, to: usize) -> impl Iterator<Item = (usize, usize, Said)> {
        let first = self.0.partition_point(|(_, end, _)| *end <= from);
        let rest = self.0.iter().skip(first);
        rest.take_while(move |(start, ..)| *start < to).copied()
    }
}

/// Whether what is asked for in order stands beside all spans.
pub(super) fn beside(spans: &[Hit]) -> impl FnMut(usize, usize) -> bool {
    let mut rest = spans;
    move |start: usize, end: usize| {
        while let Some((span, later)) = rest.split_first()
            && span.end <= start
        {
            rest = later;
        }
        rest.first().is_none_or(|span| span.start >= end)
    }
}
