//! Names to places in a list, for the look-ups that there are most of.

use std::borrow::Borrow;

/// Names in order. How each begins stands beside those of the others, so that a look-up goes to few of the names
/// themselves, which are anywhere in memory.
#[derive(Debug)]
pub struct Index<N> {
    beginnings: Vec<u64>,
    names: Vec<N>,
}

impl<N> Default for Index<N> {
    fn default() -> Self {
        Index { beginnings: Vec::new(), names: Vec::new() }
    }
}

impl<N: Borrow<str>> Index<N> {
    /// An index of names that are sorted and distinct.
    pub fn new(names: Vec<N>) -> Self {
        debug_assert!(names.is_sorted_by(|a, b| a.borrow() < b.borrow()), "names are sorted and distinct");
        Index { beginnings: names.iter().map(|name| beginning(name.borrow())).collect(), names }
    }

    /// The position of a name.
    pub fn find(&self, name: &str) -> Option<usize> {
        let wanted = beginning(name);
        let from = self.beginnings.partition_point(|it| *it < wanted);
        let alike = self.beginnings[from..].partition_point(|it| *it == wanted);
        let found = self.names[from..from + alike].binary_search_by(|it| it.borrow().cmp(name));
        found.ok().map(|at| from + at)
    }

    /// All names, in order.
    pub fn names(&self) -> std::slice::Iter<'_, N> {
        self.names.iter()
    }
}

/// The first eight bytes as a number. Of two names, the smaller one has no larger number.
fn beginning(name: &str) -> u64 {
    let mut bytes = [0; 8];
    let length = name.len().min(8);
    bytes[..length].copy_from_slice(&name.as_bytes()[..length]);
    u64::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_and_no_other() {
        let names = ["", "a", "a\0", "ab", "abcdefgh", "abcdefgh.i", "abcdefgh.j", "abcdefghi", "b", "é", "用户"];
        let index = Index::new(names.to_vec());
        for (at, name) in names.iter().enumerate() {
            assert_eq!(index.find(name), Some(at), "{name:?}");
        }
        for name in ["\0", "aa", "abcdefg", "abcdefgh.", "abcdefgh.k", "abcdefghij", "c", "z"] {
            assert_eq!(index.find(name), None, "{name:?}");
        }
        assert_eq!(Index::<&str>::default().find("a"), None);
    }
}
