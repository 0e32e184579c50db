//! Objects as JSON, for hosts that write their lists in brackets.

use serde_json::{Map as JsonMap, Value};

use crate::manifest::{Manifest, Map, Tree};

/// An object.
pub fn object(manifest: &Manifest<'_>) -> Value {
    let mut metadata = JsonMap::new();
    metadata.insert("name".to_owned(), text(&manifest.name));
    if let Some(namespace) = &manifest.namespace {
        metadata.insert("namespace".to_owned(), text(namespace));
    }
    for (key, entries) in [("labels", &manifest.labels), ("annotations", &manifest.annotations)] {
        if !entries.is_empty() {
            metadata.insert(key.to_owned(), map(entries));
        }
    }
    let mut object = JsonMap::new();
    object.insert("apiVersion".to_owned(), text(&manifest.api_version));
    object.insert("kind".to_owned(), text(&manifest.kind));
    object.insert("metadata".to_owned(), Value::Object(metadata));
    object.extend(manifest.body.iter().map(|(key, value)| (key.to_owned(), tree(value))));
    Value::Object(object)
}

/// A value.
pub fn tree(value: &Tree<'_>) -> Value {
    match value {
        Tree::Map(entries) => map(entries),
        Tree::List(items) => Value::Array(items.iter().map(tree).collect()),
        Tree::Text(value) => text(value),
        Tree::Integer(number) => Value::from(*number),
        Tree::Boolean(value) => Value::from(*value),
    }
}

fn map(entries: &Map<'_>) -> Value {
    Value::Object(entries.iter().map(|(key, value)| (key.to_owned(), tree(value))).collect())
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}
