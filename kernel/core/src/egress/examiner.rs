//! One scan at work: the profile, the key, the budgets, and what has been learnt on the way.
//! Knows nothing of how texts are searched; `layers` does that with it.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashMap;
use std::rc::Rc;

use super::blanks::{blank, blank_masks};
use super::cannot_mask::CannotMask;
use super::context::{self, Context};
use super::detect::Text;
use super::fold;
use super::hit::Hit;
use super::idle_codes::IdleCodes;
use super::idle_runs::IdleRuns;
use super::kind::Kind;
use super::mask::{BARRIER, Masker, SECRET_MASK};
use super::ordinal;
use super::plan::Plan;
use super::scan::Scan;
use super::secrets::Secrets;
use super::telling_keys;
use super::words::Lexed;
use crate::limits;
use crate::policy::Operator;

/// What is known of a key.
#[derive(Clone, Copy)]
pub(super) struct Key {
    pub(super) context: Context,
    /// Nothing is found in the key itself, and it holds no mask.
    pub(super) clean: bool,
    /// It counts: `card_1`.
    pub(super) ordinal: bool,
    /// It ends in `domain`.
    pub(super) domain: bool,
    /// Its place among the keys whose value names what stands beside it.
    pub(super) label: Option<usize>,
    /// Its value names the columns of the rows beside it.
    pub(super) heading: bool,
}

/// Searches and masks texts under one scan, within the budgets of one result.
pub(super) struct Examiner<'a> {
    scan: &'a Scan<'a>,
    masker: Masker<'a>,
    keys: HashMap<String, Key>,
    /// What was decided for the keys of the latest objects.
    pub(super) plans: Vec<Rc<Plan>>,
    /// Codes in which nothing was found, by their shape.
    pub(super) idle: IdleCodes,
    /// Runs of neighbours in which nothing can be split.
    pub(super) idle_runs: IdleRuns,
    /// No text is passed over, whatever it looks like.
    pub(super) thorough: bool,
    /// The profile adds detectors.
    own: bool,
    /// Bytes that unwrapping may still produce.
    budget: usize,
    /// Masks show no part of a value: what is found again beside them is new.
    pub(super) opaque: bool,
    /// Something was found over neighbours, or in what is another structure without it: what is left may be more than it seemed.
    pub(super) again: bool,
    /// No known secret stands in any text of the value as it was given.
    pub(super) secretless: bool,
    /// Bytes that were looked at, each as often as it was.
    work: Cell<u64>,
    /// A buffer that is used again and again.
    pub(super) lexed: Lexed,
}

impl<'a> Examiner<'a> {
    pub(super) fn new(scan: &'a Scan<'a>) -> Self {
        Self {
            scan,
            masker: Masker::new(scan.scope_key),
            keys: HashMap::new(),
            plans: Vec::new(),
            idle: IdleCodes::default(),
            idle_runs: IdleRuns::default(),
            thorough: scan.profile.is_thorough(),
            own: scan.profile.own().next().is_some(),
            budget: limits::DECODE_BYTES_FREE,
            opaque: false,
            again: false,
            secretless: false,
            work: Cell::new(0),
            lexed: Lexed::default(),
        }
    }

    /// As [`Examiner::new`], and remembers the tokens that it makes.
    pub(super) fn minting(scan: &'a Scan<'a>) -> Self {
        Self {
            masker: Masker::new(scan.scope_key).minting(),
            ..Self::new(scan)
        }
    }

    /// Tokens with their values.
    pub(super) fn into_minted(self) -> Vec<(String, String)> {
        self.masker.into_minted()
    }

    /// Counts bytes that are looked at.
    pub(super) fn went_over(&self, bytes: u64) {
        self.work.set(self.work.get().saturating_add(bytes));
    }

    /// Counts a look at all of a text.
    pub(super) fn went_over_all(&self, text: &str) {
        self.went_over(u64::try_from(text.len()).unwrap_or(u64::MAX));
    }

    /// How many bytes were looked at so far.
    pub(super) fn work(&self) -> u64 {
        self.work.get()
    }

    /// Widens the budget by what `bytes` of input may unfold to.
    pub(super) fn allow(&mut self, bytes: usize) {
        self.budget = self
            .budget
            .saturating_add(bytes.saturating_mul(limits::DECODE_FACTOR_MAX))
            .min(limits::DECODE_BYTES_MAX);
    }

    /// Bytes that unwrapping may still produce.
    pub(super) fn budget(&self) -> usize {
        self.budget
    }

    /// Takes `bytes` off the budget.
    ///
    /// # Errors
    /// [`CannotMask::EncodedTooLong`] where it is spent.
    pub(super) fn charge(&mut self, bytes: usize) -> Result<(), CannotMask> {
        self.budget = self
            .budget
            .checked_sub(bytes)
            .ok_or(CannotMask::EncodedTooLong)?;
        Ok(())
    }

    /// What a key, a heading or a label says, and whether something is found in it; remembered, since
    /// rows repeat their keys. What is found says nothing: a masked key must say the same.
    ///
    /// # Errors
    /// [`CannotMask`] where the key cannot be examined within the bounds.
    pub(super) fn key(&mut self, key: &str, depth: usize) -> Result<Key, CannotMask> {
        if let Some(known) = self.keys.get(key) {
            return Ok(*known);
        }
        // A phrase of two keys is no text of the value.
        let secretless = std::mem::take(&mut self.secretless);
        let hits = self.layer(key, Context::default(), depth);
        self.secretless = secretless;
        let hits = hits?;
        let unmasked = self.unmasked(key).into_owned();
        let rest = blank(&unmasked, &hits);
        let mut context = context::of_key(&rest);
        if self.has_own() {
            let words = fold::words(&rest);
            let named = self.scan.profile.own();
            for (kind, _) in named.filter(|(_, own)| own.is_named_by(&words)) {
                context.kinds.add(kind);
            }
        }
        let known = Key {
            context,
            clean: hits.is_empty() && unmasked == key,
            ordinal: ordinal::counts(key),
            domain: telling_keys::is_domain(key),
            label: telling_keys::label_place(key),
            heading: telling_keys::is_heading(key),
        };
        self.keys.insert(key.to_owned(), known);
        Ok(known)
    }

    /// The name of a type.
    pub(super) fn name(&self, kind: Kind) -> Cow<'static, str> {
        match kind.name() {
            Some(name) => Cow::Borrowed(name),
            None => Cow::Owned(self.name_of(kind).to_owned()),
        }
    }

    fn name_of(&self, kind: Kind) -> &'a str {
        self.scan.profile.name_of(kind).unwrap_or("SECRET")
    }

    /// The text with our own masks out of the way, redactions of added types among them.
    pub(super) fn unmasked<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut left = blank_masks(text);
        for (_, own) in self.scan.profile.own() {
            let mark = format!("<{}>", own.name());
            if left.contains(&mark) {
                let blanks = char::from(BARRIER).to_string().repeat(mark.len());
                left = Cow::Owned(left.replace(&mark, &blanks));
            }
        }
        left
    }

    /// Whether the profile adds detectors.
    pub(super) fn has_own(&self) -> bool {
        self.own
    }

    /// What the added detectors find.
    pub(super) fn find_own(&self, text: &Text<'_>, hits: &mut Vec<Hit>) {
        for (kind, own) in self.scan.profile.own() {
            if self.wants(kind) {
                own.find(text, kind, hits);
            }
        }
    }

    /// The kernel's own secrets.
    pub(super) fn secrets(&self) -> &'a Secrets {
        self.scan.secrets
    }

    /// Whether the type is looked for. Known secrets always are.
    pub(super) fn wants(&self, kind: Kind) -> bool {
        kind == Kind::SECRET || self.scan.profile.operator(kind).is_some()
    }

    /// Whether the whole value is to become `null`.
    pub(super) fn drops(&self, kind: Kind) -> bool {
        self.scan.profile.operator(kind) == Some(Operator::Drop)
    }

    /// `text` with every hit replaced by its mask.
    ///
    /// # Errors
    /// [`CannotMask::Withheld`] where the profile says so.
    pub(super) fn replace(&self, text: &str, hits: &[Hit]) -> Result<String, CannotMask> {
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for hit in hits {
            out.push_str(text.get(at..hit.start).unwrap_or_default());
            self.write(text, hit, &mut out)?;
            at = hit.end.max(at);
        }
        out.push_str(text.get(at..).unwrap_or_default());
        Ok(out)
    }

    /// What stands in the place of one hit in `text`.
    pub(super) fn written(&self, text: &str, hit: &Hit) -> Result<String, CannotMask> {
        let mut mask = String::new();
        self.write(text, hit, &mut mask)?;
        Ok(mask)
    }

    /// As [`Examiner::written`], behind what is there already.
    ///
    /// # Errors
    /// As [`Examiner::written`].
    pub(super) fn write(&self, text: &str, hit: &Hit, out: &mut String) -> Result<(), CannotMask> {
        if hit.quoted == 0 {
            return self.mask_of(text, hit, out);
        }
        let quote = quote(hit.quoted);
        out.push_str(&quote);
        self.mask_of(text, hit, out)?;
        out.push_str(&quote);
        Ok(())
    }

    /// The mask of one hit in `text`.
    fn mask_of(&self, text: &str, hit: &Hit, out: &mut String) -> Result<(), CannotMask> {
        if hit.kind == Kind::SECRET {
            out.push_str(SECRET_MASK);
            return Ok(());
        }
        let name = self.name_of(hit.kind);
        match self
            .scan
            .profile
            .operator(hit.kind)
            .unwrap_or(Operator::Redact)
        {
            Operator::Withhold => Err(CannotMask::Withheld(hit.kind.name().unwrap_or("OWN_TYPE"))),
            operator => {
                let whole = self.opaque || runs_on(text, hit);
                let operator = match operator.keeps_a_part() && whole {
                    true => Operator::Redact,
                    false => operator,
                };
                let shown = text.get(hit.start..hit.end).unwrap_or_default();
                let value = hit.value.as_deref().unwrap_or(shown);
                let form = hit.kind.form();
                self.masker.write(operator, (name, form), value, out);
                Ok(())
            }
        }
    }
}

/// Whether the word of a hit goes on before or behind it, so that what a mask keeps of the value would run into
/// what stands there, as the digits behind a number that stood in base 64.
fn runs_on(text: &str, hit: &Hit) -> bool {
    let joins = |c: char| c.is_ascii_alphanumeric() || c.is_numeric() || c == '*';
    let before = text.get(..hit.start).and_then(|t| t.chars().next_back());
    let behind = text.get(hit.end..).and_then(|t| t.chars().next());
    hit.quoted == 0 && (before.is_some_and(joins) || behind.is_some_and(joins))
}

/// A quote inside `level - 1` JSON strings: each doubles the backslashes before it and adds one.
fn quote(level: u32) -> String {
    let Some(inside) = level.checked_sub(1) else {
        return String::new();
    };
    let backslashes = (1usize << inside.min(16)) - 1;
    let mut quote = "\\".repeat(backslashes);
    quote.push('"');
    quote
}
