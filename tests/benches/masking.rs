//! Masking, whole path: parse, walk, fold, detect, mask, write. One thread, rows like a business system's.
//! Knows nothing of how anything is found.

use aegis_core::egress::{Profile, Scan, ScopeKey, Secrets, mask_json, mask_source, mask_text};
use aegis_core::json::{Json, parse};
use aegis_core::limits::RESPONSE_RULES;
// Memory comes from where the program's does.
use aegis_host as _;
use divan::Bencher;
use divan::counter::BytesCount;

/// Bytes of one result.
const BYTES: usize = 1024 * 1024;
/// About 200 bytes with an address and a telephone number in them.
const TEXT: &str = "Please ship order 4411-AB to the usual place and tell jane.doe@example.com that the \
invoice of 2024-03-01 over 1250.00 EUR is due; call +1 202 555 0147 with questions about the delivery window.";

fn main() {
    divan::main();
}

/// Rows, of which each `every`th holds a person.
fn rows(every: usize) -> String {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let mut out = String::from("{\"rows\":[");
    let mut n = 0;
    while out.len() < BYTES {
        if n > 0 {
            out.push(',');
        }
        out.push_str(&row(n, &mut next));
        if n % every == 0 {
            out.pop();
            out.push_str(&person(&mut next));
        }
        n += 1;
    }
    out.push_str("]}");
    out
}

fn row(n: usize, next: &mut impl FnMut() -> u64) -> String {
    let (a, b, c) = (next(), next(), next());
    format!(
        "{{\"id\":{},\"order_no\":\"SO-{:07}\",\"trace\":\"{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}\",\
\"created_at\":\"2024-{:02}-{:02}T{:02}:{:02}:{:02}Z\",\"sku\":\"AB-{:05}-XL\",\"quantity\":{},\
\"unit_price\":{}.{:02},\"status\":\"shipped\",\"warehouse\":\"hall {}\",\
\"note\":\"customer asked for a later delivery\"}}",
        100_000 + n,
        a % 10_000_000,
        b & 0xffff_ffff,
        b >> 32 & 0xffff,
        b >> 48 & 0xfff,
        c & 0xfff,
        c >> 12 & 0xffff_ffff_ffff,
        1 + a % 12,
        1 + (a >> 8) % 28,
        (a >> 16) % 24,
        (a >> 24) % 60,
        (a >> 32) % 60,
        (a >> 20) % 100_000,
        1 + (a >> 44) % 20,
        (a >> 11) % 900,
        (a >> 30) % 100,
        1 + (a >> 52) % 9,
    )
}

fn person(next: &mut impl FnMut() -> u64) -> String {
    let (a, b) = (next(), next());
    let body = format!("4{:014}", a % 100_000_000_000_000);
    let sum: u64 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(at, byte)| match (at % 2, u64::from(byte - b'0')) {
            (0, digit) if digit > 4 => digit * 2 - 9,
            (0, digit) => digit * 2,
            (_, digit) => digit,
        })
        .sum();
    format!(
        ",\"customer_name\":\"Olga Keller\",\"email\":\"olga.keller{}@example.com\",\
\"phone\":\"+1 202-555-{:04}\",\"card\":\"{body}{}\",\"ssn\":\"{:03}-{:02}-{:04}\"}}",
        b % 1000,
        b % 10_000,
        (10 - sum % 10) % 10,
        100 + b % 500,
        10 + b % 80,
        1000 + b % 9000,
    )
}

/// Rows of which one in fifty holds a person, and rows of which each does.
#[divan::bench(args = [50, 1])]
fn whole_path(bencher: Bencher, every: usize) {
    masked(bencher, &rows(every));
}

/// As [`whole_path`], for a value that is a tree before and after: read, masked, written.
#[divan::bench(args = [50, 1])]
fn as_a_tree(bencher: Bencher, every: usize) {
    let profile = Profile::standard();
    let secrets = Secrets::none();
    let scan = Scan {
        profile: &profile,
        secrets: &secrets,
        scope_key: &ScopeKey::new(&[7; 32]),
    };
    let text = rows(every);
    bencher.counter(BytesCount::of_str(&text)).bench(|| {
        let value = parse(text.as_bytes(), &RESPONSE_RULES).unwrap();
        mask_json(&scan, value).unwrap().0.to_string()
    });
}

/// Every text in a disguise: escaped, encoded, in letters of another width.
#[divan::bench]
fn disguised(bencher: Bencher) {
    let one = "{\"a\":\"jane.doe%40example.com\",\"b\":\"NDExMSAxMTExIDExMTEgMTExMQ==\",\
\"c\":\"４１１１ １１１１ １１１１ １１１１\",\"d\":\"&#52;111&#45;1111&#45;1111&#45;1111\",\
\"e\":\"6a616e652e646f65406578616d706c652e636f6d\",\"f\":\"jane [at] example [dot] com\"}";
    let rows = vec![one; BYTES / 4 / one.len()].join(",");
    masked(bencher, &format!("[{rows}]"));
}

/// One string of a megabyte: prose with a find now and then.
#[divan::bench]
fn one_long_string(bencher: Bencher) {
    let text = vec![TEXT; BYTES / TEXT.len()].join(" ");
    masked(bencher, &Json::from(text).to_string());
}

/// A table inside a string.
#[divan::bench]
fn table_in_a_string(bencher: Bencher) {
    let mut text = String::from("id,order_no,status,price\n");
    for n in 0..BYTES / 4 / 32 {
        text.push_str(&format!("{n},SO-{:07},shipped,{}.50\n", n * 7919, n % 900));
    }
    masked(bencher, &Json::from(text).to_string());
}

fn masked(bencher: Bencher, text: &str) {
    let profile = Profile::standard();
    let secrets = Secrets::none();
    let scan = Scan {
        profile: &profile,
        secrets: &secrets,
        scope_key: &ScopeKey::new(&[7; 32]),
    };
    let counted = bencher.counter(BytesCount::of_str(text));
    counted.bench(|| mask_source(&scan, text).unwrap());
}

#[divan::bench]
fn text_of_200_bytes(bencher: Bencher) {
    let profile = Profile::standard();
    let secrets = Secrets::none();
    let scan = Scan {
        profile: &profile,
        secrets: &secrets,
        scope_key: &ScopeKey::new(&[7; 32]),
    };
    bencher
        .counter(BytesCount::of_str(TEXT))
        .bench(|| mask_text(&scan, TEXT).unwrap());
}
