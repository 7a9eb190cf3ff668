//! How one value is made unreadable, and which of two operators leaves less.
//! Knows nothing of how it is done.

use std::borrow::Cow;
use std::fmt;

/// Most characters that a partial mask keeps.
const KEEP_MAX: u8 = 6;
/// Widest shift of dates, in days: ten years.
const SHIFT_DAYS_MAX: u16 = 3_650;
/// Most characters of a prefix.
const PREFIX_MAX: u8 = 8;

/// How one labelled or found value is made unreadable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operator {
    /// Free text: the bare column leaves as it is, searched by detectors as every text is; anything computed
    /// from it is redacted. For labels alone.
    Search,
    /// The last characters stay, 1 to 6 of them. Bare columns only; anything computed is redacted.
    KeepLast(u8),
    /// A date moves by a constant number of days within this range, and keeps its form.
    DateShift(u16),
    /// The value becomes a class that many values share.
    Generalise(Coarse),
    /// The same token for the same value within a scope.
    Token,
    /// A keyed hash.
    Hash,
    /// A constant that names the type.
    Redact,
    /// The column disappears.
    Drop,
    /// The whole result is withheld.
    Withhold,
}

/// Into which class a value is generalised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Coarse {
    /// What suits the value: an address its network, a date its month, a postal code its first three
    /// characters, a number the band of its first digit.
    Suited,
    /// The first characters of a code, 1 to 8 of them.
    Prefix(u8),
    /// The network of an address: /24 of IPv4, /48 of IPv6.
    Network,
    /// The month of a date.
    Month,
    /// The year of a date.
    Year,
    /// A band of this width.
    Band(u32),
}

impl Operator {
    /// The last four characters stay.
    pub const KEEP_LAST_4: Self = Self::KeepLast(4);

    /// The words of all operators, for messages.
    pub const WORDS: [&'static str; 14] = [
        "keep-last-4",
        "date-shift-30",
        "generalise",
        "generalise-prefix-3",
        "generalise-network",
        "generalise-month",
        "generalise-year",
        "generalise-band-10",
        "token",
        "hash",
        "redact",
        "drop",
        "withhold",
        "off",
    ];

    /// As [`Operator::parse`], with the word that only the mask of a label may be: what a detector found
    /// was found by searching.
    #[must_use]
    pub fn parse_for_label(word: &str) -> Option<Self> {
        match word {
            "search" => Some(Self::Search),
            _ => Self::parse(word),
        }
    }

    /// The word that policies use; `None` for any other.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "token" => Self::Token,
            "hash" => Self::Hash,
            "redact" => Self::Redact,
            "drop" => Self::Drop,
            "withhold" => Self::Withhold,
            "generalise" => Self::Generalise(Coarse::Suited),
            "generalise-network" => Self::Generalise(Coarse::Network),
            "generalise-month" => Self::Generalise(Coarse::Month),
            "generalise-year" => Self::Generalise(Coarse::Year),
            _ => return Self::parse_sized(word),
        })
    }

    /// The words that end in a number. It is written in one way: without sign or leading zeros.
    fn parse_sized(word: &str) -> Option<Self> {
        let (stem, digits) = word.rsplit_once('-')?;
        let size: u32 = digits.parse().ok().filter(|_| {
            !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit())
        })?;
        let small = |max: u8| u8::try_from(size).ok().filter(|n| *n <= max);
        Some(match stem {
            "keep-last" => Self::KeepLast(small(KEEP_MAX)?),
            "generalise-prefix" => Self::Generalise(Coarse::Prefix(small(PREFIX_MAX)?)),
            "generalise-band" => Self::Generalise(Coarse::Band(size)),
            "date-shift" => {
                Self::DateShift(u16::try_from(size).ok().filter(|n| *n <= SHIFT_DAYS_MAX)?)
            }
            _ => return None,
        })
    }

    /// How little is left of the value, as a total order: where several rules speak of one value, the
    /// greatest wins, whichever they are. No two operators are equally strict.
    #[must_use]
    pub fn strictness(self) -> u64 {
        let (class, within) = match self {
            Self::Search => (0, 0),
            Self::KeepLast(kept) => (1, u64::from(u8::MAX - kept)),
            Self::DateShift(days) => (2, u64::from(days)),
            Self::Generalise(coarse) => (3, coarse.strictness()),
            Self::Token => (4, 0),
            Self::Hash => (5, 0),
            Self::Redact => (6, 0),
            Self::Drop => (7, 0),
            Self::Withhold => (8, 0),
        };
        class << 40 | within
    }

    /// The stricter of two.
    #[must_use]
    pub fn or_stricter(self, other: Self) -> Self {
        if other.strictness() > self.strictness() {
            other
        } else {
            self
        }
    }

    /// What it is where the value is computed from the column: a part of something computed could be
    /// any part of the original.
    #[must_use]
    pub fn on_computed(self) -> Self {
        match self {
            Self::Drop | Self::Withhold => self,
            _ => Self::Redact,
        }
    }

    /// Whether something of the value stays readable, so that it needs the value itself.
    #[must_use]
    pub fn keeps_a_part(self) -> bool {
        matches!(
            self,
            Self::Search | Self::KeepLast(_) | Self::DateShift(_) | Self::Generalise(_)
        )
    }

    /// The word that policies use.
    #[must_use]
    pub fn word(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Search => "search",
            Self::KeepLast(kept) => return format!("keep-last-{kept}").into(),
            Self::DateShift(days) => return format!("date-shift-{days}").into(),
            Self::Generalise(coarse) => return coarse.word(),
            Self::Token => "token",
            Self::Hash => "hash",
            Self::Redact => "redact",
            Self::Drop => "drop",
            Self::Withhold => "withhold",
        })
    }
}

impl Coarse {
    fn strictness(self) -> u64 {
        let (class, within) = match self {
            Self::Suited => (0, 0),
            Self::Prefix(kept) => (1, u64::from(u8::MAX - kept)),
            Self::Network => (2, 0),
            Self::Month => (3, 0),
            Self::Year => (4, 0),
            Self::Band(width) => (5, u64::from(width)),
        };
        class << 33 | within
    }

    fn word(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Suited => "generalise",
            Self::Network => "generalise-network",
            Self::Month => "generalise-month",
            Self::Year => "generalise-year",
            Self::Prefix(kept) => return format!("generalise-prefix-{kept}").into(),
            Self::Band(width) => return format!("generalise-band-{width}").into(),
        })
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.word())
    }
}
