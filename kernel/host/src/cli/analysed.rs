//! An external analyser at hand of a command, which waits for it.
//! Knows nothing of what it is asked about.

use std::path::Path;

use aegis_core::egress::{self, AnalyserFault, CannotMask, Scan, Sheet};
use aegis_core::limits;
use tokio::runtime::{Builder, Runtime};

use super::problems;
use crate::analyser::Analyser;
use crate::load;

/// An analyser, what it is asked, and what it is waited for with.
pub(super) struct Analysed {
    client: Analyser,
    terms: egress::Analyser,
    runtime: Runtime,
}

impl Analysed {
    /// The one that a configuration names in `[masking.analyser]`.
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let found = load::analyser(path)
            .map_err(|found| problems::render(&found, problems::Severity::Error, false))?;
        let client = Analyser::new(found.address, found.timeout_ms, found.ca.as_deref());
        let runtime = Builder::new_current_thread().enable_all().build();
        Ok(Self {
            client: client.map_err(|fault| format!("the analyser: {fault}"))?,
            terms: found.terms,
            runtime: runtime.map_err(|fault| format!("no runtime: {fault}"))?,
        })
    }

    /// Asks about all texts of a sheet.
    ///
    /// # Errors
    /// The name of the reason for which nothing of it may be written.
    pub(super) fn ask(&self, scan: &Scan<'_>, sheet: &mut Sheet<'_>) -> Result<(), &'static str> {
        let questions = sheet
            .questions(scan, &self.terms)
            .map_err(CannotMask::code)?;
        let mut answers = Vec::with_capacity(questions.len());
        for some in questions.chunks(limits::ANALYSER_TEXTS_MAX) {
            let some = self.client.ask(some.to_vec());
            answers.extend(self.runtime.block_on(some).map_err(AnalyserFault::rule)?);
        }
        let answered = sheet.answered(scan, &self.terms, &answers);
        answered.map_err(AnalyserFault::rule)
    }
}
