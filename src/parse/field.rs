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
    pub need: Need,
    /// What it is for, in a sentence or two, for the schema.
    pub doc: &'static str,
    /// What holds when it is left out.
    pub otherwise: Otherwise,
}

/// Whether a field has to be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// It does not.
    Optional,
    /// It does.
    Required,
    /// Exactly one of the fields of its object that are marked so does.
    OneOfThese,
}

/// What holds when a field is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Otherwise {
    /// Nothing worth telling.
    Nothing,
    /// The same as an empty list or map.
    Empty,
    /// The same as this value.
    Is(&'static str),
    /// Something that only words can say.
    Words(&'static str),
}

/// What may stand in a field, as far as a JSON Schema can say it. The decoders say the rest.
#[derive(Debug)]
pub enum Shape {
    /// Text as it is written, whatever YAML would make of it.
    Text,
    /// A day, as `YYYY-MM-DD`.
    Date,
    /// An amount of something, as Kubernetes writes it.
    Quantity,
    /// Text that matches a regular expression (ECMA dialect), which also stands for its rule.
    Name(&'static str),
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// `true` or `false`.
    Boolean,
    /// A whole number within limits.
    Integer(i64, i64),
    /// One of these words, or something else.
    Either(&'static [&'static str], &'static Shape),
    /// A list. Nothing stands twice in it.
    List(&'static Shape),
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
pub const fn optional(name: &'static str, shape: Shape, otherwise: Otherwise, doc: &'static str) -> Field {
    Field { name, shape, need: Need::Optional, doc, otherwise }
}

/// A field that has to be there.
pub const fn required(name: &'static str, shape: Shape, doc: &'static str) -> Field {
    Field { name, shape, need: Need::Required, doc, otherwise: Otherwise::Nothing }
}

/// A field of which there has to be exactly one, among all that are made so.
pub const fn one_of_these(name: &'static str, shape: Shape, doc: &'static str) -> Field {
    Field { name, shape, need: Need::OneOfThese, doc, otherwise: Otherwise::Nothing }
}

impl Object {
    /// The field of a name, which the table is known to have.
    ///
    /// # Panics
    ///
    /// If the table does not have it: a slip in the reader, and any document of that kind brings it to light.
    pub fn field(&self, name: &str) -> &'static Field {
        self.fields.iter().find(|field| field.name == name).expect("the reader asks for fields of its table only")
    }

    /// The names of the fields of which there has to be exactly one.
    pub fn alternatives(&self) -> impl Iterator<Item = &'static str> {
        self.fields.iter().filter(|field| field.need == Need::OneOfThese).map(|field| field.name)
    }
}

impl Field {
    /// The value that holds when the field is left out, where the table has one; else the empty text.
    pub fn default_text(&self) -> &'static str {
        match self.otherwise {
            Otherwise::Is(text) => text,
            Otherwise::Nothing | Otherwise::Empty | Otherwise::Words(_) => "",
        }
    }
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
    /// What may stand there.
    pub shape: &'static Shape,
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
        for field in object.fields.iter().filter(|field| field.need == Need::Required) {
            if !entries.iter().any(|(key, _)| key.text == field.name) && !meant.contains(&field.name) {
                sink.push(catalog::missing_field(node.span, field.name, object.title));
            }
        }
        Some(Entries { object, entries, meant, span: node.span })
    }

    /// The value of a field, unless it is absent or empty.
    pub fn get(&self, name: &'static str) -> Option<Given<'n, 't>> {
        let shape = &self.object.field(name).shape;
        let (key, node) = self.entries.iter().find(|(key, _)| key.text == name)?;
        (!node.is_empty()).then_some(Given { name, shape, key: key.span, node })
    }

    /// Whether there is a key that the table does not have.
    pub fn has_unknown(&self) -> bool {
        self.entries.iter().any(|(key, _)| self.object.fields.iter().all(|field| field.name != key.text))
    }

    /// Whether the key is there at all, even misspelt or with an empty or malformed value.
    pub fn has(&self, name: &str) -> bool {
        self.meant.contains(&name) || self.entries.iter().any(|(key, _)| key.text == name)
    }
}

/// How "nothing" is written for a shape, if it can be.
fn empty_form(shape: &Shape) -> Option<&'static str> {
    match shape {
        Shape::List(_) | Shape::Objects(_) => Some("[]"),
        Shape::Map(_) | Shape::Object(_) => Some("{}"),
        Shape::Text => Some("\"\""),
        Shape::Date
        | Shape::Quantity
        | Shape::Name(_)
        | Shape::OneOf(_)
        | Shape::Either(..)
        | Shape::Boolean
        | Shape::Integer(..)
        | Shape::Free => None,
    }
}
