//! Secrets that people tell each other in sentences: `I changed the password to …`, `log in with user/…`, `use … as the token`.
//! Knows nothing of labels right before a mark, which are the labels' own.

use super::text::Text;
use super::told_look::{Look, look};
use super::told_said::{Said, bare, is_user, last_word};
use super::told_words::{Told, part, told};
use crate::egress::hit::Hit;
use crate::egress::kind::Kind;
use crate::egress::mask::BARRIER;
use crate::egress::ways::way;

/// How far behind and before the word that tells of a secret a clause is read, in bytes and in words.
const AHEAD_BYTES: usize = 128;
const BEHIND_BYTES: usize = 96;
const WORDS_MAX: usize = 14;
/// Fewest marks in a line without a blank that is a row of cells.
const CELL_MARKS_MIN: usize = 2;
/// Words between a value and the word for what it is.
const BETWEEN_MAX: usize = 5;
/// Shortest secret of a program, in bytes, and shortest one of a person where nothing but its look says so.
const TOKEN_BYTES_MIN: usize = 12;
const BARE_BYTES_MIN: usize = 6;

/// Shortest secret that nothing but chance explains, in bytes, and fewest of its capitals, small letters and digits.
const DRAWN_BYTES_MIN: usize = 20;
const DRAWN_MIN: usize = 3;

/// Words for a user, before a mark and the word for the password.
const USERS: [&str; 8] = [
    "user", "username", "login", "userid", "id", "usuario", "utente", "benutzer",
];

/// Words that tell of a login only before `in` or `on`.
const HALVES: [&str; 5] = ["log", "logging", "logged", "sign", "signing"];

/// Finds them.
pub(super) fn find(text: &Text<'_>, hits: &mut Vec<Hit>) {
    if !text.lexed.leads(way::TOLD) {
        return;
    }
    let mut some = false;
    for (start, end) in text.lexed.sayers() {
        let word = text.slice(*start, *end);
        let Some(told) = told(word).filter(|_| is_whole(text, word, *end)) else {
            continue;
        };
        some = true;
        if stands_alone(text, told, *start, *end) {
            Teller::new(text, told, (*start, *end)).find(hits);
        } else if told == Told::Password && follows_user(text, *start) {
            Teller::new(text, Told::Login, (*start, *end)).find(hits);
        }
    }
    if !some {
        text.lexed.closes(way::TOLD);
    }
}

/// Whether a word stands behind the one for a user: `username/password: jane / …`.
fn follows_user(text: &Text<'_>, start: usize) -> bool {
    let Some(end) = start.checked_sub(1).filter(|at| text.byte(*at) == b'/') else {
        return false;
    };
    let from = text.skip_back(end, BARE_BYTES_MIN * 2, |byte| byte.is_ascii_alphabetic());
    let word = text.slice(from, end);
    USERS.iter().any(|user| user.eq_ignore_ascii_case(word))
}

/// Whether a word tells by itself, or with the one behind it: `log` of something else than `log in`.
fn is_whole(text: &Text<'_>, word: &str, end: usize) -> bool {
    let half = HALVES.iter().any(|half| word.eq_ignore_ascii_case(half));
    let behind = text.bytes(end, end + 3);
    !half
        || matches!(
            behind,
            [b' ' | b'-', b'i' | b'I' | b'o' | b'O', b'n' | b'N']
        )
}

/// Whether a word is no part of the name of something in a program or a path.
fn stands_alone(text: &Text<'_>, told: Told, start: usize, end: usize) -> bool {
    let next = text.byte(end + 1);
    let goes_on = match text.byte(end) {
        b'/' | b'\\' | b'$' | b'@' | b'#' | b'(' | b'[' | b'_' => true,
        b'.' => !matches!(next, b' ' | b'\n' | b'\r' | BARRIER),
        // `sign-in`, `log-on`.
        b'-' if told == Told::Login => false,
        b'-' => next.is_ascii_alphanumeric(),
        _ => false,
    };
    let led = matches!(
        text.before(start),
        b'.' | b'/' | b'\\' | b'$' | b'@' | b'#' | b'<'
    );
    !goes_on && !led
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
            self.before
                .push(Said::new(word.trim_end_matches(['-', '_']), at));
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
                // What is glued to the word: its own marks, and in `password's` a verb or an owner's sign.
                self.label |= matches!(word, "'s" | "’s");
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
        near || self.after.iter().take(4).any(|said| said.is(part::FOR))
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
        let (mut named, mut some) = (false, false);
        let mut beside = !self.label && !about && self.told != Told::Deed;
        for said in &self.after {
            if said.bare.is_empty() && !said.is(part::IS) {
                // `{{ vault_password }}` stands for a value.
                if self.text.byte(said.start) == b'{' || self.text.before(said.start) == b'{' {
                    break;
                }
                continue;
            }
            let stands = stated && !about && self.told != Told::Deed;
            let level = match () {
                () if moved || stands => Some(Look::Number),
                () if used && self.told != Told::Pass => Some(Look::Secret),
                () if beside && self.told != Told::Password => Some(Look::Secret),
                () if beside => Some(Look::Name),
                () if said.bracketed && !about => Some(Look::Secret),
                () => None,
            };
            let hit = level.and_then(|level| self.value(said, level));
            let hit = hit.or_else(|| self.drawn(said));
            let found = hit.is_some();
            some |= found;
            hits.extend(hit);
            let own = match self.told {
                Told::Password => said.bare.eq_ignore_ascii_case("on") || said.bare == "to",
                _ => false,
            } && self.is_northern();
            let still = said.is(part::STILL) && !found;
            beside &= still;
            // `X and Y`, `not X but Y`, `formerly X, now Y`.
            let more = some && (said.comma || said.is(part::AND | part::STILL | part::OTHER));
            stated = more || said.marked || (said.is(part::IS) || own) && !named || stated && still;
            named = said.is(part::ABOUT) && !said.marked;
            let weakly = matches!(said.bare, "in" | "by" | "durch" | "von");
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
            // `… does not work as the password`.
            let works = said.is(part::OTHER)
                || said.bare.starts_with("work")
                || said.bare.starts_with("do");
            linked = linked && works
                || said.is(part::AS)
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
        let short = self.after.len() < 3 && !self.label;
        let announces = line.ends_with(['?', ':', '.']) || self.told == Told::Login || short;
        if self.text.byte(self.end) == BARRIER || !announces {
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
        // `1001,password,reset` and a row below it: no answer.
        let cells = |mark: char| first.matches(mark).count() >= CELL_MARKS_MIN;
        if !first.trim().contains(' ') && [',', ';', '|', '\t'].into_iter().any(cells) {
            return;
        }
        let answer = last_word(first, start);
        if !line.ends_with('?') && short && self.told == Told::Password {
            hits.extend(answer.and_then(|said| self.value(&said, Look::Secret)));
        } else if line.ends_with('?') && self.told != Told::Login {
            hits.extend(answer.and_then(|said| self.value(&said, Look::Name)));
        } else if self.told == Told::Login
            && is_user(first.trim())
            && let Some((start, second)) = filled.next()
            && !second.trim().contains(' ')
        {
            hits.extend(last_word(second, start).and_then(|said| self.value(&said, Look::Name)));
        }
    }

    /// A word that a program drew by chance, wherever it stands behind the word for such.
    fn drawn(&self, said: &Said<'_>) -> Option<Hit> {
        let value = said.bare;
        let count = |fits: fn(&u8) -> bool| value.bytes().filter(fits).count();
        let mixed = count(u8::is_ascii_uppercase) >= DRAWN_MIN
            && count(u8::is_ascii_lowercase) >= DRAWN_MIN
            && count(u8::is_ascii_digit) >= DRAWN_MIN;
        let plain = count(u8::is_ascii_alphanumeric) == value.len();
        let fits = self.told == Told::Token && mixed && plain && value.len() >= DRAWN_BYTES_MIN;
        fits.then(|| Hit::new(Kind::API_KEY, said.start, said.start + value.len()))
    }

    /// A word that is a secret of the kind that is told of, if it looks like one at least so much.
    fn value(&self, said: &Said<'_>, level: Look) -> Option<Hit> {
        let value = said.bare;
        let hit = |kind| Some(Hit::new(kind, said.start, said.start + value.len()));
        let digits = value.bytes().all(|byte| byte.is_ascii_digit());
        if digits {
            let short = (4..=8).contains(&value.len());
            let once = self.told == Told::Password
                && self.before.first().is_some_and(|one| one.is(part::FOR));
            let pin = once || matches!(self.told, Told::Pin | Told::Code);
            return (pin && short)
                .then(|| Hit::new(Kind::PIN, said.start, said.start + value.len()));
        }
        let look = look(value);
        let several = value.bytes().filter(u8::is_ascii_digit).count() > 1;
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
            Told::Token | Told::Key
                if level <= Look::Number
                    && (value.len() >= TOKEN_BYTES_MIN
                        || look == Look::Secret && value.len() >= BARE_BYTES_MIN && several) =>
            {
                hit(Kind::PASSWORD)
            }
            _ => None,
        }
    }
}
