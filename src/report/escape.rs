//! Text from outside, made harmless for the place that it is shown in.
//!
//! Names, file names and lines of an inventory are written by people whom the reader may not trust. Each function here
//! knows one sink and what that sink would take for an instruction. None of them knows what the text means, and none
//! of them leaves anything out: what cannot be shown as it is comes out as a visible escape such as `\u{202e}`.

use std::borrow::Cow;

/// Whether a reader would not see this character, or would see its neighbours in another order.
///
/// The list goes beyond controls: soft hyphens, fillers and tags are drawn as nothing and make two names look the same.
/// Noncharacters are in it because `text` marks places with one, which must not occur in anything from outside.
pub fn is_hidden(c: char) -> bool {
    let noncharacter = matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe;
    let invisible = matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}');
    c.is_control() || invisible || noncharacter
}

/// Appends one character of outside text to a line of a terminal.
///
/// Logs of build services are terminals too, and some read commands such as `##vso[…]` from the middle of a line.
pub fn push_terminal(out: &mut String, c: char) {
    if is_hidden(c) || (c == '[' && ends_in_command(out)) {
        out.extend(c.escape_unicode());
    } else {
        out.push(c);
    }
}

/// Whether `line` ends in `##` and letters: what the log commands of GitHub, Azure and TeamCity have before the bracket.
fn ends_in_command(line: &str) -> bool {
    line.trim_end_matches(|c: char| c.is_ascii_alphabetic()).ends_with("##")
}

/// One line for a terminal. A newline or a tab becomes visible like any other control.
pub fn terminal(text: &str) -> Cow<'_, str> {
    escape_terminal(text, false)
}

/// Lines for a terminal: newlines stay, a tab becomes four blanks.
pub fn terminal_lines(text: &str) -> Cow<'_, str> {
    escape_terminal(text, true)
}

fn escape_terminal(text: &str, lines: bool) -> Cow<'_, str> {
    if !text.contains("##") && !text.contains("::") && !text.contains(|c| is_hidden(c) && !(lines && c == '\n')) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    let mut blank_so_far = true;
    while let Some(c) = rest.chars().next() {
        match c {
            '\n' if lines => out.push('\n'),
            '\r' if lines && rest.starts_with("\r\n") => {}
            '\t' if lines => out.push_str("    "),
            // A log takes a line that begins with `::` for a command, however far it is indented.
            ':' if blank_so_far && rest.starts_with("::") => out.extend(c.escape_unicode()),
            _ => push_terminal(&mut out, c),
        }
        blank_so_far = (lines && c == '\n') || (blank_so_far && c.is_whitespace());
        rest = &rest[c.len_utf8()..];
    }
    Cow::Owned(out)
}

/// The message of a workflow command of GitHub: what stands after the second `::`.
pub fn workflow_message(text: &str) -> Cow<'_, str> {
    replace(text, |c| match c {
        '%' => Some("%25".into()),
        '\r' => Some("%0D".into()),
        '\n' => Some("%0A".into()),
        _ => visible(c),
    })
}

/// A property of a workflow command of GitHub, such as the file.
pub fn workflow_property(text: &str) -> Cow<'_, str> {
    replace(text, |c| match c {
        '%' => Some("%25".into()),
        '\r' => Some("%0D".into()),
        '\n' => Some("%0A".into()),
        ':' => Some("%3A".into()),
        ',' => Some("%2C".into()),
        _ => visible(c),
    })
}

/// A path as a URI, absolute or relative as the path is.
///
/// Everything but the characters that never need it is encoded: a colon too, which would make a scheme of a folder.
pub fn uri(path: &str) -> String {
    let scheme = if path.starts_with('/') { "file://" } else { "" };
    let encoded = path.bytes().map(|byte| match byte {
        b'-' | b'.' | b'_' | b'~' | b'/' => char::from(byte).to_string(),
        _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    });
    std::iter::once(scheme.to_owned()).chain(encoded).collect()
}

/// The text of a message in SARIF, where `[words](address)` would become a link. Newlines stay.
pub fn sarif_message(text: &str) -> String {
    replace(text, |c| if c == '\n' { None } else { visible(c) }).replace("](", "] (")
}

/// Finished JSON, with the invisible characters written as `\u202e`. It stays the same JSON.
///
/// The encoder escapes only what it must. Machines read this, but people look at it in terminals and reviews.
pub fn json(encoded: &str) -> Cow<'_, str> {
    replace(encoded, |c| match c {
        // Below a blank there are only the line breaks of the layout: in texts, the encoder has escaped them.
        '\0'..' ' => None,
        _ if is_hidden(c) => Some(c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect()),
        _ => None,
    })
}

/// One field of CSV (RFC 4180) that no spreadsheet takes for a formula.
///
/// A field that begins like one gets an apostrophe before it, which spreadsheets read as "this is text".
pub fn csv(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let safe = replace(text, visible);
    let quoted = formula || safe.contains(['"', ',', '\n', '\r', '\'']) || safe.starts_with(' ') || safe.ends_with(' ');
    let mark = if formula { "'" } else { "" };
    if quoted { format!("\"{mark}{}\"", safe.replace('"', "\"\"")) } else { safe.into_owned() }
}

/// Text for HTML, between tags or in a quoted attribute. Newlines stay.
pub fn html(text: &str) -> Cow<'_, str> {
    replace(text, |c| match c {
        '&' => Some("&amp;".into()),
        '<' => Some("&lt;".into()),
        '>' => Some("&gt;".into()),
        '"' | '\'' | '`' => Some(reference(c)),
        '\n' => None,
        _ => visible(c),
    })
}

/// Text in a line or table cell of Markdown, as GitHub and GitLab read it. A newline becomes a blank.
///
/// A backslash does not keep the forges from linking `@name`, `#12` or an address, because they look at the text that
/// the Markdown came to. A space of no width does. Names that a reader may want to copy are better shown with
/// [`markdown_code`], which adds nothing to them.
pub fn markdown(text: &str) -> String {
    let text = replace(text, |c| if c == '\n' { Some(" ".into()) } else { visible(c) });
    let mut out = String::with_capacity(text.len() + 16);
    for (at, c) in text.char_indices() {
        match c {
            ' ' if at == 0 => out.push_str("&#32;"),
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '|' | '`' | '*' | '_' | '[' | ']' | '(' | ')' | '~' | '$' | '#' | '!' => out.extend(['\\', c]),
            '-' | '+' | '=' if at == 0 => out.extend(['\\', c]),
            // `1.` at the start would begin a list.
            '.' if at > 0 && text[..at].bytes().all(|byte| byte.is_ascii_digit()) => out.push_str("\\."),
            _ => out.push(c),
        }
        if begins_link(&text[..at], c, &text[at + c.len_utf8()..]) {
            out.push_str("&#8203;");
        }
    }
    out
}

/// Whether a forge would see the beginning of a link here: to a person, to an issue or to an address.
fn begins_link(before: &str, c: char, after: &str) -> bool {
    match c {
        '@' => true,
        '#' | '!' => after.starts_with(|next: char| next.is_ascii_digit()),
        ':' => after.starts_with("//"),
        '.' => ends_in_www(before),
        _ => false,
    }
}

fn ends_in_www(text: &str) -> bool {
    text.as_bytes().last_chunk::<3>().is_some_and(|last| last.eq_ignore_ascii_case(b"www"))
}

/// A name as code in Markdown. What a reader copies from it is exactly the name.
///
/// An element with character references is used because no run of backticks is safe everywhere: in a table a `|` needs
/// a backslash that elsewhere would be shown. References form no syntax, and forges link nothing inside of code.
pub fn markdown_code(text: &str) -> String {
    let text = replace(text, |c| if c == '\n' { Some(" ".into()) } else { visible(c) });
    let code = text.char_indices().map(|(at, c)| match c {
        '-' | ',' => c.to_string(),
        '.' if !ends_in_www(&text[..at]) => c.to_string(),
        _ if c.is_ascii_punctuation() => reference(c),
        _ => c.to_string(),
    });
    format!("<code>{}</code>", code.collect::<String>())
}

/// The escape of a character that would not be seen, such as `\u{202e}`.
fn visible(c: char) -> Option<String> {
    is_hidden(c).then(|| c.escape_unicode().to_string())
}

/// A character as a numeric reference of HTML.
fn reference(c: char) -> String {
    format!("&#{};", u32::from(c))
}

/// The text with each character replaced for which `by` gives something. Borrowed if there is none.
fn replace(text: &str, by: impl Fn(char) -> Option<String>) -> Cow<'_, str> {
    let mut out = String::new();
    let mut copied = 0;
    for (at, c) in text.char_indices() {
        if let Some(replacement) = by(c) {
            out.push_str(&text[copied..at]);
            out.push_str(&replacement);
            copied = at + c.len_utf8();
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[copied..]);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harmless_text_is_not_copied() {
        let text = "Zoë's team: bob@example.org, 日本 [x] #a";
        assert!(matches!(terminal(text), Cow::Borrowed(_)));
        assert!(matches!(workflow_message(text), Cow::Borrowed(_)));
        assert!(matches!(json(text), Cow::Borrowed(_)));
        assert_eq!((terminal(text), terminal_lines(text)), (text.into(), text.into()));
    }

    #[test]
    fn nothing_invisible_reaches_a_sink() {
        let all: String = (0..=0x10_ffff).filter_map(char::from_u32).filter(|&c| is_hidden(c)).collect();
        let clean = |text: &str, but: &[char]| !text.contains(|c| is_hidden(c) && !but.contains(&c));
        assert!(clean(&terminal(&all), &[]) && clean(&terminal_lines(&all), &['\n']));
        assert!(clean(&workflow_message(&all), &[]) && clean(&workflow_property(&all), &[]));
        assert!(clean(&html(&all), &['\n']) && clean(&markdown(&all), &[]) && clean(&markdown_code(&all), &[]));
        let encoded = serde_json::to_string(&all).expect("a string is JSON");
        assert!(clean(&json(&encoded), &[]));
        assert_eq!(serde_json::from_str::<String>(&json(&encoded)).expect("still JSON"), all);
    }

    #[test]
    fn terminals_get_neither_sequences_nor_log_commands() {
        assert_eq!(terminal("a\u{1b}[31mb\u{202e}c\r\n\td"), r"a\u{1b}[31mb\u{202e}c\u{d}\u{a}\u{9}d");
        assert_eq!(terminal_lines("a\r\n\tb\u{9b}\n"), "a\n    b\\u{9b}\n");
        assert_eq!(terminal("x ##[add-path]y ##vso[z] #[ok]"), r"x ##\u{5b}add-path]y ##vso\u{5b}z] #[ok]");
        assert_eq!(terminal_lines("x::y\n  ::set-output name=x::y"), "x::y\n  \\u{3a}:set-output name=x::y");
        assert_eq!(terminal("::error::x"), r"\u{3a}:error::x");
    }

    #[test]
    fn workflow_commands_cannot_be_left() {
        assert_eq!(workflow_message("100%\r\n::set-output name=x::y"), "100%25%0D%0A::set-output name=x::y");
        assert_eq!(workflow_property("a,line=1::b%\n\u{1b}"), r"a%2Cline=1%3A%3Ab%25%0A\u{1b}");
    }

    #[test]
    fn uris_are_encoded() {
        assert_eq!(uri("input/a b/ü#%.yaml"), "input/a%20b/%C3%BC%23%25.yaml");
        assert_eq!(uri("c:/x?y"), "c%3A/x%3Fy");
        assert_eq!(uri("/srv/a"), "file:///srv/a");
    }

    #[test]
    fn html_cannot_be_left() {
        assert_eq!(html("<script>'x'</script>"), "&lt;script&gt;&#39;x&#39;&lt;/script&gt;");
        assert_eq!(html("a\" onload=`x` & y\n\0"), "a&#34; onload=&#96;x&#96; &amp; y\n\\u{0}");
    }

    #[test]
    fn markdown_stays_one_plain_line() {
        assert_eq!(markdown("<b>*x*_y_`z`|~\\"), r"&lt;b&gt;\*x\*\_y\_\`z\`\|\~\\");
        assert_eq!(markdown("[x](javascript:y)\n# !t"), r"\[x\]\(javascript:y\) \# \!t");
        assert_eq!(markdown("- a"), r"\- a");
        assert_eq!(markdown("12. a.b"), r"12\. a.b");
        assert_eq!(markdown("\n    x"), "&#32;    x");
        assert_eq!(markdown("a\u{202e}b"), r"a\\u{202e}b");
    }

    #[test]
    fn markdown_links_nothing() {
        assert_eq!(markdown("@everyone a@b.c"), "@&#8203;everyone a@&#8203;b.c");
        assert_eq!(markdown("o/r#123 !4 #x"), r"o/r\#&#8203;123 \!&#8203;4 \#x");
        assert_eq!(markdown("https://evil WWW.evil.com ww.x"), "https:&#8203;//evil WWW.&#8203;evil.com ww.x");
    }

    #[test]
    fn markdown_code_keeps_the_name() {
        assert_eq!(markdown_code("a-b.c"), "<code>a-b.c</code>");
        assert_eq!(markdown_code("`|<@x>\n"), "<code>&#96;&#124;&#60;&#64;x&#62; </code>");
        assert_eq!(markdown_code("www.x"), "<code>www&#46;x</code>");
    }

    #[test]
    fn sarif_messages_hold_no_links() {
        assert_eq!(sarif_message("[x](https://evil)\n[y]\u{202e}"), "[x] (https://evil)\n[y]\\u{202e}");
    }
}
