//! JSON Schema (2020-12) from the tables of fields.
//!
//! The schema is for editors: it completes, explains and catches slips while somebody types. It says what the tables say
//! and no more; the reader decides. Where the two could differ, the schema is the lenient one:
//!
//! - A field of text takes an unquoted scalar as it is written. An editor has already made a number of `4711` or `1.10`
//!   by the time it looks at the schema, so texts and names may be numbers. They may not be booleans, except as values of
//!   a map of texts (labels, annotations): nobody is called `true`, and an editor would offer it everywhere.
//! - Patterns are for strings, so a number in place of a name is left to the reader.
//! - References, identities, quota keys and days that do not exist are left to the reader.

use serde_json::{Map, Value, json};

use super::field::{Field, Need, Object, Otherwise, Shape};
use super::{DOCUMENT, Kind};
use crate::name::QUANTITY_PATTERN;

/// The dialect of the schema.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Where the schemas are named to be; nothing is ever fetched from there.
const BASE: &str = "https://tenantry.dev/schema/v1alpha1/";

/// The schema of one kind of document, or of every document of an inventory. Ends in a line feed.
pub fn schema(kind: Option<Kind>) -> String {
    let mut root = match kind {
        Some(kind) => one_kind(kind),
        None => all_kinds(),
    };
    let name = kind.map_or("tenantry".to_owned(), |kind| kind.name().to_ascii_lowercase());
    let title = kind.map_or("A document of a tenantry inventory", Kind::name);
    root.insert("$schema".into(), json!(DIALECT));
    root.insert("$id".into(), json!(format!("{BASE}{name}.json")));
    root.insert("title".into(), json!(title));
    format!("{:#}\n", Value::Object(root))
}

fn one_kind(kind: Kind) -> Map<String, Value> {
    let (metadata, spec) = kind.tables();
    let mut root = object(&DOCUMENT);
    let properties = &mut root["properties"];
    properties["kind"]["enum"] = json!([kind.name()]);
    properties["metadata"] = Value::Object(object(metadata));
    properties["spec"] = Value::Object(object(spec));
    root.insert("description".into(), json!(spec.doc));
    root
}

/// One schema for all kinds: the parts that differ hang on the value of `kind`, so that an editor neither mixes the
/// fields of one kind into another nor complains about the kinds that a document is not.
fn all_kinds() -> Map<String, Value> {
    let mut root = object(&DOCUMENT);
    // Any further rule here would be a second opinion on what the parts below say.
    for part in ["metadata", "spec"] {
        let description = root["properties"][part]["description"].take();
        root["properties"][part] = json!({ "description": description, "type": "object" });
    }
    let branch = |kind: &Kind| {
        let (metadata, spec) = kind.tables();
        json!({
            "if": { "properties": { "kind": { "const": kind.name() } }, "required": ["kind"] },
            "then": { "properties": { "metadata": object(metadata), "spec": object(spec) } },
        })
    };
    root.insert("allOf".into(), Kind::ALL.iter().map(branch).collect());
    root
}

fn object(object: &Object) -> Map<String, Value> {
    let mut schema = Map::new();
    schema.insert("title".into(), json!(object.title.replace('`', "")));
    schema.insert("description".into(), json!(object.doc));
    schema.insert("type".into(), json!("object"));
    schema.insert("additionalProperties".into(), json!(false));
    let properties = object.fields.iter().map(|field| (field.name.to_owned(), Value::Object(property(field))));
    schema.insert("properties".into(), Value::Object(properties.collect()));
    let required: Vec<&str> =
        object.fields.iter().filter(|field| field.need == Need::Required).map(|field| field.name).collect();
    if !required.is_empty() {
        schema.insert("required".into(), json!(required));
    }
    let alternatives: Vec<Value> = object.alternatives().map(|name| json!({ "required": [name] })).collect();
    if !alternatives.is_empty() {
        schema.insert("oneOf".into(), json!(alternatives));
    }
    schema
}

fn property(field: &Field) -> Map<String, Value> {
    let mut schema = shape(&field.shape);
    let mut description = field.doc.to_owned();
    match field.otherwise {
        Otherwise::Words(words) => description += &format!("\n\nDefault: {words}."),
        Otherwise::Is(text) => {
            // Editors insert `default` and do not show it; the sentence is for the reader.
            let shown = if text.is_empty() { "\"\"" } else { text };
            description += &format!("\n\nDefault: `{shown}`.");
            schema.insert("default".into(), default(&field.shape, text));
        }
        // An editor would write an empty list or map for the reader to fill: no help.
        Otherwise::Empty | Otherwise::Nothing => {}
    }
    schema.insert("description".into(), json!(description));
    schema
}

/// A default as a value of the field's type.
fn default(shape: &Shape, text: &str) -> Value {
    match shape {
        Shape::Integer(..) | Shape::Boolean => text.parse().unwrap_or_else(|_| json!(text)),
        Shape::Either(words, other) if !words.contains(&text) => default(other, text),
        _ => json!(text),
    }
}

/// `patternErrorMessage` is what editors show instead of a regular expression; validators skip it.
fn shape(shape: &Shape) -> Map<String, Value> {
    let schema = match shape {
        Shape::Text => json!({ "type": ["string", "number"] }),
        Shape::Name(pattern) => json!({ "type": ["string", "number"], "pattern": pattern }),
        Shape::Date => json!({
            "type": "string",
            "pattern": r"^\d{4}-\d{2}-\d{2}$",
            "patternErrorMessage": "A day is written as YYYY-MM-DD.",
        }),
        Shape::Quantity => json!({
            "type": ["string", "number"],
            "pattern": QUANTITY_PATTERN,
            "patternErrorMessage": "A quantity is a number that may have a unit, such as 500m, 4 or 32Gi.",
            "minimum": 0,
        }),
        Shape::OneOf(words) => json!({ "type": "string", "enum": words }),
        Shape::Either(words, other) => json!({ "anyOf": [{ "type": "string", "enum": words }, self::shape(other)] }),
        Shape::Boolean => json!({ "type": "boolean" }),
        Shape::Integer(low, high) => json!({ "type": "integer", "minimum": low, "maximum": high }),
        Shape::List(item) => json!({ "type": "array", "items": self::shape(item), "uniqueItems": true }),
        Shape::Map(value) => json!({ "type": "object", "additionalProperties": map_value(value) }),
        Shape::Object(table) => return object(table),
        Shape::Objects(table) => json!({ "type": "array", "items": object(table) }),
        Shape::Free => json!({}),
    };
    match schema {
        Value::Object(schema) => schema,
        _ => Map::new(),
    }
}

/// The schema of a map's values: texts may be booleans here.
fn map_value(value: &Shape) -> Value {
    let mut schema = shape(value);
    if matches!(value, Shape::Text | Shape::Name(_)) {
        schema.insert("type".into(), json!(["string", "number", "boolean"]));
    }
    Value::Object(schema)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: Option<Kind>) -> Value {
        serde_json::from_str(&schema(kind)).expect("a schema is JSON")
    }

    /// Every table entry has a property with the same rules, at every depth.
    fn covers(schema: &Value, object: &Object) {
        assert_eq!(schema["additionalProperties"], json!(false), "{}", object.title);
        let properties = schema["properties"].as_object().expect(object.title);
        assert_eq!(properties.len(), object.fields.len(), "{}", object.title);
        for field in object.fields {
            let property = &properties[field.name];
            let described = property["description"].as_str().is_some_and(|text| text.starts_with(field.doc));
            assert!(described && !field.doc.is_empty(), "{}.{}", object.title, field.name);
            let required = schema["required"].as_array().is_some_and(|names| names.contains(&json!(field.name)));
            assert_eq!(required, field.need == Need::Required, "{}.{}", object.title, field.name);
            match &field.shape {
                Shape::Object(inner) => covers(property, inner),
                Shape::Objects(inner) => covers(&property["items"], inner),
                _ => {}
            }
        }
    }

    #[test]
    fn every_field_of_the_tables_is_in_the_schema() {
        let all = read(None);
        for (at, kind) in Kind::ALL.iter().enumerate() {
            let (metadata, spec) = kind.tables();
            let branch = &all["allOf"][at];
            assert_eq!(branch["if"]["properties"]["kind"]["const"], json!(kind.name()));
            for properties in [&read(Some(*kind))["properties"], &branch["then"]["properties"]] {
                covers(&properties["metadata"], metadata);
                covers(&properties["spec"], spec);
            }
        }
    }

    #[test]
    fn a_contributor_has_exactly_one_subject() {
        let tenant = read(Some(Kind::Tenant));
        let contributor = &tenant["properties"]["spec"]["properties"]["contributors"]["items"];
        let names = ["user", "group", "serviceAccount", "idpGroup"];
        assert_eq!(contributor["oneOf"], json!(names.map(|name| json!({ "required": [name] }))));
    }

    #[test]
    fn defaults_have_the_type_of_their_field() {
        let platform = read(Some(Kind::Platform));
        let spec = &platform["properties"]["spec"]["properties"];
        assert_eq!(spec["removal"]["properties"]["maxRemovedPercent"]["default"], json!(25));
        assert_eq!(spec["gitops"]["properties"]["shards"]["default"], json!(1));
        assert_eq!(spec["gitops"]["properties"]["revision"]["default"], json!("main"));
        assert_eq!(spec["identity"]["properties"]["prefix"]["default"], json!(""));
    }

    /// The sample's files point at this one. After a change of the tables: `tenantry schema > input/.schema/tenantry.json`.
    #[test]
    fn the_sample_has_the_present_schema() {
        assert_eq!(include_str!("../../input/.schema/tenantry.json"), schema(None));
    }
}
