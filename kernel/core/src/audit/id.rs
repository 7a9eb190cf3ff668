//! Ids of logs, boots and calls: 26 characters that sort by the time of their making.
//! Knows nothing of clocks or randomness: both are given.

use std::fmt;

use serde::de::{Error, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Crockford's base 32, lower case: no `i`, `l`, `o` or `u` to misread.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// 48 bits of milliseconds and 80 bits of randomness, in the layout of a ULID.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(u128);

impl Id {
    /// Joins a time and randomness.
    #[must_use]
    pub fn new(unix_ms: u64, random: [u8; 10]) -> Self {
        let low = random
            .iter()
            .fold(0_u128, |sum, byte| (sum << 8) | u128::from(*byte));
        Self((u128::from(unix_ms & 0xffff_ffff_ffff) << 80) | low)
    }

    /// When it was made, in milliseconds since 1970 UTC, by the clock of who made it.
    #[must_use]
    pub fn unix_ms(self) -> u64 {
        u64::try_from(self.0 >> 80).unwrap_or_default()
    }

    fn text(&self) -> [u8; 26] {
        let mut text = [b'0'; 26];
        let mut rest = self.0;
        for slot in text.iter_mut().rev() {
            let digit = usize::try_from(rest & 31).unwrap_or_default();
            *slot = ALPHABET.get(digit).copied().unwrap_or(b'0');
            rest >>= 5;
        }
        text
    }

    /// Reads the text form; `None` for anything that [`fmt::Display`] would not have written.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::of_digits(text.as_bytes().try_into().ok()?)
    }

    /// Reads the text form; `None` for anything that [`fmt::Display`] would not have written.
    pub(super) fn of_digits(digits: &[u8; 26]) -> Option<Self> {
        let mut values = [0_u8; 26];
        let mut wrong = 0_u8;
        for (value, digit) in values.iter_mut().zip(digits) {
            *value = VALUES.get(usize::from(*digit)).copied().unwrap_or(NONE);
            wrong |= *value;
        }
        // 26 digits hold 130 bits: the first one may use three of its five.
        let [first, second, rest @ ..] = values;
        if wrong & NONE != 0 || first > 7 {
            return None;
        }
        let twelve = |part: &[u8]| {
            let joined = |sum: u64, digit: &u8| (sum << 5) | u64::from(*digit);
            u128::from(part.iter().fold(0, joined))
        };
        let (middle, low) = rest.split_at_checked(12)?;
        let high = (u128::from(first) << 125) | (u128::from(second) << 120);
        Some(Self(high | (twelve(middle) << 60) | twelve(low)))
    }
}

/// What is no digit.
const NONE: u8 = 0x80;

/// The value of each byte as a digit.
const VALUES: [u8; 256] = values();

const fn values() -> [u8; 256] {
    let mut values = [NONE; 256];
    let mut rest: &[u8] = ALPHABET;
    let mut value = 0;
    while let [digit, more @ ..] = rest {
        let (before, _) = values.split_at_mut(*digit as usize + 1);
        if let [.., slot] = before {
            *slot = value;
        }
        value += 1;
        rest = more;
    }
    values
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(std::str::from_utf8(&self.text()).unwrap_or_default())
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(std::str::from_utf8(&self.text()).unwrap_or_default())
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Form;
        impl Visitor<'_> for Form {
            type Value = Id;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an id of 26 characters")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Id, E> {
                Id::parse(text).ok_or_else(|| E::custom("not an id of 26 characters"))
            }
        }
        from.deserialize_str(Form)
    }
}
