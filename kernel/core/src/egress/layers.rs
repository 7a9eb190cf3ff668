//! One text: folded, searched, unwrapped, searched again, until nothing more is found.
//! Knows nothing of the value around it beyond what its key says.

use std::borrow::Cow;

use super::blanks::blank;
use super::cannot_mask::CannotMask;
use super::context::{Context, hint};
use super::detect::{self, Text};
use super::edges;
use super::examiner::Examiner;
use super::fold;
use super::hit::{self, Hit};
use super::idle_codes;
use super::kind::Kind;
use super::proven::PROVEN;
use super::quiet;
use super::reversal;
use super::summary::Summary;
use super::unwrap::{base, embedded, escape, plain::Plain, spelled, table};
use super::view::View;
use super::walk;
use super::ways::way;
use super::whole::AtOnce;
use super::words::{Lexed, class, lex, lex_after};
use crate::limits;

/// Shortest run that can be encoded text.
const ENCODED_RUN: usize = 12;
/// Longest decoded text that is read from its end too, in bytes.
const TURNED_BYTES_MAX: usize = 1024;
/// Longest decoded text that the words before it may name, in bytes.
const NUMBER_BYTES_MAX: usize = 40;
/// How often one text is searched: each time what was found before is out of the way.
const ROUNDS_MAX: usize = 8;
/// Characters that turn the reading direction.
const TURNS: [char; 4] = ['\u{202E}', '\u{202D}', '\u{2067}', '\u{200F}'];

impl Examiner<'_> {
    /// Everything in `text`, disjoint and in order; `depth` counts what it was unwrapped from.
    ///
    /// # Errors
    /// [`CannotMask`] where the text cannot be examined within the bounds.
    pub(super) fn layer(
        &mut self,
        text: &str,
        context: Context,
        depth: usize,
    ) -> Result<Vec<Hit>, CannotMask> {
        let summary = Summary::of(text);
        match self.at_once(text, &summary, context, depth)? {
            AtOnce::Nothing => Ok(Vec::new()),
            AtOnce::Found(kind) => {
                let whole = kind.map(|kind| Hit::new(kind, 0, text.len()));
                Ok(whole.into_iter().collect())
            }
            AtOnce::Unsaid => self.at_length(text, &summary, context, depth),
        }
    }

    /// As [`Examiner::layer`], for a text of which nothing can be said at once.
    ///
    /// # Errors
    /// As [`Examiner::layer`].
    pub(super) fn at_length(
        &mut self,
        text: &str,
        summary: &Summary,
        context: Context,
        depth: usize,
    ) -> Result<Vec<Hit>, CannotMask> {
        let shortcut = !self.thorough && !self.has_own();
        let code =
            shortcut && quiet::is_code(text, summary, context) && !self.has_secret(text, depth);
        let shape = if code { idle_codes::shape(text) } else { None };
        lex_after(summary, text, &mut self.lexed);
        if let Some(shape) = shape
            && self.stays_idle(text, context)
        {
            self.idle.add(shape);
            return Ok(Vec::new());
        }
        let nearly = self.lexed.has(class::STRUCTURE) && embedded::may_be(text);
        if nearly {
            let values = embedded::values(text);
            if !values.is_empty() {
                return self.structured(text, &values, context, depth);
            }
        }
        let hits = self.folded(text, context, depth)?;
        // What breaks a structure may stand within what is found, and what is masked moves the columns behind it: what is
        // left is read as another structure.
        self.again |= !hits.is_empty() && (nearly || table::may_be_aligned(text));
        Ok(hits)
    }

    /// Everything in a text that is no structure, and has been lexed.
    fn folded(
        &mut self,
        text: &str,
        context: Context,
        depth: usize,
    ) -> Result<Vec<Hit>, CannotMask> {
        if !self.lexed.has(class::OTHER_SCRIPT | class::CONTROL) {
            return self.settle(text, context, depth, true);
        }
        let view = fold::fold(text);
        // After a right-to-left override a reader sees the text from its end.
        let context = context.with(hint::REVERSED, text.contains(TURNS));
        let mut hits = self.settle(view.text(), context, depth, false)?;
        bring_back(&view, &mut hits);
        hits.append(&mut self.overridden(text, context, depth)?);
        if fold::has_tags(text) {
            let view = fold::fold_untagged(text);
            let mut more = self.settle(view.text(), context, depth, false)?;
            bring_back(&view, &mut more);
            hits.append(&mut more);
        }
        for hit in &mut hits {
            edges::unseen(text, hit);
        }
        hit::merge(&mut hits);
        Ok(hits)
    }

    /// Whether nothing is found in a code, which has been lexed, whatever the values of its digits.
    fn stays_idle(&self, text: &str, context: Context) -> bool {
        detect::is_idle(&Text {
            text,
            lexed: &self.lexed,
            context,
        })
    }

    /// Whether a known secret is in a text. One that is taken apart is looked for over all texts of a value anyway; what was
    /// unwrapped is among no others.
    pub(super) fn has_secret(&self, text: &str, depth: usize) -> bool {
        let secrets = self.secrets();
        if self.secretless && depth == 0 {
            return false;
        }
        secrets.is_plainly_in(text) || depth > 0 && !secrets.find(text).is_empty()
    }

    /// JSON inside the text: walked like the value around it, and nothing of its syntax touched.
    fn structured(
        &mut self,
        text: &str,
        values: &[embedded::Embedded<'_>],
        context: Context,
        depth: usize,
    ) -> Result<Vec<Hit>, CannotMask> {
        if depth >= limits::DECODE_DEPTH_MAX {
            return Err(CannotMask::EncodedTooDeep);
        }
        let mut hits = Vec::new();
        for value in values {
            let mut found = walk::find(self, value.tape.root(), context, depth + 1)?;
            found.sort_by_key(|(ordinal, _)| *ordinal);
            let mut latest = embedded::Latest::default();
            for (ordinal, mut hit) in found {
                let span = (ordinal, hit.start, hit.end);
                if let Some((start, end, number)) = value.source(text, span, &mut latest) {
                    let shown = text.get(start..end).unwrap_or_default();
                    if hit.value.is_none() && number {
                        let inner = shown.get(hit.start..hit.end);
                        hit.value = inner.map(str::to_owned);
                    }
                    (hit.start, hit.end) = (start, end);
                    hit.quoted = match (number, hit.quoted) {
                        (true, _) => 1,
                        (false, 0) => 0,
                        (false, inner) => inner + 1,
                    };
                    hits.push(hit);
                }
            }
        }
        hit::merge(&mut hits);
        Ok(hits)
    }

    /// Searches until what is found is out of the way and nothing is left to find.
    fn settle(
        &mut self,
        text: &str,
        context: Context,
        depth: usize,
        mut read: bool,
    ) -> Result<Vec<Hit>, CannotMask> {
        let mut found: Vec<Hit> = Vec::new();
        let mut left = self.unmasked(text);
        read &= matches!(left, Cow::Borrowed(_));
        let mut known = false;
        for _ in 0..ROUNDS_MAX {
            let mut lexed = std::mem::take(&mut self.lexed);
            let given = std::mem::take(&mut read);
            if !given && !std::mem::take(&mut known) {
                lex(&left, &mut lexed);
            }
            if self.thorough {
                lexed.presume();
            }
            let mut hits = self.round(&left, lexed, context, depth)?;
            // What is given is a text of the value; what is folded or blanked is not.
            if !(given && depth == 0 && self.secretless) {
                let secrets = self.secrets().find(&left).into_iter();
                hits.extend(secrets.map(|(start, end)| Hit::new(Kind::SECRET, start, end)));
            }
            hits.retain(|hit| self.wants(hit.kind));
            hit::merge(&mut hits);
            if hits.is_empty() {
                return Ok(found);
            }
            if found.is_empty()
                && let [all] = hits.as_slice()
                && all.start == 0
                && all.end == left.len()
            {
                return Ok(hits);
            }
            let blanked = blank(&left, &hits);
            let is_left = |byte: u8| byte.is_ascii_alphanumeric() || byte >= 0x80;
            let ends = !blanked.bytes().any(is_left);
            if !ends {
                left = Cow::Owned(self.without(&left, &hits, blanked, &mut known));
            }
            found.append(&mut hits);
            hit::merge(&mut found);
            if ends {
                return Ok(found);
            }
        }
        Err(CannotMask::Unsettled)
    }

    /// The text that is searched next, when finds have been blanked; `known` where what was learnt of it still holds.
    ///
    /// Nothing is taken for granted that the next search would say otherwise: it goes over all of what is left, and only
    /// what it would read from every byte anew is read from what is known. That both find the same is a law in the tests.
    fn without(&mut self, left: &str, hits: &[Hit], blanked: String, known: &mut bool) -> String {
        // `****0147` may only now be a word of its own.
        if let Cow::Owned(unmasked) = self.unmasked(&blanked) {
            return unmasked;
        }
        *known = !self.thorough && Lexed::parts(left, hits);
        if *known {
            self.lexed.without(hits, left, &blanked);
        }
        blanked
    }

    /// One search of a folded text and of what it unwraps to.
    fn round(
        &mut self,
        text: &str,
        lexed: Lexed,
        context: Context,
        depth: usize,
    ) -> Result<Vec<Hit>, CannotMask> {
        let mut hits = Vec::new();
        let searched = Text {
            text,
            lexed: &lexed,
            context,
        };
        detect::find(&searched, &mut hits)?;
        self.find_own(&searched, &mut hits);
        let unwrapped = self.unwrapped(text, &lexed, context, depth);
        // Detectors, what is unwrapped and the blanking of finds each look at all of it.
        let all = u64::try_from(text.len()).unwrap_or(u64::MAX);
        self.went_over(all.saturating_add(lexed.take_steps()));
        self.lexed = lexed;
        hits.extend(unwrapped?);
        Ok(hits)
    }

    /// What is found in whatever the text wraps.
    fn unwrapped(
        &mut self,
        text: &str,
        lexed: &Lexed,
        context: Context,
        depth: usize,
    ) -> Result<Vec<Hit>, CannotMask> {
        let mut hits = Vec::new();
        if lexed.has(class::ESCAPE | class::ANGLE | class::EQUALS)
            && let Some(view) = escape::undo(text)
        {
            let mut inner = self.deeper(view.text(), context, depth)?;
            bring_back(&view, &mut inner);
            inner.iter_mut().for_each(|hit| edges::tags(text, hit));
            hits.append(&mut inner);
        }
        if lexed.longest_run >= ENCODED_RUN && lexed.leads(way::ENCODED) {
            self.decoded(text, lexed, context, depth, &mut hits)?;
        }
        if lexed.leads(way::SPELLED) && spelled::may_hold(text) {
            for (start, end, plain) in spelled::runs(text) {
                let inner = self.deeper(&plain, context, depth)?;
                hits.extend(wrapped(&plain, &inner, start, end));
            }
        }
        if lexed.has(class::NEWLINE) {
            self.tabled(text, depth, &mut hits)?;
        }
        if lexed.has(class::NEWLINE | class::ANGLE) {
            self.outlined(text, context, depth, &mut hits)?;
        }
        if reversal::is_likely(text, lexed, context) {
            hits.extend(self.backwards(text, context, depth)?);
        }
        if lexed.has(class::ANGLE | class::BRACKET | class::QUOTE) {
            self.named(text, lexed, depth, &mut hits)?;
        }
        self.disguised(text, lexed, context, depth, &mut hits)?;
        Ok(hits)
    }

    /// One layer down, within depth and budget.
    pub(super) fn deeper(
        &mut self,
        text: &str,
        context: Context,
        depth: usize,
    ) -> Result<Vec<Hit>, CannotMask> {
        if depth >= limits::DECODE_DEPTH_MAX {
            return Err(CannotMask::EncodedTooDeep);
        }
        self.charge(text.len())?;
        self.layer(text, context, depth + 1)
    }

    /// Runs of base64 and its kin; a find inside one takes all of it.
    fn decoded(
        &mut self,
        text: &str,
        lexed: &Lexed,
        context: Context,
        depth: usize,
        hits: &mut Vec<Hit>,
    ) -> Result<(), CannotMask> {
        let runs = base::runs(text, self.budget()).map_err(|_| CannotMask::EncodedTooLong)?;
        for run in runs {
            let shown = run.plain.text();
            // Bytes that are no text as a whole may look like one at any depth.
            if depth >= limits::DECODE_DEPTH_MAX && matches!(run.plain, Plain::Parts(_)) {
                continue;
            }
            // `PESEL OTAw…`: a number is what the words before it say.
            let context = match is_number(shown) {
                true => Text {
                    text,
                    lexed,
                    context,
                }
                .cue(run.start),
                false => context,
            };
            let mut inner = self.deeper(shown, context, depth)?;
            // What was turned before it was encoded.
            if inner.is_empty()
                && depth < limits::DECODE_DEPTH_MAX
                && shown.len() <= TURNED_BYTES_MAX
            {
                inner = self.backwards(shown, context, depth)?;
            }
            let start = edges::data_head(text, run.start);
            hits.extend(wrapped(shown, &inner, start, run.end));
        }
        Ok(())
    }

    /// The text from its end: what a reader sees after a right-to-left override.
    fn backwards(
        &mut self,
        text: &str,
        context: Context,
        depth: usize,
    ) -> Result<Vec<Hit>, CannotMask> {
        let mut turned = View::with_capacity(text.len());
        for (at, c) in text.char_indices().rev() {
            turned.put(c, at, c.len_utf8());
        }
        if depth >= limits::DECODE_DEPTH_MAX {
            return Err(CannotMask::EncodedTooDeep);
        }
        self.charge(turned.text().len())?;
        let mut hits = Vec::new();
        lex(turned.text(), &mut self.lexed);
        let lexed = std::mem::take(&mut self.lexed);
        let searched = Text {
            text: turned.text(),
            lexed: &lexed,
            context,
        };
        detect::find(&searched, &mut hits)?;
        self.lexed = lexed;
        hits.retain(|hit| {
            let shown = turned.text().get(hit.start..hit.end).unwrap_or_default();
            PROVEN.has(hit.kind) || (hit.kind == Kind::PHONE_NUMBER && shown.starts_with('+'))
        });
        for hit in &mut hits {
            hit.value = turned.text().get(hit.start..hit.end).map(str::to_owned);
            hit.span(turned.enclosing(hit.start, hit.end));
        }
        Ok(hits)
    }
}

/// Whether a decoded text is one number, perhaps with marks and a few letters.
fn is_number(shown: &str) -> bool {
    let digits = shown.bytes().filter(u8::is_ascii_digit).count();
    shown.len() <= NUMBER_BYTES_MAX && 2 * digits > shown.len() && !shown.contains('\n')
}

/// Hits of a view as hits of its source, each with the value as it was read.
pub(super) fn bring_back(view: &View, hits: &mut [Hit]) {
    for hit in hits {
        let (start, end) = view.source(hit.start, hit.end);
        if hit.value.is_none() {
            hit.value = view.text().get(hit.start..hit.end).map(str::to_owned);
        }
        hit.span((start, end));
    }
}

/// A hit over the whole of an encoded run, if anything was found in what it decodes to.
pub(super) fn wrapped(plain: &str, inner: &[Hit], start: usize, end: usize) -> Option<Hit> {
    let first = inner.iter().min_by_key(|hit| hit.kind)?;
    let whole = inner.len() == 1 && first.start == 0 && first.end == plain.len();
    let shown = || plain.get(first.start..first.end).map(str::to_owned);
    Some(Hit {
        value: if whole {
            first.value.clone().or_else(shown)
        } else {
            None
        },
        ..Hit::new(first.kind, start, end)
    })
}
