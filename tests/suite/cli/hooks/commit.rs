//! What is staged decides, and nothing else.

use super::super::Test;
use super::super::sandbox::{PROGRAM, Sandbox, run, tenant};
use super::{BINDING, clean, commit, git, hook, repository, says};

pub const TESTS: &[Test] = &[
    ("silent-when-nothing-of-it-is-staged", silent_when_nothing_of_it_is_staged),
    ("stale-output-is-refused", stale_output_is_refused),
    ("not-the-working-tree-counts", not_the_working_tree_counts),
    ("an-edit-of-output-is-refused", an_edit_of_output_is_refused),
    ("files-beside-ours", files_beside_ours),
    ("guards-look-at-the-last-commit", guards_look_at_the_last_commit),
    ("the-first-commit", the_first_commit),
    ("merges", merges),
    ("a-broken-base-can-be-repaired", a_broken_base_can_be_repaired),
    ("output-that-is-not-in-git", output_that_is_not_in_git),
    ("worktrees-and-submodules", worktrees_and_submodules),
    ("settings", settings),
    ("no-program-is-said", no_program_is_said),
];

/// Runs the hook itself, for its exit status: git has one of its own.
fn judged(sandbox: &Sandbox, words: &str) -> super::Run {
    run(clean(PROGRAM, sandbox, ".").args(["hook", "pre-commit"]).args(words.split_whitespace()))
}

fn silent_when_nothing_of_it_is_staged() {
    let sandbox = repository();
    sandbox.write("README.md", "Read me.\n");
    sandbox.replace("input/vision.yaml", "ada", "nobody");
    says(&sandbox, ".", "add README.md");
    judged(&sandbox, "").exits(0).says_nothing().prints_only("");
    commit(&sandbox).exits(0).says_nothing();
    // What is only meant to be added is in no commit, and neither is an empty file of output.
    sandbox.write("input/later.yaml", tenant("later", "{}"));
    sandbox.write("output/prod/tenants/later.yaml", "kind: Later\n");
    says(&sandbox, ".", "add --intent-to-add input output");
    judged(&sandbox, "").exits(0).says_nothing();
    // With `--all` it is judged, and sound.
    judged(&sandbox, "--all").exits(0).says("none: the same objects");
}

fn stale_output_is_refused() {
    let sandbox = repository();
    sandbox.replace("input/vision.yaml", "{user: ada}", "{user: ada}, {user: bob, role: view}");
    sandbox.write("input/new.yaml", tenant("new", "{}"));
    says(&sandbox, ".", "add input");
    let run = judged(&sandbox, "").exits(1).says("widening: something is opened");
    let run = run.says("stale    output/prod/tenants/vision.yaml\n").says("missing  output/prod/tenants/new.yaml\n");
    run.says(
        "error: 2 files of the output are not what the inventory compiles to; run `tenantry compile && git add output`",
    );
    commit(&sandbox).exits(1).says("2 files of the output");
    // What it says mends it.
    sandbox.run("compile").exits(0);
    commit(&sandbox).exits(1);
    says(&sandbox, ".", "add output");
    commit(&sandbox).exits(0).says("2 access facts gained").says("HEAD (").says("what is staged");
}

fn not_the_working_tree_counts() {
    let sandbox = repository();
    // Staged, it is wrong; on the disk, it is right.
    sandbox.replace("input/vision.yaml", "{user: ada}", "{user: adda}");
    says(&sandbox, ".", "add input");
    sandbox.replace("input/vision.yaml", "{user: adda}", "{user: ada}");
    let run = judged(&sandbox, "").exits(2).says("unknown-user").says("input/vision.yaml:4:30");
    run.says("did you mean `ada`?");
    commit(&sandbox).exits(1);
    // And the other way round.
    sandbox.write("input/more.yaml", tenant("more", "{}"));
    sandbox.run("compile").exits(0);
    says(&sandbox, ".", "add --all");
    sandbox.write("input/more.yaml", "kind: Nonsense\n");
    sandbox.remove("output/prod/tenants/more.yaml");
    commit(&sandbox).exits(0).says_no("error");
    assert_eq!(says(&sandbox, ".", "status --short"), " M input/more.yaml\n D output/prod/tenants/more.yaml");
}

fn an_edit_of_output_is_refused() {
    let sandbox = repository();
    sandbox.replace("output/prod/tenants/vision.yaml", "ada@example.org", "eve@example.org");
    says(&sandbox, ".", "add output");
    judged(&sandbox, "").exits(1).says("edited-file").says("edited  output/prod/tenants/vision.yaml");
    says(&sandbox, ".", "reset --quiet --hard");
    sandbox.write("output/prod/tenants/extra.yaml", "kind: Secret\n");
    says(&sandbox, ".", "add output");
    let brought = "error: `output/prod/tenants/extra.yaml` comes with this change and is not compiled";
    judged(&sandbox, "").exits(1).says("stray-file").says(brought);
    judged(&sandbox, "--stage").exits(1).says(brought);
    // Where one lies already, it is only warned of.
    says(&sandbox, ".", "commit --quiet --no-verify --message=stray");
    judged(&sandbox, "--all").exits(0).says("stray-file").says_no("comes with this change");
    says(&sandbox, ".", "rm --quiet -f output/prod/tenants/extra.yaml");
    // Taking all output away evades nothing.
    says(&sandbox, ".", "rm --quiet -r output");
    judged(&sandbox, "").exits(1).says("files of the output are not what");
}

fn files_beside_ours() {
    let sandbox = repository();
    sandbox.write("output/prod/tenants/old.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: old}\n");
    says(&sandbox, ".", "add output");
    judged(&sandbox, "").exits(1).says("foreign-manifest: the ConfigMap `old`");
    says(&sandbox, ".", "commit --quiet --no-verify --message=old");
    // Nothing is said of one that is only on the disk, one that lies there already, or one that no engine reads.
    sandbox.write("output/prod/tenants/extra.yml", BINDING);
    sandbox.write("output/prod/gitops/mine.yaml", BINDING);
    says(&sandbox, ".", "add output/prod/gitops");
    judged(&sandbox, "--all").exits(0).says_no("foreign-manifest").says_no("comes with this change");
    says(&sandbox, ".", "add output");
    let run = judged(&sandbox, "--fail-on foreign-manifest").exits(3).says("widening: something is opened");
    let run = run.says("opens (1)\n  foreign-manifest: the RoleBinding `extra` in the namespace `vision`");
    run.says("is added where").says("    output/prod/tenants/extra.yml:1\n").says_no("`old`").says_no("mine.yaml");
    // It is reviewed too where nobody asks for fresh output.
    judged(&sandbox, "--require-fresh never").exits(0).says("foreign-manifest").says_no("comes with this change");
    says(&sandbox, ".", "commit --quiet --no-verify --message=extra");
    sandbox.replace("output/prod/tenants/extra.yml", "eve@", "mallory@");
    says(&sandbox, ".", "add output");
    commit(&sandbox).exits(1).says("is changed where").says("comes with this change");
    says(&sandbox, ".", "reset --quiet --hard");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../../../input", sandbox.path("output/prod/tenants/in")).expect("a link");
        says(&sandbox, ".", "add output");
        let run = judged(&sandbox, "").exits(1).says("foreign-manifest: `prod/tenants/in` lies where engines sync");
        run.says("error: `output/prod/tenants/in` comes with this change and is not compiled from the inventory");
        says(&sandbox, ".", "commit --quiet --no-verify --message=link");
        judged(&sandbox, "--all").exits(0).says_no("prod/tenants/in");
    }
}

fn guards_look_at_the_last_commit() {
    let sandbox = repository();
    says(&sandbox, ".", "rm --quiet input/audio.yaml output/prod/tenants/audio.yaml");
    let run = judged(&sandbox, "").exits(3).says("unretired-removal").says("error: 1 guard refuses this change");
    run.says("git -c tenantry.allowRemoval=TENANT commit").says_no("not what the inventory compiles to");
    commit(&sandbox).exits(1);
    judged(&sandbox, "--allow-removal audio").exits(0).says("destructive: data would be lost");
    judged(&sandbox, "--allow-removal audio --fail-on destructive").exits(3).says("error: namespace-removed");
    git(&sandbox, ".", &["-c", "tenantry.allowRemoval=audio", "commit", "--quiet", "-m", "gone"]).exits(0);
    assert_eq!(says(&sandbox, ".", "status --short"), "");
}

fn the_first_commit() {
    let sandbox = Sandbox::compiled();
    says(&sandbox, ".", "init --quiet --initial-branch=main");
    hook(&sandbox, ".git/hooks/pre-commit", super::PRE_COMMIT);
    judged(&sandbox, "").exits(0).says_nothing();
    sandbox.write("input/odd.yaml", tenant("odd", "{contributors: [{user: eve}]}"));
    says(&sandbox, ".", "add --all");
    judged(&sandbox, "").exits(2).says("input/odd.yaml:4:30");
    says(&sandbox, ".", "rm --quiet --cached input/odd.yaml");
    sandbox.remove("input/odd.yaml");
    // Nothing is compared with nothing: no guard, and no risk of what could not be compared.
    let run = commit(&sandbox).exits(0).says("no commit → what is staged").says("so everything is new");
    let run = run.says("cluster-added: the cluster `prod`").says("    input/platform.yaml:3");
    run.says_no("platform-not-compared");
    assert_eq!(says(&sandbox, ".", "rev-list --count HEAD"), "1");
}

fn merges() {
    let sandbox = repository();
    for (branch, file) in [("one", "one"), ("two", "two"), ("clash", "other")] {
        says(&sandbox, ".", &format!("checkout --quiet -b {branch} main"));
        let name = if branch == "clash" { "one" } else { branch };
        sandbox.write(&format!("input/{file}.yaml"), tenant(name, "{}"));
        sandbox.run("compile").exits(0);
        says(&sandbox, ".", "add --all");
        commit(&sandbox).exits(0);
    }
    says(&sandbox, ".", "checkout --quiet two");
    git(&sandbox, ".", &["merge", "--quiet", "--no-edit", "one"]).exits(0).says("gained");
    // Each is right, and both together are not: git alone sees nothing wrong.
    let before = says(&sandbox, ".", "rev-parse HEAD");
    let merge = git(&sandbox, ".", &["merge", "--no-edit", "clash"]);
    assert_ne!(merge.code, Some(0));
    merge.says("input/other.yaml").says("error[");
    assert_eq!(says(&sandbox, ".", "rev-parse HEAD"), before);
    // While a file is in conflict there is nothing to judge.
    says(&sandbox, ".", "merge --abort");
    sandbox.replace("input/vision.yaml", "{user: ada}", "{user: bob}");
    sandbox.run("compile").exits(0);
    says(&sandbox, ".", "commit --quiet -a --message=bob");
    says(&sandbox, ".", "checkout --quiet -b three main");
    sandbox.replace("input/vision.yaml", "{user: ada}", "{user: root}");
    sandbox.run("compile").exits(0);
    says(&sandbox, ".", "commit --quiet -a --message=root");
    assert_ne!(git(&sandbox, ".", &["merge", "--quiet", "two"]).code, Some(0));
    judged(&sandbox, "").exits(2).says("is in conflict; finish the merge first");
    says(&sandbox, ".", "checkout --quiet --theirs input output");
    sandbox.run("compile").exits(0);
    says(&sandbox, ".", "add --all");
    commit(&sandbox).exits(0).says("gained");
    assert_eq!(says(&sandbox, ".", "rev-list --count --merges HEAD"), "2");
}

fn a_broken_base_can_be_repaired() {
    let sandbox = repository();
    says(&sandbox, ".", "rm --quiet -r --cached output");
    sandbox.replace("input/vision.yaml", "{user: ada}", "{user: adda}");
    says(&sandbox, ".", "add input");
    says(&sandbox, ".", "commit --quiet --no-verify --message=broken");
    sandbox.replace("input/vision.yaml", "{user: adda}", "{user: ada}");
    says(&sandbox, ".", "add input");
    judged(&sandbox, "").exits(0).says("does not compile (1 error); so nothing tells what this changes");
    // Whoever asked to refuse something is not told that there is nothing.
    judged(&sandbox, "--fail-on guards").exits(2).says("nothing tells whether `--fail-on` would refuse this");
    // The guard that needs no base is judged all the same.
    sandbox.replace("input/platform.yaml", "owner: root", "owner: root, removal: {minAdmins: 2}");
    says(&sandbox, ".", "add input");
    judged(&sandbox, "").exits(3).says("too-few-admins");
}

fn output_that_is_not_in_git() {
    let sandbox = Sandbox::new();
    says(&sandbox, ".", "init --quiet");
    sandbox.write(".gitignore", "output\n");
    says(&sandbox, ".", "add --all");
    judged(&sandbox, "").exits(0).says_no("not what the inventory compiles to");
    judged(&sandbox, "--require-fresh always").exits(1).says("missing  output/prod/");
    judged(&sandbox, "--stage").exits(2).says("git ignores `output`");
    assert!(!sandbox.has("output"));
}

fn worktrees_and_submodules() {
    let sandbox = repository();
    says(&sandbox, ".", "worktree add --quiet side -b side");
    sandbox.write("side/input/new.yaml", tenant("new", "{}"));
    says(&sandbox, "side", "add --all");
    let commit_in = |folder: &str| git(&sandbox, folder, &["commit", "--quiet", "--message", "change"]);
    commit_in("side").exits(1).says("missing  output/prod/tenants/new.yaml");
    git(&sandbox, "side", &["-c", "tenantry.preCommit=stage", "commit", "--quiet", "--message", "change"]).exits(0);
    super::is_fresh(&sandbox, "side", "input", "output");
    assert_eq!(says(&sandbox, "side", "status --short"), "");
    assert!(!sandbox.has("output/prod/tenants/new.yaml"));
    // A repository in a repository is judged by its own index.
    let outer = Sandbox::empty();
    says(&outer, ".", "init --quiet");
    let url = sandbox.path("").to_str().expect("a path").to_owned();
    git(&outer, ".", &["submodule", "add", "--quiet", &url, "below"]).exits(0);
    hook(&outer, ".git/modules/below/hooks/pre-commit", super::PRE_COMMIT);
    outer.write("below/input/new.yaml", tenant("new", "{}"));
    says(&outer, "below", "add --all");
    git(&outer, "below", &["commit", "--quiet", "-m", "x"]).exits(1).says("missing  output/prod/tenants/new.yaml");
    git(&outer, "below", &["-c", "tenantry.preCommit=stage", "commit", "--quiet", "-m", "x"]).exits(0);
    assert_eq!(says(&outer, "below", "status --short"), "");
}

fn settings() {
    let sandbox = repository();
    sandbox.write("input/new.yaml", tenant("new", "{}"));
    says(&sandbox, ".", "add input");
    let with = |setting: &str| {
        let command = ["-c", setting, "commit", "--quiet", "--message", "change"];
        git(&sandbox, ".", &command).exits(1)
    };
    with("tenantry.precomit=stage")
        .says("`tenantry.precomit`, which is no setting; did you mean `tenantry.preCommit`?");
    with("tenantry.preCommit=yes").says("`tenantry.preCommit`: `yes` is not check or stage");
    with("tenantry.layout=flat").says("`flat` is not plain or kustomize");
    with("tenantry.allowReshard=maybe").says("`maybe` is neither true nor false");
    with("tenantry.input=../elsewhere").says("name a folder below the root of the repository");
    with("tenantry.input=/etc").says("name a folder below the root of the repository");
    with("tenantry.output=input/compiled").says("input/compiled");
    // Kustomize's files are missing, and the message names the option that makes them.
    with("tenantry.layout=kustomize")
        .says("kustomization.yaml")
        .says("tenantry compile --layout kustomize && git add output");
    // An option says more than a setting, and below the root is meant from everywhere.
    says(&sandbox, ".", "config tenantry.preCommit stage");
    judged(&sandbox, "--check").exits(1);
    let mut inside = clean(PROGRAM, &sandbox, "input");
    run(inside.args(["hook", "pre-commit", "--check"])).exits(1).says("missing  output/prod/tenants/new.yaml");
    says(&sandbox, ".", "init --quiet --bare bare.git");
    run(clean(PROGRAM, &sandbox, "bare.git").args(["hook", "pre-commit"])).exits(2).says("this is a bare repository");
}

fn no_program_is_said() {
    let sandbox = repository();
    sandbox.write("README.md", "Read me.\n");
    says(&sandbox, ".", "add README.md");
    let mut without = clean("sh", &sandbox, ".");
    let found =
        std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).find(|it| it.join("git").is_file());
    let folder = found.expect("git is on the PATH");
    if folder.join("tenantry").exists() {
        return;
    }
    run(without.env("PATH", folder).arg(".git/hooks/pre-commit")).exits(2).says("tenantry is not on the PATH");
}
