//! Passwords on a command line (`curl -u user:password`, `sshpass -p …`, `--password …`) and in statements that set one.
//! Knows nothing of what the command does.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::secret_format::is_placeholder;
use super::text::Text;
use crate::egress::hit::Hit;
use crate::egress::kind::Kind;
use crate::egress::ways::way;
use crate::egress::words::class;

/// Longest user with password, in bytes.
const WORD_BYTES_MAX: usize = 256;
/// How far before its option the name of a tool may stand, in bytes.
const COMMAND_BYTES_MAX: usize = 160;
/// Longest name of an option.
const OPTION_BYTES_MAX: usize = 32;
/// How far before a quote the words may begin that set a password.
const LEAD_BYTES_MAX: usize = 64;
/// Fewest bytes of a password.
const PASSWORD_BYTES_MIN: usize = 4;

/// How an option takes its value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// `-p secret`
    Apart,
    /// `-psecret`
    Glued,
    /// `-u user:secret`
    User,
    /// `-b file user secret`
    Third,
}

/// Tools by the letter of the option that a password follows.
const TOOLS: [(u8, &str, Takes); 31] = [
    (b'p', "sshpass", Takes::Apart),
    (b'p', "sshpass", Takes::Glued),
    (b'p', "mysql", Takes::Glued),
    (b'p', "mariadb", Takes::Glued),
    (b'p', "docker login", Takes::Apart),
    (b'p', "podman login", Takes::Apart),
    (b'p', "registry login", Takes::Apart),
    (b'p', "az login", Takes::Apart),
    (b'p', "mongo", Takes::Apart),
    (b'p', "cqlsh", Takes::Apart),
    (b'p', "oc login", Takes::Apart),
    (b'p', "7z", Takes::Glued),
    (b'p', "isql", Takes::Apart),
    (b'a', "redis-cli", Takes::Apart),
    (b'P', "sqlcmd", Takes::Apart),
    (b'P', "sqlcmd", Takes::Glued),
    (b'P', "bcp", Takes::Apart),
    (b'P', "unzip", Takes::Apart),
    (b'P', "zip", Takes::Apart),
    (b'w', "ldap", Takes::Apart),
    (b'u', "curl", Takes::User),
    (b'U', "curl", Takes::User),
    (b'a', "http", Takes::User),
    (b'u', "http", Takes::User),
    (b'U', "smbclient", Takes::User),
    (b'k', "openssl enc", Takes::Apart),
    (b'b', "htpasswd", Takes::Third),
    (b'n', "htpasswd", Takes::Third),
    (b'B', "htpasswd", Takes::Third),
    (b'c', "htpasswd", Takes::Third),
    (b'S', "mosquitto", Takes::Apart),
];

/// Long options that a password follows, by how they end.
const SECRETS: [&str; 8] = [
    "password",
    "passwd",
    "passphrase",
    "pass",
    "pwd",
    "secret",
    "token",
    "api-key",
];
/// Long options that a user with a password follows.
const USERS: [&str; 2] = ["user", "proxy-user"];
/// Words that a password follows among the words of a command, as the one of this many words. `ways` knows them too.
const COMMANDS: [(&str, usize); 8] = [
    ("rabbitmqctl add_user ", 1),
    ("rabbitmqctl change_password ", 1),
    ("net use ", 2),
    (" /user:", 1),
    ("requirepass ", 0),
    ("masterauth ", 0),
    ("-passin pass:", 0),
    ("-passout pass:", 0),
];

/// What finds those words, what follows a login, and what stands before a password on its way in.
static FINDERS: LazyLock<[Finder<'static>; 10]> = LazyLock::new(|| {
    let words = COMMANDS.map(|command| command.0);
    let [a, b, c, d, e, f, g, h] = words;
    [a, b, c, d, e, f, g, h, " password ", "--password-stdin"].map(Finder::new)
});

/// Finds them.
pub(super) fn find(text: &Text<'_>, hits: &mut Vec<Hit>) {
    let bytes = text.text.as_bytes();
    if text.lexed.has(class::JOINER) {
        for at in memchr::memchr_iter(b'-', bytes) {
            if text.before(at) == b' ' {
                option(text, at + 1, hits);
            }
        }
    }
    if text.lexed.has(class::QUOTE) {
        for at in memchr::memchr2_iter(b'"', b'\'', bytes) {
            hits.extend(set(text, at));
        }
    }
    if text.lexed.leads(way::COMMAND) {
        for ((words, before), finder) in COMMANDS.iter().zip(FINDERS.iter()) {
            for at in finder.find_iter(bytes) {
                hits.extend(later(text, at + words.len(), *before));
            }
        }
    }
    if text.lexed.leads(way::PASSWORD) {
        let [.., kept_by, piped_by] = &*FINDERS;
        kept_by.find_iter(bytes).for_each(|at| kept(text, at, hits));
        piped_by
            .find_iter(bytes)
            .for_each(|at| piped(text, at, hits));
    }
}

/// The option whose name begins here, after its first dash.
fn option(text: &Text<'_>, at: usize, hits: &mut Vec<Hit>) {
    if text.byte(at) == b'-' {
        long(text, at + 1, hits);
        return;
    }
    let letter = text.byte(at);
    if !TOOLS.iter().any(|tool| tool.0 == letter) {
        return;
    }
    let from = text.skip_back(at - 2, COMMAND_BYTES_MAX, |byte| {
        !matches!(byte, b'\n' | b'\r' | b'|' | b';' | 1)
    });
    let command = text.slice_near(from, at - 2);
    let after = text.byte(at + 1);
    let apart = matches!(after, b' ' | b'=');
    for (_, tool, takes) in TOOLS.iter().filter(|tool| tool.0 == letter) {
        let fits = match takes {
            Takes::Apart => apart,
            Takes::Glued => !apart,
            // `-url` is another option.
            Takes::User => apart || matches!(after, b'"' | b'\'') || after.is_ascii_alphanumeric(),
            Takes::Third => true,
        };
        if fits && command.contains(tool) {
            let hit = match takes {
                Takes::User => user(text, at + 1),
                Takes::Third => third(text, at),
                Takes::Apart => given(text, at + 2),
                Takes::Glued => given(text, at + 1),
            };
            hits.extend(hit);
        }
    }
}

/// `--password secret`, `--user name:secret`. What an equals sign follows is a label's too.
fn long(text: &Text<'_>, at: usize, hits: &mut Vec<Hit>) {
    let end = text.skip_most(at, OPTION_BYTES_MAX, |byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
    });
    let name = text.slice(at, end);
    if !matches!(text.byte(end), b' ' | b'=') {
        return;
    }
    if SECRETS.iter().any(|secret| name.ends_with(secret)) {
        hits.extend(given(text, end + 1));
    } else if USERS.contains(&name) {
        hits.extend(user(text, end));
    }
}

/// The password that begins here, quoted or not.
fn given(text: &Text<'_>, from: usize) -> Option<Hit> {
    let quote = text.byte(from);
    let quoted = matches!(quote, b'"' | b'\'');
    let start = from + usize::from(quoted);
    let end = text.skip_most(start, WORD_BYTES_MAX, |byte| {
        if quoted {
            byte != quote && byte >= b' '
        } else {
            byte > b' ' && !matches!(byte, b';' | b'"' | b'\'' | b'`' | b'|')
        }
    });
    let password = text.slice(start, end);
    // In single quotes nothing is replaced.
    let taken = quote == b'\'' && password.starts_with('$') && !is_placeholder(password);
    (taken || is_password(password)).then(|| Hit::new(Kind::PASSWORD, start, end))
}

fn is_password(word: &str) -> bool {
    let references = ['-', '$', '<', '{', '/', '@', '%', '('];
    word.len() >= PASSWORD_BYTES_MIN && !word.starts_with(references) && !is_placeholder(word)
}

/// The password of the `user:password` that begins here, quoted or not.
fn user(text: &Text<'_>, from: usize) -> Option<Hit> {
    let start = text.skip_most(from, 3, |byte| matches!(byte, b' ' | b'=' | b'"' | b'\''));
    let end = text.skip_most(start, WORD_BYTES_MAX, |byte| {
        !matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b'`' | 1)
    });
    let mark = if text.slice(start, end).contains(':') {
        ':'
    } else {
        '%'
    };
    let (user, password) = text.slice(start, end).split_once(mark)?;
    let documented =
        matches!(user, "user" | "username") && matches!(password, "password" | "pass" | "passwd");
    // `-url:x` is another option.
    let plain =
        start > from && !user.contains(['/', '@', '$']) && !password.is_empty() && !documented;
    let reference = password.starts_with('$');
    (plain && !reference && !is_placeholder(password))
        .then(|| Hit::new(Kind::PASSWORD, end - password.len(), end))
}

/// `htpasswd -bc file user secret`, from the letters of the option on.
fn third(text: &Text<'_>, at: usize) -> Option<Hit> {
    let end = text.skip_most(at, OPTION_BYTES_MAX, |byte| byte.is_ascii_alphabetic());
    let letters = text.slice(at, end);
    if !letters.contains('b') || text.byte(end) != b' ' {
        return None;
    }
    later(text, end + 1, if letters.contains('n') { 1 } else { 2 })
}

/// The word after so many others.
fn later(text: &Text<'_>, from: usize, before: usize) -> Option<Hit> {
    let mut at = from;
    for _ in 0..before {
        let end = text.skip_most(at, WORD_BYTES_MAX, |byte| byte > b' ');
        if end == at || text.byte(end) != b' ' {
            return None;
        }
        at = end + 1;
    }
    given(text, at)
}

/// `IDENTIFIED BY 'secret'`, `PASSWORD 'secret'`, `PASSWORD = N'secret'`, from the quote on.
fn set(text: &Text<'_>, at: usize) -> Option<Hit> {
    let before = text.skip_back(at, 4, |byte| {
        matches!(byte, b' ' | b'(' | b'=' | b'N' | b'\t')
    });
    let last = text.before(before);
    if before == at || !matches!(last, b'd' | b'D' | b'y' | b'Y') {
        return None;
    }
    let from = text.skip_back(before, LEAD_BYTES_MAX, |byte| {
        !matches!(byte, b';' | b'\n' | 1)
    });
    let lead = text.slice_near(from, before).to_ascii_lowercase();
    let called = text.slice(before, at).contains('(');
    let sets = lead.ends_with("identified by")
        || (lead.ends_with(" by") && lead.contains("identified with"))
        || (lead.ends_with("password")
            && !called
            && ["user", "role", "login", "with", "alter"]
                .iter()
                .any(|word| lead.contains(word)))
        || (called
            && lead.trim_end_matches("password").trim_end().ends_with('=')
            && lead.contains("set "));
    if !sets {
        return None;
    }
    given(text, at)
}

/// `machine host login user password secret`, as tools keep it in a file, from the last name on.
fn kept(text: &Text<'_>, at: usize, hits: &mut Vec<Hit>) {
    let from = text.skip_back(at, COMMAND_BYTES_MAX, |byte| byte != 1);
    let lead = text.slice_near(from, at);
    let mut words = lead
        .rsplit([' ', '\n', '\t'])
        .filter(|word| !word.is_empty());
    if words.nth(1) == Some("login") {
        hits.extend(given(text, at + " password ".len()));
    }
}

/// `echo secret | docker login --password-stdin`, from the option on.
fn piped(text: &Text<'_>, at: usize, hits: &mut Vec<Hit>) {
    let from = text.skip_back(at, COMMAND_BYTES_MAX, |byte| {
        !matches!(byte, b'\n' | b'\r' | b';' | 1)
    });
    let line = text.slice_near(from, at);
    let Some((echoed, _)) = line.split_once('|') else {
        return;
    };
    if let Some(echo) = echoed.rfind("echo ") {
        hits.extend(given(text, at - line.len() + echo + "echo ".len()));
    }
}
