//! Wall time as the log writes it.
//! Knows nothing of clocks.

/// RFC 3339 in UTC with nine digits, `2026-11-20T18:03:15.123456789Z`, from nanoseconds since 1970.
/// Fixed width, so that text order is time order.
#[must_use]
pub fn timestamp(unix_ns: u64) -> String {
    let (secs, nanos) = (unix_ns / 1_000_000_000, unix_ns % 1_000_000_000);
    let (days, second) = (secs / 86_400, secs % 86_400);
    let (year, month, day) = civil(days);
    let parts = [
        (year, 0..4),
        (month, 5..7),
        (day, 8..10),
        (second / 3_600, 11..13),
        (second / 60 % 60, 14..16),
        (second % 60, 17..19),
        (nanos, 20..29),
    ];
    // Every record bears a time: `format!` takes ten times as long.
    let mut text = *FORM;
    for (mut number, place) in parts {
        for digit in text.get_mut(place).into_iter().flatten().rev() {
            *digit = b'0' + u8::try_from(number % 10).unwrap_or_default();
            number /= 10;
        }
    }
    std::str::from_utf8(&text).unwrap_or_default().to_owned()
}

/// Days since 1970 to a date, by the 400-year cycle that begins on a first of March.
fn civil(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

const FORM: &[u8; 30] = b"dddd-dd-ddTdd:dd:dd.dddddddddZ";

/// Whether a text has exactly the form that [`timestamp`] writes.
fn is_timestamp(text: &[u8; 30]) -> bool {
    // Without leaving early: thirty bytes at once are faster than a branch for each.
    let fits = |(byte, form): (&u8, &u8)| match form {
        b'd' => byte.is_ascii_digit(),
        mark => byte == mark,
    };
    text.iter()
        .zip(FORM)
        .fold(true, |all, pair| all & fits(pair))
}

/// Whether `ts` and `mono` of a record are in their forms.
pub(super) fn are_times(ts: &str, mono: &str) -> bool {
    Stamp::read(ts.as_bytes()).is_some() && is_mono(mono.as_bytes())
}

/// Whether `mono` of a record is in its form.
pub(super) fn is_mono(mono: &[u8]) -> bool {
    (1..=20).contains(&mono.len()) && mono.iter().all(u8::is_ascii_digit)
}

/// `ts` of a record that was read, kept in place. The order of its bytes is that of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp([u8; 30]);

impl Stamp {
    /// Of a text in the form of [`timestamp`]; of any other, a moment before all others.
    #[must_use]
    pub(super) fn of(text: &str) -> Self {
        Self(text.as_bytes().try_into().unwrap_or([b'0'; 30]))
    }

    /// Of a text in the form of [`timestamp`] alone.
    pub(super) fn read(text: &[u8]) -> Option<Self> {
        let text: &[u8; 30] = text.try_into().ok()?;
        is_timestamp(text).then_some(Self(*text))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}
