//! Tenants, their namespaces and who has access.

use super::super::data::{Contributor, Data, Inventory, Namespace, Platform, Subject, Tenant};
use super::super::hostile;
use super::super::tape::Tape;
use super::platform::add_ons;
use super::{DATES, annotations, labels, owner, quota, values};

const NAMES: [&str; 12] =
    ["vision", "1e3", "true", "null", "0x10", "on", "12345", "007", "y", "a-b", "2027-01-31", "no"];

/// The tenant with a number.
pub fn tenant(at: usize, before: &Inventory, tape: &mut Tape) -> Tenant {
    let name = if tape.rarely(2) { NAMES[at % NAMES.len()].to_owned() } else { format!("t{at}") };
    let mut tenant = Tenant { name, clusters: clusters(before, tape), ..Tenant::default() };
    let (has_owner, can_stand_in) = standing(before, &tenant);
    if !has_owner || tape.rarely(2) {
        tenant.owner = Some(owner(before, tape));
    }
    let states: &[Option<&str>] = match can_stand_in {
        true => &[None, None, None, Some("active"), Some("suspended"), Some("retired")],
        false => &[None, Some("active")],
    };
    tenant.contributors = contributors(before, tape, 7);
    tenant.state = tape.pick(states);
    tenant.display_name = tape.rarely(2).then(|| hostile::line(tape));
    tenant.labels = labels(tape, "tenant");
    tenant.annotations = annotations(tape, "tenant");
    tenant.previously = if tape.rarely(4) { vec![format!("old-{at}")] } else { Vec::new() };
    tenant.quota_class = class(tape);
    tenant.quota = quota(tape);
    tenant.plugins = if tape.rarely(3) { plugins(tape) } else { Vec::new() };
    tenant.add_ons = tape.rarely(3).then(|| add_ons(tape));
    tenant.values = values(tape);
    for number in 0..tape.below(4) {
        let namespace = namespace(&tenant.name, number, before, states, tape);
        tenant.namespaces.push(namespace);
    }
    tenant
}

fn clusters(before: &Inventory, tape: &mut Tape) -> Vec<String> {
    let mut names: Vec<String> = before.platforms.iter().map(|platform| platform.name.clone()).collect();
    if names.len() == 1 && tape.rarely(2) {
        return Vec::new();
    }
    tape.shuffle(&mut names);
    names.truncate(1 + tape.below(names.len()));
    names
}

/// Whether every cluster has an owner, and one that can stand in.
fn standing(before: &Inventory, tenant: &Tenant) -> (bool, bool) {
    let clusters = before.clusters(tenant);
    let owner = |platform: &Platform| platform.owner.clone();
    let active = |platform: &Platform| owner(platform).is_some_and(|name| !before.user(&name).departed);
    (clusters.iter().all(|it| it.owner.is_some()), clusters.iter().all(|it| active(it)))
}

fn class(tape: &mut Tape) -> Option<String> {
    tape.pick(&[None, Some("small"), Some("0x10")]).map(str::to_owned)
}

fn plugins(tape: &mut Tape) -> Vec<(&'static str, Vec<(String, Data)>)> {
    let role = Data::Text(format!("arn:aws:iam::1:role/{}", hostile::line(tape)));
    let aws = vec![("awsIamRole".to_owned(), role), ("annotateOnly".to_owned(), Data::Boolean(true))];
    let account = Data::Text("robot@project.iam.gserviceaccount.com".to_owned());
    let gcp = vec![("gcpServiceAccount".to_owned(), account)];
    vec![("AwsIamForServiceAccount", aws), ("WorkloadIdentity", gcp)]
}

fn namespace(
    tenant: &str,
    number: usize,
    before: &Inventory,
    states: &[Option<&'static str>],
    tape: &mut Tape,
) -> Namespace {
    let name = if number == 0 { format!("n-{tenant}") } else { format!("{tenant}-ns{number}") };
    Namespace {
        name,
        contributors: contributors(before, tape, 4),
        state: tape.pick(states),
        quota_class: class(tape),
        quota: quota(tape),
        labels: labels(tape, "namespace"),
        annotations: annotations(tape, "namespace"),
        add_ons: tape.rarely(4).then(|| add_ons(tape)),
    }
}

fn contributors(before: &Inventory, tape: &mut Tape, limit: usize) -> Vec<Contributor> {
    (0..tape.below(limit)).map(|_| contributor(before, tape)).collect()
}

fn contributor(before: &Inventory, tape: &mut Tape) -> Contributor {
    Contributor {
        subject: subject(before, tape),
        role: tape.pick(&[None, Some("view"), Some("edit"), Some("admin")]),
        until: if tape.rarely(3) { Some(tape.pick(&DATES)) } else { None },
        review_by: if tape.rarely(4) { Some(tape.pick(&DATES)) } else { None },
        reason: tape.rarely(4).then(|| hostile::paragraph(tape)),
        notebook_access: tape.pick(&[None, None, Some(true), Some(false)]),
    }
}

fn subject(before: &Inventory, tape: &mut Tape) -> Subject {
    let user = |tape: &mut Tape| before.users[tape.below(before.users.len())].name.clone();
    match tape.below(8) {
        0..=2 => Subject::User(user(tape)),
        3..=5 if before.groups.is_empty() => Subject::User(user(tape)),
        3..=5 => Subject::Group(before.groups[tape.below(before.groups.len())].name.clone()),
        6 => {
            let accounts = ["ci/builder", "ci/build.er", "t0/default-editor", "0/1", "null/true"];
            Subject::ServiceAccount(tape.pick(&accounts).to_owned())
        }
        _ => {
            let groups =
                ["oidc:auditors", "oidc-auditors", "OIDC:Auditors", "true", "a b", "- x", "${g}", "ci/builder"];
            Subject::IdpGroup(tape.pick(&groups).to_owned())
        }
    }
}
