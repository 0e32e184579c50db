//! Where a run is: told by those who do the work, to whoever shows it.
//!
//! Nothing here knows what time it is. The library says what begins and what is done; the command line measures and draws.

/// A phase of a run. A command goes through some of them, and through those of an inventory once for each side of a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Reading files of the inventory.
    Reading,
    /// Reading objects of a git repository.
    ReadingGit,
    /// Parsing YAML, and decoding it by the tables of fields.
    Parsing,
    /// Looking up names, and expanding groups.
    Resolving,
    /// Deciding who has what.
    Planning,
    /// Looking for what is allowed and not wise.
    Linting,
    /// Compiling templates, and rendering each once to check what it gives.
    CheckingAddOns,
    /// Rendering files, and comparing them with those in the output folder.
    Comparing,
    /// Rendering and writing files that differ.
    Writing,
    /// Comparing the two sides of a review.
    Reviewing,
    /// Putting a result into words.
    Reporting,
}

impl Phase {
    /// As it is shown to people.
    pub fn name(self) -> &'static str {
        match self {
            Phase::Reading => "reading",
            Phase::ReadingGit => "reading git",
            Phase::Parsing => "parsing",
            Phase::Resolving => "resolving",
            Phase::Planning => "planning",
            Phase::Linting => "linting",
            Phase::CheckingAddOns => "checking add-ons",
            Phase::Comparing => "comparing",
            Phase::Writing => "writing",
            Phase::Reviewing => "reviewing",
            Phase::Reporting => "reporting",
        }
    }

    /// What is counted in it; `None` if nothing is.
    pub fn counts(self) -> Option<&'static str> {
        match self {
            Phase::Reading | Phase::Parsing | Phase::Comparing | Phase::Writing => Some("files"),
            Phase::CheckingAddOns | Phase::Reviewing => Some("namespaces"),
            Phase::ReadingGit | Phase::Resolving | Phase::Planning | Phase::Linting | Phase::Reporting => None,
        }
    }
}

/// Whoever is told.
pub trait Meter: Sync {
    /// A phase begins, and the one before is over. `items` is how many things there are to do in it, 0 if nobody knows.
    fn begin(&self, phase: Phase, items: usize);

    /// One of the things of the phase is done. Called from any thread, and often.
    fn step(&self);
}

/// Nobody is told.
pub struct Unmetered;

impl Meter for Unmetered {
    fn begin(&self, _: Phase, _: usize) {}

    fn step(&self) {}
}
