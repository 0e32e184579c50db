//! Objects as somebody else printed them, held against ours. What hosts add is left aside.

use serde::Deserialize;
use serde_json::Value;

use super::host::{CONFIG, is_host_annotation};
use crate::manifest::ObjectId;

/// The label with which kustomize signs what it builds, if it is told to.
const MANAGED_BY: &str = "app.kubernetes.io/managed-by";

/// The documents of a text as values, or why they cannot be read.
pub fn read(text: &str) -> Result<Vec<Value>, String> {
    // JSON may be indented with tabs, which YAML does not take.
    if text.trim_start().starts_with('{') {
        let values: Result<Vec<Value>, _> = serde_json::Deserializer::from_str(text).into_iter().collect();
        if let Ok(values) = values {
            return Ok(values);
        }
    }
    let documents = serde_yaml::Deserializer::from_str(text).map(Value::deserialize);
    let values: Result<Vec<Value>, _> = documents.collect();
    values.map_err(|error| error.to_string())
}

/// Hands on an object or, of a list, whatever is in it, as `kubectl` takes it: whatever has `items` is a list, and what
/// is in a `RoleBindingList` need not say that it is a RoleBinding.
pub fn open(mut value: Value, each: &mut impl FnMut(Value)) {
    if value["items"].is_array()
        && let Value::Array(items) = value["items"].take()
    {
        let text = |key: &str| value[key].as_str().unwrap_or_default();
        let (version, kind) = (text("apiVersion"), text("kind"));
        let of = kind.strip_suffix("List").filter(|kind| !kind.is_empty() && *kind != "Resource");
        for mut item in items {
            if let (Some(kind), Some(object)) = (of, item.as_object_mut()) {
                object.entry("kind").or_insert_with(|| Value::from(kind));
                object.entry("apiVersion").or_insert_with(|| Value::from(version));
            }
            open(item, each);
        }
        return;
    }
    each(value);
}

/// The identity of an object, if it has one.
pub fn id(value: &Value) -> Option<ObjectId> {
    let group = value["apiVersion"].as_str()?.split_once('/').map_or("", |(group, _)| group);
    let metadata = &value["metadata"];
    let text = |key: &str| metadata[key].as_str().filter(|it| !it.is_empty());
    // The server fills in the rest of a name; no name has an asterisk.
    let name = text("name").map(str::to_owned).or_else(|| text("generateName").map(|start| format!("{start}*")));
    Some(ObjectId {
        group: group.to_owned(),
        kind: value["kind"].as_str()?.to_owned(),
        namespace: text("namespace").map(str::to_owned),
        name: name?,
    })
}

/// Takes away what hosts add to an object, and our mark.
pub fn strip(object: &mut Value) {
    let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) else { return };
    let kustomize = |value: &Value| value.as_str().is_some_and(|it| it.starts_with("kustomize-"));
    let mut strip = |field: &str, is_theirs: &dyn Fn(&str, &Value) -> bool| {
        let Some(entries) = metadata.get_mut(field).and_then(Value::as_object_mut) else { return };
        entries.retain(|key, value| !is_theirs(key, value));
        if entries.is_empty() {
            metadata.remove(field);
        }
    };
    strip("annotations", &|key, _| key == CONFIG || is_host_annotation(key));
    strip("labels", &|key, value| key == MANAGED_BY && kustomize(value));
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
    mark(object).is_some()
}

/// The configuration that made an object, if one did.
pub fn mark(object: &Value) -> Option<&str> {
    object["metadata"]["annotations"].get(CONFIG).map(|name| name.as_str().unwrap_or_default())
}

/// Whether a Profile lets nothing start, as those of suspended and retired tenants do.
pub fn is_at_rest(profile: &Value) -> bool {
    let pods = &profile["spec"]["resourceQuotaSpec"]["hard"]["pods"];
    pods.as_str() == Some("0") || pods.as_i64() == Some(0)
}
