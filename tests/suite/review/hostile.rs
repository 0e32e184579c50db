//! Names that want to break out of every format, and do not.

use libtest_mimic::{Failed, Trial};
use serde_json::Value;
use tenantry::diag::Code;
use tenantry::diff::{Approval, FileChange, GuardFinding, ObjectRef, Owner, RiskCode};
use tenantry::report::escape::is_hidden;
use tenantry::report::review::{Options, github, gitlab, html, markdown, sarif};

use super::sample::{HOSTILE, Review, gain, raised, risk, through};
use super::{commonmark, markup, options};

/// One trick each, and all of them at once.
pub const NAMES: &[&str] = &[
    HOSTILE,
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</details></summary>",
    "</style><img src=x onerror=alert(1)>",
    "-->",
    "<!-- tenantry-review -->",
    "`",
    "```",
    "````````",
    "~~~",
    "@everyone",
    "mail@example.org",
    "#12 !34 o/r#56",
    "https://evil.example www.evil.example",
    "](javascript:alert(1))",
    "[x](javascript:alert(1)) ![y](https://evil.example/p.png)",
    "<https://evil.example>",
    "|",
    "\\|",
    "\\",
    "a | b |",
    "::set-output name=x::y",
    "\n::error::x",
    "##[add-path]x",
    "%0A::warning::x",
    "\u{1b}[31m",
    "\u{202e}gnirts",
    "\u{200b}",
    "\r\n",
    "\n\n# Title\n\n- [x] done",
    "    code",
    "> quote",
    "1. one",
    "===",
    "* * *",
    "$$x$$ ${y} {{z}}",
    "&lt;b&gt; &#60;",
    "\" onmouseover=\"alert(1)",
    "' onmouseover='alert(1)",
    "/close\n/approve",
    ":tada:",
    "**bold** __bold__ ~~gone~~",
];

/// The trials.
pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("review::hostile::markdown", || each(in_markdown)),
        Trial::test("review::hostile::html", || each(in_html)),
        Trial::test("review::hostile::github", || each(in_github)),
        Trial::test("review::hostile::json", || each(in_json)),
    ]
}

fn each(look: fn(&Review) -> Result<(), String>) -> Result<(), Failed> {
    for name in NAMES {
        look(&review(name)).map_err(|what| format!("the name {name:?}: {what}"))?;
    }
    Ok(())
}

/// A change in which everything is called so.
pub fn review(name: &str) -> Review {
    let mut review = Review::none();
    let mut fact = gain(name, name, name);
    fact.identity = name.into();
    fact.tenant = format!("{name} tenant").into();
    fact.via[0].file = name.into();
    let mut many: Vec<_> = (0..9).map(|at| gain(name, &format!("{name}{at}"), &format!("{at}{name}"))).collect();
    many.iter_mut().for_each(|it| it.via = vec![through(name, name)]);
    review.gained = vec![fact.clone()];
    review.gained.extend(many);
    review.lost = (0..5).map(|at| gain(name, &format!("{at}{name}"), name)).collect();
    review.changed = vec![raised(fact)];
    review.risks = vec![risk(RiskCode::ProfileRemoved, name), risk(RiskCode::QuotaRemoved, name)];
    let place = Some((name.to_owned(), 1));
    review.guards =
        vec![GuardFinding { code: Code::TooFewAdmins, message: name.into(), help: Some(name.into()), place }];
    review.notes = vec![name.into()];
    let owner = Owner { user: name.into(), identity: name.into(), email: None };
    review.approvals = vec![Approval { tenant: name.into(), owners: vec![owner] }];
    (review.base, review.head) = (name.into(), name.into());
    let text = |line: &str| Some(format!("a: {line}\n{line}\n"));
    review.files =
        vec![FileChange { path: name.into(), before: text(name), after: text(&name.repeat(2)), omitted: false }];
    review.objects.added = vec![ObjectRef {
        cluster: name.into(),
        namespace: name.into(),
        api_version: name.into(),
        kind: name.into(),
        name: name.into(),
    }];
    review.settle();
    review
}

fn in_markdown(review: &Review) -> Result<(), String> {
    let text = markdown::render(review, &Options { sides: true, elsewhere: &review.base, ..options() });
    let document = commonmark::read(&text, "tenantry-review").map_err(|what| format!("{what} in\n{text}"))?;
    // A table, a group, three kinds of changes, objects; what a name adds to a table would be more.
    let found = (document.fences, document.rows, document.items.len());
    if found == (1, 5, 3) { Ok(()) } else { Err(format!("{found:?} fences, rows and items in\n{text}")) }
}

fn in_html(review: &Review) -> Result<(), String> {
    let page = html::render(review, &options());
    let found = markup::read(&page)?;
    let wanted = [("script", 1), ("style", 1), ("pre", 1), ("form", 1), ("main", 1)];
    if page.contains(|c| is_hidden(c) && c != '\n') {
        return Err("a hidden character is in the page".into());
    }
    let wrong = wanted.iter().find(|(element, count)| found.get(*element) != Some(count));
    wrong.map_or(Ok(()), |(element, _)| Err(format!("{:?} of {element}", found.get(*element))))
}

fn in_github(review: &Review) -> Result<(), String> {
    let text = github::render(review, &options());
    if text.contains(|c| is_hidden(c) && c != '\n') || text.contains('\r') {
        return Err(format!("a hidden character is in {text}"));
    }
    let names: Vec<&str> = text.lines().map(|line| line.split(' ').next().unwrap_or_default()).collect();
    // The verdict, a risk, a guard, a risk; then a person, a group and a person with a stronger role.
    if names != ["::notice", "::error", "::error", "::warning", "::notice", "::notice", "::notice"] {
        return Err(format!("the lines are {names:?}"));
    }
    let properties = text.lines().filter_map(|line| line.split_once(' ')?.1.split("::").next());
    let wrong = properties.filter(|it| it.contains("file=")).find(|it| it.matches(',').count() != 2);
    wrong.map_or(Ok(()), |it| Err(format!("the properties {it}")))
}

fn in_json(review: &Review) -> Result<(), String> {
    for text in [sarif::render(review, &options()), gitlab::render(review, &options())] {
        let read: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        if text.contains(|c| is_hidden(c) && c != '\n') {
            return Err("a hidden character is in it".into());
        }
        for result in read["runs"][0]["results"].as_array().into_iter().flatten() {
            if result["message"]["text"].as_str().is_none_or(|message| message.contains("](")) {
                return Err(format!("a link is in {result}"));
            }
        }
    }
    Ok(())
}
