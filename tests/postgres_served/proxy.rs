//! A way to the server that can be cut at a chosen message, on either side of it.
//! Knows nothing of what is asked; it reads the framing of the protocol and no more.

use std::io::{Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Who says the message that is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum From {
    Tools,
    Server,
}

/// What happens at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cut {
    /// Nothing of it arrives.
    Before,
    /// Half of it arrives.
    Within,
    /// Bytes of no meaning arrive in its place.
    Garbled,
    /// It arrives, and nothing that is said after it does.
    After,
}

/// A cut that is waited for: the `nth` message (from 1) of a type that holds a text.
#[derive(Clone, Debug)]
pub(crate) struct Wait {
    pub(crate) from: From,
    pub(crate) kind: u8,
    pub(crate) holds: &'static str,
    pub(crate) nth: usize,
    pub(crate) cut: Cut,
}

/// The proxy; gone with its value, save connections that end by themselves.
pub(crate) struct Proxy {
    folder: tempfile::TempDir,
    wait: Arc<Mutex<Option<Wait>>>,
}

impl Proxy {
    pub(crate) fn before(server: &Path) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("cut")
            .tempdir_in("/tmp")
            .unwrap();
        let listener = UnixListener::bind(folder.path().join(".s.PGSQL.5432")).unwrap();
        let target: PathBuf = server.join(".s.PGSQL.5432");
        let wait = Arc::new(Mutex::new(None));
        let shared = Arc::clone(&wait);
        std::thread::spawn(move || {
            for near in listener.incoming().flatten() {
                let Ok(far) = UnixStream::connect(&target) else {
                    continue;
                };
                let both = [(From::Tools, &near, &far), (From::Server, &far, &near)];
                for (from, source, to) in both {
                    let pair = (source.try_clone().unwrap(), to.try_clone().unwrap());
                    let wait = Arc::clone(&shared);
                    std::thread::spawn(move || {
                        let (source, to) = pair;
                        let _ended = carry(from, &source, &to, &wait);
                        let _closed =
                            (to.shutdown(Shutdown::Both), source.shutdown(Shutdown::Both));
                    });
                }
            }
        });
        Self { folder, wait }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn cut_at(&self, wait: Wait) {
        *self.wait.lock().unwrap() = Some(wait);
    }

    /// Whether what was waited for came.
    pub(crate) fn has_cut(&self) -> bool {
        self.wait.lock().unwrap().is_none()
    }
}

/// Hands message after message on, until one end closes or the cut.
fn carry(
    from: From,
    mut source: &UnixStream,
    mut to: &UnixStream,
    wait: &Mutex<Option<Wait>>,
) -> std::io::Result<()> {
    if from == From::Tools {
        // The greeting has no type.
        let mut length = [0; 4];
        source.read_exact(&mut length)?;
        let mut rest = vec![0; (u32::from_be_bytes(length) as usize).saturating_sub(4)];
        source.read_exact(&mut rest)?;
        to.write_all(&length)?;
        to.write_all(&rest)?;
    }
    loop {
        let mut head = [0; 5];
        source.read_exact(&mut head)?;
        let [kind, a, b, c, d] = head;
        let mut body = vec![0; (u32::from_be_bytes([a, b, c, d]) as usize).saturating_sub(4)];
        source.read_exact(&mut body)?;
        let message = [&head[..], &body].concat();
        match at(from, kind, &body, wait) {
            None => to.write_all(&message)?,
            Some(Cut::Before) => return Ok(()),
            Some(Cut::Within) => return to.write_all(&message[..message.len() / 2]),
            Some(Cut::Garbled) => {
                to.write_all(&[0xff; 64])?;
                return Ok(());
            }
            Some(Cut::After) => return to.write_all(&message),
        }
    }
}

fn at(from: From, kind: u8, body: &[u8], wait: &Mutex<Option<Wait>>) -> Option<Cut> {
    let mut wait = wait.lock().unwrap();
    let wanted = wait.as_mut()?;
    let holds = String::from_utf8_lossy(body).contains(wanted.holds);
    if wanted.from != from || wanted.kind != kind || !holds {
        return None;
    }
    wanted.nth -= 1;
    if wanted.nth > 0 {
        return None;
    }
    let cut = wanted.cut;
    *wait = None;
    Some(cut)
}
