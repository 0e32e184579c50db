//! Words for text that is not the YAML that an inventory is written in.

use crate::diag::{Code, Diagnostic};
use crate::source::Span;

use super::shown;

/// A `%YAML` or `%TAG` line.
pub fn directive(span: Span) -> Diagnostic {
    Diagnostic::at(Code::YamlTag, span, "this line is a YAML directive, which an inventory does not have")
        .with_help("remove the line")
}

/// `&name` or `*name`.
pub fn alias(span: Span, text: &str) -> Diagnostic {
    let what = if text.starts_with('&') { "an anchor" } else { "an alias" };
    Diagnostic::at(Code::YamlAlias, span, format!("`{}` is {what}, which an inventory does not have", shown(text)))
        .with_help("write the value out; quote the text if it is meant to start with `&` or `*`")
}

/// `!tag`.
pub fn tag(span: Span, text: &str) -> Diagnostic {
    Diagnostic::at(Code::YamlTag, span, format!("`{}` is a tag, which an inventory does not have", shown(text)))
        .with_help("remove the tag; quote the text if it is meant to start with `!`")
}

/// `? [a, b]` and the like.
pub fn key_not_text(span: Span) -> Diagnostic {
    Diagnostic::at(Code::WrongType, span, "a key is a list or a map")
        .with_help("write a text as the key; quote it if it is meant to hold brackets")
}

/// The same key again.
pub fn duplicate_key(span: Span, key: &str, first: Span) -> Diagnostic {
    Diagnostic::at(Code::DuplicateKey, span, format!("the key `{}` stands twice", shown(key)))
        .with_related(first, "first here")
        .with_help("remove one of the two, or merge them")
}

/// A tab where only blanks may indent.
pub fn tab(span: Span) -> Diagnostic {
    Diagnostic::at(Code::TabIndentation, span, "a line is indented with a tab").with_help("indent with blanks")
}

/// A quote without its end.
pub fn unclosed_quote(span: Span) -> Diagnostic {
    Diagnostic::at(Code::UnclosedQuote, span, "a quoted text has no end")
        .with_help("add the closing quote; if the text goes on, indent its next line deeper than the key")
}

/// A bracket without its end.
pub fn unclosed_bracket(span: Span) -> Diagnostic {
    Diagnostic::at(Code::YamlSyntax, span, "this is not well-formed YAML: a bracket has no end")
        .with_help("add the closing bracket; if the list or map goes on, indent its next line deeper than the key")
}

/// Nested beyond the limit.
pub fn too_deep(span: Span, limit: usize) -> Diagnostic {
    Diagnostic::at(Code::TooDeep, span, format!("lists and maps are nested more than {limit} deep"))
        .with_help("nothing in an inventory is nested this deep; look for a stray bracket or indentation")
}

/// Anything else that the YAML reader refuses, in its words.
pub fn syntax(span: Span, reason: &str) -> Diagnostic {
    let reason = reason.trim_end_matches('.');
    let help = if reason.contains("quoted scalar") {
        "close the quote that was opened above, or indent every line of the text"
    } else if reason.contains("mapping value") {
        "quote the text if it is meant to contain `: `, and check the indentation"
    } else if reason.contains("block sequence") || reason.contains("block mapping") || reason.contains("indent") {
        "check the indentation of this line against the lines above it"
    } else if ["flow", "bracket", "brace", "']'", "'}'"].iter().any(|word| reason.contains(word)) {
        "check that every bracket is closed, and that entries are separated by commas"
    } else {
        "check this line and the one above it"
    };
    Diagnostic::at(Code::YamlSyntax, span, format!("this is not well-formed YAML: {reason}")).with_help(help)
}
