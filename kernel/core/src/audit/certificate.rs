//! Certificates of epoch keys: which key signs a log's checkpoints from which size on, as the text of a note.
//! Knows nothing of who signed it: that is for [`super::Trust`] to judge.
//!
//! ```text
//! aegis/epoch-key/v1
//! origin kernel-a.example/aegis/01JD4M…
//! epoch 1
//! from 1048320
//! since 1795176000
//! key kernel-a.example/aegis/01JD4M…+c74f20a3+AWmT…
//! previous kernel-a.example/aegis/01JD4M…+5e3ff1d0+AQ3y…
//! ```
//! It is signed by the root key, which is kept offline, and by the key before it, which then is destroyed: who
//! steals a key signs nothing of the epochs before.

use super::checkpoint::decimal;
use super::{KeyUse, Note, VerifierKey};

const FIRST_LINE: &str = "aegis/epoch-key/v1";

/// What a certificate says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EpochCertificate {
    /// The origin of the log, which is the name of its keys.
    pub origin: String,
    /// Which epoch, from 0.
    pub epoch: u64,
    /// The size of the log when the epoch began. The key signs checkpoints of this size and above, up to the
    /// size at which the next epoch begins; the checkpoint of that size may bear both signatures.
    pub from: u64,
    /// When it was made, in seconds since 1970 UTC, by the word of who made it.
    pub since_s: u64,
    /// The epoch's key.
    pub key: VerifierKey,
    /// The key of the epoch before; none in epoch 0.
    pub previous: Option<VerifierKey>,
}

impl EpochCertificate {
    /// Reads the text of a note; `None` where it is no certificate, or contradicts itself.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix(FIRST_LINE)?;
        let mut lines = text.strip_prefix('\n')?.strip_suffix('\n')?.split('\n');
        let mut line = |word: &str| {
            let (name, value) = lines.next()?.split_once(' ')?;
            (name == word).then_some(value)
        };
        let certificate = Self {
            origin: line("origin")?.to_owned(),
            epoch: decimal(line("epoch")?)?,
            from: decimal(line("from")?)?,
            since_s: decimal(line("since")?)?,
            key: VerifierKey::parse(line("key")?)?,
            previous: match line("previous")? {
                "none" => None,
                key => Some(VerifierKey::parse(key)?),
            },
        };
        (lines.next().is_none() && certificate.holds()).then_some(certificate)
    }

    /// Whether the keys bear the log's name and sign notes, and epoch 0 alone has none before it.
    fn holds(&self) -> bool {
        let ours = |key: &VerifierKey| key.name() == self.origin && key.usage() == KeyUse::Note;
        ours(&self.key)
            && self.previous.as_ref().is_none_or(ours)
            && self.previous.is_none() == (self.epoch == 0)
            && self.previous.as_ref() != Some(&self.key)
    }

    /// The note, not signed yet.
    #[must_use]
    pub fn note(&self) -> Note {
        let previous = match &self.previous {
            Some(key) => key.to_string(),
            None => "none".to_owned(),
        };
        Note::new(format!(
            "{FIRST_LINE}\norigin {}\nepoch {}\nfrom {}\nsince {}\nkey {}\nprevious {previous}\n",
            self.origin, self.epoch, self.from, self.since_s, self.key
        ))
    }
}
