//! Which of the rarer searches can lead anywhere in a text: learnt from its words and marks while it is read once.
//! Knows nothing of what they find; that none is left out which finds something is a law in the tests.

use super::unwrap::{apart, ascii85, base, grouped, number_words, spelled};
use super::words::{class, class_at};

/// Bits of [`Ways`]: searches, and words without which a search finds nothing.
pub(super) mod way {
    /// Letters that stand alone by the same mark.
    pub(in crate::egress) const APART: u32 = 1;
    /// Digits in words.
    pub(in crate::egress) const WORDED: u32 = 1 << 1;
    /// Bytes written one by one.
    pub(in crate::egress) const SPELLED: u32 = 1 << 2;
    /// Base 64 and its kin.
    pub(in crate::egress) const ENCODED: u32 = 1 << 3;
    /// Base 64 in groups.
    pub(in crate::egress) const GROUPED: u32 = 1 << 4;
    /// Base 85.
    pub(in crate::egress) const BASE85: u32 = 1 << 5;
    /// Values that are announced to be written from their end, and heads of secrets that are: as long as nobody asked.
    pub(in crate::egress) const ANNOUNCED: u32 = 1 << 6;
    pub(in crate::egress) const TURNED: u32 = 1 << 7;
    /// Words of commands that a password follows.
    pub(in crate::egress) const COMMAND: u32 = 1 << 8;
    pub(in crate::egress) const PASSWORD: u32 = 1 << 9;
    pub(in crate::egress) const IS: u32 = 1 << 10;
    pub(in crate::egress) const DOT: u32 = 1 << 11;
    /// Numbers of letters and digits, and values that words name: as long as no search has said that none may begin.
    pub(in crate::egress) const CODE: u32 = 1 << 12;
    pub(in crate::egress) const LABEL: u32 = 1 << 13;
    /// Groups that stand apart by an odd mark, likewise.
    pub(in crate::egress) const SPREAD: u32 = 1 << 14;
    /// Secrets that sentences tell, likewise.
    pub(in crate::egress) const TOLD: u32 = 1 << 15;
}

/// The words that are asked for.
const WORDS: [(&[u8], u32); 9] = [
    (b"is", way::IS),
    (b"dot", way::DOT),
    (b"add", way::COMMAND),
    (b"change", way::COMMAND),
    (b"use", way::COMMAND),
    (b"user", way::COMMAND),
    (b"passin", way::COMMAND),
    (b"passout", way::COMMAND),
    (b"password", way::PASSWORD),
];
/// Ways that are closed by who asked in vain.
const UNASKED: u32 =
    way::ANNOUNCED | way::TURNED | way::CODE | way::LABEL | way::SPREAD | way::TOLD;
/// Letters of the shortest word that may end in one of a command: `requirepass`, `masterauth`.
const LONG_LETTERS: usize = 10;
/// The one blank that is of no class of blanks.
const FORM_FEED: u8 = 0x0C;

/// Whether words that begin with these two letters, five bits a letter, may be of digits, or of letters, or among those.
static HEADS: [Head; 1024] = heads();

#[derive(Clone, Copy)]
struct Head {
    digit: bool,
    letter: bool,
    says: bool,
}

impl Head {
    const NONE: Self = Self {
        digit: false,
        letter: false,
        says: false,
    };
}

const fn heads() -> [Head; 1024] {
    let mut table = [Head::NONE; 1024];
    let mut rest: &mut [Head] = &mut table;
    let mut head = 0u16;
    while let [slot, more @ ..] = rest {
        let (one, two) = ((head >> 5) as u8 | 0x60, (head & 31) as u8 | 0x60);
        slot.digit = number_words::begins((one, two));
        slot.letter = number_words::begins_letter((one, two));
        let mut words: &[(&[u8], u32)] = &WORDS;
        while let [(word, _), tail @ ..] = words {
            slot.says |= matches!(word, [first, second, ..] if *first == one && *second == two);
            words = tail;
        }
        head += 1;
        rest = more;
    }
    table
}

/// What a word that begins with these letters may be.
fn heads_of(one: u8, two: u8) -> Head {
    let place = usize::from(one & 31) << 5 | usize::from(two & 31);
    HEADS.get(place).copied().unwrap_or(Head::NONE)
}

/// Reads a text from its begin, word by word and mark by mark.
pub(super) struct Ways<'t> {
    bytes: &'t [u8],
    open: u32,
    /// Words of one letter in a row, words of digits in a row, and bytes in words with digits in a row.
    alone: usize,
    row: usize,
    held: spelled::Row,
    /// Where the run of letters of base 64 begins, the group of them, and the token between blanks.
    run: usize,
    group: usize,
    token: usize,
    /// Letters of the group before, where others as long or a shorter one may follow; else none.
    first: usize,
}

impl<'t> Ways<'t> {
    /// All ways lead somewhere.
    pub(super) const ALL: u32 = u32::MAX;

    pub(super) fn new(text: &'t str) -> Self {
        Self {
            bytes: text.as_bytes(),
            open: UNASKED,
            alone: 0,
            row: 0,
            held: spelled::Row::default(),
            run: 0,
            group: 0,
            token: 0,
            first: 0,
        }
    }

    /// The ways that are open once the text has ended.
    pub(super) fn end(mut self) -> u32 {
        self.mark(self.bytes.len(), b'\n', class::NEWLINE);
        self.open
    }

    /// Reads a word: letters, digits and bytes of other scripts, by the classes that occur in it.
    #[inline]
    pub(super) fn word(&mut self, word: &[u8], start: usize, classes: u16) {
        if word.len() >= LONG_LETTERS && matches!(word.last(), Some(b's' | b'h')) {
            self.open |= way::COMMAND;
        }
        if classes & class::DIGIT != 0
            && self.open & way::SPELLED == 0
            && self.held.reaches(word, start)
        {
            self.open |= way::SPELLED;
        }
        if classes & !(class::LETTER | class::RARE) == 0 {
            let (one, two) = match word {
                [one, two, ..] => (*one, *two),
                [one] => (*one, 0),
                [] => (0, 0),
            };
            let head = heads_of(one, two);
            if head.says {
                self.says(word);
            }
            self.counts(head.digit || head.letter && number_words::is_letter(word));
        } else if classes != class::DIGIT {
            self.mixed(word, start);
            return;
        }
        self.stands(word.len());
    }

    /// A word that may be one of those that are asked for.
    fn says(&mut self, word: &[u8]) {
        for (known, way) in WORDS {
            if word.eq_ignore_ascii_case(known) {
                self.open |= way;
            }
        }
    }

    /// Letters and digits that stand together, as many of them.
    fn stands(&mut self, length: usize) {
        if length != 1 {
            self.alone = 0;
            return;
        }
        self.alone = self.alone.wrapping_add(1);
        if self.alone >= apart::ALONE_MIN {
            self.open |= way::APART;
        }
    }

    /// A word that may say a digit or a letter, or not.
    fn counts(&mut self, begins: bool) {
        self.row = if begins { self.row.wrapping_add(1) } else { 0 };
        if self.row >= number_words::ROW_MIN {
            self.open |= way::WORDED;
        }
    }

    /// A word of letters, digits and bytes of other scripts, letter by letter.
    #[inline(never)]
    fn mixed(&mut self, word: &[u8], start: usize) {
        let (mut length, mut inside) = (0, false);
        for (at, byte) in word.iter().enumerate() {
            if byte.is_ascii() {
                length += 1;
            } else {
                if length > 0 {
                    self.stands(std::mem::take(&mut length));
                }
                self.mark(start.wrapping_add(at), *byte, class::OTHER_SCRIPT);
            }
            let letter = byte.is_ascii_alphabetic();
            if letter && !inside {
                let next = word.get(at.wrapping_add(1)).copied();
                let next = next.filter(u8::is_ascii_alphabetic);
                let head = heads_of(*byte, next.unwrap_or(0));
                self.counts(head.digit || head.letter);
            }
            inside = letter;
        }
        if length > 0 {
            self.stands(length);
        }
    }

    /// Reads what is in no word, or in none of plain letters and digits; a break of lines at the end.
    #[inline]
    pub(super) fn mark(&mut self, at: usize, byte: u8, class: u16) {
        if class & class::JOINER != 0 && byte != b'.' {
            return;
        }
        let next = at.wrapping_add(1);
        let run = at.wrapping_sub(self.run);
        if run >= base::RUN_MIN || byte == b'=' {
            self.encoded(at, byte);
        }
        self.run = next;
        if byte == b'=' {
            return;
        }
        let group = at.wrapping_sub(self.group);
        if group > 0 && group <= self.first {
            self.grouped();
        }
        self.first = match byte == b' ' && group.is_multiple_of(grouped::LETTERS) {
            true => group,
            false => 0,
        };
        self.group = next;
        if class & (class::SPACE | class::NEWLINE) != 0 || byte == FORM_FEED {
            if at.wrapping_sub(self.token) >= ascii85::TOKEN_BYTES_MIN {
                self.packed(at);
            }
            self.token = next;
        }
    }

    #[cold]
    fn encoded(&mut self, at: usize, byte: u8) {
        let run = self.bytes.get(self.run..at).unwrap_or_default();
        if self.open & way::ENCODED == 0
            && (base::may_go_on(run, byte) || base::may_be_run(run, byte == b'='))
        {
            self.open |= way::ENCODED;
        }
    }

    #[cold]
    fn grouped(&mut self) {
        let end = self.group.wrapping_sub(1);
        let start = end.wrapping_sub(self.first);
        if self.open & way::GROUPED == 0 && grouped::may_begin(self.bytes, start, end) {
            self.open |= way::GROUPED;
        }
    }

    #[cold]
    fn packed(&mut self, at: usize) {
        let token = self.bytes.get(self.token..at).unwrap_or_default();
        if self.open & way::BASE85 == 0 && ascii85::may_hold(token) {
            self.open |= way::BASE85;
        }
    }
}

/// The ways that open where what stands before or behind a blanked span is joined to it: a shorter run may be one.
pub(super) fn opened(before: u8, after: u8) -> u32 {
    let joins = |byte: u8| class_at(byte) & (class::JOINER | class::EQUALS) != 0;
    match joins(before) || joins(after) {
        true => way::GROUPED | way::ENCODED,
        false => 0,
    }
}
