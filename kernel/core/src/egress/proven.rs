//! Which types prove themselves, and which do not, where values are put together from pieces.
//! Knows nothing of pieces.

use super::kind::{Kind, KindSet};

/// What can be joined: types that prove themselves.
pub(super) const PROVEN: KindSet = KindSet::of(&[
    Kind::CREDIT_CARD,
    Kind::IBAN_CODE,
    Kind::US_SSN,
    Kind::EMAIL_ADDRESS,
    Kind::AWS_ACCESS_KEY,
    Kind::GITHUB_TOKEN,
    Kind::GITLAB_TOKEN,
    Kind::SLACK_TOKEN,
    Kind::SLACK_WEBHOOK,
    Kind::STRIPE_KEY,
    Kind::ANTHROPIC_API_KEY,
    Kind::OPENAI_API_KEY,
    Kind::GCP_API_KEY,
    Kind::NPM_TOKEN,
    Kind::PYPI_TOKEN,
    Kind::HUGGINGFACE_TOKEN,
    Kind::SENDGRID_API_KEY,
    Kind::VENDOR_API_KEY,
    Kind::JWT,
    Kind::CRYPTO,
]);

/// What no check proves: in a long run of rows each is a value of its own.
pub(super) const UNCHECKED: KindSet = KindSet::of(&[
    Kind::PHONE_NUMBER,
    Kind::PERSON,
    Kind::LOCATION,
    Kind::DATE_OF_BIRTH,
    Kind::PASSWORD,
    Kind::API_KEY,
    Kind::EMAIL_ADDRESS,
    Kind::IP_ADDRESS,
    Kind::MAC_ADDRESS,
    Kind::US_BANK_NUMBER,
    Kind::BANK_ACCOUNT,
    Kind::PASSPORT,
    Kind::DRIVER_LICENSE,
    Kind::MEDICAL_RECORD_NUMBER,
    Kind::PIN,
    Kind::CREDIT_CARD_CVV,
]);

/// National numbers that a check proves where a word names them.
pub(super) const CHECKED: KindSet = KindSet::of(&[
    Kind::BR_CPF,
    Kind::CA_SIN,
    Kind::CN_RESIDENT_ID,
    Kind::FR_NIR,
    Kind::IN_AADHAAR,
    Kind::NL_BSN,
    Kind::PL_PESEL,
    Kind::UK_NHS,
]);

/// What is proven by digits alone, and so by chance too.
pub(super) const DIGITS_ONLY: KindSet = KindSet::of(&[Kind::CREDIT_CARD, Kind::US_SSN]);

/// Numbers that are found by their name too, so that what is found may be a part of more.
pub(super) const CUT: KindSet = KindSet::of(&[Kind::CREDIT_CARD, Kind::IBAN_CODE]);
