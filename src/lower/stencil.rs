//! Contributors' objects as text with gaps.
//!
//! Most objects of a large organisation are contributors', and those of one class on one platform differ in five texts.
//! So each class is lowered and written once, with marks in place of the texts, and cut at the marks; after that, an
//! object is the pieces with the texts between them. The pieces come out of the same lowering and the same writer as
//! everything else, and a text that could change more than its own place takes the long way.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::binding::{Class, SubjectKind, Texts};
use super::neutralise;
use crate::inventory::{Inventory, Platform, Role};
use crate::manifest::{Manifest, yaml};

/// Which of a contributor's objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The RoleBinding.
    Binding,
    /// The AuthorizationPolicy.
    Policy,
}

impl What {
    fn manifest<'a>(self, platform: &'a Platform, class: Class, texts: &Texts<'a>) -> Manifest<'a> {
        match self {
            What::Binding => class.binding(platform, texts),
            What::Policy => class.policy(platform, texts),
        }
    }
}

/// The stencils of every platform of an inventory, each cut when it is first needed.
#[derive(Debug)]
pub struct Stencils {
    /// By the platform's name, then by [`place`].
    platforms: BTreeMap<String, [OnceLock<Option<Stencil>>; PLACES]>,
}

/// How many kinds of objects there are on one platform.
const PLACES: usize = 3 * 3 * 2 * 2;

/// A number for each class and object, below [`PLACES`].
fn place(what: What, class: Class) -> usize {
    let kind = match class.kind {
        SubjectKind::User => 0,
        SubjectKind::Group => 1,
        SubjectKind::ServiceAccount => 2,
    };
    let role = match class.role {
        Role::Admin => 0,
        Role::Edit => 1,
        Role::View => 2,
    };
    ((kind * 3 + role) * 2 + usize::from(class.notebook_access)) * 2 + usize::from(what == What::Policy)
}

impl Stencils {
    /// None are cut yet.
    pub fn of(inventory: &Inventory) -> Stencils {
        let none = || std::array::from_fn(|_| OnceLock::new());
        Stencils { platforms: inventory.platforms().map(|(_, it)| (it.name.to_string(), none())).collect() }
    }

    /// Writes an object as a document, after `---`: the bytes of the manifest, once no engine takes part of it for a
    /// variable.
    pub fn write(&self, out: &mut String, platform: &Platform, what: What, class: Class, texts: &Texts<'_>) {
        out.push_str(SEPARATOR);
        let cut = || Stencil::cut(|texts| written(platform, what, class, texts));
        let places = self.platforms.get(platform.name.as_str());
        let stencil = places.and_then(|places| places[place(what, class)].get_or_init(cut).as_ref());
        match stencil.filter(|_| texts.all().into_iter().all(stays_in_place)) {
            Some(stencil) => stencil.fill(out, texts),
            None => out.push_str(&written(platform, what, class, texts)),
        }
    }
}

/// What stands before each document.
const SEPARATOR: &str = "---\n";

/// An object in the long way: lowered, then written.
fn written(platform: &Platform, what: What, class: Class, texts: &Texts<'_>) -> String {
    let mut manifest = what.manifest(platform, class, texts);
    neutralise(&mut manifest);
    let mut text = String::new();
    yaml::manifest(&mut text, &manifest);
    text
}

/// Whether a text changes nothing beside its own place: with several lines it may become a block, and with a variable the
/// object gets an annotation.
fn stays_in_place(text: &str) -> bool {
    !text.bytes().any(|byte| matches!(byte, b'\n' | b'$'))
}

/// A document with gaps.
#[derive(Debug, PartialEq, Eq)]
struct Stencil {
    /// The document without what stands in the gaps.
    text: String,
    /// Where each gap is, in order, and which of [`Texts::all`] belongs into it.
    gaps: Vec<(usize, usize)>,
}

impl Stencil {
    /// Cuts a stencil out of what `write` gives for two sets of marks: where the two documents differ, there is a mark.
    /// Whatever else is in the document, it is the same in both, so nothing in it can be taken for one.
    ///
    /// `None` if the documents differ in anything but marks.
    fn cut(write: impl Fn(&Texts<'_>) -> String) -> Option<Stencil> {
        let [one, other] = MARKS.map(|mark| write(&marks(mark)));
        if one.len() != other.len() {
            return None;
        }
        let mut stencil = Stencil { text: String::with_capacity(one.len()), gaps: Vec::new() };
        let mut rest = 0;
        while let Some(length) = difference(&one[rest..], &other[rest..]) {
            let at = rest + length;
            let gap = (0..Texts::COUNT).find(|&gap| {
                let [one_mark, other_mark] = MARKS.map(|letter| mark(letter, gap));
                one[at..].starts_with(&one_mark) && other[at..].starts_with(&other_mark)
            })?;
            stencil.text.push_str(&one[rest..at]);
            stencil.gaps.push((stencil.text.len(), gap));
            rest = at + mark(MARKS[0], gap).len();
        }
        stencil.text.push_str(&one[rest..]);
        Some(stencil)
    }

    fn fill(&self, out: &mut String, texts: &Texts<'_>) {
        let texts = texts.all();
        let mut from = 0;
        for &(at, gap) in &self.gaps {
            out.push_str(&self.text[from..at]);
            yaml::push_scalar(out, texts[gap]);
            from = at;
        }
        out.push_str(&self.text[from..]);
    }
}

/// The letters that two sets of marks begin with.
const MARKS: [char; 2] = ['p', 'q'];

/// A mark: text that the writer leaves as it is.
fn mark(letter: char, gap: usize) -> String {
    format!("{letter}{gap}")
}

fn marks(letter: char) -> Texts<'static> {
    Texts::of(|gap| Cow::Owned(mark(letter, gap)))
}

/// Where two texts of one length begin to differ.
fn difference(one: &str, other: &str) -> Option<usize> {
    one.bytes().zip(other.bytes()).position(|(one, other)| one != other)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::manifest::{Map, Tree};

    /// A manifest that holds every text, some of them twice, and beside them somebody else's `fixed` text.
    fn write(fixed: &str, texts: &Texts<'_>) -> String {
        let [namespace, name, subject, home, header] = texts.all();
        let mut manifest = Manifest::namespaced("v1", "ConfigMap", namespace, name);
        manifest.annotations = Map::new().with("a", subject).with("p1", fixed).with("q", header);
        let list = vec![Tree::from(fixed), Tree::from(Map::new().with("home", home)), Tree::from(subject)];
        manifest.body = Map::new().with("data", list).with(fixed, header);
        neutralise(&mut manifest);
        let mut text = String::new();
        yaml::manifest(&mut text, &manifest);
        text
    }

    /// Text that could be taken for a mark, for a variable, or for something other than text.
    fn any_text() -> impl Strategy<Value = String> {
        prop_oneof![
            "[pq][0-5]",
            "([pq][0-5]|[a-z]|[$\\\\{}'\"\n\t #:-]|no|0x1|\u{2028}|\u{e9}){0,6}",
            "[a-z0-9.-]{1,20}@[a-z]{1,9}[.]example",
            any::<String>(),
        ]
    }

    proptest! {
        #[test]
        fn a_filled_stencil_is_the_text_of_the_manifest(
            fixed in any_text(),
            texts in prop::collection::vec(any_text(), Texts::COUNT),
        ) {
            let texts = Texts::of(|gap| Cow::Borrowed(texts[gap].as_str()));
            let stencil = Stencil::cut(|texts| write(&fixed, texts)).expect("the documents differ in marks alone");
            prop_assert_eq!(stencil.gaps.len(), 7);
            if texts.all().into_iter().all(stays_in_place) {
                let mut filled = String::new();
                stencil.fill(&mut filled, &texts);
                prop_assert_eq!(filled, write(&fixed, &texts));
            }
        }
    }

    #[test]
    fn what_differs_in_more_than_marks_has_no_stencil() {
        let [namespace, name] =
            [|texts: &Texts<'_>| texts.namespace.to_string(), |texts: &Texts<'_>| texts.name.to_string()];
        assert!(Stencil::cut(|texts| format!("{} {}", namespace(texts), name(texts))).is_some());
        assert_eq!(Stencil::cut(|texts| namespace(texts).replace('p', "pp")), None);
        assert_eq!(Stencil::cut(|texts| namespace(texts).replace('q', "r")), None);
        assert_eq!(Stencil::cut(|texts| name(texts).replace('1', "9")), None);
    }

    #[test]
    fn every_class_and_object_has_a_place_of_its_own() {
        let mut places = BTreeSet::new();
        for kind in [SubjectKind::User, SubjectKind::Group, SubjectKind::ServiceAccount] {
            for role in [Role::Admin, Role::Edit, Role::View] {
                for notebook_access in [false, true] {
                    let class = Class { kind, role, notebook_access };
                    places.extend([What::Binding, What::Policy].map(|what| place(what, class)));
                }
            }
        }
        assert_eq!((places.len(), places.last()), (PLACES, Some(&(PLACES - 1))));
    }
}
