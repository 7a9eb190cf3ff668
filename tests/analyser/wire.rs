//! The client on the wire: order, bounds and faults, each by its name.
//! Knows nothing of what is asked.

use aegis_core::egress::AnalyserFault;
use aegis_host::analyser::Analyser;
use aegis_host::dial::{Address, AddressFault};

use super::fake::{Fake, Manner};

/// Long enough for any machine.
const PATIENT_MS: u64 = 60_000;

fn ask(fake: &Fake, timeout_ms: u64, texts: &[String]) -> Result<Vec<Vec<u8>>, AnalyserFault> {
    let client = Analyser::new(
        Address::parse(&fake.url(), "/analyze", false).unwrap(),
        timeout_ms,
        None,
    )
    .unwrap();
    let questions = texts
        .iter()
        .map(|text| serde_json::json!({ "text": text }).to_string());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(client.ask(questions.collect()))
}

fn one(manner: Manner) -> AnalyserFault {
    ask(&Fake::new(manner), PATIENT_MS, &["x".to_owned()]).unwrap_err()
}

#[test]
fn many_questions_are_answered_in_their_order_over_kept_and_ended_connections() {
    let texts: Vec<String> = (0..100).map(|n| format!("{}Ann", "-".repeat(n))).collect();
    let words = vec![("Ann", "PERSON")];
    for manner in [Manner::Finds(words.clone()), Manner::FindsOnce(words)] {
        let answers = ask(&Fake::new(manner), PATIENT_MS, &texts).unwrap();
        assert_eq!(answers.len(), 100);
        for (n, answer) in answers.iter().enumerate() {
            let found: serde_json::Value = serde_json::from_slice(answer).unwrap();
            assert_eq!(found[0]["start"], n);
        }
    }
}

#[test]
fn what_is_no_whole_answer_of_status_200_is_a_fault_by_name() {
    let bytes = |text: &str| Manner::Bytes(text.as_bytes().to_vec());
    for (manner, fault) in [
        (bytes(""), AnalyserFault::Unreachable),
        (
            bytes("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n[]"),
            AnalyserFault::Unreachable,
        ),
        (
            bytes("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n[]\r\n"),
            AnalyserFault::Unreachable,
        ),
        (bytes("hello\r\n\r\n"), AnalyserFault::Unreadable),
        (
            bytes("HTTP/1.1 500 No\r\ncontent-length: 2\r\n\r\n[]"),
            AnalyserFault::Status,
        ),
        (
            bytes("HTTP/1.1 302 Go\r\nlocation: http://127.0.0.1/\r\ncontent-length: 0\r\n\r\n"),
            AnalyserFault::Status,
        ),
        (bytes("HTTP/1.1 204 No\r\n\r\n"), AnalyserFault::Status),
        (
            bytes("HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n"),
            AnalyserFault::TooLong,
        ),
        (Manner::Floods, AnalyserFault::TooLong),
        (
            Manner::Bytes(
                format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "y".repeat(1 << 20)).into_bytes(),
            ),
            AnalyserFault::Unreadable,
        ),
    ] {
        assert_eq!(one(manner), fault);
    }
}

#[test]
fn one_question_without_an_answer_is_no_answer_at_all() {
    assert_eq!(
        ask(&Fake::new(Manner::Silent), 50, &["x".to_owned()]).unwrap_err(),
        AnalyserFault::Silent
    );
    // Nobody listens where somebody did.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let address = Address::parse(&format!("http://localhost:{port}"), "/analyze", false).unwrap();
    let client = Analyser::new(address, PATIENT_MS, None).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    assert_eq!(
        runtime.block_on(client.ask(vec!["{}".to_owned()])),
        Err(AnalyserFault::Unreachable)
    );
}

#[test]
fn in_the_clear_texts_are_sent_to_this_machine_alone() {
    for url in [
        "http://127.0.0.1:5002/analyze",
        "http://127.9.9.9",
        "http://[::1]:5002/x?y=z",
        "HTTP://LocalHost:1/",
        "https://presidio.example:5002/analyze",
        "https://10.0.0.7",
    ] {
        assert!(Address::parse(url, "/analyze", false).is_ok(), "{url}");
    }
    for (url, fault) in [
        ("https://exa mple/", AddressFault::Form),
        ("https://u:p@presidio/", AddressFault::Form),
        ("http://10.0.0.7/analyze", AddressFault::Elsewhere),
        ("http://0.0.0.0/", AddressFault::Elsewhere),
        ("http://presidio:3000/", AddressFault::Elsewhere),
        ("http://localhost.example.com/", AddressFault::Elsewhere),
        ("http://[::ffff:10.0.0.7]/", AddressFault::Elsewhere),
        ("http://2130706433/", AddressFault::Elsewhere),
        ("http://u:p@127.0.0.1/", AddressFault::Form),
        ("http://127.0.0.1/#x", AddressFault::Form),
        ("http://127.0.0.1:0/", AddressFault::Form),
        ("http://127.0.0.1:99999/", AddressFault::Form),
        ("ftp://127.0.0.1/", AddressFault::Form),
        ("unix:/run/x", AddressFault::Form),
        ("/analyze", AddressFault::Form),
        ("http://", AddressFault::Form),
        ("", AddressFault::Form),
    ] {
        assert_eq!(Address::parse(url, "/analyze", false), Err(fault), "{url}");
    }
}
