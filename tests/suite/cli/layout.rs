//! `compile --layout kustomize`: each folder of tenants is a kustomize base.

use super::Test;
use super::sandbox::{PLATFORM, Sandbox, tenant};

pub const TESTS: &[Test] = &[
    ("each_folder_is_a_base", each_folder_is_a_base),
    ("a_tenant_changes_two_files", a_tenant_changes_two_files),
    ("the_other_layout_is_cleared_away", the_other_layout_is_cleared_away),
    ("argo_cd_is_told", argo_cd_is_told),
    ("empty_folders_have_no_base", empty_folders_have_no_base),
];

const BASE: &str = "output/prod/tenants/kustomization.yaml";

fn each_folder_is_a_base() {
    let sandbox = Sandbox::new();
    sandbox.run("compile --layout kustomize").exits(0);
    let base = sandbox.read(BASE);
    assert!(base.starts_with("# Compiled by tenantry."), "{base}");
    assert!(base.contains("kind: Kustomization\nresources:\n  - audio.yaml\n  - vision.yaml\n"), "{base}");
    sandbox.changes_nothing("compile --layout kustomize --check").exits(0);
    sandbox.run("verify output").exits(0);
    sandbox.write(BASE, format!("{base}namePrefix: x-\n"));
    sandbox.changes_nothing("compile --layout kustomize --check").exits(1).prints("edited");
    sandbox.run("compile --layout kustomize").exits(0);
    assert_eq!(sandbox.read(BASE), base);
}

fn a_tenant_changes_two_files() {
    let sandbox = Sandbox::new();
    sandbox.run("compile --layout kustomize").exits(0);
    let mut before = sandbox.tree("output");
    sandbox.write("input/speech.yaml", tenant("speech", "{}"));
    sandbox.run("compile --layout kustomize").exits(0);
    let after = sandbox.tree("output");
    let changed: Vec<&String> =
        after.iter().filter(|(path, text)| before.get(*path) != Some(text)).map(|it| it.0).collect();
    assert_eq!(changed, ["prod/tenants/kustomization.yaml", "prod/tenants/speech.yaml"]);
    before.retain(|path, _| !after.contains_key(path));
    assert!(before.is_empty());
}

fn the_other_layout_is_cleared_away() {
    let sandbox = Sandbox::compiled();
    let plain = sandbox.tree("output");
    sandbox.changes_nothing("compile --layout kustomize --check").exits(1).prints("missing");
    sandbox.run("compile --layout kustomize").exits(0);
    assert!(sandbox.has(BASE));
    sandbox.changes_nothing("compile --check").exits(1).prints("left over  output/prod/tenants/kustomization.yaml");
    sandbox.run("compile").exits(0).says_no("error");
    assert!(sandbox.tree("output") == plain);
    // Somebody else's is left alone, and stands in the way of ours.
    sandbox.write(BASE, "resources: []\n");
    sandbox.run("compile").exits(0);
    sandbox.changes_nothing("compile --layout kustomize").exits(2).says("foreign-file");
}

fn argo_cd_is_told() {
    let sandbox = Sandbox::new();
    let platform = PLATFORM.replace("engine: none", "engine: both, repoURL: \"https://example.org/a.git\"");
    sandbox.write("input/platform.yaml", platform);
    sandbox.run("compile").exits(0);
    let file = "output/prod/gitops/argocd.yaml";
    let plain = sandbox.read(file).matches("recurse: true").count();
    let flux = sandbox.read("output/prod/gitops/flux.yaml");
    sandbox.run("compile --layout kustomize").exits(0);
    assert_eq!(sandbox.read(file).matches("recurse: true").count() + 1, plain);
    assert_eq!(sandbox.read("output/prod/gitops/flux.yaml"), flux);
}

fn empty_folders_have_no_base() {
    let sandbox = Sandbox::new();
    sandbox.write("input/platform.yaml", PLATFORM.replace("engine: none", "engine: none, shards: 16"));
    sandbox.run("compile --layout kustomize").exits(0);
    let tree = sandbox.tree("output/prod");
    let bases = tree.keys().filter(|path| path.starts_with("shard-") && path.ends_with("kustomization.yaml")).count();
    let folders = tree.keys().filter(|path| path.ends_with(".tenantry-shard")).count();
    assert!(bases > 0 && bases <= 2 && folders == 16, "{bases} of {folders}");
}
