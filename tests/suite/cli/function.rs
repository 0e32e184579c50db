//! The program as hosts call it, beyond what the cases in `tests/ui/krm` show: how it knows that it is a function, and
//! what it does with input that no host sends.

use std::io::{Read, Write};
use std::process::{Command, Stdio};

use super::Test;
use super::sandbox::{PEOPLE, PLATFORM, PROGRAM, Run, Sandbox, tenant};

pub const TESTS: &[Test] = &[
    ("bare_program_is_a_function", bare_program_is_a_function),
    ("known_commands_win", known_commands_win),
    ("legacy_generator_prints_documents", legacy_generator_prints_documents),
    ("legacy_transformer_keeps_what_it_got", legacy_transformer_keeps_what_it_got),
    ("legacy_failure_prints_nothing", legacy_failure_prints_nothing),
    ("legacy_ignores_further_words", legacy_ignores_further_words),
    ("needs_no_surroundings", needs_no_surroundings),
    ("inventory_stays_below_the_root", inventory_stays_below_the_root),
    ("package_is_found_from_anywhere", package_is_found_from_anywhere),
    ("folder_that_is_not_there_is_named", folder_that_is_not_there_is_named),
    ("a_namespace_of_others_is_seen", a_namespace_of_others_is_seen),
    ("objects_are_those_of_compile", objects_are_those_of_compile),
    ("forms_of_a_list", forms_of_a_list),
    ("forms_of_a_configuration", forms_of_a_configuration),
    ("hostile_input_is_refused", hostile_input_is_refused),
    ("closed_stdout_is_a_quiet_failure", closed_stdout_is_a_quiet_failure),
    ("days_come_from_the_configuration", days_come_from_the_configuration),
    ("foreign_documents_of_ecp", foreign_documents_of_ecp),
    ("large_lists_pass", large_lists_pass),
];

/// A ResourceList with a configuration that names the folder `input`.
pub const LIST: &str = "\
apiVersion: config.kubernetes.io/v1
kind: ResourceList
functionConfig:
  apiVersion: tenantry.dev/v1alpha1
  kind: Tenantry
  metadata: {name: tenants}
  spec: {inventory: input}
items: []
";

/// The same configuration as a file.
pub const CONFIG: &str = "\
apiVersion: tenantry.dev/v1alpha1
argsOneLiner: some words
kind: Tenantry
metadata: {name: tenants}
spec: {inventory: input}
";

pub fn feed(command: &mut Command, stdin: impl AsRef<[u8]>) -> Run {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program can be started");
    let mut pipe = child.stdin.take().expect("stdin is a pipe");
    // Who refuses early does not read to the end.
    let _ = pipe.write_all(stdin.as_ref());
    drop(pipe);
    Run::of(child.wait_with_output().expect("the program ends"))
}

pub fn call(sandbox: &Sandbox, stdin: impl AsRef<[u8]>) -> Run {
    feed(&mut sandbox.command(""), stdin)
}

fn bare_program_is_a_function() {
    let sandbox = Sandbox::new();
    let bare = call(&sandbox, LIST).exits(0).says_nothing().prints("name: vision").stdout;
    feed(&mut sandbox.command("fn"), LIST).exits(0).prints_only(&bare);
    call(&sandbox, &bare).exits(0).prints_only(&bare);
    // With nothing at all, the bare program is a command line without a command.
    call(&sandbox, "").exits(2).says("Usage: tenantry").prints_only("");
    feed(&mut sandbox.command("fn"), "").exits(2).says("tenantry --help").prints("items: []");
}

pub fn plugin(sandbox: &Sandbox, words: &str) -> Command {
    let mut command = sandbox.command(words);
    command.env("KUSTOMIZE_PLUGIN_CONFIG_ROOT", sandbox.path("")).current_dir("/");
    command
}

fn known_commands_win() {
    let sandbox = Sandbox::new();
    sandbox.write("check", CONFIG);
    let mut command = sandbox.command("check --as-of 2026-11-22");
    command.env("KUSTOMIZE_PLUGIN_CONFIG_ROOT", sandbox.path(""));
    Run::of(command.output().expect("the program can be started")).exits(0).prints("2 tenants");
    let mut command = sandbox.command("");
    command.env("KUSTOMIZE_PLUGIN_CONFIG_ROOT", sandbox.path(""));
    feed(&mut command, LIST).exits(0).prints("kind: ResourceList");
}

fn legacy_generator_prints_documents() {
    let sandbox = Sandbox::new();
    sandbox.write("config", CONFIG);
    let path = sandbox.path("config").display().to_string();
    let run = feed(&mut plugin(&sandbox, &path), "").exits(0).says_nothing();
    let plain = sandbox.run("compile --stdout").exits(0).stdout;
    assert_eq!(unmarked(&run.stdout), values(&plain));
    assert!(!run.stdout.contains("ResourceList") && !run.stdout.contains("internal.config"), "{}", run.stdout);
}

fn legacy_transformer_keeps_what_it_got() {
    let sandbox = Sandbox::new();
    sandbox.write("config", CONFIG);
    let path = sandbox.path("config").display().to_string();
    let foreign = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: \"a\"\n  annotations:\n    \
                   kustomize.config.k8s.io/id: |\n      kind: ConfigMap\n";
    let second = "kind: Odd\napiVersion: example.org/v1\nmetadata: {name: b}\n";
    let once = feed(&mut plugin(&sandbox, &path), format!("{foreign}---\n{second}")).exits(0).stdout;
    assert!(once.starts_with(&format!("---\n{foreign}---\n{second}---\n")), "{once}");
    feed(&mut plugin(&sandbox, &path), &once).exits(0).prints_only(&once);
}

fn legacy_failure_prints_nothing() {
    let sandbox = Sandbox::new();
    sandbox.replace("input/vision.yaml", "user: ada", "user: adda");
    sandbox.write("config", CONFIG);
    let path = sandbox.path("config").display().to_string();
    let run = feed(&mut plugin(&sandbox, &path), "").exits(2).prints_only("");
    assert!(run.stderr.starts_with("error[unknown-user]: input/vision.yaml:4:"), "{}", run.stderr);
}

fn legacy_ignores_further_words() {
    let sandbox = Sandbox::new();
    sandbox.write("config", CONFIG);
    let path = sandbox.path("config").display().to_string();
    feed(&mut plugin(&sandbox, &format!("{path} --frobnicate some words")), "").exits(0).prints("name: vision");
}

fn needs_no_surroundings() {
    // The sandbox clears the environment: no HOME, no PATH.
    let sandbox = Sandbox::new();
    let before = sandbox.tree("");
    call(&sandbox, LIST).exits(0);
    assert!(before == sandbox.tree(""), "something was written");
}

fn inventory_stays_below_the_root() {
    let sandbox = Sandbox::new();
    let outside = Sandbox::new();
    let asks = |folder: &str| LIST.replace("inventory: input", &format!("inventory: \"{folder}\""));
    call(&sandbox, asks(&outside.path("input").display().to_string()))
        .exits(2)
        .says("outside-root")
        .prints("items: []");
    call(&sandbox, asks("input/../..")).exits(2).says("outside-root");
    call(&sandbox, asks("./input/../input")).exits(0);
    call(&sandbox, asks(&sandbox.path("input").display().to_string())).exits(0);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(outside.path("input"), sandbox.path("link")).expect("links can be made");
        call(&sandbox, asks("link")).exits(2).says("outside-root");
    }
}

fn package_is_found_from_anywhere() {
    let sandbox = Sandbox::new();
    let annotations = format!(
        "metadata: {{name: tenants, annotations: {{internal.config.kubernetes.io/package-path: \"{}\"}}}}",
        sandbox.path("").display()
    );
    let list = LIST.replace("metadata: {name: tenants}", &annotations);
    let elsewhere = Sandbox::empty();
    // A folder that is no package of kpt is none because somebody's object says so.
    call(&elsewhere, &list).exits(2).says("unreadable-file");
    let theirs = "items: [{apiVersion: v1, kind: ConfigMap, metadata: {name: x, annotations: {@: /}}}]"
        .replace('@', "internal.config.kubernetes.io/package-path");
    let input = sandbox.path("input").display().to_string();
    let asks = LIST.replace("inventory: input", &format!("inventory: {}", &input[1..])).replace("items: []", &theirs);
    call(&elsewhere, asks).exits(2).says("unreadable-file");
    sandbox.write("Kptfile", "apiVersion: kpt.dev/v1\nkind: Kptfile\nmetadata: {name: package}\n");
    call(&elsewhere, &list).exits(0).prints("name: vision");
    let outside = list.replace("inventory: input", "inventory: ..");
    call(&elsewhere, outside).exits(2).says("outside-root");
}

fn folder_that_is_not_there_is_named() {
    let sandbox = Sandbox::empty();
    let run = call(&sandbox, LIST).exits(2).says("unreadable-file");
    assert!(run.stderr.contains("/input`"), "{}", run.stderr);
}

/// A namespace is in no namespace, whatever is written.
fn a_namespace_of_others_is_seen() {
    let sandbox = Sandbox::new();
    let theirs = "items: [{apiVersion: v1, kind: Namespace, metadata: {name: vision, namespace: elsewhere}}]";
    call(&sandbox, LIST.replace("items: []", theirs)).exits(2).says("object-not-ours");
}

fn objects_are_those_of_compile() {
    let sandbox = Sandbox::new();
    let plain = values(&sandbox.run("compile --stdout").exits(0).stdout);
    let listed = call(&sandbox, LIST).exits(0).stdout;
    assert_eq!(unmarked(&listed), plain);
    let in_brackets = r#"{"apiVersion":"config.kubernetes.io/v1","kind":"ResourceList","items":[],
        "functionConfig":{"apiVersion":"tenantry.dev/v1alpha1","kind":"Tenantry","metadata":{"name":"t"},
        "spec":{"inventory":"input"}}}"#;
    let listed = call(&sandbox, in_brackets).exits(0).stdout;
    assert!(serde_json::from_str::<serde_json::Value>(&listed).is_ok(), "{listed}");
    assert_eq!(unmarked(&listed), plain);
}

/// The objects of a text, in their order.
fn values(text: &str) -> Vec<serde_json::Value> {
    use serde::Deserialize;
    let documents = serde_yaml::Deserializer::from_str(text).map(serde_json::Value::deserialize);
    documents.map(|value| value.expect("it is YAML")).collect()
}

/// The objects of an answer without the marks of function and host.
fn unmarked(text: &str) -> Vec<serde_json::Value> {
    let mut objects = values(text);
    if objects.len() == 1 {
        objects = objects[0]["items"].as_array().cloned().expect("a ResourceList has items");
    }
    for object in &mut objects {
        let metadata = object["metadata"].as_object_mut().expect("objects have metadata");
        let annotations = metadata["annotations"].as_object_mut().expect("each is marked");
        assert!(annotations.contains_key("tenantry.dev/config"));
        annotations.retain(|key, _| key != "tenantry.dev/config" && !key.starts_with("internal.config.kubernetes.io/"));
        if annotations.is_empty() {
            metadata.remove("annotations");
        }
    }
    objects
}

fn forms_of_a_list() {
    let sandbox = Sandbox::new();
    let foreign = "{apiVersion: v1, kind: ConfigMap, metadata: {name: 'a'}}";
    let versions = ["v1", "v1beta1", "v1alpha1"];
    for list in versions.map(|version| LIST.replace("io/v1\n", &format!("io/{version}\n"))) {
        let last = list.replace("items: []\n", "");
        let forms = [
            format!("\u{feff}{list}"),
            list.replace('\n', "\r\n"),
            format!("---\n{list}...\n"),
            format!("# a comment\n--- # another\n{list}"),
            last.clone(),
            format!("{last}items:\n"),
            format!("{last}items: null"),
            format!("items: ~ # none\n{last}"),
            format!("{last}items:\n- {foreign}"),
            format!("items:\n  - {foreign}\n{last}"),
            format!("{last}items: [{foreign}]\n"),
            format!("{last}\"items\":\n    - {foreign}\n\n# the end\n"),
            format!("{last}results: []\nitems: [\n  {foreign},\n]\n"),
            list.lines().map(|line| format!("  {line}\n")).collect(),
        ];
        for form in forms {
            let once = call(&sandbox, &form).exits(0).says_nothing().stdout;
            let list: serde_yaml::Value = serde_yaml::from_str(&once).unwrap_or_else(|it| panic!("{it}:\n{once}"));
            let items = list["items"].as_sequence().map_or(0, Vec::len);
            let foreigners = usize::from(form.contains(foreign));
            assert!(once.contains(foreign) == (foreigners == 1), "{once}");
            assert_eq!(items, 12 + foreigners, "{form:?}\n{once}");
            call(&sandbox, &once).exits(0).prints_only(&once);
        }
    }
}

fn forms_of_a_configuration() {
    let sandbox = Sandbox::new();
    let with = |config: &str| {
        format!("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nfunctionConfig:{config}\nitems: []\n")
    };
    let map = "\n  apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: function-input}\n  data:";
    call(&sandbox, with(&format!("{map} {{inventory: input}}"))).exits(0).prints("tenantry.dev/config: function-input");
    for config in ["", " null", " {}", map, &format!("{map} {{}}")] {
        let run = call(&sandbox, with(config));
        assert!(run.code == Some(2) && run.stdout.contains("results:"), "{config}: {}", run.stdout);
    }
    call(&sandbox, with(" [a]")).exits(2).says("wrong-type").prints("results:");
    call(&sandbox, with(" text")).exits(2).says("wrong-type").prints("results:");
    let deployment = "\n  apiVersion: apps/v1\n  kind: Deployment\n  metadata: {name: a}";
    call(&sandbox, with(deployment)).exits(2).says("unknown-kind");
    call(&sandbox, with(&format!("{map} {{inventry: input}}"))).exits(2).says("did you mean `inventory`?");
    let text = format!("{PLATFORM}---\n{PEOPLE}---\n{}", tenant("0123", "{}"));
    let indented: String = text.lines().map(|line| format!("      {line}\n")).collect();
    call(&sandbox, with(&format!("{map}\n    documents: |\n{indented}"))).exits(0).prints("name: \"0123\"");
    let several = format!("{PLATFORM}---\n{}", PLATFORM.replace("prod", "lab"));
    sandbox.write("input/platform.yaml", several);
    sandbox.write("input/vision.yaml", tenant("vision", "{clusters: [lab]}"));
    sandbox.write("input/audio.yaml", tenant("audio", "{clusters: [prod]}"));
    call(&sandbox, LIST).exits(2).says("name one with `cluster`");
    call(&sandbox, LIST.replace("inventory: input", "inventory: input, cluster: lab")).exits(0).prints("lab/tenants");
    call(&sandbox, LIST.replace("inventory: input", "inventory: input, cluster: lob")).exits(2).says("`lab`?");
}

fn hostile_input_is_refused() {
    let sandbox = Sandbox::new();
    let item = |text: &str| LIST.replace("items: []\n", &format!("items:\n- {text}\n"));
    let bomb = "a: &a [x, x, x, x, x, x, x, x]\n  b: &b [*a, *a, *a, *a, *a, *a, *a, *a]\n  c: [*b, *b, *b, *b]";
    call(&sandbox, item(bomb)).exits(0).prints(bomb);
    let refused = [
        (item(&format!("a: {}", "[".repeat(50_000))).into_bytes(), "too-deep"),
        (item("kind: A\n  kind: B").into_bytes(), "duplicate-key"),
        (item("apiVersion: v1\n  kind: A\n  metadata: {name: *x}").into_bytes(), "host-input"),
        (item("a text").into_bytes(), "host-input"),
        (item("a: 'b").into_bytes(), "yaml-syntax"),
        (format!("{LIST}---\n{LIST}").into_bytes(), "host-input"),
        (b"apiVersion: v1\nkind: List\nitems: []\n".to_vec(), "host-input"),
        (LIST.replace("config.kubernetes.io", "example.org").into_bytes(), "host-input"),
        ([LIST.as_bytes(), b"\xff\n"].concat(), "host-input"),
        (b"[]".to_vec(), "host-input"),
        (vec![0; 4096], "yaml-syntax"),
    ];
    for (stdin, code) in refused {
        let run = call(&sandbox, &stdin).exits(2).says(&format!("error[{code}]"));
        assert!(run.stdout.contains("ResourceList") && run.stdout.contains("results:"), "{}", run.stdout);
    }
    let long = "x".repeat(10 << 20);
    let run = call(&sandbox, item(&format!("a: {long}"))).exits(0);
    assert!(run.stdout.contains(&long));
}

fn closed_stdout_is_a_quiet_failure() {
    let sandbox = Sandbox::new();
    let many: String =
        (0..2000).map(|at| format!("- {{kind: A, apiVersion: v1, metadata: {{name: a{at}}}}}\n")).collect();
    sandbox.write("list.yaml", LIST.replace("items: []\n", &format!("items:\n{many}")));
    let mut command = Command::new(PROGRAM);
    let file = std::fs::File::open(sandbox.path("list.yaml")).expect("the file was written");
    command.current_dir(sandbox.path("")).stdin(file).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program can be started");
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().expect("stderr is a pipe").read_to_string(&mut said).expect("stderr is text");
    let status = child.wait().expect("the program ends");
    assert!(status.code() == Some(2) && said.is_empty(), "{status} {said}");
}

fn days_come_from_the_configuration() {
    let sandbox = Sandbox::new();
    sandbox.write("input/vision.yaml", tenant("vision", "{contributors: [{user: ada, until: 2026-11-22}]}"));
    let on = |day: &str| LIST.replace("inventory: input", &format!("inventory: input, asOf: {day}"));
    call(&sandbox, on("2026-11-22")).exits(0).says_nothing();
    let late = call(&sandbox, on("2026-11-23")).exits(0).says("warning[expired-grant]").stdout;
    feed(&mut sandbox.command("fn --as-of 2026-11-23"), on("2026-11-22")).exits(0).says("expired-grant");
    call(&sandbox, &late).exits(0).prints_only(&late);
    call(&sandbox, on("tomorrow")).exits(2).says("spec.asOf");
}

fn foreign_documents_of_ecp() {
    let sandbox = Sandbox::empty();
    let platform = PLATFORM.replace("kubeflow", "ecp");
    let items = |platform: &str| {
        let documents = [
            platform.to_owned(),
            PEOPLE.to_owned(),
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kubeflow-users-cm, namespace: vision}\ndata: {users: ada}\n"
                .to_owned(),
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\n".to_owned(),
        ];
        let entry = |text: &String| format!("- {}\n", text.trim_end().replace('\n', "\n  "));
        format!(
            "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems:\n{}",
            documents.iter().map(entry).collect::<String>()
        )
    };
    call(&sandbox, items(&platform)).exits(0).prints("name: user-ada-example-org-clusterrole-edit-");
    // On another distribution the same object is somebody else's.
    call(&sandbox, items(PLATFORM)).exits(2).says("no-namespaces");
}

/// 50 MB of other people's objects, in an address space of eight times that.
fn large_lists_pass() {
    let sandbox = Sandbox::new();
    let text = "x".repeat(4000);
    let many: String = (0..12_500)
        .map(|at| {
            format!("- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: a{at}\n  data:\n    a: {text}\n")
        })
        .collect();
    assert!(many.len() > 50_000_000);
    let mut command = if cfg!(target_os = "linux") {
        let mut shell = Command::new("/bin/sh");
        // What is limited is the address space, of which glibc sets 64 MiB aside for each thread without touching them.
        shell.args(["-c", "ulimit -v 400000 && exec \"$0\" fn", PROGRAM]).env("MALLOC_ARENA_MAX", "1");
        shell
    } else {
        let mut program = Command::new(PROGRAM);
        program.arg("fn");
        program
    };
    let list = LIST.replace("items: []\n", &format!("items:\n{many}"));
    let run = feed(command.current_dir(sandbox.path(".")), list).exits(0);
    assert!(run.stdout.contains(&many) && run.stdout.contains("kind: Profile"));
}
