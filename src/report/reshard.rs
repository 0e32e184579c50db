//! How namespaces move to other shards without anybody losing access on the way.
//!
//! An engine that looks at the old folder first would take the access away that another will only then give. So whoever
//! loses namespaces must not prune until whoever gains them has synced. Growing moves namespaces to new shards only, and
//! shrinking from those that go only (`plan::shard_of`), so no folder does both.

use std::fmt::Write as _;

use super::escape;
use crate::diag::catalog::counted;
use crate::diag::catalog::guard::Resharding;
use crate::inventory::{Engine, Platform};
use crate::lower::gitops;
use crate::render::layout;

/// The steps for one cluster, with the names that its engines know. `folder` is the cluster's folder of the output.
pub fn steps(platform: &Platform, change: &Resharding, folder: &str) -> String {
    let mut text = format!(
        "{} of the cluster `{}` move to another folder; take these steps, so that nobody loses access on the way",
        counted(change.moved, "namespace", "namespaces"),
        platform.name
    );
    let engine = platform.gitops.engine;
    if platform.gitops.repo_url.is_empty() || engine == Engine::None {
        text.push_str(
            ": stop pruning in your engine; merge this, and wait until every new folder has synced; then let it prune again",
        );
        return text;
    }
    let names = Names::of(platform, change);
    let folder = escape::terminal(folder);
    if matches!(engine, Engine::Argocd | Engine::Both) {
        argocd(&mut text, platform, &names, &folder);
    }
    if matches!(engine, Engine::Flux | Engine::Both) {
        flux(&mut text, platform, &names, &folder);
    }
    text
}

/// What the engines call the folders: `<cluster's name>-<folder>`.
struct Names {
    /// Those that lose namespaces.
    losing: Vec<String>,
    /// Those that gain some.
    gaining: Vec<String>,
    /// Those whose folder goes. They lose all that they have.
    going: Vec<String>,
}

impl Names {
    fn of(platform: &Platform, change: &Resharding) -> Names {
        let named = |shards: Option<u16>| -> Vec<String> {
            let folders = shards.into_iter().flat_map(layout::tenants_folders);
            folders.map(|folder| format!("{}-{folder}", gitops::name(platform))).collect()
        };
        let (before, after) = (named(change.before), named(Some(change.after)));
        let going: Vec<String> = before.iter().filter(|name| !after.contains(name)).cloned().collect();
        let coming: Vec<String> = after.iter().filter(|name| !before.contains(name)).cloned().collect();
        // What is new gains from what is old; where nothing is new, what stays gains from what goes.
        if coming.is_empty() {
            Names { losing: going.clone(), gaining: after, going }
        } else {
            Names { losing: before, gaining: coming, going }
        }
    }
}

fn argocd(text: &mut String, platform: &Platform, names: &Names, folder: &str) {
    let set = gitops::name(platform);
    let namespace = &platform.gitops.argocd.namespace;
    let options = gitops::SYNC_OPTIONS.iter().filter(|option| **option != gitops::FAIL_ON_SHARED);
    let options: Vec<String> = options.map(|option| format!("\"{option}\"")).collect();
    let policy = format!(
        "{{\"spec\":{{\"template\":{{\"spec\":{{\"syncPolicy\":{{\"automated\":{{\"prune\":false}},\"syncOptions\":[{}]}}}}}}}}}}",
        options.join(",")
    );
    let patch = format!("kubectl patch applicationset {set} -n {namespace} --type merge -p '{policy}'");
    let apply = format!("kubectl apply --server-side --force-conflicts -f {folder}/gitops/argocd.yaml");
    let mut steps = vec![
        format!("before you merge this, stop pruning: {patch}"),
        "merge this".to_owned(),
        format!("tell Argo CD of the folders, and stop pruning there too: {apply} && {patch}"),
        "wait until these Applications are synced; the others may stay out of sync".to_owned(),
        format!("let it prune again: {apply}"),
    ];
    steps[3].push_str(&format!(": {}", names.gaining.join(" ")));
    if !names.going.is_empty() {
        steps.push(format!(
            "take away the Applications whose folder is gone; without a finalizer, they take nothing along: kubectl delete \
             application -n {namespace} {}",
            names.going.join(" ")
        ));
    }
    write(text, "Argo CD", &steps);
}

fn flux(text: &mut String, platform: &Platform, names: &Names, folder: &str) {
    let namespace = &platform.gitops.flux.namespace;
    let staying: Vec<&str> =
        names.losing.iter().filter(|name| !names.going.contains(name)).map(String::as_str).collect();
    let mut steps = vec![
        format!("before you merge this: flux suspend kustomization -n {namespace} {}", names.losing.join(" ")),
        "merge this".to_owned(),
        format!("tell Flux of the folders: kubectl apply --server-side -f {folder}/gitops/flux.yaml"),
        format!(
            "wait until they are synced: kubectl wait kustomization -n {namespace} --for condition=Ready --timeout 30m {}",
            names.gaining.join(" ")
        ),
    ];
    if !staying.is_empty() {
        steps.push(format!("flux resume kustomization -n {namespace} {}", staying.join(" ")));
    }
    if !names.going.is_empty() {
        steps.push(format!(
            "take away the Kustomizations whose folder is gone; by `deletionPolicy: Orphan`, they take nothing along: \
             kubectl delete kustomization -n {namespace} {}",
            names.going.join(" ")
        ));
    }
    write(text, "Flux", &steps);
}

fn write(text: &mut String, engine: &str, steps: &[String]) {
    let _ = write!(text, "\n  {engine}:");
    for (at, step) in steps.iter().enumerate() {
        let _ = write!(text, "\n  {}. {step}", at + 1);
    }
}
