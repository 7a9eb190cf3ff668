//! When the writer asks for a checkpoint, and what a start compares with those that were signed.
//! Knows nothing of keys, nor of how a checkpoint is signed.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use aegis_core::audit::{Kind, Leaf};
use tokio::sync::{oneshot, watch};

use super::anchor::{Anchors, Recorder, Seen, Store};
use super::log::LogOptions;
use super::message::Health;
use super::sign::{Checkpointer, Known, Notary, Signing, SigningFault, Wanted};
use super::start::Found;
use super::writer::Writer;
use super::{JournalFault, tiles};
use crate::clock::Clock;

/// What the writer knows of its checkpoints.
pub(super) struct Checkpoints {
    signing: Signing,
    /// Signs, where there is a key.
    notary: Option<Notary>,
    /// How many records the newest signed checkpoint covers.
    signed: Arc<AtomicU64>,
    /// How far anchors have seen the log, and one more than the newest record that is worth one.
    seen: Arc<Seen>,
    news: u64,
    record: Recorder,
}

impl Checkpoints {
    /// Compares what was found with what was signed; starts to sign where there is a key.
    pub(super) fn open(
        signing: Signing,
        dir: &Path,
        found: &Found,
        options: &LogOptions,
        health: &watch::Sender<Health>,
        clock: Clock,
        record: Recorder,
    ) -> Result<Self, JournalFault> {
        let root_at = |size| found.root_at(dir, size);
        let known = Known {
            dir,
            log: found.log,
            size: found.next,
            sync: options.sync,
            disk: Arc::clone(&options.disk),
            root_at: &root_at,
        };
        let mut opened = Self {
            signing,
            notary: None,
            signed: Arc::default(),
            seen: Arc::new(Seen::new(clock, None, found.next, found.next, 0)),
            news: found.next,
            record,
        };
        let Some(keys) = opened.signing.keys.clone() else {
            return Ok(opened);
        };
        let checkpointer = Checkpointer::open(&keys, &known)?;
        if opened.signing.hold {
            return Ok(opened);
        }
        if let Some((pending, _)) = keys.pending()?
            && pending.epoch > 0
        {
            return Err(SigningFault::Pending(keys.request_path()?).into());
        }
        if checkpointer.is_none() && opened.signing.checkpointing.required {
            return Err(SigningFault::NoKeys(keys.dir().to_owned()).into());
        }
        let store = Store::new(dir, keys.dir(), options.sync);
        if let Some(within_ms) = opened.signing.checkpointing.anchoring.within_ms {
            let fault = JournalFault::io("read how far anchors came in", keys.dir());
            let now_ms = clock.unix_ns() / 1_000_000;
            let came = store.anchored(now_ms).map_err(fault)?;
            let age_ms = now_ms.saturating_sub(came.at_ms);
            let seen = Seen::new(clock, Some(within_ms), came.size, found.next, age_ms);
            opened.seen = Arc::new(seen);
        }
        opened.begin(checkpointer, dir, health, clock, &store)?;
        Ok(opened)
    }

    /// How far anchors have seen the log.
    pub(super) fn seen(&self) -> Arc<Seen> {
        Arc::clone(&self.seen)
    }

    /// Notes that the log has a record more; what is about anchors themselves is worth none, or they would never rest.
    pub(super) fn note(&mut self, kind: Kind, size: u64) {
        if kind != Kind::Anchor {
            self.news = size;
        }
    }

    fn begin(
        &mut self,
        checkpointer: Option<Checkpointer>,
        dir: &Path,
        health: &watch::Sender<Health>,
        clock: Clock,
        store: &Store,
    ) -> Result<(), JournalFault> {
        let signed = Arc::clone(&self.signed);
        let anchors = &self.signing.checkpointing.anchoring.anchors;
        let start = |checkpointer| {
            let anchors = match anchors.is_empty() {
                true => None,
                false => Some(Anchors::start(
                    anchors,
                    store,
                    &self.seen,
                    clock,
                    &self.record,
                )?),
            };
            Notary::start(checkpointer, health.clone(), signed, anchors)
        };
        let notary = checkpointer.map(start).transpose();
        self.notary = notary.map_err(JournalFault::io("start to sign", dir))?;
        Ok(())
    }

    /// How many records the newest signed checkpoint covers, as it changes.
    pub(super) fn signed(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.signed)
    }
}

impl Found {
    /// The root over the first records.
    fn root_at(&self, dir: &Path, size: u64) -> io::Result<Leaf> {
        if size == self.tree.size() {
            return Ok(self.tree.root());
        }
        let ahead = size.checked_sub(self.before.size());
        let ahead = ahead.and_then(|ahead| usize::try_from(ahead).ok());
        let content = self.newest.as_ref().map(|(_, content)| content);
        if let Some(leaves) = ahead.and_then(|ahead| content?.leaves.get(..ahead)) {
            let mut tree = self.before.clone();
            leaves.iter().for_each(|leaf| tree.push(*leaf));
            return Ok(tree.root());
        }
        Ok(tiles::tree_within(dir, size)?.root())
    }
}

impl Writer {
    /// Time until the thread has something to do by itself; `None` where it has nothing.
    pub(super) fn wake_in(&self) -> Option<Duration> {
        match (self.tidy_in(), self.checkpoint_in()) {
            (Some(tidy), Some(checkpoint)) => Some(tidy.min(checkpoint)),
            (tidy, checkpoint) => tidy.or(checkpoint),
        }
    }

    /// Time until a checkpoint is due; `None` where the newest one covers everything, or nobody signs.
    fn checkpoint_in(&self) -> Option<Duration> {
        let notary = self.checkpoints.notary.as_ref()?;
        let waiting = self.next.checked_sub(notary.asked).filter(|n| *n > 0)?;
        if !self.is_writing() {
            return None;
        }
        let when = &self.checkpoints.signing.checkpointing;
        if waiting >= when.every_records {
            return Some(Duration::ZERO);
        }
        let age_ns = self.clock.mono_ns().saturating_sub(notary.asked_ns);
        let age = Duration::from_nanos(if notary.asked_ns == 0 {
            u64::MAX
        } else {
            age_ns
        });
        Some(Duration::from_millis(when.every_ms).saturating_sub(age))
    }

    /// Asks for a checkpoint where one is due. Everything that was taken is on disk.
    pub(super) fn checkpoint(&mut self) {
        if self
            .checkpoints
            .notary
            .as_ref()
            .is_some_and(Notary::is_full)
        {
            self.full.get_or_insert(self.clock.mono_ns());
        }
        self.checkpoints.seen.news(self.checkpoints.news);
        if self.checkpoint_in().is_some_and(|left| left.is_zero()) {
            self.ask_checkpoint(None);
        }
    }

    /// Asks for a checkpoint over all records. Whoever waits for it hears once it is durable, or that there is none.
    pub(super) fn ask_checkpoint(&mut self, done: Option<oneshot::Sender<()>>) {
        let wanted = Wanted {
            size: self.next,
            root: self.tree.root(),
            news: self.checkpoints.news,
            asked_ns: self.clock.mono_ns().max(1),
        };
        if self.is_writing()
            && let Some(notary) = &mut self.checkpoints.notary
        {
            notary.ask(wanted, done);
        }
    }

    /// The checkpoint over everything, before the log is closed.
    pub(super) fn last_checkpoint(&mut self) {
        self.ask_checkpoint(None);
        if let Some(notary) = &mut self.checkpoints.notary {
            notary.end();
        }
    }

    /// Signs from now on with the keys as they now are.
    pub(super) fn resign(&mut self) -> Result<(), JournalFault> {
        self.checkpoints.notary = None;
        let Some(keys) = self.checkpoints.signing.keys.clone() else {
            return Ok(());
        };
        let whole = (self.next, self.tree.root());
        let dir = self.dir.clone();
        let root_at = |size| match size == whole.0 {
            true => Ok(whole.1),
            false => Ok(tiles::tree_within(&dir, size)?.root()),
        };
        let known = Known {
            dir: &dir,
            log: Some(self.log),
            size: self.next,
            sync: self.sync,
            disk: Arc::clone(&self.disk),
            root_at: &root_at,
        };
        let checkpointer = Checkpointer::open(&keys, &known)?;
        let store = Store::new(&dir, keys.dir(), self.sync);
        let (health, clock) = (&self.health, self.clock);
        self.checkpoints
            .begin(checkpointer, &dir, health, clock, &store)
    }
}
