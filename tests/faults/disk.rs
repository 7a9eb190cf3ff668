//! A log that cannot grow: calls are denied by name, the service ends, and nothing was done without a record.
//! Knows nothing of how the log writes.

use std::process::Command;

use aegis_tests::{Client, TempWorld, aegis};
use serde_json::{Value, json};

use crate::kit::{outcomes_of, records};

/// What the log may still grow by, in bytes: from not one record to a few.
const ROOM: [u64; 8] = [0, 300, 700, 1_100, 1_500, 2_000, 2_600, 3_300];

#[test]
fn a_full_disk_stops_the_service_and_nothing_is_done_unrecorded() {
    let world = TempWorld::new();
    let mut next = 1_000;
    let mut answered = Vec::new();
    for room in ROOM {
        let mut kernel = Client::run(deaf(&world)).hello();
        // The bound below holds for each file of the process: denials make the log the longest one.
        while log_bytes(&world) < 120_000 {
            kernel.denied("s3__nothing", &json!({}));
        }
        bound_files(kernel.child.id(), log_bytes(&world) + room);
        let refused = loop {
            let (call, length) = object(next);
            kernel.post("tools/call", &call);
            let Some(answer) = kernel.receive() else {
                break None;
            };
            next += 1;
            if answer["result"]["isError"] == json!(true) {
                break Some(answer["result"]["structuredContent"].clone());
            }
            answered.push((next - 1, length));
        };
        match refused {
            Some(said) if said["decision"] == json!("deny") => {
                assert_eq!(said["rule"], json!("kernel.log-unavailable"), "{said}");
                // Denied is denied: no such object.
                assert!(
                    !world
                        .path(&format!("world/bucket/work/{}", next - 1))
                        .exists()
                );
            }
            Some(said) => {
                assert_ne!(room, 0, "not even the intent had room: {said}");
                assert_eq!(said["code"], json!("outcome-unrecorded"), "{said}");
                assert_eq!(said["sent"], json!("maybe"), "{said}");
            }
            None => panic!("with room for {room} bytes the call is not answered"),
        }
        assert_eq!(kernel.finish(), Some(1), "a service that lost its log");
        next += 1;
    }
    // Room again: the next start recovers, and the books agree with the world.
    let mut kernel = Client::start(&world.config());
    assert_eq!(kernel.finish(), Some(0));
    let (code, report) = world.verify();
    assert_eq!(code, 0, "{report}");
    let outcomes = outcomes_of("s3__put_object", &records(&world));
    for (id, length) in &answered {
        assert_eq!(outcomes.get(length).map(String::as_str), Some("ok"), "{id}");
    }
    for id in 1_000..next {
        let (_, length) = object(id);
        assert!(
            !world.path(&format!("world/bucket/work/{id}")).exists()
                || outcomes.contains_key(&length),
            "object {id} was never an intent"
        );
    }
}

/// A small object, told from others by its length alone; its arguments' canonical length.
fn object(id: u64) -> (Value, u64) {
    let body = "x".repeat(usize::try_from(id - 999).unwrap());
    let arguments = json!({ "body": body, "key": format!("work/{id}") });
    let length = arguments.to_string().len() as u64;
    (
        json!({ "name": "s3__put_object", "arguments": arguments }),
        length,
    )
}

/// The bytes of the log's newest file.
fn log_bytes(world: &TempWorld) -> u64 {
    let files = std::fs::read_dir(world.path(".aegis/audit")).unwrap();
    let newest = files
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|kind| kind == "jsonl"))
        .max()
        .unwrap();
    newest.metadata().unwrap().len()
}

/// From now on this process, and no other, may write no file beyond so many bytes (RLIMIT_FSIZE).
fn bound_files(pid: u32, bytes: u64) {
    let bound = Command::new("prlimit")
        .args(["--pid", &pid.to_string(), &format!("--fsize={bytes}")])
        .status();
    assert!(bound.expect("prlimit of util-linux").success());
}

/// A kernel that a file's bound reaches as an error (EFBIG), as a full disk does, and not as a signal.
fn deaf(world: &TempWorld) -> Command {
    let mut shell = Command::new("bash");
    shell
        .args(["-c", "trap '' XFSZ; exec \"$0\" serve --config \"$1\""])
        .arg(aegis())
        .arg(world.config());
    shell
}
