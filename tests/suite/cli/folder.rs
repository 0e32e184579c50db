//! What else may lie in the output folder, and what happens when it cannot be written to.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::Test;
use super::sandbox::{Sandbox, platform, tenant};

pub const TESTS: &[Test] = &[
    ("an-edited-file-is-replaced", an_edited_file_is_replaced),
    ("an-edited-left-over-is-an-error", an_edited_left_over_is_an_error),
    ("windows-lines-are-an-edit", windows_lines_are_an_edit),
    ("bytes-that-are-no-text-are-an-edit", bytes_that_are_no_text_are_an_edit),
    ("foreign-files-elsewhere-are-left-alone", foreign_files_elsewhere_are_left_alone),
    ("other-things-in-place-of-a-file", other_things_in_place_of_a_file),
    ("other-things-in-place-of-a-folder", other_things_in_place_of_a_folder),
    ("a-link-is-never-written-through", a_link_is_never_written_through),
    ("names-that-differ-in-case", names_that_differ_in_case),
    ("leftovers-of-a-killed-run-are-cleaned", leftovers_of_a_killed_run_are_cleaned),
    ("the-output-is-no-folder", the_output_is_no_folder),
    ("a-refused-run-leaves-no-folder", a_refused_run_leaves_no_folder),
    ("a-folder-that-refuses-files", a_folder_that_refuses_files),
    ("a-folder-without-permissions", a_folder_without_permissions),
    ("a-disk-that-is-full", a_disk_that_is_full),
    ("a-cluster-that-is-gone-leaves-nothing", a_cluster_that_is_gone_leaves_nothing),
];

const VISION: &str = "output/prod/tenants/vision.yaml";

fn an_edited_file_is_replaced() {
    let sandbox = Sandbox::compiled();
    let compiled = sandbox.tree("output");
    sandbox.replace(VISION, "kubeflow-edit", "kubeflow-admin");
    let run = sandbox.run("compile").exits(0).prints("1 changed");
    run.says("warning[edited-file]").says(&format!("--> {VISION}\n"));
    assert!(compiled == sandbox.tree("output"));
    sandbox.run("compile").exits(0).says_nothing();
}

fn an_edited_left_over_is_an_error() {
    let sandbox = Sandbox::compiled();
    sandbox.replace("input/vision.yaml", "{contributors", "{state: retired, contributors");
    sandbox.run("compile").exits(0);
    sandbox.replace(VISION, "kind: Profile", "kind: Profile # mine");
    sandbox.remove("input/vision.yaml");
    for words in ["compile", "compile --check"] {
        sandbox.changes_nothing(words).exits(2).says("error[edited-leftover]").says(&format!("--> {VISION}\n"));
    }
    sandbox.remove(VISION);
    sandbox.run("compile").exits(0);
}

fn windows_lines_are_an_edit() {
    let sandbox = Sandbox::compiled();
    let compiled = sandbox.tree("output");
    sandbox.write(VISION, sandbox.read(VISION).replace('\n', "\r\n"));
    let run = sandbox.changes_nothing("compile --check").exits(1).says("warning[edited-file]");
    let run = run.prints_only(&format!("edited  {VISION}\n"));
    run.says("has line ends of Windows").says("`output/** -text`").says_no("by hand");
    // It is still known to be a tenant's.
    let people = sandbox.read("input/vision.yaml");
    sandbox.remove("input/vision.yaml");
    sandbox.changes_nothing("compile").exits(3).says("unretired-removal");
    sandbox.write("input/vision.yaml", people);
    sandbox.run("compile").exits(0).says("warning[edited-file]");
    assert!(compiled == sandbox.tree("output"));
    // Nothing is lost with a file of a tenant that goes.
    sandbox.write(VISION, sandbox.read(VISION).replace('\n', "\r\n"));
    sandbox.remove("input/vision.yaml");
    sandbox.run("compile --allow-removal vision").exits(0).prints("1 removed").says_no("edited");
}

fn bytes_that_are_no_text_are_an_edit() {
    let sandbox = Sandbox::compiled();
    let compiled = sandbox.tree("output");
    sandbox.write(VISION, [sandbox.read(VISION).as_bytes(), b"# \xff\n"].concat());
    sandbox.changes_nothing("compile --check").exits(1).prints("edited").says("warning[edited-file]");
    let tenant = sandbox.read("input/vision.yaml");
    sandbox.remove("input/vision.yaml");
    sandbox.changes_nothing("compile").exits(3).says("unretired-removal").says("edited-leftover");
    sandbox.write("input/vision.yaml", tenant);
    sandbox.run("compile").exits(0).says("warning[edited-file]");
    assert!(compiled == sandbox.tree("output"));
}

fn foreign_files_elsewhere_are_left_alone() {
    let sandbox = Sandbox::compiled();
    let foreign = [
        "README.md",
        "prod/kustomization.yaml",
        "prod/tenants/ours.yaml",
        "prod/tenants/notes.txt",
        "prod/tenants/binary.yaml",
        "prod/platform/objects/gateway.yaml",
        "other/tenants/theirs.yaml",
        ".git/config",
    ];
    for path in foreign {
        sandbox.write(&format!("output/{path}"), b"kind: Foreign\n\xff");
    }
    fs::create_dir_all(sandbox.path("output/prod/tenants/folder.yaml")).expect("a folder can be made");
    #[cfg(unix)]
    for link in ["output/prod/tenants/link.yaml", "output/linked", "output/prod/tenants/.tenantry-x.yaml.tmp"] {
        std::os::unix::fs::symlink("../..", sandbox.path(link)).expect("a link can be made");
    }
    for words in ["compile", "compile --check"] {
        // What engines would sync is said, and nothing is done about it.
        let run = sandbox.changes_nothing(words).exits(0).says("warning: 3 warnings");
        for path in ["prod/tenants/ours.yaml", "prod/tenants/binary.yaml", "prod/platform/objects/gateway.yaml"] {
            assert!(run.stderr.contains(&format!("--> output/{path}")), "{}", run.stderr);
        }
    }
}

fn other_things_in_place_of_a_file() {
    let sandbox = Sandbox::compiled();
    let refused = |what: &str| {
        for words in ["compile", "compile --check"] {
            let run = sandbox.changes_nothing(words).exits(2).says("error[foreign-file]");
            run.says(&format!("--> {VISION}\n")).says(what);
        }
    };
    sandbox.write(VISION, "");
    refused("not written by tenantry");
    sandbox.write(VISION, b"\xff\xfe");
    refused("not written by tenantry");
    sandbox.remove(VISION);
    fs::create_dir(sandbox.path(VISION)).expect("a folder can be made");
    refused("a folder stands");
    fs::remove_dir(sandbox.path(VISION)).expect("a folder can be removed");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("audio.yaml", sandbox.path(VISION)).expect("a link can be made");
        refused("a symbolic link stands");
        sandbox.remove(VISION);
    }
    sandbox.run("compile").exits(0);
}

fn other_things_in_place_of_a_folder() {
    let sandbox = Sandbox::new();
    sandbox.write("output/prod", "a file\n");
    let run = sandbox.changes_nothing("compile").exits(2).says("error[foreign-file]").says("a file stands");
    run.says("--> output/prod\n").says("1 error\n");
    sandbox.remove("output/prod");
    sandbox.write("output/prod/platform/objects", "a file\n");
    sandbox.changes_nothing("compile").exits(2).says("--> output/prod/platform/objects\n");
}

#[cfg(unix)]
fn a_link_is_never_written_through() {
    let sandbox = Sandbox::compiled();
    fs::rename(sandbox.path("output/prod/tenants"), sandbox.path("elsewhere")).expect("a folder can be moved");
    std::os::unix::fs::symlink("../../elsewhere", sandbox.path("output/prod/tenants")).expect("a link can be made");
    let before = sandbox.tree("elsewhere");
    sandbox.replace("input/vision.yaml", "{user: ada}", "{user: bob}");
    let run = sandbox.changes_nothing("compile").exits(2).says("a symbolic link stands");
    run.says("--> output/prod/tenants\n");
    assert!(before == sandbox.tree("elsewhere"));
    // The output folder itself is the caller's choice.
    fs::rename(sandbox.path("output"), sandbox.path("real")).expect("a folder can be moved");
    sandbox.remove("real/prod/tenants");
    std::os::unix::fs::symlink("real", sandbox.path("output")).expect("a link can be made");
    sandbox.run("compile").exits(0);
    assert!(sandbox.has("real/prod/tenants/vision.yaml"));
}

#[cfg(not(unix))]
fn a_link_is_never_written_through() {
    eprintln!("skipped: needs symbolic links");
}

/// Where letter case does not count, both names are one file, and it must not be deleted for being left over.
fn names_that_differ_in_case() {
    let sandbox = Sandbox::compiled();
    fs::rename(sandbox.path(VISION), sandbox.path("output/prod/tenants/Vision.yaml")).expect("a file can be renamed");
    let two_files = !sandbox.has(VISION);
    // Elsewhere, it is a namespace that nobody asks for.
    let code = if two_files { 3 } else { 0 };
    sandbox.changes_nothing("compile").exits(code);
    sandbox.run("compile --allow-removal vision").exits(0);
    assert!(sandbox.read(VISION).contains("name: vision"));
    sandbox.run("compile --check").exits(0).says_nothing();
}

fn leftovers_of_a_killed_run_are_cleaned() {
    let sandbox = Sandbox::compiled();
    let compiled = sandbox.tree("output");
    sandbox.write("output/prod/tenants/.tenantry-vision.yaml.tmp", "half");
    sandbox.write("output/prod/platform/objects/.tenantry-self-service.yaml.tmp", "");
    sandbox.write("output/gone/tenants/.tenantry-a.yaml.tmp", "half");
    sandbox.changes_nothing("compile --check").exits(0);
    sandbox.run("compile").exits(0).says_nothing();
    assert!(compiled == sandbox.tree("output"));
    assert!(!sandbox.has("output/gone"), "folders that only a killed run needed go, too");
}

fn the_output_is_no_folder() {
    let sandbox = Sandbox::new();
    sandbox.write("output", "a file\n");
    sandbox.run("compile").exits(2).says("`output` is not a folder").prints_only("");
    sandbox.run("compile --check").exits(2).says("`output`");
    sandbox.run("compile --output output/below").exits(2).says("output/below");
    assert_eq!(sandbox.read("output"), "a file\n");
}

fn a_refused_run_leaves_no_folder() {
    let sandbox = Sandbox::new();
    sandbox.write("input/lab.yaml", platform("lab", "isolation: multi-user"));
    sandbox.replace("input/vision.yaml", "{contributors", "{clusters: [prod], contributors");
    sandbox.replace("input/audio.yaml", "{contributors", "{clusters: [prod], contributors");
    sandbox.run("compile --cluster lab --output new/deep/output").exits(2).says("no-namespaces");
    assert!(!sandbox.has("new"));
}

/// Runs a program that only some machines have, or let one use.
fn can(program: &str, arguments: &[&str], path: &Path) -> bool {
    let done = Command::new(program).args(arguments).arg(path).output().is_ok_and(|output| output.status.success());
    if !done {
        eprintln!("skipped: cannot use {program}");
    }
    done
}

fn a_folder_that_refuses_files() {
    let sandbox = Sandbox::compiled();
    let folder = sandbox.path("output/prod/tenants");
    sandbox.replace("input/vision.yaml", "{user: ada}", "{user: bob}");
    sandbox.write("input/lab.yaml", platform("lab", "selfService: deny"));
    sandbox.replace("input/vision.yaml", "{contributors", "{clusters: [prod, lab], contributors");
    sandbox.replace("input/audio.yaml", "{contributors", "{clusters: [prod, lab], contributors");
    if !can("chattr", &["+i"], &folder) {
        return;
    }
    let run = sandbox.changes_nothing("compile");
    assert!(can("chattr", &["-i"], &folder), "the folder stays locked");
    run.exits(2).says("error: cannot write `output/prod/tenants/vision.yaml`").prints_only("");
    assert!(!sandbox.has("output/lab"));
    // A file that cannot be replaced: the message says how far it came, and the next run ends it.
    sandbox.write("input/zoo.yaml", tenant("zoo", "{clusters: [prod]}"));
    if can("chattr", &["+i"], &sandbox.path(VISION)) {
        let run = sandbox.run("compile");
        assert!(can("chattr", &["-i"], &sandbox.path(VISION)), "the file stays locked");
        run.exits(2).says("cannot replace `output/prod/tenants/vision.yaml`").says("run the same command again");
        assert!(sandbox.tree("output").keys().all(|path| !path.contains(".tmp")));
        sandbox.run("compile").exits(0);
        sandbox.run("compile --check").exits(0);
    }
}

#[cfg(unix)]
fn a_folder_without_permissions() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::compiled();
    let set = |path: &str, mode| fs::set_permissions(sandbox.path(path), fs::Permissions::from_mode(mode));
    sandbox.replace("input/vision.yaml", "{user: ada}", "{user: bob}");
    let before = sandbox.tree("output");
    // To look is allowed, to write is not.
    for (folder, words, code) in [
        ("output/prod/tenants", "compile", 2),
        ("output/prod/tenants", "compile --check", 1),
        ("output", "compile --check", 1),
    ] {
        set(folder, 0o555).expect("permissions can be set");
        let run = sandbox.run_bound(words);
        set(folder, 0o755).expect("permissions can be set");
        let Some(run) = run else { return };
        let run = run.exits(code);
        if code == 2 {
            run.says("error: cannot write `output/prod/tenants/vision.yaml`").says("ermission denied");
        }
    }
    // What cannot be looked at could be anything.
    set("output/prod/tenants/vision.yaml", 0o000).expect("permissions can be set");
    let run = sandbox.run_bound("compile --check");
    set("output/prod/tenants/vision.yaml", 0o644).expect("permissions can be set");
    if let Some(run) = run {
        run.exits(2).says("--> output/prod/tenants/vision.yaml\n").says("permission denied");
    }
    assert!(before == sandbox.tree("output"));
}

#[cfg(not(unix))]
fn a_folder_without_permissions() {
    eprintln!("skipped: needs the permissions of a Unix");
}

fn a_disk_that_is_full() {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.path("disk")).expect("a folder can be made");
    if !can("mount", &["-t", "tmpfs", "-o", "size=64k", "tmpfs"], &sandbox.path("disk")) {
        return;
    }
    sandbox.run("compile --output disk/output").exits(0);
    let before = sandbox.tree("disk");
    for at in 0..40 {
        sandbox.write(&format!("input/many/{at}.yaml"), tenant(&format!("t{at}"), "{contributors: [{group: ml}]}"));
    }
    let full = sandbox.run("compile --output disk/output");
    let after = sandbox.tree("disk");
    assert!(can("umount", &[], &sandbox.path("disk")), "the disk stays mounted");
    full.exits(2).says("error: cannot write `disk/output/prod/tenants/").says("No space left").prints_only("");
    assert!(before == after, "a full disk left something behind");
}

fn a_cluster_that_is_gone_leaves_nothing() {
    let sandbox = Sandbox::new();
    sandbox.write("input/lab.yaml", platform("lab", "isolation: multi-user"));
    sandbox.replace("input/vision.yaml", "{contributors", "{clusters: [prod], contributors");
    sandbox.write("input/audio.yaml", tenant("audio", "{clusters: [lab], state: retired}"));
    sandbox.run("compile").exits(0);
    sandbox.remove("input/audio.yaml");
    sandbox.run("compile").exits(0).prints("1 removed");
    assert!(sandbox.has("output/lab/platform/objects") && sandbox.has("output/lab/tenants/.tenantry-shard"));
    // No tenant is left there to lead to the cluster's last file.
    sandbox.remove("input/lab.yaml");
    sandbox
        .changes_nothing("compile --check")
        .exits(1)
        .prints("left over  output/lab/platform/objects/self-service.yaml");
    sandbox.run("compile").exits(0).prints("3 removed");
    assert!(!sandbox.has("output/lab"));
}
