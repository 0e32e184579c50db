//! tenantry as a Config Management Plugin: the files of `deploy/argocd`, and its commands run as Argo CD runs them. That
//! is in the folder of the Application, without a shell, with the program on the PATH and nothing read from stdin.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::Test;
use super::sandbox::{PROGRAM, Run, Sandbox, platform, run, tenant, tools_are_required};

pub const TESTS: &[Test] = &[
    ("the-plugin-is-what-argo-cd-reads", the_plugin_is_what_argo_cd_reads),
    ("what-is-generated-is-what-compile-prints", what_is_generated_is_what_compile_prints),
    ("the-application-of-the-manual-is-generated", the_application_of_the_manual_is_generated),
    ("options-win", options_win),
    ("a-day-is-a-parameter", a_day_is_a_parameter),
    ("only-here-parameters-are-read", only_here_parameters_are_read),
    ("an-inventory-is-discovered", an_inventory_is_discovered),
    ("nothing-else-is-discovered", nothing_else_is_discovered),
    ("clusters-are-announced", clusters_are_announced),
    ("failures-print-no-manifest", failures_print_no_manifest),
    ("nothing-outside-is-read", nothing_outside_is_read),
    ("the-image-holds-what-the-sidecar-needs", the_image_holds_what_the_sidecar_needs),
    ("the-sidecar-is-the-image", the_sidecar_is_the_image),
    ("the-component-builds", the_component_builds),
];

/// A file of `deploy/argocd`.
fn text(name: &str) -> String {
    let path = crate::root().join("deploy/argocd").join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The same, as data.
fn yaml(name: &str) -> Value {
    serde_yaml::from_str(&text(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A list of texts, as words.
fn words(value: &Value) -> Vec<String> {
    let list = value.as_array().unwrap_or_else(|| panic!("{value} is a list"));
    list.iter().map(|word| word.as_str().expect("a text").to_owned()).collect()
}

/// Two clusters, and a tenant on each.
fn two_clusters() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("input/lab.yaml", platform("lab", "removal: {minAdmins: 1}"));
    sandbox.write("input/vision.yaml", tenant("vision", "{clusters: [prod], contributors: [{user: ada}]}"));
    sandbox.write("input/audio.yaml", tenant("audio", "{clusters: [lab], contributors: [{group: ml, role: view}]}"));
    sandbox
}

/// A command of plugin.yaml.
fn command(step: &str, sandbox: &Sandbox, folder: &str, parameters: Option<Value>) -> Command {
    let plugin = yaml("plugin.yaml");
    let words = match step {
        "discover" => words(&plugin["spec"]["discover"]["find"]["command"]),
        "generate" => words(&plugin["spec"]["generate"]["command"]),
        _ => words(&plugin["spec"]["parameters"]["dynamic"]["command"]),
    };
    assert_eq!(words[0], "tenantry", "the program of {step}");
    let mut command = Command::new(PROGRAM);
    command.args(&words[1..]).env_clear().current_dir(sandbox.path(folder)).stdin(Stdio::null());
    command.env("PATH", "/usr/local/bin").env("ARGOCD_APP_NAME", "tenants").env("ARGOCD_APP_NAMESPACE", "argocd");
    command.env("ARGOCD_APP_SOURCE_PATH", folder).env("ARGOCD_APP_SOURCE_REPO_URL", "https://git.example.org/t.git");
    command.env("ARGOCD_APP_REVISION", "f00d").env("KUBE_VERSION", "1.33");
    if let Some(parameters) = parameters {
        command.env("ARGOCD_APP_PARAMETERS", parameters.to_string());
    }
    command
}

fn step(step: &str, sandbox: &Sandbox, folder: &str, parameters: Value) -> Run {
    run(&mut command(step, sandbox, folder, Some(parameters)))
}

fn parameter(name: &str, text: &str) -> Value {
    json!([{"name": name, "string": text}])
}

fn the_plugin_is_what_argo_cd_reads() {
    let plugin = yaml("plugin.yaml");
    assert_eq!(plugin["apiVersion"], "argoproj.io/v1alpha1");
    assert_eq!(plugin["kind"], "ConfigManagementPlugin");
    let spec = plugin["spec"].as_object().expect("a spec");
    // Keys that Argo CD does not know are lost without a word.
    let known =
        ["version", "init", "generate", "discover", "parameters", "preserveFileMode", "provideGitCreds"].as_slice();
    for key in spec.keys() {
        assert!(known.contains(&key.as_str()), "Argo CD knows no `spec.{key}`");
    }
    for step in [&plugin["spec"]["generate"], &plugin["spec"]["discover"]["find"]] {
        assert_eq!(step.as_object().expect("a step").keys().collect::<Vec<_>>(), ["command"]);
    }
    // Each static parameter is understood, and its default is what happens without it.
    let sandbox = Sandbox::new();
    let bare = run(&mut command("generate", &sandbox, ".", None)).exits(0).stdout;
    for announced in plugin["spec"]["parameters"]["static"].as_array().expect("parameters") {
        let name = announced["name"].as_str().expect("a name");
        let default = announced["string"].as_str().unwrap_or("");
        step("generate", &sandbox, ".", parameter(name, default)).exits(0).prints_only(&bare);
        assert_eq!(announced["collectionType"], "string", "{name}");
    }
}

fn what_is_generated_is_what_compile_prints() {
    let sandbox = two_clusters();
    for cluster in ["lab", "prod"] {
        let wanted = sandbox.run(&format!("compile --stdout --cluster {cluster}")).exits(0).stdout;
        assert!(wanted.contains("kind: Profile"), "{wanted}");
        step("generate", &sandbox, ".", parameter("cluster", cluster)).exits(0).prints_only(&wanted);
        let both = json!([{"name": "cluster", "string": cluster}, {"name": "input", "string": "."}]);
        step("generate", &sandbox, "input", both).exits(0).prints_only(&wanted);
    }
    assert!(!sandbox.has("output"), "generate writes nothing");
}

fn the_application_of_the_manual_is_generated() {
    let plugin = yaml("plugin.yaml");
    let application = yaml("application.yaml");
    let named =
        format!("{}-{}", plugin["metadata"]["name"].as_str().unwrap(), plugin["spec"]["version"].as_str().unwrap());
    let source = &application["spec"]["source"];
    assert_eq!(source["plugin"]["name"], named.as_str());
    // An empty result must not be taken for the whole truth, and an empty one is no success either.
    assert_eq!(application["spec"]["syncPolicy"]["automated"]["allowEmpty"], false);
    let sandbox = Sandbox::empty();
    for (name, text) in sample() {
        sandbox.write(&name, text);
    }
    let path = source["path"].as_str().expect("a path");
    let wanted = sandbox.run("compile --stdout --cluster prod-eu").exits(0).stdout;
    step("generate", &sandbox, path, source["plugin"]["parameters"].clone()).exits(0).prints_only(&wanted);
    step("discover", &sandbox, path, source["plugin"]["parameters"].clone()).exits(0).prints(".yaml");
}

/// The files of the sample.
fn sample() -> BTreeMap<String, Vec<u8>> {
    let root = crate::root();
    let files = walkdir::WalkDir::new(root.join("input")).into_iter().map(|entry| entry.expect("an entry"));
    let files = files.filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| (crate::case::relative(entry.path(), root), std::fs::read(entry.path()).expect("a file")))
        .collect()
}

fn options_win() {
    let sandbox = two_clusters();
    let wanted = sandbox.run("compile --stdout --cluster lab").exits(0).stdout;
    let mut command = command("generate", &sandbox, ".", Some(parameter("cluster", "prod")));
    run(command.args(["--cluster", "lab"])).exits(0).prints_only(&wanted);
    sandbox.write("other/note.txt", "");
    let parameters = json!([{"name": "input", "string": "other"}, {"name": "cluster", "string": "lab"}]);
    let mut command = self::command("generate", &sandbox, ".", Some(parameters));
    run(command.args(["--input", "input"])).exits(0).prints_only(&wanted);
}

fn a_day_is_a_parameter() {
    const GRANT: &str = "name: user-ada-example-org-clusterrole-edit";
    let sandbox = Sandbox::new();
    sandbox.write("input/vision.yaml", tenant("vision", "{contributors: [{user: ada, until: 2027-03-31}]}"));
    let on = |day: &str| step("generate", &sandbox, ".", parameter("asOf", day)).exits(0);
    let said = "2027-03-31 (the parameter `asOf`)";
    on("2027-03-31").prints(GRANT).says(said);
    assert!(!on("2027-04-01").stdout.contains(GRANT), "the grant has ended");
    let mut command = command("generate", &sandbox, ".", Some(parameter("asOf", "2027-04-01")));
    run(command.args(["--as-of", "2027-03-31"])).exits(0).prints(GRANT).says("(--as-of)");
}

fn only_here_parameters_are_read() {
    let sandbox = two_clusters();
    let wanted = sandbox.run("compile --stdout --cluster lab").exits(0).stdout;
    let mut command = sandbox.command("compile --stdout --cluster lab");
    command.env("ARGOCD_APP_PARAMETERS", parameter("cluster", "prod").to_string()).env("PARAM_CLUSTER", "prod");
    run(&mut command).exits(0).prints_only(&wanted);
}

fn an_inventory_is_discovered() {
    let sandbox = two_clusters();
    run(&mut command("discover", &sandbox, ".", None)).exits(0).prints_only("audio.yaml\n").says_nothing();
    step("discover", &sandbox, "input", parameter("input", ".")).exits(0).prints_only("audio.yaml\n");
    // What is wrong with it, `generate` says.
    sandbox.write("input/audio.yaml", tenant("audio", "{owner: nobody}"));
    step("discover", &sandbox, ".", Value::Null).exits(0).prints_only("audio.yaml\n");
}

fn nothing_else_is_discovered() {
    let sandbox = Sandbox::compiled();
    let nothing = |folder: &str, parameters: Value| {
        step("discover", &sandbox, folder, parameters).exits(0).prints_only("").says_nothing();
    };
    nothing("output/prod/tenants", Value::Null);
    nothing("output", json!([]));
    nothing(".", parameter("input", "output"));
    nothing(".", parameter("input", "../.."));
    nothing(".", parameter("values-files", "of another plugin"));
    for other in ["kustomization.yaml", "Chart.yaml"] {
        sandbox.write(other, "");
        nothing(".", Value::Null);
        sandbox.remove(other);
    }
    run(&mut command("discover", &sandbox, ".", None)).exits(0).prints(".yaml");
}

fn clusters_are_announced() {
    let announced = |sandbox: &Sandbox| -> Value {
        let run = run(&mut command("parameters", sandbox, ".", None)).exits(0);
        serde_json::from_str(&run.stdout).expect("JSON")
    };
    let one = announced(&Sandbox::new());
    assert_eq!([&one[0]["name"], &one[0]["string"]], ["cluster", "prod"]);
    assert_eq!(one[0]["required"], false);
    let two = announced(&two_clusters());
    assert_eq!(two[0]["required"], true);
    assert!(two[0]["tooltip"].as_str().expect("a text").ends_with("lab, prod"), "{two}");
    assert_eq!(two[0].get("string"), None);
}

fn failures_print_no_manifest() {
    let sandbox = two_clusters();
    let fails = |parameters: Value, code: i32, words: &str| {
        step("generate", &sandbox, ".", parameters).exits(code).prints_only("").says(words);
    };
    fails(Value::Null, 2, "choose one with the parameter `cluster`: lab, prod");
    fails(parameter("cluster", "nix"), 2, "`nix` is not declared");
    fails(parameter("Cluster", "prod"), 2, "there is no parameter `Cluster`");
    fails(json!([{"name": "cluster", "array": ["prod"]}]), 2, "give it as `string`");
    fails(json!({"cluster": "prod"}), 2, "no list of parameters");
    fails(parameter("asOf", "31.3.2027"), 2, "the parameter `asOf` is `31.3.2027`");
    fails(parameter("input", "inventory"), 2, "the path of the Application, which is `.`");
    let mut mistaken = command("generate", &sandbox, ".", Some(parameter("cluster", "prod")));
    run(mistaken.env("ARGOCD_ENV_CLUSTER", "lab")).exits(2).prints_only("").says("spec.source.plugin.parameters");
    // Nothing is no success.
    sandbox.remove("input/audio.yaml");
    fails(parameter("cluster", "lab"), 2, "no tenant has a namespace");
    // The one guard that needs no before.
    sandbox.write("input/audio.yaml", tenant("audio", "{clusters: [lab]}"));
    sandbox.replace("input/lab.yaml", "minAdmins: 1", "minAdmins: 2");
    fails(parameter("cluster", "lab"), 3, "too-few-admins");
    sandbox.write("input/audio.yaml", tenant("audio", "{clusters: [lab], owner: eve}"));
    fails(parameter("cluster", "prod"), 2, "unknown-user");
}

fn nothing_outside_is_read() {
    let sandbox = two_clusters();
    sandbox.write("apps/note.txt", "");
    for outside in ["../input", "/", "/etc", "../apps/../input"] {
        let parameters = json!([{"name": "input", "string": outside}, {"name": "cluster", "string": "lab"}]);
        step("generate", &sandbox, "apps", parameters)
            .exits(2)
            .prints_only("")
            .says("outside of the Application's folder");
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("../input", sandbox.path("apps/input")).expect("a link");
        step("generate", &sandbox, "apps", parameter("cluster", "lab")).exits(2).prints_only("").says("outside of");
        step("discover", &sandbox, "apps", Value::Null).exits(0).prints_only("");
    }
}

fn the_image_holds_what_the_sidecar_needs() {
    let text = text("Dockerfile").replace("\\\n", " ");
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
    let of = |name: &str| lines.iter().filter(|line| line.first() == Some(&name)).collect::<Vec<_>>();
    assert_eq!(of("FROM"), [&["FROM", "scratch"]]);
    assert_eq!(of("USER"), [&["USER", "999:999"]]);
    assert!(of("RUN").is_empty(), "there is no shell to run anything");
    assert_eq!(of("ENTRYPOINT"), [&["ENTRYPOINT", "[\"/usr/local/bin/tenantry\"]"]]);
    // The commands of the plugin are looked for on this PATH.
    assert_eq!(of("ENV"), [&["ENV", "PATH=/usr/local/bin"]]);
    let copied: Vec<&[&str]> = of("COPY").iter().map(|line| &line[2..]).collect();
    let program: &[&str] = &["tenantry", "/usr/local/bin/tenantry"];
    let plugin: &[&str] = &["plugin.yaml", "/home/argocd/cmp-server/config/plugin.yaml"];
    assert!(copied.contains(&program) && copied.contains(&plugin), "{copied:?}");
}

fn the_sidecar_is_the_image() {
    let patch = yaml("repo-server.yaml");
    let pod = &patch["spec"]["template"]["spec"];
    let sidecar = &pod["containers"][0];
    assert_eq!(sidecar["image"], concat!("ghcr.io/tenantry/tenantry:v", env!("CARGO_PKG_VERSION")));
    assert!(text("README.md").contains(concat!("?ref=v", env!("CARGO_PKG_VERSION"))));
    let manual = std::fs::read_to_string(crate::root().join("README.md")).expect("the README");
    assert!(
        manual.contains(concat!("[tenantry==", env!("CARGO_PKG_VERSION"), "]")),
        "the README's hook is of another version"
    );
    assert_eq!(words(&sidecar["command"]), ["/var/run/argocd/argocd-cmp-server"]);
    let security = &sidecar["securityContext"];
    assert_eq!(security["runAsUser"], 999);
    for (field, value) in
        [("runAsNonRoot", true), ("readOnlyRootFilesystem", true), ("allowPrivilegeEscalation", false)]
    {
        assert_eq!(security[field], value, "{field}");
    }
    let mounts = sidecar["volumeMounts"].as_array().expect("mounts");
    let mounts: BTreeMap<&str, &str> =
        mounts.iter().map(|it| (it["mountPath"].as_str().unwrap(), it["name"].as_str().unwrap())).collect();
    assert_eq!(mounts["/var/run/argocd"], "var-files");
    assert_eq!(mounts["/home/argocd/cmp-server/plugins"], "plugins");
    // Its own: the one of the repo-server would let a repository reach it.
    assert_eq!(mounts["/tmp"], pod["volumes"][0]["name"].as_str().unwrap());
    assert_ne!(mounts["/tmp"], "tmp");
}

fn the_component_builds() {
    if Command::new("kustomize").arg("version").output().is_err() {
        assert!(!tools_are_required(), "kustomize is not on the PATH");
        return;
    }
    let sandbox = Sandbox::empty();
    for name in ["kustomization.yaml", "repo-server.yaml"] {
        sandbox.write(&format!("plugin/{name}"), text(name));
    }
    sandbox.write(
        "kustomization.yaml",
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [deployment.yaml]\ncomponents: [plugin]\n",
    );
    sandbox.write(
        "deployment.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: argocd-repo-server}\nspec:\n  selector: {matchLabels: {a: b}}\n  template:\n    metadata: {labels: {a: b}}\n    spec:\n      containers: [{name: argocd-repo-server, image: argocd}]\n      volumes: [{name: var-files, emptyDir: {}}, {name: plugins, emptyDir: {}}, {name: tmp, emptyDir: {}}]\n",
    );
    let built = Command::new("kustomize").arg("build").current_dir(sandbox.path(".")).output().expect("kustomize");
    let built = Run::of(built).exits(0);
    let deployment: Value = serde_yaml::from_str(&built.stdout).expect("YAML");
    let pod = &deployment["spec"]["template"]["spec"];
    let names = |list: &Value| -> Vec<String> {
        let mut names: Vec<String> =
            list.as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    };
    assert_eq!(names(&pod["containers"]), ["argocd-repo-server", "tenantry"]);
    assert_eq!(names(&pod["volumes"]), ["plugins", "tenantry-cmp-tmp", "tmp", "var-files"]);
}
