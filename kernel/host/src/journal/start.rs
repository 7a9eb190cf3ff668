//! Opening a log: verify, compare with the heads, declare what a crash left, begin a new start.
//! Knows nothing of the thread that then writes it.

use std::collections::{HashSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aegis_core::audit::{Boot, Class, Frontier, Id, Kind, Leaf, Record, Text, Torn, timestamp};
use aegis_verify::{
    Anchor, Broken, Check, HEAD, LogFiles, Scope, SegmentFile, check, measure, sync_dir,
};
use tokio::sync::watch;

use super::anchor::Recorder;
use super::ballast::Ballast;
use super::checkpoints::Checkpoints;
use super::lock::Lock;
use super::log::LogOptions;
use super::refusals::Refusals;
use super::resume::{Followed, Resume};
use super::segment::{Batch, Content, Segment};
use super::sign::Signing;
use super::wall::Wall;
use super::writer::{Health, Writer};
use super::{JournalFault, tiles};
use crate::clock::Clock;
use crate::private_file::private_dir;
use crate::random;

/// What is known of a log before this start writes to it.
pub(super) struct Found {
    pub(super) log: Option<Id>,
    pub(super) next: u64,
    last: Option<Leaf>,
    open: HashSet<Id>,
    /// The file to go on with; none where another one begins.
    pub(super) newest: Option<(SegmentFile, Content)>,
    /// The tree before that file, and over all records.
    pub(super) before: Frontier,
    pub(super) tree: Frontier,
    torn: Vec<Torn<'static>>,
}

/// Opens the log and writes the first records of this start.
pub(super) fn open(
    options: LogOptions,
    clock: Clock,
    refusals: Arc<Refusals>,
    health: watch::Sender<Health>,
    signing: Signing,
    record: Recorder,
) -> Result<Writer, JournalFault> {
    let dir = options.dir.clone();
    private_dir(&dir).map_err(JournalFault::io("make", &dir))?;
    let lock = Lock::take(&dir)?;
    let ballast =
        Ballast::take(&dir).map_err(JournalFault::io("keep space back for the log in", &dir))?;
    let mut heads = vec![dir.join(HEAD)];
    heads.extend(options.head.clone());
    let resume = options
        .head
        .as_ref()
        .map(|head| head.with_extension("resume"));
    let found = find(&dir, &heads, resume.as_deref())?;
    let checkpoints = Checkpoints::open(signing, &dir, &found, &options, &health, clock, record)?;
    let boot = new_id(&clock)?;
    let log = found.log.map_or_else(|| new_id(&clock), Ok)?;
    let disk = Arc::clone(&options.disk);
    let segment = match found.newest {
        Some((file, content)) => Segment::reopen(&file, content, disk),
        None => {
            let now = timestamp(clock.unix_ns());
            Segment::create(&dir, found.next, now, options.sync, disk)
        }
    }
    .map_err(JournalFault::io("open a file of the log in", &dir))?;
    let prev = found
        .last
        .unwrap_or_else(|| Leaf::genesis(&log.to_string()));
    let mut writer = Writer {
        sync: options.sync,
        segment_bytes_max: options.segment_bytes_max,
        clock,
        log,
        boot,
        next: found.next,
        prev,
        segment,
        tree: found.tree,
        before: found.before,
        open: found.open,
        closed: false,
        sealed: false,
        epochs: VecDeque::new(),
        heads,
        resume,
        head_seq: None,
        tidied_ns: 0,
        wakes_ns: None,
        wrote_in_ns: 0,
        wall: Wall::new(&clock),
        refusals,
        health,
        batch: Batch::default(),
        ballast,
        full: None,
        disk: Arc::clone(&options.disk),
        checkpoints,
        lock,
        dir,
    };
    greet(&mut writer, &options, found.torn)?;
    Ok(writer)
}

/// Judges what is there: by itself, or from where the kernel last knew it to be whole.
fn find(dir: &Path, heads: &[PathBuf], resume: Option<&Path>) -> Result<Found, JournalFault> {
    let mut known = Vec::new();
    for path in heads {
        if let Some(head) = Anchor::read(path).map_err(JournalFault::io("read", path))? {
            known.push((path.clone(), head));
        }
    }
    let files = LogFiles::list(dir).map_err(JournalFault::io("read", dir))?;
    let fault = || JournalFault::io("read", dir);
    if let Some(resume) = resume.and_then(Resume::read)
        && let Some(followed) = resume.follow(&files, &known).map_err(fault())?
    {
        return match followed {
            Ok(followed) => Ok(from_resume(followed)),
            // Judged from its beginning it may be said better what is wrong, and where; that it holds by itself
            // excuses nothing.
            Err(broken) => {
                inspect(dir, &known)?;
                Err(refused(dir, &known, broken))
            }
        };
    }
    let check = inspect(dir, &known)?;
    let next = check.verifier.next_seq();
    let torn = set_aside(dir, &check, next)?;
    let files = LogFiles::list(dir).map_err(fault())?;
    let newest = files.segments.last().cloned();
    // A crash spoiled its end, or it was sealed: another file begins.
    let goes_on = |file: &SegmentFile| {
        file.first_seq == next || (check.torn.is_empty() && !check.verifier.is_sealed())
    };
    let newest = newest.filter(goes_on);
    let first = newest.as_ref().map_or(next, |file| file.first_seq);
    let before = tiles::tree(dir, first).map_err(fault())?;
    let mut tree = before.clone();
    let newest = match newest {
        None => None,
        Some(file) => {
            let content = Content::read(&file.path).map_err(fault())?;
            content.leaves.iter().for_each(|leaf| tree.push(*leaf));
            Some((file, content))
        }
    };
    Ok(Found {
        log: check.verifier.log(),
        next,
        last: check.verifier.last_leaf(),
        open: check.verifier.open_calls().clone(),
        newest,
        before,
        tree,
        torn,
    })
}

fn from_resume(followed: Followed) -> Found {
    let Followed {
        verifier,
        newest,
        content,
        before,
        tree,
    } = followed;
    let sealed = verifier.is_sealed();
    Found {
        log: verifier.log(),
        next: verifier.next_seq(),
        last: verifier.last_leaf(),
        open: verifier.open_calls().clone(),
        before: if sealed { tree.clone() } else { before },
        newest: (!sealed).then_some((newest, content)),
        tree,
        torn: Vec::new(),
    }
}

/// Why a log that does not hold stops the kernel.
fn refused(dir: &Path, known: &[(PathBuf, Anchor)], broken: Broken) -> JournalFault {
    let next = broken.violation.seq;
    if broken.violation.class == Class::Truncated {
        let head = known.iter().find(|(_, head)| head.seq >= next);
        return JournalFault::Shortened {
            dir: dir.to_owned(),
            head: head.map_or_else(|| dir.join(HEAD), |(path, _)| path.clone()),
            detail: format!("{next} records are there"),
        };
    }
    JournalFault::Broken {
        class: broken.violation.class,
        file: broken.file,
        offset: broken.offset,
        detail: broken.violation.detail,
    }
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
        Some(broken) => Err(refused(dir, known, broken)),
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

/// The first records of a start: that it starts, what it found, and an end for every call that has none.
fn greet(
    writer: &mut Writer,
    options: &LogOptions,
    torn: Vec<Torn<'static>>,
) -> Result<(), JournalFault> {
    let mut open = Record::draft(Kind::LogOpen);
    open.start = Some(Boot {
        captures: options.captures.clone().map(Text::from),
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
    if written && writer.open.is_empty() && writer.is_writing() {
        return Ok(());
    }
    let error = std::io::Error::other(format!("{:?}", *writer.health.borrow()));
    Err(JournalFault::io("write the log in", &options.dir)(error))
}
