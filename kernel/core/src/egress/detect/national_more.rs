//! The check digits of more national numbers, each over plain digits.
//! Knows nothing of shapes, separators or names.

use super::checksum::{day_of_month, digit, luhn, mod11_10, number, uniform, weighted};

/// Bulgarian EGN: date with the century in the month, weighted sum mod 11.
pub(super) fn bg_egn(digits: &[u8]) -> bool {
    let month = number(digits, 2, 4) % 20;
    let rest = weighted(digits, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10;
    day_of_month(month, number(digits, 4, 6)) && rest == digit(digits, 9)
}

/// Estonian and Lithuanian personal code: sex and century, date, two rounds of weights mod 11.
pub(super) fn baltic(digits: &[u8]) -> bool {
    let first = weighted(digits, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
    let second = weighted(digits, &[3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11;
    let check = if first < 10 { first } else { second % 10 };
    (1..=8).contains(&digit(digits, 0))
        && day_of_month(number(digits, 3, 5), number(digits, 5, 7))
        && check == digit(digits, 10)
}

/// Croatian OIB: ISO 7064 mod 11,10.
pub(super) fn hr_oib(digits: &[u8]) -> bool {
    mod11_10(digits) && !uniform(digits)
}

/// Greek AMKA: date and Luhn.
pub(super) fn gr_amka(digits: &[u8]) -> bool {
    day_of_month(number(digits, 2, 4), number(digits, 0, 2)) && luhn(digits)
}

/// Argentine CUIT: kinds of holder, weighted sum mod 11.
pub(super) fn ar_cuit(digits: &[u8]) -> bool {
    let rest = weighted(digits, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    matches!(number(digits, 0, 2), 20 | 23 | 24 | 27 | 30 | 33 | 34)
        && match (rest, digit(digits, 10)) {
            // A rest of one has no digit: nine stands for it, and four where 23 replaced a woman's 27.
            (1, check) => check == 9 || (check == 4 && number(digits, 0, 2) == 23),
            (rest, check) => (11 - rest) % 11 == check,
        }
}

/// Icelandic kennitala: date (day plus 40 for firms), weighted sum mod 11, century.
pub(super) fn is_kennitala(digits: &[u8]) -> bool {
    let day = number(digits, 0, 2) % 40;
    let sum = weighted(digits, &[3, 2, 7, 6, 5, 4, 3, 2]);
    day_of_month(number(digits, 2, 4), day)
        && matches!(digit(digits, 9), 0 | 8 | 9)
        && (11 - sum % 11) % 11 == digit(digits, 8)
}

/// Austrian social insurance number: the fourth digit checks the rest, the last six are a date.
pub(super) fn at_svnr(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[3, 7, 9, 0, 5, 8, 4, 2, 1, 6]);
    digit(digits, 0) > 0
        && day_of_month(number(digits, 6, 8).min(12), number(digits, 4, 6))
        && sum % 11 == digit(digits, 3)
}

/// Ukrainian taxpayer number: weights with a negative first, mod 11.
pub(super) fn ua_rnokpp(digits: &[u8]) -> bool {
    // `+ 11` keeps the difference positive: the first digit is at most nine.
    let sum = weighted(digits, &[0, 5, 7, 9, 4, 6, 10, 5, 7]) + 11 - digit(digits, 0);
    sum % 11 % 10 == digit(digits, 9) && !uniform(digits)
}

/// Malaysian identity card: a date and a place; there is no check digit.
pub(super) fn my_nric(digits: &[u8]) -> bool {
    day_of_month(number(digits, 2, 4), number(digits, 4, 6))
        && matches!(number(digits, 6, 8), 1..=16 | 21..=59 | 60..=68 | 71..=72 | 74..=79 | 82..=93 | 98 | 99)
}

/// Ecuadorian cédula: province, Luhn.
pub(super) fn ec_cedula(digits: &[u8]) -> bool {
    matches!(number(digits, 0, 2), 1..=24 | 30) && digit(digits, 2) < 6 && luhn(digits)
}

/// Czech and Slovak birth number of before 1954: a date and three digits, no check digit.
pub(super) fn cz_short(digits: &[u8]) -> bool {
    let month = number(digits, 2, 4);
    let month = if month > 50 { month - 50 } else { month };
    number(digits, 0, 2) < 54
        && day_of_month(month, number(digits, 4, 6))
        && number(digits, 6, 9) > 0
}

/// Chilean RUT below ten million whose check character is a digit.
pub(super) fn cl_short(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[2, 7, 6, 5, 4, 3, 2]);
    (11 - sum % 11) % 11 == digit(digits, 7) && digit(digits, 0) > 0 && !uniform(digits)
}

/// South African id with any twelfth digit, as given out at one time or another.
pub(super) fn za_named(digits: &[u8]) -> bool {
    day_of_month(number(digits, 2, 4), number(digits, 4, 6))
        && digit(digits, 10) <= 2
        && luhn(digits)
}

/// Russian SNILS: weighted sum mod 101.
pub(super) fn ru_snils(digits: &[u8]) -> bool {
    let rest = weighted(digits, &[9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101 % 100;
    u64::from(rest) == number(digits, 9, 11) && number(digits, 0, 9) > 1_001_998
}

/// Emirates id: the code of the country, a year of birth, Luhn.
pub(super) fn ae_eid(digits: &[u8]) -> bool {
    number(digits, 0, 3) == 784 && matches!(number(digits, 3, 7), 1900..=2099) && luhn(digits)
}

/// Latvian personal code with a date of birth: the century, weighted sum mod 11.
pub(super) fn lv_code(digits: &[u8]) -> bool {
    let sum = 1 + weighted(digits, &[10, 5, 8, 4, 2, 1, 6, 3, 7, 9]);
    day_of_month(number(digits, 2, 4), number(digits, 0, 2))
        && digit(digits, 6) <= 2
        && sum % 11 % 10 == digit(digits, 10)
}

/// The number of the states of former Yugoslavia: a date with three digits of the year, weighted sum mod 11.
pub(super) fn jmbg(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
    day_of_month(number(digits, 2, 4), number(digits, 0, 2))
        && matches!(number(digits, 4, 7), 0..=30 | 900..=999)
        && (11 - sum % 11) % 11 == digit(digits, 12)
}

/// Uruguayan identity card: weighted sum mod 10.
pub(super) fn uy_ci(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[2, 9, 8, 7, 6, 3, 4]);
    (10 - sum % 10) % 10 == digit(digits, 7) && digit(digits, 0) > 0 && !uniform(digits)
}

/// Kazakh individual identification number: a date, sex with the century, two rounds of weights mod 11.
pub(super) fn kz_iin(digits: &[u8]) -> bool {
    let first = weighted(digits, &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]) % 11;
    let second = weighted(digits, &[3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2]) % 11;
    let check = if first < 10 { first } else { second };
    day_of_month(number(digits, 2, 4), number(digits, 4, 6))
        && digit(digits, 6) <= 6
        && check == digit(digits, 11)
}

/// Brazilian identity card: each state checks in a way of its own, or not at all.
pub(super) fn br_rg(digits: &[u8]) -> bool {
    !uniform(digits)
}
