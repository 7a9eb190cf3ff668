//! Whether nothing can be found in a text: the gate by which most leaves leave, after one look at their bytes.
//! Knows nothing of what is found; that a shortcut here loses nothing is a law in the tests.

use super::context::{Context, hint};
use super::opaque;
use super::summary::Summary;
use super::unwrap::number_words;
use super::words::{class, class_at};

/// Fewest digits, or longest run, below which a text without marks holds nothing.
const DIGITS: usize = 4;
const RUN: usize = 12;
/// Longest token that holds nothing, whatever marks are in it.
const TOKEN: usize = 12;
/// Digits of a word that can stand right after the words that name it.
const NAMED_DIGITS: usize = 3;
/// Words that can stand between a value and what makes it one.
const SPOKEN: [&[u8]; 3] = [b" is ", b" dot ", b" DOT "];

/// Words of commands that a password follows.
const COMMANDS: [&[u8]; 6] = [
    b"requirepass",
    b"masterauth",
    b"add_user",
    b"change_password",
    b"net use",
    b" password",
];

/// Whether a text holds nothing, if it holds no known secret and no type of the user's own.
pub(super) fn is_quiet(text: &str, summary: &Summary, context: Context) -> bool {
    if !context.kinds.is_empty() {
        return false;
    }
    opaque::is_opaque(text, summary)
        || (!context.has(hint::REVERSED) && summary.digits() < DIGITS && is_still(text, summary))
}

/// Whether nothing in a text of few digits marks or names a value, and nothing in it can be encoded.
pub(super) fn is_still(text: &str, summary: &Summary) -> bool {
    summary.longest_run() < RUN
        && !summary.has(class::LOUD | class::ANGLE)
        && !match summary.has(class::SPACE) {
            true => may_speak(text, summary),
            false => text.len() >= TOKEN,
        }
}

/// Whether a text is a short code of letters, digits and what joins them: too short to be encoded, nothing named in
/// it by a mark or a blank, no address of a machine. Only what looks for numbers and codes can find anything in it.
pub(super) fn is_code(text: &str, summary: &Summary, context: Context) -> bool {
    context.kinds.is_empty()
        && !context.has(hint::REVERSED)
        && text.len() < RUN
        && !text.contains('.')
        && summary.only(class::DIGIT | class::LETTER | class::JOINER | class::RARE)
}

/// Whether words of a running text can name what stands among them.
fn may_speak(text: &str, summary: &Summary) -> bool {
    let bytes = text.as_bytes();
    let (mut row, mut last) = (0, 0);
    let long = memchr::memchr_iter(b' ', bytes).any(|at| {
        // A token that is longer than any run in it may be in base 85.
        if at - last > TOKEN {
            return true;
        }
        last = at;
        let before = bytes.get(..at).unwrap_or_default();
        if matches!(
            before,
            [.., b's', b's' | b'e'] | [.., b't', b'h'] | [.., b'e', b'r'] | [.., b'r', b'd']
        ) && COMMANDS.iter().any(|command| before.ends_with(command))
        {
            return true;
        }
        let rest = bytes.get(at..).unwrap_or_default();
        let next = match rest {
            [_, one, two, ..] => (*one, *two),
            _ => return false,
        };
        let word = rest.get(1..).unwrap_or_default();
        row = if number_words::may_say(word) {
            row + 1
        } else {
            0
        };
        // ` -p` may be an option that a password follows.
        let option = next.0 == b'-' && (next.1.is_ascii_alphabetic() || next.1 == b'-');
        let spoken = matches!(next.0, b'i' | b'd' | b'D')
            && SPOKEN.iter().any(|word| rest.starts_with(word));
        option || spoken || row == number_words::ROW_MIN
    });
    long || bytes.len() - last > TOKEN
        || (summary.digits() > 0 && has_code(bytes))
        || (summary.has(class::QUOTE) && sets_password(bytes))
        || (summary.has(class::RARE) && memchr::memmem::find(bytes, b"PRIVATE KEY").is_some())
}

/// Whether a word that a quoted password follows stands before a quote.
fn sets_password(bytes: &[u8]) -> bool {
    memchr::memchr2_iter(b'"', b'\'', bytes).any(|at| {
        let before = bytes.get(..at).unwrap_or_default();
        [b" by ".as_slice(), b"password "].iter().any(|word| {
            let from = before.len().checked_sub(word.len());
            from.and_then(|from| before.get(from..))
                .is_some_and(|tail| tail.eq_ignore_ascii_case(word))
        })
    })
}

/// Whether a word with digits stands where one that is named by the words before it can.
fn has_code(bytes: &[u8]) -> bool {
    let (mut start, mut digits) = (0, 0);
    let mut before = b' ';
    for (at, byte) in bytes.iter().chain(b".").enumerate() {
        let class = class_at(*byte);
        if class & class::WORD != 0 {
            digits += usize::from(class & class::DIGIT);
            continue;
        }
        let named = digits >= NAMED_DIGITS || (digits > 0 && *byte == b' ');
        // What people make up has its digits beside letters, or behind marks.
        let made = digits > 0 && (digits < at - start || !matches!(before, b' ' | b'.' | b','));
        if named && start > 3 || made {
            return true;
        }
        (start, digits, before) = (at + 1, 0, *byte);
    }
    false
}
