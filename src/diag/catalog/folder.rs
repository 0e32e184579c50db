//! Words for what stands in the output folder.

use crate::diag::{Code, Diagnostic, Place};

/// A file of somebody else where one of ours belongs.
pub fn foreign(path: &str) -> Diagnostic {
    Diagnostic::new(
        Code::ForeignFile,
        Place::File(path.to_owned()),
        "this file was not written by tenantry and stands in the way",
    )
    .with_help("move it elsewhere, or choose another output folder")
}

/// Something that is no file where one of ours belongs.
pub fn not_a_file(path: &str, what: &str) -> Diagnostic {
    Diagnostic::new(
        Code::ForeignFile,
        Place::File(path.to_owned()),
        format!("{what} stands where a compiled file belongs"),
    )
    .with_help("move it elsewhere, or choose another output folder")
}

/// A file of somebody else where engines sync.
pub fn stray(path: &str) -> Diagnostic {
    Diagnostic::new(
        Code::StrayFile,
        Place::File(path.to_owned()),
        "this file was not written by tenantry, and engines sync what lies here",
    )
    .with_help("move it to a folder that its own Application or Kustomization syncs")
}

/// A file of somebody else beside what people apply as administrators.
pub fn stray_by_hand(path: &str) -> Diagnostic {
    Diagnostic::new(
        Code::StrayFile,
        Place::File(path.to_owned()),
        "this file was not written by tenantry, and what lies here is applied by administrators",
    )
    .with_help("move it elsewhere: `kubectl apply -f` takes a folder with all that is in it")
}

/// A file of ours that somebody edited, and that is replaced.
pub fn edited(path: &str) -> Diagnostic {
    Diagnostic::new(
        Code::EditedFile,
        Place::File(path.to_owned()),
        "this file was edited by hand; compiling replaces it",
    )
    .with_help("make the change in the inventory")
}

/// A file of ours that has other line ends.
pub fn line_ends(path: &str) -> Diagnostic {
    Diagnostic::new(
        Code::EditedFile,
        Place::File(path.to_owned()),
        "this file has line ends of Windows, and nothing else in it was edited; compiling replaces it",
    )
    .with_help("if git makes them at checkout, a line of `.gitattributes` stops it: `output/** -text`")
}

/// A file of ours that somebody edited, and that would be deleted.
pub fn edited_leftover(path: &str) -> Diagnostic {
    Diagnostic::new(
        Code::EditedLeftover,
        Place::File(path.to_owned()),
        "this file is no longer wanted and was edited by hand, so it is not deleted",
    )
    .with_help("look at what was changed, then delete the file yourself")
}

/// Something that is no folder where one of ours belongs.
pub fn not_a_folder(path: &str, what: &str) -> Diagnostic {
    Diagnostic::new(
        Code::ForeignFile,
        Place::File(path.to_owned()),
        format!("{what} stands where a folder of the output belongs"),
    )
    .with_help("move it elsewhere, or choose another output folder")
}

/// A file of the output that cannot be read.
pub fn unreadable(path: &str, reason: &str) -> Diagnostic {
    Diagnostic::new(
        Code::ForeignFile,
        Place::File(path.to_owned()),
        format!("this file of the output cannot be read: {reason}"),
    )
    .with_help("check its permissions")
}
