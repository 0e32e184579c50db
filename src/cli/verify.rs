//! `tenantry verify`: is what a host rendered what the inventory asks for?

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use tenantry::diag::catalog::counted;
use tenantry::diag::catalog::resolve as catalog;
use tenantry::driver::{Program, analyse};
use tenantry::krm::verify::{Difference, Rendered, Report, verify};
use tenantry::manifest::ObjectId;
use tenantry::plan::Plan;
use tenantry::render::layout;
use tenantry::report::escape;
use walkdir::WalkDir;

use super::args::{Common, Verify, VerifyFormat};
use super::check::name_day;
use super::clock;
use super::console::Console;
use super::exit::Exit;
use super::read::{self, Input, reason, shown_path};

/// Most objects of which the difference is shown.
const SHOWN: usize = 5;

/// Largest text that is read.
const LIMIT: u64 = 256 << 20;

/// Compares what was rendered with the inventory.
pub fn run(options: &Verify, common: &Common, console: &Console) -> Result<Exit> {
    let as_of = clock::as_of(common.as_of.as_deref())?;
    let rendered = rendered(&options.files)?;
    let Input { sources, found, prefix } = read::read(&options.input, console.meter());
    analyse(&sources, found, as_of.date, |mut outcome| {
        let Some(program) = outcome.program.take() else {
            console.diagnostics(&outcome.diagnostics, &sources, &prefix);
            return Ok(Exit::of(&outcome.diagnostics));
        };
        name_day(&outcome, as_of, console);
        let program = program.get();
        let plan = plan(program, options.cluster.as_deref())?;
        let cluster = program.inventory.platform(plan.platform).name.as_str();
        if plan.provisions.is_empty() {
            let nothing = [catalog::no_namespaces(&[&program.inventory.platform(plan.platform).name])];
            console.diagnostics(&nothing, &sources, &prefix);
            return Ok(Exit::Wrong);
        }
        let report = verify(program, plan, rendered);
        match options.format {
            VerifyFormat::Text => console.result(&text(&report))?,
            VerifyFormat::Json => console.result(&machine(&report, cluster)?)?,
        }
        name_others(&report, console);
        if report.found == 0 {
            console.error(
                "nothing came out at all: kubectl, and kustomize without `--enable-exec`, skip a function silently",
            );
        }
        Ok(if report.differences.is_empty() { Exit::Done } else { Exit::Different })
    })
}

fn plan<'p, 'i>(program: &'p Program<'i>, cluster: Option<&str>) -> Result<&'p Plan<'i>> {
    let name = |plan: &Plan<'i>| program.inventory.platform(plan.platform).name.as_str();
    let names: Vec<&str> = program.plans.iter().map(name).collect();
    match (cluster, &program.plans[..]) {
        (Some(cluster), plans) => plans.iter().find(|plan| name(plan) == cluster).with_context(|| {
            format!("the cluster `{cluster}` is not declared; the inventory has {}", names.join(", "))
        }),
        (None, [plan]) => Ok(plan),
        (None, _) => bail!("the inventory has several clusters; choose one with --cluster: {}", names.join(", ")),
    }
}

/// Everything that was rendered.
fn rendered(files: &[PathBuf]) -> Result<Rendered> {
    let mut rendered = Rendered::default();
    let mut add = |name: &str, text: &str| {
        rendered.add(name, text).map_err(|error| anyhow::anyhow!("`{name}` cannot be read as YAML: {error}"))
    };
    if files.is_empty() {
        let text = limited(io::stdin().lock()).context("stdin cannot be read")?;
        add("stdin", &text)?;
    }
    for file in files {
        for path in below(file)? {
            let name = shown_path(&path);
            let text = std::fs::File::open(&path).map_err(|error| error.into()).and_then(limited);
            add(&name, &text.with_context(|| format!("`{name}` cannot be read"))?)?;
        }
    }
    Ok(rendered)
}

fn limited(stream: impl Read) -> Result<String> {
    let mut bytes = Vec::new();
    stream.take(LIMIT + 1).read_to_end(&mut bytes).map_err(|error| anyhow::anyhow!("{}", reason(&error)))?;
    if bytes.len() as u64 > LIMIT {
        bail!("it is larger than {} MiB", LIMIT >> 20);
    }
    read::text_of(bytes).map_err(|line| anyhow::anyhow!("line {line} is not UTF-8"))
}

/// A file, or whatever an engine would take for a manifest in a folder: hidden files and links too, in the order of their
/// paths. Only what git keeps for itself is left out.
fn below(path: &Path) -> Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    let walk = WalkDir::new(path).follow_links(true).sort_by_file_name().into_iter();
    for entry in walk.filter_entry(|entry| entry.depth() == 0 || entry.file_name() != ".git") {
        let (place, is_file) = match &entry {
            Ok(entry) if entry.file_type().is_dir() => continue,
            Ok(entry) => (entry.path(), entry.file_type().is_file()),
            Err(error) => (error.path().unwrap_or(path), false),
        };
        let name = shown_path(place);
        let is_manifest = layout::is_read(&name);
        match entry {
            Ok(_) if !is_manifest => {}
            // Links that lead nowhere are how some editors mark a file as open.
            Err(error) if !is_manifest && error.io_error().is_some_and(|it| it.kind() == io::ErrorKind::NotFound) => {}
            Err(error) => {
                let words = error.io_error().map_or_else(|| "it is a loop of symbolic links".to_owned(), reason);
                bail!("`{name}` cannot be read: {words}");
            }
            Ok(_) if !is_file => bail!("`{name}` cannot be read: it is a pipe, socket or device"),
            Ok(_) if name.ends_with(".jsonnet") => {
                bail!("`{name}` is a program; render it first, and give what comes out")
            }
            Ok(entry) => files.push(entry.into_path()),
        }
    }
    Ok(files)
}

/// Says what came out beside the objects of tenants and may reach them, by kind.
fn name_others(report: &Report, console: &Console) {
    let mut kinds: BTreeMap<&str, Vec<&ObjectId>> = BTreeMap::new();
    for (id, _) in &report.beside {
        kinds.entry(&id.kind).or_default().push(id);
    }
    for (kind, ids) in kinds {
        let name = |id: &&&ObjectId| match &id.namespace {
            Some(namespace) => format!("{namespace}/{}", id.name),
            None => id.name.clone(),
        };
        let mut names: Vec<String> = ids.iter().take(SHOWN).map(|id| name(&id)).collect();
        if ids.len() > SHOWN {
            names.push(format!("{} more", ids.len() - SHOWN));
        }
        let objects = counted(ids.len(), "object came out", "objects came out");
        console.warning(&format!(
            "{objects} beside those of the inventory that may reach tenants, and nobody judges them here: {} {}",
            escape::terminal(kind),
            escape::terminal(&names.join(", "))
        ));
    }
}

/// For people: a line per object, then the first differences.
fn text(report: &Report) -> String {
    if report.differences.is_empty() {
        return format!("{} as the inventory asks for\n", counted(report.wanted, "object", "objects"));
    }
    let width = report.differences.iter().map(|it| it.kind.name().len()).max().unwrap_or_default();
    let mut text = String::new();
    for difference in &report.differences {
        let became = difference.became.as_ref().map(|id| format!(", which came out as {id}")).unwrap_or_default();
        let source = difference.source.as_ref().map(|source| format!(" ({source})")).unwrap_or_default();
        let line = format!("{:width$}  {}{became}{source}", difference.kind.name(), difference.object);
        text.push_str(&format!("{}\n", escape::terminal(&line)));
    }
    for diff in report.differences.iter().filter_map(|difference| difference.diff.as_ref()).take(SHOWN) {
        text.push('\n');
        text.push_str(diff);
    }
    let count = counted(report.differences.len(), "object is", "objects are");
    text.push_str(&format!("\n{count} not as the inventory asks for, of {} wanted\n", report.wanted));
    text
}

/// For machines.
fn machine(report: &Report, cluster: &str) -> Result<String> {
    let differences: Vec<Value> = report.differences.iter().map(|it| difference(it, cluster)).collect();
    let beside = |(id, source): &(ObjectId, String)| json!({"object": object(id, cluster), "file": source});
    let beside: Vec<Value> = report.beside.iter().map(beside).collect();
    let counts = json!({
        "wanted": report.wanted,
        "found": report.found,
        "differences": differences.len(),
        "beside": beside.len(),
    });
    let document =
        json!({"version": 1, "cluster": cluster, "differences": differences, "beside": beside, "counts": counts});
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    Ok(escape::json(&text).into_owned())
}

fn difference(difference: &Difference, cluster: &str) -> Value {
    let mut value = json!({"kind": difference.kind.name(), "object": object(&difference.object, cluster)});
    if let Some(became) = &difference.became {
        value["became"] = object(became, cluster);
    }
    if let Some(source) = &difference.source {
        value["file"] = json!(source);
    }
    if let Some(diff) = &difference.diff {
        value["diff"] = json!(diff);
    }
    value
}

fn object(id: &ObjectId, cluster: &str) -> Value {
    json!({
        "cluster": cluster,
        "group": id.group,
        "kind": id.kind,
        "namespace": id.namespace.as_deref().unwrap_or_default(),
        "name": id.name,
    })
}
