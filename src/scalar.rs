//! What YAML readers make of plain scalars, where no field says what type is meant.
//!
//! YAML 1.1 (PyYAML, older Go and Ruby readers) and YAML 1.2 disagree about `yes`, `0644`, `1_000`, dates and more. Here
//! such a text is neither text nor number: whoever wrote it has to say which.

/// What a plain scalar is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plain {
    /// Text to every reader.
    Text,
    /// A boolean to every reader.
    Boolean(bool),
    /// The same whole number to every reader.
    Integer(i64),
    /// Different things to different readers, or something that a manifest cannot hold (null, a fraction).
    Ambiguous,
}

/// Judges a plain scalar.
pub fn read_plain(text: &str) -> Plain {
    match text {
        "true" => return Plain::Boolean(true),
        "false" => return Plain::Boolean(false),
        _ => {}
    }
    if let Some(number) = whole_number(text) {
        return Plain::Integer(number);
    }
    if is_word_of_some_reader(text) || is_number_of_some_reader(text) { Plain::Ambiguous } else { Plain::Text }
}

/// A whole number that every reader takes for the same: decimal, no sign but minus, no leading zero, 64 bits.
pub fn whole_number(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    let canonical = text == "0" || !digits.starts_with('0');
    if plain && canonical { text.parse().ok() } else { None }
}

/// Words that stand for null, a boolean, a special key or a special number in YAML 1.1 or 1.2.
fn is_word_of_some_reader(text: &str) -> bool {
    const WORDS: &[&str] = &["", "~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", "=", "<<"];
    const SPECIAL: &[&str] = &[".inf", "+.inf", "-.inf", ".nan"];
    let matches = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    matches(WORDS) || matches(SPECIAL)
}

/// Whether some reader takes the text for a number, a date or a time. Errs on the side of yes for whatever starts like a
/// number and holds nothing but the characters of one.
fn is_number_of_some_reader(text: &str) -> bool {
    let body = text.strip_prefix(['+', '-']).unwrap_or(text);
    let Some(first) = body.bytes().next() else { return false };
    if !(first.is_ascii_digit() || first == b'.' && body.len() > 1) {
        return false;
    }
    if let Some(rest) = body.strip_prefix("0x").or_else(|| body.strip_prefix("0X")) {
        return rest.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'_');
    }
    if let Some(rest) = body.strip_prefix("0o").or_else(|| body.strip_prefix("0b")) {
        return rest.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    }
    is_decimal(body) || is_sexagesimal(body) || is_timestamp(body)
}

/// Digits and underscores, at most one point, perhaps an exponent.
fn is_decimal(text: &str) -> bool {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(at) => (&text[..at], Some(&text[at + 1..])),
        None => (text, None),
    };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    let mantissa_fits = mantissa.split('.').count() <= 2
        && mantissa.split('.').all(digits)
        && mantissa.bytes().any(|byte| byte.is_ascii_digit());
    let exponent_fits = exponent.is_none_or(|part| {
        let part = part.strip_prefix(['+', '-']).unwrap_or(part);
        !part.is_empty() && digits(part)
    });
    mantissa_fits && exponent_fits
}

/// `1:30`, `190:20:30.15`: numbers to the base of sixty in YAML 1.1.
fn is_sexagesimal(text: &str) -> bool {
    text.contains(':') && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'_' | b'.'))
}

/// `2027-01-31`, with or without a time.
fn is_timestamp(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let (Some(year), Some(month), Some(rest)) = (parts.next(), parts.next(), parts.next()) else { return false };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let day = rest.bytes().take_while(u8::is_ascii_digit).count();
    year.len() == 4 && digits(year) && (1..=2).contains(&month.len()) && digits(month) && (1..=2).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_agree_on_these() {
        for text in ["a", "vision", "1.2.3", "10.0.0.0/8", "4Gi", "500m", "no way", "-", "a:b", "1e", "v1", "e1", "."] {
            assert_eq!(read_plain(text), Plain::Text, "{text}");
        }
        assert_eq!(read_plain("true"), Plain::Boolean(true));
        assert_eq!(read_plain("-7"), Plain::Integer(-7));
        assert_eq!(read_plain("0"), Plain::Integer(0));
    }

    #[test]
    fn readers_disagree_on_these() {
        for text in [
            "yes",
            "No",
            "ON",
            "off",
            "y",
            "TRUE",
            "False",
            "null",
            "~",
            "0644",
            "-01",
            "0o17",
            "0x1F",
            "0b1",
            "1_000",
            "1.5",
            ".5",
            "+1",
            "1e3",
            "1E-3",
            "12:30:45",
            "1:1",
            "2027-01-31",
            "2027-1-1",
            "2001-12-14t21:59:43.10-05:00",
            ".inf",
            ".NaN",
            "=",
            "<<",
            "99999999999999999999",
        ] {
            assert_eq!(read_plain(text), Plain::Ambiguous, "{text}");
        }
    }
}
