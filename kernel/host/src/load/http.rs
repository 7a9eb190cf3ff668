//! Reads `[north.http]`: where agents may come over HTTP, and who they are.
//! Knows nothing of tokens' values, and shows no text that might be one.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::Path;

use aegis_core::limits::{HTTP_PORT, HTTP_PRINCIPALS_MAX, HTTP_TOKENS_MAX};
use aegis_core::principal::Principal;
use aegis_core::source::Section;
use toml::Spanned;

use super::secret;
use crate::config::{HttpConfig, TlsConfig, TokenRef};

pub(super) fn read(root: &mut Section<'_>, base: &Path) -> Option<HttpConfig> {
    let mut north = root.section("north")?;
    north.require("http");
    let mut section = north.section("http")?;
    let address = section.parsed("listen", "an address such as `127.0.0.1:8931`", |text| {
        text.parse::<SocketAddr>().ok()
    });
    let exposed = section.flag("exposed").unwrap_or(false);
    let plain = section.flag("plain").unwrap_or(false);
    let hosts = section.parsed_list(
        "hosts",
        "a name with its port, such as `aegis.internal:443`",
        host,
    );
    let origins = section.parsed_list(
        "origins",
        "an origin such as `https://app.internal`",
        origin,
    );
    let streams = section.flag("streams").unwrap_or(true);
    let tls = tls(&mut section, base);
    let principals = principals(&mut section, base);
    if let Some(address) = &address
        && !address.get_ref().ip().is_loopback()
    {
        reachable(&section, address, exposed, plain || tls.is_some());
    }
    let usual = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), HTTP_PORT);
    Some(HttpConfig {
        listen: address.map_or(usual, |address| *address.get_ref()),
        exposed: exposed && (plain || tls.is_some()),
        hosts: plain_list(hosts),
        origins: plain_list(origins),
        tls,
        streams,
        principals,
    })
}

/// An address that other machines reach is meant, and encrypted here or by something in front.
fn reachable(section: &Section<'_>, address: &Spanned<SocketAddr>, exposed: bool, private: bool) {
    if !exposed {
        section.problem(
            address.span(),
            "other machines reach this address",
            "listen on 127.0.0.1, or say `exposed = true`",
        );
    } else if !private {
        section.problem(
            address.span(),
            "tokens would travel in the clear",
            "add `tls`, or say `plain = true` where something in front of the kernel encrypts",
        );
    }
}

fn tls(section: &mut Section<'_>, base: &Path) -> Option<TlsConfig> {
    let mut tls = section.section("tls")?;
    let certificate = tls.need_text("certificate");
    let key = tls.need_text("key");
    let reference = key.and_then(|key| secret::reference(key.get_ref(), base));
    if reference.is_none() {
        secret::refuse(&tls, "key");
    }
    Some(TlsConfig {
        certificate: base.join(certificate?.get_ref()),
        key: reference?,
    })
}

fn principals(section: &mut Section<'_>, base: &Path) -> BTreeMap<String, Vec<TokenRef>> {
    let mut principals = BTreeMap::new();
    section.require("principal");
    for (name, mut of) in section.named("principal") {
        if !Principal::is_name(name.get_ref()) || principals.len() >= HTTP_PRINCIPALS_MAX {
            let message = format!("`{}` is no principal", name.get_ref().escape_debug());
            of.problem(name.span(), message, "use 1 to 64 of `A-Z a-z 0-9 . _ @ -`");
        }
        of.require("tokens");
        let mut tokens = Vec::new();
        for text in of.texts("tokens").unwrap_or_default() {
            match token(text.get_ref(), base) {
                Some(token) if tokens.len() < HTTP_TOKENS_MAX => tokens.push(token),
                // Not the line: what stands there may be a token, and a caret would print it.
                _ => of.problem(
                    of.span(),
                    format!("a token in {} is not a reference", of.place()),
                    "write `file:PATH`, `env:NAME` or `sha256:` and 64 hexadecimal digits; \
                     a token never stands in this file itself",
                ),
            }
        }
        principals.insert(name.into_inner(), tokens);
    }
    principals
}

fn token(text: &str, base: &Path) -> Option<TokenRef> {
    let Some(digits) = text.strip_prefix("sha256:") else {
        return secret::reference(text, base).map(TokenRef::Secret);
    };
    let mut digest = [0_u8; 32];
    if digits.len() != 64 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    for (at, byte) in digest.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(TokenRef::Sha256(digest))
}

fn host(text: &str) -> Option<String> {
    let fits = !text.is_empty()
        && text.len() <= 255
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-:[]_".contains(&byte));
    fits.then(|| text.to_ascii_lowercase())
}

fn origin(text: &str) -> Option<String> {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))?;
    host(rest).map(|_| text.to_ascii_lowercase())
}

fn plain_list(list: Option<Vec<Spanned<String>>>) -> Vec<String> {
    let list = list.unwrap_or_default().into_iter();
    list.map(Spanned::into_inner).collect()
}
