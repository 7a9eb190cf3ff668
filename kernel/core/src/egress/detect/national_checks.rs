//! The check digits of the national numbers, one function a number, each over plain digits.
//! Knows nothing of shapes, separators or names.

use super::checksum::{
    day_of_month, digit, luhn, luhn_sum, mod11_10, number, uniform, verhoeff, weighted,
};

/// NHS number: mod 11, 10 is never given out.
pub(super) fn uk_nhs(digits: &[u8]) -> bool {
    let rest = 11 - weighted(digits, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    !uniform(digits) && rest != 10 && rest % 11 == digit(digits, 9)
}

/// Canadian SIN: Luhn; 0 and 8 are not given to persons.
pub(super) fn ca_sin(digits: &[u8]) -> bool {
    luhn(digits) && !matches!(digit(digits, 0), 0 | 8) && !uniform(digits)
}

/// Australian tax file number: weighted sum mod 11.
pub(super) fn au_tfn(digits: &[u8]) -> bool {
    let sum = if digits.len() == 8 {
        weighted(digits, &[10, 7, 8, 4, 6, 3, 5, 1])
    } else {
        weighted(digits, &[1, 4, 3, 7, 5, 8, 6, 9, 10])
    };
    sum % 11 == 0 && !uniform(digits)
}

/// Australian Medicare: first digit 2 to 6, weighted sum mod 10.
pub(super) fn au_medicare(digits: &[u8]) -> bool {
    (2..=6).contains(&digit(digits, 0))
        && weighted(digits, &[1, 3, 7, 9, 1, 3, 7, 9]) % 10 == digit(digits, 8)
        && digit(digits, 9) > 0
}

/// Australian business number: mod 89 with one taken off the first digit.
pub(super) fn au_abn(digits: &[u8]) -> bool {
    const WEIGHTS: [u32; 11] = [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19];
    let sum = weighted(digits, &WEIGHTS);
    digit(digits, 0) > 0 && sum >= 10 && (sum - 10).is_multiple_of(89)
}

/// Australian company number.
pub(super) fn au_acn(digits: &[u8]) -> bool {
    let rest = weighted(digits, &[8, 7, 6, 5, 4, 3, 2, 1]) % 10;
    (10 - rest) % 10 == digit(digits, 8) && !uniform(digits)
}

/// Aadhaar: Verhoeff; 0 and 1 do not begin, palindromes are not given out.
pub(super) fn in_aadhaar(digits: &[u8]) -> bool {
    digit(digits, 0) > 1 && verhoeff(digits) && !digits.iter().eq(digits.iter().rev())
}

/// PESEL: date with the century in the month, weighted sum.
pub(super) fn pl_pesel(digits: &[u8]) -> bool {
    let month = number(digits, 2, 4) % 20;
    day_of_month(month, number(digits, 4, 6))
        && weighted(digits, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]).is_multiple_of(10)
}

/// Personnummer or samordningsnummer: date (day plus 60 for the latter) and Luhn of the last ten.
pub(super) fn se_personnummer(digits: &[u8]) -> bool {
    let ten = digits
        .len()
        .checked_sub(10)
        .and_then(|at| digits.get(at..))
        .unwrap_or_default();
    let day = number(ten, 4, 6);
    let century = digits.len() == 10 || matches!(number(digits, 0, 2), 18..=20);
    century && day_of_month(number(ten, 2, 4), if day > 60 { day - 60 } else { day }) && luhn(ten)
}

/// Fødselsnummer, D-number (day plus 40) or synthetic number (month plus 40, 65 or 80): date and two check digits.
pub(super) fn no_fodselsnummer(digits: &[u8]) -> bool {
    let day = number(digits, 0, 2);
    let month = match number(digits, 2, 4) {
        month @ 81..=92 => month - 80,
        month @ 66..=77 => month - 65,
        month @ 41..=52 => month - 40,
        month => month,
    };
    let first = weighted(digits, &[3, 7, 6, 1, 8, 9, 4, 5, 2, 1]);
    let second = weighted(digits, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]);
    day_of_month(month, if day > 40 { day - 40 } else { day })
        && first.is_multiple_of(11)
        && second.is_multiple_of(11)
}

/// CPR number: a date; the check digit was given up in 2007.
pub(super) fn dk_cpr(digits: &[u8]) -> bool {
    day_of_month(number(digits, 2, 4), number(digits, 0, 2)) && number(digits, 6, 10) > 0
}

/// Resident registration number: date and century digit; the check digit is void since 2020.
pub(super) fn kr_rrn(digits: &[u8]) -> bool {
    day_of_month(number(digits, 2, 4), number(digits, 4, 6)) && (1..=8).contains(&digit(digits, 6))
}

/// South African id: date, citizenship, Luhn.
pub(super) fn za_id(digits: &[u8]) -> bool {
    day_of_month(number(digits, 2, 4), number(digits, 4, 6))
        && digit(digits, 10) <= 2
        && matches!(digit(digits, 11), 8 | 9)
        && luhn(digits)
}

/// Turkish identity number: two sums.
pub(super) fn tr_national_id(digits: &[u8]) -> bool {
    let odd = weighted(digits, &[1, 0, 1, 0, 1, 0, 1, 0, 1]);
    let even = weighted(digits, &[0, 1, 0, 1, 0, 1, 0, 1]);
    let all: u32 = (0..10).map(|at| digit(digits, at)).sum();
    // `+ 80` keeps the difference positive: the even sum is at most 36.
    digit(digits, 0) > 0
        && (odd * 7 + 80 - even) % 10 == digit(digits, 9)
        && all % 10 == digit(digits, 10)
}

/// Steuer-ID: ISO 7064 mod 11,10; of the first ten digits one occurs twice or thrice.
pub(super) fn de_tax_id(digits: &[u8]) -> bool {
    let first = digits.get(..10).unwrap_or_default();
    let mut counts = [0u8; 10];
    for byte in first {
        if let Some(slot) = counts.get_mut(usize::from(byte.wrapping_sub(b'0'))) {
            *slot += 1;
        }
    }
    let repeated = counts.iter().filter(|count| **count > 1).count();
    let most = counts.iter().max().copied().unwrap_or(0);
    digit(digits, 0) > 0 && repeated == 1 && most <= 3 && mod11_10(digits)
}

/// Thai national id: weighted sum mod 11.
pub(super) fn th_tnin(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]);
    digit(digits, 0) > 0 && (11 - sum % 11) % 10 == digit(digits, 12)
}

/// CPF: two check digits mod 11.
pub(super) fn br_cpf(digits: &[u8]) -> bool {
    let first = weighted(digits, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10;
    let second = weighted(digits, &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) * 10 % 11 % 10;
    !uniform(digits) && first == digit(digits, 9) && second == digit(digits, 10)
}

/// CNPJ: two check digits mod 11.
pub(super) fn br_cnpj(digits: &[u8]) -> bool {
    let check = |rest: u32| if rest < 2 { 0 } else { 11 - rest };
    let first = weighted(digits, &[5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    let second = weighted(digits, &[6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    !uniform(digits) && check(first) == digit(digits, 12) && check(second) == digit(digits, 13)
}

/// NIR: sex, month, and 97 minus the rest (Corsican letters are the code detector's).
pub(super) fn fr_nir(digits: &[u8]) -> bool {
    let month = number(digits, 3, 5);
    matches!(digit(digits, 0), 1..=4 | 7 | 8)
        && matches!(month, 1..=12 | 20..=42 | 50..=99)
        && 97 - number(digits, 0, 13) % 97 == number(digits, 13, 15)
}

/// BSN: the eleven test with a negative last weight.
pub(super) fn nl_bsn(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[9, 8, 7, 6, 5, 4, 3, 2]);
    // `+ 11` keeps the difference positive.
    !uniform(digits) && sum > 0 && (sum + 11 - digit(digits, 8)).is_multiple_of(11)
}

/// Belgian national register: date and 97 minus the rest, with 2 put before it since 2000.
pub(super) fn be_nrn(digits: &[u8]) -> bool {
    let month = number(digits, 2, 4) % 20;
    let (base, check) = (number(digits, 0, 9), number(digits, 9, 11));
    let dated = day_of_month(month, number(digits, 4, 6));
    dated && (97 - base % 97 == check || 97 - (base + 2_000_000_000) % 97 == check)
}

/// AHV number: country prefix 756 and EAN-13.
pub(super) fn ch_ahv(digits: &[u8]) -> bool {
    number(digits, 0, 3) == 756
        && weighted(digits, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]).is_multiple_of(10)
}

/// Resident identity card whose check character is a digit: ISO 7064 mod 11-2.
pub(super) fn cn_resident_id(digits: &[u8]) -> bool {
    cn_check(digits, digit(digits, 17))
}

/// The same with the check value given, so that `X` can be ten.
pub(super) fn cn_check(digits: &[u8], check: u32) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECKS: [u32; 11] = [1, 0, 10, 9, 8, 7, 6, 5, 4, 3, 2];
    let rest = usize::try_from(weighted(digits, &WEIGHTS) % 11).unwrap_or(0);
    digit(digits, 0) > 0
        && matches!(number(digits, 6, 8), 18..=20)
        && day_of_month(number(digits, 10, 12), number(digits, 12, 14))
        && CHECKS.get(rest) == Some(&check)
}

/// My Number: mod 11.
pub(super) fn jp_my_number(digits: &[u8]) -> bool {
    let rest = weighted(digits, &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    let check = if rest < 2 { 0 } else { 11 - rest };
    check == digit(digits, 11) && !uniform(digits)
}

/// Israeli identity number: Luhn over nine digits.
pub(super) fn il_id(digits: &[u8]) -> bool {
    luhn(digits) && !uniform(digits)
}

/// Portuguese NIF: mod 11.
pub(super) fn pt_nif(digits: &[u8]) -> bool {
    let rest = weighted(digits, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    let check = if rest < 2 { 0 } else { 11 - rest };
    check == digit(digits, 8) && digit(digits, 0) > 0
}

/// CNP: sex and century, date, county, mod 11.
pub(super) fn ro_cnp(digits: &[u8]) -> bool {
    let rest = weighted(digits, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
    let check = if rest == 10 { 1 } else { rest };
    digit(digits, 0) > 0
        && day_of_month(number(digits, 3, 5), number(digits, 5, 7))
        && matches!(number(digits, 7, 9), 1..=52 | 70 | 80..=83)
        && check == digit(digits, 12)
}

/// Czech and Slovak birth number: date (months plus 20, 50, 70), divisible by 11.
pub(super) fn cz_birth_number(digits: &[u8]) -> bool {
    let month = match number(digits, 2, 4) {
        month @ 71..=82 => month - 70,
        month @ 51..=62 => month - 50,
        month @ 21..=32 => month - 20,
        month => month,
    };
    day_of_month(month, number(digits, 4, 6))
        && (number(digits, 0, 10).is_multiple_of(11)
            // Before 1985 a rest of ten was written as zero.
            || (number(digits, 0, 9) % 11 == 10 && digit(digits, 9) == 0))
}

/// National Provider Identifier: Luhn with the prefix 80840, which adds 24 (CMS).
pub(super) fn us_npi(digits: &[u8]) -> bool {
    matches!(digit(digits, 0), 1 | 2) && (luhn_sum(digits) + 24).is_multiple_of(10)
}

/// ABA routing number: 3-7-1 weights. Prefixes are not checked: it counts only where it is named.
pub(super) fn aba_routing(digits: &[u8]) -> bool {
    weighted(digits, &[3, 7, 1, 3, 7, 1, 3, 7, 1]).is_multiple_of(10) && !uniform(digits)
}

/// Finnish personal identity code whose check character is a digit.
pub(super) fn fi_digits(digits: &[u8]) -> bool {
    day_of_month(number(digits, 2, 4), number(digits, 0, 2))
        && number(digits, 0, 9) % 31 == u64::from(digit(digits, 9))
}

/// Chilean RUT whose check character is a digit.
pub(super) fn cl_rut(digits: &[u8]) -> bool {
    let sum = weighted(digits, &[3, 2, 7, 6, 5, 4, 3, 2]);
    (11 - sum % 11) % 11 == digit(digits, 8) && !uniform(digits)
}
