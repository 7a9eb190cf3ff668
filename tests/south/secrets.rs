//! Where a secret may come from, and what is said when it may not.
//! Knows nothing of what becomes of it.

use std::path::PathBuf;

use aegis_host::config::SecretRef;

use super::kit::{CANARY, World};

fn command(words: &[&str]) -> SecretRef {
    SecretRef::Command(words.iter().map(|word| (*word).to_owned()).collect())
}

/// Programs that print no secret.
fn unprinted() -> Vec<(SecretRef, &'static str)> {
    vec![
        (command(&["/nonexistent/program"]), "not started"),
        (command(&["false"]), "`false` gave nothing (exit 1)"),
        // What a program says when it fails is not shown.
        (
            command(&[
                "sh",
                "-c",
                &format!("echo {CANARY}; echo {CANARY} >&2; exit 3"),
            ]),
            "`sh` gave nothing (exit 3)",
        ),
        (command(&["true"]), "the output of `true` is empty"),
        (command(&["yes", CANARY]), "too long an output"),
        (
            command(&["printf", "\\377canary"]),
            "not UTF-8 text without NUL",
        ),
    ]
}

fn unusable(world: &World) -> Vec<(SecretRef, &'static str)> {
    let dir = world.dir.path().to_owned();
    let fifo = dir.join("fifo");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&fifo)
            .status()
            .unwrap()
            .success()
    );
    let canary = CANARY.as_bytes();
    let large = vec![b'x'; 65 * 1024];
    let nul = [canary, b"\0", canary].concat();
    let latin = [canary, b"\xff"].concat();
    vec![
        (
            SecretRef::Env("AEGIS_NO_SUCH_VARIABLE".into()),
            "`AEGIS_NO_SUCH_VARIABLE` is not set",
        ),
        (
            SecretRef::File(PathBuf::from("/nonexistent/secret")),
            "cannot be read",
        ),
        (SecretRef::File(dir), "not a regular file"),
        (SecretRef::File(fifo), "not a regular file"),
        (
            SecretRef::File(world.file("group", canary, 0o640)),
            "mode 640",
        ),
        (
            SecretRef::File(world.file("others", canary, 0o604)),
            "mode 604",
        ),
        (SecretRef::File(world.file("empty", b"", 0o600)), "is empty"),
        (
            SecretRef::File(world.file("line-end", b"\n", 0o600)),
            "is empty",
        ),
        (
            SecretRef::File(world.file("blank", b" \t\r\n", 0o600)),
            "is empty",
        ),
        (
            SecretRef::File(world.file("nul", &nul, 0o600)),
            "not UTF-8 text without NUL",
        ),
        (
            SecretRef::File(world.file("latin", &latin, 0o600)),
            "not UTF-8 text without NUL",
        ),
        (
            SecretRef::File(world.file("short", b"12345", 0o600)),
            "shorter than",
        ),
        (
            SecretRef::File(world.file("large", &large, 0o600)),
            "larger than",
        ),
    ]
}

#[tokio::test]
async fn a_secret_that_cannot_be_had_stops_the_start_and_names_its_place() {
    let world = World::new();
    for (reference, expected) in unusable(&world).into_iter().chain(unprinted()) {
        let world = World::new()
            .with("h", &["legacy"], 1_000)
            .secret("h", reference.clone());
        let Err(fault) = world.start().await else {
            panic!("{reference:?} started");
        };
        for text in [fault.to_string(), format!("{fault:?}")] {
            assert!(!text.contains(CANARY), "{text}");
        }
        let text = fault.to_string();
        assert!(text.contains(expected), "{text}");
        assert!(text.contains("`[south.h]` secret `CANARY`"), "{text}");
    }
}

#[tokio::test]
async fn a_secret_comes_from_a_variable_a_guarded_file_or_a_program() {
    let world = World::new();
    // The one variable that every test process has.
    let manifest_dir = std::env::var("CARGO_MANIFEST_DIR").unwrap();
    let link = world.dir.path().join("link");
    let target = world.file("secret", b" spaced value \r\n", 0o400);
    std::os::unix::fs::symlink(&target, &link).unwrap();
    for (reference, expected) in [
        (
            SecretRef::Env("CARGO_MANIFEST_DIR".into()),
            manifest_dir.as_str(),
        ),
        (SecretRef::File(target), " spaced value "),
        (SecretRef::File(link), " spaced value "),
        (
            command(&["printf", " spaced value \\r\\n"]),
            " spaced value ",
        ),
        (command(&["echo", "$HOME", "*"]), "$HOME *"),
    ] {
        let world = World::new()
            .with("h", &["legacy"], 5_000)
            .secret("h", reference);
        let running = world.start().await.unwrap();
        let seen = running.says("h", "world").await;
        assert_eq!(seen.get("secret").unwrap().as_str(), Some(expected));
        running.south.shutdown().await;
    }
}

#[tokio::test]
async fn secrets_never_reach_a_core_dump() {
    let running = World::new()
        .with("h", &["legacy"], 5_000)
        .start()
        .await
        .unwrap();
    let child = running.says("h", "world").await;
    for pid in ["self".to_owned(), child.get("pid").unwrap().to_string()] {
        let limits = std::fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
        let core = limits
            .lines()
            .find(|line| line.starts_with("Max core file size"))
            .unwrap();
        assert_eq!(
            core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(),
            ["0", "0"]
        );
    }
    running.south.shutdown().await;
}

#[tokio::test]
async fn last_words_are_shown_without_secrets_or_personal_data() {
    let secret = "postgres://user:p%40ss-canary@host/db";
    let world = World::new().with("h", &["confess"], 5_000);
    let file = world.file("secret", secret.as_bytes(), 0o600);
    let world = world.secret("h", SecretRef::File(file));
    let running = world.start().await.unwrap();
    let warning = running.south.warnings().first().unwrap().to_string();
    assert!(warning.contains("module not found"), "{warning}");
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    for kept in [
        secret,
        hex.as_str(),
        "p@ss-canary",
        "p%40ss-canary",
        "ann@example.com",
    ] {
        assert!(!warning.contains(kept), "{warning}");
    }
    running.south.shutdown().await;
}

#[tokio::test]
async fn a_program_that_prints_nothing_in_time_ends_with_all_that_it_began() {
    let mut world = World::new().with("h", &["legacy"], 1_000);
    world.config.secrets.command_timeout_ms = 300;
    let place = world.dir.path().join("pid");
    let line = format!(
        "sleep 1000 & echo $! > {}; echo {CANARY}; wait",
        place.display()
    );
    let world = world.secret("h", command(&["sh", "-c", &line]));
    let Err(fault) = world.start().await else {
        panic!("it started");
    };
    let text = fault.to_string();
    assert!(text.contains("`sh` gave nothing (timeout)"), "{text}");
    assert!(!text.contains(CANARY), "{text}");
    let pid = std::fs::read_to_string(place).unwrap();
    super::kit::gone(pid.trim()).await;
}

/// A reference, and the words that are started: none where it is refused.
const COMMANDS: &[(&str, &[&str])] = &[
    (
        "command:op read op://vault/item/field",
        &["op", "read", "op://vault/item/field"],
    ),
    ("command:  aws   secretsmanager\tget-secret-value", &[]),
    (
        "command:aws  --query SecretString",
        &["aws", "--query", "SecretString"],
    ),
    ("command:/opt/bin/print-it", &["/opt/bin/print-it"]),
    (
        "command:vault kv get -field=password secret/db",
        &["vault", "kv", "get", "-field=password", "secret/db"],
    ),
    ("command:printf a;b", &[]),
    ("command:printf 'a b'", &[]),
    ("command:printf \"a\"", &[]),
    ("command:printf $HOME", &[]),
    ("command:printf `id`", &[]),
    ("command:a | b", &[]),
    ("command:a > b", &[]),
    ("command:a && b", &[]),
    ("command:a *", &[]),
    ("command:a\\ b", &[]),
    ("command:a\nb", &[]),
    ("command:", &[]),
    ("command:   ", &[]),
    ("command", &[]),
    ("Command:a", &[]),
];

#[test]
fn a_command_is_words_parted_by_blanks_and_nothing_that_a_shell_would_read() {
    for (text, words) in COMMANDS {
        let expected = (!words.is_empty()).then(|| command(words));
        assert_eq!(aegis_host::load::secret(text), expected, "{text:?}");
    }
}
