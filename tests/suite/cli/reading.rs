//! Inventories as they lie on a disk.

use std::fs;
use std::time::{Duration, Instant};

use super::Test;
use super::sandbox::{PEOPLE, PLATFORM, Sandbox, tenant};

pub const TESTS: &[Test] = &[
    ("not-utf8", not_utf8),
    ("huge-file-is-refused-unread", huge_file_is_refused_unread),
    ("links-inside-are-followed", links_inside_are_followed),
    ("links-to-the-outside-are-refused", links_to_the_outside_are_refused),
    ("links-nobody-reads-are-ignored", links_nobody_reads_are_ignored),
    ("a-loop-of-links-is-found", a_loop_of_links_is_found),
    ("unreadable-file-and-folder", unreadable_file_and_folder),
    ("hidden-files-are-skipped", hidden_files_are_skipped),
    ("byte-order-marks-and-windows-lines", byte_order_marks_and_windows_lines),
    ("nothing-to-read", nothing_to_read),
    ("pipes-are-not-waited-for", pipes_are_not_waited_for),
    ("one-file-or-many", one_file_or_many),
    ("odd-file-names", odd_file_names),
    ("folders-within-one-another", folders_within_one_another),
    ("paths-are-named-as-they-were-given", paths_are_named_as_they_were_given),
    ("all-is-reported-at-once", all_is_reported_at_once),
    ("a-package-loses-no-tenant", a_package_loses_no_tenant),
    ("a-link-makes-no-package", a_link_makes_no_package),
];

#[cfg(unix)]
use std::os::unix::fs::symlink;

fn not_utf8() {
    let sandbox = Sandbox::new();
    sandbox.write("input/latin.yaml", b"# one\n# caf\xe9\n");
    sandbox.run("check").exits(2).says("error[not-utf8]").says("--> input/latin.yaml").says("line 2");
    sandbox.changes_nothing("compile").exits(2);
}

fn huge_file_is_refused_unread() {
    let sandbox = Sandbox::new();
    let file = fs::File::create(sandbox.path("input/huge.yaml")).expect("a file can be made");
    file.set_len(1 << 30).expect("a file can be sparse");
    let started = Instant::now();
    sandbox.run("check").exits(2).says("error[file-too-large]").says("--> input/huge.yaml").says("1024 MiB");
    assert!(started.elapsed() < Duration::from_secs(2), "it was read: {:?}", started.elapsed());
}

#[cfg(unix)]
fn links_inside_are_followed() {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.path("input/teams")).expect("a folder can be made");
    fs::rename(sandbox.path("input/vision.yaml"), sandbox.path("input/teams/vision.txt")).expect("it can be moved");
    symlink("teams/vision.txt", sandbox.path("input/vision.yaml")).expect("a link can be made");
    sandbox.run("compile").exits(0);
    assert!(sandbox.has("output/prod/tenants/vision.yaml"));
    // The whole inventory may be a link, too.
    symlink("input", sandbox.path("linked")).expect("a link can be made");
    sandbox.run("compile linked --check").exits(0);
}

#[cfg(unix)]
fn links_to_the_outside_are_refused() {
    let sandbox = Sandbox::new();
    sandbox.write("elsewhere/secret.yaml", tenant("secret", "{}"));
    symlink("../elsewhere/secret.yaml", sandbox.path("input/file.yaml")).expect("a link can be made");
    symlink("../elsewhere", sandbox.path("input/folder")).expect("a link can be made");
    let run = sandbox.run("check").exits(2).says("error[outside-link]").says("2 errors");
    run.says("--> input/file.yaml").says("--> input/folder").says_no("secret");
}

#[cfg(unix)]
fn links_nobody_reads_are_ignored() {
    let sandbox = Sandbox::new();
    sandbox.write("README.md", "# ours\n");
    symlink("../README.md", sandbox.path("input/README.md")).expect("a link can be made");
    // How an editor marks a file as open.
    symlink("ada@host.4711:1", sandbox.path("input/.#vision.yaml")).expect("a link can be made");
    sandbox.run("check").exits(0).says_nothing();
    symlink("nowhere.yaml", sandbox.path("input/gone.yaml")).expect("a link can be made");
    sandbox.run("check").exits(2).says("error[unreadable-file]").says("--> input/gone.yaml");
}

#[cfg(unix)]
fn a_loop_of_links_is_found() {
    let sandbox = Sandbox::new();
    fs::create_dir(sandbox.path("input/teams")).expect("a folder can be made");
    symlink("..", sandbox.path("input/teams/again")).expect("a link can be made");
    let run = sandbox.run("check").exits(2).says("error[unreadable-file]").says("loop of symbolic links");
    run.says("--> input/teams/again").says("1 error\n");
}

#[cfg(unix)]
fn unreadable_file_and_folder() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::new();
    sandbox.write("input/closed/tenant.yaml", tenant("closed", "{}"));
    sandbox.write("input/private.yaml", tenant("private", "{}"));
    let set = |path: &str, mode| fs::set_permissions(sandbox.path(path), fs::Permissions::from_mode(mode));
    set("input/closed", 0o000).expect("permissions can be set");
    set("input/private.yaml", 0o000).expect("permissions can be set");
    if let Some(run) = sandbox.run_bound("check") {
        let run = run.exits(2).says("error[unreadable-file]").says("permission denied");
        run.says("--> input/closed\n").says("--> input/private.yaml\n").says("2 errors");
    }
    set("input/closed", 0o700).expect("permissions can be set");
}

#[cfg(unix)]
fn pipes_are_not_waited_for() {
    let sandbox = Sandbox::new();
    let made = std::process::Command::new("mkfifo").arg(sandbox.path("input/pipe.yaml")).status();
    if !made.is_ok_and(|status| status.success()) {
        eprintln!("skipped: there is no mkfifo");
        return;
    }
    sandbox.run("check").exits(2).says("error[unreadable-file]").says("--> input/pipe.yaml");
}

#[cfg(not(unix))]
use self::{
    skipped as a_link_makes_no_package, skipped as links_inside_are_followed,
    skipped as links_to_the_outside_are_refused, skipped as links_nobody_reads_are_ignored,
    skipped as a_loop_of_links_is_found, skipped as unreadable_file_and_folder, skipped as pipes_are_not_waited_for,
};

#[cfg(not(unix))]
fn skipped() {
    eprintln!("skipped: needs the file system of a Unix");
}

fn hidden_files_are_skipped() {
    let sandbox = Sandbox::new();
    for path in [".git/config.yaml", ".hidden.yaml", "teams/.draft/a.yaml", "notes.md", "data.json"] {
        sandbox.write(&format!("input/{path}"), "not: [an inventory\n");
    }
    sandbox.run("check").exits(0).says_nothing();
    // The inventory itself may lie in a hidden folder.
    fs::rename(sandbox.path("input"), sandbox.path(".input")).expect("a folder can be renamed");
    sandbox.run("check .input").exits(0).says_nothing();
}

fn byte_order_marks_and_windows_lines() {
    let sandbox = Sandbox::compiled();
    for file in ["platform", "people", "vision", "audio"] {
        let path = format!("input/{file}.yaml");
        sandbox.write(&path, format!("\u{FEFF}{}", sandbox.read(&path).replace('\n', "\r\n")));
    }
    sandbox.run("compile --check").exits(0).says_nothing();
    sandbox.replace("input/vision.yaml", "{user: ada}", "{user: nobody}");
    sandbox.run("check").exits(2).says("input/vision.yaml:4:30");
}

fn nothing_to_read() {
    let sandbox = Sandbox::empty();
    sandbox
        .run("check")
        .exits(2)
        .says("error[unreadable-file]")
        .says("--> input\n")
        .says("no such file")
        .says("1 error\n");
    sandbox.run("check no/such/").exits(2).says("--> no/such");
    fs::create_dir(sandbox.path("input")).expect("a folder can be made");
    sandbox.run("check").exits(2).says("error[empty-inventory]");
    sandbox.run("compile").exits(2).says("error[empty-inventory]");
    sandbox.write("input/empty.yaml", "");
    sandbox.write("input/comment.yaml", "# nothing\n---\n# at all\n");
    sandbox.run("check").exits(2).says("error[empty-inventory]");
    sandbox.run("check input/empty.yaml").exits(2).says("--> input/empty.yaml").says("not a folder");
    assert!(!sandbox.has("output"));
}

fn one_file_or_many() {
    let sandbox = Sandbox::compiled();
    let all: Vec<String> =
        ["vision", "people", "platform", "audio"].map(|file| sandbox.read(&format!("input/{file}.yaml"))).to_vec();
    fs::remove_dir_all(sandbox.path("input")).expect("a folder can be removed");
    sandbox.write("input/deep/down/everything.yml", all.join("---\n"));
    sandbox.run("compile --check").exits(0).says_nothing();
}

fn odd_file_names() {
    let sandbox = Sandbox::empty();
    sandbox.write("in put/Plattform für alle.yaml", PLATFORM);
    sandbox.write("in put/# 人々.yml", PEOPLE);
    sandbox.write("in put/a: b/'quoted' & more.yaml", tenant("vision", "{owner: nobody}"));
    let mut command = sandbox.command("check");
    let run = super::sandbox::run(command.arg("in put")).exits(2);
    run.says("--> in put/a: b/'quoted' & more.yaml:4:").says("error[unknown-user]");
}

fn folders_within_one_another() {
    let sandbox = Sandbox::new();
    for words in [
        "compile --output input/output",
        "compile --output input",
        "compile --output .",
        "compile --output ./input/../input/new",
        "compile --output missing/../input/new",
        "compile input --check -o input/output",
    ] {
        sandbox.run(words).exits(2).says("error[overlapping-folders]").prints_only("");
    }
    assert!(!sandbox.has("missing") && sandbox.tree("input").len() == 4);
    // A name that only begins alike is another folder.
    sandbox.run("compile --output input2").exits(0);
    #[cfg(unix)]
    {
        symlink("input", sandbox.path("alias")).expect("a link can be made");
        sandbox.run("compile --output alias/output").exits(2).says("error[overlapping-folders]");
        sandbox.run("compile alias --output input/output").exits(2).says("error[overlapping-folders]");
    }
    // One mistake is one finding: what was compiled is not read as documents.
    let sandbox = Sandbox::new();
    sandbox.run("compile").exits(0);
    sandbox.run("compile . --output output").exits(2).says("error[overlapping-folders]").says("error: 1 error\n");
}

fn paths_are_named_as_they_were_given() {
    let sandbox = Sandbox::new();
    sandbox.write("input/wrong.yaml", tenant("wrong", "{owner: nobody}"));
    sandbox.run("check ./input/").exits(2).says("--> input/wrong.yaml:4:");
    let absolute = sandbox.path("input");
    let absolute = absolute.to_str().expect("temporary folders have plain names");
    sandbox.run(&format!("check {absolute}")).exits(2).says(&format!("--> {absolute}/wrong.yaml:4:"));
    let inside = super::sandbox::run(sandbox.command("check .").current_dir(sandbox.path("input")));
    inside.exits(2).says("--> wrong.yaml:4:");
    // Whoever is inside of it and names nothing is told what to name; elsewhere that would be no help.
    let inside = super::sandbox::run(sandbox.command("check").current_dir(sandbox.path("input")));
    inside.exits(2).says("name it with `.`");
    Sandbox::empty().run("check").exits(2).says_no("name it with `.`");
}

fn all_is_reported_at_once() {
    let sandbox = Sandbox::new();
    sandbox.write("input/a.yaml", b"\xff");
    sandbox.write("input/b.yaml", "a: [\n");
    sandbox.write("input/c.yaml", tenant("c", "{ownr: ada}"));
    let run = sandbox.run("compile --output input/x").exits(2).says("4 errors");
    run.says("not-utf8").says("yaml-syntax").says("unknown-field").says("overlapping-folders");
}

/// What a package holds besides the inventory is left alone; what somebody meant for it is not.
fn a_package_loses_no_tenant() {
    let sandbox = Sandbox::new();
    sandbox.write("input/Kptfile", "apiVersion: kpt.dev/v1\nkind: Kptfile\nmetadata: {name: package}\n");
    let document = |version: &str, kind: &str| format!("{version}kind: {kind}\nmetadata: {{name: lost}}\n");
    for kind in ["Tenant", "Platform", "Directory"] {
        for version in [
            "",
            "apiVersion: \"\"\n",
            "apiVersion:\n",
            "apiVersion: tenantry.dev\n",
            "apiVersion: tenantri.dev/v1alpha1\n",
            "apiVersion: Tenantry.dev/v1alpha1\n",
        ] {
            sandbox.write("input/lost.yaml", document(version, kind));
            sandbox.run("check").exits(2).says("--> input/lost.yaml:1");
        }
    }
    for (version, kind) in [
        ("capsule.clastix.io/v1beta2", "Tenant"),
        ("minio.min.io/v2", "Tenant"),
        ("v1", "Tenant"),
        ("example.org/v1", "Platform"),
        ("v1", "ConfigMap"),
    ] {
        sandbox.write("input/lost.yaml", document(&format!("apiVersion: {version}\n"), kind));
        sandbox.run("check").exits(0).says_nothing();
    }
}

#[cfg(unix)]
fn a_link_makes_no_package() {
    let sandbox = Sandbox::new();
    sandbox.write("Kptfile", "apiVersion: kpt.dev/v1\nkind: Kptfile\nmetadata: {name: package}\n");
    sandbox.write("input/theirs.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: theirs}\n");
    symlink("../Kptfile", sandbox.path("input/Kptfile")).expect("a link can be made");
    sandbox.run("check").exits(2).says("--> input/theirs.yaml:3");
    fs::remove_file(sandbox.path("input/Kptfile")).expect("a link can be removed");
    fs::rename(sandbox.path("Kptfile"), sandbox.path("input/Kptfile")).expect("it can be moved");
    sandbox.run("check").exits(0).says_nothing();
}
