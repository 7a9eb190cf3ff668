//! Tools that are not what was approved: found by south, recorded, told to the operator once, and listed to nobody.
//! Knows nothing of definitions.

use std::convert::Infallible;
use std::future::pending;

use aegis_core::denial::Denial;

use crate::journal::Journal;
use crate::lifecycle::Kernel;
use crate::south::Warning;

impl Kernel {
    /// Records and tells what downstreams have changed since this was last asked.
    ///
    /// # Errors
    /// `kernel.log-unavailable`: then nothing more may be done.
    pub(crate) async fn heed(&self) -> Result<(), Denial> {
        for news in self.south.take_news() {
            noted(&self.journal, &news).await?;
        }
        Ok(())
    }

    /// The same whenever something has changed, without anybody asking.
    pub(crate) async fn heed_whenever(&self) -> Infallible {
        let mut lists = self.south.lists().subscribe();
        // A log that fails is seen by who serves.
        while lists.changed().await.is_ok() && self.heed().await.is_ok() {}
        pending().await
    }
}

/// Records one finding, and tells it.
///
/// # Errors
/// As above.
pub(crate) async fn noted(journal: &Journal, news: &Warning) -> Result<(), Denial> {
    if let Some((server, tool)) = news.tool() {
        journal.tool_standing(server, tool, news.code()).await?;
    }
    crate::told::tell!("aegis: {news}");
    Ok(())
}
