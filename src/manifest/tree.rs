//! The values that a manifest may hold: what YAML output can say, and nothing more.
//!
//! There is no null and no float: neither ever stands in what tenantry writes. Maps keep their keys sorted, so that the
//! order of a document depends on nothing but its content.

use std::borrow::Cow;

/// A value inside a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tree<'a> {
    /// Keys and values, sorted by key.
    Map(Map<'a>),
    /// Values in an order that means something.
    List(Vec<Tree<'a>>),
    /// Text. The writer quotes it whenever a reader could take it for something else.
    Text(Cow<'a, str>),
    /// A whole number.
    Integer(i64),
    /// `true` or `false`.
    Boolean(bool),
}

/// Keys and values, sorted by key (as bytes), each key once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Map<'a> {
    entries: Vec<(Cow<'a, str>, Tree<'a>)>,
}

impl<'a> Map<'a> {
    /// An empty map.
    pub fn new() -> Self {
        Map::default()
    }

    /// Puts a value under a key, replacing what was there.
    pub fn insert(&mut self, key: impl Into<Cow<'a, str>>, value: impl Into<Tree<'a>>) {
        let (key, value) = (key.into(), value.into());
        match self.entries.last() {
            Some((last, _)) if *last >= key => match self.entries.binary_search_by(|entry| entry.0.cmp(&key)) {
                Ok(at) => self.entries[at].1 = value,
                Err(at) => self.entries.insert(at, (key, value)),
            },
            _ => self.entries.push((key, value)),
        }
    }

    /// The same map with one more entry.
    pub fn with(mut self, key: impl Into<Cow<'a, str>>, value: impl Into<Tree<'a>>) -> Self {
        self.insert(key, value);
        self
    }

    /// The value under a key.
    pub fn get(&self, key: &str) -> Option<&Tree<'a>> {
        self.entries.binary_search_by(|entry| entry.0.as_ref().cmp(key)).ok().map(|at| &self.entries[at].1)
    }

    /// Takes the value under a key out of the map.
    pub fn remove(&mut self, key: &str) -> Option<Tree<'a>> {
        let at = self.entries.binary_search_by(|entry| entry.0.as_ref().cmp(key)).ok()?;
        Some(self.entries.remove(at).1)
    }

    /// Entries in the order of their keys.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &Tree<'a>)> {
        self.entries.iter().map(|(key, value)| (key.as_ref(), value))
    }

    /// Puts every entry of another map into this one, replacing what was there.
    pub fn extend(&mut self, other: Map<'a>) {
        for (key, value) in other.entries {
            self.insert(key, value);
        }
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl<'a, K: Into<Cow<'a, str>>, V: Into<Tree<'a>>> FromIterator<(K, V)> for Map<'a> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Map::new();
        for (key, value) in entries {
            map.insert(key, value);
        }
        map
    }
}

impl<'a> From<&'a str> for Tree<'a> {
    fn from(text: &'a str) -> Self {
        Tree::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Tree<'_> {
    fn from(text: String) -> Self {
        Tree::Text(Cow::Owned(text))
    }
}

impl<'a> From<Cow<'a, str>> for Tree<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Tree::Text(text)
    }
}

impl From<i64> for Tree<'_> {
    fn from(number: i64) -> Self {
        Tree::Integer(number)
    }
}

impl From<bool> for Tree<'_> {
    fn from(value: bool) -> Self {
        Tree::Boolean(value)
    }
}

impl<'a> From<Map<'a>> for Tree<'a> {
    fn from(map: Map<'a>) -> Self {
        Tree::Map(map)
    }
}

impl<'a, T: Into<Tree<'a>>> From<Vec<T>> for Tree<'a> {
    fn from(items: Vec<T>) -> Self {
        Tree::List(items.into_iter().map(Into::into).collect())
    }
}
