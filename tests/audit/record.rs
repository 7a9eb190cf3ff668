//! The form of records: canonical, bounded, closed, and the same both ways.
//! Knows nothing of chains.

use aegis_core::audit::{
    FactLine, Id, Kind, Leaf, Link, Record, RecordFault, Text, quotable, timestamp,
};
use aegis_core::json::{self, JsonRules};
use aegis_core::limits;
use proptest::prelude::*;

use super::kit;

fn link() -> Link {
    Link {
        log: kit::id(1),
        boot: kit::id(2),
        seq: 7,
        prev: Leaf::of_bytes(b"before"),
        ts: timestamp(1_795_176_000_123_456_789),
        mono_ns: 42,
    }
}

fn line(mut record: Record<'static>) -> Vec<u8> {
    let mut line = Vec::new();
    record.encode(link(), &mut line).unwrap();
    line
}

#[test]
fn lines_are_in_canonical_form_and_read_back_as_they_were_written() {
    let rules = JsonRules {
        bytes_max: limits::RECORD_BYTES_MAX,
        depth_max: 8,
        values_max: usize::MAX,
        case_variants: true,
        nul: true,
    };
    let mut strange = kit::denial(3);
    strange.tool = Some(Text::from(
        "quote\" back\\ bell\u{7} del\u{7f} é \u{2028} 😀",
    ));
    let mut basis = kit::intent(2);
    basis.basis = Some(kit::basis());
    basis.catalog = Some(Leaf::of_bytes(b"a catalogue"));
    let mut load = Record::draft(Kind::CatalogLoad);
    load.catalog = basis.catalog;
    load.cause = Some(Text::from("start"));
    load.server = Some(Text::from("postgres"));
    for record in [
        kit::intent(1),
        kit::outcome(1),
        kit::denial(1),
        strange,
        basis,
        load,
    ] {
        let line = line(record);
        let value = json::parse(&line, &rules).unwrap();
        assert_eq!(value.to_canonical().as_bytes(), line);
        let mut scratch = Vec::new();
        let mut again = Record::parse(&line, &mut scratch).unwrap();
        let mut out = Vec::new();
        again.encode(link(), &mut out).unwrap();
        assert_eq!(out, line);
    }
}

#[test]
fn a_kind_has_its_members_and_no_others() {
    let mut out = Vec::new();
    for kind in Kind::ALL {
        if kind == Kind::LogClose {
            continue; // the one kind that needs no member
        }
        let fault = Record::draft(kind).encode(link(), &mut out).unwrap_err();
        assert_eq!(fault, RecordFault::Members(kind.as_str()));
    }
    let mut odd = kit::outcome(1);
    odd.epoch = Some(Text::from("epoch"));
    assert_eq!(
        odd.encode(link(), &mut out),
        Err(RecordFault::Members("outcome"))
    );
    assert!(out.is_empty());
}

#[test]
fn what_two_readers_could_read_in_two_ways_is_no_record() {
    let good = String::from_utf8(line(kit::denial(1))).unwrap();
    let wrong = [
        good.replacen("{", "{ ", 1),
        good.replacen("\"v\":2", "\"v\":2.0", 1),
        good.replacen("\"v\":2", "\"v\":2e0", 1),
        good.replacen("\"v\":2", "\"v\":1", 1),
        good.replacen("\"v\":2", "\"v\":9007199254740993", 1),
        good.replacen("\"seq\":7", "\"seq\":9007199254740992", 1),
        good.replacen("\"v\":2", "\"v\":2,\"v\":2", 1),
        good.replacen("\"v\":2", "\"V\":1,\"v\":2", 1),
        good.replacen("deny", "d\\u0065ny", 1),
        good.replacen("\"who\":", "\"who\":null,\"who\":", 1),
        good.replacen("\"kind\":\"decision\"", "\"kind\":\"decisions\"", 1),
        good.replacen("Z\"", "z\"", 1),
        good.replacen("\"mono\":\"42\"", "\"mono\":42", 1),
        format!("{good} "),
        format!("\u{feff}{good}"),
        good.replacen("\"cause\"", "\"CAUSE\"", 1)
            .replacen("\"args\"", "\"Args\"", 1),
    ];
    for text in wrong {
        assert!(
            Record::parse(text.as_bytes(), &mut Vec::new()).is_err(),
            "{text}"
        );
    }
    assert!(Record::parse(good.as_bytes(), &mut Vec::new()).is_ok());
}

#[test]
fn what_does_not_fit_is_cut_and_counted() {
    let mut record = kit::intent(1);
    let fact = |n: usize| FactLine {
        commit: Some(Leaf::of_bytes(&n.to_be_bytes())),
        kind: Text::from("touches"),
        ..FactLine::default()
    };
    record.facts = Some((0..3_000).map(fact).collect());
    let line = line(record);
    assert!(line.len() <= limits::RECORD_BYTES_MAX);
    let mut scratch = Vec::new();
    let read = Record::parse(&line, &mut scratch).unwrap();
    let (kept, cut) = (read.facts.unwrap().len(), read.cut.unwrap().facts.unwrap());
    assert_eq!(kept as u64 + cut.get(), 3_000);
    assert!(kept > 0);
    let mut hopeless = kit::intent(1);
    hopeless.tool = Some(Text::from("x".repeat(limits::RECORD_BYTES_MAX)));
    let mut out = b"before".to_vec();
    assert_eq!(hopeless.encode(link(), &mut out), Err(RecordFault::TooLong));
    assert_eq!(out, b"before");
}

#[test]
fn names_that_may_carry_a_value_are_not_quoted() {
    for name in [
        "customers",
        "silver/orders.csv",
        "bronze/2026-11-01/part-0001.csv",
        "customers.email",
        "gold_*",
        "pii.email",
    ] {
        assert!(quotable(name), "{name}");
    }
    for name in [
        "",
        "jane@example.org",
        "a b",
        "078-05-1120",
        "078/05/1120",
        "4111111111111111",
        "IT60X0542811101000000123456",
        "192.168.100.200",
        "näme",
        "x\n",
        "\u{1b}[2J",
        &"x".repeat(limits::SUBJECT_BYTES_MAX + 1),
    ] {
        assert!(!quotable(name), "{name}");
    }
}

#[test]
fn times_are_written_as_rfc_3339() {
    for (ns, text) in [
        (0, "1970-01-01T00:00:00.000000000Z"),
        (951_782_400_000_000_001, "2000-02-29T00:00:00.000000001Z"),
        (1_795_176_000_123_456_789, "2026-11-20T12:00:00.123456789Z"),
        (4_102_444_799_999_999_999, "2099-12-31T23:59:59.999999999Z"),
    ] {
        assert_eq!(timestamp(ns), text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn ids_have_one_form(ms in 0u64..(1 << 48), random: [u8; 10], other in 0u8..26, to in "[0-9a-z]") {
        let id = Id::new(ms, random);
        let text = id.to_string();
        prop_assert_eq!(Id::parse(&text), Some(id));
        let mut changed = text.clone();
        changed.replace_range(usize::from(other)..=usize::from(other), &to);
        if changed != text {
            prop_assert_ne!(Id::parse(&changed), Some(id));
        }
    }

    #[test]
    fn later_ids_sort_later(ms in 0u64..(1 << 47), a: [u8; 10], b: [u8; 10]) {
        prop_assert!(Id::new(ms, a).to_string() < Id::new(ms + 1, b).to_string());
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Record::parse(&bytes, &mut Vec::new());
    }
}
