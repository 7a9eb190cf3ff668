//! A kernel over one database of a test's own: schema, manifest and policy as texts.
//! Knows nothing of what a test does in it.

use std::path::PathBuf;

use rusqlite::Connection;

use crate::{Client, aegis};

/// A folder with a database, a manifest, a policy and a configuration.
pub struct House {
    folder: tempfile::TempDir,
}

impl House {
    /// Builds it.
    ///
    /// # Panics
    /// Where a file cannot be written or the schema does not run.
    #[must_use]
    pub fn new(schema: &str, manifest: &str, policy: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let house = Self { folder };
        house.run(schema);
        let write = |name: &str, text: &str| {
            std::fs::write(house.path(name), text).expect("a file");
        };
        write("manifest.toml", manifest);
        write("policy.toml", policy);
        let url = format!("sqlite:{}", house.path("data.db").display());
        write("url", &url);
        use std::os::unix::fs::PermissionsExt;
        let owner = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(house.path("url"), owner).expect("a mode");
        let program = aegis();
        write(
            "aegis.toml",
            &format!(
                "[kernel]\nprincipal = \"analyst-agent\"\npolicies = [\"policy.toml\"]\nstate = \".aegis/state.db\"\n\
                 [audit]\ndir = \".aegis/audit\"\n[south.postgres]\nmanifest = \"manifest.toml\"\n\
                 command = [{:?}, \"downstream\", \"postgres\"]\nsecrets = {{ AEGIS_POSTGRES_URL = \"file:url\" }}\n",
                program.display().to_string()
            ),
        );
        house
    }

    /// A path inside.
    #[must_use]
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// An agent on a kernel that is started anew.
    #[must_use]
    pub fn agent(&self) -> Client {
        Client::start(&self.path("aegis.toml"))
    }

    /// Runs statements on the database itself, behind everyone's back.
    ///
    /// # Panics
    /// Where one fails.
    pub fn run(&self, sql: &str) {
        let database = Connection::open(self.path("data.db")).expect("the database");
        database
            .execute_batch(sql)
            .unwrap_or_else(|e| panic!("{sql}: {e}"));
    }

    /// One number from the database itself.
    ///
    /// # Panics
    /// Where the statement fails.
    #[must_use]
    pub fn number(&self, sql: &str) -> i64 {
        let database = Connection::open(self.path("data.db")).expect("the database");
        database
            .query_row(sql, [], |row| row.get(0))
            .unwrap_or_else(|e| panic!("{sql}: {e}"))
    }

    /// The whole log.
    ///
    /// # Panics
    /// Where it cannot be read.
    #[must_use]
    pub fn log(&self) -> String {
        let files = std::fs::read_dir(self.path(".aegis/audit")).expect("the log");
        files
            .filter_map(|entry| std::fs::read_to_string(entry.expect("an entry").path()).ok())
            .collect()
    }

    /// Replays the log under the rules that it was written by: every one of so many decisions follows from its record.
    ///
    /// # Panics
    /// Where it does not.
    pub fn replays(&self, decisions: u64) {
        let replay = std::process::Command::new(crate::aegis())
            .args(["replay", "--json", "--log"])
            .arg(self.path(".aegis/audit"))
            .arg("--policy")
            .arg(self.path("policy.toml"))
            .output()
            .expect("a replay");
        let told = String::from_utf8_lossy(&replay.stdout);
        assert_eq!(replay.status.code(), Some(0), "{told}");
        let report: serde_json::Value = serde_json::from_str(&told).expect("a report");
        assert_eq!(report["confirmed"], decisions, "{told}");
        assert_eq!(report["other"]["same"], decisions, "{told}");
    }
}
