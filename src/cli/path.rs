//! Paths of git and of the system as text, and back. Both are bytes, which need not be text.

use std::ffi::OsString;
use std::path::Path;

/// A path as text that no other path has: a byte that is no UTF-8 is written `\xff`, and a backslash `\\`. Paths of ours
/// have neither, so they are what they are.
///
/// What is left out because of its name would be seen by engines and by nobody here.
pub fn text_of(path: &[u8]) -> String {
    let mut text = String::with_capacity(path.len());
    for chunk in path.utf8_chunks() {
        text.push_str(&chunk.valid().replace('\\', r"\\"));
        text.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
    }
    text
}

/// The path that [`text_of`] made a text of.
pub fn bytes_of(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, escaped)) = rest.split_once('\\') {
        bytes.extend(before.bytes());
        let digits = escaped.strip_prefix('x').and_then(|digits| digits.get(..2));
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let (byte, length) = byte.map_or((b'\\', 1), |byte| (byte, 3));
        bytes.push(byte);
        rest = escaped.get(length..).unwrap_or_default();
    }
    bytes.extend(rest.bytes());
    bytes
}

/// A relative path of the system, as [`text_of`] gives it, with `/` between parts.
pub fn text_of_path(path: &Path) -> String {
    let parts: Vec<String> = path.components().map(|part| text_of(part.as_os_str().as_encoded_bytes())).collect();
    parts.join("/")
}

/// Bytes from git as the system takes them.
#[cfg(unix)]
pub fn os_string(bytes: &[u8]) -> OsString {
    std::os::unix::ffi::OsStringExt::from_vec(bytes.to_owned())
}

/// Bytes from git as the system takes them.
#[cfg(not(unix))]
pub fn os_string(bytes: &[u8]) -> OsString {
    String::from_utf8_lossy(bytes).into_owned().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_paths_have_one_text() {
        let paths: [&[u8]; 8] = [
            b"",
            b"prod/a.yaml",
            b"e\xff.yaml",
            b"e\\xff.yaml",
            b"e\\\\xff",
            b"\\",
            b"a\\\xc3",
            "ü\n\u{fffd}".as_bytes(),
        ];
        let texts: Vec<String> = paths.iter().map(|path| text_of(path)).collect();
        assert_eq!(&texts[1..4], ["prod/a.yaml", r"e\xff.yaml", r"e\\xff.yaml"]);
        for (path, text) in paths.iter().zip(&texts) {
            assert_eq!(bytes_of(text), *path, "{text}");
        }
        let different: std::collections::BTreeSet<&String> = texts.iter().collect();
        assert_eq!(different.len(), paths.len());
    }
}
