//! One namespace of one side: what it holds, who has access to it, and where that is written.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::Declared;
use crate::access::{AccessFact, SubjectKind, Witness};
use crate::facts;
use crate::guard::BeforeNamespace;
use crate::inventory::{Role, State};
use crate::lower::gitops::{self, GroupKind};
use crate::lower::{Cause, Scene, lower, lower_but_contributors};
use crate::manifest::{Manifest, Tree};
use crate::plan::{Plan, Provision};
use crate::render::{self, layout};

/// A namespace on a cluster.
pub struct Space<'s> {
    pub cluster: &'s str,
    pub name: &'s str,
    pub tenant: Cow<'s, str>,
    pub state: Cow<'s, str>,
    pub made: Made<'s>,
}

/// What a namespace is made from.
pub enum Made<'s> {
    Planned(Planned<'s>),
    /// Path and text of its file, without the header.
    Written {
        path: &'s str,
        body: &'s str,
    },
}

/// A namespace of an inventory.
#[derive(Clone, Copy)]
pub struct Planned<'s> {
    pub declared: Declared<'s>,
    pub plan: &'s Plan<'s>,
    pub provision: &'s Provision<'s>,
}

/// People by the identity that a cluster knows them by.
pub type Known<'k> = BTreeMap<String, &'k str>;

impl<'s> Space<'s> {
    pub fn planned(declared: Declared<'s>, plan: &'s Plan<'s>, provision: &'s Provision<'s>) -> Space<'s> {
        Space {
            cluster: plan.inventory.platform(plan.platform).name.as_str(),
            name: provision.namespace.name.as_str(),
            tenant: plan.inventory.tenant(provision.tenant).name.as_str().into(),
            state: provision.state().name().into(),
            made: Made::Planned(Planned { declared, plan, provision }),
        }
    }

    pub fn is_active(&self) -> bool {
        self.state == State::Active.name()
    }

    pub fn as_planned(&self) -> Option<&Planned<'s>> {
        match &self.made {
            Made::Planned(planned) => Some(planned),
            Made::Written { .. } => None,
        }
    }

    /// Where the namespace is named.
    pub fn place(&self) -> Option<(String, u32)> {
        self.as_planned().map(|it| it.declared.places.place(it.provision.namespace.span))
    }

    /// Where its owner is named.
    pub fn owner_place(&self) -> Option<(String, u32)> {
        self.as_planned().map(|it| it.declared.places.place(it.provision.owner_span))
    }

    /// Path of its file below the output folder.
    pub fn path(&self) -> String {
        match &self.made {
            Made::Planned(it) => layout::namespace_path(self.cluster, self.name, it.plan.shards),
            Made::Written { path, .. } => (*path).to_owned(),
        }
    }

    /// Text of its file, without the header.
    pub fn body(&self) -> String {
        match &self.made {
            Made::Planned(it) => render::namespace_body(it.plan, it.provision, it.declared.templates),
            Made::Written { body, .. } => (*body).to_owned(),
        }
    }

    /// Its objects, in the order of applying.
    pub fn objects(&self) -> Vec<Manifest<'s>> {
        match &self.made {
            Made::Planned(it) => {
                let objects = lower(&Scene::today(it.plan, it.provision), it.declared.templates);
                objects.into_iter().map(|object| object.manifest).collect()
            }
            Made::Written { body, .. } => facts::objects_of_text(body),
        }
    }

    /// Its objects without those that [`ContributorObjects`](crate::lower::ContributorObjects) names. Only the plan knows
    /// which these are, so of a compiled file it is all of them.
    pub fn objects_but_contributors(&self) -> Vec<Manifest<'s>> {
        let Some(it) = self.as_planned() else { return self.objects() };
        let objects = lower_but_contributors(&Scene::today(it.plan, it.provision), it.declared.templates);
        objects.into_iter().map(|object| object.manifest).collect()
    }

    /// The kinds of objects that its add-ons give; `None` where only compiled files tell.
    pub fn add_on_kinds(&self) -> Option<BTreeSet<GroupKind>> {
        let it = self.as_planned()?;
        let objects = lower_but_contributors(&Scene::today(it.plan, it.provision), it.declared.templates);
        let add_ons = objects.iter().filter(|object| matches!(object.cause, Cause::AddOn(_)));
        Some(add_ons.map(|object| gitops::kind_of(&object.manifest)).collect())
    }

    /// Everybody's access, sorted by [`AccessFact::key`].
    pub fn facts(&self, objects: &[Manifest<'_>], known: &Known<'_>) -> Vec<AccessFact> {
        match &self.made {
            Made::Planned(it) => Witness::new(it.plan, it.declared.places).facts(it.provision),
            Made::Written { body, .. } => self.written_facts(body, objects, known),
        }
    }

    fn written_facts(&self, body: &str, objects: &[Manifest<'_>], known: &Known<'_>) -> Vec<AccessFact> {
        let said = facts::of_text(body);
        let fact = |fact: facts::Fact| {
            let kind = match &*fact.kind {
                "User" => SubjectKind::User,
                "Group" => SubjectKind::Group,
                "ServiceAccount" => SubjectKind::ServiceAccount,
                _ => return None,
            };
            let role = [Role::Admin, Role::Edit, Role::View].into_iter().find(|role| role.name() == fact.role)?;
            let person = kind == SubjectKind::User;
            let owner = said.owner.as_deref() == Some(&*fact.subject);
            Some(AccessFact {
                cluster: self.cluster.into(),
                namespace: self.name.into(),
                kind,
                tenant: (&*self.tenant).into(),
                user: known.get(&*fact.subject).filter(|_| person).map(|&name| name.into()),
                role,
                notebook_access: person && (owner || reaches_notebooks(objects, &fact.subject)),
                identity: fact.subject,
                via: Vec::new(),
            })
        };
        let mut facts: Vec<AccessFact> = said.facts.into_iter().filter_map(fact).collect();
        // By hand, somebody may have been given two roles; the stronger one is what they have.
        facts.sort_by(|a, b| a.key().cmp(&b.key()).then(b.role.cmp(&a.role)));
        facts.dedup_by(|later, first| later.key() == first.key());
        facts
    }

    /// What the guards have to know of it. `facts` only of a namespace that differs.
    pub fn before(&self, facts: Option<&[AccessFact]>) -> BeforeNamespace {
        let fact = |fact: &AccessFact| facts::Fact {
            kind: fact.kind.name().into(),
            subject: fact.identity.clone(),
            role: fact.role.name().into(),
        };
        let owner = match &self.made {
            Made::Planned(it) => {
                let platform = it.declared.inventory.platform(it.plan.platform);
                let owner = &it.declared.inventory.user(it.provision.owner).identity;
                Some(platform.identity_of(owner).to_string())
            }
            Made::Written { body, .. } => facts::owner_of_text(body),
        };
        BeforeNamespace {
            path: self.path(),
            tenant: self.tenant.to_string(),
            state: self.state.to_string(),
            facts: facts.map(|facts| facts.iter().map(fact).collect()),
            moved: None,
            owner,
        }
    }
}

/// Whether the policy of a person lets more programs act for them than the pipelines UI. Without one, nothing holds them
/// back.
fn reaches_notebooks(objects: &[Manifest<'_>], identity: &str) -> bool {
    let is_theirs = |object: &&Manifest<'_>| {
        object.kind == "AuthorizationPolicy"
            && matches!(object.annotations.get("user"), Some(Tree::Text(user)) if user == identity)
    };
    let Some(policy) = objects.iter().find(is_theirs) else { return true };
    let rule = policy.body.get("spec").and_then(|spec| first(entry(spec, "rules")?));
    let source = rule.and_then(|rule| entry(first(entry(rule, "from")?)?, "source"));
    match source.and_then(|source| entry(source, "principals")) {
        Some(Tree::List(principals)) => principals.len() > 1,
        _ => true,
    }
}

/// The value under a key of a map.
pub fn entry<'t, 'a>(tree: &'t Tree<'a>, key: &str) -> Option<&'t Tree<'a>> {
    match tree {
        Tree::Map(map) => map.get(key),
        _ => None,
    }
}

fn first<'t, 'a>(tree: &'t Tree<'a>) -> Option<&'t Tree<'a>> {
    match tree {
        Tree::List(items) => items.first(),
        _ => None,
    }
}
