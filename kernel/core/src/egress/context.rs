//! What a key, a column heading or the words before a value say that the value is.
//! Knows nothing of values.

use super::detect;
use super::kind::{Kind, KindSet};
use super::phrases::{RULES, says};
use super::spoken::Spoken;
use super::telling_keys::FIELD_WORDS;
use super::word_table::{MISLEADING_WORDS, PEOPLE};

/// What the words around a value say. It stands beside every value, so it is three words of the machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Context {
    /// Types that the words name; their weaker forms count here.
    pub(super) kinds: KindSet,
    /// What else they say.
    hints: u64,
}

/// What words around a value say of it, beside types.
pub(super) mod hint {
    /// An order, a part, a version: weak forms do not count here.
    pub(in crate::egress) const MISLEADING: u64 = 1;
    /// `value`, `number`, `data`: says nothing by itself, so what stands around it counts.
    pub(in crate::egress) const GENERIC: u64 = 1 << 1;
    /// `name` alone: a person's only beside other personal members.
    pub(in crate::egress) const BARE_NAME: u64 = 1 << 2;
    /// A part of an address where it stands in one: `city`, `zip`.
    pub(in crate::egress) const OF_ADDRESS: u64 = 1 << 3;
    /// A part of a name where it stands in one: `family`, `given`.
    pub(in crate::egress) const OF_NAME: u64 = 1 << 4;
    /// The date of what the key above is about.
    pub(in crate::egress) const OF_DATE: u64 = 1 << 5;
    /// The names of its members may end a phrase that it begins: `birth`, `account`.
    pub(in crate::egress) const OPENS: u64 = 1 << 6;
    /// Names somebody: `customer`, `patient`, `owner`.
    pub(in crate::egress) const SOMEBODY: u64 = 1 << 7;
    /// The value is written from its end.
    pub(in crate::egress) const REVERSED: u64 = 1 << 8;
}

/// Types whose presence beside it makes a bare `name` a person's.
pub(super) const PERSONAL: KindSet = KindSet::of(&[
    Kind::EMAIL_ADDRESS,
    Kind::PHONE_NUMBER,
    Kind::US_SSN,
    Kind::DATE_OF_BIRTH,
    Kind::NATIONAL_ID,
    Kind::PASSPORT,
    Kind::PERSON,
    Kind::CREDIT_CARD,
    Kind::MEDICAL_RECORD_NUMBER,
]);

/// Types that a key names only where nothing in it says that it is about the value.
const WEAK: KindSet = KindSet::of(&[
    Kind::PASSWORD,
    Kind::API_KEY,
    Kind::OTP_SEED,
    Kind::PIN,
    Kind::CREDIT_CARD_CVV,
    Kind::PHONE_NUMBER,
    Kind::PERSON,
    Kind::LOCATION,
    Kind::DATE_OF_BIRTH,
    Kind::US_BANK_NUMBER,
    Kind::BANK_ACCOUNT,
    Kind::DRIVER_LICENSE,
    Kind::PASSPORT,
    Kind::MEDICAL_RECORD_NUMBER,
    Kind::NATIONAL_ID,
    Kind::TAX_ID,
]);

/// First words of a question for a value.
const ASKING: [&str; 8] = [
    "what", "whats", "which", "enter", "please", "provide", "your", "my",
];
/// Longest word that is looked up without a place on the heap, in bytes.
const SHORT_WORD_BYTES: usize = 48;
/// Words of a label that are looked at, from its end.
const LABEL_WORDS_MAX: usize = 5;

impl Context {
    /// Nothing but these types.
    pub(super) fn of_kinds(kinds: KindSet) -> Self {
        Self { kinds, hints: 0 }
    }

    /// Nothing but these hints.
    pub(super) fn of_hints(hints: u64) -> Self {
        Self {
            kinds: KindSet::EMPTY,
            hints,
        }
    }

    /// The same of other types.
    pub(super) fn of(self, kinds: KindSet) -> Self {
        Self { kinds, ..self }
    }

    /// Whether any of the hints is given.
    pub(super) fn has(self, hints: u64) -> bool {
        self.hints & hints != 0
    }

    /// The same without these hints.
    pub(super) fn without(self, hints: u64) -> Self {
        Self {
            hints: self.hints & !hints,
            ..self
        }
    }

    /// The same with these hints where `is`.
    pub(super) fn with(self, hints: u64, is: bool) -> Self {
        let more = if is { hints } else { 0 };
        Self {
            hints: self.hints | more,
            ..self
        }
    }

    /// This context below `around`, from which it inherits where it says nothing itself; a bare
    /// `name` is a person's under somebody, or beside `personal` members.
    pub(super) fn within(self, around: Self, personal: bool) -> Self {
        if self.has(hint::GENERIC) && self.kinds.is_empty() {
            return around.with(hint::GENERIC, true);
        }
        let mut own = self;
        if self.has(hint::BARE_NAME) && (around.has(hint::SOMEBODY) || personal) {
            own.kinds.add(Kind::PERSON);
        }
        if self.kinds.is_empty() {
            if self.has(hint::OF_ADDRESS) && around.kinds.has(Kind::LOCATION) {
                own.kinds.add(Kind::LOCATION);
            }
            if self.has(hint::OF_NAME) && around.kinds.has(Kind::PERSON) {
                own.kinds.add(Kind::PERSON);
            }
            if self.has(hint::OF_DATE) && around.kinds.has(Kind::DATE_OF_BIRTH) {
                own.kinds.add(Kind::DATE_OF_BIRTH);
            }
        }
        own
    }
}

/// What a key or a heading says.
pub(super) fn of_key(key: &str) -> Context {
    let words = Spoken::of(key);
    let of_field = match (words.len(), words.get(0), words.get(1)) {
        (2, Some(first), Some("value")) => FIELD_WORDS.contains(&first),
        _ => false,
    };
    let says = |at: usize| words.bytes(at).map_or(0, |word| RULES.says(word));
    let all = (0..words.len()).fold(u8::MAX, |all, at| all & says(at));
    let some = words.len() > 0;
    let bare_name = match (words.len(), words.get(0), words.get(1)) {
        (1, Some(only), _) => only == "name",
        (2, Some(first), Some(last)) => first == "display" && last == "name",
        _ => false,
    };
    // What somebody gave, as an error of a validation repeats it: `{"loc": ["body", "ssn"], "input": …}`.
    let given = words.len() == 1 && words.get(0) == Some("input");
    let mut context = Context::default()
        .with(hint::GENERIC, of_field || given || all & says::GENERIC != 0)
        .with(hint::BARE_NAME, bare_name)
        .with(hint::OF_ADDRESS, some && all & says::ADDRESS != 0)
        .with(hint::OF_NAME, some && all & says::NAME != 0)
        .with(hint::OF_DATE, some && all & says::DATE != 0);
    let last = words.len().checked_sub(1).and_then(|last| words.get(last));
    context = context.with(hint::OPENS, last.is_some_and(|word| RULES.begins(word)));
    let mut about = false;
    // `What is your PIN?` asks for it and says nothing of it.
    let asks = words.len() > 2 && words.get(0).is_some_and(|word| ASKING.contains(&word));
    let mut at = 0;
    while let Some(word) = words.get(at) {
        // A patient is somebody, whatever else the word names.
        let said = says(at);
        context = context.with(hint::SOMEBODY, said & says::PEOPLE != 0);
        if let Some((length, kinds)) = RULES.longest(&words, at) {
            context.kinds = context.kinds.union(kinds);
            at += length;
            continue;
        }
        context = context.with(hint::MISLEADING, said & says::MISLEADING != 0);
        about |= said & says::STATE != 0 && !(asks && word == "is");
        let reversed = matches!(word, "reversed" | "reverse" | "backwards" | "backward");
        context = context.with(hint::REVERSED, reversed);
        at += 1;
    }
    if about && !given {
        context = context.with(hint::MISLEADING, context.kinds.is_empty());
        context.kinds = context.kinds.without(WEAK);
    }
    if context.has(hint::SOMEBODY)
        && words.len().checked_sub(1).and_then(|last| words.get(last)) == Some("name")
    {
        context.kinds.add(Kind::PERSON);
    }
    context
}

/// What the words before a value in a running text say: the nearest that says anything counts. And whether any of them
/// names a type.
pub(super) fn of_text(before: &str) -> (Context, bool) {
    let words = Spoken::of(before);
    let (mut context, mut names) = (Context::default(), false);
    let mut at = 0;
    while let Some(word) = words.bytes(at) {
        if let Some((length, kinds)) = RULES.longest(&words, at) {
            // Whose it is does not take away what it is.
            let whose = names && length == 1 && RULES.says(word) & says::PEOPLE != 0;
            let whose = whose && matches!(before_word(&words, at), Some("of" | "for" | "the"));
            let more = if whose { context.kinds } else { KindSet::EMPTY };
            names = true;
            context = Context::of_kinds(kinds.union(more));
            at += length;
            continue;
        }
        if RULES.says(word) & says::MISLEADING != 0 {
            context = Context::of_hints(hint::MISLEADING);
        }
        at += 1;
    }
    (context, names)
}

/// The word before another.
fn before_word(words: &Spoken, at: usize) -> Option<&str> {
    words.get(at.checked_sub(1)?)
}

/// The words with which something that names a type may begin.
pub(super) fn telling() -> impl Iterator<Item = &'static [u8]> {
    let phrases = RULES.phrases.keys().map(Vec::as_slice);
    let people = PEOPLE.iter().map(|word| word.as_bytes());
    phrases.chain(people).chain(detect::tellers())
}

/// The words that mislead.
pub(super) fn misleading() -> impl Iterator<Item = &'static [u8]> {
    MISLEADING_WORDS.iter().map(|word| word.as_bytes())
}

/// Whether a word, in whatever case, is one of [`misleading`].
pub(super) fn is_misleading(word: &[u8]) -> bool {
    let mut lower = [0; SHORT_WORD_BYTES];
    lowered(word, &mut lower).is_some_and(|word| RULES.says(word) & says::MISLEADING != 0)
}

/// What a word does towards naming a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tells {
    /// It begins nothing that names one.
    Nothing,
    /// It may begin several words that name one.
    Perhaps,
    /// It names one by itself, and begins nothing that is longer.
    Alone,
}

/// What a word, in whatever case, does towards naming a type, with the word after it, where that is known.
pub(super) fn tells(word: &[u8], next: Option<&[u8]>) -> Tells {
    let mut lower = [0; SHORT_WORD_BYTES];
    let Some(word) = lowered(word, &mut lower) else {
        return Tells::Perhaps;
    };
    let goes_on = |with: &str| next.is_none_or(|next| next.eq_ignore_ascii_case(with.as_bytes()));
    let mut tells = Tells::Nothing;
    for (rest, _) in RULES.phrases.get(word).into_iter().flatten() {
        match rest.first() {
            None => tells = Tells::Alone,
            Some(second) if goes_on(second) => return Tells::Perhaps,
            Some(_) => {}
        }
    }
    // Somebody is named, or is whose what was named before is: `SSN of the patient`.
    if (tells == Tells::Alone || goes_on("name")) && RULES.says(word) & says::PEOPLE != 0 {
        return Tells::Perhaps;
    }
    tells
}

/// A word in small letters; `None` where it is longer than any that is asked for.
fn lowered<'l>(word: &[u8], lower: &'l mut [u8; SHORT_WORD_BYTES]) -> Option<&'l [u8]> {
    let slots = lower.get_mut(..word.len())?;
    slots.copy_from_slice(word);
    slots.make_ascii_lowercase();
    Some(slots)
}

/// Whether some word before a value names anything, so that it is worth asking what.
pub(super) fn speaks(before: &str) -> bool {
    let words = Spoken::of(before);
    (0..words.len()).any(|at| RULES.longest(&words, at).is_some())
}

/// Whether what ends in these bytes may be a label that names anything, by its last word alone.
pub(super) fn may_end_label(before: &[u8]) -> bool {
    let word = last_word(before);
    // The name of somebody may stand before it.
    if word.is_empty() || !before.is_ascii() || says_name(before) {
        return true;
    }
    let mut lower = [0; SHORT_WORD_BYTES];
    lowered(word, &mut lower).is_none_or(|word| RULES.ends.contains(word))
}

/// The digits or the letters of one case with which a label ends, a capital before small ones; empty where it is not
/// certain that they are a word of their own.
fn last_word(label: &[u8]) -> &[u8] {
    let ends = |fits: fn(&u8) -> bool| {
        let count = label.iter().rev().take_while(|byte| fits(byte)).count();
        label.len() - count
    };
    let start = match label.last() {
        Some(b'0'..=b'9') => return label.split_at(ends(u8::is_ascii_digit)).1,
        Some(b'a'..=b'z') => {
            let small = ends(u8::is_ascii_lowercase);
            let capital = small
                .checked_sub(1)
                .filter(|at| label.get(*at).is_some_and(u8::is_ascii_uppercase));
            capital.unwrap_or(small)
        }
        _ => ends(u8::is_ascii_uppercase),
    };
    match label.split_at(start) {
        ([.., b'A'..=b'Z' | b'a'..=b'z'], _) => &[],
        (_, word) => word,
    }
}

/// Whether the word `name` may stand in a label.
fn says_name(label: &[u8]) -> bool {
    memchr::memchr2_iter(b'm', b'M', label).any(|at| {
        let four = label.get(at.saturating_sub(2)..at + 2);
        four.is_some_and(|four| four.eq_ignore_ascii_case(b"name"))
    })
}

/// Whether a word at the end of a label says whose a value is, or that it is on file.
fn is_told_after(words: &Spoken, at: usize) -> bool {
    let word = words.bytes(at).unwrap_or_default();
    word == b"file" || RULES.says(word) & says::PEOPLE != 0
}

/// What the words right before a value name: only a phrase that ends there counts.
pub(super) fn of_label(label: &str) -> KindSet {
    let words = Spoken::of(label);
    let is_filler = |at: &usize| {
        let word = words.bytes(*at).unwrap_or_default();
        RULES.says(word) & says::FILLER != 0
    };
    let last = |until: usize| (0..until).rev().find(|at| !is_filler(at));
    // Words that say little may name something together: `id number`.
    let end = last(words.len()).map_or(words.len(), |last| last + 1);
    // `SSN of the patient`, `passport on file`: whose it is and where it is kept come after what it is.
    let end = match end.checked_sub(2).and_then(|before| words.get(before)) {
        Some("of" | "for" | "the" | "on") if is_told_after(&words, end - 1) => {
            last(end - 1).map_or(end, |last| last + 1)
        }
        _ => end,
    };
    let mut kinds = KindSet::EMPTY;
    // One word that says little names nothing.
    let stop = if words.len() > end + 1 {
        words.len()
    } else {
        end
    };
    for at in end.saturating_sub(LABEL_WORDS_MAX)..stop {
        // `id number` behind another word, but for an order's or a job's.
        let misled = || at.checked_sub(1).and_then(|before| words.bytes(before));
        if at >= end && misled().is_some_and(|word| RULES.says(word) & says::MISLEADING != 0) {
            break;
        }
        // `id number` names more than `number` left off, so the fillers may belong to the phrase.
        if let Some((length, named)) = RULES.longest(&words, at)
            && at + length >= end
        {
            return kinds.union(named);
        }
        // The second word is asked first: it is one, and the people are many.
        if words.get(at + 1) == Some("name")
            && words
                .bytes(at)
                .is_some_and(|word| RULES.says(word) & says::PEOPLE != 0)
        {
            kinds.add(Kind::PERSON);
        }
    }
    kinds
}
