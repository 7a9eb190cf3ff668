//! Addresses of machines: IPv4, IPv6, MAC.
//! Knows nothing of the machines.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::text::Text;
use crate::egress::hit::Hit;
use crate::egress::kind::Kind;
use crate::egress::words::class;

/// Longest IPv6 text with an embedded IPv4 address.
const IPV6_BYTES_MAX: usize = 45;
/// Longest IPv4 text.
const V4_BYTES_MAX: usize = 15;
/// Words before four numbers that make them a version.
const VERSION_WORDS: [&str; 15] = [
    "v", "ver", "version", "versions", "release", "rev", "revision", "build", "openssl",
    "firmware", "oid", "chrome", "section", "assembly", "upgrade",
];

/// How names end before whose slash a version follows.
const BROWSERS: [&str; 14] = [
    "chrome", "chromium", "safari", "edg", "edge", "edga", "opr", "firefox", "crios", "electron",
    "browser", "vivaldi", "webkit", "trident",
];

/// Finds addresses.
pub(super) fn find(text: &Text<'_>, hits: &mut Vec<Hit>) {
    if text.lexed.has(class::JOINER) {
        for word in &text.lexed.words {
            if text.byte(word.end) == b'.' && word.end - word.start <= 4 {
                v4(text, word.start, hits);
                cisco(text, word.start, hits);
            }
        }
    }
    for at in memchr::memchr2_iter(b':', b'-', text.text.as_bytes()) {
        mac(text, at, hits);
        if text.byte(at) == b':' {
            v6(text, at, hits);
        }
    }
}

fn v4(text: &Text<'_>, start: usize, hits: &mut Vec<Hit>) {
    let mut end = text.skip_most(start, V4_BYTES_MAX + 1, |byte| {
        byte.is_ascii_digit() || byte == b'.'
    });
    if text.before(end) == b'.' {
        end -= 1;
    }
    let before = text.before(start);
    let Ok(address) = text.slice(start, end).parse::<Ipv4Addr>() else {
        return;
    };
    let more = text.byte(end) == b'.' && text.byte(end + 1).is_ascii_digit();
    let version = text.byte(end) == b'-' && text.byte(end + 1).is_ascii_alphabetic();
    if before == b'.' || before == b'-' || more || version || text.in_word(end) {
        return;
    }
    let named = text.context.kinds.has(Kind::IP_ADDRESS);
    let network = text.byte(end) == b'/' && is_network(text, address, end + 1);
    if is_person_like_v4(address) && !network && (named || !is_version(text, start, address)) {
        hits.push(Hit::new(Kind::IP_ADDRESS, start, end));
    }
}

/// Addresses that name nobody: loopback, unspecified, broadcast, masks, multicast.
fn is_person_like_v4(address: Ipv4Addr) -> bool {
    let [first, ..] = address.octets();
    !(address.is_loopback()
        || first == 0
        || first >= 240
        || address.is_multicast()
        || is_mask(address))
}

/// `255.255.255.0` and the wildcard `0.0.0.255`.
fn is_mask(address: Ipv4Addr) -> bool {
    let bits = u32::from(address);
    bits.leading_ones() + bits.trailing_zeros() == 32
}

/// `10.0.0.0/8`: a network, not a machine.
fn is_network(text: &Text<'_>, address: Ipv4Addr, at: usize) -> bool {
    let end = text.skip_most(at, 3, |byte| byte.is_ascii_digit());
    text.slice(at, end)
        .parse::<u32>()
        .is_ok_and(|bits| bits < 32 && u32::from(address).trailing_zeros() >= 32 - bits)
}

/// `2001:db8::/32`: as with four bytes.
fn is_network_6(text: &Text<'_>, address: Ipv6Addr, at: usize) -> bool {
    let end = text.skip_most(at, 4, |byte| byte.is_ascii_digit());
    text.slice(at, end)
        .parse::<u32>()
        .is_ok_and(|bits| bits < 128 && u128::from(address).trailing_zeros() >= 128 - bits)
}

/// `OpenSSL 3.0.2.1`, `v1.2.3.4`, `app/1.2.3.4`.
fn is_version(text: &Text<'_>, start: usize, address: Ipv4Addr) -> bool {
    if text.word_before(start) {
        return true;
    }
    let lead = text
        .lead(start)
        .trim_end_matches([' ', ':', '=', '"', '\'', '(']);
    let word = lead
        .rsplit(|c: char| !c.is_ascii_alphanumeric())
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    // `AssemblyFileVersion("…")`.
    if VERSION_WORDS.contains(&word.as_str()) || word.ends_with("version") {
        return true;
    }
    let small = address.octets().iter().all(|octet| *octet < 32);
    let product = lead.ends_with('/') && lead.len() > 1 && text.before(start) == b'/';
    let heading = address.octets().iter().all(|octet| *octet < 10)
        && lead.is_empty()
        && text.byte(text.skip_most(start, V4_BYTES_MAX + 1, |b| b.is_ascii_digit() || b == b'.'))
            == b' ';
    if product && is_browser(lead) {
        return true;
    }
    small && (product || (heading && start == 0 && text.context.kinds.is_empty()))
}

/// Whether the name of a browser or its engine stands before the slash: `Chrome/120.0.0.0`.
fn is_browser(lead: &str) -> bool {
    let name = lead.trim_end_matches('/');
    let name = name.rsplit(|c: char| !c.is_ascii_alphanumeric()).next();
    let name = name.unwrap_or_default().to_ascii_lowercase();
    BROWSERS.iter().any(|browser| name.ends_with(browser))
}

fn v6(text: &Text<'_>, colon: usize, hits: &mut Vec<Hit>) {
    let fits = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
    let start = text.skip_back(colon, IPV6_BYTES_MAX, fits);
    // Only the first colon of a run asks, so that a run of colons costs one look each.
    if text.bytes(start, colon).contains(&b':') || text.word_before(start) {
        return;
    }
    let mut end = text.skip_most(colon, IPV6_BYTES_MAX + 2, fits);
    if end - start > IPV6_BYTES_MAX + 1 || text.in_word(end) {
        return;
    }
    while matches!(text.before(end), b'.')
        || (text.before(end) == b':' && text.before(end - 1) != b':')
    {
        end -= 1;
    }
    let Ok(address) = text.slice(start, end).parse::<Ipv6Addr>() else {
        return;
    };
    let parts = text
        .slice(start, end)
        .split(':')
        .filter(|part| !part.is_empty())
        .count();
    let digit = text.bytes(start, end).iter().any(u8::is_ascii_digit);
    let mapped = match address.to_canonical() {
        IpAddr::V4(four) => is_person_like_v4(four),
        IpAddr::V6(six) => !six.is_loopback() && !six.is_unspecified() && !six.is_multicast(),
    };
    let network = text.byte(end) == b'/' && is_network_6(text, address, end + 1);
    if digit && parts >= 2 && mapped && !network {
        hits.push(Hit::new(Kind::IP_ADDRESS, start, end));
    }
}

/// Six pairs with `:` or `-` between, from the first separator on.
fn mac(text: &Text<'_>, separator: usize, hits: &mut Vec<Hit>) {
    let Some(start) = separator.checked_sub(2) else {
        return;
    };
    let by = text.byte(separator);
    let end = start + 17;
    let bytes = text.bytes(start, end);
    let shaped = bytes.len() == 17
        && bytes.iter().enumerate().all(|(n, byte)| {
            if n % 3 == 2 {
                *byte == by
            } else {
                byte.is_ascii_hexdigit()
            }
        });
    if !shaped
        || text.word_before(start)
        || text.in_word(end)
        || text.byte(end) == by
        || text.before(start) == by
    {
        return;
    }
    push_mac(text, start, end, hits);
}

/// `0011.2233.4455`.
fn cisco(text: &Text<'_>, start: usize, hits: &mut Vec<Hit>) {
    let end = start + 14;
    let bytes = text.bytes(start, end);
    let shaped = bytes.len() == 14
        && bytes.iter().enumerate().all(|(n, byte)| {
            if n % 5 == 4 {
                *byte == b'.'
            } else {
                byte.is_ascii_hexdigit()
            }
        });
    let letters = bytes.iter().any(u8::is_ascii_alphabetic);
    let named = text.context.kinds.has(Kind::MAC_ADDRESS);
    if shaped
        && (letters || named)
        && !text.in_word(end)
        && text.byte(end) != b'.'
        && text.before(start) != b'.'
    {
        push_mac(text, start, end, hits);
    }
}

fn push_mac(text: &Text<'_>, start: usize, end: usize, hits: &mut Vec<Hit>) {
    let mut digits = text
        .bytes(start, end)
        .iter()
        .filter(|byte| byte.is_ascii_hexdigit());
    let first = digits.next();
    // All zeros and broadcast name no machine.
    if !digits.all(|byte| Some(byte) == first) {
        hits.push(Hit::new(Kind::MAC_ADDRESS, start, end));
    }
}
