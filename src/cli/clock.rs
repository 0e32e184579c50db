//! The day that a run judges by.

use anyhow::{Context, Result, bail};
use jiff::Span;
use jiff::civil::{Date, date};
use tenantry::parse::value::parse_date;

/// A day, and where it comes from.
#[derive(Debug, Clone, Copy)]
pub struct AsOf {
    /// The day.
    pub date: Date,
    /// Where it comes from, for people.
    pub source: &'static str,
}

/// The day of `--as-of`, else of SOURCE_DATE_EPOCH, else today in UTC.
pub fn as_of(option: Option<&str>) -> Result<AsOf> {
    if let Some(text) = option {
        return match parse_date(text) {
            Ok(date) => Ok(AsOf { date, source: "--as-of" }),
            Err(reason) => bail!("`--as-of {text}`: {reason}; write a day as YYYY-MM-DD"),
        };
    }
    if let Some(epoch) = std::env::var_os("SOURCE_DATE_EPOCH").filter(|epoch| !epoch.is_empty()) {
        let seconds = epoch.to_str().and_then(|text| text.parse::<u64>().ok());
        let date = seconds.and_then(day);
        let date = date.with_context(|| format!("SOURCE_DATE_EPOCH is {epoch:?}, which is no number of seconds"))?;
        return Ok(AsOf { date, source: "SOURCE_DATE_EPOCH" });
    }
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let seconds = now.context("the clock of this machine stands before 1970; give a day with --as-of")?.as_secs();
    let date = day(seconds).context("the clock of this machine is far in the future; give a day with --as-of")?;
    Ok(AsOf { date, source: "today" })
}

/// The day of a number of seconds since 1970, in UTC.
fn day(seconds: u64) -> Option<Date> {
    let days = i64::try_from(seconds / 86_400).ok()?;
    date(1970, 1, 1).checked_add(Span::new().try_days(days).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_in_utc() {
        assert_eq!(day(0), Some(date(1970, 1, 1)));
        assert_eq!(day(1_795_305_599), Some(date(2026, 11, 21)));
        assert_eq!(day(1_795_305_600), Some(date(2026, 11, 22)));
        assert_eq!(day(u64::MAX), None);
    }
}
