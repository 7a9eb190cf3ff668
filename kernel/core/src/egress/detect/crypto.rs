//! Wallet addresses: base58check, bech32 and hexadecimal account forms.
//! Knows nothing of chains beyond their prefixes.

use sha2::{Digest, Sha256};

use super::checksum::uniform;
use super::text::Text;
use crate::egress::hit::Hit;
use crate::egress::kind::Kind;

const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const BECH32: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
/// Version byte, 20 bytes of hash, 4 of checksum.
const PAYLOAD_BYTES: usize = 25;
/// Human-readable parts of segwit addresses.
const SEGWIT: [&str; 4] = ["bc1", "tb1", "ltc1", "bcrt1"];

/// Finds addresses among the words with digits.
pub(super) fn find(text: &Text<'_>, hits: &mut Vec<Hit>) {
    for word in &text.lexed.words {
        let bytes = text.bytes(word.start, word.end);
        let found = match bytes.len() {
            42 if bytes.starts_with(b"0x") => is_account(bytes),
            42..=90 => is_segwit(bytes),
            26..=35 => is_base58check(bytes),
            _ => false,
        };
        if found {
            hits.push(Hit::new(Kind::CRYPTO, word.start, word.end));
        }
    }
}

/// `0x` and forty hexadecimal letters; sixty-four would be a transaction.
fn is_account(bytes: &[u8]) -> bool {
    let body = bytes.get(2..).unwrap_or_default();
    body.iter().all(u8::is_ascii_hexdigit) && !uniform(body)
}

fn is_base58check(bytes: &[u8]) -> bool {
    let mut payload = [0u8; PAYLOAD_BYTES];
    for byte in bytes {
        let Some(digit) = BASE58.iter().position(|letter| letter == byte) else {
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
    let (body, check) = payload.split_at(PAYLOAD_BYTES - 4);
    let digest = Sha256::digest(Sha256::digest(body));
    digest.starts_with(check)
}

/// BIP 173 and BIP 350: the checksum alone.
fn is_segwit(bytes: &[u8]) -> bool {
    let lower = bytes.to_ascii_lowercase();
    let Some(prefix) = SEGWIT
        .iter()
        .find(|prefix| lower.starts_with(prefix.as_bytes()))
    else {
        return false;
    };
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
