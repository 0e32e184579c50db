//! Words for files that cannot be read.

use crate::diag::{Code, Diagnostic, Place};
use crate::source::Span;

use super::counted;

/// A file or folder that the system refuses to give.
pub fn unreadable(path: &str, reason: &str) -> Diagnostic {
    Diagnostic::new(Code::UnreadableFile, Place::File(path.to_owned()), format!("this cannot be read: {reason}"))
        .with_help("check that it exists and that its permissions let you read it")
}

/// What to do where the current folder is the inventory, and a command looked for one in it.
pub const IN_THE_INVENTORY: &str =
    "the current folder looks like an inventory itself: name it with `.`, as in `tenantry check .`";

/// A file over the limit.
pub fn too_large(path: &str, size: u64, limit: u64) -> Diagnostic {
    let (size, limit) = (size >> 20, limit >> 20);
    Diagnostic::new(
        Code::FileTooLarge,
        Place::File(path.to_owned()),
        format!("this file has {size} MiB, and {limit} are allowed"),
    )
    .with_help("split it: an inventory may have any number of files")
}

/// A file that is not text.
pub fn not_utf8(path: &str, line: usize) -> Diagnostic {
    Diagnostic::new(Code::NotUtf8, Place::File(path.to_owned()), format!("line {line} of this file is not UTF-8"))
        .with_help("save it as UTF-8")
}

/// A link that leads out of the inventory.
pub fn outside_link(path: &str) -> Diagnostic {
    Diagnostic::new(Code::OutsideLink, Place::File(path.to_owned()), "this symbolic link leads out of the inventory")
        .with_help("copy the file, or remove the link: what is compiled has to be in the inventory")
}

/// A path that is not text.
pub fn path_not_utf8(path: &str) -> Diagnostic {
    Diagnostic::new(Code::UnreadableFile, Place::File(path.to_owned()), "the name of this file is not UTF-8")
        .with_help("rename it")
}

/// A folder whose files are in another repository.
pub fn submodule(path: &str) -> Diagnostic {
    let message = "this is a submodule: its files are in another repository";
    Diagnostic::new(Code::UnreadableFile, Place::File(path.to_owned()), message)
        .with_help("keep the inventory's files in one repository, so that a revision of it says everything")
}

/// Folders within one another.
pub fn overlapping(input: &str, output: &str) -> Diagnostic {
    let message = format!("the inventory `{input}` and the output `{output}` contain one another");
    Diagnostic::new(Code::OverlappingFolders, Place::Inventory, message)
        .with_help("use two folders side by side, such as `input` and `output`")
}

/// Findings of a file that were only counted. `last` is the place of the file's finding that is furthest down.
pub fn more_findings(last: Span, errors: usize, warnings: usize) -> Diagnostic {
    let errors = (errors > 0).then(|| counted(errors, "more error", "more errors"));
    let warnings = (warnings > 0).then(|| counted(warnings, "more warning", "more warnings"));
    let found: Vec<String> = errors.into_iter().chain(warnings).collect();
    let message = format!("{} of this file are not listed", found.join(" and "));
    Diagnostic::at(Code::MoreFindings, last, message)
        .with_words("the last finding is here")
        .with_help("many of them probably have one cause: repair what is listed, and look again")
}
