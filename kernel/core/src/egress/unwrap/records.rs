//! Records whose lines begin with the name of a field: vCards, messages of hospitals (HL7 version 2), who wrote a commit or a mail.
//! Knows nothing of what is found in the fields, only of what they are called.

use super::table::Table;

/// Most fields of a line that are read.
const FIELDS_MAX: usize = 48;
/// Longest name of a field, in bytes.
const NAME_BYTES_MAX: usize = 24;

const NAME: &str = "full name";
const BIRTH: &str = "date of birth";
const ADDRESS: &str = "address";
const PHONE: &str = "phone";

/// Fields of a vCard (RFC 6350).
const CARD: [(&str, &str); 7] = [
    ("N", NAME),
    ("FN", NAME),
    ("NICKNAME", NAME),
    ("BDAY", BIRTH),
    ("ADR", ADDRESS),
    ("LABEL", ADDRESS),
    ("TEL", PHONE),
];
/// Segments of HL7 version 2 with the places of fields (chapters 3 and 6).
const SEGMENTS: [(&str, &[(usize, &str)]); 4] = [
    (
        "PID",
        &[
            (2, "mrn"),
            (3, "mrn"),
            (4, "mrn"),
            (5, NAME),
            (6, NAME),
            (7, BIRTH),
            (9, NAME),
            (11, ADDRESS),
            (13, PHONE),
            (14, PHONE),
            (18, "account number"),
            (19, "ssn"),
            (20, "driver license"),
        ],
    ),
    (
        "NK1",
        &[(2, NAME), (4, ADDRESS), (5, PHONE), (6, PHONE), (16, BIRTH)],
    ),
    (
        "GT1",
        &[(3, NAME), (5, ADDRESS), (6, PHONE), (8, BIRTH), (12, "ssn")],
    ),
    ("IN1", &[(16, NAME), (18, BIRTH), (19, ADDRESS)]),
];
/// What stands before somebody with an address: of a commit, where a name may be one word, and of a mail.
const AUTHORS: [&str; 14] = [
    "author",
    "commit",
    "committer",
    "tagger",
    "signed-off-by",
    "co-authored-by",
    "reviewed-by",
    "acked-by",
    "tested-by",
    "reported-by",
    "suggested-by",
    "helped-by",
    "changed-by",
    "maintainer",
];
/// Words of a sender that is nobody: a team, a program.
const GROUPS: [&str; 40] = [
    "team",
    "support",
    "department",
    "dept",
    "desk",
    "helpdesk",
    "service",
    "services",
    "servicedesk",
    "sales",
    "billing",
    "accounts",
    "accounting",
    "marketing",
    "office",
    "newsletter",
    "notifications",
    "notification",
    "alerts",
    "alert",
    "bot",
    "noreply",
    "reply",
    "daemon",
    "subsystem",
    "list",
    "members",
    "group",
    "committee",
    "security",
    "admin",
    "administrator",
    "info",
    "jobs",
    "careers",
    "payroll",
    "reception",
    "staff",
    "undisclosed",
    "recipients",
];
const SENDERS: [&str; 6] = ["from", "to", "cc", "reply-to", "sender", "bcc"];

type Span = (usize, usize);

/// The fields of the records in a text.
pub(in crate::egress) fn read(text: &str) -> Vec<Table> {
    let mut found = Vec::new();
    let mut in_card = false;
    let mut at = 0;
    for line in text.split_inclusive(['\n', '\r']) {
        let start = at;
        at += line.len();
        let line = line.trim_end();
        match line.as_bytes() {
            [b'A'..=b'Z', b'A'..=b'Z', _, b'|', ..] => segment(line, start, &mut found),
            [b'B' | b'b', _, _, _, _, b':', ..] if line.eq_ignore_ascii_case("BEGIN:VCARD") => {
                in_card = true
            }
            [b'E' | b'e', _, _, b':', ..] if line.eq_ignore_ascii_case("END:VCARD") => {
                in_card = false
            }
            [] => {}
            _ if in_card => card(line, start, &mut found),
            _ if line.ends_with('>') || line.contains("> ") => author(line, start, &mut found),
            _ => {}
        }
    }
    found
}

fn add(name: &str, text: &str, (from, to): Span, found: &mut Vec<Table>) {
    let shown = text.trim();
    if !shown.is_empty() {
        let lead = text.len() - text.trim_start().len();
        let from = from + lead;
        found.push(Table::new(
            vec![name.to_owned()],
            vec![vec![(from, (from + shown.len()).min(to))]],
        ));
    }
}

/// Each part of a field, by its mark.
fn parts(name: &str, field: &str, start: usize, marks: [char; 2], found: &mut Vec<Table>) {
    let mut at = start;
    for part in field.split(marks).take(FIELDS_MAX) {
        add(name, part, (at, at + part.len()), found);
        at += part.len() + 1;
    }
}

/// A line of a vCard: `item1.ADR;TYPE=home:;;12 Main Street;…`.
fn card(line: &str, start: usize, found: &mut Vec<Table>) {
    let Some((head, value)) = line.split_once(':') else {
        return;
    };
    let name = head.split(';').next().unwrap_or(head);
    let name = name.rsplit('.').next().unwrap_or(name);
    let Some((_, called)) = CARD
        .iter()
        .find(|(field, _)| field.eq_ignore_ascii_case(name))
    else {
        return;
    };
    let from = start + head.len() + 1;
    match *called {
        NAME => parts(called, value, from, [';', ','], found),
        _ => add(called, value, (from, from + value.len()), found),
    }
}

/// A segment: `PID|1||555^^^A||Doe^Jane`.
fn segment(line: &str, start: usize, found: &mut Vec<Table>) {
    let Some((_, places)) = SEGMENTS.iter().find(|(name, _)| line.starts_with(name)) else {
        return;
    };
    let mut at = start;
    for (nth, field) in line.split('|').take(FIELDS_MAX).enumerate() {
        for (_, called) in places.iter().filter(|(place, _)| *place == nth) {
            match *called {
                ADDRESS => add(called, field, (at, at + field.len()), found),
                NAME => parts(called, field, at, ['^', '~'], found),
                _ => {
                    let first = field.split('^').next().unwrap_or(field);
                    add(called, first, (at, at + first.len()), found);
                }
            }
        }
        at += field.len() + 1;
    }
}

/// `Author: Jane Doe <jane@…>`, `author Jane Doe <jane@…> 1700000000 +0100`.
fn author(line: &str, start: usize, found: &mut Vec<Table>) {
    let bare = line.trim_start();
    let lead = line.len() - bare.len();
    let end = bare.len().min(NAME_BYTES_MAX);
    let Some(mark) = bare
        .bytes()
        .take(end)
        .position(|byte| matches!(byte, b':' | b' '))
    else {
        return;
    };
    let (head, rest) = bare.split_at(mark);
    let is = |all: &[&str]| all.iter().any(|one| one.eq_ignore_ascii_case(head));
    let colon = rest.starts_with(':');
    let (wrote, sent) = (is(&AUTHORS), colon && is(&SENDERS));
    let Some((name, mail)) = rest.get(1..).and_then(|rest| rest.split_once('<')) else {
        return;
    };
    let group = |word: &str| GROUPS.iter().any(|one| one.eq_ignore_ascii_case(word));
    if name.split(|c: char| !c.is_ascii_alphabetic()).any(group) {
        return;
    }
    let addressed = mail.contains(['@', '\u{1}', '<']);
    let shown = name.trim_matches([' ', '"', '\'', '\t']);
    if !addressed || !(wrote || sent && shown.contains(' ')) {
        return;
    }
    let before = name.find(shown).unwrap_or(0);
    let from = start + lead + mark + 1 + before;
    add(NAME, shown, (from, from + shown.len()), found);
}
