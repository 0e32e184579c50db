//! Guards that judge a compile by what the output folder says of before.

use super::Test;
use super::sandbox::{PEOPLE, Run, Sandbox, platform, tenant};

pub const TESTS: &[Test] = &[
    ("unretired-removal", unretired_removal),
    ("retired-then-gone", retired_then_gone),
    ("suspended-is-not-retired", suspended_is_not_retired),
    ("retired-by-hand-is-not-retired", retired_by_hand_is_not_retired),
    ("renamed-output-is-still-ours", renamed_output_is_still_ours),
    ("allowed-removal", allowed_removal),
    ("one-of-several-namespaces", one_of_several_namespaces),
    ("renamed-with-its-namespace", renamed_with_its_namespace),
    ("renamed-without-its-namespace", renamed_without_its_namespace),
    ("namespace-passes-to-another-tenant", namespace_passes_to_another_tenant),
    ("too-much-access-lost", too_much_access_lost),
    ("small-losses-are-never-too-large", small_losses_are_never_too_large),
    ("explained-losses-do-not-count", explained_losses_do_not_count),
    ("too-few-admins", too_few_admins),
    ("the-last-tenants", the_last_tenants),
    ("a-platform-that-leaves", a_platform_that_leaves),
    ("a-tenant-that-leaves-a-cluster", a_tenant_that_leaves_a_cluster),
    ("a-personal-profile-that-leaves-a-cluster", a_personal_profile_that_leaves_a_cluster),
];

/// A compile that a guard refuses. It changes nothing, says the same with `--check`, and nothing with `--stdout`.
#[track_caller]
fn refused(sandbox: &Sandbox, code: &str) -> Run {
    sandbox.changes_nothing("compile --check").exits(3).says(&format!("error[{code}]"));
    sandbox.run("check").exits(0);
    sandbox.changes_nothing("compile").exits(3).says(&format!("error[{code}]")).prints_only("")
}

fn unretired_removal() {
    let sandbox = Sandbox::compiled();
    sandbox.remove("input/vision.yaml");
    let run = refused(&sandbox, "unretired-removal").says("--> output/prod/tenants/vision.yaml\n");
    run.says("state: retired").says("--allow-removal vision");
    // Only the output folder knows; without it, there is a note and no guard.
    sandbox.run("compile --output elsewhere").exits(0).says("the guards have nothing to compare with");
    sandbox.run("compile --stdout").exits(0);
}

fn retired_then_gone() {
    let sandbox = Sandbox::compiled();
    sandbox.replace("input/vision.yaml", "{contributors", "{state: retired, contributors");
    sandbox.run("compile").exits(0);
    sandbox.remove("input/vision.yaml");
    sandbox.run("compile").exits(0).prints("1 removed").says_nothing();
    assert!(!sandbox.has("output/prod/tenants/vision.yaml"));
}

fn suspended_is_not_retired() {
    let sandbox = Sandbox::compiled();
    sandbox.replace("input/vision.yaml", "{contributors", "{state: suspended, contributors");
    sandbox.run("compile").exits(0);
    sandbox.remove("input/vision.yaml");
    refused(&sandbox, "unretired-removal").says("it was `suspended`");
    // To retire and remove in one step is to remove what was not retired.
    sandbox.write("input/vision.yaml", tenant("vision", "{state: retired, namespaces: [{name: vision-2}]}"));
    refused(&sandbox, "unretired-removal");
}

fn retired_by_hand_is_not_retired() {
    let sandbox = Sandbox::compiled();
    let file = "output/prod/tenants/vision.yaml";
    sandbox.replace(file, "state: active", "state: retired");
    sandbox.run("compile --check").exits(1).prints(&format!("stale  {file}\n"));
    sandbox.remove("input/vision.yaml");
    refused(&sandbox, "unretired-removal");
    // Nor does it explain that access is lost.
    let sandbox = crowd();
    for name in ["vision", "audio"] {
        sandbox.replace(&format!("output/prod/tenants/{name}.yaml"), "state: active", "state: suspended");
        sandbox.write(&format!("input/{name}.yaml"), tenant(name, "{}"));
    }
    refused(&sandbox, "too-large-removal");
}

fn renamed_output_is_still_ours() {
    let sandbox = Sandbox::compiled();
    let compiled = sandbox.tree("output");
    let text = sandbox.read("output/prod/tenants/vision.yaml");
    sandbox.remove("output/prod/tenants/vision.yaml");
    sandbox.write("output/prod/tenants/vision.yml", text);
    // The engines sync it under that name too, and nobody's access would ever be revoked.
    sandbox.run("compile --check").exits(1).prints("left over  output/prod/tenants/vision.yml\n");
    let tenant = sandbox.read("input/vision.yaml");
    sandbox.remove("input/vision.yaml");
    refused(&sandbox, "unretired-removal").says("--> output/prod/tenants/vision.yml\n");
    sandbox.write("input/vision.yaml", tenant);
    sandbox.run("compile").exits(0).prints("; 1 removed");
    assert!(compiled == sandbox.tree("output"));
}

fn allowed_removal() {
    let sandbox = Sandbox::compiled();
    sandbox.remove("input/vision.yaml");
    sandbox.changes_nothing("compile --allow-removal audio").exits(3);
    sandbox.run("compile --check --allow-removal vision").exits(1).prints("left over");
    // Somebody whom the output still has, or the inventory, is known; a pipeline may go on naming who is gone.
    let run = sandbox.run("compile --check --allow-removal vision --allow-removal visoin").exits(1);
    run.says("warning: `--allow-removal visoin` allows nothing: neither the inventory nor the output has a tenant")
        .says("did you mean `vision`?");
    let run = sandbox.run("compile --allow-removal audio --allow-removal vision").exits(0).prints("1 removed");
    assert!(!run.stderr.contains("allows nothing"), "{}", run.stderr);
    sandbox.run("compile --allow-removal vision").exits(0).says("`--allow-removal vision` allows nothing");
}

fn one_of_several_namespaces() {
    let sandbox = Sandbox::new();
    let several = |namespaces: &str| tenant("vision", &format!("{{namespaces: [{namespaces}]}}"));
    sandbox.write("input/vision.yaml", several("{name: dev}, {name: test}"));
    sandbox.run("compile").exits(0);
    sandbox.write("input/vision.yaml", several("{name: dev}"));
    refused(&sandbox, "unretired-removal").says("`test`").says("of the tenant `vision`");
    sandbox.write("input/vision.yaml", several("{name: dev}, {name: test, state: retired}"));
    sandbox.run("compile").exits(0);
    sandbox.write("input/vision.yaml", several("{name: dev}"));
    sandbox.run("compile").exits(0).prints("1 removed");
}

fn renamed_with_its_namespace() {
    let sandbox = Sandbox::compiled();
    let renamed = "{previously: [vision], namespaces: [{name: vision}], contributors: [{user: ada}]}";
    sandbox.write("input/vision.yaml", tenant("seeing", renamed));
    sandbox.run("compile").exits(0).prints("1 changed").says_nothing();
    assert!(sandbox.read("output/prod/tenants/vision.yaml").contains("# tenantry.dev/tenant: seeing\n"));
    // The next rename may leave out the older name: before is `seeing` now.
    let renamed = "{previously: [seeing], namespaces: [{name: vision}], contributors: [{user: ada}]}";
    sandbox.write("input/vision.yaml", tenant("sight", renamed));
    sandbox.run("compile").exits(0);
}

fn renamed_without_its_namespace() {
    let sandbox = Sandbox::compiled();
    sandbox.write("input/vision.yaml", tenant("seeing", "{previously: [vision], contributors: [{user: ada}]}"));
    refused(&sandbox, "unretired-removal").says("namespaces: [{name: vision}]");
}

fn namespace_passes_to_another_tenant() {
    let sandbox = Sandbox::compiled();
    sandbox.write("input/vision.yaml", tenant("seeing", "{namespaces: [{name: vision}], contributors: [{user: ada}]}"));
    let run = refused(&sandbox, "namespace-taken-over").says("from the tenant `vision` to `seeing`");
    run.says("previously: [vision]").says("--allow-removal vision").says("--> input/vision.yaml:4:");
    sandbox.changes_nothing("compile --allow-removal seeing").exits(3);
    // Even what was retired passes with its data.
    sandbox.write("input/vision.yaml", tenant("vision", "{state: retired}"));
    sandbox.run("compile").exits(0);
    sandbox.write("input/vision.yaml", tenant("seeing", "{namespaces: [{name: vision}]}"));
    refused(&sandbox, "namespace-taken-over");
    sandbox.run("compile --allow-removal vision").exits(0);
}

/// Twenty people in a group that two tenants name: with the owner, 21 access facts in each.
fn crowd() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("input/people.yaml", people(20, ""));
    sandbox.write("input/vision.yaml", tenant("vision", "{contributors: [{group: crowd}]}"));
    sandbox.write("input/audio.yaml", tenant("audio", "{contributors: [{group: crowd}]}"));
    sandbox.run("compile --as-of 2026-01-01").exits(0);
    sandbox
}

/// A directory with this many of twenty people in the group, each user with more settings.
fn people(members: usize, more: &str) -> String {
    let user = |at| format!("    - {{name: p{at}, email: p{at}@example.org{more}}}\n");
    let users: String = (0..20).map(user).collect();
    let names: Vec<String> = (0..members).map(|at| format!("p{at}")).collect();
    let group = format!("    - {{name: crowd, members: [{}]}}\n", names.join(", "));
    PEOPLE.replace("  groups:\n", &format!("{users}  groups:\n{group}"))
}

fn too_much_access_lost() {
    let sandbox = crowd();
    // 11 of 42 facts are 26 %.
    sandbox.replace(
        "input/vision.yaml",
        "{group: crowd}",
        &(0..9).map(|at| format!("{{user: p{at}}}")).collect::<Vec<_>>().join(", "),
    );
    let run = refused(&sandbox, "too-large-removal").says("11 access facts of 42").says("25 % are allowed");
    run.says("--allow-removal vision").says("removal.maxRemovedPercent");
    sandbox.run("compile --check --allow-removal vision").exits(1);
    // The platform decides how much is too much.
    sandbox.write("input/platform.yaml", platform("prod", "removal: {maxRemovedPercent: 27}"));
    sandbox.run("compile --check").exits(1);
    sandbox.write("input/platform.yaml", platform("prod", "removal: {maxRemovedPercent: 26}"));
    refused(&sandbox, "too-large-removal");
    // 10 of 42 are 24 %, and never too many.
    sandbox.replace("input/vision.yaml", "{user: p8}", "{user: p8}, {user: p9}");
    sandbox.write("input/platform.yaml", platform("prod", "removal: {maxRemovedPercent: 0}"));
    sandbox.run("compile").exits(0);
}

fn small_losses_are_never_too_large() {
    let sandbox = Sandbox::compiled();
    // Everything but the owners: three of five facts.
    sandbox.write("input/vision.yaml", tenant("vision", "{}"));
    sandbox.write("input/audio.yaml", tenant("audio", "{}"));
    sandbox.run("compile").exits(0);
}

fn explained_losses_do_not_count() {
    let day = "compile --as-of 2026-03-01";
    // Ended.
    let sandbox = crowd();
    for name in ["vision", "audio"] {
        let until = "{contributors: [{group: crowd, until: 2026-02-01}]}";
        sandbox.write(&format!("input/{name}.yaml"), tenant(name, until));
    }
    sandbox.run(day).exits(0).prints("2 changed");
    // Departed.
    let sandbox = crowd();
    sandbox.write("input/people.yaml", people(20, ", status: departed"));
    sandbox.run(day).exits(0).prints("2 changed").says("departed-member");
    // Gone without being departed.
    let sandbox = crowd();
    sandbox.write("input/people.yaml", people(2, ""));
    refused(&sandbox, "too-large-removal").says("36 access facts of 42");
    // Suspended, retired, and back again.
    for state in ["suspended", "retired"] {
        let sandbox = crowd();
        for name in ["vision", "audio"] {
            sandbox.replace(&format!("input/{name}.yaml"), "{contributors", &format!("{{state: {state}, contributors"));
        }
        sandbox.run(day).exits(0).prints("2 changed");
        sandbox.replace("input/vision.yaml", state, "active");
        sandbox.run(day).exits(0).prints("1 changed");
    }
    // A weaker role is a change, not a loss.
    let sandbox = crowd();
    for name in ["vision", "audio"] {
        sandbox.replace(&format!("input/{name}.yaml"), "{group: crowd}", "{group: crowd, role: view}");
    }
    sandbox.run(day).exits(0).prints("2 changed");
}

fn too_few_admins() {
    let sandbox = Sandbox::compiled();
    sandbox.write("input/platform.yaml", platform("prod", "removal: {minAdmins: 2}"));
    for words in ["check", "compile", "compile --check", "compile --stdout"] {
        let run = sandbox.changes_nothing(words).exits(3).prints_only("").says("error[too-few-admins]");
        run.says("--> input/audio.yaml:3:").says("--> input/vision.yaml:3:").says("2 errors");
    }
    // A second admin, through a group, and a namespace that is not active.
    sandbox.write("input/vision.yaml", tenant("vision", "{contributors: [{group: ml, role: admin}]}"));
    sandbox.write("input/audio.yaml", tenant("audio", "{state: suspended}"));
    sandbox.run("compile").exits(0);
    // The owner named again is one person, and a service account is none.
    let twice = "{contributors: [{user: root, role: admin}, {serviceAccount: ci/builder, role: admin}]}";
    sandbox.write("input/vision.yaml", tenant("vision", twice));
    sandbox.run("check").exits(3).says("has 1 admin,");
}

fn the_last_tenants() {
    let sandbox = Sandbox::compiled();
    for name in ["vision", "audio"] {
        sandbox.write(&format!("input/{name}.yaml"), tenant(name, "{state: retired}"));
    }
    sandbox.run("compile").exits(0);
    sandbox.remove("input/vision.yaml");
    sandbox.remove("input/audio.yaml");
    sandbox.run("compile").exits(0).prints("2 removed").says_nothing();
    // The folder stays: an engine that finds no folder prunes nothing.
    assert_eq!(sandbox.tree("output/prod/tenants").len(), 1);
    // Again, with nothing but the platform's own file to tell that there was more.
    sandbox.changes_nothing("compile").exits(0);
    sandbox.changes_nothing("compile --check").exits(0);
    sandbox.run("compile --output elsewhere").exits(2).says("error[no-namespaces]");
    assert!(!sandbox.has("elsewhere"));
}

fn a_platform_that_leaves() {
    let sandbox = Sandbox::new();
    sandbox.write("input/lab.yaml", platform("lab", "isolation: multi-user"));
    sandbox.write("input/vision.yaml", tenant("vision", "{clusters: [prod, lab]}"));
    sandbox.write("input/audio.yaml", tenant("audio", "{clusters: [prod]}"));
    sandbox.run("compile").exits(0);
    sandbox.remove("input/lab.yaml");
    sandbox.write("input/vision.yaml", tenant("vision", "{clusters: [prod]}"));
    refused(&sandbox, "unretired-removal").says("from the cluster `lab`").says("--> output/lab/tenants/vision.yaml\n");
    // Who asks for one cluster is told nothing of others, and changes nothing there.
    sandbox.changes_nothing("compile --cluster prod").exits(0);
    sandbox.run("compile --allow-removal vision").exits(0).prints("4 removed");
    assert!(!sandbox.has("output/lab"));
}

fn a_tenant_that_leaves_a_cluster() {
    let sandbox = Sandbox::new();
    sandbox.write("input/lab.yaml", platform("lab", "isolation: multi-user"));
    sandbox.write("input/vision.yaml", tenant("vision", "{clusters: [prod, lab]}"));
    sandbox.write("input/audio.yaml", tenant("audio", "{clusters: [prod, lab]}"));
    sandbox.run("compile").exits(0);
    sandbox.write("input/vision.yaml", tenant("vision", "{clusters: [prod]}"));
    refused(&sandbox, "unretired-removal").says("from the cluster `lab`").says_no("from the cluster `prod`");
}

/// What the help says to declare is taken, also while the person keeps a profile of that name on another cluster.
fn a_personal_profile_that_leaves_a_cluster() {
    let sandbox = Sandbox::new();
    let lab = |whom: &str| platform("lab", &format!("personalProfiles: {{for: {whom}}}"));
    sandbox.write("input/platform.yaml", platform("prod", "personalProfiles: {for: all}"));
    sandbox.write("input/lab.yaml", lab("all"));
    sandbox.write("input/vision.yaml", tenant("vision", "{clusters: [prod, lab]}"));
    sandbox.write("input/audio.yaml", tenant("audio", "{clusters: [prod, lab]}"));
    sandbox.run("compile").exits(0);
    sandbox.write("input/lab.yaml", lab("none"));
    let spec = "{previously: [ada], clusters: [lab], state: retired, namespaces: [{name: ada}]}";
    refused(&sandbox, "unretired-removal").says(&format!("metadata: {{name: ada-lab}}, spec: {spec}"));
    sandbox.write("input/ada-lab.yaml", tenant("ada-lab", spec));
    sandbox.run("compile --allow-removal bob --allow-removal eve").says_no("error").exits(0);
    assert!(sandbox.read("output/lab/tenants/ada.yaml").contains("tenantry.dev/state: retired"));
}
