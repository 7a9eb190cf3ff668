//! Datasets, receipts and budgets: what is remembered between calls.
//! Knows nothing of the store.

use super::RESPONSE_BYTES_MAX;

/// Largest dataset that the kernel reads for validation, in bytes.
pub const DATASET_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Largest response to the kernel's own reading, in bytes: a dataset as JSON text.
pub const FETCH_BYTES_MAX: usize = 2 * DATASET_BYTES_MAX;
/// Most columns of a dataset.
pub const DATASET_COLUMNS_MAX: usize = 1_024;
/// Most cells of a dataset: a file of commas alone is small on disk and large in memory.
pub const DATASET_CELLS_MAX: usize = 4_000_000;
/// What the pages of a dataset may be unpacked to, and how long its texts may be in all, in bytes: a small file can hold one
/// long text a million times.
pub const DATASET_UNPACKED_BYTES_MAX: usize = 2 * DATASET_BYTES_MAX;
/// Most failing rows that one check names.
pub const FAILING_ROWS_SHOWN_MAX: usize = 20;
/// How far the clock may step back (NTP corrects in small steps) before receipts stop counting, in milliseconds.
pub const CLOCK_TOLERANCE_MS: i64 = 5_000;
/// Most receipts of one subject that the state store keeps, spent ones included.
pub const RECEIPTS_PER_SUBJECT_MAX: usize = 64;
/// Receipts that one record of a decision quotes, the newest first.
pub const RECEIPTS_NOTED_MAX: usize = 16;
/// Most subjects whose latest write the state store remembers one by one.
pub const WRITTEN_SUBJECTS_MAX: usize = 4_096;
/// Most notes about data that the state store keeps: labels that went with values, tables that were there.
pub const NOTES_MAX: usize = 65_536;
/// Default lifetime of a receipt, in seconds.
pub const RECEIPT_TTL_S: u64 = 86_400;
/// Slots that a budget's window is divided into: what is charged counts for at most one slot longer.
pub const BUDGET_SLOTS: i64 = 32;
/// Longest window of a budget, in seconds: 366 days.
pub const BUDGET_WINDOW_S_MAX: u64 = 366 * 86_400;
/// Greatest amount of one budget: a thousand thousand million, so that nothing overflows.
pub const BUDGET_LIMIT_MAX: u64 = 1_000_000_000_000;
/// Greatest amount of a token bucket times its period in milliseconds: twice as much still fits the books.
pub const BUDGET_BOOKED_MAX: u64 = 1 << 61;
/// How much of the time before the machine was started counts for budgets where the wall clock alone tells of it, in
/// milliseconds.
pub const BUDGET_UNPROVEN_MS_MAX: i64 = 3_600_000;
/// Most different values that one budget counts: each is a row of the state store.
pub const BUDGET_VALUES_MAX: u64 = 4_096;
/// Longest period in which a token bucket is refilled, in seconds: 31 days.
pub const BUDGET_REFILL_S_MAX: u64 = 31 * 86_400;
/// Most slots of budgets that the state store keeps; a full book denies what would be charged.
pub const BUDGET_CHARGES_MAX: usize = 65_536;
/// Longest text of a catalogue, in bytes: it was an answer of a downstream.
pub const CATALOG_BYTES_MAX: usize = 2 * RESPONSE_BYTES_MAX;
