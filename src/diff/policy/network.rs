//! NetworkPolicies (`networking.k8s.io/v1`): whom a pod may be reached by, and whom it may reach.
//!
//! A policy isolates the pods that it selects in its directions, and its rules let through what they name; without peers
//! a rule is about everybody, and without ports about every port.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::{items, selector, text};
use crate::diff::space::entry;
use crate::manifest::{Manifest, Tree};

/// The two directions: the type, and where its rules and their peers stand.
const DIRECTIONS: [(&str, &str, &str); 2] = [("Ingress", "ingress", "from"), ("Egress", "egress", "to")];

/// Whether an object is a NetworkPolicy of Kubernetes. Others call theirs so, too, and mean something else.
pub fn is_one(manifest: &Manifest<'_>) -> bool {
    (manifest.group(), manifest.kind.as_ref()) == ("networking.k8s.io", "NetworkPolicy")
}

/// In which directions a policy may let through more than it did: in, and out. `beside` says whether the namespace had
/// others: policies add up, so that rules in a direction of which this one did not speak may add to theirs.
pub fn loosened(was: &Manifest<'_>, is: &Manifest<'_>, beside: bool) -> [bool; 2] {
    if was.body == is.body {
        return [false, false];
    }
    let (Some(before), Some(after)) = (was.body.get("spec"), is.body.get("spec")) else { return [true, true] };
    // Pods that it no longer selects are open, and those that it newly selects are let through what its rules say.
    let other_pods = entry(before, "podSelector") != entry(after, "podSelector");
    DIRECTIONS.map(|(name, rules, peers)| {
        let (isolated, isolates) = (is_isolated(before, name), is_isolated(after, name));
        match (isolated, isolates) {
            (false, false) => false,
            _ if other_pods => true,
            (true, false) => true,
            (false, true) => beside && !items(after, rules).is_empty(),
            (true, true) => {
                let had = flows(before, rules, peers);
                flows(after, rules, peers).iter().any(|flow| !had.iter().any(|wide| flow.is_within(wide)))
            }
        }
    })
}

/// What a policy speaks of in its rules for some directions, in, and out.
pub fn named(spec: &Tree<'_>, directions: [bool; 2]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let asked = DIRECTIONS.iter().zip(directions).filter(|(_, asked)| *asked);
    asked.filter_map(|((_, rules, _), _)| entry(spec, rules)).for_each(|rules| values(rules, &mut found));
    found
}

/// Every name, address and port that a policy speaks of, but for what it leaves out.
fn values(tree: &Tree<'_>, found: &mut BTreeSet<String>) {
    match tree {
        Tree::Map(map) => {
            let excludes = map.get("operator").and_then(text) == Some("NotIn");
            for (key, value) in map.iter() {
                match (key, value) {
                    ("except" | "operator" | "key" | "policyTypes" | "protocol", _) => {}
                    ("values", _) if excludes => {}
                    (_, value) => values(value, found),
                }
            }
        }
        Tree::List(items) => items.iter().for_each(|item| values(item, found)),
        Tree::Text(text) => {
            found.insert(text.to_string());
        }
        Tree::Integer(number) => {
            found.insert(number.to_string());
        }
        Tree::Boolean(_) => {}
    }
}

/// Whether a policy isolates in a direction. One that does not say which is about what comes in, and about what goes out
/// if it has rules for that.
fn is_isolated(spec: &Tree<'_>, direction: &str) -> bool {
    match entry(spec, "policyTypes") {
        Some(Tree::List(types)) if !types.is_empty() => types.iter().any(|it| text(it) == Some(direction)),
        _ => direction == "Ingress" || !items(spec, "egress").is_empty(),
    }
}

/// One peer and one port of a rule; `None` stands for all of them.
#[derive(Clone, Copy)]
struct Flow<'t, 'a> {
    peer: Option<&'t Tree<'a>>,
    port: Option<&'t Tree<'a>>,
}

fn flows<'t, 'a>(spec: &'t Tree<'a>, rules: &str, peers: &str) -> Vec<Flow<'t, 'a>> {
    let all = |list: &'t [Tree<'a>]| -> Vec<Option<&'t Tree<'a>>> {
        if list.is_empty() { vec![None] } else { list.iter().map(Some).collect() }
    };
    let mut flows = Vec::new();
    for rule in items(spec, rules) {
        for peer in all(items(rule, peers)) {
            flows.extend(all(items(rule, "ports")).into_iter().map(|port| Flow { peer, port }));
        }
    }
    flows
}

impl Flow<'_, '_> {
    fn is_within(&self, wide: &Flow<'_, '_>) -> bool {
        let peer = match (self.peer, wide.peer) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(narrow), Some(wide)) => peer_is_within(narrow, wide),
        };
        let port = match (self.port, wide.port) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(narrow), Some(wide)) => port_is_within(narrow, wide),
        };
        peer && port
    }
}

fn peer_is_within(narrow: &Tree<'_>, wide: &Tree<'_>) -> bool {
    if narrow == wide {
        return true;
    }
    match (entry(narrow, "ipBlock"), entry(wide, "ipBlock")) {
        (Some(narrow), Some(wide)) => return block_is_within(narrow, wide),
        (None, None) => {}
        _ => return false,
    }
    let namespaces = match (entry(narrow, "namespaceSelector"), entry(wide, "namespaceSelector")) {
        (None, None) => true,
        (Some(narrow), Some(wide)) => selector::is_within(narrow, wide),
        // The policy's own namespace is one of all, and of no others that could be named here.
        (None, Some(wide)) => matches!(wide, Tree::Map(map) if map.is_empty()),
        (Some(_), None) => false,
    };
    let pods = match (entry(narrow, "podSelector"), entry(wide, "podSelector")) {
        (_, None) => entry(wide, "namespaceSelector").is_some(),
        (Some(narrow), Some(wide)) => selector::is_within(narrow, wide),
        (None, Some(wide)) => matches!(wide, Tree::Map(map) if map.is_empty()),
    };
    namespaces && pods
}

/// A range of addresses: the first one as a number, how many bits it has and how many of them are fixed.
#[derive(Clone, Copy)]
struct Block {
    address: u128,
    bits: u32,
    fixed: u32,
}

impl Block {
    fn parse(text: &str) -> Option<Block> {
        let (address, fixed) = text.split_once('/')?;
        let (address, bits) = match address.parse().ok()? {
            IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
            IpAddr::V6(address) => (u128::from(address), 128),
        };
        let fixed = fixed.parse().ok().filter(|fixed| *fixed <= bits)?;
        Some(Block { address, bits, fixed })
    }

    fn is_within(self, wide: Block) -> bool {
        let prefix = |block: Block| block.address.checked_shr(wide.bits - wide.fixed).unwrap_or(0);
        self.bits == wide.bits && self.fixed >= wide.fixed && prefix(self) == prefix(wide)
    }
}

fn block_is_within(narrow: &Tree<'_>, wide: &Tree<'_>) -> bool {
    let block = |tree: &Tree<'_>| Block::parse(text(entry(tree, "cidr")?)?);
    let except = |tree: &Tree<'_>| -> Option<Vec<Block>> {
        items(tree, "except").iter().map(|it| Block::parse(text(it)?)).collect()
    };
    let Some((inner, outer)) = block(narrow).zip(block(wide)) else { return false };
    let Some((left_out, holes)) = except(narrow).zip(except(wide)) else { return false };
    let spared = |hole: &Block| {
        let apart = !hole.is_within(inner) && !inner.is_within(*hole);
        apart || left_out.iter().any(|it| hole.is_within(*it))
    };
    inner.is_within(outer) && holes.iter().all(spared)
}

fn port_is_within(narrow: &Tree<'_>, wide: &Tree<'_>) -> bool {
    let protocol =
        |tree: &Tree<'_>| entry(tree, "protocol").map_or(Some("TCP".to_owned()), |it| Some(text(it)?.to_owned()));
    if protocol(narrow) != protocol(wide) {
        return false;
    }
    let range = |tree: &Tree<'_>| match (entry(tree, "port"), entry(tree, "endPort")) {
        (Some(Tree::Integer(first)), None) => Some((*first, *first)),
        (Some(Tree::Integer(first)), Some(Tree::Integer(last))) => Some((*first, *last)),
        _ => None,
    };
    match (entry(narrow, "port"), entry(wide, "port")) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(one), Some(other)) if one == other && entry(narrow, "endPort") == entry(wide, "endPort") => true,
        _ => range(narrow).zip(range(wide)).is_some_and(|(narrow, wide)| wide.0 <= narrow.0 && narrow.1 <= wide.1),
    }
}

#[cfg(test)]
mod tests;
