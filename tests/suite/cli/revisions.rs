//! `diff --base`: what a change means, from a real git repository.

use serde_yaml::Value;

use super::Test;
use super::sandbox::{Run, Sandbox, run, tenant};

pub const TESTS: &[Test] = &[
    ("three-commits-three-reviews", three_commits_three_reviews),
    ("the-working-tree-is-the-head", the_working_tree_is_the_head),
    ("what-others-did-since-is-not-shown", what_others_did_since_is_not_shown),
    ("a-bare-repository", a_bare_repository),
    ("a-shallow-clone-says-what-to-fetch", a_shallow_clone_says_what_to_fetch),
    ("a-base-that-does-not-compile", a_base_that_does_not_compile),
    ("a-base-without-an-inventory", a_base_without_an_inventory),
    ("an-inventory-that-moved", an_inventory_that_moved),
    ("an-absolute-path", an_absolute_path),
    ("files-beside-ours-are-seen", files_beside_ours_are_seen),
    ("what-is-edited-by-hand-is-seen", what_is_edited_by_hand_is_seen),
    ("who-wrote-the-commits-is-a-hint", who_wrote_the_commits_is_a_hint),
    ("what-is-not-committed-is-the-users", what_is_not_committed_is_the_users),
    ("calls-that-are-wrong", calls_that_are_wrong),
];

/// Runs git in a folder of the sandbox, with words for arguments.
pub fn git(sandbox: &Sandbox, folder: &str, words: &str) -> String {
    let mut command = std::process::Command::new("git");
    command.current_dir(sandbox.path(folder)).env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
    for name in ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"] {
        command.env_remove(name);
    }
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "Ada").env(format!("GIT_{who}_EMAIL"), "ada@example.org");
        command.env(format!("GIT_{who}_DATE"), "2026-11-22T00:00:00Z");
    }
    run(command.args(words.split_whitespace())).exits(0).stdout.trim().to_owned()
}

pub fn commit(sandbox: &Sandbox, message: &str) {
    git(sandbox, ".", "add --all");
    git(sandbox, ".", &format!("commit --quiet --allow-empty --message={message}"));
}

/// A repository with one commit: the sandbox's inventory, compiled.
pub fn repository() -> Sandbox {
    let sandbox = Sandbox::compiled();
    git(&sandbox, ".", "init --quiet --initial-branch=main");
    commit(&sandbox, "first");
    sandbox
}

fn review(run: &Run) -> Value {
    serde_yaml::from_str(&run.stdout).expect("JSON")
}

fn three_commits_three_reviews() {
    let sandbox = repository();
    // Somebody joins; a file is renamed; a tenant goes without warning.
    sandbox.replace("input/vision.yaml", "{user: ada}", "{user: ada}, {user: bob, role: view}");
    commit(&sandbox, "bob-joins");
    git(&sandbox, ".", "mv input/vision.yaml input/seeing.yaml");
    commit(&sandbox, "rename");
    git(&sandbox, ".", "rm --quiet input/audio.yaml");
    commit(&sandbox, "audio-goes");
    let diff = |base: &str, head: &str| sandbox.run(&format!("diff --base {base} --head {head} --format json"));
    let joined = review(&diff("main~3", "main~2").exits(0).says_nothing());
    assert_eq!(joined["verdict"], "widening");
    assert_eq!(joined["access"]["gained"][0]["identity"], "bob@example.org");
    assert_eq!(joined["access"]["gained"][0]["via"][0]["file"], "input/vision.yaml");
    assert!(joined["base"].as_str().is_some_and(|base| base.starts_with("main~3 (")), "{joined:?}");
    let renamed = review(&diff("main~2", "main~1").exits(0).says_nothing());
    assert_eq!((&renamed["verdict"], &renamed["counts"]["gained"]), (&"refactor".into(), &0.into()));
    let gone = review(&diff("main~1", "main").exits(0).says_nothing());
    assert_eq!(gone["verdict"], "destructive");
    assert_eq!(gone["guards"][0]["code"], "unretired-removal");
    sandbox.run("diff --base main~1 --fail-on guards").exits(3).says("unretired-removal");
    // There and back: the same inventory.
    sandbox.run("diff --base main --head main --exit-code").exits(0);
    sandbox.run("diff --base main~1 --head main --exit-code").exits(1);
    // From another folder, and by another name.
    let mut inside = sandbox.command("diff . --base main~3 --head main~2 --format json");
    let inside = review(&run(inside.current_dir(sandbox.path("input"))).exits(0));
    assert_eq!(inside["counts"], joined["counts"]);
}

fn the_working_tree_is_the_head() {
    let sandbox = repository();
    sandbox.write("input/new.yaml", tenant("new", "{}"));
    let text = sandbox.run("diff --base HEAD --format json").exits(0);
    let found = review(&text);
    assert_eq!((&found["head"], &found["verdict"]), (&"the working tree".into(), &"widening".into()));
    // What is staged is something else.
    sandbox.run("diff --base HEAD --staged --exit-code").exits(0);
    git(&sandbox, ".", "add input/new.yaml");
    sandbox.remove("input/new.yaml");
    sandbox.run("diff --base HEAD --exit-code").exits(0);
    let staged = review(&sandbox.run("diff --base HEAD --staged --format json").exits(0));
    assert_eq!((&staged["head"], &staged["verdict"]), (&"what is staged".into(), &"widening".into()));
}

fn what_others_did_since_is_not_shown() {
    let sandbox = repository();
    git(&sandbox, ".", "checkout --quiet -b change");
    sandbox.write("input/ours.yaml", tenant("ours", "{}"));
    commit(&sandbox, "ours");
    git(&sandbox, ".", "checkout --quiet main");
    sandbox.write("input/theirs.yaml", tenant("theirs", "{}"));
    commit(&sandbox, "theirs");
    let since = review(&sandbox.run("diff --base main --head change --format json").exits(0));
    assert_eq!((&since["counts"]["gained"], &since["counts"]["lost"]), (&1.into(), &0.into()));
    assert!(since["base"].as_str().is_some_and(|base| base.starts_with("main...change (")), "{since:?}");
    let itself = review(&sandbox.run("diff --base main --head change --no-merge-base --format json").exits(0));
    assert_eq!((&itself["counts"]["gained"], &itself["counts"]["lost"]), (&1.into(), &1.into()));
}

fn a_bare_repository() {
    let sandbox = repository();
    sandbox.replace("input/vision.yaml", "{user: ada}", "{user: bob}");
    commit(&sandbox, "bob-for-ada");
    git(&sandbox, ".", "clone --quiet --bare . bare.git");
    let mut command = sandbox.command("diff --base main~1 --head main --format json");
    let bare = review(&run(command.current_dir(sandbox.path("bare.git"))).exits(0).says_nothing());
    assert_eq!(bare["verdict"], "mixed");
    // It has nothing that is not committed.
    for words in ["diff --base main~1", "diff --base main~1 --staged"] {
        let mut command = sandbox.command(words);
        run(command.current_dir(sandbox.path("bare.git"))).exits(2).says("bare repository").says("--head");
    }
    git(&sandbox, "bare.git", "worktree add --quiet ../tree main");
    let mut command = sandbox.command("diff --base main~1");
    run(command.current_dir(sandbox.path("tree"))).exits(0).prints("the working tree");
}

fn a_shallow_clone_says_what_to_fetch() {
    let sandbox = repository();
    git(&sandbox, ".", "checkout --quiet -b change");
    commit(&sandbox, "second");
    let url = format!("file://{}", sandbox.path("").display());
    git(&sandbox, ".", &format!("-c protocol.file.allow=always clone --quiet --depth=1 {url} shallow"));
    let mut command = sandbox.command("diff --base origin/main");
    let fetch = "git fetch --unshallow origin '+refs/heads/main:refs/remotes/origin/main'";
    run(command.current_dir(sandbox.path("shallow"))).exits(2).says("is a shallow clone").says(fetch);
}

fn a_base_that_does_not_compile() {
    let sandbox = repository();
    sandbox.replace("input/vision.yaml", "user: ada", "user: adda");
    commit(&sandbox, "a-mistake");
    sandbox.replace("input/vision.yaml", "user: adda", "user: bob");
    commit(&sandbox, "mended");
    let run = sandbox.run("diff --base main~1 --head main --format json").exits(0);
    let fallen_back = review(&run);
    assert_eq!(fallen_back["access"]["gained"][0]["identity"], "bob@example.org");
    assert_eq!(fallen_back["access"]["lost"][0]["identity"], "ada@example.org");
    let text = sandbox.run("diff --base main~1 --head main").exits(0);
    text.prints("does not compile (1 error); compared with what was compiled of it before");
    // Without compiled files, there is nothing to compare with: all is new, and a guard says what nobody could see.
    let command = "diff --base main~1 --head main --output elsewhere";
    let run = sandbox.run(command).exits(0).says("unknown-user");
    let run = run.prints("nor are there compiled files in `elsewhere`").prints("everything is shown as new");
    run.prints("platform-not-compared").prints("prod/vision  + admin  owner");
    sandbox.run(&format!("{command} --fail-on guards")).exits(3).says("platform-not-compared");
    // Only compiled files know a tenant that is gone: to let it go is no mistake.
    sandbox.remove("input/audio.yaml");
    commit(&sandbox, "without-audio");
    let allowed = |tenant: &str| sandbox.run(&format!("diff --base main~2 --head main --allow-removal {tenant}"));
    allowed("audio").exits(0).says_no("allows nothing");
    allowed("nobody").exits(0).says("`--allow-removal nobody` allows nothing");
    // A head that does not compile is an error, with its places.
    sandbox.run("diff --base main --head main~2").exits(2).says("unknown-user").says("--> input/vision.yaml:4");
}

fn a_base_without_an_inventory() {
    let sandbox = Sandbox::empty();
    git(&sandbox, ".", "init --quiet --initial-branch=main");
    commit(&sandbox, "nothing");
    let filled = Sandbox::new();
    for (path, text) in filled.tree("input") {
        sandbox.write(&format!("input/{path}"), text);
    }
    commit(&sandbox, "an-inventory");
    let run = sandbox.run("diff --base main~1 --format json").exits(0);
    assert_eq!(review(&run)["verdict"], "widening");
    assert!(!run.stdout.contains("platform-not-compared"), "{}", run.stdout);
    sandbox
        .run("diff --base main~1")
        .exits(0)
        .prints("has no inventory in `input` and nothing compiled in `output`, so everything is new")
        .prints("cluster-added: the cluster `prod`");
    // Compiled files alone still know who there was.
    let sandbox = repository();
    let input = sandbox.tree("input");
    git(&sandbox, ".", "rm --quiet -r input");
    commit(&sandbox, "only-output");
    input.into_iter().filter(|(path, _)| path != "audio.yaml").for_each(|(path, text)| {
        sandbox.write(&format!("input/{path}"), text);
    });
    commit(&sandbox, "without-audio");
    let allowed = |tenant: &str| sandbox.run(&format!("diff --base main~1 --head main --allow-removal {tenant}"));
    allowed("audio").exits(0).says_no("allows nothing");
    allowed("nobody").exits(0).says("`--allow-removal nobody` allows nothing");
}

fn an_inventory_that_moved() {
    let sandbox = repository();
    git(&sandbox, ".", "mv input tenants");
    let run = sandbox.run("diff tenants --base main").exits(0);
    let run = run.prints("has no inventory in `tenants`; compared with what was compiled of it in `output`");
    // There was an inventory, and nobody can say here what its platform had.
    let run = run.prints("platform-not-compared");
    assert!(!run.stdout.contains("everything is new") && !run.stdout.contains("does not compile"), "{}", run.stdout);
}

/// A forge looks for a file in the repository, and not where that is checked out.
fn an_absolute_path() {
    let sandbox = repository();
    let input = sandbox.path("input");
    let input = input.to_str().expect("UTF-8");
    sandbox.replace("input/vision.yaml", "{user: ada}", "{user: ada}, {idpGroup: 'oidc:all'}");
    let elsewhere = Sandbox::empty();
    for sandbox in [&sandbox, &elsewhere] {
        for options in ["", " --head main", " --staged"] {
            let found = sandbox.run(&format!("diff {input} --base main --format json{options}")).exits(0);
            assert!(!found.stdout.contains(input), "{}", found.stdout);
        }
        let annotations = sandbox.run(&format!("diff {input} --base main --format github")).exits(0);
        annotations.prints("file=input/vision.yaml,line=4");
    }
    sandbox.replace("input/vision.yaml", "{user: ada}", "{user: nobody}");
    commit(&sandbox, "broken");
    sandbox.replace("input/vision.yaml", "{user: nobody}", "{user: ada}");
    let annotations = sandbox.run(&format!("diff {input} --base HEAD --format github")).exits(0);
    annotations.prints("file=input/vision.yaml,line=4");
    let run = elsewhere.run(&format!("diff {input} --base HEAD")).exits(2);
    run.says("--> input/vision.yaml:4").says("does not compile (1 error)").says("--output");
}

/// A file that an engine syncs and that tenantry did not write: in commits, in the index and on the disk.
fn files_beside_ours_are_seen() {
    let binding = "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: extra, namespace: vision}\n\
                   roleRef: {kind: ClusterRole, name: kubeflow-admin}\nsubjects: [{kind: User, name: eve@example.org}]\n";
    let says =
        "foreign-manifest: the RoleBinding `extra` in the namespace `vision`, which tenantry did not write, is added";
    let sandbox = repository();
    sandbox.write("output/prod/tenants/old.yaml", "kind: ConfigMap\napiVersion: v1\nmetadata: {name: old}\n");
    // Nobody syncs what lies there.
    sandbox.write("output/prod/gitops/mine.yaml", binding);
    sandbox.write("output/prod/tenants/README.md", "words");
    commit(&sandbox, "before");
    sandbox.run("diff --base main --exit-code").exits(0);
    sandbox.write("output/prod/tenants/deep/er/extra.yml", binding);
    let run = sandbox.run("diff --base main --fail-on widening").exits(3).says(says);
    run.prints("output/prod/tenants/deep/er/extra.yml:1").prints("widening: something is opened");
    sandbox.run("diff --base main --staged --exit-code").exits(0);
    git(&sandbox, ".", "add --all");
    sandbox.run("diff --base main --staged --fail-on foreign-manifest").exits(3).says(says);
    // It stays information to whoever compiles.
    sandbox.run("compile --check").exits(0).says("stray-file").says("extra.yml");
    commit(&sandbox, "extra");
    sandbox.run("diff --base main~1 --head main --fail-on widening").exits(3).says(says);
    sandbox.run("diff --base main --exit-code").exits(0);
    sandbox.run("diff --base main --head main~1 --no-merge-base --exit-code").exits(0);
    sandbox.run("diff --base main~1 --head main --cluster prod --fail-on widening").exits(3);
    // One that was there says something else; and one that looks like ours, but has no header, is none of ours.
    sandbox.replace("output/prod/tenants/old.yaml", "v1", "v2");
    sandbox.write("output/prod/shard-00/x.json", "# Compiled by tenantry. Change the inventory, not this file.\n{}\n");
    let run = sandbox.run("diff --base main --fail-on widening").exits(3).says("the ConfigMap `old`");
    run.says("is changed where").says("cannot be read as a manifest").says_no("RoleBinding");
    commit(&sandbox, "more");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../../../input", sandbox.path("output/prod/tenants/in")).expect("a link");
        let linked =
            "`prod/tenants/in` lies where engines sync, tenantry did not write it, and it is a symbolic link to";
        sandbox.run("diff --base main --fail-on widening").exits(3).says(linked);
        commit(&sandbox, "link");
        sandbox.run("diff --base main~1 --head main --fail-on widening").exits(3).says(linked);
        sandbox.run("diff --base main --exit-code").exits(0);
    }
    sandbox.write("output/prod/.sourceignore", "tenants/\n");
    let run = sandbox.run("diff --base main --fail-on foreign-manifest").exits(3);
    run.says("`prod/.sourceignore` lies where engines sync")
        .says("a list of files that Flux takes for gone, and prunes");
    sandbox.remove("output/prod/.sourceignore");
    // An output folder that is elsewhere has no history here.
    sandbox.run("diff --base main --output /elsewhere/output --exit-code").exits(0);
}

/// A header makes no file ours: what stands behind it has to be what it was written for.
fn what_is_edited_by_hand_is_seen() {
    let sandbox = repository();
    let file = "output/prod/tenants/vision.yaml";
    let compiled = sandbox.read(file);
    let binding = "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\n\
                   metadata: {name: extra, namespace: vision}\n\
                   roleRef: {kind: ClusterRole, name: kubeflow-admin}\nsubjects: [{kind: User, name: eve@example.org}]\n";
    let header: String = compiled.split_inclusive('\n').take_while(|line| line.starts_with('#')).collect();
    let says =
        "foreign-manifest: the RoleBinding `extra` in the namespace `vision`, which tenantry did not write, is added";
    for (path, text) in [(file, format!("{compiled}{binding}")), ("output/prod/tenants/zz.yaml", header + binding)] {
        sandbox.write(path, text);
        // Of the others in the file nothing is said: they are as they were.
        let run = sandbox.run("diff --base main --fail-on widening").exits(3).says(says);
        run.says_no("Profile").says_no("AuthorizationPolicy");
        git(&sandbox, ".", "add --all");
        sandbox.run("diff --base main --staged --fail-on widening").exits(3).says(says).says_no("Profile");
        commit(&sandbox, "edited");
        sandbox.run("diff --base main~1 --head main --fail-on widening").exits(3).says(says).says_no("Profile");
        // Whoever takes it back opens nothing.
        sandbox.run("diff --base main --head main~1 --no-merge-base --exit-code").exits(0);
        git(&sandbox, ".", "reset --quiet --hard HEAD~1");
    }
    // Line ends of Windows are an edit that says nothing else.
    sandbox.write(file, compiled.replace('\n', "\r\n"));
    sandbox.run("diff --base main --exit-code").exits(0);
}

fn who_wrote_the_commits_is_a_hint() {
    let sandbox = repository();
    sandbox.replace(
        "input/vision.yaml",
        "{contributors: [{user: ada}]}",
        "{owner: bob, contributors: [{user: ada, role: admin}]}",
    );
    commit(&sandbox, "ada-for-ada");
    commit(&sandbox, "another");
    let found = sandbox.run("diff --base main~2 --head main --fail-on guards").exits(3);
    found.says("self-grant").says("unverified");
    sandbox.run("diff --base main~2 --head main --fail-on self-grant --actor root@example.org").exits(0);
    // Whoever is named and not known does not hide the authors.
    let named = |who: &str| sandbox.run(&format!("diff --base main~2 --head main --actor {who}")).exits(0);
    assert!(!named("root").stdout.contains("nobody in the inventory is called"));
    named("nobody").prints("nobody in the inventory is called `nobody`").prints("self-grant");
}

fn what_is_not_committed_is_the_users() {
    let sandbox = repository();
    git(&sandbox, ".", "config user.email bob@example.org");
    let bob = "`bob`, who makes this change (unverified: only git says who that is), gets `edit`";
    let diff = |options: &str| sandbox.run(&format!("diff --base main {options} --format json")).exits(0).stdout;
    sandbox.replace("input/vision.yaml", "{user: ada}", "{user: ada}, {user: bob}");
    assert!(diff("").contains(bob) && !diff("--head main").contains(bob) && !diff("--staged").contains(bob));
    git(&sandbox, ".", "add input");
    assert!(diff("--staged").contains(bob));
    // The environment goes before the configuration, as it does for a commit.
    let mut command = sandbox.command("diff --base main --format json");
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_EMAIL"), "ada@example.org").env(format!("GIT_{who}_NAME"), "Ada");
    }
    assert!(!run(&mut command).exits(0).stdout.contains("self-grant"));
    // A reviewer who looks at what others committed makes no change.
    git(&sandbox, ".", "checkout --quiet -b change");
    commit(&sandbox, "by-ada");
    assert!(!diff("").contains("self-grant"));
}

fn calls_that_are_wrong() {
    let sandbox = repository();
    sandbox.run("diff --base=--help").exits(2).says("\"--help\" is no revision");
    sandbox.run("diff --base absent").exits(2).says("there is no revision `absent`");
    sandbox.run("diff --head main").exits(2).says("--base");
    sandbox.run("diff one two --base main").exits(2).says("name either two folders or one inventory");
    Sandbox::new().run("diff --base main").exits(2).says("is in no git repository");
}
