//! The manifests and policies for servers that others wrote: they load alone and together, their cases hold, and answers in
//! the shapes that such servers give leave masked or not at all. The servers themselves are driven by `tests/servers/run`.
//! Knows nothing of the kernel's insides.

use std::path::{Path, PathBuf};
use std::process::Command;

use aegis_core::egress::{self, Masks, Secrets};
use aegis_core::manifest::{self, Domain};
use aegis_core::refusal::Refusal;
use aegis_tests::aegis;
use aegis_tests::answers::{sealed, sealed_for, withheld_by};
use aegis_tests::policies::{read, root, tomls};
use serde_json::{Value, json};

/// The servers, each with the package that its manifest is for.
const SERVERS: [(&str, &str); 5] = [
    (
        "filesystem",
        "`@modelcontextprotocol/server-filesystem` 2026.8.31",
    ),
    ("memory", "`@modelcontextprotocol/server-memory` 2026.8.31"),
    ("git", "`mcp-server-git` 2026.10.19"),
    (
        "postgres-reference",
        "`@modelcontextprotocol/server-postgres` 0.6.2",
    ),
    ("dbhub", "`@bytebase/dbhub` 1.4.0"),
];

fn manifest_of(server: &str) -> PathBuf {
    root().join(format!("manifests/third-party/{server}.toml"))
}

/// A configuration of these servers with their policies as they ship; nothing of it is started.
fn configured(folder: &Path, servers: &[&str]) -> PathBuf {
    let policies = root().join("policies/third-party");
    let files = servers.iter().chain([&"common"]);
    let files = files.map(|name| policies.join(format!("{name}.toml")).display().to_string());
    let files: Vec<String> = files.collect();
    let mut text = format!("[kernel]\nprincipal = \"analyst-agent\"\npolicies = {files:?}\n");
    for server in servers {
        let manifest = manifest_of(server);
        text += &format!("[south.{server}]\nmanifest = {manifest:?}\ncommand = [\"true\"]\n");
    }
    let config = folder.join("aegis.toml");
    std::fs::write(&config, text).expect("written");
    config
}

fn run(config: &Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(aegis())
        .args(arguments)
        .arg("--config")
        .arg(config)
        .env("NO_COLOR", "1")
        .output()
        .expect("aegis starts");
    let said = [output.stdout, output.stderr].concat();
    let code = output.status.code().unwrap_or(-1);
    (code, String::from_utf8_lossy(&said).into_owned())
}

#[test]
fn every_server_loads_alone_and_with_the_others() {
    let folder = tempfile::tempdir().expect("a folder");
    let all = SERVERS.map(|(server, _)| server);
    for servers in all.iter().map(std::slice::from_ref).chain([&all[..]]) {
        let config = configured(folder.path(), servers);
        let (code, said) = run(&config, &["check"]);
        assert_eq!(code, 0, "{servers:?}: {said}");
    }
    assert_eq!(
        tomls(&root().join("manifests/third-party")).len(),
        all.len()
    );
    for (server, package) in SERVERS {
        let pins = read(&manifest_of(server).with_extension("pins.json"));
        let pins: Value = serde_json::from_str(&pins).expect("JSON");
        let system = manifest::parse(&read(&manifest_of(server)), "m.toml");
        for tool in system.expect("a manifest").tools.keys() {
            assert!(
                pins["tools"][tool].is_object(),
                "{server}: {tool} is not pinned"
            );
        }
        let text = read(&manifest_of(server));
        assert!(text.contains(package), "{server} does not say {package}");
        let page = read(&root().join("docs/SERVERS.md"));
        let (name, version) = package.rsplit_once(' ').expect("a version");
        assert!(page.contains(name.trim_matches('`')), "{name}");
        assert!(page.contains(version), "{name} {version}");
    }
}

#[test]
fn the_cases_of_every_policy_hold_and_no_rule_lacks_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let all = SERVERS.map(|(server, _)| server);
    let config = configured(folder.path(), &all);
    let (code, said) = run(&config, &["policy", "test", "--json"]);
    let told: Value = serde_json::from_str(&said).unwrap_or_else(|why| panic!("{why}: {said}"));
    for what in ["failures", "lacking", "problems"] {
        assert_eq!(told[what], json!([]), "{what}");
    }
    assert_eq!(code, 0, "{said}");
    let cases = all.iter().chain([&"common"]).map(|name| {
        read(&root().join(format!("policies/third-party/cases/{name}.toml")))
            .matches("[[case]]")
            .count()
    });
    assert!(cases.sum::<usize>() > 130);
}

/// What a server of the table says, behind its shipped manifest and policy.
fn released(server: &str, tool: &str, arguments: &Value, result: &Value) -> Result<Value, Refusal> {
    let manifest = read(&manifest_of(server));
    let mut rules = read(&root().join(format!("policies/third-party/{server}.toml")));
    rules += &read(&root().join("policies/third-party/common.toml"));
    let rules = rules.replace("analyst-agent", "a");
    let masks = Masks::new([7; 32], Secrets::none());
    let tool = format!("{server}__{tool}");
    let egress = egress::release(
        sealed_for(&manifest, &rules, &tool, arguments, result),
        &masks,
    )?;
    Ok(serde_json::from_str(&egress.result().to_string()).expect("JSON"))
}

fn text(text: &str) -> Value {
    json!({ "content": [{ "type": "text", "text": text }], "isError": false })
}

fn query(sql: &str, rows: &str) -> Result<Value, Refusal> {
    released(
        "postgres-reference",
        "query",
        &json!({ "sql": sql }),
        &text(rows),
    )
}

#[test]
fn rows_that_are_a_text_are_masked_by_lineage() {
    let rows = r#"[ { "id": 1, "email": "ada at example", "c": "ada AT example" } ]"#;
    let sql = "SELECT id, email, replace(email, ' at ', ' AT ') AS c FROM customers";
    let left = query(sql, rows).expect("an answer");
    let row = &left["structuredContent"]["result"][0];
    assert_eq!(row["id"], 1);
    assert!(
        row["email"]
            .as_str()
            .is_some_and(|email| email.starts_with("<EMAIL_ADDRESS:")),
        "{row}"
    );
    assert!(!left.to_string().contains("example"), "{left}");
    // The other one has its rows further inside.
    let inside =
        format!(r#"{{ "success": true, "data": {{ "statements": [{{ "rows": {rows} }}] }} }}"#);
    let left = released(
        "dbhub",
        "execute_sql",
        &json!({ "sql": sql }),
        &text(&inside),
    );
    let left = left.expect("an answer");
    assert!(!left.to_string().contains("example"), "{left}");
    let none = query("SELECT id FROM customers WHERE id = 9", "[]").expect("an answer");
    assert_eq!(none["structuredContent"], json!({ "result": [] }));
}

#[test]
fn rows_that_are_not_those_of_the_statement_are_withheld() {
    let plain = "SELECT id, email FROM customers";
    for (sql, rows) in [
        // A server whose objects put whole numbers first, whatever the statement says.
        (
            r#"SELECT id AS "2", email AS "1" FROM customers"#,
            r#"[{ "1": "ada", "2": 1 }]"#,
        ),
        (plain, r#"[{ "email": "ada", "id": 1 }]"#),
        (plain, r#"[{ "id": 1, "mail": "ada" }]"#),
        // Two columns of one name are one member.
        (
            "SELECT email AS a, id AS a FROM customers",
            r#"[{ "a": 1 }]"#,
        ),
        // The table has a column that the manifest does not know.
        (
            "SELECT * FROM customers",
            r#"[{ "id": 1, "name": "ada", "email": "x", "phone": "1", "country": "UK", "notes": "n", "ssn": "s" }]"#,
        ),
        (plain, r#"[["1", "ada"]]"#),
        (plain, r#"{ "rows": [] }"#),
    ] {
        match query(sql, rows) {
            Err(refusal) => assert_eq!(
                withheld_by(&refusal),
                "reference-people-are-masked",
                "{sql}"
            ),
            Ok(left) => panic!("{sql}: {left}"),
        }
    }
}

#[test]
fn a_text_that_is_not_the_json_it_should_be_is_withheld() {
    let sql = json!({ "sql": "SELECT id FROM orders" });
    for result in [
        text("no rows"),
        text(r#"[{ "id": 1, "id": 2 }]"#),
        text(r#"[{ "id": 1 }"#),
        json!({ "content": [{ "type": "text" }] }),
        json!({ "content": [] }),
        json!({ "content": [{ "type": "text", "text": "[]" }, { "type": "text", "text": "[]" }] }),
    ] {
        match released("postgres-reference", "query", &sql, &result) {
            Err(refusal) => assert_eq!(withheld_by(&refusal), "kernel.unreadable-result"),
            Ok(left) => panic!("{result}: {left}"),
        }
    }
}

const PICTURES: &str =
    "server = \"x\"\n[tool.see]\ndescription = \"d\"\ncapabilities = [\"x:read\"]\n";

#[test]
fn a_picture_inside_a_structure_is_withheld_as_one_beside_it_is() {
    let rules = "[[grant]]\nid = \"g\"\nprincipal = \"a\"\ncapabilities = [\"x:read\"]\n";
    let picture = json!({ "type": "image", "data": "iVBORw0KGgo=", "mimeType": "image/png" });
    let bytes = json!({ "type": "resource", "resource": { "uri": "file:///x", "blob": "iVBORw0KGgo=", "mimeType": "x/y" } });
    let note =
        json!({ "type": "resource", "resource": { "uri": "file:///x", "blob": "aGVsbG8=" } });
    let structure =
        json!({ "content": [picture, bytes, note], "deep": { "er": [picture] }, "type": "image" });
    let answer = json!({ "structuredContent": structure });
    let left = |manifest: &str| {
        let masks = Masks::new([7; 32], Secrets::none());
        let egress = egress::release(sealed(manifest, rules, "x__see", &answer), &masks);
        egress.expect("an answer").result().to_string()
    };
    let closed = left(PICTURES);
    assert!(!closed.contains("iVBOR"), "{closed}");
    assert!(
        closed.contains("hello"),
        "what is a text leaves as one: {closed}"
    );
    let open = left(&format!("{PICTURES}[tool.see.result]\nbinary = \"pass\"\n"));
    assert!(open.contains("iVBOR"), "{open}");
}

fn domain(path: &str) -> Domain {
    let text = format!(
        "server = \"x\"\n[tool.t]\ndescription = \"d\"\ncapabilities = [\"x:read\"]\n[domain.d]\npaths = [{path:?}]\n"
    );
    let system = manifest::parse(&text, "m.toml").unwrap_or_else(|found| panic!("{found:#?}"));
    system.domains.into_iter().next().expect("a domain")
}

#[test]
fn a_component_is_protected_wherever_it_stands_and_so_is_what_lies_above_a_folder() {
    for (pattern, path, within) in [
        ("**/.git", ".git", true),
        ("**/.git", "a/b/.GIT/hooks/x", true),
        ("**/.git", "a/.github/x", false),
        ("**/.git", "a/x.git", false),
        ("**/.env*", "a/.env", true),
        ("**/.env*", "a/.env.local", true),
        ("**/.env*", "a/x.env", false),
        ("**/*.pem", "certs/SERVER.pem", true),
        ("**/*.pem", "certs/a.pem/b", true),
        ("**/*.pem", "certs/a.pems", false),
        ("**/a*b*c", "x/a1b2c", true),
        ("**/a*b*c", "x/ac", false),
        ("**/a*b*c", "x/abcx", false),
        ("a/b", "a/b/c", true),
        ("a/b", "a", false),
    ] {
        assert_eq!(domain(pattern).holds_path(path), within, "{pattern} {path}");
    }
    for (pattern, path, below) in [
        ("a/b/c", "a", true),
        ("a/b/c", "A/b", true),
        ("a/b/c", "a/bc", false),
        ("a/b/c", "x", false),
        ("**/b", "a", false),
    ] {
        assert_eq!(domain(pattern).lies_below(path), below, "{pattern} {path}");
    }
}

#[test]
fn a_star_in_a_path_stands_in_a_component_alone() {
    for path in ["gold*", "a/*/b", "**", "**/*", "**/a/b", "a/**/b"] {
        let text = format!("server = \"x\"\n[domain.d]\npaths = [{path:?}]\n");
        assert!(manifest::parse(&text, "m.toml").is_err(), "{path}");
    }
}
