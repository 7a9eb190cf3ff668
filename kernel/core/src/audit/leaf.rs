//! The hash of one record's line: its leaf in the tree and its successor's `prev`.
//! Knows nothing of what the line says.

use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

/// 32 bytes of SHA-256, written as 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Leaf([u8; 32]);

impl Leaf {
    /// RFC 6962 §2.1: `SHA-256(0x00 ‖ line)`, the line without its newline.
    #[must_use]
    pub fn of_line(line: &[u8]) -> Self {
        let mut hash = Sha256::new();
        hash.update([0]);
        hash.update(line);
        Self(hash.finalize().into())
    }

    /// RFC 6962 §2.1: `SHA-256(0x01 ‖ left ‖ right)`.
    #[must_use]
    pub fn of_children(left: Self, right: Self) -> Self {
        let mut hash = Sha256::new();
        hash.update([1]);
        hash.update(left.0);
        hash.update(right.0);
        Self(hash.finalize().into())
    }

    /// What stands in `prev` of record 0: it binds the chain to its log's id, so that two logs
    /// never share a beginning.
    #[must_use]
    pub fn genesis(log: &str) -> Self {
        let mut hash = Sha256::new();
        hash.update(b"aegis/genesis/v1\n");
        hash.update(log.as_bytes());
        Self(hash.finalize().into())
    }

    /// A plain SHA-256: the root of an empty tree, a torn tail, a key's name.
    #[must_use]
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The hash as it is.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn hex(&self) -> [u8; 64] {
        let mut text = [0_u8; 64];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
            if let [high, low] = pair {
                *high = digit(byte >> 4);
                *low = digit(byte);
            }
        }
        text
    }

    /// Reads 64 lower-case hex digits; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::of_hex(text.as_bytes().try_into().ok()?)
    }

    /// Reads 64 lower-case hex digits; `None` for anything else.
    pub(super) fn of_hex(digits: &[u8; 64]) -> Option<Self> {
        let mut bytes = [0_u8; 32];
        let mut wrong = 0;
        let (eights, _) = digits.as_chunks::<8>();
        let (fours, _) = bytes.as_chunks_mut::<4>();
        for (four, eight) in fours.iter_mut().zip(eights) {
            let (read, odd) = four_of(u64::from_le_bytes(*eight));
            *four = read;
            wrong |= odd;
        }
        (wrong == 0).then_some(Self(bytes))
    }
}

/// Eight digits at a time: a verifier reads some leaves for each record. Beside what they say, not 0 where one of
/// them is no digit.
fn four_of(digits: u64) -> ([u8; 4], u64) {
    const EACH: u64 = 0x0101_0101_0101_0101;
    // Bit 6 tells letters from numbers. What comes out is judged by writing it again.
    let nibbles = (digits & (EACH * 0x0f)).wrapping_add(((digits >> 6) & EACH).wrapping_mul(9));
    let letters = (nibbles.wrapping_add(EACH * 6) >> 4) & EACH;
    let again = nibbles
        .wrapping_add(EACH * 0x30)
        .wrapping_add(letters.wrapping_mul(0x27));
    let odd = (again ^ digits) | (nibbles & (EACH * 0xf0));
    let pairs = ((nibbles << 4) | (nibbles >> 8)) & 0x00ff_00ff_00ff_00ff;
    let fours = (pairs | (pairs >> 8)) & 0x0000_ffff_0000_ffff;
    let [a, b, _, _, c, d, _, _] = fours.to_le_bytes();
    ([a, b, c, d], odd)
}

fn digit(nibble: u8) -> u8 {
    match nibble & 0xf {
        low @ 0..=9 => b'0' + low,
        high => b'a' + high - 10,
    }
}

impl fmt::Display for Leaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.hex()).unwrap_or_default())
    }
}

impl fmt::Debug for Leaf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Leaf {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        // Not `collect_str`: it formats piecewise, and a verifier writes each record again.
        to.serialize_str(std::str::from_utf8(&self.hex()).unwrap_or_default())
    }
}

impl<'de> Deserialize<'de> for Leaf {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Hex;
        impl Visitor<'_> for Hex {
            type Value = Leaf;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("64 lower-case hex digits")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Leaf, E> {
                Leaf::parse(text).ok_or_else(|| E::custom("not 64 lower-case hex digits"))
            }
        }
        from.deserialize_str(Hex)
    }
}
