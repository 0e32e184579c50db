//! The settings of an add-on: the platform's `values` with the tenant's on top, key by key.

use super::super::Scene;
use crate::diag::{Diagnostic, catalog::template as catalog};
use crate::manifest::{Map, Tree};
use crate::source::Span;

/// Everything under `values` that a namespace sees: maps are merged, everything else is replaced.
pub fn effective(scene: &Scene<'_>) -> Map<'static> {
    let tenant = scene.inventory.tenant(scene.provision.tenant);
    merged(&scene.platform.values.map, &tenant.values.map)
}

fn merged(base: &Map<'static>, top: &Map<'static>) -> Map<'static> {
    let mut map = base.clone();
    for (key, value) in top.iter() {
        let value = match (base.get(key), value) {
            (Some(Tree::Map(base)), Tree::Map(top)) => Tree::Map(merged(base, top)),
            _ => value.clone(),
        };
        map.insert(key.to_owned(), value);
    }
    map
}

/// The settings of one built-in add-on, and how to complain about them.
pub struct Settings<'s, 'a> {
    scene: &'s Scene<'a>,
    name: &'s str,
    value: Option<Tree<'static>>,
}

impl<'s, 'a> Settings<'s, 'a> {
    /// The settings under the add-on's name.
    pub fn of(scene: &'s Scene<'a>, name: &'s str) -> Self {
        let tenant = scene.inventory.tenant(scene.provision.tenant);
        let value = match (scene.platform.values.map.get(name), tenant.values.map.get(name)) {
            (Some(Tree::Map(base)), Some(Tree::Map(top))) => Some(Tree::Map(merged(base, top))),
            (base, top) => top.or(base).cloned(),
        };
        Settings { scene, name, value }
    }

    /// The settings as a map whose keys are all known. Empty if there are none.
    pub fn map(&self, known: &[&str]) -> Result<Map<'static>, Box<Diagnostic>> {
        let map = match &self.value {
            None => return Ok(Map::new()),
            Some(Tree::Map(map)) => map,
            Some(_) => return Err(self.wrong(&[], "is not a map", "write its settings as keys and values")),
        };
        if let Some((key, _)) = map.iter().find(|(key, _)| !known.contains(key)) {
            let help = match crate::diag::suggest::nearest(key, known.iter().copied()) {
                Some(name) => format!("did you mean `{name}`?"),
                None if known.is_empty() => "this add-on has no settings".to_owned(),
                None => format!("it has the settings {}", crate::diag::catalog::list(known)),
            };
            return Err(self.wrong(&[key], "is not a setting of this add-on", &help));
        }
        Ok(map.clone())
    }

    /// A setting that is a list of names; absent is empty.
    pub fn names(
        &self,
        map: &Map<'_>,
        key: &str,
        what: &str,
        fits: fn(&str) -> bool,
    ) -> Result<Vec<String>, Box<Diagnostic>> {
        let items = match map.get(key) {
            None => return Ok(Vec::new()),
            Some(Tree::List(items)) => items,
            Some(_) => return Err(self.wrong(&[key], "is not a list", "write a list of names")),
        };
        let mut names = Vec::new();
        for item in items {
            match item {
                Tree::Text(name) if fits(name) => names.push(name.to_string()),
                Tree::Text(name) => {
                    let problem = format!("holds `{}`, which is not {what}", crate::diag::catalog::shown(name));
                    return Err(self.wrong(&[key], &problem, "correct the name"));
                }
                _ => {
                    return Err(self.wrong(&[key], &format!("holds something that is not {what}"), "correct the name"));
                }
            }
        }
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    /// A complaint about the setting at a path below the add-on's name.
    pub fn wrong(&self, path: &[&str], problem: &str, help: &str) -> Box<Diagnostic> {
        let path = std::iter::once(self.name).chain(path.iter().copied()).collect::<Vec<_>>().join(".");
        let whom = catalog::For { tenant: self.scene.tenant(), namespace: self.scene.namespace() };
        Box::new(catalog::setting(self.place(&path), &whom, &path, problem, help))
    }

    /// Where a setting stands: the tenant's own place first, else the platform's, else that of a part of the path.
    fn place(&self, path: &str) -> Span {
        let tenant = self.scene.inventory.tenant(self.scene.provision.tenant);
        let mut path = path;
        loop {
            for places in [&tenant.values.places, &self.scene.platform.values.places] {
                if let Some(&span) = places.get(path) {
                    return span;
                }
            }
            match path.rsplit_once('.') {
                Some((shorter, _)) => path = shorter,
                None => return tenant.span,
            }
        }
    }
}
