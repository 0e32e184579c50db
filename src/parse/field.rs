//! Closed maps as tables of fields.
//!
//! Every object of the inventory language is described once, by an [`Object`]: the reader checks documents against it and
//! the JSON Schema is made from it, so neither can know a field that the other does not.

use super::yaml::{Key, Node, Value};
use crate::diag::{Sink, catalog::shape as catalog, suggest};
use crate::source::Span;

/// A map with known keys.
#[derive(Debug)]
pub struct Object {
    /// What a person calls it, such as `the spec of a Tenant`.
    pub title: &'static str,
    /// One sentence for the schema.
    pub doc: &'static str,
    /// Its keys.
    pub fields: &'static [Field],
}

/// One key of an [`Object`].
#[derive(Debug)]
pub struct Field {
    /// The key.
    pub name: &'static str,
    /// What may stand there.
    pub shape: Shape,
    /// Whether it has to be there.
    pub required: bool,
    /// What it is for, in a sentence or two, for the schema.
    pub doc: &'static str,
    /// What holds when it is left out, in words or as a value; empty when that goes without saying.
    pub default: &'static str,
}

/// What may stand in a field, as far as a JSON Schema can say it. The decoders say the rest.
#[derive(Debug)]
pub enum Shape {
    /// Text as it is written, whatever YAML would make of it.
    Text,
    /// Text that matches a regular expression (ECMA dialect), which also stands for its rule.
    Name(&'static str),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// `true` or `false`.
    Boolean,
    /// A whole number within limits.
    Integer(i64, i64),
    /// A list.
    List(&'static Shape),
    /// A list, or one text with an item per line.
    ListOrLines,
    /// A map with keys of its own choosing.
    Map(&'static Shape),
    /// A map with known keys.
    Object(&'static Object),
    /// A list of maps with known keys.
    Objects(&'static Object),
    /// Any data.
    Free,
}

/// A field that may be left out.
pub const fn optional(name: &'static str, shape: Shape, default: &'static str, doc: &'static str) -> Field {
    Field { name, shape, required: false, doc, default }
}

/// A field that has to be there.
pub const fn required(name: &'static str, shape: Shape, doc: &'static str) -> Field {
    Field { name, shape, required: true, doc, default: "" }
}

/// A document's map, checked against its table.
pub struct Entries<'n, 't> {
    object: &'static Object,
    entries: &'n [(Key<'t>, Node<'t>)],
    /// Fields that misspelt keys probably are.
    meant: Vec<&'static str>,
    /// The first key of the map: the place to point at when something is missing.
    pub span: Span,
}

/// A field that is there and not empty.
#[derive(Clone, Copy)]
pub struct Given<'n, 't> {
    /// Name of the field.
    pub name: &'static str,
    /// Where its key stands.
    pub key: Span,
    /// Its value.
    pub node: &'n Node<'t>,
}

impl<'n, 't> Entries<'n, 't> {
    /// Checks a map against a table: unknown, empty and missing fields are reported here, all of them.
    /// `None` (and a report) when the node is not a map.
    pub fn open(node: &'n Node<'t>, object: &'static Object, sink: &mut Sink) -> Option<Self> {
        let Value::Map(entries) = &node.value else {
            sink.push(catalog::not_a_map(node.span, object.title, node.description()));
            return None;
        };
        let names = object.fields.iter().map(|field| field.name);
        let mut meant = Vec::new();
        for (key, value) in entries {
            match object.fields.iter().find(|field| field.name == key.text) {
                None => {
                    meant.extend(suggest::nearest(&key.text, names.clone()));
                    sink.push(catalog::unknown_field(key.span, &key.text, object.title, names.clone()));
                }
                Some(field) if value.is_empty() => {
                    sink.push(catalog::empty_value(key.span, field.name, empty_form(&field.shape)));
                }
                Some(_) => {}
            }
        }
        for field in object.fields.iter().filter(|field| field.required) {
            if !entries.iter().any(|(key, _)| key.text == field.name) && !meant.contains(&field.name) {
                sink.push(catalog::missing_field(node.span, field.name, object.title));
            }
        }
        Some(Entries { object, entries, meant, span: node.span })
    }

    /// The value of a field, unless it is absent or empty.
    pub fn get(&self, name: &'static str) -> Option<Given<'n, 't>> {
        debug_assert!(self.object.fields.iter().any(|field| field.name == name), "{name} is not in the table");
        let (key, node) = self.entries.iter().find(|(key, _)| key.text == name)?;
        (!node.is_empty()).then_some(Given { name, key: key.span, node })
    }

    /// Whether the key is there at all, even misspelt or with an empty or malformed value.
    pub fn has(&self, name: &str) -> bool {
        self.meant.contains(&name) || self.entries.iter().any(|(key, _)| key.text == name)
    }
}

/// How "nothing" is written for a shape, if it can be.
fn empty_form(shape: &Shape) -> Option<&'static str> {
    match shape {
        Shape::List(_) | Shape::Objects(_) | Shape::ListOrLines => Some("[]"),
        Shape::Map(_) | Shape::Object(_) => Some("{}"),
        Shape::Text => Some("\"\""),
        Shape::Name(_) | Shape::OneOf(_) | Shape::Boolean | Shape::Integer(..) | Shape::Free => None,
    }
}
