//! The log: what is about to happen and what became of it, durable before either is acted on.
//! Knows nothing of rules or downstreams.

mod anchor;
mod asked;
mod ballast;
mod basis;
mod checkpoints;
mod disk;
mod draft;
mod ending;
mod entry;
mod fault;
mod key;
mod leading;
mod lock;
mod log;
mod message;
mod pen;
mod refusals;
mod reply;
mod resume;
mod roll;
mod salts;
mod segment;
mod sign;
mod start;
mod texts;
mod thread;
mod tiles;
mod upkeep;
mod wall;
mod warrant;
mod writer;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aegis_core::audit::{Id, Int, Kind, Leaf, Record, Text, timestamp};
use aegis_core::call::Call;
use aegis_core::denial::Denial;
use aegis_core::limits;
use aegis_core::principal::Principal;
use aegis_core::receipt::Receipt;

pub use aegis_verify::{
    Anchor, Broken, Check, HEAD, Line, Lines, LogFiles, Scope, SegmentFile, check,
};
pub use anchor::{AnchorOptions, Anchoring};
pub use basis::Notes;
pub use disk::{Disk, SystemDisk};
pub use entry::Entry;
pub use fault::JournalFault;
pub use key::CommitKey;
pub use lock::is_being_written;
pub use log::{Debt, Log, LogOptions};
pub use message::NotWritten;
pub use reply::{RECEIPT, Reply};
pub use sign::{
    Ceremony, Checkpointing, NoteKey, Signing, SigningEpoch, SigningFault, SigningKeys, certify,
    note,
};
pub use texts::{CATALOGS, TEXTS, catalog_text, rule_text};
pub use upkeep::{Keep, Upkeep, UpkeepFault};
pub use warrant::{Errand, Warrant};

use crate::capture::{Capturing, Keeper};
use crate::clock::Clock;
use crate::random;
use crate::rules::RuleText;
use salts::Salts;

/// The folder of the keys that salts derive from, in the folder of keys.
pub const COMMIT_KEYS: &str = "commit";
/// A period is a month: `2026-11`.
const PERIOD_CHARS: usize = 7;

/// Where and how the journal is kept.
#[derive(Clone, Debug)]
pub struct JournalOptions {
    /// The log's folder.
    pub dir: PathBuf,
    /// Whether every batch is synced to disk before anything acts on it.
    pub sync: bool,
    /// The folder of keys: beside the state, never beside the log. Made where it is missing. The second head
    /// lies beside it.
    pub keys: PathBuf,
}

impl JournalOptions {
    /// How the log itself is opened, by the kernel or for upkeep.
    ///
    /// # Errors
    /// Where the folder's place cannot be told.
    pub fn log(&self, purpose: &'static str) -> Result<LogOptions, JournalFault> {
        Ok(LogOptions {
            dir: self.dir.clone(),
            sync: self.sync,
            head: Some(second_head(&self.dir, &self.keys)?),
            purpose,
            captures: None,
            segment_bytes_max: limits::SEGMENT_BYTES_MAX,
            disk: Arc::new(SystemDisk),
        })
    }

    /// By which keys its checkpoints are signed, and when.
    ///
    /// # Errors
    /// Where the folder's place cannot be told.
    pub fn signing(&self, checkpointing: &Checkpointing) -> Result<Signing, JournalFault> {
        Ok(Signing {
            keys: Some(SigningKeys::of(&self.keys, &self.dir)?),
            checkpointing: checkpointing.clone(),
            hold: false,
        })
    }
}

/// The open log of one kernel process. Cheap to clone: a handle to the writer thread.
#[derive(Clone)]
pub struct Journal {
    shared: Arc<Shared>,
}

struct Shared {
    log: Log,
    dir: PathBuf,
    sync: bool,
    salts: Salts,
    captures: Option<Keeper>,
    clock: Clock,
    /// Makes call ids unique without asking the machine for randomness at every call.
    seed: [u8; 16],
    calls: AtomicU64,
}

impl Journal {
    /// Opens the log, or begins one.
    ///
    /// # Errors
    /// Where another kernel holds it, it does not hold together, or it cannot be written.
    pub fn start(options: JournalOptions) -> Result<Self, JournalFault> {
        Self::start_signed(options, &Checkpointing::default())
    }

    /// As [`Journal::start`], with checkpoints signed as configured: where there are keys, unless they must be there.
    ///
    /// # Errors
    /// As there; and where what was signed of the log before is not what is there.
    pub fn start_signed(
        options: JournalOptions,
        checkpointing: &Checkpointing,
    ) -> Result<Self, JournalFault> {
        Self::start_by(options, checkpointing, Clock::start())
    }

    /// As [`Journal::start_signed`], by a clock of one's own.
    ///
    /// # Errors
    /// As there.
    pub fn start_by(
        options: JournalOptions,
        checkpointing: &Checkpointing,
        clock: Clock,
    ) -> Result<Self, JournalFault> {
        Self::start_capturing(options, checkpointing, clock, None)
    }

    /// As [`Journal::start_by`], keeping the values that decisions are made on.
    ///
    /// # Errors
    /// As there; and where the folder of captures cannot be held.
    pub fn start_capturing(
        options: JournalOptions,
        checkpointing: &Checkpointing,
        clock: Clock,
        capturing: Option<Capturing>,
    ) -> Result<Self, JournalFault> {
        let captured_for = capturing.as_ref().map(|capturing| capturing.key.id());
        let to_log = LogOptions {
            captures: captured_for,
            ..options.log("serve")?
        };
        let signing = options.signing(checkpointing)?;
        let JournalOptions { dir, sync, keys } = options;
        let salts = Salts::open(keys.join(COMMIT_KEYS))?;
        let mut seed = [0; 16];
        random::fill(&mut seed).map_err(|_| JournalFault::Random)?;
        let captures = capturing.map(|capturing| {
            let dir = capturing.dir.clone();
            Keeper::start(capturing, sync).map_err(JournalFault::io("keep captures in", dir))
        });
        let captures = captures.transpose()?;
        let log = Log::start_signed(to_log, clock, signing)?;
        let shared = Shared {
            log,
            dir,
            sync,
            salts,
            captures,
            clock,
            seed,
            calls: AtomicU64::new(0),
        };
        Ok(Self {
            shared: Arc::new(shared),
        })
    }

    /// Begins the entry of one call; nothing is written until it is committed or closed.
    pub fn open(&self, call: &Call) -> Entry {
        Entry::new(self.clone(), call)
    }

    /// Records that a principal was shown so many tools.
    ///
    /// # Errors
    /// `kernel.log-unavailable`: then nothing may be shown.
    pub async fn listing(&self, principal: &Principal, count: usize) -> Result<(), Denial> {
        let mut record = Record::draft(Kind::Listing);
        record.who = Some(draft::who(principal, None));
        record.count = Some(Int::of(count));
        self.append(record).await
    }

    /// Counts a message that never became a call. Never waits and never floods the log: counts are exact,
    /// written within a second, a line for each code.
    pub fn refused(&self, code: &'static str) {
        self.refused_often(code, 1);
    }

    /// Counts so many of them.
    pub fn refused_often(&self, code: &'static str, times: u64) {
        if times > 0 {
            self.shared.log.count_refused(code, times);
        }
    }

    /// Records that the kernel itself is about to use a downstream, `catalogue` or `pins` for example.
    ///
    /// # Errors
    /// `kernel.log-unavailable`: then no credential may be used.
    pub async fn errand(&self, what: &'static str, server: &str) -> Result<Errand, Denial> {
        let mut record = Record::draft(Kind::Errand);
        record.errand = Some(Text::from(what));
        record.server = Some(Text::from(server));
        self.append(record).await?;
        Ok(Errand { _recorded: () })
    }

    /// Records that a declared tool may not be called any more as its downstream offers it, or may again.
    ///
    /// # Errors
    /// `kernel.log-unavailable`: then nothing more may be done.
    pub async fn tool_standing(
        &self,
        server: &str,
        tool: &str,
        cause: &'static str,
    ) -> Result<(), Denial> {
        let mut record = Record::draft(Kind::ToolStanding);
        record.cause = Some(Text::from(cause));
        record.server = Some(Text::from(server));
        record.tool = Some(Text::from(format!("{server}__{tool}")));
        self.append(record).await
    }

    /// Records that the rules of an epoch come into force, after their texts are kept beside the log.
    ///
    /// # Errors
    /// `kernel.log-unavailable`: then the rules may not be used.
    pub async fn policy_loaded(&self, epoch: &str, texts: &[RuleText]) -> Result<(), Denial> {
        let kept = texts::keep(&self.shared.dir, self.shared.sync, texts);
        let mut record = Record::draft(Kind::PolicyLoad);
        record.epoch = Some(Text::from(epoch));
        record.texts = Some(kept.map_err(|_| entry::unavailable())?);
        self.append(record).await
    }

    /// Records that a system's catalogue is the one of this text from now on, after it is kept beside the log.
    ///
    /// # Errors
    /// `kernel.log-unavailable`: then nothing may be judged by it.
    pub async fn catalog_loaded(
        &self,
        server: &str,
        cause: &'static str,
        text: &str,
    ) -> Result<Leaf, Denial> {
        let kept = texts::keep_catalog(&self.shared.dir, self.shared.sync, text);
        let sha256 = kept.map_err(|_| entry::unavailable())?;
        let mut record = Record::draft(Kind::CatalogLoad);
        record.catalog = Some(sha256);
        record.cause = Some(Text::from(cause));
        record.server = Some(Text::from(server));
        self.append(record).await?;
        Ok(sha256)
    }

    /// Whether this log knows of labels that went with values into other columns.
    ///
    /// # Errors
    /// Where the catalogues beside the log cannot be read.
    pub fn knows_copies(&self) -> std::io::Result<bool> {
        texts::any_copies(&self.shared.dir)
    }

    /// Records that a receipt was minted.
    ///
    /// # Errors
    /// `kernel.log-unavailable`: then the receipt may not be told of.
    pub async fn minted(&self, receipt: &Receipt) -> Result<(), Denial> {
        self.append(draft::minted(receipt)).await
    }

    /// Why nothing can be recorded any more, where that is so: the process must then end, and not with 0.
    #[must_use]
    pub fn poison(&self) -> Option<String> {
        self.shared.log.poison()
    }

    /// Waits until nothing can be recorded any more, and says why.
    pub async fn poisoned(&self) -> String {
        self.shared.log.poisoned().await
    }

    /// Writes what waits and closes the log in order; later records are refused.
    ///
    /// # Errors
    /// `kernel.log-unavailable` where the log had failed or fails now: the process must not end with 0.
    pub async fn close(&self) -> Result<(), Denial> {
        self.shared.log.close().await;
        match self.poison() {
            None => Ok(()),
            Some(_) => Err(entry::unavailable()),
        }
    }

    async fn append(&self, record: Record<'static>) -> Result<(), Denial> {
        let written = self.shared.log.append(record).await;
        written.map(|_| ()).map_err(|_| entry::unavailable())
    }

    fn captures(&self) -> Option<&Keeper> {
        self.shared.captures.as_ref()
    }

    fn log(&self) -> &Log {
        &self.shared.log
    }

    /// The key that the salts of one principal's calls derive from at present; `None` where none can be had,
    /// and then nothing can be recorded of a call.
    fn salts_of(&self, principal: &Principal) -> Option<Arc<CommitKey>> {
        let ts = timestamp(self.clock().unix_ns());
        let period = ts.get(..PERIOD_CHARS).unwrap_or_default();
        let announce = |key: &CommitKey| {
            let mut record = Record::draft(Kind::SaltKey);
            record.salt_key = Some(key.line());
            // In the queue before any record that names it.
            self.log().leave(Box::new(record));
        };
        let key = self.shared.salts.key(period, principal.id(), announce);
        key.inspect_err(|fault| {
            crate::told::tell_once!("aegis: no key for the salts of a call: {fault}")
        })
        .ok()
    }

    fn clock(&self) -> &Clock {
        &self.shared.clock
    }

    fn new_call(&self) -> Id {
        let number = self.shared.calls.fetch_add(1, Ordering::Relaxed);
        let mut seed = self.shared.seed.to_vec();
        seed.extend(number.to_be_bytes());
        let mut random = [0_u8; 10];
        let hash = Leaf::of_bytes(&seed);
        for (slot, byte) in random.iter_mut().zip(hash.as_bytes()) {
            *slot = *byte;
        }
        Id::new(self.shared.clock.unix_ns() / 1_000_000, random)
    }
}

/// The head beside the state, one for each log folder: two kernels may share a folder for their keys.
fn second_head(dir: &Path, keys: &Path) -> Result<PathBuf, JournalFault> {
    let mut name = OsString::from("audit-");
    name.push(place_name(dir).map_err(JournalFault::io("find", dir))?);
    name.push(".head");
    Ok(keys.with_file_name(name))
}

/// What is kept beside the state of a log is named after the log's place.
fn place_name(dir: &Path) -> std::io::Result<String> {
    let absolute = std::path::absolute(dir)?;
    let mut name = Leaf::of_bytes(absolute.as_os_str().as_encoded_bytes()).to_string();
    name.truncate(16);
    Ok(name)
}
