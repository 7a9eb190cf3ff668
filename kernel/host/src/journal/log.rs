//! The log as its users hold it: records go in and come back as anchors once they are durable.
//! Knows nothing of permits; what may be recorded when is [`super::Journal`]'s.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, OnceLock, Weak};

use aegis_core::audit::{Id, Kind, Record, SentWord, Status, Text};
use aegis_core::limits;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};

use super::anchor::{Recorder, Seen};
use super::asked::Asked;
use super::disk::Disk;
use super::pen::{Led, OnItsWay, Pen};
use super::refusals::Refusals;
use super::sign::Signing;
use super::thread::Thread;
use super::writer::{Health, Message, NotWritten};
use super::{JournalFault, start};
use crate::clock::Clock;
use crate::turn;
use aegis_verify::Anchor;

/// Where and how a log is written.
#[derive(Clone, Debug)]
pub struct LogOptions {
    /// Its folder; made where it is missing.
    pub dir: PathBuf,
    /// Whether records are durable before anyone is answered.
    pub sync: bool,
    /// A place out of the folder that remembers how far the log had come.
    pub head: Option<PathBuf>,
    /// What it is opened for: `serve`, or the upkeep that is done.
    pub purpose: &'static str,
    /// The id of the key that the values of decisions are captured for, where they are.
    pub captures: Option<String>,
    /// Bytes of one file before the next one begins.
    pub segment_bytes_max: u64,
    /// What writes it: [`super::SystemDisk`], but in tests of failures.
    pub disk: Arc<dyn Disk>,
}

/// The open log of one process. Cheap to clone. The last handle's end closes it.
#[derive(Clone)]
pub struct Log {
    inner: Arc<Inner>,
}

struct Inner {
    to: Sender<Message>,
    pen: Pen,
    /// One for each record on its way and each end that is owed: what bounds the queue.
    slots: Arc<Semaphore>,
    refusals: Arc<Refusals>,
    health: watch::Receiver<Health>,
    log: Id,
    signed: Arc<AtomicU64>,
    seen: Arc<Seen>,
}

impl Log {
    /// Opens a log, or begins one; verifies what is there, declares what a crash left, and starts the writer.
    ///
    /// # Errors
    /// Where it is held by another, does not hold, or cannot be written. Nothing is deleted.
    pub fn start(options: LogOptions, clock: Clock) -> Result<Self, JournalFault> {
        Self::start_signed(options, clock, Signing::default())
    }

    /// As [`Log::start`], with signed checkpoints.
    ///
    /// # Errors
    /// As there; and where what was signed of the log before is not what is there.
    pub fn start_signed(
        options: LogOptions,
        clock: Clock,
        signing: Signing,
    ) -> Result<Self, JournalFault> {
        let refusals = Arc::new(Refusals::default());
        let (health, watched) = watch::channel(Health::Writing);
        let dir = options.dir.clone();
        let slot: Arc<OnceLock<Weak<Inner>>> = Arc::default();
        let record = recorder(Arc::clone(&slot));
        let writer = start::open(
            options,
            clock,
            Arc::clone(&refusals),
            health,
            signing,
            record,
        )?;
        let log = writer.log;
        let (signed, seen) = (writer.checkpoints.signed(), writer.checkpoints.seen());
        let (to, from) = channel();
        let pen = Pen::of(writer);
        let thread = Thread(pen.clone());
        std::thread::Builder::new()
            .name("aegis-journal".into())
            .spawn(move || thread.run(&from))
            .map_err(JournalFault::io("start the writer of", dir))?;
        let inner = Arc::new(Inner {
            to,
            pen,
            slots: Arc::new(Semaphore::new(limits::OPEN_CALLS_MAX)),
            refusals,
            health: watched,
            log,
            signed,
            seen,
        });
        let _ = slot.set(Arc::downgrade(&inner));
        Ok(Self { inner })
    }

    /// The log's id.
    #[must_use]
    pub fn id(&self) -> Id {
        self.inner.log
    }

    /// How many records the newest signed checkpoint covers; 0 where there is none.
    #[must_use]
    pub fn signed(&self) -> u64 {
        self.inner.signed.load(Ordering::Acquire)
    }

    /// Whether a record waits for an anchor longer than it may: then nothing more may be permitted.
    #[must_use]
    pub fn anchor_is_overdue(&self) -> bool {
        self.inner.seen.overdue()
    }

    /// Signs a checkpoint over everything that was acknowledged; false where nobody signs, or it failed.
    pub async fn checkpoint(&self) -> bool {
        let (done, signed) = oneshot::channel();
        self.inner.to.send(Message::Checkpoint(done)).is_ok() && signed.await.is_ok()
    }

    /// Signs from now on with the keys as they now are beside the state.
    ///
    /// # Errors
    /// Where they do not fit the log.
    pub async fn resign(&self) -> Result<(), JournalFault> {
        let (done, resigned) = oneshot::channel();
        let gone = || JournalFault::io("write", "the log")(std::io::ErrorKind::BrokenPipe.into());
        let sent = self.inner.to.send(Message::Resign(done));
        sent.map_err(|_| gone())?;
        resigned.await.map_err(|_| gone())?
    }

    /// Appends a record that owes nothing; returns once it is durable.
    ///
    /// # Errors
    /// Where it cannot be made durable.
    pub fn append(
        &self,
        record: impl Into<Box<Record<'static>>>,
    ) -> impl Future<Output = Result<Anchor, NotWritten>> + Send {
        self.appended(record.into())
    }

    /// A record is large: what awaits holds its place alone, here and below.
    async fn appended(&self, record: Box<Record<'static>>) -> Result<Anchor, NotWritten> {
        let slot = self.slots(1).await?;
        let about = self.bring().await;
        self.hand_in(record, slot, about)?.durable().await
    }

    /// Appends an intent; returns the end that it owes once it is durable.
    ///
    /// # Errors
    /// Where it cannot be made durable: then nothing may be done. Should it reach the disk all the same, its
    /// end is written there too.
    pub fn begin(
        &self,
        intent: impl Into<Box<Record<'static>>>,
    ) -> impl Future<Output = Result<Debt, NotWritten>> + Send {
        self.begun(intent.into())
    }

    async fn begun(&self, intent: Box<Record<'static>>) -> Result<Debt, NotWritten> {
        let call = intent.call.ok_or(NotWritten)?;
        let mut slot = self.slots(2).await?;
        let own = slot.split(1).ok_or(NotWritten)?;
        let about = self.bring().await;
        let handed = self.hand_in(intent, own, about)?;
        let mut debt = Debt {
            log: self.clone(),
            call,
            slot: Some(slot),
            acted: false,
        };
        // Dropped here, while waiting, the debt is paid by its `Drop`.
        if handed.durable().await.is_err() {
            // Not in the log, or in a log that takes nothing any more: nothing is owed.
            debt.slot = None;
            return Err(NotWritten);
        }
        debt.acted = true;
        Ok(debt)
    }

    /// Appends a record without waiting for its durability, or for a place: for `Drop`s, of which there are
    /// no more than calls.
    pub(super) fn leave(&self, record: Box<Record<'static>>) {
        let _ = self.inner.to.send(Message::Append {
            record,
            answer: None,
            slot: None,
            about: self.inner.pen.bring(),
        });
    }

    /// Counts messages that never became calls; written within a second.
    pub fn count_refused(&self, code: &'static str, times: u64) {
        if self.inner.refusals.add(code, times) {
            let _ = self.inner.to.send(Message::Refused);
        }
    }

    /// Writes what waits, ends what is in flight, closes in order. Later records are refused.
    pub async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.inner.to.send(Message::Close(done)).is_ok() {
            let _ = closed.await;
        }
    }

    /// Why the log takes no more records, where something failed.
    #[must_use]
    pub fn poison(&self) -> Option<String> {
        match &*self.inner.health.borrow() {
            Health::Poisoned(reason) => Some(reason.clone()),
            Health::Writing | Health::Closed => None,
        }
    }

    /// Waits until something fails, and says what. Waits for ever where the log is closed in order.
    pub async fn poisoned(&self) -> String {
        let mut watch = self.inner.health.clone();
        let ended = watch.wait_for(|health| *health != Health::Writing).await;
        let ended = ended.map(|health| health.clone());
        match ended {
            Ok(Health::Poisoned(reason)) => reason,
            Ok(Health::Writing | Health::Closed) => std::future::pending().await,
            Err(_) => "the writer of the log is gone".to_owned(),
        }
    }

    async fn slots(&self, count: u32) -> Result<OwnedSemaphorePermit, NotWritten> {
        let slots = Arc::clone(&self.inner.slots);
        slots
            .acquire_many_owned(count)
            .await
            .map_err(|_| NotWritten)
    }

    /// Counts a call that is under way and will bring records, until what is given back is dropped.
    pub(super) fn begin_call(&self) -> OnItsWay {
        self.inner.pen.begin_call()
    }

    /// Says that a record is on its way, and lets whoever else has one say so too: together they cost one sync. Where
    /// nobody else can have one, nobody is waited for.
    async fn bring(&self) -> OnItsWay {
        let about = self.inner.pen.bring();
        if !self.inner.pen.is_alone() {
            turn::after_others().await;
        }
        about
    }

    /// Writes the record at once where it is the only one, else gives it to the thread.
    fn hand_in(
        &self,
        record: Box<Record<'static>>,
        slot: OwnedSemaphorePermit,
        about: OnItsWay,
    ) -> Result<Handed, NotWritten> {
        let record = match self.inner.pen.lead(record) {
            Led::Done(written, wake) => {
                if wake {
                    let _ = self.inner.to.send(Message::Wake);
                }
                return Ok(Handed::Done(written));
            }
            Led::Not(record) => record,
        };
        let (answer, answered) = Asked::here();
        let message = Message::Append {
            record,
            answer: Some(answer),
            slot: Some(slot),
            about,
        };
        self.inner.to.send(message).map_err(|_| NotWritten)?;
        Ok(Handed::Over(answered))
    }
}

/// A record that was handed in.
enum Handed {
    /// It is durable, or refused.
    Done(Result<Anchor, NotWritten>),
    /// The thread answers once it is.
    Over(oneshot::Receiver<Result<Anchor, NotWritten>>),
}

impl Handed {
    async fn durable(self) -> Result<Anchor, NotWritten> {
        match self {
            Self::Done(written) => written,
            Self::Over(answered) => answered.await.unwrap_or(Err(NotWritten)),
        }
    }
}

/// Leaves anchors' records in the log as long as someone holds it, without holding it.
fn recorder(slot: Arc<OnceLock<Weak<Inner>>>) -> Recorder {
    Arc::new(move |record| {
        if let Some(inner) = slot.get().and_then(Weak::upgrade) {
            Log { inner }.leave(Box::new(record));
        }
    })
}

/// The end that a recorded intent owes. It holds the place that its record will need, so that ending never
/// waits for a place; dropped unpaid, it records that the end is unknown.
#[must_use]
pub struct Debt {
    log: Log,
    call: Id,
    slot: Option<OwnedSemaphorePermit>,
    acted: bool,
}

impl Debt {
    /// Appends the end; returns once it is durable.
    ///
    /// # Errors
    /// Where it cannot be made durable.
    pub fn pay(
        self,
        outcome: impl Into<Box<Record<'static>>>,
    ) -> impl Future<Output = Result<Anchor, NotWritten>> + Send {
        self.paid(outcome.into())
    }

    async fn paid(mut self, outcome: Box<Record<'static>>) -> Result<Anchor, NotWritten> {
        if outcome.kind != Kind::Outcome || outcome.call != Some(self.call) {
            return Err(NotWritten);
        }
        // Dropped here, it is unpaid as before.
        let about = self.log.bring().await;
        let slot = self.slot.take().ok_or(NotWritten)?;
        let handed = self.log.hand_in(outcome, slot, about)?;
        handed.durable().await
    }
}

impl Drop for Debt {
    fn drop(&mut self) {
        let Some(slot) = self.slot.take() else { return };
        let mut record = Box::new(Record::draft(Kind::Outcome));
        record.call = Some(self.call);
        // Before the intent was known to be durable nothing was done on its strength.
        (record.status, record.sent, record.cause) = if self.acted {
            (
                Some(Status::Unknown),
                Some(SentWord::Maybe),
                Some(Text::from("dropped")),
            )
        } else {
            (
                Some(Status::Failed),
                Some(SentWord::No),
                Some(Text::from("abandoned")),
            )
        };
        let _ = self.log.inner.to.send(Message::Append {
            record,
            answer: None,
            slot: Some(slot),
            about: self.log.inner.pen.bring(),
        });
    }
}
