//! What somebody may write into an inventory to keep the program from ending, and many mistakes at once.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::process::Stdio;
use std::time::Duration;

use super::Test;
use super::sandbox::{PEOPLE, PLATFORM, Run, Sandbox};

pub const TESTS: &[Test] = &[
    ("a-template-without-end-is-stopped", a_template_without_end_is_stopped),
    ("a-deep-template-keeps-its-stack", a_deep_template_keeps_its_stack),
    ("a-long-template-is-refused", a_long_template_is_refused),
    ("fifty-mistakes-among-two-thousand-tenants", fifty_mistakes_among_two_thousand_tenants),
    ("input-that-is-only-readable", input_that_is_only_readable),
    ("who-was-overtaken-reads-again", who_was_overtaken_reads_again),
    ("output-removed-under-our-feet", output_removed_under_our_feet),
];

/// A folder with a tenant that uses one template.
fn with_template(text: &str) -> Sandbox {
    let sandbox = Sandbox::empty();
    sandbox.write("input/platform.yaml", PLATFORM);
    sandbox.write("input/people.yaml", PEOPLE);
    sandbox.write("input/vision.yaml", super::sandbox::tenant("vision", "{addOns: [long]}"));
    sandbox.write("input/templates/long.yaml.j2", text);
    sandbox
}

/// No step of this is large, and a comparison visits a million million of lists.
fn a_template_without_end_is_stopped() {
    let grown = "{% set x = [x, x] %}{% set y = [y, y] %}".repeat(40);
    let sandbox =
        with_template(&format!("{{% set x = [1] %}}{{% set y = [1] %}}{grown}{{% if x == y %}}{{% endif %}}"));
    let run = sandbox.run("compile").exits(2);
    run.says("the template `long` runs for more than 20 seconds for the namespace `vision`");
    assert!(!sandbox.has("output"), "something was written");
}

/// A run that was slow, and finds that another one made the folder meanwhile, does not write what it read before.
fn who_was_overtaken_reads_again() {
    let slow = "{% for a in range(300) %}{% for b in range(900) %}{% endfor %}{% endfor %}";
    let sandbox = with_template(&format!("{slow}\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: slow}}\n"));
    let namespaces: Vec<String> = (0..6).map(|at| format!("{{name: vision-{at}}}")).collect();
    let without = format!("{{addOns: [long], namespaces: [{}]}}", namespaces.join(", "));
    let with = without.replace("{addOns", "{contributors: [{user: bob}], addOns");
    let tenant = |spec: &str| super::sandbox::tenant("vision", spec);
    sandbox.write("input/vision.yaml", tenant(&without));
    sandbox.run("compile --output newer").exits(0);
    sandbox.write("input/vision.yaml", tenant(&with));
    let slow = sandbox.command("compile --jobs 1").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let slow = slow.expect("the program starts");
    std::thread::sleep(Duration::from_millis(150));
    sandbox.write("input/vision.yaml", tenant(&without));
    std::fs::rename(sandbox.path("newer"), sandbox.path("output")).expect("a move");
    Run::of(slow.wait_with_output().expect("the program ends")).exits(0).prints("0 new, 0 changed");
    assert!(!sandbox.read("output/prod/tenants/vision-0.yaml").contains("bob"));
}

fn a_deep_template_keeps_its_stack() {
    let manifest = "\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: deep}\n";
    for (before, part, after) in [
        ("{% set x = ", "-", "1 %}"),
        ("{% set x = 1", "+1", " %}"),
        ("{% set x = [1] %}", "{% set x = [x] %}", ""),
        ("{% set x = [1] %}", "{% set x = x * 1 %}", ""),
    ] {
        let times = 16_000 / part.len();
        let sandbox = with_template(&format!("{before}{}{after}{manifest}", part.repeat(times)));
        let run = sandbox.run("check");
        assert!(matches!(run.code, Some(0 | 2)), "{part}: {:?} {}", run.code, run.stderr);
    }
}

fn a_long_template_is_refused() {
    let sandbox = with_template(&"# a\n".repeat(5_000));
    sandbox.run("check").exits(2).says("this template has 20000 bytes, and 16384 are allowed");
}

/// Every mistake is reported, none twice, and nothing else.
fn fifty_mistakes_among_two_thousand_tenants() {
    let sandbox = Sandbox::empty();
    sandbox.write("input/platform.yaml", PLATFORM);
    sandbox.write("input/people.yaml", PEOPLE);
    // Any numbers would do; these are always the same.
    let mut broken = BTreeSet::new();
    let mut random = 7_u64;
    while broken.len() < 50 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        broken.insert((random >> 33) % 2_000);
    }
    let mut wanted = BTreeSet::new();
    for at in 0..2_000_u64 {
        let mistakes = [
            ("{contributors: [{user: nobody}]}", "unknown-user"),
            ("{contributors: [{group: nobody}]}", "unknown-group"),
            ("{contributers: [{user: ada}]}", "unknown-field"),
            ("{contributors: [{user: ada, role: king}]}", "unknown-value"),
            ("{contributors: [{user: ada, until: 2026-02-30}]}", "invalid-date"),
        ];
        let (spec, code) = mistakes[usize::try_from(random.wrapping_add(at) % 5).expect("it is below five")];
        let path = format!("input/tenants/t{at:04}.yaml");
        let spec = if broken.contains(&at) { spec } else { "{contributors: [{user: ada}]}" };
        sandbox.write(&path, super::sandbox::tenant(&format!("t{at:04}"), spec));
        if broken.contains(&at) {
            wanted.insert((path, code.to_owned()));
        }
    }
    let run = sandbox.run("check --format json").exits(2);
    let report: serde_json::Value = serde_json::from_str(&run.stdout).expect("the report is JSON");
    let found = report["diagnostics"].as_array().expect("a list of findings");
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let pairs: BTreeSet<_> = found.iter().map(|it| (text(&it["file"]), text(&it["code"]))).collect();
    let mut difference = String::new();
    for pair in pairs.symmetric_difference(&wanted) {
        let _ = writeln!(difference, "{pair:?}");
    }
    assert!(difference.is_empty() && found.len() == 50, "{} findings, and of these wrong:\n{difference}", found.len());
    // People are shown all of them as well.
    let run = sandbox.run("check").exits(2);
    let missing = wanted.iter().filter(|(path, _)| !run.stderr.contains(path.as_str())).count();
    assert!(missing == 0, "{missing} of 50 are not shown");
}

#[cfg(unix)]
fn input_that_is_only_readable() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::new();
    let set = |mode: u32, file: u32| {
        for name in ["platform.yaml", "people.yaml", "vision.yaml", "audio.yaml"] {
            let path = sandbox.path("input").join(name);
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(file)).expect("permissions can be set");
        }
        std::fs::set_permissions(sandbox.path("input"), std::fs::Permissions::from_mode(mode))
            .expect("they can be set");
    };
    set(0o555, 0o444);
    let before = (sandbox.tree("input"), sandbox.times("input"));
    if let Some(run) = sandbox.run_bound("compile --output output") {
        run.exits(0);
        assert!(before == (sandbox.tree("input"), sandbox.times("input")), "the inventory was touched");
    }
    set(0o755, 0o644);
}

#[cfg(not(unix))]
fn input_that_is_only_readable() {}

/// Whoever removes the output while it is written gets an error or a whole output, and the next run makes it whole.
fn output_removed_under_our_feet() {
    let sandbox = Sandbox::new();
    let many: Vec<String> = (0..200).map(|at| super::sandbox::tenant(&format!("t{at}"), "{}")).collect();
    sandbox.write("input/many.yaml", many.join("---\n"));
    sandbox.run("compile --output alone").exits(0);
    let wanted = sandbox.tree("alone");
    for _ in 0..4 {
        let mut command = sandbox.command("compile");
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program can be started");
        while child.try_wait().expect("it can be asked").is_none() {
            let _ = std::fs::remove_dir_all(sandbox.path("output"));
            std::thread::sleep(Duration::from_millis(3));
        }
        let run = Run::of(child.wait_with_output().expect("it ends"));
        assert!(matches!(run.code, Some(0 | 2)), "{:?}: {}", run.code, run.stderr);
        assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
        if run.code == Some(2) {
            run.says("output");
        }
        sandbox.run("compile").exits(0);
        assert!(wanted == sandbox.tree("output"), "the output is not whole");
    }
}
