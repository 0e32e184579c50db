use std::fs;
use std::path::Path;

use crate::cli::revision::place::{FIRST, Place, fails, names, shown};

#[test]
fn a_bare_repository_needs_no_checkout() {
    let place = Place::with_repository();
    place.write("main/hooks/x.yaml", "a folder that is called like one of git's\n");
    place.commit("second");
    place.git(".", "clone --quiet --bare main bare.git");
    for (folder, input) in [("bare.git", "input"), (".", "bare.git/input"), ("bare.git", "./input/")] {
        let repository = place.open_with(folder, input, &[]).expect("a repository");
        assert_eq!(names(&repository.inventory("main", input)), ["a.yaml"], "{folder}");
    }
    assert_eq!(names(&place.open("bare.git").inventory("HEAD", "hooks")), ["x.yaml"]);
    // As a hook of a repository with a work tree is started: in its own folder.
    let directory = Path::new(".");
    let hook = place.open_with("main/.git", "input", &[("GIT_DIR", directory)]).expect("a repository");
    assert_eq!(names(&hook.inventory("main", "input")), ["a.yaml"]);
    fails(hook.folder(Path::new("../../elsewhere")), "is not in the repository");
}

/// Git prints paths line by line, and a path can have lines.
#[cfg(unix)]
#[test]
fn a_repository_may_have_lines_in_its_path() {
    let place = Place::with_repository();
    for folder in ["a\nb", "c\n", "bare\nd.git"] {
        let bare: &[&str] = if folder.starts_with("bare") { &["--bare"] } else { &[] };
        place.git_with(".", &[&["clone", "--quiet"], bare, &["main", folder]].concat());
        let repository = place.open(folder);
        assert_eq!(names(&repository.inventory("HEAD", "input")), ["a.yaml"], "{folder:?}");
        assert_eq!(repository.is_bare().expect("an answer"), folder.starts_with("bare"));
    }
    // A working tree elsewhere.
    fs::create_dir_all(place.path("e\nf")).expect("a folder");
    place.git_with("main", &["config", "core.worktree", place.path("e\nf").to_str().expect("a path")]);
    let top = place.open_with("main/.git", "input", &[]).expect("a repository").top;
    assert_eq!(top, place.path("e\nf").canonicalize().ok());
}

#[test]
fn paths_are_relative_to_the_current_folder() {
    let place = Place::with_repository();
    place.write("main/sub/README", "");
    place.commit("second");
    place.git("main", "worktree add --quiet --detach ../tree");
    for (folder, input) in
        [("main/sub", "../input"), ("main/input", "."), ("tree", "input"), (".", "main/sub/../input")]
    {
        let repository = place.open_with(folder, input, &[]).expect("a repository");
        let read = repository.inventory("HEAD", input);
        assert_eq!((names(&read), read.prefix.as_str()), (vec!["a.yaml"], input));
    }
    let repository = place.open("main");
    fails(repository.folder(Path::new("..")), "is not in the repository");
    fails(place.open_with(".", "input", &[]), "is in no git repository");
}

#[test]
fn a_hook_sees_its_own_index_and_nobody_elses() {
    let place = Place::with_repository();
    place.git(".", "clone --quiet main other");
    place.write("main/input/b.yaml", "partial\n");
    let mut partial = place.variables.clone();
    partial.insert("GIT_INDEX_FILE".into(), ".git/next-index-1.lock".into());
    let partial = Place { folder: place.folder, variables: partial };
    partial.git("main", "add input/b.yaml");
    assert_eq!(names(&partial.open("main").staged()), ["b.yaml"]);
    // `git commit --only` names the index alone; a linked work tree names the repository too.
    let git = partial.path("main/.git");
    let absolute = git.join("next-index-1.lock");
    let in_hook = [("GIT_DIR", git.as_path()), ("GIT_INDEX_FILE", absolute.as_path())];
    assert_eq!(names(&partial.open_with("main", "input", &in_hook).expect("a repository").staged()), ["b.yaml"]);
    assert_eq!(names(&partial.open_with("other", "input", &in_hook).expect("a repository").staged()), ["a.yaml"]);
    let index_alone = [("GIT_INDEX_FILE", absolute.as_path())];
    assert_eq!(names(&partial.open_with("other", "input", &index_alone).expect("a repository").staged()), ["a.yaml"]);
}

#[test]
fn objects_in_quarantine_are_seen() {
    let place = Place::with_repository();
    place.git(".", "clone --quiet --bare main bare.git");
    place.write("main/input/a.yaml", "pushed\n");
    let pushed = place.commit("pushed");
    // What git receives before a hook has agreed.
    place.write("bare.git/objects/incoming/x", "");
    let (quarantine, objects) = (place.path("bare.git/objects/incoming"), place.path("bare.git/objects"));
    let from = place.path("main/.git/objects");
    for entry in walkdir::WalkDir::new(&from).into_iter().filter_map(Result::ok).filter(|it| it.file_type().is_file()) {
        let to = quarantine.join(entry.path().strip_prefix(&from).expect("below"));
        fs::create_dir_all(to.parent().expect("a folder")).expect("folders");
        fs::copy(entry.path(), to).expect("a copy");
    }
    fails(place.open("bare.git").resolve(&pushed), "there is no revision");
    let variables = [
        ("GIT_DIR", Path::new(".")),
        ("GIT_QUARANTINE_PATH", &quarantine),
        ("GIT_OBJECT_DIRECTORY", &quarantine),
        ("GIT_ALTERNATE_OBJECT_DIRECTORIES", &objects),
    ];
    let hook = place.open_with("bare.git", "input", &variables).expect("a repository");
    assert_eq!(shown(&hook.inventory(&pushed, "input")).0[0].1, "pushed\n");
    assert_eq!(shown(&hook.inventory("main", "input")).0[0].1, FIRST);
}

/// Nothing that a repository configures is run, and nothing that it replaces is believed.
#[cfg(unix)]
#[test]
fn a_repository_runs_nothing() {
    let place = Place::with_repository();
    place.write("program", "#!/bin/sh\ntouch \"$(dirname \"$0\")/ran\"\n");
    let mut permissions = fs::metadata(place.path("program")).expect("a file").permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut permissions, 0o755);
    fs::set_permissions(place.path("program"), permissions).expect("a program");
    place.write("main/.gitattributes", "* diff=x filter=x\n");
    place.commit("second");
    let program = place.path("program").display().to_string();
    let settings = [
        "core.fsmonitor",
        "core.pager",
        "core.sshCommand",
        "diff.external",
        "diff.x.textconv",
        "filter.x.smudge",
        "gpg.program",
        "alias.ls-tree",
        "pager.ls-tree",
        "core.editor",
        "core.askPass",
        "credential.helper",
    ];
    for setting in settings {
        place.git_with("main", &["config", setting, &program]);
    }
    place.git_with("main", &["config", "log.showSignature", "true"]);
    place.write("replacement", "replaced\n");
    let replacement = place.git("main", "hash-object -w --no-filters ../replacement");
    let original = place.git("main", "rev-parse HEAD:input/a.yaml");
    let _ = fs::remove_file(place.path("ran"));
    place.write(&format!("main/.git/refs/replace/{original}"), format!("{replacement}\n"));
    let repository = place.open("main");
    assert_eq!(shown(&repository.inventory("HEAD", "input")).0[0].1, FIRST);
    assert_eq!(names(&repository.staged()), ["a.yaml"]);
    let commit = repository.commit("HEAD");
    repository.authors(&repository.commit("HEAD~1"), &commit).expect("authors");
    repository.merge_base(&commit, &commit).expect("itself");
    assert!(!place.path("ran").exists(), "a program of the repository was run");
}

#[cfg(unix)]
#[test]
fn the_repository_of_another_user_is_refused_with_a_way_on() {
    use std::os::unix::fs::{MetadataExt, chown};
    let place = Place::with_repository();
    if place.path("main").metadata().expect("a folder").uid() != 0 {
        eprintln!("skipped: only root can give a repository away");
        return;
    }
    for path in ["main", "main/.git"] {
        chown(place.path(path), Some(65_534), None).expect("root may");
    }
    let error = place.open_with("main", "input", &[]).expect_err("git refuses").to_string();
    let real = place.path("main").canonicalize().expect("a path");
    assert!(
        error.contains("belongs to another user")
            && error.contains(&format!("--add safe.directory {}", real.display()))
    );
}

#[test]
fn a_clone_without_contents_says_so() {
    let place = Place::with_repository();
    place.git("main", "config uploadpack.allowFilter true");
    let url = format!("file://{}", place.path("main").display());
    place.git(".", &format!("clone --quiet --no-checkout --filter=blob:none {url} partial"));
    let repository = place.open("partial");
    match repository.read_inventories([&repository.listing("HEAD", "input")]) {
        // Newer versions of git say so object by object, older ones stop.
        Ok(inputs) => assert!(shown(&inputs[0]).1[0].contains("clone again without `--filter`")),
        Err(error) => assert!(error.to_string().contains("git cannot read objects"), "{error}"),
    }
}
