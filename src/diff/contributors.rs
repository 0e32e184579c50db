//! The RoleBindings and AuthorizationPolicies of contributors, compared without making those that say nothing new.
//!
//! A group of thousands in hundreds of namespaces is millions of objects. Of one that only one side has, the review names
//! it and nothing else; of one that both have, the grants tell in most cases that it is the same.

use std::cmp::Ordering;
use std::sync::Arc;

use super::space::Planned;
use super::{ObjectChanges, ObjectRef, objects, same};
use crate::lower::{BINDING, ContributorObjects, POLICY, Scene, neutralise};
use crate::manifest::Manifest;

/// Compares the contributors' objects of a namespace, and puts the names of those that differ into their lists. Gives how
/// many objects both sides have together. `same_settings` says that whatever reaches them from outside of the grants is
/// the same on both sides.
pub fn compare(
    base: Option<&Planned<'_>>,
    head: Option<&Planned<'_>>,
    same_settings: bool,
    changes: &mut ObjectChanges,
) -> usize {
    let scenes = [base, head].map(|side| side.map(|it| Scene::today(it.plan, it.provision)));
    let [was, is] = scenes.each_ref().map(|scene| scene.as_ref().map(ContributorObjects::of));
    let Some(scene) = scenes.iter().flatten().next() else { return 0 };
    let refs = Refs::new(scene.platform.name.shared(), scene.provision.namespace.name.shared());
    let mut objects = 0;
    let (mut removed, mut added) = (Names::default(), Names::default());
    let mut old = was.iter().flat_map(ContributorObjects::names).peekable();
    let mut new = is.iter().flat_map(ContributorObjects::names).peekable();
    loop {
        let order = match (old.peek(), new.peek()) {
            (Some((was, _)), Some((is, _))) => was.cmp(is),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => break,
        };
        let was = if order == Ordering::Greater { None } else { old.next().zip(was.as_ref()) };
        let is = if order == Ordering::Less { None } else { new.next().zip(is.as_ref()) };
        for ((_, grant), made) in was.iter().chain(&is) {
            objects += if made.has_policy(*grant) { 2 } else { 1 };
        }
        match (was, is) {
            (Some(((name, grant), made)), None) => refs.list(name, made.has_policy(grant), &mut removed),
            (None, Some(((name, grant), made))) => refs.list(name, made.has_policy(grant), &mut added),
            (Some(((name, old_grant), old_made)), Some(((_, new_grant), new_made))) => {
                let sides = base.zip(head).filter(|_| same_settings);
                if !sides.is_some_and(|(base, head)| same::grants((base, old_grant), (head, new_grant))) {
                    let (was, is) = (make(old_made, name, old_grant), make(new_made, name, new_grant));
                    objects::collect(&refs.cluster, &objects::differing(&was, &is), changes);
                }
            }
            (None, None) => {}
        }
    }
    removed.append_to(&mut changes.removed);
    added.append_to(&mut changes.added);
    objects
}

/// The objects of one grant as they are written.
fn make<'a>(made: &ContributorObjects<'_, 'a>, name: &str, grant: usize) -> Vec<Manifest<'a>> {
    let mut objects: Vec<Manifest<'a>> = made.objects(name, grant).collect();
    objects.iter_mut().for_each(neutralise);
    objects
}

/// Texts that the names of all these objects share.
struct Refs {
    cluster: Arc<str>,
    namespace: Arc<str>,
    binding: [Arc<str>; 2],
    policy: [Arc<str>; 2],
}

impl Refs {
    fn new(cluster: Arc<str>, namespace: Arc<str>) -> Refs {
        let shared = |(version, kind): (&str, &str)| [version.into(), kind.into()];
        Refs { cluster, namespace, binding: shared(BINDING), policy: shared(POLICY) }
    }

    fn list(&self, name: &str, has_policy: bool, list: &mut Names) {
        let name: Arc<str> = name.into();
        let one = |[api_version, kind]: &[Arc<str>; 2]| ObjectRef {
            cluster: self.cluster.clone(),
            namespace: self.namespace.clone(),
            api_version: api_version.clone(),
            kind: kind.clone(),
            name: name.clone(),
        };
        list.bindings.push(one(&self.binding));
        list.policies.extend(has_policy.then(|| one(&self.policy)));
    }
}

/// Names of objects that one side has, each list in order, so that sorting both together has only to merge them.
#[derive(Default)]
struct Names {
    bindings: Vec<ObjectRef>,
    policies: Vec<ObjectRef>,
}

impl Names {
    fn append_to(mut self, list: &mut Vec<ObjectRef>) {
        list.append(&mut self.bindings);
        list.append(&mut self.policies);
    }
}
