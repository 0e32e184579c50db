use super::{has_same_rules, is_looser};
use crate::facts::objects_of_text;
use crate::manifest::Manifest;

fn policy(spec: &str) -> Manifest<'static> {
    let text = format!(
        "apiVersion: security.istio.io/v1beta1\nkind: AuthorizationPolicy\nmetadata: {{name: a, namespace: b}}\nspec: {spec}\n"
    );
    objects_of_text(&text).pop().unwrap_or_else(|| panic!("{text}"))
}

/// What opens an allowing policy closes a denying one.
#[track_caller]
fn more(narrow: &str, wide: &str) {
    let of = |action: &str, rules: &str| policy(&format!("{{action: {action}, rules: [{rules}]}}"));
    assert!(is_looser(&of("ALLOW", narrow), &of("ALLOW", wide)), "allowing {wide} after {narrow}");
    assert!(!is_looser(&of("DENY", narrow), &of("DENY", wide)), "denying {wide} after {narrow}");
    assert!(!is_looser(&of("ALLOW", wide), &of("ALLOW", narrow)), "allowing {narrow} after {wide}");
    assert!(is_looser(&of("DENY", wide), &of("DENY", narrow)), "denying {narrow} after {wide}");
}

#[track_caller]
fn same(one: &str, other: &str) {
    let of = |rules: &str| policy(&format!("{{rules: [{rules}]}}"));
    assert!(!is_looser(&of(one), &of(other)) && !is_looser(&of(other), &of(one)), "{one} is {other}");
}

fn rule(principals: &str, paths: &str) -> String {
    format!("{{from: [{{source: {{principals: [{principals}]}}}}], to: [{{operation: {{paths: [{paths}]}}}}]}}")
}

#[test]
fn values_that_move_between_rules_let_in_more() {
    let two = format!("{}, {}", rule("x", "/a"), rule("y", "/b"));
    more(&two, &rule("x, y", "/a, /b"));
    more(&two, &format!("{two}, {}", rule("x", "/b")));
    let swapped = format!("{}, {}", rule("x", "/b"), rule("y", "/a"));
    let of = |rules: &str| policy(&format!("{{rules: [{rules}]}}"));
    assert!(is_looser(&of(&two), &of(&swapped)) && is_looser(&of(&swapped), &of(&two)));
    same(&rule("x", "/a, /b"), &format!("{}, {}", rule("x", "/b"), rule("x", "/a")));
}

#[test]
fn what_a_rule_does_not_name_is_everything() {
    let one = rule("x", "/a");
    more(&one, "{}");
    more(&one, "{from: [{source: {principals: [x]}}]}");
    more(&one, "{to: [{operation: {paths: [/a]}}]}");
    more("", &one);
    same("{from: [{source: {principals: [x], namespaces: []}}], to: []}", "{from: [{source: {principals: [x]}}]}");
    more("{from: [{source: {namespaces: [n], principals: [x]}}]}", "{from: [{source: {principals: [x]}}]}");
    more("{from: [{source: {principals: [x]}}]}", "{from: [{source: {principals: [x]}}, {source: {principals: [y]}}]}");
}

#[test]
fn conditions_all_have_to_hold() {
    let when = |conditions: &str| format!("{{when: [{conditions}]}}");
    let bob = "{key: 'request.headers[user]', values: [bob]}";
    more(&when(bob), &when("{key: 'request.headers[user]', values: [bob, eve]}"));
    more(&when(&format!("{bob}, {{key: source.namespace, values: [a]}}")), &when(bob));
    more(&when(bob), "{}");
    let but = "{key: source.namespace, notValues: [a, b]}";
    more(&when(but), &when("{key: source.namespace, notValues: [a]}"));
}

#[test]
fn patterns_hold_what_they_match() {
    more(&rule("x", "/a/b"), &rule("x", "'/a/*'"));
    more(&rule("x", "'/a/b*'"), &rule("x", "'/a/*'"));
    more(&rule("x", "'*.png'"), &rule("x", "'*'"));
    more(&rule("x", "a.png"), &rule("x", "'*.png'"));
    more("{to: [{operation: {notPaths: ['/a/*']}}]}", "{to: [{operation: {notPaths: [/a/b]}}]}");
    let of = |paths: &str| policy(&format!("{{rules: [{}]}}", rule("x", paths)));
    assert!(is_looser(&of("'/a/*'"), &of("'*/b'")), "another end of the pattern");
    assert!(is_looser(&of("'*.png'"), &of("a.gif")), "another end of the path");
    assert!(is_looser(&of("'/a/{*}'"), &of("/a/b")), "a template is not understood");
    assert!(is_looser(&of("'/a/{*}/*'"), &of("'/a/{*}/b'")), "nor is one with a star at its end");
}

#[test]
fn another_policy_is_a_doubt() {
    let one = policy("{rules: [{}]}");
    for other in
        ["{action: AUDIT, rules: []}", "{selector: {matchLabels: {a: b}}, rules: [{}]}", "{action: DENY, rules: [{}]}"]
    {
        assert!(is_looser(&one, &policy(other)), "{other}");
    }
    assert!(!is_looser(&one, &policy("{}")), "no rule allows nothing");
    let odd = policy("{rules: [{from: [{source: {principals: x}}]}]}");
    assert!(is_looser(&one, &odd) && is_looser(&odd, &one), "what is not understood");
    let many: Vec<String> = (0..100).map(|at| format!("/{at}")).collect();
    let many = many.join(", ");
    let large = policy(&format!("{{rules: [{}]}}", rule(&many, &many)));
    assert!(
        is_looser(&large, &policy(&format!("{{rules: [{}, {}]}}", rule("x", "/a"), rule(&many, &many)))),
        "too much"
    );
}

#[test]
fn rules_are_the_same_wherever_they_are_attached() {
    let of = |attached: &str, action: &str, path: &str| {
        policy(&format!("{{{attached}, action: {action}, rules: [{}]}}", rule("x", path)))
    };
    let (pods, waypoint) = ("selector: {matchLabels: {a: b}}", "targetRefs: [{kind: Gateway, name: w}]");
    let one = of(pods, "DENY", "/a");
    assert!(has_same_rules(&one, &of(waypoint, "DENY", "/a")));
    assert!(!has_same_rules(&one, &of(waypoint, "DENY", "/b")));
    assert!(!has_same_rules(&one, &of(waypoint, "ALLOW", "/a")));
}
