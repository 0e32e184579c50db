//! Which templates are being run at this moment.
//!
//! The engine charges a template for its steps and for the text that it makes, and not for every comparison of nested
//! lists or every list that is added to itself: a few lines can ask for more than any machine has. The library has no
//! clock, so it says what is going on, and the program ends what does not end by itself.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

static STARTED: AtomicU64 = AtomicU64::new(0);
static RUNNING: Mutex<BTreeMap<u64, Run>> = Mutex::new(BTreeMap::new());

/// A template that is being run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Name of the template.
    pub template: String,
    /// The namespace that it is run for.
    pub namespace: String,
}

/// The templates that run in any thread of this process, by a number that no other run has.
pub fn running() -> BTreeMap<u64, Run> {
    lock().clone()
}

/// A run that is on the list until it is dropped.
pub(super) struct Listed(u64);

impl Listed {
    /// Puts a run on the list.
    pub(super) fn new(template: &str, namespace: &str) -> Self {
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        lock().insert(number, Run { template: template.to_owned(), namespace: namespace.to_owned() });
        Listed(number)
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        lock().remove(&self.0);
    }
}

fn lock() -> MutexGuard<'static, BTreeMap<u64, Run>> {
    RUNNING.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever watches would end the program for a run that is over.
    #[test]
    fn a_run_is_listed_until_it_ends() {
        let run = Run { template: "helper".to_owned(), namespace: "listed-until-it-ends".to_owned() };
        let is_listed = || running().values().any(|it| *it == run);
        let listed = Listed::new(&run.template, &run.namespace);
        assert!(is_listed());
        drop(listed);
        assert!(!is_listed());
    }
}
