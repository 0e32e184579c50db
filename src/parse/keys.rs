//! Keys that stand twice in one map: reported, and only the first of each goes on.

use super::yaml::{Key, Node};
use crate::diag::{Sink, catalog::yaml as catalog};

/// Reports keys that stand twice and keeps the first of each.
pub fn check_doubles(entries: &mut Vec<(Key<'_>, Node<'_>)>, sink: &mut Sink) {
    let keys: Vec<&str> = entries.iter().map(|(key, _)| key.text.as_ref()).collect();
    let again = doubles(&keys);
    if again.iter().all(Option::is_none) {
        return;
    }
    for (at, first) in again.iter().enumerate() {
        if let &Some(first) = first {
            let (first, key) = (&entries[first].0, &entries[at].0);
            sink.push(catalog::duplicate_key(key.span, &key.text, first.span));
        }
    }
    let mut again = again.into_iter();
    entries.retain(|_| again.next().flatten().is_none());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::SourceMap;

    #[test]
    fn nothing_is_not_a_text() {
        let sources = SourceMap::new(vec![("a.yaml".to_owned(), "---\n\n---\na:\nb: ~\nc: [\"\"]\n---\n".to_owned())]);
        let (file, source) = sources.files().next().expect("one file");
        let mut sink = Sink::default();
        let documents = read(file, source.text(), &mut sink);
        assert!(!sink.has_errors());
        let [Document::Read(Node { value: Value::Map(entries), .. })] = &documents[..] else {
            panic!("empty documents are left out: {documents:?}")
        };
        let empty: Vec<bool> = entries.iter().map(|(_, node)| node.is_empty()).collect();
        assert_eq!(empty, [true, false, false]);
    }
}
