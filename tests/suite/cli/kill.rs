//! A compile that is killed, and the next one.

use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::Test;
use super::sandbox::{PLATFORM, Sandbox, tenant};

pub const TESTS: &[Test] = &[("at-any-instant", at_any_instant)];

/// Tenants, and how often a compile of them is killed. `TENANTRY_KILL_TENANTS` and `TENANTRY_KILLS` give other numbers.
const TENANTS: usize = 300;
const KILLS: u32 = 15;

/// What the compiles are of, one after the other: of another role, or in other folders, so that files are changed, and
/// moved and removed.
const SIDES: [(&str, u16); 4] = [("edit", 1), ("view", 1), ("view", 4), ("edit", 4)];

/// One clean run after a killed one gives the tree of a run that was never killed.
fn at_any_instant() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u32>().ok());
    let kills = number("TENANTRY_KILLS").unwrap_or(KILLS);
    let tenants = number("TENANTRY_KILL_TENANTS").map_or(TENANTS, |number| number as usize);
    let sandbox = Sandbox::new();
    let started = Instant::now();
    let wanted = SIDES.map(|side| {
        inventory(&sandbox, side, tenants);
        let output = format!("never-killed-{}-{}", side.0, side.1);
        sandbox.run(&format!("compile --output {output}")).exits(0);
        (side, sandbox.tree(&output))
    });
    let whole = started.elapsed() / 4;
    for kill in 0..kills {
        // Mostly over older output, where files are replaced; every fifth time, there is nothing yet.
        if kill % 5 == 0 && sandbox.has("output") {
            fs::remove_dir_all(sandbox.path("output")).expect("the output can be removed");
        }
        let (side, wanted) = &wanted[kill as usize % 4];
        inventory(&sandbox, *side, tenants);
        let before = sandbox.tree("output");
        let mut child =
            sandbox.command(COMPILE).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        std::thread::sleep(instant(kill, whole));
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
        for (path, text) in sandbox.tree("output").iter().filter(|(path, _)| !path.ends_with(".tmp")) {
            let whole = wanted.get(path) == Some(text) || before.get(path) == Some(text);
            assert!(whole, "kill {kill} left {path} neither as before nor as wanted");
        }
        sandbox.run(COMPILE).exits(0);
        assert!(*wanted == sandbox.tree("output"), "kill {kill} left something else");
    }
}

/// Namespaces move from one side to the other, and nothing else asks for a flag.
const COMPILE: &str = "compile --allow-reshard";

/// Tenants whose contributors have this role, in so many folders.
fn inventory(sandbox: &Sandbox, (role, shards): (&str, u16), tenants: usize) {
    let gitops = format!("{{engine: none, shards: {shards}}}");
    sandbox.write("input/platform.yaml", PLATFORM.replace("{engine: none}", &gitops));
    let spec = format!("{{contributors: [{{group: ml, role: {role}}}]}}");
    let all: Vec<String> = (0..tenants).map(|at| tenant(&format!("t{at}"), &spec)).collect();
    sandbox.write("input/all.yaml", all.join("---\n"));
}

/// Instants spread over a run, most of them in its second half, where files are written.
fn instant(kill: u32, whole: Duration) -> Duration {
    let golden = (f64::from(kill) * 0.618_034).fract();
    whole.mul_f64(0.3 + 0.7 * golden)
}
