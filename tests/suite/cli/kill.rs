//! A compile that is killed, and the next one.

use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::Test;
use super::sandbox::{Sandbox, tenant};

pub const TESTS: &[Test] = &[("at-any-instant", at_any_instant)];

/// Tenants, and how often a compile of them is killed. `TENANTRY_KILLS` gives another number.
const TENANTS: usize = 300;
const KILLS: u32 = 15;

/// One clean run after a killed one gives the tree of a run that was never killed.
fn at_any_instant() {
    let kills = std::env::var("TENANTRY_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS);
    let sandbox = Sandbox::new();
    let started = Instant::now();
    let wanted = ["edit", "view"].map(|role| {
        inventory(&sandbox, role);
        sandbox.run(&format!("compile --output never-killed-{role}")).exits(0);
        (role, sandbox.tree(&format!("never-killed-{role}")))
    });
    let whole = started.elapsed() / 2;
    for kill in 0..kills {
        // Mostly over older output, where files are replaced; every third time, there is nothing yet.
        if kill % 3 == 0 && sandbox.has("output") {
            fs::remove_dir_all(sandbox.path("output")).expect("the output can be removed");
        }
        let (role, wanted) = &wanted[kill as usize % 2];
        inventory(&sandbox, role);
        let before = sandbox.tree("output");
        let mut child =
            sandbox.command("compile").stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        std::thread::sleep(instant(kill, whole));
        child.kill().expect("it can be killed");
        child.wait().expect("it ends");
        for (path, text) in sandbox.tree("output").iter().filter(|(path, _)| !path.ends_with(".tmp")) {
            let whole = wanted.get(path) == Some(text) || before.get(path) == Some(text);
            assert!(whole, "kill {kill} left {path} neither as before nor as wanted");
        }
        sandbox.run("compile").exits(0);
        assert!(*wanted == sandbox.tree("output"), "kill {kill} left something else");
    }
}

/// Tenants whose contributors have this role.
fn inventory(sandbox: &Sandbox, role: &str) {
    let spec = format!("{{contributors: [{{group: ml, role: {role}}}]}}");
    let all: Vec<String> = (0..TENANTS).map(|at| tenant(&format!("t{at}"), &spec)).collect();
    sandbox.write("input/all.yaml", all.join("---\n"));
}

/// Instants spread over a run, most of them in its second half, where files are written.
fn instant(kill: u32, whole: Duration) -> Duration {
    let golden = (f64::from(kill) * 0.618_034).fract();
    whole.mul_f64(0.3 + 0.7 * golden)
}
