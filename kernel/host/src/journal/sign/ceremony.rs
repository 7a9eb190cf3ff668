//! Keys are made and changed: while no kernel runs, with a record of it in the log, in steps that can be taken again.
//! Knows nothing of command lines.
//!
//! A request is a certificate that the log's own keys have signed; a root, which needs neither the log nor its machine, adds
//! its signature; then it is recorded (`key.rotate`), installed, and what its key signs counts. Between the request and its
//! installation nothing is signed, so that the old epoch ends exactly where the new one begins.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use aegis_core::audit::{
    Checkpoint, EpochCertificate, Id, Kind, Note, Record, Rotation, Signed, Text,
};
use aegis_core::limits;

use super::super::disk::SystemDisk;
use super::super::{JournalFault, LogOptions, second_head};
use super::{NoteKey, Signing, SigningFault, SigningKeys};
use crate::clock::Clock;
use crate::journal::Log;

/// What the log's records say that it was opened for.
const PURPOSE: &str = "keys";

/// The keys of one log, about to be changed.
#[derive(Debug)]
pub struct Ceremony {
    dir: PathBuf,
    head: PathBuf,
    keys: SigningKeys,
}

impl Ceremony {
    /// For the log in `dir`, whose keys lie in the folder of keys.
    ///
    /// # Errors
    /// Where the folders cannot be found.
    pub fn of(dir: &Path, keys: &Path) -> Result<Self, JournalFault> {
        Ok(Self {
            dir: dir.to_owned(),
            head: second_head(dir, keys)?,
            keys: SigningKeys::of(keys, dir)?,
        })
    }

    /// The keys as they are.
    #[must_use]
    pub fn keys(&self) -> &SigningKeys {
        &self.keys
    }

    /// Makes the first key of a log that has none, and asks for its certificate. The log is begun where there is none.
    ///
    /// # Errors
    /// Where it has keys, a kernel writes it, or it does not hold.
    pub async fn first(&self, name: &str) -> Result<Note, JournalFault> {
        if self.keys.current()?.is_some() {
            let what = "this log has keys: `aegis audit keys rotate` changes them";
            return Err(SigningFault::Refused(what.to_owned()).into());
        }
        let origin = |id| {
            let origin = Checkpoint::origin(name, id);
            origin.ok_or_else(|| SigningFault::Name(name.to_owned()))
        };
        // A name that is none is said before anything is made.
        origin(Id::new(0, [0; 10]))?;
        let log = self.log(true)?;
        let origin = origin(log.id())?;
        closed(log).await?;
        Ok(self.keys.request(&origin, 0, now_s())?)
    }

    /// Makes the next key and asks for its certificate. The present one signs the log up to its end first, and
    /// nothing after.
    ///
    /// # Errors
    /// Where the log has no keys, a kernel writes it, or it does not hold.
    pub async fn next(&self) -> Result<Note, JournalFault> {
        let Some(current) = self.keys.current()? else {
            let what = "this log has no keys: `aegis audit keys init` makes them";
            return Err(SigningFault::Refused(what.to_owned()).into());
        };
        if let Some((_, note)) = self.keys.pending()? {
            return Ok(note);
        }
        let log = self.log(false)?;
        let from = closed(log).await?;
        Ok(self
            .keys
            .request(&current.certificate.origin, from, now_s())?)
    }

    /// Records a certificate that answers the request, and signs by it from now on. The key before it is destroyed.
    ///
    /// # Errors
    /// Where it answers no request, a kernel writes the log, or it does not hold.
    pub async fn install(&self, certificate: &Note) -> Result<EpochCertificate, JournalFault> {
        let asked = self.keys.answers(certificate)?;
        let log = self.log(true)?;
        if Checkpoint::origin(name_of(&asked.origin), log.id()).as_ref() != Some(&asked.origin) {
            return Err(SigningFault::Foreign {
                keys: self.keys.dir().to_owned(),
                origin: asked.origin,
                dir: self.dir.clone(),
            }
            .into());
        }
        let mut record = Record::draft(Kind::KeyRotate);
        record.rotate = Some(Rotation {
            cert: Text::from(certificate.to_string().as_str()),
        });
        if log.append(record).await.is_err() {
            return Err(self.failed(log.poison()));
        }
        self.keys.install(asked.epoch, certificate)?;
        log.resign().await?;
        closed(log).await?;
        Ok(asked)
    }

    /// Opens the log for this; `hold` signs nothing yet.
    fn log(&self, hold: bool) -> Result<Log, JournalFault> {
        // The second head lies beside them.
        self.keys.make()?;
        let options = LogOptions {
            dir: self.dir.clone(),
            sync: true,
            head: Some(self.head.clone()),
            purpose: PURPOSE,
            captures: None,
            segment_bytes_max: limits::SEGMENT_BYTES_MAX,
            disk: Arc::new(SystemDisk),
        };
        let signing = Signing {
            keys: Some(self.keys.clone()),
            hold,
            ..Signing::default()
        };
        Log::start_signed(options, Clock::start(), signing)
    }

    fn failed(&self, why: Option<String>) -> JournalFault {
        let error = std::io::Error::other(why.unwrap_or_else(|| "it takes no record".to_owned()));
        JournalFault::io("write the log in", &self.dir)(error)
    }
}

/// Adds a root's signature to a request, after what can be said of it without the log was looked at.
///
/// # Errors
/// Where it is no request, or not signed by the key that it is for and the key before it.
pub fn certify(root: &NoteKey, request: &Note) -> Result<(Note, EpochCertificate), SigningFault> {
    let refused = |what: &str| SigningFault::Refused(what.to_owned());
    let asked = EpochCertificate::parse(request.text())
        .ok_or_else(|| refused("this is no request for a certificate"))?;
    if root.name() == asked.origin {
        return Err(refused("a root bears another name than the log"));
    }
    let signed = |key: &_| matches!(request.signed_by(key), Signed::Yes(_));
    let previous = asked.previous.as_ref();
    if !signed(&asked.key) || previous.is_some_and(|key| !signed(key)) {
        return Err(refused(
            "the request is not signed by the keys that it names",
        ));
    }
    let mut certificate = request.clone();
    root.sign(&mut certificate);
    Ok((certificate, asked))
}

/// Closes a log; how many records its newest checkpoint covers.
async fn closed(log: Log) -> Result<u64, JournalFault> {
    log.close().await;
    match log.poison() {
        None => Ok(log.signed()),
        Some(why) => Err(JournalFault::io("write", "the log")(std::io::Error::other(
            why,
        ))),
    }
}

/// The name in an origin.
fn name_of(origin: &str) -> &str {
    origin
        .rsplit_once("/aegis/")
        .map_or(origin, |(name, _)| name)
}

fn now_s() -> u64 {
    Clock::start().unix_ns() / 1_000_000_000
}
