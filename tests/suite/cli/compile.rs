//! What a compile writes, and what `--check` and `--stdout` say of it.

use std::fs;

use serde_yaml::Value;
use sha2::{Digest, Sha256};

use super::Test;
use super::sandbox::{Sandbox, platform, tenant};

pub const TESTS: &[Test] = &[
    ("a-second-run-writes-nothing", a_second_run_writes_nothing),
    ("a-new-tenant-is-one-file", a_new_tenant_is_one_file),
    ("errors-write-nothing", errors_write_nothing),
    ("only-one-cluster", only_one_cluster),
    ("unknown-cluster", unknown_cluster),
    ("stdout-equals-the-files", stdout_equals_the_files),
    ("stdout-wants-one-cluster", stdout_wants_one_cluster),
    ("check-names-every-state", check_names_every_state),
    ("check-tells-expired-from-stale", check_tells_expired_from_stale),
    ("check-shows-the-difference", check_shows_the_difference),
    ("new-clusters-have-no-before", new_clusters_have_no_before),
    ("nothing-to-compile", nothing_to_compile),
    ("no-repository-is-said-once", no_repository_is_said_once),
];

fn a_second_run_writes_nothing() {
    let sandbox = Sandbox::new();
    sandbox.run("compile").exits(0).prints_only("5 files: 5 new, 0 changed, 0 unchanged; 0 removed\n");
    sandbox.changes_nothing("compile").exits(0).prints_only("5 files: 0 new, 0 changed, 5 unchanged; 0 removed\n");
    sandbox.changes_nothing("compile --check").exits(0).prints_only("5 files as compiled\n").says_nothing();
    // Comments, places and the order of documents are no input.
    sandbox.write("input/people.yaml", format!("# new comment\n\n{}", sandbox.read("input/people.yaml")));
    fs::rename(sandbox.path("input/vision.yaml"), sandbox.path("input/zzz.yml")).expect("a file can be renamed");
    sandbox.changes_nothing("compile").exits(0).says_nothing();
}

fn a_new_tenant_is_one_file() {
    let sandbox = Sandbox::compiled();
    let before = (sandbox.tree("output"), sandbox.times("output"));
    sandbox.write("input/new.yaml", tenant("new", "{}"));
    sandbox.run("compile").exits(0).prints("6 files: 1 new, 0 changed, 5 unchanged; 0 removed").says_nothing();
    let (mut tree, mut times) = (sandbox.tree("output"), sandbox.times("output"));
    assert!(tree.remove("prod/tenants/new.yaml").is_some() && times.remove("prod/tenants/new.yaml").is_some());
    assert!(before == (tree, times));
}

fn errors_write_nothing() {
    let sandbox = Sandbox::new();
    sandbox.write("input/wrong.yaml", tenant("wrong", "{owner: nobody}"));
    sandbox.changes_nothing("compile").exits(2).prints_only("");
    sandbox.remove("input/wrong.yaml");
    sandbox.run("compile").exits(0);
    sandbox.replace("input/vision.yaml", "{user: ada}", "{user: bob}");
    sandbox.write("input/wrong.yaml", tenant("wrong", "{quotaClass: none}"));
    sandbox.changes_nothing("compile").exits(2);
    sandbox.changes_nothing("compile --check").exits(2).prints_only("");
}

/// Two clusters with a tenant each.
fn two_clusters() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("input/lab.yaml", platform("lab", "isolation: multi-user"));
    sandbox.replace("input/vision.yaml", "{contributors", "{clusters: [lab], contributors");
    sandbox.replace("input/audio.yaml", "{contributors", "{clusters: [prod], contributors");
    sandbox
}

fn only_one_cluster() {
    let sandbox = two_clusters();
    sandbox.run("compile --cluster lab").exits(0).prints("4 files: 4 new");
    assert!(sandbox.has("output/lab/tenants/vision.yaml") && !sandbox.has("output/prod"));
    sandbox.run("compile").exits(0).prints("8 files: 4 new, 0 changed, 4 unchanged");
    // What is wrong on another cluster does not matter: neither a removal, nor an edit, nor a foreign file.
    let prod = sandbox.tree("output/prod");
    sandbox.remove("input/audio.yaml");
    sandbox.replace("input/vision.yaml", "user: ada", "user: bob");
    sandbox.run("compile --cluster lab --cluster lab").exits(0).prints("1 changed").says_nothing();
    assert!(prod == sandbox.tree("output/prod"));
    sandbox.run("compile --cluster lab --check").exits(0);
    sandbox.changes_nothing("compile").exits(3).says("unretired-removal");
}

fn unknown_cluster() {
    let sandbox = two_clusters();
    sandbox
        .changes_nothing("compile --cluster pord")
        .exits(2)
        .says("error[unknown-cluster]")
        .says("did you mean `prod`?");
    sandbox.run("compile --cluster pord --stdout").exits(2).says("error[unknown-cluster]").prints_only("");
}

/// The documents of a stream.
fn documents(text: &str) -> Vec<Value> {
    let documents = text.split("---\n").filter(|document| !document.trim().is_empty());
    documents.map(|document| serde_yaml::from_str(document).expect("output is YAML")).collect()
}

fn stdout_equals_the_files() {
    let sandbox = Sandbox::compiled();
    // What does not belong to the tenants is never printed.
    sandbox.write("output/prod/tenants/foreign.yaml", "kind: Foreign\n");
    let printed = sandbox.run("compile --stdout").exits(0).says_nothing().stdout;
    let files = ["audio", "vision"].map(|name| sandbox.read(&format!("output/prod/tenants/{name}.yaml")));
    let without_header = files.map(|text| text.split_once("---\n").expect("a header ends").1.to_owned());
    assert_eq!(documents(&printed), documents(&without_header.join("---\n")));
    assert!(!printed.contains("Foreign") && !printed.contains("dashboard-deny-self-service"));
    assert!(printed.starts_with("---\n"));
}

fn stdout_wants_one_cluster() {
    let sandbox = two_clusters();
    sandbox.run("compile --stdout").exits(2).prints_only("").says("--cluster").says("lab, prod");
    let both = sandbox.run("compile --stdout --cluster prod --cluster lab").exits(2).prints_only("");
    both.says("--cluster");
    let lab = sandbox.run("compile --stdout --cluster lab").exits(0).stdout;
    assert!(lab.contains("name: vision") && !lab.contains("name: audio"));
    assert!(!sandbox.has("output"));
}

fn check_names_every_state() {
    let sandbox = Sandbox::compiled();
    let check = |code| sandbox.changes_nothing("compile --check").exits(code);
    sandbox.write("input/new.yaml", tenant("new", "{}"));
    check(1).prints("missing  output/prod/tenants/new.yaml\n").says("1 file is not as compiled");
    sandbox.remove("input/new.yaml");
    sandbox.replace("input/vision.yaml", "{user: ada}", "{user: bob}");
    check(1).prints("stale  output/prod/tenants/vision.yaml\n").says_no("edited");
    // Edited stays edited, even if it is stale as well.
    sandbox.replace("output/prod/tenants/vision.yaml", "ada@example.org", "eve@example.org");
    check(1).prints("edited  output/prod/tenants/vision.yaml\n").says("warning[edited-file]");
    sandbox.write("output/prod/tenants/vision.yaml", "kind: Foreign\n");
    check(2).prints("foreign  output/prod/tenants/vision.yaml\n").says("error[foreign-file]");
    sandbox.remove("output/prod/tenants/vision.yaml");
    sandbox.replace("input/audio.yaml", "{contributors", "{state: retired, contributors");
    sandbox.run("compile").exits(0);
    sandbox.remove("input/audio.yaml");
    check(1).prints("left over  output/prod/tenants/audio.yaml\n");
    sandbox.run("compile").exits(0).prints("1 removed");
    check(0).prints_only("4 files as compiled\n");
}

fn check_tells_expired_from_stale() {
    let sandbox = Sandbox::new();
    sandbox.replace("input/vision.yaml", "{user: ada}", "{user: ada, until: 2026-06-30}, {user: bob}");
    sandbox.run("compile --as-of 2026-06-30").exits(0);
    sandbox.run("compile --check --as-of 2026-06-30").exits(0);
    let check = sandbox.changes_nothing("compile --check --as-of 2026-07-01").exits(1);
    check.prints("stale (a grant expired since)  output/prod/tenants/vision.yaml\n").says("warning[expired-grant]");
    // A body that no day gives is nobody's ended grant, whatever digest stands above it.
    let path = "output/prod/tenants/vision.yaml";
    let compiled = sandbox.read(path);
    let (header, body) = compiled.split_once("---\n").expect("a header ends");
    let forged = format!("---\n{body}").replace("bob@example.org", "eve@example.org");
    let at = header.rfind("sha256:").expect("the digest of the body");
    let digest: String = Sha256::digest(&forged).iter().map(|byte| format!("{byte:02x}")).collect();
    sandbox.write(path, format!("{}sha256:{digest}\n{forged}", &header[..at]));
    let check = sandbox.changes_nothing("compile --check --as-of 2026-07-01").exits(1);
    check.prints("stale  output/prod/tenants/vision.yaml\n").says_no("edited");
    sandbox.write(path, compiled);
    sandbox.replace("input/vision.yaml", "{user: bob}", "{user: bob, role: view}");
    let check = sandbox.changes_nothing("compile --check --as-of 2026-07-01").exits(1);
    check.prints("stale  output/prod/tenants/vision.yaml\n");
    sandbox.run("compile --as-of 2026-07-01").exits(0);
    assert!(!sandbox.read("output/prod/tenants/vision.yaml").contains("ada@example.org"));
}

fn check_shows_the_difference() {
    let sandbox = Sandbox::compiled();
    sandbox.replace("input/vision.yaml", "{user: ada}", "{user: bob}");
    let check = sandbox.run("compile --check").exits(1);
    check.prints("-    name: ada@example.org\n").prints("+    name: bob@example.org\n");
}

fn new_clusters_have_no_before() {
    let sandbox = two_clusters();
    let note = "the guards have nothing to compare with";
    sandbox.run("compile --cluster lab").exits(0).says(note).says("no output yet");
    sandbox.run("compile").exits(0).says(note).says("no output for the cluster `prod` yet");
    sandbox.run("compile").exits(0).says_nothing();
}

fn nothing_to_compile() {
    let sandbox = Sandbox::new();
    sandbox.remove("input/vision.yaml");
    sandbox.remove("input/audio.yaml");
    for words in ["compile", "compile --check", "compile --stdout"] {
        sandbox.changes_nothing(words).exits(2).says("error[no-namespaces]");
    }
    // One cluster of two may be empty, but not the only one that was asked for.
    sandbox.write("input/lab.yaml", platform("lab", "isolation: multi-user"));
    sandbox.write("input/vision.yaml", tenant("vision", "{clusters: [lab]}"));
    sandbox.run("compile --cluster prod").exits(2).says("error[no-namespaces]");
    sandbox.run("compile").exits(0);
    sandbox.remove("input/platform.yaml");
    sandbox.remove("input/lab.yaml");
    sandbox.changes_nothing("compile").exits(2).says("error[no-platform]");
}

/// Without a repository there is nothing to tell an engine, and one notice says so.
fn no_repository_is_said_once() {
    let sandbox = Sandbox::new();
    let with = |gitops: &str| sandbox.replace("input/platform.yaml", "gitops: {engine: none}", gitops);
    with("version: '1.10'");
    sandbox.run("compile").exits(0);
    let run = sandbox.run("compile").exits(0);
    assert_eq!(run.stderr.matches("no gitops/ is written for the cluster `prod`").count(), 1, "{}", run.stderr);
    assert!(!sandbox.has("output/prod/gitops"));
    sandbox.replace("input/platform.yaml", "version: '1.10'", "gitops: {repoURL: 'https://git.example.org/t.git'}");
    sandbox.run("compile").exits(0).prints("7 files: 2 new, 0 changed, 5 unchanged; 0 removed").says_nothing();
    assert!(sandbox.has("output/prod/gitops/argocd.yaml") && sandbox.has("output/prod/gitops/flux.yaml"));
    // Who leaves an engine loses its file.
    sandbox.replace("input/platform.yaml", "{repoURL", "{engine: flux, repoURL");
    sandbox.run("compile").exits(0).prints("1 removed").says_nothing();
}
