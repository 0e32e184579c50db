use crate::cli::revision::place::{Place, fails};

#[test]
fn revisions_are_never_options() {
    let place = Place::with_repository();
    place.git_with("main", &["update-ref", "refs/heads/--help", "HEAD"]);
    let repository = place.open("main");
    for revision in ["-x", "--help", "--all", "", "a\nb"] {
        fails(repository.resolve(revision), "is no revision");
    }
    for revision in ["absent", "main..main", "HEAD:input", "HEAD^{tree}", "0123456789", "main; touch x"] {
        fails(repository.resolve(revision), "there is no revision");
    }
    assert_eq!(repository.commit("refs/heads/--help").id, repository.commit("main").id);
}

#[test]
fn two_revisions_are_found_as_each_is() {
    let place = Place::with_repository();
    place.commit("second");
    place.git("main", "tag --annotate --message=x v1.0 HEAD~1");
    let repository = place.open("main");
    let id = repository.commit("HEAD").id;
    for names in [["HEAD~1", "main"], ["v1.0", &id.as_str()[..9]], ["HEAD", "HEAD"], ["refs/tags/v1.0", "@"]] {
        let both = repository.resolve_both(names).expect("both are there");
        assert_eq!(both, names.map(|name| repository.commit(name)));
    }
    for wrong in ["absent", "HEAD:input", "^HEAD", "HEAD..main", "", "--all", "a\nHEAD", "HEAD missing"] {
        for names in [["HEAD", wrong], [wrong, "HEAD"]] {
            let alone = repository.resolve(wrong).expect_err("it names no commit");
            fails(repository.resolve_both(names), &format!("{alone:#}"));
        }
    }
    fails(repository.resolve_both(["one", "two"]), "`one`");
}

#[test]
fn a_change_is_judged_against_where_it_began() {
    let place = Place::with_repository();
    place.git("main", "branch change");
    place.write("main/input/b.yaml", "others\n");
    place.commit("others");
    place.git("main", "checkout --quiet change");
    place.write("main/input/c.yaml", "ours\n");
    place.git("main", "add --all");
    place.git_with("main", &["commit", "--quiet", "--message=ours", "--author=Bob <bob@example.org>"]);
    place.write("main/input/c.yaml", "ours again\n");
    place.commit("ours again");
    let repository = place.open("main");
    let (base, head) = (repository.commit("main"), repository.commit("change"));
    let parted = repository.merge_base(&base, &head).expect("they have one");
    assert_eq!((parted.name.as_str(), &parted.id), ("main...change", &repository.commit("main~1").id));
    assert_eq!(repository.merge_base(&parted, &head).expect("itself"), parted);
    let authors: Vec<String> = repository.authors(&base, &head).expect("authors").into_iter().collect();
    assert_eq!(authors, ["ada@example.org", "bob@example.org"]);
    assert!(repository.authors(&head, &head).expect("none").is_empty());
    place.git("main", "checkout --quiet --orphan alone");
    place.commit("alone");
    fails(repository.merge_base(&base, &repository.commit("alone")), "have no commit in common");
}

/// What is advised is typed word for word, in a clone of one branch and in one as GitHub's workflows make it.
#[test]
fn what_a_shallow_clone_advises_helps() {
    let place = Place::with_repository();
    place.git("main", "checkout --quiet -b change");
    place.commit("ours");
    place.git("main", "checkout --quiet main");
    place.commit("others");
    place.git("main", "merge --quiet --no-ff --message=merge change");
    place.git("main", "update-ref refs/pull/1/merge HEAD");
    place.git("main", "reset --quiet --hard HEAD~1");
    let url = format!("file://{}", place.path("main").display());
    place.git(".", &format!("clone --quiet --depth=1 --branch=change {url} branch"));
    place.git(".", "init --quiet --initial-branch=main pull");
    place.git("pull", &format!("remote add origin {url}"));
    place.git("pull", "fetch --quiet --no-tags --depth=1 origin +refs/pull/1/merge:refs/remotes/pull/1/merge");
    place.git("pull", "checkout --quiet --force refs/remotes/pull/1/merge");
    for clone in ["branch", "pull"] {
        let repository = place.open(clone);
        let fetch = |revision: &str| {
            let said = format!("{:#}", repository.resolve(revision).expect_err("it is not there"));
            let typed = said.split('`').find_map(|part| part.strip_prefix("git ")).expect("advice").replace('\'', "");
            place.git(clone, &typed);
        };
        fetch("origin/main");
        let (base, head) = (repository.commit("origin/main"), repository.commit("HEAD"));
        assert!(repository.merge_base(&base, &head).is_ok(), "{clone}");
        assert!(repository.authors(&base, &head).is_ok_and(|authors| !authors.is_empty()), "{clone}");
        assert!(repository.resolve("HEAD~1").is_ok(), "{clone}");
    }
}

#[test]
fn a_shallow_clone_says_what_to_fetch() {
    let place = Place::with_repository();
    place.git("main", "branch change");
    place.commit("others");
    place.git("main", "checkout --quiet change");
    place.commit("ours");
    let url = format!("file://{}", place.path("main").display());
    place.git(".", &format!("clone --quiet --depth=1 --branch=change {url} shallow"));
    let shallow = place.open("shallow");
    let fetch = "`git fetch --unshallow origin '+refs/heads/main:refs/remotes/origin/main'`";
    fails(shallow.resolve("origin/main"), fetch);
    fails(shallow.resolve("main~1"), &format!("{fetch} and name it `origin/main~1`"));
    fails(shallow.resolve("v1.2"), "`git fetch --unshallow origin tag v1.2`");
    let pull = "`git fetch --unshallow origin '+refs/pull/1/merge:refs/pull/1/merge'`";
    fails(shallow.resolve("refs/pull/1/merge"), pull);
    fails(shallow.resolve("0123456"), "`git fetch --unshallow origin`");
    fails(shallow.resolve("HEAD~1"), "`git fetch --unshallow origin`");
    place
        .git_with("shallow", &["fetch", "--quiet", "--depth=1", "origin", "+refs/heads/main:refs/remotes/origin/main"]);
    let (base, head) = (shallow.commit("origin/main"), shallow.commit("HEAD"));
    fails(shallow.resolve("main"), "did you mean `origin/main`?");
    fails(shallow.merge_base(&base, &head), "`git fetch --unshallow`");
    // What was said helps.
    place.git_with("shallow", &["fetch", "--quiet", "--unshallow", "origin"]);
    assert_eq!(shallow.merge_base(&base, &head).expect("it is there now").id, shallow.commit("HEAD~1").id);
    fails(shallow.resolve("origin/absent"), "`git fetch origin '+refs/heads/absent:refs/remotes/origin/absent'`");
}
