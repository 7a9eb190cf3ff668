//! A text derived from another, with the way back: which bytes of the source each byte came from.
//! Knows nothing of why the text was derived.

/// Bytes of the view that came from the source in one piece.
#[derive(Clone, Copy, Debug)]
struct Run {
    /// First byte in the view.
    at: usize,
    /// First byte in the source.
    source: usize,
    /// Bytes in the source; a copied run has as many in the view.
    source_len: usize,
    /// Whether bytes map one to one; else the run stands for its source as a whole.
    copied: bool,
}

/// A derived text.
#[derive(Debug, Default)]
pub(super) struct View {
    text: String,
    runs: Vec<Run>,
}

impl View {
    /// An empty view that expects about so many bytes.
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self {
            text: String::with_capacity(bytes),
            runs: Vec::new(),
        }
    }

    /// The derived text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Appends `piece`, which stands in the source at `source` as it is.
    pub(super) fn copy(&mut self, piece: &str, source: usize) {
        if piece.is_empty() {
            return;
        }
        let at = self.text.len();
        self.text.push_str(piece);
        if let Some(last) = self.runs.last_mut()
            && last.copied
            && last.source + last.source_len == source
        {
            last.source_len += piece.len();
            return;
        }
        self.runs.push(Run {
            at,
            source,
            source_len: piece.len(),
            copied: true,
        });
    }

    /// Appends one character that stands for `source_len` bytes at `source`.
    pub(super) fn put(&mut self, c: char, source: usize, source_len: usize) {
        let at = self.text.len();
        self.text.push(c);
        self.runs.push(Run {
            at,
            source,
            source_len,
            copied: false,
        });
    }

    /// The bytes of the source behind `start..end` of the view: never fewer than came from it.
    pub(super) fn source(&self, start: usize, end: usize) -> (usize, usize) {
        let first = self.run_at(start);
        let last = self.run_at(end.saturating_sub(1));
        let from = first.map_or(0, |run| {
            if run.copied {
                run.source + (start - run.at)
            } else {
                run.source
            }
        });
        let to = last.map_or(0, |run| {
            if run.copied {
                run.source + (end - run.at).min(run.source_len)
            } else {
                run.source + run.source_len
            }
        });
        (from.min(to), to.max(from))
    }

    /// As [`View::source`] where the view runs against its source.
    pub(super) fn enclosing(&self, start: usize, end: usize) -> (usize, usize) {
        let first = self.source(start, start + 1);
        let last = self.source(end.saturating_sub(1), end);
        (first.0.min(last.0), first.1.max(last.1))
    }

    fn run_at(&self, at: usize) -> Option<&Run> {
        let after = self.runs.partition_point(|run| run.at <= at);
        self.runs.get(after.checked_sub(1)?)
    }
}
