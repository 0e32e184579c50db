//! Groups in groups: members, cycles, and how far a group that a tenant names reaches.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use super::index::Index;
use super::people::{People, Successor};
use super::platforms::Platforms;
use super::{Names, distinct};
use crate::diag::{Sink, catalog::lint, catalog::resolve as catalog};
use crate::inventory::{Expansion, Group, GroupId, Inventory, Subject};
use crate::parse::decl::GroupDecl;
use crate::source::Span;

/// Most ways from groups to the people in them, over all groups that tenants name.
///
/// A million memberships through nesting are a large company; this is where a mistake begins.
pub const EXPANSION_LIMIT: usize = 20_000_000;

/// Most grants that groups make, over all namespaces. Each becomes an object or two; no cluster holds as many.
pub const GRANT_LIMIT: usize = 20_000_000;

/// Resolves the groups of all Directory documents.
pub fn resolve(declared: Vec<GroupDecl>, people: &People, names: &mut Names, sink: &mut Sink) -> Vec<Group> {
    let declared = distinct(
        declared,
        |group| &group.name,
        |name, first| catalog::duplicate_group(name.span, &name.value, first),
        sink,
    );
    names.groups = Index::new(declared.iter().map(|group| group.name.value.clone()).collect());
    let edges: Vec<Vec<(GroupId, Span)>> = declared
        .iter()
        .map(|group| {
            let found = group.groups.iter().filter_map(|name| Some((names.group(name, sink)?, name.span)));
            found.collect()
        })
        .collect();
    let edges = without_cycles(&declared, edges, sink);
    declared.into_iter().zip(edges).map(|(decl, edges)| group(decl, edges, people, names, sink)).collect()
}

fn group(decl: GroupDecl, groups: Vec<GroupId>, people: &People, names: &mut Names, sink: &mut Sink) -> Group {
    let (mut members, mut departed) = (Vec::new(), Vec::new());
    for name in &decl.members {
        let Some(user) = names.user(name, sink) else { continue };
        if people.successors[user.index()] == Successor::Self_ {
            members.push((user, name.span));
        } else {
            departed.push(user);
            sink.push(lint::departed_member(name.span, &name.value, &decl.name.value));
        }
    }
    members.sort_unstable();
    departed.sort_unstable();
    Group { name: decl.name.value, members, departed, groups, external: decl.external, span: decl.name.span }
}

/// Reports every cycle once, by the edge that closes it, and leaves that edge out. Walks groups in the order of their
/// names without recursion, so that depth is no limit.
fn without_cycles(declared: &[GroupDecl], edges: Vec<Vec<(GroupId, Span)>>, sink: &mut Sink) -> Vec<Vec<GroupId>> {
    #[derive(Clone, Copy, PartialEq)]
    enum Visit {
        New,
        Open,
        Done,
    }
    let mut visits = vec![Visit::New; declared.len()];
    let mut cut: BTreeSet<(usize, usize)> = BTreeSet::new();
    for start in 0..declared.len() {
        if visits[start] != Visit::New {
            continue;
        }
        visits[start] = Visit::Open;
        let mut path = vec![(start, 0)];
        while let Some(top) = path.last_mut() {
            let (at, edge) = *top;
            let Some(&(next, span)) = edges[at].get(edge) else {
                visits[at] = Visit::Done;
                path.pop();
                continue;
            };
            top.1 += 1;
            match visits[next.index()] {
                Visit::New => {
                    visits[next.index()] = Visit::Open;
                    path.push((next.index(), 0));
                }
                Visit::Open => {
                    let from = path.iter().position(|&(group, _)| group == next.index()).unwrap_or(0);
                    let cycle: Vec<&str> =
                        path[from..].iter().map(|&(group, _)| declared[group].name.value.as_str()).collect();
                    sink.push(catalog::group_cycle(span, &cycle));
                    cut.insert((at, edge));
                }
                Visit::Done => {}
            }
        }
    }
    let keep = |at: usize, edges: Vec<(GroupId, Span)>| {
        let kept = edges.into_iter().enumerate().filter(|(edge, _)| !cut.contains(&(at, *edge)));
        let mut kept: Vec<GroupId> = kept.map(|(_, (group, _))| group).collect();
        kept.sort_unstable();
        kept.dedup();
        kept
    };
    edges.into_iter().enumerate().map(|(at, edges)| keep(at, edges)).collect()
}

/// Works out the ways into every group that a tenant or a platform names.
pub fn expand(inventory: &mut Inventory, platforms: &Platforms, sink: &mut Sink) {
    let mut used: BTreeSet<GroupId> = BTreeSet::new();
    for tenant in &inventory.tenants {
        let own = tenant.placements.iter().flat_map(|placement| &placement.namespaces);
        let own = own.flat_map(|namespace| namespace.contributors.iter());
        for contributor in tenant.contributors.iter().chain(own) {
            if let Subject::Group(group) = contributor.subject {
                used.insert(group);
            }
        }
    }
    let personal = platforms.personal.iter().flatten();
    used.extend(personal.flat_map(|personal| personal.whom.groups()));
    let mut left = EXPANSION_LIMIT;
    for group in used {
        let Some(parts) = ways(inventory, group, &mut left) else {
            let group = inventory.group(group);
            sink.push(catalog::group_too_large(group.span, &group.name, EXPANSION_LIMIT));
            // What is still looked at must fit into memory, and into the time that somebody waits for a message.
            inventory.expansions.fill(None);
            return;
        };
        inventory.expansions[group.index()] = Some(Arc::new(Expansion { parts }));
    }
    if let Some(group) = one_too_many(inventory) {
        let group = inventory.group(group);
        sink.push(catalog::group_too_large(group.span, &group.name, GRANT_LIMIT));
        // What is still looked at must fit into memory.
        inventory.expansions.fill(None);
    }
}

/// The group with which the grants of all namespaces become too many.
fn one_too_many(inventory: &Inventory) -> Option<GroupId> {
    let members = |group: GroupId| -> usize {
        let parts = inventory.expansion(group).iter().filter_map(|way| way.last());
        parts.map(|&part| inventory.group(part).members.len()).sum()
    };
    let sizes: BTreeMap<GroupId, usize> =
        (0..inventory.groups.len()).map(GroupId::new).map(|group| (group, members(group))).collect();
    let mut left = GRANT_LIMIT;
    for tenant in &inventory.tenants {
        for namespace in tenant.placements.iter().flat_map(|placement| &placement.namespaces) {
            for contributor in tenant.contributors.iter().chain(namespace.contributors.iter()) {
                let Subject::Group(group) = contributor.subject else { continue };
                match left.checked_sub(sizes.get(&group).copied().unwrap_or_default()) {
                    Some(rest) => left = rest,
                    None => return Some(group),
                }
            }
        }
    }
    None
}

/// The shortest way from a group to each group inside it, breadth first; among equal ones the first by name. Every step
/// and every member is taken off `left`; `None` when nothing is left.
fn ways(inventory: &Inventory, group: GroupId, left: &mut usize) -> Option<Vec<Arc<[GroupId]>>> {
    let mut spend = |way: &[GroupId]| {
        let members = way.last().map_or(0, |&group| inventory.group(group).members.len());
        *left = left.checked_sub(way.len() + members)?;
        Some(())
    };
    let start: Arc<[GroupId]> = Arc::from([group]);
    spend(&start)?;
    let mut found: BTreeMap<GroupId, Arc<[GroupId]>> = BTreeMap::from([(group, start.clone())]);
    let mut queue = VecDeque::from([start.clone()]);
    let mut parts = vec![start];
    while let Some(way) = queue.pop_front() {
        let Some(&last) = way.last() else { continue };
        for &next in &inventory.group(last).groups {
            if found.contains_key(&next) {
                continue;
            }
            let longer: Arc<[GroupId]> = way.iter().copied().chain([next]).collect();
            spend(&longer)?;
            found.insert(next, longer.clone());
            queue.push_back(longer.clone());
            parts.push(longer);
        }
    }
    Some(parts)
}

#[cfg(test)]
mod tests {
    use crate::diag::{Code, Severity};
    use crate::driver::analyse;
    use crate::parse::API_VERSION;
    use crate::source::SourceMap;

    fn codes(namespaces: usize) -> Vec<Code> {
        let people: String =
            (0..500).map(|at| format!("    - {name}\n", name = format_args!("{{name: p{at}}}"))).collect();
        let members: Vec<String> = (0..500).map(|at| format!("p{at}")).collect();
        let names: Vec<String> = (0..namespaces).map(|at| format!("{{name: n{at}}}")).collect();
        let entries = vec!["{group: all}"; 200].join(", ");
        let text = format!(
            "apiVersion: {API_VERSION}\nkind: Platform\nmetadata: {{name: prod}}\n\
             spec: {{distribution: kubeflow, owner: p0}}\n---\napiVersion: {API_VERSION}\nkind: Directory\n\
             metadata: {{name: people}}\nspec:\n  users:\n{people}  groups:\n    - {{name: all, members: [{}]}}\n\
             ---\napiVersion: {API_VERSION}\nkind: Tenant\nmetadata: {{name: vision}}\n\
             spec: {{contributors: [{entries}], namespaces: [{}]}}\n",
            members.join(", "),
            names.join(", "),
        );
        let sources = SourceMap::new(vec![("all.yaml".to_owned(), text)]);
        let day = jiff::civil::date(2026, 11, 22);
        analyse(&sources, Vec::new(), day, |outcome| {
            let errors = outcome.diagnostics.iter().filter(|found| found.severity == Severity::Error);
            errors.map(|found| found.code).collect()
        })
    }

    /// A few lines can ask for more grants than fit into memory: that ends in a message.
    #[test]
    fn grants_have_a_limit() {
        assert_eq!(codes(2), []);
        assert_eq!(codes(201), [Code::GroupTooLarge]);
    }
}
