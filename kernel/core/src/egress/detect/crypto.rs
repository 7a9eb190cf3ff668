//! Wallet addresses: base58check, bech32 and hexadecimal account forms.
//! Knows nothing of chains beyond their prefixes.

use sha2::{Digest, Sha256};

use super::checksum::uniform;
use super::secret_format::is_plausible;
use super::text::Text;
use super::veto;
use crate::egress::hit::Hit;
use crate::egress::kind::Kind;
use crate::egress::words::Word;

const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
/// The letters of the XRP ledger, in their order.
const RIPPLE58: &[u8; 58] = b"rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";
const BECH32: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
/// Longest payload: an extended key.
const PAYLOAD_BYTES_MAX: usize = 82;
/// Version byte (one, or Zcash's two), 20 bytes of hash, 4 of checksum.
const ADDRESS_BYTES: [usize; 2] = [25, 26];
/// A private key to be imported: version, 32 bytes, perhaps a mark, 4 of checksum.
const KEY_BYTES: [usize; 2] = [37, 38];
/// Letters of an address that counts where it is named (Solana, Polkadot, TON).
const NAMED_LETTERS: std::ops::RangeInclusive<usize> = 32..=48;
/// Human-readable parts of addresses with this checksum, the parting `1` included.
const BECH32_HEADS: [&str; 17] = [
    "bc1",
    "tb1",
    "ltc1",
    "bcrt1",
    "addr1",
    "stake1",
    "cosmos1",
    "osmo1",
    "terra1",
    "bnb1",
    "inj1",
    "juno1",
    "celestia1",
    "sei1",
    "dydx1",
    "kava1",
    "thor1",
];

/// Finds addresses among the words with digits.
pub(super) fn find(text: &Text<'_>, hits: &mut Vec<Hit>) {
    for word in &text.lexed.words {
        let bytes = text.bytes(word.start, word.end);
        let found = match bytes.len() {
            42 if bytes.starts_with(b"0x") => is_account(bytes).then_some(Kind::CRYPTO),
            26..=36 if is_base58check(bytes, BASE58, &ADDRESS_BYTES) => Some(Kind::CRYPTO),
            26..=36 if bytes.starts_with(b"r") => {
                is_base58check(bytes, RIPPLE58, &ADDRESS_BYTES).then_some(Kind::CRYPTO)
            }
            51..=52 if is_base58check(bytes, BASE58, &KEY_BYTES) => Some(Kind::PRIVATE_KEY),
            111 if bytes.starts_with(b"xp") => {
                is_base58check(bytes, BASE58, &[PAYLOAD_BYTES_MAX]).then_some(Kind::PRIVATE_KEY)
            }
            95 | 106 if is_monero(bytes) => Some(Kind::CRYPTO),
            56 if is_stellar(bytes) => Some(Kind::CRYPTO),
            38..=110 => is_bech32(bytes).then_some(Kind::CRYPTO),
            _ => None,
        };
        let found = found.or_else(|| is_named(text, word, bytes).then_some(Kind::CRYPTO));
        hits.extend(found.map(|kind| Hit::new(kind, word.start, word.end)));
    }
}

/// Ninety-five letters, or eleven more with a payment's number: nothing else is written so.
fn is_monero(bytes: &[u8]) -> bool {
    matches!(bytes.first(), Some(b'4' | b'8')) && bytes.iter().all(|byte| BASE58.contains(byte))
}

/// `G` and base 32 of a key of 32 bytes and its checksum.
fn is_stellar(bytes: &[u8]) -> bool {
    let letters = |byte: &u8| matches!(byte, b'A'..=b'Z' | b'2'..=b'7');
    matches!(bytes, [b'G', b'A'..=b'D', ..])
        && bytes.iter().all(letters)
        && bytes.iter().any(u8::is_ascii_digit)
}

/// An address without a checksum that is known here, where a key or the words before it name one.
fn is_named(text: &Text<'_>, word: &Word, bytes: &[u8]) -> bool {
    NAMED_LETTERS.contains(&bytes.len())
        && (text.context.kinds.has(Kind::CRYPTO) || text.may_be_led(word.start))
        && bytes.iter().all(u8::is_ascii_alphanumeric)
        && bytes.iter().any(u8::is_ascii_alphabetic)
        && !bytes.starts_with(b"0x")
        && !veto::digest(text, word)
        && text.cue(word.start).kinds.has(Kind::CRYPTO)
        && is_plausible(text.slice(word.start, word.end))
}

/// `0x` and forty hexadecimal letters; sixty-four would be a transaction.
fn is_account(bytes: &[u8]) -> bool {
    let body = bytes.get(2..).unwrap_or_default();
    body.iter().all(u8::is_ascii_hexdigit) && !uniform(body)
}

/// Whether the letters are so many bytes whose last four are the checksum of the rest.
fn is_base58check(bytes: &[u8], letters: &[u8; 58], lengths: &[usize]) -> bool {
    let mut held = [0u8; PAYLOAD_BYTES_MAX];
    let longest = lengths.iter().max().copied().unwrap_or(0);
    let payload = held.get_mut(..longest).unwrap_or_default();
    for byte in bytes {
        let Some(digit) = letters.iter().position(|letter| letter == byte) else {
            return false;
        };
        let mut carry = u32::try_from(digit).unwrap_or(0);
        for slot in payload.iter_mut().rev() {
            carry += u32::from(*slot) * 58;
            *slot = u8::try_from(carry & 0xFF).unwrap_or(0);
            carry >>= 8;
        }
        if carry > 0 {
            return false;
        }
    }
    lengths.iter().any(|length| {
        let (above, value) = payload.split_at(longest.saturating_sub(*length));
        let (body, check) = value.split_at(value.len().saturating_sub(4));
        above.iter().all(|byte| *byte == 0)
            && Sha256::digest(Sha256::digest(body)).starts_with(check)
    })
}

/// BIP 173 and BIP 350: the checksum alone.
fn is_bech32(bytes: &[u8]) -> bool {
    let heads = |head: &&&str| {
        let start = bytes.get(..head.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(head.as_bytes()))
    };
    let Some(prefix) = BECH32_HEADS.iter().find(heads) else {
        return false;
    };
    let lower = bytes.to_ascii_lowercase();
    let human = prefix.trim_end_matches('1').as_bytes();
    let mut state = 1u32;
    let high = human.iter().map(|byte| u32::from(byte >> 5));
    let low = human.iter().map(|byte| u32::from(byte & 31));
    for value in high.chain(std::iter::once(0)).chain(low) {
        state = polymod(state, value);
    }
    for byte in lower.iter().skip(prefix.len()) {
        let Some(value) = BECH32.iter().position(|letter| letter == byte) else {
            return false;
        };
        state = polymod(state, u32::try_from(value).unwrap_or(0));
    }
    matches!(state, 1 | 0x2bc8_30a3)
}

fn polymod(state: u32, value: u32) -> u32 {
    const TERMS: [u32; 5] = [
        0x3b6a_57b2,
        0x2650_8e6d,
        0x1ea1_19fa,
        0x3d42_33dd,
        0x2a14_62b3,
    ];
    let top = state >> 25;
    let next = (state & 0x01ff_ffff) << 5 ^ value;
    TERMS
        .iter()
        .enumerate()
        .filter(|(at, _)| top >> at & 1 == 1)
        .fold(next, |state, (_, term)| state ^ term)
}
