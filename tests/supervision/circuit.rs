//! A downstream that does not serve is left alone for a time, by name, and is tried by one call before all.
//! Knows nothing of how long such a time is.

use std::time::{Duration, Instant};

use aegis_tests::aegis;
use serde_json::{Value, json};

use crate::kit::{House, call, post, word};

/// Long enough for any machine.
fn patience() -> impl Fn() -> bool {
    let end = Instant::now() + Duration::from_secs(60);
    move || Instant::now() < end
}

#[test]
fn what_does_not_start_is_left_alone_by_name_until_it_serves_again() {
    let unruly = aegis().with_file_name("aegis-unruly");
    let script = format!(
        "test -e up && exec {} never; echo no database >&2; exit 3",
        unruly.display()
    );
    let house = House::new().with("h", &["sh", "-c", &script], "timeout_ms = 20000");
    let mut kernel = house.start();
    assert!(
        house.told().contains("`h` did not introduce itself"),
        "{}",
        house.told()
    );
    assert_eq!(call(&mut kernel, "h__echo"), "downstream-unavailable");
    let mut denied = Value::Null;
    let in_time = patience();
    while denied.is_null() {
        assert!(in_time());
        let result = kernel.call("h__echo", &json!({}));
        match word(&result).as_str() {
            "kernel.circuit-open" => denied = result["structuredContent"].clone(),
            other => assert_eq!(other, "downstream-unavailable"),
        }
    }
    let reason = denied["reason"].as_str().unwrap();
    assert!(
        reason.contains("`h` failed") && reason.contains("nothing was sent"),
        "{reason}"
    );
    assert!(reason.contains("downstream-crashed"), "{reason}");
    let fix = denied["fix"].as_str().unwrap();
    assert!(
        fix.contains("ask again in about") && fix.contains("operator"),
        "{fix}"
    );
    std::fs::write(house.path("up"), "").unwrap();
    let in_time = patience();
    loop {
        assert!(in_time());
        match call(&mut kernel, "h__echo").as_str() {
            "ok" => break,
            other => assert!(
                other == "kernel.circuit-open" || other == "downstream-unavailable",
                "{other}"
            ),
        }
    }
    for _ in 0..3 {
        assert_eq!(call(&mut kernel, "h__echo"), "ok");
    }
    assert_eq!(kernel.finish(), Some(0));
    let told = house.told();
    assert!(
        told.contains("circuit open; it said: no database"),
        "{told}"
    );
    assert!(told.contains("`h` serves again: circuit closed"), "{told}");
    let ends = house.ends();
    let denied = ends.iter().filter(|(_, end)| end["status"] == "denied");
    assert!(denied.count() >= 1, "{ends:?}");
}

#[test]
fn what_starts_and_never_answers_is_tried_by_one_call_at_a_time() {
    let house = House::new().unruly("h", "call", "hang", "timeout_ms = 700");
    let mut kernel = house.start();
    let in_time = patience();
    let mut tried = 0;
    let mut opened = false;
    while tried < 2 {
        assert!(in_time());
        let mut waiting: Vec<u64> = (0..5).map(|_| post(&mut kernel, "h__go")).collect();
        let mut words = Vec::new();
        while !waiting.is_empty() {
            let answer = kernel.receive().expect("the kernel lives");
            waiting.retain(|id| answer["id"] != json!(id));
            words.push(word(&answer["result"]));
        }
        let sent = words
            .iter()
            .filter(|word| *word != "kernel.circuit-open")
            .count();
        if opened {
            assert!(sent <= 1, "{words:?}");
            tried += sent;
        }
        opened |= sent == 0;
    }
    // What answers closes it.
    let in_time = patience();
    while call(&mut kernel, "h__echo") != "ok" {
        assert!(in_time());
    }
    let both = [post(&mut kernel, "h__go"), post(&mut kernel, "h__go")];
    for _ in both {
        let answer = kernel.receive().expect("the kernel lives");
        assert_eq!(word(&answer["result"]), "downstream-timeout");
    }
    assert_eq!(kernel.finish(), Some(0));
    house.ends();
}

#[test]
fn what_a_downstream_said_last_is_told_without_secrets_and_people() {
    let script = "printf 'dsn %s\\n' \"$CANARY\" >&2; printf 'mail ada@example.com \\033[31mred\\342\\200\\256\\n' >&2; exit 3";
    let secret = "s3cr3t-\u{7}-c4n4ry-value";
    let lines = "secrets = { CANARY = \"file:canary\" }";
    let house = House::new().with("h", &["sh", "-c", script], lines);
    std::fs::write(house.path("canary"), secret).unwrap();
    private(&house.path("canary"));
    let mut kernel = house.start();
    call(&mut kernel, "h__echo");
    assert_eq!(kernel.finish(), Some(0));
    let told = house.told();
    assert!(told.contains("dsn") && told.contains("mail"), "{told}");
    for hidden in ["s3cr3t", "c4n4ry", "ada@example", "\u{1b}", "\u{202e}"] {
        assert!(!told.contains(hidden), "{hidden:?} in {told:?}");
    }
}

fn private(file: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt;
    let own = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(file, own).unwrap();
}
