//! The closed list of things that tenantry can say. A code is a name for the bad thing; it never changes its meaning.

use super::Severity;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $severity:ident $name:literal $summary:literal;)*) => {
        /// The name of a finding. Stable: scripts and suppressions rely on it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $summary] $variant,)*
        }

        impl Code {
            /// Every code, in the order of this list.
            pub const ALL: &[Code] = &[$(Code::$variant,)*];

            /// The stable name, in kebab case.
            pub fn name(self) -> &'static str {
                match self { $(Code::$variant => $name,)* }
            }

            /// One line that says what the code stands for.
            pub fn summary(self) -> &'static str {
                match self { $(Code::$variant => $summary,)* }
            }

            /// How bad it is by nature.
            pub fn severity(self) -> Severity {
                match self { $(Code::$variant => Severity::$severity,)* }
            }

            /// The code of a name.
            pub fn find(name: &str) -> Option<Code> {
                Code::ALL.iter().copied().find(|code| code.name() == name)
            }

            /// Whether it is a guard: a refusal that somebody can overrule, with an exit status of its own.
            pub fn is_guard(self) -> bool {
                matches!(
                    self,
                    Code::UnretiredRemoval
                        | Code::NamespaceTakenOver
                        | Code::TooLargeRemoval
                        | Code::Resharded
                        | Code::TooFewAdmins
                )
            }

            /// Why it is wrong, an example that fails and the same example repaired, as Markdown.
            pub fn long(self) -> &'static str {
                match self { $(Code::$variant => include_str!(concat!("long/", $name, ".md")),)* }
            }
        }
    };
}

codes! {
    // Reading.
    UnreadableFile = Error "unreadable-file" "a file or folder of the inventory cannot be read";
    FileTooLarge = Error "file-too-large" "a file of the inventory is larger than the limit";
    NotUtf8 = Error "not-utf8" "a file of the inventory is not UTF-8 text";
    OutsideLink = Error "outside-link" "a symbolic link leads out of the inventory";
    OverlappingFolders = Error "overlapping-folders" "the input and output folders contain one another";
    MoreFindings = Warning "more-findings" "a file has more findings than are listed";
    EmptyInventory = Error "empty-inventory" "the inventory holds no document";

    // YAML.
    YamlSyntax = Error "yaml-syntax" "a file is not well-formed YAML";
    TabIndentation = Error "tab-indentation" "a line is indented with a tab";
    UnclosedQuote = Error "unclosed-quote" "a quoted text has no end";
    DuplicateKey = Error "duplicate-key" "a key stands twice in one map";
    TooDeep = Error "too-deep" "lists and maps are nested too deeply";
    YamlAlias = Error "yaml-alias" "an anchor or alias is used";
    YamlTag = Error "yaml-tag" "a tag or directive is used";

    // Shape of a document.
    UnknownKind = Error "unknown-kind" "a document is of a kind that an inventory does not have";
    UnknownApiVersion = Error "unknown-api-version" "a document has another apiVersion than the inventory's";
    UnknownField = Error "unknown-field" "a key is not a field of this place";
    MissingField = Error "missing-field" "a required field is missing";
    WrongType = Error "wrong-type" "a value is of another type than the field";
    EmptyValue = Error "empty-value" "a field has no value";
    UnknownValue = Error "unknown-value" "a value is not one of those that the field can have";
    ConflictingFields = Error "conflicting-fields" "fields exclude one another";

    // Names and values.
    InvalidName = Error "invalid-name" "a name is malformed";
    NameTooLong = Error "name-too-long" "a name is longer than Kubernetes allows";
    ReservedNamespace = Error "reserved-namespace" "a namespace belongs to the platform";
    InvalidIdentity = Error "invalid-identity" "an identity is malformed";
    WildcardIdentity = Error "wildcard-identity" "an identity contains `*`, which the mesh reads as a wildcard";
    SystemIdentity = Error "system-identity" "an identity starts with `system:`";
    AnonymousIdentity = Error "anonymous-identity" "the identity of requests without a login is used for a person";
    UnsafeCharacter = Error "unsafe-character" "a text holds control or bidirectional characters";
    SkipMarker = Error "skip-marker" "a text holds the marker that makes Argo CD skip a file";
    InvalidDate = Error "invalid-date" "a date is malformed or does not exist";
    InvalidQuantity = Error "invalid-quantity" "a quantity is malformed";
    NegativeQuota = Error "negative-quota" "a quota is negative";
    UnknownQuotaKey = Error "unknown-quota-key" "a quota key names no resource that Kubernetes counts";
    UnenforcedQuotaKey = Error "unenforced-quota-key" "a quota key is accepted and never enforced";
    InvalidLabel = Error "invalid-label" "a label or annotation is malformed";
    ReservedMetadata = Error "reserved-metadata" "a label or annotation belongs to the platform or to an engine";

    // References and clashes.
    NoPlatform = Error "no-platform" "the inventory declares no Platform";
    NoNamespaces = Error "no-namespaces" "nothing would come out";
    DuplicatePlatform = Error "duplicate-platform" "two platforms have one name";
    DuplicateUser = Error "duplicate-user" "two users have one name";
    DuplicateGroup = Error "duplicate-group" "two groups have one name";
    DuplicateTenant = Error "duplicate-tenant" "two tenants have one name";
    DuplicateNamespace = Error "duplicate-namespace" "two declarations claim one namespace";
    DuplicateIdentity = Error "duplicate-identity" "two users have one identity";
    IdentityCase = Error "identity-case" "two identities differ only in letter case";
    IdentityTaken = Error "identity-taken" "an earlier identity of one user is an identity of another";
    TenantNameTaken = Error "tenant-name-taken" "an earlier name of one tenant is a name of another";
    UnknownUser = Error "unknown-user" "a user is not declared";
    UnknownGroup = Error "unknown-group" "a group is not declared";
    UnknownQuotaClass = Error "unknown-quota-class" "a quota class is not declared";
    UnknownAddOn = Error "unknown-add-on" "an add-on does not exist";
    UnknownCluster = Error "unknown-cluster" "a cluster is not declared";
    UnknownVersion = Error "unknown-version" "a version of the distribution is not known";
    GroupCycle = Error "group-cycle" "a group contains itself";
    GroupTooLarge = Error "group-too-large" "the groups of the inventory expand beyond the limit";
    MissingOwner = Error "missing-owner" "a tenant has no owner";
    MissingClusters = Error "missing-clusters" "a tenant does not say which cluster it is for";
    DepartedOwner = Error "departed-owner" "a departed person owns a tenant and has no successor";
    UnusableSuccessor = Error "unusable-successor" "the successor of a departed person cannot take over";
    MissingStandIn = Error "missing-stand-in" "a suspended tenant needs the owner of the platform, who is missing or departed";
    IntegrationLimit = Error "integration-limit" "the Tenant-Profile integration cannot express something";
    PersonalProfileClash = Error "personal-profile-clash" "two personal profiles would have one name";

    // Templates.
    InvalidSetting = Error "invalid-setting" "a setting of an add-on is malformed";
    TemplateSyntax = Error "template-syntax" "a template is malformed";
    TemplateError = Error "template-error" "a template failed for a tenant";
    TemplateOutput = Error "template-output" "a template gave something that is not a manifest";
    TemplateRefused = Error "template-refused" "a template gave an object that it must not give";
    AmbiguousScalar = Error "ambiguous-scalar" "a plain value that YAML readers disagree about";
    DuplicateObject = Error "duplicate-object" "one object is made twice";

    // What Kubernetes takes.
    ObjectTooLarge = Error "object-too-large" "an object is larger than Kubernetes takes";

    // Advice.
    ExpiredGrant = Warning "expired-grant" "a grant has ended";
    ReviewDue = Warning "review-due" "a grant is due for review";
    DepartedGrant = Warning "departed-grant" "a departed person is still named in a grant";
    DepartedMember = Warning "departed-member" "a departed person is still a member of a group";
    OwnerIsContributor = Warning "owner-is-contributor" "the owner is also named as contributor";
    RedundantGrant = Warning "redundant-grant" "a grant adds nothing";
    EmptyGroup = Warning "empty-group" "a grant goes to a group without members";
    NotebookFlagIneffective = Warning "notebook-flag-ineffective" "notebookAccess cannot be honoured";
    IdpGroup = Warning "idp-group" "a group of the identity provider is bound, whose members nobody can see here";
    SharedServiceAccount = Warning "shared-service-account" "a service account of another tenant has access";
    ExternalWithoutUntil = Warning "external-without-until" "an external group has access without an end date";
    AnonymousAccess = Warning "anonymous-access" "the dashboard lets everybody in";
    WeakerPodSecurity = Warning "weaker-pod-security" "a namespace enforces less Pod Security than its platform";
    SelfServiceOpen = Warning "self-service-open" "self-service cannot be closed without a mesh";
    AdminsCanBind = Warning "admins-can-bind" "people can give access outside git";
    LongNamespace = Warning "long-namespace" "a namespace name leaves little room for host names";
    StockNamespace = Warning "stock-namespace" "a namespace is named like the stock example profile";
    QuotaWithoutLimitRange = Warning "quota-without-limit-range" "pods without requests will be refused";
    PersonalProfileTaken = Warning "personal-profile-taken" "a tenant has the namespace of a personal profile";
    RegistrationPrompt = Warning "registration-prompt" "contributors are asked to register instead of seeing the tenant";
    VersionLimit = Warning "version-limit" "the platform's version cannot honour a feature";
    OwnerChanged = Warning "owner-changed" "a namespace gets another owner";
    NearLimit = Warning "near-limit" "output grows beyond what engines, git or Kubernetes can carry";
    UnusedTemplate = Warning "unused-template" "a template is used by no tenant";

    // The output folder.
    ForeignFile = Error "foreign-file" "a file that tenantry did not write stands in the way";
    EditedFile = Warning "edited-file" "a compiled file was edited by hand";
    StrayFile = Warning "stray-file" "a file that tenantry did not write lies where engines sync";
    EditedLeftover = Error "edited-leftover" "a file that would be deleted was edited by hand";

    // As a function.
    HostInput = Error "host-input" "what a host sent cannot be taken for one ResourceList";
    RewrittenScalar = Error "rewritten-scalar" "a plain value in an inline inventory may have been changed on its way";
    OutsideRoot = Error "outside-root" "the inventory of a function lies outside of its root";
    ObjectNotOurs = Error "object-not-ours" "an object that would be made is there already and belongs to somebody else";
    NotAsWanted = Error "not-as-wanted" "an object is not what the inventory asks for";

    // Guards: exit status 3.
    UnretiredRemoval = Error "unretired-removal" "a namespace vanishes that was not retired";
    NamespaceTakenOver = Error "namespace-taken-over" "a namespace passes to another tenant";
    TooLargeRemoval = Error "too-large-removal" "one change takes away too much access";
    Resharded = Error "resharded" "the number of shards changes, and namespaces would move";
    TooFewAdmins = Error "too-few-admins" "a namespace has too few admins";
}
