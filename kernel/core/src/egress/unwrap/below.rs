//! Values that stand on a line of their own below their name, as forms print them, and answers below their questions.
//! Knows nothing of what the names say.

use super::table::Table;

/// Longest name, in bytes, and most words of one; longest value.
const NAME_BYTES_MAX: usize = 48;
const NAME_WORDS_MAX: usize = 5;
const VALUE_BYTES_MAX: usize = 64;
/// Shortest value.
const VALUE_BYTES_MIN: usize = 3;
/// Most of them in one text.
const FOUND_MAX: usize = 256;

/// Whether two texts are a name and its value.
pub(super) fn pair(name: &str, value: &str) -> bool {
    let name = name.trim_end_matches(['?', '*', ' ', ':', '.']);
    is_name(name) && is_value(value)
}

/// Every value that stands below a name.
pub(in crate::egress) fn read(text: &str) -> Vec<Table> {
    let mut found = Vec::new();
    let mut name: Option<&str> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let shown = line.trim();
        let bare = answer(shown);
        if let Some(name) = name.take()
            && is_value(bare)
            && found.len() < FOUND_MAX
        {
            let from = start + (line.len() - line.trim_start().len()) + (shown.len() - bare.len());
            let cell = (from, from + bare.len());
            found.push(Table::new(vec![name.to_owned()], vec![vec![cell]]));
        }
        name = Some(question(shown)).filter(|name| is_name(name));
    }
    found
}

/// A line without what says that it asks.
fn question(line: &str) -> &str {
    let bare = ["Q: ", "Q. ", "Question: ", "- ", "* "]
        .iter()
        .find_map(|mark| line.strip_prefix(mark));
    let bare = bare.unwrap_or(line);
    // `3. Passport no.`
    let digits = bare.bytes().take_while(u8::is_ascii_digit).count();
    let numbered = (1..=2)
        .contains(&digits)
        .then(|| bare.get(digits..))
        .flatten();
    let numbered = numbered.and_then(|rest| rest.strip_prefix(". ").or(rest.strip_prefix(") ")));
    numbered
        .unwrap_or(bare)
        .trim_end_matches(['?', '*', ' ', '.'])
}

/// A line without what says that it answers.
fn answer(line: &str) -> &str {
    let bare = ["A: ", "A. ", "Answer: "]
        .iter()
        .find_map(|mark| line.strip_prefix(mark));
    bare.unwrap_or(line)
}

/// Few words of letters, as fields are called.
fn is_name(name: &str) -> bool {
    (2..=NAME_BYTES_MAX).contains(&name.len())
        && name.starts_with(char::is_alphabetic)
        && name
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, ' ' | '_' | '-' | '\'' | '/' | '(' | ')'))
        && name.split(' ').count() <= NAME_WORDS_MAX
}

/// A digit and no words, or a date: one value and nothing else.
fn is_value(value: &str) -> bool {
    let words = value.split(' ').filter(|word| !word.is_empty());
    let letters = |word: &&str| word.len() > 2 && word.bytes().all(|b| b.is_ascii_alphabetic());
    (VALUE_BYTES_MIN..=VALUE_BYTES_MAX).contains(&value.len())
        && value.bytes().any(|byte| byte.is_ascii_digit())
        && !value.contains([',', ';', '|', '\t', '=', '{', '<'])
        && words.filter(letters).count() == 0
}
