//! Objects as somebody else printed them, held against ours. What hosts add is left aside.

use serde::Deserialize;
use serde_json::Value;

use super::host::{CONFIG, is_host_annotation};

/// The documents of a text as values, or why they cannot be read.
pub fn read(text: &str) -> Result<Vec<Value>, String> {
    let documents = serde_yaml::Deserializer::from_str(text).map(Value::deserialize);
    let values: Result<Vec<Value>, _> = documents.collect();
    values.map_err(|error| error.to_string())
}

/// Takes away what hosts add to an object, and our mark.
pub fn strip(object: &mut Value) {
    let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) else { return };
    let Some(annotations) = metadata.get_mut("annotations").and_then(Value::as_object_mut) else { return };
    annotations.retain(|key, _| key != CONFIG && !is_host_annotation(key));
    if annotations.is_empty() {
        metadata.remove("annotations");
    }
}

/// Whether a text is one object that equals a value, apart from what hosts add.
pub fn is_same(text: &str, wanted: &Value) -> bool {
    let Ok(mut found) = read(text) else { return false };
    found.retain(|value| !value.is_null());
    let [found] = &mut found[..] else { return false };
    let mut wanted = wanted.clone();
    strip(found);
    strip(&mut wanted);
    *found == wanted
}

/// Whether an object carries our mark.
pub fn is_marked(object: &Value) -> bool {
    object["metadata"]["annotations"].get(CONFIG).is_some()
}
