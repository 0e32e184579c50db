//! What a change means, shown: in a terminal, for pull requests, for code scanning, for programs, and as a page to look at.
//!
//! Each format is a module with a function `render` that reads the same finished [`ChangeSet`] and makes its own words of
//! it. None of them decides anything, and what one leaves out for want of room it counts.

mod approval;
mod budget;
mod change;
mod findings;
mod gain;
pub mod github;
pub mod gitlab;
mod group;
pub mod html;
mod json;
mod lines;
pub mod markdown;
mod options;
mod person;
mod risk;
#[cfg(test)]
mod sample;
pub mod sarif;
mod text;
mod words;

pub use self::budget::Limit;
pub use self::options::Options;
pub use self::text::Terminal;

use crate::diff::ChangeSet;

/// The formats of a review.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For a terminal.
    Text,
    /// A comment on a pull request of GitHub.
    Markdown,
    /// The same with more room: the summary of a step on GitHub.
    Summary,
    /// The same for a merge request of GitLab.
    Note,
    /// One JSON object.
    Json,
    /// A page to look at.
    Html,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Workflow commands, for annotations on GitHub.
    Github,
    /// Code Quality, for GitLab.
    Gitlab,
}

impl Format {
    /// Every format, in the order that help lists them in.
    pub const ALL: &[Format] = &[
        Format::Text,
        Format::Markdown,
        Format::Summary,
        Format::Note,
        Format::Json,
        Format::Html,
        Format::Sarif,
        Format::Github,
        Format::Gitlab,
    ];

    /// As the command line spells it.
    pub fn name(self) -> &'static str {
        match self {
            Format::Text => "text",
            Format::Markdown => "markdown",
            Format::Summary => "summary",
            Format::Note => "note",
            Format::Json => "json",
            Format::Html => "html",
            Format::Sarif => "sarif",
            Format::Github => "github",
            Format::Gitlab => "gitlab",
        }
    }

    /// Whether it shows manifests, so that somebody has to render them.
    pub fn shows_manifests(self) -> bool {
        matches!(self, Format::Text | Format::Markdown | Format::Summary | Format::Note | Format::Html)
    }
}

/// The beginning of the review for a terminal: the verdict, the counts, what guards say and the risks. At most `most` of
/// each kind are shown, and the others are counted.
pub fn brief(changes: &ChangeSet, terminal: &Terminal, most: usize) -> String {
    text::brief(changes, terminal, most)
}

/// The review in a format.
pub fn render(changes: &ChangeSet, format: Format, terminal: &Terminal, options: &Options<'_>) -> String {
    let within = |limit| Options { limit, ..*options };
    match format {
        Format::Text => text::render(changes, terminal),
        Format::Markdown => markdown::render(changes, &within(Limit::GITHUB_COMMENT)),
        Format::Summary => markdown::render(changes, &within(Limit::STEP_SUMMARY)),
        Format::Note => markdown::render(changes, &within(Limit::GITLAB_NOTE)),
        Format::Json => json::render(changes),
        Format::Html => html::render(changes, options),
        Format::Sarif => sarif::render(changes, options),
        Format::Github => github::render(changes, options),
        Format::Gitlab => gitlab::render(changes, options),
    }
}
