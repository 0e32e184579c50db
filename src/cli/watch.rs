//! Ends the program when a template does not end, before the machine has to: see [`running`].
//!
//! Steps and output of a template are limited by what it does, so that every machine decides alike. Only what slips
//! through there meets this clock. Nothing is written then that was not written before: templates are run for every
//! namespace before the first file is touched, and a run may be killed at any instant.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::time::{Duration, Instant};

use tenantry::lower::template::{Run, running};
use tenantry::report::escape;

/// Longest time that one template may take for one namespace. A thousand times what a large one takes.
const TIME: Duration = Duration::from_secs(20);

/// Most memory in KiB by which the program may grow while one template runs for one namespace.
const GROWTH: u64 = 2 << 20;

/// How often somebody looks.
const PAUSE: Duration = Duration::from_millis(50);

/// Starts to watch. Without a thread for it, the program runs unwatched.
pub fn start() {
    let _ = std::thread::Builder::new().name("watch".to_owned()).spawn(|| {
        let mut seen = BTreeMap::new();
        loop {
            std::thread::sleep(PAUSE);
            let now = running();
            seen.retain(|number, _| now.contains_key(number));
            if now.is_empty() {
                continue;
            }
            let memory = resident();
            for (number, run) in now {
                let (since, before) = *seen.entry(number).or_insert_with(|| (Instant::now(), memory));
                if since.elapsed() > TIME {
                    end(&run, &format!("runs for more than {} seconds", TIME.as_secs()));
                }
                if memory.saturating_sub(before) > GROWTH {
                    end(&run, &format!("takes more than {} GiB of memory", GROWTH >> 20));
                }
            }
        }
    });
}

fn end(run: &Run, what: &str) {
    let text = format!(
        "error: the template `{}` {what} for the namespace `{}`; look for lists that are put into each other, or added to \
         themselves, over and over",
        run.template, run.namespace
    );
    let _ = writeln!(std::io::stderr(), "{}", escape::terminal(&text));
    std::process::exit(2);
}

/// Memory of this process in KiB, where the kernel says it.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
