//! A client of the object server, over a directory or a store, and a world that holds more than it may see.
//! Knows nothing of what a test wants to see.

use std::os::unix::fs::FileTypeExt;
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::time::Duration;

use aegis_downstreams::s3::{self, S3Credentials, S3Options};
use rmcp::ServiceExt;
use rmcp::model::{CallToolRequestParams, CallToolResult};
use rmcp::service::{ClientLifecycleMode, ClientServiceExt, RoleClient, RunningService};
use serde_json::Value;
use tempfile::TempDir;

use super::store::{KEY_ID, SECRET, Store};

pub type Client = RunningService<RoleClient, ()>;

/// What the objects are kept in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// A directory; step by step where the kernel could resolve paths at once.
    Directory { stepwise: bool },
    /// A store, over HTTP.
    Store,
}

/// A place for objects within a directory that also holds what lies outside of it.
pub struct World {
    directory: TempDir,
    backend: Backend,
    pub store: Option<Store>,
}

impl World {
    pub fn new(backend: Backend) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let world = Self {
            backend,
            store: (backend == Backend::Store).then(|| {
                std::fs::create_dir(directory.path().join("bucket")).unwrap();
                Store::start(directory.path())
            }),
            directory,
        };
        std::fs::create_dir_all(world.bucket()).unwrap();
        world
    }

    pub fn root(&self) -> &Path {
        self.directory.path()
    }

    /// Where objects lie: the whole directory, or one prefix of the store's bucket.
    pub fn bucket(&self) -> PathBuf {
        match self.backend {
            Backend::Directory { .. } => self.directory.path().join("bucket"),
            Backend::Store => self.directory.path().join("bucket/data"),
        }
    }

    pub fn plant(&self, kind: &str, path: &str, content: &str) {
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

    pub fn options(&self, more: &str) -> S3Options {
        match (&self.store, self.backend) {
            (Some(store), _) => S3Options {
                url: store.url("data", more),
                stepwise: false,
                credentials: Some(credentials()),
            },
            (None, backend) => S3Options {
                url: format!("file:{}", self.bucket().display()),
                stepwise: backend == Backend::Directory { stepwise: true },
                credentials: None,
            },
        }
    }

    pub async fn client(&self) -> Client {
        connect(&self.options(""), ClientLifecycleMode::Initialize).await
    }

    /// Files below `root`, as sorted relative paths; links and special files do not count.
    pub fn files(root: &Path) -> Vec<String> {
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

pub fn credentials() -> S3Credentials {
    S3Credentials {
        key_id: KEY_ID.to_owned(),
        secret: SECRET.to_owned(),
        token: None,
    }
}

/// A client of a server with these options.
pub async fn connect(options: &S3Options, lifecycle: ClientLifecycleMode) -> Client {
    let handler = s3::handler(options).unwrap();
    let (near, far) = tokio::io::duplex(64 * 1024);
    tokio::spawn(async move {
        if let Ok(service) = handler.serve(far).await {
            let _ = service.waiting().await;
        }
    });
    ().serve_with_lifecycle(near, lifecycle).await.unwrap()
}

pub async fn call(client: &Client, tool: &str, arguments: Value) -> CallToolResult {
    let Value::Object(arguments) = arguments else {
        panic!("arguments are an object");
    };
    let params = CallToolRequestParams::new(tool.to_owned()).with_arguments(arguments);
    tokio::time::timeout(Duration::from_secs(60), client.call_tool(params))
        .await
        .expect("an answer in time")
        .expect("a result, not a protocol error")
}

pub fn code(result: &CallToolResult) -> Option<String> {
    if result.is_error != Some(true) {
        return None;
    }
    result.structured_content.as_ref()?["code"]
        .as_str()
        .map(str::to_owned)
}
