use super::*;
use crate::driver::{Outcome, Program, analyse};
use crate::parse::value::parse_date;
use crate::source::{Places, SourceMap};

/// Something of everything that is compared.
const TEXT: &str = r#"
apiVersion: tenantry.dev/v1alpha1
kind: Platform
metadata: {name: one}
spec: {distribution: kubeflow, owner: root, gitops: {shards: 4}, values: {zone: a}}
---
apiVersion: tenantry.dev/v1alpha1
kind: Platform
metadata: {name: many}
spec: {distribution: kubeflow, owner: root, admins: [ada], gitops: {shards: auto}}
---
apiVersion: tenantry.dev/v1alpha1
kind: Directory
metadata: {name: people}
spec:
  users: [{name: root, email: root@example.org}, {name: ada, email: ada@example.org, displayName: Ada}, {name: bob}]
  groups: [{name: team, groups: [inner]}, {name: inner, members: [bob]}]
---
apiVersion: tenantry.dev/v1alpha1
kind: Tenant
metadata: {name: vision, labels: {a: b}, annotations: {c: d}}
spec:
  displayName: Seeing
  clusters: [one, many]
  owner: ada
  quota: {cpu: 4}
  addOns: [network-policy]
  values: {network-policy: {fromNamespaces: [monitoring]}}
  plugins: [{kind: AwsIamForServiceAccount, spec: {awsIamRole: "arn:aws:iam::1:role/a"}}]
  contributors:
    - {user: bob, role: view, notebookAccess: true, until: 2027-01-31}
    - {group: team, role: view}
    - {serviceAccount: ci/builder, role: edit}
    - {idpGroup: "oidc:team", role: edit}
  namespaces:
    - {name: vision, labels: {e: f}}
    - {name: vision-old, state: suspended}
"#;

fn with_program<T>(sources: &SourceMap, look: impl FnOnce(&Program<'_>) -> T) -> T {
    let day = parse_date("2026-11-22").expect("a day");
    let program = |outcome: Outcome<'_>| outcome.program.map(|program| look(program.get()));
    analyse(sources, Vec::new(), day, program).expect("an inventory without mistakes")
}

fn declared<'s>(program: &'s Program<'s>, sources: &'s SourceMap, prefix: &'s str) -> Declared<'s> {
    Declared {
        inventory: program.inventory,
        plans: &program.plans,
        templates: &program.templates,
        places: Places { sources, prefix },
    }
}

/// Compares every namespace of the text with that of another one.
fn compared<T>(other: &str, compare: impl Fn(&Planned<'_>, &Planned<'_>) -> T) -> Vec<T> {
    let sources = [TEXT, other].map(|text| SourceMap::new(vec![("all.yaml".to_owned(), text.to_owned())]));
    with_program(&sources[0], |was| {
        with_program(&sources[1], |is| {
            let (base, head) = (declared(was, &sources[0], "base"), declared(is, &sources[1], "head"));
            let plans = base.plans.iter().zip(head.plans);
            let pairs = plans.flat_map(|(was, is)| {
                let sides = was.provisions.iter().zip(&is.provisions);
                sides.map(move |(x, y)| {
                    (
                        Planned { declared: base, plan: was, provision: x },
                        Planned { declared: head, plan: is, provision: y },
                    )
                })
            });
            pairs.map(|(was, is)| compare(&was, &is)).collect()
        })
    })
}

/// What is equal is seen as equal, wherever it stands: otherwise a review of a large inventory makes all of its objects.
#[test]
fn what_is_equal_is_the_same() {
    let moved = format!("# Every place is another one.\n{TEXT}");
    let same = compared(&moved, |was, is| {
        let (base, head) = (was.declared.inventory, is.declared.inventory);
        let settings = ((base, base.platform(was.plan.platform)), (head, head.platform(is.plan.platform)));
        let same_grants = (0..was.provision.grants.len()).all(|at| grants((was, at), (is, at)));
        [platforms(settings.0, settings.1), namespaces(was, is), ways(was, is), same_grants]
    });
    assert_eq!(same, [[true; 4]; 4]);
}

/// A number of shards and none are two settings, and so are two numbers.
#[test]
fn another_number_of_shards_is_another_setting() {
    for (before, after) in [("shards: 4", "shards: 8"), ("shards: auto", "shards: 4"), ("shards: 4", "shards: auto")] {
        let same = compared(&TEXT.replacen(before, after, 1), |was, is| {
            let (base, head) = (was.declared.inventory, is.declared.inventory);
            platforms((base, base.platform(was.plan.platform)), (head, head.platform(is.plan.platform)))
        });
        assert!(same.contains(&false) && same.contains(&true), "{before}, {after}: {same:?}");
    }
}
