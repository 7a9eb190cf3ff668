//! What a child is given, and that nothing of it is left behind.
//! Knows nothing of what it answers.

use aegis_host::config::SecretRef;
use aegis_host::south::SouthFault;

use super::kit::{CANARY, World, children, gone, json, lives};

#[tokio::test]
async fn a_child_gets_its_own_world_and_no_more() {
    let world = World::new()
        .with("h", &["legacy"], 5_000)
        .with("other", &["legacy"], 5_000);
    let file = world.file("secret", format!("{CANARY}\n").as_bytes(), 0o600);
    let world = world.secret("h", SecretRef::File(file));
    let running = world.start().await.unwrap();
    let seen = running.says("h", "world").await;
    let mut env: Vec<_> = seen
        .get("env")
        .unwrap()
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|key| key.as_str())
        .collect();
    env.sort_unstable();
    assert_eq!(env, ["CANARY", "DECLARED", "PATH"]);
    assert_eq!(seen.get("secret").unwrap().as_str(), Some(CANARY));
    assert!(!seen.get("argv").unwrap().to_string().contains(CANARY));
    let folder = seen.get("folder").unwrap().as_str().unwrap();
    assert_eq!(
        std::path::Path::new(folder),
        world.dir.path().canonicalize().unwrap()
    );
    let (parent, group) = (seen.get("parent").unwrap(), seen.get("group").unwrap());
    if cfg!(target_os = "linux") {
        assert_eq!(group, parent, "a group with its keeper and nobody else");
        let own = std::process::id().to_string();
        assert_ne!(parent.as_str(), Some(own.as_str()));
    }
    let other = running.says("other", "world").await;
    assert_eq!(
        other.get("secret"),
        Some(&json("null")),
        "one child's secret reaches no other"
    );
    running.south.shutdown().await;
}

#[test]
fn a_child_outlives_the_thread_that_started_it() {
    let begun = std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let world = World::new().with("h", &["legacy"], 5_000);
        let running = runtime.block_on(world.start()).unwrap();
        let pid = runtime.block_on(running.says("h", "world"));
        (runtime, running, pid.get("pid").unwrap().to_string())
    });
    let (runtime, running, pid) = begun.join().unwrap();
    runtime.block_on(async {
        for _ in 0..20 {
            let now = running.says("h", "world").await;
            assert_eq!(now.get("pid").unwrap().to_string(), pid);
        }
        running.south.shutdown().await;
    });
}

#[tokio::test]
async fn shutdown_ends_the_stubborn_and_their_offspring() {
    let world = World::new().with("h", &["legacy"], 2_000);
    // It ignores its closed input and the polite signal.
    let world = world.command(
        "mule",
        &["sh", "-c", "trap '' TERM; while :; do sleep 1; done"],
        200,
    );
    let running = world.start().await.unwrap();
    let bred = running
        .says("h", "breed")
        .await
        .get("pid")
        .unwrap()
        .to_string();
    assert!(lives(&bred));
    running.south.shutdown().await;
    gone(&bred).await;
}

#[tokio::test]
async fn a_child_that_dies_takes_its_offspring_along() {
    let running = World::new()
        .with("h", &["legacy"], 5_000)
        .start()
        .await
        .unwrap();
    let bred = running
        .says("h", "breed")
        .await
        .get("pid")
        .unwrap()
        .to_string();
    running.call("h", "die", "{}").await.unwrap_err();
    gone(&bred).await;
    running.south.shutdown().await;
}

#[test]
fn a_thousand_calls_over_eight_children_leave_nothing_behind() {
    // A process of its own would be cleaner still; a runtime of its own has all descriptors of its own.
    let open = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    let pids = std::cell::RefCell::new(Vec::new());
    let run = || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let mut world = World::new();
            for at in 0..8 {
                world = world.with(&format!("h{at}"), &["legacy"], 20_000);
            }
            let running = world.start().await.unwrap();
            for at in 0..1_000 {
                let server = format!("h{}", at % 8);
                match at % 250 {
                    249 => drop(running.call(&server, "die", "{}").await.unwrap_err()),
                    _ => drop(running.call(&server, "echo", "{}").await.unwrap()),
                }
            }
            for at in 0..8 {
                let pid = running.says(&format!("h{at}"), "world").await;
                pids.borrow_mut().push(pid.get("pid").unwrap().to_string());
            }
            running.south.shutdown().await;
        });
    };
    run();
    let before = open();
    run();
    let mine = pids.borrow();
    assert_eq!(mine.len(), 16);
    let left: Vec<_> = children()
        .into_iter()
        .filter(|pid| mine.contains(pid))
        .collect();
    assert_eq!(left, Vec::<String>::new());
    // Other tests of this process open and close theirs meanwhile: what leaks here would leak by hundreds.
    assert!(
        open() < before + 150,
        "{} descriptors after {before}",
        open()
    );
}

#[tokio::test]
async fn a_program_that_cannot_be_started_is_named_without_its_arguments() {
    let world = World::new().command("h", &["no-such-program", "--token", CANARY], 1_000);
    let Err(fault) = world.start().await else {
        panic!("it started");
    };
    assert!(matches!(fault, SouthFault::Program { .. }));
    let text = fault.to_string();
    assert!(
        text.contains("no-such-program") && !text.contains(CANARY),
        "{text}"
    );
    let Err(fault) = World::new().command("h", &[], 1_000).start().await else {
        panic!("it started");
    };
    assert!(fault.to_string().contains("`[south.h]`"), "{fault}");
}
