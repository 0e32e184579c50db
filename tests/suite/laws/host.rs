//! What a host sends comes back: items of others byte by byte and in order, whatever they look like, and a second call
//! changes nothing.

use jiff::civil::date;
use libtest_mimic::Failed;
use proptest::collection::vec;
use proptest::prelude::*;
use tenantry::diag::Severity;
use tenantry::driver::analyse;
use tenantry::krm::{self, Call};
use tenantry::source::SourceMap;

use super::{ensure, hold};

/// Number of objects that [`INVENTORY`] asks for.
const OBJECTS: usize = 5;

const CONFIG: &str = r#"{apiVersion: tenantry.dev/v1alpha1, kind: Tenantry, metadata: {name: tenants}, spec: {documents: [
  {apiVersion: tenantry.dev/v1alpha1, kind: Platform, metadata: {name: prod}, spec: {distribution: kubeflow, owner: root, gitops: {engine: none}}},
  {apiVersion: tenantry.dev/v1alpha1, kind: Directory, metadata: {name: corp}, spec: {users: [{name: root}, {name: ada}]}},
  {apiVersion: tenantry.dev/v1alpha1, kind: Tenant, metadata: {name: vision}, spec: {contributors: [{user: ada}]}}]}}"#;

/// Items as hosts and people write them, as lines without the list's indentation. `@` is a number that differs.
const ITEMS: &[&str] = &[
    "- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: one-@}\n  data: {a: b}\n",
    "- apiVersion: v1 # why\n  kind: ConfigMap\n  metadata:\n    name: \"two-@\"\n  data:\n    text: |+\n      # no comment\n\n\n",
    "- {apiVersion: v1, kind: Secret, metadata: {name: 'three-@'}}\n",
    "-\n  # before\n  kind: Odd\n  apiVersion: example.org/v1\n  metadata: {name: four-@}\n  list:\n  - a\n  -\n",
    "- kind: Odd\n  metadata:\n    name: five-@\n    namespace: vision\n  apiVersion: example.org/v1\n  spec:\n    a: &a [1, 0x1F]\n    b: *a\n    c: !!binary aGk=\n    d:\n",
    "-     apiVersion: v1\n      kind: ConfigMap\n      metadata:\n        annotations:\n          config.kubernetes.io/path: 'a-@.yaml'\n          tenantry.dev/config: others\n        name: six-@\n      data:\n        k: 'it''s\n\n          - folded'\n        m: >-\n          - x\n          y\n",
    "- apiVersion: v1\n  kind: ConfigMap\n  metadata: {name: seven-@}\n  data:\n    ? |\n      long key\n    : |2\n        indented\n    \"q\\\"\": \"\\u00e9 é\"\n",
    "- apiVersion: v1\n  kind: List\n  metadata: {name: eight-@}\n  items:\n  - kind: ConfigMap\n    a: [{\n    b: 1}]\n",
];

/// What may stand between two items.
const BETWEEN: &[&str] = &["", "", "", "\n", "# remark\n", "\n  # deeper\n\n"];

#[derive(Debug, Clone)]
struct Sent {
    items: Vec<String>,
    between: Vec<usize>,
    indent: usize,
    config_first: bool,
    marker: bool,
    windows: bool,
}

fn sent() -> impl Strategy<Value = Sent> {
    let item = (0..ITEMS.len(), 0..1000_u32).prop_map(|(at, number)| ITEMS[at].replace('@', &number.to_string()));
    (vec(item, 0..8), vec(0..BETWEEN.len(), 8), 0..5_usize, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(items, between, indent, config_first, marker, windows)| Sent {
            items,
            between,
            indent,
            config_first,
            marker,
            windows,
        },
    )
}

impl Sent {
    /// The lines of an item, as they stand in the list.
    fn item(&self, at: usize) -> String {
        let pad = " ".repeat(self.indent);
        let lines = self.items[at].split_inclusive('\n');
        self.ends(
            &lines.map(|line| if line == "\n" { line.to_owned() } else { format!("{pad}{line}") }).collect::<String>(),
        )
    }

    fn ends(&self, text: &str) -> String {
        if self.windows { text.replace('\n', "\r\n") } else { text.to_owned() }
    }

    fn text(&self) -> String {
        let config = format!("functionConfig: {}\n", CONFIG.replace('\n', " "));
        let mut text = String::new();
        if self.marker {
            text.push_str("---\n");
        }
        text.push_str("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n");
        if self.config_first {
            text.push_str(&config);
        }
        let mut text = self.ends(&text);
        text.push_str(&self.ends(if self.items.is_empty() { "items: []\n" } else { "items:\n" }));
        for at in 0..self.items.len() {
            text.push_str(&self.ends(BETWEEN[self.between[at]]));
            text.push_str(&self.item(at));
        }
        if !self.config_first {
            text.push_str(&self.ends(&config));
        }
        text
    }
}

/// Random lists of items of others.
pub fn items_come_back() -> Result<(), Failed> {
    hold(sent(), 300, |sent| {
        let text = sent.text();
        let once = answer(&text)?;
        let mut rest = once.as_str();
        for at in 0..sent.items.len() {
            let item = sent.item(at);
            let found = rest.find(&item).ok_or_else(|| format!("lost:\n{item}\nin\n{once}"))?;
            rest = &rest[found + item.len()..];
        }
        let (before, after) = (items(&text)?, items(&once)?);
        ensure(after.len() == before.len() + OBJECTS, || format!("{} items:\n{once}", after.len()))?;
        ensure(after[..before.len()] == before[..], || format!("values differ:\n{text}\n{once}"))?;
        let again = answer(&once)?;
        ensure(again == once, || format!("a second call changes:\n{}", super::difference(&once, &again)))
    })
}

/// The same in brackets.
pub fn json_comes_back() -> Result<(), Failed> {
    let spaces = prop::sample::select(vec!["", " ", "\n  "]);
    hold((vec(0..1000_u32, 0..6), spaces), 100, |(numbers, space)| {
        let item = |number: &u32| format!(r#"{{"kind":"Odd", "apiVersion":"v1","metadata":{{"name":"a{number}"}}}}"#);
        let list: Vec<String> = numbers.iter().map(item).collect();
        let config = json(CONFIG)?;
        let text = format!(
            r#"{{"apiVersion":"config.kubernetes.io/v1","items":[{space}{}{space}],{space}"kind":"ResourceList","functionConfig":{config}}}"#,
            list.join(&format!(",{space}"))
        );
        let once = answer(&text)?;
        let value: serde_json::Value = serde_json::from_str(&once).map_err(|error| format!("{error}:\n{once}"))?;
        let count = value["items"].as_array().map_or(0, Vec::len);
        ensure(count == list.len() + OBJECTS, || format!("{count} items:\n{once}"))?;
        ensure(list.iter().all(|item| once.contains(item)), || format!("an item is lost:\n{once}"))?;
        ensure(answer(&once)? == once, || format!("a second call changes\n{once}"))
    })
}

/// However the text of a host is cut off or changed, there is an answer, and it is a ResourceList or nothing at all.
pub fn broken_calls_are_answered() -> Result<(), Failed> {
    hold((sent(), any::<prop::sample::Index>(), "[-:\\[\\]{}'\"&*!|# \n\t,a]{0,3}"), 300, |(sent, at, noise)| {
        let mut text = sent.text();
        let at = at.index(text.len() + 1);
        let at = (0..=at).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        text.insert_str(at, &noise);
        let answered = match answer(&text) {
            Ok(answered) | Err(answered) => answered,
        };
        ensure(answered.contains("ResourceList"), || format!("{text}\n=>\n{answered}"))
    })
}

/// The answer; as an error if it holds one.
fn answer(text: &str) -> Result<String, String> {
    let sources = SourceMap::new(vec![("stdin".to_owned(), text.to_owned())]);
    let call = Call::resource_list(&sources).map_err(|finding| krm::empty(&[finding]))?;
    let inventory = call.inventory();
    let (answer, findings) =
        analyse(&inventory, Vec::new(), date(2026, 11, 22), |outcome| krm::answer(&call, outcome, &inventory));
    let failed = findings.iter().any(|finding| finding.severity == Severity::Error);
    if failed { Err(answer) } else { Ok(answer) }
}

/// The items of a list, by a reader that knows nothing of ours.
fn items(text: &str) -> Result<Vec<serde_yaml::Value>, String> {
    let value: serde_yaml::Value = serde_yaml::from_str(text).map_err(|error| format!("{error}:\n{text}"))?;
    Ok(value["items"].as_sequence().cloned().unwrap_or_default())
}

fn json(text: &str) -> Result<String, String> {
    let value: serde_json::Value = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
    Ok(value.to_string())
}
