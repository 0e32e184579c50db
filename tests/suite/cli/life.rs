//! A tenant from its first day to its last, and what its file says on the way.

use serde_yaml::Value;

use super::Test;
use super::sandbox::{Sandbox, tenant};

pub const TESTS: &[Test] = &[
    ("from-active-to-absent", from_active_to_absent),
    ("and-back", and_back),
    ("another-owner-is-explained", another_owner_is_explained),
];

const FILE: &str = "output/prod/tenants/vision.yaml";
const ARGOCD: &str = "argocd.argoproj.io/sync-options";
const FLUX: &str = "kustomize.toolkit.fluxcd.io/prune";

/// The objects of the tenant's file, by kind and name.
struct Objects(Vec<Value>);

impl Objects {
    fn of(sandbox: &Sandbox) -> Objects {
        let text = sandbox.read(FILE);
        let documents = text.split("---\n").skip(1);
        Objects(documents.map(|document| serde_yaml::from_str(document).expect("output is YAML")).collect())
    }

    fn find(&self, kind: &str) -> &Value {
        self.0.iter().find(|object| object["kind"] == kind).unwrap_or_else(|| panic!("there is no {kind}"))
    }

    fn kinds(&self) -> Vec<&str> {
        self.0.iter().map(|object| object["kind"].as_str().expect("kinds are text")).collect()
    }

    /// Whether no sync deletes the data.
    fn is_protected(&self) -> bool {
        let protected = |kind: &str| {
            let annotations = &self.find(kind)["metadata"]["annotations"];
            let found = (annotations[ARGOCD].as_str(), annotations[FLUX].as_str());
            assert!(matches!(found, (Some("Prune=false,Delete=false"), Some("disabled")) | (None, None)));
            found.0.is_some()
        };
        assert_eq!(protected("Namespace"), protected("Profile"), "one without the other deletes data");
        protected("Namespace")
    }

    fn owner(&self) -> &str {
        let owner = self.find("Profile")["spec"]["owner"]["name"].as_str();
        assert_eq!(owner, self.find("Namespace")["metadata"]["annotations"]["owner"].as_str());
        assert_eq!(owner, self.find("RoleBinding")["subjects"][0]["name"].as_str());
        owner.expect("there is an owner")
    }
}

fn write(sandbox: &Sandbox, state: &str) {
    let plugin = "{kind: AwsIamForServiceAccount, spec: {awsIamRole: role}}";
    let settings = format!("owner: ada, quota: {{requests.cpu: 4}}, addOns: [limit-range], plugins: [{plugin}]");
    let spec = format!("{{state: {state}, {settings}, contributors: [{{user: bob}}]}}");
    sandbox.write("input/vision.yaml", tenant("vision", &spec));
}

fn from_active_to_absent() {
    let sandbox = Sandbox::new();
    write(&sandbox, "active");
    sandbox.run("compile").exits(0);
    let active = Objects::of(&sandbox);
    let kinds = ["Namespace", "Profile", "RoleBinding", "RoleBinding", "AuthorizationPolicy", "LimitRange"];
    assert_eq!(active.kinds(), kinds);
    assert_eq!(active.owner(), "ada@example.org");
    assert!(active.is_protected());
    assert_eq!(active.find("Profile")["spec"]["plugins"].as_sequence().map(Vec::len), Some(1));
    assert!(active.find("Profile")["spec"]["resourceQuotaSpec"]["hard"]["pods"].is_null());

    // Access is revoked, nothing new starts, and the data is kept.
    write(&sandbox, "suspended");
    let run = sandbox.run("compile").exits(0).prints("1 changed, 4 unchanged");
    run.says("stop it with `kubectl delete pods --all -n vision`");
    let suspended = Objects::of(&sandbox);
    assert_eq!(suspended.kinds(), ["Namespace", "Profile", "RoleBinding", "LimitRange"]);
    assert_eq!(suspended.owner(), "root@example.org");
    assert!(suspended.is_protected());
    assert!(suspended.find("Profile")["spec"]["plugins"].is_null());
    assert_eq!(suspended.find("Profile")["spec"]["resourceQuotaSpec"]["hard"]["pods"], "0");
    assert!(sandbox.read(FILE).contains("# tenantry.dev/state: suspended\n"));

    // The same, and an engine may delete it.
    write(&sandbox, "retired");
    sandbox.run("compile").exits(0).prints("1 changed, 4 unchanged");
    let retired = Objects::of(&sandbox);
    assert_eq!(retired.kinds(), suspended.kinds());
    assert_eq!(retired.owner(), "root@example.org");
    assert!(!retired.is_protected());
    assert_eq!(retired.find("Profile")["spec"], suspended.find("Profile")["spec"]);

    sandbox.remove("input/vision.yaml");
    sandbox.run("compile").exits(0).prints("0 changed, 4 unchanged; 1 removed");
    assert!(!sandbox.has(FILE) && sandbox.has("output/prod/tenants/audio.yaml"));
}

fn and_back() {
    let sandbox = Sandbox::new();
    write(&sandbox, "active");
    sandbox.run("compile").exits(0);
    let active = sandbox.tree("output");
    for state in ["retired", "suspended", "active"] {
        write(&sandbox, state);
        sandbox.run("compile").exits(0).prints("1 changed");
    }
    assert!(active == sandbox.tree("output"));
}

/// The three objects that name the owner change in one commit, and what is left to do by hand is said with its command.
fn another_owner_is_explained() {
    let sandbox = Sandbox::new();
    sandbox.write("input/vision.yaml", tenant("vision", "{owner: ada}"));
    sandbox.run("compile").exits(0);
    assert!(!sandbox.run("check").exits(0).stderr.contains("owner-changed"));
    sandbox.write("input/vision.yaml", tenant("vision", "{owner: bob}"));
    for words in ["check", "compile"] {
        let run = sandbox.run(words).exits(0);
        let run = run
            .says("warning[owner-changed]: the namespace `vision`")
            .says("from `ada@example.org` to `bob@example.org`");
        run.says("kubectl patch namespace vision --type=json -p");
    }
    assert_eq!(Objects::of(&sandbox).owner(), "bob@example.org");
    assert!(!sandbox.run("check").exits(0).stderr.contains("owner-changed"));
    // Who stands in for an owner is none.
    write(&sandbox, "suspended");
    assert!(!sandbox.run("check").exits(0).stderr.contains("owner-changed"));
}
