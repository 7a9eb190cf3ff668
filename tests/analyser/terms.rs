//! What an analyser is asked about an answer, and what its words do to it.
//! Knows nothing of the wire: answers are given as bytes.

use std::collections::BTreeMap;

use aegis_core::egress::{
    self, Analyser, Analysis, Egress, Kind, Masks, Profiles, Reported, Secrets,
};
use aegis_core::json::Json;
use aegis_core::limits;
use aegis_core::manifest::{self, Manifests};
use aegis_core::policy::{self, Policy};
use aegis_core::refusal::Refusal;
use aegis_tests::answers::{sealed, withheld_by};
use serde_json::{Value, json};

const MANIFEST: &str = "server = \"x\"\n[tool.read]\ndescription = \"reads\"\ncapabilities = [\"x:read\"]\n\
                        [tool.read.result]\nbinary = \"pass\"\nrows = \"/structuredContent/rows\"\n";
const POLICY: &str = "[[grant]]\nid = \"g\"\nprincipal = \"a\"\ncapabilities = [\"x:read\"]\n\
                      [[transform]]\nid = \"t\"\ndetect = \"standard\"\nanalyse = [\"x__read\"]\n";

fn analyser() -> Analyser {
    Analyser {
        language: "en".to_owned(),
        score_min: 0.5,
        entities: Vec::new(),
        types: BTreeMap::from([
            ("DATE_TIME".to_owned(), None),
            ("ORGANIZATION".to_owned(), Some(Kind::LOCATION)),
        ]),
    }
}

fn prepared(result: &Value, policy: &str, masks: &Masks) -> Result<Analysis, Refusal> {
    egress::prepare(
        sealed(MANIFEST, policy, "x__read", result),
        masks,
        &mut egress::ShownGroups::default(),
    )?
    .analysis()
}

fn masks() -> Masks {
    Masks::new([7; 32], Secrets::none()).analysed_by(Some(analyser()))
}

fn asked(analysis: &Analysis) -> Vec<String> {
    let questions = analysis.questions();
    let texts = questions
        .iter()
        .map(|question| serde_json::from_str::<Value>(question).unwrap());
    texts
        .map(|question| question["text"].as_str().unwrap().to_owned())
        .collect()
}

fn text(said: &str) -> Value {
    json!({ "content": [{ "type": "text", "text": said }] })
}

/// What leaves of one text where the analyser gives this answer.
fn leaves(said: &str, answer: &str) -> Result<Egress, Refusal> {
    let analysis = prepared(&text(said), POLICY, &masks()).unwrap();
    analysis.answered(&[answer.as_bytes().to_vec()])?.release()
}

fn left(egress: &Egress) -> String {
    let blocks = egress.result().get("content").and_then(Json::as_array);
    let text = blocks.unwrap()[0].get("text").and_then(Json::as_str);
    text.unwrap().to_owned()
}

fn found(kind: &str, start: usize, end: usize, score: f64) -> Value {
    json!({ "entity_type": kind, "start": start, "end": end, "score": score })
}

#[test]
fn it_is_asked_about_each_text_once_and_about_nothing_that_is_masked() {
    let result = json!({ "structuredContent": {
        "rows": [
            { "id": 7, "note": "Ann Lee called", "mail": "ann@example.com", "n": "42" },
            { "id": 8, "note": "Ann Lee called", "mail": "write to bob@example.com now", "n": "43" },
        ],
        "Jane Doe": { "address_of": true },
    } });
    let analysis = prepared(&result, POLICY, &masks()).unwrap();
    let asked = asked(&analysis);
    assert_eq!(asked.len(), 4, "{asked:?}");
    assert_eq!(asked[0], "Ann Lee called");
    assert!(asked[1].starts_with("<EMAIL_ADDRESS:"), "{asked:?}");
    assert!(
        asked[2].starts_with("write to <EMAIL_ADDRESS:"),
        "{asked:?}"
    );
    assert_eq!(asked[3], "Jane Doe");
    let whole: Value = serde_json::from_str(&analysis.questions()[0]).unwrap();
    assert_eq!(
        whole,
        json!({ "text": "Ann Lee called", "language": "en", "score_threshold": 0.5 })
    );
    let answers = [
        json!([found("PERSON", 0, 7, 0.9)]),
        json!([]),
        json!([]),
        json!([found("PERSON", 0, 8, 1.0)]),
    ];
    let answers: Vec<Vec<u8>> = answers.iter().map(|a| a.to_string().into_bytes()).collect();
    let egress = analysis.answered(&answers).unwrap().release().unwrap();
    let text = egress.result().to_string();
    assert!(!text.contains("Ann") && !text.contains("Jane"), "{text}");
    assert!(text.contains(" called"), "{text}");
    let kept: Vec<&Reported> = egress.findings().iter().filter(|f| f.analysed).collect();
    let shown: Vec<_> = kept
        .iter()
        .map(|f| (f.kind.as_str(), f.pointer.as_str(), f.count))
        .collect();
    assert_eq!(
        shown,
        [
            ("PERSON", "/structuredContent/*", 1),
            ("PERSON", "/structuredContent/rows/*/note", 2)
        ]
    );
}

#[test]
fn offsets_count_code_points_and_masks_stay_what_they_are() {
    let one = |said: &str, answer: Value| left(&leaves(said, &answer.to_string()).unwrap());
    // Four bytes, two bytes, a letter with its mark.
    let said = "\u{1F469} Zo\u{EB} Mu\u{308}ller ging";
    let masked = one(said, json!([found("PERSON", 2, 13, 0.9)]));
    assert!(
        masked.starts_with("\u{1F469} <PERSON:") && masked.ends_with("> ging"),
        "{masked}"
    );
    // What overlaps is one span; what is below the score, or switched off, is none.
    let said = "Ann Lee of Rome on Monday";
    let masked = one(
        said,
        json!([
            found("PERSON", 0, 7, 0.9),
            found("ORGANIZATION", 4, 15, 0.6),
            found("DATE_TIME", 19, 25, 1.0),
            found("PERSON", 16, 18, 0.4)
        ]),
    );
    assert!(
        masked.starts_with('<') && masked.ends_with("> on Monday"),
        "{masked}"
    );
    assert_eq!(masked.matches('<').count(), 1, "{masked}");
    // A type that is none of ours has no name of its own in what leaves.
    let masked = one(said, json!([found("ann-lee", 0, 7, 0.9)]));
    assert!(
        masked.starts_with("<PERSONAL_DATA:") && masked.ends_with("> of Rome on Monday"),
        "{masked}"
    );
    // A mask of the kernel is no finding, whatever it is taken for; what stands beside it is.
    let said = "from ann@example.com and Bob";
    let plain = left(&leaves(said, "[]").unwrap());
    let length = plain.chars().count();
    let masked = one(said, json!([found("PERSON", 0, length, 0.9)]));
    let token = &plain[5..plain.find('>').unwrap() + 1];
    let parts: Vec<&str> = masked.split(token).collect();
    assert_eq!(parts.len(), 2, "{masked}");
    assert!(
        parts.iter().all(|part| part.trim().starts_with("<PERSON:")),
        "{masked}"
    );
    // Equal names have equal tokens, however they were found.
    let twice = one(
        "Ann, ann",
        json!([found("PERSON", 0, 3, 1.0), found("PERSON", 5, 8, 1.0)]),
    );
    let (a, b) = twice.split_once(", ").unwrap();
    assert_eq!(a, b);
}

#[test]
fn an_answer_that_lies_withholds_the_result_by_name() {
    let said = "Zo\u{EB} ging";
    for answer in [
        "".to_owned(),
        "[]x".to_owned(),
        "{}".to_owned(),
        "null".to_owned(),
        "[1]".to_owned(),
        "{\"error\":\"no such language\"}".to_owned(),
        json!([found("PERSON", 0, 9, 0.9)]).to_string(),
        json!([found("PERSON", 3, 3, 0.9)]).to_string(),
        json!([found("PERSON", 4, 2, 0.9)]).to_string(),
        json!([found("PERSON", 9, 10, 0.1)]).to_string(),
        json!([found("DATE_TIME", 0, 99, 0.1)]).to_string(),
        json!([found("PERSON", 0, 3, 1.5)]).to_string(),
        json!([found("PERSON", 0, 3, -0.1)]).to_string(),
        json!([{ "entity_type": "PERSON", "start": -1, "end": 3, "score": 0.9 }]).to_string(),
        json!([{ "entity_type": "PERSON", "start": 0.5, "end": 3, "score": 0.9 }]).to_string(),
        json!([{ "entity_type": "PERSON", "start": "0", "end": 3, "score": 0.9 }]).to_string(),
        json!([{ "entity_type": "PERSON", "start": 0, "end": 3 }]).to_string(),
        json!([{ "entity_type": 7, "start": 0, "end": 3, "score": 0.9 }]).to_string(),
        json!([{ "start": 0, "end": 3, "score": 0.9 }]).to_string(),
        "[{\"entity_type\":\"PERSON\",\"start\":0,\"start\":1,\"end\":3,\"score\":1}]".to_owned(),
        "[{\"entity_type\":\"PERSON\",\"start\":0,\"end\":99999999999999999999999,\"score\":1}]"
            .to_owned(),
        format!("{}{}", "[".repeat(40), "]".repeat(40)),
        Value::Array(vec![
            found("PERSON", 0, 3, 0.9);
            limits::ANALYSER_FINDINGS_MAX + 1
        ])
        .to_string(),
        " ".repeat(limits::ANALYSER_ANSWER_BYTES_MAX + 1),
    ] {
        let shown: String = answer.chars().take(80).collect();
        let refusal = leaves(said, &answer).expect_err(&shown);
        assert_eq!(
            withheld_by(&refusal),
            "kernel.analyser-unreadable",
            "{shown}"
        );
        assert!(!format!("{refusal:?}").contains("Zo"), "{shown}");
    }
    // Too few answers, and none.
    for answers in [vec![], vec![b"[]".to_vec(); 2]] {
        let analysis = prepared(&text(said), POLICY, &masks()).unwrap();
        let refusal = analysis.answered(&answers).err().unwrap();
        assert_eq!(withheld_by(&refusal), "kernel.analyser-unreadable");
    }
}

#[test]
fn what_cannot_be_asked_is_withheld_and_what_need_not_be_is_not_asked() {
    let withheld = |result: &Value, masks: &Masks| {
        let refusal = prepared(result, POLICY, masks).err().unwrap();
        withheld_by(&refusal).to_owned()
    };
    let many: Vec<String> = (0..=limits::ANALYSER_TEXTS_MAX)
        .map(|n| format!("text {n}"))
        .collect();
    let many = json!({ "structuredContent": { "texts": many } });
    assert_eq!(withheld(&many, &masks()), "kernel.analyser-too-much");
    let long = text(&"word ".repeat(limits::ANALYSER_BYTES_MAX / 4));
    assert_eq!(withheld(&long, &masks()), "kernel.analyser-too-much");
    let none = Masks::new([7; 32], Secrets::none());
    assert_eq!(withheld(&text("x"), &none), "kernel.obligation-unmet");

    let nothing = |result: &Value, policy: &str| {
        let analysis = prepared(result, policy, &masks()).unwrap();
        assert!(analysis.questions().is_empty(), "{result}");
        analysis.answered(&[]).unwrap().release().unwrap()
    };
    let unruled = POLICY.replace("analyse = [\"x__read\"]\n", "");
    assert_eq!(left(&nothing(&text("Ann"), &unruled)), "Ann");
    // Numbers, marks and blocks that pass unread hold no language; a failure is a code.
    let _ = nothing(&text("1984-03-02 ** 7"), POLICY);
    let picture = "QUJD".repeat(limits::ANALYSER_BYTES_MAX / 4 + 1);
    let picture =
        json!({ "content": [{ "type": "image", "data": picture, "mimeType": "image/png" }] });
    let _ = nothing(&picture, POLICY);
    let failed =
        json!({ "isError": true, "content": [{ "type": "text", "text": "Ann is no table" }] });
    assert!(nothing(&failed, POLICY).is_error());
    // Rows beyond the cap do not leave, so nobody is asked about them.
    let rows: Vec<Value> = (0..600)
        .map(|n| json!({ "note": format!("note {n}") }))
        .collect();
    let rows = json!({ "structuredContent": { "rows": rows } });
    let capped = format!("{POLICY}row_max = 3\n");
    assert_eq!(asked(&prepared(&rows, &capped, &masks()).unwrap()).len(), 3);
}

#[test]
fn who_goes_past_the_analyser_gets_nothing() {
    let system = manifest::parse(MANIFEST, "x.toml").unwrap();
    let manifests = Manifests::new(vec![system]);
    let declared = || policy::parse(POLICY, "p.toml").unwrap();
    // A rule that demands one is an error where there is none.
    let problems = Policy::new(declared(), &manifests).unwrap_err();
    assert!(
        problems[0].message.contains("no analyser is configured"),
        "{problems:?}"
    );
    let unknown = POLICY.replace("x__read\"]", "y__read\"]");
    let detectors = Profiles::built_in().detectors().analysed(Some("d".into()));
    let unknown = policy::parse(&unknown, "p.toml").unwrap();
    let problems = Policy::with_detectors(unknown, &manifests, &detectors).unwrap_err();
    assert!(
        problems[0].message.contains("no tool `y__read`"),
        "{problems:?}"
    );
    // Its terms are part of the epoch.
    let epoch = |terms: &Analyser| {
        let digest = aegis_core::source::digest(&Json::from(terms.to_json().to_canonical()));
        let detectors = Profiles::built_in().detectors().analysed(Some(digest));
        let policy = Policy::with_detectors(declared(), &manifests, &detectors).unwrap();
        policy.epoch().to_owned()
    };
    let mut other = analyser();
    other.score_min = 0.6;
    assert_ne!(epoch(&analyser()), epoch(&other));
    assert_eq!(epoch(&analyser()), epoch(&analyser()));
}
