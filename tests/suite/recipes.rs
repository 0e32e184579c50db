//! The recipes of the README as they stand there, copied by a machine and run with the real hosts on the README's own
//! sample. Only what would need a cluster is not done: `kubectl apply`.
//!
//! What is skipped, and when that is an error, is as in `hosts`.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use libtest_mimic::{Failed, Trial};

use crate::hosts::has;
use crate::root;

const PROGRAM: &str = env!("CARGO_BIN_EXE_tenantry");

/// What stands in for `kubectl`: everything but `apply` is done by the real one.
const KUBECTL: &str = "#!/bin/sh\n[ \"$1\" = apply ] && exit 0\nPATH=${PATH#*:} exec kubectl \"$@\"\n";

/// The sample's documents cannot all lie in a package: it has templates, and two clusters.
const PACKAGE: &[(&str, &str)] = &[
    (
        "platform.yaml",
        "kind: Platform\nmetadata:\n  name: prod-eu\n  LOCAL\nspec: {distribution: kubeflow, owner: root}\n",
    ),
    (
        "people.yaml",
        "kind: Directory\nmetadata: {name: people, LOCAL}\nspec:\n  users:\n    - {name: root, email: root@example.org}\n",
    ),
    (
        "tenant.yaml",
        "# A tenant.\nkind: Tenant\nmetadata:\n  name: vision\n  LOCAL\nspec: {contributors: [{serviceAccount: a/b}]}\n",
    ),
];

/// One trial per recipe.
pub fn trials() -> Vec<Trial> {
    type Recipe = fn() -> Result<(), Failed>;
    let recipes: [(&str, Recipe); 5] = [
        ("kustomize", kustomize),
        ("kubectl", kubectl),
        ("kpt-render", kpt_render),
        ("kpt-eval", kpt_eval),
        ("layout", layout),
    ];
    recipes.into_iter().map(|(name, recipe)| Trial::test(format!("recipes/{name}"), recipe)).collect()
}

/// The fenced blocks of the README behind some words, up to the next heading of a recipe: language and text.
fn blocks(words: &str) -> Result<Vec<(String, String)>, Failed> {
    let readme = fs::read_to_string(root().join("README.md"))?;
    let start = readme.find(words).ok_or_else(|| format!("the README does not say {words:?}"))?;
    let mut blocks: Vec<(String, String)> = Vec::new();
    let mut open = false;
    for line in readme[start..].lines().skip(1) {
        if !open && (line.starts_with("**") || line.starts_with("## ")) {
            break;
        }
        match (line.strip_prefix("```"), open) {
            (Some(language), false) => blocks.push((language.to_owned(), String::new())),
            (None, true) => {
                let text = &mut blocks.last_mut().ok_or("a block was opened")?.1;
                text.push_str(line);
                text.push('\n');
            }
            (Some(_), true) | (None, false) => {}
        }
        open ^= line.starts_with("```");
    }
    Ok(blocks)
}

fn block(blocks: &[(String, String)], language: &str, at: usize) -> Result<String, Failed> {
    let found = blocks.iter().filter(|(written, _)| written == language).nth(at);
    Ok(found.ok_or_else(|| format!("block {at} of {language} is not there"))?.1.clone())
}

/// Writes a file, and makes the folders that it needs.
pub fn write(path: &Path, text: &str) -> Result<(), Failed> {
    fs::create_dir_all(path.parent().unwrap_or(Path::new("/")))?;
    Ok(fs::write(path, text)?)
}

/// The PATH with a folder before everything else.
pub fn path_with(folder: &Path) -> OsString {
    let mut path = OsString::from(folder);
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_default());
    path
}

/// A folder with the sample, and the program on a PATH.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Result<Place, Failed> {
        let place = Place { folder: tempfile::tempdir()? };
        place.write("bin/kubectl", KUBECTL)?;
        let program = place.path("bin/tenantry");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::os::unix::fs::symlink(PROGRAM, program)?;
            fs::set_permissions(place.path("bin/kubectl"), fs::Permissions::from_mode(0o755))?;
        }
        #[cfg(not(unix))]
        fs::copy(PROGRAM, program)?;
        place.run("tenantry init tenants && cp -R tenants/input inventory")?;
        Ok(place)
    }

    fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    fn write(&self, below: &str, text: &str) -> Result<(), Failed> {
        write(&self.path(below), text)
    }

    /// Runs a script in which everything must succeed.
    fn run(&self, script: &str) -> Result<String, Failed> {
        let path = path_with(&self.path("bin"));
        let mut command = Command::new("bash");
        command.args(["-euo", "pipefail", "-c", script]).env("PATH", path).env("XDG_CONFIG_HOME", self.path("config"));
        // The day that the sample is checked by.
        command.env("SOURCE_DATE_EPOCH", "1795305600").current_dir(self.folder.path()).stdin(Stdio::null());
        let output = command.output()?;
        let (said, shown) = (String::from_utf8_lossy(&output.stderr), String::from_utf8_lossy(&output.stdout));
        if output.status.success() { Ok(shown.into_owned()) } else { Err(format!("{script}\n{said}\n{shown}").into()) }
    }

    /// Runs a script whose `verify` must have looked at something.
    fn verified(&self, script: &str) -> Result<(), Failed> {
        let shown = self.run(script)?;
        let verified = shown.contains("objects as the inventory asks for");
        if verified { Ok(()) } else { Err(format!("{script}\n{shown}").into()) }
    }
}

const KUSTOMIZATION: &str =
    "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\ngenerators: [tenants.yaml]\n";

fn kustomize() -> Result<(), Failed> {
    if !has("kustomize")? {
        return Ok(());
    }
    let place = Place::new()?;
    let blocks = blocks("**kustomize**, with `tenantry`")?;
    place.write("kustomization.yaml", KUSTOMIZATION)?;
    place.write("tenants.yaml", &block(&blocks, "yaml", 0)?)?;
    place.verified(&block(&blocks, "sh", 0)?)
}

fn kubectl() -> Result<(), Failed> {
    if !has("kubectl")? {
        return Ok(());
    }
    let place = Place::new()?;
    place.write("kustomization.yaml", KUSTOMIZATION)?;
    let with = block(&blocks("**kustomize**, with `tenantry`")?, "yaml", 0)?;
    let (before, annotated) = with.split_once("  annotations:\n").ok_or("the configuration has annotations")?;
    let (_, after) = annotated.split_once("spec:").ok_or("the configuration has a spec")?;
    place.write("tenants.yaml", &format!("{before}spec:{after}"))?;
    place.verified(&block(&blocks("**kubectl** runs no such function")?, "sh", 0)?)
}

fn kpt_render() -> Result<(), Failed> {
    if !has("kpt")? {
        return Ok(());
    }
    let place = Place::new()?;
    let blocks = blocks("**kpt**, in the pipeline")?;
    place.write("package/Kptfile", &block(&blocks, "yaml", 0)?)?;
    let local = "annotations: {config.kubernetes.io/local-config: \"true\"}";
    let config = format!("apiVersion: tenantry.dev/v1alpha1\nkind: Tenantry\nmetadata: {{name: tenants, {local}}}\n");
    place.write("package/tenantry.yaml", &config)?;
    for (name, text) in PACKAGE {
        let text = text.replace("LOCAL", local);
        place.write(&format!("package/{name}"), &format!("apiVersion: tenantry.dev/v1alpha1\n{text}"))?;
    }
    // Other people's objects are no part of the inventory.
    place.write("package/other.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: other}\n")?;
    let script = block(&blocks, "sh", 0)?;
    for _ in 0..2 {
        place.verified(&script)?;
    }
    place.run("tenantry check package")?;
    // Git's objects are read in the same way.
    place.run(
        "cd package && git init --quiet && git add -A && git -c user.name=a -c user.email=a commit --quiet -m a",
    )?;
    let review = place.run("cd package && tenantry diff . --base HEAD")?;
    if review.contains("none: the same objects") { Ok(()) } else { Err(review.into()) }
}

fn kpt_eval() -> Result<(), Failed> {
    if !has("kpt")? {
        return Ok(());
    }
    let place = Place::new()?;
    place.write("package/Kptfile", "apiVersion: kpt.dev/v1\nkind: Kptfile\nmetadata: {name: tenants}\n")?;
    let script = block(&blocks("**kpt**, in the pipeline")?, "sh", 1)?;
    (0..2).try_for_each(|_| place.verified(&script))?;
    // Inside of the package, in a folder that is no package.
    place.run("mkdir package/inventory && rm -r package/prod-eu")?;
    for (name, text) in PACKAGE {
        let text = text.replace("LOCAL", "annotations: {config.kubernetes.io/local-config: \"true\"}");
        place.write(&format!("package/inventory/{name}"), &format!("apiVersion: tenantry.dev/v1alpha1\n{text}"))?;
    }
    place.verified(&script.replace("=inventory", "=package/inventory").replace("--input inv", "--input package/inv"))
}

fn layout() -> Result<(), Failed> {
    if !has("kubectl")? {
        return Ok(());
    }
    let place = Place::new()?;
    let script = block(&blocks("**`kubectl apply -k` and everybody else")?, "sh", 0)?;
    place.verified(&format!("cd tenants\n{script}"))
}
