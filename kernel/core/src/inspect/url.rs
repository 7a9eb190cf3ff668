//! Reads URLs: the host that would be contacted, or a refusal.
//! Knows nothing of name resolution; addresses are judged again where the connection is made.

use std::net::{Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use super::{Fact, Finding, Interceptor, Readings, Scope};
use crate::denial::{Denial, Phase};
use crate::json::Json;
use crate::manifest::{Argument, ArgumentKind};

/// The interceptor of `kind = "url"`.
#[derive(Debug)]
pub(super) struct UrlArgument;

impl Interceptor for UrlArgument {
    fn reads(&self, kind: &ArgumentKind) -> bool {
        matches!(kind, ArgumentKind::Url)
    }

    fn read(&self, argument: &Argument, value: &Json, _: &Scope<'_>) -> Result<Readings, Denial> {
        let host = host_of(value.as_str().unwrap_or_default()).map_err(|(rule, reason)| {
            Denial::kernel(
                rule,
                Phase::Examination,
                format!("the URL in `{}` {reason}", argument.name),
                "give an absolute http or https URL of a public host, without credentials",
            )
        })?;
        let finding = Finding {
            fact: Fact::Contacts(host),
            argument: argument.name.clone(),
            span: None,
        };
        Ok(Readings {
            findings: vec![finding],
            ..Readings::default()
        })
    }
}

/// The host in its canonical (punycode, lower-case) form.
fn host_of(text: &str) -> Result<String, (&'static str, &'static str)> {
    if text
        .chars()
        .any(|c| c.is_whitespace() || super::path::is_hidden(c))
        || text.contains('\\')
    {
        return Err((
            "url.control-character",
            "holds a space, backslash or invisible character",
        ));
    }
    let url = Url::parse(text).map_err(|_| ("url.unreadable", "cannot be read"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(("url.scheme", "is neither http nor https"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(("url.credentials", "carries credentials"));
    }
    let private = (
        "url.private-address",
        "names a private, local or reserved address",
    );
    match url.host() {
        Some(Host::Domain(name)) if name == "localhost" || name.ends_with(".localhost") => {
            Err(private)
        }
        Some(Host::Domain(name)) => Ok(name.trim_end_matches('.').to_owned()),
        Some(Host::Ipv4(address)) if is_public_v4(address) => Ok(address.to_string()),
        Some(Host::Ipv6(address)) if is_public_v6(address) => Ok(address.to_string()),
        Some(_) => Err(private),
        None => Err(("url.unreadable", "names no host")),
    }
}

/// Outside every block of the IANA special-purpose registry (RFC 6890) that is not globally reachable.
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_multicast()
        || a == 0
        || a >= 240
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19)))
}

/// Global unicast 2000::/3 without documentation, 6to4 and Teredo, which can carry a private IPv4 address.
fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        [0x2001, 0x0db8, ..] | [0x2001, 0, ..] | [0x2002, ..] => false,
        [first, ..] => (0x2000..=0x3fff).contains(&first),
    }
}
