//! The types of personal data and secrets that can be found, named as Presidio names them.
//! Knows nothing of how any of them is recognised.

/// What a found value is. Small and copyable; a profile's own types follow the built-in ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind(u8);

/// How two spellings of one value become one, so that their tokens join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Trimmed, else as written.
    Plain,
    /// The digits alone.
    Digits,
    /// Letters and digits alone, upper case.
    Compact,
    /// Lower-case domain.
    Email,
    /// Lower case, one space between words.
    Words,
}

/// Which family a type belongs to; profiles speak of families.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// Who somebody is and how to reach them.
    Personal,
    /// Numbers given out by a state.
    National,
    /// Accounts and cards.
    Financial,
    /// Patients and those who treat them.
    Health,
    /// Addresses of machines.
    Network,
    /// What opens doors.
    Secret,
}

macro_rules! kinds {
    ($($name:ident $form:ident $family:ident;)*) => {
        #[expect(
            non_camel_case_types,
            clippy::upper_case_acronyms,
            reason = "the variants are the published names; they only number the constants below"
        )]
        #[repr(u8)]
        enum Index { $($name,)* }

        impl Kind {
            $(
                #[doc = concat!("`", stringify!($name), "`")]
                pub const $name: Self = Self(Index::$name as u8);
            )*
        }

        const TABLE: &[(&str, Form, Family)] =
            &[$((stringify!($name), Form::$form, Family::$family),)*];
    };
}

// The order is the order of preference where two findings overlap: the first names the span.
kinds! {
    SECRET Plain Secret;
    PRIVATE_KEY Plain Secret;
    URL_WITH_CREDENTIALS Plain Secret;
    AWS_ACCESS_KEY Plain Secret;
    AWS_SECRET_KEY Plain Secret;
    GITHUB_TOKEN Plain Secret;
    GITLAB_TOKEN Plain Secret;
    SLACK_TOKEN Plain Secret;
    SLACK_WEBHOOK Plain Secret;
    STRIPE_KEY Plain Secret;
    ANTHROPIC_API_KEY Plain Secret;
    OPENAI_API_KEY Plain Secret;
    GCP_API_KEY Plain Secret;
    AZURE_KEY Plain Secret;
    NPM_TOKEN Plain Secret;
    PYPI_TOKEN Plain Secret;
    HUGGINGFACE_TOKEN Plain Secret;
    SENDGRID_API_KEY Plain Secret;
    TWILIO_API_KEY Plain Secret;
    VENDOR_API_KEY Plain Secret;
    JWT Plain Secret;
    OTP_SEED Plain Secret;
    PASSWORD Plain Secret;
    API_KEY Plain Secret;
    CREDIT_CARD Digits Financial;
    IBAN_CODE Compact Financial;
    CRYPTO Plain Financial;
    US_SSN Digits National;
    US_ITIN Digits National;
    EMAIL_ADDRESS Email Personal;
    DATE_OF_BIRTH Plain Personal;
    IT_FISCAL_CODE Compact National;
    MX_CURP Compact National;
    CN_RESIDENT_ID Compact National;
    FR_NIR Compact National;
    FI_PERSONAL_IDENTITY_CODE Plain National;
    SE_PERSONNUMMER Digits National;
    NO_FODSELSNUMMER Digits National;
    BE_NRN Digits National;
    CH_AHV Digits National;
    PL_PESEL Digits National;
    RO_CNP Digits National;
    CZ_BIRTH_NUMBER Digits National;
    ZA_ID_NUMBER Digits National;
    TH_TNIN Digits National;
    BR_CPF Digits National;
    BR_CNPJ Digits National;
    CL_RUT Compact National;
    ES_NIF Compact National;
    ES_NIE Compact National;
    PT_NIF Digits National;
    NL_BSN Digits National;
    DE_TAX_ID Digits National;
    IE_PPS Compact National;
    UK_NHS Digits Health;
    UK_NINO Compact National;
    CA_SIN Digits National;
    AU_TFN Digits National;
    AU_MEDICARE Digits Health;
    AU_ABN Digits National;
    AU_ACN Digits National;
    IN_AADHAAR Digits National;
    IN_GSTIN Compact National;
    IN_PAN Compact National;
    SG_NRIC_FIN Compact National;
    TR_NATIONAL_ID Digits National;
    JP_MY_NUMBER Digits National;
    BG_EGN Digits National;
    EE_ISIKUKOOD Digits National;
    LT_ASMENS_KODAS Digits National;
    HR_OIB Digits National;
    GR_AMKA Digits National;
    AR_CUIT Digits National;
    IS_KENNITALA Digits National;
    AT_SVNR Digits National;
    UA_RNOKPP Digits National;
    EC_CEDULA Digits National;
    IL_ID Digits National;
    KR_RRN Digits National;
    DK_CPR Digits National;
    MY_NRIC Digits National;
    KZ_IIN Digits National;
    BR_RG Digits National;
    NATIONAL_ID Compact National;
    US_MBI Compact Health;
    US_NPI Digits Health;
    MEDICAL_LICENSE Compact Health;
    MEDICAL_RECORD_NUMBER Compact Health;
    ABA_ROUTING_NUMBER Digits Financial;
    US_BANK_NUMBER Digits Financial;
    BANK_ACCOUNT Compact Financial;
    SWIFT_CODE Compact Financial;
    CREDIT_CARD_CVV Digits Financial;
    PIN Digits Financial;
    US_PASSPORT Compact National;
    PASSPORT Compact National;
    US_DRIVER_LICENSE Compact National;
    DRIVER_LICENSE Compact National;
    TAX_ID Compact National;
    PHONE_NUMBER Digits Personal;
    IP_ADDRESS Plain Network;
    MAC_ADDRESS Plain Network;
    PERSON Words Personal;
    LOCATION Words Personal;
    PERSONAL_DATA Words Personal;
}

impl Kind {
    /// How many types are built in.
    pub(super) const BUILT_IN: usize = TABLE.len();

    /// The built-in type of this published name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let at = TABLE.iter().position(|(known, ..)| *known == name)?;
        u8::try_from(at).ok().map(Self)
    }

    /// The published name; a profile's own types are named by the profile.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        TABLE.get(self.index()).map(|(name, ..)| *name)
    }

    /// The nth type that a profile adds; `None` beyond what a set of types can hold.
    pub(super) fn own(at: usize) -> Option<Self> {
        let index = u8::try_from(Self::BUILT_IN.checked_add(at)?).ok()?;
        (at < crate::limits::OWN_DETECTORS_MAX && u32::from(index) < u128::BITS)
            .then_some(Self(index))
    }

    /// The published names of all built-in types but that of the kernel's own secrets.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::built_in()
            .filter(|kind| *kind != Self::SECRET)
            .filter_map(Self::name)
    }

    /// All built-in types.
    pub(super) fn built_in() -> impl Iterator<Item = Self> {
        (0u8..).map(Self).take(Self::BUILT_IN)
    }

    /// The type of this index.
    pub(super) fn nth(index: u64) -> Option<Self> {
        u8::try_from(index).ok().map(Self)
    }

    pub(super) fn index(self) -> usize {
        usize::from(self.0)
    }

    pub(super) fn form(self) -> Form {
        TABLE
            .get(self.index())
            .map_or(Form::Plain, |(_, form, _)| *form)
    }

    pub(super) fn family(self) -> Family {
        TABLE
            .get(self.index())
            .map_or(Family::Personal, |(_, _, family)| *family)
    }
}

/// A set of types: a bit for each, in two words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct KindSet(u64, u64);

impl KindSet {
    pub(super) const EMPTY: Self = Self(0, 0);

    pub(super) const fn of(kinds: &[Kind]) -> Self {
        let mut bits = 0;
        let mut rest = kinds;
        while let [first, tail @ ..] = rest {
            bits |= 1u128 << first.0;
            rest = tail;
        }
        Self::from_bits(bits)
    }

    const fn bits(self) -> u128 {
        self.0 as u128 | (self.1 as u128) << u64::BITS
    }

    const fn from_bits(bits: u128) -> Self {
        // The lower half, and the upper.
        Self((bits & u64::MAX as u128) as u64, (bits >> u64::BITS) as u64)
    }

    pub(super) fn has(self, kind: Kind) -> bool {
        self.bits() >> kind.0 & 1 == 1
    }

    pub(super) fn add(&mut self, kind: Kind) {
        *self = Self::from_bits(self.bits() | 1u128 << kind.0);
    }

    pub(super) const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0, self.1 & !other.1)
    }

    /// Those of the types that are preferred to this one where finds overlap.
    pub(super) const fn before(self, kind: Kind) -> Self {
        Self::from_bits(self.bits() & ((1u128 << kind.0) - 1))
    }

    pub(super) const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0, self.1 | other.1)
    }

    pub(super) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0 || self.1 & other.1 != 0
    }

    pub(super) const fn is_empty(self) -> bool {
        self.0 | self.1 == 0
    }
}
