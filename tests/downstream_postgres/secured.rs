//! TLS to a server: whom it trusts, and what it does not send to anybody else.
//! Knows nothing of statements.

use std::io::{Read, Write};
use std::net::TcpListener;

use aegis_downstreams::ServeError;
use aegis_downstreams::postgres::{self, GrantMode, PostgresOptions};
use aegis_tests::PostgresServer;

fn outcome(url: &str) -> Result<(), ServeError> {
    let options = PostgresOptions {
        url: url.to_owned(),
        grant: GrantMode::Open,
    };
    postgres::handler(&options).map(|_| ())
}

#[test]
fn a_server_is_spoken_to_where_its_certificate_is_vouched_for_and_nowhere_else() {
    let test = "a_server_is_spoken_to_where_its_certificate_is_vouched_for_and_nowhere_else";
    let own = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let other = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = own.signing_key.serialize_pem();
    let Some((server, port)) = PostgresServer::secured(test, &own.cert.pem(), &key) else {
        return;
    };
    let mut client = server.connect("postgres");
    let role = "CREATE ROLE plain LOGIN PASSWORD 'rosebud'";
    client.batch_execute(role).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let root = file("root.pem", own.cert.pem());
    let stranger = file("stranger.pem", other.cert.pem());
    let empty = file("empty.pem", String::new());
    let at = |password: &str, host: &str, rest: &str| {
        outcome(&format!(
            "postgres://plain:{password}@{host}:{port}/postgres?{rest}"
        ))
    };
    let trusted = format!("sslrootcert={root}");
    assert_eq!(at("rosebud", "localhost", &trusted), Ok(()));
    let untrusted = |got: Result<(), ServeError>| matches!(got, Err(ServeError::Untrusted(_)));
    assert!(untrusted(at("rosebud", "localhost", "")), "no root");
    assert!(
        untrusted(at("rosebud", "127.0.0.1", &trusted)),
        "another name"
    );
    for file in [stranger, empty, "/nowhere.pem".to_owned()] {
        let rest = format!("sslrootcert={file}");
        assert!(untrusted(at("rosebud", "localhost", &rest)), "{file}");
    }
    let unusable = |got: Result<(), ServeError>| matches!(got, Err(ServeError::Unusable(_)));
    assert!(
        unusable(at("wrong", "localhost", &trusted)),
        "another password"
    );
    assert!(
        unusable(at("rosebud", "localhost", "sslmode=disable")),
        "the server wants TLS"
    );
}

/// A server that says no to TLS, or anything else, gets no password and no name.
#[test]
fn a_server_that_does_not_encrypt_is_told_nothing() {
    for answer in [b"N", b"E"] {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 8];
            stream.read_exact(&mut request).unwrap();
            stream.write_all(answer).unwrap();
            let mut more = Vec::new();
            let _ = stream.read_to_end(&mut more);
            more
        });
        let url = format!("postgres://plain:rosebud@127.0.0.1:{port}/postgres");
        let got = outcome(&url);
        assert!(matches!(got, Err(ServeError::Untrusted(_))), "{got:?}");
        assert_eq!(server.join().unwrap(), b"", "something was sent");
    }
}

/// Neither a readable password nor a weak hash of it goes over a line that anybody can read.
#[test]
fn a_password_is_not_sent_in_the_open() {
    // AuthenticationCleartextPassword, AuthenticationMD5Password.
    let requests: [&[u8]; 2] = [b"R\0\0\0\x08\0\0\0\x03", b"R\0\0\0\x0c\0\0\0\x05abcd"];
    for request in requests {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let request = request.to_vec();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut length = [0; 4];
            stream.read_exact(&mut length).unwrap();
            let mut startup = vec![0; u32::from_be_bytes(length) as usize - 4];
            stream.read_exact(&mut startup).unwrap();
            stream.write_all(&request).unwrap();
            let mut more = Vec::new();
            let _ = stream.read_to_end(&mut more);
            more
        });
        let url = format!("postgres://plain:rosebud@127.0.0.1:{port}/postgres?sslmode=disable");
        assert!(matches!(outcome(&url), Err(ServeError::Unusable(_))));
        assert_eq!(server.join().unwrap(), b"", "a password was sent");
    }
}
