//! The objects of the contributors of one namespace: a RoleBinding for each grant, and for people an AuthorizationPolicy.

use std::borrow::Cow;

use super::binding::{Class, SubjectKind, Texts};
use super::naming::{BindingSubject, binding_names};
use super::stencil::{Stencils, What};
use super::{Cause, Lowered, Scene};
use crate::manifest::Manifest;
use crate::plan::{Grant, GrantSubject};

/// The objects of every grant, sorted by name.
pub fn contributors<'a>(scene: &Scene<'a>, objects: &mut Vec<Lowered<'a>>) {
    let made = ContributorObjects::of(scene);
    for (name, index) in made.names() {
        let cause = Cause::Grant(index);
        objects.extend(made.objects(name, index).map(|manifest| Lowered { manifest, cause }));
    }
}

/// The objects of the contributors of one namespace, by name, each made only if somebody asks for it: a group can have
/// thousands of people, and whoever compares two sides wants to see only what differs.
pub struct ContributorObjects<'s, 'a> {
    scene: &'s Scene<'a>,
    subjects: Vec<Subject<'a>>,
    named: Vec<(String, usize)>,
}

impl<'s, 'a> ContributorObjects<'s, 'a> {
    /// Those of a scene; none where the Tenant-Profile integration makes them.
    pub fn of(scene: &'s Scene<'a>) -> Self {
        if scene.platform.is_delegated() {
            return ContributorObjects { scene, subjects: Vec::new(), named: Vec::new() };
        }
        let subjects: Vec<Subject<'a>> = scene.grants.iter().map(|grant| Subject::of(scene, grant)).collect();
        let keys: Vec<BindingSubject<'_>> = subjects
            .iter()
            .zip(scene.grants)
            .map(|(subject, grant)| BindingSubject {
                kind: subject.kind.name(),
                name: &subject.name,
                role: grant.role.name(),
            })
            .collect();
        let names = binding_names(&keys, scene.platform.distribution.always_suffixes());
        let mut named: Vec<(String, usize)> = names.into_iter().zip(0..).collect();
        named.sort_unstable();
        ContributorObjects { scene, subjects, named }
    }

    /// The name of each grant's objects, and the grant by its index, sorted.
    pub fn names(&self) -> impl ExactSizeIterator<Item = (&str, usize)> {
        self.named.iter().map(|(name, index)| (name.as_str(), *index))
    }

    /// Whether a grant has a policy beside its binding.
    pub fn has_policy(&self, index: usize) -> bool {
        self.subjects[index].kind == SubjectKind::User && self.scene.platform.has_policies()
    }

    /// The binding of a grant by its name and index, and then its policy if it has one.
    pub fn objects(&self, name: &str, index: usize) -> impl Iterator<Item = Manifest<'a>> + use<'a> {
        let (platform, class) = (self.scene.platform, self.class(index));
        let texts = self.subjects[index].texts(self.scene, Cow::Owned(name.to_owned()));
        let policy = self.has_policy(index).then(|| class.policy(platform, &texts));
        std::iter::once(class.binding(platform, &texts)).chain(policy)
    }

    /// Writes the documents of every grant, sorted by name, each after `---`.
    ///
    /// The bytes are those that writing [`ContributorObjects::objects`] would give, once none of them holds a variable.
    pub fn write(&self, stencils: &Stencils, out: &mut String) {
        let platform = self.scene.platform;
        for (name, index) in self.names() {
            let class = self.class(index);
            let texts = self.subjects[index].texts(self.scene, Cow::Borrowed(name));
            stencils.write(out, platform, What::Binding, class, &texts);
            if self.has_policy(index) {
                stencils.write(out, platform, What::Policy, class, &texts);
            }
        }
    }

    fn class(&self, index: usize) -> Class {
        let grant = &self.scene.grants[index];
        Class { kind: self.subjects[index].kind, role: grant.role, notebook_access: grant.notebook_access }
    }
}

/// A grant's subject as RBAC names it.
struct Subject<'a> {
    kind: SubjectKind,
    /// The identity, the group, or `namespace/name` of a service account.
    name: Cow<'a, str>,
}

impl<'a> Subject<'a> {
    fn of(scene: &Scene<'a>, grant: &Grant<'a>) -> Self {
        match grant.subject {
            GrantSubject::User(user) => Subject { kind: SubjectKind::User, name: scene.identity(user) },
            GrantSubject::ServiceAccount(account) => {
                Subject { kind: SubjectKind::ServiceAccount, name: Cow::Borrowed(account.as_str()) }
            }
            GrantSubject::IdpGroup(group) => Subject { kind: SubjectKind::Group, name: Cow::Borrowed(group.as_str()) },
        }
    }

    /// The texts of the objects with this name.
    fn texts(&self, scene: &Scene<'a>, name: Cow<'a, str>) -> Texts<'a> {
        let (subject, home) = match &self.name {
            Cow::Borrowed(whole) if self.kind == SubjectKind::ServiceAccount => {
                let (home, account) = whole.split_once('/').unwrap_or(("", whole));
                (Cow::Borrowed(account), Cow::Borrowed(home))
            }
            name => (name.clone(), Cow::Borrowed("")),
        };
        let header = match scene.platform.identity.prefix.as_str() {
            "" => subject.clone(),
            prefix => Cow::Owned(format!("{prefix}{subject}")),
        };
        Texts { namespace: Cow::Borrowed(scene.namespace()), name, subject, home, header }
    }
}
