//! `aegis mask`: personal data and secrets masked in files and pipes, in bounded memory.
//! Knows nothing of calls and policies.

mod json_lines;
mod json_list;
mod piece;
mod place;
mod prose;
mod report;
mod source;
mod table;
mod unread;

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use aegis_core::egress::{Profile, Scan, ScopeKey, Secrets};
use aegis_verify::naming;
use clap::ValueEnum;

use self::piece::{Fault, Pieces};
use self::source::Source;
use super::analysed::Analysed;
use super::inspect_text::read_profile;

/// Done and true.
const DONE: u8 = 0;
/// Something was found under `--check`, or something could not be masked and was not written.
const NOT_HELD: u8 = 1;
/// Usage, or input that cannot be read.
const USAGE: u8 = 2;

/// What `aegis mask` is told.
#[derive(Debug, clap::Args)]
pub(super) struct MaskCommand {
    /// The file to mask; standard input without it
    file: Option<PathBuf>,
    /// How the input is read; by the file's name and its first character without it
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Which detectors run, with which operators: a file, or standard, strict, financial, health
    #[arg(long, value_name = "FILE")]
    profile: Option<PathBuf>,
    /// A configuration whose [masking.analyser] names an external analyser that looks at every text as well
    #[arg(long, value_name = "FILE")]
    analyser: Option<PathBuf>,
    /// Where the masked text goes, once it is whole; standard output without it
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Where to write what was found, by type, place and number, as JSON; `-` is standard error
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// Write no text; exit with 1 where anything is found
    #[arg(long)]
    check: bool,
}

/// How the input is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Running text
    Text,
    /// One JSON value
    Json,
    /// One JSON value a line
    Jsonl,
    /// A table with a line of headings
    Csv,
}

/// Runs the command. Tokens join within one run and with nothing else.
pub(super) fn run(command: &MaskCommand, stdin: impl Read, stdout: impl Write) -> u8 {
    match carry_out(command, stdin, stdout) {
        Ok(code) => code,
        // `| head` is no fault of the input.
        Err(Fault::Closed) => DONE,
        Err(Fault::Read(why)) => {
            crate::told::tell!("aegis mask: {why}");
            USAGE
        }
        Err(Fault::Withheld { at, code }) => {
            crate::told::tell!(
                "aegis mask: cannot be masked ({code}) from byte {at} on; nothing of it was written"
            );
            NOT_HELD
        }
    }
}

fn carry_out(command: &MaskCommand, stdin: impl Read, stdout: impl Write) -> Result<u8, Fault> {
    let profile = match &command.profile {
        Some(path) => read_profile(path).map_err(Fault::Read)?,
        None => Profile::standard(),
    };
    let analysed = command.analyser.as_deref().map(Analysed::read);
    let analysed = analysed.transpose().map_err(Fault::Read)?;
    let mut scope_key = [0; 32];
    crate::random::fill(&mut scope_key)
        .map_err(|fault| Fault::Read(format!("no random key for tokens: {fault}")))?;
    let scan = Scan {
        profile: &profile,
        secrets: &Secrets::none(),
        scope_key: &ScopeKey::new(&scope_key),
    };
    let named = |path: &Path, fault: io::Error| Fault::Read(naming(path, fault).to_string());
    let (input, size): (Box<dyn Read + '_>, Option<u64>) = match &command.file {
        None => (Box::new(stdin), None),
        Some(path) => {
            let file = File::open(path).map_err(|fault| named(path, fault))?;
            let size = file.metadata().map(|meta| meta.len()).ok();
            (Box::new(file), size)
        }
    };
    let mut source = Source::new(input, size);
    let format = match command.format {
        Some(format) => format,
        None => guess(command.file.as_deref(), &mut source)?,
    };
    // A file appears under its name only once all of it is masked.
    let draft = command.output.as_ref().map(|path| draft_of(path));
    let output: Box<dyn Write + '_> = match &draft {
        _ if command.check => Box::new(io::sink()),
        Some(draft) => Box::new(File::create(draft).map_err(|fault| named(draft, fault))?),
        None => Box::new(stdout),
    };
    let mut pieces = Pieces::new(scan, analysed.as_ref(), BufWriter::new(output));
    let masked = match format {
        Format::Text => prose::mask(&mut source, &mut pieces),
        Format::Json => json_list::mask(&mut source, &mut pieces),
        Format::Jsonl => json_lines::mask(&mut source, &mut pieces),
        Format::Csv => table::mask(&mut source, &mut pieces),
    };
    let found = match masked.and_then(|()| pieces.finish()) {
        Ok(found) => found,
        Err(fault) => {
            if let Some(draft) = &draft {
                // What was begun is not what was asked for.
                let _ = std::fs::remove_file(draft);
            }
            return Err(fault);
        }
    };
    if let (Some(draft), Some(path), false) = (&draft, &command.output, command.check) {
        std::fs::rename(draft, path).map_err(|fault| named(path, fault))?;
    }
    if let Some(path) = &command.report {
        let text = format!("{}\n", found.to_json(source.read()));
        let written = if path.as_os_str() == "-" {
            io::stderr().write_all(text.as_bytes())
        } else {
            std::fs::write(path, text)
        };
        written.map_err(|fault| named(path, fault))?;
    }
    let held = !command.check || found.is_empty();
    Ok(if held { DONE } else { NOT_HELD })
}

fn draft_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}

/// By the file's name, else by how the text begins.
fn guess(file: Option<&Path>, source: &mut Source<'_>) -> Result<Format, Fault> {
    let end = file.and_then(Path::extension).and_then(|end| end.to_str());
    match end {
        Some("csv" | "tsv") => return Ok(Format::Csv),
        Some("jsonl" | "ndjson") => return Ok(Format::Jsonl),
        Some("json") => return Ok(Format::Json),
        _ => {}
    }
    source.fill(source::WINDOW_BYTES)?;
    let begins = source.text().trim_start();
    let line = begins.lines().next().unwrap_or_default().trim_end();
    let more = begins.len() > line.len() + 2;
    Ok(match begins.chars().next() {
        Some('{' | '[') if more && is_json(line) => Format::Jsonl,
        Some('{' | '[') => Format::Json,
        _ => Format::Text,
    })
}

fn is_json(line: &str) -> bool {
    let rules = &aegis_core::limits::RESPONSE_RULES;
    aegis_core::json::parse(line.as_bytes(), rules).is_ok()
}
