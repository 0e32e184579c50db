//! Reviews of changes in the formats for pull requests, looked at from outside: by a reader of CommonMark, by a browser,
//! and with names that want to break out.

mod commonmark;
mod hostile;
mod markdown;
mod markup;
mod page;
mod random;
#[path = "../../../src/report/review/sample.rs"]
mod sample;
mod sarif;

use std::collections::BTreeMap;

use libtest_mimic::{Failed, Trial};
use tenantry::diff::ChangeSet;
use tenantry::report::review::{Options, github, gitlab, html};

use crate::case::{Case, Outcome};

/// A format: its name, and how it is made.
type Format = (&'static str, fn(&ChangeSet, &Options<'_>) -> String);

/// Every format of this kind.
const FORMATS: [Format; 5] = [
    ("markdown", tenantry::report::review::markdown::render),
    ("html", html::render),
    ("sarif", tenantry::report::review::sarif::render),
    ("github", github::render),
    ("gitlab", gitlab::render),
];

/// Everything about reviews.
pub fn trials() -> Vec<Trial> {
    let mut trials = vec![
        Trial::test("review/sample", sample_is_as_written),
        Trial::test("review::the_same_change_gives_the_same_text", same_text),
    ];
    trials.extend(markdown::trials());
    trials.extend(hostile::trials());
    trials.extend(page::trials());
    trials.extend(sarif::trials());
    trials
}

/// What people see of one change, as files to read: `tests/review/sample`.
fn sample_is_as_written() -> Result<(), Failed> {
    let case = Case { name: "review/sample".into(), folder: crate::root().join("tests/review/sample") };
    let (review, options) = (sample::rich(), options());
    let texts = BTreeMap::from([
        ("review.md".to_owned(), tenantry::report::review::markdown::render(&review, &options)),
        ("annotations".to_owned(), github::render(&review, &options)),
        ("code-quality.json".to_owned(), gitlab::render(&review, &options)),
    ]);
    case.settle(&Outcome { texts, expected: vec!["review.md", "annotations", "code-quality.json"] })
}

/// Neither a clock nor an address of memory reaches a text, and revisions do not reach the comment.
fn same_text() -> Result<(), Failed> {
    let review = sample::rich();
    for (name, render) in FORMATS {
        if render(&review, &options()) != render(&review.clone(), &options()) {
            return Err(format!("{name} is another text the second time").into());
        }
    }
    let mut pushed = sample::rich();
    (pushed.base, pushed.head) = ("1f2e3d4".into(), "5c6b7a8".into());
    for (name, render) in FORMATS.iter().filter(|(name, _)| *name != "html") {
        if render(&review, &options()) != render(&pushed, &options()) {
            return Err(format!("{name} changes with every push").into());
        }
    }
    Ok(())
}

fn options() -> Options<'static> {
    Options { folder: "input", ..Options::default() }
}
