//! Reviews for tests, built by hand. The suite uses this file too, which is why it names the library by its name.

#![allow(dead_code, reason = "unit tests and the suite use different parts of it")]

use std::ops::{Deref, DerefMut};

use jiff::civil::date;
use tenantry::access::{AccessFact, Evidence, SubjectKind};
use tenantry::diag::Code;
use tenantry::diff::{
    AccessChange, ChangeSet, Counts, FileChange, GuardFinding, ObjectChanges, ObjectRef, Risk, RiskCode, RiskSeverity,
    Verdict,
};
use tenantry::inventory::Role;
use tenantry::plan::Via;

/// Everything that a name could try on a reader, a log, a page, a table or a fence.
pub const HOSTILE: &str = "<script>alert(1)</script>`@everyone`|[x](javascript:y) #12 ```\n::set-output name=x::y\
                           \u{1b}[31m\u{202e}-->%,</details>\"'><!-- tenantry-review -->\u{0}";

/// A change that is being put together.
#[derive(Clone, Debug)]
pub struct Review(pub ChangeSet);

impl Deref for Review {
    type Target = ChangeSet;

    fn deref(&self) -> &ChangeSet {
        &self.0
    }
}

impl DerefMut for Review {
    fn deref_mut(&mut self) -> &mut ChangeSet {
        &mut self.0
    }
}

impl Review {
    /// A change that changes nothing.
    pub fn none() -> Review {
        Review(ChangeSet {
            base: "main".into(),
            head: "topic".into(),
            as_of: date(2026, 11, 22),
            notes: Vec::new(),
            verdict: Verdict::None,
            gained: Vec::new(),
            lost: Vec::new(),
            changed: Vec::new(),
            risks: Vec::new(),
            objects: ObjectChanges::default(),
            guards: Vec::new(),
            files: Vec::new(),
            counts: Counts::default(),
            approvals: Vec::new(),
            platform_approvals: Vec::new(),
        })
    }

    /// One edit gives a group of so many people `edit` in so many namespaces.
    pub fn group(name: &str, people: usize, namespaces: usize) -> Review {
        let mut review = Review::none();
        review.gained.reserve(people * namespaces);
        for namespace in 0..namespaces {
            let place = format!("team-{namespace:03}");
            for person in 0..people {
                let mut fact = gain("prod-eu", &place, &format!("person-{person:04}"));
                fact.via = vec![through(name, &format!("input/tenants/{place}.yaml"))];
                review.gained.push(fact);
            }
        }
        review.settle();
        review
    }

    /// Works out what follows from the lists: the counts and the verdict.
    pub fn settle(&mut self) {
        let changed = self.changed.iter().map(|change| &change.fact);
        let facts: Vec<&AccessFact> = self.gained.iter().chain(&self.lost).chain(changed).collect();
        let distinct = |of: fn(&AccessFact) -> &str| {
            let mut all: Vec<&str> = facts.iter().map(|fact| of(fact)).collect();
            all.sort_unstable();
            all.dedup();
            all.len()
        };
        let (tenants, people) = (distinct(|fact| &fact.tenant), distinct(|fact| &fact.identity));
        let (gained, lost, changed) = (self.gained.len(), self.lost.len(), self.changed.len());
        let has = |severity| self.risks.iter().any(|risk| risk.severity == severity);
        let wider = gained + changed > 0 || has(RiskSeverity::Widening);
        let verdict = match (has(RiskSeverity::Destructive), wider, lost > 0) {
            (true, _, _) => Verdict::Destructive,
            (_, true, true) => Verdict::Mixed,
            (_, true, false) => Verdict::Widening,
            (_, false, true) => Verdict::Narrowing,
            _ if self.objects != ObjectChanges::default() => Verdict::Refactor,
            _ => Verdict::None,
        };
        self.counts = Counts { tenants, people, gained, lost, changed, ..Counts::default() };
        self.verdict = verdict;
    }
}

/// A person's role `edit`, given directly.
pub fn gain(cluster: &str, namespace: &str, user: &str) -> AccessFact {
    let file = format!("input/tenants/{namespace}.yaml").into();
    let way = Evidence { file, line: 7, ..way(Via::Direct, Vec::new()) };
    AccessFact {
        cluster: cluster.into(),
        namespace: namespace.into(),
        kind: SubjectKind::User,
        identity: format!("{user}@example.org").into(),
        tenant: namespace.into(),
        user: Some(user.into()),
        role: Role::Edit,
        notebook_access: true,
        via: vec![way],
    }
}

/// The way through one group.
pub fn through(group: &str, file: &str) -> Evidence {
    Evidence { file: file.into(), line: 12, ..way(Via::Group, vec![group.into()]) }
}

fn way(via: Via, groups: Vec<std::sync::Arc<str>>) -> Evidence {
    Evidence { via, groups, role: Role::Edit, notebook_access: None, until: None, file: "".into(), line: 1 }
}

/// A role that was `view` before.
pub fn raised(fact: AccessFact) -> AccessChange {
    AccessChange { fact, before: Role::View, notebook_access_before: false }
}

/// A risk of a namespace, with its code's own severity.
pub fn risk(code: RiskCode, namespace: &str) -> Risk {
    Risk {
        severity: code.severity(),
        code,
        cluster: "prod-eu".into(),
        namespace: Some(namespace.into()),
        message: format!("{}: `{namespace}`", code.summary()),
        place: Some((format!("input/tenants/{namespace}.yaml"), 3)),
    }
}

/// A change with something of everything, as a team could make it.
pub fn rich() -> Review {
    let mut review = Review::group("ml", 14, 6);
    let mut through_nested = gain("prod-eu", "vision-prod", "bob");
    through_nested.via =
        vec![through("ml", "input/tenants/vision.yaml"), gain("prod-eu", "vision-prod", "bob").via[0].clone()];
    through_nested.via[0].groups.push("interns".into());
    through_nested.tenant = "vision".into();
    let mut owner = gain("prod-us", "speech", "ada");
    owner.role = Role::Admin;
    owner.via[0].via = Via::Owner;
    let mut builder = gain("prod-eu", "speech", "x");
    (builder.kind, builder.identity, builder.user) = (SubjectKind::ServiceAccount, "ci/builder".into(), None);
    let mut auditors = gain("prod-eu", "speech", "x");
    (auditors.kind, auditors.identity, auditors.user) = (SubjectKind::Group, "oidc:auditors".into(), None);
    auditors.role = Role::View;
    review.gained.extend([owner, through_nested, builder, auditors]);
    review.gained.extend((0..5).map(|at| gain("prod-us", &format!("lab-{at}"), "ada")));
    review.gained.sort_by(|one, other| one.key().cmp(&other.key()));
    review.lost =
        vec![gain("prod-eu", "lab-42", "eve"), gain("prod-eu", "speech", "bob"), gain("prod-us", "lab-1", "zoe")];
    review.lost[0].role = Role::Admin;
    review.lost[0].via[0].via = Via::Personal;
    let mut without = raised(gain("prod-eu", "vision-prod", "zoe"));
    without.fact.notebook_access = false;
    review.changed = vec![raised(gain("prod-eu", "speech", "kim")), without];
    review.risks = vec![
        risk(RiskCode::ProfileRemoved, "lab-42"),
        risk(RiskCode::NamespaceRemoved, "lab-42"),
        risk(RiskCode::OwnerChanged, "speech"),
        risk(RiskCode::QuotaRemoved, "vision-prod"),
        risk(RiskCode::IdpGroupBound, "speech"),
        risk(RiskCode::GrantExpired, "speech"),
    ];
    review.guards = vec![GuardFinding {
        code: Code::UnretiredRemoval,
        message: "the namespace `lab-42` of the tenant `lab` vanishes, and was not retired".into(),
        help: Some("write `state: retired` first, or call with `--allow-removal lab`".into()),
        place: Some(("input/tenants/lab.yaml".into(), 1)),
    }];
    review.notes = vec!["grants are judged as of 2026-11-22, as `--as-of` says".into()];
    let object = |kind: &str, namespace: &str, name: &str| ObjectRef {
        cluster: "prod-eu".into(),
        namespace: namespace.into(),
        api_version: "rbac.authorization.k8s.io/v1".into(),
        kind: kind.into(),
        name: name.into(),
    };
    let bindings = (0..9).map(|at| object("RoleBinding", "speech", &format!("user-person-{at}-clusterrole-edit")));
    review.objects = ObjectChanges {
        added: bindings.collect(),
        removed: vec![object("Profile", "", "lab-42"), object("RoleBinding", "lab-42", "namespaceAdmin")],
        modified: vec![object("RoleBinding", "speech", "namespaceAdmin")],
    };
    let before =
        "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: speech\n  annotations:\n    owner: bob@example.org\n";
    let text = |text: &str| Some(text.to_owned());
    let path = |namespace: &str| format!("prod-eu/tenants/{namespace}.yaml");
    review.files = vec![
        FileChange {
            path: path("lab-42"),
            before: text(&before.replace("speech", "lab-42")),
            after: None,
            omitted: false,
        },
        FileChange {
            path: path("speech"),
            before: text(before),
            after: text(&before.replace("bob", "ada")),
            omitted: false,
        },
        FileChange {
            path: path("team-000"),
            before: None,
            after: text(&before.replace("speech", "team-000")),
            omitted: false,
        },
    ];
    review.settle();
    review
}
