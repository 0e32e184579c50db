//! Free data: `values` and the settings of plugins, where no field decides the type.
//!
//! Here a plain scalar is a whole number or a boolean only if every YAML reader agrees that it is one, and text only if
//! every reader agrees on that. Everything in between (`yes`, `0644`, `1_000`, `1.5`) has to be quoted or written as meant.

use std::collections::BTreeMap;

use super::decl::{Data, DataValue, Values};
use super::field::Given;
use super::value;
use super::yaml::{Key, Node, Value};
use crate::diag::{Sink, catalog::shape as catalog};
use crate::manifest::{Map, Tree};
use crate::name;
use crate::scalar;
use crate::source::Span;

/// A map of free data, with the place of everything in it. What is ambiguous is reported.
pub fn values(given: Given<'_, '_>, sink: &mut Sink) -> Values {
    let mut places = BTreeMap::new();
    let map = map(value::entries(given, sink), "", &mut places, sink);
    Values { map, places }
}

fn map(entries: &[(Key<'_>, Node<'_>)], path: &str, places: &mut BTreeMap<String, Span>, sink: &mut Sink) -> Data {
    let mut data = Map::new();
    for (key, node) in entries {
        let path = if path.is_empty() { key.text.clone().into_owned() } else { format!("{path}.{}", key.text) };
        let sound = is_passable(key.span, &path, &key.text, sink);
        if let Some(value) = value(node, &path, places, sink).filter(|_| sound) {
            data.insert(key.text.clone().into_owned(), value);
        }
        places.insert(path, node.span);
    }
    data
}

fn value(node: &Node<'_>, path: &str, places: &mut BTreeMap<String, Span>, sink: &mut Sink) -> Option<DataValue> {
    match &node.value {
        Value::List(items) => {
            Some(Tree::List(items.iter().filter_map(|item| value(item, path, places, sink)).collect()))
        }
        Value::Map(entries) => Some(Tree::Map(map(entries, path, places, sink))),
        Value::Scalar { .. } if node.is_empty() => {
            sink.push(catalog::empty_value(node.span, path, Some("\"\"")));
            None
        }
        Value::Scalar { text, plain } => scalar(node, path, text, *plain, sink),
    }
}

/// Whether a key or a value may be passed on; if not, that is reported.
fn is_passable(span: Span, key: &str, text: &str, sink: &mut Sink) -> bool {
    if let Some(character) = name::unsafe_character(text).filter(|found| !matches!(found, '\n' | '\t')) {
        sink.push(catalog::unsafe_character(span, key, character));
        return false;
    }
    if text.contains(name::ARGOCD_SKIP_MARKER) {
        sink.push(catalog::skip_marker(span, key));
        return false;
    }
    true
}

fn scalar(node: &Node<'_>, key: &str, text: &str, plain: bool, sink: &mut Sink) -> Option<DataValue> {
    if !is_passable(node.span, key, text, sink) {
        return None;
    }
    if !plain {
        return Some(Tree::from(text.to_owned()));
    }
    match scalar::read_plain(text) {
        scalar::Plain::Text => Some(Tree::from(text.to_owned())),
        scalar::Plain::Boolean(value) => Some(Tree::Boolean(value)),
        scalar::Plain::Integer(value) => Some(Tree::Integer(value)),
        scalar::Plain::Ambiguous => {
            sink.push(catalog::ambiguous_scalar(node.span, key, text));
            // Taken as text, so that nobody complains that it is missing.
            Some(Tree::from(text.to_owned()))
        }
    }
}
