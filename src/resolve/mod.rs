//! Declarations to an inventory: who is who, and what refers to what.
//!
//! Looks at all declarations at once and knows nothing of Kubernetes objects. What is broken is reported and left out, so
//! that the next mistake is found too; names that an earlier phase already complained about are not reported again.

mod foreign;
mod groups;
mod index;
mod integration;
mod people;
mod personal;
mod platforms;
mod syncing;
mod tenants;

use self::index::Index;
use crate::diag::{Sink, catalog::resolve as catalog};
use crate::inventory::{GroupId, Inventory, Template, UserId};
use crate::name::{GroupName, UserName};
use crate::parse::decl::{Broken, Declarations, TemplateDecl};
use crate::source::{Span, Spanned};

/// Most "did you mean" searches of one run: each looks at every name, and a thousand typing mistakes are one mistake.
const SUGGESTION_LIMIT: usize = 50;

/// Resolves every reference.
pub fn resolve(declarations: Declarations, sink: &mut Sink) -> Inventory {
    let Declarations { platforms, mut users, groups, mut tenants, foreign, templates, broken, documents } =
        declarations;
    let nothing_unread = !(broken.platform_unread || broken.tenant_unread || broken.directory_unread);
    if documents == 0 && templates.is_empty() && nothing_unread {
        sink.push(catalog::empty_inventory());
        return Inventory::default();
    }
    if platforms.is_empty() && !broken.platform_unread {
        sink.push(catalog::no_platform());
    }
    let mut names =
        Names { broken, users: Index::default(), groups: Index::default(), suggestions_left: SUGGESTION_LIMIT };
    foreign::desugar(foreign, &platforms, &mut users, &mut tenants, &names, sink);
    let people = people::resolve(users, &mut names, sink);
    let groups = groups::resolve(groups, &people, &mut names, sink);
    let templates = templates_of(templates, sink);
    let platforms = platforms::resolve(platforms, &people, &templates, &mut names, sink);
    let expansions = vec![None; groups.len()];
    let mut inventory =
        Inventory { platforms: Vec::new(), users: people.users, groups, tenants: Vec::new(), templates, expansions };
    let standing = people.successors;
    let context =
        tenants::Context { platforms: &platforms, successors: &standing, unread: names.broken.platform_unread };
    inventory.tenants = tenants::resolve(tenants, &context, &inventory, &mut names, sink);
    groups::expand(&mut inventory, &platforms, sink);
    integration::check_identities(&inventory, &platforms, sink);
    personal::resolve(&mut inventory, &platforms, sink);
    inventory.platforms = platforms.platforms;
    inventory
}

/// Who is declared, by name, and who was declared with mistakes.
struct Names {
    broken: Broken,
    /// By the number of their ids.
    users: Index<UserName>,
    /// Likewise.
    groups: Index<GroupName>,
    suggestions_left: usize,
}

impl Names {
    /// The user of a name, or a report.
    fn user(&mut self, name: &Spanned<UserName>, sink: &mut Sink) -> Option<UserId> {
        if let Some(at) = self.users.find(name.value.as_str()) {
            return Some(UserId::new(at));
        }
        if !self.broken.directory_unread && !self.broken.users.contains(name.value.as_str()) {
            let known = self.suggest().then(|| self.users.names().map(UserName::as_str));
            let group = self.groups.find(name.value.as_str()).is_some();
            sink.push(catalog::unknown_user(name.span, &name.value, known, group));
        }
        None
    }

    /// The group of a name, or a report.
    fn group(&mut self, name: &Spanned<GroupName>, sink: &mut Sink) -> Option<GroupId> {
        if let Some(at) = self.groups.find(name.value.as_str()) {
            return Some(GroupId::new(at));
        }
        if !self.broken.directory_unread && !self.broken.groups.contains(name.value.as_str()) {
            let known = self.suggest().then(|| self.groups.names().map(GroupName::as_str));
            let user = self.users.find(name.value.as_str()).is_some();
            sink.push(catalog::unknown_group(name.span, &name.value, known, user));
        }
        None
    }

    fn suggest(&mut self) -> bool {
        let more = self.suggestions_left > 0;
        self.suggestions_left = self.suggestions_left.saturating_sub(1);
        more
    }
}

fn templates_of(mut declared: Vec<TemplateDecl>, sink: &mut Sink) -> Vec<Template> {
    declared.sort_by(|a, b| a.name.cmp(&b.name));
    let mut templates: Vec<Template> = Vec::new();
    for TemplateDecl { name, span } in declared {
        if crate::inventory::add_on::is_built_in(name.as_str()) {
            sink.push(catalog::built_in_template(Span { end: span.start, ..span }, &name));
        } else {
            templates.push(Template { name, span });
        }
    }
    templates
}

/// Keeps the first declaration of each name, in the order of files, and reports the others.
fn distinct<D, N: Ord + Clone>(
    declared: Vec<D>,
    name: impl Fn(&D) -> &Spanned<N>,
    report: impl Fn(&Spanned<N>, Span) -> crate::diag::Diagnostic,
    sink: &mut Sink,
) -> Vec<D> {
    let mut order: Vec<usize> = (0..declared.len()).collect();
    order.sort_by(|&a, &b| {
        let (a, b) = (name(&declared[a]), name(&declared[b]));
        a.value.cmp(&b.value).then(a.span.cmp(&b.span))
    });
    let mut kept = vec![false; declared.len()];
    for run in order.chunk_by(|&a, &b| name(&declared[a]).value == name(&declared[b]).value) {
        kept[run[0]] = true;
        let first = name(&declared[run[0]]).span;
        for &again in &run[1..] {
            sink.push(report(name(&declared[again]), first));
        }
    }
    let mut position = vec![0; declared.len()];
    for (rank, &at) in order.iter().enumerate() {
        position[at] = rank;
    }
    let mut ranked: Vec<(usize, D)> =
        declared.into_iter().enumerate().filter(|(at, _)| kept[*at]).map(|(at, decl)| (position[at], decl)).collect();
    ranked.sort_by_key(|(rank, _)| *rank);
    ranked.into_iter().map(|(_, decl)| decl).collect()
}
