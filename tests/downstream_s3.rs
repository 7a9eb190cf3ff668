//! The object server through an MCP client: cases as data, both eras, races between writers.
//! Knows nothing of how the server keeps its promises.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "the helpers of a test fail where the test would"
)]

use std::os::unix::fs::FileTypeExt;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

use aegis_downstreams::ServeError;
use aegis_downstreams::s3::{self, S3Options};
use rmcp::ServiceExt;
use rmcp::model::{CallToolRequestParams, CallToolResult, ProtocolVersion};
use rmcp::service::{ClientLifecycleMode, ClientServiceExt, RoleClient, RunningService};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

type Client = RunningService<RoleClient, ()>;

/// A bucket within a directory that also holds what lies outside of it.
struct World {
    directory: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir(directory.path().join("bucket")).unwrap();
        Self { directory }
    }

    fn bucket(&self) -> PathBuf {
        self.directory.path().join("bucket")
    }

    fn plant(&self, kind: &str, path: &str, content: &str) {
        let path = self.bucket().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        match kind {
            "file" => std::fs::write(path, content).unwrap(),
            "sparse" => {
                let file = std::fs::File::create(path).unwrap();
                file.set_len(content.parse().unwrap()).unwrap();
            }
            "symlink" => std::os::unix::fs::symlink(content, path).unwrap(),
            "hardlink" => std::fs::hard_link(self.bucket().join(content), path).unwrap(),
            "socket" => drop(UnixListener::bind(path).unwrap()),
            "fifo" => {
                let done = std::process::Command::new("mkfifo").arg(&path).status();
                assert!(done.unwrap().success());
                let kind = std::fs::symlink_metadata(path).unwrap().file_type();
                assert!(kind.is_fifo());
            }
            _ => panic!("unknown kind {kind}"),
        }
    }

    async fn client(&self, stepwise: bool, lifecycle: ClientLifecycleMode) -> Client {
        let options = S3Options {
            url: format!("file:{}", self.bucket().display()),
            stepwise,
        };
        let handler = s3::handler(&options).unwrap();
        let (near, far) = tokio::io::duplex(64 * 1024);
        tokio::spawn(async move {
            if let Ok(service) = handler.serve(far).await {
                let _ = service.waiting().await;
            }
        });
        ().serve_with_lifecycle(near, lifecycle).await.unwrap()
    }

    /// Files below `root`, as sorted relative paths; links and special files do not count.
    fn files(root: &Path) -> Vec<String> {
        fn walk(root: &Path, directory: &Path, found: &mut Vec<String>) {
            for entry in std::fs::read_dir(directory).unwrap() {
                let path = entry.unwrap().path();
                let kind = std::fs::symlink_metadata(&path).unwrap().file_type();
                if kind.is_dir() {
                    walk(root, &path, found);
                } else if kind.is_file() {
                    found.push(path.strip_prefix(root).unwrap().display().to_string());
                }
            }
        }
        let mut found = Vec::new();
        walk(root, root, &mut found);
        found.sort();
        found
    }
}

async fn call(client: &Client, tool: &str, arguments: Value) -> CallToolResult {
    let Value::Object(arguments) = arguments else {
        panic!("arguments are an object");
    };
    let params = CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments);
    tokio::time::timeout(Duration::from_secs(20), client.call_tool(params))
        .await
        .expect("an answer in time")
        .expect("a result, not a protocol error")
}

fn code(result: &CallToolResult) -> Option<String> {
    if result.is_error != Some(true) {
        return None;
    }
    result.structured_content.as_ref()?["code"]
        .as_str()
        .map(str::to_owned)
}

fn etag(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{hex}\"")
}

/// Puts in the tags that `ETAG:text` stands for.
fn with_tags(value: Value) -> Value {
    match value {
        Value::String(text) => match text.strip_prefix("ETAG:") {
            Some(of) => Value::String(etag(of)),
            None => Value::String(text),
        },
        Value::Array(items) => items.into_iter().map(with_tags).collect(),
        Value::Object(fields) => {
            Value::Object(fields.into_iter().map(|(k, v)| (k, with_tags(v))).collect())
        }
        other => other,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Suite {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    #[serde(default)]
    plant: Vec<(String, String, String)>,
    call: Vec<Call>,
    long: Option<usize>,
    /// All files of the bucket afterwards.
    left: Option<Vec<String>>,
    /// All files outside of it.
    outside: Option<Vec<String>>,
    #[serde(default)]
    lacks: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Call {
    tool: String,
    arguments: String,
    code: Option<String>,
    answer: Option<String>,
    keys: Option<Vec<String>>,
}

impl Call {
    fn complaints(&self, result: &CallToolResult) -> Vec<String> {
        let mut complaints = Vec::new();
        let got = result.structured_content.clone().unwrap_or_default();
        if code(result) != self.code {
            complaints.push(format!("unexpected outcome {got}"));
        }
        if let Some(wanted) = &self.answer {
            let wanted = with_tags(serde_json::from_str(wanted).unwrap());
            for (name, wanted) in wanted.as_object().unwrap() {
                if got.get(name) != Some(wanted) {
                    complaints.push(format!("`{name}` is not {wanted} in {got}"));
                }
            }
        }
        if let Some(wanted) = &self.keys {
            let objects = got["objects"].as_array().cloned().unwrap_or_default();
            let keys: Vec<_> = objects.iter().filter_map(|o| o["key"].as_str()).collect();
            if keys != *wanted {
                complaints.push(format!("listed {keys:?}"));
            }
        }
        complaints
    }
}

#[tokio::test]
async fn cases_hold() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/downstreams/s3.toml");
    let suite: Suite = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut complaints = Vec::new();
    for (case, stepwise) in suite
        .case
        .iter()
        .flat_map(|case| [(case, false), (case, true)])
    {
        let world = World::new();
        for (kind, path, content) in &case.plant {
            world.plant(kind, path, content);
        }
        let client = world
            .client(stepwise, ClientLifecycleMode::Initialize)
            .await;
        for (place, step) in case.call.iter().enumerate() {
            let long = "x".repeat(case.long.unwrap_or(0));
            let arguments = step.arguments.replace("LONG", &long);
            let arguments = with_tags(serde_json::from_str(&arguments).unwrap());
            let result = call(&client, &step.tool, arguments).await;
            let mut found = step.complaints(&result);
            let all = serde_json::to_string(&result).unwrap();
            let leaked = case.lacks.iter().filter(|word| all.contains(word.as_str()));
            found.extend(leaked.map(|word| format!("`{word}` left")));
            let place = format!("{} (stepwise {stepwise}), call {place}", case.id);
            complaints.extend(found.into_iter().map(|found| format!("{place}: {found}")));
        }
        let outside = case.outside.as_ref().map(|files| {
            let bucket = World::files(&world.bucket());
            let bucket = bucket.iter().map(|file| format!("bucket/{file}"));
            let mut all: Vec<_> = files.iter().cloned().chain(bucket).collect();
            all.sort();
            all
        });
        for (wanted, root) in [
            (&case.left, world.bucket()),
            (&outside, world.directory.path().to_owned()),
        ] {
            if let Some(wanted) = wanted
                && *wanted != World::files(&root)
            {
                complaints.push(format!("{}: left {:?}", case.id, World::files(&root)));
            }
        }
    }
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
    assert!(suite.case.len() > 20, "the cases were read");
}

#[tokio::test]
async fn both_eras_list_and_call() {
    let discover = ClientLifecycleMode::Discover {
        preferred_versions: vec![ProtocolVersion::V_2026_07_28],
    };
    for lifecycle in [ClientLifecycleMode::Initialize, discover] {
        let world = World::new();
        let client = world.client(false, lifecycle).await;
        let tools = client.list_tools(None).await.unwrap().tools;
        let names: Vec<_> = tools.iter().map(|tool| tool.name.as_ref()).collect();
        assert_eq!(
            names,
            [
                "list_objects",
                "head_object",
                "get_object",
                "put_object",
                "copy_object",
                "delete_object"
            ]
        );
        let put = call(&client, "put_object", json!({ "key": "k", "body": "x" })).await;
        assert_eq!(code(&put), None);
        let unknown = CallToolRequestParams::new("drop_bucket");
        assert!(client.call_tool(unknown).await.is_err());
    }
}

/// Many writers, each replacing exactly the state that it saw: every step happens once.
#[tokio::test]
async fn conditional_writes_do_not_lose_steps() {
    let world = World::new();
    world.plant("file", "counter", "0");
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..4 {
        // Handlers of their own: the lock must hold between processes, not only within one.
        let client = world
            .client(writer % 2 == 0, ClientLifecycleMode::Initialize)
            .await;
        writers.spawn(async move {
            let mut done = 0;
            while done < 10 {
                let got = call(&client, "get_object", json!({ "key": "counter" })).await;
                let got = got.structured_content.unwrap();
                let next = got["body"].as_str().unwrap().parse::<u64>().unwrap() + 1;
                let arguments =
                    json!({ "key": "counter", "body": next.to_string(), "if_match": got["etag"] });
                let put = call(&client, "put_object", arguments).await;
                match code(&put).as_deref() {
                    None => done += 1,
                    Some("precondition-failed") => {}
                    Some(other) => panic!("unexpected {other}"),
                }
            }
        });
    }
    writers.join_all().await;
    let counter = std::fs::read_to_string(world.bucket().join("counter")).unwrap();
    assert_eq!(counter, "40");
    assert_eq!(World::files(&world.bucket()), ["counter"]);
}

/// One key, many creators: exactly one wins.
#[tokio::test]
async fn one_creator_wins() {
    let world = World::new();
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..8 {
        let client = world.client(false, ClientLifecycleMode::Initialize).await;
        writers.spawn(async move {
            let arguments =
                json!({ "key": "deep/er/k", "body": writer.to_string(), "if_none_match": "*" });
            code(&call(&client, "put_object", arguments).await)
        });
    }
    let outcomes = writers.join_all().await;
    assert_eq!(
        outcomes.iter().filter(|code| code.is_none()).count(),
        1,
        "{outcomes:?}"
    );
}

#[test]
fn options_that_lead_nowhere_are_named_and_shown_to_nobody() {
    let outcome = |url: &str| {
        let options = S3Options {
            url: url.to_owned(),
            stepwise: false,
        };
        assert!(
            !format!("{options:?}").contains(url),
            "the location is shown"
        );
        s3::handler(&options).map(|_| ()).unwrap_err()
    };
    assert!(matches!(
        outcome("s3://bucket/key"),
        ServeError::NotBuiltIn(..)
    ));
    assert!(matches!(outcome("bucket"), ServeError::UnknownForm(..)));
    assert!(matches!(
        outcome("file:/nowhere/at/all"),
        ServeError::Unusable(_)
    ));
    assert!(matches!(
        outcome("file:/etc/passwd"),
        ServeError::Unusable(_)
    ));
    assert_eq!(outcome("s3://bucket/key").exit_code(), 2);
}
