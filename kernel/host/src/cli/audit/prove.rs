//! `aegis audit prove` and `check-proof`: one record's proof in one file, and whether such a file proves anything.
//! Knows nothing of how a proof is made: [`aegis_verify`] does.

use std::io::Write;
use std::path::PathBuf;

use aegis_core::audit::{Signed, VerifierKey, timestamp};
use aegis_core::limits;
use aegis_verify::{Proven, check_proof, naming, plain, prove, read_bounded};
use clap::Args;
use serde_json::json;

use super::verify::keys;
use super::{Place, Trouble, disclose};

/// Arguments of `audit prove`.
#[derive(Args, Debug)]
pub(super) struct ProveArguments {
    /// The record's number
    #[arg(value_name = "SEQ")]
    seq: u64,
    #[command(flatten)]
    place: Place,
    /// The file to write (`.tlog-proof`); without it, standard output
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Open the commitment at this pointer (`/args`, `/result`, `/tool`, `/facts/N`) to whoever gets the proof: its
    /// salt and the value of `--value` go into the file, and nothing else of the call
    #[arg(long, value_name = "POINTER", requires = "value")]
    open: Option<String>,
    /// A file that holds the value, as you know it: only what was committed to is put into a proof
    #[arg(long, value_name = "FILE", requires = "open")]
    value: Option<PathBuf>,
    /// The folder of keys; without it, the one beside the state that the configuration names
    #[arg(long, value_name = "DIR")]
    keys: Option<PathBuf>,
}

/// Arguments of `audit check-proof`.
#[derive(Args, Debug)]
pub(super) struct CheckProofArguments {
    /// The proof
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// A key that you hold, or a file of it: the root's, or that of an epoch
    #[arg(long = "key", value_name = "VKEY|FILE", required = true)]
    keys: Vec<String>,
    /// A witness' key, or a file of it: each must have signed the checkpoint
    #[arg(long = "witness", value_name = "VKEY|FILE")]
    witnesses: Vec<String>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Who has seen the checkpoint of a proof, and when, seconds since 1970 UTC.
fn seen(proven: &Proven, witnesses: &[VerifierKey]) -> Result<Vec<(String, u64)>, String> {
    let time = |witness: &VerifierKey| match proven.note.signed_by(witness) {
        Signed::Yes(time) => Ok((witness.to_string(), time.unwrap_or_default())),
        Signed::No => Err(format!("{witness} did not sign the checkpoint")),
        Signed::Forged => Err(format!("a cosignature of {witness} does not hold")),
    };
    witnesses.iter().map(time).collect()
}

/// Writes the proof of one record: 0, or 1 where there is none to make.
pub(super) fn run(arguments: &ProveArguments, out: &mut dyn Write) -> Result<u8, Trouble> {
    let dir = arguments.place.dir()?;
    let mut proof = prove(&dir, arguments.seq)?.map_err(Trouble::Refused)?;
    if let (Some(pointer), Some(value)) = (&arguments.open, &arguments.value) {
        let keys = match &arguments.keys {
            Some(keys) => keys.clone(),
            None => arguments.place.keys()?,
        };
        disclose::add(&mut proof, pointer, value, &dir, &keys)?;
    }
    match &arguments.out {
        Some(file) => {
            std::fs::write(file, proof.to_string()).map_err(|fault| naming(file, fault))?
        }
        None => write!(out, "{proof}")?,
    }
    Ok(0)
}

/// Judges a proof: 0 where it holds, 1 where it does not.
pub(super) fn check(arguments: &CheckProofArguments, out: &mut dyn Write) -> Result<u8, Trouble> {
    let keys = keys(&arguments.keys)?;
    let file =
        std::fs::canonicalize(&arguments.file).map_err(|fault| naming(&arguments.file, fault))?;
    let bytes = read_bounded(&file, limits::PROOF_BYTES_MAX)?.unwrap_or_default();
    let witnesses = self::keys(&arguments.witnesses)?;
    let checked = check_proof(&bytes, &keys).and_then(|proven| {
        let seen = seen(&proven, &witnesses)?;
        Ok((proven, seen))
    });
    if arguments.json {
        let report = match &checked {
            Ok((proven, seen)) => json!({
                "witnesses": seen.iter().map(|(key, time_s)| json!({ "key": key, "time_s": time_s })).collect::<Vec<_>>(),
                "result": "PROVEN", "record": proven.line, "seq": proven.seq,
                "origin": proven.checkpoint.origin, "size": proven.checkpoint.size,
                "root": proven.checkpoint.root, "key": proven.key.to_string(),
                "opened": proven.opened.iter().map(|(pointer, value)| json!({
                    "pointer": pointer, "bytes": value.len(), "value": String::from_utf8_lossy(value),
                })).collect::<Vec<_>>(),
            }),
            Err(why) => json!({ "result": "NOT PROVEN", "why": why }),
        };
        writeln!(out, "{report}")?;
    } else {
        match &checked {
            Ok((proven, seen)) => {
                writeln!(
                    out,
                    "PROVEN      record {} stood in {} when it had {} records",
                    proven.seq,
                    plain(&proven.checkpoint.origin),
                    proven.checkpoint.size
                )?;
                writeln!(out, "signed by   {}", plain(&proven.key.to_string()))?;
                for (key, time_s) in seen {
                    let time = timestamp(time_s.saturating_mul(1_000_000_000));
                    writeln!(out, "seen by     {} at {time}", plain(key))?;
                }
                writeln!(out, "record      {}", plain(&proven.line))?;
                for (pointer, value) in &proven.opened {
                    let text = String::from_utf8_lossy(value);
                    writeln!(out, "opened      {} is {}", plain(pointer), plain(&text))?;
                }
                writeln!(
                    out,
                    "NOT PROVEN  that the log has no other history beside this one: compare its checkpoints, or ask witnesses"
                )?;
            }
            Err(why) => writeln!(out, "NOT PROVEN  {}", plain(why))?,
        }
    }
    Ok(u8::from(checked.is_err()))
}
