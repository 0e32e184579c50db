//! `explain`: a file, a code, and what is neither.

use super::Test;
use super::sandbox::{Sandbox, run, tenant};

pub const TESTS: &[Test] = &[
    ("a-file", a_file),
    ("members-of-groups", members_of_groups),
    ("a-platforms-file", a_platforms_file),
    ("a-code", a_code),
    ("neither", neither),
];

fn a_file() {
    let sandbox = Sandbox::new();
    // The file need not be there: it is the inventory that is asked.
    let run = sandbox.run("explain output/prod/tenants/vision.yaml").exits(0).says_nothing();
    let grant = "  `ada` is edit    input/vision.yaml:4\n";
    run.prints(&format!("RoleBinding vision/user-ada-example-org-clusterrole-edit\n{grant}"));
    let namespace = "Namespace vision\n  tenant `vision`  input/vision.yaml:3\n  owner `root`     input/vision.yaml:3\n  \
                     platform `prod`  input/platform.yaml:3\n";
    let from_above = sandbox.run("explain output/prod/tenants/vision.yaml");
    from_above.prints(namespace);
    // From inside the output folder.
    sandbox.run("compile").exits(0);
    let mut command = sandbox.command("explain vision.yaml --input ../../../input");
    let inside = super::sandbox::run(command.current_dir(sandbox.path("output/prod/tenants"))).exits(0);
    inside.prints("../../../input/vision.yaml:4\n");
}

fn members_of_groups() {
    let sandbox = Sandbox::new();
    sandbox.replace(
        "input/people.yaml",
        "[ada, bob]}",
        "[ada]}\n    - {name: everybody, members: [bob], groups: [ml]}",
    );
    sandbox.write("input/audio.yaml", tenant("audio", "{contributors: [{group: everybody, role: view}, {user: ada}]}"));
    let run = sandbox.run("explain output/prod/tenants/audio.yaml").exits(0).says_nothing();
    run.prints(
        "RoleBinding audio/user-ada-example-org-clusterrole-edit\n  \
         `ada` is edit                         input/audio.yaml:4\n  \
         `ada` is view through everybody → ml  input/audio.yaml:4\n    \
         as a member of `ml`                 input/people.yaml:10\n",
    )
    .prints(
        "RoleBinding audio/user-bob-example-org-clusterrole-view\n  \
         `bob` is view through everybody       input/audio.yaml:4\n    \
         as a member of `everybody`          input/people.yaml:11\n",
    );
}

fn a_platforms_file() {
    let sandbox = Sandbox::new();
    let run = sandbox.run("explain output/prod/platform/objects/self-service.yaml").exits(0);
    run.prints_only(
        "AuthorizationPolicy kubeflow/dashboard-deny-self-service\n  platform `prod`  input/platform.yaml:3\n",
    );
    sandbox.run("explain output/prod/platform/objects/other.yaml").exits(2).says("no such file").prints_only("");
}

fn a_code() {
    // No inventory is needed.
    let run = Sandbox::empty().run("explain unknown-user").exits(0).says_nothing();
    run.prints("unknown-user (error): a user is not declared\n\n");
    Sandbox::empty().run("explain expired-grant").exits(0).prints("expired-grant (warning)");
}

fn neither() {
    let sandbox = Sandbox::new();
    sandbox.run("explain unknown-usr").exits(2).says("did you mean `unknown-user`?").prints_only("");
    sandbox.run("explain input/vision.yaml").exits(2).says("neither a code nor a compiled file");
    sandbox.run("explain output/prod/tenants/none.yaml").exits(2).says("no namespace `none` on the cluster `prod`");
    sandbox.run("explain output/none/tenants/vision.yaml").exits(2).says("no cluster `none`");
    let bad = run(sandbox.command("explain").arg("\u{1b}[31mred"));
    assert!(!bad.exits(2).stderr.contains('\u{1b}'), "what was typed reaches the terminal");
    sandbox.replace("input/vision.yaml", "{user: ada}", "{user: nobody}");
    sandbox.run("explain output/prod/tenants/audio.yaml").exits(2).says("error[unknown-user]").prints_only("");
}
