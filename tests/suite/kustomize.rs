//! Real kustomize builds `platform/component` on top of a base that has the shape of the version's own.
//!
//! `tests/kustomize/<version>` stands in for the manifests of that version and those after it: same names, and the same
//! way from a ConfigMap to the pods. What counts is what arrives in the environment of the containers. kustomize is
//! taken from the PATH, else `kubectl kustomize`; without both the tests are skipped, or fail with
//! `TENANTRY_REQUIRE_TOOLS=1`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use jiff::civil::{Date, date};
use libtest_mimic::{Failed, Trial};
use serde::Deserialize;
use serde_json::Value;
use tenantry::driver::analyse;
use tenantry::release::{Distribution, Release};
use tenantry::render;
use tenantry::source::SourceMap;
use walkdir::WalkDir;

use crate::case::relative;

const AS_OF: Date = date(2026, 11, 22);

/// Folders of `tests/kustomize`, each with the first version that it stands in for.
const BASES: &[&str] = &["1.4", "1.9", "26.03.1"];

/// What the team writes: its base, and the component.
const OVERLAY: &str = "\
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [base]
components: [component]
";

/// One trial per version of Kubeflow and position of the switch, and one that shows that the bases can tell.
pub fn trials() -> Vec<Trial> {
    let mut trials = vec![Trial::test("kustomize/bases-have-the-switch-unset", bases_are_unset)];
    for release in Release::all(Distribution::Kubeflow) {
        for flow in ["enabled", "disabled"] {
            let name = format!("kustomize/{}-{flow}", release.version);
            trials.push(Trial::test(name, move || arrives(release, flow)));
        }
    }
    trials
}

/// The switch and the administrators reach the containers.
fn arrives(release: &Release, flow: &str) -> Result<(), Failed> {
    let Some(kustomize) = kustomize()? else { return Ok(()) };
    let folder = tempfile::tempdir()?;
    copy(&crate::root().join("tests/kustomize").join(base(release)), &folder.path().join("base"))?;
    fs::create_dir(folder.path().join("component"))?;
    fs::write(folder.path().join("component/kustomization.yaml"), component(release.version, flow)?)?;
    fs::write(folder.path().join("kustomization.yaml"), OVERLAY)?;
    let objects = build(kustomize, folder.path())?;
    let flow = if flow == "enabled" { "true" } else { "false" };
    let admins = if release.admin_list { "olga@example.org,root@example.org" } else { "olga@example.org" };
    let dashboard = environment(&objects, release.dashboard.name, release.dashboard.name)?;
    expect(&dashboard, "REGISTRATION_FLOW", flow)?;
    expect(&dashboard, "USERID_HEADER", "kubeflow-userid")?;
    for container in ["kfam", "manager"] {
        let environment = environment(&objects, "profiles-deployment", container)?;
        expect(&environment, "ADMIN", admins)?;
        expect(&environment, "USERID_HEADER", "kubeflow-userid")?;
    }
    Ok(())
}

/// Without the component the bases say neither `true` nor `false`, so that a component that does nothing is seen.
fn bases_are_unset() -> Result<(), Failed> {
    let Some(kustomize) = kustomize()? else { return Ok(()) };
    for base in BASES {
        let objects = build(kustomize, &crate::root().join("tests/kustomize").join(base))?;
        let name = if *base == "26.03.1" { "dashboard" } else { "centraldashboard" };
        expect(&environment(&objects, name, name)?, "REGISTRATION_FLOW", "unset")?;
        expect(&environment(&objects, "profiles-deployment", "kfam")?, "ADMIN", "")?;
    }
    Ok(())
}

/// The base that stands in for a version: the last one that is not newer.
fn base(release: &Release) -> &'static str {
    let all = Release::all(Distribution::Kubeflow);
    let rank = |version: &str| all.iter().position(|known| known.version == version);
    BASES.iter().rev().find(|base| rank(base) <= rank(release.version)).copied().unwrap_or(BASES[0])
}

/// The text of the component of a platform.
fn component(version: &str, flow: &str) -> Result<String, Failed> {
    let text = format!(
        "apiVersion: tenantry.dev/v1alpha1
kind: Platform
metadata: {{name: prod}}
spec: {{distribution: kubeflow, version: '{version}', owner: root, admins: [root, olga], registrationFlow: {flow}}}
---
apiVersion: tenantry.dev/v1alpha1
kind: Directory
metadata: {{name: corp}}
spec:
  users: [{{name: root, email: root@example.org}}, {{name: olga, email: olga@example.org}}]
---
apiVersion: tenantry.dev/v1alpha1
kind: Tenant
metadata: {{name: vision}}
spec: {{}}
"
    );
    let sources = SourceMap::new(vec![("inventory.yaml".to_owned(), text)]);
    let component = analyse(&sources, Vec::new(), AS_OF, |outcome| {
        let program = outcome.program.as_ref()?;
        let files = program.get().plans.iter().flat_map(render::platform_files);
        files.into_iter().find(|file| file.path.contains("/platform/component/")).map(|file| file.text)
    });
    component.ok_or_else(|| "the inventory has no component".into())
}

/// The kustomize that is there. An error if it has to be.
fn kustomize() -> Result<Option<&'static [&'static str]>, Failed> {
    const KNOWN: [&[&str]; 2] = [&["kustomize", "build"], &["kubectl", "kustomize"]];
    let works = |command: &&&[&str]| {
        let mut probe = Command::new(command[0]);
        probe.arg(if command[0] == "kubectl" { "kustomize" } else { "version" }).arg("--help");
        probe.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    };
    if let Some(command) = KNOWN.iter().find(works) {
        return Ok(Some(command));
    }
    let missing = "neither kustomize nor kubectl is there; run `bash .ci/run --tools`";
    if std::env::var_os("TENANTRY_REQUIRE_TOOLS").is_some_and(|it| it == "1") {
        return Err(missing.into());
    }
    eprintln!("skipped: {missing}");
    Ok(None)
}

fn build(kustomize: &[&str], folder: &Path) -> Result<Vec<Value>, Failed> {
    let output = Command::new(kustomize[0]).args(&kustomize[1..]).arg(folder).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let text = String::from_utf8(output.stdout)?;
    Ok(serde_yaml::Deserializer::from_str(&text).map(Value::deserialize).collect::<Result<_, _>>()?)
}

/// The environment of a container, as the kubelet would make it: ConfigMaps first, then what the container says itself.
fn environment(objects: &[Value], deployment: &str, container: &str) -> Result<BTreeMap<String, String>, Failed> {
    let found = find(objects, "Deployment", deployment)?;
    let containers = found.pointer("/spec/template/spec/containers").and_then(Value::as_array);
    let container = containers
        .and_then(|all| all.iter().find(|it| it["name"] == container))
        .ok_or_else(|| format!("{deployment} has no container {container}"))?;
    let mut environment = BTreeMap::new();
    for source in container["envFrom"].as_array().into_iter().flatten() {
        let name = source.pointer("/configMapRef/name").and_then(Value::as_str).unwrap_or_default();
        for (key, value) in find(objects, "ConfigMap", name)?["data"].as_object().into_iter().flatten() {
            environment.insert(key.clone(), value.as_str().unwrap_or("not a text").to_owned());
        }
    }
    for variable in container["env"].as_array().into_iter().flatten() {
        let (name, value) = (variable["name"].as_str(), variable["value"].as_str());
        environment.insert(name.unwrap_or_default().to_owned(), value.unwrap_or("not a text").to_owned());
    }
    Ok(environment)
}

/// The one object of a kind and name in the product's namespace.
fn find<'o>(objects: &'o [Value], kind: &str, name: &str) -> Result<&'o Value, Failed> {
    let found = objects.iter().find(|object| {
        let metadata = &object["metadata"];
        object["kind"] == kind && metadata["name"] == name && metadata["namespace"] == "kubeflow"
    });
    found.ok_or_else(|| format!("no {kind} {name} in the namespace kubeflow").into())
}

fn expect(environment: &BTreeMap<String, String>, name: &str, wanted: &str) -> Result<(), Failed> {
    match environment.get(name) {
        Some(value) if value == wanted => Ok(()),
        other => Err(format!("{name} is {other:?} in the container and not {wanted:?}").into()),
    }
}

fn copy(from: &Path, to: &Path) -> Result<(), Failed> {
    for entry in WalkDir::new(from).into_iter().filter_map(Result::ok) {
        let path = to.join(relative(entry.path(), from));
        if entry.file_type().is_dir() {
            fs::create_dir_all(path)?;
        } else {
            fs::copy(entry.path(), path)?;
        }
    }
    Ok(())
}
