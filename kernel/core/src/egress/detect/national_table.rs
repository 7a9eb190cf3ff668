//! National numbers that are digits alone, as one table: length, shape, check, and what it takes.
//! Knows nothing of how they are searched for, nor of the arithmetic.

use super::national_checks as check;
use super::national_more as more;
use crate::egress::kind::Kind;

/// What it takes besides the check digit.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Needs {
    /// The check alone is so strong that any run of digits counts.
    Nothing,
    /// The printed shape, or the name.
    Shape,
    /// The name.
    Name,
}

/// One number of the table.
pub(super) struct Number {
    pub(super) kind: Kind,
    pub(super) digits: usize,
    pub(super) shape: &'static [usize],
    /// One separator a gap.
    pub(super) by: &'static str,
    pub(super) needs: Needs,
    pub(super) check: fn(&[u8]) -> bool,
}

const fn number(
    kind: Kind,
    digits: usize,
    (shape, by): (&'static [usize], &'static str),
    needs: Needs,
    check: fn(&[u8]) -> bool,
) -> Number {
    Number {
        kind,
        digits,
        shape,
        by,
        needs,
        check,
    }
}

/// Every number, by kind. Where the check passes by chance once in ten, the shape must be its own.
pub(super) const NUMBERS: [Number; 62] = [
    number(
        Kind::UK_NHS,
        10,
        (&[3, 3, 4], "  "),
        Needs::Shape,
        check::uk_nhs,
    ),
    number(
        Kind::CA_SIN,
        9,
        (&[3, 3, 3], "--"),
        Needs::Shape,
        check::ca_sin,
    ),
    number(
        Kind::AU_TFN,
        9,
        (&[3, 3, 3], "  "),
        Needs::Name,
        check::au_tfn,
    ),
    number(
        Kind::AU_TFN,
        8,
        (&[3, 2, 3], "  "),
        Needs::Name,
        check::au_tfn,
    ),
    number(
        Kind::AU_MEDICARE,
        10,
        (&[4, 5, 1], "  "),
        Needs::Shape,
        check::au_medicare,
    ),
    number(
        Kind::AU_ABN,
        11,
        (&[2, 3, 3, 3], "   "),
        Needs::Shape,
        check::au_abn,
    ),
    number(
        Kind::AU_ACN,
        9,
        (&[3, 3, 3], "  "),
        Needs::Name,
        check::au_acn,
    ),
    number(
        Kind::IN_AADHAAR,
        12,
        (&[4, 4, 4], "  "),
        Needs::Shape,
        check::in_aadhaar,
    ),
    number(
        Kind::IN_AADHAAR,
        12,
        (&[4, 4, 4], "--"),
        Needs::Shape,
        check::in_aadhaar,
    ),
    number(
        Kind::PL_PESEL,
        11,
        (&[11], ""),
        Needs::Name,
        check::pl_pesel,
    ),
    number(
        Kind::SE_PERSONNUMMER,
        10,
        (&[6, 4], "-"),
        Needs::Shape,
        check::se_personnummer,
    ),
    number(
        Kind::SE_PERSONNUMMER,
        12,
        (&[8, 4], "-"),
        Needs::Shape,
        check::se_personnummer,
    ),
    number(
        Kind::NO_FODSELSNUMMER,
        11,
        (&[6, 5], " "),
        Needs::Nothing,
        check::no_fodselsnummer,
    ),
    number(Kind::DK_CPR, 10, (&[6, 4], "-"), Needs::Name, check::dk_cpr),
    number(
        Kind::KR_RRN,
        13,
        (&[6, 7], "-"),
        Needs::Shape,
        check::kr_rrn,
    ),
    number(
        Kind::ZA_ID_NUMBER,
        13,
        (&[6, 4, 3], "   "),
        Needs::Nothing,
        check::za_id,
    ),
    number(
        Kind::TR_NATIONAL_ID,
        11,
        (&[11], ""),
        Needs::Name,
        check::tr_national_id,
    ),
    number(
        Kind::DE_TAX_ID,
        11,
        (&[2, 3, 3, 3], "   "),
        Needs::Shape,
        check::de_tax_id,
    ),
    number(
        Kind::TH_TNIN,
        13,
        (&[1, 4, 5, 2, 1], "----"),
        Needs::Shape,
        check::th_tnin,
    ),
    number(
        Kind::TH_TNIN,
        13,
        (&[1, 4, 5, 2, 1], "    "),
        Needs::Shape,
        check::th_tnin,
    ),
    number(
        Kind::BR_CPF,
        11,
        (&[3, 3, 3, 2], "..-"),
        Needs::Shape,
        check::br_cpf,
    ),
    number(
        Kind::BR_CNPJ,
        14,
        (&[2, 3, 3, 4, 2], "../-"),
        Needs::Shape,
        check::br_cnpj,
    ),
    number(
        Kind::FR_NIR,
        15,
        (&[1, 2, 2, 2, 3, 3, 2], "      "),
        Needs::Nothing,
        check::fr_nir,
    ),
    number(
        Kind::NL_BSN,
        9,
        (&[4, 2, 3], ".."),
        Needs::Shape,
        check::nl_bsn,
    ),
    number(
        Kind::BE_NRN,
        11,
        (&[2, 2, 2, 3, 2], "..-."),
        Needs::Nothing,
        check::be_nrn,
    ),
    number(
        Kind::CH_AHV,
        13,
        (&[3, 4, 4, 2], "..."),
        Needs::Nothing,
        check::ch_ahv,
    ),
    number(
        Kind::CN_RESIDENT_ID,
        18,
        (&[6, 8, 4], "  "),
        Needs::Nothing,
        check::cn_resident_id,
    ),
    number(
        Kind::JP_MY_NUMBER,
        12,
        (&[4, 4, 4], "  "),
        Needs::Name,
        check::jp_my_number,
    ),
    number(Kind::IL_ID, 9, (&[8, 1], "-"), Needs::Shape, check::il_id),
    number(
        Kind::PT_NIF,
        9,
        (&[3, 3, 3], "  "),
        Needs::Name,
        check::pt_nif,
    ),
    number(Kind::RO_CNP, 13, (&[13], ""), Needs::Nothing, check::ro_cnp),
    number(
        Kind::CZ_BIRTH_NUMBER,
        10,
        (&[6, 4], "/"),
        Needs::Shape,
        check::cz_birth_number,
    ),
    number(Kind::US_NPI, 10, (&[10], ""), Needs::Name, check::us_npi),
    number(
        Kind::ABA_ROUTING_NUMBER,
        9,
        (&[4, 4, 1], "--"),
        Needs::Name,
        check::aba_routing,
    ),
    number(
        Kind::FI_PERSONAL_IDENTITY_CODE,
        10,
        (&[6, 4], "-"),
        Needs::Shape,
        check::fi_digits,
    ),
    number(
        Kind::CL_RUT,
        9,
        (&[2, 3, 3, 1], "..-"),
        Needs::Shape,
        check::cl_rut,
    ),
    number(Kind::BG_EGN, 10, (&[10], ""), Needs::Name, more::bg_egn),
    number(
        Kind::EE_ISIKUKOOD,
        11,
        (&[11], ""),
        Needs::Name,
        more::baltic,
    ),
    number(
        Kind::LT_ASMENS_KODAS,
        11,
        (&[11], ""),
        Needs::Name,
        more::baltic,
    ),
    number(Kind::HR_OIB, 11, (&[11], ""), Needs::Name, more::hr_oib),
    number(Kind::GR_AMKA, 11, (&[11], ""), Needs::Name, more::gr_amka),
    number(
        Kind::AR_CUIT,
        11,
        (&[2, 8, 1], "--"),
        Needs::Shape,
        more::ar_cuit,
    ),
    number(
        Kind::IS_KENNITALA,
        10,
        (&[6, 4], "-"),
        Needs::Name,
        more::is_kennitala,
    ),
    number(
        Kind::AT_SVNR,
        10,
        (&[4, 6], " "),
        Needs::Name,
        more::at_svnr,
    ),
    number(
        Kind::UA_RNOKPP,
        10,
        (&[10], ""),
        Needs::Name,
        more::ua_rnokpp,
    ),
    number(
        Kind::MY_NRIC,
        12,
        (&[6, 2, 4], "--"),
        Needs::Shape,
        more::my_nric,
    ),
    number(
        Kind::EC_CEDULA,
        10,
        (&[10], ""),
        Needs::Name,
        more::ec_cedula,
    ),
    number(
        Kind::FR_NIR,
        15,
        (&[13, 2], " "),
        Needs::Nothing,
        check::fr_nir,
    ),
    number(
        Kind::FI_PERSONAL_IDENTITY_CODE,
        10,
        (&[6, 4], "+"),
        Needs::Shape,
        check::fi_digits,
    ),
    number(
        Kind::SE_PERSONNUMMER,
        10,
        (&[6, 4], "+"),
        Needs::Shape,
        check::se_personnummer,
    ),
    number(
        Kind::BE_NRN,
        11,
        (&[6, 3, 2], "--"),
        Needs::Nothing,
        check::be_nrn,
    ),
    number(
        Kind::AU_MEDICARE,
        11,
        (&[4, 5, 2], "  "),
        Needs::Name,
        check::au_medicare,
    ),
    number(
        Kind::CZ_BIRTH_NUMBER,
        9,
        (&[6, 3], "/"),
        Needs::Name,
        more::cz_short,
    ),
    number(
        Kind::CL_RUT,
        8,
        (&[1, 3, 3, 1], "..-"),
        Needs::Shape,
        more::cl_short,
    ),
    number(
        Kind::ZA_ID_NUMBER,
        13,
        (&[13], ""),
        Needs::Name,
        more::za_named,
    ),
    number(
        Kind::NATIONAL_ID,
        11,
        (&[3, 3, 3, 2], "-- "),
        Needs::Shape,
        more::ru_snils,
    ),
    number(
        Kind::NATIONAL_ID,
        15,
        (&[3, 4, 7, 1], "---"),
        Needs::Nothing,
        more::ae_eid,
    ),
    number(
        Kind::NATIONAL_ID,
        11,
        (&[6, 5], "-"),
        Needs::Shape,
        more::lv_code,
    ),
    number(Kind::NATIONAL_ID, 13, (&[13], ""), Needs::Name, more::jmbg),
    number(
        Kind::NATIONAL_ID,
        8,
        (&[1, 3, 3, 1], "..-"),
        Needs::Name,
        more::uy_ci,
    ),
    number(Kind::KZ_IIN, 12, (&[12], ""), Needs::Name, more::kz_iin),
    number(
        Kind::BR_RG,
        9,
        (&[2, 3, 3, 1], "..-"),
        Needs::Name,
        more::br_rg,
    ),
];

/// Fewest digits of any number of the table.
pub(super) const DIGITS_MIN: usize = fewest_digits();

const fn fewest_digits() -> usize {
    let mut fewest = usize::MAX;
    let mut rest: &[Number] = &NUMBERS;
    while let [first, tail @ ..] = rest {
        if first.digits < fewest {
            fewest = first.digits;
        }
        rest = tail;
    }
    fewest
}
