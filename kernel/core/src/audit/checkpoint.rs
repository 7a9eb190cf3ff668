//! Checkpoints (C2SP tlog-checkpoint): how large a log is and what its root is, as the text of a note.
//! Knows nothing of signatures.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{Id, Leaf, Note};

/// The head of a log's tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log, see [`Checkpoint::origin`].
    pub origin: String,
    /// How many records.
    pub size: u64,
    /// The RFC 6962 root over them.
    pub root: Leaf,
    /// Lines beyond the three, which no tree binds. Ours have none; a witness may be shown others'.
    pub extensions: Vec<String>,
}

impl Checkpoint {
    /// The origin of one of our logs: `name/aegis/log`. It is also the name of the keys that sign for it.
    /// `None` where the name is none that a key may have.
    #[must_use]
    pub fn origin(name: &str, log: Id) -> Option<String> {
        let origin = format!("{name}/aegis/{log}");
        (!name.is_empty() && super::vkey::is_key_name(&origin)).then_some(origin)
    }

    /// Which of our logs an origin names.
    #[must_use]
    pub fn log(&self) -> Option<Id> {
        let (name, log) = self.origin.rsplit_once("/aegis/")?;
        (!name.is_empty()).then(|| Id::parse(log))?
    }

    /// Reads the text of a note; `None` where it is no checkpoint.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        let (origin, size, root) = (lines.next()?, lines.next()?, lines.next()?);
        let extensions: Vec<String> = lines.map(str::to_owned).collect();
        if origin.is_empty() || extensions.iter().any(String::is_empty) {
            return None;
        }
        Some(Self {
            origin: origin.to_owned(),
            size: decimal(size)?,
            root: hash(root)?,
            extensions,
        })
    }

    /// The note, not signed yet.
    #[must_use]
    pub fn note(&self) -> Note {
        let mut text = format!(
            "{}\n{}\n{}\n",
            self.origin,
            self.size,
            STANDARD.encode(self.root.as_bytes())
        );
        for line in &self.extensions {
            text.push_str(line);
            text.push('\n');
        }
        Note::new(text)
    }
}

/// A number in the one form that it may have.
pub(super) fn decimal(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let leading = text.len() > 1 && text.starts_with('0');
    (digits && !leading).then(|| text.parse().ok())?
}

/// A hash in base64.
pub(super) fn hash(text: &str) -> Option<Leaf> {
    let bytes = STANDARD.decode(text).ok()?;
    Some(Leaf::from_bytes(bytes.try_into().ok()?))
}
