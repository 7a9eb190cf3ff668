//! One record's proof in one file (C2SP tlog-proof), and whether such a file proves what it says.
//! Knows nothing of where a proof is kept; judging one needs no log.
//!
//! The file's extra data is JSON: `{"certificates":[…],"opened":[…],"record":"…"}`, the certificates of the key that
//! signed the checkpoint, values that were opened, if any, and the record's line. Nothing of it is believed by itself:
//! the line must hash to the leaf that the path proves, and a certificate counts for its signatures.

use std::io;
use std::path::Path;

use aegis_core::audit::{
    Believed, Checkpoint, Judged, Leaf, Note, Opened, PathBuilder, Proof, Record, Tombstone, Trust,
    VerifierKey,
};
use aegis_core::limits;
use serde::{Deserialize, Serialize};

use super::files::LogFiles;
use super::lines::{Line, Lines};
use super::notes::{certificates, folder_note};
use super::tiles;
use super::{CHECKPOINT, COSIGNED, KEYS};

/// What a proof carries beside the path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Extra {
    certificates: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    opened: Vec<Opened>,
    record: String,
}

/// A proof that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    /// The record's line.
    pub line: String,
    /// Its number.
    pub seq: u64,
    /// The checkpoint that it stands under.
    pub checkpoint: Checkpoint,
    /// That checkpoint with all its signatures, those of witnesses among them.
    pub note: Note,
    /// Who signed it, and why that key is believed.
    pub key: VerifierKey,
    /// Why.
    pub believed: Believed,
    /// The values that the proof opens, by pointer: each is what the record committed to.
    pub opened: Vec<(String, Vec<u8>)>,
}

/// Makes the proof of a record from a folder: `Err` in words where there is none to make.
///
/// # Errors
/// Where the folder cannot be read.
pub fn prove(dir: &Path, seq: u64) -> io::Result<Result<Proof, String>> {
    LogFiles::list(dir)?; // whether there is a folder at all
    // One that witnesses have signed, where it covers the record.
    let cosigned = folder_note(dir, COSIGNED)?.and_then(Result::ok);
    let cosigned = cosigned.filter(|claim| claim.checkpoint.size > seq);
    let claim = match cosigned.map(Ok).or(folder_note(dir, CHECKPOINT)?) {
        None => return Ok(Err("the log has no signed checkpoint".to_owned())),
        Some(Err(broken)) => return Ok(Err(broken.violation.detail)),
        Some(Ok(claim)) => claim,
    };
    let size = claim.checkpoint.size;
    let Some(mut path) = PathBuilder::inclusion(seq, size) else {
        return Ok(Err(format!(
            "record {seq} is not under the newest checkpoint, which covers {size} records"
        )));
    };
    let mut record = None;
    let whole = leaves(dir, size, |at, leaf, line| {
        if at == seq {
            record = line.map(<[u8]>::to_vec);
        }
        path.push(leaf);
    })?;
    if !whole {
        return Ok(Err("the tiles of removed records are missing".to_owned()));
    }
    let (Some(record), Some(path)) = (record, path.finish()) else {
        return Ok(Err(format!("record {seq} is not in the folder")));
    };
    if let Some(stone) = Tombstone::parse(&record) {
        return Ok(Err(format!(
            "record {seq} was removed: record {} says why",
            stone.auth
        )));
    }
    let notes = certificates(&dir.join(KEYS))?;
    let extra = Extra {
        certificates: notes.iter().map(Note::to_string).collect(),
        opened: Vec::new(),
        record: String::from_utf8(record).unwrap_or_default(),
    };
    let proof = Proof {
        extra: serde_json::to_vec(&extra)?,
        index: seq,
        path,
        note: claim.note,
    };
    let line = extra.record.as_bytes();
    if proof.of(Leaf::of_line(line)).is_none() {
        return Ok(Err(format!(
            "record {seq} does not stand under the newest checkpoint: run `aegis audit verify`"
        )));
    }
    Ok(Ok(proof))
}

/// The line of the record that a proof carries.
#[must_use]
pub fn record_of(proof: &Proof) -> Option<String> {
    serde_json::from_slice::<Extra>(&proof.extra)
        .ok()
        .map(|extra| extra.record)
}

/// Adds a value to a proof of its record, where it is what the record committed to.
///
/// # Errors
/// In words, why it is not added.
pub fn open(proof: &mut Proof, opened: Opened) -> Result<(), String> {
    let mut extra: Extra = serde_json::from_slice(&proof.extra)
        .map_err(|_| "the proof carries no record".to_owned())?;
    let mut scratch = Vec::new();
    let record = Record::parse(extra.record.as_bytes(), &mut scratch)
        .map_err(|fault| format!("the proof's record: {fault}"))?;
    opened.of(&record)?;
    extra.opened.push(opened);
    let written = serde_json::to_vec(&extra).map_err(|fault| fault.to_string())?;
    // What is written must be read again: base64 takes four bytes for three.
    if written.len() / 3 * 4 + limits::NOTE_BYTES_MAX > limits::PROOF_BYTES_MAX {
        return Err("the value is too large for a proof".to_owned());
    }
    proof.extra = written;
    Ok(())
}

/// Every leaf in order, up to those of `size` records at the least, with its line where that is there; false where
/// tiles of removed files are missing.
fn leaves(
    dir: &Path,
    size: u64,
    mut take: impl FnMut(u64, Leaf, Option<&[u8]>),
) -> io::Result<bool> {
    let files = LogFiles::list(dir)?;
    let first = files.segments.first().map_or(0, |file| file.first_seq);
    let mut firsts = files.tiles.clone();
    firsts.push(first);
    firsts.sort_unstable();
    firsts.dedup();
    let mut at = 0_u64;
    if first > 0 {
        let known = tiles::prefix(dir, &firsts, first, |leaf| {
            take(at, leaf, None);
            at = at.saturating_add(1);
        })?;
        if known.is_none() {
            return Ok(false);
        }
    }
    for file in &files.segments {
        let mut lines = Lines::open(&file.path, 0)?;
        while let Some(Line::Whole(line)) = lines.advance()? {
            take(at, Tombstone::leaf_at(line), Some(line));
            at = at.saturating_add(1);
        }
        if at >= size {
            break;
        }
    }
    Ok(true)
}

/// The newest checkpoint, and the proof that a tree of `old` records is a prefix of its own: what a witness is sent.
/// `Err` in words where there is none to send.
///
/// # Errors
/// Where the folder cannot be read.
pub fn extension(dir: &Path, old: u64) -> io::Result<Result<(Note, Vec<Leaf>), String>> {
    let claim = match folder_note(dir, CHECKPOINT)? {
        None => return Ok(Err("the log has no signed checkpoint".to_owned())),
        Some(Err(broken)) => return Ok(Err(broken.violation.detail)),
        Some(Ok(claim)) => claim,
    };
    let size = claim.checkpoint.size;
    if old == 0 || old == size {
        return Ok(Ok((claim.note, Vec::new())));
    }
    let Some(mut path) = PathBuilder::consistency(old, size) else {
        return Ok(Err(format!(
            "{old} records were seen before, and the newest checkpoint covers {size}: the log was put back"
        )));
    };
    let whole = leaves(dir, size, |_, leaf, _| path.push(leaf))?;
    Ok(match path.finish().filter(|_| whole) {
        Some(path) => Ok((claim.note, path)),
        None => Err(format!("{size} records are not in the folder")),
    })
}

/// Judges a proof by the keys that an auditor holds, without any log.
///
/// # Errors
/// In words, why it proves nothing.
pub fn check_proof(bytes: &[u8], keys: &[VerifierKey]) -> Result<Proven, String> {
    let proof = Proof::parse(bytes).ok_or("not a proof")?;
    let extra: Extra = serde_json::from_slice(&proof.extra)
        .map_err(|_| "the proof carries no record".to_owned())?;
    let mut scratch = Vec::new();
    let record = Record::parse(extra.record.as_bytes(), &mut scratch)
        .map_err(|fault| format!("the proof's record: {fault}"))?;
    if record.seq.get() != proof.index {
        return Err("the proof is of another number than its record has".to_owned());
    }
    let leaf = Leaf::of_line(extra.record.as_bytes());
    let checkpoint = proof
        .of(leaf)
        .ok_or("the path does not lead from the record to the checkpoint's root")?;
    if checkpoint.log() != Some(record.log) || !checkpoint.extensions.is_empty() {
        return Err("the checkpoint is of another log than the record".to_owned());
    }
    if extra.certificates.len() > limits::OPEN_CALLS_MAX {
        return Err("more certificates than are read".to_owned());
    }
    let notes: Vec<Note> = extra
        .certificates
        .iter()
        .filter_map(|text| Note::parse(text.as_bytes()).ok())
        .collect();
    let trust = Trust::new(&checkpoint.origin, keys, &notes).map_err(|fault| fault.detail)?;
    let (key, believed) = match trust.judge(&proof.note, checkpoint.size) {
        Judged::Signed(epoch) => (epoch.key.clone(), epoch.believed),
        Judged::Unknown => return Err("no key that was given signed the checkpoint".to_owned()),
        Judged::Forged(_) => return Err("a signature of the checkpoint does not hold".to_owned()),
        Judged::OutOfEpoch(_) => {
            return Err("the checkpoint was signed outside its key's epoch".to_owned());
        }
    };
    if extra.opened.len() > limits::PROOF_VALUES_MAX {
        return Err("more opened values than are read".to_owned());
    }
    let open = |opened: &Opened| Ok((opened.pointer.clone(), opened.of(&record)?));
    let opened = extra
        .opened
        .iter()
        .map(open)
        .collect::<Result<_, String>>()?;
    Ok(Proven {
        opened,
        line: extra.record.clone(),
        seq: proof.index,
        checkpoint,
        note: proof.note,
        key,
        believed,
    })
}
