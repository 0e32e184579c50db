//! Random inventories without errors. What could clash is numbered; what could dangle is picked from what is there.

mod people;
mod platform;
mod tenant;

use proptest::collection::vec;
use proptest::prelude::*;

use super::data::{Data, Inventory, Texts};
use super::hostile;
use super::tape::Tape;

/// The day that laws are judged by.
pub const TODAY: &str = "2026-11-22";

/// Dates around [`TODAY`]; the first is far away.
pub const DATES: [&str; 6] = ["2027-01-31", "2026-11-21", "2026-11-22", "2026-11-23", "2024-02-29", "9999-12-31"];

/// An add-on that writes texts of the inventory into a ConfigMap.
pub const ECHO: &str = "echo";

/// An add-on that writes free data into an object of a kind that no cluster knows.
pub const DEEP: &str = "deep";

const ECHO_TEXT: &str = r#"apiVersion: v1
kind: ConfigMap
metadata:
  name: echo
  namespace: {{ namespace.name | yaml }}
data:
  display: {{ tenant.displayName | yaml }}
  owner: {{ owner.identity | yaml }}
{% for key in values.echo | default({}) %}
  {{ key | yaml }}: {{ values.echo[key] | yaml }}
{% endfor %}
"#;

const DEEP_TEXT: &str = r#"apiVersion: example.org/v1
kind: Echo
metadata:
  name: deep
spec:
  values: {{ values.deep | default({}) | yaml }}
  contributors: {{ contributors | yaml }}
  owner: {{ owner | yaml }}
  labels: {{ tenant.labels | yaml }}
  annotations: {{ tenant.annotations | yaml }}
  quota: {{ namespace.quota | yaml }}
"#;

/// Inventories.
pub fn inventories() -> impl Strategy<Value = Inventory> {
    let tapes = |length: usize, count| vec(vec(any::<u16>(), 0..length), count);
    (tapes(60, 1..4), tapes(14, 1..12), tapes(14, 0..6), tapes(140, 1..6))
        .prop_map(|(platforms, users, groups, tenants)| generate(&platforms, &users, &groups, &tenants))
}

fn generate(platforms: &[Vec<u16>], users: &[Vec<u16>], groups: &[Vec<u16>], tenants: &[Vec<u16>]) -> Inventory {
    let mut inventory = Inventory {
        templates: vec![(ECHO.to_owned(), ECHO_TEXT.to_owned()), (DEEP.to_owned(), DEEP_TEXT.to_owned())],
        ..Inventory::default()
    };
    for (at, tape) in users.iter().enumerate() {
        let user = people::user(at, &inventory, &mut Tape::new(tape));
        inventory.users.push(user);
    }
    for (at, tape) in groups.iter().enumerate() {
        let group = people::group(at, &inventory, &mut Tape::new(tape));
        inventory.groups.push(group);
    }
    for (at, tape) in platforms.iter().enumerate() {
        let platform = platform::platform(at, &inventory, &mut Tape::new(tape));
        inventory.platforms.push(platform);
    }
    for (at, tape) in tenants.iter().enumerate() {
        let tenant = tenant::tenant(at, &inventory, &mut Tape::new(tape));
        inventory.tenants.push(tenant);
    }
    inventory
}

/// Names of some people, each once.
fn people(inventory: &Inventory, tape: &mut Tape, limit: usize) -> Vec<String> {
    let names: Vec<String> = inventory.users.iter().map(|user| user.name.clone()).collect();
    tape.some(&names, limit)
}

/// Somebody who can own something: a departed person only with a successor.
fn owner(inventory: &Inventory, tape: &mut Tape) -> String {
    let user = &inventory.users[tape.below(inventory.users.len())];
    let user = if user.departed && user.successor.is_none() { &inventory.users[0] } else { user };
    user.name.clone()
}

fn labels(tape: &mut Tape, prefix: &str) -> Texts {
    let keys = ["team", "example.org/cost-center", "kueue.x-k8s.io/managed", "Mixed_Case.key", "a.b-c.example/x"];
    texts(tape, prefix, &keys, hostile::label)
}

fn annotations(tape: &mut Tape, prefix: &str) -> Texts {
    // No key that looks like a number or a boolean: kustomize drops the quotes of annotation keys.
    let keys = ["note", "example.org/contact", "Mixed_Case.key", "a.b-c.example/x_Y"];
    texts(tape, prefix, &keys, hostile::paragraph)
}

/// Some keys of all levels, and some of this level alone.
fn texts(tape: &mut Tape, prefix: &str, keys: &[&str], text: fn(&mut Tape) -> String) -> Texts {
    let mut texts: Texts = tape.some(keys, 2).into_iter().map(|key| (key.to_owned(), text(tape))).collect();
    if tape.rarely(3) {
        texts.push((format!("{prefix}.example.org/own"), text(tape)));
    }
    texts
}

fn quota(tape: &mut Tape) -> Texts {
    let keys = ["requests.cpu", "requests.memory", "requests.nvidia.com/gpu", "pods", "persistentvolumeclaims"];
    let chosen = tape.some(&keys, 3);
    let amounts = ["1", "4", "0", "08", "1000", "1e3", "32Gi", "0.5Ti", "1024Mi", "10k", "1500m"];
    let mut amount = |key: &str| {
        let whole = !key.contains('.');
        // The last amount is no whole number, and what is counted has to be.
        tape.pick(if whole { &amounts[..amounts.len() - 1] } else { &amounts }).to_owned()
    };
    chosen.into_iter().map(|key| (key.to_owned(), amount(key))).collect()
}

/// `values` of a platform or a tenant: settings of add-ons.
fn values(tape: &mut Tape) -> Vec<(String, Data)> {
    let mut values = Vec::new();
    if tape.rarely(2) {
        let keys = ["k0", "k1", "true", "0123", "1e3", "no"];
        let texts = tape.some(&keys, 4).into_iter().map(|key| (key.to_owned(), Data::Text(hostile::paragraph(tape))));
        values.push((ECHO.to_owned(), Data::Map(texts.collect())));
    }
    if tape.rarely(2) {
        values.push((DEEP.to_owned(), Data::Map(entries(tape, 3))));
    }
    if tape.rarely(4) {
        let amounts = Data::Map(vec![("cpu".to_owned(), Data::Integer(1)), ("memory".to_owned(), text("512Mi"))]);
        values.push(("limit-range".to_owned(), Data::Map(vec![("default".to_owned(), amounts)])));
    }
    if tape.rarely(4) {
        let names = Data::List(vec![text("monitoring"), text("true"), text("0123")]);
        values.push(("network-policy".to_owned(), Data::Map(vec![("fromNamespaces".to_owned(), names)])));
    }
    values
}

fn text(text: &str) -> Data {
    Data::Text(text.to_owned())
}

/// Entries of free data with hostile keys, none twice.
fn entries(tape: &mut Tape, depth: usize) -> Vec<(String, Data)> {
    let mut entries: Vec<(String, Data)> = Vec::new();
    for _ in 0..tape.below(4) {
        let key = hostile::line(tape);
        let value = data(tape, depth);
        if entries.iter().all(|(known, _)| *known != key) {
            entries.push((key, value));
        }
    }
    entries
}

fn data(tape: &mut Tape, depth: usize) -> Data {
    match tape.below(7) {
        1 => Data::Integer([0, 1, -1, 4711, i64::MAX, i64::MIN][tape.below(6)]),
        2 => Data::Boolean(tape.rarely(2)),
        3 if depth > 0 => Data::List((0..tape.below(3)).map(|_| data(tape, depth - 1)).collect()),
        4 if depth > 0 => Data::Map(entries(tape, depth - 1)),
        _ => Data::Text(hostile::paragraph(tape)),
    }
}
