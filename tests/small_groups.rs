//! Small groups: what of a table of counts leaves, and that no subtraction brings back the rest.
//! Knows nothing of the kernel's insides; its own algebra is slow and exact.

use std::collections::BTreeMap;

use aegis_core::egress::{self, Egress, Masks, Secrets, ShownGroups};
use aegis_core::refusal::Refusal;
use aegis_tests::answers::{policy, sealed, sealed_for, withheld_by};
use proptest::prelude::*;
use serde_json::{Value, json};

const MANIFEST: &str = "server = \"x\"\n[tool.read]\ndescription = \"reads\"\ncapabilities = [\"x:read\"]\n\
                        [tool.read.argument.before]\nkind = \"string\"\ndescription = \"b\"\nrequired = false\n\
                        [tool.read.result]\nrows = \"/structuredContent/rows\"\n\
                        [tool.bare]\ndescription = \"reads\"\ncapabilities = [\"x:read\"]\n\
                        [tool.query]\ndescription = \"asks\"\ncapabilities = [\"db:read\"]\n\
                        [tool.query.argument.sql]\nkind = \"sql\"\ndialect = \"sqlite\"\ndescription = \"s\"\n\
                        [tool.query.result]\nrows = \"/structuredContent/rows\"\n";
const GRANT: &str =
    "[[grant]]\nid = \"g\"\nprincipal = \"a\"\ncapabilities = [\"x:read\", \"db:read\"]\n";

fn rule(by: &str, more: &str) -> String {
    format!(
        "{GRANT}[[small_groups]]\nid = \"few\"\ntool = \"x__read\"\ncount = \"n\"\nby = {by}\n{more}\n"
    )
}

fn released(rules: &str, rows: &Value) -> Result<Egress, Refusal> {
    let result = json!({ "structuredContent": { "rows": rows, "source": "s" } });
    let masks = Masks::new([7; 32], Secrets::none());
    egress::release(sealed(MANIFEST, rules, "x__read", &result), &masks)
}

fn structured(egress: &Egress) -> Value {
    let text = egress.result().get("structuredContent").unwrap();
    serde_json::from_str(&text.to_string()).unwrap()
}

/// What leaves of rows `[group, count]`: the counts, `null` where they are gone.
fn counts(rules: &str, groups: &[(&str, u64)]) -> Vec<Option<u64>> {
    let rows: Vec<Value> = groups
        .iter()
        .map(|(name, n)| json!({ "g": name, "n": n, "avg": 1.5 }))
        .collect();
    let left = structured(&released(rules, &Value::Array(rows)).unwrap());
    let rows = left["rows"].as_array().unwrap();
    for (row, (name, _)) in rows.iter().zip(groups) {
        assert_eq!(row["g"], *name, "the group stays");
        assert_eq!(row["n"].is_null(), row["avg"].is_null(), "all of it goes");
    }
    let gone = rows.iter().any(|row| row["n"].is_null());
    assert_eq!(left.get("suppressed"), gone.then_some(&json!(true)));
    rows.iter().map(|row| row["n"].as_u64()).collect()
}

#[test]
fn a_small_group_goes_and_with_it_what_would_give_it_away() {
    let rules = rule("\"g\"", "total = \"All\"");
    let none: Option<u64> = None;
    for (groups, left) in [
        // Nothing is small; zero names nobody.
        (
            vec![("a", 11), ("b", 400), ("c", 0)],
            vec![Some(11), Some(400), Some(0)],
        ),
        // The total may be known from elsewhere, so one more goes: the smallest.
        (
            vec![("a", 50), ("b", 10), ("c", 12)],
            vec![Some(50), none, none],
        ),
        (vec![("a", 50), ("b", 1)], vec![none, none]),
        // Two that are small together are not enough; three are.
        (
            vec![("a", 50), ("b", 3), ("c", 4), ("d", 60)],
            vec![none, none, none, Some(60)],
        ),
        (
            vec![("a", 50), ("b", 6), ("c", 5)],
            vec![Some(50), none, none],
        ),
        // A total that is shown stays where the parts are enough.
        (
            vec![("a", 50), ("b", 3), ("All", 53)],
            vec![none, none, Some(53)],
        ),
        (
            vec![("a", 50), ("b", 3), ("c", 20), ("All", 73)],
            vec![Some(50), none, none, Some(73)],
        ),
        // All of it is few.
        (vec![("a", 4), ("b", 3), ("All", 7)], vec![none, none, none]),
        (vec![("a", 4), ("z", 0)], vec![none, Some(0)]),
    ] {
        assert_eq!(counts(&rules, &groups), left, "{groups:?}");
    }
    let three = rule("\"g\"", "k = 3");
    assert_eq!(
        counts(&three, &[("a", 3), ("b", 2), ("c", 9)]),
        [none, none, Some(9)]
    );
}

#[test]
fn two_columns_are_held_against_each_other_with_and_without_their_totals() {
    let rules = rule("[\"r\", \"s\"]", "total = \"All\"");
    let cell = |r: &str, s: &str, n: u64| json!({ "r": r, "s": s, "n": n });
    let rows = json!([
        cell("n", "f", 40),
        cell("n", "m", 3),
        cell("n", "All", 43),
        cell("s", "f", 60),
        cell("s", "m", 70),
        cell("s", "All", 130),
        cell("e", "f", 80),
        cell("e", "m", 90),
        cell("e", "All", 170),
        cell("All", "f", 180),
        cell("All", "m", 163),
        cell("All", "All", 343),
    ]);
    let egress = released(&rules, &rows).unwrap();
    let left = structured(&egress);
    let shown: Vec<bool> = left["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| !r["n"].is_null())
        .collect();
    // A rectangle: each row and each column that has one has two.
    assert_eq!(
        shown,
        [
            false, false, true, false, false, true, true, true, true, true, true, true
        ]
    );
    let reported = egress.findings();
    assert_eq!(
        (
            reported[0].kind.as_str(),
            reported[0].pointer.as_str(),
            reported[0].count
        ),
        ("SMALL_GROUP", "/structuredContent/rows/*", 4)
    );
}

#[test]
fn rows_that_cannot_be_judged_are_withheld_by_the_rule() {
    let rules = rule("\"g\"", "");
    for rows in [
        json!([{ "g": "a" }]),
        json!([{ "n": 5 }]),
        json!([{ "g": "a", "n": "5" }]),
        json!([{ "g": "a", "n": 5.5 }]),
        json!([{ "g": "a", "n": -5 }]),
        json!([{ "g": "a", "n": null }]),
        json!([{ "g": ["a"], "n": 50 }]),
        json!([{ "g": "a", "n": 50 }, { "g": "a", "n": 3 }]),
        json!([["a", 50]]),
        json!({ "a": 50 }),
        json!("a: 50"),
        Value::Null,
    ] {
        let refusal = released(&rules, &rows).expect_err(&rows.to_string());
        assert_eq!(withheld_by(&refusal), "few", "{rows}");
    }
    let many: Vec<Value> = (0..3_000).map(|n| json!({ "g": n, "n": 50 })).collect();
    assert!(released(&rules, &Value::Array(many)).is_err());
    // A failure of the tool has no rows; a result without them is none.
    let masks = Masks::new([7; 32], Secrets::none());
    let failed = json!({ "isError": true, "content": [] });
    assert!(egress::release(sealed(MANIFEST, &rules, "x__read", &failed), &masks).is_ok());
    let text = json!({ "content": [{ "type": "text", "text": "a: 3" }] });
    let refusal = egress::release(sealed(MANIFEST, &rules, "x__read", &text), &masks).unwrap_err();
    assert_eq!(withheld_by(&refusal), "few");
}

#[test]
fn a_rule_that_could_not_hold_is_refused_at_load() {
    for (tool, more, words) in [
        ("x__query", "", "takes statements"),
        ("x__bare", "", "does not say where its rows are"),
        ("x__nothing", "", "no tool"),
        ("x__read", "k = 2", "a group of so few"),
        ("x__read", "k = 0", "a group of so few"),
    ] {
        let rules = rule("\"g\"", more).replace("x__read", tool);
        let problems = policy(MANIFEST, &rules).unwrap_err();
        assert!(problems[0].message.contains(words), "{problems:?}");
    }
    for (by, words) in [
        ("[\"n\"]", "does not name the group"),
        ("[\"a\", \"b\", \"c\", \"d\", \"e\"]", "more than 4"),
        ("[]", "empty"),
    ] {
        let problems = policy(MANIFEST, &rule(by, "")).unwrap_err();
        assert!(
            problems.iter().any(|p| p.message.contains(words)),
            "{problems:?}"
        );
    }
}

/// Exact elimination over fractions: whether the sums of `known` determine each of `width` unknowns.
fn determined(known: &[Vec<i128>], width: usize) -> Vec<bool> {
    let mut rows: Vec<Vec<(i128, i128)>> = known
        .iter()
        .map(|row| row.iter().map(|v| (*v, 1)).collect())
        .collect();
    let reduce = |(a, b): (i128, i128)| {
        let (mut x, mut y) = (a.abs(), b.abs());
        while y != 0 {
            (x, y) = (y, x % y);
        }
        let sign = if b < 0 { -1 } else { 1 };
        (sign * a / x.max(1), sign * b / x.max(1))
    };
    let (mut done, mut pivots) = (0, Vec::new());
    for column in 0..width {
        let Some(found) = (done..rows.len()).find(|row| rows[*row][column].0 != 0) else {
            continue;
        };
        rows.swap(done, found);
        let (a, b) = rows[done][column];
        for value in &mut rows[done] {
            *value = reduce((value.0 * b, value.1 * a));
        }
        let pivot = rows[done].clone();
        for (at, row) in rows.iter_mut().enumerate() {
            let (fa, fb) = row[column];
            if at != done && fa != 0 {
                for (value, (pa, pb)) in row.iter_mut().zip(&pivot) {
                    *value = reduce((value.0 * fb * pb - fa * pa * value.1, value.1 * fb * pb));
                }
            }
        }
        pivots.push((column, done));
        done += 1;
    }
    let mut out = vec![false; width];
    for (column, row) in pivots {
        out[column] = rows[row].iter().filter(|v| v.0 != 0).count() == 1;
    }
    out
}

/// Groups, each by its value in every column (`None` sums over it), with their people.
type Table = Vec<(Vec<Option<u8>>, u64)>;

/// Tables of up to 3 by 3 by 2 with holes, with or without their totals.
fn tables() -> impl Strategy<Value = Table> {
    let cell = prop_oneof![3 => 0_u64..11, 3 => 11_u64..40, 1 => Just(u64::MAX)];
    (prop::collection::vec(cell, 18), 1_usize..4, any::<bool>()).prop_map(
        |(cells, width, totals)| {
            let mut table: BTreeMap<Vec<Option<u8>>, u64> = BTreeMap::new();
            for (at, n) in cells
                .into_iter()
                .enumerate()
                .filter(|(_, n)| *n != u64::MAX)
            {
                let whole = [at % 3, at / 3 % 3, at / 9].map(|v| Some(u8::try_from(v).unwrap()));
                let key = whole[..width].to_vec();
                if table.contains_key(&key) {
                    continue;
                }
                table.insert(key, n);
            }
            let parts: Vec<_> = table.clone().into_iter().collect();
            for (key, n) in parts.iter().filter(|_| totals) {
                for over in 1_u32..1 << width {
                    let summed = key
                        .iter()
                        .enumerate()
                        .map(|(c, v)| v.filter(|_| over >> c & 1 == 0));
                    *table.entry(summed.collect()).or_default() += n;
                }
            }
            table.into_iter().collect()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_sum_of_what_leaves_determines_a_small_group(table in tables()) {
        const K: u64 = 11;
        let width = table.first().map_or(1, |(key, _)| key.len());
        let names = ["a", "b", "c"];
        let by = serde_json::to_string(&names[..width]).unwrap();
        let rows: Vec<Value> = table.iter().map(|(key, n)| {
            let mut row = serde_json::Map::new();
            for (name, part) in names.iter().zip(key) {
                row.insert((*name).to_owned(), part.map_or(json!("All"), |v| json!(v.to_string())));
            }
            row.insert("n".to_owned(), json!(n));
            Value::Object(row)
        }).collect();
        let Ok(egress) = released(&rule(&by, "total = \"All\""), &Value::Array(rows)) else {
            return Ok(()); // withheld as a whole tells nothing
        };
        let left = structured(&egress)["rows"].clone();
        let gone: Vec<usize> = (0..table.len()).filter(|at| left[at]["n"].is_null()).collect();
        let small = |at: &usize| (1..K).contains(&table[*at].1);
        for at in 0..table.len() {
            prop_assert!(!small(&at) || gone.contains(&at), "a small group is shown");
        }
        // What is known of those that are gone: each total that is shown, or large enough to be shown elsewhere.
        let mut known = Vec::new();
        for named in 0_u32..1 << width {
            let level: Vec<usize> = (0..table.len())
                .filter(|at| table[*at].0.iter().enumerate().all(|(c, v)| v.is_some() == (named >> c & 1 == 1)))
                .collect();
            for over in (1_u32..1 << width).filter(|over| over & !named == 0) {
                let mut sums: BTreeMap<Vec<Option<u8>>, Vec<usize>> = BTreeMap::new();
                for at in &level {
                    let key = table[*at].0.iter().enumerate().map(|(c, v)| v.filter(|_| over >> c & 1 == 0));
                    sums.entry(key.collect()).or_default().push(*at);
                }
                for (key, members) in sums {
                    let total = table.iter().position(|(other, _)| *other == key);
                    let people: u64 = members.iter().map(|at| table[*at].1).sum();
                    if total.is_none() && people < K {
                        continue;
                    }
                    let mut row = vec![0; gone.len()];
                    for (n, at) in gone.iter().enumerate() {
                        row[n] = i128::from(members.contains(at)) - i128::from(total == Some(*at));
                    }
                    let unknown: u64 = members.iter().filter(|at| gone.contains(at)).map(|at| table[*at].1).sum();
                    if total.is_none_or(|at| !gone.contains(&at)) && members.iter().any(small) {
                        prop_assert!(unknown >= K, "{members:?} leave {unknown}");
                    }
                    known.push(row);
                }
            }
        }
        for (n, is_determined) in determined(&known, gone.len()).into_iter().enumerate() {
            prop_assert!(!is_determined || !small(&gone[n]), "{:?} can be computed", table[gone[n]]);
        }
    }
}

/// What leaves of counts of the groups `a`, `b`, … when they are asked for up to a day, after all that was shown.
fn up_to(shown: &mut ShownGroups, day: &str, counts: &[u64]) -> Result<Vec<Option<u64>>, String> {
    let rows: Vec<Value> = ('a'..)
        .zip(counts)
        .map(|(name, n)| json!({ "g": name.to_string(), "n": n }))
        .collect();
    let result = json!({ "structuredContent": { "rows": rows } });
    let rules = rule("\"g\"", "total = \"z\"");
    let sealed = sealed_for(
        MANIFEST,
        &rules,
        "x__read",
        &json!({ "before": day }),
        &result,
    );
    let masks = Masks::new([7; 32], Secrets::none());
    let prepared = egress::prepare(sealed, &masks, shown);
    let egress = prepared
        .map_err(|refusal| withheld_by(&refusal).to_owned())?
        .release();
    let left = structured(&egress.map_err(|refusal| withheld_by(&refusal).to_owned())?);
    let rows = left["rows"].as_array().unwrap();
    Ok(rows.iter().map(|row| row["n"].as_u64()).collect())
}

#[test]
fn two_answers_that_differ_by_few_people_do_not_show_them() {
    let shown = &mut ShownGroups::default();
    let some = |counts: &[u64]| Ok(counts.iter().copied().map(Some).collect::<Vec<_>>());
    assert_eq!(up_to(shown, "1", &[40, 50, 60]), some(&[40, 50, 60]));
    // One person fewer: that group goes, and one beside it, since the total may be known.
    assert_eq!(
        up_to(shown, "2", &[40, 49, 60]),
        Ok(vec![None, None, Some(60)])
    );
    // What was kept back once stays so, whatever is asked.
    assert_eq!(
        up_to(shown, "3", &[90, 90, 90]),
        Ok(vec![None, None, Some(90)])
    );
    // The same question again is the same answer.
    assert_eq!(
        up_to(shown, "2", &[40, 49, 60]),
        Ok(vec![None, None, Some(60)])
    );
    // Many people fewer are nobody in particular; so are none.
    let shown = &mut ShownGroups::default();
    assert_eq!(up_to(shown, "1", &[40, 50, 60]), some(&[40, 50, 60]));
    assert_eq!(up_to(shown, "2", &[29, 50, 0]), some(&[29, 50, 0]));
}

#[test]
fn what_stands_beside_a_small_group_is_not_shown_under_another_question() {
    let shown = &mut ShownGroups::default();
    // 10 is small; 12 goes with it.
    let first = up_to(shown, "1", &[50, 10, 12]);
    assert_eq!(first, Ok(vec![Some(50), None, None]));
    // Now `c` alone would be enough beside `b`, and another choice would show it: 12 and the sum give 10.
    let second = up_to(shown, "2", &[39, 10, 12]);
    assert_eq!(second, Ok(vec![Some(39), None, None]));
    // Another principal's memory, or a new start, is another.
    let other = up_to(&mut ShownGroups::default(), "1", &[50, 10, 12]);
    assert_eq!(other, first);
}

#[test]
fn more_questions_than_are_held_against_each_other_are_refused() {
    let shown = &mut ShownGroups::default();
    for day in 0..64 {
        assert!(up_to(shown, &day.to_string(), &[40, 60]).is_ok(), "{day}");
    }
    assert_eq!(up_to(shown, "64", &[40, 60]), Err("few".to_owned()));
    assert!(up_to(shown, "63", &[40, 60]).is_ok(), "an old question");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// No two answers show counts of one group that differ by fewer than eleven people.
    #[test]
    fn no_two_answers_differ_by_few(answers in prop::collection::vec(prop::collection::vec(0u64..40, 4), 2..5)) {
        let shown = &mut ShownGroups::default();
        let mut left = Vec::new();
        for (day, counts) in answers.iter().enumerate() {
            left.extend(up_to(shown, &day.to_string(), counts));
        }
        for (at, one) in left.iter().enumerate() {
            for other in left.iter().skip(at + 1) {
                for both in one.iter().zip(other) {
                    if let (Some(one), Some(other)) = both {
                        prop_assert!(!(1..11).contains(&one.abs_diff(*other)), "{left:?}");
                    }
                }
            }
        }
    }
}
