//! Every bound of the two servers in one place.
//! Knows nothing of who applies them.

use std::time::Duration;

/// Calls that do their work at the same time; others wait.
pub(crate) const CALLS_AT_ONCE_MAX: usize = 4;
/// How long a call waits for its turn.
pub(crate) const TURN_WAIT: Duration = Duration::from_secs(30);
/// What a call may take beyond its own limit before it is given up from outside: SQLite's progress
/// handler is not called inside one long function, e.g. `instr` on two long texts.
pub(crate) const OVERTIME: Duration = Duration::from_secs(2);
/// Longest JSON that is repeated in the text block of a result, in bytes.
pub(crate) const TEXT_BLOCK_BYTES_MAX: usize = 1024 * 1024;
/// Longest incoming line, in bytes.
pub(crate) const LINE_BYTES_MAX: usize = 128 * 1024 * 1024;

/// Longest SQL text, in bytes.
pub(crate) const SQL_BYTES_MAX: usize = 64 * 1024;
/// Most bound parameters of one statement.
pub(crate) const PARAMS_MAX: usize = 1_000;
/// Longest single value that a statement may build or read, in bytes. It also bounds the time of
/// one function call, e.g. `replace`, which no progress handler interrupts.
pub(crate) const VALUE_BYTES_MAX: i32 = 1024 * 1024;
/// Memory that SQLite may hold in the whole process, in bytes (sorts and recursive CTEs grow in
/// memory, since temporary files are off).
pub(crate) const HEAP_BYTES_MAX: i64 = 128 * 1024 * 1024;
/// How many virtual-machine steps lie between two looks at the clock.
pub(crate) const STEPS_PER_LOOK: i32 = 1_000;
/// How long a statement waits for another process's lock.
pub(crate) const LOCK_WAIT: Duration = Duration::from_secs(2);
/// Largest table that is exported or published, as canonical text, in bytes.
pub(crate) const EXPORT_BYTES_MAX: usize = 64 * 1024 * 1024;
/// How long an export or a publication may take.
pub(crate) const EXPORT_TIME: Duration = Duration::from_secs(60);

/// Rows of a result: default and most.
pub(crate) const ROWS: (u64, u64) = (1_000, 100_000);
/// Rows that one statement changes: default and most.
pub(crate) const CHANGES: (u64, u64) = (1_000, 1_000_000);
/// Milliseconds that a statement takes: default and most.
pub(crate) const TIME_MS: (u64, u64) = (5_000, 60_000);
/// Bytes of the rows of a result, as JSON: default and most.
pub(crate) const RESULT_BYTES: (u64, u64) = (1024 * 1024, 8 * 1024 * 1024);

/// Longest message of a PostgreSQL server that is read at all, in bytes: a row has to fit.
pub(crate) const MESSAGE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Rows of an answer to one of our own questions, in bytes.
pub(crate) const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Bytes of rows, about, that a PostgreSQL server sends before it is asked for more.
pub(crate) const PORTION_BYTES: usize = 256 * 1024;
/// The same in rows, at the most.
pub(crate) const PORTION_ROWS_MAX: usize = 1_024;
/// Connections that are kept for later calls.
pub(crate) const IDLE_CONNECTIONS_MAX: usize = CALLS_AT_ONCE_MAX;
/// How long a connection may take to be made.
pub(crate) const CONNECT_TIME: Duration = Duration::from_secs(5);
/// What a PostgreSQL server has beyond a statement's own time to say that it is over.
pub(crate) const LAST_WORD: Duration = Duration::from_secs(1);

/// Largest object, in bytes.
pub(crate) const OBJECT_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Longest key, in bytes.
pub(crate) const KEY_BYTES_MAX: usize = 1_024;
/// Longest component of a key, in bytes (the usual limit of file systems).
pub(crate) const KEY_COMPONENT_BYTES_MAX: usize = 255;
/// Objects in one listing: default and most.
pub(crate) const LISTING: (u64, u64) = (1_000, 1_000);
/// Directory entries that one listing looks at.
pub(crate) const LISTING_ENTRIES_MAX: usize = 100_000;
/// Deepest directory that a listing enters.
pub(crate) const LISTING_DEPTH_MAX: usize = 64;
/// Bytes that one listing reads for its ETags; then the page ends.
pub(crate) const LISTING_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// How long one call to the storage may take.
pub(crate) const STORAGE_TIME: Duration = Duration::from_secs(30);

/// Milliseconds that one call to a store may take in all: default, least and most that can be said.
pub(crate) const REMOTE_TIME_MS: (u64, u64, u64) = (25_000, 100, 600_000);
/// How often one request is made, the first time included.
pub(crate) const REMOTE_TRIES_MAX: usize = 3;
/// The first pause between two tries; each next one is twice as long.
pub(crate) const REMOTE_PAUSE: Duration = Duration::from_millis(50);
/// Slowest upload that is waited for, in bytes a second.
pub(crate) const UPLOAD_BYTES_PER_S_MIN: u64 = 4 * 1024 * 1024;
/// How long an unused connection to a store is kept.
pub(crate) const IDLE_TIME: Duration = Duration::from_secs(5);
/// Bytes of an HTTP answer before its body.
pub(crate) const HTTP_HEAD_BYTES_MAX: usize = 64 * 1024;
/// Bytes of a store's error that are read.
pub(crate) const ERROR_BODY_BYTES_MAX: u64 = 64 * 1024;
/// Keys and folders of one page of a store's listing.
pub(crate) const LISTING_PAGE_KEYS_MAX: usize = 1_000;
/// Pages of a store's listing that one call reads.
pub(crate) const LISTING_PAGES_MAX: usize = 20;
/// Objects of one listing that are asked for their tags one by one, where a store leaves them out.
pub(crate) const LISTING_HEADS_MAX: usize = 100;
/// Pages that are read of one folder of a store to find a key's twins.
pub(crate) const TWIN_PAGES_MAX: usize = 10;
/// Largest object that is written to a store by one unconditional request, in bytes; beyond, in parts.
pub(crate) const SINGLE_PUT_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Bytes of one part (S3's least is 5 MiB).
pub(crate) const PART_BYTES: usize = 8 * 1024 * 1024;
