//! Days of the week and hours of the day in one zone of fixed offset.
//! Knows nothing of clocks, calendars or summer time.

use crate::now::Now;

/// `time = { days = ["mon-fri"], from = "08:00", to = "18:00", zone = "+01:00" }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// Whether each day is meant, from Monday.
    pub days: [bool; 7],
    /// The first minute of the day that is meant.
    pub from: u16,
    /// The first minute after it that is not.
    pub to: u16,
    /// Minutes that local time is ahead of UTC.
    pub zone: i16,
}

/// The days, as they are written.
pub(super) const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// Minutes of a day.
pub(super) const DAY: u16 = 24 * 60;

impl Hours {
    /// Whether the moment is meant.
    #[must_use]
    pub fn holds(&self, now: Now) -> bool {
        let minutes = now.unix_ms.div_euclid(60_000);
        let local = minutes.saturating_add(i64::from(self.zone));
        let minute = local.rem_euclid(i64::from(DAY));
        // 1970-01-01 was a Thursday.
        let weekday = local
            .div_euclid(i64::from(DAY))
            .saturating_add(3)
            .rem_euclid(7);
        let day = usize::try_from(weekday)
            .ok()
            .and_then(|day| self.days.get(day));
        day == Some(&true) && (i64::from(self.from)..i64::from(self.to)).contains(&minute)
    }

    /// Days as they are written: one, or `mon-fri` from one to another, over the end of the week too.
    pub(super) fn days(words: &[&str]) -> Option<[bool; 7]> {
        let place = |word: &str| DAYS.iter().position(|day| *day == word);
        let mut days = [false; 7];
        for word in words {
            let (first, last) = word.split_once('-').unwrap_or((word, word));
            let (mut at, last) = (place(first)?, place(last)?);
            loop {
                *days.get_mut(at)? = true;
                if at == last {
                    break;
                }
                at = at.saturating_add(1) % DAYS.len();
            }
        }
        Some(days)
    }

    /// `HH:MM`, up to `24:00`.
    pub(super) fn minute(text: &str) -> Option<u16> {
        let (hours, minutes) = text.split_once(':')?;
        let two = |part: &str| {
            let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| part.parse::<u16>().ok()).flatten()
        };
        let (hours, minutes) = (two(hours)?, two(minutes)?);
        let minute = hours.saturating_mul(60).saturating_add(minutes);
        (minutes < 60 && minute <= DAY).then_some(minute)
    }

    /// `UTC`, or an offset such as `+01:00`.
    pub(super) fn zone(text: &str) -> Option<i16> {
        if text == "UTC" {
            return Some(0);
        }
        let (sign, rest) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text.strip_prefix('+')?),
        };
        let minute = i16::try_from(Self::minute(rest)?).ok()?;
        (minute <= 14 * 60).then(|| minute.saturating_mul(sign))
    }
}
