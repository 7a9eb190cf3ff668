//! A private PostgreSQL for tests: made on first use, shared by one test binary, gone with it however it ends.
//! Knows nothing of what is asked of it.
//!
//! The server listens on a socket in its own temporary folder alone. A small shell stands between the
//! test and the server and holds the other end of a pipe: when the test process ends, by whatever way,
//! the pipe closes, the shell stops the server and removes the folder.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use postgres::{Client, Config, NoTls};

/// A running server.
pub struct PostgresServer {
    folder: PathBuf,
    bin: PathBuf,
    /// End the server, one that was started anew included, when they are dropped with their standard inputs.
    watchdogs: Vec<Child>,
    named: AtomicUsize,
    port: u16,
}

/// The database superuser of the private server.
const USER: &str = "postgres";

impl PostgresServer {
    /// The server of this test binary. Where PostgreSQL is not installed it says so past any capture
    /// of output and gives `None`; with `CI=true` that is a failure.
    ///
    /// # Panics
    /// Where the server cannot be started, or with `CI=true` is not installed.
    pub fn shared(test: &str) -> Option<&'static Self> {
        static SHARED: OnceLock<Option<PostgresServer>> = OnceLock::new();
        let server = SHARED.get_or_init(|| binaries().map(|bin| Self::start(&bin, |_| Vec::new())));
        if server.is_none() {
            let told = format!("\nSKIPPED {test}: no PostgreSQL here (initdb, postgres)\n");
            // Not by `eprintln`, which the test harness keeps to itself.
            let _ = std::io::stderr().write_all(told.as_bytes());
            assert!(
                std::env::var("CI").as_deref() != Ok("true"),
                "{test} needs PostgreSQL; install the package `postgresql`"
            );
        }
        server.as_ref()
    }

    /// A server of its own, for what a shared one would suffer from; see [`PostgresServer::shared`].
    ///
    /// # Panics
    /// As there.
    pub fn own(test: &str) -> Option<Self> {
        Self::shared(test)?;
        binaries().map(|bin| Self::start(&bin, |_| Vec::new()))
    }

    /// A server of its own that takes encrypted connections to `localhost` as well, with passwords, and shows this
    /// certificate (PEM, with its key). With it, its port.
    ///
    /// # Panics
    /// As [`PostgresServer::shared`].
    pub fn secured(test: &str, certificate: &str, key: &str) -> Option<(Self, u16)> {
        Self::shared(test)?;
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let prepare = |folder: &Path| {
            // The folder is given to whom the server runs as.
            let owner = std::fs::metadata(folder).unwrap();
            let mut settings = vec!["ssl=on".to_owned(), "listen_addresses=127.0.0.1".to_owned()];
            settings.push(format!("port={port}"));
            for (name, setting, text) in [
                ("server.pem", "ssl_cert_file", certificate),
                ("server.key", "ssl_key_file", key),
                (
                    "hba.conf",
                    "hba_file",
                    "local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n",
                ),
            ] {
                let path = folder.join(name);
                std::fs::write(&path, text).unwrap();
                std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
                chown(&path, Some(owner.uid()), Some(owner.gid())).unwrap();
                settings.push(format!("{setting}={}", path.display()));
            }
            settings
        };
        let mut server = Self::start(&binaries()?, prepare);
        server.port = port;
        Some((server, port))
    }

    fn start(bin: &Path, prepare: impl Fn(&Path) -> Vec<String>) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("aegis-pg-")
            .tempdir_in(short_temporary_folder())
            .unwrap()
            .keep();
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
        let owner = unprivileged(&folder);
        if let Some((uid, gid)) = owner {
            chown(&folder, Some(uid), Some(gid)).unwrap();
        }
        let shell = |script: &str| shell(bin, &folder, owner, script);
        let made = shell(INITDB).stdin(Stdio::null()).output().unwrap();
        assert!(
            made.status.success(),
            "initdb: {}",
            String::from_utf8_lossy(&made.stderr)
        );
        let settings = prepare(&folder);
        let watchdogs = vec![served(shell(SERVE), &settings)];
        Self {
            folder,
            bin: bin.to_owned(),
            watchdogs,
            named: AtomicUsize::new(0),
            port: PORT,
        }
    }

    /// Sends a signal to one process of the server.
    ///
    /// # Panics
    /// Where there is no `kill`.
    pub fn signal(&self, process: i64, signal: &str) {
        let mut kill = Command::new("kill");
        kill.args(["-s", signal, &process.to_string()]);
        kill.status().expect("kill");
    }

    /// Ends the server by a signal, and waits until no process of it is left.
    ///
    /// # Panics
    /// Where it does not run, or lives on.
    pub fn stop(&self, signal: &str) {
        let data = self.folder.join("data");
        let file = std::fs::read_to_string(data.join("postmaster.pid")).unwrap();
        let process = file.lines().next().unwrap_or_default().parse().unwrap();
        self.signal(process, signal);
        if signal == "KILL" {
            // A process in the middle of a statement would go on to its end without its parent.
            processes_in(&data).for_each(|process| self.signal(process, signal));
        }
        let patience = Instant::now() + PATIENCE;
        while processes_in(&data).next().is_some() {
            assert!(
                Instant::now() < patience,
                "the server lives on after {signal}"
            );
            std::thread::yield_now();
        }
    }

    /// Starts it anew on the same data, after [`PostgresServer::stop`].
    ///
    /// # Panics
    /// Where it does not come up.
    pub fn revive(&mut self) {
        // What a server that was killed leaves would be taken for another one's.
        let _none = std::fs::remove_file(self.folder.join("data/postmaster.pid"));
        let serve = shell(
            &self.bin,
            &self.folder,
            unprivileged_of(&self.folder),
            SERVE,
        );
        self.watchdogs.push(served(serve, &[]));
    }

    /// Waits until it takes connections again, after it lost a process.
    ///
    /// # Panics
    /// Where it does not.
    pub fn await_recovery(&self) {
        let patience = Instant::now() + PATIENCE;
        while self.config().dbname("postgres").connect(NoTls).is_err() {
            assert!(Instant::now() < patience, "the server does not come back");
            std::thread::yield_now();
        }
    }

    /// A connection as the superuser.
    ///
    /// # Panics
    /// Where the server does not take it.
    #[must_use]
    pub fn connect(&self, database: &str) -> Client {
        self.config()
            .dbname(database)
            .connect(NoTls)
            .unwrap_or_else(|fault| panic!("connecting to {database}: {fault}"))
    }

    /// How to connect; the user is a superuser without a password.
    #[must_use]
    pub fn config(&self) -> Config {
        let mut config = Config::new();
        config.host_path(&self.folder).port(self.port).user(USER);
        config
    }

    /// The folder that the server's socket is in.
    #[must_use]
    pub fn socket_folder(&self) -> &Path {
        &self.folder
    }

    /// A fresh database with a name of its own, as a copy of another.
    ///
    /// # Panics
    /// Where it cannot be made.
    #[must_use]
    pub fn create_database(&self, template: &str) -> String {
        let name = format!("db{}", self.named.fetch_add(1, Ordering::Relaxed));
        self.connect("postgres")
            .batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {template}"))
            .unwrap_or_else(|fault| panic!("creating {name} from {template}: {fault}"));
        name
    }

    /// Runs a text that may ask for rows (`COPY … FROM STDIN`) through `psql`, and gives it none.
    pub fn feed_nothing(&self, database: &str, sql: &str) {
        let _ = Command::new(self.bin.join("psql"))
            .args(["-X", "-q", "-U", USER, "-d", database, "-c", sql, "-h"])
            .arg(&self.folder)
            .stdin(Stdio::null())
            .output();
    }

    /// Removes a database, whoever is connected to it.
    ///
    /// # Panics
    /// Where it cannot be removed.
    pub fn drop_database(&self, name: &str) {
        self.connect("postgres")
            .batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            .unwrap_or_else(|fault| panic!("dropping {name}: {fault}"));
    }
}

const PORT: u16 = 5432;

/// For what a server does at once, on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(60);

/// A shell with a script, as whoever the server runs as; `$1` and `$2` are the folders.
fn shell(bin: &Path, folder: &Path, owner: Option<(u32, u32)>, script: &str) -> Command {
    let mut command = Command::new("sh");
    command
        .args(["-c", script, "sh"])
        .arg(bin)
        .arg(folder)
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("LC_ALL", "C");
    if let Some((uid, gid)) = owner {
        command.uid(uid).gid(gid);
    }
    command
}

/// Starts the server and waits until it is ready.
fn served(mut serve: Command, settings: &[String]) -> Child {
    for setting in settings {
        serve.args(["-c", setting]);
    }
    let mut watchdog = serve
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .unwrap();
    await_ready(&mut watchdog);
    watchdog
}

/// Whom a folder was given to, where that is not who runs the tests.
fn unprivileged_of(folder: &Path) -> Option<(u32, u32)> {
    let owner = std::fs::metadata(folder).unwrap();
    let own = std::fs::metadata("/proc/self").unwrap();
    (owner.uid() != own.uid()).then_some((owner.uid(), owner.gid()))
}

/// The processes that have this folder for their own, as all of a server have its data.
fn processes_in(data: &Path) -> impl Iterator<Item = i64> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    processes.filter_map(move |entry| {
        let number = entry.file_name().to_str()?.parse().ok()?;
        let own = std::fs::read_link(entry.path().join("cwd")).ok()?;
        (own == data).then_some(number)
    })
}

/// `$1` is the folder of the binaries, `$2` the server's own.
const INITDB: &str =
    r#"exec "$1/initdb" -D "$2/data" -U postgres -A trust -E UTF8 --locale=C --no-sync >/dev/null"#;

/// Serves until standard input ends; what follows the folders are more settings. The signals of a terminal are for the test, which ends the input.
const SERVE: &str = r#"
trap '' INT HUP TERM
bin="$1" folder="$2"
shift 2
"$bin/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= -c port=5432 -c fsync=off \
  -c synchronous_commit=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 \
  -c shared_buffers=32MB -c max_connections=60 -c autovacuum=off -c jit=off \
  -c max_parallel_workers_per_gather=0 -c log_min_messages=log -c log_min_error_statement=panic \
  -c timezone=UTC -c statement_timeout=10s -c lock_timeout=2s "$@" </dev/null &
server=$!
# The server alone holds the log now: where it ends at once, whoever reads it is told.
exec 2>/dev/null
cat >/dev/null
kill -QUIT "$server" 2>/dev/null
wait "$server" 2>/dev/null
rm -rf "$folder"
"#;

/// Reads the server's log until it is ready, then keeps it from blocking on a full pipe.
fn await_ready(watchdog: &mut Child) {
    let mut lines = BufReader::new(watchdog.stderr.take().unwrap()).lines();
    let mut said = String::new();
    loop {
        let line = lines
            .next()
            .unwrap_or_else(|| panic!("postgres ended before it was ready:\n{said}"))
            .unwrap();
        if line.contains("ready to accept connections") {
            break;
        }
        said.push_str(&line);
        said.push('\n');
    }
    std::thread::spawn(move || lines.for_each(drop));
}

/// The folder that holds `initdb` and `postgres`: the newest that Debian keeps, else one on the path.
fn binaries() -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .collect();
    versions.sort();
    let on_path = std::env::var_os("PATH");
    let on_path: Vec<PathBuf> = on_path.iter().flat_map(std::env::split_paths).collect();
    versions
        .into_iter()
        .rev()
        .map(|(_, bin)| bin)
        .chain(on_path)
        .find(|bin| bin.join("initdb").is_file() && bin.join("postgres").is_file())
}

/// PostgreSQL refuses to run as root: whom to run it as in that case.
fn unprivileged(folder: &Path) -> Option<(u32, u32)> {
    if std::fs::metadata(folder).unwrap().uid() != 0 {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    ["postgres", "nobody"].iter().find_map(|wanted| {
        let line = users
            .lines()
            .find(|line| line.split(':').next() == Some(wanted))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    })
}

/// A socket's path may have 107 bytes.
fn short_temporary_folder() -> PathBuf {
    let folder = std::env::temp_dir();
    match folder.as_os_str().len() > 60 {
        true => PathBuf::from("/tmp"),
        false => folder,
    }
}
