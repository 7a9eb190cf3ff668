//! The detectors, one file a family: each reads a folded text and reports byte spans.
//! Knows nothing of JSON, encodings or masks.

mod calling_code;
mod card;
mod checksum;
mod code;
mod code_checks;
mod column;
mod command_line;
mod crypto;
mod date;
mod email;
mod iban;
mod jwt;
mod kept_login;
mod keyed;
mod labelled;
mod national;
mod national_checks;
mod national_index;
mod national_more;
mod national_table;
mod network;
mod number;
mod own;
mod papers;
mod phone;
mod private_key;
mod secret_format;
mod secret_more;
mod secret_table;
mod social_security;
mod spread;
mod text;
mod told;
mod told_look;
mod told_said;
mod told_words;
mod travel;
mod url;
mod veto;

pub(super) use card::is_card;
pub(super) use column::{of_column, passes};
pub(super) use date::is_whole as is_date;
pub(super) use email::is_whole as is_address;
pub(super) use iban::{begins as is_account, may_begin as may_be_account};
pub(super) use keyed::{NAMED_KINDS, whole as keyed};
pub(super) use own::{OwnDetector, Tier, Validator};
pub(super) use phone::is_whole as is_international;
pub(super) use secret_format::prefix_over as secret_prefix_over;
pub(super) use secret_format::{
    begins as begins_secret, holds_head as holds_secret_head, in_secret_prefix,
    may_hang_on_digits as secret_head_hangs_on_digits, may_hold_alike as may_hold_secret_head,
};
pub(super) use social_security::kind as social_security;
pub(super) use text::Text;
pub(super) use told_words::tellers;

use super::cannot_mask::CannotMask;
use super::hit::Hit;
use super::words::{LONG_RUN, class};

/// Fewest digits that can be found without a telling key.
const DIGITS_MIN: usize = 4;

/// Runs the detectors of what proves itself, for texts that were put together from neighbours.
///
/// # Errors
/// As [`find`].
pub(super) fn find_proven(text: &Text<'_>, hits: &mut Vec<Hit>) -> Result<(), CannotMask> {
    let lexed = text.lexed;
    if lexed.has(class::AT) {
        email::find(text, hits);
    }
    if lexed.digits >= DIGITS_MIN {
        number::find_proven(text, hits);
        for word in &lexed.words {
            iban::at_word(text, word, hits);
        }
    }
    if lexed.longest_run >= LONG_RUN {
        secret_format::find(text, hits)?;
        crypto::find(text, hits);
        jwt::find(text, hits);
    }
    Ok(())
}

/// Whether a text is one card number of digits alone.
pub(super) fn is_card_whole(shown: &str) -> bool {
    shown.bytes().all(|byte| byte.is_ascii_digit()) && card::is_card(shown.as_bytes())
}

/// Whether a text is one account number from end to end.
pub(super) fn is_account_whole(shown: &str) -> bool {
    iban::is_whole(shown)
}

/// Whether a card or an account number passes its check as it stands.
pub(super) fn is_whole(shown: &str) -> bool {
    let digits = number::Digits::of(shown.bytes());
    card::is_card(digits.bytes()) || iban::begins(shown.bytes().filter(|byte| *byte != b' '))
}

/// Whether a short code, which is neither long nor marked, holds nothing whatever the values of its digits: no number
/// of it is long enough or named, and no pattern of letters and digits fits.
pub(super) fn is_idle(text: &Text<'_>) -> bool {
    text.lexed.digits < DIGITS_MIN || (number::is_idle(text) && !code::may_fit(text))
}

/// Runs every detector that can find anything in `text`.
///
/// # Errors
/// [`CannotMask::Detector`] where a detector could not be built.
pub(super) fn find(text: &Text<'_>, hits: &mut Vec<Hit>) -> Result<(), CannotMask> {
    let lexed = text.lexed;
    if lexed.has(class::AT | class::BRACKET | class::SPACE) {
        email::find(text, hits);
    }
    let named = !text.context.kinds.is_empty();
    if lexed.digits >= DIGITS_MIN || (named && lexed.digits > 0) {
        number::find(text, hits);
        code::find(text, hits);
        if lexed.words.len() > 1 || lexed.has(class::OTHER_SCRIPT) {
            spread::find(text, hits);
        }
    }
    if lexed.digits > 0 && lexed.has(class::COLON | class::JOINER) {
        network::find(text, hits);
    }
    if lexed.longest_run >= LONG_RUN {
        secret_format::find(text, hits)?;
        crypto::find(text, hits);
        jwt::find(text, hits);
    }
    if lexed.has(class::JOINER) {
        private_key::find(text, hits);
    }
    if lexed.has(class::ANGLE) {
        travel::find(text, hits);
    }
    if lexed.has(class::COLON) {
        url::find(text, hits);
    }
    if lexed.has(class::SPACE) {
        command_line::find(text, hits);
    }
    if lexed.has(class::COLON | class::EQUALS | class::SPACE) {
        labelled::find(text, hits);
        told::find(text, hits);
    }
    if named {
        keyed::find(text, hits);
    }
    Ok(())
}
