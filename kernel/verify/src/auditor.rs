//! What an auditor brings along, and where in the folder judging begins.
//! Knows nothing of single records.

use std::io;
use std::path::Path;

use aegis_core::audit::{Leaf, Verifier, VerifierKey};

use super::check::{Check, Walk};
use super::claims::Claims;
use super::feed::Cores;
use super::files::LogFiles;
use super::head::Anchor;
use super::notes::{Claim, Kept};
use super::tiles;

/// What an auditor brings along.
#[derive(Clone, Debug, Default)]
pub struct Auditor {
    /// Keys that are believed: roots, or epochs' keys.
    pub keys: Vec<VerifierKey>,
    /// Witnesses that are believed.
    pub witnesses: Vec<VerifierKey>,
    /// How many of them must have seen a checkpoint.
    pub quorum: usize,
    /// What was kept elsewhere.
    pub kept: Kept,
    /// The size and root that an earlier verification ended with: what is before it is not judged again.
    pub resume: Option<(u64, Leaf)>,
    /// How many cores may be used; 0 for all.
    pub threads: usize,
    /// How many bytes are read at once; 0 for the usual. Nothing that is found depends on it.
    pub chunk: usize,
}

/// Checks a folder against everything that an auditor brings, and the checkpoints that lie in it.
///
/// # Errors
/// Where it cannot be read. What does not hold is no error but [`Check::broken`].
pub fn verify(dir: &Path, auditor: &Auditor, head: Option<Anchor>) -> io::Result<Check> {
    let mut anchors = auditor.kept.heads.clone();
    anchors.extend(head);
    let mut outside = auditor.kept.claims();
    outside.extend(
        auditor
            .resume
            .map(|(size, root)| Claim::verified(size, root)),
    );
    let loaded = Claims::load(
        dir,
        &auditor.keys,
        &auditor.witnesses,
        auditor.quorum,
        outside,
    )?;
    let files = LogFiles::list(dir)?;
    let claims = match loaded {
        Ok(claims) => claims,
        Err(broken) => {
            let mut walk = Walk::new(dir, Verifier::from_start(), &files.torn, &[], false, None);
            walk.check.broken = Some(broken);
            return Ok(walk.check);
        }
    };
    let threads = match auditor.threads {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    };
    let cores = Cores {
        threads,
        chunk: auditor.chunk,
    };
    let resume = auditor.resume.map(|(size, _)| size);
    begin_whole(dir, &files, &anchors, Some(claims), resume, cores)
}

/// From record 0, or behind what was pruned or verified earlier and is known by its leaves.
pub(crate) fn begin_whole(
    dir: &Path,
    files: &LogFiles,
    anchors: &[Anchor],
    mut claims: Option<Claims>,
    resume: Option<u64>,
    cores: Cores,
) -> io::Result<Check> {
    let first_there = files.segments.first().map_or(0, |file| file.first_seq);
    let seen_before = |size: u64| {
        let firsts = files.segments.iter().map(|file| file.first_seq);
        firsts.filter(|first| *first <= size).max().unwrap_or(0)
    };
    let mut begin = resume.map_or(first_there, |size| seen_before(size).max(first_there));
    let mut verifier = Verifier::from_start();
    let mut anchors = anchors.to_vec();
    anchors.sort_by_key(|anchor| anchor.seq);
    if begin > 0 {
        let mut firsts: Vec<u64> = files.segments.iter().map(|file| file.first_seq).collect();
        firsts.extend(&files.tiles);
        firsts.sort_unstable();
        firsts.dedup();
        let mut known = anchors.clone();
        known.reverse();
        let mut at = 0;
        let mut differs = None;
        let leaves = tiles::prefix(dir, &firsts, begin, |leaf| {
            while let Some(anchor) = known.pop_if(|anchor| anchor.seq <= at) {
                if anchor.seq == at && anchor.leaf != leaf {
                    differs.get_or_insert(at);
                }
            }
            at += 1;
        })?;
        match leaves {
            Some((tree, last)) if differs.is_none() => {
                verifier = Verifier::from_leaves(tree, last);
                anchors.retain(|anchor| anchor.seq >= begin);
            }
            // Without tiles there is no short cut; without records and tiles there is a gap.
            _ => begin = 0,
        }
    }
    if let Some(claims) = &mut claims
        && let Err(broken) = claims.skip_to(begin)?
    {
        let mut walk = Walk::new(dir, verifier, &files.torn, &[], false, None);
        walk.check.broken = Some(broken);
        return Ok(walk.check);
    }
    let from = files
        .segments
        .iter()
        .position(|file| file.first_seq >= begin)
        .unwrap_or(files.segments.len());
    let segments = files.segments.get(from..).unwrap_or_default();
    let mut walk = Walk::new(dir, verifier, &files.torn, &anchors, false, claims);
    walk.check.first = begin;
    walk.must_be_pruned = begin > 0 && begin == first_there;
    walk.run(segments, cores)
}
