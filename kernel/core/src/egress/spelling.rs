//! One spelling for all spellings of a value, so that their tokens are one.
//! Knows nothing of tokens.

use super::kind::Form;
use super::message::Message;

/// A type's name and a short plain value in its one spelling, see [`canonical`], without a place on the heap.
#[inline]
pub(super) fn short(name: &str, form: Form, value: &str) -> Option<Message> {
    if !value.is_ascii() {
        return None;
    }
    let mut short = Message::of_at_most(name.len() + 1 + value.len())?;
    short.copy(name.as_bytes());
    short.push(0x1f);
    let begun = short.len();
    let trimmed = value.trim();
    let bytes = trimmed.bytes();
    match form {
        Form::Plain => short.copy(trimmed.as_bytes()),
        Form::Digits => short.extend(bytes.filter(u8::is_ascii_digit)),
        Form::Compact => {
            let letters = bytes.filter(u8::is_ascii_alphanumeric);
            short.extend(letters.map(|byte| byte.to_ascii_uppercase()));
        }
        Form::Email => {
            let (local, domain) =
                trimmed.split_at(memchr::memrchr(b'@', trimmed.as_bytes()).unwrap_or(0));
            short.copy(local.as_bytes());
            short.extend(domain.bytes().map(|byte| byte.to_ascii_lowercase()));
        }
        Form::Words => {
            let mut apart = false;
            for byte in bytes {
                if char::from(byte).is_whitespace() {
                    apart = true;
                    continue;
                }
                if std::mem::take(&mut apart) {
                    short.push(b' ');
                }
                short.push(byte.to_ascii_lowercase());
            }
        }
    }
    // A value without digits still needs a token of its own.
    if form == Form::Digits && short.len() == begun {
        short.copy(trimmed.as_bytes());
    }
    Some(short)
}

/// One spelling for all spellings of a value.
pub(super) fn canonical(form: Form, value: &str) -> String {
    let value = value.trim();
    match form {
        Form::Plain => value.to_owned(),
        Form::Digits => {
            let mut digits = String::with_capacity(value.len());
            for digit in value.bytes().filter(u8::is_ascii_digit) {
                digits.push(char::from(digit));
            }
            // A value without digits still needs a token of its own.
            if digits.is_empty() {
                value.to_owned()
            } else {
                digits
            }
        }
        Form::Compact => value
            .chars()
            .filter(|c| c.is_alphanumeric())
            .flat_map(char::to_uppercase)
            .collect(),
        Form::Email => match value.rsplit_once('@') {
            Some((local, domain)) => [local, "@", &domain.to_lowercase()].concat(),
            None => value.to_lowercase(),
        },
        Form::Words => {
            let mut words = String::with_capacity(value.len());
            for word in value.split_whitespace() {
                if !words.is_empty() {
                    words.push(' ');
                }
                if word.is_ascii() {
                    words.extend(word.chars().map(|c| c.to_ascii_lowercase()));
                } else {
                    // The last sigma of a word is written in its own way.
                    words.push_str(&word.to_lowercase());
                }
            }
            words
        }
    }
}
