//! Reads what `[south.NAME]` says of a downstream that is reached over HTTP.
//! Knows nothing of programs, nor of any secret's value.

use std::collections::BTreeMap;
use std::path::Path;

use aegis_core::limits;
use aegis_core::source::Section;

use super::secret;
use crate::config::{RemoteConfig, SecretRef};
use crate::dial::{Address, AddressFault, Trust};

/// Keys that say something of such a downstream alone.
pub(super) const KEYS: [&str; 5] = ["bearer", "ca", "headers", "plain", "secret_headers"];

/// Headers that are the kernel's own to write, or that steer the connection.
const OWN: [&str; 15] = [
    "accept",
    "accept-encoding",
    "connection",
    "content-length",
    "content-type",
    "expect",
    "host",
    "keep-alive",
    "last-event-id",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "via",
];

pub(super) fn read(section: &mut Section<'_>, base: &Path) -> Option<RemoteConfig> {
    let url = section.text("url");
    let plain_at = section.key_span("plain");
    let plain = section.flag("plain");
    let ca = section.text("ca");
    let headers = headers(section);
    let (bearer, secret_headers) = secrets(section, base, &headers);
    let url = url?;
    let address = match Address::parse(url.get_ref(), "/", plain == Some(true)) {
        Ok(address) => address,
        Err(fault) => {
            let fix = match fault {
                AddressFault::Form => "give `https://HOST/mcp` without user or fragment",
                AddressFault::Elsewhere => {
                    "use https, or say `plain = true` where something else encrypts what goes there"
                }
            };
            section.problem(url.span(), fault.to_string(), fix);
            return None;
        }
    };
    if plain == Some(true) && !address.is_exposed() {
        let message = "`plain` says nothing of a server with `https` or on this machine";
        section.problem(plain_at, message, "take it out");
    }
    let file = ca.as_ref().map(|path| base.join(path.get_ref()));
    if let Some(ca) = &ca {
        if !address.is_proven() {
            let message = "`ca` says nothing of a server without `https`";
            section.problem(ca.span(), message, "take it out, or use https");
        } else if let Err(fault) = Trust::towards(&address, file.as_deref()) {
            let fix = "give a file of certificates in PEM";
            section.problem(ca.span(), fault.to_string(), fix);
        }
    }
    Some(RemoteConfig {
        address,
        ca: file,
        bearer,
        secret_headers,
        headers,
    })
}

fn headers(section: &mut Section<'_>) -> BTreeMap<String, String> {
    let mut headers = BTreeMap::new();
    for (name, value) in section.pairs("headers") {
        let Some(lower) = header(section, &name) else {
            continue;
        };
        let text = value.get_ref();
        let visible = text.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
        if !visible || text.trim() != text || text.is_empty() || text.len() > 1_024 {
            let message = format!("`{}` cannot be a header's value", text.escape_debug());
            section.problem(value.span(), message, "use 1 to 1024 visible characters");
        }
        let doubled = headers.insert(lower, value.into_inner()).is_some();
        say_doubled(section, &name, doubled);
    }
    headers
}

fn secrets(
    section: &mut Section<'_>,
    base: &Path,
    plain: &BTreeMap<String, String>,
) -> (Option<SecretRef>, BTreeMap<String, SecretRef>) {
    let bearer_at = section.key_span("bearer");
    let bearer = section.text("bearer");
    let bearer = bearer.and_then(|text| {
        let reference = secret::reference(text.get_ref(), base);
        if reference.is_none() {
            secret::refuse(section, "bearer");
        }
        reference
    });
    let mut secrets = BTreeMap::new();
    for (name, text) in section.pairs("secret_headers") {
        let Some(lower) = header(section, &name) else {
            continue;
        };
        let doubled = plain.contains_key(&lower) || secrets.contains_key(&lower);
        say_doubled(section, &name, doubled);
        match secret::reference(text.get_ref(), base) {
            Some(reference) => {
                secrets.insert(lower, reference);
            }
            None => secret::refuse(section, name.get_ref()),
        }
    }
    let said = plain.contains_key("authorization") || secrets.contains_key("authorization");
    if bearer.is_some() && said {
        let message = "`bearer` writes the header `Authorization`, which is also given";
        section.problem(bearer_at, message, "keep one of them");
    }
    (bearer, secrets)
}

/// A header's name in lower case, where it may be given.
fn header(section: &Section<'_>, name: &toml::Spanned<String>) -> Option<String> {
    let lower = name.get_ref().to_ascii_lowercase();
    let letters = lower
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    let own =
        OWN.contains(&lower.as_str()) || lower.starts_with("mcp-") || lower.starts_with("proxy-");
    if lower.is_empty() || lower.len() > limits::NAME_BYTES_MAX || !letters || own {
        let message = format!(
            "`{}` is no header that may be added",
            name.get_ref().escape_debug()
        );
        let fix = "use letters, digits and `-`; those of HTTP and MCP themselves are the kernel's";
        section.problem(name.span(), message, fix);
        return None;
    }
    Some(lower)
}

fn say_doubled(section: &Section<'_>, name: &toml::Spanned<String>, doubled: bool) {
    if doubled {
        let message = format!("the header `{}` is given twice", name.get_ref());
        section.problem(name.span(), message, "keep one of them");
    }
}
