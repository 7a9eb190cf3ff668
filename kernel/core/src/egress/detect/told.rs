//! Secrets that people tell each other in sentences: `I changed the password to …`, `log in with user/…`, `use … as the token`.
//! Knows nothing of labels right before a mark, which are the labels' own.

use super::text::Text;
use super::told_look::{Look, look};
use super::told_words::{Told, part, parts, told};
use crate::egress::hit::Hit;
use crate::egress::kind::Kind;
use crate::egress::mask::BARRIER;
use crate::egress::ways::way;

/// How far behind and before the word that tells of a secret a clause is read, in bytes and in words.
const AHEAD_BYTES: usize = 128;
const BEHIND_BYTES: usize = 96;
const WORDS_MAX: usize = 14;
/// Words between a value and the word for what it is.
const BETWEEN_MAX: usize = 5;
/// Shortest secret of a program, in bytes, and shortest one of a person where nothing but its look says so.
const TOKEN_BYTES_MIN: usize = 12;
const BARE_BYTES_MIN: usize = 6;

/// What may stand around a word of a sentence.
const OPENING: [char; 12] = ['"', '\'', '`', '(', '[', '{', '*', '“', '”', '„', '«', '‘'];
const CLOSING: [char; 15] = [
    '"', '\'', '`', ')', ']', '}', '*', '“', '”', '»', '’', '.', ',', ';', ':',
];

/// Finds them.
pub(super) fn find(text: &Text<'_>, hits: &mut Vec<Hit>) {
    if !text.lexed.leads(way::TOLD) {
        return;
    }
    let mut some = false;
    for (start, end) in text.lexed.sayers() {
        let word = text.slice(*start, *end);
        let Some(told) = told(word) else {
            continue;
        };
        some = true;
        if stands_alone(text, *start, *end) {
            Teller::new(text, told, (*start, *end)).find(hits);
        }
    }
    if !some {
        text.lexed.closes(way::TOLD);
    }
}

/// Whether a word is no part of the name of something in a program or a path.
fn stands_alone(text: &Text<'_>, start: usize, end: usize) -> bool {
    let next = text.byte(end + 1);
    let goes_on = match text.byte(end) {
        b'/' | b'\\' | b'$' | b'@' | b'#' | b'(' | b'[' | b'_' => true,
        b'.' => !matches!(next, b' ' | b'\n' | b'\r' | BARRIER),
        b'-' => next.is_ascii_alphanumeric(),
        _ => false,
    };
    let led = matches!(
        text.before(start),
        b'.' | b'/' | b'\\' | b'$' | b'@' | b'#' | b'<'
    );
    !goes_on && !led
}

/// One word of a sentence, without the marks around it.
#[derive(Clone, Copy)]
struct Said<'t> {
    start: usize,
    bare: &'t str,
    parts: u16,
    /// A colon or an equals sign stands right behind it.
    marked: bool,
    /// A comma does.
    comma: bool,
}

impl<'t> Said<'t> {
    fn new(word: &'t str, start: usize) -> Self {
        let open = word.trim_start_matches(OPENING);
        let bare = open.trim_end_matches(CLOSING);
        // `**secret**` is emphasis, `Summer1*` is not.
        let stars = open
            .get(bare.len()..)
            .filter(|_| !word.contains("**") && !word.starts_with('*'));
        let star = stars.is_some_and(|end| end.starts_with('*'));
        let bare = open.get(..bare.len() + usize::from(star)).unwrap_or(bare);
        let known = if bare.is_empty() { word } else { bare };
        Self {
            start: start + (word.len() - open.len()),
            bare,
            parts: all_parts(known),
            marked: word.ends_with([':', '=']),
            comma: word.ends_with(','),
        }
    }

    fn is(&self, part: u16) -> bool {
        self.parts & part != 0
    }
}

/// A word that tells of a secret, with the clause around it.
struct Teller<'t> {
    text: &'t Text<'t>,
    told: Told,
    /// Words before it, the nearest first, and behind it.
    before: Vec<Said<'t>>,
    after: Vec<Said<'t>>,
    /// Where the clause ends.
    end: usize,
    /// It stands right before a mark.
    label: bool,
}

impl<'t> Teller<'t> {
    fn new(text: &'t Text<'t>, told: Told, (start, end): (usize, usize)) -> Self {
        let mut teller = Self {
            text,
            told,
            before: Vec::with_capacity(WORDS_MAX),
            after: Vec::with_capacity(WORDS_MAX),
            end,
            label: matches!(text.byte(end), b':' | b'='),
        };
        teller.read_before(start);
        teller.read_after(end);
        teller
    }

    fn read_before(&mut self, start: usize) {
        let in_line = |byte: u8| !matches!(byte, b'\n' | b'\r' | BARRIER);
        let from = self.text.skip_back(start, BEHIND_BYTES, in_line);
        let line = self.text.slice_near(from, start);
        let mut end = start;
        for word in line.rsplit([' ', '\t']).take(WORDS_MAX) {
            let at = end - word.len();
            end = at.saturating_sub(1);
            if word.is_empty() {
                continue;
            }
            // The first may be the begin of a word that has more parts: `root-`.
            if at + word.len() < start
                && word.ends_with(['.', ';', '?', '!'])
                && look(bare(word)) == Look::No
            {
                break;
            }
            self.before.push(Said::new(word.trim_end_matches('-'), at));
        }
    }

    fn read_after(&mut self, end: usize) {
        let in_line = |byte: u8| !matches!(byte, b'\n' | b'\r' | BARRIER);
        let to = self.text.skip_most(end, AHEAD_BYTES, in_line);
        let line = self.text.text.get(end..to).unwrap_or_default();
        let mut at = end;
        self.end = to;
        for word in line.split([' ', '\t']) {
            let start = at;
            at += word.len() + 1;
            if word.is_empty() || start == end {
                // What is glued to the word: its own marks.
                if word.ends_with(['.', '?', '!']) {
                    break;
                }
                continue;
            }
            let said = Said::new(word, start);
            let other = told(said.bare).filter(|told| *told != Told::Login);
            if other.is_some() || self.after.len() == WORDS_MAX {
                break;
            }
            let stops = word.ends_with(['.', '?', '!']) && look(said.bare) == Look::No;
            self.after.push(said);
            if stops {
                break;
            }
        }
    }

    fn find(&self, hits: &mut Vec<Hit>) {
        if matches!(self.told, Told::Key | Told::Code) && !self.is_for() {
            return;
        }
        let known = hits.len();
        if self.told == Told::Login {
            self.user(hits);
        } else {
            self.forward(hits);
            self.backward(hits);
        }
        if hits.len() == known {
            self.answered(hits);
        }
    }

    /// Whether a word beside a key or a code says what it is for.
    fn is_for(&self) -> bool {
        let near = self.before.iter().take(3).any(|said| said.is(part::FOR));
        near || self.after.iter().take(2).any(|said| said.is(part::FOR))
            || self.told == Told::Code
                && self
                    .after
                    .iter()
                    .any(|said| told(said.bare) == Some(Told::Login))
    }

    /// The values behind the word.
    fn forward(&self, hits: &mut Vec<Hit>) {
        let changes = self.before.iter().take(8).any(|said| said.is(part::CHANGE));
        let about = self.after.first().is_some_and(|said| said.is(part::ABOUT));
        let changes = changes || self.after.iter().any(|said| said.is(part::CHANGE));
        let (mut stated, mut used, mut moved) = (self.label, false, false);
        let mut named = false;
        let mut beside = !self.label && !about && self.told != Told::Deed;
        for said in &self.after {
            if said.bare.is_empty() && !said.is(part::IS) {
                continue;
            }
            let stands = stated && !about && self.told != Told::Deed;
            let level = match () {
                () if moved || stands => Some(Look::Number),
                () if used && self.told != Told::Pass => Some(Look::Secret),
                () if beside && self.told != Told::Password => Some(Look::Secret),
                () if beside => Some(Look::Name),
                () => None,
            };
            let hit = level.and_then(|level| self.value(said, level));
            let found = hit.is_some();
            hits.extend(hit);
            let own = match self.told {
                Told::Password => said.bare.eq_ignore_ascii_case("on") || said.bare == "to",
                _ => false,
            } && self.is_northern();
            let still = said.is(part::STILL) && !found;
            beside &= still;
            stated = said.marked || (said.is(part::IS) || own) && !named || stated && still;
            named = said.is(part::ABOUT) && !said.marked;
            let weakly = said.bare == "in";
            moved = changes && said.is(part::TO) && !weakly || moved && still;
            used = said.is(part::USE) || changes && weakly || used && still;
        }
    }

    /// Whether the word is of a language whose verb is a preposition in others.
    fn is_northern(&self) -> bool {
        let start = self.before.first().map_or(0, |said| said.start);
        let line = self.text.slice_near(start, self.end);
        ["alasana", "asł"].iter().any(|stem| line.contains(stem))
    }

    /// The value before the word: `… is the password`, `use … as the token`, `enter … when asked for the password`.
    fn backward(&self, hits: &mut Vec<Hit>) {
        let mut linked = false;
        let changed = self.before.iter().any(|said| said.is(part::CHANGE));
        for (nth, said) in self.before.iter().enumerate() {
            if linked && nth <= BETWEEN_MAX + 1 {
                hits.extend(self.value(said, Look::Name));
            }
            let used = self
                .before
                .get(nth + 1)
                .is_some_and(|verb| verb.is(part::USE));
            if used {
                hits.extend(self.value(said, Look::Secret));
            }
            let moved = self.before.get(nth + 1).is_some_and(|to| to.is(part::TO));
            if changed && moved && nth > 0 {
                hits.extend(self.value(said, Look::Name));
            }
            let between = self.before.get(..nth).unwrap_or_default();
            linked = said.is(part::AS)
                && between
                    .iter()
                    .all(|one| one.is(part::THE | part::FOR) || told(one.bare).is_some());
        }
    }

    /// The password behind a user: `login with jane / …`, `the credentials for X are jane and …`.
    fn user(&self, hits: &mut Vec<Hit>) {
        let mut stated = self.label;
        for (nth, said) in self.after.iter().enumerate() {
            if let Some((user, password)) = said.bare.split_once(['/', ':'])
                && is_user(user)
                && !password.starts_with('/')
            {
                let start = said.start + user.len() + 1;
                let one = Said {
                    start,
                    bare: password,
                    ..*said
                };
                let led = nth.checked_sub(1).and_then(|nth| self.after.get(nth));
                let led = stated || led.is_some_and(|one| one.is(part::USE));
                let level = if led { Look::Name } else { Look::Secret };
                hits.extend(self.value(&one, level));
            }
            let before = nth.checked_sub(1).and_then(|nth| self.after.get(nth));
            let mark = before.is_some_and(|one| one.is(part::AND) || one.comma);
            let slash = before.is_some_and(|one| one.bare == "/" || one.bare == ":");
            let level = if slash || stated {
                Look::Name
            } else {
                Look::Secret
            };
            if mark || stated && before.is_some_and(|one| is_user(one.bare) && one.parts == 0) {
                hits.extend(self.value(said, level));
            }
            let used = before.is_some_and(|one| one.is(part::USE));
            if used && !said.bare.contains(['/', ':']) {
                hits.extend(self.value(said, Look::Secret));
            }
            stated |= said.marked || said.is(part::IS);
        }
    }

    /// The line after a question, or the two after an announcement: `what's the password?`, `your credentials:`.
    fn answered(&self, hits: &mut Vec<Hit>) {
        let line = self
            .text
            .slice(self.end.saturating_sub(3), self.end)
            .trim_end();
        if self.text.byte(self.end) == BARRIER || !line.ends_with(['?', ':', '.']) {
            return;
        }
        let to = (self.end + AHEAD_BYTES).min(self.text.text.len());
        let to = (self.end..=to)
            .rev()
            .find(|at| self.text.text.is_char_boundary(*at));
        let rest = self.text.slice(self.end, to.unwrap_or(self.end));
        self.text.lexed.went_over(rest.len());
        let rest = rest.split(char::from(BARRIER)).next().unwrap_or_default();
        let mut at = self.end;
        let lines = rest.split('\n').map(|line| {
            let start = at;
            at += line.len() + 1;
            (start, line)
        });
        let mut filled = lines.filter(|(_, line)| !line.trim().is_empty());
        let Some((start, first)) = filled.next() else {
            return;
        };
        let answer = last_word(first, start);
        if line.ends_with('?') && self.told != Told::Login {
            hits.extend(answer.and_then(|said| self.value(&said, Look::Name)));
        } else if self.told == Told::Login
            && is_user(first.trim())
            && let Some((start, second)) = filled.next()
            && !second.trim().contains(' ')
        {
            hits.extend(last_word(second, start).and_then(|said| self.value(&said, Look::Name)));
        }
    }

    /// A word that is a secret of the kind that is told of, if it looks like one at least so much.
    fn value(&self, said: &Said<'_>, level: Look) -> Option<Hit> {
        let value = said.bare;
        let hit = |kind| Some(Hit::new(kind, said.start, said.start + value.len()));
        let digits = value.bytes().all(|byte| byte.is_ascii_digit());
        if digits {
            let short = (4..=8).contains(&value.len());
            let pin = matches!(self.told, Told::Pin | Told::Code);
            return (pin && short)
                .then(|| Hit::new(Kind::PIN, said.start, said.start + value.len()));
        }
        let look = look(value);
        if look == Look::No || look < level {
            return None;
        }
        match self.told {
            Told::Password | Told::Pass | Told::Login | Told::Deed
                if level < Look::Secret || value.len() >= BARE_BYTES_MIN =>
            {
                hit(Kind::PASSWORD)
            }
            Told::Token | Told::Key | Told::Code
                if look == Look::Secret && value.len() >= TOKEN_BYTES_MIN =>
            {
                hit(Kind::API_KEY)
            }
            Told::Token | Told::Key if level <= Look::Number && value.len() >= BARE_BYTES_MIN => {
                hit(Kind::PASSWORD)
            }
            _ => None,
        }
    }
}

/// The lists in which a word stands; of one in parts (`one-time`, `d'accès`) also those of what its parts are for.
fn all_parts(word: &str) -> u16 {
    let whole = parts(word);
    if word.len() > TOKEN_BYTES_MIN + BARE_BYTES_MIN || !word.contains(['-', '\'', '’']) {
        return whole;
    }
    let each = word.split(['-', '\'', '’']).map(parts);
    whole | each.fold(0, |all, one| all | one & (part::FOR | part::THE))
}

fn bare(word: &str) -> &str {
    word.trim_matches(CLOSING)
}

/// Letters, digits and single marks: a user's name, or an address.
fn is_user(word: &str) -> bool {
    (2..=64).contains(&word.len())
        && word.starts_with(|c: char| c.is_ascii_alphabetic())
        && word.bytes().all(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'@' | b'\\')
        })
}

/// The only word of a line, behind who says it: `alice: …`, `[10:43] alice: …`, `A: …`.
fn last_word(line: &str, start: usize) -> Option<Said<'_>> {
    let told = line.trim_end();
    let word = told.rsplit(' ').next()?;
    let lead = told.get(..told.len() - word.len())?.trim();
    let alone = lead.is_empty() || lead.ends_with([':', '>', '-']);
    alone.then(|| Said::new(word, start + told.len() - word.len()))
}
