//! Words for output that grows beyond what engines, git or Kubernetes can carry.

use crate::diag::{Code, Diagnostic};
use crate::manifest::ObjectId;
use crate::name::NamespaceName;
use crate::source::Span;

use super::{counted, shown};

/// What the fullest folder holds.
#[derive(Debug, Clone, Copy)]
pub struct Full {
    /// Folders that are as full.
    pub folders: usize,
    /// Objects.
    pub objects: usize,
    /// Bytes, about.
    pub bytes: usize,
    /// Files.
    pub entries: usize,
}

/// A folder that comes near what an engine can sync, or passes it. `better` is a number that leaves room.
pub fn full_folder(span: Span, cluster: &str, shards: u16, full: Full, better: Option<u16>) -> Diagnostic {
    let Full { folders, objects, bytes, entries } = full;
    let folder = match (shards, folders) {
        (0 | 1, _) => "the folder of tenants".to_owned(),
        (_, 1) => "the largest shard".to_owned(),
        _ => format!("the largest of {folders} full shards"),
    };
    let message = format!(
        "{folder} of the cluster `{cluster}` has {}, about {:.1} MB, in {}; engines and forges get into trouble at 1000 \
         objects, 5 MB or 1000 files",
        counted(objects, "object", "objects"),
        bytes as f64 / 1e6,
        counted(entries, "file", "files"),
    );
    let diagnostic = Diagnostic::at(Code::NearLimit, span, message);
    match better {
        Some(better) => diagnostic.with_help(format!(
            "write `shards: {better}` under `gitops`, and compile once with `--allow-reshard`: it says what to do first"
        )),
        None => {
            diagnostic.with_help("spread the tenants over more clusters, or give large ones access by an `idpGroup`")
        }
    }
}

/// One namespace that is more than an engine should sync from one folder, by its objects or its bytes, about.
pub fn large_namespace(
    span: Span,
    cluster: &str,
    namespace: &NamespaceName,
    objects: usize,
    bytes: usize,
) -> Diagnostic {
    let message = format!(
        "the namespace `{namespace}` on the cluster `{cluster}` alone has {}, about {:.1} MB, and engines get into trouble \
         at 1000 objects or 5 MB per folder",
        counted(objects, "object", "objects"),
        bytes as f64 / 1e6,
    );
    Diagnostic::at(Code::NearLimit, span, message)
        .with_help("no number of shards helps; give access by an `idpGroup`, or split the namespace")
}

/// An object that Kubernetes refuses for its size. `part` names what is too large, such as `the annotations`, or nothing
/// if it is the whole object; `taker` is who refuses it.
pub fn too_large(
    span: Span,
    cluster: &str,
    object: &ObjectId,
    part: &str,
    bytes: usize,
    (taker, limit): (&str, usize),
    help: &str,
) -> Diagnostic {
    let (of, have) = if part.is_empty() { ("", "has") } else { (" of ", "have") };
    let message = format!(
        "{part}{of}the {} `{}` on the cluster `{cluster}` {have} {bytes} bytes in all, and {taker} takes {limit}",
        shown(&object.kind),
        shown(&object.place()),
    );
    Diagnostic::at(Code::ObjectTooLarge, span, message).with_help(help)
}

/// A cluster with so many namespaces that Kubernetes was not tested with more.
pub fn many_namespaces(span: Span, cluster: &str, found: usize, limit: usize) -> Diagnostic {
    let message = format!(
        "the cluster `{cluster}` has {}, and Kubernetes is tested with {limit}",
        counted(found, "namespace", "namespaces")
    );
    Diagnostic::at(Code::NearLimit, span, message).with_help("spread the tenants over more clusters")
}
