//! Limits that no folder of a case can show, because its files would be too large; and that what is said of limits,
//! threats and dependencies is true.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::process::Command;

use libtest_mimic::{Failed, Trial};
use serde_json::Value;
use tenantry::diag::{Code, Diagnostic, KEPT, Severity};
use tenantry::driver::analyse;
use tenantry::parse::value::parse_date;
use tenantry::report::diagnostics::{Format, Options, render};
use tenantry::source::{SourceMap, Span};
use walkdir::WalkDir;

/// One trial per limit, and one per page.
pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("limits/a-million-memberships-are-fine", a_million),
        Trial::test("limits/a-billion-ways-are-one", a_billion_ways),
        Trial::test("limits/a-billion-memberships-name-the-group", a_billion),
        Trial::test("limits/fifty-names-are-looked-for", fifty_names),
        Trial::test("limits/templates-up-to-their-size", templates_up_to_their_size),
        Trial::test("limits/findings-shown", findings_shown),
        Trial::test("limits/findings-kept", findings_kept),
        Trial::test("limits/people-of-one-object", people_of_one_object),
        Trial::test("limits/annotations-add-up", annotations_add_up),
        Trial::test("limits/large-profiles-and-policies", large_profiles_and_policies),
        Trial::test("limits/a-folder-is-full-of-bytes", full_of_bytes),
        Trial::test("limits/tests-of-the-threat-model-are-there", threats_are_tested),
        Trial::test("limits/dependencies-are-counted", dependencies_are_counted),
    ]
}

/// An inventory of people, groups in flow form, and a tenant that some of the groups have access to.
fn estate(people: usize, groups: &[String], used: &[String]) -> Vec<Diagnostic> {
    const API: &str = "apiVersion: tenantry.dev/v1alpha1";
    let mut text = format!(
        "{API}\nkind: Platform\nmetadata: {{name: prod}}\nspec: {{distribution: kubeflow, owner: root}}\n---\n{API}\nkind: \
         Directory\nmetadata: {{name: people}}\nspec:\n  users:\n    - {{name: root}}\n"
    );
    for user in names("u", people) {
        let _ = writeln!(text, "    - {{name: {user}}}");
    }
    let _ = writeln!(text, "  groups:\n    - {}", groups.join("\n    - "));
    let used: Vec<String> = used.iter().map(|group| format!("{{group: {group}}}")).collect();
    let _ = write!(
        text,
        "---\n{API}\nkind: Tenant\nmetadata: {{name: vision}}\nspec: {{contributors: [{}]}}\n",
        used.join(", ")
    );
    let sources = SourceMap::new(vec![("all.yaml".to_owned(), text)]);
    let day = parse_date("2026-11-22").expect("a day");
    analyse(&sources, Vec::new(), day, |outcome| outcome.diagnostics)
}

fn names(letter: &str, count: usize) -> Vec<String> {
    (0..count).map(|at| format!("{letter}{at}")).collect()
}

fn group(name: &str, what: &str, parts: &[String]) -> String {
    format!("{{name: {name}, {what}: [{}]}}", parts.join(", "))
}

/// Groups of groups of people: the ways from `top` to a person are the product of the levels.
fn nested(people: usize, levels: &[usize]) -> Vec<Diagnostic> {
    let mut groups = vec![group("all", "members", &names("u", people))];
    let mut below = vec!["all".to_owned()];
    for (level, &count) in levels.iter().enumerate() {
        let above = names(&format!("g{level}-"), count);
        groups.extend(above.iter().map(|name| group(name, "groups", &below)));
        below = above;
    }
    groups.push(group("top", "groups", &below));
    estate(people, &groups, &["top".to_owned()])
}

fn no_errors(found: &[Diagnostic]) -> Result<(), Failed> {
    let errors: Vec<_> = found.iter().filter(|it| it.severity == Severity::Error).collect();
    if errors.is_empty() { Ok(()) } else { Err(format!("{errors:?}").into()) }
}

fn a_million() -> Result<(), Failed> {
    no_errors(&nested(1_000, &[1_000]))
}

/// Of all ways between two groups the shortest is kept, so that ways alone are no danger.
fn a_billion_ways() -> Result<(), Failed> {
    no_errors(&nested(100, &[100, 100, 1_000]))
}

/// Ten thousand groups, each of which contains a thousand groups of a hundred people.
fn a_billion() -> Result<(), Failed> {
    let (teams, tops) = (names("team", 1_000), names("top", 10_000));
    let members = names("u", 100);
    let mut groups: Vec<String> = teams.iter().map(|name| group(name, "members", &members)).collect();
    groups.push(group("all", "groups", &teams));
    groups.extend(tops.iter().map(|name| group(name, "groups", &["all".to_owned()])));
    let found = estate(100, &groups, &tops);
    let named = found.iter().any(|it| it.code == Code::GroupTooLarge && it.message.contains("`top"));
    if named { Ok(()) } else { Err(format!("{:?}", found.first()).into()) }
}

/// A thousand mistakes of typing are one mistake: only the first have a name that was perhaps meant.
fn fifty_names() -> Result<(), Failed> {
    let found = estate(1, &[group("researchers", "members", &names("u", 1))], &names("researcher", 60));
    let meant = |it: &&Diagnostic| it.help.as_ref().is_some_and(|help| help.contains("did you mean `researchers`"));
    let unknown = found.iter().filter(|it| it.code == Code::UnknownGroup);
    let seen = (unknown.clone().count(), unknown.filter(meant).count());
    if seen == (60, 50) { Ok(()) } else { Err(format!("{seen:?}").into()) }
}

/// One byte more than a template may have, or may write, is refused at the template's start.
fn templates_up_to_their_size() -> Result<(), Failed> {
    const HEAD: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";
    let long = |size: usize| format!("{HEAD}# {}", "x".repeat(size - HEAD.len() - 2));
    let writes = |size: usize| {
        let (line, rest) = ("x".repeat(1022), "x".repeat(size - HEAD.len() - 1023 * 1024 - 1));
        format!("{HEAD}{{% for line in range(1023) %}}#{line}\n{{% endfor %}}#{rest}")
    };
    let sizes = [
        (Code::TemplateSyntax, long(1 << 14), long((1 << 14) + 1)),
        (Code::TemplateOutput, writes(1 << 20), writes((1 << 20) + 1)),
    ];
    for (code, fits, refused) in sizes {
        no_errors(&with_template(fits))?;
        let [found] = &with_template(refused)[..] else { return Err("one finding is wanted".into()) };
        let Some(span) = found.span() else { return Err(format!("{found:?}").into()) };
        if (found.code, span.start, span.end) != (code, 0, 0) {
            return Err(format!("{found:?}").into());
        }
    }
    Ok(())
}

fn with_template(text: String) -> Vec<Diagnostic> {
    const TEXT: &str = "apiVersion: tenantry.dev/v1alpha1\nkind: Platform\nmetadata: {name: prod}\nspec: {distribution: \
                        kubeflow, owner: root}\n---\napiVersion: tenantry.dev/v1alpha1\nkind: Directory\nmetadata: {name: \
                        people}\nspec: {users: [{name: root, email: root@example.org}]}\n---\napiVersion: \
                        tenantry.dev/v1alpha1\nkind: Tenant\nmetadata: {name: vision}\nspec: {addOns: [long]}\n";
    let files = [("all.yaml", TEXT.to_owned()), ("templates/long.yaml.j2", text)];
    let sources = SourceMap::new(files.map(|(path, text)| (path.to_owned(), text)).into());
    let day = parse_date("2026-11-22").expect("a day");
    analyse(&sources, Vec::new(), day, |outcome| outcome.diagnostics)
}

/// Two hundred findings are shown, the rest is counted, and errors come before warnings.
fn findings_shown() -> Result<(), Failed> {
    let sources = SourceMap::new(vec![("all.yaml".to_owned(), "kind: Tenant\n".to_owned())]);
    let place = Span { file: sources.find("all.yaml").ok_or("no file")?, start: 0, end: 1 };
    let at = |code| (0..150).map(move |number| Diagnostic::at(code, place, format!("finding {number}")));
    let found: Vec<_> = at(Code::UnusedTemplate).chain(at(Code::UnknownUser)).collect();
    let options = Options { format: Format::Text, colour: false, width: None, path_prefix: "input", limit: Some(200) };
    let text = render(&found, &sources, &options);
    let count = |what: &str| text.matches(what).count();
    let seen = (count("error[unknown-user]"), count("warning[unused-template]"), count("… and 100 more"));
    if seen == (150, 50, 1) { Ok(()) } else { Err(format!("{seen:?}").into()) }
}

/// Keys that stand twice, again and again, and an error at the very end: what is kept is the same for any number of
/// threads, and nothing goes unnoticed.
fn findings_kept() -> Result<(), Failed> {
    let text = format!("{}kind: Tenant\nwrong: 1\n", "a: b\n".repeat(100_000));
    let sources =
        |text: &str| SourceMap::new(["a.yaml", "b.yaml"].map(|name| (name.to_owned(), text.to_owned())).into());
    let doubles = |found: &[Diagnostic]| found.iter().filter(|it| it.code == Code::DuplicateKey).count();
    let threads = |number: usize| -> Result<Vec<Diagnostic>, Failed> {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(number).build()?;
        let sources = sources(&text);
        let day = parse_date("2026-11-22")?;
        Ok(pool.install(|| analyse(&sources, Vec::new(), day, |outcome| outcome.diagnostics)))
    };
    let found = threads(1)?;
    if found != threads(4)? {
        return Err("threads decide what is found".into());
    }
    let more: Vec<&str> =
        found.iter().filter(|it| it.code == Code::MoreFindings).map(|it| it.message.as_str()).collect();
    // 99,999 doubles; `wrong`, `a`, and what is missing.
    let wanted = format!("{} more errors of this file are not listed", 99_999 + 5 - KEPT);
    if doubles(&found) != 2 * KEPT || more != [wanted.as_str(); 2] {
        return Err(format!("{} doubles, {more:?}", doubles(&found)).into());
    }
    // People see it where the list ends.
    let options = Options { format: Format::Text, colour: false, width: None, path_prefix: "input", limit: Some(200) };
    let text = render(&found, &sources(&text), &options);
    let end = text.rsplit("\n\n").nth(2).unwrap_or_default();
    if end.starts_with("warning[more-findings]: ") { Ok(()) } else { Err(text[text.len() - 500..].into()) }
}

/// What is said of an inventory with this platform, people and tenant.
fn said(platform: &str, people: usize, metadata: &str, spec: &str) -> Vec<String> {
    const API: &str = "apiVersion: tenantry.dev/v1alpha1";
    let mut text = format!("{API}\nkind: Platform\nmetadata: {{name: prod}}\nspec:\n  owner: root\n{platform}---\n");
    let _ = write!(
        text,
        "{API}\nkind: Directory\nmetadata: {{name: people}}\nspec:\n  users:\n    - {{name: root, email: root@example.org}}\n"
    );
    let users = names("u", people);
    for user in &users {
        let _ = writeln!(text, "    - {{name: {user}, email: {user}.of.the.large.department@example.org}}");
    }
    let _ = writeln!(text, "  groups:\n    - {}", group("all", "members", &users));
    let _ = write!(text, "---\n{API}\nkind: Tenant\nmetadata: {{name: vision{metadata}}}\nspec:\n{spec}");
    let sources = SourceMap::new(vec![("all.yaml".to_owned(), text)]);
    let day = parse_date("2026-11-22").expect("a day");
    analyse(&sources, Vec::new(), day, |outcome| {
        let place = |found: &Diagnostic| found.span().map_or("", |span| sources.slice(span)).to_owned();
        outcome.diagnostics.iter().map(|it| format!("{} at {}: {}", it.code.name(), place(it), it.message)).collect()
    })
}

/// Asserts that the only finding with this beginning has this end, or that there is none.
fn only(found: &[String], code: &str, end: Option<&str>) -> Result<(), Failed> {
    let ours: Vec<&String> = found.iter().filter(|it| it.starts_with(code)).collect();
    let as_wanted = match (ours.as_slice(), end) {
        ([], None) => true,
        ([one], Some(end)) => one.ends_with(end),
        _ => false,
    };
    if as_wanted { Ok(()) } else { Err(format!("not {end:?} but {ours:?}, of {}", found.len()).into()) }
}

/// The integration reads the people of a namespace from one ConfigMap or Secret, whose data has a limit.
fn people_of_one_object() -> Result<(), Failed> {
    const SPEC: &str = "  contributors:\n    - user: u0\n    - group: all\n";
    let platform = |version: &str| {
        format!(
            "  distribution: ecp\n  version: \"{version}\"\n  ecp: {{integration: present}}\n  gitops: {{engine: none}}\n"
        )
    };
    let bytes = |people: usize| names("u", people).iter().map(|it| it.len() + 37).sum::<usize>();
    for (version, object, extra) in
        [("1.2", "ConfigMap `vision/kubeflow-users-cm`", 0), ("5.7", "Secret `vision/kubeflow-users-secret`", 1)]
    {
        let found = said(&platform(version), 25_000, "", SPEC);
        let end = format!(
            "at all: the data of the {object} on the cluster `prod` have {} bytes in all, and Kubernetes takes 1048576",
            bytes(25_000) - extra
        );
        only(&found, "object-too-large", Some(&end))?;
        only(&said(&platform(version), 23_000, "", SPEC), "object-too-large", None)?;
        only(&found, "near-limit", None)?;
    }
    Ok(())
}

/// Annotations of the platform, the tenant and the namespace count together; whoever brings most is named.
fn annotations_add_up() -> Result<(), Failed> {
    let text = |size: usize| "z".repeat(size);
    let found = |platform: usize, tenant: usize, own: usize| {
        let platform =
            format!("  distribution: kubeflow\n  namespace: {{annotations: {{a.b/c: \"{}\"}}}}\n", text(platform));
        let metadata = format!(", annotations: {{d.e/f: \"{}\"}}", text(tenant));
        let spec = format!("  namespaces: [{{name: first, annotations: {{g.h/i: \"{}\"}}}}]\n", text(own));
        said(&platform, 1, &metadata, &spec)
    };
    only(&found(90_000, 90_000, 80_000), "object-too-large", None)?;
    for (sizes, place) in [((70_000, 150_000, 70_000), "vision"), ((70_000, 70_000, 150_000), "first")] {
        let found = found(sizes.0, sizes.1, sizes.2);
        let ours = found.iter().find(|it| it.starts_with("object-too-large")).ok_or("nothing is found")?;
        let begin = format!(
            "object-too-large at {place}: the annotations of the Namespace `first` on the cluster `prod` have 29"
        );
        if !ours.starts_with(&begin) || !ours.ends_with(" bytes in all, and Kubernetes takes 262144") {
            return Err(ours.clone().into());
        }
    }
    let found = found(150_000, 70_000, 70_000);
    only(&found, "object-too-large at prod: the annotations", Some("takes 262144"))
}

/// etcd takes no object of more than 1.5 MiB: settings of a plugin reach the Profile, principals every policy.
fn large_profiles_and_policies() -> Result<(), Failed> {
    const KUBEFLOW: &str = "  distribution: kubeflow\n";
    let plugin = |size: usize| format!("  plugins: [{}]\n", cloud_account(size));
    only(&said(KUBEFLOW, 1, "", &plugin(1_500_000)), "object-too-large", None)?;
    let found = said(KUBEFLOW, 1, "", &plugin(1_600_000));
    let end = "bytes in all, and etcd takes 1572864";
    only(&found, "object-too-large at vision: the Profile `vision` on the cluster `prod` has 1600", Some(end))?;
    let principals: Vec<String> = names("cluster.local/ns/gateway/sa/program-", 40_000);
    let platform = format!("{KUBEFLOW}  mesh: {{extraPrincipals: [{}]}}\n", principals.join(", "));
    let found = said(&platform, 3, "", "  contributors: [{group: all}]\n");
    only(&found, "object-too-large at prod: the AuthorizationPolicy `vision/", Some(end))
}

/// A plugin whose settings have so many bytes, and some more.
fn cloud_account(bytes: usize) -> String {
    let name = "z".repeat(bytes);
    format!("{{kind: WorkloadIdentity, spec: {{gcpServiceAccount: \"{name}@cloud.iam.gserviceaccount.com\"}}}}")
}

/// What is too much for a folder by its bytes is told in bytes.
fn full_of_bytes() -> Result<(), Failed> {
    const PLATFORM: &str = "  distribution: kubeflow\n  gitops: {shards: 1}\n";
    let spaces: Vec<String> = (0..10).map(|at| format!("{{name: n{at}}}")).collect();
    let spec = |bytes: usize| format!("  namespaces: [{}]\n  plugins: [{}]\n", spaces.join(", "), cloud_account(bytes));
    only(&said(PLATFORM, 1, "", &spec(300_000)), "near-limit", None)?;
    let end = "the folder of tenants of the cluster `prod` has 30 objects, about 4.8 MB, in 11 files; engines and forges get \
               into trouble at 1000 objects, 5 MB or 1000 files";
    only(&said(PLATFORM, 1, "", &spec(480_000)), "near-limit", Some(end))?;

    let principals = names("cluster.local/ns/gateway/sa/program-", 2_500);
    let platform = format!("{PLATFORM}  mesh: {{extraPrincipals: [{}]}}\n", principals.join(", "));
    let found = said(&platform, 40, "", "  contributors: [{group: all}]\n");
    let alone = "near-limit at vision: the namespace `vision` on the cluster `prod` alone has 83 objects, about ";
    let end = "MB, and engines get into trouble at 1000 objects or 5 MB per folder";
    only(&found, "near-limit", Some(end))?;
    only(&found, alone, Some(end))?;
    only(&found, "object-too-large", None)
}

/// Every row of a table that ends with tests names tests that are there.
fn threats_are_tested() -> Result<(), Failed> {
    let root = crate::root();
    let page = std::fs::read_to_string(root.join(".github/SECURITY.md"))?;
    let mut sources = String::new();
    for folder in ["src", "tests/suite"] {
        for entry in WalkDir::new(root.join(folder)).into_iter().filter_map(Result::ok) {
            if entry.path().extension().is_some_and(|it| it == "rs") {
                sources.push_str(&std::fs::read_to_string(entry.path())?);
            }
        }
    }
    let tables = page.split("\n\n").filter(|part| part.lines().next().is_some_and(|head| head.ends_with("| Test |")));
    let rows = tables.flat_map(|table| table.lines().skip(2));
    let (mut named, mut complaints) = (BTreeSet::new(), Vec::new());
    for row in rows {
        let last = row.trim_end_matches(['|', ' ']).rsplit(" | ").next().unwrap_or_default();
        let tests: Vec<&str> = last.split('`').skip(1).step_by(2).collect();
        if tests.is_empty() {
            complaints.push(format!("no test: {row}"));
        }
        for test in tests {
            let name = test.rsplit(['/', ':']).next().unwrap_or(test);
            let known = root.join("tests").join(test).is_dir()
                || sources.contains(&format!("\"{name}\""))
                || sources.contains(&format!("{test}\""))
                || sources.contains(&format!("fn {name}("));
            if !known {
                complaints.push(format!("no such test: {test}"));
            }
            named.insert(test);
        }
    }
    if named.len() < 40 {
        complaints.push(format!("only {} tests are named", named.len()));
    }
    if complaints.is_empty() { Ok(()) } else { Err(complaints.join("\n").into()) }
}

/// What the README says of dependencies is what Cargo.lock holds for Linux, and all of it is of crates.io and may be used.
fn dependencies_are_counted() -> Result<(), Failed> {
    const LICENCES: [&str; 6] =
        ["Apache-2.0", "BSL-1.0", "MIT", "Unicode-3.0", "Unlicense", "Apache-2.0 WITH LLVM-exception"];
    let arguments =
        ["metadata", "--format-version=1", "--locked", "--offline", "--filter-platform=x86_64-unknown-linux-gnu"];
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(crate::root()).output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let nodes = metadata["resolve"]["nodes"].as_array().ok_or("no nodes")?;
    let id = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (mut seen, mut todo) = (BTreeSet::new(), vec![id(&metadata["resolve"]["root"])]);
    while let Some(next) = todo.pop() {
        let Some(node) = nodes.iter().find(|node| id(&node["id"]) == next) else { continue };
        if !seen.insert(next) {
            continue;
        }
        for dependency in node["deps"].as_array().into_iter().flatten() {
            let kinds = dependency["dep_kinds"].as_array().into_iter().flatten();
            if kinds.into_iter().any(|kind| kind["kind"].is_null()) {
                todo.push(id(&dependency["pkg"]));
            }
        }
    }
    let mut complaints = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten().filter(|it| !it["source"].is_null()) {
        let name = id(&package["id"]);
        if id(&package["source"]) != "registry+https://github.com/rust-lang/crates.io-index" {
            complaints.push(format!("{name} is of another source"));
        }
        // One of an `OR`, and all of an `AND`.
        let licence = id(&package["license"]).replace(['(', ')'], "").replace('/', " OR ");
        let usable = |part: &str| part.split(" OR ").any(|one| LICENCES.contains(&one.trim()));
        if !licence.split(" AND ").all(usable) {
            complaints.push(format!("{name} has the licence `{licence}`"));
        }
    }
    let said = format!("{} packages of crates.io", seen.len() - 1);
    if !std::fs::read_to_string(crate::root().join("README.md"))?.contains(&said) {
        complaints.push(format!("README.md does not say `{said}`"));
    }
    if complaints.is_empty() { Ok(()) } else { Err(complaints.join("\n").into()) }
}
