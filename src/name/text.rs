//! Characters that make a text look like another.

/// Whether `c` could make a text look like another: control characters, marks that turn the direction of writing,
/// characters without a shape, blanks other than the plain one, and the sign for a byte that could not be read.
///
/// These are the Unicode categories Cc, Cf, Zl, Zp and Zs (without U+0020), the code points that Unicode lists as
/// default-ignorable, and the ones that are no characters.
pub fn is_unsafe(c: char) -> bool {
    if c.is_control() || (c.is_whitespace() && c != ' ') {
        return true;
    }
    matches!(u32::from(c),
        0xAD | 0x34F | 0x600..=0x605 | 0x61C | 0x6DD | 0x70F | 0x890..=0x891 | 0x8E2 | 0x115F..=0x1160
        | 0x17B4..=0x17B5 | 0x180B..=0x180F | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0x2800 | 0x3164
        | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFD | 0x110BD | 0x110CD | 0x13430..=0x1343F
        | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A | 0xE0000..=0xE0FFF)
        || matches!(u32::from(c), 0xFDD0..=0xFDEF)
        || u32::from(c) & 0xFFFE == 0xFFFE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_unsafe() {
        for c in
            "\0\t\n\r\u{7f}\u{85}\u{a0}\u{ad}\u{200b}\u{202e}\u{2028}\u{2066}\u{3000}\u{feff}\u{fffd}\u{e0041}".chars()
        {
            assert!(is_unsafe(c), "{c:?}");
        }
        for c in " aé用🙂@*`\\".chars() {
            assert!(!is_unsafe(c), "{c:?}");
        }
    }
}
