//! Base 64 in groups with blanks between them, and lines of uuencoding.
//! Knows nothing of what the text says. All of a run must be text.

use super::base;
use crate::egress::view::View;

/// Letters of one group.
const GROUP_LETTERS: std::ops::RangeInclusive<usize> = 4..=76;
/// Letters of which a group has so many or some times as many, unless it is the last.
pub(in crate::egress) const LETTERS: usize = 4;
/// How far a run is gone through to say whether it may be one, in bytes.
const PROBED_BYTES: usize = 64;
/// Fewest letters of all groups.
const LETTERS_MIN: usize = 14;
/// Letters that show whether a run can be text.
const PROBE: usize = 8;
/// Most letters of one run.
const LETTERS_MAX: usize = 16 * 1024;

/// Spans of groups that read as text, each with the text.
pub(in crate::egress) fn runs(text: &str) -> Vec<(usize, usize, String)> {
    let mut found = Vec::new();
    let mut run = Run::default();
    let mut at = 0;
    let bytes = text.as_bytes();
    while at < bytes.len() {
        let rest = bytes.get(at..).unwrap_or_default();
        let length = rest.iter().position(|byte| !is_letter(*byte));
        let length = length.unwrap_or(rest.len());
        let joined = at > 0 && bytes.get(at - 1) == Some(&b' ') && run.end + 1 == at;
        if length > 0 && !(joined && run.takes(length)) {
            run.close(text, &mut found);
            run = Run::new(at, length);
        }
        if length > 0 {
            run.end = at + length;
        }
        at += length + 1;
    }
    run.close(text, &mut found);
    found
}

/// Whether a run may begin with the group between two offsets, which a blank follows: as far as it is gone through, it is
/// long enough, and not of small letters alone, and its head can be text. Where it begins to be one, it is searched.
pub(in crate::egress) fn may_begin(bytes: &[u8], start: usize, end: usize) -> bool {
    if let Some([a, b, c]) = bytes.get(start..).and_then(|rest| rest.first_chunk())
        && let (a @ 0..PAD, b @ 0..PAD, c @ 0..PAD) = (value(*a), value(*b), value(*c))
        && !may_lead(a << 2 | b >> 4, b << 4 | c >> 2)
    {
        return false;
    }
    let mut run = Run::new(start, end - start);
    run.end = end;
    let is_probed = |run: &Run| run.groups > 1 && run.end - start >= PROBED_BYTES;
    while !is_probed(&run) && bytes.get(run.end) == Some(&b' ') {
        let rest = bytes.get(run.end + 1..).unwrap_or_default();
        let rest = rest.get(..=run.length).unwrap_or(rest);
        let length = rest.iter().position(|byte| !is_letter(*byte));
        let length = length.unwrap_or(rest.len());
        if length == 0 || !run.takes(length) {
            break;
        }
        run.end += 1 + length;
    }
    let shown = bytes.get(start..run.end).unwrap_or_default();
    let shown = std::str::from_utf8(shown).unwrap_or_default();
    let length = run.end - start;
    run.groups > 1
        && length >= LETTERS_MIN
        && (length >= PROBED_BYTES || tells(shown))
        && head(shown).is_some()
}

/// Whether a text may begin with two bytes: with no control, and no byte that goes on where none began.
fn may_lead(one: u8, two: u8) -> bool {
    let may_begin = |byte: u8| !matches!(byte, ..0x20 | 0x7F..0xC2);
    may_begin(one) && (one >= 0x80 || may_begin(two))
}

/// What letters of base 64 are worth; what pads them, and what is none.
const VALUES: [u8; 256] = values();
const PAD: u8 = 64;
const NONE: u8 = 65;

const fn values() -> [u8; 256] {
    let mut table = [NONE; 256];
    let mut rest: &mut [u8] = &mut table;
    let mut letter = 0u8;
    while let [slot, more @ ..] = rest {
        *slot = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => PAD,
            _ => NONE,
        };
        letter = letter.wrapping_add(1);
        rest = more;
    }
    table
}

fn value(letter: u8) -> u8 {
    VALUES.get(usize::from(letter)).copied().unwrap_or(NONE)
}

fn is_letter(byte: u8) -> bool {
    value(byte) != NONE
}

/// Groups of one length; the last may be shorter.
#[derive(Default)]
struct Run {
    start: usize,
    end: usize,
    length: usize,
    groups: usize,
    over: bool,
}

impl Run {
    fn new(start: usize, length: usize) -> Self {
        Self {
            start,
            end: start,
            length,
            groups: 1,
            over: false,
        }
    }

    fn takes(&mut self, length: usize) -> bool {
        let fits = !self.over
            && GROUP_LETTERS.contains(&self.length)
            && self.length.is_multiple_of(LETTERS)
            && length <= self.length
            && self.end - self.start < LETTERS_MAX;
        if fits {
            self.over = length < self.length;
            self.groups += 1;
        }
        fits
    }

    fn close(&self, text: &str, found: &mut Vec<(usize, usize, String)>) {
        if self.groups < 2 {
            return;
        }
        // What is shorter than the others may be a word that follows.
        let ends = [
            self.end,
            self.start + (self.groups - 1) * (self.length + 1) - 1,
        ];
        let tries = if self.over { 2 } else { 1 };
        let read = ends.into_iter().take(tries).find_map(|end| {
            let shown = text
                .get(self.start..end)
                .filter(|shown| shown.len() >= LETTERS_MIN)?;
            Some((end, decoded(shown)?))
        });
        found.extend(read.map(|(end, plain)| (self.start, end, plain)));
    }
}

/// What groups read as, if all of it is text; their first letters decide for nearly all that is none.
fn decoded(shown: &str) -> Option<String> {
    if !tells(shown) {
        return None;
    }
    head(shown)?;
    let letters: String = shown.chars().filter(|c| *c != ' ').collect();
    base::base64(&letters).and_then(plain)
}

/// A digit, a blank, an `@` and a full stop all need a capital or a digit: small letters alone are words.
fn tells(shown: &str) -> bool {
    let tells = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    shown.bytes().any(tells)
}

/// What the first letters read as, if that is text.
fn head(shown: &str) -> Option<String> {
    let letters = shown.chars().filter(|c| *c != ' ');
    let head: String = letters.take(PROBE).collect();
    base::base64(&head).and_then(plain)
}

fn plain(bytes: Vec<u8>) -> Option<String> {
    let text = String::from_utf8(bytes).ok()?;
    text.chars().all(|c| !c.is_control()).then_some(text)
}

/// The letters of uuencoded lines after their `begin`, with the way back.
pub(in crate::egress) fn uuencoded(text: &str) -> Option<View> {
    let start = memchr::memmem::find(text.as_bytes(), b"begin ")?;
    let first = text.get(start..)?.find('\n')?;
    let mut at = start + first + 1;
    let mut view = View::default();
    for line in text.get(at..)?.split_inclusive('\n') {
        let bare = line.trim_end_matches(['\n', '\r']);
        let value = |byte: u8| u32::from(byte.wrapping_sub(b' ') & 0x3F);
        let count = bare.bytes().next().map_or(0, value);
        let count = usize::try_from(count).unwrap_or(0);
        let letters = bare.as_bytes().get(1..).unwrap_or_default();
        if count == 0 || letters.len() < count.div_ceil(3) * 4 || !bare.is_ascii() {
            break;
        }
        for nth in 0..count {
            let from = nth / 3 * 4;
            let four = letters.get(from..from + 4).unwrap_or_default();
            let held = four
                .iter()
                .fold(0u32, |held, byte| held << 6 | value(*byte));
            let byte = held >> (16 - 8 * (nth % 3)) & 0xFF;
            let c = char::from_u32(byte).filter(|c| c.is_ascii() && !c.is_control());
            view.put(c.unwrap_or(' '), at + 1 + from, 4);
        }
        at += line.len();
    }
    (!view.text().is_empty()).then_some(view)
}
