//! One pass over a text: which bytes occur, and where the words with digits and the long runs are.
//! Knows nothing of what any of them mean.

use std::cell::{Cell, OnceCell};

use super::hit::Hit;
use super::summary::Summary;
use super::telling_words::{Sayers, Telling, beside};
use super::ways::{self, Ways};

/// Bits of [`Lexed::classes`]: which kinds of bytes occur in a text.
pub(super) mod class {
    pub(in crate::egress) const DIGIT: u16 = 1;
    pub(in crate::egress) const LETTER: u16 = 1 << 1;
    pub(in crate::egress) const OTHER_SCRIPT: u16 = 1 << 2;
    pub(in crate::egress) const AT: u16 = 1 << 3;
    pub(in crate::egress) const COLON: u16 = 1 << 4;
    pub(in crate::egress) const EQUALS: u16 = 1 << 5;
    pub(in crate::egress) const ESCAPE: u16 = 1 << 6;
    pub(in crate::egress) const BRACKET: u16 = 1 << 7;
    pub(in crate::egress) const ANGLE: u16 = 1 << 8;
    pub(in crate::egress) const NEWLINE: u16 = 1 << 9;
    pub(in crate::egress) const CONTROL: u16 = 1 << 10;
    pub(in crate::egress) const STAR: u16 = 1 << 11;
    pub(in crate::egress) const JOINER: u16 = 1 << 12;
    pub(in crate::egress) const SPACE: u16 = 1 << 13;
    pub(in crate::egress) const QUOTE: u16 = 1 << 14;
    /// The rarest letter of a private key's head.
    pub(in crate::egress) const RARE: u16 = 1 << 15;
    /// What opens JSON.
    pub(in crate::egress) const STRUCTURE: u16 = BRACKET | QUOTE;
    /// What makes a text worth searching, however short.
    pub(in crate::egress) const LOUD: u16 =
        AT | COLON | EQUALS | ESCAPE | OTHER_SCRIPT | CONTROL | BRACKET | NEWLINE;
    /// What makes a word.
    pub(in crate::egress) const WORD: u16 = DIGIT | LETTER | OTHER_SCRIPT;
}

/// Shortest run of letters, digits and joiners that can be a machine's secret.
pub(super) const LONG_RUN: usize = 16;
/// Bytes for each of which there is room for a word that is noted, at first.
const WORD_BYTES: usize = 16;
/// Shortest blanked span over which nothing goes on that may go on over a few bytes.
const SPAN_MIN: usize = 4;

const CLASSES: [u16; 256] = classes();

const fn classes() -> [u16; 256] {
    let mut table = [0u16; 256];
    let mut rest: &mut [u16] = &mut table;
    let mut byte = 0u16;
    while let [first, tail @ ..] = rest {
        *first = class_of(byte);
        byte += 1;
        rest = tail;
    }
    table
}

const fn class_of(byte: u16) -> u16 {
    // Above 0x7F the cast below would cut nothing, but the match has no arm for it.
    if byte >= 0x80 {
        return class::OTHER_SCRIPT;
    }
    match byte as u8 {
        b'0'..=b'9' => class::DIGIT,
        b'V' => class::LETTER | class::RARE,
        b'a'..=b'z' | b'A'..=b'Z' => class::LETTER,
        b'@' => class::AT,
        b':' => class::COLON,
        b'=' => class::EQUALS,
        b'%' | b'&' | b'\\' => class::ESCAPE,
        b'(' | b'[' | b'{' => class::BRACKET,
        b'<' => class::ANGLE,
        b'\n' | b'\r' => class::NEWLINE,
        b'\t' | b' ' => class::SPACE,
        b'*' => class::STAR,
        b'_' | b'-' | b'+' | b'/' | b'.' => class::JOINER,
        b'"' | b'\'' => class::QUOTE,
        0..=0x1F | 0x7F => class::CONTROL,
        _ => 0,
    }
}

/// The class of one byte.
pub(super) fn class_at(byte: u8) -> u16 {
    CLASSES.get(usize::from(byte)).copied().unwrap_or(0)
}

/// A maximal run of letters, digits and bytes of other scripts that holds a digit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) digits: usize,
}

/// What one pass learns.
#[derive(Debug, Default)]
pub(super) struct Lexed {
    /// Which classes occur.
    pub(super) classes: u16,
    /// Words with a digit in them, in order.
    pub(super) words: Vec<Word>,
    /// All digits of the text.
    pub(super) digits: usize,
    /// Longest run of letters, digits and joiners.
    pub(super) longest_run: usize,
    /// Words that may say something of what follows them, in order.
    sayers: Vec<(usize, usize)>,
    /// What they say, once somebody asked.
    telling: OnceCell<Telling>,
    /// Ways that may lead somewhere: see [`way`](super::ways::way). What they lead to must not go over what is taken out of a
    /// text, so that a text which holds nothing of the kind holds nothing when whole words are taken from it.
    open: Cell<u32>,
    /// Bytes that detectors went over beside their one look at the text.
    steps: Cell<u64>,
    /// Nothing is ruled out by what was learnt.
    presumed: bool,
}

impl Lexed {
    /// Every word of the text may name what follows it, and every way lead somewhere.
    pub(super) fn presume(&mut self) {
        self.presumed = true;
        self.telling = OnceCell::from(Telling::everywhere());
        self.open = Cell::new(Ways::ALL);
    }

    /// Whether nothing is ruled out by what was learnt.
    pub(super) fn is_presumed(&self) -> bool {
        self.presumed
    }

    /// Where words stand that may name what follows them, in the text that was lexed.
    pub(super) fn telling(&self, text: &str) -> &Telling {
        self.telling.get_or_init(|| Telling::of(text, &self.sayers))
    }

    /// Words that may say something of what follows them, in order.
    pub(super) fn sayers(&self) -> &[(usize, usize)] {
        &self.sayers
    }

    /// Whether a way may lead somewhere.
    pub(super) fn leads(&self, way: u32) -> bool {
        self.open.get() & way != 0
    }

    /// Whether a way leads somewhere, as `asked` says; where it does not, it is not asked again.
    pub(super) fn still_leads(&self, way: u32, asked: impl FnOnce() -> bool) -> bool {
        let leads = self.leads(way) && asked();
        if !leads {
            self.closes(way);
        }
        leads
    }

    /// Whether spans begin and end where no word goes on, so that words are taken out of a text as a whole or not at all,
    /// and leave wide gaps.
    pub(super) fn parts(text: &str, spans: &[Hit]) -> bool {
        let in_word = |at: Option<usize>| {
            let byte = at.and_then(|at| text.as_bytes().get(at));
            byte.is_some_and(|byte| class_at(*byte) & class::WORD != 0)
        };
        let cuts = |span: &Hit| {
            in_word(span.start.checked_sub(1))
                || in_word(Some(span.end))
                || span.end - span.start < SPAN_MIN
        };
        !spans.iter().any(cuts)
    }

    /// What is learnt of `text` when it becomes `left` by the blanking of spans which [`Lexed::parts`] says part it. It is
    /// what another reading would say, but for the words that may name something: of these some are left that cannot,
    /// and none is missed, since nothing is named over a barrier.
    pub(super) fn without(&mut self, spans: &[Hit], text: &str, left: &str) {
        let mut stays = beside(spans);
        self.words.retain(|word| stays(word.start, word.end));
        let mut stays = beside(spans);
        self.sayers.retain(|(start, end)| stays(*start, *end));
        self.digits = self.words.iter().map(|word| word.digits).sum();
        if let Some(telling) = self.telling.get_mut() {
            telling.retain(spans);
        }
        let at = |at: Option<usize>| at.and_then(|at| text.as_bytes().get(at).copied());
        for span in spans {
            let (before, after) = (at(span.start.checked_sub(1)), at(Some(span.end)));
            let opened = ways::opened(before.unwrap_or(0), after.unwrap_or(0));
            self.open.set(self.open.get() | opened);
        }
        // A class that has gone, or a run, is looked for in vain; what looks for long runs takes long.
        self.classes |= class::CONTROL;
        if self.longest_run >= LONG_RUN {
            self.longest_run = Summary::of(left).longest_run();
        }
    }

    /// A way leads nowhere: not in this text, and not in what is left of it.
    pub(super) fn closes(&self, way: u32) {
        self.open.set(self.open.get() & !way);
    }

    /// Counts bytes that a detector goes over.
    pub(super) fn went_over(&self, bytes: usize) {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        self.steps.set(self.steps.get().saturating_add(bytes));
    }

    /// Takes the count.
    pub(super) fn take_steps(&self) -> u64 {
        self.steps.take()
    }

    /// Whether any of the classes occurs.
    pub(super) fn has(&self, classes: u16) -> bool {
        self.classes & classes != 0
    }
}

/// As [`lex`], if that was not done for the summary of the text.
pub(super) fn lex_after(summary: &Summary, text: &str, lexed: &mut Lexed) {
    if !summary.is_lexed() {
        lex(text, lexed);
    }
}

/// Reads `text` once into `lexed`, whose buffer is used again.
pub(super) fn lex(text: &str, lexed: &mut Lexed) {
    lexed.presumed = false;
    lexed.words.clear();
    lexed.sayers.clear();
    if lexed.words.capacity() == 0 {
        lexed.words.reserve(text.len() / WORD_BYTES);
        lexed.sayers.reserve(text.len() / WORD_BYTES);
    }
    lexed.telling.take();
    let sayers = Sayers::known();
    let mut ways = Ways::new(text);
    let (mut seen, mut longest) = (0u16, 0usize);
    let (mut start, mut run, mut all_digits) = (0usize, 0usize, 0usize);
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        let (mut classes, mut after, mut all) = (0u16, 0u16, u8::MAX);
        let length = rest.iter().position(|byte| {
            after = class_at(*byte);
            let goes_on = after & class::WORD != 0;
            if goes_on {
                classes |= after;
                all &= byte;
            }
            !goes_on
        });
        let (word, more) = rest.split_at(length.unwrap_or(rest.len()));
        let end = start.wrapping_add(word.len());
        seen |= classes;
        if classes & class::DIGIT != 0 {
            let digits = match classes {
                class::DIGIT => word.len(),
                _ => word.iter().filter(|byte| byte.is_ascii_digit()).count(),
            };
            lexed.words.push(Word { start, end, digits });
            all_digits = all_digits.wrapping_add(digits);
        }
        if classes != 0 {
            ways.word(word, start, classes);
            if sayers.may_have(word, classes, all) {
                lexed.sayers.push((start, end));
            }
        }
        let Some((mark, more)) = more.split_first() else {
            break;
        };
        seen |= after;
        ways.mark(end, *mark, after);
        start = end.wrapping_add(1);
        if after & class::JOINER == 0 {
            longest = longest.max(end.wrapping_sub(run));
            run = start;
        }
        rest = more;
    }
    lexed.open = Cell::new(ways.end());
    lexed.classes = seen;
    lexed.digits = all_digits;
    lexed.longest_run = longest.max(text.len().wrapping_sub(run));
}
