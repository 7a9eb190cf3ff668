//! Passes over a line in canonical form (RFC 8785), value by value, without copying.
//! Knows nothing of records, nor of serde.
//!
//! What it takes is what a writer would write again byte for byte. Whatever is unusual, a string with an escape among
//! it, is handed back as [`Odd`]: the caller then reads the line the long way. So it may refuse too much, never too
//! little.

use super::{Id, Int, Leaf};

/// The line is not canonical, or too unusual to be read in one pass.
#[derive(Debug)]
pub(super) struct Odd;

/// What is not read yet of a line.
pub(super) struct Cursor<'l> {
    rest: &'l [u8],
}

impl<'l> Cursor<'l> {
    pub(super) fn over(line: &'l [u8]) -> Self {
        Self { rest: line }
    }

    /// Whether everything was read.
    pub(super) fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn rest(&self) -> &'l [u8] {
        self.rest
    }

    #[inline]
    pub(super) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// Passes over these bytes where they stand next.
    #[inline]
    pub(super) fn passes(&mut self, bytes: &[u8]) -> bool {
        match self.rest.strip_prefix(bytes) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    #[inline]
    pub(super) fn expect(&mut self, bytes: &[u8]) -> Result<(), Odd> {
        self.passes(bytes).then_some(()).ok_or(Odd)
    }

    /// Passes over so many bytes.
    #[inline]
    fn skip(&mut self, bytes: usize) -> Result<&'l [u8], Odd> {
        let (passed, rest) = self.rest.split_at_checked(bytes).ok_or(Odd)?;
        self.rest = rest;
        Ok(passed)
    }

    /// Whether another item follows in a list or an object that ends with `end`.
    #[inline]
    pub(super) fn next_item(&mut self, first: &mut bool, end: u8) -> Result<bool, Odd> {
        if self.passes(&[end]) {
            return Ok(false);
        }
        if !std::mem::replace(first, false) {
            self.expect(b",")?;
        }
        Ok(true)
    }

    /// The name of the next member of an object whose member before had the name `before`. Names stand in their
    /// order, none of them twice.
    #[inline]
    pub(super) fn name(&mut self, before: &[u8]) -> Result<&'l [u8], Odd> {
        self.expect(b"\"")?;
        let name = self.skip(before_quote(self.rest))?;
        self.expect(b"\":")?;
        // Names are ASCII, for which the order of bytes is that of UTF-16 units. Most differ in the first one.
        if before.first() >= name.first() && before >= name {
            return Err(Odd);
        }
        Ok(name)
    }

    /// A string without escapes, in which nothing stands that a writer would have escaped.
    #[inline]
    pub(super) fn string(&mut self) -> Result<&'l str, Odd> {
        let text = self.word()?;
        let mut odd = false;
        for byte in text {
            odd |= *byte < 0x20 || *byte == b'\\';
        }
        if odd {
            return Err(Odd);
        }
        std::str::from_utf8(text).map_err(|_| Odd)
    }

    /// A string of which any byte may be odd: for who compares it with words that he knows.
    #[inline]
    pub(super) fn word(&mut self) -> Result<&'l [u8], Odd> {
        self.expect(b"\"")?;
        let word = self.skip(before_quote(self.rest))?;
        self.expect(b"\"")?;
        Ok(word)
    }

    /// A string of exactly `N - 2` bytes, which may be any but quotes: the caller judges them.
    #[inline]
    fn quoted<const N: usize>(&mut self) -> Result<&'l [u8; N], Odd> {
        let (quoted, rest) = self.rest.split_first_chunk::<N>().ok_or(Odd)?;
        self.rest = rest;
        Ok(quoted)
    }

    /// A hash.
    #[inline]
    pub(super) fn leaf(&mut self) -> Result<Leaf, Odd> {
        let [b'"', digits @ .., b'"'] = self.quoted::<66>()? else {
            return Err(Odd);
        };
        Leaf::of_hex(digits).ok_or(Odd)
    }

    /// An id.
    #[inline]
    pub(super) fn id(&mut self) -> Result<Id, Odd> {
        let [b'"', digits @ .., b'"'] = self.quoted::<28>()? else {
            return Err(Odd);
        };
        Id::of_digits(digits).ok_or(Odd)
    }

    /// The text of a moment; whether it is one is the caller's to say.
    #[inline]
    pub(super) fn moment(&mut self) -> Result<&'l [u8; 30], Odd> {
        match self.quoted::<32>()? {
            [b'"', text @ .., b'"'] => Ok(text),
            _ => Err(Odd),
        }
    }

    /// A string of digits, at least one.
    #[inline]
    pub(super) fn digits(&mut self) -> Result<&'l [u8], Odd> {
        self.expect(b"\"")?;
        let count = self.rest.iter().take_while(|b| b.is_ascii_digit()).count();
        let digits = self.skip(count)?;
        self.expect(b"\"")?;
        (count > 0).then_some(digits).ok_or(Odd)
    }

    /// A natural number in its one form, at most 16 digits long: no record holds a longer one.
    #[inline]
    pub(super) fn natural(&mut self) -> Result<u64, Odd> {
        let mut value = 0_u64;
        let mut digits = 0_usize;
        for byte in self.rest.iter().take_while(|byte| byte.is_ascii_digit()) {
            if digits == 16 {
                return Err(Odd);
            }
            value = value * 10 + u64::from(byte - b'0');
            digits += 1;
        }
        let zero_first = digits > 1 && self.rest.first() == Some(&b'0');
        if digits == 0 || zero_first {
            return Err(Odd);
        }
        self.skip(digits)?;
        Ok(value)
    }

    /// A number that a record may hold.
    #[inline]
    pub(super) fn int(&mut self) -> Result<Int, Odd> {
        let value = self.natural()?;
        (value <= Int::MAX)
            .then(|| Int::saturating(value))
            .ok_or(Odd)
    }
}

/// How many bytes stand before the first quote. Most names end within eight bytes, most values long after.
#[inline]
fn before_quote(bytes: &[u8]) -> usize {
    const EACH: u64 = 0x0101_0101_0101_0101;
    if let Some(eight) = bytes.first_chunk::<8>() {
        let other = u64::from_le_bytes(*eight) ^ (EACH * 0x22);
        // The lowest byte that is found is a true one: a borrow only disturbs the bytes above it.
        let found = other.wrapping_sub(EACH) & !other & (EACH * 0x80);
        if found != 0 {
            return usize::try_from(found.trailing_zeros() / 8).unwrap_or_default();
        }
    }
    memchr::memchr(b'"', bytes).unwrap_or(bytes.len())
}
