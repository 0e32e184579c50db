//! What holds of every object and every file, whatever it is for.

use std::collections::{BTreeMap, BTreeSet};

use libtest_mimic::Failed;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;
use tenantry::render::freshness::{Freshness, judge};
use tenantry::render::header::{Header, Subject};
use tenantry::render::layout;

use super::compile::{compile, id, read, texts};
use super::generate::inventories;
use super::{Verdict, ensure, hold, same};

const ARGOCD: &str = "argocd.argoproj.io/sync-options";
const FLUX: &str = "kustomize.toolkit.fluxcd.io/prune";
const NO_SUBSTITUTION: &str = "kustomize.toolkit.fluxcd.io/substitute";

/// No object twice in a cluster, every name valid, every object in the namespace of its file.
pub fn identities() -> Result<(), Failed> {
    hold(inventories(), 64, |inventory| {
        let compiled = compile(&inventory)?;
        let objects = compiled.objects()?;
        let mut seen = BTreeSet::new();
        for (path, object) in &objects {
            let cluster = path.split('/').next().unwrap_or("");
            let id = id(object);
            ensure(seen.insert((cluster, id)), || format!("{path}: {id:?} is there twice"))?;
            ensure(is_valid_name(&id), || format!("{path}: the name of {id:?} is refused by Kubernetes"))?;
            let cluster_scoped = matches!(id[1], "Namespace" | "Profile");
            ensure(cluster_scoped == id[2].is_empty(), || format!("{path}: {id:?} has the wrong scope"))?;
            let home = if cluster_scoped { id[3] } else { id[2] };
            let file = format!("/{home}.yaml");
            ensure(home == "kubeflow" || path.ends_with(&file), || format!("{path}: {id:?} is not at home"))?;
        }
        Ok(())
    })
}

/// Names by the rules of Kubernetes, written anew: RBAC takes any path segment, a namespace is a label, all else is a
/// subdomain.
fn is_valid_name([_, kind, namespace, name]: &[&str; 4]) -> bool {
    let lower = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let label =
        |part: &str| part.starts_with(lower) && part.ends_with(lower) && part.chars().all(|c| lower(c) || c == '-');
    let short_label = |part: &str| label(part) && part.len() <= 63;
    let named = match *kind {
        "RoleBinding" => *name == "namespaceAdmin" || name.len() <= 253 && name.split('.').all(label),
        "Namespace" | "Profile" => short_label(name),
        _ => name.len() <= 253 && name.split('.').all(label),
    };
    named && (namespace.is_empty() || short_label(namespace))
}

/// Namespaces and Profiles are protected from both engines unless retired; access never is. Variables of Flux are
/// switched off exactly where there is one.
pub fn retention() -> Result<(), Failed> {
    hold(inventories(), 64, |inventory| {
        let compiled = compile(&inventory)?;
        let states = states(&inventory);
        for (path, object) in &compiled.objects()? {
            let [_, kind, _, name] = id(object);
            let annotations = texts(object, "/metadata/annotations");
            let found = (annotations.get(ARGOCD).map(String::as_str), annotations.get(FLUX).map(String::as_str));
            let holds_data = matches!(kind, "Namespace" | "Profile") && states[*path] != "retired";
            let wanted = if holds_data { (Some("Prune=false,Delete=false"), Some("disabled")) } else { (None, None) };
            same(&format!("{path}: protection of {kind} {name}"), &found, &wanted)?;
            let mut rest = object.clone();
            let switch = rest.pointer_mut("/metadata/annotations").and_then(Value::as_object_mut);
            let switch = switch.and_then(|it| it.remove(NO_SUBSTITUTION));
            let wanted = holds_variable(&rest).then(|| Value::from("disabled"));
            same(&format!("{path}: substitution in {kind} {name}"), &switch, &wanted)?;
        }
        Ok(())
    })
}

/// State by path.
fn states(inventory: &super::data::Inventory) -> BTreeMap<String, &'static str> {
    let mut states = BTreeMap::new();
    for tenant in &inventory.tenants {
        for platform in inventory.clusters(tenant) {
            for namespace in tenant.namespaces_on(platform) {
                let path = platform.path_of(&namespace.name);
                states.insert(path, tenant.state_of(&namespace));
            }
        }
    }
    states
}

fn holds_variable(value: &Value) -> bool {
    match value {
        Value::Object(entries) => entries.iter().any(|(key, value)| key.contains("${") || holds_variable(value)),
        Value::Array(items) => items.iter().any(holds_variable),
        Value::String(text) => text.contains("${"),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

/// What a reader reads is what the manifests hold.
pub fn values() -> Result<(), Failed> {
    hold(inventories(), 64, |inventory| {
        let compiled = compile(&inventory)?;
        let kept = |path: &&String| path.ends_with(layout::SHARD_FILE);
        let (kept, files): (Vec<&String>, Vec<&String>) = compiled.files.keys().partition(kept);
        same("files", &files, &compiled.manifests.keys().collect())?;
        ensure(!kept.is_empty(), || "no folder is kept".to_owned())?;
        for path in files {
            let text = &compiled.files[path];
            let found = read(text)?;
            let wanted = compiled.manifests.get(path).ok_or_else(|| format!("{path}: of no manifest"))?;
            for (found, wanted) in found.iter().zip(wanted) {
                same(&format!("{path}: {:?}", id(wanted)), found, wanted)?;
            }
            same(&format!("{path}: documents"), &found.len(), &wanted.len())?;
            let odd = text.chars().find(|c| c.is_control() && *c != '\n');
            ensure(odd.is_none() && text.ends_with('\n'), || format!("{path}: not plain text: {odd:?}"))?;
        }
        Ok(())
    })
}

/// Every file has a header that names its tenant and state, and the digest of its body.
pub fn headers() -> Result<(), Failed> {
    hold(inventories(), 32, |inventory| {
        let compiled = compile(&inventory)?;
        let states = states(&inventory);
        for (path, text) in &compiled.files {
            let (header, body) = Header::parse(text).ok_or_else(|| format!("{path}: no header"))?;
            let starts = if path.ends_with(layout::SHARD_FILE) { "# " } else { "---\n" };
            ensure(header.fits(body) && body.starts_with(starts), || format!("{path}: the digest is another body's"))?;
            ensure(header.before(body) == *text, || format!("{path}: the header is not canonical"))?;
            match header.subject {
                Subject::Platform { name } => {
                    let below = path.strip_prefix(&format!("{name}/")).unwrap_or_default();
                    let own = below.starts_with("platform/") || below.starts_with("gitops/");
                    let own = own || below.ends_with(layout::SHARD_FILE);
                    ensure(own, || path.clone())?;
                }
                Subject::Tenant { name, state } => {
                    same(&format!("{path}: state"), &state.as_str(), &states[path])?;
                    ensure(inventory.tenants.iter().any(|it| it.name == name), || format!("{path}: no tenant {name}"))?;
                }
            }
        }
        Ok(())
    })
}

/// Any change of a body is an edit; the same text is fresh; a change of the header is never fresh.
pub fn edits() -> Result<(), Failed> {
    let edit = (any::<Index>(), any::<Index>(), 0..4usize, any::<char>());
    hold((inventories(), prop::collection::vec(edit, 1..8)), 24, |(inventory, edits)| {
        let compiled = compile(&inventory)?;
        let files: Vec<&String> = compiled.files.values().collect();
        for (file, at, how, character) in edits {
            let text = files[file.index(files.len())];
            same("the same text", &judge(text, text, |_| false), &Freshness::Fresh)?;
            let header = Header::parse(text).map_or(0, |(_, body)| text.len() - body.len());
            let edited = edited(text, header, at, how, character);
            if edited != *text {
                same(
                    &format!("an edit of the body\n{}", super::difference(text, &edited)),
                    &judge(&edited, text, |_| true),
                    &Freshness::Edited,
                )?;
            }
            header_edit(text, header, at, character)?;
        }
        Ok(())
    })
}

/// The text with one character inserted, removed or replaced at or behind `start`, or cut off there.
fn edited(text: &str, start: usize, at: Index, how: usize, character: char) -> String {
    let places: Vec<usize> = text[start..].char_indices().map(|(at, _)| start + at).collect();
    let at = places[at.index(places.len())];
    let after = at + text[at..].chars().next().map_or(0, char::len_utf8);
    match how {
        0 => format!("{}{character}{}", &text[..at], &text[at..]),
        1 => format!("{}{}", &text[..at], &text[after..]),
        2 => format!("{}{character}{}", &text[..at], &text[after..]),
        _ => text[..at].to_owned(),
    }
}

fn header_edit(text: &str, header: usize, at: Index, character: char) -> Verdict {
    let found = format!("{}{}", edited(&text[..header], 0, at, 2, character), &text[header..]);
    ensure(found == *text || judge(&found, text, |_| true) != Freshness::Fresh, || format!("fresh in spite of {found}"))
}
