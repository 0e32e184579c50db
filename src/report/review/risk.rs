//! Risks as lines: the same risk on several clusters is one line that names them.

use std::collections::{BTreeMap, BTreeSet};

use super::words;
use crate::diff::{ChangeSet, Risk, RiskSeverity};

/// One thing to say, and the clusters that it is said of.
#[derive(Debug)]
pub(super) struct RiskLine<'a> {
    /// The first of those that differ in nothing but the cluster.
    pub risk: &'a Risk,
    /// Never empty, in the order of risks.
    pub clusters: Vec<&'a str>,
    /// Whether a reader has to be told which clusters.
    tells: bool,
}

impl RiskLine<'_> {
    /// ` on prod-eu and prod-us`, with each name as `name` shows it. Nothing, if the change is about one cluster or the
    /// message names it.
    pub(super) fn on(&self, name: impl Fn(&str) -> String) -> String {
        if !self.tells {
            return String::new();
        }
        format!(" on {}", words::listed(self.clusters.iter().map(|cluster| name(cluster)), self.clusters.len()))
    }
}

/// The risks of a severity, in their order, each at the place of its first cluster.
pub(super) fn lines(changes: &ChangeSet, severity: RiskSeverity) -> Vec<RiskLine<'_>> {
    let several = of_several_clusters(changes);
    let mut lines: Vec<RiskLine<'_>> = Vec::new();
    let mut known: BTreeMap<_, usize> = BTreeMap::new();
    for risk in changes.risks.iter().filter(|risk| risk.severity == severity) {
        let at = *known.entry((risk.code, &risk.namespace, &risk.message, &risk.place)).or_insert(lines.len());
        match lines.get_mut(at).filter(|line| !line.clusters.contains(&risk.cluster.as_str())) {
            Some(line) => line.clusters.push(&risk.cluster),
            None => {
                let tells = several && !risk.message.contains(&format!("the cluster `{}`", risk.cluster));
                lines.push(RiskLine { risk, clusters: vec![&risk.cluster], tells });
            }
        }
    }
    lines
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
}
