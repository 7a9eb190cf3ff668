//! The keys that sign one log's checkpoints, beside the state: which epoch signs, and which one is asked for.
//! Knows nothing of checkpoints.
//!
//! `N.key` is the private key of epoch N, `N.cert` its certificate; the newest certificate that lies here says which key signs.
//! `N.request` is a certificate that no root has signed yet. Each step is one file that is there or is not, so that a
//! ceremony that was cut off is gone on with by asking for it again.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use aegis_core::audit::{Checkpoint, EpochCertificate, Note, Signed, VerifierKey};
use aegis_core::limits;
use aegis_verify::read_bounded;

use super::SigningFault;
use super::note_key::{NoteKey, destroy};
use crate::lock::{FileLock, LockFault};
use crate::private_file::{private_dir, write_private};

/// The folder of signing keys, in the folder of keys.
const SIGN: &str = "sign";

/// The folder of one log's keys.
#[derive(Clone, Debug)]
pub struct SigningKeys {
    dir: PathBuf,
}

/// The epoch that signs.
#[derive(Debug)]
pub struct SigningEpoch {
    /// What its certificate says.
    pub certificate: EpochCertificate,
    /// The certificate as it was signed.
    pub note: Note,
}

impl SigningKeys {
    /// The keys of the log in `log`, in a folder of keys. Named after the log's place, as its second head is.
    ///
    /// # Errors
    /// Where the working folder cannot be found.
    pub fn of(keys: &Path, log: &Path) -> Result<Self, SigningFault> {
        let name = super::super::place_name(log).map_err(SigningFault::io("find", log))?;
        Ok(Self {
            dir: keys.join(SIGN).join(name),
        })
    }

    /// Their folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Makes the folder where it is missing.
    pub(super) fn make(&self) -> Result<(), SigningFault> {
        private_dir(&self.dir).map_err(SigningFault::io("make", &self.dir))
    }

    /// One process signs with them at a time, whatever became of the log's own lock.
    pub(super) fn lock(&self) -> Result<FileLock, SigningFault> {
        let path = self.dir.join("LOCK");
        FileLock::alone(&path).map_err(|fault| match fault {
            LockFault::Held => SigningFault::Locked(self.dir.clone()),
            LockFault::Io(what, source) => SigningFault::io(what, &path)(source),
        })
    }

    /// The epoch that signs; `None` where no certificate is installed.
    ///
    /// # Errors
    /// Where its files cannot be read, or contradict each other.
    pub fn current(&self) -> Result<Option<SigningEpoch>, SigningFault> {
        let entries = match fs::read_dir(&self.dir) {
            Ok(entries) => entries,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(SigningFault::io("read", &self.dir)(e)),
        };
        let mut newest = None;
        for entry in entries {
            let name = entry
                .map_err(SigningFault::io("read", &self.dir))?
                .file_name();
            let number = name.to_str().and_then(|name| name.strip_suffix(".cert"));
            newest = newest.max(number.and_then(|number| number.parse::<u64>().ok()));
        }
        let Some(epoch) = newest else { return Ok(None) };
        let path = self.path(epoch, "cert");
        let note = note(&path)?;
        let certificate = EpochCertificate::parse(note.text())
            .filter(|certificate| certificate.epoch == epoch)
            .ok_or_else(|| self.odd(&path, "is not the certificate that its name tells"))?;
        Ok(Some(SigningEpoch { certificate, note }))
    }

    /// The private key of an epoch that has a certificate.
    ///
    /// # Errors
    /// Where it is gone or another one.
    pub fn key(&self, certificate: &EpochCertificate) -> Result<NoteKey, SigningFault> {
        let path = self.path(certificate.epoch, "key");
        let key = NoteKey::read(&path)?;
        match key.public() == Some(certificate.key.clone()) {
            true => Ok(key),
            false => Err(self.odd(&path, "is not the key that its certificate names")),
        }
    }

    /// The request that waits for its certificate.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn pending(&self) -> Result<Option<(EpochCertificate, Note)>, SigningFault> {
        let epoch = self.next_epoch()?;
        let path = self.path(epoch, "request");
        if !path.exists() {
            return Ok(None);
        }
        let note = note(&path)?;
        let certificate =
            EpochCertificate::parse(note.text()).ok_or_else(|| self.odd(&path, "is no request"))?;
        Ok(Some((certificate, note)))
    }

    /// Where the pending request lies.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn request_path(&self) -> Result<PathBuf, SigningFault> {
        Ok(self.path(self.next_epoch()?, "request"))
    }

    fn next_epoch(&self) -> Result<u64, SigningFault> {
        Ok(self
            .current()?
            .map_or(0, |epoch| epoch.certificate.epoch + 1))
    }

    /// Asks for the next epoch, from this size on: makes its key, and a request that it and the key before it have
    /// signed. A request that is there already is given again.
    ///
    /// # Errors
    /// Where it cannot be written, or the one that is there is of another log or size.
    pub(super) fn request(
        &self,
        origin: &str,
        from: u64,
        since_s: u64,
    ) -> Result<Note, SigningFault> {
        self.make()?;
        let current = self.current()?;
        if let Some((pending, note)) = self.pending()? {
            if pending.origin == origin && pending.from == from {
                return Ok(note);
            }
            return Err(SigningFault::Pending(self.request_path()?));
        }
        let epoch = self.next_epoch()?;
        let path = self.path(epoch, "key");
        let key = match path.exists() {
            // Left by a ceremony that was cut off before anyone was asked.
            true => NoteKey::read(&path)?,
            false => NoteKey::create(&path, origin)?,
        };
        let public = key.public().filter(|public| public.name() == origin);
        let certificate = EpochCertificate {
            origin: origin.to_owned(),
            epoch,
            from,
            since_s,
            key: public.ok_or_else(|| self.odd(&path, "is the key of another log"))?,
            previous: current.as_ref().map(|epoch| epoch.certificate.key.clone()),
        };
        let mut note = certificate.note();
        key.sign(&mut note);
        if let Some(current) = &current {
            self.key(&current.certificate)?.sign(&mut note);
        }
        let path = self.path(epoch, "request");
        write_private(&path, note.to_string().as_bytes())
            .map_err(SigningFault::io("write", &path))?;
        Ok(note)
    }

    /// The certificate that answers the pending request: the same text, signed by a root too.
    ///
    /// # Errors
    /// Where it is another one, or nobody but the log's own keys signed it.
    pub(super) fn answers(&self, certificate: &Note) -> Result<EpochCertificate, SigningFault> {
        let refused = |what: &str| SigningFault::Refused(what.to_owned());
        let (pending, request) = self
            .pending()?
            .ok_or_else(|| refused("no request waits for a certificate"))?;
        if certificate.text() != request.text() {
            return Err(refused("the certificate is not the one that was asked for"));
        }
        let own = |key: &VerifierKey| certificate.signed_by(key);
        let previous = pending.previous.as_ref();
        if previous.is_some_and(|key| !matches!(own(key), Signed::Yes(_))) {
            return Err(refused(
                "the certificate lacks the signature of the key before it",
            ));
        }
        let others = certificate.signatures().iter();
        if others.filter(|line| line.name != pending.origin).count() == 0 {
            return Err(refused("no root has signed the certificate"));
        }
        Ok(pending)
    }

    /// Makes a certificate count: from now on its key signs, and those before it are destroyed.
    pub(super) fn install(&self, epoch: u64, certificate: &Note) -> Result<(), SigningFault> {
        let path = self.path(epoch, "cert");
        write_private(&path, certificate.to_string().as_bytes())
            .map_err(SigningFault::io("write", &path))?;
        self.clean()
    }

    /// Removes what a ceremony that is done leaves: its request, and keys of epochs that have ended.
    pub(super) fn clean(&self) -> Result<(), SigningFault> {
        let Some(current) = self.current()? else {
            return Ok(());
        };
        let now = current.certificate.epoch;
        let request = self.path(now, "request");
        if request.exists() {
            fs::remove_file(&request).map_err(SigningFault::io("remove", &request))?;
        }
        for before in (0..now).rev() {
            let path = self.path(before, "key");
            if !path.exists() {
                break;
            }
            destroy(&path).map_err(SigningFault::io("destroy", &path))?;
        }
        Ok(())
    }

    /// Gives the pending request up, with its key.
    ///
    /// # Errors
    /// Where there is none.
    pub fn cancel(&self) -> Result<(), SigningFault> {
        let epoch = self.next_epoch()?;
        let (request, key) = (self.path(epoch, "request"), self.path(epoch, "key"));
        fs::remove_file(&request).map_err(SigningFault::io("remove", &request))?;
        destroy(&key).map_err(SigningFault::io("destroy", &key))
    }

    pub(super) fn path(&self, epoch: u64, kind: &str) -> PathBuf {
        self.dir.join(format!("{epoch}.{kind}"))
    }

    fn odd(&self, path: &Path, problem: &'static str) -> SigningFault {
        SigningFault::Key {
            path: path.to_owned(),
            problem,
        }
    }
}

impl SigningEpoch {
    /// Whether this epoch's key signed a checkpoint, or, at the size where the epoch began, the key before it.
    pub(super) fn signed(&self, note: &Note, checkpoint: &Checkpoint) -> bool {
        let yes = |key: &VerifierKey| matches!(note.signed_by(key), Signed::Yes(_));
        let before = self.certificate.previous.as_ref();
        checkpoint.origin == self.certificate.origin
            && (yes(&self.certificate.key)
                || (checkpoint.size <= self.certificate.from && before.is_some_and(yes)))
    }
}

/// The one note that a file holds.
///
/// # Errors
/// Where it holds anything else.
pub fn note(path: &Path) -> Result<Note, SigningFault> {
    let bytes = read_bounded(path, limits::NOTE_BYTES_MAX)
        .map_err(SigningFault::io("read", path))?
        .ok_or_else(|| SigningFault::io("read", path)(io::ErrorKind::NotFound.into()))?;
    Note::parse(&bytes)
        .map_err(|fault| SigningFault::Refused(format!("`{}`: {fault}", path.display())))
}
