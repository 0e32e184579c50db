//! An inventory as files: the same content in any arrangement and any style.

use super::data::{Contributor, Data, Group, Inventory, Namespace, Platform, Subject, Tenant, Texts, User};
use super::tape::Tape;
use super::yaml_text::{Node, document};

/// Paths and texts.
pub type Files = Vec<(String, String)>;

/// Writes an inventory down. The seed 0 gives the plainest arrangement: all in one file. Any other shuffles documents,
/// spreads them over files, splits directories, and varies comments, blank lines, quotes, blocks and order of keys.
pub fn arrange(inventory: &Inventory, seed: u64) -> Files {
    let mut style = Tape::endless(seed);
    let mut documents = directories(inventory, &mut style);
    documents.extend(inventory.platforms.iter().map(|it| entity("Platform", name(&it.name), platform(it))));
    documents.extend(inventory.tenants.iter().map(|it| entity("Tenant", metadata(it), tenant(it))));
    style.shuffle(&mut documents);
    let mut files: Vec<Vec<Node>> = (0..1 + style.below(6)).map(|_| Vec::new()).collect();
    for document in documents {
        let at = style.below(files.len());
        files[at].push(document);
    }
    let mut written: Files =
        files.iter().enumerate().map(|(at, file)| (path(at, &mut style), text(file, &mut style))).collect();
    for (name, text) in &inventory.templates {
        written.push((format!("templates/{name}.yaml.j2"), text.clone()));
    }
    style.shuffle(&mut written);
    written
}

fn path(at: usize, style: &mut Tape) -> String {
    let folder = style.pick(&["", "people/", "z/deep/er/", "Ünïcode 用/"]);
    let stem = style.pick(&["all", "README", "kustomization", "0", "Zz.x"]);
    format!("{folder}{stem}{at}.{}", style.pick(&["yaml", "yml"]))
}

fn text(documents: &[Node], style: &mut Tape) -> String {
    let mut text = String::new();
    for (at, node) in documents.iter().enumerate() {
        if style.rarely(4) {
            text.push_str("# a comment before a document\n\n");
        }
        if at > 0 || style.rarely(2) {
            text.push_str(style.pick(&["---\n", "---\n", "---   # start\n", "---\n\n---\n"]));
        }
        text.push_str(&document(node, style));
        if style.rarely(4) {
            text.push_str("...\n");
        }
    }
    if style.rarely(4) {
        text = text.replace('\n', "\r\n");
    }
    text
}

fn map(entries: Vec<(&str, Node)>) -> Node {
    Node::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

fn entity(kind: &str, metadata: Node, spec: Node) -> Node {
    map(vec![
        ("apiVersion", string("tenantry.dev/v1alpha1")),
        ("kind", string(kind)),
        ("metadata", metadata),
        ("spec", spec),
    ])
}

fn string(text: &str) -> Node {
    Node::Text(text.to_owned())
}

fn strings<T: AsRef<str>>(texts: &[T]) -> Node {
    Node::List(texts.iter().map(|text| string(text.as_ref())).collect())
}

fn texts(texts: &Texts) -> Node {
    Node::Map(texts.iter().map(|(key, value)| (key.clone(), string(value))).collect())
}

fn name(name: &str) -> Node {
    map(vec![("name", string(name))])
}

/// Directory documents: one, or as many as the style likes.
fn directories(inventory: &Inventory, style: &mut Tape) -> Vec<Node> {
    let count = 1 + style.below(4);
    let mut parts: Vec<(Vec<Node>, Vec<Node>)> = (0..count).map(|_| (Vec::new(), Vec::new())).collect();
    for it in &inventory.users {
        parts[style.below(count)].0.push(user(it));
    }
    for it in &inventory.groups {
        parts[style.below(count)].1.push(group(it));
    }
    let directory = |(users, groups)| {
        let mut spec = Entries::default();
        spec.list("users", users);
        spec.list("groups", groups);
        entity("Directory", name("people"), spec.node())
    };
    parts.into_iter().map(directory).collect()
}

/// A map that leaves out what is not there.
#[derive(Default)]
struct Entries(Vec<(String, Node)>);

impl Entries {
    fn put(&mut self, key: &str, node: Node) {
        self.0.push((key.to_owned(), node));
    }

    fn text<T: AsRef<str>>(&mut self, key: &str, text: Option<T>) {
        self.0.extend(text.map(|text| (key.to_owned(), string(text.as_ref()))));
    }

    fn list(&mut self, key: &str, items: Vec<Node>) {
        if !items.is_empty() {
            self.put(key, Node::List(items));
        }
    }

    fn strings<T: AsRef<str>>(&mut self, key: &str, items: &[T]) {
        if !items.is_empty() {
            self.put(key, strings(items));
        }
    }

    fn texts(&mut self, key: &str, entries: &Texts) {
        if !entries.is_empty() {
            self.put(key, texts(entries));
        }
    }

    fn data(&mut self, key: &str, entries: &[(String, Data)]) {
        if !entries.is_empty() {
            self.put(key, data(&Data::Map(entries.to_vec())));
        }
    }

    fn object(&mut self, key: &str, entries: Entries) {
        if !entries.0.is_empty() {
            self.put(key, entries.node());
        }
    }

    fn node(self) -> Node {
        Node::Map(self.0)
    }
}

fn user(user: &User) -> Node {
    let mut entries = Entries::default();
    entries.text("name", Some(&user.name));
    entries.text("email", user.email.as_ref());
    entries.text("identity", user.identity.as_ref());
    entries.text("displayName", user.display_name.as_ref());
    entries.text("status", user.departed.then_some("departed"));
    entries.text("successor", user.successor.as_ref());
    entries.strings("previously", &user.previously);
    entries.node()
}

fn group(group: &Group) -> Node {
    let mut entries = Entries::default();
    entries.text("name", Some(&group.name));
    entries.strings("members", &group.members);
    entries.strings("groups", &group.groups);
    if group.external {
        entries.put("external", Node::Plain("true".to_owned()));
    }
    entries.node()
}

fn platform(platform: &Platform) -> Node {
    let mut entries = Entries::default();
    entries.text("distribution", Some("kubeflow"));
    entries.text("version", platform.version);
    entries.text("isolation", platform.isolation);
    entries.text("selfService", platform.self_service);
    let mut identity = Entries::default();
    identity.text("header", platform.header);
    identity.text("prefix", platform.prefix);
    identity.text("case", platform.case);
    entries.object("identity", identity);
    let mut mesh = Entries::default();
    mesh.text("mode", platform.mesh);
    mesh.text("gatewayPrincipal", platform.gateway);
    mesh.text("pipelinesUiPrincipal", platform.pipelines_ui);
    mesh.strings("extraPrincipals", &platform.extra_principals);
    entries.object("mesh", mesh);
    entries.strings("admins", &platform.admins);
    entries.text("owner", platform.owner.as_ref());
    let mut namespace = Entries::default();
    namespace.text("prefix", Some(platform.namespace_prefix));
    namespace.texts("labels", &platform.labels);
    namespace.texts("annotations", &platform.annotations);
    namespace.text("podSecurity", platform.pod_security);
    entries.object("namespace", namespace);
    let classes = platform.quota_classes.iter().map(|(name, quota)| (name.clone(), texts(quota)));
    entries.put("quotaClasses", Node::Map(classes.collect()));
    let mut defaults = Entries::default();
    defaults.text("quotaClass", platform.default_class.as_ref());
    defaults.strings("addOns", &platform.default_add_ons);
    entries.object("defaults", defaults);
    entries.data("values", &platform.values);
    if let Some(admins) = platform.min_admins {
        entries.put("removal", map(vec![("minAdmins", Node::Plain(admins.to_string()))]));
    }
    let mut gitops = Entries::default();
    gitops.text("engine", platform.engine);
    gitops.text("repoURL", platform.repo_url);
    if let Some(shards) = platform.shards {
        gitops.put("shards", Node::Plain(shards.to_owned()));
    }
    entries.object("gitops", gitops);
    entries.node()
}

fn metadata(tenant: &Tenant) -> Node {
    let mut entries = Entries::default();
    entries.text("name", Some(&tenant.name));
    entries.texts("labels", &tenant.labels);
    entries.texts("annotations", &tenant.annotations);
    entries.node()
}

fn tenant(tenant: &Tenant) -> Node {
    let mut entries = Entries::default();
    entries.text("displayName", tenant.display_name.as_ref());
    entries.strings("previously", &tenant.previously);
    entries.strings("clusters", &tenant.clusters);
    entries.text("owner", tenant.owner.as_ref());
    entries.text("state", tenant.state);
    entries.list("contributors", tenant.contributors.iter().map(contributor).collect());
    entries.text("quotaClass", tenant.quota_class.as_ref());
    entries.texts("quota", &tenant.quota);
    let plugin = |(kind, spec): &(&str, Vec<(String, Data)>)| {
        let mut entries = Entries::default();
        entries.text("kind", Some(kind));
        entries.data("spec", spec);
        entries.node()
    };
    entries.list("plugins", tenant.plugins.iter().map(plugin).collect());
    if let Some(add_ons) = &tenant.add_ons {
        entries.put("addOns", strings(add_ons));
    }
    entries.data("values", &tenant.values);
    entries.list("namespaces", tenant.namespaces.iter().map(namespace).collect());
    entries.node()
}

fn namespace(namespace: &Namespace) -> Node {
    let mut entries = Entries::default();
    entries.text("name", Some(&namespace.name));
    entries.text("state", namespace.state);
    entries.text("quotaClass", namespace.quota_class.as_ref());
    entries.texts("quota", &namespace.quota);
    entries.list("contributors", namespace.contributors.iter().map(contributor).collect());
    entries.texts("labels", &namespace.labels);
    entries.texts("annotations", &namespace.annotations);
    if let Some(add_ons) = &namespace.add_ons {
        entries.put("addOns", strings(add_ons));
    }
    entries.node()
}

fn contributor(contributor: &Contributor) -> Node {
    let mut entries = Entries::default();
    let (key, subject) = match &contributor.subject {
        Subject::User(name) => ("user", name),
        Subject::Group(name) => ("group", name),
        Subject::ServiceAccount(name) => ("serviceAccount", name),
        Subject::IdpGroup(name) => ("idpGroup", name),
    };
    entries.text(key, Some(subject));
    entries.text("role", contributor.role);
    entries.text("until", contributor.until);
    entries.text("reviewBy", contributor.review_by);
    entries.text("reason", contributor.reason.as_ref());
    if let Some(flag) = contributor.notebook_access {
        entries.put("notebookAccess", Node::Plain(flag.to_string()));
    }
    entries.node()
}

fn data(value: &Data) -> Node {
    match value {
        Data::Text(text) => Node::Quoted(text.clone()),
        Data::Integer(number) => Node::Plain(number.to_string()),
        Data::Boolean(flag) => Node::Plain(flag.to_string()),
        Data::List(items) => Node::List(items.iter().map(data).collect()),
        Data::Map(entries) => Node::Map(entries.iter().map(|(key, value)| (key.clone(), data(value))).collect()),
    }
}
