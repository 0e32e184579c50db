//! The recipes of the README, run with the real hosts: kustomize, kubectl and kpt. What comes out equals
//! `compile --stdout`, object by object, and each trap is shown.
//!
//! A program that is not there is skipped, or fails with `TENANTRY_REQUIRE_TOOLS=1`. kpt is always skipped then: no
//! package registry has it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use libtest_mimic::{Failed, Trial};
use serde::Deserialize;
use serde_json::Value;

use crate::recipes::{path_with, write};

const PROGRAM: &str = env!("CARGO_BIN_EXE_tenantry");

const KUSTOMIZATION: &str = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n";

const FUNCTION: &str = "\
apiVersion: tenantry.dev/v1alpha1
kind: Tenantry
metadata:
  name: tenants
  annotations:
    config.kubernetes.io/function: |
      exec:
        path: tenantry
spec: {inventory: input}
";

const PLUGIN: &str = "\
apiVersion: tenantry.dev/v1alpha1
kind: Tenantry
metadata: {name: tenants}
spec: {inventory: input}
";

const LOCAL: &str = "annotations: {config.kubernetes.io/local-config: \"true\"}";

const DOCUMENTS: &[(&str, &str)] = &[
    (
        "platform.yaml",
        "kind: Platform\nmetadata:\n  name: prod\n  @\nspec: {distribution: kubeflow, owner: root, gitops: {engine: none}}\n",
    ),
    (
        "people.yaml",
        "# Who is there.\nkind: Directory\nmetadata:\n  name: people\n  @\nspec:\n  users:\n    - {name: root, email: root@example.org}\n    - {name: \"0123\", email: ada@example.org}\n",
    ),
    ("tenant.yaml", "kind: Tenant\nmetadata:\n  name: vision\n  @\nspec:\n  contributors: [{user: \"0123\"}]\n"),
    ("other.yaml", "kind: Tenant\nmetadata:\n  name: \"012\"\n  @\nspec: {addOns: [limit-range, network-policy]}\n"),
];

/// One trial per recipe.
pub fn trials() -> Vec<Trial> {
    type Recipe = fn() -> Result<(), Failed>;
    let recipes: [(&str, Recipe); 12] = [
        ("kustomize-generator", kustomize_generator),
        ("kustomize-transformer", kustomize_transformer),
        ("kustomize-skips-silently", kustomize_skips_silently),
        ("kustomize-legacy-plugin", kustomize_legacy),
        ("kubectl-legacy-plugin", kubectl_legacy),
        ("kubectl-skips-silently", kubectl_skips_silently),
        ("kustomize-inline-scalars", inline_scalars),
        ("kustomize-layout", kustomize_layout),
        ("kubectl-layout", kubectl_layout),
        ("kpt-eval", kpt_eval),
        ("kpt-render", kpt_render),
        ("kpt-pipe", kpt_pipe),
    ];
    recipes.into_iter().map(|(name, recipe)| Trial::test(format!("hosts/{name}"), recipe)).collect()
}

/// A folder with an inventory, the program on a PATH, and a plugin home.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Result<Place, Failed> {
        let place = Place { folder: tempfile::tempdir()? };
        for (name, text) in DOCUMENTS {
            place.write(&format!("base/input/{name}"), &document(text, false))?;
        }
        fs::create_dir_all(place.path("bin"))?;
        fs::create_dir_all(place.path("home/tenantry.dev/v1alpha1/tenantry"))?;
        link(&place.path("bin/tenantry"))?;
        link(&place.path("home/tenantry.dev/v1alpha1/tenantry/Tenantry"))?;
        Ok(place)
    }

    fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    fn write(&self, below: &str, text: &str) -> Result<(), Failed> {
        write(&self.path(below), text)
    }

    /// Runs a program in the folder, with ours before everything else on the PATH.
    fn run(&self, words: &str) -> Result<Output, Failed> {
        let mut words = words.split_whitespace();
        let mut command = Command::new(words.next().unwrap_or_default());
        let path = path_with(&self.path("bin"));
        command.args(words).env("PATH", path).env("KUSTOMIZE_PLUGIN_HOME", self.path("home"));
        Ok(command.current_dir(self.folder.path()).stdin(Stdio::null()).output()?)
    }

    /// Runs a program that must succeed.
    fn succeed(&self, words: &str) -> Result<String, Failed> {
        let output = self.run(words)?;
        if !output.status.success() {
            return Err(format!("{words}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr)).into());
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// What came out equals what compile prints, and `verify` says so.
    fn compare(&self, rendered: &str) -> Result<(), Failed> {
        let plain = self.succeed("tenantry compile base/input --stdout")?;
        let (found, wanted) = (objects(rendered)?, objects(&plain)?);
        if found != wanted {
            return Err(format!("rendered:\n{rendered}\ncompiled:\n{plain}").into());
        }
        self.write("rendered.yaml", rendered)?;
        self.succeed("tenantry verify rendered.yaml --input base/input").map(|_| ())
    }

    /// What came out is not what was asked for, and `verify` says so.
    fn caught(&self, rendered: &str, words: &str) -> Result<(), Failed> {
        self.write("rendered.yaml", rendered)?;
        let output = self.run("tenantry verify rendered.yaml --input base/input")?;
        let said = String::from_utf8(output.stdout)?;
        let caught = output.status.code() == Some(1) && said.contains(words);
        if caught { Ok(()) } else { Err(format!("not caught: {said}").into()) }
    }
}

#[cfg(unix)]
fn link(at: &Path) -> Result<(), Failed> {
    Ok(std::os::unix::fs::symlink(PROGRAM, at)?)
}

#[cfg(not(unix))]
fn link(at: &Path) -> Result<(), Failed> {
    Ok(fs::copy(PROGRAM, at).map(|_| ())?)
}

fn document(text: &str, local: bool) -> String {
    let text = text.replace("  @\n", &if local { format!("  {LOCAL}\n") } else { String::new() });
    format!("apiVersion: tenantry.dev/v1alpha1\n{text}")
}

/// Objects without our mark, sorted.
fn objects(text: &str) -> Result<Vec<String>, Failed> {
    let mut objects = Vec::new();
    for value in serde_yaml::Deserializer::from_str(text).map(Value::deserialize) {
        let mut value = value?;
        let Some(metadata) = value["metadata"].as_object_mut() else { continue };
        if let Some(annotations) = metadata.get_mut("annotations").and_then(Value::as_object_mut) {
            annotations.remove("tenantry.dev/config");
            if annotations.is_empty() {
                metadata.remove("annotations");
            }
        }
        objects.push(value.to_string());
    }
    objects.sort();
    Ok(objects)
}

/// Whether a host is there. An error if it has to be.
pub fn has(program: &str) -> Result<bool, Failed> {
    let word = if program == "kubectl" { "--help" } else { "version" };
    let mut probe = Command::new(program);
    if probe.arg(word).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success()) {
        return Ok(true);
    }
    let missing = match program {
        "kpt" => "kpt is not there, and `.ci/run` cannot install it; the recipes for kpt were NOT run".to_owned(),
        _ => format!("{program} is not there; run `bash .ci/run --tools`"),
    };
    if program != "kpt" && std::env::var_os("TENANTRY_REQUIRE_TOOLS").is_some_and(|it| it == "1") {
        return Err(missing.into());
    }
    eprintln!("skipped: {missing}");
    Ok(false)
}

fn kustomize_generator() -> Result<(), Failed> {
    if !has("kustomize")? {
        return Ok(());
    }
    let place = Place::new()?;
    place.write("base/kustomization.yaml", &format!("{KUSTOMIZATION}generators: [tenants.yaml]\n"))?;
    place.write("base/tenants.yaml", FUNCTION)?;
    let rendered = place.succeed("kustomize build --enable-alpha-plugins --enable-exec base")?;
    place.compare(&rendered)?;
    // The trap: whatever stands above may move and rename what gives access.
    place.write("over/kustomization.yaml", &format!("{KUSTOMIZATION}resources: [../base]\nnamePrefix: dev-\n"))?;
    let renamed = place.succeed("kustomize build --enable-alpha-plugins --enable-exec over")?;
    place.caught(&renamed, "renamed  Profile vision, which came out as Profile dev-vision")?;
    place.write("base/input/tenant.yaml", "kind: Tenant\n")?;
    let output = place.run("kustomize build --enable-alpha-plugins --enable-exec base")?;
    let said = String::from_utf8(output.stderr)?;
    let told = !output.status.success() && said.contains("error[missing-field]: input/tenant.yaml:1:1:");
    if told { Ok(()) } else { Err(said.into()) }
}

fn kustomize_transformer() -> Result<(), Failed> {
    if !has("kustomize")? {
        return Ok(());
    }
    let place = Place::new()?;
    let text = format!("{KUSTOMIZATION}resources: [earlier.yaml, other.yaml]\ntransformers: [tenants.yaml]\n");
    place.write("base/kustomization.yaml", &text)?;
    place.write("base/tenants.yaml", FUNCTION)?;
    let earlier = place.succeed("tenantry compile base/input --stdout")?;
    let earlier = earlier.replace("  annotations:\n", "  annotations:\n    tenantry.dev/config: tenants\n");
    place.write(
        "base/earlier.yaml",
        earlier.split_inclusive("---\n").take(2).collect::<String>().trim_end_matches("---\n"),
    )?;
    place.write("base/other.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: \"0755\", namespace: a}\n")?;
    let rendered = place.succeed("kustomize build --enable-alpha-plugins --enable-exec base")?;
    let documents: Vec<&str> = rendered.split("---\n").filter(|text| !text.contains("0755")).collect();
    place.compare(&documents.join("---\n"))
}

fn kustomize_skips_silently() -> Result<(), Failed> {
    if !has("kustomize")? {
        return Ok(());
    }
    let place = Place::new()?;
    place.write("base/kustomization.yaml", &format!("{KUSTOMIZATION}generators: [tenants.yaml]\n"))?;
    place.write("base/tenants.yaml", FUNCTION)?;
    let rendered = place.succeed("kustomize build --enable-alpha-plugins base")?;
    place.caught(&rendered, "missing  Profile vision")
}

fn legacy(command: &str) -> Result<(), Failed> {
    let place = Place::new()?;
    place.write("base/kustomization.yaml", &format!("{KUSTOMIZATION}generators: [tenants.yaml]\n"))?;
    place.write("base/tenants.yaml", PLUGIN)?;
    let rendered = place.succeed(command)?;
    place.compare(&rendered)
}

fn kustomize_legacy() -> Result<(), Failed> {
    if has("kustomize")? { legacy("kustomize build --enable-alpha-plugins base") } else { Ok(()) }
}

fn kubectl_legacy() -> Result<(), Failed> {
    if has("kubectl")? { legacy("kubectl kustomize --enable-alpha-plugins base") } else { Ok(()) }
}

fn kubectl_skips_silently() -> Result<(), Failed> {
    if !has("kubectl")? {
        return Ok(());
    }
    let place = Place::new()?;
    place.write("base/kustomization.yaml", &format!("{KUSTOMIZATION}generators: [tenants.yaml]\n"))?;
    place.write("base/tenants.yaml", FUNCTION)?;
    let rendered = place.succeed("kubectl kustomize --enable-alpha-plugins base")?;
    place.caught(&rendered, "missing  Profile vision")
}

/// Compiled with `--layout kustomize`, a folder is a base that needs no plugin.
fn layout(command: &str) -> Result<(), Failed> {
    let place = Place::new()?;
    place.succeed("tenantry compile base/input --output output --layout kustomize")?;
    place.compare(&place.succeed(&format!("{command} output/prod/tenants"))?)
}

fn kustomize_layout() -> Result<(), Failed> {
    if has("kustomize")? { layout("kustomize build") } else { Ok(()) }
}

fn kubectl_layout() -> Result<(), Failed> {
    if has("kubectl")? { layout("kubectl kustomize") } else { Ok(()) }
}

/// Inline, kustomize makes 83 of 0123; it is refused, and quoted it arrives.
fn inline_scalars() -> Result<(), Failed> {
    if !has("kustomize")? {
        return Ok(());
    }
    let place = Place::new()?;
    place.write("base/kustomization.yaml", &format!("{KUSTOMIZATION}generators: [tenants.yaml]\n"))?;
    let mut config = PLUGIN.replace("spec: {inventory: input}\n", "spec:\n  documents:\n");
    for (_, text) in DOCUMENTS {
        let document = document(text, false);
        config.push_str(&format!("    - {}\n", document.trim_end().replace('\n', "\n      ")));
    }
    place.write("base/tenants.yaml", &config)?;
    place.compare(&place.succeed("kustomize build --enable-alpha-plugins base")?)?;
    place.write("base/tenants.yaml", &config.replace("name: \"0123\"", "name: 0123"))?;
    let output = place.run("kustomize build --enable-alpha-plugins base")?;
    let said = String::from_utf8(output.stderr)?;
    let told = said.contains("error[rewritten-scalar]: spec.documents[1].spec.users[1].name: `name` is a plain `83`");
    if told && !output.status.success() { Ok(()) } else { Err(said.into()) }
}

/// The manifests of a package, in one text.
fn packaged(place: &Place, folder: &str) -> Result<String, Failed> {
    let mut text = String::new();
    for name in ["012", "vision"] {
        let file = fs::read_to_string(place.path(&format!("{folder}/prod/tenants/{name}.yaml")))?;
        text.push_str(&format!("---\n{file}"));
    }
    Ok(text)
}

fn package(place: &Place, more: &str) -> Result<(), Failed> {
    let kptfile = format!("apiVersion: kpt.dev/v1\nkind: Kptfile\nmetadata:\n  name: package\n  {LOCAL}\n{more}");
    place.write("package/Kptfile", &kptfile)
}

fn kpt_eval() -> Result<(), Failed> {
    if !has("kpt")? {
        return Ok(());
    }
    let place = Place::new()?;
    package(&place, "")?;
    for _ in 0..2 {
        place.succeed("kpt fn eval package --exec tenantry -- inventory=base/input")?;
        place.compare(&packaged(&place, "package")?)?;
    }
    // The results reach a file.
    place
        .write("base/input/tenant.yaml", &document(DOCUMENTS[2].1, false).replace("user: \"0123\"", "user: nobody"))?;
    let output = place.run("kpt fn eval package --exec tenantry --results-dir results -- inventory=base/input")?;
    let results = fs::read_to_string(place.path("results/results.yaml"))?;
    let told = results.contains("code: unknown-user") && results.contains("path: base/input/tenant.yaml");
    if told && !output.status.success() { Ok(()) } else { Err(results.into()) }
}

fn kpt_render() -> Result<(), Failed> {
    if !has("kpt")? {
        return Ok(());
    }
    let place = Place::new()?;
    package(&place, "pipeline:\n  mutators:\n    - exec: tenantry\n      configPath: tenantry.yaml\n")?;
    let config = "apiVersion: tenantry.dev/v1alpha1\nkind: Tenantry\nmetadata:\n  name: tenants\n  @\n";
    place.write("package/tenantry.yaml", &config.replace('@', LOCAL))?;
    for (name, text) in DOCUMENTS {
        place.write(&format!("package/{name}"), &document(text, true))?;
    }
    for _ in 0..2 {
        place.succeed("kpt fn render package --allow-exec")?;
        place.compare(&packaged(&place, "package")?)?;
    }
    for (name, text) in DOCUMENTS {
        if fs::read_to_string(place.path(&format!("package/{name}")))? != document(text, true) {
            return Err(format!("kpt and we have changed {name}").into());
        }
    }
    // A tenant that vanishes unretired stays, and the package is left as it is.
    fs::remove_file(place.path("package/other.yaml"))?;
    let output = place.run("kpt fn render package --allow-exec")?;
    let said = String::from_utf8(output.stderr)?;
    if output.status.success() || !said.contains("unretired-removal") {
        return Err(said.into());
    }
    packaged(&place, "package").map(|_| ())
}

/// Between `kpt fn source` and `kpt fn sink` the bare program is a function.
fn kpt_pipe() -> Result<(), Failed> {
    if !has("kpt")? {
        return Ok(());
    }
    let place = Place::new()?;
    package(&place, "")?;
    let config =
        "apiVersion: tenantry.dev/v1alpha1\nkind: Tenantry\nmetadata: {name: tenants}\nspec: {inventory: base/input}\n";
    place.write("config.yaml", config)?;
    place.write("pipe", "set -eu\nkpt fn source package --fn-config config.yaml | tenantry | kpt fn sink \"$1\"\n")?;
    place.succeed("sh pipe once")?;
    place.compare(&packaged(&place, "once")?)?;
    let again = fs::read_to_string(place.path("pipe"))?.replace("source package", "source once");
    place.write("pipe", &again)?;
    place.succeed("sh pipe twice")?;
    if packaged(&place, "once")? == packaged(&place, "twice")? {
        Ok(())
    } else {
        Err("the second run changed what the first one made".into())
    }
}
