//! Service accounts that carry access from one namespace into another, or to more than editors have where they live:
//! whoever can edit there can run as them, and has what they have.

use std::collections::BTreeMap;

use super::compare::taken_over;
use super::people::{AccessDelta, Scene, few, place, shown};
use super::space::{Made, Space};
use super::{Declared, Risk, RiskCode};
use crate::access::{AccessFact, SubjectKind};
use crate::facts;
use crate::inventory::{Inventory, Role};
use crate::name::ServiceAccountRef;
use crate::plan::{Grant, GrantSubject, Plan, Provision, Via};

/// The service accounts that hold grants on a cluster, in the head.
pub struct Accounts<'a, 'i> {
    head: Option<&'a Declared<'i>>,
    cluster: &'a str,
    /// The tenant of each namespace.
    tenants: &'a BTreeMap<&'a str, &'a str>,
    /// Grants by the namespace that the account lives in, then by account and namespace.
    homes: BTreeMap<&'a str, Vec<Held<'a, 'i>>>,
}

/// A grant to a service account.
struct Held<'a, 'i> {
    account: &'i ServiceAccountRef,
    role: Role,
    /// Where it holds.
    provision: &'a Provision<'i>,
    grant: &'a Grant<'i>,
}

impl Held<'_, '_> {
    fn namespace(&self) -> &str {
        self.provision.namespace.name.as_str()
    }
}

/// An account, its role, and who gains by it; to be said in one message.
type Gain<'a> = (&'a str, Role, Vec<&'a str>);

impl<'a, 'i> Accounts<'a, 'i> {
    /// Those of one cluster. `tenants` has the tenant of each of its namespaces.
    pub fn of(head: Option<&'a Declared<'i>>, cluster: &'a str, tenants: &'a BTreeMap<&'a str, &'a str>) -> Self {
        let mut homes: BTreeMap<&str, Vec<Held<'_, '_>>> = BTreeMap::new();
        let plan = head.and_then(|head| head.plan(cluster));
        for provision in plan.into_iter().flat_map(|plan| &plan.provisions) {
            // Grants are sorted by kind, people last.
            let programs = provision.grants.iter().take_while(|it| !matches!(it.subject, GrantSubject::User(_)));
            for grant in programs {
                let GrantSubject::ServiceAccount(account) = grant.subject else { continue };
                let held = Held { account, role: grant.role, provision, grant };
                homes.entry(account.namespace().as_str()).or_default().push(held);
            }
        }
        for held in homes.values_mut() {
            held.sort_by(|a, b| (a.account.as_str(), a.namespace()).cmp(&(b.account.as_str(), b.namespace())));
        }
        Accounts { head, cluster, tenants, homes }
    }

    /// Grants that stay, to accounts whose home belongs to another tenant from now on. One risk for each account and role.
    pub fn passed_on(&self, base: &BTreeMap<&str, Space<'_>>, head: &BTreeMap<&str, Space<'_>>) -> Vec<Risk> {
        let mut risks = Vec::new();
        for (home, held) in &self.homes {
            let Some(owner) = self.tenants.get(home) else { continue };
            let mut opened: BTreeMap<(&str, Role), Vec<&Held<'_, '_>>> = BTreeMap::new();
            for held in held.iter().filter(|held| is_opened(held, home, base, head)) {
                opened.entry((held.account.as_str(), held.role)).or_default().push(held);
            }
            risks.extend(opened.into_iter().map(|((account, role), held)| {
                let namespaces = namespaces(held.iter().map(|held| held.namespace()));
                let role = role.name();
                let message = format!(
                    "the service account `{account}` keeps `{role}` in {namespaces}, and the namespace `{home}`, where it \
                     lives, belongs to another tenant now, `{owner}`: everybody who can edit there has that access"
                );
                let risk = Risk::new(RiskCode::SharedServiceAccount, self.cluster, Some(home), message);
                risk.at(held.first().and_then(|held| self.place(held)))
            }));
        }
        risks
    }

    fn place(&self, held: &Held<'_, '_>) -> Option<(String, u32)> {
        Some(self.head?.places.place(held.grant.ways.first()?.span))
    }

    /// Whether somebody has a role somewhere anyway, or a stronger one.
    fn has_already(&self, fact: &AccessFact, held: &Held<'_, '_>) -> bool {
        let provision = held.provision;
        let enough = |grant: &Grant<'_>| grant.role >= held.role;
        let users = self.head.map_or(&[][..], |head| head.inventory.users());
        let is_called = |id: crate::inventory::UserId, name: &str| {
            users.get(id.index()).is_some_and(|user| user.name.as_str() == name)
        };
        match (fact.kind, &fact.user) {
            (SubjectKind::User, Some(name)) => {
                let by_name = |grant: &Grant<'_>| match grant.subject {
                    // People are sorted by name.
                    GrantSubject::User(id) => users.get(id.index()).map_or("", |user| user.name.as_str()).cmp(name),
                    _ => std::cmp::Ordering::Less,
                };
                let granted =
                    || provision.grants.binary_search_by(by_name).is_ok_and(|at| enough(&provision.grants[at]));
                is_called(provision.owner, name) || granted()
            }
            (SubjectKind::User, None) => false,
            (SubjectKind::ServiceAccount, _) => provision.grants.iter().any(|grant| {
                enough(grant)
                    && matches!(grant.subject, GrantSubject::ServiceAccount(it) if it.as_str() == &*fact.identity)
            }),
            (SubjectKind::Group, _) => provision.grants.iter().any(|grant| {
                enough(grant) && matches!(grant.subject, GrantSubject::IdpGroup(it) if it.as_str() == &*fact.identity)
            }),
        }
    }
}

/// Whether a grant that stays was within one tenant, or led into no tenant's namespace or another's, and does not now.
fn is_opened(
    held: &Held<'_, '_>,
    home: &str,
    base: &BTreeMap<&str, Space<'_>>,
    head: &BTreeMap<&str, Space<'_>>,
) -> bool {
    let namespace = held.namespace();
    let (Some(is_home), Some(is_there)) = (head.get(home), head.get(namespace)) else { return false };
    let Some(was_there) = base.get(namespace) else { return false };
    let was_open = base.get(home).is_some_and(|was| !taken_over(was, is_home) && was.tenant != was_there.tenant);
    is_home.tenant != is_there.tenant && !was_open && had(was_there, held)
}

/// Whether an account had the role in a namespace before, or a stronger one. If not, the grant itself is told.
fn had(was: &Space<'_>, held: &Held<'_, '_>) -> bool {
    let account = held.account.as_str();
    match &was.made {
        Made::Planned(planned) => planned.provision.grants.iter().any(|grant| {
            let theirs = matches!(grant.subject, GrantSubject::ServiceAccount(it) if it.as_str() == account);
            theirs && grant.role >= held.role
        }),
        Made::Written { body, .. } => {
            let stronger = [Role::View, Role::Edit, Role::Admin].into_iter().filter(|role| *role >= held.role);
            let stronger: Vec<&str> = stronger.map(Role::name).collect();
            facts::of_text(body).facts.iter().any(|fact| {
                let theirs = fact.kind == SubjectKind::ServiceAccount.name() && *fact.subject == *account;
                theirs && stronger.contains(&&*fact.role)
            })
        }
    }
}

/// A new grant to an account of another tenant's namespace, or of one of the same tenant where somebody can edit who has
/// less in the namespace of the grant.
pub fn granted(fact: &AccessFact, scene: &Scene<'_, '_>) -> Option<Risk> {
    let (home, _) = fact.identity.split_once('/')?;
    let owner = scene.accounts.tenants.get(home)?;
    let (account, namespace, role) = (&fact.identity, &fact.namespace, fact.role.name());
    let with_it = if **owner == *fact.tenant {
        let planned = scene.head.as_planned()?;
        let names: Vec<&str> = gaining(planned.plan, fact).map(|it| name(planned.plan.inventory, it)).collect();
        if names.is_empty() {
            return None;
        }
        format!("{}, by editing in the namespace `{home}`, where it lives", few(&names))
    } else {
        format!("everybody who can edit in that of the tenant `{owner}`")
    };
    let message =
        format!("the service account `{account}` gets `{role}` in the namespace `{namespace}`, and with it {with_it}");
    Some(Risk::new(RiskCode::SharedServiceAccount, &fact.cluster, Some(namespace), message).at(place(fact)))
}

/// Those who can edit where a service account lives, and have less without it than it has by this fact of the plan.
pub fn gaining<'p, 'i>(
    plan: &'p Plan<'i>,
    fact: &'p AccessFact,
) -> impl Iterator<Item = GrantSubject<'i>> + use<'p, 'i> {
    let find = |name: &str| {
        let at = plan.provisions.binary_search_by(|it| it.namespace.name.as_str().cmp(name)).ok()?;
        Some(&plan.provisions[at])
    };
    let home = fact.identity.split_once('/').and_then(|(home, _)| find(home));
    home.zip(find(&fact.namespace)).into_iter().flat_map(move |(home, there)| {
        let owner = (home.owner_via != Via::StandIn).then_some(GrantSubject::User(home.owner));
        let granted = home.grants.iter().filter(|grant| grant.role >= Role::Edit).map(|grant| grant.subject);
        let itself = |subject: GrantSubject<'_>| {
            matches!(subject, GrantSubject::ServiceAccount(account) if account.as_str() == &*fact.identity)
        };
        let less = move |it: &GrantSubject<'i>| !itself(*it) && role_of(there, *it).is_none_or(|role| role < fact.role);
        owner.into_iter().chain(granted).filter(less)
    })
}

/// What somebody has in a namespace.
fn role_of(provision: &Provision<'_>, subject: GrantSubject<'_>) -> Option<Role> {
    if subject == GrantSubject::User(provision.owner) {
        return Some(Role::Admin);
    }
    let at = provision.grants.binary_search_by(|grant| grant.subject.cmp(&subject)).ok()?;
    Some(provision.grants[at].role)
}

fn name<'i>(inventory: &'i Inventory, subject: GrantSubject<'i>) -> &'i str {
    match subject {
        GrantSubject::User(user) => inventory.user(user).name.as_str(),
        GrantSubject::ServiceAccount(account) => account.as_str(),
        GrantSubject::IdpGroup(group) => group.as_str(),
    }
}

/// Those who can edit in a namespace from now on, and gain by that what its service accounts have elsewhere. One risk for
/// each account, role and set of people.
pub fn entered(delta: &AccessDelta, scene: &Scene<'_, '_>) -> Vec<Risk> {
    let home = scene.head.name;
    let Some(held) = scene.accounts.homes.get(home) else { return Vec::new() };
    let raised = delta.changed.iter().filter(|it| !it.stand_in && it.change.before < Role::Edit);
    let raised = raised.map(|it| &it.change.fact);
    let gained = delta.gained.iter().filter(|fact| !fact.is_stand_in());
    let editors: Vec<&AccessFact> = gained.chain(raised).filter(|fact| fact.role >= Role::Edit).collect();
    let mut opened: BTreeMap<Gain<'_>, Vec<&str>> = BTreeMap::new();
    let mut places: BTreeMap<&str, &AccessFact> = BTreeMap::new();
    for held in held {
        let account = held.account.as_str();
        let gaining = |fact: &&&AccessFact| *fact.identity != *account && !scene.accounts.has_already(fact, held);
        let mut gaining: Vec<&AccessFact> = editors.iter().filter(gaining).copied().collect();
        gaining.sort_by_key(|fact| fact.key());
        let Some(first) = gaining.first() else { continue };
        places.entry(shown(first)).or_insert(first);
        let people: Vec<&str> = gaining.iter().map(|fact| shown(fact)).collect();
        opened.entry((account, held.role, people)).or_default().push(held.namespace());
    }
    let risk = |((account, role, people), reached): (Gain<'_>, Vec<&str>)| {
        let (who, role, namespaces) = (few(&people), role.name(), namespaces(reached.iter().copied()));
        let message = format!(
            "from now on {who} can edit in the namespace `{home}`, and so run as its service account `{account}`, which \
             has `{role}` in {namespaces}"
        );
        let place = people.first().and_then(|first| place(places.get(first)?));
        Risk::new(RiskCode::SharedServiceAccount, scene.head.cluster, Some(home), message).at(place)
    };
    opened.into_iter().map(risk).collect()
}

/// The first few namespaces, in words.
fn namespaces<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<&str> = names.collect();
    let what = if names.len() == 1 { "the namespace" } else { "the namespaces" };
    format!("{what} {}", few(&names))
}
