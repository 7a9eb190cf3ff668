//! Values in sealed form: constant to every expression, opened again by the wall alone.
//! Knows nothing of SQL. The key lives as long as one call, so nothing sealed outlives it.
//!
//! A sealed measure is `AE 6D`, two bytes of its column, 16 of the row's identity, 9 of the value and 16 of a tag.
//! Equal values of different rows have nothing in common, and a form that was cut, joined or changed opens to nothing.

use std::fmt;
use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use rusqlite::types::ValueRef;
use sha2::Sha256;

/// Who a row is, for one call.
pub(super) type Identity = [u8; 16];

/// A measured value; text and blobs are none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Number {
    Integer(i64),
    Real(f64),
    /// Something that cannot be summed: the whole sum is then none.
    Odd,
}

/// A sealed measure, opened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Opened {
    pub(super) column: u16,
    pub(super) row: Identity,
    pub(super) number: Number,
}

const MEASURE: [u8; 2] = [0xae, b'm'];
const MEASURE_BYTES: usize = 2 + 2 + 16 + 9 + 16;

/// Seals and opens under one key.
#[derive(Clone)]
pub(super) struct Sealer(Arc<[u8; 32]>);

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer([hidden])")
    }
}

impl Sealer {
    /// A sealer with this key.
    pub(super) fn new(key: [u8; 32]) -> Self {
        Self(Arc::new(key))
    }

    /// Seals one measured value; `None` is NULL.
    pub(super) fn measure(
        &self,
        column: u16,
        key: &[ValueRef<'_>],
        value: ValueRef<'_>,
    ) -> Option<Vec<u8>> {
        let mut plain = [0_u8; 9];
        let (kind, bytes) = match value {
            ValueRef::Null => return None,
            ValueRef::Integer(integer) => (1, integer.to_be_bytes()),
            ValueRef::Real(real) => (2, real.to_bits().to_be_bytes()),
            ValueRef::Text(_) | ValueRef::Blob(_) => (3, [0; 8]),
        };
        for (to, from) in plain.iter_mut().zip(std::iter::once(kind).chain(bytes)) {
            *to = from;
        }
        let row = self.identity(key);
        let column = column.to_be_bytes();
        for (byte, pad) in plain.iter_mut().zip(self.mac(b'p', &[&column, &row])) {
            *byte ^= pad;
        }
        let tag = self.mac(b't', &[&column, &row, &plain]);
        let mut sealed = Vec::with_capacity(MEASURE_BYTES);
        sealed.extend_from_slice(&MEASURE);
        sealed.extend_from_slice(&column);
        sealed.extend_from_slice(&row);
        sealed.extend_from_slice(&plain);
        sealed.extend(tag.iter().take(16));
        Some(sealed)
    }

    /// Opens a sealed measure; `None` for anything else.
    pub(super) fn open(&self, sealed: &[u8]) -> Option<Opened> {
        if sealed.len() != MEASURE_BYTES {
            return None;
        }
        let rest = sealed.strip_prefix(&MEASURE)?;
        let (column, rest) = rest.split_first_chunk::<2>()?;
        let (row, rest) = rest.split_first_chunk::<16>()?;
        let (hidden, tag) = rest.split_first_chunk::<9>()?;
        let wanted = self.mac(b't', &[column, row, hidden]);
        let differs = tag
            .iter()
            .zip(&wanted)
            .fold(0, |differs, (a, b)| differs | (a ^ b));
        if differs != 0 {
            return None;
        }
        let mut plain = *hidden;
        for (byte, pad) in plain.iter_mut().zip(self.mac(b'p', &[column, row])) {
            *byte ^= pad;
        }
        let ([kind], bytes) = plain.split_first_chunk::<1>()?;
        let bytes: [u8; 8] = bytes.try_into().ok()?;
        let number = match kind {
            1 => Number::Integer(i64::from_be_bytes(bytes)),
            2 => Number::Real(f64::from_bits(u64::from_be_bytes(bytes))),
            _ => Number::Odd,
        };
        Some(Opened {
            column: u16::from_be_bytes(*column),
            row: *row,
            number,
        })
    }

    /// Who a row is, by its key: the same key is the same row, and nothing else can be told.
    fn identity(&self, key: &[ValueRef<'_>]) -> Identity {
        let mut bytes = Vec::new();
        for part in key {
            let (kind, part) = match part {
                ValueRef::Null => (0, Vec::new()),
                ValueRef::Integer(integer) => (1, integer.to_be_bytes().to_vec()),
                ValueRef::Real(real) => (2, real.to_bits().to_be_bytes().to_vec()),
                ValueRef::Text(text) => (3, text.to_vec()),
                ValueRef::Blob(blob) => (4, blob.to_vec()),
            };
            bytes.push(kind);
            bytes.extend_from_slice(&part.len().to_be_bytes());
            bytes.extend_from_slice(&part);
        }
        let mac = self.mac(b'i', &[&bytes]);
        let mut identity = Identity::default();
        for (to, from) in identity.iter_mut().zip(mac) {
            *to = from;
        }
        identity
    }

    fn mac(&self, domain: u8, parts: &[&[u8]]) -> [u8; 32] {
        // HMAC takes keys of every length; without a result nothing would open.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.0.as_slice()) else {
            return [0; 32];
        };
        mac.update(&[domain]);
        for part in parts {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }
}
