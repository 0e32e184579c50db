//! What engines are told of is what there is.

use std::collections::BTreeSet;

use libtest_mimic::Failed;
use serde_json::Value;

use super::compile::{Compiled, compile, read, text};
use super::generate::inventories;
use super::{Verdict, hold, same};

/// Every folder of manifests is synced by one Application and by one Kustomization, and nothing else is synced: not the
/// component, and not what makes the engines sync.
pub fn engines_sync_what_is_there() -> Result<(), Failed> {
    hold(inventories(), 64, |inventory| {
        let compiled = compile(&inventory)?;
        for platform in &inventory.platforms {
            let folders = folders(&compiled, &platform.name);
            for (file, synced) in [("argocd", argocd as fn(&Value) -> Vec<String>), ("flux", flux)] {
                if let Some(found) = compiled.files.get(&format!("{}/gitops/{file}.yaml", platform.name)) {
                    check(&platform.name, &folders, &read(found)?, synced)?;
                }
            }
        }
        Ok(())
    })
}

/// Folders of a cluster with manifests that engines are to sync.
fn folders(compiled: &Compiled, cluster: &str) -> BTreeSet<String> {
    let below = |path: &String| Some(path.strip_prefix(&format!("{cluster}/"))?.rsplit_once('/')?.0.to_owned());
    let folders = compiled.files.keys().filter_map(below);
    folders.filter(|folder| folder != "gitops" && folder != "platform/component").collect()
}

fn check(cluster: &str, folders: &BTreeSet<String>, objects: &[Value], synced: fn(&Value) -> Vec<String>) -> Verdict {
    let root = format!("output/{cluster}/");
    let mut found: Vec<&String> = Vec::new();
    for path in objects.iter().flat_map(synced) {
        let path = path.trim_start_matches("./").to_owned();
        let below = path.strip_prefix(&root).ok_or_else(|| format!("{path} is not below {root}"))?;
        let stem = below.strip_suffix('*');
        found.extend(folders.iter().filter(|it| stem.map_or(*it == below, |stem| it.starts_with(stem))));
    }
    found.sort();
    same(&format!("synced of {cluster}"), &found, &folders.iter().collect::<Vec<_>>())
}

/// What the Applications of an object look at.
fn argocd(object: &Value) -> Vec<String> {
    match text(object, "/kind") {
        "Application" => vec![text(object, "/spec/source/path").to_owned()],
        "ApplicationSet" => {
            let directories = object.pointer("/spec/generators/0/git/directories").and_then(Value::as_array);
            directories.into_iter().flatten().map(|it| text(it, "/path").to_owned()).collect()
        }
        _ => Vec::new(),
    }
}

/// What a Kustomization looks at.
fn flux(object: &Value) -> Vec<String> {
    match text(object, "/kind") {
        "Kustomization" => vec![text(object, "/spec/path").to_owned()],
        _ => Vec::new(),
    }
}
