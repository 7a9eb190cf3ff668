//! A private key that signs notes, in a file of its own: `PRIVATE+KEY+name+id+base64`, the form of signed-note tools.
//! Knows nothing of logs, nor of what is signed.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use aegis_core::audit::{KeyUse, Note, Signed, Signer, SigningKey, VerifierKey};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::SigningFault;
use crate::private_file::write_new;
use crate::random;

const PREFIX: &str = "PRIVATE+KEY+";
/// The algorithm byte of Ed25519 (C2SP signed-note).
const ED25519: u8 = 0x01;
/// Longest file of a key, in bytes.
const FILE_BYTES_MAX: u64 = 1024;

/// An Ed25519 key under a name. What it holds is wiped when it is dropped.
pub struct NoteKey {
    name: String,
    key: SigningKey,
}

impl NoteKey {
    /// Makes a key in a file that did not exist, for its owner alone, durable with its name.
    ///
    /// # Errors
    /// Where there is such a file already, it cannot be written, or the name is no key name.
    pub fn create(path: &Path, name: &str) -> Result<Self, SigningFault> {
        let mut seed = Zeroizing::new([0_u8; 32]);
        random::fill(seed.as_mut_slice()).map_err(|_| SigningFault::Random)?;
        let made = Self {
            name: name.to_owned(),
            key: SigningKey::from_bytes(&seed),
        };
        let public = made
            .public()
            .ok_or_else(|| SigningFault::Name(name.into()))?;
        let mut bytes = Zeroizing::new(vec![ED25519]);
        bytes.extend(seed.as_slice());
        let encoded = Zeroizing::new(STANDARD.encode(bytes.as_slice()));
        let text = Zeroizing::new(format!(
            "{PREFIX}{name}+{:08x}+{}\n",
            public.id(),
            encoded.as_str()
        ));
        write_new(path, text.as_bytes()).map_err(SigningFault::io("make the key", path))?;
        Ok(made)
    }

    /// Reads a key from its file.
    ///
    /// # Errors
    /// Where there is none, others than its owner may read it, or it is no key.
    pub fn read(path: &Path) -> Result<Self, SigningFault> {
        let fault = |problem| SigningFault::Key {
            path: path.to_owned(),
            problem,
        };
        let file = File::open(path).map_err(SigningFault::io("open the key", path))?;
        let found = file.metadata().map_err(SigningFault::io("look at", path))?;
        if !found.is_file() {
            return Err(fault("is no file"));
        }
        if found.permissions().mode() & 0o077 != 0 {
            return Err(fault(
                "can be read by others than its owner: make it mode 0600",
            ));
        }
        let mut text = Zeroizing::new(String::new());
        file.take(FILE_BYTES_MAX)
            .read_to_string(&mut text)
            .map_err(SigningFault::io("read the key", path))?;
        Self::parse(&text).ok_or_else(|| fault("holds no private key (PRIVATE+KEY+name+id+base64)"))
    }

    fn parse(text: &str) -> Option<Self> {
        let mut parts = text
            .strip_suffix('\n')
            .unwrap_or(text)
            .strip_prefix(PREFIX)?
            .splitn(3, '+');
        let (name, id, encoded) = (parts.next()?, parts.next()?, parts.next()?);
        let bytes = Zeroizing::new(STANDARD.decode(encoded).ok()?);
        let (kind, seed) = bytes.split_first()?;
        let seed = Zeroizing::new(<[u8; 32]>::try_from(seed).ok()?);
        let read = Self {
            name: name.to_owned(),
            key: SigningKey::from_bytes(&seed),
        };
        let fits = *kind == ED25519 && id == format!("{:08x}", read.public()?.id());
        fits.then_some(read)
    }

    /// The name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The public half; every key that was read or made has one.
    #[must_use]
    pub fn public(&self) -> Option<VerifierKey> {
        VerifierKey::new(
            &self.name,
            KeyUse::Note,
            self.key.verifying_key().as_bytes(),
        )
    }

    /// Adds its signature to a note, where it does not bear it yet.
    pub fn sign(&self, note: &mut Note) {
        let Some(signer) = Signer::new(&self.name, KeyUse::Note, &self.key) else {
            return;
        };
        if note.signed_by(signer.verifier_key()) == Signed::No {
            note.add(signer.sign(note, 0));
        }
    }
}

impl std::fmt::Debug for NoteKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NoteKey({})", self.name)
    }
}

/// Overwrites a key's file and removes it. What the disk itself keeps of it (journals, worn blocks, copies) no program can reach.
pub(super) fn destroy(path: &Path) -> io::Result<()> {
    let length = match fs::symlink_metadata(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        found => usize::try_from(found?.size()).unwrap_or(0).min(4096),
    };
    let file = fs::OpenOptions::new().write(true).open(path)?;
    io::Write::write_all(&mut &file, &vec![0; length])?;
    file.sync_all()?;
    fs::remove_file(path)
}
