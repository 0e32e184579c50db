//! `diff`: exit statuses, formats, filters, and sides that are not sound.

use serde_json::Value;

use super::Test;
use super::sandbox::{Sandbox, platform, tenant};

pub const TESTS: &[Test] = &[
    ("nothing", nothing),
    ("exit-code", exit_code),
    ("fail-on", fail_on),
    ("fail-on-what-is-not-there", fail_on_unknown),
    ("guards-only-report", guards_only_report),
    ("guards-refuse-when-asked", guards_refuse),
    ("self-grant", self_grant),
    ("formats", formats),
    ("clusters", clusters),
    ("broken-head", broken_head),
    ("broken-base", broken_base),
    ("calls", calls),
    ("one-day-for-both", one_day),
];

/// The sandbox with its inventory twice: `old` and `new`.
fn twins() -> Sandbox {
    let sandbox = Sandbox::new();
    for (path, text) in sandbox.tree("input") {
        sandbox.write(&format!("old/{path}"), &text);
        sandbox.write(&format!("new/{path}"), &text);
    }
    sandbox
}

/// Twins, the new one with a contributor more.
fn widened() -> Sandbox {
    let sandbox = twins();
    sandbox.write("new/vision.yaml", tenant("vision", "{contributors: [{user: ada}, {user: bob, role: view}]}"));
    sandbox
}

/// Twins, the new one without a tenant.
fn destroyed() -> Sandbox {
    let sandbox = twins();
    sandbox.remove("new/vision.yaml");
    sandbox
}

fn nothing() {
    let run = twins().run("diff old new --exit-code --fail-on any").exits(0).says_nothing();
    run.prints("none: the same objects\n").prints("old → new, as of ");
}

fn exit_code() {
    let sandbox = widened();
    sandbox.run("diff old new").exits(0).says_nothing().prints("widening").prints("new/vision.yaml:4");
    sandbox.run("diff old new --exit-code").exits(1).says_nothing();
    sandbox.run("diff new old --exit-code").exits(1).prints("narrowing");
}

fn fail_on() {
    let sandbox = widened();
    let run = sandbox.run("diff old new --fail-on widening --exit-code").exits(3);
    run.says("error: `bob@example.org` gains `view` in the namespace `vision` on the cluster `prod`")
        .prints("widening");
    sandbox.run("diff old new --fail-on destructive").exits(0).says_nothing();
    sandbox.run("diff old new --fail-on any").exits(3);
    sandbox.run("diff new old --fail-on widening").exits(0);
    let sandbox = destroyed();
    sandbox.run("diff old new --fail-on destructive").exits(3).says("profile-removed").says("namespace-removed");
    sandbox.run("diff old new --fail-on profile-removed").exits(3).says_no("namespace-removed");
    sandbox.run("diff old new --fail-on self-grant --fail-on widening").exits(0);
}

fn fail_on_unknown() {
    let run = twins().run("diff old new --fail-on widning").exits(2);
    run.says("did you mean `widening`?").prints_only("");
}

fn guards_only_report() {
    let sandbox = destroyed();
    sandbox.run("diff old new").exits(0).says_nothing().prints("unretired-removal").prints("--allow-removal vision");
    // Neither an output folder nor its absence changes what the base inventory says.
    sandbox.run("compile new").exits(0);
    sandbox.run("diff old new").exits(0).prints("unretired-removal");
    // The guard that `compile` takes for an error.
    let lonely = tenant("vision", "{contributors: []}");
    sandbox.write("new/platform.yaml", platform("prod", "removal: {minAdmins: 2}"));
    sandbox.write("new/vision.yaml", lonely);
    sandbox.run("check new").exits(3);
    sandbox.run("diff old new").exits(0).prints("too-few-admins");
}

fn guards_refuse() {
    let sandbox = destroyed();
    sandbox.run("diff old new --fail-on guards").exits(3).says("unretired-removal").says("help: keep it");
    sandbox.run("diff old new --fail-on guards --allow-removal vision").exits(0).says_nothing();
    sandbox.run("diff old new --fail-on guards --allow-removal audio").exits(3);
    let run = sandbox.run("diff old new --allow-removal visoin").exits(0);
    run.says("warning: `--allow-removal visoin` allows nothing: neither side has").says("did you mean `vision`?");
    sandbox.write("new/vision.yaml", tenant("vision", "{state: retired}"));
    sandbox.run("diff old new --fail-on guards").exits(0);
    // Retired and gone in one change was never retired.
    sandbox.write("old/vision.yaml", tenant("vision", "{state: retired}"));
    sandbox.remove("new/vision.yaml");
    sandbox.run("diff old new --fail-on guards").exits(0).prints("profile-removed");
}

fn self_grant() {
    let sandbox = widened();
    for actor in ["bob", "bob@example.org", "BOB@Example.org"] {
        let run = sandbox.run(&format!("diff old new --fail-on guards --actor {actor}")).exits(3);
        run.says("self-grant: `bob`, who makes this change, gets `view` in the namespace `vision`");
    }
    sandbox.run("diff old new --fail-on guards --actor ada").exits(0);
    sandbox.run("diff new old --fail-on guards --actor bob").exits(0);
    sandbox.run("diff old new --actor bob").exits(0).prints("self-grant");
}

fn formats() {
    let sandbox = widened();
    let run = sandbox.run("diff old new --format json=review.json --format text").exits(0).prints("widening");
    assert!(!run.stdout.contains("\"verdict\""), "the JSON went to its file");
    let report: Value = serde_json::from_str(&sandbox.read("review.json")).expect("it is JSON");
    assert_eq!((&report["version"], &report["verdict"]), (&1.into(), &"widening".into()));
    assert_eq!(report["access"]["gained"][0]["via"][0]["file"], "new/vision.yaml");
    assert_eq!(report["counts"]["people"], 1);
    let again = sandbox.run("diff old new --format json").exits(0);
    assert_eq!(again.stdout, sandbox.read("review.json"));
    sandbox.run("diff old new --format json --format text").exits(2).says("only one format can go to stdout");
    sandbox.run("diff old new --format yaml").exits(2).says("the formats are text, markdown");
    sandbox.run("diff old new --format json=").exits(2).says("names no file");
    let coloured = sandbox.run("diff old new --color always --manifests").exits(0);
    let bare = sandbox.run("diff old new --color never --manifests").exits(0);
    assert!(coloured.stdout.contains("\x1b[") && !bare.stdout.contains('\x1b'));
    bare.prints("  + kind: RoleBinding\n");
}

fn clusters() {
    let sandbox = widened();
    sandbox.run("diff old new --cluster prod").exits(0).prints("widening");
    sandbox.run("diff old new --cluster prd").exits(2).says("did you mean `prod`?").prints_only("");
    for side in ["old", "new"] {
        sandbox.write(&format!("{side}/lab.yaml"), platform("lab", "registrationFlow: disabled"));
        for name in ["vision", "audio"] {
            let spec = sandbox.read(&format!("{side}/{name}.yaml"));
            sandbox.write(&format!("{side}/{name}.yaml"), spec.replace("spec: {", "spec: {clusters: [prod], "));
        }
    }
    sandbox.run("diff old new --cluster lab --exit-code").exits(0).prints("none: the same objects");
    sandbox.run("diff old new --exit-code").exits(1);
}

fn broken_head() {
    let sandbox = widened();
    sandbox.write("new/vision.yaml", tenant("vision", "{contributors: [{user: bobb}]}"));
    let run = sandbox.run("diff old new --fail-on any").exits(2);
    run.says("error[unknown-user]").says("new/vision.yaml:4").prints_only("");
}

fn broken_base() {
    let sandbox = widened();
    sandbox.run("compile old").exits(0);
    sandbox.write("old/vision.yaml", tenant("vision", "{contributors: [{user: bobb}]}"));
    let run = sandbox.run("diff old new").exits(2);
    run.says("error[unknown-user]").says("--base-output").prints_only("");
    let run = sandbox.run("diff old new --base-output output --exit-code").exits(1).says_nothing();
    run.prints("note: the inventory of the base `old` does not compile (1 error)")
        .prints("prod/vision  + view  named directly  new/vision.yaml:4")
        .prints("1 access fact gained, 0 lost, 0 changed; 1 person, 1 tenant");
    sandbox.run("diff old new --base-output nowhere").exits(2).says("cannot read the folder `nowhere`");
    // What was compiled is the base for the guards too.
    sandbox.remove("new/audio.yaml");
    sandbox.run("diff old new --base-output output --fail-on guards").exits(3).says("unretired-removal");
}

fn calls() {
    let sandbox = twins();
    sandbox.run("diff old").exits(2).says("name two folders");
    sandbox.run("diff").exits(2);
    sandbox.run("diff old new more").exits(2);
    sandbox.run("diff old new --head x").exits(2).says("--base");
    sandbox.run("diff old new --base x").exits(2).says("either two folders or one inventory");
    sandbox.run("diff old nowhere").exits(2).says("unreadable-file");
}

fn one_day() {
    let sandbox = twins();
    let spec = "{contributors: [{user: ada, until: 2026-11-22}]}";
    sandbox.write("old/vision.yaml", tenant("vision", spec));
    sandbox.write("new/vision.yaml", tenant("vision", spec));
    for day in ["2026-11-22", "2026-11-23"] {
        let run = sandbox.run(&format!("diff old new --as-of {day}")).exits(0);
        run.prints("none").prints(&format!("as of {day}")).says("grants with an end are judged as of");
    }
}
