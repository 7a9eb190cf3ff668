//! The formats of machine secrets, one line a format.
//! Knows nothing of how they are searched for.

use crate::egress::kind::Kind;

/// Which letters follow the prefix.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Letters {
    /// Capitals and digits.
    Capital,
    /// Letters and digits.
    Alnum,
    /// Letters, digits, `-` and `_`.
    Token,
    /// Letters, digits, `-`, `_` and `.`.
    Dotted,
    /// Base64 with `+`, `/`, `=`.
    Base64,
    /// Hexadecimal digits.
    Hex,
    /// What a URL's path may hold.
    Path,
}

impl Letters {
    pub(super) fn has(self, byte: u8) -> bool {
        match self {
            Self::Capital => byte.is_ascii_uppercase() || byte.is_ascii_digit(),
            Self::Alnum => byte.is_ascii_alphanumeric(),
            Self::Token => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'),
            Self::Dotted => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'),
            Self::Base64 => byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='),
            Self::Hex => byte.is_ascii_hexdigit(),
            Self::Path => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'/'),
        }
    }
}

/// One format.
pub(super) struct Format {
    pub(super) prefix: &'static str,
    pub(super) kind: Kind,
    pub(super) letters: Letters,
    /// Fewest and most letters after the prefix.
    pub(super) least: usize,
    pub(super) most: usize,
}

const fn format(
    prefix: &'static str,
    kind: Kind,
    letters: Letters,
    least: usize,
    most: usize,
) -> Format {
    Format {
        prefix,
        kind,
        letters,
        least,
        most,
    }
}

use Letters::{Alnum, Base64, Capital, Dotted, Hex, Path, Token};

/// All formats, from the services' own documentation.
pub(super) const FORMATS: &[Format] = &[
    format("AKIA", Kind::AWS_ACCESS_KEY, Capital, 16, 16),
    format("ASIA", Kind::AWS_ACCESS_KEY, Capital, 16, 16),
    format("ABIA", Kind::AWS_ACCESS_KEY, Capital, 16, 16),
    format("ACCA", Kind::AWS_ACCESS_KEY, Capital, 16, 16),
    format("ghp_", Kind::GITHUB_TOKEN, Alnum, 30, 255),
    format("gho_", Kind::GITHUB_TOKEN, Alnum, 30, 255),
    format("ghu_", Kind::GITHUB_TOKEN, Alnum, 30, 255),
    format("ghs_", Kind::GITHUB_TOKEN, Alnum, 30, 255),
    format("ghr_", Kind::GITHUB_TOKEN, Alnum, 30, 255),
    format("github_pat_", Kind::GITHUB_TOKEN, Token, 36, 255),
    format("glpat-", Kind::GITLAB_TOKEN, Dotted, 20, 300),
    format("gldt-", Kind::GITLAB_TOKEN, Token, 20, 300),
    format("glrt-", Kind::GITLAB_TOKEN, Dotted, 20, 300),
    format("glptt-", Kind::GITLAB_TOKEN, Hex, 40, 40),
    format("glcbt-", Kind::GITLAB_TOKEN, Token, 20, 300),
    format("gloas-", Kind::GITLAB_TOKEN, Token, 20, 300),
    format("xoxb-", Kind::SLACK_TOKEN, Token, 20, 255),
    format("xoxp-", Kind::SLACK_TOKEN, Token, 20, 255),
    format("xoxa-", Kind::SLACK_TOKEN, Token, 20, 255),
    format("xoxr-", Kind::SLACK_TOKEN, Token, 20, 255),
    format("xoxs-", Kind::SLACK_TOKEN, Token, 20, 255),
    format("xoxe-", Kind::SLACK_TOKEN, Token, 20, 512),
    format("xoxc-", Kind::SLACK_TOKEN, Token, 20, 255),
    format("xapp-", Kind::SLACK_TOKEN, Token, 20, 255),
    format(
        "hooks.slack.com/services/",
        Kind::SLACK_WEBHOOK,
        Path,
        30,
        120,
    ),
    format(
        "hooks.slack.com/workflows/",
        Kind::SLACK_WEBHOOK,
        Path,
        30,
        160,
    ),
    format(
        "discord.com/api/webhooks/",
        Kind::VENDOR_API_KEY,
        Path,
        60,
        160,
    ),
    format(
        "discordapp.com/api/webhooks/",
        Kind::VENDOR_API_KEY,
        Path,
        60,
        160,
    ),
    format("sk_live_", Kind::STRIPE_KEY, Alnum, 16, 255),
    format("sk_test_", Kind::STRIPE_KEY, Alnum, 16, 255),
    format("rk_live_", Kind::STRIPE_KEY, Alnum, 16, 255),
    format("rk_test_", Kind::STRIPE_KEY, Alnum, 16, 255),
    format("whsec_", Kind::STRIPE_KEY, Base64, 24, 255),
    format("sk-ant-", Kind::ANTHROPIC_API_KEY, Token, 20, 255),
    format("sk-proj-", Kind::OPENAI_API_KEY, Token, 20, 255),
    format("sk-svcacct-", Kind::OPENAI_API_KEY, Token, 20, 255),
    format("sk-admin-", Kind::OPENAI_API_KEY, Token, 20, 255),
    format("sk-or-v1-", Kind::VENDOR_API_KEY, Hex, 32, 128),
    format("sk-lf-", Kind::VENDOR_API_KEY, Token, 30, 128),
    format("sk-", Kind::OPENAI_API_KEY, Alnum, 32, 255),
    format("AIza", Kind::GCP_API_KEY, Token, 35, 35),
    format("ya29.", Kind::GCP_API_KEY, Token, 20, 2048),
    format("GOCSPX-", Kind::GCP_API_KEY, Token, 20, 64),
    format("1//0", Kind::GCP_API_KEY, Token, 40, 255),
    format("npm_", Kind::NPM_TOKEN, Alnum, 30, 255),
    format("pypi-AgE", Kind::PYPI_TOKEN, Token, 40, 1024),
    format("hf_", Kind::HUGGINGFACE_TOKEN, Alnum, 30, 64),
    format("api_org_", Kind::HUGGINGFACE_TOKEN, Alnum, 30, 64),
    format("SG.", Kind::SENDGRID_API_KEY, Dotted, 40, 128),
    format("SK", Kind::TWILIO_API_KEY, Hex, 32, 32),
    format("AC", Kind::TWILIO_API_KEY, Hex, 32, 32),
    format("AccountKey=", Kind::AZURE_KEY, Base64, 40, 100),
    format("SharedAccessKey=", Kind::AZURE_KEY, Base64, 40, 100),
    format("sig=", Kind::AZURE_KEY, Base64, 43, 100),
    format("dop_v1_", Kind::VENDOR_API_KEY, Hex, 64, 64),
    format("doo_v1_", Kind::VENDOR_API_KEY, Hex, 64, 64),
    format("shpat_", Kind::VENDOR_API_KEY, Hex, 32, 64),
    format("shpss_", Kind::VENDOR_API_KEY, Hex, 32, 64),
    format("shpca_", Kind::VENDOR_API_KEY, Hex, 32, 64),
    format("shppa_", Kind::VENDOR_API_KEY, Hex, 32, 64),
    format("sq0atp-", Kind::VENDOR_API_KEY, Token, 22, 64),
    format("sq0csp-", Kind::VENDOR_API_KEY, Token, 43, 64),
    format("EAAAE", Kind::VENDOR_API_KEY, Token, 50, 200),
    format("lin_api_", Kind::VENDOR_API_KEY, Alnum, 32, 64),
    format("ntn_", Kind::VENDOR_API_KEY, Alnum, 40, 64),
    format("figd_", Kind::VENDOR_API_KEY, Token, 40, 64),
    format("dapi", Kind::VENDOR_API_KEY, Hex, 32, 34),
    format("dp.pt.", Kind::VENDOR_API_KEY, Alnum, 40, 64),
    format("hvs.", Kind::VENDOR_API_KEY, Token, 24, 255),
    format("hvb.", Kind::VENDOR_API_KEY, Token, 24, 300),
    format("rubygems_", Kind::VENDOR_API_KEY, Hex, 48, 48),
    format("PMAK-", Kind::VENDOR_API_KEY, Token, 50, 80),
    format("glsa_", Kind::VENDOR_API_KEY, Token, 40, 64),
    format("glc_", Kind::VENDOR_API_KEY, Base64, 32, 400),
    format("AGE-SECRET-KEY-1", Kind::PRIVATE_KEY, Capital, 58, 58),
    format("pul-", Kind::VENDOR_API_KEY, Hex, 40, 40),
    format("NRAK-", Kind::VENDOR_API_KEY, Capital, 27, 27),
    format("sbp_", Kind::VENDOR_API_KEY, Hex, 40, 40),
    format("r8_", Kind::VENDOR_API_KEY, Alnum, 37, 40),
    format("gsk_", Kind::VENDOR_API_KEY, Alnum, 48, 64),
    format("xai-", Kind::VENDOR_API_KEY, Alnum, 70, 100),
    format("pplx-", Kind::VENDOR_API_KEY, Alnum, 40, 64),
    format("dckr_pat_", Kind::VENDOR_API_KEY, Token, 24, 64),
    format("sntrys_", Kind::VENDOR_API_KEY, Base64, 40, 400),
    format("ATATT3", Kind::VENDOR_API_KEY, Token, 60, 255),
    format("ATCTT3", Kind::VENDOR_API_KEY, Token, 60, 255),
    format("LTAI", Kind::VENDOR_API_KEY, Alnum, 16, 24),
    format("tskey-", Kind::VENDOR_API_KEY, Token, 20, 80),
    format("sgp_", Kind::VENDOR_API_KEY, Token, 40, 80),
    format("CFPAT-", Kind::VENDOR_API_KEY, Token, 40, 64),
    format("key-", Kind::VENDOR_API_KEY, Hex, 32, 32),
    format("EZAK", Kind::VENDOR_API_KEY, Alnum, 54, 54),
    format("fio-u-", Kind::VENDOR_API_KEY, Token, 60, 70),
];
