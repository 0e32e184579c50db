//! Markdown as a reader of CommonMark and GitHub's tables takes it, and what must not be in it.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use tenantry::report::escape::is_hidden;

/// Elements that a review is made of.
const ELEMENTS: [&str; 6] = ["<details>", "</details>", "<summary>", "</summary>", "<code>", "</code>"];

/// What was read.
#[derive(Debug, Default)]
pub struct Document {
    /// Text outside of code, as a forge looks through it for mentions and addresses.
    pub plain: String,
    /// The first bold words of every item of a list.
    pub items: Vec<String>,
    /// Blocks of code.
    pub fences: usize,
    /// Rows of tables, heads apart.
    pub rows: usize,
}

/// Reads a review. What should not be in one is an error.
pub fn read(text: &str, marker: &str) -> Result<Document, String> {
    let mut reader = Reader::default();
    for event in
        Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS)
    {
        reader.take(&event)?;
    }
    let first = text.lines().next().unwrap_or_default();
    ensure(first == format!("<!-- {marker} -->"), || format!("the first line is {first:?}"))?;
    ensure(text.matches("<!--").count() == 1, || "there is a second hidden comment".into())?;
    ensure(reader.open.is_empty(), || format!("{:?} are left open", reader.open))?;
    ensure(reader.comments == 1, || format!("{} comments", reader.comments))?;
    ensure(reader.last.starts_with("As of 2026-11-22."), || format!("it ends in {:?}", reader.last))?;
    ensure(!text.contains(|c| is_hidden(c) && c != '\n'), || "a hidden character is in it".into())?;
    cells(text)?;
    links_nothing(&reader.document.plain)?;
    Ok(reader.document)
}

/// Every row has as many cells as its table. A reader would silently leave out the others.
fn cells(text: &str) -> Result<(), String> {
    let mut columns = None;
    let mut fence: Option<&str> = None;
    for line in text.lines() {
        let ticks = &line[..line.len() - line.trim_start_matches('`').len()];
        match fence {
            Some(open) if ticks.len() >= open.len() && ticks == line => fence = None,
            Some(_) => continue,
            None if ticks.len() >= 3 => fence = Some(ticks),
            None => {}
        }
        let pipes = line.replace("\\|", "").matches('|').count();
        if !line.starts_with('|') {
            columns = None;
        } else if *columns.get_or_insert(pipes) != pipes {
            return Err(format!("{pipes} bars in the row {line}"));
        }
    }
    Ok(())
}

/// Nothing in it mentions anybody, an issue or an address.
fn links_nothing(plain: &str) -> Result<(), String> {
    for (at, c) in plain.char_indices() {
        let after = plain[at + c.len_utf8()..].chars().next().unwrap_or(' ');
        let links = match c {
            '@' => after.is_alphanumeric(),
            '#' | '!' => after.is_ascii_digit(),
            ':' => plain[at..].starts_with("://"),
            _ => plain[at..].get(..4).is_some_and(|part| part.eq_ignore_ascii_case("www.")),
        };
        ensure(!links, || format!("a link begins in {:?}", plain[at..].chars().take(40).collect::<String>()))?;
    }
    Ok(())
}

#[derive(Default)]
struct Reader {
    document: Document,
    open: Vec<String>,
    comments: usize,
    code: usize,
    in_item: bool,
    strong: bool,
    last: String,
}

impl Reader {
    fn take(&mut self, event: &Event<'_>) -> Result<(), String> {
        match event {
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::Strikethrough | Tag::BlockQuote(_)) => {
                return Err(format!("{event:?} is in it"));
            }
            Event::Start(Tag::Heading { level, .. }) if !matches!(*level as usize, 3 | 4) => {
                return Err(format!("{event:?} is in it"));
            }
            Event::Start(Tag::CodeBlock(kind)) => {
                ensure(*kind == CodeBlockKind::Fenced("diff".into()), || format!("{kind:?} is in it"))?;
                self.document.fences += 1;
                self.code += 1;
            }
            Event::End(TagEnd::CodeBlock) => self.code -= 1,
            Event::Start(Tag::TableRow) => self.document.rows += 1,
            Event::Start(Tag::Item) => self.in_item = true,
            Event::Start(Tag::Strong) => self.strong = true,
            Event::End(TagEnd::Strong) => self.strong = false,
            Event::Start(Tag::Paragraph) => self.last.clear(),
            Event::Html(text) | Event::InlineHtml(text) => self.markup(text)?,
            Event::Code(_) | Event::TaskListMarker(_) => return Err(format!("{event:?} is in it")),
            Event::Text(text) => self.text(text),
            _ => {}
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        if self.in_item && self.strong {
            self.document.items.push(text.to_owned());
            self.in_item = false;
        }
        self.last.push_str(text);
        if self.code == 0 {
            self.document.plain.push_str(text);
        }
    }

    /// Elements, well nested. What stands between those of one line is text.
    fn markup(&mut self, text: &str) -> Result<(), String> {
        let mut rest = text;
        while let Some(at) = rest.find('<') {
            rest = &rest[at..];
            let end = rest.find('>').ok_or_else(|| format!("an element without an end: {rest}"))? + 1;
            let (element, after) = rest.split_at(end);
            rest = after;
            if element.starts_with("<!--") {
                self.comments += 1;
                continue;
            }
            ensure(ELEMENTS.contains(&element), || format!("{element} is in it"))?;
            let name = element.trim_matches(['<', '/', '>']);
            let is_code = usize::from(name == "code");
            if element.starts_with("</") {
                let open = self.open.pop();
                ensure(open.as_deref() == Some(name), || format!("{element} closes {open:?}"))?;
                self.code -= is_code;
            } else {
                self.open.push(name.to_owned());
                self.code += is_code;
            }
        }
        Ok(())
    }
}

fn ensure(holds: bool, words: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(words()) }
}
