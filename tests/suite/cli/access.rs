//! `access`: filters, formats, and people without access.

use serde_json::{Value, json};

use super::Test;
use super::sandbox::{Sandbox, platform, tenant};

pub const TESTS: &[Test] = &[
    ("text", text),
    ("json", json),
    ("csv", csv),
    ("user", user),
    ("other-names", other_names),
    ("no-path", no_path),
    ("filters", filters),
    ("ways", ways),
    ("broken", broken),
    ("hostile", hostile),
    ("delegated", delegated),
    ("schemas", schemas),
];

fn text() {
    let run = Sandbox::new().run("access --as-of 2026-11-22").exits(0).says_nothing();
    run.prints("prod/audio  tenant audio\n")
        .prints("ada (ada@example.org)    view, no notebooks through ml  input/audio.yaml:4\n")
        .prints("root (root@example.org)  admin              owner  input/audio.yaml:3\n")
        .prints("5 access facts as of 2026-11-22\n");
}

fn list(run: &str) -> Value {
    serde_json::from_str(run).expect("it is JSON")
}

fn json() {
    let sandbox = Sandbox::new();
    sandbox.write("input/platform.yaml", platform("prod", "admins: [root]"));
    let report = list(&sandbox.run("access --format json --as-of 2026-11-22").exits(0).says_nothing().stdout);
    assert_eq!((&report["version"], &report["asOf"]), (&1.into(), &"2026-11-22".into()));
    let admin = json!({"cluster": "prod", "user": "root", "identity": "root@example.org"});
    assert_eq!(report["platformAdmins"], json!([admin]));
    let facts = report["access"].as_array().expect("it is a list");
    let identities: Vec<&str> = facts.iter().filter_map(|fact| fact["identity"].as_str()).collect();
    let (ada, bob, root) = ("ada@example.org", "bob@example.org", "root@example.org");
    assert_eq!(identities, [ada, bob, root, ada, root]);
    let wanted = json!({
        "cluster": "prod", "tenant": "audio", "namespace": "audio", "user": "bob", "identity": bob, "kind": "User",
        "role": "view", "notebookAccess": false,
        "via": [{"kind": "group", "path": ["ml"], "role": "view", "file": "input/audio.yaml", "line": 4}],
    });
    assert_eq!(facts[1], wanted);
}

fn csv() {
    let sandbox = Sandbox::new();
    let people = "{name: mal, identity: '=cmd|calc!A0'}, {name: cy, identity: 'a,\"b\"'}";
    sandbox.replace(
        "input/people.yaml",
        "- {name: ada,",
        &format!("- {}\n    - {{name: ada,", people.replace("}, {", "}\n    - {")),
    );
    sandbox
        .write("input/vision.yaml", tenant("vision", "{contributors: [{user: mal}, {user: cy, until: 2027-01-31}]}"));
    let run = sandbox.run("access --tenant vision --format csv --as-of 2026-11-22").exits(0);
    let lines: Vec<&str> = run.stdout.split("\r\n").collect();
    assert_eq!(lines[0], "cluster,tenant,namespace,kind,user,identity,role,notebookAccess,via,path,until,file,line");
    assert_eq!(lines[1], "prod,vision,vision,User,mal,\"'=cmd|calc!A0\",edit,true,direct,,,input/vision.yaml,4");
    assert_eq!(lines[2], "prod,vision,vision,User,cy,\"a,\"\"b\"\"\",edit,true,direct,,2027-01-31,input/vision.yaml,4");
    assert_eq!(lines.len(), 5, "{}", run.stdout);
}

fn user() {
    let sandbox = Sandbox::new();
    for name in ["ada", "ada@example.org", "ADA@example.org"] {
        let run = sandbox.run(&format!("access --user {name}")).exits(0);
        run.prints("2 access facts").prints("prod/vision").prints("prod/audio");
    }
    sandbox.write("input/vision.yaml", tenant("vision", "{contributors: [{serviceAccount: ci/builder}]}"));
    sandbox.run("access --user ci/builder").exits(0).prints("service account ci/builder").prints("1 access fact");
}

/// An earlier identity, or another letter case, leads to the person, and says so.
fn other_names() {
    let sandbox = Sandbox::new();
    let now = "email: bob@new.example.org, previously: [bob@example.org]";
    sandbox.replace("input/people.yaml", "email: bob@example.org", now);
    for (asked, said) in [
        ("bob@example.org", "note: `bob@example.org` is now `bob@new.example.org`, the user `bob`\n"),
        ("Bob@Example.org", "note: `Bob@Example.org` is now `bob@new.example.org`, the user `bob`\n"),
        ("BOB@new.example.org", "note: `BOB@new.example.org` is `bob@new.example.org`, the user `bob`\n"),
        ("BOB", "note: `BOB` is `bob@new.example.org`, the user `bob`\n"),
    ] {
        sandbox.run(&format!("access --user {asked}")).exits(0).says(said).prints("bob (bob@new.example.org)");
    }
    for asked in ["bob", "bob@new.example.org"] {
        sandbox.run(&format!("access --user {asked}")).exits(0).says_nothing().prints("bob (bob@new.example.org)");
    }
}

fn no_path() {
    let sandbox = Sandbox::new();
    sandbox.write("input/audio.yaml", tenant("audio", "{}"));
    sandbox.run("access --user bob").exits(0).prints_only("no path: nothing gives `bob` access\n");
    let run = sandbox.run("access --user adda").exits(0);
    run.prints_only("no path: the inventory knows nobody called `adda`; did you mean `ada`?\n");
    let run = sandbox.run("access --user ada --tenant audio").exits(0);
    run.prints_only("no path: nothing gives `ada` access to the tenant `audio`\n");
    sandbox.replace("input/people.yaml", "bob@example.org}", "bob@example.org, status: departed}");
    sandbox.run("access --user bob").exits(0).prints("no path: `bob` has departed");
    let run = sandbox.run("access --user zoe --format json").exits(0).says("note: no path");
    assert_eq!(list(&run.stdout)["access"], json!([]));
}

fn filters() {
    let sandbox = Sandbox::new();
    sandbox.run("access --tenant audio").exits(0).prints("3 access facts");
    sandbox.run("access --tenant audoi").exits(2).says("did you mean `audio`?").prints_only("");
    sandbox.run("access --cluster prod").exits(0).prints("5 access facts");
    sandbox.run("access --cluster prd").exits(2).says("did you mean `prod`?");
}

fn ways() {
    let sandbox = Sandbox::new();
    let spec = "{contributors: [{group: ml, role: view}, {user: ada, until: 2027-01-31}]}";
    sandbox.write("input/vision.yaml", tenant("vision", spec));
    let run = sandbox.run("access --user ada --tenant vision --as-of 2026-11-22").exits(0);
    run.prints("edit               named directly, until 2027-01-31  input/vision.yaml:4\n")
        .prints("also view through ml  input/vision.yaml:4\n");
    let run = sandbox.run("access --user ada --tenant vision --as-of 2027-02-01").exits(0);
    run.prints("view, no notebooks through ml");
    sandbox.write("input/vision.yaml", tenant("vision", "{owner: ada, state: suspended}"));
    sandbox.run("access --tenant vision").exits(0).prints("root").prints("stands in for the owner");
}

fn broken() {
    let sandbox = Sandbox::new();
    sandbox.write("input/vision.yaml", tenant("vision", "{contributors: [{user: bobb}]}"));
    sandbox.run("access").exits(2).says("unknown-user").prints_only("");
    // A guard stops a compile, and nobody's question.
    sandbox.write("input/vision.yaml", tenant("vision", "{}"));
    sandbox.write("input/platform.yaml", platform("prod", "removal: {minAdmins: 2}"));
    sandbox.run("access --tenant vision").exits(0).prints("1 access fact");
}

fn hostile() {
    let sandbox = Sandbox::new();
    let names = ["##vso[task.x]", "::set-output name=a::b", "<script>alert(1)</script>", "@everyone `x`|y"];
    let people: String =
        names.iter().enumerate().map(|(at, name)| format!("    - {{name: h{at}, identity: '{name}'}}\n")).collect();
    sandbox.replace("input/people.yaml", "  groups:", &format!("{people}  groups:"));
    let users = "{user: h0}, {user: h1}, {user: h2}, {user: h3}";
    sandbox.write("input/vision.yaml", tenant("vision", &format!("{{contributors: [{users}]}}")));
    for format in ["text", "json", "csv"] {
        let run = sandbox.run(&format!("access --format {format}")).exits(0);
        let commands = run.stdout.lines().filter(|line| line.trim_start().starts_with("::"));
        assert_eq!(commands.count(), 0, "{}", run.stdout);
        assert!(format != "text" || !run.stdout.contains("##vso["), "{}", run.stdout);
    }
}

fn delegated() {
    let sandbox = Sandbox::new();
    let text = platform("prod", "version: \"5.6\", ecp: {integration: present}").replace("kubeflow", "ecp");
    sandbox.write("input/platform.yaml", text);
    sandbox.write("input/audio.yaml", tenant("audio", "{contributors: [{group: ml}]}"));
    let run = sandbox.run("access --tenant audio").exits(0);
    run.prints("ada (ada@example.org)    edit").prints("root (root@example.org)  admin").prints("3 access facts");
}

/// Real output against the published schemas, judged by a validator that shares no code with us.
fn schemas() {
    let sandbox = Sandbox::new();
    sandbox.write("input/platform.yaml", platform("prod", "admins: [root]"));
    let spec = "{owner: ada, contributors: [{user: bob, until: 2027-01-31}, {idpGroup: oidc:x, role: view}]}";
    sandbox.write("new/vision.yaml", tenant("vision", spec));
    for file in ["platform.yaml", "people.yaml"] {
        sandbox.write(&format!("new/{file}"), sandbox.read(&format!("input/{file}")));
    }
    for (name, call) in [("access", "access new"), ("diff", "diff input new --actor bob")] {
        sandbox.write(&format!("{name}.schema.json"), sandbox.run(&format!("schema {name}")).exits(0).stdout);
        let report = sandbox.run(&format!("{call} --format json --as-of 2026-11-22")).exits(0).stdout;
        sandbox.write(&format!("{name}.json"), &report);
        sandbox.write("wrong.json", report.replacen("\"kind\": \"User\"", "\"kind\": \"Person\"", 1));
        let judge = |file: &str| {
            let mut command = std::process::Command::new("check-jsonschema");
            command.current_dir(sandbox.path("")).args(["--schemafile", &format!("{name}.schema.json"), file]).output()
        };
        let Ok(verdict) = judge(&format!("{name}.json")) else {
            assert!(!super::sandbox::tools_are_required(), "check-jsonschema is missing; run `bash .ci/run --tools`");
            return eprintln!("skipped: no check-jsonschema");
        };
        assert!(verdict.status.success(), "{}", String::from_utf8_lossy(&verdict.stdout));
        let verdict = judge("wrong.json").expect("it ran before");
        assert!(!verdict.status.success(), "the schema of {name} lets a wrong kind through");
    }
}
