//! Amounts of resources, as Kubernetes writes them.
//!
//! The grammar, the rounding and the canonical form are those of `resource.Quantity` in `k8s.io/apimachinery`. The API
//! server gives quantities back in canonical form, so a manifest that holds another form differs from the cluster for
//! ever; this module makes the canonical form.

use std::cmp::Ordering;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::decimal::Decimal;

/// Longest text that is read. Kubernetes has no limit; a real amount has some ten characters.
const TEXT_LIMIT: usize = 64;

/// Largest power of ten behind `e`. Kubernetes cuts it to 32 bits without a word.
const EXPONENT_LIMIT: i64 = 99;

/// What stands behind a number, with its power of ten.
const DECIMAL_SUFFIXES: [(&str, i32); 10] =
    [("n", -9), ("u", -6), ("m", -3), ("", 0), ("k", 3), ("M", 6), ("G", 9), ("T", 12), ("P", 15), ("E", 18)];

/// What stands behind a number, with its power of two.
const BINARY_SUFFIXES: [(&str, u32); 6] = [("Ki", 10), ("Mi", 20), ("Gi", 30), ("Ti", 40), ("Pi", 50), ("Ei", 60)];

/// An amount, exact, together with its canonical form.
///
/// Two quantities are equal if their values are, whatever suffix they were written with: `1Gi` equals `1073741824`.
/// They order by value.
#[derive(Clone)]
pub struct Quantity {
    canonical: Arc<str>,
    value: Arc<Decimal>,
}

/// How a quantity was written, and so how its canonical form is.
#[derive(Clone, Copy)]
enum Format {
    Decimal,
    Binary,
    Exponent,
}

/// What is wrong with a quantity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QuantityProblem {
    /// Nothing is written.
    Empty,
    /// It does not start with a number.
    NoNumber,
    /// What follows the number is no unit.
    UnknownSuffix(String),
    /// It is too long, or so large that Kubernetes would give another amount back.
    OutOfRange,
}

/// Why a text is no quantity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidQuantity {
    /// What is wrong.
    pub problem: QuantityProblem,
    /// The bytes of the text that are wrong; always on character boundaries.
    pub span: Range<usize>,
    /// The quantity that was probably meant, if that is obvious: `4G` for `4GB`.
    pub repair: Option<String>,
}

impl InvalidQuantity {
    /// The rule that the text breaks, as one plain sentence without a final stop.
    pub fn rule(&self) -> &'static str {
        match self.problem {
            QuantityProblem::OutOfRange => "an amount has at most 64 characters and is below a thousand exa (`1000E`)",
            _ => "a number, then nothing, one of n u m k M G T P E Ki Mi Gi Ti Pi Ei, or an exponent such as e3",
        }
    }
}

impl fmt::Display for InvalidQuantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.problem {
            QuantityProblem::Empty => f.write_str("is empty"),
            QuantityProblem::NoNumber => f.write_str("does not start with a number"),
            QuantityProblem::UnknownSuffix(suffix) => write!(f, "has the unknown unit `{suffix}`"),
            QuantityProblem::OutOfRange => f.write_str("is out of range"),
        }
    }
}

impl std::error::Error for InvalidQuantity {}

impl Quantity {
    /// Reads a quantity (the grammar of `k8s.io/apimachinery` `resource.Quantity`, which is also the pattern in the
    /// schema of a Profile).
    ///
    /// As there, an amount finer than `1n` is rounded away from zero, and one with a binary suffix is capped at 2^63-1.
    /// Stricter than there: a digit is needed (`-` and `Gi` are zero to Kubernetes' parser, but the schema refuses
    /// them), and an amount that Kubernetes would write back as another one (`1000E` becomes `1`) is out of range.
    ///
    /// # Errors
    ///
    /// The first problem.
    pub fn parse(text: &str) -> Result<Self, InvalidQuantity> {
        Self::read(text).map_err(|(problem, span)| InvalidQuantity { problem, span, repair: repair(text) })
    }

    fn read(text: &str) -> Result<Self, (QuantityProblem, Range<usize>)> {
        if text.is_empty() {
            return Err((QuantityProblem::Empty, 0..0));
        }
        let parts = Parts::of(text);
        if parts.digits().next().is_none() {
            return Err((QuantityProblem::NoNumber, 0..text.len()));
        }
        let out_of_range = (QuantityProblem::OutOfRange, 0..text.len());
        let unit = Unit::of(parts.suffix).ok_or_else(|| {
            let start = text.len() - parts.suffix.len();
            (QuantityProblem::UnknownSuffix(parts.suffix.to_owned()), start..text.len())
        })?;
        if text.len() > TEXT_LIMIT {
            return Err(out_of_range);
        }
        Self::new(&parts, unit).ok_or(out_of_range)
    }

    fn new(parts: &Parts<'_>, unit: Unit) -> Option<Self> {
        let places = i32::try_from(parts.fraction.len()).ok()?;
        let (power, bits, format) = match unit {
            Unit::Decimal(power) => (power, 0, Format::Decimal),
            Unit::Binary(bits) => (0, bits, Format::Binary),
            Unit::Exponent(power) => (power?, 0, Format::Exponent),
        };
        let value = Decimal::new(parts.negative, parts.digits(), power - places).shifted(bits).rounded_up(-9);
        let value = if matches!(format, Format::Binary) { capped(value) } else { value };
        let canonical = canonical(&value, format)?;
        Some(Quantity { canonical: canonical.into(), value: Arc::new(value) })
    }

    /// Nothing at all: the quota of what must not start.
    pub fn zero() -> Self {
        let value = Decimal::new(false, std::iter::empty(), 0);
        Quantity { canonical: "0".into(), value: Arc::new(value) }
    }

    /// The canonical form: `1000m` is `1`, `1.5` is `1500m`, `1024Mi` is `1Gi`. It is what comes back however often a
    /// controller or the API server reads and writes the object.
    pub fn canonical(&self) -> String {
        self.canonical.as_ref().to_owned()
    }

    /// The canonical form, borrowed.
    pub fn as_str(&self) -> &str {
        &self.canonical
    }

    /// Whether it is below zero, which no quota may be.
    pub fn is_negative(&self) -> bool {
        self.value.is_negative()
    }

    /// Whether it is nothing at all.
    pub fn is_zero(&self) -> bool {
        self.value.is_zero()
    }

    /// Whether it is a whole number, as what is counted must be (see [`is_count_key`](super::is_count_key)).
    pub fn is_integer(&self) -> bool {
        self.value.is_integer()
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.canonical)
    }
}

impl fmt::Debug for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Quantity({})", self.canonical)
    }
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl Eq for Quantity {}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Quantity {
    fn cmp(&self, other: &Self) -> Ordering {
        self.value.cmp(&other.value)
    }
}

/// A quantity, cut where its parts meet.
struct Parts<'a> {
    negative: bool,
    whole: &'a str,
    fraction: &'a str,
    suffix: &'a str,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Self {
        let (negative, rest) = match text.as_bytes() {
            [b'-', ..] => (true, &text[1..]),
            [b'+', ..] => (false, &text[1..]),
            _ => (false, text),
        };
        let (whole, rest) = split_digits(rest);
        let (fraction, suffix) = rest.strip_prefix('.').map_or(("", rest), split_digits);
        Parts { negative, whole, fraction, suffix }
    }

    fn digits(&self) -> impl Iterator<Item = u8> {
        self.whole.bytes().chain(self.fraction.bytes())
    }
}

fn split_digits(text: &str) -> (&str, &str) {
    text.split_at(text.bytes().take_while(u8::is_ascii_digit).count())
}

/// What a suffix means.
#[derive(Clone, Copy)]
enum Unit {
    Decimal(i32),
    Binary(u32),
    /// `None` if the exponent is well formed and beyond the limit.
    Exponent(Option<i32>),
}

impl Unit {
    fn of(suffix: &str) -> Option<Unit> {
        if let Some((_, power)) = DECIMAL_SUFFIXES.iter().find(|(known, _)| *known == suffix) {
            return Some(Unit::Decimal(*power));
        }
        if let Some((_, bits)) = BINARY_SUFFIXES.iter().find(|(known, _)| *known == suffix) {
            return Some(Unit::Binary(*bits));
        }
        let exponent = suffix.strip_prefix(['e', 'E'])?;
        let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let power = exponent.parse::<i64>().ok().filter(|power| power.abs() <= EXPONENT_LIMIT);
        Some(Unit::Exponent(power.and_then(|power| i32::try_from(power).ok())))
    }
}

/// The value, or the largest whole number of 64 bits if it is beyond that.
fn capped(value: Decimal) -> Decimal {
    let largest = |negative| Decimal::new(negative, i64::MAX.to_string().into_bytes().into_iter(), 0);
    if value.is_negative() { value.max(largest(true)) } else { value.min(largest(false)) }
}

/// The canonical form; `None` if Kubernetes has no suffix for it, and would write the amount without one.
fn canonical(value: &Decimal, format: Format) -> Option<String> {
    if value.is_zero() {
        return Some("0".to_owned());
    }
    if let (Format::Binary, Some(text)) = (format, canonical_binary(value)) {
        return Some(text);
    }
    let (mantissa, power) = value.by_thousands();
    match format {
        Format::Exponent if power == 0 => Some(mantissa),
        Format::Exponent => Some(format!("{mantissa}e{power}")),
        // What is no multiple of 1024 gets a decimal suffix, even if it was written with a binary one. Kubernetes
        // writes `93.75Ki` as `96000`, but reads that as decimal and then writes `96k`: only the last form is stable.
        Format::Decimal | Format::Binary => {
            let suffix = DECIMAL_SUFFIXES.iter().find(|(_, known)| *known == power).map(|(suffix, _)| suffix)?;
            Some(format!("{mantissa}{suffix}"))
        }
    }
}

/// The form with a binary suffix, if the value is a multiple of 1024.
fn canonical_binary(value: &Decimal) -> Option<String> {
    let mut magnitude = value.magnitude()?;
    let mut suffix = None;
    for (larger, _) in BINARY_SUFFIXES {
        if !magnitude.is_multiple_of(1024) {
            break;
        }
        magnitude /= 1024;
        suffix = Some(larger);
    }
    suffix.map(|suffix| format!("{}{magnitude}{suffix}", if value.is_negative() { "-" } else { "" }))
}

/// What was probably meant: other letter case, `B` for bytes, a blank before the unit.
fn repair(text: &str) -> Option<String> {
    let parts = Parts::of(text.trim());
    let number = &text.trim()[..text.trim().len() - parts.suffix.len()];
    let unit = parts.suffix.trim();
    let unit = unit.strip_suffix(['b', 'B']).unwrap_or(unit);
    let mut known =
        DECIMAL_SUFFIXES.iter().rev().map(|(known, _)| *known).chain(BINARY_SUFFIXES.map(|(known, _)| known));
    let unit = known.find(|known| known.eq_ignore_ascii_case(unit))?;
    let repaired = format!("{number}{unit}");
    (repaired != text && Quantity::read(&repaired).is_ok()).then_some(repaired)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Quantity {
        Quantity::parse(text).expect("a quantity")
    }

    #[test]
    fn canonical_form_is_that_of_kubernetes() {
        // What `resource.Quantity` of k8s.io/apimachinery v0.37 gives for the same text.
        let cases = "4 4;1000m 1;0.5 500m;1.5 1500m;1024Mi 1Gi;2048Gi 2Ti;1.5Gi 1536Mi;1e3 1e3;1E3 1e3;0 0;\
            -0.0Ki 0;+4 4;007 7;1.500 1500m;100000 100k;1500e0 1500;15e1 150;1e-10 1e-9;0.1n 1n;-0.1n -1n;1.1n 2n;\
            512Mi 512Mi;.5 500m;1023Ki 1023Ki;0.5Ki 512;1.1Ki 1126400m;0.001Ki 1024m;8Ei 9223372036854775807;\
            -9Ei -9223372036854775807;\
            4Ei 4Ei;-1 -1;1. 1;9999999999999999999999 9999999999999999999999;1100E 1100E;5E 5E;1048576 1048576;\
            12e-9 12e-9;9187.5Ki 9408k";
        for case in cases.split(';') {
            let (text, canonical) = case.split_once(' ').expect("two words");
            assert_eq!(read(text).canonical(), canonical, "{text}");
        }
    }

    #[test]
    fn refusals_mark_what_is_wrong() {
        let problem = |text: &str| {
            let found = Quantity::parse(text).expect_err("no quantity");
            (found.problem, found.span, found.repair)
        };
        let unknown = |suffix: &str| QuantityProblem::UnknownSuffix(suffix.into());
        assert_eq!(problem(""), (QuantityProblem::Empty, 0..0, None));
        assert_eq!(problem("-Gi"), (QuantityProblem::NoNumber, 0..3, None));
        assert_eq!(problem("4GB"), (unknown("GB"), 1..3, Some("4G".into())));
        assert_eq!(problem("1.5 gib"), (unknown(" gib"), 3..7, Some("1.5Gi".into())));
        assert_eq!(problem("12 gigs"), (unknown(" gigs"), 2..7, None));
        assert_eq!(problem("1e1.5"), (unknown("e1.5"), 1..5, None));
        assert_eq!(problem("1000E").0, QuantityProblem::OutOfRange);
        assert_eq!(problem("1e4294967299").0, QuantityProblem::OutOfRange);
        assert_eq!(problem(&"9".repeat(65)).0, QuantityProblem::OutOfRange);
    }

    #[test]
    fn order_is_by_value() {
        let rising = ["-1Ki", "-1", "-1n", "0", "1n", "0.5", "1", "1.5", "1k", "1Ki", "1M", "1e9", "1Gi", "1e30"];
        assert!(rising.windows(2).all(|pair| read(pair[0]) < read(pair[1])));
        assert_eq!(read("1Gi"), read("1073741824"));
        assert_eq!((read("0"), read("0").canonical()), (Quantity::zero(), Quantity::zero().canonical()));
        assert!(
            read("-1").is_negative() && read("0Ki").is_zero() && !read("1.5").is_integer() && read("2e3").is_integer()
        );
    }

    proptest! {
        #[test]
        fn canonical_form_reads_back(
            text in "[+-]?[0-9]{0,12}(\\.[0-9]{0,12})?([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]{1,2})?",
        ) {
            if let Ok(quantity) = Quantity::parse(&text) {
                let again = read(quantity.as_str());
                prop_assert_eq!(&again, &quantity);
                prop_assert_eq!(again.canonical(), quantity.canonical());
            }
        }

        #[test]
        fn nothing_panics(text in ".{0,70}") {
            if let Err(found) = Quantity::parse(&text) {
                prop_assert!(text.get(found.span).is_some());
                prop_assert!(found.repair.is_none_or(|repaired| Quantity::parse(&repaired).is_ok()));
            }
        }
    }
}
