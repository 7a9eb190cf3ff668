//! What a search costs, counted in bytes that are looked at and never timed: twice the input is twice the work.
//! Knows nothing of how anything is found.

use aegis_core::egress::{Profile, Scan, Secrets, work_of};
use aegis_core::json::Json;

use super::case::SCOPE;

/// Values of about so many bytes that could cost a square.
type Family = (&'static str, fn(usize) -> Json);

const CARD: &str = "4111111111111111";

fn text(n: usize, part: &str) -> Json {
    Json::from(part.repeat(n / part.len()))
}

fn list(n: usize, part: &str) -> Json {
    Json::Array(vec![Json::from(part); n / part.len()])
}

const FAMILIES: &[Family] = &[
    ("digits", |n| text(n, "1 ")),
    ("digits with hyphens", |n| text(n, "1-")),
    ("digits without end", |n| text(n, "7")),
    ("cards", |n| text(n, "4111 1111 1111 1111 ")),
    ("cards without a blank", |n| text(n, CARD)),
    ("at signs", |n| text(n, "@")),
    ("names with at signs", |n| text(n, "a@")),
    ("addresses", |n| text(n, "a.b@example.com ")),
    ("colons", |n| text(n, ":")),
    ("labels", |n| text(n, "password:")),
    ("labels with values", |n| text(n, "password: hunter2!Zq ")),
    ("words that tell", |n| text(n, "pw ")),
    ("told secrets", |n| text(n, "use a1B!x7 as the pw for ")),
    ("questions without an answer", |n| text(n, "pw?\nno\n")),
    ("kept logins", |n| text(n, "h:5432:d:u:p1a ")),
    ("serialized members", |n| text(n, "a:1:{s:9:\"x")),
    ("nested members", |n| text(n, "a:1:{i:0;")),
    ("wiki tables", |n| text(n, "{|\n! a !! b\n| 1 || 2\n")),
    ("typeset tables", |n| {
        text(n, "\\begin{tabular} a & b \\\\ ")
    }),
    ("fillers", |n| text(n, "A<")),
    ("lines of passports", |n| {
        text(n, "L898902C36UTO7408122F1204159ZE184226B<<<<<10\n")
    }),
    ("segments", |n| text(n, "PID|||a^b||c^d\n")),
    ("terms", |n| text(n, "<dt>ssn</dt><dd>1</dd>")),
    ("authors", |n| text(n, "Author: A <a@\n")),
    ("tables below tables", |n| {
        text(n, "a,b\n1,2\nssn,dob,c\n1,2,3\n")
    }),
    ("names of values", |n| text(n, "card number is ")),
    ("percent signs", |n| text(n, "%")),
    ("escapes", |n| text(n, "%34%31")),
    ("assigned identifiers", |n| {
        text(n, "trace_id=64d2c1aa-64d2-4f0e-a31c-2b7e8d1f0a5c ")
    }),
    ("angles", |n| text(n, "<")),
    ("tags", |n| text(n, "<b>1</b>")),
    ("references", |n| text(n, "&#52;")),
    ("heads of web tokens", |n| text(n, "eyJ")),
    ("heads of keys", |n| text(n, "-----BEGIN ")),
    ("letters", |n| text(n, "A")),
    ("base64", |n| text(n, "NDExMTExMTExMTExMTExMQ== ")),
    ("hex", |n| text(n, "34313131 ")),
    ("at in words", |n| text(n, "(at")),
    ("account heads", |n| text(n, "DE89 ")),
    ("slashes", |n| text(n, "://")),
    ("letters of another width", |n| {
        text(n, "\u{FF14}\u{FF11}\u{200B}")
    }),
    ("braces", |n| text(n, "{\"a\":")),
    ("literals", |n| text(n, "'a' + ")),
    ("marks of emphasis", |n| text(n, "4*")),
    ("words of digits", |n| text(n, "double four ")),
    ("letters apart", |n| text(n, "1|")),
    ("base 85", |n| text(n, "+,ELt=")),
    ("base 58", |n| text(n, "2NEpo7TZRRrLZSi2U ")),
    ("attributes", |n| text(n, "<a ssn=\"1\" name=\"b\">")),
    ("cells in tags", |n| text(n, "<tr><td>1</td>")),
    ("statements", |n| text(n, "INTO a(b) values('c'),")),
    ("options", |n| text(n, "mysql -p")),
    ("dumps", |n| text(n, "00000000: 3431 3131\n")),
    ("code points", |n| text(n, "U+0034 ")),
    ("raw streams", |n| text(n, "Syx0v1xQAA ")),
    ("numbered members", |n| list(n, "4111 1")),
    ("commas", |n| text(n, "a,b\n")),
    ("bars", |n| text(n, "|a|b|\n")),
    ("a table with cards", |n| {
        text(n, "card,x\n4111111111111111,1\n")
    }),
    ("a configuration", |n| text(n, "a:\n  b: 1\n")),
    ("a deep configuration", |n| {
        let deep = |at: usize| format!("{}k:\n", " ".repeat(at % 60));
        Json::from((0..n / 33).map(deep).collect::<String>())
    }),
    ("elements", |n| text(n, "<a><b>1</b></a>")),
    ("open elements", |n| text(n, "<a>")),
    ("items", |n| text(n, "- - - a: 1\n")),
    ("sections", |n| text(n, "[a.b]\nc = 1\n")),
    ("a list of digits", |n| list(n, "4111")),
    ("a list of cards", |n| list(n, CARD)),
    ("a list of prose", |n| list(n, "the card is 4111")),
    ("a list of letters", |n| list(n, "a")),
    ("a list of keys", |n| list(n, "-----BEGIN PRIVATE KEY-----")),
    ("rows", |n| {
        let row = || {
            Json::object([
                ("card", Json::from("4111 1111")),
                ("b", Json::from("1111 1111")),
            ])
        };
        Json::Array((0..n / 24).map(|_| row()).collect())
    }),
    ("dumps of variables", |n| {
        text(n, "[\"ssn\"]=> string(3) \"1")
    }),
    ("setters", |n| text(n, "a.setSsn(\"1\",\"2\")")),
    ("conditions", |n| text(n, "ssn IN ('1','2")),
    ("conditions that hold others", |n| {
        text(n, "pin LIKE '%1 IN (\"1\", ")
    }),
    ("duplicate entries", |n| text(n, "1' for key 'ssn")),
    ("keys of errors", |n| text(n, "(pin)=(1")),
    ("parts of forms", |n| {
        text(n, "form-data; name=\"pin\"\n\n1")
    }),
    ("properties", |n| text(n, "Pin { get; set; } = \"1")),
    ("changes", |n| text(n, "pin was changed from \"1\" to \"")),
    ("values below names", |n| text(n, "pin\n123\n")),
    ("texts as they are", |n| text(n, "<a><![CDATA[")),
    ("dots before marks", |n| text(n, "pin....:")),
    ("blanks of forms", |n| text(n, "&a=b+c+d")),
    ("letters of the telephone", |n| text(n, "lima four ")),
    ("mails with a written dot", |n| text(n, "a at b (dot) ")),
    ("brackets of angles", |n| text(n, "a <at> ")),
    ("accounts with letters for digits", |n| {
        text(n, "DE19B17716157279742B62 ")
    }),
    ("types before marks", |n| text(n, "pin: String = \"1\"")),
    ("elements beside elements", |n| {
        text(n, "<b>pin</b><i>123</i>")
    }),
    ("overrides", |n| text(n, "\u{202E}4321")),
    ("words of named digits", |n| {
        text(
            n,
            "pesel one two three four five six seven eight nine one two ",
        )
    }),
    ("titled tables", |n| text(n, "a title\nssn,b\n123,4\n\n")),
    ("cards from their end", |n| {
        text(n, "card 8763721076044656 ")
    }),
    ("members", |n| {
        Json::object((0..n / 12).map(|at| (format!("k{at}"), Json::from("4111"))))
    }),
    ("blocks", |n| {
        let block = || {
            Json::object([
                ("type", Json::from("text")),
                ("text", Json::from("it is 41111111")),
            ])
        };
        Json::object([(
            "content",
            Json::Array((0..n / 24).map(|_| block()).collect()),
        )])
    }),
];

fn work(value: &Json) -> u64 {
    let profile = Profile::standard();
    let scan = Scan {
        profile: &profile,
        secrets: &Secrets::none(),
        scope_key: &SCOPE,
    };
    // What cannot be examined costs no more than what can.
    work_of(&scan, value).unwrap_or(0)
}

#[test]
fn twice_the_input_is_twice_the_work() {
    const BYTES: usize = 6_000;
    let mut beyond = Vec::new();
    for (name, family) in FAMILIES {
        let (one, four) = (work(&family(BYTES)), work(&family(4 * BYTES)));
        // A square would be sixteen times as much.
        if four > one * 5 + 20_000 {
            beyond.push(format!("{name}: {one} and {four}"));
        }
        assert!(four == 0 || one > 0, "{name}: nothing was counted");
    }
    assert!(beyond.is_empty(), "{}", beyond.join("\n"));
}

#[test]
fn no_byte_is_looked_at_more_than_some_hundred_times() {
    for (name, family) in FAMILIES {
        let value = family(8_000);
        let bytes = u64::try_from(value.to_string().len()).unwrap();
        let work = work(&value);
        assert!(work < bytes * 400, "{name}: {work} for {bytes}");
    }
}
