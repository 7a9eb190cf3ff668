//! The command line of `aegis-verify`: the options of `aegis audit verify`, read by hand.
//! Knows nothing of the log.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use aegis_core::audit::{Leaf, VerifierKey};
use aegis_core::limits;

use super::level::Level;
use super::regular::read_bounded;
use super::report::Request;

/// What is printed where the arguments make no sense.
pub const USAGE: &str =
    "usage: aegis-verify DIR [--key VKEY|FILE]… [--witness VKEY|FILE]… [--quorum N]
       [--anchor FILE]… [--receipts DIR]… [--require parsed|chained|signed|anchored|witnessed]
       [--tail N] [--from-size N --root HEX] [--threads N] [--json]";

/// A command line.
#[derive(Debug)]
pub struct Arguments {
    /// The log's folder.
    pub dir: PathBuf,
    /// What is to be verified.
    pub request: Request,
    /// Whether one JSON object is printed.
    pub json: bool,
}

impl Arguments {
    /// Reads the arguments behind the program's name.
    ///
    /// # Errors
    /// What makes no sense, in words.
    pub fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Self, String> {
        let mut rest = arguments;
        let mut dir = None;
        let mut request = Request::default();
        let (mut json, mut quorum, mut size, mut root) = (false, None, None, None);
        while let Some(argument) = rest.next() {
            let word = argument.to_string_lossy().into_owned();
            let mut value = || rest.next().ok_or_else(|| format!("`{word}` wants a value"));
            let auditor = &mut request.auditor;
            match word.as_str() {
                "--json" => json = true,
                "--key" => auditor.keys.push(read_key(&text(value()?)?)?),
                "--witness" => auditor.witnesses.push(read_key(&text(value()?)?)?),
                "--quorum" => quorum = Some(number(value()?)?),
                "--tail" => request.tail = number(value()?)?,
                "--threads" => auditor.threads = number(value()?)?,
                "--from-size" => size = Some(number(value()?)?),
                "--root" => {
                    let leaf = Leaf::parse(&text(value()?)?);
                    root = Some(leaf.ok_or("`--root` is not 64 lower-case hex digits")?);
                }
                "--require" => {
                    let level = Level::parse(&text(value()?)?);
                    request.require = Some(level.ok_or("`--require` names no level")?);
                }
                "--anchor" => {
                    let added = auditor.kept.add_file(Path::new(&value()?));
                    added.map_err(|error| error.to_string())?;
                }
                "--receipts" => {
                    let added = auditor.kept.add_folder(Path::new(&value()?));
                    added.map_err(|error| error.to_string())?;
                }
                _ if word.starts_with("--") => return Err(format!("unknown option `{word}`")),
                _ if dir.is_none() => dir = Some(PathBuf::from(argument)),
                _ => return Err("one folder at a time".to_owned()),
            }
        }
        let auditor = &mut request.auditor;
        auditor.quorum = quorum.unwrap_or(auditor.witnesses.len());
        auditor.resume = match (size, root) {
            (Some(size), Some(root)) => Some((size, root)),
            (None, None) => None,
            _ => return Err("`--from-size` and `--root` go together".to_owned()),
        };
        Ok(Self {
            dir: dir.ok_or("the log's folder is missing")?,
            request,
            json,
        })
    }
}

fn text(value: OsString) -> Result<String, String> {
    value.into_string().map_err(|_| "not UTF-8".to_owned())
}

fn number<N: std::str::FromStr>(value: OsString) -> Result<N, String> {
    let text = text(value)?;
    text.parse().map_err(|_| format!("`{text}` is no number"))
}

/// A public key, as text or in a file that holds nothing else.
///
/// # Errors
/// In words, where it is neither.
pub fn read_key(text: &str) -> Result<VerifierKey, String> {
    if let Some(key) = VerifierKey::parse(text) {
        return Ok(key);
    }
    let path = std::fs::canonicalize(text)
        .map_err(|_| format!("`{text}` is neither a key (name+id+base64) nor a file of one"))?;
    let bytes = read_bounded(&path, limits::NOTE_BYTES_MAX).map_err(|error| error.to_string())?;
    let bytes = bytes.unwrap_or_default();
    let found = std::str::from_utf8(&bytes).ok().map(str::trim);
    found
        .and_then(VerifierKey::parse)
        .ok_or_else(|| format!("`{text}` holds no key (name+id+base64)"))
}
