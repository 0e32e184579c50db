//! tenantry as a function: a ResourceList in, a ResourceList out, as kustomize and kpt exchange it.
//!
//! What is not ours comes back as the very text that came in. Our objects carry the name of the configuration that made
//! them, which is how they are known again, replaced in place, and left out when nothing asks for them any more. On an
//! error every item is left as it is.

mod answer;
mod compare;
mod config;
mod documents;
mod edit;
mod finding;
mod host;
mod json;
pub mod verify;

pub use answer::answer;
pub use config::{Config, Mode, Source};
pub use documents::{KPTFILE, of_folder};
pub use finding::{Finding, Origin};
pub use host::{CONFIG, is_host_annotation};

use crate::diag::{Diagnostic, Severity, Sink};
use crate::source::SourceMap;
use host::Host;

/// A call that could be understood: what came in, and what is wanted.
#[derive(Debug)]
pub struct Call<'t> {
    host: Host<'t>,
    /// The text that the host sent, for places in it.
    sources: &'t SourceMap,
    /// What is wanted.
    pub config: Config,
    /// What is wrong with the configuration.
    pub findings: Vec<Finding>,
}

impl<'t> Call<'t> {
    /// Understands a ResourceList, the only file of a map.
    ///
    /// # Errors
    ///
    /// What is none.
    pub fn resource_list(sources: &'t SourceMap) -> Result<Self, Finding> {
        let host = read(sources, Host::resource_list)?;
        let text = host.config();
        Ok(Call::with(host, sources, text))
    }

    /// Understands a stream of documents, the only file of a map, with a configuration that comes apart from it.
    ///
    /// # Errors
    ///
    /// What is none.
    pub fn stream(sources: &'t SourceMap, config: String) -> Result<Self, Finding> {
        Ok(Call::with(read(sources, Host::stream)?, sources, Some(config)))
    }

    fn with(host: Host<'t>, sources: &'t SourceMap, text: Option<String>) -> Self {
        let files = text.map(|text| (config::FILE.to_owned(), text)).into_iter().collect();
        let texts = SourceMap::new(files);
        let mut sink = Sink::default();
        let mut config = config::read(&texts, &mut sink);
        let found = sink.into_vec();
        let findings = found.iter().map(|found| Finding::new(found, &texts, Origin::Config)).collect();
        if config.package.is_none() {
            // Those of packages inside of the package are longer.
            let packages = host.items.iter().filter_map(|item| item.annotation(host::PACKAGE));
            config.package = packages.min_by_key(|path| path.len()).map(str::to_owned);
        }
        Call { host, sources, config, findings }
    }

    /// The inventory, unless it is in a folder.
    pub fn inventory(&self) -> SourceMap {
        match &self.config.source {
            Source::Documents(documents) => SourceMap::rewritten(documents.clone()),
            Source::Text(text) => SourceMap::new(vec![("data.documents".to_owned(), text.clone())]),
            Source::Items => SourceMap::new(documents::inventory(&self.host)),
            Source::Folder(_) => SourceMap::default(),
        }
    }

    /// Where the inventory comes from.
    pub fn origin(&self) -> Origin<'_> {
        match &self.config.source {
            Source::Documents(_) | Source::Text(_) => Origin::Documents,
            Source::Folder(folder) => Origin::Folder(folder),
            Source::Items => Origin::Items,
        }
    }

    /// What came in, unchanged, with these findings.
    pub fn refusal(&self, findings: &[Finding]) -> String {
        if !self.host.names_files() {
            // A stream has no place for findings, and a host takes whatever it reads for the answer.
            return String::new();
        }
        let results = findings.iter().map(Finding::result).collect();
        self.host.with_results(results).unwrap_or_else(|_| empty(findings))
    }
}

fn read<'t>(
    sources: &'t SourceMap,
    read: fn(crate::source::FileId, &'t str) -> Result<Host<'t>, Box<Diagnostic>>,
) -> Result<Host<'t>, Finding> {
    let (id, file) = sources.files().next().expect("the caller gives one file");
    read(id, file.text()).map_err(|diagnostic| Finding::new(&diagnostic, sources, Origin::Host))
}

/// What came in, with these findings, although it could not be understood; without items, if nobody can tell what it was.
pub fn unread(sources: &SourceMap, findings: &[Finding]) -> String {
    let results = || findings.iter().map(Finding::result).collect();
    let host = read(sources, Host::unread).ok();
    host.and_then(|host| host.with_results(results()).ok()).unwrap_or_else(|| empty(findings))
}

/// A ResourceList without items, for what came in and was none.
pub fn empty(findings: &[Finding]) -> String {
    use crate::manifest::{Map, Tree, yaml};
    let results: Vec<Tree<'_>> = findings.iter().map(Finding::result).collect();
    let list = Map::new()
        .with("apiVersion", "config.kubernetes.io/v1")
        .with("kind", "ResourceList")
        .with("items", Vec::<Tree<'_>>::new())
        .with("results", results);
    let mut text = String::new();
    yaml::tree(&mut text, &Tree::Map(list), 0);
    text
}

/// Puts errors before warnings, and keeps the order otherwise: hosts show the first lines and cut the rest.
pub fn sort(findings: &mut [Finding]) {
    findings.sort_by_key(|finding| finding.severity != Severity::Error);
}
