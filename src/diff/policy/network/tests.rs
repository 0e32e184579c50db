use crate::facts::objects_of_text;
use crate::manifest::Manifest;

fn is_looser(was: &Manifest<'_>, is: &Manifest<'_>, beside: bool) -> bool {
    super::loosened(was, is, beside).contains(&true)
}

#[test]
fn what_goes_out_is_told_from_what_comes_in() {
    let of = |rules: &str| policy(&format!("{{podSelector: {{}}, policyTypes: [Ingress, Egress], {rules}}}"));
    let none = of("ingress: [], egress: []");
    assert_eq!(super::loosened(&none, &of("ingress: [{}], egress: []"), false), [true, false]);
    assert_eq!(super::loosened(&none, &of("ingress: [], egress: [{}]"), false), [false, true]);
    assert_eq!(super::loosened(&of("ingress: [{}], egress: [{}]"), &none, false), [false, false]);
}

fn policy(spec: &str) -> Manifest<'static> {
    let text = format!(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: a, namespace: b}}\nspec: {spec}\n"
    );
    objects_of_text(&text).pop().unwrap_or_else(|| panic!("{text}"))
}

fn ingress(rules: &str) -> Manifest<'static> {
    policy(&format!("{{podSelector: {{}}, policyTypes: [Ingress], ingress: {rules}}}"))
}

#[track_caller]
fn opens(was: &Manifest<'_>, is: &Manifest<'_>) {
    assert!(is_looser(was, is, false), "{:?}", is.body);
}

#[track_caller]
fn closes(was: &Manifest<'_>, is: &Manifest<'_>) {
    assert!(!is_looser(was, is, false), "{:?}", is.body);
}

/// One rule per line: peers by the label `a`, and ports.
fn rules(rules: &[(&[&str], &[u16])]) -> Manifest<'static> {
    let rule = |(peers, ports): &(&[&str], &[u16])| {
        let peers: Vec<String> =
            peers.iter().map(|name| format!("{{podSelector: {{matchLabels: {{a: {name}}}}}}}")).collect();
        let ports: Vec<String> = ports.iter().map(|port| format!("{{port: {port}}}")).collect();
        let mut fields = Vec::new();
        if !peers.is_empty() {
            fields.push(format!("from: [{}]", peers.join(", ")));
        }
        if !ports.is_empty() {
            fields.push(format!("ports: [{}]", ports.join(", ")));
        }
        format!("{{{}}}", fields.join(", "))
    };
    ingress(&format!("[{}]", rules.iter().map(rule).collect::<Vec<_>>().join(", ")))
}

#[test]
fn values_that_move_between_rules_let_in_more() {
    let two = rules(&[(&["x"], &[1]), (&["y"], &[2])]);
    opens(&two, &rules(&[(&["x", "y"], &[1, 2])]));
    opens(&two, &rules(&[(&["x"], &[2]), (&["y"], &[1])]));
    opens(&two, &rules(&[(&["x"], &[1, 2]), (&["y"], &[2])]));
    closes(&rules(&[(&["x", "y"], &[1, 2])]), &two);
}

#[test]
fn the_same_in_other_rules_is_the_same() {
    let one = rules(&[(&["x", "y"], &[1, 2])]);
    let four = rules(&[(&["y"], &[2]), (&["x"], &[1]), (&["y"], &[1]), (&["x"], &[2])]);
    closes(&one, &four);
    closes(&four, &one);
    closes(&four, &rules(&[(&["x"], &[1])]));
    closes(&four, &rules(&[]));
    opens(&rules(&[]), &four);
}

#[test]
fn no_peers_and_no_ports_are_all_of_them() {
    let (one, everybody) = (rules(&[(&["x"], &[1])]), rules(&[(&[], &[1])]));
    let (every_port, all) = (rules(&[(&["x"], &[])]), rules(&[(&[], &[])]));
    for wide in [&everybody, &every_port, &all] {
        opens(&one, wide);
        closes(wide, &one);
    }
    opens(&everybody, &every_port);
    opens(&every_port, &everybody);
}

#[test]
fn a_direction_that_is_isolated_no_longer_is_open() {
    let both = policy("{podSelector: {}, policyTypes: [Ingress, Egress], egress: [{ports: [{port: 53}]}]}");
    let one = policy("{podSelector: {}, policyTypes: [Ingress], egress: [{ports: [{port: 53}]}]}");
    opens(&both, &one);
    closes(&one, &both);
    // Beside another policy, its rules may add to those of that one.
    assert!(is_looser(&one, &both, true));
    // Rules for what goes out isolate, although nobody says so.
    let silent = policy("{podSelector: {}, egress: [{ports: [{port: 53}]}]}");
    closes(&both, &silent);
    opens(&both, &policy("{podSelector: {}, egress: [{ports: [{port: 54}]}]}"));
    opens(&both, &policy("{podSelector: {matchLabels: {a: b}}, policyTypes: [Ingress, Egress]}"));
    // No type is named: what comes in is isolated.
    opens(&policy("{podSelector: {}, policyTypes: []}"), &policy("{podSelector: {}, policyTypes: [Egress]}"));
}

#[test]
fn addresses_are_compared_as_ranges() {
    let block = |block: &str| ingress(&format!("[{{from: [{{ipBlock: {block}}}]}}]"));
    let wide = block("{cidr: 10.0.0.0/8, except: [10.1.0.0/16]}");
    closes(&wide, &block("{cidr: 10.2.0.0/16}"));
    closes(&wide, &block("{cidr: 10.0.0.0/8, except: [10.1.0.0/16, 10.2.0.0/16]}"));
    closes(&wide, &block("{cidr: 10.0.0.0/8, except: [10.0.0.0/15]}"));
    opens(&wide, &block("{cidr: 10.0.0.0/8}"));
    opens(&wide, &block("{cidr: 10.0.0.0/8, except: [10.1.0.0/17]}"));
    opens(&wide, &block("{cidr: 10.1.2.0/24}"));
    opens(&wide, &block("{cidr: 0.0.0.0/0, except: [10.1.0.0/16]}"));
    opens(&wide, &block("{cidr: '::/0'}"));
    closes(&block("{cidr: '::/0'}"), &block("{cidr: 'fd00::/8'}"));
    opens(&block("{cidr: 10.0.0.0/8}"), &block("{cidr: nonsense}"));
}

#[test]
fn ports_are_compared_as_ranges_of_a_protocol() {
    let port = |port: &str| ingress(&format!("[{{ports: [{port}]}}]"));
    let range = port("{port: 80, endPort: 90}");
    closes(&range, &port("{port: 85, protocol: TCP}"));
    closes(&range, &port("{port: 80, endPort: 81}"));
    opens(&range, &port("{port: 80, endPort: 91}"));
    opens(&range, &port("{port: 85, protocol: UDP}"));
    opens(&range, &port("{protocol: TCP}"));
    opens(&range, &port("{port: http}"));
    closes(&port("{protocol: TCP}"), &port("{port: http}"));
    // A port by its name is the same port, and no other one.
    closes(&port("{port: http}, {port: 80}"), &port("{port: http}"));
    opens(&port("{port: http}, {port: 80}"), &port("{port: metrics}"));
}

#[test]
fn namespaces_and_pods_both_count() {
    let from = |peer: &str| ingress(&format!("[{{from: [{peer}]}}]"));
    let name = "namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: x}}";
    let all_of_x = from(&format!("{{{name}}}"));
    let some_of_x = from(&format!("{{{name}, podSelector: {{matchLabels: {{a: b}}}}}}"));
    let (own, anywhere) = (from("{podSelector: {}}"), from("{namespaceSelector: {}}"));
    closes(&all_of_x, &some_of_x);
    opens(&some_of_x, &all_of_x);
    closes(&anywhere, &own);
    opens(&own, &anywhere);
    opens(&own, &some_of_x);
    opens(&all_of_x, &own);
    closes(&own, &from("{podSelector: {matchLabels: {a: b}}}"));
    // Two items are two peers; one item with both fields is what they have in common.
    let either = from(&format!("{{{name}}}, {{podSelector: {{matchLabels: {{a: b}}}}}}"));
    opens(&some_of_x, &either);
    closes(&either, &some_of_x);
}

#[test]
fn what_a_rule_leaves_out_is_not_named() {
    let peers = "{namespaceSelector: {matchExpressions: [{key: team, operator: NotIn, values: [eve]}]}}, \
                 {namespaceSelector: {matchExpressions: [{key: team, operator: In, values: [ada]}]}}, \
                 {ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16]}}";
    let policy = ingress(&format!("[{{from: [{peers}], ports: [{{port: 80, protocol: UDP}}]}}]"));
    let spec = policy.body.get("spec").expect("a spec");
    let named: Vec<String> = super::named(spec, [true, false]).into_iter().collect();
    assert_eq!(named, ["10.0.0.0/8", "80", "ada"]);
    assert!(super::named(spec, [false, true]).is_empty());
}
