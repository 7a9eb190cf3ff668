//! E-mail addresses: written plainly, quoted, international, spaced out, or with `[at]` and `[dot]`.
//! Knows nothing of mailboxes that exist.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::text::Text;
use crate::egress::context::Context;
use crate::egress::hit::Hit;
use crate::egress::kind::Kind;
use crate::egress::ways::way;
use crate::egress::words::{Lexed, class};

/// RFC 5321 §4.5.3.1.1 and .2, with room for a quoted local part.
const LOCAL_BYTES_MAX: usize = 66;
const DOMAIN_BYTES_MAX: usize = 255;
const LABEL_BYTES_MAX: usize = 63;
/// Longest top-level domain that is delegated, in letters.
const TLD_LETTERS_MAX: usize = 24;
/// A dot that is written out.
static STOPS: LazyLock<[Finder<'static>; 2]> =
    LazyLock::new(|| [" dot ", " DOT "].map(Finder::new));
/// The word in the languages in which it is written out.
const DOTS: [&str; 5] = ["dot", "punkt", "punto", "point", "ponto"];
/// Image suffixes are no top-level domains: `hero@2x.png`.
const SUFFIXES: [&str; 9] = [
    "png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "json",
];
/// Domains common enough to be taken for one where the at sign is not plain.
const COMMON_TLDS: [&str; 76] = [
    "com", "net", "org", "edu", "gov", "mil", "int", "info", "biz", "io", "co", "ai", "app", "dev",
    "de", "uk", "fr", "it", "es", "nl", "be", "ch", "at", "se", "no", "dk", "fi", "pl", "pt", "ie",
    "eu", "us", "ca", "au", "nz", "in", "jp", "kr", "cn", "br", "mx", "ru", "test", "example",
    "me", "tv", "cc", "xyz", "online", "site", "tech", "cloud", "email", "pro", "shop", "store",
    "ua", "cz", "hu", "ro", "gr", "tr", "il", "hk", "sg", "tw", "za", "ar", "cl", "my", "th", "sk",
    "si", "hr", "bg", "lu",
];
/// Schemes whose user name is no mail address: `ssh://git@host.example`.
const SCHEMES: [&str; 24] = [
    "http",
    "https",
    "ssh",
    "git",
    "git+ssh",
    "ftp",
    "ftps",
    "sftp",
    "svn",
    "svn+ssh",
    "postgres",
    "postgresql",
    "mysql",
    "mariadb",
    "redis",
    "rediss",
    "amqp",
    "amqps",
    "mongodb",
    "mongodb+srv",
    "s3",
    "ws",
    "wss",
    "rsync",
];

/// Finds addresses.
pub(super) fn find(text: &Text<'_>, hits: &mut Vec<Hit>) {
    if text.lexed.has(class::AT) {
        for at in memchr::memchr_iter(b'@', text.text.as_bytes()) {
            let found = plain(text, at)
                .or_else(|| spaced(text, at))
                .or_else(|| apart(text, at))
                .or_else(|| reversed(text, at));
            hits.extend(found.map(|(start, end)| Hit::new(Kind::EMAIL_ADDRESS, start, end)));
        }
    }
    if text.lexed.has(class::BRACKET | class::ANGLE) {
        let opens = ['[', '(', '{', '<'];
        for at in text.text.match_indices(opens).map(|(at, _)| at) {
            hits.extend(bracketed(text, at));
        }
    }
    if text.lexed.leads(way::DOT) {
        spelled(text, hits);
    }
}

/// Whether a text is one address with a plain at sign, and nothing else.
pub(in crate::egress) fn is_whole(text: &str) -> bool {
    let mut signs = memchr::memchr_iter(b'@', text.as_bytes());
    let (Some(at), None) = (signs.next(), signs.next()) else {
        return false;
    };
    let alone = Text {
        text,
        lexed: &Lexed::default(),
        context: Context::default(),
    };
    plain(&alone, at) == Some((0, text.len()))
}

fn is_local(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || byte >= 0x80
        || matches!(
            byte,
            b'.' | b'_' | b'%' | b'+' | b'-' | b'\'' | b'!' | b'#' | b'$' | b'&' | b'~'
        )
}

fn is_label(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte >= 0x80
}

/// `local@domain.tld` around the at sign.
fn plain(text: &Text<'_>, at: usize) -> Option<(usize, usize)> {
    let start = local(text, at)?;
    let end = domain(text, at + 1)
        .or_else(|| literal(text, at + 1))
        .or_else(|| written(text, at + 1))?;
    (!is_remote(text, start, at, end) && !is_userinfo(text, start)).then_some((start, end))
}

/// Where the local part before the at sign begins.
fn local(text: &Text<'_>, at: usize) -> Option<usize> {
    if text.before(at) == b'"' {
        let head = text.slice(at.saturating_sub(LOCAL_BYTES_MAX), at.checked_sub(1)?);
        let open = head.rfind('"')?;
        return Some(at - 1 - head.len() + open);
    }
    let mut start = text.skip_back(at, LOCAL_BYTES_MAX, is_local);
    while start < at
        && matches!(
            text.byte(start),
            b'\'' | b'.' | b'-' | b'&' | b'!' | b'#' | b'%' | 0x80..=0xBF
        )
    {
        start += 1;
    }
    (start < at && text.before(at) != b'.').then_some(start)
}

/// Where the domain that begins here ends, if it has a top-level domain.
fn domain(text: &Text<'_>, from: usize) -> Option<usize> {
    let mut end = text.skip_most(from, DOMAIN_BYTES_MAX, |byte| {
        is_label(byte) || byte == b'.'
    });
    while end > from && matches!(text.before(end), b'.' | b'-') {
        end -= 1;
    }
    let mut name = text.slice(from, end);
    while let Some((rest, last)) = name.rsplit_once('.') {
        if rest.is_empty() || rest.ends_with('.') {
            return None;
        }
        if let Some(letters) = tld(last) {
            return Some(from + rest.len() + 1 + letters);
        }
        name = rest;
    }
    None
}

/// How much of the label is a top-level domain.
fn tld(label: &str) -> Option<usize> {
    if SUFFIXES
        .iter()
        .any(|suffix| suffix.eq_ignore_ascii_case(label))
    {
        return None;
    }
    let letters = label.chars().count();
    let whole = (2..=TLD_LETTERS_MAX).contains(&letters) && label.chars().all(char::is_alphabetic);
    if whole {
        return Some(label.len());
    }
    let lower = label.to_ascii_lowercase();
    if lower.starts_with("xn--") && label.len() > 5 {
        return Some(label.len());
    }
    // `jane@example.com123`: what is glued on hides nothing.
    let head = lower.find(|c: char| !c.is_ascii_alphabetic())?;
    COMMON_TLDS.contains(&lower.get(..head)?).then_some(head)
}

/// `@example [dot] com`, `@example dot com`.
fn written(text: &Text<'_>, from: usize) -> Option<usize> {
    let end = dotted(text, from)?;
    let shown = text.slice(from, end);
    (shown.contains(['[', '(', '{']) || shown.contains(" dot ")).then_some(end)
}

/// `@[192.0.2.1]`.
fn literal(text: &Text<'_>, from: usize) -> Option<usize> {
    if text.byte(from) != b'[' {
        return None;
    }
    let end = text.skip_most(from + 1, 48, |byte| {
        byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':')
    });
    (end > from + 3 && text.byte(end) == b']').then_some(end + 1)
}

/// `git@host:owner/repository`, `deploy@host:/srv`: a place, not a person.
fn is_remote(text: &Text<'_>, start: usize, at: usize, end: usize) -> bool {
    if text.byte(end) != b':' {
        return false;
    }
    let rest = text.skip_most(end + 1, 256, |byte| {
        !byte.is_ascii_whitespace() && byte != b'"'
    });
    let path = text.slice(end + 1, rest);
    let known = matches!(text.slice(start, at), "git" | "hg" | "svn");
    (known && !path.is_empty()) || path.starts_with('/') || path.ends_with(".git")
}

/// Whether the address is the user part of a URL with a scheme that has users.
fn is_userinfo(text: &Text<'_>, start: usize) -> bool {
    let from = text.skip_back(start, LOCAL_BYTES_MAX, |byte| {
        is_local(byte) || matches!(byte, b':' | b'/' | b'*')
    });
    let lead = text.slice(from, start);
    lead.rsplit_once("://").is_some_and(|(scheme, user)| {
        let scheme = scheme.rsplit([':', '/', '\'']).next().unwrap_or(scheme);
        // Behind a name and a colon stands a password, whatever the scheme.
        let known = user.contains(':') || SCHEMES.contains(&scheme.to_ascii_lowercase().as_str());
        !user.contains('/') && known
    })
}

/// `jane @ example.com`.
fn spaced(text: &Text<'_>, at: usize) -> Option<(usize, usize)> {
    let before = text.skip_back(at, 2, |byte| byte == b' ');
    let after = text.skip_most(at + 1, 3, |byte| byte == b' ');
    if after > at + 3 || (before == at && after == at + 1) {
        return None;
    }
    // A mention (`ask @example.com`) has no space after the sign.
    if before < at && after == at + 1 {
        return None;
    }
    let start = local(text, before)?;
    let end = domain(text, after).or_else(|| dotted(text, after))?;
    let last = text
        .slice(after, end)
        .rsplit(['.', ' '])
        .next()?
        .to_ascii_lowercase();
    COMMON_TLDS.contains(&last.as_str()).then_some((start, end))
}

/// `moc.elpmaxe@enaj`.
fn reversed(text: &Text<'_>, at: usize) -> Option<(usize, usize)> {
    let start = text.skip_back(at, LOCAL_BYTES_MAX, is_local);
    let end = text.skip_most(at + 1, LOCAL_BYTES_MAX, is_local);
    let (first, rest) = text.slice(start, at).split_once('.')?;
    let tld: String = first.chars().rev().collect();
    let plausible = !rest.is_empty() && end > at + 2 && first.len() >= 2;
    (plausible && COMMON_TLDS.contains(&tld.to_ascii_lowercase().as_str())).then_some((start, end))
}

/// `jane [at] example [dot] com`, from the bracket on.
fn bracketed(text: &Text<'_>, open: usize) -> Option<Hit> {
    let close = text.skip_most(open + 1, 7, |byte| {
        !matches!(byte, b']' | b')' | b'}' | b'>' | b'\n')
    });
    let word = text.slice(open + 1, close).trim();
    if word.eq_ignore_ascii_case("dot") {
        return stopped(text, open);
    }
    if !(word.eq_ignore_ascii_case("at") || word == "@") || text.byte(close) == b'\n' {
        return None;
    }
    let before = text.skip_back(open, 2, |byte| byte == b' ');
    let start = undotted(text, local(text, before)?);
    let end = dotted(text, text.skip_most(close + 1, 3, |byte| byte == b' '))?;
    Some(Hit::new(Kind::EMAIL_ADDRESS, start, end))
}

/// `jane at example (dot) com`, from the bracket on.
fn stopped(text: &Text<'_>, open: usize) -> Option<Hit> {
    let lead = text.skip_back(open, LOCAL_BYTES_MAX, |byte| is_label(byte) || byte == b' ');
    let shown = text.slice(lead, open);
    let at = lead + shown.rfind(" at ").or_else(|| shown.rfind(" AT "))?;
    let (start, end) = (local(text, at)?, dotted(text, at + 4)?);
    let last = text
        .slice(at, end)
        .rsplit([' ', ')', ']', '}', '.'])
        .next()?;
    // `we stayed at Rosa (dot) and left`.
    let known = COMMON_TLDS.contains(&last.to_ascii_lowercase().as_str());
    known.then_some(())?;
    Some(Hit::new(Kind::EMAIL_ADDRESS, start, end))
}

/// Start of a local part whose dots are written out: `anna [dot] k`.
fn undotted(text: &Text<'_>, start: usize) -> usize {
    let lead = text.slice(start.saturating_sub(LOCAL_BYTES_MAX), start);
    let bare = lead.trim_end_matches([' ', ']', ')', '}']);
    let head = ["dot", "DOT"]
        .iter()
        .find_map(|word| bare.strip_suffix(word));
    let Some(open) = head.filter(|head| head.ends_with(['[', '(', '{'])) else {
        return start;
    };
    let open = open.trim_end_matches([' ', '[', '(', '{']);
    let end = start - lead.len() + open.len();
    local(text, end).unwrap_or(start)
}

/// `j a n e @ e x a m p l e . c o m`: every letter apart.
fn apart(text: &Text<'_>, at: usize) -> Option<(usize, usize)> {
    let end = (0..DOMAIN_BYTES_MAX)
        .map(|n| at + 2 * n)
        .take_while(|byte| {
            let letter = is_label(text.byte(*byte)) || text.byte(*byte) == b'.';
            (*byte == at || (letter && text.byte(byte - 1) == b' '))
                && !(text.in_word(byte + 1) || text.byte(byte + 1) == b'.')
        })
        .last()?;
    let start = (0..LOCAL_BYTES_MAX)
        .map_while(|n| at.checked_sub(2 * n))
        .take_while(|byte| {
            let spaced = is_local(text.byte(*byte)) && text.byte(byte + 1) == b' ';
            (*byte == at || spaced) && !text.word_before(*byte)
        })
        .last()?;
    let read: String = text.slice(start, end + 1).chars().step_by(2).collect();
    let tld = read.rsplit_once('.')?.1.to_ascii_lowercase();
    let wide = end > at + 4 && start < at;
    (wide && read.is_ascii() && (2..=TLD_LETTERS_MAX).contains(&tld.len()))
        .then_some((start, end + 1))
}

/// `jane at example dot com`.
fn spelled(text: &Text<'_>, hits: &mut Vec<Hit>) {
    let [small, capital] = &*STOPS;
    spelled_with(text, (" at ", small), hits);
    spelled_with(text, (" AT ", capital), hits);
}

fn spelled_with(text: &Text<'_>, (sign, stop): (&str, &Finder<'_>), hits: &mut Vec<Hit>) {
    for dot in stop.find_iter(text.text.as_bytes()) {
        let lead = text.skip_back(dot, LOCAL_BYTES_MAX, |byte| is_label(byte) || byte == b' ');
        let Some((at, _)) = text.slice(lead, dot).rmatch_indices(sign).next() else {
            continue;
        };
        let at = lead + at;
        let end = dotted(text, at + 4);
        if let (Some(start), Some(end)) = (local(text, at), end) {
            hits.push(Hit::new(Kind::EMAIL_ADDRESS, start, end));
        }
    }
}

/// A domain whose dots may be `[dot]`, `(dot)`, ` dot ` or spaced: where it ends.
fn dotted(text: &Text<'_>, from: usize) -> Option<usize> {
    let mut at = from;
    let mut end = None;
    for _ in 0..6 {
        let label = text.skip_most(at, LABEL_BYTES_MAX, is_label);
        if label == at {
            break;
        }
        let name = text.slice(at, label).to_ascii_lowercase();
        let tld = (2..=TLD_LETTERS_MAX).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphabetic());
        let bracketed = matches!(text.before(at), b']' | b')' | b'}')
            || matches!(text.slice(at.saturating_sub(2), at), "] " | ") " | "} ");
        if at > from && (COMMON_TLDS.contains(&name.as_str()) || (bracketed && tld)) {
            end = Some(label);
        }
        let Some(next) = dot(text, label) else {
            break;
        };
        at = next;
    }
    end
}

fn dot(text: &Text<'_>, from: usize) -> Option<usize> {
    let at = text.skip_most(from, 4, |byte| matches!(byte, b' ' | b'[' | b'(' | b'{'));
    if at > from + 3 {
        return None;
    }
    let written = |word: &&&str| text.slice(at, at + word.len()).eq_ignore_ascii_case(word);
    let word = if text.byte(at) == b'.' {
        1
    } else if at > from {
        DOTS.iter().find(written)?.len()
    } else {
        return None;
    };
    let end = text.skip_most(at + word, 4, |byte| {
        matches!(byte, b' ' | b']' | b')' | b'}')
    });
    (end <= at + word + 3).then_some(end)
}
