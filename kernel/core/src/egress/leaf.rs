//! One text: folded, searched, unwrapped, searched again, until nothing more is found.
//! Knows nothing of the value around it beyond what its key says.

use std::borrow::Cow;
use std::collections::HashMap;

use super::cannot_mask::CannotMask;
use super::context::{self, Context};
use super::detect::{self, Text};
use super::fold;
use super::hit::{self, Hit};
use super::kind::Kind;
use super::mask::{BARRIER, Masker, SECRET_MASK, next_mask};
use super::scan::Scan;
use super::words::{Lexed, class, lex};
use crate::limits;
use crate::policy::Operator;

/// Fewest digits, or longest run, below which a text without marks holds nothing.
const QUIET_DIGITS: usize = 4;
const QUIET_RUN: usize = 16;
/// How often one text is searched: each time what was found before is out of the way.
const ROUNDS_MAX: usize = 8;

/// Searches texts under one scan, with the budgets of one result.
pub(super) struct Examiner<'a> {
    scan: &'a Scan<'a>,
    masker: Masker,
    lexed: Lexed,
    contexts: HashMap<String, Context>,
    /// Bytes that decoding may still produce.
    budget: usize,
}

impl<'a> Examiner<'a> {
    pub(super) fn new(scan: &'a Scan<'a>) -> Self {
        Self {
            scan,
            masker: Masker::new(scan.scope_key),
            lexed: Lexed::default(),
            contexts: HashMap::new(),
            budget: limits::DECODE_BYTES_FREE,
        }
    }

    /// Widens the budget by what `bytes` of input may unfold to.
    pub(super) fn allow(&mut self, bytes: usize) {
        self.budget = self
            .budget
            .saturating_add(bytes.saturating_mul(limits::DECODE_FACTOR_MAX))
            .min(limits::DECODE_BYTES_MAX);
    }

    /// What a key says, remembered: rows repeat their keys.
    pub(super) fn context_of(&mut self, key: &str) -> Context {
        if let Some(known) = self.contexts.get(key) {
            return *known;
        }
        let context = context::of_key(key);
        self.contexts.insert(key.to_owned(), context);
        context
    }

    /// The name of a type.
    pub(super) fn name(&self, kind: Kind) -> Cow<'static, str> {
        Cow::Borrowed(kind.name().unwrap_or("SECRET"))
    }

    /// The kernel's own secrets.
    pub(super) fn secrets(&self) -> &'a super::secrets::Secrets {
        self.scan.secrets
    }

    /// Everything in `text`, disjoint and in order.
    ///
    /// # Errors
    /// [`CannotMask`] where the text cannot be examined within the bounds.
    pub(super) fn examine(&mut self, text: &str, context: Context) -> Result<Vec<Hit>, CannotMask> {
        if text.len() > limits::RESPONSE_BYTES_MAX {
            return Err(CannotMask::TooLong);
        }
        let hits = self.layer(text, context, 0)?;
        Ok(hits)
    }

    /// One layer of text; deeper ones are what it unwraps to.
    fn layer(
        &mut self,
        text: &str,
        context: Context,
        depth: usize,
    ) -> Result<Vec<Hit>, CannotMask> {
        lex(text, &mut self.lexed);
        if self.is_quiet(context) {
            return Ok(Vec::new());
        }
        if !self.lexed.has(class::OTHER_SCRIPT | class::CONTROL) {
            return self.settle(text, context, depth);
        }
        let view = fold::fold(text);
        let mut hits = self.settle(view.text(), context, depth)?;
        for hit in &mut hits {
            let value = view.text().get(hit.start..hit.end).map(str::to_owned);
            let (start, end) = view.source(hit.start, hit.end);
            if text.get(start..end) != value.as_deref() && hit.value.is_none() {
                hit.value = value;
            }
            (hit.start, hit.end) = (start, end);
        }
        hit::merge(&mut hits);
        Ok(hits)
    }

    /// Whether nothing can be found in what was lexed last.
    fn is_quiet(&self, context: Context) -> bool {
        context.kinds.is_empty()
            && self.lexed.digits < QUIET_DIGITS
            && self.lexed.longest_run < QUIET_RUN
            && !self.lexed.has(
                class::AT
                    | class::COLON
                    | class::EQUALS
                    | class::ESCAPE
                    | class::OTHER_SCRIPT
                    | class::CONTROL,
            )
    }

    /// Searches until what is found is out of the way and nothing is left to find.
    fn settle(
        &mut self,
        text: &str,
        context: Context,
        depth: usize,
    ) -> Result<Vec<Hit>, CannotMask> {
        let mut found: Vec<Hit> = Vec::new();
        let mut left = blank_masks(text);
        for _ in 0..ROUNDS_MAX {
            let mut hits = self.round(&left, context, depth)?;
            hits.retain(|hit| {
                hit.kind == Kind::SECRET || self.scan.profile.operator(hit.kind).is_some()
            });
            hit::merge(&mut hits);
            if hits.is_empty() {
                return Ok(found);
            }
            let whole = matches!(hits.as_slice(), [only] if only.end - only.start == text.len());
            let blanked = blank(&left, &hits);
            found.append(&mut hits);
            hit::merge(&mut found);
            if whole || blanked.bytes().all(|byte| byte == BARRIER) {
                return Ok(found);
            }
            left = Cow::Owned(blanked);
        }
        Err(CannotMask::Unsettled)
    }

    /// One search of a folded text and of what it unwraps to.
    fn round(
        &mut self,
        text: &str,
        context: Context,
        _depth: usize,
    ) -> Result<Vec<Hit>, CannotMask> {
        let mut hits = Vec::new();
        let mut lexed = std::mem::take(&mut self.lexed);
        lex(text, &mut lexed);
        let searched = Text {
            text,
            lexed: &lexed,
            context,
        };
        detect::find(&searched, &mut hits)?;
        self.lexed = lexed;
        for (start, end) in self.scan.secrets.find(text.as_bytes()) {
            hits.push(Hit::new(Kind::SECRET, start, end));
        }
        Ok(hits)
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
            out.push_str(&self.mask_of(text, hit)?);
            at = hit.end.max(at);
        }
        out.push_str(text.get(at..).unwrap_or_default());
        Ok(out)
    }

    /// The mask of one hit in `text`.
    fn mask_of(&self, text: &str, hit: &Hit) -> Result<String, CannotMask> {
        if hit.kind == Kind::SECRET {
            return Ok(SECRET_MASK.to_owned());
        }
        let name = hit.kind.name().unwrap_or("SECRET");
        match self
            .scan
            .profile
            .operator(hit.kind)
            .unwrap_or(Operator::Redact)
        {
            Operator::Withhold => Err(CannotMask::Withheld(name)),
            operator => {
                let shown = text.get(hit.start..hit.end).unwrap_or_default();
                let value = hit.value.as_deref().unwrap_or(shown);
                Ok(self.masker.mask(operator, name, hit.kind.form(), value))
            }
        }
    }

    /// Whether the whole value is to become `null`.
    pub(super) fn drops(&self, kind: Kind) -> bool {
        self.scan.profile.operator(kind) == Some(Operator::Drop)
    }
}

/// Our own masks are out of the way before the first search: fixed points, and nothing grows over them.
fn blank_masks(text: &str) -> Cow<'_, str> {
    let mut masks = Vec::new();
    let mut at = 0;
    while let Some((start, end)) = next_mask(text, at) {
        masks.push(Hit::new(Kind::SECRET, start, end));
        at = end;
    }
    if masks.is_empty() {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(blank(text, &masks))
    }
}

/// `text` with the spans filled with barriers: offsets stay, nothing is found there again.
fn blank(text: &str, spans: &[Hit]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for span in spans {
        out.push_str(text.get(at..span.start).unwrap_or_default());
        out.extend(std::iter::repeat_n(
            char::from(BARRIER),
            span.end - span.start.max(at),
        ));
        at = span.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}
