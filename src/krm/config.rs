//! The function's configuration: which inventory, which cluster, and what to do.

use jiff::civil::Date;

use crate::diag::catalog::{krm as catalog, shape};
use crate::diag::{Diagnostic, Sink};
use crate::parse::field::{Entries, Field, Object, Otherwise, Shape, optional, required};
use crate::parse::outline;
use crate::parse::yaml::{self, Document, Node, Value};
use crate::parse::{API_VERSION, value};
use crate::source::{SourceMap, Span};

/// The kind of a configuration of our own.
pub const KIND: &str = "Tenantry";

/// What the text of a configuration is called in messages.
pub const FILE: &str = "functionConfig";

/// The name of a configuration that has none.
const UNNAMED: &str = "tenantry";

static CONFIG: Object = Object { title: "the configuration", doc: "What a host wants.", fields: CONFIG_FIELDS };

const CONFIG_FIELDS: &[Field] = &[
    required("apiVersion", Shape::OneOf(&[API_VERSION]), "Version of the language."),
    required("kind", Shape::OneOf(&[KIND]), "Its kind."),
    required("metadata", Shape::Free, "Its name."),
    optional("spec", Shape::Object(&SPEC), Otherwise::Empty, "What to do."),
    optional("argsOneLiner", Shape::Text, Otherwise::Nothing, "Belongs to kustomize."),
    optional("argsFromFile", Shape::Text, Otherwise::Nothing, "Belongs to kustomize."),
];

static SPEC: Object = Object { title: "the configuration's `spec`", doc: "What to do.", fields: SPEC_FIELDS };

static DATA: Object = Object { title: "the configuration's `data`", doc: "What to do.", fields: SPEC_FIELDS };

const MODES: &[(&str, Mode)] = &[("generate", Mode::Generate), ("validate", Mode::Validate)];

const SPEC_FIELDS: &[Field] = &[
    optional("inventory", Shape::Text, Otherwise::Nothing, "A folder below the root."),
    optional("documents", Shape::Free, Otherwise::Nothing, "The inventory itself."),
    optional("cluster", Shape::Text, Otherwise::Nothing, "Which cluster of several."),
    optional("mode", Shape::OneOf(&["generate", "validate"]), Otherwise::Is("generate"), "What to do."),
    optional("asOf", Shape::Date, Otherwise::Nothing, "The day to judge by."),
];

/// What a host wants.
#[derive(Debug)]
pub struct Config {
    /// Its name, which our objects carry.
    pub name: String,
    /// Where the inventory is.
    pub source: Source,
    /// The cluster, if one is named.
    pub cluster: Option<String>,
    /// What to do.
    pub mode: Mode,
    /// The day to judge by, if one is named.
    pub as_of: Option<Date>,
    /// The file that the host took the configuration from, if it says so.
    pub path: Option<String>,
    /// Where the host says that the package is.
    pub package: Option<String>,
}

/// Where the inventory is.
#[derive(Debug)]
pub enum Source {
    /// In a folder.
    Folder(String),
    /// In the configuration: texts by the path of the field.
    Documents(Vec<(String, String)>),
    /// In the configuration, as one text that no host rewrites.
    Text(String),
    /// Among the items.
    Items,
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Put the objects into the answer.
    Generate,
    /// Say whether they are there.
    Validate,
}

/// Reads a configuration. What is wrong goes to the sink; the spans are places in a map of one file, [`FILE`].
pub fn read(sources: &SourceMap, sink: &mut Sink) -> Config {
    let mut config = Config {
        name: UNNAMED.to_owned(),
        source: Source::Items,
        cluster: None,
        mode: Mode::Generate,
        as_of: None,
        path: None,
        package: None,
    };
    let Some((file, source)) = sources.files().next() else { return config };
    let documents = yaml::read(file, source.text(), sink);
    let Some(Document::Read(node)) = documents.first() else { return config };
    let Value::Map(_) = &node.value else {
        sink.push(shape::not_a_map(node.span, CONFIG.title, node.description()));
        return config;
    };
    let words = |key| at(node, key).and_then(text).unwrap_or_default();
    let metadata = at(node, "metadata");
    if let Some(name) = metadata.and_then(|metadata| at(metadata, "name")).and_then(text).filter(|it| !it.is_empty()) {
        config.name = name.to_owned();
    }
    let annotations = metadata.and_then(|metadata| at(metadata, "annotations"));
    let annotation = |key| annotations.and_then(|all| at(all, key)).and_then(text).map(str::to_owned);
    config.path = annotation(super::host::PATH);
    config.package = annotation(super::host::PACKAGE);
    match (words("apiVersion"), words("kind")) {
        ("v1", "ConfigMap") => {
            if let Some(data) = at(node, "data").filter(|data| !is_nothing(data)) {
                settings(data, &DATA, None, &mut config, sink);
            }
        }
        (version, KIND) if version.starts_with("tenantry.dev/") => {
            let Some(entries) = Entries::open(node, &CONFIG, sink) else { return config };
            if let Some(given) = entries.get("apiVersion").filter(|_| version != API_VERSION) {
                sink.push(shape::unknown_api_version(given.node.span, version, API_VERSION));
            }
            if let Some(metadata) = metadata.filter(|metadata| at(metadata, "name").is_none()) {
                sink.push(shape::missing_field(metadata.span, "name", "`metadata`"));
            }
            if let Some(spec) = entries.get("spec").filter(|spec| !is_nothing(spec.node)) {
                settings(spec.node, &SPEC, Some(source.text()), &mut config, sink);
            }
        }
        (version, kind) => {
            let place = at(node, "kind").map_or(node.span, |kind| kind.span);
            sink.push(catalog::other_configuration(place, version, kind));
        }
    }
    config
}

/// Reads the settings. `whole` is the text of the configuration if documents stand in it as they are; else they are one
/// text.
fn settings(node: &Node<'_>, table: &'static Object, whole: Option<&str>, config: &mut Config, sink: &mut Sink) {
    let Some(entries) = Entries::open(node, table, sink) else { return };
    let folder = entries.get("inventory").and_then(|given| value::text(given, sink));
    let documents = entries.get("documents");
    if let (Some(folder), Some(documents)) = (&folder, &documents) {
        sink.push(catalog::two_inventories(documents.key, folder.span));
    }
    config.cluster = entries.get("cluster").and_then(|given| value::text(given, sink)).map(|cluster| cluster.value);
    config.as_of = entries.get("asOf").and_then(|given| value::date(given, sink)).map(|date| date.value);
    if let Some(mode) = entries.get("mode").and_then(|given| value::one_of(given, MODES, sink)) {
        config.mode = mode.value;
    }
    if let Some(folder) = folder {
        config.source = Source::Folder(folder.value);
        return;
    }
    let Some(given) = documents else { return };
    match (whole, &given.node.value) {
        (None, Value::Scalar { text, .. }) => config.source = Source::Text(text.clone().into_owned()),
        (Some(_), Value::List(items)) if items.is_empty() => {
            sink.push(shape::empty_list(given.key, "documents"));
        }
        (Some(text), Value::List(_)) => match inline(text, given.node.span) {
            Ok(documents) => config.source = Source::Documents(documents),
            Err(diagnostic) => sink.push(*diagnostic),
        },
        (None, _) => sink.push(shape::wrong_type(given.node.span, "documents", "a text", given.node.description())),
        (Some(_), _) => {
            sink.push(shape::wrong_type(given.node.span, "documents", "a list", given.node.description()));
        }
    }
}

/// The documents of a configuration, each as a text of its own.
fn inline(text: &str, span: Span) -> Result<Vec<(String, String)>, Box<Diagnostic>> {
    let outline = outline::document(span.file, text, &["spec", "documents"], super::host::is_host_annotation)?;
    let items = outline.list.map(|list| list.items).unwrap_or_default();
    let number = |(at, item)| {
        let text = super::documents::without_host_annotations(text, item);
        (format!("spec.documents[{at}]"), text)
    };
    Ok(items.iter().enumerate().map(number).collect())
}

/// The value of a key.
fn at<'n, 't>(node: &'n Node<'t>, key: &str) -> Option<&'n Node<'t>> {
    match &node.value {
        Value::Map(entries) => entries.iter().find(|(known, _)| known.text == key).map(|(_, value)| value),
        Value::List(_) | Value::Scalar { .. } => None,
    }
}

/// Whether nothing is there, in one of the words for it. Unlike an inventory, a configuration was read by its host before.
fn is_nothing(node: &Node<'_>) -> bool {
    let words = ["", "~", "null", "Null", "NULL"];
    matches!(&node.value, Value::Scalar { text, plain: true } if words.contains(&text.as_ref()))
}

fn text<'n>(node: &'n Node<'_>) -> Option<&'n str> {
    match &node.value {
        Value::Scalar { text, .. } => Some(text),
        Value::List(_) | Value::Map(_) => None,
    }
}

/// The path of the field that a span is about, in the first document of a text.
pub fn field_path(sources: &SourceMap, span: Span) -> Option<String> {
    let text = sources.file(span.file).text();
    yaml::read(span.file, text, &mut Sink::default()).iter().find_map(|document| match document {
        Document::Read(node) => find(node, span, ""),
        Document::Broken(_) => None,
    })
}

fn find(node: &Node<'_>, span: Span, path: &str) -> Option<String> {
    match &node.value {
        Value::Scalar { .. } => (node.span == span).then(|| path.to_owned()),
        Value::List(items) => {
            items.iter().enumerate().find_map(|(at, item)| find(item, span, &format!("{path}[{at}]")))
        }
        Value::Map(entries) => entries.iter().find_map(|(key, value)| {
            let below = if path.is_empty() { key.text.to_string() } else { format!("{path}.{}", key.text) };
            if key.span == span { Some(below) } else { find(value, span, &below) }
        }),
    }
}
