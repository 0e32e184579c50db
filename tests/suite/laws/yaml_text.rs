//! YAML as people write it: any of its styles, with comments and blank lines.
//!
//! Shares no code with the compiler's writer, and is laxer: a field that holds text may hold it without quotes.

use std::fmt::Write as _;

use super::tape::Tape;

/// What is written.
#[derive(Clone)]
pub enum Node {
    /// A number or a boolean: written as it is.
    Plain(String),
    /// Text in a field that holds text.
    Text(String),
    /// Text where a reader would guess a type, so that it needs quotes.
    Quoted(String),
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

/// A document with a map at its top.
pub fn document(node: &Node, style: &mut Tape) -> String {
    let mut text = String::new();
    block(&mut text, node, 0, style);
    text
}

/// Writes a collection that is not empty as lines, each indented.
fn block(out: &mut String, node: &Node, indent: usize, style: &mut Tape) {
    let pad = " ".repeat(indent);
    match node {
        Node::Map(entries) => {
            let mut order: Vec<&(String, Node)> = entries.iter().collect();
            style.shuffle(&mut order);
            for (at, (key, value)) in order.into_iter().enumerate() {
                noise(out, &pad, at, style);
                let _ = write!(out, "{pad}{}:", scalar(key, true, style));
                value_of_key(out, value, indent, style);
            }
        }
        Node::List(items) => {
            for (at, item) in items.iter().enumerate() {
                noise(out, &pad, at, style);
                list_item(out, item, indent, style);
            }
        }
        Node::Plain(_) | Node::Text(_) | Node::Quoted(_) => {}
    }
}

fn noise(out: &mut String, pad: &str, at: usize, style: &mut Tape) {
    if at > 0 {
        match style.below(12) {
            9 => out.push('\n'),
            10 => {
                let _ = writeln!(out, "{pad}# a comment: with {{odd}} - text");
            }
            11 => out.push_str("# far left\n   \n"),
            _ => {}
        }
    }
}

fn value_of_key(out: &mut String, value: &Node, indent: usize, style: &mut Tape) {
    if let Some(lines) = literal(value, indent, style) {
        out.push_str(&lines);
    } else if is_inline(value, style) {
        let _ = writeln!(out, " {}{}", flow(value, style), style.pick(&["", "", "", "   # why"]));
    } else {
        out.push_str(style.pick(&["\n", "\n", " # below\n"]));
        let same_column = matches!(value, Node::List(_)) && style.rarely(3);
        block(out, value, if same_column { indent } else { indent + 2 + style.below(2) }, style);
    }
}

fn list_item(out: &mut String, item: &Node, indent: usize, style: &mut Tape) {
    let pad = " ".repeat(indent);
    if is_inline(item, style) {
        let _ = writeln!(out, "{pad}- {}{}", flow(item, style), style.pick(&["", "", "", " # one"]));
        return;
    }
    let mut inner = String::new();
    block(&mut inner, item, indent + 2, style);
    let _ = write!(out, "{pad}- {}", &inner[indent + 2..]);
}

/// Whether a value stands on one line: what has no lines of its own, and what the style likes.
fn is_inline(node: &Node, style: &mut Tape) -> bool {
    match node {
        Node::Map(entries) => entries.is_empty() || style.rarely(3),
        Node::List(items) => items.is_empty() || style.rarely(3),
        Node::Plain(_) | Node::Text(_) | Node::Quoted(_) => true,
    }
}

fn flow(node: &Node, style: &mut Tape) -> String {
    match node {
        Node::Plain(text) => text.clone(),
        Node::Text(text) => scalar(text, true, style),
        Node::Quoted(text) => scalar(text, false, style),
        Node::List(items) => {
            let items: Vec<String> = items.iter().map(|item| flow(item, style)).collect();
            format!("[{}{}]", items.join(", "), if items.is_empty() { "" } else { style.pick(&["", "", ","]) })
        }
        Node::Map(entries) => {
            let mut order: Vec<&(String, Node)> = entries.iter().collect();
            style.shuffle(&mut order);
            let entry = |(key, value): &(String, Node), style: &mut Tape| {
                format!("{}: {}", scalar(key, true, style), flow(value, style))
            };
            let entries: Vec<String> = order.into_iter().map(|it| entry(it, style)).collect();
            format!("{{{}}}", entries.join(style.pick(&[", ", " , "])))
        }
    }
}

/// A text on one line, with or without quotes.
fn scalar(text: &str, may_be_plain: bool, style: &mut Tape) -> String {
    let way = style.below(3);
    if may_be_plain && way == 0 && is_plain(text) {
        return text.to_owned();
    }
    let quotes_suffice = text.chars().all(|c| !c.is_control() && !is_invisible(c));
    if way == 1 && quotes_suffice { format!("'{}'", text.replace('\'', "''")) } else { double_quoted(text) }
}

/// Whether every reader takes the text as one scalar; of which type is another matter.
fn is_plain(text: &str) -> bool {
    text.chars().next().is_some_and(char::is_alphanumeric)
        && text.chars().all(|c| c.is_alphanumeric() || "@._/+-".contains(c))
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{85}' | '\u{a0}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{feff}' | '\u{fffd}')
}

fn double_quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() || is_invisible(c) => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A text of several lines as a literal block, if it can be one and the style likes it.
fn literal(node: &Node, indent: usize, style: &mut Tape) -> Option<String> {
    let (Node::Text(text) | Node::Quoted(text)) = node else { return None };
    let lines = text.strip_suffix('\n').unwrap_or(text);
    let simple = |line: &str| {
        !line.is_empty() && !line.starts_with([' ', '\t']) && !line.chars().any(|c| c.is_control() || is_invisible(c))
    };
    if !lines.contains('\n') || !lines.split('\n').all(simple) || !style.rarely(2) {
        return None;
    }
    let mut out = String::from(if text.ends_with('\n') { " |\n" } else { " |-\n" });
    for line in lines.split('\n') {
        let _ = writeln!(out, "{}{line}", " ".repeat(indent + 2));
    }
    Some(out)
}
