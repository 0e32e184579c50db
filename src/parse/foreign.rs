//! Documents of the Tenant-Profile integration of ECP that are inventory too: Tenant resources with a `userlist`, the
//! ConfigMap `kubeflow-users-cm` and the Secret `kubeflow-users-secret`. Each names contributors of a namespace.
//!
//! They are Kubernetes objects made by other programs, so fields that are not read here are left alone. The form of
//! `userlist` is not published; a list and one text with a name per line are both taken.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::decl::ForeignDecl;
use super::value;
use super::yaml::{Key, Node, Value};
use crate::diag::{Sink, catalog::foreign as catalog, catalog::shape};
use crate::name::{Identity, NamespaceName};
use crate::source::Spanned;

/// Name of the ConfigMap that the integration reads.
pub const USERS_CONFIG_MAP: &str = "kubeflow-users-cm";

/// Name of the Secret that later releases of the integration read.
pub const USERS_SECRET: &str = "kubeflow-users-secret";

/// The kinds of foreign documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForeignKind {
    /// A Tenant resource of the group `hpecp.hpe.com`.
    Tenant,
    /// A ConfigMap.
    ConfigMap,
    /// A Secret.
    Secret,
}

impl ForeignKind {
    /// The kind of a document, if it is a foreign one.
    pub fn of(node: &Node<'_>) -> Option<ForeignKind> {
        let (api_version, kind) = (text_at(node, &["apiVersion"])?, text_at(node, &["kind"])?);
        match (api_version.split_once('/'), kind) {
            (Some(("hpecp.hpe.com", _)), kind) if kind.to_ascii_lowercase().contains("tenant") => {
                Some(ForeignKind::Tenant)
            }
            (None, "ConfigMap") if api_version == "v1" => Some(ForeignKind::ConfigMap),
            (None, "Secret") if api_version == "v1" => Some(ForeignKind::Secret),
            _ => None,
        }
    }

    fn words(self) -> &'static str {
        match self {
            ForeignKind::Tenant => "a Tenant resource",
            ForeignKind::ConfigMap => "a ConfigMap",
            ForeignKind::Secret => "a Secret",
        }
    }
}

/// Reads a foreign document. `None`, and a report, if it does not name a namespace and users.
pub fn decode(node: &Node<'_>, kind: ForeignKind, sink: &mut Sink) -> Option<ForeignDecl> {
    let span = at(node, &["kind"]).map_or(node.span, |kind| kind.span);
    let name = at(node, &["metadata", "name"]);
    let wanted = match kind {
        ForeignKind::Tenant => None,
        ForeignKind::ConfigMap => Some(USERS_CONFIG_MAP),
        ForeignKind::Secret => Some(USERS_SECRET),
    };
    if let Some(wanted) = wanted
        && name.and_then(text) != Some(wanted)
    {
        sink.push(catalog::other_object(name.map_or(span, |name| name.span), kind.words(), wanted));
        return None;
    }
    let (namespace, field) = match kind {
        ForeignKind::Tenant => (name, "metadata.name"),
        ForeignKind::ConfigMap | ForeignKind::Secret => (at(node, &["metadata", "namespace"]), "metadata.namespace"),
    };
    let Some(namespace) = namespace else {
        sink.push(catalog::missing(span, kind.words(), field));
        return None;
    };
    let namespace = value::named(namespace, field, "a namespace", NamespaceName::parse, sink)?;
    let users = users(node, kind, sink)?;
    Some(ForeignDecl { what: kind.words(), span, namespace, users })
}

fn users(node: &Node<'_>, kind: ForeignKind, sink: &mut Sink) -> Option<Vec<Spanned<Identity>>> {
    let span = at(node, &["kind"]).map_or(node.span, |kind| kind.span);
    let (list, separators): (&Node<'_>, &[char]) = match kind {
        ForeignKind::Tenant => (required(node, &["spec", "userlist"], "spec.userlist", kind, span, sink)?, &['\n']),
        ForeignKind::ConfigMap => (required(node, &["data", "users"], "data.users", kind, span, sink)?, &['\n']),
        ForeignKind::Secret => match at(node, &["stringData", "users"]) {
            Some(list) => (list, &[',', '\n']),
            None => return decoded(required(node, &["data", "users"], "data.users", kind, span, sink)?, sink),
        },
    };
    match &list.value {
        Value::List(items) if kind == ForeignKind::Tenant => Some(
            items
                .iter()
                .filter_map(|item| value::named(item, "userlist", "an identity", Identity::parse, sink))
                .collect(),
        ),
        Value::Scalar { text, .. } => Some(split(text, separators, list, sink)),
        Value::List(_) | Value::Map(_) => {
            let (field, wanted) = match kind {
                ForeignKind::Tenant => ("userlist", "a list of names or a text with one per line"),
                ForeignKind::ConfigMap | ForeignKind::Secret => ("users", "a text"),
            };
            sink.push(shape::wrong_type(list.span, field, wanted, list.description()));
            None
        }
    }
}

/// The users of a Secret's `data`.
fn decoded(list: &Node<'_>, sink: &mut Sink) -> Option<Vec<Spanned<Identity>>> {
    let bytes = text(list).and_then(|text| {
        let compact: String = text.chars().filter(|character| !character.is_whitespace()).collect();
        STANDARD.decode(compact).ok()
    });
    match bytes.and_then(|bytes| String::from_utf8(bytes).ok()) {
        Some(decoded) => Some(split(&decoded, &[',', '\n'], list, sink)),
        None => {
            sink.push(catalog::not_base64(list.span));
            None
        }
    }
}

/// Names in a text, without the blanks around them; empty ones are skipped.
fn split(text: &str, separators: &[char], node: &Node<'_>, sink: &mut Sink) -> Vec<Spanned<Identity>> {
    let mut users = Vec::new();
    for name in text.split(separators).map(str::trim).filter(|name| !name.is_empty()) {
        match Identity::parse(name) {
            Ok(identity) => users.push(Spanned::new(identity, node.span)),
            Err(problem) => {
                sink.push(shape::invalid_name(node.span, "an identity", name, problem));
            }
        }
    }
    users
}

fn required<'n, 't>(
    node: &'n Node<'t>,
    path: &[&str],
    field: &str,
    kind: ForeignKind,
    span: crate::source::Span,
    sink: &mut Sink,
) -> Option<&'n Node<'t>> {
    let found = at(node, path);
    if found.is_none() {
        sink.push(catalog::missing(span, kind.words(), field));
    }
    found
}

/// The node at a path of keys.
fn at<'n, 't>(node: &'n Node<'t>, path: &[&str]) -> Option<&'n Node<'t>> {
    path.iter().try_fold(node, |node, wanted| match &node.value {
        Value::Map(entries) => {
            entries.iter().find(|(key, _): &&(Key<'_>, _)| key.text == *wanted).map(|(_, node)| node)
        }
        Value::List(_) | Value::Scalar { .. } => None,
    })
}

fn text<'n>(node: &'n Node<'_>) -> Option<&'n str> {
    match &node.value {
        Value::Scalar { text, .. } => Some(text),
        Value::List(_) | Value::Map(_) => None,
    }
}

fn text_at<'n>(node: &'n Node<'_>, path: &[&str]) -> Option<&'n str> {
    at(node, path).and_then(text)
}
