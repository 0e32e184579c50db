//! What is done with bytes that nobody vouches for: one function for each door that they come in by.
//!
//! A function takes any bytes and gives nothing. It panics where a promise does not hold, and so does whatever it calls.
//! `fuzz/` calls these with bytes that a fuzzer makes up; `cargo test` calls them with seeds and with past findings.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use tenantry::access;
use tenantry::diag::{Diagnostic, Severity};
use tenantry::diff::{Content, Declared, Options as DiffOptions, Side, Stray, StrayFiles, Strays, compare};
use tenantry::driver::{Program, analyse};
use tenantry::facts;
use tenantry::git::batch::{self, Blob};
use tenantry::git::{tree, walk};
use tenantry::guard::{Allowed, Before, BeforeNamespace, judge};
use tenantry::krm::{self, Call, verify};
use tenantry::meter::Unmetered;
use tenantry::parse::is_wanted;
use tenantry::parse::value::parse_date;
use tenantry::plan::Plan;
use tenantry::render::freshness::{Freshness, Leftover, judge as fresh, judge_leftover};
use tenantry::render::header::{Header, Subject};
use tenantry::render::layout::{self, Layout};
use tenantry::render::{namespace_file, platform_files_in, shards_of_body};
use tenantry::report::access::{Format as AccessFormat, Listing, render as render_access};
use tenantry::report::diagnostics::{Format, Options, render as render_findings};
use tenantry::report::review::{self, Terminal};
use tenantry::report::{codeowners, escape};
use tenantry::source::{Places, SourceMap};

/// The day that everything is judged by.
const DAY: &str = "2026-11-22";

/// How a line begins that names the next file, where one text stands for several.
pub const FILE: &str = "=== ";

/// What stands between a list of git and its contents.
pub const CONTENTS: &[u8] = b"\n=== contents\n";

/// A small inventory that is sound.
const ESTATE: &str = "\
apiVersion: tenantry.dev/v1alpha1
kind: Platform
metadata: {name: prod}
spec:
  distribution: kubeflow
  owner: root
  admins: [root]
  gitops: {engine: both, repoURL: https://git.example.org/estate}
---
apiVersion: tenantry.dev/v1alpha1
kind: Directory
metadata: {name: people}
spec:
  users: [{name: root, email: root@example.org}, {name: ada, email: ada@example.org}, {name: bob}]
  groups: [{name: ml, members: [ada, bob]}]
---
apiVersion: tenantry.dev/v1alpha1
kind: Tenant
metadata: {name: vision}
spec:
  owner: ada
  contributors: [{user: bob, role: view}, {serviceAccount: ci/builder, role: edit}]
---
apiVersion: tenantry.dev/v1alpha1
kind: Tenant
metadata: {name: speech}
spec: {contributors: [{group: ml, until: 2027-01-31}]}
";

/// The same with a template that both tenants use.
const TEMPLATED: &str = "addOns: [probe], values: {probe: {text: \"a: b\", number: 3, list: [x, {y: z}]}}, ";

/// Bytes of an inventory: one file, or several if lines that begin with [`FILE`] name them. Whatever it is, there is an
/// answer in every format, the same one twice, and never a program beside an error; what is compiled of it is read back.
pub fn inventory(bytes: &[u8]) {
    let files = files(&String::from_utf8_lossy(bytes));
    let reviewed = is_one_of(4, bytes);
    let first = everything(files.clone(), reviewed);
    if reviewed {
        let again = everything(files.into_iter().rev().collect(), reviewed);
        assert!(first == again, "a second run gives something else");
    }
}

/// A ResourceList, as a host sends it, and the same bytes as a stream that a host rendered.
pub fn resource_list(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let sources = SourceMap::new(vec![("stdin".to_owned(), text.clone())]);
    match Call::resource_list(&sources) {
        Ok(call) => {
            let inventory = call.inventory();
            let (answer, findings) =
                analyse(&inventory, Vec::new(), day(), |outcome| krm::answer(&call, outcome, &inventory));
            let failed = findings.iter().chain(&call.findings).any(|finding| finding.severity == Severity::Error);
            assert!(!answer.is_empty(), "an answer is never nothing");
            // Items of others come back as they are, and this reader knows less YAML than ours.
            if read_by_others(&text).is_ok() {
                readable(&answer);
                readable(&call.refusal(&call.findings));
            }
            if !failed {
                calmly_answered(&answer);
            }
            lines(findings.iter().chain(&call.findings).map(krm::Finding::line));
        }
        Err(finding) => {
            lines([finding.line()]);
            readable(&krm::empty(&[finding]));
        }
    }
    let mut rendered = verify::Rendered::default();
    if rendered.add("stdin", &text).is_ok() {
        on_estate(ESTATE, |program, _| drop(verify::verify(program, &program.plans[0], rendered)));
    }
}

/// The text of a template, which two tenants use.
pub fn template(bytes: &[u8]) {
    let estate = ESTATE.replace("spec: {contributors", &format!("spec: {{{TEMPLATED}contributors"));
    let estate =
        estate.replace("  owner: ada\n", "  owner: ada\n  addOns: [probe, limit-range]\n  values: {probe: {}}\n");
    let text = String::from_utf8_lossy(bytes).into_owned();
    drop(everything(
        vec![("all.yaml".to_owned(), estate), ("templates/probe.yaml.j2".to_owned(), text)],
        is_one_of(4, bytes),
    ));
}

/// A file of the output folder as it was found: its header, what it says of access, what guards and reviews make of it,
/// and what it would be if others wrote it.
pub fn output(bytes: &[u8]) {
    let begins = Header::begins(bytes);
    let text = String::from_utf8_lossy(bytes).into_owned();
    let header = Header::parse(&text);
    assert!(begins || header.is_none(), "a header that does not begin as ours do");
    let wanted = "# not a file of ours\n";
    let foreign = matches!(fresh(&text, wanted, |_| true), Freshness::Foreign);
    assert_eq!(foreign, header.is_none() && text != wanted);
    assert!(fresh(&text, &text, |_| false) == Freshness::Fresh);
    assert_eq!(judge_leftover(&text) == Leftover::Foreign, header.is_none());
    let body = header.as_ref().map_or(text.as_str(), |(_, body)| body);
    if let Some((header, body)) = &header {
        let written = header.before(body);
        assert!(
            Header::parse(&written).is_some_and(|(again, rest)| again.before("") == header.before("") && rest == *body)
        );
        assert!(
            !(header.vouches() && header.fits(body)) || judge_leftover(&text) == Leftover::Ours(header.subject.clone())
        );
    }
    let said = facts::of_text(body);
    let namespace = facts::namespace_of_text(body).unwrap_or_else(|| "vision".to_owned());
    drop((facts::owner_of_text(body), facts::objects_of_text(body), shards_of_body(body)));
    if !is_one_of(64, bytes) {
        return;
    }
    let state = match header.map(|(header, _)| header.subject) {
        Some(Subject::Tenant { state, .. }) => state,
        _ => "active".to_owned(),
    };
    let mut before = Before::default();
    let (owner, moved) = (said.owner, None);
    let path = "output/prod/tenants/vision.yaml".to_owned();
    before.add(
        namespace,
        BeforeNamespace { path, tenant: "vision".into(), state, facts: Some(said.facts), moved, owner },
    );
    let files = BTreeMap::from([("prod/tenants/vision.yaml".to_owned(), text.clone())]);
    let strays = StrayFiles::from([("prod/tenants/other.yaml".to_owned(), Stray::Text(text))]);
    let none = StrayFiles::new();
    on_estate(ESTATE, |program, sources| {
        let refusals = judge(program.inventory, "prod", program.plans.first(), &before, &Allowed::default());
        findings(&refusals, sources);
        let base = Side { name: "base", content: Content::Compiled(&files) };
        reviewed(
            &base,
            program,
            sources,
            Some(Strays { folder: "output", base: &none, head: &strays, in_progress: false }),
        );
    });
}

/// Whether these bytes are of the part of all on which everything is tried: what takes a hundred times as long as the
/// rest would leave a fuzzer no time to look for anything.
fn is_one_of(parts: usize, bytes: &[u8]) -> bool {
    bytes.len().is_multiple_of(parts)
}

/// What git prints about a repository that somebody else wrote: a list of entries, and the answers with their contents.
/// Lists come before [`CONTENTS`]; every link of the list leads to what stands behind it.
pub fn git(bytes: &[u8]) {
    let at = bytes.windows(CONTENTS.len()).position(|part| part == CONTENTS).unwrap_or(bytes.len());
    let (list, contents) = (&bytes[..at], bytes[at..].strip_prefix(CONTENTS).unwrap_or_default());
    let Ok(entries) = tree::parse(list) else { return };
    let links: BTreeSet<&tree::ObjectId> =
        entries.values().filter(|entry| entry.kind == tree::Kind::Link).map(|entry| &entry.id).collect();
    let mut texts = BTreeMap::new();
    let mut contents = contents;
    for id in links {
        match batch::next(&mut contents, id, 1 << 10) {
            Ok(Blob::Bytes(text)) => drop(texts.insert(id.clone(), text)),
            Ok(Blob::TooLarge(size)) => assert!(size > 1 << 10),
            Ok(Blob::Missing) => {}
            Err(_) => break,
        }
    }
    for root in [&b""[..], b"input"] {
        let below: tree::Entries =
            tree::below(&entries, root).map(|(path, entry)| (path.to_owned(), entry.clone())).collect();
        assert_eq!(tree::is_folder(&entries, root), root.is_empty() || !below.is_empty());
        let walked = walk::walk(root, &below, &texts);
        let hidden = walked.files.iter().find(|(name, _)| walk::is_hidden(name.as_bytes()) || !is_wanted(name));
        assert!(hidden.is_none(), "{hidden:?} is read");
        assert!(
            walked.files.iter().all(|(_, id)| below.values().any(|entry| entry.id == *id)),
            "an object from nowhere"
        );
        findings(&walked.found, &SourceMap::default());
    }
}

/// The files that one text stands for.
fn files(text: &str) -> Vec<(String, String)> {
    let mut files = vec![("all.yaml".to_owned(), String::new())];
    for line in text.split_inclusive('\n') {
        match line.strip_prefix(FILE).map(str::trim_end) {
            // Every path is read once, as on a disk.
            Some(path) if files.iter().all(|(known, _)| known != path) => files.push((path.to_owned(), String::new())),
            Some(_) => {}
            None => files.last_mut().expect("there is one").1.push_str(line),
        }
    }
    files
}

fn day() -> jiff::civil::Date {
    parse_date(DAY).expect("a day")
}

/// Everything that can be made of an inventory.
fn everything(files: Vec<(String, String)>, with_review: bool) -> Vec<String> {
    let sources = SourceMap::new(files);
    analyse(&sources, Vec::new(), day(), |outcome| {
        let mut made = findings(&outcome.diagnostics, &sources);
        let errors = outcome.diagnostics.iter().any(|finding| finding.severity == Severity::Error);
        assert_eq!(outcome.program.is_none(), errors, "a program beside an error, or neither");
        if let Some(program) = &outcome.program {
            made.extend(rendered(program.get()));
            if with_review {
                made.extend(lists(program.get(), &sources));
            }
        }
        made
    })
}

/// Findings in every format.
fn findings(diagnostics: &[Diagnostic], sources: &SourceMap) -> Vec<String> {
    let formats = [Format::Text, Format::Json, Format::Sarif, Format::Github];
    let render = |format| {
        let options = Options { format, colour: false, width: Some(80), path_prefix: "input", limit: Some(200) };
        let text = render_findings(diagnostics, sources, &options);
        harmless(&text);
        text
    };
    formats.into_iter().map(render).collect()
}

/// Every file that is made of a program.
fn rendered(program: &Program<'_>) -> Vec<String> {
    let mut made = Vec::new();
    for plan in &program.plans {
        let mut paths = BTreeSet::new();
        let files = plan.provisions.iter().map(|provision| {
            let file = namespace_file(plan, provision, &program.templates);
            let (_, body) = Header::parse(&file.text).expect("a header");
            let said = facts::of_text(body).facts;
            let planned = facts::of_provision(program.inventory, plan.platform, provision);
            // A list of users for the integration leaves out the owner.
            let listed = !body.contains("\nkind: RoleBinding\n");
            assert!(said == planned || (listed && said.is_subset(&planned)), "{said:?} in\n{}", file.text);
            assert!(layout::is_synced(&file.path), "{}", file.path);
            file
        });
        let files = files.chain(platform_files_in(plan, &program.templates, Layout::Plain)).collect::<Vec<_>>();
        for file in files {
            let (header, body) = Header::parse(&file.text).expect("a header");
            assert!(header.fits(body), "{}", file.path);
            assert!(!file.path.split('/').any(|part| matches!(part, "" | "." | "..")), "{}", file.path);
            assert!(paths.insert(file.path.to_lowercase()), "{} is written twice", file.path);
            if file.path.ends_with(".yaml") {
                readable(&file.text);
            }
            made.push(file.text);
        }
        made.extend(platform_files_in(plan, &program.templates, Layout::Kustomize).into_iter().map(|file| file.text));
    }
    made
}

/// Who has access, who answers for what, and a review of no change at all, in every format.
fn lists(program: &Program<'_>, sources: &SourceMap) -> Vec<String> {
    let places = Places { sources, prefix: "input" };
    let facts = program.plans.iter().flat_map(|plan| access::facts(plan, places)).collect();
    let admins = program
        .plans
        .iter()
        .flat_map(|plan| access::platform_admins(program.inventory, program.inventory.platform(plan.platform)));
    let listing = Listing { as_of: day(), admins: admins.collect(), facts, nothing: None };
    let mut made: Vec<String> = [AccessFormat::Text, AccessFormat::Json, AccessFormat::Csv]
        .map(|format| render_access(&listing, format, false))
        .into();
    harmless(&made[0]);
    let plans: Vec<&Plan<'_>> = program.plans.iter().collect();
    let places = codeowners::Places { input: "input".to_owned(), output: Some("output".to_owned()) };
    made.push(codeowners::Ownership::new(&plans, sources, places, true).codeowners());
    let side = Side { name: "base", content: Content::Declared(declared(program, sources)) };
    made.extend(reviewed(&side, program, sources, None));
    made
}

/// A review of a side against a program, in every format.
fn reviewed(base: &Side<'_>, program: &Program<'_>, sources: &SourceMap, strays: Option<Strays<'_>>) -> Vec<String> {
    let head = Side { name: "head", content: Content::Declared(declared(program, sources)) };
    let (clusters, allowed) = (BTreeSet::new(), Allowed::default());
    let options = DiffOptions {
        as_of: day(),
        clusters: &clusters,
        allowed: &allowed,
        actors: &[],
        manifests: true,
        strays,
        notes: Vec::new(),
        judges: &[],
        meter: &Unmetered,
    };
    let changes = compare(base, &head, options);
    let terminal = Terminal { colour: false, width: Some(80), manifests: true };
    let made = review::Format::ALL.iter().map(|&format| {
        let text = review::render(&changes, format, &terminal, &review::Options::default());
        if format == review::Format::Text {
            harmless(&text);
        }
        text
    });
    made.collect()
}

fn declared<'s>(program: &'s Program<'s>, sources: &'s SourceMap) -> Declared<'s> {
    Declared {
        inventory: program.inventory,
        plans: &program.plans,
        templates: &program.templates,
        places: Places { sources, prefix: "input" },
    }
}

/// Looks at the program of a sound inventory.
fn on_estate(text: &str, look: impl FnOnce(&Program<'_>, &SourceMap)) {
    let sources = SourceMap::new(vec![("all.yaml".to_owned(), text.to_owned())]);
    analyse(&sources, Vec::new(), day(), |outcome| {
        look(outcome.program.as_ref().expect("the estate is sound").get(), &sources);
    });
}

/// An answer without errors is a fixed point: sent once more, it comes back as it is.
fn calmly_answered(answer: &str) {
    let sources = SourceMap::new(vec![("stdin".to_owned(), answer.to_owned())]);
    let call = Call::resource_list(&sources).expect("an answer is a ResourceList");
    let inventory = call.inventory();
    let (again, _) = analyse(&inventory, Vec::new(), day(), |outcome| krm::answer(&call, outcome, &inventory));
    assert!(again == answer, "an answer comes back changed:\n{answer}\n--- is\n{again}");
}

/// What we write, any reader can read.
fn readable(text: &str) {
    if let Err(error) = read_by_others(text) {
        panic!("{error} in\n{text}");
    }
}

fn read_by_others(text: &str) -> Result<(), serde_yaml::Error> {
    let mut documents = serde_yaml::Deserializer::from_str(text);
    documents.try_for_each(|document| serde_yaml::Value::deserialize(document).map(drop))
}

fn lines(lines: impl IntoIterator<Item = String>) {
    lines.into_iter().for_each(|line| harmless(&escape::terminal(&line)));
}

/// Text for a terminal has nothing that a terminal would obey or hide.
fn harmless(text: &str) {
    let hidden = text.chars().find(|&letter| escape::is_hidden(letter) && letter != '\n');
    assert!(hidden.is_none(), "{hidden:?} reaches a terminal in\n{text:?}");
}
