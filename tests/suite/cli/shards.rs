//! Tenants spread over several folders, and what a change of their number asks for.

use std::collections::BTreeMap;

use tenantry::render::layout;

use super::Test;
#[cfg(unix)]
use super::sandbox::Run;
use super::sandbox::{PLATFORM, Sandbox, tenant};

pub const TESTS: &[Test] = &[
    ("another-number-moves-nothing-unasked", another_number_moves_nothing_unasked),
    ("asked-for-it-says-the-steps", asked_for_it_says_the_steps),
    ("back-to-one-folder", back_to_one_folder),
    ("a-moved-file-is-put-back", a_moved_file_is_put_back),
    ("without-files-that-keep-folders", without_files_that_keep_folders),
    ("guards-see-every-shard", guards_see_every_shard),
    ("the-last-tenant-of-a-shard", the_last_tenant_of_a_shard),
    ("auto-keeps-folders-within-limits", auto_keeps_folders_within_limits),
    ("auto-asks-before-it-grows", auto_asks_before_it_grows),
    ("auto-never-shrinks", auto_never_shrinks),
    #[cfg(unix)]
    ("auto-sees-what-it-waited-for", auto_sees_what_it_waited_for),
    ("large-namespaces-do-not-multiply-shards", large_namespaces_do_not_multiply_shards),
    ("guards-see-what-engines-sync", guards_see_what_engines_sync),
    ("two-files-of-one-namespace", two_files_of_one_namespace),
    ("a-forged-number-moves-nothing", a_forged_number_moves_nothing),
    ("what-to-apply-is-said", what_to_apply_is_said),
    ("explain-finds-a-shard", explain_finds_a_shard),
];

/// An inventory of many tenants on a platform with this number of shards, compiled.
fn sharded(shards: &str, tenants: usize) -> Sandbox {
    let sandbox = Sandbox::new();
    set(&sandbox, shards);
    many(&sandbox, tenants);
    sandbox.run("compile").exits(0);
    sandbox
}

fn set(sandbox: &Sandbox, shards: &str) {
    let gitops = format!("{{engine: both, repoURL: \"https://git.example.org/x.git\", shards: {shards}}}");
    sandbox.write("input/platform.yaml", PLATFORM.replace("{engine: none}", &gitops));
}

fn many(sandbox: &Sandbox, tenants: usize) {
    let all: Vec<String> = (0..tenants).map(|at| tenant(&format!("t{at}"), "{contributors: [{group: ml}]}")).collect();
    sandbox.write("input/many.yaml", all.join("---\n"));
}

/// Folder of tenants by namespace.
fn places(sandbox: &Sandbox) -> BTreeMap<String, String> {
    let tree = sandbox.tree("output");
    let places = tree.keys().filter_map(|path| layout::namespace_of(path));
    places.map(|at| (at.namespace.to_owned(), at.folder.to_owned())).collect()
}

fn another_number_moves_nothing_unasked() {
    let sandbox = sharded("4", 40);
    set(&sandbox, "8");
    for words in ["compile", "compile --check"] {
        let run = sandbox.changes_nothing(words).exits(3).says("error[resharded]");
        run.says("was compiled to 4 shards and would be to 8 shards").says("write `shards: 4` to keep it");
    }
    // What judges no output has nothing to say.
    sandbox.run("check").exits(0);
    sandbox.run("compile --stdout").exits(0);
    sandbox.run("compile --output elsewhere").exits(0);
    set(&sandbox, "4");
    sandbox.run("compile").exits(0).prints("0 changed");
}

fn asked_for_it_says_the_steps() {
    let sandbox = sharded("4", 40);
    let before = places(&sandbox);
    set(&sandbox, "8");
    let run = sandbox.run("compile --allow-reshard").exits(0);
    let run = run.says("kubectl patch applicationset tenantry-prod -n argocd").says("\"prune\":false");
    let run = run.says("flux suspend kustomization -n flux-system tenantry-prod-shard-00 tenantry-prod-shard-01");
    let run = run.says("--for condition=Ready --timeout 30m tenantry-prod-shard-04").says("flux resume kustomization");
    // The pattern finds the new folders; to apply it before they have synced would let the old ones prune.
    run.says_no("tell Argo CD of the folders").says_no("kubectl delete");
    let after = places(&sandbox);
    assert_eq!(before.len(), after.len());
    // Whoever moves, moves to a shard that is new: no engine both loses and gains.
    let moved: Vec<&String> = before.iter().filter(|(name, was)| after[*name] != **was).map(|(name, _)| name).collect();
    assert!(!moved.is_empty() && moved.iter().all(|name| after[*name].as_str() >= "shard-04"), "{moved:?}");
    sandbox.run("compile").exits(0).says_no("resharded");
    let fresh = sharded("8", 40);
    assert!(fresh.tree("output") == sandbox.tree("output"), "moved is not as compiled anew");
}

fn back_to_one_folder() {
    let sandbox = sharded("4", 40);
    set(&sandbox, "1");
    sandbox.changes_nothing("compile").exits(3).says("42 of 42 namespaces");
    let run = sandbox.run("compile --allow-reshard").exits(0);
    let run = run.says("kubectl delete kustomization -n flux-system tenantry-prod-shard-00").says_no("flux resume");
    run.says("tell Argo CD of the folders, without pruning");
    assert!(sandbox.has("output/prod/tenants/.tenantry-shard") && !sandbox.has("output/prod/shard-00"));
    let fresh = sharded("1", 40);
    assert!(fresh.tree("output") == sandbox.tree("output"));
}

fn a_moved_file_is_put_back() {
    let sandbox = sharded("4", 10);
    let wanted = sandbox.tree("output");
    let place = places(&sandbox)["t3"].clone();
    let other = if place == "shard-00" { "shard-01" } else { "shard-00" };
    let text = sandbox.read(&format!("output/prod/{place}/t3.yaml"));
    sandbox.remove(&format!("output/prod/{place}/t3.yaml"));
    sandbox.write(&format!("output/prod/{other}/t3.yaml"), text);
    sandbox.run("compile").exits(0).prints("1 new").prints("1 removed");
    assert!(wanted == sandbox.tree("output"));
}

fn without_files_that_keep_folders() {
    // The number cannot be read from anywhere, and what would move is seen all the same.
    let sandbox = sharded("4", 40);
    for path in sandbox.tree("output").keys().filter(|path| path.ends_with(layout::SHARD_FILE)) {
        sandbox.remove(&format!("output/{path}"));
    }
    sandbox.run("compile --check").exits(1).prints("missing");
    set(&sandbox, "8");
    sandbox.changes_nothing("compile").exits(3).says("another number of shards");
    set(&sandbox, "4");
    sandbox.run("compile").exits(0).prints("4 new");
}

fn guards_see_every_shard() {
    let sandbox = sharded("4", 20);
    many(&sandbox, 19);
    let place = places(&sandbox)["t19"].clone();
    let run = sandbox.changes_nothing("compile").exits(3).says("error[unretired-removal]");
    run.says(&format!("--> output/prod/{place}/t19.yaml"));
    // Nor does moving everything hide that something vanishes.
    set(&sandbox, "8");
    sandbox.changes_nothing("compile --allow-reshard").exits(3).says("error[unretired-removal]");
    // What changes on the way would never be pruned where the folder goes.
    let run = sandbox.changes_nothing("compile --allow-reshard --allow-removal t19").exits(3);
    run.says("would move to another shard and change at once: `t19`").says("compile with `shards: 4` first");
    set(&sandbox, "4");
    sandbox.run("compile --allow-removal t19").exits(0);
    set(&sandbox, "8");
    let text = sandbox.read("input/many.yaml");
    sandbox.write("input/many.yaml", text.replace("group: ml", "group: ml, role: view"));
    sandbox.changes_nothing("compile --allow-reshard").exits(3).says("and change at once");
    sandbox.write("input/many.yaml", text);
    sandbox.run("compile --allow-reshard").exits(0);
}

fn the_last_tenant_of_a_shard() {
    let sandbox = sharded("300", 3);
    let place = places(&sandbox)["t0"].clone();
    for spec in ["{state: retired}", ""] {
        let rest: Vec<String> = (1..3).map(|at| tenant(&format!("t{at}"), "{}")).collect();
        let own = if spec.is_empty() { String::new() } else { tenant("t0", spec) + "---\n" };
        sandbox.write("input/many.yaml", own + &rest.join("---\n"));
        sandbox.run("compile").exits(0);
    }
    // An engine prunes what a folder has no longer; a folder that is gone is an error to it.
    assert!(!sandbox.has(&format!("output/prod/{place}/t0.yaml")));
    assert!(sandbox.has(&format!("output/prod/{place}/{}", layout::SHARD_FILE)));
}

fn auto_keeps_folders_within_limits() {
    let sandbox = sharded("auto", 700);
    let mut objects: BTreeMap<String, usize> = BTreeMap::new();
    for (path, text) in sandbox.tree("output") {
        if let Some(at) = layout::namespace_of(&path) {
            let documents = String::from_utf8_lossy(&text).lines().filter(|line| *line == "---").count();
            *objects.entry(at.folder.to_owned()).or_default() += documents;
        }
    }
    assert!(objects.len() == 8 && objects.values().all(|&count| count <= 1_000), "{objects:?}");
    let run = sandbox.run("check").exits(0);
    run.says_no("near-limit");
    // The smallest that does: half as many would hold too much.
    set(&sandbox, "4");
    let run =
        sandbox.run("check").exits(0).says("warning[near-limit]: the largest of 4 full shards of the cluster `prod`");
    run.says("shards: 8");
}

fn auto_asks_before_it_grows() {
    let sandbox = sharded("auto", 100);
    assert!(sandbox.has("output/prod/tenants/t0.yaml"));
    many(&sandbox, 300);
    sandbox.changes_nothing("compile").exits(3).says("write `shards: 1` to keep it; or write `shards: 4`");
    sandbox.run("compile --allow-reshard").exits(0);
    sandbox.run("compile").exits(0);
}

/// A revocation never has to wait for somebody who looks at the number of shards.
fn auto_never_shrinks() {
    let sandbox = sharded("auto", 300);
    many(&sandbox, 300);
    let text = sandbox.read("input/many.yaml");
    sandbox.write("input/many.yaml", text.replace("{contributors: [{group: ml}]}", "{state: retired}"));
    sandbox.run("compile").exits(0).says_no("resharded");
    assert!(sandbox.has("output/prod/shard-01/.tenantry-shard"));
    sandbox.write("input/many.yaml", tenant("t0", "{}"));
    sandbox.run("compile").exits(0);
    sandbox.run("compile --check").exits(0);
    sandbox.run("compile --output elsewhere").exits(0);
    assert!(sandbox.has("elsewhere/prod/tenants/t0.yaml"));
}

/// How many shards there are is looked up after another run has ended, not before it is waited for.
#[cfg(unix)]
fn auto_sees_what_it_waited_for() {
    use std::fs::{self, File};
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;

    let sandbox = sharded("4", 40);
    fs::rename(sandbox.path("output"), sandbox.path("compiled")).expect("a move");
    fs::create_dir(sandbox.path("output")).expect("a folder");
    set(&sandbox, "auto");
    let other = File::open(sandbox.path("output")).expect("a folder can be opened");
    other.lock().expect("a folder can be locked");
    let mut command = sandbox.command("compile --quiet");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let mut first = String::new();
    BufReader::new(child.stderr.take().expect("a pipe")).read_line(&mut first).expect("a line");
    assert!(first.contains("waiting for another run"), "{first:?}");
    for entry in fs::read_dir(sandbox.path("compiled")).expect("a folder") {
        let entry = entry.expect("an entry");
        fs::rename(entry.path(), sandbox.path("output").join(entry.file_name())).expect("a move");
    }
    drop(other);
    Run::of(child.wait_with_output().expect("the program ends")).exits(0).prints("0 new, 0 changed");
}

fn large_namespaces_do_not_multiply_shards() {
    let sandbox = Sandbox::new();
    set(&sandbox, "auto");
    let accounts: Vec<String> = (0..520).map(|at| format!("{{serviceAccount: ci/b{at}}}")).collect();
    let spec = format!("{{contributors: [{}]}}", accounts.join(", "));
    let all: Vec<String> = (0..20).map(|at| tenant(&format!("t{at}"), &spec)).collect();
    sandbox.write("input/many.yaml", all.join("---\n"));
    sandbox.run("compile").exits(0).says("warning[near-limit]");
    let folders = sandbox.tree("output").into_keys().filter(|path| path.ends_with(layout::SHARD_FILE)).count();
    assert!((16..=64).contains(&folders), "{folders}");
}

fn guards_see_what_engines_sync() {
    // In a folder of a folder, under another ending, in a folder that the pattern matches: engines sync it.
    for place in ["tenants/old/t0.yaml", "tenants/t0.json", "shard-x/t0.yaml", "tenants/t0.yml"] {
        let sandbox = sharded("1", 1);
        let text = sandbox.read("output/prod/tenants/t0.yaml");
        sandbox.remove("output/prod/tenants/t0.yaml");
        sandbox.write(&format!("output/prod/{place}"), text);
        sandbox.run("compile --check").exits(1).prints(&format!("left over  output/prod/{place}"));
        sandbox.remove("input/many.yaml");
        sandbox.changes_nothing("compile").exits(3).says("error[unretired-removal]");
        sandbox.run("compile --allow-removal t0").exits(0).prints("1 removed");
    }
    let sandbox = sharded("1", 1);
    for stray in ["tenants/kustomization.yaml", "tenants/more/role.yaml", "platform/objects/role.json"] {
        sandbox.write(&format!("output/prod/{stray}"), "kind: Foreign\n");
        let run = sandbox.run("compile --check").exits(0);
        run.says("warning[stray-file]").says(&format!("--> output/prod/{stray}"));
        assert!(sandbox.has(&format!("output/prod/{stray}")));
    }
}

fn two_files_of_one_namespace() {
    let sandbox = sharded("1", 1);
    let active = sandbox.read("output/prod/tenants/t0.yaml");
    sandbox.write("input/many.yaml", tenant("t0", "{state: retired}"));
    sandbox.run("compile").exits(0);
    // An active file beside the retired one: the namespace is active on the cluster, as far as anybody can tell.
    sandbox.write("output/prod/tenants/t0.yml", active);
    sandbox.remove("input/many.yaml");
    sandbox.changes_nothing("compile").exits(3).says("error[unretired-removal]").says("it was `active`");
}

fn a_forged_number_moves_nothing() {
    let sandbox = sharded("2", 20);
    for shard in ["00", "01"] {
        sandbox.replace(&format!("output/prod/shard-{shard}/.tenantry-shard"), "shards: 2", "shards: 4");
    }
    set(&sandbox, "4");
    sandbox.changes_nothing("compile").exits(3).says("error[resharded]");
}

fn what_to_apply_is_said() {
    let sandbox = sharded("1", 1);
    let note = "`output/prod/gitops/argocd.yaml` changed; before you merge this: kubectl apply --server-side -f";
    sandbox.write("input/templates/card.yaml.j2", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: card}\n");
    sandbox.write("input/many.yaml", tenant("t0", "{addOns: [card]}"));
    sandbox.run("compile").exits(0).says(note);
    sandbox.run("compile").exits(0).says_no(note);
}

fn explain_finds_a_shard() {
    let sandbox = sharded("4", 1);
    let place = places(&sandbox)["t0"].clone();
    sandbox.run(&format!("explain output/prod/{place}/t0.yaml")).exits(0).prints("input/many.yaml:3");
}
