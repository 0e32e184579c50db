//! What Kubernetes takes of one object at most: the API server looks at annotations and data, etcd at the whole.
//!
//! The limits are `TotalAnnotationSizeLimitB` (apimachinery, `ValidateAnnotations`), `MaxSecretSize` for the values of a
//! Secret, and of a ConfigMap too (core validation), and `--max-request-bytes` of etcd, by default.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::neutralise;
use crate::diag::Diagnostic;
use crate::diag::catalog::capacity as catalog;
use crate::manifest::{Manifest, Map, Tree};
use crate::source::Span;

/// Most bytes of an object's annotations, keys and values together.
pub const ANNOTATIONS: usize = 256 << 10;

/// Most bytes of the values of a ConfigMap or, decoded, of a Secret.
pub const DATA: usize = 1 << 20;

/// Most bytes of an object.
pub const OBJECT: usize = 3 << 19;

/// What has fewer bytes than this as text is within every limit: a text is never shorter than what is written in it.
pub const UNSUSPICIOUS: usize = ANNOTATIONS / 2;

/// What of an object is too large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Its annotations.
    Annotations,
    /// The values of a ConfigMap or Secret.
    Data,
    /// All of it.
    Whole,
}

/// That an object is too large.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Excess {
    /// What of it.
    pub part: Part,
    /// How large that is.
    pub bytes: usize,
}

impl Excess {
    /// Looks at an object as it will be written: the mark against variables may still be missing in it.
    pub fn of(manifest: &Manifest<'_>) -> Option<Excess> {
        let mut manifest = manifest.clone();
        neutralise(&mut manifest);
        let data = |keys: &[&str]| keys.iter().filter_map(|key| manifest.body.get(key)).map(values).sum();
        let (data, whole) = match (manifest.group(), manifest.kind.as_ref()) {
            ("", "ConfigMap") => (data(&["data", "binaryData"]), whole(&manifest)),
            // The whole is stored decoded, and so are its limits.
            ("", "Secret") => (manifest.body.get("data").map_or(0, decoded) + data(&["stringData"]), 0),
            _ => (0, whole(&manifest)),
        };
        let annotations = manifest.annotations.iter().map(|(key, value)| key.len() + length(value)).sum();
        let parts = [(Part::Annotations, annotations), (Part::Data, data), (Part::Whole, whole)];
        let excess = |(part, bytes): (Part, usize)| (bytes > part.limit()).then_some(Excess { part, bytes });
        parts.into_iter().find_map(excess)
    }

    /// What there is to say about it, at the place that it comes from; `help` says what to do there.
    pub fn finding(self, span: Span, cluster: &str, manifest: &Manifest<'_>, help: &str) -> Diagnostic {
        let taker = match self.part {
            Part::Annotations | Part::Data => "Kubernetes",
            Part::Whole => "etcd",
        };
        let (part, limit) = (self.part.to_string(), (taker, self.part.limit()));
        catalog::too_large(span, cluster, &manifest.id(), &part, self.bytes, limit, help)
    }
}

impl Part {
    fn limit(self) -> usize {
        match self {
            Part::Annotations => ANNOTATIONS,
            Part::Data => DATA,
            Part::Whole => OBJECT,
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Part::Annotations => "the annotations",
            Part::Data => "the data",
            Part::Whole => "",
        })
    }
}

/// Bytes of an object as JSON, which is what is sent, and for most kinds what is stored. Characters that JSON escapes
/// count as if it did not, so that nothing is refused that would have been taken.
fn whole(manifest: &Manifest<'_>) -> usize {
    let heads = [&manifest.api_version, &manifest.kind, &manifest.name];
    let heads =
        heads.iter().map(|text| text.len()).sum::<usize>() + manifest.namespace.as_ref().map_or(0, |it| it.len());
    heads + [&manifest.labels, &manifest.annotations, &manifest.body].into_iter().map(json_map).sum::<usize>()
}

fn json_map(map: &Map<'_>) -> usize {
    // A key has two quotes and a colon, and a comma after its value; there are two braces, and one comma too many.
    map.iter().map(|(key, value)| key.len() + 4 + json(value)).sum::<usize>() + 1
}

fn json(tree: &Tree<'_>) -> usize {
    match tree {
        Tree::Map(map) => json_map(map),
        Tree::List(items) => items.iter().map(|item| json(item) + 1).sum::<usize>() + 1,
        Tree::Text(text) => text.len() + 2,
        Tree::Integer(number) => number.to_string().len(),
        Tree::Boolean(value) => value.to_string().len(),
    }
}

/// Bytes of the values of a map.
fn values(tree: &Tree<'_>) -> usize {
    match tree {
        Tree::Map(map) => map.iter().map(|(_, value)| length(value)).sum(),
        _ => 0,
    }
}

/// The same for values in base64. What is none is taken as it is.
fn decoded(tree: &Tree<'_>) -> usize {
    let bytes = |value: &Tree<'_>| match value {
        Tree::Text(text) => STANDARD.decode(text.as_bytes()).map_or(text.len(), |bytes| bytes.len()),
        _ => 0,
    };
    match tree {
        Tree::Map(map) => map.iter().map(|(_, value)| bytes(value)).sum(),
        _ => 0,
    }
}

fn length(tree: &Tree<'_>) -> usize {
    match tree {
        Tree::Text(text) => text.len(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excess(manifest: &Manifest<'_>) -> Option<(Part, usize)> {
        Excess::of(manifest).map(|excess| (excess.part, excess.bytes))
    }

    #[test]
    fn limits_are_those_of_kubernetes_to_the_byte() {
        let mut namespace = Manifest::cluster("v1", "Namespace", "t");
        namespace.annotations.insert("a", "z".repeat(ANNOTATIONS - 1));
        assert_eq!(excess(&namespace), None);
        namespace.annotations.insert("a", "z".repeat(ANNOTATIONS));
        assert_eq!(excess(&namespace), Some((Part::Annotations, ANNOTATIONS + 1)));
        // The mark against variables is an annotation, too.
        namespace.annotations.insert("a", format!("${{{}", "z".repeat(ANNOTATIONS - 3)));
        assert_eq!(excess(&namespace).map(|(part, _)| part), Some(Part::Annotations));

        let config_map = |size: usize| {
            let mut manifest = Manifest::namespaced("v1", "ConfigMap", "t", "c");
            let text = |size: usize| "é\n".repeat(size / 3) + &"z".repeat(size % 3);
            manifest.body.insert("data", Map::new().with("key", text(size - 10)).with("other", "0123456789"));
            manifest
        };
        assert_eq!(excess(&config_map(DATA)), None);
        assert_eq!(excess(&config_map(DATA + 1)), Some((Part::Data, DATA + 1)));
        // The same of another group is any object.
        let other = Manifest { api_version: "example.org/v1".into(), ..config_map(DATA + 1) };
        assert_eq!(excess(&other), None);

        let secret = |size: usize| {
            let mut manifest = Manifest::namespaced("v1", "Secret", "t", "s");
            manifest.body.insert("data", Map::new().with("users", STANDARD.encode("z".repeat(size))));
            manifest
        };
        assert_eq!(excess(&secret(DATA)), None);
        assert_eq!(excess(&secret(DATA + 1)), Some((Part::Data, DATA + 1)));
    }

    #[test]
    fn the_whole_is_what_is_sent() {
        let profile = |size: usize| {
            let mut manifest = Manifest::cluster("kubeflow.org/v1", "Profile", "t");
            let list: Vec<Tree<'_>> = vec!["z".repeat(size).into(), Tree::Integer(-7), Tree::Boolean(true)];
            manifest.body.insert("spec", Map::new().with("empty", Map::new()).with("list", list));
            manifest
        };
        let sent = |size: usize| {
            let head = r#"{"apiVersion":"kubeflow.org/v1","kind":"Profile","metadata":{"name":"t"},"#;
            head.len() + r#""spec":{"empty":{},"list":["",-7,true]}}"#.len() + size
        };
        assert_eq!(excess(&profile(OBJECT - sent(0))), None);
        let (part, bytes) = excess(&profile(OBJECT)).expect("it is too large");
        assert!(part == Part::Whole && bytes <= sent(OBJECT) && bytes + 100 > sent(OBJECT), "{bytes}");
    }
}
