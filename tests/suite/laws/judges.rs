//! Programs that share no code with the compiler judge what it writes. `tests/tools/README.md` tells how to get them.
//!
//! A judge that is not there is named and skipped; with `TENANTRY_REQUIRE_TOOLS=1` it is missed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use libtest_mimic::Failed;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::Value;
use walkdir::WalkDir;

use super::compile::{Compiled, compile_files};
use super::generate::{DEEP, TODAY, inventories};
use super::mutation::sample;
use super::print::arrange;

/// How many generated inventories are judged.
const GENERATED: usize = 24;

/// A program that judges, and how to find out whether it can.
struct Judge {
    /// What to run, and the script.
    command: [&'static str; 2],
    /// A run that succeeds if everything is installed.
    probe: &'static [&'static str],
}

const READERS: [Judge; 2] = [
    Judge {
        command: ["python3", "tests/tools/readers/read_yaml.py"],
        probe: &["python3", "-c", "import ruamel.yaml, yaml; yaml.CSafeLoader"],
    },
    Judge {
        command: ["node", "tests/tools/readers/read_yaml.mjs"],
        probe: &["node", "--input-type=module", "-e", "import 'js-yaml'; import 'yaml'"],
    },
];

const VALIDATOR: Judge = Judge {
    command: ["python3", "tests/tools/validate_objects.py"],
    probe: &["python3", "-c", "import jsonschema, kubernetes_validate, referencing, yaml"],
};

const KUSTOMIZE: Judge = Judge {
    command: ["python3", "tests/tools/kustomize_roundtrip.py"],
    probe: &[
        "python3",
        "-c",
        "import jsonschema, kubernetes_validate, shutil, yaml; assert shutil.which('kustomize') or shutil.which('kubectl')",
    ],
};

impl Judge {
    /// Whether it can work here. An error if it has to.
    fn is_ready(&self) -> Result<bool, Failed> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/readers");
        let probe = Command::new(self.probe[0])
            .args(&self.probe[1..])
            .current_dir(folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if probe.is_ok_and(|status| status.success()) {
            return Ok(true);
        }
        let missing = format!("{} lacks something; run `bash .ci/run --tools`", self.command[1]);
        if std::env::var_os("TENANTRY_REQUIRE_TOOLS").is_some_and(|it| it == "1") {
            return Err(missing.into());
        }
        eprintln!("skipped: {missing}");
        Ok(false)
    }

    /// Exit status, and what was printed.
    fn run(&self, arguments: &[&Path]) -> Result<(Option<i32>, String), Failed> {
        let mut command = Command::new(self.command[0]);
        command.arg(self.command[1]).current_dir(env!("CARGO_MANIFEST_DIR"));
        if self.command[1] == VALIDATOR.command[1]
            && let Some(folder) = std::env::var_os("TENANTRY_CRDS").filter(|it| !it.is_empty())
        {
            command.arg("--crds").arg(folder);
        }
        let output = command.args(arguments).output()?;
        let printed = [output.stdout, output.stderr].concat();
        Ok((output.status.code(), String::from_utf8_lossy(&printed).into_owned()))
    }

    /// Fails unless the judge finds nothing.
    fn accept(&self, arguments: &[&Path], what: &str) -> Result<(), Failed> {
        let (status, printed) = self.run(arguments)?;
        if status == Some(0) {
            return Ok(());
        }
        let printed: Vec<&str> = printed.lines().take(40).collect();
        Err(format!("{} on {what}: exit {status:?}\n{}", self.command[1], printed.join("\n")).into())
    }
}

fn compiled_sample() -> Compiled {
    compile_files(sample(), TODAY)
}

/// Output of the same inventories in every run, so that a failure can be seen again. `known` leaves out kinds that no
/// cluster knows.
fn generated(known: bool) -> Result<Vec<Compiled>, Failed> {
    let mut runner = TestRunner::deterministic();
    let strategy = inventories();
    let mut all = Vec::new();
    for seed in 0..GENERATED {
        let mut inventory = strategy.new_tree(&mut runner).map_err(|reason| reason.to_string())?.current();
        if known {
            inventory.platforms.iter_mut().for_each(|it| it.default_add_ons.retain(|name| name != DEEP));
            let tenants = inventory.tenants.iter_mut();
            let lists = tenants.flat_map(|it| {
                it.add_ons.iter_mut().chain(it.namespaces.iter_mut().filter_map(|it| it.add_ons.as_mut()))
            });
            lists.for_each(|names| names.retain(|name| name != DEEP));
        }
        all.push(compile_files(arrange(&inventory, seed as u64), TODAY));
    }
    Ok(all)
}

// --- readers ---

/// Every file of the sample, one by one.
pub fn readers_of_sample() -> Result<(), Failed> {
    let compiled = compiled_sample();
    let files =
        compiled.manifests.iter().map(|(path, made)| (path.clone(), compiled.files[path].clone(), made.clone()));
    ask_readers(&files.collect::<Vec<_>>())
}

/// All files of each generated inventory as one stream.
pub fn readers_of_generated() -> Result<(), Failed> {
    let stream = |(at, compiled): (usize, Compiled)| {
        let text = compiled.manifests.keys().map(|path| compiled.files[path].as_str()).collect::<String>();
        (format!("inventory {at}"), text, compiled.manifests.into_values().flatten().collect())
    };
    ask_readers(&generated(false)?.into_iter().enumerate().map(stream).collect::<Vec<_>>())
}

fn ask_readers(streams: &[(String, String, Vec<Value>)]) -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let (yaml, json) = (folder.path().join("found.yaml"), folder.path().join("wanted.json"));
    for reader in READERS {
        if !reader.is_ready()? {
            continue;
        }
        for (name, text, wanted) in streams {
            fs::write(&yaml, text)?;
            fs::write(&json, serde_json::to_string(wanted)?)?;
            reader.accept(&[&yaml, &json], name)?;
        }
    }
    Ok(())
}

/// A reader that never complains is no judge.
pub fn readers_of_wrong() -> Result<(), Failed> {
    let folder = tempfile::tempdir()?;
    let (yaml, json) = (folder.path().join("found.yaml"), folder.path().join("wanted.json"));
    fs::write(&yaml, "---\nanswer: no\n")?;
    fs::write(&json, r#"[{"answer": "no"}]"#)?;
    for reader in READERS {
        if reader.is_ready()? {
            let (status, printed) = reader.run(&[&yaml, &json])?;
            if status != Some(1) || printed.is_empty() {
                return Err(format!("{} takes `no` for the text: exit {status:?}", reader.command[1]).into());
            }
        }
    }
    Ok(())
}

// --- objects ---

/// Objects of the sample, cluster by cluster.
pub fn objects_of_sample() -> Result<(), Failed> {
    ask_about_clusters(&VALIDATOR, &[compiled_sample()])
}

/// Generated objects, cluster by cluster.
pub fn objects_of_generated() -> Result<(), Failed> {
    ask_about_clusters(&VALIDATOR, &generated(true)?[..GENERATED / 3])
}

/// What each platform compiles to, cluster by cluster, and equal files once. Objects of a group that has no published
/// schema are judged by Kubeflow's, whose fields they have.
pub fn objects_of_platforms() -> Result<(), Failed> {
    if !VALIDATOR.is_ready()? {
        return Ok(());
    }
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/ui/platform");
    let mut judged = BTreeSet::new();
    for cluster in WalkDir::new(cases).min_depth(3).max_depth(3).sort_by_file_name() {
        let cluster = cluster?;
        if cluster.path().parent().is_none_or(|parent| !parent.ends_with("output")) {
            continue;
        }
        let folder = tempfile::tempdir()?;
        let mut new = false;
        for file in WalkDir::new(cluster.path()) {
            let file = file?;
            let below = crate::case::relative(file.path(), cluster.path());
            let copy = folder.path().join(&below);
            if file.file_type().is_dir() {
                fs::create_dir_all(copy)?;
                continue;
            }
            let text = in_group_of_kubeflow(&fs::read_to_string(file.path())?);
            let body = text.split_once("---\n").map_or("", |(_, body)| body).to_owned();
            if !below.starts_with("platform/component/") && judged.insert(body) {
                fs::write(copy, text)?;
                new = true;
            }
        }
        if !new {
            continue;
        }
        VALIDATOR.accept(&[folder.path()], &cluster.path().display().to_string())?;
    }
    Ok(())
}

fn in_group_of_kubeflow(text: &str) -> String {
    let mut text = text.to_owned();
    for group in ["opendataology.org", "data.example.org"] {
        text = text.replace(&format!("apiVersion: {group}/v1alpha1"), "apiVersion: kubeflow.org/v1alpha1");
        text = text.replace(&format!("apiVersion: {group}/v1beta1"), "apiVersion: kubeflow.org/v1beta1");
        text = text.replace(&format!("apiVersion: {group}/v2"), "apiVersion: kubeflow.org/v1");
    }
    text
}

/// The sample through kustomize.
pub fn kustomize_of_sample() -> Result<(), Failed> {
    ask_about_clusters(&KUSTOMIZE, &[compiled_sample()])
}

/// Generated output through kustomize.
pub fn kustomize_of_generated() -> Result<(), Failed> {
    ask_about_clusters(&KUSTOMIZE, &generated(false)?[..GENERATED / 3])
}

/// Writes each output and asks about each cluster's folder.
fn ask_about_clusters(judge: &Judge, outputs: &[Compiled]) -> Result<(), Failed> {
    if !judge.is_ready()? {
        return Ok(());
    }
    for (at, compiled) in outputs.iter().enumerate() {
        let folder = tempfile::tempdir()?;
        let mut clusters: BTreeMap<&str, usize> = BTreeMap::new();
        for (path, text) in &compiled.files {
            let file = folder.path().join(path);
            fs::create_dir_all(file.parent().ok_or("a file has a folder")?)?;
            fs::write(file, text)?;
            *clusters.entry(path.split('/').next().unwrap_or("")).or_default() += 1;
        }
        for cluster in clusters.keys() {
            judge.accept(&[&folder.path().join(cluster)], &format!("inventory {at}, cluster {cluster}"))?;
        }
    }
    Ok(())
}
