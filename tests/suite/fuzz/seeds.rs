//! What a fuzzer begins with: the inputs of the tests' own cases, as the targets take them.

use libtest_mimic::Failed;

use super::targets::{CONTENTS, FILE};
use crate::case::Case;

/// Seeds beyond this size are about their size, and slow a fuzzer down.
const LIMIT: usize = 16 << 10;

/// The seeds of a target: a name that tells where each comes from, and the bytes.
pub fn of(target: &str) -> Result<Vec<(String, Vec<u8>)>, Failed> {
    let mut seeds = Vec::new();
    match target {
        "git" => return Ok(listings()),
        "inventory" => {
            for case in Case::all("ui", &["input"]) {
                let files = case.files("input")?;
                let text = files.iter().map(|(path, text)| format!("{FILE}{path}\n{text}\n")).collect::<String>();
                seeds.push((case.name, text));
            }
        }
        "resource_list" => {
            for case in Case::all("ui", &["stdin.yaml"]) {
                for file in ["stdin.yaml", "stdout.yaml"] {
                    seeds.extend(case.read(file).map(|text| (format!("{}/{file}", case.name), text)));
                }
            }
        }
        "template" => {
            for case in Case::all("ui", &["input"]) {
                let files = case.files("input")?.into_iter().filter(|(path, _)| path.ends_with(".j2"));
                seeds.extend(files.map(|(path, text)| (format!("{}/{path}", case.name), text)));
            }
        }
        "output" => {
            for case in Case::all("ui", &["output"]) {
                let files = case.files("output")?.into_iter();
                seeds.extend(files.map(|(path, text)| (format!("{}/{path}", case.name), text)));
            }
        }
        _ => return Err(format!("no seeds for `{target}`").into()),
    }
    seeds.retain(|(_, text)| text.len() <= LIMIT);
    Ok(seeds.into_iter().map(|(name, text)| (name.replace('/', "-"), text.into_bytes())).collect())
}

/// Lists of git with links of every kind, and what the links say.
fn listings() -> Vec<(String, Vec<u8>)> {
    let id = |number: usize| format!("{number:040x}");
    let seed = |name: &str, entries: &[(&str, &str)], links: &[&str]| {
        let list = |(at, (mode, path)): (usize, &(&str, &str))| format!("{mode} blob {}\t{path}\0", id(at));
        let mut bytes = entries.iter().enumerate().map(list).collect::<String>().into_bytes();
        bytes.extend_from_slice(CONTENTS);
        let places = entries.iter().enumerate().filter(|(_, (mode, _))| *mode == "120000");
        for ((at, _), text) in places.zip(links) {
            bytes.extend(format!("{} blob {}\n{text}\n", id(at), text.len()).into_bytes());
        }
        (name.to_owned(), bytes)
    };
    let file = "100644";
    let link = "120000";
    vec![
        seed("files", &[(file, "input/a.yaml"), (file, "input/.hidden.yaml"), (file, "README.md")], &[]),
        seed("link-to-a-file", &[(file, "input/a.yaml"), (link, "input/b.yaml")], &["a.yaml"]),
        seed("link-to-a-folder", &[(file, "input/one/a.yaml"), (link, "input/two")], &["one"]),
        seed("loop", &[(link, "input/one"), (link, "input/two")], &["two", "one"]),
        seed("link-to-itself", &[(file, "input/a.yaml"), (link, "input/again")], &["."]),
        seed("links-that-double", &[(file, "a/f.yaml"), (link, "b/x"), (link, "b/y")], &["../a", "../a"]),
        seed("link-out", &[(link, "input/out.yaml"), (link, "input/root")], &["../other/a.yaml", "/etc"]),
        seed("submodule", &[("160000", "input/module"), (link, "input/in.yaml")], &["module/a.yaml"]),
    ]
}
