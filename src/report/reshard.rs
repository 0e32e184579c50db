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
    let engine = platform.gitops.engine;
    let synced = !platform.gitops.repo_url.is_empty();
    let mut steps = Steps { folder: quoted(folder), ..Steps::default() };
    if synced && matches!(engine, Engine::Argocd | Engine::Both) {
        argocd(&mut steps, platform, change);
    }
    if synced && matches!(engine, Engine::Flux | Engine::Both) {
        flux(&mut steps, platform, change);
    }
    if steps.before.is_empty() {
        steps.before.push("stop pruning in your engine".to_owned());
        steps.after.push("wait until every new folder has synced; then let your engine prune again".to_owned());
    }
    let mut text = format!(
        "{} of the cluster `{}` move to another folder; take these steps, so that nobody loses access on the way",
        counted(change.moved, "namespace", "namespaces"),
        platform.name
    );
    let begin = "wait until the cluster has synced what is in git now".to_owned();
    let all = [begin].into_iter().chain(steps.before).chain(["merge this".to_owned()]).chain(steps.after);
    for (at, step) in all.enumerate() {
        let _ = write!(text, "\n  {}. {step}", at + 1);
    }
    text
}

/// What is to be done before and after the merge.
#[derive(Default)]
struct Steps {
    before: Vec<String>,
    after: Vec<String>,
    /// The cluster's folder of the output, for a shell.
    folder: String,
}

/// A path as one word of a shell.
fn quoted(path: &str) -> String {
    let path = escape::terminal(path);
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '.' | '_' | '-');
    if path.chars().all(plain) { path.into_owned() } else { format!("'{}'", path.replace('\'', r"'\''")) }
}

/// What an engine calls these folders of the cluster, by blanks.
fn names<'f>(platform: &Platform, folders: impl IntoIterator<Item = &'f String>) -> String {
    let name = |folder: &String| format!("{}-{folder}", gitops::name(platform));
    folders.into_iter().map(name).collect::<Vec<_>>().join(" ")
}

/// The folders that lose namespaces and are none any more.
fn going(change: &Resharding) -> Vec<&String> {
    let stays = |folder: &&String| !layout::tenants_folders(change.after).any(|it| it == **folder);
    change.from.iter().filter(stays).collect()
}

fn argocd(steps: &mut Steps, platform: &Platform, change: &Resharding) {
    let set = gitops::name(platform);
    let namespace = &platform.gitops.argocd.namespace;
    let options = gitops::SYNC_OPTIONS.iter().filter(|option| **option != gitops::FAIL_ON_SHARED);
    let options: Vec<String> = options.map(|option| format!("\"{option}\"")).collect();
    let policy = format!(
        "{{\"spec\":{{\"template\":{{\"spec\":{{\"syncPolicy\":{{\"automated\":{{\"prune\":false}},\"syncOptions\":[{}]}}}}}}}}}}",
        options.join(",")
    );
    let patch = format!("kubectl patch applicationset {set} -n {namespace} --type merge -p '{policy}'");
    let apply = format!("kubectl apply --server-side --force-conflicts -f {}/gitops/argocd.yaml", steps.folder);
    steps.before.push(format!("stop Argo CD from pruning: {patch}"));
    steps.before.push(format!(
        "wait until it says `false` for each of them: kubectl get applications -n {namespace} -o \
         custom-columns=NAME:.metadata.name,PRUNE:.spec.syncPolicy.automated.prune"
    ));
    // A pattern for several shards finds new ones by itself, and to apply it again would let the old ones prune too early.
    // From the one folder to several and back the pattern changes, and the Applications of the old one are left as they are.
    let one = |folder: &String| folder == layout::TENANTS;
    if change.from.iter().chain(&change.to).any(one) {
        steps.after.push(format!("tell Argo CD of the folders, without pruning: {apply} && {patch}"));
    }
    steps.after.push(format!(
        "wait until these Applications are synced; the others may stay out of sync: {}",
        names(platform, &change.to)
    ));
    steps.after.push(format!("let Argo CD prune again: {apply}"));
    let going = going(change);
    if !going.is_empty() {
        steps.after.push(format!(
            "take away the Applications whose folder is gone; without a finalizer, they take nothing along: kubectl delete \
             application -n {namespace} {}",
            names(platform, going)
        ));
    }
}

fn flux(steps: &mut Steps, platform: &Platform, change: &Resharding) {
    let namespace = &platform.gitops.flux.namespace;
    steps.before.push(format!("flux suspend kustomization -n {namespace} {}", names(platform, &change.from)));
    let apply = format!("kubectl apply --server-side -f {}/gitops/flux.yaml", steps.folder);
    steps.after.push(format!("tell Flux of the folders: {apply}"));
    steps.after.push(format!(
        "wait until Flux has synced them: kubectl wait kustomization -n {namespace} --for condition=Ready --timeout 30m {}",
        names(platform, &change.to)
    ));
    let going = going(change);
    let staying: Vec<&String> = change.from.iter().filter(|folder| !going.contains(folder)).collect();
    if !staying.is_empty() {
        steps.after.push(format!("flux resume kustomization -n {namespace} {}", names(platform, staying)));
    }
    if !going.is_empty() {
        steps.after.push(format!(
            "take away the Kustomizations whose folder is gone; by `deletionPolicy: Orphan`, they take nothing along: \
             kubectl delete kustomization -n {namespace} {}",
            names(platform, going)
        ));
    }
}
