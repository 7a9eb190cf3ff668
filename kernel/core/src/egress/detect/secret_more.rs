//! More formats of machine secrets: those of services whose keys share one type, a short line each.
//! Knows nothing of how they are searched for.

use super::secret_table::Letters::{self, Alnum, Dotted, Hex, Mixed, Screaming, Token};
use super::secret_table::{FORMATS, Format, format};
use crate::egress::kind::Kind;

const fn vendor(prefix: &'static str, letters: Letters, least: usize, most: usize) -> Format {
    format(prefix, Kind::VENDOR_API_KEY, letters, least, most)
}

/// From the services' own documentation and the public lists of secret scanners.
const MORE: &[Format] = &[
    format("sk_prod_", Kind::STRIPE_KEY, Alnum, 16, 255),
    format("rk_prod_", Kind::STRIPE_KEY, Alnum, 16, 255),
    vendor("4b1d", Mixed, 38, 38),
    vendor("access-development-", Token, 36, 36),
    vendor("access-production-", Token, 36, 36),
    vendor("access-sandbox-", Token, 36, 36),
    vendor("AKLT", Alnum, 40, 64),
    vendor("api_live.", Dotted, 40, 80),
    vendor("apify_api_", Alnum, 36, 46),
    vendor("AQVN", Token, 35, 38),
    vendor("BBFF-", Alnum, 30, 40),
    vendor("bce-v3/ALTAK-", Letters::Path, 40, 80),
    vendor("CCDB1_", Token, 60, 70),
    vendor("cio", Mixed, 32, 32),
    vendor("cmVmd", Mixed, 59, 59),
    vendor("ctp_", Alnum, 36, 64),
    vendor("ddp_", Alnum, 36, 36),
    vendor("ddw_", Alnum, 36, 36),
    vendor("dnkey-", Token, 60, 100),
    vendor("dvc_server_", Token, 36, 64),
    vendor("gcntfy-", Token, 60, 120),
    vendor("isat_", Alnum, 40, 64),
    vendor("key_", Hex, 64, 64),
    vendor("mka_", Alnum, 36, 64),
    vendor("napi_", Alnum, 60, 70),
    vendor("NRJS-", Hex, 19, 19),
    vendor("os_v2_app_", Alnum, 90, 110),
    vendor("os_v2_org_", Alnum, 90, 110),
    vendor("persona_production_", Token, 36, 64),
    vendor("persona_sandbox_", Token, 36, 64),
    vendor("pk_", Screaming, 36, 44),
    vendor("pnb_", Alnum, 36, 36),
    vendor("re_", Mixed, 32, 36),
    vendor("samsara_api_", Alnum, 30, 40),
    vendor("secret-live-", Token, 36, 48),
    vendor("secret-test-", Token, 36, 48),
    vendor("sk_", Hex, 48, 48),
    vendor("sl.", Token, 130, 1500),
    vendor("sm_aat_", Alnum, 16, 16),
    vendor("sm_pat_", Alnum, 16, 16),
    vendor("sm_sat_", Alnum, 16, 16),
    vendor("t1.", Dotted, 88, 400),
    vendor("tgp_v1_", Token, 40, 64),
    vendor("tmprl_", Token, 36, 128),
    vendor("tss_", Alnum, 36, 48),
    vendor("unkey_", Alnum, 20, 48),
    vendor("vercel_blob_rw_", Token, 40, 64),
    vendor("vtwn_", Alnum, 24, 48),
];

/// All formats, in the order in which `nth` counts them.
pub(super) fn all() -> impl Iterator<Item = &'static Format> {
    FORMATS.iter().chain(MORE)
}

/// The nth of all formats.
pub(super) fn nth(at: usize) -> Option<&'static Format> {
    let more = || MORE.get(at.checked_sub(FORMATS.len())?);
    FORMATS.get(at).or_else(more)
}
