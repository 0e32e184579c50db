//! Risks as lines: what is the same but for the cluster, or but for the namespace, is one line that names them.

use std::collections::{BTreeMap, BTreeSet};

use super::words;
use crate::diff::{ChangeSet, Risk, RiskCode, RiskSeverity};

/// From how many equal risks of different namespaces on they are one line. Fewer are easier to read one by one.
const MANY: usize = 4;

/// One thing to say, and the clusters and namespaces that it is said of.
#[derive(Debug)]
pub(super) struct RiskLine<'a> {
    /// The first of those that differ in nothing but the cluster or the namespace.
    pub risk: &'a Risk,
    /// Never empty, in the order of risks.
    pub clusters: Vec<&'a str>,
    /// The others that are equal but for the namespace, or for the document's name. All have the same clusters.
    pub more: Vec<&'a Risk>,
    /// Whether a Namespace goes with its Profile.
    with_namespace: bool,
    /// Whether a reader has to be told which clusters.
    tells: bool,
}

impl<'a> RiskLine<'a> {
    /// ` on prod-eu and prod-us`, with each name as `name` shows it. Nothing, if the change is about one cluster or the
    /// message names it.
    pub(super) fn on(&self, name: impl Fn(&str) -> String) -> String {
        if !self.tells {
            return String::new();
        }
        format!(" on {}", words::listed(self.clusters.iter().map(|cluster| name(cluster)), self.clusters.len()))
    }

    /// The code, or both codes of a Profile that goes with its Namespace.
    pub(super) fn codes(&self) -> String {
        let with = if self.with_namespace { ", namespace-removed" } else { "" };
        format!("{}{with}", self.risk.code.name())
    }

    /// How many risks it stands for.
    pub(super) fn count(&self) -> usize {
        let each = if self.with_namespace { 2 } else { 1 };
        (1 + self.more.len()) * self.clusters.len() * each
    }

    /// `; the same for 599 more namespaces: a, b, c, d and 595 more`, with the names in backticks and shown by `prose`.
    /// Nothing, if the line is about one.
    pub(super) fn likewise(&self, prose: impl Fn(&str) -> String) -> String {
        let count = self.more.len();
        let (one, many) = match self.risk.code {
            RiskCode::ForeignManifest | RiskCode::OutputDiffers => ("more document", "more documents"),
            _ => ("more namespace", "more namespaces"),
        };
        let names = self.more.iter().filter_map(|risk| subject(risk)).map(|it| prose(&it.name));
        match count {
            0 => String::new(),
            _ => format!("; the same for {}: {}", words::counted(count, one, many), words::listed(names, count)),
        }
    }

    /// Where the others say so, each place once.
    pub(super) fn more_places(&self) -> BTreeSet<(&'a str, u32)> {
        let mut places: BTreeSet<_> = self.more.iter().filter_map(|risk| place(risk)).collect();
        place(self.risk).map(|own| places.remove(&own));
        places
    }

    /// Whether every single one has to be named, however many there are.
    pub(super) fn is_kept(&self) -> bool {
        self.risk.severity == RiskSeverity::Destructive || self.risk.code == RiskCode::SelfGrant
    }
}

fn place(risk: &Risk) -> Option<(&str, u32)> {
    risk.place.as_ref().map(|(file, line)| (file.as_str(), *line))
}

/// What a risk is about, and what is left to say without its name.
struct Subject {
    name: String,
    rest: String,
}

/// What stands behind the name of a document that comes from no inventory.
const BEHIND_DOCUMENTS: [&str; 3] =
    [", which tenantry did not write", ", which is not what the inventory compiles to", ", in a compiled file "];

fn subject(risk: &Risk) -> Option<Subject> {
    if matches!(risk.code, RiskCode::ForeignManifest | RiskCode::OutputDiffers) {
        let at = BEHIND_DOCUMENTS.iter().find_map(|words| risk.message.find(words))?;
        let (name, rest) = risk.message.split_at(at);
        return Some(Subject { name: name.to_owned(), rest: rest.to_owned() });
    }
    let name = format!("`{}`", risk.namespace.as_ref()?);
    Some(Subject { rest: risk.message.replace(&name, "``"), name })
}

/// The risks of a severity, in their order, each at the place of its first cluster. Those that may be folded are.
pub(super) fn lines(changes: &ChangeSet, severity: RiskSeverity) -> Vec<RiskLine<'_>> {
    fold(single(changes, severity), |line| !line.is_kept())
}

/// The same for a list with room for few: whatever is equal but for the namespace is folded.
pub(super) fn all_folded(changes: &ChangeSet, severity: RiskSeverity) -> Vec<RiskLine<'_>> {
    fold(single(changes, severity), |_| true)
}

fn single(changes: &ChangeSet, severity: RiskSeverity) -> Vec<RiskLine<'_>> {
    let several = of_several_clusters(changes);
    let mut lines: Vec<RiskLine<'_>> = Vec::new();
    let mut known: BTreeMap<_, usize> = BTreeMap::new();
    for risk in changes.risks.iter().filter(|risk| risk.severity == severity) {
        let at = *known.entry((risk.code, &risk.namespace, &risk.message, &risk.place)).or_insert(lines.len());
        match lines.get_mut(at).filter(|line| !line.clusters.contains(&risk.cluster.as_str())) {
            Some(line) => line.clusters.push(&risk.cluster),
            None => {
                let tells = several && !risk.message.contains(&format!("the cluster `{}`", risk.cluster));
                let clusters = vec![risk.cluster.as_str()];
                lines.push(RiskLine { risk, clusters, more: Vec::new(), with_namespace: false, tells });
            }
        }
    }
    with_namespaces(lines)
}

/// A Profile and the Namespace that goes with it are one line.
fn with_namespaces(mut lines: Vec<RiskLine<'_>>) -> Vec<RiskLine<'_>> {
    let key = |line: &RiskLine<'_>| Some((line.risk.namespace.clone()?, line.clusters.join(" ")));
    let of = |line: &RiskLine<'_>, code| if line.risk.code == code { key(line) } else { None };
    let mut namespaces: BTreeMap<_, usize> = BTreeMap::new();
    for key in lines.iter().filter_map(|line| of(line, RiskCode::NamespaceRemoved)) {
        *namespaces.entry(key).or_default() += 1;
    }
    let mut merged: BTreeMap<_, usize> = BTreeMap::new();
    for line in &mut lines {
        let Some(key) = of(line, RiskCode::ProfileRemoved) else { continue };
        if let Some(left) = namespaces.get_mut(&key).filter(|left| **left > 0) {
            *left -= 1;
            line.with_namespace = true;
            *merged.entry(key).or_default() += 1;
        }
    }
    lines.retain(|line| {
        let key = of(line, RiskCode::NamespaceRemoved);
        match key.and_then(|key| merged.get_mut(&key)).filter(|left| **left > 0) {
            Some(left) => {
                *left -= 1;
                false
            }
            None => true,
        }
    });
    lines
}

/// Folds risks that are equal but for their subject, if there are many and `may` allows it.
fn fold<'a>(lines: Vec<RiskLine<'a>>, may: impl Fn(&RiskLine<'a>) -> bool) -> Vec<RiskLine<'a>> {
    let key = |line: &RiskLine<'a>| {
        let rest = subject(line.risk).filter(|_| may(line))?.rest;
        Some((line.risk.code, line.with_namespace, line.clusters.clone(), rest))
    };
    let mut counts: BTreeMap<_, usize> = BTreeMap::new();
    for key in lines.iter().filter_map(key) {
        *counts.entry(key).or_default() += 1;
    }
    counts.retain(|_, count| *count >= MANY);
    let mut first: BTreeMap<_, usize> = BTreeMap::new();
    let mut folded: Vec<RiskLine<'a>> = Vec::new();
    for line in lines {
        let key = key(&line).filter(|key| counts.contains_key(key));
        let at = key.map(|key| *first.entry(key).or_insert(folded.len()));
        match at.and_then(|at| folded.get_mut(at)) {
            Some(before) => before.more.push(line.risk),
            None => folded.push(line),
        }
    }
    folded
}

/// Whether a change is about more than one cluster, as far as it shows.
pub(super) fn of_several_clusters(changes: &ChangeSet) -> bool {
    let objects = [&changes.objects.added, &changes.objects.removed, &changes.objects.modified];
    let facts = [&changes.gained, &changes.lost].into_iter().flatten();
    let mut clusters: BTreeSet<&str> = changes.risks.iter().map(|risk| risk.cluster.as_str()).collect();
    clusters.extend(facts.chain(changes.changed.iter().map(|change| &change.fact)).map(|fact| &*fact.cluster));
    clusters.extend(objects.into_iter().flatten().map(|object| &*object.cluster));
    clusters.len() > 1
}

#[cfg(test)]
mod tests {
    use super::super::sample::{Review, risk};
    use super::*;
    use crate::diff::RiskCode;

    fn shown(review: &Review) -> Vec<String> {
        let lines = lines(review, RiskSeverity::Widening);
        lines.iter().map(|it| format!("{}{}", it.risk.code.name(), it.on(str::to_owned))).collect()
    }

    #[test]
    fn one_risk_on_several_clusters_is_one_line() {
        let mut review = Review::none();
        let on = |cluster: &str| {
            let mut risk = risk(RiskCode::QuotaRemoved, "a");
            risk.cluster = cluster.into();
            risk
        };
        review.risks = vec![on("prod-eu"), risk(RiskCode::QuotaRemoved, "b"), on("prod-us")];
        assert_eq!(shown(&review), ["quota-removed on prod-eu and prod-us", "quota-removed on prod-eu"]);
        review.risks.extend(["c", "d", "e"].map(on));
        assert_eq!(shown(&review)[0], "quota-removed on prod-eu, prod-us, c, d and e");
        review.risks.push(on("f"));
        assert_eq!(shown(&review)[0], "quota-removed on prod-eu, prod-us, c, d and 2 more");
    }

    #[test]
    fn the_only_cluster_is_not_named_and_none_twice() {
        let mut review = Review::none();
        review.risks = vec![risk(RiskCode::QuotaRemoved, "a")];
        assert_eq!(shown(&review), ["quota-removed"]);
        review.gained = vec![super::super::sample::gain("prod-us", "a", "ada")];
        review.risks[0].message = "people register on the cluster `prod-eu`".into();
        review.risks.push(risk(RiskCode::QuotaRemoved, "b"));
        assert_eq!(shown(&review), ["quota-removed", "quota-removed on prod-eu"]);
    }

    fn said(lines: &[RiskLine<'_>]) -> Vec<String> {
        lines.iter().map(|it| format!("{} ({}){}", it.codes(), it.count(), it.likewise(str::to_owned))).collect()
    }

    #[test]
    fn equal_risks_of_many_namespaces_are_one_line() {
        let mut review = Review::none();
        review.risks = (0..3).map(|at| risk(RiskCode::QuotaLoosened, &format!("t{at}"))).collect();
        assert_eq!(lines(&review, RiskSeverity::Widening).len(), 3);
        review.risks.extend((3..9).map(|at| risk(RiskCode::QuotaLoosened, &format!("t{at}"))));
        review.risks.push(Risk { message: "another".into(), ..risk(RiskCode::QuotaLoosened, "u") });
        let lines = lines(&review, RiskSeverity::Widening);
        let many = "quota-loosened (9); the same for 8 more namespaces: `t1`, `t2`, `t3`, `t4` and 4 more";
        assert_eq!(said(&lines), [many, "quota-loosened (1)"]);
        assert_eq!(lines[0].more_places().len(), 8);
    }

    #[test]
    fn a_namespace_goes_with_its_profile_and_none_is_folded_but_on_demand() {
        let mut review = Review::none();
        let of = |code| (0..5).map(move |at| risk(code, &format!("t{at}")));
        review.risks = of(RiskCode::ProfileRemoved).chain(of(RiskCode::NamespaceRemoved)).collect();
        review.risks.push(risk(RiskCode::NamespaceRemoved, "u"));
        let mut wanted = vec!["profile-removed, namespace-removed (2)"; 5];
        wanted.push("namespace-removed (1)");
        assert_eq!(said(&lines(&review, RiskSeverity::Destructive)), wanted);
        let folded = all_folded(&review, RiskSeverity::Destructive);
        assert_eq!(folded.iter().map(RiskLine::count).collect::<Vec<_>>(), [10, 1]);
    }

    #[test]
    fn foreign_manifests_that_do_the_same_are_one_line() {
        let mut review = Review::none();
        let of = |what: String, effect: &str| {
            let message = format!("{what}, which tenantry did not write, is added{effect}");
            Risk { namespace: None, message, ..risk(RiskCode::ForeignManifest, "a") }
        };
        review.risks = vec![of("the ClusterRoleBinding `x`".into(), "; it gives `cluster-admin`")];
        review.risks.extend((0..50).map(|at| of(format!("the ConfigMap `c{at}`"), "")));
        let said = said(&lines(&review, RiskSeverity::Widening));
        assert_eq!(said.len(), 2);
        assert_eq!(said[0], "foreign-manifest (1)");
        assert!(said[1].contains("; the same for 49 more documents: the ConfigMap `c1`, "), "{}", said[1]);
    }
}
