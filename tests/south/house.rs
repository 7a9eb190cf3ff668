//! A kernel before a server over HTTP: what the agent hears of it, what the log says, and where its secrets are not.
//! Knows nothing of HTTP's faults: those have a table.

use std::os::unix::fs::PermissionsExt;

use aegis_tests::Client;
use serde_json::json;

use super::far::{Far, Trick, response};
use super::kit::CANARY;

const MANIFEST: &str = "server = \"h\"\n[tool.echo]\ndescription = \"Says what it hears\"\ncapabilities = [\"h:say\"]\n";
const POLICY: &str = "[[grant]]\nid = \"all\"\nprincipal = \"agent\"\ncapabilities = [\"h:say\"]\n";

fn prepared(far: &Far) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    };
    put("manifest.toml", MANIFEST);
    put("policy.toml", POLICY);
    put("token", CANARY);
    put("key", &format!("Basic {CANARY}-key"));
    put(
        "aegis.toml",
        &format!(
            "[kernel]\nprincipal = \"agent\"\npolicies = [\"policy.toml\"]\n[south.h]\nmanifest = \"manifest.toml\"\nurl = {:?}\n\
             bearer = \"file:token\"\nsecret_headers = {{ X-Key = \"file:key\" }}\ntimeout_ms = 20000\n",
            far.url()
        ),
    );
    dir
}

fn event(message: &str) -> String {
    format!("data: {message}\n\n")
}

#[test]
fn the_secrets_of_a_server_over_http_are_in_no_answer_and_no_file() {
    for old in [true, false] {
        let far = Far::listening(old);
        let dir = prepared(&far);
        let mut kernel = Client::start(&dir.path().join("aegis.toml"));
        let tell = |says| {
            far.play(Trick {
                at: "tools/call".to_owned(),
                says,
                ..Trick::default()
            });
        };
        let said = format!("you sent Bearer {CANARY} and {CANARY}-key");
        let result = json!({"content": [{"type": "text", "text": said}], "structuredContent": {"own": said}});
        let body = json!({"jsonrpc": "2.0", "id": 0, "result": result}).to_string();
        let body = body.replacen("\"id\":0", "\"id\":@id", 1);
        // Its length is that of an id of one digit.
        let head = "content-type: text/event-stream\r\nconnection: close";
        tell(format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n{}", event(&body)).into_bytes());
        let answer = kernel.call("h__echo", &json!({}));
        assert!(!answer.to_string().contains("isError\":true"), "{answer}");
        let error = json!({"jsonrpc": "2.0", "id": 0, "error": {"code": -1, "message": said}});
        let error = error.to_string().replacen("\"id\":0", "\"id\":@id", 1);
        tell(format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n{}", event(&error)).into_bytes());
        kernel.call("h__echo", &json!({}));
        let challenge = format!("www-authenticate: Bearer realm=\"{CANARY}\"");
        tell(response("401 Unauthorized", &challenge, &said));
        let answer = kernel.call("h__echo", &json!({}));
        assert_eq!(answer["structuredContent"]["code"], "downstream-refused");
        assert_eq!(answer["structuredContent"]["sent"], "maybe");
        assert_eq!(kernel.finish(), Some(0));
        let heard = kernel.heard.concat();
        assert!(!heard.contains(CANARY), "{heard}");
        let mut folders = vec![dir.path().join(".aegis")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let bytes = std::fs::read(&path).unwrap();
                let text = String::from_utf8_lossy(&bytes);
                assert!(!text.contains(CANARY), "{}", path.display());
            }
        }
        let verified = std::process::Command::new(aegis_tests::aegis())
            .args(["audit", "verify"])
            .arg(dir.path().join(".aegis/audit"))
            .output()
            .unwrap();
        assert_eq!(verified.status.code(), Some(0), "{verified:?}");
    }
}

#[test]
fn progress_over_http_is_heard_in_order_and_before_the_answer() {
    for old in [true, false] {
        let far = Far::listening(old);
        let dir = prepared(&far);
        let mut kernel = Client::start(&dir.path().join("aegis.toml"));
        let told = |at: u32| {
            let params = format!(r#"{{"progressToken":"@token","progress":{at},"total":3}}"#);
            event(&format!(
                r#"{{"jsonrpc":"2.0","method":"notifications/progress","params":{params}}}"#
            ))
        };
        let result =
            r#"{"jsonrpc":"2.0","id":@id,"result":{"content":[],"structuredContent":{"own":1}}}"#;
        let stream = [told(1), told(2), told(3), event(result)].concat();
        let head =
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
        far.play(Trick {
            at: "tools/call".to_owned(),
            says: format!("{head}{stream}").into_bytes(),
            ..Trick::default()
        });
        let params =
            json!({"name": "h__echo", "arguments": {}, "_meta": {"progressToken": "mine"}});
        let id = kernel.post("tools/call", &params);
        let mut heard = Vec::new();
        let answer = loop {
            let message = kernel.receive().unwrap();
            if message["id"] == json!(id) {
                break message;
            }
            heard.push(message["params"]["progress"].as_u64().unwrap());
        };
        assert_eq!(heard, [1, 2, 3], "old: {old}");
        assert_eq!(answer["result"]["structuredContent"]["own"], 1);
        assert_eq!(kernel.finish(), Some(0));
    }
}

#[test]
fn a_cancelled_call_over_http_is_told_in_the_older_era_and_left_in_the_newer() {
    for old in [true, false] {
        let far = Far::listening(old);
        let dir = prepared(&far);
        let mut kernel = Client::start(&dir.path().join("aegis.toml"));
        far.play(Trick {
            at: "tools/call".to_owned(),
            hangs: true,
            ..Trick::default()
        });
        let id = kernel.post("tools/call", &json!({"name": "h__echo", "arguments": {}}));
        far.wait(|far| far.heard().iter().any(|one| one.method() == "tools/call"));
        let cancel = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}});
        kernel.send(&cancel.to_string());
        match old {
            true => far.wait(|far| {
                let heard = far.heard();
                heard
                    .iter()
                    .any(|one| one.method() == "notifications/cancelled")
            }),
            false => far.wait(|far| far.left() > 0),
        }
        // The next call is served.
        assert!(kernel.done("h__echo", &json!({})).get("own").is_some());
        assert_eq!(kernel.finish(), Some(0));
        let told = far.heard();
        let told = told
            .iter()
            .any(|one| one.method() == "notifications/cancelled");
        assert_eq!(told, old);
    }
}
