use std::fs;
use std::path::Path;
use std::process::Command;
use tenantry::meter::Unmetered;

use super::Listing;
use super::place::{FIRST, Place, fails, names, shown};
use crate::cli::read;

#[test]
fn a_revision_is_what_was_committed_and_not_what_lies_there() {
    let place = Place::with_repository();
    place.write("main/input/b.yaml", "second\n");
    place.write("main/other/c.yaml", "other\n");
    place.commit("second");
    place.write("main/input/a.yaml", "changed\n");
    let repository = place.open("main");
    assert_eq!(names(&repository.inventory("HEAD~1", "input")), ["a.yaml"]);
    let input = repository.inventory("main", "input");
    assert_eq!(shown(&input).0[0], ("a.yaml".to_owned(), FIRST.to_owned()));
    assert_eq!((names(&input), input.prefix.as_str()), (vec!["a.yaml", "b.yaml"], "input"));
}

/// One folder with everything that a disk can hold, read both ways.
#[cfg(unix)]
#[test]
fn a_revision_is_read_as_a_folder_is() {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;
    let place = Place::with_repository();
    let input = |path: &str| format!("main/input/{path}");
    place.write(&input("mark.yaml"), "\u{FEFF}marked: 1\n");
    place.write(&input("latin.yaml"), b"one: 1\ntwo: \xE9\n");
    place.write(&input("README.md"), "no inventory\n");
    place.write(&input("templates/card.yaml.j2"), "{{ tenant }}\n");
    place.write(&input(".hidden/x.yaml"), "hidden\n");
    place.write(&input(".x.yaml"), "hidden\n");
    place.write(&input("sub folder/é \"quoted\".yml"), "odd name\n");
    place.write(&input("deep/er/x.yaml"), "deep\n");
    place.write("main/outside/y.yaml", "outside\n");
    let odd = [place.path("main/input").as_os_str().as_bytes(), b"/bad\xFF.yaml"].concat();
    fs::write(std::ffi::OsStr::from_bytes(&odd), "bad name\n").expect("a file");
    let links = [
        ("a.yaml", "link.yaml"),
        ("link.yaml", "again.yaml"),
        (".x.yaml", "of-hidden.yaml"),
        ("deep", "folder"),
        ("../../input/a.yaml", "deep/back.yaml"),
        ("../../outside/y.yaml", "deep/outside.yaml"),
        ("../outside", "outside"),
        ("../outside/y.yaml", "ignored.txt"),
        ("nowhere", "dangling.yaml"),
        ("nowhere", ".#dangling.yaml"),
        ("round.yaml", "round.yaml"),
        ("..", "deep/up"),
        ("a.yaml/x", "through-a-file.yaml"),
    ];
    for (target, link) in links {
        symlink(target, place.path(&input(link))).expect("a link");
    }
    place.commit("everything");
    let folder = place.path("main/input");
    let committed = place.open("main").inventory("HEAD", folder.to_str().expect("a path"));
    let mut on_disk = shown(&read::read(&folder, &Unmetered));
    // Systems have words of their own for two of these.
    for found in &mut on_disk.1 {
        *found = found.replace("too many levels of symbolic links", "it is a loop of symbolic links");
        *found = found.replace("not a directory", "no such file or directory");
    }
    let mut from_git = shown(&committed);
    for found in [&mut on_disk.1, &mut from_git.1] {
        found.sort();
    }
    assert_eq!(from_git, on_disk);
    assert!(names(&committed).contains(&"folder/er/x.yaml") && from_git.1.len() >= 8, "{from_git:?}");
}

#[test]
fn what_cannot_be_an_inventory_says_so() {
    let place = Place::with_repository();
    place.write("main/input/b.yaml", "second\n");
    place.commit("second");
    place.git(".", "clone --quiet main other");
    place.git("main", "submodule --quiet add ../other input/other");
    place.git("main", "submodule --quiet add ../other nested");
    place.write("main/file", "a file\n");
    let huge = fs::File::create(place.path("main/input/huge.yaml")).expect("a file");
    huge.set_len((64 << 20) + 1).expect("a long file");
    place.commit("third");
    let repository = place.open("main");
    let (_, found) = shown(&repository.inventory("HEAD", "input"));
    assert!(found[0].contains("64 MiB, and 64 are allowed") && found[1].contains("submodule"), "{found:?}");
    let only = |input: &str| shown(&repository.inventory("HEAD", input)).1.join(" ");
    assert!(only("file").contains("it is not a folder"));
    assert!(only("absent").contains("no such file or directory"));
    assert!(only("input/absent/deep").contains("no such file or directory"));
    assert!(!repository.listing("HEAD", "absent").is_there() && repository.listing("HEAD", "file").is_there());
    // Without its files checked out, a submodule is a folder of this repository.
    place.git("main", "submodule --quiet deinit --force nested");
    assert!(only("nested/input").contains("it is in a submodule"));
}

#[cfg(unix)]
#[test]
fn the_folder_itself_may_be_a_link() {
    use std::os::unix::fs::symlink;
    let place = Place::with_repository();
    place.git("main", "mv input real");
    symlink("real", place.path("main/input")).expect("a link");
    symlink("..", place.path("main/out")).expect("a link");
    fs::create_dir(place.path("main/sites")).expect("a folder");
    symlink("../input", place.path("main/sites/eu")).expect("a link");
    place.commit("moved");
    symlink("sites/eu", place.path("main/late")).expect("a link");
    let repository = place.open("main");
    assert_eq!(names(&repository.inventory("HEAD~1", "input")), ["a.yaml"]);
    for input in ["input", "sites/eu", "real", "input/."] {
        assert_eq!(names(&repository.inventory("HEAD", input)), ["a.yaml"], "{input}");
    }
    assert!(shown(&repository.inventory("HEAD", "out")).1[0].contains("leads out of the repository"));
    // A folder that the work tree does not have any more, behind a link.
    fs::remove_file(place.path("main/input")).expect("a link");
    assert_eq!(names(&repository.inventory("HEAD", "input")), ["a.yaml"]);
}

#[test]
fn the_index_is_what_would_be_committed() {
    let place = Place::with_repository();
    place.write("main/input/b.yaml", "staged\n");
    place.write("main/b.yaml", "elsewhere\n");
    place.git("main", "add --all");
    place.write("main/input/b.yaml", "not staged\n");
    place.write("main/input/c.yaml", "not staged\n");
    let index = fs::read(place.path("main/.git/index")).expect("the index");
    for (folder, input) in [("main", "input"), ("main/input", "."), (".", "main/input")] {
        let repository = place.open_with(folder, input, &[]).expect("a repository");
        let listing =
            repository.list_staged(&repository.folder(Path::new(input)).expect("a folder")).expect("a listing");
        let [read] = repository.read_inventories([&listing]).expect("an inventory");
        let files = shown(&read).0;
        let wanted = [("a.yaml", FIRST), ("b.yaml", "staged\n")].map(|(name, text)| (name.to_owned(), text.to_owned()));
        assert_eq!(files, wanted, "{folder}");
    }
    assert!(index == fs::read(place.path("main/.git/index")).expect("the index"), "the index was written");
}

#[test]
fn a_conflict_is_nothing_to_commit() {
    let place = Place::with_repository();
    place.git("main", "branch change");
    place.write("main/input/a.yaml", "one\n");
    place.commit("one");
    place.git("main", "checkout --quiet change");
    place.write("main/input/a.yaml", "other\n");
    place.commit("other");
    let mut merge = Command::new("git");
    merge
        .args(["-c", "user.name=a", "-c", "user.email=a@b", "merge", "--quiet", "main"])
        .current_dir(place.path("main"));
    let merge = merge.output().expect("git");
    assert!(!merge.status.success());
    let repository = place.open("main");
    fails(repository.list_staged(&repository.folder(Path::new("input")).expect("a folder")), "is in conflict");
}

/// Folders in each other, links, what is no folder and what is not there: each is listed as it is alone.
#[cfg(unix)]
#[test]
fn folders_are_listed_together_as_alone() {
    let place = Place::with_repository();
    place.write("main/input/b.yaml", "second\n");
    place.write("main/input/deep/c.yaml", "third\n");
    place.write("main/inputs/d.yaml", "begins alike\n");
    place.write("main/output/e.yaml", "other\n");
    std::os::unix::fs::symlink("input/deep", place.path("main/link")).expect("a link");
    place.commit("second");
    place.write("main/input/deep/f.yaml", "staged\n");
    place.git("main", "add --all");
    let repository = place.open("main");
    let commit = repository.commit("HEAD");
    let named = |names: [&str; 3]| names.map(|name| repository.folder(Path::new(name)).expect("a folder"));
    let shown = |listing: &Listing| format!("{:?} {:?} {:?}", listing.path, listing.found, listing.entries.keys());
    for names in [["input", "output", "link"], [".", "input/deep", "input"], ["absent", "input/a.yaml", "inputs"]] {
        let folders = named(names);
        let [one, two, three] = &folders;
        let together = repository.list_all(&commit, [one, two, three]).expect("listings");
        for (folder, listing) in folders.iter().zip(&together) {
            let alone = repository.list(&commit, folder).expect("a listing");
            assert_eq!((shown(listing), &listing.entries), (shown(&alone), &alone.entries), "{names:?}");
        }
        let staged = repository.list_all_staged([one, two, three]).expect("listings");
        for (folder, listing) in folders.iter().zip(&staged) {
            assert_eq!(shown(listing), shown(&repository.list_staged(folder).expect("a listing")), "{names:?}");
        }
    }
    let [input, output, link] = &named(["input", "output", "link"]);
    let listings = repository.list_all(&commit, [input, output, link]).expect("listings");
    assert_eq!(listings.map(|listing| listing.entries.len()), [3, 1, 1]);
}

#[test]
fn what_two_revisions_share_is_read_once() {
    let place = Place::with_repository();
    place.write("main/input/b.yaml", "same\n");
    place.commit("second");
    place.write("main/input/a.yaml", "other\n");
    place.commit("third");
    let repository = place.open("main");
    let listings = [repository.listing("HEAD~1", "input"), repository.listing("HEAD", "input")];
    let sides = repository.read_inventories([&listings[0], &listings[1]]).expect("two inventories");
    let address = |side: usize, name: &str| {
        let sources = &sides[side].sources;
        sources.file(sources.find(name).expect("a file")).text().as_ptr()
    };
    assert_eq!(address(0, "b.yaml"), address(1, "b.yaml"));
    assert_ne!(address(0, "a.yaml"), address(1, "a.yaml"));
}

#[test]
fn compiled_files_are_told_from_others() {
    let place = Place::with_repository();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sample = walkdir::WalkDir::new(root.join("output")).sort_by_file_name().into_iter().filter_map(Result::ok);
    let sample = sample.map(walkdir::DirEntry::into_path).find(|path| path.extension().is_some_and(|it| it == "yaml"));
    let sample = fs::read_to_string(sample.expect("a compiled file")).expect("text");
    place.write("main/output/prod/tenants/a.yaml", &sample);
    place.write("main/output/prod/tenants/edited.yaml", [sample.as_bytes(), b"\xFF\n"].concat());
    place.write("main/output/prod/tenants/foreign.yaml", "kind: Foreign\n");
    place.write("main/output/README.md", &sample);
    place.write("main/output/.git-keep.yaml", &sample);
    place.commit("compiled");
    let repository = place.open("main");
    let output = repository.read_output(&repository.listing("HEAD", "output")).expect("an output");
    assert_eq!(output.keys().collect::<Vec<_>>(), ["prod/tenants/a.yaml", "prod/tenants/edited.yaml"]);
    assert_eq!(output["prod/tenants/a.yaml"], sample);
    assert!(repository.read_output(&repository.listing("HEAD~1", "output")).expect("none").is_empty());
}

/// Twenty thousand files in each of two revisions, one of them changed.
#[test]
fn many_files_are_read_at_once() {
    let place = Place::new();
    place.git(".", "init --quiet --initial-branch=main main");
    let mut stream = String::from("commit refs/heads/main\ncommitter a <a@b> 0 +0000\ndata 0\n");
    for at in 0..20_000 {
        let text = format!("number: {at}\n{}", "# filling\n".repeat(20));
        stream.push_str(&format!("M 100644 inline input/{:02}/{at}.yaml\ndata {}\n{text}\n", at % 100, text.len()));
    }
    stream.push_str("commit refs/heads/main\ncommitter a <a@b> 1 +0000\ndata 0\n");
    stream.push_str("M 100644 inline input/00/0.yaml\ndata 8\nchanged\n\n");
    place.write("stream", stream);
    let mut import = Command::new("git");
    import.args(["fast-import", "--quiet"]).current_dir(place.path("main"));
    let import = import.stdin(fs::File::open(place.path("stream")).expect("a file")).output().expect("git");
    assert!(import.status.success(), "{}", String::from_utf8_lossy(&import.stderr));
    let repository = place.open("main");
    let listings = [repository.listing("HEAD~1", "input"), repository.listing("HEAD", "input")];
    let sides = repository.read_inventories([&listings[0], &listings[1]]).expect("two inventories");
    assert_eq!(sides.iter().map(|side| side.sources.files().len()).collect::<Vec<_>>(), [20_000, 20_000]);
    let file = sides[1].sources.find("00/0.yaml").expect("the changed one");
    assert_eq!(sides[1].sources.file(file).text(), "changed\n");
}
