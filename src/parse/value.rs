//! Single values: from a node to a checked value, or a diagnostic and nothing.

use std::borrow::Cow;

use jiff::civil::Date;

use super::field::{Given, Shape};
use super::yaml::{Key, Node, Value};
use crate::diag::Sink;
use crate::diag::catalog::krm as rewritten;
use crate::diag::catalog::shape::{self as catalog, Refusal};
use crate::name::{self, Quantity};
use crate::scalar;
use crate::source::{Span, Spanned};

/// The text of a scalar, exactly as it was written, free of characters that could deceive a reader.
/// Text may span lines only where `multiline` says so. In a text that was rewritten on the way, what is plain has to be
/// text to every reader: nobody knows any more how it was written.
fn raw_text<'n>(node: &'n Node<'_>, field: &str, expected: &str, multiline: bool, sink: &mut Sink) -> Option<&'n str> {
    if let Value::Scalar { text, plain: true } = &node.value
        && node.span.file.is_rewritten()
        && scalar::read_plain(text) != scalar::Plain::Text
    {
        sink.push(rewritten::scalar(node.span, field, text));
        return None;
    }
    typed_text(node, field, expected, multiline, sink)
}

/// The same where the field knows what a number or a date is.
fn typed_text<'n>(
    node: &'n Node<'_>,
    field: &str,
    expected: &str,
    multiline: bool,
    sink: &mut Sink,
) -> Option<&'n str> {
    let Value::Scalar { text, .. } = &node.value else {
        sink.push(catalog::wrong_type(node.span, field, expected, node.description()));
        return None;
    };
    if let Some(character) = name::unsafe_character(text).filter(|&found| !(multiline && matches!(found, '\n' | '\t')))
    {
        sink.push(catalog::unsafe_character(node.span, field, character));
        return None;
    }
    if text.contains(name::ARGOCD_SKIP_MARKER) {
        sink.push(catalog::skip_marker(node.span, field));
        return None;
    }
    Some(text)
}

/// A text in one line.
pub fn text(given: Given<'_, '_>, sink: &mut Sink) -> Option<Spanned<String>> {
    let text = raw_text(given.node, given.name, "a text", false, sink)?;
    Some(Spanned::new(text.to_owned(), given.node.span))
}

/// A text of any number of lines.
pub fn paragraph(given: Given<'_, '_>, sink: &mut Sink) -> Option<Spanned<String>> {
    let text = raw_text(given.node, given.name, "a text", true, sink)?;
    Some(Spanned::new(text.to_owned(), given.node.span))
}

/// A name, by the parser of its type. `what` says what it names, such as `a user`.
pub fn named<T, E: Into<Refusal>>(
    node: &Node<'_>,
    field: &str,
    what: &str,
    parse: impl FnOnce(&str) -> Result<T, E>,
    sink: &mut Sink,
) -> Option<Spanned<T>> {
    let text = raw_text(node, field, "a text", false, sink)?;
    match parse(text) {
        Ok(value) => Some(Spanned::new(value, node.span)),
        Err(problem) => {
            sink.push(catalog::invalid_name(node.span, what, text, problem));
            None
        }
    }
}

/// One of a closed list of words.
pub fn one_of<T: Copy>(given: Given<'_, '_>, words: &[(&'static str, T)], sink: &mut Sink) -> Option<Spanned<T>> {
    debug_assert!(
        matches!(given.shape, Shape::OneOf(known) if known.iter().eq(words.iter().map(|(word, _)| word))),
        "the words of `{}` are not those of its table",
        given.name
    );
    let text = raw_text(given.node, given.name, "a text", false, sink)?;
    match words.iter().find(|(word, _)| *word == text) {
        Some(&(_, value)) => Some(Spanned::new(value, given.node.span)),
        None => {
            sink.push(catalog::unknown_value(given.node.span, given.name, text, words.iter().map(|(word, _)| *word)));
            None
        }
    }
}

/// `true` or `false`, without quotes.
pub fn boolean(given: Given<'_, '_>, sink: &mut Sink) -> Option<Spanned<bool>> {
    debug_assert!(matches!(given.shape, Shape::Boolean), "`{}` is no boolean in its table", given.name);
    let value = match &given.node.value {
        Value::Scalar { text, plain: true } if text == "true" => true,
        Value::Scalar { text, plain: true } if text == "false" => false,
        _ => {
            let found = shown(given.node);
            sink.push(catalog::not_boolean(given.node.span, given.name, &found));
            return None;
        }
    };
    Some(Spanned::new(value, given.node.span))
}

/// A whole number within the limits of its table, without quotes.
pub fn integer(given: Given<'_, '_>, sink: &mut Sink) -> Option<Spanned<i64>> {
    let (low, high) = match given.shape {
        Shape::Integer(low, high) | Shape::Either(_, Shape::Integer(low, high)) => (*low, *high),
        _ => {
            debug_assert!(false, "`{}` is no number in its table", given.name);
            (i64::MIN, i64::MAX)
        }
    };
    if let Value::Scalar { text, plain: true } = &given.node.value
        && let Some(number) = scalar::whole_number(text)
        && (low..=high).contains(&number)
    {
        return Some(Spanned::new(number, given.node.span));
    }
    let found = shown(given.node);
    sink.push(catalog::not_integer(given.node.span, given.name, low, high, &found));
    None
}

/// A day, as `YYYY-MM-DD`.
pub fn date(given: Given<'_, '_>, sink: &mut Sink) -> Option<Spanned<Date>> {
    debug_assert!(matches!(given.shape, Shape::Date), "`{}` is no date in its table", given.name);
    let text = typed_text(given.node, given.name, "a date", false, sink)?;
    match parse_date(text) {
        Ok(date) => Some(Spanned::new(date, given.node.span)),
        Err(_) if given.node.span.file.is_rewritten() && scalar::read_plain(text) != scalar::Plain::Text => {
            sink.push(rewritten::scalar(given.node.span, given.name, text));
            None
        }
        Err(reason) => {
            sink.push(catalog::invalid_date(given.node.span, given.name, text, &reason));
            None
        }
    }
}

/// Reads `YYYY-MM-DD`, strictly. The error says what is wrong, in words.
pub fn parse_date(text: &str) -> Result<Date, String> {
    let bytes = text.as_bytes();
    let shaped = bytes.len() == 10
        && bytes
            .iter()
            .enumerate()
            .all(|(at, byte)| if at == 4 || at == 7 { *byte == b'-' } else { byte.is_ascii_digit() });
    if !shaped {
        return Err("it is not of the form YYYY-MM-DD".into());
    }
    let number = |range: std::ops::Range<usize>| text[range].parse::<i16>().unwrap_or(0);
    let (year, month, day) = (number(0..4), number(5..7), number(8..10));
    match (i8::try_from(month), i8::try_from(day)) {
        (Ok(month), Ok(day)) => Date::new(year, month, day).map_err(|_| "there is no such day".into()),
        _ => Err("there is no such day".into()),
    }
}

/// A Kubernetes quantity that is not negative.
pub fn quantity(node: &Node<'_>, key: &Key<'_>, sink: &mut Sink) -> Option<Quantity> {
    let whole = matches!(&node.value, Value::Scalar { text, .. } if scalar::whole_number(text).is_some());
    let read = if whole { typed_text } else { raw_text };
    let text = read(node, &key.text, "a quantity", false, sink)?;
    match Quantity::parse(text) {
        Ok(quantity) if quantity.is_negative() => {
            sink.push(catalog::negative_quota(node.span, &key.text, text));
            None
        }
        Ok(quantity) => Some(quantity),
        Err(problem) => {
            sink.push(catalog::invalid_quantity(node.span, &key.text, text, &problem));
            None
        }
    }
}

/// The items of a list, as nodes.
pub fn items<'n, 't>(given: Given<'n, 't>, sink: &mut Sink) -> &'n [Node<'t>] {
    match &given.node.value {
        Value::List(items) => items,
        _ => {
            sink.push(catalog::wrong_type(given.node.span, given.name, "a list", given.node.description()));
            &[]
        }
    }
}

/// The entries of a map with keys of its own choosing.
pub fn entries<'n, 't>(given: Given<'n, 't>, sink: &mut Sink) -> &'n [(Key<'t>, Node<'t>)] {
    match &given.node.value {
        Value::Map(entries) => entries,
        _ => {
            sink.push(catalog::wrong_type(given.node.span, given.name, "a map", given.node.description()));
            &[]
        }
    }
}

/// A list of names. Items that are malformed are reported and left out; an item that stands twice is reported.
pub fn names<T: Ord + Clone, E: Into<Refusal>>(
    given: Given<'_, '_>,
    what: &str,
    parse: impl Fn(&str) -> Result<T, E>,
    sink: &mut Sink,
) -> Vec<Spanned<T>> {
    let mut found: Vec<Spanned<T>> = Vec::new();
    let mut seen: std::collections::BTreeMap<T, Span> = std::collections::BTreeMap::new();
    for node in items(given, sink) {
        let Some(name) = named(node, given.name, what, &parse, sink) else { continue };
        match seen.get(&name.value) {
            Some(&first) => sink.push(catalog::listed_twice(name.span, given.name, first)),
            None => {
                seen.insert(name.value.clone(), name.span);
                found.push(name);
            }
        }
    }
    found
}

/// A map of labels or annotations of a tenant or of one of its namespaces, which may not steer the mesh.
pub fn own_metadata(given: Given<'_, '_>, labels: bool, sink: &mut Sink) -> Vec<(Spanned<String>, String)> {
    let mut found = metadata(given, labels, sink);
    found.retain(|(key, _)| {
        let steers = name::is_mesh_steering_key(&key.value);
        if steers {
            sink.push(catalog::mesh_steering(key.span, &key.value));
        }
        !steers
    });
    found
}

/// A map of labels or annotations. What is malformed or belongs to others is reported and left out.
pub fn metadata(given: Given<'_, '_>, labels: bool, sink: &mut Sink) -> Vec<(Spanned<String>, String)> {
    let mut found = Vec::new();
    for (key, node) in entries(given, sink) {
        let value = raw_text(node, &key.text, "a text", !labels, sink);
        let (what, check): (_, fn(&str) -> _) = match labels {
            true => ("the key of a label", name::check_label_key),
            false => ("the key of an annotation", name::check_annotation_key),
        };
        if let Err(rule) = check(&key.text) {
            sink.push(catalog::invalid_label(key.span, &key.text, what, &rule));
            continue;
        }
        if let Some(owner) = name::reserved_metadata_key(&key.text) {
            sink.push(catalog::reserved_metadata(key.span, &key.text, owner));
            continue;
        }
        if !labels && scalar::read_plain(&key.text) != scalar::Plain::Text {
            sink.push(catalog::ambiguous_annotation(key.span, &key.text));
            continue;
        }
        let Some(value) = value else { continue };
        if labels && let Err(rule) = name::check_label_value(value) {
            sink.push(catalog::invalid_label(node.span, value, "the value of a label", &rule));
            continue;
        }
        if labels && name::is_pod_security_key(&key.text) && !name::POD_SECURITY_LEVELS.contains(&value) {
            let levels = name::POD_SECURITY_LEVELS.into_iter();
            sink.push(catalog::unknown_value(node.span, &key.text, value, levels));
            continue;
        }
        found.push((Spanned::new(key.text.clone().into_owned(), key.span), value.to_owned()));
    }
    found
}

/// What a wrong value looks like in a message: its text if it is a short one, else its type.
fn shown<'n>(node: &'n Node<'_>) -> Cow<'n, str> {
    match &node.value {
        Value::Scalar { text, plain } if !text.is_empty() && text.len() <= 40 => {
            let quoted = if *plain { format!("`{text}`") } else { format!("the text `{text}`") };
            Cow::Owned(quoted)
        }
        _ => Cow::Borrowed(node.description()),
    }
}
