//! Secrets and the store that holds them.
//! Knows nothing of where they come from.

/// Shortest secret that can be told from ordinary text where it must not leave, in bytes.
pub const SECRET_BYTES_MIN: usize = 6;
/// Longest secret, in bytes.
pub const SECRET_BYTES_MAX: usize = 64 * 1024;
/// Longest time that a program may take to print a secret, in milliseconds: somebody may have to touch a key.
pub const SECRET_COMMAND_MS: u64 = 30_000;
/// Longest that a configuration may give it, in milliseconds.
pub const SECRET_COMMAND_MS_MAX: u64 = 300_000;
/// Variables that a configuration may name for such programs.
pub const SECRET_COMMAND_VARIABLES_MAX: usize = 64;
/// Largest store of secrets, in bytes.
pub const STORE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Secrets in one store.
pub const STORE_SECRETS_MAX: usize = 1_024;
/// Shortest passphrase that a store is made with, in bytes; one that a program made should have 32.
pub const STORE_PASSPHRASE_BYTES_MIN: usize = 12;
/// Memory that a store's key costs whoever guesses passphrases, in KiB (RFC 9106 section 4, the second choice).
pub const STORE_KDF_MEMORY_KIB: u32 = 64 * 1024;
/// Passes over it.
pub const STORE_KDF_PASSES: u32 = 3;
/// The least memory that a store may ask for, in KiB: less was not written by us.
pub const STORE_KDF_MEMORY_KIB_MIN: u32 = 8 * 1024;
/// The most: a store that somebody else wrote must not eat the machine.
pub const STORE_KDF_MEMORY_KIB_MAX: u32 = 256 * 1024;
/// The most passes.
pub const STORE_KDF_PASSES_MAX: u32 = 16;
