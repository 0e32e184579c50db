//! An inventory as plain data: what a person means, before it is written down in one of many ways.

use std::fmt;

/// Labels or annotations.
pub type Texts = Vec<(String, String)>;

/// Free data.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    Text(String),
    Integer(i64),
    Boolean(bool),
    List(Vec<Data>),
    Map(Vec<(String, Data)>),
}

/// Everything.
#[derive(Clone, Default)]
pub struct Inventory {
    pub platforms: Vec<Platform>,
    pub users: Vec<User>,
    pub groups: Vec<Group>,
    pub tenants: Vec<Tenant>,
    /// Names and texts.
    pub templates: Vec<(String, String)>,
}

#[derive(Clone, Default)]
pub struct Platform {
    pub name: String,
    pub version: Option<&'static str>,
    pub isolation: Option<&'static str>,
    pub self_service: Option<&'static str>,
    pub header: Option<&'static str>,
    pub prefix: Option<&'static str>,
    pub case: Option<&'static str>,
    pub mesh: Option<&'static str>,
    pub gateway: Option<&'static str>,
    pub pipelines_ui: Option<&'static str>,
    pub extra_principals: Vec<&'static str>,
    pub admins: Vec<String>,
    pub owner: Option<String>,
    pub namespace_prefix: &'static str,
    pub labels: Texts,
    pub annotations: Texts,
    pub pod_security: Option<&'static str>,
    pub quota_classes: Vec<(String, Texts)>,
    pub default_class: Option<String>,
    pub default_add_ons: Vec<String>,
    pub values: Vec<(String, Data)>,
    pub min_admins: Option<i64>,
    pub engine: Option<&'static str>,
    pub repo_url: Option<&'static str>,
    /// A number, or `auto`: the inventories of the laws are so small that it is one folder.
    pub shards: Option<&'static str>,
}

impl Platform {
    /// Where the file of a namespace belongs.
    pub fn path_of(&self, namespace: &str) -> String {
        let shards = self.shards.and_then(|shards| shards.parse().ok()).unwrap_or(1);
        tenantry::render::layout::namespace_path(&self.name, namespace, shards)
    }
}

#[derive(Clone, Default)]
pub struct User {
    pub name: String,
    pub email: Option<String>,
    pub identity: Option<String>,
    pub display_name: Option<String>,
    pub departed: bool,
    pub successor: Option<String>,
    pub previously: Vec<String>,
}

#[derive(Clone, Default)]
pub struct Group {
    pub name: String,
    pub members: Vec<String>,
    pub groups: Vec<String>,
    pub external: bool,
}

#[derive(Clone, Default)]
pub struct Tenant {
    pub name: String,
    pub labels: Texts,
    pub annotations: Texts,
    pub display_name: Option<String>,
    pub previously: Vec<String>,
    /// Empty if the document names none.
    pub clusters: Vec<String>,
    pub owner: Option<String>,
    pub state: Option<&'static str>,
    pub contributors: Vec<Contributor>,
    pub quota_class: Option<String>,
    pub quota: Texts,
    pub plugins: Vec<(&'static str, Vec<(String, Data)>)>,
    pub add_ons: Option<Vec<String>>,
    pub values: Vec<(String, Data)>,
    pub namespaces: Vec<Namespace>,
}

#[derive(Clone, Default)]
pub struct Namespace {
    pub name: String,
    pub state: Option<&'static str>,
    pub quota_class: Option<String>,
    pub quota: Texts,
    pub contributors: Vec<Contributor>,
    pub labels: Texts,
    pub annotations: Texts,
    pub add_ons: Option<Vec<String>>,
}

#[derive(Clone)]
pub struct Contributor {
    pub subject: Subject,
    pub role: Option<&'static str>,
    pub until: Option<&'static str>,
    pub review_by: Option<&'static str>,
    pub reason: Option<String>,
    pub notebook_access: Option<bool>,
}

#[derive(Clone, PartialEq)]
pub enum Subject {
    User(String),
    Group(String),
    ServiceAccount(String),
    IdpGroup(String),
}

impl Inventory {
    pub fn user(&self, name: &str) -> &User {
        self.users.iter().find(|user| user.name == name).expect("generated references hold")
    }

    pub fn group(&self, name: &str) -> &Group {
        self.groups.iter().find(|group| group.name == name).expect("generated references hold")
    }

    /// Clusters of a tenant; a document need not name the only one.
    pub fn clusters(&self, tenant: &Tenant) -> Vec<&Platform> {
        let all = tenant.clusters.is_empty();
        self.platforms.iter().filter(|platform| all || tenant.clusters.contains(&platform.name)).collect()
    }
}

impl User {
    pub fn active(name: &str) -> Self {
        User { name: name.to_owned(), ..User::default() }
    }

    pub fn identity(&self) -> &str {
        self.identity.as_deref().or(self.email.as_deref()).unwrap_or(&self.name)
    }
}

impl Tenant {
    /// Namespaces on a platform: those that are listed, or the one by default.
    pub fn namespaces_on(&self, platform: &Platform) -> Vec<Namespace> {
        if !self.namespaces.is_empty() {
            return self.namespaces.clone();
        }
        vec![Namespace { name: format!("{}{}", platform.namespace_prefix, self.name), ..Namespace::default() }]
    }

    /// State of a namespace: its own, else the tenant's.
    pub fn state_of(&self, namespace: &Namespace) -> &'static str {
        namespace.state.or(self.state).unwrap_or("active")
    }
}

impl fmt::Debug for Inventory {
    /// As the files of the plainest arrangement: what a failed law prints is a case that can be kept.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::print::arrange(self, 0).into_iter().try_for_each(|(path, text)| write!(out, "\n### {path}\n{text}"))
    }
}
