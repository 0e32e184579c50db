//! Cases with a `stdin.yaml`: a host calls the program, and the folder says what it answers.
//!
//! The program runs in the folder of the case, so that an inventory may lie beside. What is answered without an error is
//! sent once more, and must come back as it is.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use libtest_mimic::{Failed, Trial};

use crate::case::{Case, Outcome};

const PROGRAM: &str = env!("CARGO_BIN_EXE_tenantry");

/// The day that cases are judged by.
const AS_OF: &str = "2026-11-22";

/// What a case may hold.
const PARTS: [&str; 5] = ["inventory", "status", "stderr", "stdin.yaml", "stdout.yaml"];

/// One trial per case.
pub fn trials() -> Vec<Trial> {
    let cases = Case::all("ui", &["stdin.yaml"]).into_iter();
    cases.map(|case| Trial::test(case.name.clone(), move || run(&case))).collect()
}

fn run(case: &Case) -> Result<(), Failed> {
    check_parts(case)?;
    let stdin = case.read("stdin.yaml").unwrap_or_default();
    if !stdin.starts_with("# ") {
        return Err("stdin.yaml opens with no comment that says what the case shows".into());
    }
    let (status, stdout, stderr) = call(&case.folder, &stdin)?;
    let mut texts = BTreeMap::from([("stdout.yaml".to_owned(), stdout.clone())]);
    if status != 0 {
        texts.insert("status".to_owned(), format!("{status}\n"));
    }
    if !stderr.is_empty() {
        texts.insert("stderr".to_owned(), stderr);
    }
    if status == 0 && call(&case.folder, &stdout)?.1 != stdout {
        return Err("what was answered comes back changed when it is sent once more".into());
    }
    case.settle(&Outcome { texts, expected: vec!["status", "stderr", "stdout.yaml"] })
}

/// Calls the program as a host does, in a folder.
fn call(folder: &Path, stdin: &str) -> Result<(i32, String, String), Failed> {
    let mut command = Command::new(PROGRAM);
    command.args(["fn", "--as-of", AS_OF]).env_clear().current_dir(folder);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    child.stdin.take().ok_or("no stdin")?.write_all(stdin.as_bytes())?;
    let output = child.wait_with_output()?;
    let status = output.status.code().ok_or("it was killed")?;
    Ok((status, String::from_utf8(output.stdout)?, String::from_utf8(output.stderr)?))
}

fn check_parts(case: &Case) -> Result<(), Failed> {
    for entry in std::fs::read_dir(&case.folder)? {
        let name = entry?.file_name();
        if !PARTS.iter().any(|part| name == *part) {
            return Err(format!("{} is no part of such a case", name.to_string_lossy()).into());
        }
    }
    Ok(())
}
