//! `aegis audit cosign`: has a witness sign the newest checkpoint, and keeps its signature where `verify` reads it.
//! Knows nothing of how a witness judges. Made to be an anchor's command: it reads nothing from standard input.

use std::io::Write;
use std::path::Path;

use aegis_core::audit::{Checkpoint, KeyUse, Note, NoteSignature, Signed, Submission, VerifierKey};
use aegis_core::limits;
use aegis_verify::{COSIGNED, extension, plain, read_bounded, read_key};
use clap::Args;

use super::{Place, Trouble};
use crate::cosigned;
use crate::witness::exchange;

/// Arguments of `audit cosign`.
#[derive(Args, Debug)]
pub(super) struct CosignArguments {
    #[command(flatten)]
    place: Place,
    /// The witness, `http://HOST:PORT`
    #[arg(long, value_name = "URL")]
    witness: String,
    /// The witness' public key, or a file of it: its answer is believed by nothing else
    #[arg(long, value_name = "VKEY|FILE")]
    key: String,
}

/// 0 where the witness has signed the newest checkpoint, 1 where it would not.
pub(super) fn run(arguments: &CosignArguments, out: &mut dyn Write) -> Result<u8, Trouble> {
    let dir = arguments.place.dir()?;
    let key = read_key(&arguments.key).map_err(Trouble::Usage)?;
    if key.usage() != KeyUse::Cosignature {
        return Err(Trouble::Usage("`--key` is no key of a witness".to_owned()));
    }
    match cosign(&dir, &arguments.witness, &key)? {
        Ok((checkpoint, time_s)) => {
            writeln!(
                out,
                "{} records seen by {} at {time_s}",
                checkpoint.size,
                key.name()
            )?;
            Ok(0)
        }
        Err(why) => {
            crate::told::tell!("aegis audit: {}", plain(&why));
            Ok(1)
        }
    }
}

type Cosigned = Result<(Checkpoint, u64), String>;

fn cosign(dir: &Path, url: &str, key: &VerifierKey) -> Result<Cosigned, Trouble> {
    let kept = read_bounded(&dir.join(COSIGNED), limits::NOTE_BYTES_MAX)?
        .and_then(|b| Note::parse(&b).ok());
    // What this witness saw last, as far as the folder knows; where it does not, the witness says.
    let known = kept
        .as_ref()
        .filter(|note| matches!(note.signed_by(key), Signed::Yes(_)));
    let mut old = known
        .and_then(|note| Checkpoint::parse(note.text()))
        .map_or(0, |checkpoint| checkpoint.size);
    for turn in 0..2 {
        let (note, proof) = match extension(dir, old)? {
            Ok(extension) => extension,
            Err(why) => return Ok(Err(why)),
        };
        let Some(checkpoint) = Checkpoint::parse(note.text()) else {
            return Ok(Err("the log has no signed checkpoint".to_owned()));
        };
        let submission = Submission {
            old,
            proof,
            note,
            checkpoint,
        };
        let answer = exchange(url, &submission.body())?;
        let seen = answer.body.trim_end().parse().ok();
        match (answer.status, seen) {
            (200, _) => {
                let Some((line, time_s)) = signature(&submission.note, &answer.body, key) else {
                    return Ok(Err(
                        "the witness' answer bears no signature of its key".into()
                    ));
                };
                cosigned::add(dir, &submission.note, line, true)?;
                return Ok(Ok((submission.checkpoint, time_s)));
            }
            (409, Some(seen)) if turn == 0 && seen != old && answer.kind == "text/x.tlog.size" => {
                old = seen;
            }
            (409, Some(seen)) => {
                return Ok(Err(format!(
                    "THE WITNESS HAS SEEN ANOTHER LOG: {seen} records, where this one has {}; keep both",
                    submission.checkpoint.size
                )));
            }
            (status, _) => {
                let what = answer.body.lines().next().unwrap_or_default();
                return Ok(Err(format!("the witness refuses ({status}): {what}")));
            }
        }
    }
    Ok(Err("the witness names one size after another".to_owned()))
}

/// The line of the answer that this key signed, and when.
fn signature(note: &Note, answer: &str, key: &VerifierKey) -> Option<(NoteSignature, u64)> {
    answer
        .lines()
        .filter_map(NoteSignature::parse)
        .find_map(|line| {
            let mut alone = Note::new(note.text().to_owned());
            alone.add(line.clone());
            match alone.signed_by(key) {
                Signed::Yes(Some(time_s)) => Some((line, time_s)),
                _ => None,
            }
        })
}
