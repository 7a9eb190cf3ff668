//! Aegis behind Aegis: a kernel that listens over HTTP is the downstream of another, in either era.
//! Knows nothing of policy.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;
use std::thread;

use aegis_host::config::{PeerConfig, SecretRef};
use aegis_host::dial::Address;
use aegis_tests::{Listening, TempWorld, self_signed};
use rustls::{ServerConnection, StreamOwned};

use super::far::Far;
use super::kit::{World, json};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

struct Inner {
    world: TempWorld,
    process: Listening,
}

impl Inner {
    fn listening() -> Self {
        let world = TempWorld::new();
        let token = world.path("agent.token");
        std::fs::write(&token, TOKEN).unwrap();
        std::fs::set_permissions(&token, std::fs::Permissions::from_mode(0o600)).unwrap();
        let text = std::fs::read_to_string(world.config()).unwrap();
        let north = "[north.http]\nlisten = \"127.0.0.1:0\"\n[north.http.principal.analyst-agent]\ntokens = [\"file:agent.token\"]\n";
        std::fs::write(world.config(), format!("{text}\n{north}")).unwrap();
        let process = Listening::start(&world.config());
        Self { world, process }
    }
}

/// Something in between that knows nothing of `server/discover`: what is behind it looks like a server of the older era.
fn aged(port: u16) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let own = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            // Whoever goes away in the middle is nobody's fault.
            thread::spawn(move || relay(stream.unwrap(), port, true).unwrap_or_default());
        }
    });
    own
}

/// Passes one request on, and its response back.
fn relay(mut stream: impl Read + Write, port: u16, aged: bool) -> std::io::Result<()> {
    let mut reader = BufReader::new(&mut stream);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? <= 2 {
            break;
        }
        let lower = line.to_ascii_lowercase();
        if let Some(value) = lower.strip_prefix("content-length: ") {
            length = value.trim().parse().unwrap();
        }
        match lower.starts_with("host: ") {
            true => head.push_str(&format!("host: 127.0.0.1:{port}\r\nconnection: close\r\n")),
            false => head.push_str(&line),
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    if aged && String::from_utf8_lossy(&body).contains("\"server/discover\"") {
        return stream.write_all(
            b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        );
    }
    let mut inner = TcpStream::connect(("127.0.0.1", port))?;
    inner.write_all(format!("{head}\r\n").as_bytes())?;
    inner.write_all(&body)?;
    std::io::copy(&mut inner, &mut stream).map(|_| ())
}

#[tokio::test]
async fn a_kernel_answers_another_over_http_in_both_eras() {
    for old in [false, true] {
        let inner = Inner::listening();
        let port = match old {
            true => aged(inner.process.port),
            false => inner.process.port,
        };
        let world = World::new();
        let token = world.file("inner.token", TOKEN.as_bytes(), 0o600);
        let url = format!("http://127.0.0.1:{port}/mcp");
        let world = world.far_with("inner", &url, 20_000, SecretRef::File(token));
        let running = world.start().await.unwrap();
        assert_eq!(running.south.warnings(), [], "old: {old}");
        let sql = r#"{"sql":"SELECT email FROM customers WHERE id = 1"}"#;
        let answer = running.call("inner", "postgres__query", sql).await.unwrap();
        let rows = answer
            .get("structuredContent")
            .unwrap()
            .get("rows")
            .unwrap();
        assert!(rows.to_string().contains("<EMAIL_ADDRESS:"), "{rows}");
        let drop = r#"{"sql":"DROP TABLE orders"}"#;
        let answer = running
            .call("inner", "postgres__execute", drop)
            .await
            .unwrap();
        let rule = answer.get("structuredContent").unwrap().get("rule");
        assert_eq!(rule, Some(&json(r#""no-destructive-ops""#)));
        // Many at once, each with its own answer.
        let calls = (0..20).map(|n| {
            let sql = format!(r#"{{"sql":"SELECT {n} AS n"}}"#);
            let running = &running;
            async move {
                let answer = running
                    .call("inner", "postgres__query", &sql)
                    .await
                    .unwrap();
                let rows = answer
                    .get("structuredContent")
                    .unwrap()
                    .get("rows")
                    .unwrap();
                assert_eq!(rows, &json(&format!(r#"[{{"n":{n}}}]"#)));
            }
        });
        let mut calls: Vec<_> = calls.map(Box::pin).collect();
        std::future::poll_fn(|context| {
            calls.retain_mut(|call| call.as_mut().poll(context).is_pending());
            match calls.is_empty() {
                true => std::task::Poll::Ready(()),
                false => std::task::Poll::Pending,
            }
        })
        .await;
        running.south.shutdown().await;
        let log = inner.world.path(".aegis/audit/00000000000000000000.jsonl");
        let log = std::fs::read_to_string(log).unwrap();
        assert!(!log.contains(TOKEN));
    }
}

/// Something in front that speaks TLS, with a certificate for `localhost` that it signed itself; the certificate's text.
fn encrypted(port: u16) -> (u16, String) {
    let (config, certificate) = self_signed("localhost");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let own = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let session = ServerConnection::new(Arc::clone(&config)).unwrap();
            let stream = StreamOwned::new(session, stream.unwrap());
            // A client that does not believe it goes away.
            thread::spawn(move || relay(stream, port, false).unwrap_or_default());
        }
    });
    (own, certificate)
}

#[tokio::test]
async fn over_tls_its_own_authority_counts_and_no_other() {
    let far = Far::listening(false);
    let (port, certificate) = encrypted(far.port);
    let (_, other) = encrypted(far.port);
    for (ca, host, heard) in [
        (&other, "localhost", false),
        (&certificate, "127.0.0.1", false),
        (&certificate, "localhost", true),
    ] {
        let world = World::new();
        let token = world.file("far.token", TOKEN.as_bytes(), 0o600);
        let file = world.file("ca.pem", ca.as_bytes(), 0o644);
        let mut world = world.far_with("h", "http://127.0.0.1:1/", 20_000, SecretRef::File(token));
        if let PeerConfig::Remote(remote) = &mut world.config.south.get_mut("h").unwrap().peer {
            let url = format!("https://{host}:{port}/mcp");
            remote.address = Address::parse(&url, "/", false).unwrap();
            remote.ca = Some(file);
        }
        let running = world.start().await.unwrap();
        let warnings = running.south.warnings();
        if heard {
            assert_eq!(warnings, []);
            running.call("h", "echo", "{}").await.unwrap();
        } else {
            let warning = warnings.first().unwrap().to_string();
            assert!(warning.contains("certificate is not trusted"), "{warning}");
        }
        assert_eq!(!far.heard().is_empty(), heard, "{host}");
        running.south.shutdown().await;
    }
}
