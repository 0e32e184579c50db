//! What a host rendered, held against what the inventory asks for, object by object.
//!
//! Hosts skip plugins silently, move objects into other namespaces and rename them. Whatever came out is taken as it is:
//! only what hosts add to objects, and the order of documents and keys, does not count.

mod bystander;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{compare, json};
use crate::driver::Program;
use crate::lower::{self, Scene, lower};
use crate::manifest::{Manifest, Map, ObjectId, Tree, yaml};
use crate::plan::Plan;
use crate::report::textdiff;
use bystander::{Reach, Tenants};

/// Most lines of a difference that are shown.
const LINES: usize = 60;

/// Objects that came out, each with where it was.
#[derive(Debug, Default)]
pub struct Rendered {
    objects: Vec<(String, Value)>,
}

/// What can be wrong with an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It is not there.
    Missing,
    /// It is there and not as it should be.
    Different,
    /// It came out in another namespace.
    Moved,
    /// It came out under another name.
    Renamed,
    /// It is there more than once.
    Duplicate,
    /// Nothing asks for it.
    Unexpected,
}

impl Kind {
    /// As every format spells it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Missing => "missing",
            Kind::Different => "different",
            Kind::Moved => "moved",
            Kind::Renamed => "renamed",
            Kind::Duplicate => "duplicate",
            Kind::Unexpected => "unexpected",
        }
    }
}

/// One object that is not as the inventory asks for.
#[derive(Debug)]
pub struct Difference {
    /// What is wrong.
    pub kind: Kind,
    /// The object: the one that is wanted, or else the one that was found.
    pub object: ObjectId,
    /// What it became, where it was moved or renamed.
    pub became: Option<ObjectId>,
    /// Where it was found.
    pub source: Option<String>,
    /// From what was found to what is wanted.
    pub diff: Option<String>,
}

/// Everything that is not as the inventory asks for.
#[derive(Debug, Default)]
pub struct Report {
    /// By object and kind.
    pub differences: Vec<Difference>,
    /// What nothing asks for and nobody judges, although it may reach tenants: the object, and where it was found.
    pub beside: Vec<(ObjectId, String)>,
    /// Number of objects that are wanted.
    pub wanted: usize,
    /// Number of objects that came out, of whatever kind.
    pub found: usize,
}

impl Rendered {
    /// Adds the objects of a text. Lists are taken apart; what has no name is no object.
    ///
    /// # Errors
    ///
    /// Why the text cannot be read.
    pub fn add(&mut self, source: &str, text: &str) -> Result<(), String> {
        for value in compare::read(text)? {
            compare::open(value, &mut |object| self.objects.push((source.to_owned(), object)));
        }
        Ok(())
    }
}

/// Compares what came out with a plan.
pub fn verify(program: &Program<'_>, plan: &Plan<'_>, rendered: Rendered) -> Report {
    let wanted = wanted(program, plan);
    // Whoever compiles to files gets these too, and a host does not.
    let platform = lower::platform::objects(plan.inventory.platform(plan.platform));
    let allowed: BTreeMap<ObjectId, Value> =
        platform.iter().map(|(_, manifest)| (manifest.id(), as_value(manifest))).collect();
    let mut report = Report { wanted: wanted.len(), ..Report::default() };
    let mut seen: BTreeSet<ObjectId> = BTreeSet::new();
    let mut others: Vec<Found> = Vec::new();
    for (source, mut value) in rendered.objects {
        let Some(id) = compare::id(&value) else { continue };
        report.found += 1;
        let marked = compare::is_marked(&value);
        compare::strip(&mut value);
        let Some(asked) = wanted.get(&id).or_else(|| allowed.get(&id)) else {
            others.push(Found { id, source, value, marked, taken: false });
            continue;
        };
        if !seen.insert(id.clone()) {
            report.push(Kind::Duplicate, id, Some(source), None);
        } else if *asked != value {
            let diff = textdiff::unified(&id.to_string(), &text(&value), &text(asked), LINES);
            report.push(Kind::Different, id, Some(source), Some(diff));
        }
    }
    for (id, value) in wanted.iter().filter(|(id, _)| !seen.contains(*id)) {
        report.missing(id, value, &mut others);
    }
    report.unexpected(plan, &wanted, &others);
    report.beside.sort();
    report.differences.sort_by(|a, b| (&a.object, a.kind, &a.source).cmp(&(&b.object, b.kind, &b.source)));
    report
}

/// An object that came out and that nothing asks for by its name.
struct Found {
    id: ObjectId,
    source: String,
    value: Value,
    marked: bool,
    taken: bool,
}

impl Report {
    fn push(&mut self, kind: Kind, object: ObjectId, source: Option<String>, diff: Option<String>) {
        self.differences.push(Difference { kind, object, became: None, source, diff });
    }

    /// Tells of an object that is not there under its own name, and where it went, if that can be seen.
    fn missing(&mut self, id: &ObjectId, value: &Value, others: &mut [Found]) {
        let alike = |found: &Found| !found.taken && found.id.group == id.group && found.id.kind == id.kind;
        let moved = others.iter().position(|it| alike(it) && it.id.name == id.name && it.id.namespace != id.namespace);
        let renamed = || {
            others.iter().position(|it| {
                let affixed = it.id.name.ends_with(&id.name) || it.id.name.starts_with(&id.name);
                alike(it) && affixed && without_metadata(&it.value) == without_metadata(value)
            })
        };
        let went = moved.map(|at| (Kind::Moved, at)).or_else(|| renamed().map(|at| (Kind::Renamed, at)));
        let Some((kind, at)) = went else { return self.push(Kind::Missing, id.clone(), None, None) };
        let found = &mut others[at];
        found.taken = true;
        let (became, source) = (Some(found.id.clone()), Some(found.source.clone()));
        let same = without_metadata(&found.value) == without_metadata(value);
        let diff = (!same).then(|| textdiff::unified(&id.to_string(), &text(&found.value), &text(value), LINES));
        self.differences.push(Difference { kind, object: id.clone(), became, source, diff });
    }

    /// Tells of what nothing asks for, as far as it reaches tenants.
    fn unexpected(&mut self, plan: &Plan<'_>, wanted: &BTreeMap<ObjectId, Value>, others: &[Found]) {
        let tenants = Tenants::of(plan, wanted, others);
        for found in others.iter().filter(|found| !found.taken) {
            match tenants.reach(&found.id, &found.value) {
                _ if found.marked => self.push(Kind::Unexpected, found.id.clone(), Some(found.source.clone()), None),
                Reach::Tenants => self.push(Kind::Unexpected, found.id.clone(), Some(found.source.clone()), None),
                Reach::Perhaps => self.beside.push((found.id.clone(), found.source.clone())),
                Reach::Nowhere => {}
            }
        }
    }
}

/// What the inventory asks for, as values without what hosts add.
fn wanted(program: &Program<'_>, plan: &Plan<'_>) -> BTreeMap<ObjectId, Value> {
    let mut wanted = BTreeMap::new();
    for provision in &plan.provisions {
        for object in lower(&Scene::today(plan, provision), &program.templates) {
            wanted.insert(object.manifest.id(), as_value(&object.manifest));
        }
    }
    wanted
}

fn as_value(manifest: &Manifest<'_>) -> Value {
    let mut value = json::object(manifest);
    compare::strip(&mut value);
    value
}

fn without_metadata(value: &Value) -> Value {
    let mut value = value.clone();
    if let Some(object) = value.as_object_mut() {
        object.remove("metadata");
    }
    value
}

/// A value in the canonical form, for a difference.
fn text(value: &Value) -> String {
    let mut text = String::new();
    yaml::tree(&mut text, &tree(value), 0);
    text
}

fn tree(value: &Value) -> Tree<'_> {
    match value {
        Value::Object(entries) => {
            Tree::Map(entries.iter().map(|(key, value)| (key.as_str(), tree(value))).collect::<Map<'_>>())
        }
        Value::Array(items) => Tree::List(items.iter().map(tree).collect()),
        Value::String(text) => Tree::from(text.as_str()),
        Value::Bool(value) => Tree::Boolean(*value),
        Value::Number(number) => number.as_i64().map_or_else(|| Tree::from(number.to_string()), Tree::Integer),
        Value::Null => Tree::from("null"),
    }
}
