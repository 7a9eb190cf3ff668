//! Disguises that are no encoding: values put together from literals, marks of emphasis between letters, numbers in
//! words, and tokens in base 85. Each is undone for searching.
//! Knows nothing of how they are undone.

use super::cannot_mask::CannotMask;
use super::context::{self, Context};
use super::detect::{self, Text};
use super::examiner::Examiner;
use super::hit::{self, Hit};
use super::kind::{Family, Kind, KindSet};
use super::layers::{bring_back, wrapped};
use super::proven::{PROVEN, UNCHECKED};
use super::reversal;
use super::telling_words::beside;
use super::unwrap::{apart, ascii85, dump, grouped, number_words, pieces};
use super::view::View;
use super::ways::way;
use super::words::{Lexed, class, lex};

/// How far before letters that are turned the words may begin that name them, in bytes.
const LEAD_BYTES: usize = 64;
/// What a name alone makes of anything.
const SECRETS: KindSet =
    KindSet::of(&[Kind::PASSWORD, Kind::API_KEY, Kind::PERSON, Kind::LOCATION]);
/// Longest text that is searched in all ways once it is put together, in bytes; beyond, for what proves itself.
const JOINED_BYTES_MAX: usize = 4096;

impl Examiner<'_> {
    /// What is found where a text is read as one of them; only what proves itself counts.
    ///
    /// # Errors
    /// [`CannotMask`] where the text cannot be examined within the bounds.
    pub(super) fn disguised(
        &mut self,
        text: &str,
        lexed: &Lexed,
        context: Context,
        depth: usize,
        hits: &mut Vec<Hit>,
    ) -> Result<(), CannotMask> {
        let bytes = text.as_bytes();
        if (lexed.has(class::QUOTE | class::STAR) || memchr::memchr2(b'`', b'~', bytes).is_some())
            && let Some(view) = pieces::join(text)
        {
            self.read_as(&view, context, depth, hits)?;
        }
        if lexed.leads(way::APART)
            && let Some(view) = apart::join(text)
        {
            self.read_as(&view, context, depth, hits)?;
        }
        if lexed.leads(way::WORDED)
            && let Some(view) = number_words::read(text, true)
        {
            let mut spoken = self.read_spoken(&view, context, depth)?;
            // A number that is named is none to be dialled.
            if let Some(view) = number_words::read(text, false) {
                let mut named = self.read_spoken(&view, context, depth)?;
                named.retain(is_named);
                {
                    let mut stays = beside(&named);
                    spoken.retain(|hit| stays(hit.start, hit.end));
                }
                hits.append(&mut named);
            }
            hits.append(&mut spoken);
        }
        for view in dump::read(text) {
            let first = hits.len();
            self.read_as(&view, context, depth, hits)?;
            // The letters stand once more at the end of the line.
            for hit in hits.iter_mut().skip(first) {
                let rest = text.get(hit.end..).unwrap_or_default();
                hit.end += memchr::memchr(b'\n', rest.as_bytes()).unwrap_or(rest.len());
            }
        }
        if lexed.has(class::NEWLINE)
            && let Some(view) = grouped::uuencoded(text)
        {
            self.read_as(&view, context, depth, hits)?;
        }
        if lexed.leads(way::GROUPED) {
            for (start, end, plain) in grouped::runs(text) {
                let inner = self.deeper(&plain, context, depth)?;
                hits.extend(wrapped(&plain, &inner, start, end));
            }
        }
        if lexed.leads(way::BASE85) {
            let runs = ascii85::runs(text, self.budget());
            for (start, end, plain) in runs.map_err(|_| CannotMask::EncodedTooLong)? {
                let inner = self.deeper(&plain, context, depth)?;
                hits.extend(wrapped(&plain, &inner, start, end));
            }
        }
        Ok(())
    }

    /// What is found in a text whose letters are turned where an override says so.
    ///
    /// # Errors
    /// As [`Examiner::layer`].
    pub(super) fn overridden(
        &mut self,
        text: &str,
        context: Context,
        depth: usize,
    ) -> Result<Vec<Hit>, CannotMask> {
        let mut hits = Vec::new();
        // The letters of a mask are turned by nobody.
        let left = self.unmasked(text).into_owned();
        for (start, end) in reversal::overridden(&left) {
            let lead = left.get(..start).unwrap_or_default();
            let from = lead.ceil_char_boundary(lead.len().saturating_sub(LEAD_BYTES));
            let named = context::of_label(lead.get(from..).unwrap_or_default());
            let around = context.of(context.kinds.union(named).without(SECRETS));
            let mut view = View::with_capacity(end - start);
            let turned = left.get(start..end).unwrap_or_default();
            for (at, c) in turned.char_indices().rev() {
                view.put(c, start + at, c.len_utf8());
            }
            for mut hit in self.deeper(view.text(), around, depth)? {
                let shown = view.text().get(hit.start..hit.end).map(str::to_owned);
                hit.value = hit.value.take().or(shown);
                hit.span(view.enclosing(hit.start, hit.end));
                hits.push(hit);
            }
        }
        // What is left between masks is turned in another order.
        self.again |= !hits.is_empty();
        Ok(hits)
    }

    /// Numbers in words: those of states and of patients count too, whose check and name prove them.
    fn read_spoken(
        &mut self,
        view: &View,
        context: Context,
        depth: usize,
    ) -> Result<Vec<Hit>, CannotMask> {
        let mut inner = match view.text().len() {
            ..=JOINED_BYTES_MAX => self.deeper(view.text(), context, depth)?,
            _ => self.proven(view.text(), context)?,
        };
        inner.retain(|hit| {
            let shown = view.text().get(hit.start..hit.end).unwrap_or_default();
            let (start, end) = view.source(hit.start, hit.end);
            PROVEN.has(hit.kind)
                || (hit.kind == Kind::PHONE_NUMBER && shown.starts_with('+'))
                || (is_named(hit) && end - start > 2 * shown.len())
        });
        bring_back(view, &mut inner);
        Ok(inner)
    }

    fn read_as(
        &mut self,
        view: &View,
        context: Context,
        depth: usize,
        hits: &mut Vec<Hit>,
    ) -> Result<(), CannotMask> {
        let mut inner = match view.text().len() {
            ..=JOINED_BYTES_MAX => self.deeper(view.text(), context, depth)?,
            _ => self.proven(view.text(), context)?,
        };
        inner.retain(|hit| {
            let shown = view.text().get(hit.start..hit.end).unwrap_or_default();
            PROVEN.has(hit.kind) || (hit.kind == Kind::PHONE_NUMBER && shown.starts_with('+'))
        });
        bring_back(view, &mut inner);
        hits.append(&mut inner);
        Ok(())
    }

    /// What proves itself in a text that was put together.
    ///
    /// # Errors
    /// [`CannotMask::Detector`] where a detector could not be built.
    pub(super) fn proven(&mut self, text: &str, context: Context) -> Result<Vec<Hit>, CannotMask> {
        let mut hits = Vec::new();
        lex(text, &mut self.lexed);
        let lexed = std::mem::take(&mut self.lexed);
        let searched = Text {
            text,
            lexed: &lexed,
            context,
        };
        detect::find_proven(&searched, &mut hits)?;
        self.went_over_all(text);
        self.lexed = lexed;
        hit::merge(&mut hits);
        Ok(hits)
    }
}

/// Whether a number is one of a state or of a patient, found where its name stands.
fn is_named(hit: &Hit) -> bool {
    matches!(hit.kind.family(), Family::National | Family::Health) && !UNCHECKED.has(hit.kind)
}
