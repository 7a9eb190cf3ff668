//! The canary: a downstream sends its secrets back in every spelling and from every place of an answer, and neither what
//! the agent receives, nor a file that the kernel writes, nor its standard error holds one.
//! Knows nothing of how they are kept in.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};

use aegis_tests::{Client, Listening, SPELLINGS, aegis, spelled};
use serde_json::{Value, json};

use super::kit::{PHRASE, Place};

/// Secrets of every sort; the name is the variable.
pub(crate) const SECRETS: &[(&str, &str)] = &[
    ("SECRET_PLAIN", "tok_7f3a91c2d4e5f6a7b8c9"),
    ("SECRET_SHORT", "k7#Qz!"),
    ("SECRET_ODD", "pä\"ss'w\\ord/+=%41 <&> $x"),
    (
        "SECRET_URL",
        "postgres://app:p%40ss%2Fw0rd-canary@db.internal:5432/app?sslmode=require",
    ),
    ("SECRET_DIGITS", "481516234213370042"),
    ("SECRET_FOREIGN", "пароль-ключ-密码-🔑"),
    ("SECRET_WORDS", "correct horse staple canary"),
    (
        "SECRET_LINES",
        "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n+/7f3a==\n-----END KEY-----",
    ),
    (
        "SECRET_LONG",
        "Zm9v+YmFy/Z2hpams=x7Yq0Lr2VbN8sKd4tGh1jPw6mUc3eXa9oRi5fTz0BvQnEyWlHkJdSgCpMuAtIxOr+Fb/Ds=Zq1Wv2Xe3Cr4Vt5By6Nu7Mi8Lo9Kp0JhGfDsAqWeRtYu",
    ),
];

/// Every place of an answer.
const SHAPES: &[&str] = &[
    "text",
    "sentence",
    "two blocks",
    "two blocks with one between",
    "letters in blocks",
    "field",
    "deep",
    "key",
    "rows",
    "two fields",
    "two rows",
    "key and value",
    "letters in a list",
    "bytes in a list",
    "JSON in a text",
    "text and field",
    "resource text",
    "resource blob",
    "resource address",
    "link",
    "image",
    "audio",
    "unknown block",
    "meta",
    "meta of a block",
    "beside",
    "error result",
    "error",
    "notifications",
];

/// Whose requests over HTTP are the agent's.
const TOKEN: &str = "canary-0000000000000000000000000000";

/// Spellings in every shape; the others in a few.
const EVERYWHERE: &[&str] = &["raw", "base64", "hex", "percent for all", "JSON"];
/// Shapes for every spelling.
const FOR_ALL: &[&str] = &["text", "sentence", "field", "two blocks"];

/// A kernel before the parrot, with its secrets in the store, captures on.
fn house() -> Place {
    let place = Place::with(SECRETS);
    let parrot = aegis().with_file_name("aegis-parrot").display().to_string();
    let made = Command::new(aegis())
        .args(["audit", "capture", "keygen"])
        .arg(place.path("capture.key"))
        .output()
        .unwrap();
    let key = String::from_utf8(made.stdout).unwrap();
    let secrets: Vec<String> = SECRETS
        .iter()
        .map(|(name, _)| format!("{name} = \"store:{name}\""))
        .collect();
    place.write(
        "aegis.toml",
        &format!(
            "[kernel]\nprincipal = \"agent\"\npolicies = [\"policy.toml\"]\nstate = \"kept/state.db\"\n\
             [audit]\ndir = \"kept/audit\"\n[audit.capture]\nkey = {:?}\ndir = \"kept/captures\"\n\
             [secrets]\nstore = \"store.json\"\nkey = \"file:phrase\"\n\
             [north.http]\nlisten = \"127.0.0.1:0\"\n[north.http.principal.agent]\ntokens = [\"file:token\"]\n\
             [south.p]\nmanifest = \"manifest.toml\"\ncommand = [{parrot:?}]\nsecrets = {{ {} }}\n",
            key.trim(),
            secrets.join(", ")
        ),
    );
    place.private("token", TOKEN);
    let argument = |name: &str| {
        format!("[tool.say.argument.{name}]\nkind = \"string\"\ndescription = \"which\"\n")
    };
    let arguments: String = ["secret", "spelling", "shape"].map(argument).concat();
    place.write(
        "manifest.toml",
        &format!("server = \"p\"\n[tool.say]\ndescription = \"says it\"\ncapabilities = [\"h:say\"]\n{arguments}"),
    );
    place.write(
        "policy.toml",
        "[[grant]]\nid = \"all\"\nprincipal = \"agent\"\ncapabilities = [\"h:say\"]\n",
    );
    place
}

/// What must not be there: a text, and whose it is.
struct Needle {
    what: String,
    text: String,
}

/// The secret in this spelling, itself and as JSON holds it.
fn needles(name: &str, value: &str, spelling: &str) -> Vec<Needle> {
    let said = spelled(spelling, value);
    let needle = |how: &str, text: String| Needle {
        what: format!("{name}, {spelling}{how}"),
        text,
    };
    let quoted = Value::from(said.as_str()).to_string();
    let quoted = quoted[1..quoted.len() - 1].to_owned();
    let mut all = vec![needle(" as JSON", quoted), needle("", said)];
    all.push(needle(", itself", value.to_owned()));
    let bytes: Vec<String> = value.bytes().map(|byte| byte.to_string()).collect();
    all.push(needle(", byte by byte", bytes.join(",")));
    all
}

/// Every text of a value, one after the other: what stands in two places is read together.
fn texts(value: &Value, all: &mut String) {
    match value {
        Value::String(text) => all.push_str(text),
        Value::Number(number) => {
            let _ = write!(all, "{number}");
        }
        Value::Array(items) => items.iter().for_each(|item| texts(item, all)),
        Value::Object(members) => {
            for (key, member) in members {
                all.push_str(key);
                texts(member, all);
            }
        }
        _ => {}
    }
}

/// Only the texts of content blocks, or the values of members.
fn values(value: &Value, all: &mut String) {
    match value {
        Value::Object(members) => {
            for (key, member) in members
                .iter()
                .filter(|(key, _)| *key != "type" && *key != "mimeType")
            {
                let _ = key;
                values(member, all);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| values(item, all)),
        other => texts(other, all),
    }
}

/// What of the needles is in what was heard.
fn found<'n>(heard: &[String], needles: &'n [Needle]) -> Vec<&'n str> {
    let mut all = heard.join("\n");
    for line in heard {
        let message: Value = serde_json::from_str(line).unwrap();
        for read in [texts, values] {
            all.push('\n');
            read(&message, &mut all);
        }
    }
    let there = needles.iter().filter(|needle| all.contains(&needle.text));
    there.map(|needle| needle.what.as_str()).collect()
}

fn ask(client: &mut Client, secret: &str, spelling: &str, shape: &str) -> Vec<String> {
    let before = client.heard.len();
    let arguments = json!({"secret": secret, "spelling": spelling, "shape": shape});
    let _ = client.request(
        "tools/call",
        &json!({"name": "p__say", "arguments": arguments, "_meta": {"progressToken": before}}),
    );
    client.heard[before..].to_vec()
}

/// The same over HTTP, in the newer era: all that came, head and events, and each message by itself.
fn ask_over_http(port: u16, secret: &str, spelling: &str, shape: &str) -> (String, Vec<String>) {
    let arguments = json!({"secret": secret, "spelling": spelling, "shape": shape});
    let meta = json!({
        "progressToken": 1,
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let params = json!({"name": "p__say", "arguments": arguments, "_meta": meta});
    let body =
        json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}).to_string();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let head = format!(
        "POST /mcp HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\nAuthorization: Bearer {TOKEN}\r\n\
         Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\nContent-Length: {}\r\n\
         MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: p__say\r\n\r\n",
        body.len()
    );
    stream.write_all((head + &body).as_bytes()).unwrap();
    let mut all = String::new();
    stream.read_to_string(&mut all).unwrap();
    assert!(all.starts_with("HTTP/1.1 200"), "{all}");
    let events = all.lines().filter_map(|line| line.strip_prefix("data: "));
    let events: Vec<String> = events.map(str::to_owned).collect();
    assert!(!events.is_empty(), "{all}");
    (all, events)
}

#[test]
fn no_secret_leaves_over_http_from_any_place() {
    let place = house();
    let kernel = Listening::start(&place.path("aegis.toml"));
    let mut problems = String::new();
    let mut heard_of = 0;
    for (name, value) in SECRETS {
        for (spelling, _) in SPELLINGS {
            let needles = needles(name, value, spelling);
            // Every place in one spelling, every spelling in one place: what else there is, a pipe has shown.
            let shapes = match *spelling == "raw" {
                true => SHAPES,
                false => &["text"],
            };
            for shape in shapes {
                let (all, events) = ask_over_http(kernel.port, name, spelling, shape);
                heard_of += events.len();
                let plain = needles.iter().filter(|needle| all.contains(&needle.text));
                let plain: Vec<&str> = plain.map(|needle| needle.what.as_str()).collect();
                for what in found(&events, &needles).into_iter().chain(plain) {
                    let _ = writeln!(problems, "{shape}: {what}: {}", events.last().unwrap());
                }
            }
        }
    }
    assert!(heard_of > SECRETS.len() * SHAPES.len(), "{heard_of}");
    let (code, errors) = kernel.end_telling();
    assert_eq!(code, Some(0));
    place.write("stderr", &errors);
    in_files(&place, &mut problems);
    let count = problems.lines().count();
    assert!(problems.is_empty(), "{count} leaks\n{problems}");
}

#[test]
fn no_secret_leaves_in_any_spelling_from_any_place() {
    let place = house();
    let mut kernel = Command::new(aegis());
    kernel
        .args(["serve", "--config"])
        .arg(place.path("aegis.toml"));
    let errors = std::fs::File::create(place.path("stderr")).unwrap();
    let mut client = Client::run_telling(kernel, Stdio::from(errors)).hello();
    let mut problems = String::new();
    let listed = client.request("tools/list", &json!({}));
    let hello = vec![client.heard[0].clone(), listed.to_string()];
    for (name, value) in SECRETS {
        for (spelling, _) in SPELLINGS {
            let needles = needles(name, value, spelling);
            for what in found(&hello, &needles) {
                let _ = writeln!(problems, "hello: {what}");
            }
            let shapes = match EVERYWHERE.contains(spelling) {
                true => SHAPES,
                false => FOR_ALL,
            };
            for shape in shapes {
                let heard = ask(&mut client, name, spelling, shape);
                for what in found(&heard, &needles) {
                    let _ = writeln!(
                        problems,
                        "{shape}: {what}: {}",
                        heard.last().unwrap().trim()
                    );
                }
            }
        }
        // Last words, and another life.
        let heard = ask(&mut client, name, "raw", "last words");
        for what in found(&heard, &needles(name, value, "raw")) {
            let _ = writeln!(problems, "last words: {what}");
        }
    }
    assert_eq!(client.finish(), Some(0));
    in_files(&place, &mut problems);
    let count = problems.lines().count();
    assert!(problems.is_empty(), "{count} leaks\n{problems}");
}

/// Every file that the kernel wrote, and its standard error.
fn in_files(place: &Place, problems: &mut String) {
    let mut files = vec![place.path("stderr")];
    below(&place.path("kept"), &mut files);
    assert!(files.len() > 5, "{files:?}");
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        for (name, value) in SECRETS.iter().chain(&[("passphrase", PHRASE)]) {
            for (spelling, _) in SPELLINGS {
                for needle in needles(name, value, spelling) {
                    if text.contains(&needle.text) {
                        let _ = writeln!(problems, "{}: {}", file.display(), needle.what);
                    }
                }
            }
        }
    }
}

fn below(folder: &Path, files: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => below(&path, files),
            false => files.push(path),
        }
    }
}
