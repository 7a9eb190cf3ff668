//! `aegis audit bundle`: what an auditor needs, in one file that is the same for the same log.
//! Knows nothing of proofs: what it packs was verified before, and is verified again by whoever unpacks it.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use aegis_core::audit::Record;
use aegis_verify::{naming, open_regular};
use clap::Args;
use serde_json::to_string;
use tar::{Builder, EntryType, Header};

use super::calls::{Joiner, Row};
use super::query::{Filter, FilterArguments};
use super::{Place, Trouble, sound};
use crate::journal::{CATALOGS, Line, Lines, LogFiles, TEXTS};

/// Arguments of `audit bundle`.
#[derive(Args, Debug)]
pub(super) struct BundleArguments {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    filter: FilterArguments,
    /// The file to write; it must not be there yet
    #[arg(short, long, value_name = "FILE.tar")]
    output: PathBuf,
}

/// Folder of the certificates of signing keys, beside the files of records.
const CERTIFICATES: &str = "keys";
/// Folder of everything in the archive.
const ROOT: &str = "aegis-bundle";

/// Runs the command: 0 written, 1 the log does not hold.
pub(super) fn run(arguments: &BundleArguments, out: &mut dyn Write) -> Result<u8, Trouble> {
    let dir = arguments.place.dir()?;
    let filter = Filter::new(&arguments.filter)?;
    let check = match sound(&dir)? {
        Ok(check) => check,
        Err(what) => {
            writeln!(out, "the log does not hold, so nothing is packed: {what}")?;
            return Ok(1);
        }
    };
    let records = check.verifier.next_seq();
    let (rows, files) = gather(&dir, &filter, records)?;
    let file = File::options()
        .write(true)
        .create_new(true)
        .open(&arguments.output)
        .map_err(|fault| naming(&arguments.output, fault))?;
    let mut pack = Pack {
        tar: Builder::new(io::BufWriter::new(file)),
        names: Vec::new(),
    };
    pack.text(
        "README.txt",
        &readme(&check.verifier.root().to_string(), records, rows.len()),
    )?;
    let mut calls = String::new();
    for row in &rows {
        calls.push_str(&to_string(row).map_err(io::Error::other)?);
        calls.push('\n');
    }
    pack.text("calls.jsonl", &calls)?;
    for (name, path, len) in &files {
        pack.file(&format!("log/{name}"), path, *len)?;
    }
    for name in beside(&dir)? {
        let path = dir.join(&name);
        let len = fs::metadata(&path)?.len();
        pack.file(&format!("log/{name}"), &path, len)?;
    }
    for (name, path) in verifiers() {
        let len = fs::metadata(&path)?.len();
        pack.file(&name, &path, len)?;
    }
    pack.tar
        .into_inner()?
        .into_inner()
        .map_err(io::IntoInnerError::into_error)?
        .sync_all()?;
    writeln!(
        out,
        "{}: {} files, records 0…{}, {} calls in the extract",
        super::paint::plain(&arguments.output.display().to_string()),
        pack.names.len(),
        records.saturating_sub(1),
        rows.len()
    )?;
    Ok(0)
}

type Files = Vec<(String, PathBuf, u64)>;

/// The calls that are asked for, and the files of records with the bytes that were verified.
fn gather(dir: &Path, filter: &Filter<'_>, records: u64) -> io::Result<(Vec<Row>, Files)> {
    let mut joiner = Joiner::default();
    let mut rows = Vec::new();
    let mut files = Files::new();
    let mut scratch = Vec::new();
    for file in &LogFiles::list(dir)?.segments {
        let mut lines = Lines::open(&file.path, 0)?;
        let mut good = 0;
        while let Some(Line::Whole(line)) = lines.advance()? {
            if let Ok(record) = Record::parse(line, &mut scratch) {
                if record.seq.get() >= records {
                    break;
                }
                rows.extend(joiner.take(&record).filter(|row| filter.takes(row)));
            }
            good = lines.offset();
        }
        // What a crash left behind the records is part of what was verified.
        let whole = fs::metadata(&file.path)?.len();
        let last = file.first_seq >= records || lines.advance()?.is_some();
        files.push((
            file.name.clone(),
            file.path.clone(),
            if last { good } else { whole },
        ));
    }
    rows.extend(joiner.rest().into_iter().filter(|row| filter.takes(row)));
    Ok((rows, files))
}

/// What else is for others to read: heads, checkpoints, tiles, certificates, the texts of the rules. Whatever is not
/// known to be stays behind.
fn beside(dir: &Path) -> io::Result<Vec<String>> {
    const PROOFS: [&str; 4] = ["head", "checkpoint", "checkpoints.log", "cosigned"];
    let proof = |name: &str| PROOFS.contains(&name) || name.ends_with(".tiles");
    let mut names = files_of(dir, "")?;
    names.retain(|name| proof(name));
    for folder in [CATALOGS, CERTIFICATES, TEXTS] {
        names.extend(files_of(&dir.join(folder), &format!("{folder}/"))?);
    }
    names.sort();
    Ok(names)
}

/// The regular files of one folder, if it is there.
fn files_of(folder: &Path, prefix: &str) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    if !folder.is_dir() {
        return Ok(names);
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if let (true, Ok(name)) = (
            entry.file_type()?.is_file(),
            entry.file_name().into_string(),
        ) {
            names.push(format!("{prefix}{name}"));
        }
    }
    Ok(names)
}

/// The small verifier, where it lies beside this program.
fn verifiers() -> Vec<(String, PathBuf)> {
    let here = std::env::current_exe().ok();
    let folder = here.as_deref().and_then(Path::parent);
    let found = folder.map(|folder| folder.join("aegis-verify"));
    found
        .filter(|path| path.is_file())
        .map(|path| ("aegis-verify".to_owned(), path))
        .into_iter()
        .collect()
}

struct Pack {
    tar: Builder<io::BufWriter<File>>,
    names: Vec<String>,
}

impl Pack {
    fn text(&mut self, name: &str, text: &str) -> io::Result<()> {
        let len = u64::try_from(text.len()).unwrap_or(u64::MAX);
        self.entry(name, len, text.as_bytes())
    }

    fn file(&mut self, name: &str, path: &Path, len: u64) -> io::Result<()> {
        let file = open_regular(path)?.ok_or(io::ErrorKind::NotFound)?;
        self.entry(name, len, file.take(len))
    }

    /// One entry with neither times nor owners, so that the same log makes the same archive.
    fn entry(&mut self, name: &str, len: u64, body: impl Read) -> io::Result<()> {
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::Regular);
        header.set_size(len);
        header.set_mode(if name == "aegis-verify" { 0o755 } else { 0o644 });
        header.set_mtime(0);
        header.set_uid(0);
        header.set_gid(0);
        self.names.push(name.to_owned());
        self.tar
            .append_data(&mut header, format!("{ROOT}/{name}"), body)
    }
}

fn readme(root: &str, records: u64, calls: usize) -> String {
    format!(
        "A log of Aegis, for an auditor.\n\n\
         log/            the records from the first one on, as they were written, with all that lies beside them\n\
         log/policies/   the manifests and policies of every epoch, under their SHA-256\n\
         log/catalogs/   the tables, columns and labels that decisions were made with, under their SHA-256\n\
         calls.jsonl     an extract for reading: {calls} calls, one a line; it proves nothing\n\
         aegis-verify    the verifier, where it was at hand; better take your own\n\n\
         The folder held when it was packed: records 0 to {}, root {root}.\n\
         Do not believe that: verify it, with a key or an anchor that you got elsewhere.\n\n\
         aegis audit verify log            (or aegis-verify log)\n\
         aegis replay --log log            each decision follows from its record and its rules\n\n\
         A chain is proven from its first record, so the archive begins there, whatever the extract is about.\n\
         verify says what is not proven. No private key and no value of an argument is in this archive.\n",
        records.saturating_sub(1)
    )
}
