//! Opening one commitment of a proven record to whoever gets the proof.
//! Knows nothing of proofs but that they carry a record.

use std::collections::BTreeSet;
use std::path::Path;

use aegis_core::audit::{Kind, Opened, Proof, Record};
use aegis_core::json;
use aegis_core::limits;
use aegis_verify::{open, read_bounded, record_of};

use super::{Trouble, read};
use crate::journal::{COMMIT_KEYS, CommitKey};

/// Adds the value in a file to a proof, with the salt that opens it and nothing else.
pub(super) fn add(
    proof: &mut Proof,
    pointer: &str,
    value: &Path,
    dir: &Path,
    keys: &Path,
) -> Result<(), Trouble> {
    let line = record_of(proof).unwrap_or_default();
    let mut scratch = Vec::new();
    let record = Record::parse(line.as_bytes(), &mut scratch)
        .map_err(|fault| Trouble::Refused(format!("the record: {fault}")))?;
    let committed = record.call.zip(record.commitment(pointer));
    let (Some((call, _)), Some(name)) = (committed, record.salts.as_ref()) else {
        let why = format!(
            "record {} commits to nothing at `{pointer}`",
            record.seq.get()
        );
        return Err(Trouble::Refused(why));
    };
    let key = key(dir, &keys.join(COMMIT_KEYS), name)?;
    let file = std::fs::canonicalize(value)?;
    let bytes = read_bounded(&file, limits::PROOF_BYTES_MAX)?.unwrap_or_default();
    let mut why = String::new();
    for candidate in forms(&bytes) {
        match open(
            proof,
            Opened::new(pointer, key.salt(call, pointer), &candidate),
        ) {
            Ok(()) => return Ok(()),
            Err(fault) => why = fault,
        }
    }
    Err(Trouble::Refused(why))
}

/// The value as it is given; without the newline that an editor adds; as the kernel writes JSON.
fn forms(bytes: &[u8]) -> BTreeSet<Vec<u8>> {
    let mut forms = BTreeSet::from([bytes.to_vec()]);
    forms.insert(bytes.strip_suffix(b"\n").unwrap_or(bytes).to_vec());
    if let Ok(value) = json::parse(bytes.trim_ascii(), &limits::RESPONSE_RULES) {
        forms.insert(value.to_string().into_bytes());
    }
    forms
}

/// The key of a record's salts, or the reason why there is none any more.
fn key(dir: &Path, commit: &Path, name: &str) -> Result<CommitKey, Trouble> {
    // The name is the log's word: it may lead nowhere but into the folder of keys.
    let plain = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.contains('/');
    let fits = name
        .split_once('/')
        .is_some_and(|(period, own)| plain(period) && plain(own));
    if fits && commit.join(name).exists() {
        return CommitKey::open(commit, name).map_err(|fault| Trouble::Refused(fault.to_string()));
    }
    let mut destroyed = None;
    read::each(dir, |record, _| {
        let of = |key: &aegis_core::audit::SaltKey<'_>| key.name.as_str() == name;
        if record.kind == Kind::Shred && record.salt_key.as_ref().is_some_and(of) {
            destroyed = Some(record.seq.get());
        }
        Ok(())
    })?;
    Err(Trouble::Refused(match destroyed {
        Some(seq) => format!(
            "the key `{name}` was destroyed, record {seq} says so: no value under it can be opened any more"
        ),
        None => format!("the key `{name}` is not in `{}`", commit.display()),
    }))
}
