//! One document of a file of somebody else: what it is called and what it would give whom, in bounded and quoted words.

use serde_yaml::Value;

use crate::diff::words::{bounded, shown};

/// Most letters of a kind that stands without marks.
const KIND_LIMIT: usize = 63;

/// How deep lists of objects are opened.
const DEPTH: usize = 4;

/// A document, or an item of a document that is a list of objects.
#[derive(Debug)]
pub struct Document {
    /// Where the document begins in its file, from 1.
    pub line: u32,
    /// What it holds; the text where it cannot be read.
    value: Result<Value, String>,
}

/// The documents of a file. Empty ones are none, and a list of objects is each of them, as engines take it.
pub fn documents(text: &str) -> Vec<Document> {
    let mut found = Vec::new();
    for (line, text) in split(text) {
        match serde_yaml::from_str::<Value>(&text) {
            Ok(Value::Null) => {}
            Ok(value) => open(value, line, DEPTH, &mut found),
            Err(_) => found.push(Document { line, value: Err(text) }),
        }
    }
    found
}

fn open(value: Value, line: u32, depth: usize, found: &mut Vec<Document>) {
    // So Kubernetes' own libraries tell a list, whatever its kind is called (apimachinery, `Unstructured.IsList`).
    match value.get("items").and_then(Value::as_sequence) {
        Some(items) if depth > 0 => {
            items.iter().for_each(|item| open(item.clone(), line, depth - 1, found));
        }
        _ => found.push(Document { line, value: Ok(value) }),
    }
}

/// Where documents begin, and their texts. A line of three dashes or dots at its start ends one, whatever stands behind
/// the dashes: YAML allows neither inside of a text.
fn split(text: &str) -> Vec<(u32, String)> {
    let mut documents = Vec::new();
    let mut current: Option<(u32, String)> = None;
    for (line, at) in text.strip_prefix('\u{FEFF}').unwrap_or(text).split_inclusive('\n').zip(1_u32..) {
        let behind = |mark| {
            line.strip_prefix(mark).filter(|rest: &&str| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
        };
        let line = match behind("---").or_else(|| behind("...")) {
            Some(rest) => {
                documents.extend(current.take());
                rest
            }
            None => line,
        };
        match &mut current {
            Some((_, text)) => text.push_str(line),
            // What is said about a document is no part of it.
            None if is_silent(line) => {}
            None => current = Some((at, line.to_owned())),
        }
    }
    documents.extend(current);
    documents
}

/// An empty line, a comment or a directive.
fn is_silent(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with(['#', '%'])
}

impl Document {
    /// Contents that are equal exactly for equal documents, whatever the order of their keys.
    pub fn contents(&self) -> String {
        match &self.value {
            Ok(value) => canonical(value),
            Err(text) => format!("unreadable\n{text}"),
        }
    }

    /// Kind, namespace and name, if it is an object.
    pub fn name(&self) -> Option<String> {
        let name = self.text(&["metadata", "name"])?;
        Some(format!("{}/{}/{name}", self.text(&["kind"])?, self.namespace().unwrap_or_default()))
    }

    /// The namespace that it says.
    pub fn namespace(&self) -> Option<&str> {
        self.text(&["metadata", "namespace"])
    }

    fn text(&self, path: &[&str]) -> Option<&str> {
        let mut value = self.value.as_ref().ok()?;
        for key in path {
            value = value.get(key)?;
        }
        value.as_str()
    }

    /// What it is called, in words: `the Role `x` in the namespace `y``. `None` if it is no object.
    pub fn what(&self) -> Option<String> {
        let (kind, api_version) = (self.text(&["kind"])?, self.text(&["apiVersion"])?);
        // A kustomization needs no name, and is worse than most objects: it can bring in anything.
        let name = match self.text(&["metadata", "name"]) {
            Some(name) => format!(" `{}`", shown(name)),
            None => String::new(),
        };
        let of = if name.is_empty() { format!(" of `{}`", shown(api_version)) } else { name };
        let inside = self.namespace().map(|name| format!(" in the namespace `{}`", shown(name))).unwrap_or_default();
        let plain = kind.len() <= KIND_LIMIT && kind.chars().all(|c| c.is_ascii_alphanumeric());
        let kind = if plain { kind.to_owned() } else { format!("`{}`", shown(kind)) };
        Some(format!("the {kind}{of}{inside}"))
    }

    /// Whom it would give what, if it is about rights.
    pub fn effect(&self) -> Option<String> {
        let value = self.value.as_ref().ok()?;
        match value["kind"].as_str()? {
            "RoleBinding" | "ClusterRoleBinding" => Some(binding(value)),
            "Role" | "ClusterRole" => Some(role(value)),
            "AuthorizationPolicy" => Some(policy(value)),
            "Kustomization" | "Component" => Some("it decides what of its folder is applied, and how".to_owned()),
            _ => None,
        }
    }
}

fn binding(value: &Value) -> String {
    let role = &value["roleRef"];
    let text = |value: &Value| shown(value.as_str().unwrap_or("?"));
    let subject = |subject: &Value| {
        let name = text(&subject["name"]);
        let name = match subject["namespace"].as_str() {
            Some(namespace) => format!("{}/{name}", shown(namespace)),
            None => name,
        };
        format!("{} {name}", text(&subject["kind"]))
    };
    let subjects: Vec<String> = items(&value["subjects"]).map(subject).collect();
    let subjects = if subjects.is_empty() { "nobody".to_owned() } else { bounded(&subjects) };
    format!("it binds the {} `{}` to {subjects}", plain(&text(&role["kind"])), text(&role["name"]))
}

fn role(value: &Value) -> String {
    let rule = |rule: &Value| {
        let verbs: Vec<&str> = items(&rule["verbs"]).filter_map(Value::as_str).collect();
        let resources = items(&rule["resources"]).chain(items(&rule["nonResourceURLs"]));
        let resources: Vec<&str> = resources.filter_map(Value::as_str).collect();
        shown(&format!("{} {}", verbs.join(","), resources.join(",")))
    };
    let rules: Vec<String> = items(&value["rules"]).map(rule).collect();
    if rules.is_empty() { "its rules come from elsewhere".to_owned() } else { format!("it allows {}", bounded(&rules)) }
}

/// An AuthorizationPolicy that names no action allows; a rule without sources is about everybody.
fn policy(value: &Value) -> String {
    let spec = &value["spec"];
    let action = shown(spec["action"].as_str().unwrap_or("ALLOW"));
    let mut from = Vec::new();
    for rule in items(&spec["rules"]) {
        let sources: Vec<&Value> = items(&rule["from"]).map(|from| &from["source"]).collect();
        let conditions: Vec<&Value> = items(&rule["when"]).collect();
        if sources.is_empty() && conditions.is_empty() {
            from.push("anybody".to_owned());
        }
        for source in sources.into_iter().chain(conditions) {
            let fields = source.as_mapping().into_iter().flatten().filter(|(key, _)| key.as_str() != Some("key"));
            let values = fields.flat_map(|(_, values)| items(values).filter_map(Value::as_str));
            from.extend(values.map(shown));
        }
    }
    let from = if from.is_empty() { "nobody".to_owned() } else { bounded(&from) };
    format!("it says {} for {from}", plain(&action))
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_sequence().into_iter().flatten()
}

/// A word without the marks that its sink would take for something else.
fn plain(word: &str) -> String {
    if word.chars().all(|c| c.is_ascii_alphanumeric()) { word.to_owned() } else { format!("`{word}`") }
}

fn canonical(value: &Value) -> String {
    match value {
        Value::Mapping(entries) => {
            let mut entries: Vec<String> =
                entries.iter().map(|(key, value)| format!("{}:{}", canonical(key), canonical(value))).collect();
            entries.sort_unstable();
            format!("{{{}}}", entries.join(","))
        }
        Value::Sequence(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        Value::Tagged(tagged) => format!("{} {}", tagged.tag, canonical(&tagged.value)),
        other => format!("{other:?}"),
    }
}
