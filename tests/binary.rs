//! Blocks that are no text: withheld, or passed where the manifest says so; what is text in them is searched.
//! Knows nothing of processes.

use std::collections::BTreeMap;

use aegis_core::call::{Arguments, Call};
use aegis_core::egress::{self, Masks, Secrets};
use aegis_core::inspect::{self, World};
use aegis_core::json::{Json, parse};
use aegis_core::limits::RESPONSE_RULES;
use aegis_core::manifest::{self, Manifests};
use aegis_core::now::Now;
use aegis_core::policy::{self, Policy};
use aegis_core::principal::{Principal, Proof};
use aegis_core::receipt::LedgerView;

const POLICY: &str = "[[grant]]\nid = \"g\"\nprincipal = \"a\"\ncapabilities = [\"x:read\"]\n\
                      [[transform]]\nid = \"t\"\ndetect = \"strict\"\n";

/// The content that leaves of a content block, under a result section of the manifest.
fn released(result: &str, block: &str) -> String {
    let text = format!(
        "server = \"x\"\n[tool.read]\ndescription = \"reads\"\ncapabilities = [\"x:read\"]\n{result}"
    );
    let system = manifest::parse(&text, "x.toml").unwrap_or_else(|found| panic!("{found:#?}"));
    let manifests = Manifests::new(vec![system]);
    let policy = Policy::new(policy::parse(POLICY, "p.toml").unwrap(), &manifests).unwrap();
    let principal = Principal::assertion("a", Proof::Hypothetical);
    let call = Call::new(principal, "run", "x__read", Arguments::default());
    let bound = manifests.bind(call, |_, _| true).unwrap();
    let world = World {
        manifests: &manifests,
        catalogs: &BTreeMap::new(),
    };
    let examined = inspect::examine(bound, &world).unwrap();
    let permit = policy
        .decide(examined, &LedgerView::default(), Now { unix_ms: 0 })
        .unwrap();
    let raw = parse(
        format!("{{\"content\":[{block}]}}").as_bytes(),
        &RESPONSE_RULES,
    )
    .unwrap();
    let masks = Masks::new([7; 32], Secrets::none());
    let egress = egress::release(egress::seal(permit, raw, None), &masks).unwrap();
    let content = egress
        .result()
        .get("content")
        .and_then(Json::as_array)
        .unwrap();
    content[0].to_string()
}

const PASS: &str = "[tool.read.result]\nbinary = \"pass\"";
const WITHHELD: &str = r#"{"type":"text","text":"<withheld: a block that is not text>"}"#;

#[test]
fn what_cannot_be_read_is_withheld_unless_the_manifest_lets_it_pass() {
    let picture = r#"{"type":"image","data":"iVBORw0KGgo=","mimeType":"image/png"}"#;
    let hidden = r#"{"type":"image","data":"iVBORw0KGgo=","mimeType":"image/png","_meta":{"x":"jane@example.com"},"annotations":{}}"#;
    let blob = r#"{"type":"resource","resource":{"uri":"file:///x","mimeType":"application/zip","blob":"UEsDBAoAAAAAAA=="}}"#;
    let link = r#"{"type":"resource_link","uri":"file:///x","name":"jane@example.com"}"#;
    for block in [
        picture,
        hidden,
        blob,
        link,
        r#"{"type":"hologram"}"#,
        r#"{"type":"text"}"#,
        "7",
    ] {
        assert_eq!(released("", block), WITHHELD, "{block}");
        assert_eq!(
            released("[tool.read.result]\nbinary = \"withhold\"", block),
            WITHHELD,
            "{block}"
        );
    }
    assert_eq!(released(PASS, picture), picture);
    assert_eq!(
        released(PASS, hidden),
        picture,
        "nothing beside the picture"
    );
    assert_eq!(released(PASS, blob), blob);
    assert_eq!(released(PASS, link), WITHHELD);
}

#[test]
fn text_in_resources_and_blobs_is_searched_and_leaves_as_text() {
    let text = r#"{"type":"resource","resource":{"uri":"file:///jane@example.com","text":"mail jane@example.com"}}"#;
    // Where bytes pass unread, what names them does not.
    let named = r#"{"type":"resource","resource":{"uri":"file:///jane@example.com/x.zip","mimeType":"application/zip","blob":"UEsDBAoAAAAAAA=="}}"#;
    let left = released(PASS, named);
    assert!(
        left.contains("<EMAIL_ADDRESS>") && !left.contains("jane"),
        "{left}"
    );
    let blob =
        r#"{"type":"resource","resource":{"uri":"x","blob":"bWFpbCBqYW5lQGV4YW1wbGUuY29t"}}"#;
    for result in ["", PASS] {
        for block in [text, blob] {
            assert_eq!(
                released(result, block),
                r#"{"type":"text","text":"mail <EMAIL_ADDRESS>"}"#
            );
        }
    }
}

#[test]
fn what_nobody_sees_is_taken_out_and_what_is_left_is_searched() {
    let text = |said: &str, left: &str| {
        let block = Json::object([("type", Json::from("text")), ("text", Json::from(said))]);
        let left = Json::object([("type", Json::from("text")), ("text", Json::from(left))]);
        assert_eq!(
            released("", &block.to_string()),
            left.to_string(),
            "{said:?}"
        );
    };
    // Orders in tag characters, directions, zero widths, a byte-order mark, a bell, colours of a terminal.
    text(
        "ok\u{E0069}\u{E0067}\u{E006E}\u{E006F}\u{E0072}\u{E0065} it",
        "ok it",
    );
    text(
        "\u{FEFF}a\u{200B}b\u{2060}c\u{202E}d\u{2066}e\u{7}f",
        "abcdef",
    );
    text(
        "\u{1B}[31;1mred\u{1B}[0m \u{9B}2Jnow \u{1B}]8;;x\u{7}y",
        "red now ]8;;xy",
    );
    // A sequence without an end loses its first character alone.
    text("\u{1B}[12\u{2603}", "[12\u{2603}");
    // What shapes a script or a pictograph stays.
    let shaped = "\u{645}\u{6CC}\u{200C}\u{62E}\u{648}\u{627}\u{647}\u{645} \u{1F469}\u{200D}\u{1F4BB} \u{2764}\u{FE0F} 1\u{FE0F}\u{20E3}\n\tx";
    text(shaped, shaped);
    // What comes together when the hidden goes is searched once more.
    text("jane\u{200B}@exa\u{1B}[0mmple.com", "<EMAIL_ADDRESS>");
}
