//! Columns whose cells say together what no cell says alone, whatever they are called.
//! Knows nothing of any other type.

use aegis_core::json::Json;

use super::case::mask;

/// A PESEL with its check digit, off by `wrong`.
fn pesel(n: usize, wrong: usize) -> String {
    let body = format!("{:02}{:02}{:02}{:04}", 50 + n, 1 + n % 12, 10 + n, 1234 + n);
    let weights = [1, 3, 7, 9, 1, 3, 7, 9, 1, 3];
    let digits = body.bytes().map(|byte| usize::from(byte - b'0'));
    let sum: usize = digits
        .zip(weights)
        .map(|(digit, weight)| digit * weight)
        .sum();
    format!("{body}{}", (10 - sum % 10 + wrong) % 10)
}

/// How many of so many rows are masked where these fail.
fn masked(key: &str, rows: usize, failing: &[usize]) -> usize {
    let row = |n: usize| {
        let cell = pesel(n, usize::from(failing.contains(&n)));
        Json::object([(key, Json::from(cell))])
    };
    mask(Json::Array((0..rows).map(row).collect())).1.len()
}

#[test]
fn four_fifths_of_a_column_say_what_it_is() {
    assert_eq!(masked("v", 9, &[]), 9);
    assert_eq!(masked("v", 9, &[4]), 0, "fewer than ten must all pass");
    assert_eq!(masked("v", 11, &[3, 7]), 9);
    assert_eq!(masked("v", 12, &[3, 7]), 10);
    assert_eq!(
        masked("v", 11, &[3, 5, 7]),
        0,
        "eight of eleven are fewer than four fifths"
    );
    assert_eq!(masked("v", 4, &[]), 0, "four cells say nothing");
}

#[test]
fn the_first_cells_may_be_those_that_fail() {
    assert_eq!(masked("v", 11, &[0, 1]), 9);
    let cell = |n: usize| match n {
        0 => Json::from("n/a"),
        _ => Json::from(pesel(n, 0)),
    };
    let row = |n| Json::object([("v", cell(n))]);
    assert_eq!(mask(Json::Array((0..12).map(row).collect())).1.len(), 11);
}

/// Numbers of orders and payments carry check digits of their own, which pass by chance or by kinship.
#[test]
fn a_key_that_says_what_else_the_numbers_are_is_believed() {
    assert_eq!(masked("ref", 11, &[]), 0);
    assert_eq!(masked("order_no", 11, &[]), 0);
}
