//! Random values of every family, whole, beside their like and broken at the edges, and rows of them.
//! Knows nothing of how anything is found.

/// Numbers that look random and are the same in each run (Steele, Lea and Flood's SplitMix64).
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ z >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((z ^ z >> 31) % sides as u64).unwrap()
    }

    pub fn pick<'p>(&mut self, among: &[&'p str]) -> &'p str {
        among[self.roll(among.len())]
    }

    /// A pattern with its letters drawn: `9` a digit, `A` a capital, `a` a small letter, `x` of base 16, `?` any of
    /// these.
    fn draw(&mut self, pattern: &str) -> String {
        let mut out = String::new();
        for letter in pattern.chars() {
            let among = match letter {
                '9' => "0123456789",
                'A' => "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                'a' => "abcdefghijklmnopqrstuvwxyz",
                'x' => "0123456789abcdef",
                '?' => "0123456789ABCDEFabcdefKLMxyz-_",
                other => {
                    out.push(other);
                    continue;
                }
            };
            out.push_str(&among[self.roll(among.len())..][..1]);
        }
        out
    }
}

/// What a key, a heading or words before a value may say.
pub const KEYS: [&str; 44] = [
    "id",
    "a",
    "note",
    "value",
    "ref",
    "order_no",
    "sku",
    "isbn",
    "status",
    "version",
    "trace",
    "name",
    "customer_name",
    "full name",
    "city",
    "address",
    "street",
    "zip",
    "email",
    "contact",
    "user",
    "domain",
    "phone",
    "mobile",
    "fax",
    "card",
    "card_1",
    "card_2",
    "pan",
    "cvv",
    "ssn",
    "itin",
    "national_id",
    "passport",
    "dob",
    "birth_date",
    "iban",
    "account_number",
    "password",
    "api_key",
    "pin",
    "ip",
    "reversed",
    "wallet",
];

/// Values by their shape; drawn digits pass a check one time in ten.
const SHAPES: [&str; 70] = [
    "4999999999999999",
    "5199999999999999",
    "379999999999999",
    "4999 9999 9999 9999",
    "4999-9999-9999-9999",
    "3799 999999 99999",
    "6011999999999999999",
    "49999999999999",
    "4999999999999",
    "49999999999999999",
    "999-99-9999",
    "999 99 9999",
    "999999999",
    "999-999-9999",
    "(999) 999-9999",
    "+1 999-999-9999",
    "+19999999999",
    "+49 99 999999",
    "+33 9 99 99 99 99",
    "+999999999999",
    "+9.99",
    "+44 (0)99 9999 9999",
    "0099 99 9999999",
    "099 9999 9999",
    "9999999999",
    "99999999999",
    "999999999999",
    "9999999999999",
    "999 999 999",
    "999.999.999-99",
    "99999999A",
    "A9999999A",
    "AA999999A",
    "AAAAA9999A",
    "999999-9999",
    "999999/9999",
    "99.99.9999",
    "9999-99-99",
    "1984-03-9",
    "99/99/1984",
    "March 9 1984",
    "aaaa@aaaa.com",
    "aaa.aaa99@aaaa-aaa.co.uk",
    "aaaa@aaa.png",
    "99@99.99",
    "a@a.aa",
    "aaaa@aaa.com99",
    "AAAAAAAAAAAA@aaa.de",
    "a.a.a.a.a@aa.aa",
    "aaaa+aaa@xn--aaaaaa",
    "999.999.999.999",
    "xx:xx:xx:xx:xx:xx",
    "xxxx:xxxx::xxxx",
    "DE99 9999 9999 9999 9999 99",
    "GB99AAAA99999999999999",
    "AKIAAAAAAAAAAAAAAAAA",
    "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "xxxxxxxxxxxxxxxx",
    "xxxxxxxxxxxxxxxxxxxxxxxx",
    "99999999999999",
    "Aaaa Aaaaaa",
    "Aaaaaaaa Aaaaaaaaaaaaa",
    "AAAA aaaa",
    "aaaa dot aaa at com",
    "O'Aaaaa-Aaaa",
    "99 Aaaa Street",
    "Aaaaaa",
    "????????????",
    "SO-9999999",
];

/// Values that a check passes, and what goes with them.
const KNOWN: [&str; 26] = [
    "4111111111111111",
    "4111 1111 1111 1111",
    "378282246310005",
    "6011111111111117",
    "30569309025904",
    "4222222222222",
    "3434363831323734",
    "536-22-8726",
    "078-05-1120",
    "912-70-1234",
    "jane.doe@example.com",
    "jane@example.com",
    "DE89370400440532013000",
    "GB29 NWBK 6016 1331 9268 19",
    "+1 202-555-0147",
    "1984-03-02",
    "79927398713",
    "44051401359",
    "amFuZS5kb2VAZXhhbXBsZS5jb20=",
    "6a616e6540612e636f6d",
    "jane%40example.com",
    "jane [at] example [dot] com",
    "password: Tr0ub4dor",
    "ssn 536-22-8726",
    "my name is Olga Keller",
    "79927398713 is the order",
];

/// What may be glued to a value or stand in it.
const EDGES: [&str; 26] = [
    " ", "  ", "-", ".", ",", ";", ":", "=", "/", "_", "+", "(", ")", "[", "]", "\"", "'", "<",
    ">", "*", "@", "\t", "\n", "x", "4", "é",
];

/// One text.
pub fn leaf(dice: &mut Dice) -> String {
    let mut text = match dice.roll(4) {
        0 => dice.pick(&KNOWN).to_owned(),
        _ => {
            let shape = dice.pick(&SHAPES);
            dice.draw(shape)
        }
    };
    for _ in 0..[0, 0, 0, 1, 1, 2, 3][dice.roll(7)] {
        broken(&mut text, dice);
    }
    text
}

/// What may stand before a value in running text, telling, misleading and neither.
const WORDS: [&str; 48] = [
    "ssn",
    "SSN",
    "social security number",
    "card",
    "card no",
    "creditCard",
    "passport",
    "passport no.",
    "phone",
    "call",
    "fax",
    "account",
    "account number",
    "id",
    "national id",
    "tax id",
    "dob",
    "date of birth",
    "born on",
    "customer",
    "customerName",
    "patient",
    "member",
    "order",
    "invoice",
    "isbn",
    "version",
    "sku",
    "serial",
    "is",
    "is the",
    "my name is",
    "was",
    "of",
    "the",
    "and",
    "licence",
    "driving licence",
    "routing",
    "iban",
    "pin",
    "cvv",
    "NHSnumber",
    "PESEL",
    "geburtsdatum",
    "téléphone",
    "numéro",
    "BSN2",
];

/// A running text with values in it.
pub fn prose(dice: &mut Dice) -> String {
    let mut text = String::new();
    for _ in 0..1 + dice.roll(14) {
        match dice.roll(5) {
            0 => text.push_str(&leaf(dice)),
            1 => text.push_str(&dice.draw("aaaaa")),
            _ => text.push_str(dice.pick(&WORDS)),
        }
        text.push_str(dice.pick(&[
            " ", " ", " ", " ", ": ", ", ", ". ", "=", " #", "\n", "-", "",
        ]));
    }
    text
}

/// Values as few write them: each begins a search of its own, or nearly.
const DISGUISED: [&str; 22] = [
    "amFu ZS5k b2VA ZXhh bXBs ZS5j b20=",
    "amFuZS5k b2VAZXhh bXBsZS5j b20=",
    "NDExMSAxMTEx IDExMSAxMTEx",
    "that QUJD RUZH SUpL",
    "with that this over",
    "C12!k5[c9TDf$VA3<",
    "YGH0=E@W?IKw&OpZv",
    "34 31 31 31 31 31 31 31 31 31",
    "0x6a 0x61 0x6e 0x65 0x40 0x61 0x2e 0x63 0x6f 0x6d",
    "four one one one one one one one one one one one one one one one",
    "five three six two two eight seven two six",
    "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
    "5|3|6|-|2|2|-|8|7|2|6",
    "jane at example dot com",
    "net use x: secret9x",
    "requirepass Tr0ub4dor",
    "rabbitmqctl add_user bob Tr0ub4dor",
    "machine h login bob password Tr0ub4dor",
    "echo Tr0ub4dor | docker login --password-stdin",
    "-passin pass:Tr0ub4dor",
    "amFuZS5kb2VAZXhhbXBsZS5jb20\nNDExMTExMTExMTExMTExMQ==",
    "the order of",
];

/// A running text with such values in it, whole and broken, beside others.
pub fn disguised(dice: &mut Dice) -> String {
    let mut text = String::new();
    for _ in 0..1 + dice.roll(5) {
        let mut one = match dice.roll(4) {
            0 => dice.pick(&KNOWN).to_owned(),
            1 => dice.pick(&WORDS).to_owned(),
            _ => dice.pick(&DISGUISED).to_owned(),
        };
        if dice.roll(3) == 0 {
            broken(&mut one, dice);
        }
        text.push_str(&one);
        text.push_str(dice.pick(&[" ", " ", " ", "", "-", "=", "/", ".", "\n", " the "]));
    }
    text
}

/// A text of values that stand so close that what is left between them is a neighbour of what was found: words of a phrase
/// on either side, parts of numbers, short words that may be bytes, lines.
pub fn crowd(dice: &mut Dice) -> String {
    let mut text = String::new();
    for _ in 0..2 + dice.roll(10) {
        match dice.roll(6) {
            0 | 1 => text.push_str(dice.pick(&KNOWN)),
            2 => text.push_str(&leaf(dice)),
            3 => text.push_str(dice.pick(&WORDS)),
            4 => {
                let shape = dice.pick(&["99", "xx", "9999", "A9", "Aaa", "0x99"]);
                text.push_str(&dice.draw(shape));
            }
            _ => text.push_str(dice.pick(&[
                "to",
                "account",
                "no",
                "is",
                "reversed",
                "=",
                "curl -u a:",
            ])),
        }
        text.push_str(dice.pick(&[
            " ", " ", " ", "", "-", ".", ",", ":", "=", "/", "\n", "#", "\t",
        ]));
    }
    text
}

/// A text with something at its edges, in it, or out of it.
fn broken(text: &mut String, dice: &mut Dice) {
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let at = places
        .get(dice.roll(places.len() + 1))
        .copied()
        .unwrap_or(text.len());
    match dice.roll(7) {
        0 => text.insert_str(0, dice.pick(&EDGES)),
        1 => text.push_str(dice.pick(&EDGES)),
        2 => text.insert_str(at, dice.pick(&EDGES)),
        3 => text.truncate(at),
        4 => *text = text.split_off(at),
        5 => *text = text.to_uppercase(),
        _ => {
            let more = dice.pick(&SHAPES);
            *text = format!("{text}{}{}", dice.pick(&EDGES), dice.draw(more));
        }
    }
}

/// Rows with the same keys, as the text of JSON.
pub fn rows(dice: &mut Dice) -> String {
    let mut keys: Vec<&str> = (0..1 + dice.roll(6)).map(|_| dice.pick(&KEYS)).collect();
    keys.sort_unstable();
    keys.dedup();
    for at in (1..keys.len()).rev() {
        keys.swap(at, dice.roll(at + 1));
    }
    let count = [1, 1, 2, 3, 7, 12][dice.roll(6)];
    let alike = dice.roll(3) == 0;
    let shapes: Vec<&str> = keys.iter().map(|_| dice.pick(&SHAPES)).collect();
    let mut rows = Vec::new();
    for _ in 0..count {
        let members: Vec<String> = keys
            .iter()
            .zip(&shapes)
            .map(|(key, shape)| {
                let value = if alike { dice.draw(shape) } else { leaf(dice) };
                let number = value.bytes().all(|byte| byte.is_ascii_digit())
                    && !value.starts_with('0')
                    && !value.is_empty();
                if number && dice.roll(2) == 0 {
                    format!("{}:{value}", quoted(key))
                } else {
                    format!("{}:{}", quoted(key), quoted(&value))
                }
            })
            .collect();
        rows.push(format!("{{{}}}", members.join(",")));
    }
    format!("[{}]", rows.join(","))
}

/// A text as JSON writes it.
pub fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if u32::from(c) < 0x20 => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
