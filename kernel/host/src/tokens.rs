//! The master key of tokens: drawn for one start, or kept beside the state where tokens join over starts.
//! Knows nothing of what becomes a token.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use aegis_core::egress::{ScopeKeys, TokenScope};
use zeroize::Zeroizing;

use crate::random;

/// The file of the key, in the folder of keys. Without it nobody can make, or guess, a token's value; deleting
/// it makes all tokens strangers to those that come.
const FILE: &str = "token.key";

/// The keys of tokens.
///
/// # Errors
/// Where the system gives no randomness, or the file is not the owner's alone.
pub(crate) fn keys(scope: TokenScope, folder: &Path) -> io::Result<ScopeKeys> {
    let master = match scope {
        TokenScope::Run => fresh()?,
        TokenScope::Principal | TokenScope::Shared => kept(folder)?,
    };
    Ok(ScopeKeys::new(*master, scope))
}

fn fresh() -> io::Result<Zeroizing<[u8; 32]>> {
    let mut key = Zeroizing::new([0; 32]);
    random::fill(key.as_mut_slice()).map_err(|_| io::Error::other("no randomness"))?;
    Ok(key)
}

fn kept(folder: &Path) -> io::Result<Zeroizing<[u8; 32]>> {
    let path = folder.join(FILE);
    match File::open(&path) {
        Ok(file) => read(file),
        Err(fault) if fault.kind() == io::ErrorKind::NotFound => create(folder, &path),
        Err(fault) => Err(fault),
    }
}

fn read(file: File) -> io::Result<Zeroizing<[u8; 32]>> {
    let invalid = |what| io::Error::new(io::ErrorKind::InvalidData, what);
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        return Err(invalid(
            "the token key can be read by others: make it mode 0600",
        ));
    }
    let mut text = Zeroizing::new(String::new());
    file.take(128).read_to_string(&mut text)?;
    let digits = text.trim_end();
    let mut key = Zeroizing::new([0; 32]);
    if digits.len() != 64 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Err(invalid("the token key is not 64 hex digits"));
    }
    for (byte, pair) in key.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
        let pair = std::str::from_utf8(pair).unwrap_or_default();
        *byte = u8::from_str_radix(pair, 16).map_err(|_| invalid("no hex digit"))?;
    }
    Ok(key)
}

fn create(folder: &Path, path: &Path) -> io::Result<Zeroizing<[u8; 32]>> {
    if !folder.is_dir() {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
    }
    let key = fresh()?;
    let mut text = Zeroizing::new(String::with_capacity(65));
    for byte in key.iter() {
        text.push_str(&format!("{byte:02x}"));
    }
    text.push('\n');
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(key)
}
