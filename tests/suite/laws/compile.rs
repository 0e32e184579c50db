//! The compiler as a function, and what it wrote as values.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rayon::prelude::*;
use serde::Deserialize;
use serde_json::{Map as JsonMap, Value};
use tenantry::diag::{Diagnostic, Severity};
use tenantry::driver::{Program, analyse};
use tenantry::lower::load::{load, own};
use tenantry::lower::template::Templates;
use tenantry::lower::{Lowered, Scene, addon, component, gitops, lower, platform};
use tenantry::manifest::{Manifest, Map, Tree, yaml};
use tenantry::plan::{Plan, Provision};
use tenantry::render::header::Header;
use tenantry::render::{layout, namespace_file, platform_files, synced};
use tenantry::source::SourceMap;

use super::data::Inventory;
use super::generate::TODAY;
use super::print::{Files, arrange};

/// What a finding says, without its place.
pub type Finding = (&'static str, Severity, String, Option<String>);

/// What came of a compile.
#[derive(Debug)]
pub struct Compiled {
    /// Texts by path.
    pub files: BTreeMap<String, String>,
    /// What the files were made from, as values, by path.
    pub manifests: BTreeMap<String, Vec<Value>>,
    /// All findings, sorted.
    pub findings: Vec<Finding>,
    /// Whether there was a program.
    pub sound: bool,
}

/// A day.
pub fn day(text: &str) -> Date {
    text.parse().expect("laws use real days")
}

/// Compiles files for a day. Nothing is rendered of an inventory with errors.
pub fn compile_files(files: Files, as_of: &str) -> Compiled {
    let sources = SourceMap::new(files);
    analyse(&sources, Vec::new(), day(as_of), |outcome| {
        let findings = findings(&outcome.diagnostics);
        let sound = outcome.program.is_some();
        let (files, manifests) = outcome.program.as_ref().map(|it| render(it.get())).unwrap_or_default();
        Compiled { files, manifests, findings, sound }
    })
}

/// Compiles an inventory that has no errors, in its plainest arrangement.
pub fn compile(inventory: &Inventory) -> Result<Compiled, String> {
    compile_on(inventory, 0, TODAY)
}

/// Compiles an inventory that has no errors, in some arrangement, for a day.
pub fn compile_on(inventory: &Inventory, seed: u64, as_of: &str) -> Result<Compiled, String> {
    let files = arrange(inventory, seed);
    let compiled = compile_files(files.clone(), as_of);
    if compiled.sound {
        return Ok(compiled);
    }
    let files: String = files.iter().map(|(path, text)| format!("### {path}\n{text}\n")).collect();
    Err(format!("a sound inventory is refused: {:#?}\nwritten as\n{files}", compiled.errors()))
}

impl Compiled {
    fn errors(&self) -> Vec<&Finding> {
        self.findings.iter().filter(|finding| finding.1 == Severity::Error).collect()
    }

    /// Every object of tenants and platform, read from the text of the files, with the path of its file. A component of
    /// kustomize is none, and objects for engines live with the engines.
    pub fn objects(&self) -> Result<Vec<(&str, Value)>, String> {
        let mut objects = Vec::new();
        let component = format!("/{}/", layout::PLATFORM_COMPONENT);
        let engines = format!("/{}/", layout::GITOPS);
        let of_cluster = |path: &str| path.ends_with(".yaml") && !path.contains(&component) && !path.contains(&engines);
        for (path, text) in self.files.iter().filter(|(path, _)| of_cluster(path)) {
            objects.extend(read(text).map_err(|error| format!("{path}: {error}"))?.into_iter().map(|it| (&**path, it)));
        }
        Ok(objects)
    }
}

fn findings(diagnostics: &[Diagnostic]) -> Vec<Finding> {
    let finding = |it: &Diagnostic| (it.code.name(), it.severity, it.message.clone(), it.help.clone());
    let mut findings: Vec<Finding> = diagnostics.iter().map(finding).collect();
    findings.sort();
    findings
}

type Rendered = (BTreeMap<String, String>, BTreeMap<String, Vec<Value>>);

fn render(program: &Program<'_>) -> Rendered {
    let (mut files, mut manifests) = Rendered::default();
    for plan in &program.plans {
        let made: Vec<_> = plan.provisions.par_iter().map(|it| namespace_file(plan, it, &program.templates)).collect();
        for (file, provision) in made.into_iter().zip(&plan.provisions) {
            let objects = lower(&Scene::today(plan, provision), &program.templates);
            check_load(plan, provision, &program.templates, &file.text);
            check_text(&file.text, &objects);
            manifests.insert(file.path.clone(), objects.iter().map(|it| value(&it.manifest)).collect());
            files.insert(file.path, file.text);
        }
        let platform = plan.inventory.platform(plan.platform);
        for (name, manifest) in platform::objects(platform) {
            let path = layout::platform_object_path(platform.name.as_str(), name);
            manifests.insert(path, vec![value(&manifest)]);
        }
        for (name, made) in gitops::files(&synced(plan, &program.templates)) {
            let path = layout::gitops_path(platform.name.as_str(), name);
            manifests.insert(path, made.iter().map(value).collect());
        }
        let component = component::component(plan.inventory, platform);
        manifests.insert(layout::component_path(platform.name.as_str()), vec![map(&component)]);
        files.extend(platform_files(plan, &program.templates).into_iter().map(|file| (file.path, file.text)));
    }
    (files, manifests)
}

/// What a namespace is said to ask for is what it comes to: its objects to the number, its bytes as a bound that is never
/// too small and not far off.
pub fn check_load(plan: &Plan<'_>, provision: &Provision<'_>, templates: &Templates<'_>, text: &str) {
    let scene = Scene::today(plan, provision);
    let (objects, bytes) = (lower(&scene, templates).len(), text.len());
    let made =
        provision.namespace.add_ons.iter().filter_map(|name| addon::lower(&scene, name.as_str(), templates).ok());
    let (load, _) = load(&scene, &own(&scene), &made.flatten().collect::<Vec<_>>());
    let name = &provision.namespace.name;
    assert_eq!(load.objects, objects, "objects of {name}");
    assert!(load.bytes >= bytes && load.bytes <= 20_000 + 8 * bytes, "bytes of {name}: {} for {bytes}", load.bytes);
}

/// A file is, byte for byte, what the writer makes of its objects one by one, whatever shorter way was taken.
fn check_text(text: &str, objects: &[Lowered<'_>]) {
    let (_, body) = Header::parse(text).expect("a compiled file has a header");
    let mut written = String::new();
    for object in objects {
        written.push_str("---\n");
        yaml::manifest(&mut written, &object.manifest);
    }
    assert_eq!(body, written);
}

/// Documents of a text.
pub fn read(text: &str) -> Result<Vec<Value>, String> {
    let documents = serde_yaml::Deserializer::from_str(text);
    // First as YAML: JSON's maps would hide a key that stands twice.
    let values = documents.map(|it| serde_yaml::Value::deserialize(it).map_err(|error| error.to_string()));
    values.map(|it| it.and_then(|it| serde_json::to_value(it).map_err(|error| error.to_string()))).collect()
}

/// The value that a manifest stands for.
fn value(manifest: &Manifest<'_>) -> Value {
    let mut metadata = JsonMap::new();
    metadata.insert("name".to_owned(), manifest.name.as_ref().into());
    metadata.extend(manifest.namespace.as_deref().map(|namespace| ("namespace".to_owned(), namespace.into())));
    for (key, entries) in [("labels", &manifest.labels), ("annotations", &manifest.annotations)] {
        if !entries.is_empty() {
            metadata.insert(key.to_owned(), map(entries));
        }
    }
    let mut object = JsonMap::new();
    object.insert("apiVersion".to_owned(), manifest.api_version.as_ref().into());
    object.insert("kind".to_owned(), manifest.kind.as_ref().into());
    object.insert("metadata".to_owned(), metadata.into());
    object.extend(manifest.body.iter().map(|(key, value)| (key.to_owned(), tree(value))));
    object.into()
}

fn map(entries: &Map<'_>) -> Value {
    Value::Object(entries.iter().map(|(key, value)| (key.to_owned(), tree(value))).collect())
}

fn tree(value: &Tree<'_>) -> Value {
    match value {
        Tree::Map(entries) => map(entries),
        Tree::List(items) => items.iter().map(tree).collect(),
        Tree::Text(text) => text.as_ref().into(),
        Tree::Integer(number) => (*number).into(),
        Tree::Boolean(flag) => (*flag).into(),
    }
}

/// What tells objects of a cluster apart: group, kind, namespace and name.
pub fn id(object: &Value) -> [&str; 4] {
    let group = text(object, "/apiVersion").split_once('/').map_or("", |(group, _)| group);
    [group, text(object, "/kind"), text(object, "/metadata/namespace"), text(object, "/metadata/name")]
}

/// The text at a pointer; empty if there is none.
pub fn text<'v>(object: &'v Value, pointer: &str) -> &'v str {
    object.pointer(pointer).and_then(Value::as_str).unwrap_or("")
}

/// The texts under a pointer to labels or annotations.
pub fn texts(object: &Value, pointer: &str) -> BTreeMap<String, String> {
    let entries = object.pointer(pointer).and_then(Value::as_object).into_iter().flatten();
    entries.map(|(key, value)| (key.clone(), value.as_str().unwrap_or("(no text)").to_owned())).collect()
}
