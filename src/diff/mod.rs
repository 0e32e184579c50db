//! What a change of the inventory means: who gains access and who loses it, what is destroyed, and which objects differ.
//!
//! A [`ChangeSet`] is a finished value: everything is decided and sorted, so that every format shows the same. It knows
//! two sides, *base* and *head*, and nothing of where they came from.

mod accounts;
mod actor;
mod add_on;
mod approval;
mod compare;
mod contributors;
mod data;
mod dormant;
mod ends;
mod files;
mod guards;
mod kinds;
mod limits;
mod metadata;
mod objects;
mod outsiders;
mod people;
mod platform;
mod policy;
mod same;
mod side;
mod space;
mod stray;
mod total;
mod words;
mod workload;

pub use actor::Actor;
pub use actor::knows;
pub use approval::{Approval, Owner, PlatformApproval, approvals};
pub use compare::{Options, compare};
pub use same::Unchanged;
pub use side::{Content, Declared, Side};
pub use stray::{Stray, StrayFiles, Strays};

use std::cmp::Ordering;
use std::sync::Arc;

use jiff::civil::Date;

use crate::access::AccessFact;
use crate::diag::Code;
use crate::inventory::Role;

/// What a change comes to, from harmless to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// The same objects.
    None,
    /// Objects or evidence differ, access does not.
    Refactor,
    /// Access is only taken away.
    Narrowing,
    /// Access, or what guards it, is only opened.
    Widening,
    /// Both.
    Mixed,
    /// Data would be lost.
    Destructive,
}

/// How bad a risk is, from worst to harmless.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RiskSeverity {
    /// Data can be lost.
    Destructive,
    /// Somebody or something is let through that was not.
    Widening,
    /// Worth knowing.
    Notice,
}

/// A dangerous change with a name of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Risk {
    /// How bad it is.
    pub severity: RiskSeverity,
    /// Its name. Stable: scripts rely on it.
    pub code: RiskCode,
    /// The cluster.
    pub cluster: String,
    /// The namespace, if it is about one.
    pub namespace: Option<String>,
    /// What happens, in a sentence that stands alone.
    pub message: String,
    /// Where the head (or, for what is gone, the base) says so: file and line.
    pub place: Option<(String, u32)>,
}

/// One access fact that both sides have, with another role or another way to notebooks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessChange {
    /// As the head has it.
    pub fact: AccessFact,
    /// The role before.
    pub before: Role,
    /// Whether notebooks could be reached before.
    pub notebook_access_before: bool,
}

/// The identity of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectRef {
    /// The cluster.
    pub cluster: Arc<str>,
    /// Its namespace; empty if it is in none.
    pub namespace: Arc<str>,
    /// `apiVersion`.
    pub api_version: Arc<str>,
    /// `kind`.
    pub kind: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
}

/// Objects that differ, each list sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObjectChanges {
    /// Only in the head.
    pub added: Vec<ObjectRef>,
    /// Only in the base.
    pub removed: Vec<ObjectRef>,
    /// In both, with other contents.
    pub modified: Vec<ObjectRef>,
}

/// A guard that would refuse the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GuardFinding {
    /// Which one.
    pub code: Code,
    /// What is refused.
    pub message: String,
    /// What to write to go on.
    pub help: Option<String>,
    /// File and line, if there is one.
    pub place: Option<(String, u32)>,
}

/// A compiled file that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileChange {
    /// Its path below the output folder.
    pub path: String,
    /// Its text in the base, if it is there; without its header.
    pub before: Option<String>,
    /// Its text in the head, if it is there; without its header.
    pub after: Option<String>,
    /// Whether the texts are left out, because the whole change has too much of them. Then both are `None`.
    pub omitted: bool,
}

/// How large a change is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Tenants with a change of any kind.
    pub tenants: usize,
    /// People whose access changes.
    pub people: usize,
    /// Access facts gained.
    pub gained: usize,
    /// Access facts lost.
    pub lost: usize,
    /// Access facts with another role or another way to notebooks.
    pub changed: usize,
    /// Access facts that stay as they are, with other evidence: through another group, from another file.
    pub rerouted: usize,
}

/// Everything that a change means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeSet {
    /// How people name the base: a revision or a folder.
    pub base: String,
    /// How people name the head.
    pub head: String,
    /// The day that both sides are judged by.
    pub as_of: Date,
    /// What the reader has to know of how the sides were made, such as a base that does not compile.
    pub notes: Vec<String>,
    /// What it comes to.
    pub verdict: Verdict,
    /// Sorted by cluster, namespace, kind and identity.
    pub gained: Vec<AccessFact>,
    /// Sorted alike.
    pub lost: Vec<AccessFact>,
    /// Sorted alike.
    pub changed: Vec<AccessChange>,
    /// Sorted by severity, danger (the order of [`RiskCode`]), cluster and namespace.
    pub risks: Vec<Risk>,
    /// Objects that differ.
    pub objects: ObjectChanges,
    /// What guards say, in the order of clusters.
    pub guards: Vec<GuardFinding>,
    /// Compiled files that differ, by path. Empty if nobody asked for manifests.
    pub files: Vec<FileChange>,
    /// How large it is.
    pub counts: Counts,
    /// Who has to agree, by tenant.
    pub approvals: Vec<Approval>,
    /// Who has to agree to changed settings, by cluster. A cluster that is new has nobody yet.
    pub platform_approvals: Vec<PlatformApproval>,
}

macro_rules! risk_codes {
    ($($variant:ident = $severity:ident $name:literal $summary:literal;)*) => {
        /// The name of a risk. Of one severity, the smaller one is the more dangerous.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum RiskCode {
            $(#[doc = $summary] $variant,)*
        }

        impl RiskCode {
            /// Every code, in the order of this list.
            pub const ALL: &[RiskCode] = &[$(RiskCode::$variant,)*];

            /// The stable name, in kebab case.
            pub fn name(self) -> &'static str {
                match self { $(RiskCode::$variant => $name,)* }
            }

            /// One line that says what the code stands for.
            pub fn summary(self) -> &'static str {
                match self { $(RiskCode::$variant => $summary,)* }
            }

            /// How bad it is.
            pub fn severity(self) -> RiskSeverity {
                match self { $(RiskCode::$variant => RiskSeverity::$severity,)* }
            }
        }
    };
}

// Within a severity the most dangerous come first: reviews show risks in this order.
risk_codes! {
    NamespaceTakenOver = Destructive "namespace-taken-over" "a namespace passes to another tenant, data and all";
    ProfileRemoved = Destructive "profile-removed" "a Profile goes, and with it the namespace and its volumes";
    NamespaceRemoved = Destructive "namespace-removed" "a Namespace goes, and all that is in it";
    ProtectionLifted = Destructive "protection-lifted" "engines may delete a Namespace or Profile from now on";
    DataRemoved = Destructive "data-removed" "an object of an add-on that holds data goes, or deletes its data from now on";
    SelfGrant = Widening "self-grant" "whoever makes the change gains access by it, or keeps it for longer";
    ForeignManifest = Widening "foreign-manifest" "a manifest that tenantry did not write is added or changed where engines sync";
    OutputDiffers = Widening "output-differs" "a compiled file says, or lacks, what the inventory does not; compile before it is merged";
    PlatformAdminAdded = Widening "platform-admin-added" "somebody becomes administrator of the platform";
    ExternalWithoutUntil = Widening "external-without-until" "an outsider gets access without an end";
    OwnerChanged = Widening "owner-changed" "a namespace gets another owner";
    IdentityChanged = Widening "identity-changed" "a person's identity changes";
    IdentityHeaderChanged = Widening "identity-header-changed" "people are told apart in another way";
    PrincipalAdded = Widening "principal-added" "the mesh lets another program act for users";
    MeshRemoved = Widening "mesh-removed" "no mesh keeps anybody out any more";
    IsolationLifted = Widening "isolation-lifted" "everybody is one user from now on";
    SyncSourceChanged = Widening "sync-source-changed" "engines sync from or to another place, or with other rights";
    ReviewChanged = Widening "review-changed" "a file that decides how changes are reviewed is changed, and with it perhaps its own judge";
    PlatformNotCompared = Widening "platform-not-compared" "the settings of a platform could not be compared";
    GuardLoosened = Widening "guard-loosened" "a guard allows more than before";
    RegistrationOpened = Widening "registration-opened" "people may make profiles of their own at first login";
    SelfServiceOpened = Widening "self-service-opened" "people may give access outside git";
    PlatformOwnerChanged = Widening "platform-owner-changed" "somebody else stands in for owners of namespaces that are not active";
    ClusterRoleChanged = Widening "cluster-role-changed" "a role is bound to another ClusterRole";
    WorkloadPrivileged = Widening "workload-privileged" "pods of an add-on may do more to their nodes, or run as another account";
    CloudRoleAdded = Widening "cloud-role-added" "an annotation gives rights in a cloud";
    PluginChanged = Widening "plugin-changed" "a Profile's plugin gives it cloud permissions, or other ones";
    SharedServiceAccount = Widening "shared-service-account" "people gain access through a service account of another namespace";
    IdpGroupBound = Widening "idp-group-bound" "a group gets access whose members nobody can see here";
    PolicyRemoved = Widening "policy-removed" "a policy that held something back goes";
    PolicyLoosened = Widening "policy-loosened" "a policy lets more in, or may";
    RoutingChanged = Widening "routing-changed" "an object that decides where requests go, or whether they come from outside, is added, changed or gone";
    PodSecurityWeakened = Widening "pod-security-weakened" "pods may do more than before";
    NamespaceSteered = Widening "namespace-steered" "a label or annotation tells admission, scheduling or the mesh something else";
    WorkloadAdded = Widening "workload-added" "an add-on runs pods where it ran none";
    WorkloadChanged = Widening "workload-changed" "what an add-on runs is another program, or runs otherwise";
    KindAdmitted = Widening "kind-admitted" "engines may make objects of a kind that the cluster did not have";
    NotebooksOpened = Widening "notebooks-opened" "somebody without a stronger role reaches notebooks from now on";
    Reactivated = Widening "reactivated" "a namespace that was suspended or retired is active again";
    GrantExtended = Widening "grant-extended" "access lasts longer than it was to";
    QuotaRemoved = Widening "quota-removed" "a quota limits something no longer";
    QuotaLoosened = Widening "quota-loosened" "a quota is raised";
    LimitRangeRemoved = Widening "limit-range-removed" "nothing limits single pods any more";
    LimitRangeLoosened = Widening "limit-range-loosened" "single pods may have more than before";
    PlatformAdminRemoved = Notice "platform-admin-removed" "somebody is administrator of the platform no longer";
    ClusterAdded = Notice "cluster-added" "a cluster is new";
    AddOnChanged = Notice "add-on-changed" "an object of an add-on says something else that nobody can judge here";
    NamespaceSuspended = Notice "namespace-suspended" "a namespace is suspended or retired";
    PersonDeparted = Notice "person-departed" "somebody has departed, and loses all access";
    GrantExpired = Notice "grant-expired" "access ends because its last day is over";
}

impl Ord for ObjectRef {
    /// By cluster, namespace, `apiVersion`, `kind` and name. Neighbours share most of their texts, and a text that is
    /// shared need not be read.
    fn cmp(&self, other: &Self) -> Ordering {
        let text = |a: &Arc<str>, b: &Arc<str>| if Arc::ptr_eq(a, b) { Ordering::Equal } else { a.cmp(b) };
        text(&self.cluster, &other.cluster)
            .then_with(|| text(&self.namespace, &other.namespace))
            .then_with(|| text(&self.api_version, &other.api_version))
            .then_with(|| text(&self.kind, &other.kind))
            .then_with(|| text(&self.name, &other.name))
    }
}

impl PartialOrd for ObjectRef {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl ObjectChanges {
    /// Sorts each list.
    pub fn sort(&mut self) {
        for list in [&mut self.added, &mut self.removed, &mut self.modified] {
            list.sort();
        }
    }

    /// How many objects differ.
    pub fn len(&self) -> usize {
        self.added.len() + self.removed.len() + self.modified.len()
    }

    /// Whether no object differs.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl RiskCode {
    /// The code of a name.
    pub fn find(name: &str) -> Option<RiskCode> {
        RiskCode::ALL.iter().copied().find(|code| code.name() == name)
    }
}

impl Verdict {
    /// As every format spells it.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::None => "none",
            Verdict::Refactor => "refactor",
            Verdict::Narrowing => "narrowing",
            Verdict::Widening => "widening",
            Verdict::Mixed => "mixed",
            Verdict::Destructive => "destructive",
        }
    }
}

impl RiskSeverity {
    /// As every format spells it.
    pub fn name(self) -> &'static str {
        match self {
            RiskSeverity::Destructive => "destructive",
            RiskSeverity::Widening => "widening",
            RiskSeverity::Notice => "notice",
        }
    }
}

impl Risk {
    /// A risk with the severity of its code.
    pub fn new(code: RiskCode, cluster: &str, namespace: Option<&str>, message: impl Into<String>) -> Risk {
        Risk {
            severity: code.severity(),
            code,
            cluster: cluster.to_owned(),
            namespace: namespace.map(str::to_owned),
            message: message.into(),
            place: None,
        }
    }

    /// Where an inventory says so.
    pub fn at(mut self, place: Option<(String, u32)>) -> Risk {
        self.place = place;
        self
    }
}
