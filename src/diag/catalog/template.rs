//! Words for add-on templates and what they give.

use crate::diag::{Code, Diagnostic};
use crate::source::Span;

use super::shown;

/// Who a template was run for.
pub struct For<'a> {
    /// Name of the tenant.
    pub tenant: &'a str,
    /// Name of the namespace.
    pub namespace: &'a str,
}

impl For<'_> {
    fn words(&self) -> String {
        if self.tenant == self.namespace {
            format!("for the tenant `{}`", self.tenant)
        } else {
            format!("for the tenant `{}`, namespace `{}`", self.tenant, self.namespace)
        }
    }
}

/// A template that is malformed.
pub fn syntax(span: Span, reason: &str) -> Diagnostic {
    Diagnostic::at(Code::TemplateSyntax, span, format!("this template is malformed: {}", shown(reason)))
        .with_help("check the braces and tags of this line")
}

/// A template that is longer than any template needs to be.
pub fn too_long(span: Span, bytes: usize, limit: usize) -> Diagnostic {
    Diagnostic::at(Code::TemplateSyntax, span, format!("this template has {bytes} bytes, and {limit} are allowed"))
        .with_help("divide it into several add-ons")
}

/// A template that failed.
pub fn failed(span: Span, whom: &For<'_>, reason: &str, help: &str) -> Diagnostic {
    Diagnostic::at(Code::TemplateError, span, format!("this template failed {}: {}", whom.words(), shown(reason)))
        .with_help(help)
}

/// A template whose output is no YAML or no object.
pub fn output(span: Span, whom: &For<'_>, reason: &str) -> Diagnostic {
    Diagnostic::at(
        Code::TemplateOutput,
        span,
        format!("what this template gives {} is no manifest: {reason}", whom.words()),
    )
    .with_help("correct this line, or look at the values that reach it; `| yaml` writes a value so that it is read back as it is")
}

/// An object that a template must not give.
pub fn refused(span: Span, whom: &For<'_>, reason: &str, help: &str) -> Diagnostic {
    Diagnostic::at(
        Code::TemplateRefused,
        span,
        format!("what this template gives {} is refused: {reason}", whom.words()),
    )
    .with_help(help)
}

/// A plain value that readers disagree about.
pub fn ambiguous(span: Span, whom: &For<'_>, key: &str, text: &str) -> Diagnostic {
    let message = format!(
        "`{}` is `{}` {}, which a YAML reader may take for something else than text",
        shown(key),
        shown(text),
        whom.words()
    );
    Diagnostic::at(Code::AmbiguousScalar, span, message)
        .with_help("write `{{ … | yaml }}`, or quote the text; else write `true`, `false` or a plain whole number")
}

/// One object twice.
pub fn duplicate(span: Span, whom: &For<'_>, object: &str, first: &str, second: &str) -> Diagnostic {
    let (by, help) = if first == second {
        (format!("twice by the add-on `{first}`"), "give one of the two another name")
    } else {
        (
            format!("by the add-ons `{first}` and `{second}`"),
            "give one of the two another name, or leave one of the add-ons out",
        )
    };
    Diagnostic::at(Code::DuplicateObject, span, format!("{object} is made {by} {}", whom.words())).with_help(help)
}

/// A setting of a built-in add-on that cannot be.
pub fn setting(span: Span, whom: &For<'_>, path: &str, problem: &str, help: &str) -> Diagnostic {
    Diagnostic::at(Code::InvalidSetting, span, format!("`values.{path}` {problem} ({})", whom.words())).with_help(help)
}
