//! `aegis inspect text`: what would be found in a text or JSON value, and what would leave.
//! Knows nothing of calls, policies or downstreams.

use std::io::{BufRead, Read, Write};
use std::path::Path;

use aegis_core::egress::{self, CannotMask, Finding, Profile, Scan, ScopeKey, Secrets, Sheet};
use aegis_core::json::{Json, parse};
use aegis_core::limits;

use super::analysed::Analysed;
use super::problems;

/// Done and true.
const DONE: u8 = 0;
/// Usage, configuration or input error.
const USAGE: u8 = 2;

/// Reads lines `{"id","text"}` or `{"id","json"}` and answers each with
/// `{"id","findings":[{"type","pointer","start","end"}],"masked"}`.
///
/// Offsets are bytes of the leaf as given; a finding in an object's key has `"in":"key"` too.
/// A value that cannot be masked is answered with `"masked":null` and the name of the refusal in
/// `"withheld"`; a line that cannot be read with `"error"`. Tokens are made under a key that is
/// drawn for this run, so they join within its output and with nothing else.
///
/// Returns the exit code: 0, or 2 where the profile or a line could not be read.
pub fn run(
    profile: Option<&Path>,
    analyser: Option<&Path>,
    input: impl BufRead,
    mut output: impl Write,
) -> u8 {
    let profile = match profile.map(read_profile) {
        None => Profile::standard(),
        Some(Ok(profile)) => profile,
        Some(Err(problem)) => {
            crate::told::tell!("{problem}");
            return USAGE;
        }
    };
    let analysed = match analyser.map(Analysed::read).transpose() {
        Ok(analysed) => analysed,
        Err(problem) => {
            crate::told::tell!("{problem}");
            return USAGE;
        }
    };
    let mut scope_key = [0u8; 32];
    if let Err(fault) = crate::random::fill(&mut scope_key) {
        crate::told::tell!("no random key for tokens: {fault}");
        return USAGE;
    }
    let scan = Scan {
        profile: &profile,
        secrets: &Secrets::none(),
        scope_key: &ScopeKey::new(&scope_key),
    };
    match lines((&scan, analysed.as_ref()), input, &mut output) {
        Ok(code) => code,
        Err(fault) if super::has_gone(&fault) => DONE,
        Err(fault) => {
            crate::told::tell!("cannot go on: {fault}");
            USAGE
        }
    }
}

/// The profile that a file holds, or the built-in one of that name.
pub(super) fn read_profile(path: &Path) -> Result<Profile, String> {
    if let Some(profile) = path.to_str().and_then(Profile::named) {
        return Ok(profile);
    }
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|fault| {
        let names: Vec<&str> = Profile::names().collect();
        let names = names.join(", ");
        format!("cannot read profile `{shown}`: {fault}; name a file, or one of {names}")
    })?;
    Profile::read(&text, &shown)
        .map_err(|found| problems::render(&found, problems::Severity::Error, false))
}

/// What is looked for, and who else looks.
type By<'a> = (&'a Scan<'a>, Option<&'a Analysed>);

fn lines(by: By<'_>, mut input: impl BufRead, output: &mut impl Write) -> std::io::Result<u8> {
    let mut code = DONE;
    let mut line = Vec::new();
    // One more than the bound shows that there is more.
    let most = u64::try_from(limits::RESPONSE_BYTES_MAX).unwrap_or(u64::MAX);
    loop {
        line.clear();
        if input.by_ref().take(most + 1).read_until(b'\n', &mut line)? == 0 {
            output.flush()?;
            return Ok(code);
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let answer = answer(by, line.trim_ascii()).unwrap_or_else(|problem| {
            code = USAGE;
            problem
        });
        writeln!(output, "{answer}")?;
    }
}

/// The answer to one line, or the answer that says what is wrong with it.
fn answer((scan, analysed): By<'_>, line: &[u8]) -> Result<Json, Json> {
    let problem =
        |id: &Json, what: &str| Json::object([("id", id.clone()), ("error", Json::from(what))]);
    let mut request = parse(line, &limits::RESPONSE_RULES)
        .map_err(|fault| problem(&Json::Null, &fault.to_string()))?;
    let id = request.get("id").cloned().unwrap_or(Json::Null);
    let Json::Object(members) = &mut request else {
        return Err(problem(
            &id,
            "a line is an object with `id` and `text` or `json`",
        ));
    };
    let (text, json) = (members.remove("text"), members.remove("json"));
    let masked = match (text, json, analysed) {
        (Some(value @ Json::String(_)), None, Some(analysed))
        | (None, Some(value), Some(analysed)) => {
            return Ok(with_analyser(id, scan, analysed, &value));
        }
        (Some(Json::String(text)), None, None) => {
            egress::mask_text(scan, &text).map(|(text, findings)| (Json::from(text), findings))
        }
        (None, Some(value), None) => egress::mask_json(scan, value),
        _ => {
            return Err(problem(
                &id,
                "a line has either `text`, a string, or `json`",
            ));
        }
    };
    Ok(answered(id, masked))
}

fn answered(id: Json, masked: Result<(Json, Vec<Finding>), CannotMask>) -> Json {
    match masked {
        Ok((masked, findings)) => {
            let findings: Vec<Json> = findings.iter().map(finding).collect();
            Json::object([
                ("id", id),
                ("findings", Json::from(findings)),
                ("masked", masked),
            ])
        }
        Err(cannot) => withheld(id, cannot.code()),
    }
}

fn withheld(id: Json, code: &str) -> Json {
    Json::object([
        ("id", id),
        ("findings", Json::Array(Vec::new())),
        ("masked", Json::Null),
        ("withheld", Json::from(code)),
    ])
}

/// The answer past an analyser; what it found has `"source":"analyser"`.
fn with_analyser(id: Json, scan: &Scan<'_>, analysed: &Analysed, value: &Json) -> Json {
    match written(scan, analysed, value) {
        Ok((masked, findings)) => Json::object([
            ("id", id),
            ("findings", Json::Array(findings)),
            ("masked", masked),
        ]),
        Err(code) => withheld(id, code),
    }
}

fn written(
    scan: &Scan<'_>,
    analysed: &Analysed,
    value: &Json,
) -> Result<(Json, Vec<Json>), &'static str> {
    let source = match value {
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    let mut sheet = match value {
        Json::String(_) => Sheet::text(scan, &source),
        _ => Sheet::json(scan, &source),
    }
    .map_err(CannotMask::code)?;
    analysed.ask(scan, &mut sheet)?;
    let written = sheet.write(scan).map_err(CannotMask::code)?;
    let masked = match value {
        Json::String(_) => Json::from(written.masked),
        _ => parse(written.masked.as_bytes(), &limits::RESPONSE_RULES)
            .map_err(|fault| CannotMask::NotJson(fault).code())?,
    };
    let by_another = |one: &Finding| {
        let mut said = finding(one);
        if let Json::Object(said) = &mut said {
            said.insert("source", Json::from("analyser"));
        }
        said
    };
    let own = written.findings.iter().map(finding);
    let all = own.chain(written.analysed.iter().map(by_another));
    Ok((masked, all.collect()))
}

fn finding(finding: &Finding) -> Json {
    let offset = |at: usize| Json::from(u64::try_from(at).unwrap_or(u64::MAX));
    let mut pairs = vec![
        ("type", Json::from(finding.kind.as_ref())),
        ("pointer", Json::from(finding.pointer.to_string())),
        ("start", offset(finding.start)),
        ("end", offset(finding.end)),
    ];
    if finding.in_key {
        pairs.push(("in", Json::from("key")));
    }
    Json::object(pairs)
}
