//! DEFLATE (RFC 1951) under its gzip (RFC 1952) and zlib (RFC 1950) heads, bounded.
//! Knows nothing of checksums: a reader that forgives them reads too.

use super::plain::TooLong;

/// Longest Huffman code, in bits.
const CODE_BITS_MAX: usize = 15;
/// Base and extra bits of match lengths 257 to 285.
const LENGTHS: [(u16, u8); 29] = [
    (3, 0),
    (4, 0),
    (5, 0),
    (6, 0),
    (7, 0),
    (8, 0),
    (9, 0),
    (10, 0),
    (11, 1),
    (13, 1),
    (15, 1),
    (17, 1),
    (19, 2),
    (23, 2),
    (27, 2),
    (31, 2),
    (35, 3),
    (43, 3),
    (51, 3),
    (59, 3),
    (67, 4),
    (83, 4),
    (99, 4),
    (115, 4),
    (131, 5),
    (163, 5),
    (195, 5),
    (227, 5),
    (258, 0),
];
/// Base and extra bits of distances 0 to 29.
const DISTANCES: [(u16, u8); 30] = [
    (1, 0),
    (2, 0),
    (3, 0),
    (4, 0),
    (5, 1),
    (7, 1),
    (9, 2),
    (13, 2),
    (17, 3),
    (25, 3),
    (33, 4),
    (49, 4),
    (65, 5),
    (97, 5),
    (129, 6),
    (193, 6),
    (257, 7),
    (385, 7),
    (513, 8),
    (769, 8),
    (1025, 9),
    (1537, 9),
    (2049, 10),
    (3073, 10),
    (4097, 11),
    (6145, 11),
    (8193, 12),
    (12289, 12),
    (16385, 13),
    (24577, 13),
];
/// The order in which lengths of code lengths are written.
const ORDER: [usize; 19] = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
];

/// The DEFLATE stream behind a gzip or zlib head; `None` where there is no such head.
pub(super) fn packed(bytes: &[u8]) -> Option<&[u8]> {
    match bytes {
        [0x1f, 0x8b, 8, flags, _, _, _, _, _, _, rest @ ..] => skip_gzip_fields(*flags, rest),
        [0x78, level, rest @ ..] if (u16::from(*level) + 0x7800) % 31 == 0 => Some(rest),
        _ => None,
    }
}

fn skip_gzip_fields(flags: u8, mut rest: &[u8]) -> Option<&[u8]> {
    if flags & 4 != 0 {
        let [low, high, tail @ ..] = rest else {
            return None;
        };
        rest = tail.get(usize::from(u16::from_le_bytes([*low, *high]))..)?;
    }
    for _ in 0..(flags >> 3 & 1) + (flags >> 4 & 1) {
        let end = memchr::memchr(0, rest)?;
        rest = rest.get(end + 1..)?;
    }
    if flags & 2 != 0 {
        rest = rest.get(2..)?;
    }
    Some(rest)
}

/// Unpacks a stream; what was read before a fault counts, `None` where that is nothing.
pub(super) fn inflate(bytes: &[u8], most: usize) -> Result<Option<Vec<u8>>, TooLong> {
    let mut reader = Reader {
        bytes,
        at: 0,
        held: 0,
        count: 0,
        out: Vec::new(),
        most,
    };
    while let Some(last) = reader.block()? {
        if last {
            break;
        }
    }
    Ok((!reader.out.is_empty()).then_some(reader.out))
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    held: u32,
    count: u32,
    out: Vec<u8>,
    most: usize,
}

impl Reader<'_> {
    fn bits(&mut self, wanted: u32) -> Option<u32> {
        while self.count < wanted {
            self.held |= u32::from(*self.bytes.get(self.at)?) << self.count;
            self.at += 1;
            self.count += 8;
        }
        let value = self.held & ((1u32 << wanted) - 1);
        self.held >>= wanted;
        self.count -= wanted;
        Some(value)
    }

    /// Reads a block: whether it was the last; `None` at a fault.
    fn block(&mut self) -> Result<Option<bool>, TooLong> {
        let (Some(last), Some(kind)) = (self.bits(1), self.bits(2)) else {
            return Ok(None);
        };
        let whole = match kind {
            0 => self.stored()?,
            1 => {
                let (literals, distances) = fixed();
                self.compressed(&literals, &distances)?
            }
            2 => match self.codes() {
                Some((literals, distances)) => self.compressed(&literals, &distances)?,
                None => false,
            },
            _ => false,
        };
        Ok(whole.then_some(last == 1))
    }

    fn stored(&mut self) -> Result<bool, TooLong> {
        self.held = 0;
        self.count = 0;
        let Some([low, high, _, _]) = self.bytes.get(self.at..self.at + 4) else {
            return Ok(false);
        };
        let length = usize::from(u16::from_le_bytes([*low, *high]));
        self.at += 4;
        let Some(stored) = self.bytes.get(self.at..self.at + length) else {
            return Ok(false);
        };
        if self.out.len() + length > self.most {
            return Err(TooLong);
        }
        self.out.extend_from_slice(stored);
        self.at += length;
        Ok(true)
    }

    fn compressed(&mut self, literals: &Huffman, distances: &Huffman) -> Result<bool, TooLong> {
        loop {
            let Some(symbol) = self.symbol(literals) else {
                return Ok(false);
            };
            if self.out.len() >= self.most {
                return Err(TooLong);
            }
            match symbol {
                0..=255 => self.out.push(u8::try_from(symbol).unwrap_or(0)),
                256 => return Ok(true),
                _ => {
                    let Some((length, distance)) = self.reference(symbol, distances) else {
                        return Ok(false);
                    };
                    if self.out.len() + length > self.most {
                        return Err(TooLong);
                    }
                    if !self.repeat(length, distance) {
                        return Ok(false);
                    }
                }
            }
        }
    }

    fn reference(&mut self, symbol: u16, distances: &Huffman) -> Option<(usize, usize)> {
        let (base, extra) = *LENGTHS.get(usize::from(symbol.checked_sub(257)?))?;
        let length = u32::from(base) + self.bits(u32::from(extra))?;
        let (base, extra) = *DISTANCES.get(usize::from(self.symbol(distances)?))?;
        let distance = u32::from(base) + self.bits(u32::from(extra))?;
        Some((
            usize::try_from(length).ok()?,
            usize::try_from(distance).ok()?,
        ))
    }

    fn repeat(&mut self, length: usize, distance: usize) -> bool {
        for _ in 0..length {
            let from = self.out.len().checked_sub(distance);
            let Some(byte) = from.and_then(|at| self.out.get(at)).copied() else {
                return false;
            };
            self.out.push(byte);
        }
        true
    }

    fn symbol(&mut self, code: &Huffman) -> Option<u16> {
        let (mut value, mut first, mut index) = (0u32, 0u32, 0u32);
        for count in code.counts.iter().skip(1) {
            value |= self.bits(1)?;
            let count = u32::from(*count);
            if value < first + count {
                let at = usize::try_from(index + (value - first)).ok()?;
                return code.symbols.get(at).copied();
            }
            index += count;
            first = (first + count) << 1;
            value <<= 1;
        }
        None
    }

    fn codes(&mut self) -> Option<(Huffman, Huffman)> {
        let literals = usize::try_from(self.bits(5)? + 257).ok()?;
        let distances = usize::try_from(self.bits(5)? + 1).ok()?;
        let written = usize::try_from(self.bits(4)? + 4).ok()?;
        let mut lengths = [0u8; 19];
        for at in ORDER.iter().take(written) {
            *lengths.get_mut(*at)? = u8::try_from(self.bits(3)?).ok()?;
        }
        let code = Huffman::new(&lengths);
        let mut all: Vec<u8> = Vec::with_capacity(literals + distances);
        while all.len() < literals + distances {
            let (value, times) = match self.symbol(&code)? {
                symbol @ 0..=15 => (u8::try_from(symbol).ok()?, 1),
                16 => (*all.last()?, self.bits(2)? + 3),
                17 => (0, self.bits(3)? + 3),
                _ => (0, self.bits(7)? + 11),
            };
            all.extend(std::iter::repeat_n(value, usize::try_from(times).ok()?));
        }
        let (one, other) = all.split_at_checked(literals)?;
        Some((Huffman::new(one), Huffman::new(other)))
    }
}

/// A canonical code: how many symbols of each length, and the symbols in order.
struct Huffman {
    counts: [u16; CODE_BITS_MAX + 1],
    symbols: Vec<u16>,
}

impl Huffman {
    fn new(lengths: &[u8]) -> Self {
        let mut counts = [0u16; CODE_BITS_MAX + 1];
        let mut symbols = Vec::with_capacity(lengths.len());
        for (length, count) in (0u8..).zip(counts.iter_mut()) {
            for (symbol, own) in (0u16..).zip(lengths) {
                if *own == length && length > 0 {
                    *count += 1;
                    symbols.push(symbol);
                }
            }
        }
        Self { counts, symbols }
    }
}

/// The fixed codes of RFC 1951 §3.2.6.
fn fixed() -> (Huffman, Huffman) {
    let lengths: Vec<u8> = (0..288u16)
        .map(|symbol| match symbol {
            0..=143 => 8,
            144..=255 => 9,
            256..=279 => 7,
            _ => 8,
        })
        .collect();
    (Huffman::new(&lengths), Huffman::new(&[5u8; 30]))
}
