//! The YAML writer: the only place of the project that writes YAML.
//!
//! Equal values are written with equal bytes, and every reader gets back the value and the type that went in, whether
//! it follows YAML 1.1 or 1.2. Readers disagree about what plain text means (`no`, `1:1`, `0o7`, `2027-01-31`, `E1`),
//! so the writer does not list what is dangerous. It lists what is safe, and quotes the rest:
//!
//! - plain: text that starts with a letter, holds nothing but `[A-Za-z0-9._/@:-]` and single spaces, and is no word or
//!   number of any YAML version; and whole quantities such as `500m` and `256Gi`;
//! - literal block (`|`): text of several lines that survives without indicator and without escapes;
//! - double quotes: all other text, with escapes for what cannot be seen or must not be in a YAML stream.
//!
//! Maps and lists are indented by two spaces, list items too. Everything is pushed into one string: there is no
//! allocation per value, since a large inventory becomes more than a million documents.

use std::borrow::Cow;

use crate::manifest::{Manifest, Map, Tree};

/// Longest text that is written plain, in bytes.
const PLAIN_LIMIT: usize = 256;

/// Longest key that is written in the `key: value` form, in bytes as written. YAML ends that form at 1,024 characters.
const KEY_LIMIT: usize = 1_000;

/// Spaces per level.
const STEP: usize = 2;

/// Suffixes that make digits a quantity which no YAML version reads as a number.
const QUANTITY_SUFFIXES: [&[u8]; 6] = [b"m", b"Ki", b"Mi", b"Gi", b"Ti", b"Pi"];

/// Writes one manifest as one document, without `---`.
///
/// The order of the top-level keys is `apiVersion`, `kind`, `metadata`, and then those of the body, which must not
/// repeat the first three.
pub fn manifest(out: &mut String, manifest: &Manifest<'_>) {
    text_entry(out, "apiVersion: ", &manifest.api_version);
    text_entry(out, "kind: ", &manifest.kind);
    out.push_str("metadata:\n");
    text_entry(out, "  name: ", &manifest.name);
    if let Some(namespace) = &manifest.namespace {
        text_entry(out, "  namespace: ", namespace);
    }
    metadata_map(out, "  labels:\n", &manifest.labels);
    metadata_map(out, "  annotations:\n", &manifest.annotations);
    if !manifest.body.is_empty() {
        map(out, &manifest.body, 0);
    }
}

/// Writes a value in block form: whole lines, each indented by `indent` spaces.
pub fn tree(out: &mut String, tree: &Tree<'_>, indent: usize) {
    pad(out, indent);
    match tree {
        Tree::Map(entries) if !entries.is_empty() => map(out, entries, indent),
        Tree::List(items) if !items.is_empty() => list(out, items, indent),
        _ => leaf(out, tree, indent),
    }
}

/// A value on one line, which stands wherever YAML takes a value: `{a: [b, 1], c: "no"}`.
pub fn flow(tree: &Tree<'_>) -> String {
    let mut out = String::new();
    push_flow(&mut out, tree);
    out
}

/// Text on one line: plain if every reader takes it for text, else in double quotes.
///
/// It may also stand as a key, unless it is longer than 1,000 bytes: YAML wants another form for those.
pub fn scalar(text: &str) -> Cow<'_, str> {
    if is_plain_safe(text) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 2);
    push_quoted(&mut out, text);
    Cow::Owned(out)
}

/// Whether every reader takes the text for the same text when it stands without quotes.
pub fn is_plain_safe(text: &str) -> bool {
    let bytes = text.as_bytes();
    match bytes.first() {
        _ if bytes.len() > PLAIN_LIMIT => false,
        Some(b'A'..=b'Z' | b'a'..=b'z') => has_plain_bytes(bytes) && !is_reserved_word(text) && !is_exponent(bytes),
        Some(b'0'..=b'9') => is_quantity(bytes),
        _ => false,
    }
}

/// `key: text` on a line of its own, where the key and its indentation are fixed.
fn text_entry(out: &mut String, key: &str, text: &str) {
    out.push_str(key);
    push_scalar(out, text);
    out.push('\n');
}

/// Labels or annotations below their key; nothing at all if there are none.
fn metadata_map(out: &mut String, key: &str, entries: &Map<'_>) {
    if entries.is_empty() {
        return;
    }
    out.push_str(key);
    pad(out, 2 * STEP);
    map(out, entries, 2 * STEP);
}

/// Writes the entries of a map that has some. The cursor already stands where the first key goes.
fn map(out: &mut String, entries: &Map<'_>, indent: usize) {
    for (position, (name, value)) in entries.iter().enumerate() {
        if position > 0 {
            pad(out, indent);
        }
        if push_key(out, name) {
            out.push('\n');
            pad(out, indent);
        }
        out.push(':');
        below_key(out, value, indent);
    }
}

/// Writes the items of a list that has some. The cursor already stands where the first dash goes.
fn list(out: &mut String, items: &[Tree<'_>], indent: usize) {
    for (position, item) in items.iter().enumerate() {
        if position > 0 {
            pad(out, indent);
        }
        out.push_str("- ");
        match item {
            Tree::Map(entries) if !entries.is_empty() => map(out, entries, indent + STEP),
            Tree::List(items) if !items.is_empty() => list(out, items, indent + STEP),
            _ => leaf(out, item, indent),
        }
    }
}

/// Writes what follows the colon of a key that stands at `indent`.
fn below_key(out: &mut String, value: &Tree<'_>, indent: usize) {
    match value {
        Tree::Map(entries) if !entries.is_empty() => {
            out.push('\n');
            pad(out, indent + STEP);
            map(out, entries, indent + STEP);
        }
        Tree::List(items) if !items.is_empty() => {
            out.push('\n');
            pad(out, indent + STEP);
            list(out, items, indent + STEP);
        }
        _ => {
            out.push(' ');
            leaf(out, value, indent);
        }
    }
}

/// Writes a value without children and ends its line. `indent` is where the key or the dash stands.
fn leaf(out: &mut String, value: &Tree<'_>, indent: usize) {
    match value {
        Tree::Text(text) if is_literal_safe(text) => push_literal(out, text, indent + STEP),
        _ => {
            push_flow(out, value);
            out.push('\n');
        }
    }
}

/// Writes a value on the line where the cursor stands.
fn push_flow(out: &mut String, tree: &Tree<'_>) {
    match tree {
        Tree::Map(entries) => push_flow_map(out, entries),
        Tree::List(items) => push_flow_list(out, items),
        Tree::Text(text) => push_scalar(out, text),
        Tree::Integer(number) => push_integer(out, *number),
        Tree::Boolean(value) => out.push_str(if *value { "true" } else { "false" }),
    }
}

/// Writes a map in braces.
fn push_flow_map(out: &mut String, entries: &Map<'_>) {
    out.push('{');
    for (position, (name, value)) in entries.iter().enumerate() {
        if position > 0 {
            out.push_str(", ");
        }
        if push_key(out, name) {
            out.push(' ');
        }
        out.push_str(": ");
        push_flow(out, value);
    }
    out.push('}');
}

/// Writes a list in brackets.
fn push_flow_list(out: &mut String, items: &[Tree<'_>]) {
    out.push('[');
    for (position, item) in items.iter().enumerate() {
        if position > 0 {
            out.push_str(", ");
        }
        push_flow(out, item);
    }
    out.push(']');
}

/// Writes a key without its colon, and tells whether it took the `? ` form, which keys of any length may have.
///
/// Escapes make a key longer, so its length is known only after it was written. No key in Kubernetes comes near the
/// limit; moving one afterwards costs less than measuring all.
fn push_key(out: &mut String, key: &str) -> bool {
    let start = out.len();
    push_scalar(out, key);
    let is_long = out.len() - start > KEY_LIMIT;
    if is_long {
        out.insert_str(start, "? ");
    }
    is_long
}

/// Writes text on the line where the cursor stands, as [`scalar`] gives it.
pub fn push_scalar(out: &mut String, text: &str) {
    if is_plain_safe(text) {
        out.push_str(text);
    } else {
        push_quoted(out, text);
    }
}

/// Writes text in double quotes. Readers never fold it, because it holds no line break.
fn push_quoted(out: &mut String, text: &str) {
    out.push('"');
    let mut copied = 0;
    for (at, character) in text.char_indices() {
        if matches!(character, '"' | '\\') || is_hidden(character) {
            out.push_str(&text[copied..at]);
            push_escape(out, character);
            copied = at + character.len_utf8();
        }
    }
    out.push_str(&text[copied..]);
    out.push('"');
}

/// Writes the escape of one character.
fn push_escape(out: &mut String, character: char) {
    let code = u32::from(character);
    match character {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\0'..='\u{FF}' => push_hex(out, "\\x", code, 2),
        '\u{100}'..='\u{FFFF}' => push_hex(out, "\\u", code, 4),
        _ => push_hex(out, "\\U", code, 8),
    }
}

/// Writes a number in hexadecimal digits after a prefix.
fn push_hex(out: &mut String, prefix: &str, number: u32, width: u32) {
    out.push_str(prefix);
    for position in (0..width).rev() {
        let digit = (number >> (4 * position)) & 0xF;
        out.extend(char::from_digit(digit, 16).map(|digit| digit.to_ascii_uppercase()));
    }
}

/// Writes a whole number.
fn push_integer(out: &mut String, number: i64) {
    if number < 0 {
        out.push('-');
    }
    push_digits(out, number.unsigned_abs());
}

/// Writes a number in decimal digits, the leading ones first.
fn push_digits(out: &mut String, number: u64) {
    if number >= 10 {
        push_digits(out, number / 10);
    }
    out.push(char::from(b'0' + (number % 10) as u8));
}

/// Writes text of several lines as a literal block. Empty lines get no indentation, so no line ends in a blank.
fn push_literal(out: &mut String, text: &str, indent: usize) {
    let (indicator, body) = match text.strip_suffix('\n') {
        Some(body) => ("|\n", body),
        None => ("|-\n", text),
    };
    out.push_str(indicator);
    for line in body.split('\n') {
        if !line.is_empty() {
            pad(out, indent);
            out.push_str(line);
        }
        out.push('\n');
    }
}

/// Pushes spaces.
fn pad(out: &mut String, mut width: usize) {
    const SPACES: &str = "                                ";
    while width > SPACES.len() {
        out.push_str(SPACES);
        width -= SPACES.len();
    }
    out.push_str(&SPACES[..width]);
}

/// Whether text may be a literal block.
///
/// The first line must not start with a blank, since readers take the indentation from it; no line may end in a blank,
/// since editors and readers differ on those; and the text ends in one line break at most, since more need `|+`.
fn is_literal_safe(text: &str) -> bool {
    let body = text.strip_suffix('\n').unwrap_or(text);
    body.contains('\n')
        && !body.starts_with([' ', '\t', '\n'])
        && !body.ends_with('\n')
        && body.split('\n').all(|line| !line.ends_with([' ', '\t']))
        && !body.chars().any(|character| !matches!(character, '\n' | '\t') && is_hidden(character))
}

/// Whether a character must be escaped: it controls, cannot be seen, or has no place in a YAML stream.
fn is_hidden(character: char) -> bool {
    match character {
        ' '..='~' => false,
        '\0'..='\u{A0}' | '\u{AD}' | '\u{61C}' | '\u{180E}' => true,
        // Zero width, direction, line and paragraph separators, invisible operators.
        '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' => true,
        // Private use, non-characters, byte order mark, annotations.
        '\u{E000}'..='\u{F8FF}' | '\u{FDD0}'..='\u{FDEF}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' => true,
        // Tags, variation selectors beyond the common ones, private planes.
        '\u{E0000}'..='\u{E0FFF}' | '\u{F0000}'.. => true,
        _ => u32::from(character) & 0xFFFE == 0xFFFE,
    }
}

/// Whether all bytes may stand in plain text, with single spaces inside, and no colon that could end a key.
fn has_plain_bytes(bytes: &[u8]) -> bool {
    // Most text is one word, and the test for that has no branches.
    bytes.iter().fold(true, |all, &byte| all & WORD[usize::from(byte)]) || has_plain_words(bytes)
}

/// The same, for text that has spaces or colons.
fn has_plain_words(bytes: &[u8]) -> bool {
    let mut previous = b' ';
    for &byte in bytes {
        let fits = WORD[usize::from(byte)] || byte == b':' || (byte == b' ' && !matches!(previous, b' ' | b':'));
        if !fits {
            return false;
        }
        previous = byte;
    }
    !matches!(previous, b' ' | b':')
}

/// The bytes that may stand anywhere in plain text: `[A-Za-z0-9._/@-]`.
const WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte: u8 = 0;
    while byte < 128 {
        table[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'/' | b'@' | b'-');
        byte += 1;
    }
    table
};

/// Whether some reader takes the text for a boolean, a null or a number.
fn is_reserved_word(text: &str) -> bool {
    let words: &[&str] = match text.len() {
        1 => &["y", "n"],
        2 => &["no", "on"],
        3 => &["yes", "off", "nan", "inf"],
        4 => &["true", "null", "none"],
        5 => &["false"],
        _ => &[],
    };
    words.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Whether the text looks like the exponent of a number without the number: `E1`, `e-5`.
fn is_exponent(bytes: &[u8]) -> bool {
    match bytes {
        [b'e' | b'E', b'-', rest @ ..] | [b'e' | b'E', rest @ ..] => {
            !rest.is_empty() && rest.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'_'))
        }
        _ => false,
    }
}

/// Whether the text is a whole number with the suffix of a Kubernetes quantity.
fn is_quantity(bytes: &[u8]) -> bool {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    digits > 0 && QUANTITY_SUFFIXES.contains(&&bytes[digits..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(value: impl Into<Tree<'static>>) -> String {
        let mut out = String::new();
        tree(&mut out, &value.into(), 0);
        out
    }

    fn quoted(text: &str) -> String {
        let mut out = String::new();
        push_quoted(&mut out, text);
        out
    }

    #[test]
    fn a_manifest_has_its_keys_in_order() {
        let mut object = Manifest::namespaced("v1", "ConfigMap", "team-a", "settings");
        object.body.insert("data", Map::new().with("key", "value"));
        object.body.insert("immutable", true);
        object.labels.insert("on", "no");
        object.annotations.insert("example.com/note", "a: b");
        let mut out = String::new();
        manifest(&mut out, &object);
        let expected = r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: team-a
  labels:
    "on": "no"
  annotations:
    example.com/note: "a: b"
data:
  key: value
immutable: true
"#;
        assert_eq!(out, expected);
    }

    #[test]
    fn empty_parts_of_a_manifest_are_left_out() {
        let mut out = String::new();
        manifest(&mut out, &Manifest::cluster("v1", "Namespace", "team-a"));
        assert_eq!(out, "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: team-a\n");
    }

    #[test]
    fn names_that_readers_could_mistake_are_quoted() {
        let mut out = String::new();
        manifest(&mut out, &Manifest::namespaced("v1", "Pod", "1e3", "no"));
        assert_eq!(out, "apiVersion: v1\nkind: Pod\nmetadata:\n  name: \"no\"\n  namespace: \"1e3\"\n");
    }

    #[test]
    fn maps_and_lists_are_indented_by_two() {
        let inner = Map::new().with("a", Tree::from(vec!["x", "z"])).with("b", Map::new().with("c", 1));
        let items = vec![Tree::from(inner), Tree::from(vec![Tree::from(vec![1, -2]), Tree::from("z")])];
        let expected = "\
list:
  - a:
      - x
      - z
    b:
      c: 1
  - - - 1
      - -2
    - z
no items: []
nothing: {}
";
        let value = Map::new().with("list", items).with("no items", Tree::List(vec![])).with("nothing", Map::new());
        assert_eq!(block(value), expected);
    }

    #[test]
    fn a_tree_may_be_indented() {
        let mut out = String::new();
        tree(&mut out, &Map::new().with("a", 1).with("b", Tree::from(vec!["c"])).into(), 40);
        let pad = " ".repeat(40);
        assert_eq!(out, format!("{pad}a: 1\n{pad}b:\n{pad}  - c\n"));
    }

    #[test]
    fn flow_is_one_line() {
        let value = Map::new().with("a", Tree::from(vec![Tree::from("b: c"), Tree::from(1), Tree::from(true)]));
        assert_eq!(
            flow(&value.with("b", "x\ny").with("c", Map::new()).into()),
            r#"{a: ["b: c", 1, true], b: "x\ny", c: {}}"#
        );
        assert_eq!(flow(&Tree::List(vec![])), "[]");
    }

    #[test]
    fn integers_are_written_to_their_limits() {
        for number in [0, 7, -1, 10, i64::MAX, i64::MIN] {
            assert_eq!(flow(&Tree::from(number)), number.to_string());
        }
    }

    #[test]
    fn ordinary_text_is_plain() {
        for text in [
            "a",
            "team-a",
            "v1",
            "rbac.authorization.k8s.io/v1",
            "ana@example.com",
            "system:serviceaccount:a:b",
            "https://example.com/x",
            "Generated from a file",
            "500m",
            "256Gi",
            "0Ki",
            "e",
            "Enterprise",
            "e1a",
            "E-mail",
            "nope",
            "yes-men",
            "a :b",
        ] {
            assert_eq!(scalar(text), text);
        }
    }

    #[test]
    fn text_that_some_reader_mistakes_is_quoted() {
        for text in [
            "",
            "y",
            "N",
            "no",
            "On",
            "OFF",
            "yes",
            "true",
            "False",
            "null",
            "Null",
            "nan",
            "Inf",
            "None",
            "~",
            "=",
            "<<",
            "20",
            "0123",
            "1e3",
            "0o7",
            "0x1F",
            "0b1",
            "1_000",
            "1.5",
            "1.5Gi",
            "+1",
            "-1",
            "2027-01-31",
            "12:30:45",
            "1:1",
            ".inf",
            "-.INF",
            ".nan",
            "E1",
            "e_1",
            "E-5",
            "e1_0",
            "12",
            "12G",
            "12k",
            "12e",
            "12mm",
            "-",
            "- a",
            "---",
            "...",
            "?",
            "? a",
            ":",
            "*a",
            "&a",
            "!a",
            "@a",
            "%a",
            "`a",
            "|",
            ">",
            "{a",
            "[a",
            "a]",
            "a, b",
            "'a'",
            "#a",
            "a: b",
            "a:",
            "a #b",
            "a ",
            " a",
            "a  b",
            "$a",
            "a=b",
            "é",
            "a😀",
        ] {
            assert_eq!(scalar(text), format!("\"{text}\""));
        }
    }

    #[test]
    fn plain_text_has_a_limit() {
        assert!(is_plain_safe(&"a".repeat(256)));
        assert!(!is_plain_safe(&"a".repeat(257)));
        assert!(!is_plain_safe(&format!("{}m", "1".repeat(256))));
    }

    #[test]
    fn what_cannot_be_seen_is_escaped() {
        for (text, expected) in [
            ("\"\\", r#""\"\\""#),
            ("a\nb\r\tc", r#""a\nb\r\tc""#),
            ("\0\x1B\x7F\u{85}\u{A0}", r#""\x00\x1B\x7F\x85\xA0""#),
            ("\u{2028}\u{2029}\u{FEFF}\u{202E}\u{200B}", r#""\u2028\u2029\uFEFF\u202E\u200B""#),
            ("\u{E000}\u{FFFE}\u{FFFF}\u{1FFFE}\u{F0000}", r#""\uE000\uFFFE\uFFFF\U0001FFFE\U000F0000""#),
            ("é中😀", "\"é中😀\""),
        ] {
            assert_eq!(quoted(text), expected);
        }
    }

    #[test]
    fn lines_become_a_literal_block() {
        assert_eq!(block(Map::new().with("a", "x\n\n  y: z\n")), "a: |\n  x\n\n    y: z\n");
        assert_eq!(block(Map::new().with("a", "# x\n---")), "a: |-\n  # x\n  ---\n");
        assert_eq!(block(vec![vec!["x\ny"]]), "- - |-\n    x\n    y\n");
        assert_eq!(block("x\n\ty"), "|-\n  x\n  \ty\n");
    }

    #[test]
    fn lines_that_readers_differ_on_are_quoted() {
        for text in [
            "a\n",
            "\n",
            "\na",
            " a\nb",
            "\ta\nb",
            "a \nb",
            "a\t\nb",
            "a\n \nb",
            "a\nb ",
            "a\nb\n\n",
            "a\r\nb",
            "a\rb\nc",
            "a\u{85}b\nc",
            "a\u{2028}b\nc",
            "\u{FEFF}a\nb",
            "a\n\u{0}",
        ] {
            assert_eq!(block(text), format!("{}\n", quoted(text)));
        }
    }

    #[test]
    fn a_long_key_has_the_form_for_long_keys() {
        let key = "\u{1}".repeat(251);
        let written = quoted(&key);
        assert!(written.len() > KEY_LIMIT);
        let map = Map::new().with(key, Map::new().with("a", 1));
        assert_eq!(block(map.clone()), format!("? {written}\n:\n  a: 1\n"));
        assert_eq!(block(vec![map.clone()]), format!("- ? {written}\n  :\n    a: 1\n"));
        assert_eq!(flow(&map.into()), format!("{{? {written} : {{a: 1}}}}"));
    }
}
