//! What a column's values mean, and how one becomes a cell.
//! Knows nothing of how they are stored.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::ParquetFault::{self, Damaged};
use super::footer::Logical;
use crate::json::{self, Json, JsonRules};
use crate::receipt::suite::Cell;

/// How a value is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Physical {
    Boolean,
    Int32,
    Int64,
    /// Nanoseconds of a day and a Julian day: an old time stamp.
    Int96,
    Float,
    Double,
    Bytes,
    Fixed(usize),
}

/// What it means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Boolean,
    Signed,
    Unsigned,
    Decimal(u32),
    Date,
    /// Parts of a second in one.
    Time(i64),
    Stamp(i64, Zone),
    JulianStamp,
    Float,
    Half,
    Text,
    Json,
    Uuid,
    /// Bytes without a meaning that a suite knows.
    Opaque,
    /// A column of which every value is absent.
    Nothing,
}

/// Whether a time stamp is a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Zone {
    Utc,
    /// A clock on some wall.
    None,
}

impl Physical {
    pub(super) fn of(code: i64, length: Option<usize>) -> Result<Self, ParquetFault> {
        Ok(match (code, length) {
            (0, _) => Self::Boolean,
            (1, _) => Self::Int32,
            (2, _) => Self::Int64,
            (3, _) => Self::Int96,
            (4, _) => Self::Float,
            (5, _) => Self::Double,
            (6, _) => Self::Bytes,
            (7, Some(length)) if length > 0 => Self::Fixed(length),
            _ => return Err(Damaged),
        })
    }

    pub(super) fn is(self, code: i64) -> bool {
        let own = match self {
            Self::Boolean => 0,
            Self::Int32 => 1,
            Self::Int64 => 2,
            Self::Int96 => 3,
            Self::Float => 4,
            Self::Double => 5,
            Self::Bytes => 6,
            Self::Fixed(_) => 7,
        };
        own == code
    }

    /// Bytes of one value, where all have the same.
    pub(super) fn width(self) -> Option<usize> {
        match self {
            Self::Boolean | Self::Bytes => None,
            Self::Int32 | Self::Float => Some(4),
            Self::Int64 | Self::Double => Some(8),
            Self::Int96 => Some(12),
            Self::Fixed(length) => Some(length),
        }
    }
}

const PER_SECOND: [i64; 3] = [1_000, 1_000_000, 1_000_000_000];

impl Kind {
    /// The logical type speaks before the converted one, its older form.
    pub(super) fn of(
        physical: Physical,
        converted: Option<i64>,
        logical: Option<Logical>,
        scale: Option<i64>,
    ) -> Result<Self, ParquetFault> {
        let unit = |unit: i64| {
            let at = usize::try_from(unit)
                .ok()
                .and_then(|unit| unit.checked_sub(1));
            at.and_then(|at| PER_SECOND.get(at)).copied().ok_or(Damaged)
        };
        let decimal = |scale: Option<i64>| {
            let scale = u32::try_from(scale.unwrap_or(0))
                .ok()
                .filter(|scale| *scale <= 38);
            Ok(Self::Decimal(scale.ok_or(Damaged)?))
        };
        let said = match (logical, converted) {
            (Some(logical), _) => match logical.which {
                1 | 4 => Some(Self::Text),
                5 => Some(decimal(logical.scale.or(scale))?),
                6 => Some(Self::Date),
                7 => Some(Self::Time(unit(logical.unit)?)),
                8 => Some(Self::Stamp(
                    unit(logical.unit)?,
                    if logical.utc { Zone::Utc } else { Zone::None },
                )),
                10 if logical.signed => Some(Self::Signed),
                10 => Some(Self::Unsigned),
                11 => Some(Self::Nothing),
                12 => Some(Self::Json),
                14 => Some(Self::Uuid),
                15 => Some(Self::Half),
                _ => Some(Self::Opaque),
            },
            (None, Some(converted)) => match converted {
                0 | 4 => Some(Self::Text),
                5 => Some(decimal(scale)?),
                6 => Some(Self::Date),
                7 => Some(Self::Time(1_000)),
                8 => Some(Self::Time(1_000_000)),
                9 => Some(Self::Stamp(1_000, Zone::Utc)),
                10 => Some(Self::Stamp(1_000_000, Zone::Utc)),
                11..=14 => Some(Self::Unsigned),
                15..=18 => Some(Self::Signed),
                19 => Some(Self::Json),
                _ => Some(Self::Opaque),
            },
            (None, None) => None,
        };
        let kind = said.unwrap_or(match physical {
            Physical::Boolean => Self::Boolean,
            Physical::Int32 | Physical::Int64 => Self::Signed,
            Physical::Int96 => Self::JulianStamp,
            Physical::Float | Physical::Double => Self::Float,
            // Writers that say nothing mostly mean text.
            Physical::Bytes => Self::Text,
            Physical::Fixed(_) => Self::Opaque,
        });
        kind.fits(physical).then_some(kind).ok_or(Damaged)
    }

    fn fits(self, physical: Physical) -> bool {
        use Physical::{Boolean, Bytes, Double, Fixed, Float, Int32, Int64, Int96};
        match self {
            Self::Boolean => physical == Boolean,
            Self::Signed | Self::Unsigned => matches!(physical, Int32 | Int64),
            Self::Decimal(_) => match physical {
                Fixed(length) => length <= 16,
                other => matches!(other, Int32 | Int64 | Bytes),
            },
            Self::Date => physical == Int32,
            Self::Time(1_000) => physical == Int32,
            Self::Time(_) | Self::Stamp(..) => physical == Int64,
            Self::JulianStamp => physical == Int96,
            Self::Float => matches!(physical, Float | Double),
            Self::Half => physical == Fixed(2),
            Self::Text | Self::Json => physical == Bytes,
            Self::Uuid => physical == Fixed(16),
            Self::Opaque => matches!(physical, Bytes | Fixed(_)),
            Self::Nothing => true,
        }
    }

    /// A whole number as it was stored; `width` is 4 or 8.
    pub(super) fn of_integer(self, value: i64, width: usize) -> Result<Cell, ParquetFault> {
        match self {
            Self::Signed => Ok(Cell::Number(value.into())),
            Self::Unsigned if width == 4 => Ok(Cell::Number((value & i64::from(u32::MAX)).into())),
            Self::Unsigned => Ok(Cell::Number(value.cast_unsigned().into())),
            Self::Decimal(scale) => number(&decimal(i128::from(value), scale)),
            Self::Date => date(value).map(Cell::Text).ok_or(Damaged),
            Self::Time(parts) => time(value, parts).map(Cell::Text).ok_or(Damaged),
            Self::Stamp(parts, zone) => stamp(value, parts, zone).map(Cell::Text).ok_or(Damaged),
            _ => Err(Damaged),
        }
    }

    pub(super) fn of_float(self, value: f64, shortest: &str) -> Result<Cell, ParquetFault> {
        if value.is_finite() {
            number(shortest)
        } else {
            // No number that a check could judge, and not nothing either.
            Ok(Cell::Text(shortest.to_owned()))
        }
    }

    pub(super) fn of_bytes(self, bytes: &[u8]) -> Result<Cell, ParquetFault> {
        let opaque = || Cell::Nested(STANDARD.encode(bytes));
        Ok(match self {
            Self::Text => match std::str::from_utf8(bytes) {
                Ok(text) => Cell::from_text(text.to_owned()),
                Err(_) => opaque(),
            },
            Self::Json => {
                let text = std::str::from_utf8(bytes).map_err(|_| Damaged)?;
                Cell::Nested(text.to_owned())
            }
            Self::Decimal(scale) => {
                let (first, _) = bytes.split_first().ok_or(Damaged)?;
                if bytes.len() > 16 {
                    return Err(Damaged);
                }
                let sign = if first & 0x80 == 0 { 0 } else { -1_i128 };
                let whole = bytes
                    .iter()
                    .fold(sign, |sum, b| (sum << 8) | i128::from(*b));
                number(&decimal(whole, scale))?
            }
            Self::Uuid => Cell::Text(uuid(bytes)),
            Self::Half => {
                let bits = u16::from_le_bytes(bytes.try_into().map_err(|_| Damaged)?);
                let value = half(bits);
                self.of_float(value, &value.to_string())?
            }
            Self::JulianStamp => julian(bytes).map(Cell::Text).ok_or(Damaged)?,
            Self::Opaque => opaque(),
            _ => return Err(Damaged),
        })
    }
}

fn number(lexeme: &str) -> Result<Cell, ParquetFault> {
    const RULES: JsonRules = JsonRules {
        bytes_max: 512,
        depth_max: 1,
        values_max: 512,
        case_variants: false,
        nul: false,
    };
    match json::parse(lexeme.as_bytes(), &RULES) {
        Ok(Json::Number(number)) => Ok(Cell::Number(number)),
        _ => Err(Damaged),
    }
}

fn decimal(value: i128, scale: u32) -> String {
    let digits = value.unsigned_abs().to_string();
    let scale = usize::try_from(scale).unwrap_or(0);
    let padded = format!("{digits:0>width$}", width = scale.saturating_add(1));
    let (whole, part) = padded.split_at(padded.len().saturating_sub(scale));
    let sign = if value < 0 { "-" } else { "" };
    if part.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{part}")
    }
}

/// `YYYY-MM-DD` of a day since 1970 (the algorithm of Howard Hinnant's `civil_from_days`).
fn date(days: i64) -> Option<String> {
    let day = days.checked_add(719_468)?;
    let era = day.div_euclid(146_097);
    let of_era = day.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    (0..=9_999)
        .contains(&year)
        .then(|| format!("{year:04}-{month:02}-{day:02}"))
}

/// `HH:MM:SS`, with a fraction where there is one.
fn time(value: i64, parts: i64) -> Option<String> {
    let (seconds, part) = (value.div_euclid(parts), value.rem_euclid(parts));
    if !(0..86_400).contains(&seconds) {
        return None;
    }
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    let mut text = format!("{hour:02}:{minute:02}:{second:02}");
    if part > 0 {
        let width = parts.to_string().len().saturating_sub(1);
        let fraction = format!("{part:0width$}");
        let _never_fails = write!(text, ".{}", fraction.trim_end_matches('0'));
    }
    Some(text)
}

/// A moment with its `Z`; a clock on some wall without one is no moment.
fn stamp(value: i64, parts: i64, zone: Zone) -> Option<String> {
    let day = parts.checked_mul(86_400)?;
    let (days, of_day) = (value.div_euclid(day), value.rem_euclid(day));
    let end = if zone == Zone::Utc { "Z" } else { "" };
    Some(format!("{}T{}{end}", date(days)?, time(of_day, parts)?))
}

fn julian(bytes: &[u8]) -> Option<String> {
    let (nanos, day) = bytes.split_first_chunk::<8>()?;
    let day = i64::from(u32::from_le_bytes(day.try_into().ok()?)).checked_sub(2_440_588)?;
    let clock = time(i64::from_le_bytes(*nanos), 1_000_000_000)?;
    Some(format!("{}T{clock}Z", date(day)?))
}

fn uuid(bytes: &[u8]) -> String {
    let mut text = String::new();
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        let _never_fails = write!(text, "{byte:02x}");
    }
    text
}

/// IEEE 754 binary16.
fn half(bits: u16) -> f64 {
    let sign = if bits & 0x8000 == 0 { 1.0 } else { -1.0 };
    let exponent = i32::from((bits >> 10) & 0x1f);
    let part = f64::from(bits & 0x3ff);
    let value = match exponent {
        0 => part * 2_f64.powi(-24),
        31 if part == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        _ => (1.0 + part / 1_024.0) * 2_f64.powi(exponent - 15),
    };
    sign * value
}
