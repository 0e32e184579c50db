//! Exact decimal numbers, as large as a quantity can be written.
//!
//! A quantity may have more digits than any machine number, and none may be lost or rounded on the way. This is only as
//! much arithmetic as quantities need.

use std::cmp::Ordering;

/// `±digits × 10^exponent`.
///
/// Invariant: the digits (most significant first, each 0 to 9) neither start nor end with a zero, and zero has no
/// digit, no sign and exponent 0. So every number has one form, and equality of fields is equality of values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    exponent: i32,
}

impl Decimal {
    /// The number `±digits × 10^exponent`; other characters than ASCII digits must not be among `digits`.
    pub(super) fn new(negative: bool, digits: impl Iterator<Item = u8>, exponent: i32) -> Self {
        Decimal { negative, digits: digits.map(|digit| digit - b'0').collect(), exponent }.normal()
    }

    /// Puts the number in its one form.
    fn normal(mut self) -> Self {
        let zeros = self.digits.iter().take_while(|&&digit| digit == 0).count();
        self.digits.drain(..zeros);
        while self.digits.pop_if(|digit| *digit == 0).is_some() {
            self.exponent += 1;
        }
        if self.digits.is_empty() {
            return Decimal { negative: false, digits: Vec::new(), exponent: 0 };
        }
        self
    }

    pub(super) fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    pub(super) fn is_negative(&self) -> bool {
        self.negative
    }

    /// Whether there is nothing behind the decimal point.
    pub(super) fn is_integer(&self) -> bool {
        self.exponent >= 0
    }

    /// The number times 2 to the power of `bits`.
    pub(super) fn shifted(mut self, bits: u32) -> Self {
        for _ in 0..bits {
            let mut carry = 0;
            for digit in self.digits.iter_mut().rev() {
                let double = *digit * 2 + carry;
                *digit = double % 10;
                carry = double / 10;
            }
            if carry > 0 {
                self.digits.insert(0, carry);
            }
        }
        self.normal()
    }

    /// The number rounded away from zero to a multiple of `10^exponent`.
    pub(super) fn rounded_up(mut self, exponent: i32) -> Self {
        if self.is_zero() || self.exponent >= exponent {
            return self;
        }
        let dropped = usize::try_from(exponent - self.exponent).unwrap_or(usize::MAX);
        // The last digit is not zero, so whatever is dropped was more than nothing.
        self.digits.truncate(self.digits.len().saturating_sub(dropped));
        self.exponent = exponent;
        for digit in self.digits.iter_mut().rev() {
            *digit = (*digit + 1) % 10;
            if *digit != 0 {
                return self.normal();
            }
        }
        self.digits.insert(0, 1);
        self.normal()
    }

    /// The number without its sign, if it is an integer that fits.
    pub(super) fn magnitude(&self) -> Option<u64> {
        let power = u32::try_from(self.exponent).ok().and_then(|exponent| 10u64.checked_pow(exponent))?;
        let digits = self.digits.iter().try_fold(0u64, |sum, &digit| sum.checked_mul(10)?.checked_add(digit.into()))?;
        digits.checked_mul(power)
    }

    /// `±mantissa` as text and a power of ten that is a multiple of three and as large as it can be.
    pub(super) fn by_thousands(&self) -> (String, i32) {
        let zeros = self.exponent.rem_euclid(3);
        let sign = if self.negative { "-" } else { "" };
        let digits: String = self.digits.iter().map(|&digit| char::from(b'0' + digit)).collect();
        let zeros_text = ["", "0", "00"][zeros.unsigned_abs() as usize];
        (format!("{sign}{digits}{zeros_text}"), self.exponent - zeros)
    }

    fn cmp_magnitude(&self, other: &Self) -> Ordering {
        // Zero has no digits; it lies below everything, whatever its exponent says.
        let place =
            |number: &Self| (!number.is_zero()).then(|| number.digits.len() as i64 + i64::from(number.exponent));
        place(self).cmp(&place(other)).then_with(|| self.digits.cmp(&other.digits))
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => self.cmp_magnitude(other),
            (true, true) => other.cmp_magnitude(self),
            (negative, _) => {
                if negative {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(value: i64, exponent: i32) -> Decimal {
        Decimal::new(value < 0, value.unsigned_abs().to_string().into_bytes().into_iter(), exponent)
    }

    #[test]
    fn zero_is_below_every_fraction() {
        assert!(number(0, 5) < number(1, -9) && number(-1, -9) < number(0, 0));
        assert_eq!(number(-0, -3), number(0, 7));
    }

    #[test]
    fn rounding_goes_away_from_zero() {
        assert_eq!(number(1, -30).rounded_up(-9), number(1, -9));
        assert_eq!(number(-999_999_999_999, -12).rounded_up(-9), number(-1, 0));
        assert_eq!(number(12, -1).rounded_up(-9), number(12, -1));
    }

    proptest! {
        #[test]
        fn agrees_with_machine_numbers(
            (a, e) in (-99_999i64..99_999, 0..4), (b, f) in (-99_999i64..99_999, 0..4), bits in 0u32..20,
        ) {
            let (ten, shifted) = (10i64, number(a, e).shifted(bits));
            prop_assert_eq!(number(a, e).cmp(&number(b, f)), (a * ten.pow(e as u32)).cmp(&(b * ten.pow(f as u32))));
            prop_assert_eq!(shifted, number((a * ten.pow(e as u32)) << bits, 0));
            prop_assert_eq!(number(a, e).magnitude(), Some((a * ten.pow(e as u32)).unsigned_abs()));
        }
    }
}
