use super::*;
use crate::diff::Content;

fn files(files: &[(&str, &str)]) -> StrayFiles {
    files.iter().map(|(path, text)| ((*path).to_owned(), Stray::Text((*text).to_owned()))).collect()
}

fn found(base: &[(&str, &str)], head: &[(&str, &str)]) -> Vec<(String, u32)> {
    let (base, head) = (files(base), files(head));
    let nothing = Side { name: "", content: Content::Nothing };
    let strays = Strays { folder: "output/", base: &base, head: &head, in_progress: false };
    let risks = risks(strays, (&nothing, &nothing), &|name| name != "other").risks;
    assert!(risks.iter().all(|risk| risk.code == RiskCode::ForeignManifest));
    risks.into_iter().map(|risk| (risk.message, risk.place.map_or(0, |(_, line)| line))).collect()
}

const BINDING: &str = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: mine}\n\
                       roleRef: {kind: ClusterRole, name: cluster-admin}\nsubjects: [{kind: User, name: eve}]\n";
const MAP: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: notes, namespace: vision}\ndata: {a: b}\n";

#[test]
fn a_binding_says_whom_it_gives_what() {
    let said = found(&[], &[("prod/tenants/x.yaml", BINDING)]);
    let message = "the ClusterRoleBinding `mine`, which tenantry did not write, is added where engines sync the cluster \
                   `prod`; it binds the ClusterRole `cluster-admin` to `User eve`";
    assert_eq!(said, [(message.to_owned(), 1)]);
}

#[test]
fn what_both_sides_have_is_no_change() {
    let same = [("prod/tenants/x.yaml", BINDING)];
    assert_eq!(found(&same, &same), []);
    assert_eq!(found(&same, &[]), []);
    // In another order, with comments and under another name.
    let moved = "# mine\nkind: ClusterRoleBinding\napiVersion: rbac.authorization.k8s.io/v1\nmetadata: {name: mine}\n\
                 roleRef: {name: cluster-admin, kind: ClusterRole}\nsubjects: [{kind: User, name: eve}]\n";
    assert_eq!(found(&same, &[("prod/tenants/more/y.yml", moved)]), []);
    // Another cluster, or another part with other rights, is another matter.
    assert_eq!(found(&same, &[("lab/tenants/x.yaml", BINDING)]).len(), 1);
    assert_eq!(found(&same, &[("prod/platform/objects/x.yaml", BINDING)]).len(), 1);
    assert_eq!(found(&[], &[("other/tenants/x.yaml", BINDING)]), []);
}

#[test]
fn a_changed_document_is_called_changed() {
    let changed = MAP.replace("{a: b}", "{a: c}");
    let said = found(&[("prod/tenants/x.yaml", MAP)], &[("prod/tenants/x.yaml", &changed)]);
    assert_eq!(said.len(), 1);
    assert!(said[0].0.starts_with("the ConfigMap `notes` in the namespace `vision`, which"), "{said:?}");
    assert!(said[0].0.contains("is changed where"), "{said:?}");
}

#[test]
fn documents_are_told_apart_however_they_are_separated() {
    let text = format!("# one\n\n{MAP}--- # two\n{BINDING}...\n%YAML 1.2\n---\n\n{MAP}x: 1\n");
    let lines: BTreeSet<u32> =
        found(&[], &[("prod/tenants/x.yaml", &text)]).into_iter().map(|(_, line)| line).collect();
    assert_eq!(lines, BTreeSet::from([3, 8, 17]));
    let list = "kind: List\napiVersion: v1\nitems:\n- {kind: Role, apiVersion: a/v1, metadata: {name: a}}\n\
                - {kind: RoleList, apiVersion: a/v1, items: [{kind: Role, apiVersion: a/v1, metadata: {name: b}}]}\n";
    assert_eq!(found(&[], &[("prod/tenants/x.json", list)]).len(), 2);
    assert_eq!(found(&[], &[("prod/tenants/x.yaml", "# nothing\n---\n...\n")]), []);
}

#[test]
fn what_cannot_be_read_is_said() {
    for text in ["a: [", "kind: Role\nkind: Role\n", "- 1\n", "just words\n"] {
        let said = found(&[], &[("prod/shard-00/x.yaml", text)]);
        assert!(said.len() == 1 && said[0].0.contains("cannot be read as a manifest"), "{text}: {said:?}");
    }
    let link = |target: &str| {
        let what = "a symbolic link".to_owned();
        let stray = Stray::Unread { what, contents: target.as_bytes().to_vec() };
        StrayFiles::from([("prod/tenants/x".to_owned(), stray)])
    };
    let nothing = Side { name: "", content: Content::Nothing };
    let sides = (&nothing, &nothing);
    let count = |base, head| {
        risks(Strays { folder: "o", base: &base, head: &head, in_progress: false }, sides, &|_| true).risks.len()
    };
    assert_eq!(count(link("a"), link("a")), 0);
    assert_eq!(count(link("a"), link("b")), 1);
}

#[test]
fn rights_are_named_first_and_the_rest_is_counted() {
    let mut text: String =
        (0..SHOWN + 20).map(|at| format!("{}---\n", MAP.replace("notes", &format!("n{at}")))).collect();
    text.push_str(BINDING);
    let said = found(&[], &[("prod/tenants/x.yaml", &text)]);
    assert_eq!(said.len(), SHOWN + 1);
    assert!(said[0].0.contains("cluster-admin"), "{said:?}");
    let more =
        "21 more documents that tenantry did not write are added or changed where engines sync the cluster `prod`";
    assert_eq!(said.last().map(|(message, _)| message.as_str()), Some(more));
}

#[test]
fn hostile_texts_stay_between_their_marks_and_short() {
    let name = format!("a`b{}", "x".repeat(10_000));
    let subjects: Vec<String> = (0..50).map(|at| format!("{{kind: User, name: u{at}}}")).collect();
    let text = BINDING.replace("mine", &format!("'{name}'")).replace("{kind: User, name: eve}", &subjects.join(", "));
    let said = found(&[], &[("prod/tenants/x.yaml", &text)]);
    assert!(said[0].0.contains("`a'bxxx") && said[0].0.len() < 500, "{said:?}");
    assert!(said[0].0.ends_with("`User u4` and 45 more"), "{said:?}");
}

#[test]
fn policies_and_roles_say_whom_and_what() {
    let policy = "apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: open, namespace: vision}\n\
                  spec: {rules: [{from: [{source: {principals: [cluster.local/ns/a/sa/b]}}]}, {}]}\n";
    let said = found(&[], &[("prod/tenants/x.yaml", policy)]);
    assert!(said[0].0.ends_with("it says ALLOW for `cluster.local/ns/a/sa/b` and `anybody`"), "{said:?}");
    let role = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: all}\n\
                rules: [{apiGroups: ['*'], resources: ['*'], verbs: [get, list]}]\n";
    let said = found(&[], &[("prod/tenants/x.yaml", role)]);
    assert!(said[0].0.ends_with("it allows `get,list *`"), "{said:?}");
}

#[test]
fn lists_in_lists_are_opened_so_far() {
    let nested = |lists: usize| {
        let role = "{kind: Role, apiVersion: a/v1, metadata: {name: deep}}".to_owned();
        (0..lists).fold(role, |inner, _| format!("{{kind: List, apiVersion: v1, items: [{inner}]}}"))
    };
    let named = |lists: usize| {
        let found = found(&[], &[("prod/tenants/x.yaml", &nested(lists))]);
        found[0].0.split(',').next().unwrap_or_default().to_owned()
    };
    assert_eq!([named(1), named(4), named(5)], ["the Role `deep`", "the Role `deep`", "the List of `v1`"]);
}

#[test]
fn a_kind_that_is_no_word_is_quoted() {
    for (kind, shown) in [("Role of eve", "the `Role of eve` `x`"), (&*"K".repeat(64), "the `KKKK")] {
        let text = format!("kind: {kind}\napiVersion: a/v1\nmetadata: {{name: x}}\n");
        let said = found(&[], &[("prod/tenants/x.yaml", &text)]);
        assert!(said[0].0.starts_with(shown), "{said:?}");
    }
}
