//! `tenantry verify`: whatever a host did to the objects is seen.

use std::io::Write;
use std::process::Stdio;

use super::Test;
use super::sandbox::{PLATFORM, Run, Sandbox, tenant};

pub const TESTS: &[Test] = &[
    ("what_was_compiled_passes", what_was_compiled_passes),
    ("an_empty_stream_lacks_everything", an_empty_stream_lacks_everything),
    ("what_hosts_add_does_not_count", what_hosts_add_does_not_count),
    ("changes_are_shown", changes_are_shown),
    ("moved_and_renamed_objects_are_seen", moved_and_renamed_objects_are_seen),
    ("more_than_asked_for_is_seen", more_than_asked_for_is_seen),
    ("lists_are_taken_apart", lists_are_taken_apart),
    ("what_reaches_tenants_is_seen", what_reaches_tenants_is_seen),
    ("what_may_reach_tenants_is_named", what_may_reach_tenants_is_named),
    ("everything_in_a_folder_is_read", everything_in_a_folder_is_read),
    ("marks_of_editors_do_not_matter", marks_of_editors_do_not_matter),
    ("machines_get_json", machines_get_json),
    ("wrong_calls_are_told_apart", wrong_calls_are_told_apart),
];

fn verify(sandbox: &Sandbox, words: &str, stdin: &str) -> Run {
    let mut command = sandbox.command(&format!("verify {words}"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program can be started");
    let _ = child.stdin.take().expect("stdin is a pipe").write_all(stdin.as_bytes());
    Run::of(child.wait_with_output().expect("the program ends"))
}

fn compiled(sandbox: &Sandbox) -> String {
    sandbox.run("compile --stdout").exits(0).stdout
}

fn what_was_compiled_passes() {
    let sandbox = Sandbox::compiled();
    verify(&sandbox, "", &compiled(&sandbox)).exits(0).says_nothing().prints("12 objects as the inventory asks for\n");
    verify(&sandbox, "output", "").exits(0);
    verify(&sandbox, "output/prod/tenants/vision.yaml output/prod/tenants/audio.yaml", "").exits(0);
    verify(&sandbox, "output/prod/tenants/vision.yaml", "").exits(1).prints("missing  Namespace audio\n");
}

fn an_empty_stream_lacks_everything() {
    let sandbox = Sandbox::new();
    for nothing in ["", "---\n", "# skipped\n"] {
        verify(&sandbox, "", nothing).exits(1).prints("missing  Profile vision\n").says("silently");
    }
    verify(&sandbox, "", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\n").exits(1).says_no("silently");
}

fn what_hosts_add_does_not_count() {
    let sandbox = Sandbox::new();
    let marked = compiled(&sandbox).replace(
        "  annotations:\n",
        "  annotations:\n    tenantry.dev/config: tenants\n    internal.config.kubernetes.io/index: '3'\n",
    );
    verify(&sandbox, "", &marked).exits(0);
    // With `buildMetadata: [managedByLabel, transformerAnnotations]`.
    let index = "config.kubernetes.io/index: '3'\n";
    let built = marked.replace(index, &format!("{index}    alpha.config.kubernetes.io/transformations: '-'\n"));
    let managed = |by: &str| {
        let labels = format!("kind: Profile\nmetadata:\n  labels: {{app.kubernetes.io/managed-by: {by}}}\n");
        built.replace("kind: Profile\nmetadata:\n", &labels)
    };
    verify(&sandbox, "", &managed("kustomize-v5.8.1")).exits(0);
    verify(&sandbox, "", &managed("somebody")).exits(1).prints("different  Profile vision");
    let documents: Vec<&str> = marked.split("---\n").filter(|text| !text.is_empty()).collect();
    let reversed: String = documents.iter().rev().map(|text| format!("---\n{text}")).collect();
    verify(&sandbox, "", &reversed).exits(0);
    let items: String = documents.iter().map(|text| format!("- {}\n", text.trim_end().replace('\n', "\n  "))).collect();
    verify(&sandbox, "", &format!("apiVersion: v1\nkind: List\nitems:\n{items}")).exits(0);
}

fn changes_are_shown() {
    let sandbox = Sandbox::new();
    let wrong = compiled(&sandbox).replacen("name: kubeflow-edit", "name: kubeflow-admin", 1);
    let run = verify(&sandbox, "", &wrong).exits(1);
    run.prints("different  RoleBinding vision/user-ada").prints("-  name: kubeflow-admin\n+  name: kubeflow-edit\n");
    let label = compiled(&sandbox).replacen("  labels:\n", "  labels:\n    added: here\n", 1);
    verify(&sandbox, "", &label).exits(1).prints("-    added: here");
    let number = compiled(&sandbox).replacen(
        "pipelines.kubeflow.org/enabled: \"true\"",
        "pipelines.kubeflow.org/enabled: true",
        1,
    );
    verify(&sandbox, "", &number).exits(1).prints("different");
}

fn moved_and_renamed_objects_are_seen() {
    let sandbox = Sandbox::new();
    let plain = compiled(&sandbox);
    let moved = plain.replace("  namespace: vision\n", "  namespace: elsewhere\n");
    verify(&sandbox, "", &moved)
        .exits(1)
        .prints("moved  RoleBinding vision/namespaceAdmin, which came out as RoleBinding elsewhere/namespaceAdmin");
    let profile = plain.replace("kind: Profile\nmetadata:\n", "kind: Profile\nmetadata:\n  namespace: x\n");
    verify(&sandbox, "", &profile).exits(1).prints("moved  Profile vision, which came out as Profile x/vision");
    let renamed = plain.replace("kind: Profile\nmetadata:\n  name: ", "kind: Profile\nmetadata:\n  name: dev-");
    verify(&sandbox, "", &renamed).exits(1).prints("renamed  Profile vision, which came out as Profile dev-vision");
}

fn more_than_asked_for_is_seen() {
    let sandbox = Sandbox::new();
    let plain = compiled(&sandbox);
    let binding = |namespace: &str| {
        format!(
            "{plain}---\napiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {{name: more, namespace: \
             {namespace}}}\n"
        )
    };
    verify(&sandbox, "", &binding("vision")).exits(1).prints("unexpected  RoleBinding vision/more");
    verify(&sandbox, "", &binding("kube-system")).exits(0);
    let profile = format!("{plain}---\napiVersion: kubeflow.org/v1\nkind: Profile\nmetadata: {{name: eve}}\n");
    verify(&sandbox, "", &profile).exits(1).prints("unexpected  Profile eve");
    let namespace = |label: &str| {
        format!("{plain}---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: eve, labels: {{{label}}}}}\n")
    };
    verify(&sandbox, "", &namespace("app.kubernetes.io/part-of: kubeflow-profile"))
        .exits(1)
        .prints("unexpected  Namespace eve");
    verify(&sandbox, "", &namespace("a: b")).exits(0);
    let twice = plain.split_inclusive("---\n").take(2).collect::<String>();
    verify(&sandbox, "", &format!("{plain}{}", twice.trim_end_matches("---\n"))).exits(1).prints("duplicate");
}

/// What came out, with one more object.
fn with(plain: &str, object: &str) -> String {
    format!("{plain}---\n{object}\n")
}

fn lists_are_taken_apart() {
    let sandbox = Sandbox::new();
    let plain = compiled(&sandbox);
    let lists = [
        "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBindingList, items: [{metadata: {name: x, namespace: vision}}]}",
        "{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: List, items: [{apiVersion: \
         rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: x, namespace: vision}}]}]}",
        "{kind: Odd, items: [{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: x, \
         namespace: vision}}]}",
    ];
    for list in lists {
        verify(&sandbox, "", &with(&plain, list)).exits(1).prints("unexpected  RoleBinding vision/x");
    }
}

fn what_reaches_tenants_is_seen() {
    let sandbox = Sandbox::new();
    let plain = compiled(&sandbox);
    let object = |version: &str, kind: &str, more: &str| {
        with(
            &plain,
            &format!("{{apiVersion: {version}, kind: {kind}, metadata: {{namespace: vision, name: x}}{more}}}"),
        )
    };
    let rbac = "rbac.authorization.k8s.io/v1";
    for (version, kind) in [
        (rbac, "Role"),
        ("networking.k8s.io/v1", "NetworkPolicy"),
        ("cilium.io/v2", "CiliumNetworkPolicy"),
        ("v1", "ResourceQuota"),
        ("v1", "LimitRange"),
        ("security.istio.io/v1", "RequestAuthentication"),
    ] {
        verify(&sandbox, "", &object(version, kind, "")).exits(1).prints(&format!("unexpected  {kind} vision/x"));
    }
    let unnamed = object(rbac, "RoleBinding", "").replace("name: x", "generateName: x-");
    verify(&sandbox, "", &unnamed).exits(1).prints("unexpected  RoleBinding vision/x-*");
    for subject in [
        "{kind: User, name: ada@example.org}",
        "{kind: User, name: 'system:serviceaccount:vision:default-editor'}",
        "{kind: ServiceAccount, name: default-editor, namespace: vision}",
        "{kind: Group, name: 'system:serviceaccounts:audio'}",
        "{kind: Group, name: 'system:authenticated'}",
        "{kind: User, name: root@example.org}, {kind: User, name: ada@example.org}",
    ] {
        let binding = object(rbac, "ClusterRoleBinding", &format!(", subjects: [{subject}]"));
        let binding = binding.replace("namespace: vision, name: x", "name: x");
        verify(&sandbox, "", &binding).exits(1).prints("unexpected  ClusterRoleBinding x");
    }
}

fn what_may_reach_tenants_is_named() {
    let sandbox = Sandbox::new();
    let plain = compiled(&sandbox);
    for (object, shown) in [
        (
            "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: 'system:discovery'}, \
             roleRef: {kind: ClusterRole, name: 'system:discovery'}, subjects: [{kind: Group, name: 'system:authenticated'}]}",
            "ClusterRoleBinding system:discovery",
        ),
        (
            "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: root}, roleRef: {kind: \
             ClusterRole, name: cluster-admin}, subjects: [{kind: User, name: root@example.org}]}",
            "ClusterRoleBinding root",
        ),
        (
            "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: admins}, roleRef: {name: \
             cluster-admin}, subjects: [{kind: Group, name: operators}]}",
            "ClusterRoleBinding admins",
        ),
        (
            "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: kubeflow-edit}}",
            "kubeflow-edit",
        ),
        (
            "{apiVersion: security.istio.io/v1, kind: AuthorizationPolicy, metadata: {name: all, namespace: istio-system}}",
            "AuthorizationPolicy istio-system/all",
        ),
        ("{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: vision}}", "Deployment vision/web"),
        (
            "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: nowhere}}",
            "RoleBinding nowhere",
        ),
    ] {
        let run = verify(&sandbox, "", &with(&plain, object)).exits(0);
        run.says("warning: 1 object came out beside those of the inventory that may reach tenants").says(shown);
    }
    let hostile = "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: \"a\\nb\\e[1m\"}}";
    let run = verify(&sandbox, "", &with(&plain, hostile)).exits(0);
    assert!(run.stderr.lines().count() == 1 && !run.stderr.contains('\u{1b}'), "{}", run.stderr);
    let many: String = (0..9)
        .map(|at| {
            format!("---\n{{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {{name: r{at}}}}}\n")
        })
        .collect();
    let run = verify(&sandbox, "--format json", &format!("{plain}{many}")).exits(0).says("r0, r1, r2, r3, r4, 4 more");
    let report: serde_json::Value = serde_json::from_str(&run.stdout).expect("it is JSON");
    assert_eq!(report["counts"]["beside"], 9);
    assert_eq!(report["beside"][8]["object"]["name"], "r8");
    // Somebody else's objects elsewhere are nobody's business here.
    let theirs = "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: x, namespace: shop}}";
    verify(&sandbox, "", &with(&plain, theirs)).exits(0).says_nothing();
}

fn everything_in_a_folder_is_read() {
    let sandbox = Sandbox::compiled();
    let binding = "{\n\t\"apiVersion\": \"rbac.authorization.k8s.io/v1\", \"kind\": \"RoleBinding\",\n\t\"metadata\": \
                   {\"name\": \"eve\", \"namespace\": \"vision\"}\n}\n";
    verify(&sandbox, "output", "").exits(0).says_nothing();
    let policy = "output/prod/platform/objects/self-service.yaml";
    let whole = sandbox.read(policy);
    sandbox.replace(policy, "DENY", "ALLOW");
    verify(&sandbox, "output", "")
        .exits(1)
        .prints("different  AuthorizationPolicy kubeflow/dashboard-deny-self-service");
    sandbox.write(policy, whole);
    for path in ["output/eve.json", "output/.eve.yaml", "output/.hidden/eve.yml"] {
        sandbox.write(path, binding.replace('\t', if path.ends_with("json") { "\t" } else { " " }));
        verify(&sandbox, "output", "").exits(1).prints("unexpected  RoleBinding vision/eve");
        sandbox.remove(path);
    }
    sandbox.write("output/.git/eve.yaml", binding.replace('\t', " "));
    sandbox.write("output/notes.txt", "a: 'b");
    verify(&sandbox, "output", "").exits(0);
    sandbox.write("output/eve.jsonnet", "{}");
    verify(&sandbox, "output", "").exits(2).says("`output/eve.jsonnet` is a program");
    sandbox.remove("output/eve.jsonnet");
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        sandbox.write("elsewhere/eve.yaml", binding.replace('\t', " "));
        symlink("../elsewhere/eve.yaml", sandbox.path("output/link.yaml")).expect("links can be made");
        verify(&sandbox, "output", "").exits(1).prints("unexpected  RoleBinding vision/eve (output/link.yaml)");
        sandbox.remove("output/link.yaml");
        symlink("../elsewhere", sandbox.path("output/link")).expect("links can be made");
        verify(&sandbox, "output", "").exits(1).prints("unexpected  RoleBinding vision/eve (output/link/eve.yaml)");
        sandbox.remove("output/link");
        symlink("nowhere", sandbox.path("output/.#open")).expect("links can be made");
        verify(&sandbox, "output", "").exits(0);
        symlink("nowhere", sandbox.path("output/link.yaml")).expect("links can be made");
        verify(&sandbox, "output", "").exits(2).says("`output/link.yaml` cannot be read");
        sandbox.remove("output/link.yaml");
        symlink(".", sandbox.path("output/loop")).expect("links can be made");
        verify(&sandbox, "output", "").exits(2).says("`output/loop` cannot be read: it is a loop");
    }
}

fn marks_of_editors_do_not_matter() {
    let sandbox = Sandbox::new();
    let marked = format!("\u{feff}{}", compiled(&sandbox));
    verify(&sandbox, "", &marked).exits(0);
    sandbox.write("marked.yaml", &marked);
    verify(&sandbox, "marked.yaml", "").exits(0);
    sandbox.write("marked.yaml", b"a: b\nc: \xff\n");
    verify(&sandbox, "marked.yaml", "").exits(2).says("line 2 is not UTF-8");
}

fn machines_get_json() {
    let sandbox = Sandbox::new();
    let run = verify(&sandbox, "--format json", "").exits(1);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).expect("it is JSON");
    assert_eq!(report["version"], 1);
    assert_eq!(report["counts"]["differences"], 12);
    assert_eq!(report["differences"][0]["kind"], "missing");
    assert_eq!(report["differences"][0]["object"]["cluster"], "prod");
    let run = verify(&sandbox, "--format json", &compiled(&sandbox)).exits(0);
    assert!(run.stdout.contains("\"differences\": []"), "{}", run.stdout);
}

fn wrong_calls_are_told_apart() {
    let sandbox = Sandbox::new();
    verify(&sandbox, "", "a: 'b\n").exits(2).says("`stdin` cannot be read as YAML");
    verify(&sandbox, "nowhere.yaml", "").exits(2).says("nowhere.yaml");
    verify(&sandbox, "--input nowhere", "").exits(2).says("unreadable-file");
    verify(&sandbox, "--cluster lab", "").exits(2).says("the inventory has prod");
    sandbox.write("input/lab.yaml", PLATFORM.replace("prod", "lab"));
    sandbox.write("input/vision.yaml", tenant("vision", "{clusters: [lab]}"));
    sandbox.write("input/audio.yaml", tenant("audio", "{clusters: [lab]}"));
    verify(&sandbox, "", "").exits(2).says("--cluster: lab, prod");
    verify(&sandbox, "--cluster lab", "").exits(1);
    verify(&sandbox, "--cluster prod", "").exits(2).says("no-namespaces");
}
