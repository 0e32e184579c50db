//! Compiled files that a change brings, and that its inventory does not make.

use sha2::{Digest, Sha256};
use tenantry::render::header::Header;

use super::Test;
use super::revisions::{commit, git, repository};

pub const TESTS: &[Test] = &[
    ("what-the-inventory-does-not-make-is-seen", what_the_inventory_does_not_make_is_seen),
    ("output-of-a-change-of-mind-is-no-file-of-others", output_of_a_change_of_mind_is_no_file_of_others),
    ("an-ended-grant-in-new-output-is-named", an_ended_grant_in_new_output_is_named),
];

/// Anybody can compute a digest, and copy what was compiled before: only the inventory tells what belongs at a path.
fn what_the_inventory_does_not_make_is_seen() {
    let sandbox = repository();
    let file = "output/prod/tenants/vision.yaml";
    let compiled = sandbox.read(file);
    let forged = |body: &str| {
        let header = Header::parse(&compiled).map(|(header, _)| header).expect("compiled files have a header");
        Header { body: Sha256::digest(body.as_bytes()).into(), ..header }.before(body)
    };
    let body = compiled.split_inclusive('\n').skip_while(|line| line.starts_with('#')).collect::<String>();
    let more = format!(
        "{body}---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\n\
         metadata: {{name: extra, namespace: vision}}\nroleRef: {{kind: ClusterRole, name: kubeflow-admin}}\n\
         subjects: [{{kind: User, name: eve@example.org}}]\n"
    );
    let documents: Vec<&str> = body.split_inclusive("---\n").collect();
    let less = documents.iter().filter(|text| !text.contains("kind: AuthorizationPolicy")).copied().collect::<String>();
    for (path, text, says) in [
        (
            file,
            forged(&more),
            "`extra` in the namespace `vision`, which is not what the inventory compiles to, is added",
        ),
        (file, forged(&less), "is not what the inventory compiles to: it lacks the AuthorizationPolicy"),
        (file, format!("{compiled}# mine\n").replace(&body, &less), "it lacks the AuthorizationPolicy"),
        (
            "output/prod/tenants/old.yaml",
            compiled.clone(),
            "in a compiled file at a path for which no inventory makes one, is added",
        ),
    ] {
        sandbox.write(path, text);
        let check = sandbox.run("compile --check").exits(if path == file { 1 } else { 3 });
        assert!(!check.stdout.contains("a grant expired"), "{}", check.stdout);
        let run = sandbox.run("diff --base main --fail-on widening");
        if sandbox.read(path).contains("# mine") {
            run.exits(3).says(says);
        } else {
            // Whoever works here may not have compiled yet.
            run.exits(0).prints("1 compiled file is not what the inventory compiles to now; run `tenantry compile`");
        }
        git(&sandbox, ".", "add --all");
        sandbox.run("diff --base main --staged --fail-on widening").exits(3).says(says);
        commit(&sandbox, "forged");
        sandbox.run("diff --base main~1 --head main --fail-on widening").exits(3).says(says);
        // What was there before is no change, and whoever compiles again opens nothing.
        sandbox.run("diff --base main --exit-code").exits(0);
        sandbox.run("diff --base main --head main~1 --no-merge-base --exit-code").exits(0);
        git(&sandbox, ".", "reset --quiet --hard HEAD~1");
    }
    sandbox.write(".github/workflows/tenantry.yml", "jobs: {}\n");
    git(&sandbox, ".", "add .github");
    sandbox.run("diff --base main --staged --fail-on review-changed").exits(3).says("`.github/workflows/tenantry.yml`");
    git(&sandbox, ".", "reset --quiet --hard");
    // Flux reads lists of what it leaves out from the root of the repository on.
    for path in [".sourceignore", "output/.sourceignore"] {
        let says = format!("`{path}` is changed: Flux takes what it lists for gone");
        sandbox.write(path, "output/prod/tenants/\n");
        git(&sandbox, ".", "add --all");
        sandbox.run("diff --base main --staged --fail-on sync-source-changed").exits(3).says(&says);
        commit(&sandbox, "hidden");
        sandbox.run("diff --base main~1 --head main --fail-on widening").exits(3).says(&says);
        sandbox.run("diff --base main~1 --fail-on widening").exits(3).says(&says);
        sandbox.run("diff --base main --exit-code").exits(0).says_no("sourceignore");
        sandbox.run("diff --base main --head main~1 --no-merge-base --fail-on widening").exits(3).says(&says);
        git(&sandbox, ".", "reset --quiet --hard HEAD~1");
    }
    git(&sandbox, ".", "rm --quiet output/prod/tenants/vision.yaml");
    sandbox
        .run("diff --base main --staged --fail-on output-differs")
        .exits(3)
        .says("vision.yaml` is gone, and the inventory");
    git(&sandbox, ".", "reset --quiet --hard");
    // Output that comes with its inventory is what it compiles to.
    sandbox.replace("input/vision.yaml", "{contributors: [{user: ada}]}", "{contributors: [{user: ada, role: view}]}");
    sandbox.run("diff --base main").exits(0).says_no("foreign-manifest");
    sandbox.run("compile").exits(0);
    sandbox.run("diff --base main").exits(0).says_no("foreign-manifest");
}

/// People compile, go on, and compile again.
fn output_of_a_change_of_mind_is_no_file_of_others() {
    let sandbox = repository();
    git(&sandbox, ".", "checkout --quiet -b change");
    let (before, admin, view) = ("{user: ada}", "{user: ada, role: admin}", "{user: ada, role: view}");
    sandbox.replace("input/vision.yaml", before, admin);
    sandbox.run("compile").exits(0);
    commit(&sandbox, "admin");
    sandbox.replace("input/vision.yaml", admin, view);
    let run = sandbox.run("diff --base main --fail-on widening --fail-on foreign-manifest").exits(0);
    run.prints("narrowing").prints("1 compiled file is not what the inventory compiles to now");
    commit(&sandbox, "view");
    // Merged like this, engines would give her more than anybody agreed to.
    let run = sandbox.run("diff --base main --head change --fail-on guards --fail-on foreign-manifest").exits(0);
    run.prints("output-differs")
        .prints("in the namespace `vision`, which is not what the inventory compiles to, is added");
    sandbox.run("compile").exits(0);
    commit(&sandbox, "compiled");
    let run = sandbox.run("diff --base main --head change --fail-on widening").exits(0);
    assert!(!run.stdout.contains("output-differs"), "{}", run.stdout);
    // What the base's output has already comes with no change, however old it is.
    git(&sandbox, ".", "checkout --quiet main");
    sandbox.replace("input/audio.yaml", "role: view", "role: edit");
    commit(&sandbox, "stale");
    sandbox.replace("input/audio.yaml", "role: edit", "role: admin");
    git(&sandbox, ".", "checkout --quiet -b old");
    commit(&sandbox, "later");
    let run = sandbox.run("diff --base main --head old --exit-code").exits(1);
    assert!(!run.stdout.contains("output-differs"), "{}", run.stdout);
}

/// A grant that has ended is still in a file of the day before it ended, and engines would give it.
fn an_ended_grant_in_new_output_is_named() {
    let sandbox = repository();
    git(&sandbox, ".", "checkout --quiet -b change");
    sandbox.replace("input/vision.yaml", "{user: ada}", "{user: ada}, {user: bob, role: admin, until: 2020-01-01}");
    sandbox.run("compile --as-of 2019-12-01").exits(0);
    commit(&sandbox, "ended");
    let run = sandbox.run("diff --base main --head change --fail-on widening").exits(3);
    run.prints("output-differs").prints("bob@example.org");
    sandbox.run("compile").exits(0);
    commit(&sandbox, "today");
    sandbox.run("diff --base main --head change --fail-on widening").exits(0);
}
