//! Words for guards: what is refused until somebody says that it is meant.

use std::collections::BTreeSet;

use crate::diag::{Code, Diagnostic, Place};
use crate::name::NamespaceName;
use crate::source::Span;

use super::{counted, list};

/// A namespace that vanishes although it was not retired.
pub fn unretired_removal(path: &str, cluster: &str, namespace: &str, tenant: &str, state: &str) -> Diagnostic {
    let message = format!(
        "the namespace `{namespace}` of the tenant `{tenant}` vanishes from the cluster `{cluster}`, and it was `{state}`, not `retired`"
    );
    Diagnostic::new(Code::UnretiredRemoval, Place::File(path.to_owned()), message).with_help(format!(
        "keep it with `state: retired` and let that sync first; if the tenant was renamed, keep its namespace with \
         `namespaces: [{{name: {namespace}}}]`; or compile with `--allow-removal {tenant}`"
    ))
}

/// A personal profile that vanishes: somebody left the groups that have one, or the directory.
///
/// `taken`: the tenant's name is still in use, because the person keeps a profile on another cluster.
pub fn unretired_personal(path: &str, cluster: &str, namespace: &str, state: &str, taken: bool) -> Diagnostic {
    let message = format!(
        "the namespace `{namespace}`, a personal profile, vanishes from the cluster `{cluster}`, and it was `{state}`, not `retired`"
    );
    let (name, previously) = if taken {
        (format!("{namespace}-{cluster}"), format!("previously: [{namespace}], "))
    } else {
        (namespace.to_owned(), String::new())
    };
    let document = format!(
        "apiVersion: tenantry.dev/v1alpha1, kind: Tenant, metadata: {{name: {name}}}, \
         spec: {{{previously}clusters: [{cluster}], state: retired, namespaces: [{{name: {namespace}}}]}}"
    );
    Diagnostic::new(Code::UnretiredRemoval, Place::File(path.to_owned()), message).with_help(format!(
        "declare the Tenant `{{{document}}}` and let that sync first, or compile with `--allow-removal {namespace}`"
    ))
}

/// A namespace that gets another tenant.
pub fn namespace_taken_over(span: Span, cluster: &str, namespace: &str, before: &str, after: &str) -> Diagnostic {
    let message = format!(
        "the namespace `{namespace}` on the cluster `{cluster}` passes from the tenant `{before}` to `{after}`"
    );
    Diagnostic::at(Code::NamespaceTakenOver, span, message).with_help(format!(
        "the data in it passes on too; write `previously: [{before}]` if it is the same tenant renamed, or compile with \
         `--allow-removal {before}`"
    ))
}

/// Most tenants that a help lists.
const ALLOWED: usize = 5;

/// More access lost at once than the platform allows.
pub fn too_large_removal(cluster: &str, lost: usize, before: usize, percent: u8, tenants: &[String]) -> Diagnostic {
    let message = format!(
        "{} of {before} on the cluster `{cluster}` would be lost at once, and {percent} % are allowed",
        counted(lost, "access fact", "access facts")
    );
    let allow = |tenants: &[String]| {
        let options: Vec<String> = tenants.iter().map(|tenant| format!("--allow-removal {tenant}")).collect();
        format!("`{}`", options.join(" "))
    };
    let allow = match tenants.get(..ALLOWED) {
        Some(first) if tenants.len() > ALLOWED => {
            format!("{} and so on for {} more tenants", allow(first), tenants.len() - ALLOWED)
        }
        _ => allow(tenants),
    };
    Diagnostic::new(Code::TooLargeRemoval, Place::Inventory, message).with_help(format!(
        "if this is meant, compile and review with {allow} (the workflows of `tenantry init` take the tenants from the \
         variable `TENANTRY_ALLOW_REMOVAL`), do it in several steps, or raise `removal.maxRemovedPercent` of the platform \
         in a change of its own before this one"
    ))
}

/// A change of the number of shards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resharding {
    /// The number before, if it is known.
    pub before: Option<u16>,
    /// The number now.
    pub after: u16,
    /// Namespaces that move to another folder.
    pub moved: usize,
    /// All namespaces of the cluster.
    pub all: usize,
    /// Folders that lose namespaces.
    pub from: BTreeSet<String>,
    /// Folders that gain some.
    pub to: BTreeSet<String>,
    /// Namespaces that would change on the way, or vanish.
    pub mixed: Vec<String>,
}

/// A number of shards that differs from that of the output.
pub fn resharded(span: Span, cluster: &str, change: &Resharding) -> Diagnostic {
    let Resharding { before, after, moved, all, .. } = change;
    let shards = |number: u16| counted(usize::from(number), "shard", "shards");
    let was = before.map_or("another number of shards".to_owned(), shards);
    let message = format!(
        "the cluster `{cluster}` was compiled to {was} and would be to {}: {moved} of {} would move to another folder",
        shards(*after),
        counted(*all, "namespace", "namespaces"),
    );
    let keep = before.map_or("keep the number".to_owned(), |number| format!("write `shards: {number}` to keep it"));
    Diagnostic::at(Code::Resharded, span, message).with_help(format!(
        "{keep}; or write `shards: {after}` and compile with `--allow-reshard`, which says how nobody loses access on the \
         way (`tenantry explain resharded`)"
    ))
}

/// Namespaces that would move to another shard and change at once.
pub fn resharded_and_changed(span: Span, cluster: &str, namespaces: &[String], before: Option<u16>) -> Diagnostic {
    let named = &namespaces[..namespaces.len().min(5)];
    let more = namespaces.len() - named.len();
    let and_more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let message = format!(
        "namespaces of the cluster `{cluster}` would move to another shard and change at once: {}{and_more}",
        list(named)
    );
    let number = before.map_or("the number of before".to_owned(), |number| format!("`shards: {number}`"));
    Diagnostic::at(Code::Resharded, span, message).with_help(format!(
        "compile with {number} first, let that sync, and then change nothing but the number: who syncs a folder that goes \
         prunes nothing of what it had"
    ))
}

/// Too few people who can administer a namespace.
pub fn too_few_admins(span: Span, cluster: &str, namespace: &NamespaceName, found: usize, wanted: u8) -> Diagnostic {
    let message = format!(
        "the namespace `{namespace}` on the cluster `{cluster}` has {}, and the platform asks for {wanted}",
        counted(found, "admin", "admins")
    );
    Diagnostic::at(Code::TooFewAdmins, span, message)
        .with_help("give somebody else the role `admin`, or lower `removal.minAdmins` of the platform")
}
