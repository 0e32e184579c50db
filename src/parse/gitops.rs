//! `gitops` of a Platform: how the output of a cluster is synced.
//!
//! Every text here ends in objects that Argo CD and Flux read, so each is kept to characters that neither interprets.

use super::decl::{ArgocdDecl, Engine, FluxDecl, GitopsDecl, Shards};
use super::field::Otherwise::{Empty, Is, Words};
use super::field::{Entries, Field, Given, Object, Shape, optional};
use super::platform::{checked, object};
use super::value;
use super::yaml::Value;
use crate::diag::Sink;
use crate::name;

/// Most folders that namespaces can be spread over: an ApplicationSet shows the status of 5,000 Applications.
pub const MAX_SHARDS: u16 = 4_096;

/// `gitops` of a Platform.
pub static GITOPS: Object = Object { title: "`gitops`", doc: "How the output is synced.", fields: GITOPS_FIELDS };
const GITOPS_FIELDS: &[Field] = &[
    optional("engine", Shape::OneOf(&["argocd", "flux", "both", "none"]), Is("both"), "The engine that syncs."),
    optional("repoURL", Shape::Text, Is(""), "Repository that holds the output. Without it no gitops/ is written."),
    optional("revision", Shape::Text, Is("main"), "Branch to sync, or a full reference such as refs/tags/v1."),
    optional(
        "path",
        Shape::Name(name::REPOSITORY_PATH_PATTERN),
        Words("output/<name>"),
        "Folder of this cluster's output in the repository.",
    ),
    optional(
        "shards",
        Shape::Either(&["auto"], &Shape::Integer(1, MAX_SHARDS as i64)),
        Is("1"),
        "Number of folders to spread namespaces over, or `auto`.",
    ),
    optional("argocd", Shape::Object(&ARGOCD), Empty, "Argo CD's own settings."),
    optional("flux", Shape::Object(&FLUX), Empty, "Flux's own settings."),
];

static ARGOCD: Object = Object { title: "`gitops.argocd`", doc: "Argo CD's own settings.", fields: ARGOCD_FIELDS };
const ARGOCD_FIELDS: &[Field] = &[
    optional("namespace", Shape::Text, Is("argocd"), "Namespace of Argo CD."),
    optional("project", Shape::Text, Is("tenantry"), "Name of the AppProject."),
    optional("destination", Shape::Object(&DESTINATION), Empty, "The cluster to sync to."),
];
static DESTINATION: Object =
    Object { title: "`gitops.argocd.destination`", doc: "The cluster to sync to.", fields: DESTINATION_FIELDS };
const DESTINATION_FIELDS: &[Field] =
    &[optional("server", Shape::Text, Is("https://kubernetes.default.svc"), "Address of its API server.")];

static FLUX: Object = Object { title: "`gitops.flux`", doc: "Flux's own settings.", fields: FLUX_FIELDS };
const FLUX_FIELDS: &[Field] = &[
    optional("namespace", Shape::Text, Is("flux-system"), "Namespace of Flux."),
    optional("source", Shape::OneOf(&["git", "oci"]), Is("git"), "Kind of the source."),
    optional("interval", Shape::Text, Is("10m"), "How often to look."),
    optional("secretRef", Shape::Text, Is(""), "Secret of the source."),
    optional("serviceAccountName", Shape::Text, Is(""), "ServiceAccount to apply as."),
    optional(
        "shardKeys",
        Shape::List(&Shape::Name(name::LABEL_PATTERN)),
        Empty,
        "Keys of Flux's own sharding, which the folders' Kustomizations get in turn.",
    ),
];

/// Reads `gitops` of a Platform.
pub fn decode(entries: &Entries<'_, '_>, sink: &mut Sink) -> GitopsDecl {
    let entries = object(entries, "gitops", &GITOPS, sink);
    let entries = entries.as_ref();
    let engines = [("argocd", Engine::Argocd), ("flux", Engine::Flux), ("both", Engine::Both), ("none", Engine::None)];
    let engine =
        entries.and_then(|entries| entries.get("engine")).and_then(|given| value::one_of(given, &engines, sink));
    let argocd = entries.and_then(|entries| object(entries, "argocd", &ARGOCD, sink));
    let destination = argocd.as_ref().and_then(|argocd| object(argocd, "destination", &DESTINATION, sink));
    let flux = entries.and_then(|entries| object(entries, "flux", &FLUX, sink));
    let source = flux.as_ref().and_then(|flux| flux.get("source"));
    let keys = flux.as_ref().and_then(|flux| flux.get("shardKeys"));
    let keys = keys.map(|given| value::names(given, "a key", name::parse_label, sink)).unwrap_or_default();
    let oci = source.and_then(|given| value::one_of(given, &[("git", false), ("oci", true)], sink));
    let path = entries.and_then(|entries| entries.get("path"));
    let path = path.and_then(|given| value::named(given.node, "path", "a folder", name::parse_repository_path, sink));
    GitopsDecl {
        engine: engine.map_or(Engine::Both, |engine| engine.value),
        repo_url: checked(&GITOPS, entries, "repoURL", "a repository", name::parse_repository_url, sink),
        revision: checked(&GITOPS, entries, "revision", "a revision", name::parse_revision, sink),
        path: path.map(|text| text.value),
        shards: shards(entries.and_then(|entries| entries.get("shards")), sink),
        argocd: ArgocdDecl {
            namespace: checked(&ARGOCD, argocd.as_ref(), "namespace", "a namespace", name::parse_label, sink),
            project: checked(&ARGOCD, argocd.as_ref(), "project", "a project", name::parse_label, sink),
            server: checked(&DESTINATION, destination.as_ref(), "server", "a server", name::parse_repository_url, sink),
        },
        flux: FluxDecl {
            namespace: checked(&FLUX, flux.as_ref(), "namespace", "a namespace", name::parse_label, sink),
            oci: oci.is_some_and(|oci| oci.value),
            interval: checked(&FLUX, flux.as_ref(), "interval", "a duration", name::parse_duration, sink),
            secret_ref: checked(&FLUX, flux.as_ref(), "secretRef", "a Secret", name::parse_optional_subdomain, sink),
            service_account_name: checked(
                &FLUX,
                flux.as_ref(),
                "serviceAccountName",
                "a ServiceAccount",
                name::parse_optional_subdomain,
                sink,
            ),
            shard_keys: keys.into_iter().map(|key| key.value).collect(),
        },
    }
}

/// A number from 1 to [`MAX_SHARDS`]; `None` inside is `auto`.
fn shards(given: Option<Given<'_, '_>>, sink: &mut Sink) -> Shards {
    let Some(given) = given else { return Shards::Number(1, None) };
    if matches!(&given.node.value, Value::Scalar { text, .. } if text == "auto") {
        return Shards::Auto(given.node.span);
    }
    let number = value::integer(given, sink);
    number
        .and_then(|number| u16::try_from(number.value).ok())
        .map_or(Shards::Number(1, None), |count| Shards::Number(count, Some(given.node.span)))
}
