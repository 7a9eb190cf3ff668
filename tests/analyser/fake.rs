//! A fake analyser that finds chosen names, or misbehaves in a chosen way.
//! Knows nothing of the kernel.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};

/// How it answers.
#[derive(Clone)]
pub(crate) enum Manner {
    /// Finds each of these words as this type, in code points.
    Finds(Vec<(&'static str, &'static str)>),
    /// The same, and ends the connection after each answer.
    FindsOnce(Vec<(&'static str, &'static str)>),
    /// This body.
    Says(String),
    /// These bytes instead of an answer, then the end.
    Bytes(Vec<u8>),
    /// Says nothing and stays.
    Silent,
    /// Never ends its answer.
    Floods,
}

/// One analyser on a port of its own. Its threads end with their connections.
pub(crate) struct Fake {
    port: u16,
    heard: Arc<Mutex<Vec<Value>>>,
}

impl Fake {
    pub(crate) fn new(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let all = Arc::clone(&heard);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (manner, heard) = (manner.clone(), Arc::clone(&all));
                thread::spawn(move || {
                    // A client that goes away is not its concern.
                    let _ = serve(stream.unwrap(), &manner, &heard);
                });
            }
        });
        Self { port, heard }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/analyze", self.port)
    }

    /// Everything that it was asked.
    pub(crate) fn heard(&self) -> Vec<Value> {
        self.heard.lock().unwrap().clone()
    }
}

fn serve(stream: TcpStream, manner: &Manner, heard: &Mutex<Vec<Value>>) -> std::io::Result<()> {
    let mut input = BufReader::new(stream.try_clone()?);
    let mut output = stream;
    loop {
        let (mut line, mut length) = (String::new(), 0);
        loop {
            line.clear();
            if input.read_line(&mut line)? == 0 {
                return Ok(());
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        input.read_exact(&mut body)?;
        let asked: Value = serde_json::from_slice(&body).unwrap();
        heard.lock().unwrap().push(asked.clone());
        let (words, close) = match manner {
            Manner::Finds(words) => (words, ""),
            Manner::FindsOnce(words) => (words, "connection: close\r\n"),
            Manner::Says(body) => {
                write!(
                    output,
                    "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}",
                    body.len()
                )?;
                continue;
            }
            Manner::Bytes(bytes) => return output.write_all(bytes),
            Manner::Silent => continue,
            Manner::Floods => {
                output.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")?;
                let chunk = format!("4000\r\n{}\r\n", " ".repeat(0x4000));
                loop {
                    output.write_all(chunk.as_bytes())?;
                }
            }
        };
        let found = Value::Array(find(asked["text"].as_str().unwrap(), words)).to_string();
        write!(
            output,
            "HTTP/1.1 200 OK\r\n{close}content-type: application/json\r\ncontent-length: {}\r\n\r\n{found}",
            found.len()
        )?;
        if !close.is_empty() {
            return Ok(());
        }
    }
}

fn find(text: &str, words: &[(&str, &str)]) -> Vec<Value> {
    let mut found = Vec::new();
    for (word, kind) in words {
        for (at, _) in text.match_indices(word) {
            let start = text[..at].chars().count();
            let end = start + word.chars().count();
            found.push(
                json!({ "entity_type": kind, "start": start, "end": end, "score": 0.85, "analysis_explanation": null }),
            );
        }
    }
    found
}
