//! What a template gave: read back, checked, and turned into objects of the canonical form.

use super::{Origin, whom};
use crate::diag::catalog::template as catalog;
use crate::diag::{Diagnostic, Sink};
use crate::lower::Scene;
use crate::manifest::{Manifest, Map, Tree};
use crate::name;
use crate::parse::yaml::{self, Document, Key, Node, Value};
use crate::scalar::{self, Plain};
use crate::source::Span;

/// API groups that decide who may do what or what is synced: a template stays out of them.
const REFUSED_GROUPS: [&str; 5] =
    ["rbac.authorization.k8s.io", "authorization.openshift.io", "security.istio.io", "argoproj.io", "tenantry.dev"];

/// Kinds of the core group that are made elsewhere on purpose.
const REFUSED_CORE_KINDS: [(&str, &str); 2] = [
    ("Secret", "a secret does not belong into git; let a controller make it"),
    ("Event", "an event is written by controllers"),
];

/// Kinds that live outside of namespaces (Kubernetes 1.25 to 1.37, and well-known others). Names that begin with
/// `Cluster` are refused beside these.
const CLUSTER_KINDS: [&str; 29] = [
    "APIService",
    "CSIDriver",
    "CSINode",
    "CertificateSigningRequest",
    "ComponentStatus",
    "CustomResourceDefinition",
    "DeviceClass",
    "FlowSchema",
    "GatewayClass",
    "IPAddress",
    "IngressClass",
    "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding",
    "MutatingWebhookConfiguration",
    "Namespace",
    "Node",
    "PersistentVolume",
    "PodSecurityPolicy",
    "PriorityClass",
    "PriorityLevelConfiguration",
    "Profile",
    "ResourceSlice",
    "RuntimeClass",
    "ServiceCIDR",
    "StorageClass",
    "StorageVersion",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
];

/// Objects that controllers of the platform make in every namespace, and would fight over.
const RESERVED: [(&str, &str); 10] = [
    ("ResourceQuota", "kf-resource-quota"),
    ("ServiceAccount", "default-editor"),
    ("ServiceAccount", "default-viewer"),
    ("ConfigMap", "artifact-repositories"),
    ("ConfigMap", "kfp-launcher"),
    ("ConfigMap", "kube-root-ca.crt"),
    ("ConfigMap", "metadata-grpc-configmap"),
    ("ConfigMap", "kubeflow-users-cm"),
    ("Deployment", "ml-pipeline-ui-artifact"),
    ("Service", "ml-pipeline-ui-artifact"),
];

/// Reads the objects of a template's output.
///
/// # Errors
///
/// Everything that is wrong with it, each at the part of the template that wrote it.
pub fn read(text: &str, origin: &Origin<'_>, scene: &Scene<'_>) -> Result<Vec<Manifest<'static>>, Vec<Diagnostic>> {
    let mut syntax = Sink::default();
    let documents = yaml::read(origin.template.file, text, &mut syntax);
    let mut reader = Reader { origin, scene, findings: Vec::new() };
    for diagnostic in syntax.into_vec() {
        let span = diagnostic.span().unwrap_or(origin.template);
        reader.output(span, &diagnostic.message);
    }
    let mut objects = Vec::new();
    for document in &documents {
        if let Document::Read(node) = document {
            objects.extend(reader.object(node));
        }
    }
    if reader.findings.is_empty() { Ok(objects) } else { Err(reader.findings) }
}

struct Reader<'r> {
    origin: &'r Origin<'r>,
    scene: &'r Scene<'r>,
    findings: Vec<Diagnostic>,
}

/// The top-level keys and `metadata` of an object, checked.
struct Head {
    api_version: String,
    kind: String,
    name: String,
    labels: Map<'static>,
    annotations: Map<'static>,
}

impl Reader<'_> {
    fn output(&mut self, span: Span, reason: &str) {
        self.findings.push(catalog::output(self.origin.span(span), &whom(self.scene), reason));
    }

    fn refuse(&mut self, span: Span, reason: &str, help: &str) {
        self.findings.push(catalog::refused(self.origin.span(span), &whom(self.scene), reason, help));
    }

    fn object(&mut self, node: &Node<'_>) -> Option<Manifest<'static>> {
        let Value::Map(entries) = &node.value else {
            self.output(node.span, &format!("an object is a map, and {} stands here", node.description()));
            return None;
        };
        let mut body = Map::new();
        for (key, value) in entries {
            match key.text.as_ref() {
                "apiVersion" | "kind" | "metadata" => {}
                "status" => self.refuse(key.span, "it sets `status`", "remove it: status is written by controllers"),
                text => {
                    let sound = self.is_passable(key.span, text, text);
                    if let Some(tree) = self.tree(value, text).filter(|_| sound) {
                        body.insert(text.to_owned(), tree);
                    }
                }
            }
        }
        let head = self.head(node, entries)?;
        let namespace = self.scene.namespace().to_owned();
        let mut manifest = Manifest::namespaced(head.api_version, head.kind, namespace, head.name);
        manifest.labels = head.labels;
        manifest.annotations = head.annotations;
        manifest.body = body;
        Some(manifest)
    }

    fn head(&mut self, node: &Node<'_>, entries: &[(Key<'_>, Node<'_>)]) -> Option<Head> {
        let api_version = self.text(node, entries, "apiVersion", "it");
        let kind = self.text(node, entries, "kind", "it");
        let metadata = find(entries, "metadata");
        let Some((_, metadata)) = metadata else {
            self.output(node.span, "it has no `metadata`");
            return None;
        };
        let Value::Map(fields) = &metadata.value else {
            self.output(metadata.span, "`metadata` is no map");
            return None;
        };
        let name = self.text(metadata, fields, "name", "its `metadata`");
        let (mut labels, mut annotations) = (Map::new(), Map::new());
        for (key, value) in fields {
            match key.text.as_ref() {
                "name" => {}
                "namespace" => self.namespace(value),
                "labels" => labels = self.metadata(value, true),
                "annotations" => annotations = self.metadata(value, false),
                other => {
                    let reason = format!("it sets `metadata.{other}`");
                    self.refuse(key.span, &reason, "an object has a name, labels and annotations here");
                }
            }
        }
        let (api_version, kind, name) = (api_version?, kind?, name?);
        self.allowed(&api_version, &kind, &name)?;
        Some(Head { api_version: api_version.0, kind: kind.0, name: name.0, labels, annotations })
    }

    /// A required text.
    fn text(
        &mut self,
        node: &Node<'_>,
        entries: &[(Key<'_>, Node<'_>)],
        field: &str,
        what: &str,
    ) -> Option<(String, Span)> {
        match find(entries, field) {
            Some((_, value)) => match self.tree(value, field)? {
                Tree::Text(text) if !text.is_empty() => Some((text.into_owned(), value.span)),
                _ => {
                    self.output(value.span, &format!("`{field}` is no text"));
                    None
                }
            },
            None => {
                self.output(node.span, &format!("{what} has no `{field}`"));
                None
            }
        }
    }

    fn namespace(&mut self, value: &Node<'_>) {
        if let Value::Scalar { text, .. } = &value.value
            && text == self.scene.namespace()
        {
            return;
        }
        self.refuse(
            value.span,
            "its namespace is another one",
            "write `namespace: {{ namespace.name | yaml }}`, or leave it out",
        );
    }

    fn metadata(&mut self, node: &Node<'_>, labels: bool) -> Map<'static> {
        let mut map = Map::new();
        let Value::Map(entries) = &node.value else {
            self.output(node.span, "labels and annotations are maps");
            return map;
        };
        for (key, value) in entries {
            if let Err(problem) = name::check_label_key(&key.text) {
                self.output(key.span, &format!("`{}` is no key of a label or annotation: it {problem}", key.text));
            } else if let Some(owner) = name::reserved_metadata_key(&key.text) {
                let reason = format!("`{}` belongs to {owner}", key.text);
                self.refuse(key.span, &reason, "remove it; the compiler writes it where it is due");
            } else if !labels && scalar::read_plain(&key.text) != Plain::Text {
                self.output(key.span, &format!("kustomize fails over the annotation key `{}`", key.text));
            }
            match self.tree(value, &key.text) {
                Some(Tree::Text(text)) => {
                    if labels && let Err(problem) = name::check_label_value(&text) {
                        self.output(value.span, &format!("`{text}` is no value of a label: it {problem}"));
                    }
                    map.insert(key.text.clone().into_owned(), text);
                }
                Some(_) => {
                    self.output(value.span, &format!("`{}` is no text, as a label or annotation has to be", key.text))
                }
                None => {}
            }
        }
        map
    }

    /// Only objects of the namespace that decide nothing about access or syncing.
    fn allowed(&mut self, api_version: &(String, Span), kind: &(String, Span), object: &(String, Span)) -> Option<()> {
        let (group, version) = api_version.0.split_once('/').unwrap_or(("", &api_version.0));
        let before = self.findings.len();
        // The server compares letter case, so what differs only there is a slip, and none of the lists below knows it. Nor do
        // they know a variable, in whose place Flux would write another name on the way to the cluster.
        if api_version.0.starts_with('/')
            || !(group.is_empty() || name::is_dns_subdomain(group))
            || !is_version(version)
        {
            let shown = crate::diag::catalog::shown(&api_version.0);
            self.output(api_version.1, &format!("`{shown}` is no API version, such as `v1` or `apps/v1`"));
        }
        if !is_kind(&kind.0) {
            let shown = crate::diag::catalog::shown(&kind.0);
            self.output(kind.1, &format!("`{shown}` is no kind, such as `ConfigMap`"));
        }
        let within =
            |domain: &str| group == domain || group.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
        if REFUSED_GROUPS.contains(&group) || within("fluxcd.io") || within("argoproj.io") {
            let reason = format!("it is of the API group `{group}`");
            self.refuse(api_version.1, &reason, "access and syncing are decided by the inventory, not by templates");
        } else if let Some((_, help)) =
            REFUSED_CORE_KINDS.iter().find(|(refused, _)| *refused == kind.0 && group.is_empty())
        {
            self.refuse(kind.1, &format!("it is a {}", kind.0), help);
        } else if CLUSTER_KINDS.contains(&kind.0.as_str()) || kind.0.starts_with("Cluster") && kind.0 != "Cluster" {
            let reason = format!("a {} lives outside of namespaces", kind.0);
            self.refuse(kind.1, &reason, "a template gives objects of the tenant's namespace only");
        } else if kind.0.ends_with("List") {
            self.refuse(kind.1, "it is a list of objects", "write the objects as documents, with `---` between them");
        }
        if RESERVED.iter().any(|(reserved, name)| *reserved == kind.0 && *name == object.0) {
            let reason = format!("`{}` is the name of an object of the platform", object.0);
            self.refuse(object.1, &reason, "give the object another name");
        }
        if !name::is_dns_subdomain(&object.0) {
            self.output(object.1, &format!("`{}` is no name of an object", crate::diag::catalog::shown(&object.0)));
        }
        (self.findings.len() == before).then_some(())
    }

    /// A value of the canonical form.
    fn tree(&mut self, node: &Node<'_>, key: &str) -> Option<Tree<'static>> {
        match &node.value {
            Value::List(items) => {
                let items: Vec<Option<Tree<'static>>> = items.iter().map(|item| self.tree(item, key)).collect();
                items.into_iter().collect::<Option<Vec<_>>>().map(Tree::List)
            }
            Value::Map(entries) => {
                let mut map = Map::new();
                for (inner, value) in entries {
                    let sound = self.is_passable(inner.span, &inner.text, &inner.text);
                    if let Some(value) = self.tree(value, &inner.text).filter(|_| sound) {
                        map.insert(inner.text.clone().into_owned(), value);
                    }
                }
                Some(Tree::Map(map))
            }
            Value::Scalar { text, plain } => self.scalar(node.span, key, text, *plain),
        }
    }

    /// Whether a key or a value may stand in the output; if not, that is reported.
    fn is_passable(&mut self, span: Span, key: &str, text: &str) -> bool {
        if let Some(found) = name::unsafe_character(text).filter(|found| !matches!(found, '\n' | '\t')) {
            let key = crate::diag::catalog::shown(key);
            self.output(span, &format!("`{key}` holds the character U+{:04X}", found as u32));
            return false;
        }
        if text.contains(name::ARGOCD_SKIP_MARKER) {
            self.refuse(span, "it holds the text that makes Argo CD skip the whole file", "remove the marker");
            return false;
        }
        true
    }

    fn scalar(&mut self, span: Span, key: &str, text: &str, plain: bool) -> Option<Tree<'static>> {
        if !self.is_passable(span, key, text) {
            return None;
        }
        match if plain { scalar::read_plain(text) } else { Plain::Text } {
            Plain::Text => Some(Tree::from(text.to_owned())),
            Plain::Boolean(value) => Some(Tree::Boolean(value)),
            Plain::Integer(value) => Some(Tree::Integer(value)),
            Plain::Ambiguous if text.is_empty() => {
                self.output(span, &format!("`{key}` has no value"));
                None
            }
            Plain::Ambiguous => {
                self.findings.push(catalog::ambiguous(self.origin.span(span), &whom(self.scene), key, text));
                None
            }
        }
    }
}

/// Whether `text` can be the version of an API: `v1`, `v2beta1`.
fn is_version(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('v') else { return false };
    let (major, rest) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()));
    let minor = rest.strip_prefix("alpha").or_else(|| rest.strip_prefix("beta"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    is_number(major) && (rest.is_empty() || minor.is_some_and(is_number))
}

/// Whether `text` can be a kind: a capital first, and not capitals alone, which only slips are.
fn is_kind(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_uppercase())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && !CLUSTER_KINDS
            .iter()
            .chain(REFUSED_CORE_KINDS.iter().map(|(kind, _)| kind))
            .any(|known| known.eq_ignore_ascii_case(text) && *known != text)
}

fn find<'n, 't>(entries: &'n [(Key<'t>, Node<'t>)], name: &str) -> Option<&'n (Key<'t>, Node<'t>)> {
    entries.iter().find(|(key, _)| key.text == name)
}
