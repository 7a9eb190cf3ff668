//! Opening a log: verify, compare with the heads, declare what a crash left, begin a new start.
//! Knows nothing of the thread that then writes it.

use std::collections::VecDeque;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aegis_core::audit::{Boot, Class, Id, Kind, Leaf, Record, Text, Torn};
use aegis_verify::{Anchor, Check, HEAD, LogFiles, Scope, SegmentFile, check, measure, sync_dir};
use tokio::sync::watch;

use super::JournalFault;
use super::key::private_dir;
use super::log::LogOptions;
use super::refusals::Refusals;
use super::segment::Segment;
use super::writer::{Health, Writer};
use crate::clock::Clock;
use crate::random;

/// Opens the log and writes the first records of this start.
pub(super) fn open(
    options: LogOptions,
    clock: Clock,
    refusals: Arc<Refusals>,
    health: watch::Sender<Health>,
) -> Result<Writer, JournalFault> {
    let dir = options.dir.clone();
    private_dir(&dir).map_err(JournalFault::io("make", &dir))?;
    let lock = lock(&dir)?;
    let mut heads = vec![dir.join(HEAD)];
    heads.extend(options.head.clone());
    let mut known = Vec::new();
    for path in &heads {
        if let Some(head) = Anchor::read(path).map_err(JournalFault::io("read", path))? {
            known.push((path.clone(), head));
        }
    }
    let found = inspect(&dir, &known)?;
    let boot = new_id(&clock)?;
    let log = match found.verifier.log() {
        Some(log) => log,
        None => new_id(&clock)?,
    };
    let next = found.verifier.next_seq();
    let torn = set_aside(&dir, &found, next)?;
    let segment = segment(&dir, &found, next, options.sync)
        .map_err(JournalFault::io("open a file of the log in", &dir))?;
    let prev = found
        .verifier
        .last_leaf()
        .unwrap_or_else(|| Leaf::genesis(&log.to_string()));
    let mut writer = Writer {
        sync: options.sync,
        segment_bytes_max: options.segment_bytes_max,
        clock,
        log,
        boot,
        next,
        prev,
        segment,
        open: found.verifier.open_calls().clone(),
        epochs: VecDeque::new(),
        heads,
        head_seq: None,
        tidied_ns: 0,
        refusals,
        health,
        buffer: Vec::new(),
        lock,
        dir,
    };
    greet(&mut writer, &options, torn)?;
    Ok(writer)
}

/// One kernel a log, for as long as it lives.
fn lock(dir: &Path) -> Result<File, JournalFault> {
    let path = dir.join("LOCK");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(&path)
        .map_err(JournalFault::io("open", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(JournalFault::Locked(dir.to_owned())),
        Err(TryLockError::Error(source)) => Err(JournalFault::io("lock", path)(source)),
    }
}

/// Whether a kernel holds the log at this moment.
#[must_use]
pub fn is_being_written(dir: &Path) -> bool {
    let held = |file: File| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock));
    File::open(dir.join("LOCK")).is_ok_and(held)
}

/// Verifies what is there, against the heads.
fn inspect(dir: &Path, known: &[(PathBuf, Anchor)]) -> Result<Check, JournalFault> {
    let anchors: Vec<Anchor> = known.iter().map(|(_, head)| *head).collect();
    let found = check(dir, Scope::Newest, &anchors).map_err(JournalFault::io("read", dir))?;
    let next = found.verifier.next_seq();
    if let Some((path, head)) = known.iter().find(|(_, head)| head.seq >= next)
        && found
            .broken
            .as_ref()
            .is_none_or(|broken| broken.violation.class == Class::Truncated)
    {
        return Err(JournalFault::Shortened {
            dir: dir.to_owned(),
            head: path.clone(),
            detail: format!("record {} of log {}, {next} are there", head.seq, head.log),
        });
    }
    match found.broken {
        Some(broken) => Err(JournalFault::Broken {
            class: broken.violation.class,
            file: broken.file,
            offset: broken.offset,
            detail: broken.violation.detail,
        }),
        None => Ok(found),
    }
}

fn new_id(clock: &Clock) -> Result<Id, JournalFault> {
    let mut random = [0; 10];
    random::fill(&mut random).map_err(|_| JournalFault::Random)?;
    Ok(Id::new(clock.unix_ns() / 1_000_000, random))
}

/// A file without one whole record gives its name up to the file that follows; its bytes stay.
fn set_aside(dir: &Path, found: &Check, next: u64) -> Result<Vec<Torn<'static>>, JournalFault> {
    let fault = || JournalFault::io("set aside a torn file in", dir);
    let mut torn: Vec<_> = found
        .torn
        .iter()
        .filter(|torn| torn.good_len.get() > 0)
        .cloned()
        .collect();
    let files = LogFiles::list(dir).map_err(fault())?;
    let mut aside: Vec<SegmentFile> = files
        .torn
        .into_iter()
        .filter(|file| file.first_seq == next)
        .collect();
    if let Some(file) = files.segments.last()
        && file.first_seq == next
        && found
            .torn
            .iter()
            .any(|torn| torn.file.as_str() == file.name)
    {
        let name = format!("{next:020}.torn-{:04}", aside.len() + 1);
        let path = dir.join(&name);
        fs::rename(&file.path, &path).map_err(fault())?;
        sync_dir(dir).map_err(fault())?;
        aside.push(SegmentFile {
            first_seq: next,
            name,
            path,
        });
    }
    for file in &aside {
        torn.push(measure(file, 0).map_err(fault())?.torn);
    }
    Ok(torn)
}

/// The file to write to: the newest one, or a new one where a crash spoiled its end.
fn segment(dir: &Path, found: &Check, next: u64, sync: bool) -> std::io::Result<Segment> {
    let newest = LogFiles::list(dir)?.segments.pop();
    match newest {
        Some(file) if found.torn.is_empty() || file.first_seq == next => {
            Segment::reopen(&file.path)
        }
        _ => Segment::create(dir, next, sync),
    }
}

/// The first records of a start: that it starts, what it found, and an end for every call that has none.
fn greet(
    writer: &mut Writer,
    options: &LogOptions,
    torn: Vec<Torn<'static>>,
) -> Result<(), JournalFault> {
    let mut open = Record::draft(Kind::LogOpen);
    open.start = Some(Boot {
        purpose: Text::from(options.purpose),
        sync: options.sync,
        version: Text::from(env!("CARGO_PKG_VERSION")),
    });
    open.open = Some(writer.in_flight());
    let mut written = writer.put(&mut open).is_ok();
    if !torn.is_empty() {
        let mut recovery = Record::draft(Kind::Recovery);
        recovery.torn = Some(torn);
        written &= writer.put(&mut recovery).is_ok();
    }
    writer.end_all("crash");
    writer.flush();
    if written && writer.open.is_empty() && !writer.is_poisoned() {
        return Ok(());
    }
    let error = std::io::Error::other(format!("{:?}", *writer.health.borrow()));
    Err(JournalFault::io("write the log in", &options.dir)(error))
}
