//! What a function has to say, in the two forms that hosts know: a line on stderr and an entry of `results`.

use super::config::{self, field_path};
use super::host;
use crate::diag::{Code, Diagnostic, Place, Severity};
use crate::manifest::{Manifest, Map, Tree};
use crate::parse::outline::Item;
use crate::source::SourceMap;

/// Where the texts come from that findings are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin<'a> {
    /// What the host sent.
    Host,
    /// The function's configuration.
    Config,
    /// Documents of the configuration; their paths are those of fields.
    Documents,
    /// A folder, as people name it.
    Folder(&'a str),
    /// The items; their paths are those of files.
    Items,
}

/// A finding as a host is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub severity: Severity,
    /// Its name.
    pub code: Code,
    /// What is wrong, and what to do.
    pub message: String,
    /// Path of a file.
    pub file: Option<String>,
    /// Line and column in it.
    pub line: Option<(u32, u32)>,
    /// Path of a field of the configuration.
    pub field: Option<String>,
    /// The object that it is about.
    pub object: Option<Box<Object>>,
}

/// An object, as hosts name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its `apiVersion`.
    pub api_version: String,
    /// Its kind.
    pub kind: String,
    /// Its namespace, if it is in one.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
    /// Its place among the objects of its file, if it came in.
    pub index: Option<i64>,
}

impl Object {
    /// An item, if it says what it is.
    pub fn of_item(item: &Item<'_>) -> Option<Self> {
        let text =
            |text: &Option<std::borrow::Cow<'_, str>>| text.as_deref().filter(|it| !it.is_empty()).map(str::to_owned);
        Some(Object {
            api_version: text(&item.api_version)?,
            kind: text(&item.kind)?,
            namespace: text(&item.namespace),
            name: text(&item.name)?,
            index: host::path_of(item).map(|_| host::index_of(item)),
        })
    }

    /// An object of ours.
    pub fn of_manifest(manifest: &Manifest<'_>) -> Self {
        Object {
            api_version: manifest.api_version.to_string(),
            kind: manifest.kind.to_string(),
            namespace: manifest.namespace.as_deref().map(str::to_owned),
            name: manifest.name.to_string(),
            index: None,
        }
    }
}

impl Finding {
    /// A diagnostic, told to a host.
    pub fn new(diagnostic: &Diagnostic, sources: &SourceMap, origin: Origin<'_>) -> Self {
        let message = match &diagnostic.help {
            Some(help) => format!("{}; {help}", diagnostic.message),
            None => diagnostic.message.clone(),
        };
        let mut finding = Finding {
            severity: diagnostic.severity,
            code: diagnostic.code,
            message,
            file: None,
            line: None,
            field: None,
            object: None,
        };
        let of_host = matches!(diagnostic.code, Code::ObjectNotOurs | Code::NotAsWanted | Code::UnretiredRemoval);
        match (&diagnostic.place, origin) {
            (Place::At(mark), Origin::Config) => {
                let path = field_path(sources, mark.span).filter(|path| !path.is_empty());
                finding.field = path.or_else(|| Some(config::FILE.to_owned()));
            }
            (Place::At(mark), Origin::Documents) => {
                let document = sources.file(mark.span.file).path();
                let below = field_path(sources, mark.span).filter(|below| !below.is_empty());
                finding.field = Some(below.map_or_else(|| document.to_owned(), |below| format!("{document}.{below}")));
            }
            (Place::At(mark), origin) => {
                let at = sources.locate(mark.span);
                finding.file = Some(prefixed(origin, at.path));
                finding.line = Some((at.line, at.column));
            }
            (Place::File(path), _) if of_host => finding.file = Some(path.clone()),
            (Place::File(path), origin) => finding.file = Some(prefixed(origin, path)),
            (Place::Inventory, Origin::Folder(folder)) => finding.file = Some(folder.to_owned()),
            (Place::Inventory, Origin::Documents) => finding.field = Some("spec.documents".to_owned()),
            (Place::Inventory, Origin::Config) => finding.field = Some("spec.inventory".to_owned()),
            (Place::Inventory, Origin::Host | Origin::Items) => {}
        }
        finding
    }

    /// The same, about an object.
    pub fn about(self, object: Option<Object>) -> Self {
        Finding { object: object.map(Box::new), ..self }
    }

    /// One line that says it all: hosts show the first few lines of stderr and cut the rest.
    pub fn line(&self) -> String {
        let place = match (&self.field, &self.file, self.line) {
            (Some(field), ..) => format!("{field}: "),
            (None, Some(file), Some((line, column))) => format!("{file}:{line}:{column}: "),
            (None, Some(file), None) => format!("{file}: "),
            (None, None, _) => String::new(),
        };
        let message = self.message.replace('\n', " ");
        format!("{}[{}]: {place}{message}", self.severity.name(), self.code.name())
    }

    /// The entry of `results`.
    pub fn result(&self) -> Tree<'static> {
        let mut tags = Map::new().with("code", self.code.name());
        if let Some((line, column)) = self.line {
            tags.extend(Map::new().with("line", line.to_string()).with("column", column.to_string()));
        }
        let mut result = Map::new().with("message", self.message.clone()).with("severity", self.severity.name());
        if let Some(file) = &self.file {
            let mut place = Map::new().with("path", file.clone());
            if let Some(index) = self.object.as_ref().and_then(|object| object.index) {
                place.insert("index", Tree::Integer(index));
            }
            result.insert("file", place);
        }
        if let Some(object) = &self.object {
            let mut reference = Map::new()
                .with("apiVersion", object.api_version.clone())
                .with("kind", object.kind.clone())
                .with("name", object.name.clone());
            if let Some(namespace) = &object.namespace {
                reference.insert("namespace", namespace.clone());
            }
            result.insert("resourceRef", reference);
        }
        if let Some(field) = &self.field {
            result.insert("field", Map::new().with("path", field.clone()));
        }
        result.insert("tags", tags);
        Tree::Map(result)
    }
}

fn prefixed(origin: Origin<'_>, path: &str) -> String {
    match origin {
        Origin::Folder(folder) if path.is_empty() => folder.to_owned(),
        Origin::Folder(folder) => format!("{}/{path}", folder.trim_end_matches('/')),
        _ => path.to_owned(),
    }
}
