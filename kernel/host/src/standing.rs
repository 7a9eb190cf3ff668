//! Tools that are not what was approved: found by south, recorded, told to the operator once, and listed to nobody.
//! Knows nothing of definitions.

use std::pin::pin;
use std::sync::Arc;

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
            Box::pin(noted(&self.journal, &news)).await?;
        }
        Ok(())
    }

    /// The same whenever something has changed, without anybody asking. For a task of its own: what it has begun to
    /// record when it is over, it still records and tells.
    pub(crate) async fn heed_until<T>(self: Arc<Self>, over: impl Future<Output = T>) {
        let mut lists = self.south.lists().subscribe();
        let mut over = pin!(over);
        loop {
            tokio::select! {
                biased;
                changed = lists.changed() => {
                    // A log that fails is seen by who serves.
                    if changed.is_err() || self.heed().await.is_err() {
                        return;
                    }
                }
                _ = over.as_mut() => return,
            }
        }
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
