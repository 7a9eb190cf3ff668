//! Dates as people write them: read, moved by days, and written in the same form again.
//! Knows nothing of whose dates they are.

/// A date inside a text, with the form that it was written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Written {
    /// Days since 1970-01-01.
    days: i64,
    form: Form,
    /// Bytes of the text that are the date; what follows is a time of day.
    length: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Form {
    order: Order,
    separator: u8,
    padded: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    YearMonthDay,
    MonthDayYear,
    DayMonthYear,
}

impl Written {
    /// Reads `1984-03-02`, `1984/3/2`, `02.03.1984`, `03/02/1984` and the like, with or without a time of
    /// day after it. What slashes or hyphens separate is month first where both readings are dates, what
    /// dots separate day first. Other forms are not read.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (date, rest) = split(text);
        if !rest.is_empty() && !is_time(rest) {
            return None;
        }
        let separator = date.bytes().find(|byte| !byte.is_ascii_digit())?;
        if !matches!(separator, b'-' | b'/' | b'.') {
            return None;
        }
        let parts: Vec<&str> = date.split(char::from(separator)).collect();
        let [a, b, c] = parts.as_slice() else {
            return None;
        };
        let orders: &[Order] = match (a.len(), c.len(), separator) {
            (4, 1..=2, _) => &[Order::YearMonthDay],
            (1..=2, 4, b'.') => &[Order::DayMonthYear],
            (1..=2, 4, _) => &[Order::MonthDayYear, Order::DayMonthYear],
            _ => return None,
        };
        let padded = b.len() == 2
            && if a.len() == 4 {
                c.len() == 2
            } else {
                a.len() == 2
            };
        let number = |part: &str| part.parse::<i64>().ok();
        let (a, b, c) = (number(a)?, number(b)?, number(c)?);
        orders.iter().find_map(|order| {
            let days = match order {
                Order::YearMonthDay => days_of(a, b, c),
                Order::MonthDayYear => days_of(c, a, b),
                Order::DayMonthYear => days_of(c, b, a),
            };
            Some(Self {
                days: days?,
                form: Form {
                    order: *order,
                    separator,
                    padded,
                },
                length: date.len(),
            })
        })
    }

    /// Year and month.
    pub(super) fn year_month(self) -> (i64, i64) {
        let (year, month, _) = date_of(self.days);
        (year, month)
    }

    /// The same text `by` days later, in its form; `None` where no year of four digits is left.
    pub(super) fn moved(self, text: &str, by: i64) -> Option<String> {
        let (year, month, day) = date_of(self.days.checked_add(by)?);
        if !(1000..=9999).contains(&year) {
            return None;
        }
        let (month, day) = if self.form.padded {
            (format!("{month:02}"), format!("{day:02}"))
        } else {
            (month.to_string(), day.to_string())
        };
        let separator = char::from(self.form.separator);
        let date = match self.form.order {
            Order::YearMonthDay => format!("{year}{separator}{month}{separator}{day}"),
            Order::MonthDayYear => format!("{month}{separator}{day}{separator}{year}"),
            Order::DayMonthYear => format!("{day}{separator}{month}{separator}{year}"),
        };
        Some(date + text.get(self.length..)?)
    }
}

/// The date and what follows it.
fn split(text: &str) -> (&str, &str) {
    let length = text
        .bytes()
        .take_while(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'/' | b'.'))
        .count();
    text.split_at_checked(length).unwrap_or((text, ""))
}

/// `T10:20:30.5Z`, ` 10:20`: digits and marks of a time of day and its zone.
fn is_time(rest: &str) -> bool {
    rest.starts_with(['T', 't', ' '])
        && rest.len() <= 32
        && rest
            .bytes()
            .skip(1)
            .all(|byte| byte.is_ascii_digit() || b":.+-Zz ".contains(&byte))
        && rest.contains(':')
}

/// Days since 1970-01-01 of a date of the proleptic Gregorian calendar (Howard Hinnant, "chrono-compatible
/// low-level date algorithms").
fn days_of(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(1000..=9999).contains(&year) || !(1..=12).contains(&month) || day < 1 {
        return None;
    }
    let shifted = if month <= 2 { year - 1 } else { year };
    let era = shifted.div_euclid(400);
    let year_of_era = shifted.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = era * 146_097 + day_of_era - 719_468;
    // The thirtieth of February is no date: it comes back as another.
    (date_of(days) == (year, month, day)).then_some(days)
}

/// The reverse of [`days_of`].
fn date_of(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let part = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * part + 2) / 5 + 1;
    let month = if part < 10 { part + 3 } else { part - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}
