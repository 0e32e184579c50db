//! Everything that was found, put together: order, verdict and counts.

use std::collections::{BTreeMap, BTreeSet};

use super::actor;
use super::approval::{Approval, Owner, PlatformApproval, approvals, platform_approval};
use super::compare::{Found, Options};
use super::people::{self, AccessDelta};
use super::{ChangeSet, Counts, FileChange, GuardFinding, ObjectChanges, Risk, RiskCode, RiskSeverity, Side, Verdict};
use crate::access::{AccessFact, SubjectKind};
use crate::diag::catalog::counted;
use crate::inventory::Inventory;

/// Everything found so far.
#[derive(Default)]
pub struct Total {
    pub access: AccessDelta,
    pub risks: Vec<Risk>,
    pub objects: ObjectChanges,
    pub guards: Vec<GuardFinding>,
    pub files: Vec<FileChange>,
    pub tenants: BTreeSet<String>,
    /// Clusters whose settings differ.
    pub platforms: BTreeSet<String>,
    /// Tenants, and people who own them in a compiled base.
    pub former: BTreeSet<(String, String)>,
    /// Bytes of text so far.
    pub text: usize,
    /// Whether any file differs.
    pub differs: bool,
    /// Compiled files of a working tree that are not what its inventory compiles to.
    pub to_compile: usize,
}

impl Total {
    /// Makes room for what was found in many namespaces.
    pub fn expect(&mut self, found: &[Found]) {
        let sum = |of: fn(&Found) -> usize| found.iter().map(of).sum();
        self.access.gained.reserve(sum(|it| it.access.gained.len()));
        self.access.lost.reserve(sum(|it| it.access.lost.len()));
        self.access.changed.reserve(sum(|it| it.access.changed.len()));
        self.objects.added.reserve(sum(|it| it.objects.added.len()));
        self.objects.removed.reserve(sum(|it| it.objects.removed.len()));
        self.objects.modified.reserve(sum(|it| it.objects.modified.len()));
    }

    pub fn add(&mut self, found: Found) {
        let Found { access, risks, mut objects, tenants, file: _, before: _, base_place: _, kinds: _, former, dormant } =
            found;
        self.access.gained.extend(access.gained);
        self.access.lost.extend(access.lost);
        self.access.changed.extend(access.changed);
        self.access.rerouted += access.rerouted;
        self.access.extended.extend(access.extended);
        self.access.owning.extend(access.owning);
        self.access.dormant.extend(access.dormant);
        self.differs |= dormant;
        self.risks.extend(risks);
        self.objects.added.append(&mut objects.added);
        self.objects.removed.append(&mut objects.removed);
        self.objects.modified.append(&mut objects.modified);
        if !tenants.is_empty() {
            self.former.extend(former);
        }
        self.tenants.extend(tenants);
    }

    pub fn finish(mut self, base: &Side<'_>, head: &Side<'_>, options: &Options<'_>) -> ChangeSet {
        if let Some(now) = head.declared() {
            if let Some(before) = base.declared() {
                self.risks.extend(people::identities(&self.access, before, now));
                self.risks.extend(people::departed(&self.access, before, now));
            }
            for actor in options.actors {
                self.risks.extend(actor::self_grants(&self.access, actor, base.declared(), now));
            }
        }
        self.risks.sort_by(|a, b| key(a).cmp(&key(b)));
        // One person may have made the change under several addresses.
        self.risks.dedup();
        self.objects.sort();
        self.files.sort_by(|a, b| a.path.cmp(&b.path));
        let verdict = self.verdict();
        let counts = self.counts();
        let approvals = self.approvals(base, head);
        let platform_approvals = self.platform_approvals(base, head);
        let Total { access, risks, objects, guards, files, .. } = self;
        let mut notes = options.notes.clone();
        if self.to_compile > 0 {
            let files = counted(self.to_compile, "compiled file is", "compiled files are");
            notes.push(format!("{files} not what the inventory compiles to now; run `tenantry compile`"));
        }
        ChangeSet {
            base: base.name.to_owned(),
            head: head.name.to_owned(),
            as_of: options.as_of,
            notes,
            verdict,
            gained: access.gained,
            lost: access.lost,
            changed: access.changed.into_iter().map(|it| it.change).collect(),
            risks,
            objects,
            guards,
            files,
            counts,
            approvals,
            platform_approvals,
        }
    }

    /// Who has to agree to changed settings: those who administered the platform before and have not left.
    fn platform_approvals(&self, base: &Side<'_>, head: &Side<'_>) -> Vec<PlatformApproval> {
        let Some((base, head)) = base.declared().zip(head.declared()) else { return Vec::new() };
        let platforms = self.platforms.iter().filter_map(|cluster| base.platform(cluster));
        let mut approvals: Vec<_> = platforms.map(|platform| platform_approval(base.inventory, platform)).collect();
        approvals.iter_mut().for_each(|approval| approval.admins.retain(|admin| stays(admin, head.inventory)));
        approvals
    }

    /// Who has to agree: the owners of the tenants that are touched, on both sides. A tenant that is given away concerns
    /// both; whoever has left has no say.
    fn approvals(&self, base: &Side<'_>, head: &Side<'_>) -> Vec<Approval> {
        let mut all: BTreeMap<String, BTreeSet<Owner>> = BTreeMap::new();
        let sides = base.declared().into_iter().chain(head.declared()).map(|side| side.inventory);
        for inventory in sides {
            for Approval { tenant, owners } in approvals(self.tenants.iter().map(String::as_str), inventory) {
                all.entry(tenant).or_default().extend(owners);
            }
        }
        if let Some(head) = head.declared() {
            for (tenant, name) in &self.former {
                let user = head.inventory.users().iter().find(|user| user.name.as_str() == name);
                all.entry(tenant.clone()).or_default().extend(user.map(Owner::new));
            }
            all.values_mut().for_each(|owners| owners.retain(|owner| stays(owner, head.inventory)));
        }
        all.into_iter().map(|(tenant, owners)| Approval { tenant, owners: owners.into_iter().collect() }).collect()
    }

    /// Whoever only stands in for a while neither gains nor loses.
    fn verdict(&self) -> Verdict {
        let has = |severity| self.risks.iter().any(|risk| risk.severity == severity);
        let counts = |fact: &AccessFact| !fact.is_stand_in();
        let changes = || self.access.changed.iter().filter(|it| !it.stand_in).map(|it| &it.change);
        let wider = self.access.gained.iter().any(counts)
            || changes().any(|change| change.is_wider())
            || has(RiskSeverity::Widening);
        let narrower = self.access.lost.iter().any(counts) || changes().any(|change| change.is_narrower());
        let same_objects = self.objects.is_empty();
        match (wider, narrower) {
            _ if has(RiskSeverity::Destructive) => Verdict::Destructive,
            (true, true) => Verdict::Mixed,
            (true, false) => Verdict::Widening,
            (false, true) => Verdict::Narrowing,
            (false, false) if same_objects && !self.differs && self.access.rerouted == 0 => Verdict::None,
            (false, false) => Verdict::Refactor,
        }
    }

    fn counts(&self) -> Counts {
        let access = &self.access;
        let changed = access.changed.iter().map(|it| &it.change.fact);
        let facts = access.gained.iter().chain(&access.lost).chain(changed);
        let people = facts.filter(|fact| fact.kind == SubjectKind::User);
        let people: BTreeSet<&str> = people.map(|fact| fact.user.as_deref().unwrap_or(&fact.identity)).collect();
        Counts {
            tenants: self.tenants.len(),
            people: people.len(),
            gained: access.gained.len(),
            lost: access.lost.len(),
            changed: access.changed.len(),
            rerouted: access.rerouted,
        }
    }
}

/// Whether somebody is still there.
fn stays(owner: &Owner, head: &Inventory) -> bool {
    head.users().iter().any(|it| it.name.as_str() == owner.user && !it.departed)
}

/// By severity, code, cluster, namespace and words. Codes are in the order of danger, so that many small risks cannot push
/// a large one out of sight. Foreign manifests of a cluster stay as they come: those that give rights first.
fn key(risk: &Risk) -> (RiskSeverity, RiskCode, &str, Option<&str>, &str) {
    let (namespace, message) = match risk.code {
        RiskCode::ForeignManifest | RiskCode::OutputDiffers => (None, ""),
        _ => (risk.namespace.as_deref(), risk.message.as_str()),
    };
    (risk.severity, risk.code, &risk.cluster, namespace, message)
}

impl ChangeSet {
    /// One line that says how large it is.
    pub fn summary(&self) -> String {
        let counts = &self.counts;
        let facts = counted(counts.gained, "access fact gained", "access facts gained");
        let (lost, changed) = (counts.lost, counts.changed);
        let people = counted(counts.people, "person", "people");
        format!("{facts}, {lost} lost, {changed} changed; {people}, {}", counted(counts.tenants, "tenant", "tenants"))
    }
}
