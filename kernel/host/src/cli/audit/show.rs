//! `aegis audit show`: every record of one call.
//! Knows nothing of other calls.

use std::io::Write;

use aegis_core::audit::{Id, Leaf, Record};
use clap::Args;
use serde_json::Value;

use super::paint::{Paint, Screen, plain};
use super::rule_words::RuleWords;
use super::{Place, Trouble, read, why};

/// Arguments of `audit show`.
#[derive(Args, Debug)]
pub(super) struct ShowArguments {
    /// A call's id, or a record's number
    #[arg(value_name = "CALL|SEQ")]
    what: String,
    #[command(flatten)]
    place: Place,
    /// Tell it in words: who asked, what it was read as, which rules decided and why, what was owed, how it ended
    #[arg(long)]
    why: bool,
    /// Print the records as a JSON array
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(super) fn run(
    arguments: &ShowArguments,
    screen: Screen,
    out: &mut dyn Write,
) -> Result<u8, Trouble> {
    let dir = arguments.place.dir()?;
    let number: Option<u64> = arguments.what.trim_start_matches('#').parse().ok();
    let mut call = Id::parse(&arguments.what);
    if number.is_none() && call.is_none() {
        return Err(Trouble::Usage(
            "name a call's id of 26 characters or a record's number".to_owned(),
        ));
    }
    if call.is_none() {
        read::each(&dir, |record, _| {
            if Some(record.seq.get()) == number {
                call = record.call;
            }
            Ok(())
        })?;
    }
    let mut shown: Vec<Vec<u8>> = Vec::new();
    let mut words = RuleWords::default();
    read::each(&dir, |record, line| {
        let wanted = Some(record.seq.get()) == number || (call.is_some() && record.call == call);
        if wanted {
            shown.push(line.to_owned());
        }
        if arguments.why {
            words.load(&dir, record);
        }
        Ok(())
    })?;
    if let (true, Some(number)) = (shown.is_empty(), number)
        && let Some(stone) = read::stone(&dir, number)?
    {
        let (auth, leaf) = (stone.auth, stone.leaf);
        writeln!(
            out,
            "record {number} was removed: record {auth} says why; its leaf is {leaf}"
        )?;
        return Ok(1);
    }
    if shown.is_empty() {
        writeln!(out, "there is no such call or record")?;
        return Ok(1);
    }
    match arguments.json {
        true => as_json(&shown, out)?,
        false => as_text(&shown, arguments.why.then_some(&words), screen, out)?,
    }
    Ok(0)
}

fn as_json(lines: &[Vec<u8>], out: &mut dyn Write) -> std::io::Result<()> {
    let mut all = Vec::new();
    for line in lines {
        all.push(serde_json::from_slice::<Value>(line).map_err(std::io::Error::other)?);
    }
    let text = serde_json::to_string_pretty(&all).map_err(std::io::Error::other)?;
    writeln!(out, "{text}")
}

/// Every member of every record; with the words of rules a call as a story.
fn as_text(
    lines: &[Vec<u8>],
    words: Option<&RuleWords>,
    screen: Screen,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let mut scratches = vec![Vec::new(); lines.len()];
    let records = lines
        .iter()
        .zip(&mut scratches)
        .filter_map(|(line, scratch)| {
            let record = Record::parse(line, scratch).ok()?;
            Some((Leaf::of_line(line), record))
        });
    let records: Vec<(Leaf, Record<'_>)> = records.collect();
    if let (Some(words), [(leaf, begun), rest @ ..]) = (words, records.as_slice())
        && why::begins(begun)
    {
        let end = rest.first().map(|(leaf, end)| (*leaf, end));
        return why::tell((*leaf, begun), end, words, screen, out);
    }
    for (leaf, record) in &records {
        let value = serde_json::to_value(record).map_err(std::io::Error::other)?;
        page(*leaf, &value, screen.paint, out)?;
    }
    Ok(())
}

/// Members that say where a record stands rather than what it is about.
const PLACE: [&str; 8] = ["boot", "kind", "log", "mono", "prev", "seq", "ts", "v"];
fn page(leaf: Leaf, record: &Value, paint: Paint, out: &mut dyn Write) -> std::io::Result<()> {
    let text = |name: &str| record.get(name).map(word).unwrap_or_default();
    writeln!(
        out,
        "{}  #{}  {}",
        paint.good(&text("kind")),
        text("seq"),
        text("ts")
    )?;
    writeln!(out, "  {:<15} {leaf}", "leaf")?;
    let members = record.as_object().into_iter().flatten();
    for (name, value) in members {
        if PLACE.contains(&name.as_str()) {
            continue;
        }
        lines(name, value, out)?;
    }
    writeln!(out)
}

fn lines(name: &str, value: &Value, out: &mut dyn Write) -> std::io::Result<()> {
    match value {
        Value::Array(items) if items.is_empty() => writeln!(out, "  {name:<15} none"),
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                let name = if at == 0 { name } else { "" };
                writeln!(out, "  {name:<15} {}", word(item))?;
            }
            Ok(())
        }
        other => writeln!(out, "  {name:<15} {}", word(other)),
    }
}

/// A value in one line: objects as `name value` pairs.
fn word(value: &Value) -> String {
    match value {
        Value::String(text) => plain(text).into_owned(),
        Value::Object(members) => {
            let pairs = members
                .iter()
                .map(|(name, value)| format!("{name} {}", word(value)));
            pairs.collect::<Vec<_>>().join("  ")
        }
        Value::Array(items) => items.iter().map(word).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
