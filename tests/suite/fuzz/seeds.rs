//! What a fuzzer begins with: the inputs of the tests' own cases, as the targets take them.

use libtest_mimic::Failed;

use super::targets::FILE;
use crate::case::Case;

/// Seeds beyond this size are about their size, and slow a fuzzer down.
const LIMIT: usize = 16 << 10;

/// The seeds of a target: a name that tells where each comes from, and the bytes.
pub fn of(target: &str) -> Result<Vec<(String, Vec<u8>)>, Failed> {
    let mut seeds = Vec::new();
    match target {
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
