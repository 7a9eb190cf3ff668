//! `aegis policy matrix`: what it says is so, the same text for the same authority, and a stale text is told.
//! Knows nothing of single calls but those that it holds the matrix against.

use aegis_tests::policies as support;

use super::kit::Home;

const MORE: &str = "[[grant]]\nid = \"more\"\nprincipal = \"someone\"\ncapabilities = [\"db:read\"]\ntools = [\"postgres__query\"]\n";

#[test]
fn a_matrix_that_is_no_longer_true_is_told_with_its_difference() {
    let home = Home::new(&support::ON);
    let reviewed = home.run(&["policy", "matrix"]);
    assert_eq!(reviewed.code, 0, "{}", reviewed.err);
    home.write("authority.txt", &reviewed.out);
    let check = ["policy", "matrix", "--check", "authority.txt"];
    let same = home.run(&check);
    assert_eq!(
        (same.code, same.out.as_str()),
        (0, "ok: the matrix is as reviewed\n")
    );

    let mut files = support::ON.map(|file| support::root().join(file)).to_vec();
    files.push(home.write("more.toml", MORE));
    home.configure("aegis.toml", &files);
    let stale = home.run(&check);
    assert_eq!(stale.code, 1);
    assert!(stale.out.contains("+ principal someone\n"), "{}", stale.out);
    assert!(stale.out.contains("granted by more"), "{}", stale.out);
    assert!(
        !stale.out.lines().any(|line| line.starts_with("- ")),
        "{}",
        stale.out
    );

    let json = home.run(&["policy", "matrix", "--check", "authority.txt", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!((json.code, &told["true"]), (1, &serde_json::json!(false)));
    assert_eq!(
        home.run(&["policy", "matrix", "--check", "absent.txt"])
            .code,
        2
    );
    assert_eq!(
        home.run(&["policy", "matrix", "--config", "absent.toml"])
            .code,
        2
    );
}

/// Another order, another layout, lists turned round: the same text.
#[test]
fn the_matrix_of_a_reformatted_policy_is_the_same() {
    let one = "[[grant]]\nid = \"a\"\nprincipal = \"x\"\ncapabilities = [\"db:read\", \"gold:read\"]\nwhen = { all = [{ time = { days = [\"mon-fri\"], zone = \"UTC\" } }, { tool = \"postgres__*\" }] }\n\
        [[block]]\nid = \"b\"\ncapability = [\"pii:filter\", \"pii:launder\"]\nbecause = \"b\"\nfix = \"f\"\n";
    let other = "# words\n[[block]]\nfix = \"f\"\nid = \"b\"\nbecause = \"b\"\ncapability = [\"pii:launder\", \"pii:filter\"]\n\n[[grant]]\nprincipal = \"x\"\nid = \"a\"\ncapabilities = [\"gold:read\", \"db:read\"]\n\
        when = { tool = \"postgres__*\", time = { zone = \"UTC\", days = [\"mon\", \"tue\", \"wed\", \"thu-fri\"], from = \"00:00\" } }\n";
    let matrix = |text: &str| Home::new(&[text]).run(&["policy", "matrix"]);
    let (one, other) = (matrix(one), matrix(other));
    assert_eq!(one.code, 0, "{}", one.err);
    assert_eq!(one.out, other.out);
    assert!(
        one.out
            .contains("db:read                granted by a when time mon-fri UTC"),
        "{}",
        one.out
    );
}

/// Each sort of condition that a decision can depend on stands in the matrix with its rule.
#[test]
fn conditions_masks_and_caps_stand_in_the_matrix() {
    let text = "[[role]]\nname = \"clerk\"\n[[principal]]\nname = \"x\"\nroles = [\"clerk\"]\nattributes = { desk = \"a\" }\n\
        [[grant]]\nid = \"g\"\nrole = \"clerk\"\ncapabilities = [\"db:*\", \"medallion:*\", \"object:list\"]\nresources = [\"postgres:orders\"]\n\
        [[grant]]\nid = \"h\"\nprincipal = \"x\"\ncapabilities = [\"medallion:*\", \"object:list\"]\n\
        [[argument]]\nid = \"few\"\ntool = \"s3__list_objects\"\nargument = \"limit\"\nmax = 10\nbecause = \"b\"\nfix = \"f\"\n\
        [[require]]\nid = \"proof\"\ncapability = \"medallion:promote\"\nreceipt = { kind = \"silver_validation\", of = \"dataset\", fresh_s = 60 }\nbecause = \"b\"\nfix = \"f\"\n\
        [[budget]]\nid = \"seldom\"\ntool = \"medallion__*\"\ncalls = 3\nwindow_s = 86400\n\
        [[lookup]]\nid = \"find\"\nprincipal = \"x\"\nlabel = \"pii.email\"\nbudget = { calls = 2, window_s = 60 }\n\
        [[transform]]\nid = \"mask\"\nlabel = \"pii.email\"\nmask = { default = \"token\" }\nrow_max = 9\n\
        [[transform]]\nid = \"bare\"\ntool = \"s3__list_objects\"\ndrop = [\"owner\"]\nrename = { \"etag\" = \"version\" }\n\
        [[transform]]\nid = \"less\"\nchange_max = 2\nwhen = { fact = { writes = \"*\" } }\n\
        [[block]]\nid = \"late\"\ncapability = \"db:write\"\nbecause = \"b\"\nfix = \"f\"\nwhen = { not = { time = { zone = \"+01:00\", from = \"08:00\", to = \"18:00\" } } }\n";
    let said = Home::new(&[text]).run(&["policy", "matrix"]);
    assert_eq!(said.code, 0, "{}", said.err);
    for line in [
        "principal x; roles clerk; attributes desk = a",
        "- postgres__list_tables: not granted db:read",
        "    db:write               granted by g on postgres:orders; denied by late when not time every day 08:00-18:00 +01:00",
        "    gold:write             not granted",
        "    argument limit         given at most 10 by few",
        "    medallion:promote      granted by h; needs silver_validation of dataset, its own, at most 60 s old, for one call by proof",
        "    budget                 3 calls per day by seldom",
        "    look up pii.email      2 calls in 60 s by find",
        "    mask pii.email         token by mask",
        "    mask pii.ssn           redact by kernel.unlisted-label",
        "    rows leave             at most 9 by mask",
        "    rows change            at most 2 by less when writes *",
        "    drop owner             by bare",
        "    rename etag            to version by bare",
    ] {
        assert!(said.out.lines().any(|l| l == line), "{line}\n{}", said.out);
    }
}
