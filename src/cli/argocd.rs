//! tenantry as a Config Management Plugin of Argo CD: the commands that its sidecar calls, without a shell between.
//!
//! What Argo CD does and promises: docs/operator-manual/config-management-plugins.md of argoproj/argo-cd.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use serde::Deserialize;
use serde_json::{Value, json};
use tenantry::driver::analyse;
use tenantry::parse::API_VERSION;
use tenantry::parse::value::parse_date;

use super::args::{Common, Compile, LayoutChoice};
use super::clock::{self, AsOf};
use super::compile::{self, Asked};
use super::console::Console;
use super::exit::Exit;
use super::read::{self, reason, shown_path};

/// Where Argo CD puts `spec.source.plugin.parameters`, as JSON. `PARAM_…` says the same with less: `asOf` and `ASOF` are
/// one name there.
const PARAMETERS: &str = "ARGOCD_APP_PARAMETERS";

/// The path of an Application in its repository.
const SOURCE_PATH: &str = "ARGOCD_APP_SOURCE_PATH";

/// What `spec.source.plugin.env` with names of our parameters becomes. Whoever writes that means a parameter.
const MISTAKEN: [(&str, &str); 4] = [
    ("ARGOCD_ENV_INPUT", "input"),
    ("ARGOCD_ENV_CLUSTER", "cluster"),
    ("ARGOCD_ENV_ASOF", "asOf"),
    ("ARGOCD_ENV_AS_OF", "asOf"),
];

/// Files that make a folder something else: Argo CD asks every plugin about every Application that names no tool, and
/// takes the first that says yes.
const OTHERS: [&str; 4] = ["kustomization.yaml", "kustomization.yml", "Kustomization", "Chart.yaml"];

/// The steps of a Config Management Plugin.
#[derive(Debug, Subcommand)]
pub enum Step {
    /// Print the tenants' manifests of one cluster
    Generate(Source),
    /// Print the first file of an inventory, if the Application's folder has one; else nothing, with status 0
    Discover(Source),
    /// Print which parameters there are to choose, as JSON
    Parameters(Source),
}

/// What to read. Options win over the Application's parameters.
#[derive(Debug, Args)]
pub struct Source {
    /// The inventory, in the Application's folder [default: the parameter `input`, else `input`]
    #[arg(long, value_name = "DIR")]
    input: Option<String>,

    /// The cluster, if the inventory has several [default: the parameter `cluster`]
    #[arg(long, value_name = "NAME")]
    cluster: Option<String>,
}

/// Runs a step in the working directory, which is the Application's folder.
pub fn run(step: &Step, common: &Common, console: &Console) -> Result<Exit> {
    match step {
        Step::Generate(source) => generate(source, common, console),
        Step::Discover(source) => discover(source, console),
        Step::Parameters(source) => announce(source, common, console),
    }
}

fn generate(source: &Source, common: &Common, console: &Console) -> Result<Exit> {
    for (variable, parameter) in MISTAKEN {
        if std::env::var_os(variable).is_some() {
            bail!("{variable} is not read; give it in `spec.source.plugin.parameters`, as `{parameter}`");
        }
    }
    let parameters = Parameters::read()?;
    let as_of = as_of(common, &parameters)?;
    let options = Compile {
        input: folder(source, &parameters)?,
        output: PathBuf::from("output"),
        cluster: source.cluster.clone().or(parameters.cluster).into_iter().collect(),
        stdout: true,
        check: false,
        allow_removal: Vec::new(),
        layout: LayoutChoice::Plain,
        allow_reshard: false,
    };
    compile::at(&options, as_of, Asked::Argocd, console)
}

/// Says yes only where `generate` would read an inventory, and where no other tool is at home. What is wrong with it is
/// for `generate` to say.
fn discover(source: &Source, console: &Console) -> Result<Exit> {
    if OTHERS.iter().any(|name| Path::new(name).exists()) {
        return Ok(Exit::Done);
    }
    // The parameters may be meant for another plugin.
    let Ok(folder) = Parameters::read().and_then(|parameters| folder(source, &parameters)) else {
        return Ok(Exit::Done);
    };
    let input = read::read(&folder);
    let ours = |text: &str| text.lines().any(|line| line.contains("apiVersion") && line.contains(API_VERSION));
    if let Some((_, file)) = input.sources.files().find(|(_, file)| ours(file.text())) {
        console.result(&format!("{}\n", tenantry::report::escape::terminal(file.path())))?;
    }
    Ok(Exit::Done)
}

/// The announcement of `cluster`, which depends on the inventory. The others are in `plugin.yaml`.
fn announce(source: &Source, common: &Common, console: &Console) -> Result<Exit> {
    let parameters = Parameters::read()?;
    let as_of = as_of(common, &parameters)?;
    let read::Input { sources, found, .. } = read::read(&folder(source, &parameters)?);
    let clusters: Vec<String> = analyse(&sources, found, as_of.date, |outcome| {
        outcome.inventory.platforms().map(|(_, platform)| platform.name.to_string()).collect()
    });
    let mut cluster = json!({
        "name": "cluster",
        "title": "Cluster",
        "tooltip": format!("The Platform whose tenants are wanted. The inventory has: {}", clusters.join(", ")),
        "required": clusters.len() > 1,
        "itemType": "string",
        "collectionType": "string",
    });
    if let ([only], Some(cluster)) = (&clusters[..], cluster.as_object_mut()) {
        cluster.insert("string".to_owned(), Value::from(only.as_str()));
    }
    console.result(&format!("{}\n", Value::from(vec![cluster])))?;
    Ok(Exit::Done)
}

/// The day of `--as-of`, else of the parameter, else as for every command.
fn as_of(common: &Common, parameters: &Parameters) -> Result<AsOf> {
    match (&common.as_of, &parameters.as_of) {
        (None, Some(day)) => match parse_date(day) {
            Ok(date) => Ok(AsOf { date, source: "the parameter `asOf`" }),
            Err(reason) => bail!("the parameter `asOf` is `{day}`: {reason}; write a day as YYYY-MM-DD"),
        },
        (option, _) => clock::as_of(option.as_deref()),
    }
}

/// The folder of the inventory. Whoever may write an Application may not read what else the sidecar has, such as the
/// repositories of others, so it lies in the Application's folder when every link is followed.
fn folder(source: &Source, parameters: &Parameters) -> Result<PathBuf> {
    let name = source.input.as_deref().or(parameters.input.as_deref()).unwrap_or("input");
    let path = PathBuf::from(name);
    let real = match path.canonicalize() {
        Ok(real) => real,
        Err(error) => bail!(
            "the inventory `{name}` cannot be read: {}; `input` names a folder in the path of the Application, which is `{}`",
            reason(&error),
            std::env::var(SOURCE_PATH).unwrap_or_else(|_| ".".to_owned()),
        ),
    };
    let root = Path::new(".").canonicalize().context("the working directory")?;
    if !real.starts_with(&root) {
        bail!("the inventory `{}` lies outside of the Application's folder", shown_path(&path));
    }
    Ok(path)
}

/// The parameters of an Application.
#[derive(Debug, Default, PartialEq, Eq)]
struct Parameters {
    input: Option<String>,
    cluster: Option<String>,
    as_of: Option<String>,
}

/// One as Argo CD sends it.
#[derive(Deserialize)]
struct Sent {
    name: String,
    string: Option<String>,
    array: Option<Value>,
    map: Option<Value>,
}

impl Parameters {
    /// Those of the environment; without any, none.
    fn read() -> Result<Parameters> {
        match std::env::var(PARAMETERS) {
            Ok(text) => Parameters::parse(&text).context("spec.source.plugin.parameters"),
            Err(std::env::VarError::NotPresent) => Ok(Parameters::default()),
            Err(std::env::VarError::NotUnicode(_)) => bail!("{PARAMETERS} is not UTF-8"),
        }
    }

    /// An empty text stands for none: the page of Argo CD leaves one where somebody cleared a field.
    fn parse(text: &str) -> Result<Parameters> {
        let mut parameters = Parameters::default();
        if text.trim().is_empty() {
            return Ok(parameters);
        }
        let sent: Option<Vec<Sent>> =
            serde_json::from_str(text).context("what Argo CD sent is no list of parameters")?;
        let mut seen = Vec::new();
        for parameter in sent.unwrap_or_default() {
            let name = parameter.name;
            let slot = match name.as_str() {
                "input" => &mut parameters.input,
                "cluster" => &mut parameters.cluster,
                "asOf" => &mut parameters.as_of,
                _ => bail!("there is no parameter `{name}`; there are `input`, `cluster` and `asOf`"),
            };
            if parameter.array.is_some() || parameter.map.is_some() {
                bail!("the parameter `{name}` is one text: give it as `string`");
            }
            if seen.contains(&name) {
                bail!("the parameter `{name}` is given twice");
            }
            seen.push(name);
            *slot = parameter.string.filter(|text| !text.is_empty());
        }
        Ok(parameters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_sent_is_no_parameter() {
        for text in ["", " ", "null", "[]", r#"[{"name": "input", "string": ""}, {"name": "cluster"}]"#] {
            let read = Parameters::parse(text).expect(text);
            assert_eq!(read, Parameters::default(), "{text}");
        }
    }

    #[test]
    fn every_parameter_has_its_place() {
        let text = r#"[{"name":"cluster","string":"lab"},{"name":"asOf","string":"2026-11-22"},{"name":"input","string":"."}]"#;
        let Parameters { input, cluster, as_of } = Parameters::parse(text).expect("parameters");
        assert_eq!([input, cluster, as_of], [".", "lab", "2026-11-22"].map(|text| Some(text.to_owned())));
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for (text, words) in [
            ("{}", "no list"),
            (r#"[{"name": "inptu", "string": "x"}]"#, "no parameter `inptu`"),
            (r#"[{"name": "cluster", "array": ["lab"]}]"#, "give it as `string`"),
            (r#"[{"name": "cluster", "map": {}}]"#, "give it as `string`"),
            (r#"[{"name": "input", "string": "a"}, {"name": "input", "string": ""}]"#, "given twice"),
        ] {
            let error = Parameters::parse(text).expect_err(text);
            assert!(format!("{error:#}").contains(words), "{text}: {error:#}");
        }
    }
}
