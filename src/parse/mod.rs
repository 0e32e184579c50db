//! Files to declarations: one file at a time, without looking at any other.
//!
//! Whatever a document gets wrong is reported, all of it; the entries that are sound go on. A later phase may therefore
//! see less than was written, and [`decl::Broken`] tells it what it must not complain about.

pub mod data;
pub mod decl;
mod directory;
mod doubles;
pub mod field;
pub mod foreign;
pub mod gitops;
pub mod outline;
mod place;
mod platform;
mod plugin;
pub mod schema;
mod tenant;
pub mod value;
pub mod yaml;

use rayon::prelude::*;

use crate::diag::{Diagnostic, Draft, Sink, catalog::shape as catalog};
use crate::meter::Meter;
use crate::name::{AddOnName, ClusterName, InvalidName, LABEL_PATTERN, LABEL_VALUE_PATTERN, TenantName};
use crate::source::{FileId, SourceFile, SourceMap, Span, Spanned};
use decl::{Declarations, TemplateDecl};
use field::{Entries, Field, Object, Otherwise::Empty, Shape, optional, required};
use foreign::ForeignKind;
use tenant::Metadata;
use yaml::{Document, Node, Value};

/// The `apiVersion` of every document of an inventory.
pub const API_VERSION: &str = "tenantry.dev/v1alpha1";

/// The folder of add-on templates, below the inventory's root.
pub const TEMPLATE_FOLDER: &str = "templates/";

/// How the name of a template's file ends.
pub const TEMPLATE_SUFFIX: &str = ".yaml.j2";

static DOCUMENT: Object = Object { title: "a document", doc: "A document of the inventory.", fields: DOCUMENT_FIELDS };

const DOCUMENT_FIELDS: &[Field] = &[
    required("apiVersion", Shape::OneOf(&[API_VERSION]), "Version of the inventory language."),
    required("kind", Shape::OneOf(Kind::WORDS), "What the document declares."),
    required("metadata", Shape::Object(&METADATA), "Name of what is declared."),
    required("spec", Shape::Free, "The declaration."),
];

static METADATA: Object = Object { title: "`metadata`", doc: "Name of what is declared.", fields: METADATA_FIELDS };

const METADATA_FIELDS: &[Field] = &[required("name", Shape::Name(LABEL_PATTERN), "Its name.")];

static TENANT_METADATA: Object = Object {
    title: "`metadata`",
    doc: "Name of the tenant, and what its namespaces carry.",
    fields: TENANT_METADATA_FIELDS,
};

const TENANT_METADATA_FIELDS: &[Field] = &[
    required("name", Shape::Name(LABEL_PATTERN), "Its name."),
    optional("labels", Shape::Map(&Shape::Name(LABEL_VALUE_PATTERN)), Empty, "Labels of the tenant's namespaces."),
    optional("annotations", Shape::Map(&Shape::Text), Empty, "Annotations of the tenant's namespaces."),
];

/// The kinds of an inventory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One cluster's settings.
    Platform,
    /// People and groups.
    Directory,
    /// A team and its namespaces.
    Tenant,
}

impl Kind {
    /// As they are written.
    pub const WORDS: &[&'static str] = &["Platform", "Directory", "Tenant"];

    /// All, in the order of their names above.
    pub const ALL: &[Kind] = &[Kind::Platform, Kind::Directory, Kind::Tenant];

    /// The kind of a name, as it is written.
    pub fn parse(text: &str) -> Option<Kind> {
        Kind::ALL.iter().copied().find(|kind| kind.name() == text)
    }

    /// The tables of the kind's `metadata` and `spec`.
    pub fn tables(self) -> (&'static Object, &'static Object) {
        match self {
            Kind::Platform => (&METADATA, &platform::SPEC),
            Kind::Directory => (&METADATA, &directory::SPEC),
            Kind::Tenant => (&TENANT_METADATA, &tenant::SPEC),
        }
    }

    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Platform => "Platform",
            Kind::Directory => "Directory",
            Kind::Tenant => "Tenant",
        }
    }
}

/// What came of one file.
type Parsed = (Declarations, Sink);

/// Reads every file of an inventory. `found` is what reading the files themselves brought up.
pub fn parse(sources: &SourceMap, found: Vec<Diagnostic>, meter: &dyn Meter) -> Draft<Declarations> {
    merged(each(sources, meter, |_, _| None), found)
}

/// Reads two inventories. A file that both have is read once: what comes of a file depends on its id, its path and its
/// text, and on nothing else.
///
/// That ids agree, as they do in maps that were [numbered alike](SourceMap::number_alike), is no condition: a file that
/// the other inventory has under another id is read again.
pub fn parse_both(
    (base, base_found): (&SourceMap, Vec<Diagnostic>),
    (head, head_found): (&SourceMap, Vec<Diagnostic>),
    meter: &dyn Meter,
) -> [Draft<Declarations>; 2] {
    let base_parsed = each(base, meter, |_, _| None);
    let known = |id: FileId, file: &SourceFile| base.position_of_same(id, file).map(|at| base_parsed[at].clone());
    let head_parsed = each(head, meter, known);
    [merged(base_parsed, base_found), merged(head_parsed, head_found)]
}

/// Reads each file of which it is not known what comes of it.
fn each(
    sources: &SourceMap,
    meter: &dyn Meter,
    known: impl Fn(FileId, &SourceFile) -> Option<Parsed> + Sync,
) -> Vec<Parsed> {
    let files: Vec<(FileId, &SourceFile)> = sources.files().collect();
    let parse = |&(id, file): &(FileId, &SourceFile)| {
        let parsed = known(id, file).unwrap_or_else(|| parse_file(id, file));
        meter.step();
        parsed
    };
    files.par_iter().map(parse).collect()
}

/// All declarations together.
fn merged(parsed: Vec<Parsed>, found: Vec<Diagnostic>) -> Draft<Declarations> {
    let unread = found.iter().any(|diagnostic| diagnostic.severity == crate::diag::Severity::Error);
    Draft::start((), found).then(|(), sink| {
        let mut all = Declarations::default();
        for (declarations, findings) in parsed {
            sink.append(findings);
            merge(&mut all, declarations);
        }
        if unread {
            // A file that could not be read may have declared anything.
            all.broken.platform_unread = true;
            all.broken.directory_unread = true;
            all.broken.tenant_unread = true;
        }
        all
    })
}

fn merge(all: &mut Declarations, mut more: Declarations) {
    all.platforms.append(&mut more.platforms);
    all.users.append(&mut more.users);
    all.groups.append(&mut more.groups);
    all.tenants.append(&mut more.tenants);
    all.templates.append(&mut more.templates);
    all.foreign.append(&mut more.foreign);
    all.documents += more.documents;
    all.broken.clusters.append(&mut more.broken.clusters);
    all.broken.users.append(&mut more.broken.users);
    all.broken.groups.append(&mut more.broken.groups);
    all.broken.quota_classes.append(&mut more.broken.quota_classes);
    all.broken.quota_classes_unread |= more.broken.quota_classes_unread;
    all.broken.platform_unread |= more.broken.platform_unread;
    all.broken.directory_unread |= more.broken.directory_unread;
    all.broken.tenant_unread |= more.broken.tenant_unread;
}

fn parse_file(id: FileId, file: &SourceFile) -> Parsed {
    let mut sink = Sink::default();
    let mut declarations = Declarations::default();
    if let Some(name) = template_name(file.path()) {
        let span = Span { file: id, start: 0, end: file.text().len() as u32 };
        match AddOnName::parse(name) {
            Ok(name) => declarations.templates.push(TemplateDecl { name, span }),
            Err(problem) => {
                let start = Span { end: 0, ..span };
                sink.push(catalog::invalid_name(start, "an add-on (the file's name)", name, problem));
            }
        }
        return (declarations, sink);
    }
    for document in yaml::read(id, file.text(), &mut sink) {
        declarations.documents += 1;
        match document {
            Document::Read(node) => decode(&node, &mut declarations, &mut sink),
            Document::Broken(span) => guess(&file.text()[span.start as usize..span.end as usize], &mut declarations),
        }
    }
    (declarations, sink)
}

/// The add-on's name, if the path is that of a template.
pub fn template_name(path: &str) -> Option<&str> {
    path.strip_prefix(TEMPLATE_FOLDER)?.strip_suffix(TEMPLATE_SUFFIX)
}

/// Whether a file of this name belongs to an inventory.
pub fn is_wanted(name: &str) -> bool {
    name.ends_with(".yaml") || name.ends_with(".yml") || template_name(name).is_some()
}

/// Notes what a document that could not be read may have declared, by the look of its `kind:` line.
fn guess(text: &str, declarations: &mut Declarations) {
    let says = |kind: Kind| {
        text.lines().filter_map(|line| line.strip_prefix("kind:")).any(|rest| rest.trim().starts_with(kind.name()))
    };
    unread(declarations, says);
}

/// Notes that a document could not be read which may be of some kinds, or of any if of none.
fn unread(declarations: &mut Declarations, may_be: impl Fn(Kind) -> bool) {
    let broken = &mut declarations.broken;
    let unsure = !Kind::ALL.iter().any(|kind| may_be(*kind));
    broken.platform_unread |= unsure || may_be(Kind::Platform);
    broken.directory_unread |= unsure || may_be(Kind::Directory);
    broken.tenant_unread |= unsure || may_be(Kind::Tenant);
}

fn decode(node: &Node<'_>, declarations: &mut Declarations, sink: &mut Sink) {
    if let Some(kind) = ForeignKind::of(node) {
        match foreign::decode(node, kind, sink) {
            Some(decl) => declarations.foreign.push(decl),
            None => declarations.broken.tenant_unread = true,
        }
        return;
    }
    let Some(kind) = kind_of(node, sink) else {
        guess_node(node, declarations);
        return;
    };
    let Some(entries) = Entries::open(node, &DOCUMENT, sink) else { return };
    if let Some(given) = entries.get("apiVersion")
        && let Value::Scalar { text, .. } = &given.node.value
        && text != API_VERSION
    {
        sink.push(catalog::unknown_api_version(given.node.span, text, API_VERSION));
    }
    let metadata = entries.get("metadata").map(|given| given.node);
    let spec = entries.get("spec").map(|given| given.node);
    match kind {
        Kind::Platform => {
            let name = name_of(metadata, "a cluster", ClusterName::parse, sink);
            let written = name.as_ref().map(|name| name.value.to_string());
            match platform::decode(name, spec, &mut declarations.broken, sink) {
                Some(decl) => declarations.platforms.push(decl),
                None => {
                    declarations.broken.platform_unread = true;
                    declarations.broken.clusters.extend(written);
                }
            }
        }
        Kind::Directory => {
            let _ = name_of(metadata, "a directory", TenantName::parse, sink);
            match spec {
                Some(spec) => directory::decode(
                    spec,
                    &mut declarations.users,
                    &mut declarations.groups,
                    &mut declarations.broken,
                    sink,
                ),
                None => declarations.broken.directory_unread = true,
            }
        }
        Kind::Tenant => {
            let metadata = tenant_metadata(metadata, sink);
            match tenant::decode(metadata, spec, sink) {
                Some(decl) => declarations.tenants.push(decl),
                None => declarations.broken.tenant_unread = true,
            }
        }
    }
}

/// The kind of a document, reported if it is none of an inventory's.
fn kind_of(node: &Node<'_>, sink: &mut Sink) -> Option<Kind> {
    let Value::Map(entries) = &node.value else {
        sink.push(catalog::not_a_map(node.span, DOCUMENT.title, node.description()));
        return None;
    };
    let Some((key, value)) = entries.iter().find(|(key, _)| key.text == "kind") else {
        sink.push(catalog::missing_field(node.span, "kind", DOCUMENT.title));
        return None;
    };
    match &value.value {
        Value::Scalar { text, .. } => {
            let kind = Kind::parse(text);
            if kind.is_none() {
                sink.push(catalog::unknown_kind(
                    if text.is_empty() { key.span } else { value.span },
                    text,
                    Kind::WORDS,
                ));
            }
            kind
        }
        _ => {
            sink.push(catalog::wrong_type(value.span, "kind", "a text", value.description()));
            None
        }
    }
}

/// Notes what a document without a usable kind may have declared: a kind whose `spec` has all of its fields, or any if
/// there is no such kind.
fn guess_node(node: &Node<'_>, declarations: &mut Declarations) {
    let Value::Map(entries) = &node.value else { return };
    let Some((_, spec)) = entries.iter().find(|(key, _)| key.text == "spec") else { return };
    let fields = match &spec.value {
        Value::Map(fields) => fields.as_slice(),
        _ => &[],
    };
    unread(declarations, |kind| {
        let (_, table) = kind.tables();
        fields.iter().all(|(key, _)| table.fields.iter().any(|field| field.name == key.text))
    });
}

fn name_of<T>(
    metadata: Option<&Node<'_>>,
    what: &str,
    parse: impl FnOnce(&str) -> Result<T, InvalidName>,
    sink: &mut Sink,
) -> Option<Spanned<T>> {
    let entries = Entries::open(metadata?, &METADATA, sink)?;
    value::named(entries.get("name")?.node, "name", what, parse, sink)
}

fn tenant_metadata(node: Option<&Node<'_>>, sink: &mut Sink) -> Metadata<TenantName> {
    let none = Metadata { name: None, labels: Vec::new(), annotations: Vec::new() };
    let Some(entries) = node.and_then(|node| Entries::open(node, &TENANT_METADATA, sink)) else { return none };
    let name =
        entries.get("name").and_then(|given| value::named(given.node, "name", "a tenant", TenantName::parse, sink));
    Metadata {
        name,
        labels: entries.get("labels").map(|given| value::own_metadata(given, true, sink)).unwrap_or_default(),
        annotations: entries
            .get("annotations")
            .map(|given| value::own_metadata(given, false, sink))
            .unwrap_or_default(),
    }
}
