//! What a function makes of the items that a host sends: those of others keep their value, wherever they stand and
//! however odd they are, and ours are not lost without a word.

use serde_yaml::Value;

use super::Test;
use super::function::{CONFIG, LIST, call, feed, plugin};
use super::sandbox::{PEOPLE, PLATFORM, Sandbox, tenant};

pub const TESTS: &[Test] = &[
    ("a_last_line_without_its_end_keeps_its_value", a_last_line_without_its_end_keeps_its_value),
    ("comments_go_with_their_object", comments_go_with_their_object),
    ("odd_items_come_back", odd_items_come_back),
    ("places_are_those_of_their_text", places_are_those_of_their_text),
    ("nothing_is_no_text", nothing_is_no_text),
    ("lists_are_looked_into", lists_are_looked_into),
    ("lost_protection_is_not_retirement", lost_protection_is_not_retirement),
    ("results_name_their_object", results_name_their_object),
    ("templates_need_a_folder", templates_need_a_folder),
];

fn with_items(items: &str) -> String {
    LIST.replace("items: []\n", &format!("items:\n{items}"))
}

/// The items of an answer.
fn items(answer: &str) -> Vec<Value> {
    let list: Value = serde_yaml::from_str(answer).unwrap_or_else(|error| panic!("{error}:\n{answer}"));
    list["items"].as_sequence().cloned().unwrap_or_default()
}

const UNFINISHED: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: theirs}\ndata:\n  a: |\n    x";

fn a_last_line_without_its_end_keeps_its_value() {
    let sandbox = Sandbox::new();
    let theirs = |items: &[Value]| items.iter().find(|item| item["metadata"]["name"] == "theirs").cloned();
    let list = with_items(&format!("# Theirs.\n- {}", UNFINISHED.replace('\n', "\n  ")));
    let once = call(&sandbox, &list).exits(0).stdout;
    assert_eq!(items(&once).len(), 13);
    assert_eq!(theirs(&items(&once)).expect("it is there")["data"]["a"], "x");
    assert!(once.contains("# Theirs.\n- apiVersion: v1\n  kind: ConfigMap"), "{once}");
    call(&sandbox, &once).exits(0).prints_only(&once);
    sandbox.write("config", CONFIG);
    let config = sandbox.path("config").display().to_string();
    let once = feed(&mut plugin(&sandbox, &config), UNFINISHED).exits(0).stdout;
    assert!(once.ends_with(&format!("---\n{UNFINISHED}")), "{once}");
    feed(&mut plugin(&sandbox, &config), &once).exits(0).prints_only(&once);
    // Results do not change it either.
    sandbox.replace("input/vision.yaml", "user: ada", "user: adda");
    let refused = call(&sandbox, &list).exits(2).prints("results:\n").stdout;
    assert_eq!(theirs(&items(&refused)).expect("it is there")["data"]["a"], "x");
}

fn comments_go_with_their_object() {
    let sandbox = Sandbox::new();
    let whole = call(&sandbox, LIST).exits(0).stdout;
    let start =
        whole.find("- apiVersion: rbac.authorization.k8s.io/v1\n  kind: RoleBinding\n  metadata:\n    name: user-ada");
    let start = start.expect("ada has a binding in the first namespace");
    let theirs = "# Of theirs.\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n";
    let commented = format!("{}# Of ours.\n# Twice.\n{}{theirs}", &whole[..start], &whole[start..]);
    call(&sandbox, &commented).exits(0).prints_only(&commented);
    sandbox.write("input/people.yaml", PEOPLE.replace("members: [ada, bob]", "members: [bob]"));
    sandbox.replace("input/vision.yaml", "user: ada", "user: bob");
    let after = call(&sandbox, &commented).exits(0).stdout;
    assert!(!after.contains("Of ours") && !after.contains("Twice") && !after.contains("ada@"), "{after}");
    assert!(after.contains(theirs), "{after}");
}

fn odd_items_come_back() {
    let sandbox = Sandbox::new();
    let anchor = "- &a {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n";
    let odd = [
        (format!("{anchor}- *a\n"), "stdin:10:3: `items[1]` is an alias, and an object belongs there"),
        (format!("{anchor}- text\n"), "`items[1]` is no map, and an object belongs there"),
        (format!("{anchor}-\n"), "`items[1]` is no map"),
        (format!("{anchor}- [{{}}]\n"), "`items[1]` is no map"),
        (format!("{anchor}- kind: A\n  kind: B\n"), "the key `kind` stands twice"),
        (format!("{anchor}- kind: A\n  apiVersion: v1\n  metadata: *b\n"), "hides which object"),
    ];
    for (items, said) in odd {
        let list = with_items(&items);
        let run = call(&sandbox, &list).exits(2).says(said).prints("severity: error");
        assert!(run.stdout.starts_with(&format!("{list}results:\n")), "{}", run.stdout);
    }
    let text = LIST.replace("items: []", "items: text");
    assert!(call(&sandbox, &text).exits(2).stdout.starts_with(&format!("{text}results:\n")));
}

fn places_are_those_of_their_text() {
    let sandbox = Sandbox::new();
    let odd = LIST.replace("items: []\n", "? items\n:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n");
    let run = call(&sandbox, &odd).exits(2).says("error[host-input]: stdin:8:3: `items` is written in a form");
    assert!(run.stdout.starts_with(&odd), "{}", run.stdout);
    let config = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nfunctionConfig: text\nitems: []\n";
    call(&sandbox, config)
        .exits(2)
        .says("error[wrong-type]: functionConfig: the configuration is a map")
        .prints("path: functionConfig\n");
}

/// The inventory of the sandbox as items.
fn inventory() -> String {
    let documents = [PLATFORM.to_owned(), PEOPLE.to_owned(), tenant("vision", "{contributors: [{user: ada}]}")];
    documents.iter().map(|text| format!("- {}\n", text.trim_end().replace('\n', "\n  "))).collect()
}

fn nothing_is_no_text() {
    let sandbox = Sandbox::empty();
    for nothing in ["null", "~"] {
        let list = with_items(&inventory()).replace("spec: {inventory: input}", &format!("spec: {nothing}"));
        call(&sandbox, list).exits(0).prints("name: vision");
    }
}

fn lists_are_looked_into() {
    let sandbox = Sandbox::new();
    let list = |kind: &str, of: &str| with_items(&format!("- {{apiVersion: v1, kind: {kind}, items: [{of}]}}\n"));
    let ours = "{apiVersion: v1, kind: Namespace, metadata: {name: vision}}";
    call(&sandbox, list("List", ours)).exits(2).says("object-not-ours").says("Namespace vision is there already");
    let bare = "{metadata: {name: vision}}";
    call(&sandbox, list("NamespaceList", bare)).exits(2).says("Namespace vision is there already");
    let theirs = list("List", "{apiVersion: v1, kind: Namespace, metadata: {name: other}}");
    call(&sandbox, &theirs).exits(0).prints(theirs.lines().last().expect("it has lines"));
    call(&sandbox, list("List", "*a")).exits(2).says("this list cannot be read by itself");
}

fn lost_protection_is_not_retirement() {
    let sandbox = Sandbox::new();
    let whole = call(&sandbox, LIST).exits(0).stdout;
    let unprotected: String = whole
        .split_inclusive('\n')
        .filter(|line| !line.contains("argocd.argoproj.io/sync-options") && !line.contains("fluxcd.io/prune"))
        .collect();
    let without_ours = |text: &str| {
        text.replace(
            "kind: Profile\n  metadata:\n    name: vision\n",
            "kind: Profile\n  metadata:\n    name: vision2\n",
        )
    };
    assert_ne!(whole, unprotected);
    let tenant_file = sandbox.read("input/vision.yaml");
    sandbox.remove("input/vision.yaml");
    for text in [&whole, &unprotected, &without_ours(&unprotected)] {
        let run = call(&sandbox, text).exits(3).says("Namespace vision vanishes, and its tenant was not retired");
        assert!(run.stdout.starts_with(text.trim_end()), "{}", run.stdout);
    }
    sandbox.write("input/vision.yaml", tenant_file.replace("spec: {", "spec: {state: retired, "));
    let retired = call(&sandbox, &whole).exits(0).stdout;
    sandbox.remove("input/vision.yaml");
    let gone = call(&sandbox, &retired).exits(0).says_nothing().stdout;
    assert!(!gone.contains("vision") && gone.contains("audio"), "{gone}");
}

fn results_name_their_object() {
    let sandbox = Sandbox::empty();
    let annotated = |text: &str, index: u32| {
        let annotations = format!(
            "annotations: {{internal.config.kubernetes.io/path: all.yaml, internal.config.kubernetes.io/index: '{index}'}}"
        );
        let name = text.lines().find(|line| line.starts_with("metadata:")).expect("it has a name");
        let text = text.replace(name, &name.replace('}', &format!(", {annotations}}}")));
        format!("- {}\n", text.trim_end().replace('\n', "\n  "))
    };
    let vision = tenant("vision", "{contributors: [{user: ada}]}");
    let other = tenant("audio", "{contributors: [{user: nobody}]}");
    let items = [annotated(&other, 3), annotated(&vision, 2), annotated(PEOPLE, 1), annotated(PLATFORM, 0)].concat();
    let list = with_items(&items).replace("spec: {inventory: input}", "spec: {}");
    let told = call(&sandbox, &list).exits(2).says("error[unknown-user]: all.yaml:").stdout;
    let answer: Value = serde_yaml::from_str(&told).expect("it is YAML");
    let result = &answer["results"][0];
    assert_eq!(result["file"]["path"], "all.yaml");
    assert_eq!(result["file"]["index"], 3);
    let reference: Value =
        serde_yaml::from_str("{apiVersion: tenantry.dev/v1alpha1, kind: Tenant, name: audio}").expect("it is YAML");
    assert_eq!(result["resourceRef"], reference);
    let theirs = "- {apiVersion: v1, kind: Namespace, metadata: {name: vision}}\n";
    let fine = with_items(&(inventory() + theirs)).replace("spec: {inventory: input}", "spec: {}");
    let told = call(&sandbox, &fine).exits(2).says("object-not-ours").stdout;
    let answer: Value = serde_yaml::from_str(&told).expect("it is YAML");
    let reference: Value = serde_yaml::from_str("{apiVersion: v1, kind: Namespace, name: vision}").expect("it is YAML");
    assert_eq!(answer["results"][0]["resourceRef"], reference);
}

fn templates_need_a_folder() {
    let sandbox = Sandbox::empty();
    let items = inventory().replace("{contributors: [{user: ada}]}", "{addOns: [badge]}");
    let list = with_items(&items).replace("spec: {inventory: input}", "spec: {}");
    let run = call(&sandbox, list).exits(2).says("the add-on `badge` does not exist").says("in a folder, and name it");
    assert!(!run.stderr.contains("add the template"), "{}", run.stderr);
}
