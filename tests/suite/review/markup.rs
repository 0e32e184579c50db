//! A page as its elements, read strictly: what the page is not made of is an error.

/// Elements of a page.
const ELEMENTS: &str = " html head meta title style body header main footer section p span b i small h1 h2 dl dt dd div ul li \
                        table thead tbody tr th td form label input select option datalist button output noscript details \
                        summary code pre ins del script ";

/// Attributes of a page.
const ATTRIBUTES: &str = " lang charset http-equiv content name class id aria-labelledby aria-label aria-live role tabindex \
                          type placeholder autocomplete spellcheck value list scope colspan hidden data-kind data-who \
                          data-clusters data-tenants data-cluster data-tenant ";

/// Elements without an end.
const EMPTY: [&str; 2] = ["meta", "input"];

/// Reads a page, and says how often each element is in it.
pub fn read(page: &str) -> Result<std::collections::BTreeMap<String, usize>, String> {
    let mut rest = page.strip_prefix("<!doctype html>").ok_or("no doctype")?;
    let (mut open, mut counts): (Vec<String>, _) = (Vec::new(), std::collections::BTreeMap::new());
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let (name, end) = match rest.strip_prefix('/') {
            Some(after) => (word(after), true),
            None => (word(rest), false),
        };
        if !ELEMENTS.contains(&format!(" {name} ")) {
            return Err(format!("<{} is in it", rest.chars().take(40).collect::<String>()));
        }
        if end {
            let close = rest.find('>').ok_or("an element without an end")?;
            let last = open.pop();
            if last.as_deref() != Some(name) || close != name.len() + 1 {
                return Err(format!("</{name} closes {last:?}"));
            }
            rest = &rest[close + 1..];
            continue;
        }
        *counts.entry(name.to_owned()).or_default() += 1;
        rest = attributes(&rest[name.len()..])?;
        if matches!(name, "style" | "script") {
            let close = rest.find(&format!("</{name}>")).ok_or("no end of style or script")?;
            rest = &rest[close..];
        }
        if !EMPTY.contains(&name) {
            open.push(name.to_owned());
        }
    }
    if open.is_empty() { Ok(counts) } else { Err(format!("{open:?} are left open")) }
}

fn word(text: &str) -> &str {
    &text[..text.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(text.len())]
}

/// Attributes up to the end of the element, each in double quotes or alone.
fn attributes(text: &str) -> Result<&str, String> {
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(' ');
        if let Some(after) = rest.strip_prefix('>') {
            return Ok(after);
        }
        let name = word(rest);
        if name.is_empty() || !ATTRIBUTES.contains(&format!(" {name} ")) {
            return Err(format!("an attribute in {:?}", rest.chars().take(40).collect::<String>()));
        }
        rest = &rest[name.len()..];
        if let Some(value) = rest.strip_prefix("=\"") {
            let end = value.find('"').ok_or("an attribute without an end")?;
            rest = &value[end + 1..];
        }
    }
}
