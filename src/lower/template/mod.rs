//! Add-on templates: the only module that knows the template engine.
//!
//! A template is a program by somebody who may commit to the inventory, run on text by somebody else who may. So it has
//! no files, no includes and a bounded number of steps, and no text reaches its output unless it is safe there as it is
//! or was quoted by the filter `yaml`. What comes out is read back, checked and written anew by [`object`].

mod check;
mod object;
mod running;
mod value;

use std::collections::BTreeMap;

use minijinja::value::{Kwargs, StringInput};
use minijinja::{Environment, ErrorKind, OutputSpan, OutputSpanKind, State, UndefinedBehavior, Value};

pub use self::check::{Demand, check};
pub use self::running::{Run, running};
use self::value::Quoted;
use super::Scene;
use super::stencil::Stencils;
use crate::diag::catalog::template as catalog;
use crate::diag::{Diagnostic, Sink};
use crate::inventory::Inventory;
use crate::manifest::{Manifest, yaml};
use crate::name::AddOnName;
use crate::source::{SourceMap, Span};

/// Steps that one template may take for one namespace. A loop over a thousand contributors takes about ten thousand.
const FUEL: u64 = 2_000_000;

/// Most bytes of a template. Its longest expression decides how deep the engine calls itself, and the program gives its
/// threads a stack for that.
const SOURCE_LIMIT: usize = 1 << 14;

/// Most bytes that one template may give for one namespace.
const OUTPUT_LIMIT: usize = 1 << 20;

/// What is made once for all namespaces of an inventory: its compiled templates, and the stencils of objects.
pub struct Templates<'s> {
    environment: Environment<'s>,
    spans: BTreeMap<&'s str, Span>,
    stencils: Stencils,
}

impl<'s> Templates<'s> {
    /// Compiles every template of an inventory; malformed ones are reported.
    pub fn compile(inventory: &'s Inventory, sources: &'s SourceMap, sink: &mut Sink) -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_fuel(Some(FUEL));
        environment.set_recursion_limit(32);
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        environment.set_formatter(write_value);
        environment.add_filter("yaml", quote);
        environment.add_filter("join", join);
        environment.add_filter("string", string);
        for filter in ["safe", "escape", "e", "tojson"] {
            environment.remove_filter(filter);
        }
        let mut spans = BTreeMap::new();
        for template in inventory.templates() {
            let text = sources.slice(template.span);
            if text.len() > SOURCE_LIMIT {
                let span = Span { end: template.span.start, ..template.span };
                sink.push(catalog::too_long(span, text.len(), SOURCE_LIMIT));
                continue;
            }
            match environment.add_template(template.name.as_str(), text) {
                Ok(()) => drop(spans.insert(template.name.as_str(), template.span)),
                Err(error) => {
                    let span = error_span(&error, template.span, text);
                    sink.push(catalog::syntax(span, &reason(&error)));
                }
            }
        }
        Templates { environment, spans, stencils: Stencils::of(inventory) }
    }
}

impl Templates<'_> {
    /// The names and texts of all templates, by name.
    pub fn named_texts(&self) -> impl Iterator<Item = (&str, String)> {
        let template = |name| Some((name, self.environment.get_template(name).ok()?.source().to_owned()));
        self.spans.keys().filter_map(move |name| template(*name))
    }

    /// Whether there is a template of this name.
    pub fn has(&self, name: &AddOnName) -> bool {
        self.spans.contains_key(name.as_str())
    }

    /// The stencils of contributors' objects.
    pub fn stencils(&self) -> &Stencils {
        &self.stencils
    }

    /// The texts of all templates, by name.
    pub fn texts(&self) -> impl Iterator<Item = String> {
        self.named_texts().map(|(_, text)| text)
    }
}

/// Writes one value into the output, if it is safe there as it is.
fn write_value(
    out: &mut minijinja::Output<'_>,
    _state: &mut State<'_, '_>,
    value: &Value,
) -> Result<(), minijinja::Error> {
    let quoted: Option<&Quoted> = value.downcast_object_ref();
    let written = match quoted.map(|quoted| quoted.0.as_str()).or_else(|| value.as_str()) {
        Some(text) if quoted.is_some() || yaml::is_plain_safe(text) => out.write_str(text),
        Some(text) => {
            let shown = crate::diag::catalog::shown(text);
            return Err(minijinja::Error::new(ErrorKind::InvalidOperation, format!("{UNQUOTED}the text {shown:?}")));
        }
        None => {
            let tree = value::to_tree(value)?;
            out.write_str(&yaml::flow(&tree))
        }
    };
    written.map_err(|_| minijinja::Error::new(ErrorKind::WriteFailure, "the output cannot grow"))
}

/// Marks the message of a text that has to be quoted.
const UNQUOTED: &str = "unquoted: ";

/// The filter `yaml`: any value, in a form that every YAML reader reads back as that value.
fn quote(value: &Value) -> Result<Value, minijinja::Error> {
    Ok(Value::from_object(Quoted(yaml::flow(&value::to_tree(value)?))))
}

/// The filter `join`, for what fits into a manifest.
fn join(
    state: &mut State<'_, '_>,
    value: &Value,
    joiner: Option<StringInput<'_>>,
    attribute: Option<&str>,
    options: Kwargs,
) -> Result<Value, minijinja::Error> {
    value::bound(value)?;
    minijinja::filters::join(state, value, joiner, attribute, options)
}

/// The filter `string`, for what fits into a manifest.
fn string(state: &State<'_, '_>, value: &Value) -> Result<Value, minijinja::Error> {
    value::bound(value)?;
    minijinja::filters::string(state, value)
}

fn whom<'a>(scene: &Scene<'a>) -> catalog::For<'a> {
    catalog::For { tenant: scene.tenant(), namespace: scene.namespace() }
}

/// The objects that a template gives for one namespace.
///
/// # Errors
///
/// What is wrong with the template's run or with what it gave, each at the line of the template that it came from. A
/// template that did not compile gives nothing; that was reported.
pub fn lower(
    scene: &Scene<'_>,
    name: &str,
    templates: &Templates<'_>,
) -> Result<Vec<Manifest<'static>>, Vec<Diagnostic>> {
    let (Some(&span), Ok(template)) = (templates.spans.get(name), templates.environment.get_template(name)) else {
        return Ok(Vec::new());
    };
    let listed = running::Listed::new(name, scene.namespace());
    let rendered = template.render_with_spans(value::context(scene));
    drop(listed);
    let (text, map) = match rendered {
        Ok(rendered) => rendered,
        Err(error) => {
            let source = template.source();
            return Err(vec![failure(&error, span, source, scene)]);
        }
    };
    if text.len() > OUTPUT_LIMIT {
        let reason = format!("it has {} bytes, and {OUTPUT_LIMIT} are allowed", text.len());
        return Err(vec![catalog::output(Span { end: span.start, ..span }, &whom(scene), &reason)]);
    }
    let origin = Origin { template: span, source: template.source(), map: &map };
    object::read(&text, &origin, scene)
}

fn failure(error: &minijinja::Error, span: Span, source: &str, scene: &Scene<'_>) -> Diagnostic {
    let span = error_span(error, span, source);
    let reason = reason(error);
    if let Some(text) = reason.strip_prefix(UNQUOTED) {
        let reason = format!("{text} is written without quotes");
        return catalog::failed(
            span,
            &whom(scene),
            &reason,
            "write `{{ … | yaml }}`, with `yaml` as the last filter, which quotes what needs quotes",
        );
    }
    if error.kind() == ErrorKind::OutOfFuel {
        let help = "a template takes a bounded number of steps; look for loops in loops";
        return catalog::failed(span, &whom(scene), "it takes too many steps", help);
    }
    let help = match error.kind() {
        ErrorKind::UndefinedError => "use `| default(…)` where a value may be missing",
        _ => "look at the values that reach this line",
    };
    catalog::failed(span, &whom(scene), &reason, help)
}

/// What went wrong, in the engine's words, without the place.
fn reason(error: &minijinja::Error) -> String {
    match error.detail() {
        Some(detail) if !detail.is_empty() => detail.to_owned(),
        _ => error.kind().to_string(),
    }
}

/// Where in the template an error lies.
fn error_span(error: &minijinja::Error, template: Span, source: &str) -> Span {
    if let Some(range) = error.range().filter(|range| range.start < range.end && range.end <= source.len()) {
        return within(template, range.start, range.end);
    }
    line_span(template, source, error.line().unwrap_or(1))
}

/// A line of the template, from 1, without the blanks around it.
fn line_span(template: Span, source: &str, line: usize) -> Span {
    let mut start = 0;
    for (at, text) in source.split_inclusive('\n').enumerate() {
        if at + 1 == line {
            let indent = text.len() - text.trim_start().len();
            let length = text.trim().len();
            return within(template, start + indent, start + indent + length);
        }
        start += text.len();
    }
    within(template, source.len(), source.len())
}

fn within(template: Span, start: usize, end: usize) -> Span {
    let at = |offset: usize| template.start + u32::try_from(offset).unwrap_or(u32::MAX - template.start);
    Span { file: template.file, start: at(start), end: at(end) }
}

/// From places in a template's output to places in the template.
struct Origin<'o> {
    template: Span,
    source: &'o str,
    map: &'o [OutputSpan],
}

impl Origin<'_> {
    /// The part of the template that wrote a range of the output.
    fn span(&self, output: Span) -> Span {
        let (start, end) = (output.start as usize, output.end as usize);
        let after = self.map.partition_point(|piece| piece.output_range().end <= start);
        let Some(piece) = self.map.get(after).or_else(|| self.map.last()) else {
            return Span { end: self.template.start, ..self.template };
        };
        let source = piece.source_range();
        match piece.kind() {
            OutputSpanKind::Raw => {
                let offset = start.saturating_sub(piece.output_range().start);
                let from = (source.start + offset).min(source.end);
                let to = (from + end.saturating_sub(start)).min(source.end);
                // Raw text may have been trimmed by the engine, so the place is only taken if it is one of the source's.
                if self.source.is_char_boundary(from) && self.source.is_char_boundary(to) {
                    within(self.template, from, to)
                } else {
                    within(self.template, source.start, source.end)
                }
            }
            _ => within(self.template, source.start, source.end),
        }
    }
}
