//! `aegis audit keys`: make, change and show the keys that sign a log's checkpoints.
//! Knows nothing of how a key is kept: the journal's ceremony does.

use std::io::Write;
use std::path::{Path, PathBuf};

use aegis_core::audit::{Checkpoint, EpochCertificate, Note, timestamp};
use aegis_verify::{CHECKPOINT, naming, plain};
use clap::{ArgGroup, Args, Subcommand};
use serde_json::{Value, json};

use super::Trouble;
use super::place::Kept;
use crate::journal::{Ceremony, JournalFault, NoteKey, SigningFault, certify, note};

/// Arguments of `audit keys`.
#[derive(Args, Debug)]
pub(super) struct KeysArguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Make the first key that signs this log, while no kernel runs
    #[command(group(ArgGroup::new("how").required(true).args(["root", "request", "install", "cancel"])))]
    Init(Init),
    /// Change to another key, while no kernel runs; the present one is destroyed
    #[command(group(ArgGroup::new("how").required(true).args(["root", "request", "install", "cancel"])))]
    Rotate(Change),
    /// Make a root key: on a machine that the kernel's operator cannot reach, at best
    Root(Root),
    /// Sign a request with a root key; needs neither the log nor its configuration
    Certify(Certify),
    /// Say which key signs, who certified it, and how far the log is signed
    Show(Show),
}

#[derive(Args, Debug)]
struct Change {
    /// The configuration that names the log and the state
    #[arg(long, value_name = "FILE", default_value = "aegis.toml")]
    config: PathBuf,
    /// The root's private key, in one step; never in the folder of the log or of the state
    #[arg(long, value_name = "FILE")]
    root: Option<PathBuf>,
    /// Write a request for `keys certify` to this file, to go on with `--install`
    #[arg(long, value_name = "FILE")]
    request: Option<PathBuf>,
    /// Install the certificate that answers the request
    #[arg(long, value_name = "FILE")]
    install: Option<PathBuf>,
    /// Give a request up that waits for its certificate
    #[arg(long)]
    cancel: bool,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Args, Debug)]
struct Init {
    /// Who signs, as auditors shall read it: `kernel-a.example` in `kernel-a.example/aegis/LOG`
    #[arg(long, value_name = "NAME", required_unless_present_any = ["install", "cancel"])]
    name: Option<String>,
    /// The name of a root key that is made because `--root` names no file; NAME/aegis-root without it
    #[arg(long, value_name = "NAME")]
    root_name: Option<String>,
    #[command(flatten)]
    change: Change,
}

#[derive(Args, Debug)]
struct Root {
    /// The file to make
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Whose it is: `acme.example/aegis-root`
    #[arg(long, value_name = "NAME")]
    name: String,
}

#[derive(Args, Debug)]
struct Certify {
    /// The request
    #[arg(value_name = "REQUEST")]
    request: PathBuf,
    /// The root's private key
    #[arg(long, value_name = "FILE")]
    root: PathBuf,
    /// The certificate to write
    #[arg(short, long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Args, Debug)]
struct Show {
    /// The configuration that names the log and the state
    #[arg(long, value_name = "FILE", default_value = "aegis.toml")]
    config: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
}

/// Runs the command: 0 done, 1 the log is not what it should be, 2 usage, 5 unreadable.
pub(super) fn run(arguments: &KeysArguments, out: &mut dyn Write) -> Result<u8, Trouble> {
    let done = match &arguments.action {
        Action::Init(init) => self::init(init, out),
        Action::Rotate(change) => self::rotate(change, out),
        Action::Root(root) => self::root(root, out),
        Action::Certify(request) => self::certify_request(request, out),
        Action::Show(show) => self::show(show, out),
    };
    match done {
        Ok(()) => Ok(0),
        Err(Failed::Trouble(trouble)) => Err(trouble),
        Err(Failed::Journal(fault)) => {
            crate::told::tell!("aegis audit keys: {}", plain(&fault.to_string()));
            Ok(code_of(&fault))
        }
    }
}

fn code_of(fault: &JournalFault) -> u8 {
    match fault {
        JournalFault::Broken { .. }
        | JournalFault::Shortened { .. }
        | JournalFault::Signing(
            SigningFault::Foreign { .. }
            | SigningFault::RolledBack { .. }
            | SigningFault::StateOlder { .. },
        ) => 1,
        JournalFault::Io { .. }
        | JournalFault::Random
        | JournalFault::Signing(SigningFault::Io { .. } | SigningFault::Random) => 5,
        _ => 2,
    }
}

enum Failed {
    Trouble(Trouble),
    Journal(JournalFault),
}

impl<F: Into<JournalFault>> From<F> for Failed {
    fn from(fault: F) -> Self {
        Self::Journal(fault.into())
    }
}

impl From<Trouble> for Failed {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl From<std::io::Error> for Failed {
    fn from(error: std::io::Error) -> Self {
        Self::Trouble(Trouble::Io(error))
    }
}

fn init(init: &Init, out: &mut dyn Write) -> Result<(), Failed> {
    let change = &init.change;
    let (kept, ceremony) = begin(&change.config)?;
    let name = init.name.as_deref().unwrap_or_default();
    let default = format!("{name}/aegis-root");
    let root_name = init.root_name.as_deref().unwrap_or(&default);
    let root = match &change.root {
        Some(path) => Some(root_at(path, &kept, Some(root_name))?),
        None => None,
    };
    if change.cancel || change.install.is_some() {
        return finish(change, &ceremony, out);
    }
    let request = wait(ceremony.first(name))?;
    asked(change, &ceremony, root.as_ref(), &request, out)
}

fn rotate(change: &Change, out: &mut dyn Write) -> Result<(), Failed> {
    let (kept, ceremony) = begin(&change.config)?;
    let root = match &change.root {
        Some(path) => Some(root_at(path, &kept, None)?),
        None => None,
    };
    if change.cancel || change.install.is_some() {
        return finish(change, &ceremony, out);
    }
    let request = wait(ceremony.next())?;
    asked(change, &ceremony, root.as_ref(), &request, out)
}

fn begin(config: &Path) -> Result<(Kept, Ceremony), Failed> {
    let kept = Kept::configured(config)?;
    let ceremony = Ceremony::of(&kept.dir, &kept.keys)?;
    Ok((kept, ceremony))
}

/// The root's key, made where it is missing and that is wanted; never where the kernel keeps anything.
fn root_at(path: &Path, kept: &Kept, make: Option<&str>) -> Result<NoteKey, Failed> {
    kept.refuse_inside(path)?;
    match (path.exists(), make) {
        (true, _) | (false, None) => Ok(NoteKey::read(path)?),
        (false, Some(name)) => Ok(NoteKey::create(path, name)?),
    }
}

/// A request goes to its file, or is certified and installed at once.
fn asked(
    change: &Change,
    ceremony: &Ceremony,
    root: Option<&NoteKey>,
    request: &Note,
    out: &mut dyn Write,
) -> Result<(), Failed> {
    if let Some(root) = root {
        let (certificate, _) = certify(root, request)?;
        let installed = wait(ceremony.install(&certificate))?;
        return told(&installed, Some(root), change.json, out);
    }
    let Some(path) = &change.request else {
        return Ok(());
    };
    std::fs::write(path, request.to_string()).map_err(|fault| naming(path, fault))?;
    writeln!(
        out,
        "wrote {}: sign it where the root is (`aegis audit keys certify`), then `--install` the certificate",
        path.display()
    )?;
    Ok(())
}

/// The second step of two.
fn finish(change: &Change, ceremony: &Ceremony, out: &mut dyn Write) -> Result<(), Failed> {
    let Some(path) = &change.install else {
        ceremony.keys().cancel()?;
        writeln!(out, "gave the request up")?;
        return Ok(());
    };
    let certificate = note(&std::fs::canonicalize(path)?)?;
    let installed = wait(ceremony.install(&certificate))?;
    told(&installed, None, change.json, out)
}

fn told(
    installed: &EpochCertificate,
    root: Option<&NoteKey>,
    json: bool,
    out: &mut dyn Write,
) -> Result<(), Failed> {
    let root = root.and_then(NoteKey::public).map(|key| key.to_string());
    if json {
        let report = json!({
            "origin": installed.origin, "epoch": installed.epoch, "from": installed.from,
            "vkey": installed.key.to_string(), "root": root,
        });
        writeln!(out, "{report}")?;
        return Ok(());
    }
    writeln!(
        out,
        "signs       {} from record {} on",
        installed.origin, installed.from
    )?;
    writeln!(out, "epoch {:<5} {}", installed.epoch, installed.key)?;
    if let Some(root) = root {
        writeln!(out, "root        {root}")?;
        writeln!(
            out,
            "give the root's line to your auditor (`aegis audit verify --key`), and take its private file off this machine"
        )?;
    }
    Ok(())
}

fn root(root: &Root, out: &mut dyn Write) -> Result<(), Failed> {
    let key = NoteKey::create(&root.file, &root.name)?;
    if let Some(public) = key.public() {
        writeln!(out, "{public}")?;
    }
    Ok(())
}

fn certify_request(request: &Certify, out: &mut dyn Write) -> Result<(), Failed> {
    let root = NoteKey::read(&request.root)?;
    let asked = note(&std::fs::canonicalize(&request.request)?)?;
    let (certificate, said) = certify(&root, &asked)?;
    std::fs::write(&request.out, certificate.to_string())
        .map_err(|fault| naming(&request.out, fault))?;
    writeln!(
        out,
        "certified epoch {} of {} from record {} on: {}",
        said.epoch,
        plain(&said.origin),
        said.from,
        plain(&said.key.to_string())
    )?;
    Ok(())
}

fn show(show: &Show, out: &mut dyn Write) -> Result<(), Failed> {
    let (kept, ceremony) = begin(&show.config)?;
    let keys = ceremony.keys();
    let current = keys.current()?;
    let pending = keys.pending()?;
    let newest = note(&kept.dir.join(CHECKPOINT)).ok();
    let size = newest.and_then(|note| Some(Checkpoint::parse(note.text())?.size));
    let Some(epoch) = current else {
        match show.json {
            true => writeln!(
                out,
                "{}",
                json!({ "epoch": null, "pending": pending.is_some() })
            )?,
            false => writeln!(out, "not signed: `aegis audit keys init` makes a key")?,
        }
        return Ok(());
    };
    let said = &epoch.certificate;
    let signers: Vec<Value> = epoch
        .note
        .signatures()
        .iter()
        .filter(|line| line.name != said.origin)
        .map(|line| json!(format!("{}+{:08x}", line.name, line.id)))
        .collect();
    if show.json {
        let report = json!({
            "origin": said.origin, "epoch": said.epoch, "from": said.from, "since_s": said.since_s,
            "vkey": said.key.to_string(), "certified_by": signers, "signed": size,
            "pending": pending.is_some(),
        });
        writeln!(out, "{report}")?;
        return Ok(());
    }
    let since = timestamp(said.since_s.saturating_mul(1_000_000_000));
    writeln!(out, "origin      {}", said.origin)?;
    writeln!(
        out,
        "epoch {:<5} from record {}, since {since}",
        said.epoch, said.from
    )?;
    writeln!(out, "vkey        {}", said.key)?;
    for signer in &signers {
        writeln!(
            out,
            "certified   {}",
            plain(signer.as_str().unwrap_or_default())
        )?;
    }
    writeln!(out, "signed      {} records", size.unwrap_or(0))?;
    if pending.is_some() {
        writeln!(
            out,
            "pending     a request waits for its certificate; no kernel starts until it has it"
        )?;
    }
    Ok(())
}

/// Runs a ceremony to its end.
fn wait<T>(work: impl Future<Output = Result<T, JournalFault>>) -> Result<T, Failed> {
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    Ok(runtime.block_on(work)?)
}
