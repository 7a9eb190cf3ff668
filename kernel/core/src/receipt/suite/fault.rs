//! Why content is not read: always by kind and line, never with its text.
//! Knows nothing of checks.

use thiserror::Error;

use super::ParquetFault;

/// Why content cannot be read wholly in its declared format. Lines count from 1.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum ContentFault {
    /// Larger than [`crate::limits::DATASET_BYTES_MAX`].
    #[error("content is larger than the bound")]
    TooLarge,
    /// More columns or cells than the bounds allow.
    #[error("content has more columns or cells than the bound")]
    TooManyCells,
    /// Not UTF-8, or it begins with a byte order mark, or holds NUL.
    #[error("content is not plain UTF-8 text")]
    NotText,
    /// No header, so no columns.
    #[error("content has no columns")]
    NoColumns,
    /// A column without a name, or two whose names are the same but for ASCII case.
    #[error("a column name is empty or stands twice")]
    ColumnNames,
    /// A row that does not have one value for each column.
    #[error("line {line} does not have one value for each column")]
    Ragged {
        /// Where the row begins.
        line: u64,
    },
    /// A Parquet file that is not read.
    #[error("{}", .0.as_str())]
    Parquet(ParquetFault),
    /// A line that breaks the format's grammar.
    #[error("line {line} is not in the declared format")]
    Malformed {
        /// Where the fault stands.
        line: u64,
    },
}
