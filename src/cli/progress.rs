//! How far a run is, on a terminal, and where its time went.

use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write as _};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tenantry::meter::{Meter, Phase};

/// Runs that take less show nothing.
const PATIENCE: u64 = 1_000;

/// Milliseconds from one picture to the next.
const PAUSE: u64 = 100;

/// Characters of the bar. With the longest name it fits into 40 columns.
const CELLS: usize = 12;

/// Narrower than this, nothing is drawn.
const NARROWEST: usize = 8;

/// Takes the line away on which the cursor is.
const ERASE: &str = "\r\x1b[2K";

/// Measures a run, and shows how far it is if somebody looks.
pub struct Progress {
    shows: bool,
    start: Instant,
    /// Things of the phase that are done, and that there are.
    done: AtomicUsize,
    items: AtomicUsize,
    /// When the next picture is due, in milliseconds since the start.
    due: AtomicU64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    laps: Vec<Lap>,
    now: Option<(Phase, Instant)>,
    drawn: bool,
}

/// All the time of one phase.
struct Lap {
    phase: Phase,
    time: Duration,
    items: usize,
}

impl Progress {
    /// Draws only on a terminal that can erase a line again, and not for those who want to see nothing.
    pub fn new(quiet: bool) -> Progress {
        let is_dumb = std::env::var_os("TERM").is_some_and(|name| name == "dumb");
        Progress {
            shows: !quiet && !is_dumb && io::stderr().is_terminal(),
            start: Instant::now(),
            done: AtomicUsize::new(0),
            items: AtomicUsize::new(0),
            due: AtomicU64::new(PATIENCE),
            state: Mutex::default(),
        }
    }

    /// Takes the picture away: something else is going to be printed.
    pub fn clear(&self) {
        if let Some(state) = self.shows.then(|| self.state.lock().ok()).flatten() {
            erase(state);
        }
    }

    /// A table of the phases, in the order in which they began first.
    pub fn timings(&self) -> String {
        let Ok(mut state) = self.state.lock() else { return String::new() };
        state.end(self.done.swap(0, Ordering::Relaxed));
        let mut text = String::from("timings:\n");
        for Lap { phase, time, items } in &state.laps {
            let _ = write!(text, "  {:<18}{:>9.3} s", phase.name(), time.as_secs_f64());
            if let Some(what) = phase.counts().filter(|_| *items > 0) {
                let _ = write!(text, "  {items} {what}");
            }
            text.push('\n');
        }
        let _ = writeln!(text, "  {:<18}{:>9.3} s", "total", self.start.elapsed().as_secs_f64());
        text
    }

    /// Draws if a picture is due. Whoever finds another thread at it goes on working.
    fn draw(&self) {
        let now = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        if now < self.due.load(Ordering::Relaxed) {
            return;
        }
        let Ok(mut state) = self.state.try_lock() else { return };
        let Some((phase, _)) = state.now else { return };
        self.due.store(now + PAUSE, Ordering::Relaxed);
        let (done, items) = (self.done.load(Ordering::Relaxed), self.items.load(Ordering::Relaxed));
        match picture(phase, done, items, columns()) {
            Some(picture) => {
                let _ = io::stderr().write_all(format!("{ERASE}{picture}").as_bytes());
                state.drawn = true;
            }
            None => erase(state),
        }
    }
}

impl Meter for Progress {
    fn begin(&self, phase: Phase, items: usize) {
        if let Ok(mut state) = self.state.lock() {
            state.end(self.done.swap(0, Ordering::Relaxed));
            self.items.store(items, Ordering::Relaxed);
            state.now = Some((phase, Instant::now()));
        }
        if self.shows {
            self.draw();
        }
    }

    fn step(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
        if self.shows {
            self.draw();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}

impl State {
    /// Adds the phase that is over to the others.
    fn end(&mut self, items: usize) {
        let Some((phase, begun)) = self.now.take() else { return };
        let time = begun.elapsed();
        match self.laps.iter_mut().find(|lap| lap.phase == phase) {
            Some(lap) => {
                lap.time += time;
                lap.items += items;
            }
            None => self.laps.push(Lap { phase, time, items }),
        }
    }
}

fn erase(mut state: std::sync::MutexGuard<'_, State>) {
    if std::mem::take(&mut state.drawn) {
        let _ = io::stderr().write_all(ERASE.as_bytes());
    }
}

/// Columns of the terminal now, which somebody may have made narrower; `None` if it does not say.
fn columns() -> Option<usize> {
    let (width, _) = terminal_size::terminal_size_of(io::stderr())?;
    Some(usize::from(width.0)).filter(|columns| *columns > 0)
}

/// One line: what is going on, and how much of it is done if that is known; of that, what fits beside a free column. A
/// line that is full may wrap, and what wrapped is never taken away again.
fn picture(phase: Phase, done: usize, items: usize, columns: Option<usize>) -> Option<String> {
    let name = phase.name();
    let (whole, short) = if items == 0 {
        (format!("{name} …"), name.to_owned())
    } else {
        let done = done.min(items);
        // In more digits than a number has, for there are many things.
        let part = |of: usize| usize::try_from(of as u128 * done as u128 / items as u128).unwrap_or(of);
        let percent = format!("{:>3} %", part(100));
        (format!("{name:<16} [{:.<CELLS$}] {percent}", "#".repeat(part(CELLS))), percent)
    };
    let columns = columns.unwrap_or(usize::MAX);
    let fits = |text: &String| columns >= NARROWEST && text.chars().count() < columns;
    [whole, short].into_iter().find(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_fit_into_any_terminal() {
        let drawn = |phase, done, items, columns| picture(phase, done, items, columns).unwrap_or_default();
        assert_eq!(drawn(Phase::Planning, 0, 0, None), "planning …");
        assert_eq!(drawn(Phase::CheckingAddOns, 0, 7, None), "checking add-ons [............]   0 %");
        assert_eq!(drawn(Phase::Comparing, 50, 100, Some(80)), "comparing        [######......]  50 %");
        assert_eq!(drawn(Phase::Writing, 9, 3, Some(40)), "writing          [############] 100 %");
        assert!(drawn(Phase::CheckingAddOns, usize::MAX, usize::MAX, None).len() < 40);
        // A line that is full would wrap.
        assert_eq!(drawn(Phase::Writing, 1, 3, Some(38)), "writing          [####........]  33 %");
        assert_eq!(drawn(Phase::Writing, 1, 3, Some(37)), " 33 %");
        assert_eq!(drawn(Phase::Planning, 0, 0, Some(10)), "planning");
        assert_eq!(drawn(Phase::Writing, 1, 3, Some(8)), " 33 %");
        assert_eq!(picture(Phase::Planning, 0, 0, Some(8)), None);
        assert_eq!(picture(Phase::Writing, 1, 3, Some(7)), None);
    }

    #[test]
    fn the_same_phase_of_two_sides_is_one_row() {
        let progress = Progress::new(true);
        for files in [2, 3] {
            progress.begin(Phase::Parsing, files);
            (0..files).for_each(|_| progress.step());
            progress.begin(Phase::Planning, 0);
        }
        let text = progress.timings();
        let rows: Vec<&str> = text.lines().collect();
        assert_eq!(rows.len(), 4, "{text}");
        assert!(rows[1].starts_with("  parsing ") && rows[1].ends_with(" s  5 files"), "{text}");
        assert!(rows[2].starts_with("  planning ") && rows[2].ends_with(" s"), "{text}");
        assert!(rows[3].starts_with("  total "), "{text}");
    }
}
