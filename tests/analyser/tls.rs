//! An analyser elsewhere: its certificate is checked before anything is sent.
//! Knows nothing of what is asked.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use aegis_core::egress::AnalyserFault;
use aegis_host::analyser::Analyser;
use aegis_host::dial::Address;
use aegis_tests::self_signed;
use rustls::{ServerConnection, StreamOwned};

/// Long enough for any machine.
const PATIENT_MS: u64 = 60_000;

struct Secured {
    port: u16,
    folder: tempfile::TempDir,
    /// Bytes of questions that it could read.
    heard: Arc<AtomicUsize>,
}

impl Secured {
    /// One whose certificate is for this name, and signed by itself.
    fn new(name: &str) -> Self {
        let (config, certificate) = self_signed(name);
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), certificate).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(AtomicUsize::new(0));
        let all = Arc::clone(&heard);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let session = ServerConnection::new(Arc::clone(&config)).unwrap();
                let mut stream = StreamOwned::new(session, stream.unwrap());
                let mut block = [0; 4096];
                // A client that does not believe it goes away.
                while let Ok(count @ 1..) = stream.read(&mut block) {
                    all.fetch_add(count, Ordering::SeqCst);
                    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]");
                }
            }
        });
        Self {
            port,
            folder,
            heard,
        }
    }

    fn ca(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    fn ask(&self, host: &str, ca: Option<PathBuf>) -> Result<Vec<Vec<u8>>, AnalyserFault> {
        let address =
            Address::parse(&format!("https://{host}:{}", self.port), "/analyze", false).unwrap();
        let client = Analyser::new(address, PATIENT_MS, ca.as_deref()).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(client.ask(vec!["{}".to_owned()]))
    }
}

/// Certificates are made one after the other: making them is slow on a busy machine.
static ONE: Mutex<()> = Mutex::new(());

#[test]
fn an_analyser_that_proves_its_name_is_asked() {
    let _one = ONE.lock();
    let secured = Secured::new("localhost");
    let ca = Some(secured.ca());
    assert_eq!(secured.ask("localhost", ca), Ok(vec![b"[]".to_vec()]));
    assert!(secured.heard.load(Ordering::SeqCst) > 0);
}

#[test]
fn one_that_does_not_hears_nothing() {
    let _one = ONE.lock();
    let other = Secured::new("presidio.example");
    let ca = Some(other.ca());
    assert_eq!(other.ask("localhost", ca), Err(AnalyserFault::Untrusted));
    assert_eq!(other.heard.load(Ordering::SeqCst), 0);
    // Vouched for by somebody else.
    let secured = Secured::new("localhost");
    let ca = Some(other.ca());
    assert_eq!(secured.ask("localhost", ca), Err(AnalyserFault::Untrusted));
    assert_eq!(secured.heard.load(Ordering::SeqCst), 0);
}

#[test]
fn authorities_that_cannot_be_read_are_no_authorities() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ca.pem");
    for text in [
        "",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        std::fs::write(&path, text).unwrap();
        let address = Address::parse("https://presidio.example", "/analyze", false).unwrap();
        assert!(Analyser::new(address, 1, Some(&path)).is_err(), "{text}");
    }
}
