//! `compile --part I/N`: parts make up the whole, and no guard is easier to pass in parts.

use std::collections::BTreeSet;
use std::process::Stdio;

use tenantry::render::layout;

use super::Test;
use super::sandbox::{PLATFORM, Run, Sandbox, Tree, platform, tenant};

pub const TESTS: &[Test] = &[
    ("parts-make-up-the-whole", parts_make_up_the_whole),
    ("a-removal-split-over-parts-is-refused", a_removal_split_over_parts_is_refused),
    ("a-wrong-file-stops-every-part", a_wrong_file_stops_every_part),
    ("a-part-answers-for-its-files", a_part_answers_for_its_files),
    ("a-namespace-moves-within-one-part", a_namespace_moves_within_one_part),
    ("clusters-are-shared-out", clusters_are_shared_out),
    ("parts-of-stdout", parts_of_stdout),
    ("parts-wait-for-each-other", parts_wait_for_each_other),
    ("wrong-parts-are-refused", wrong_parts_are_refused),
];

/// An inventory of many tenants, not compiled.
fn sharded(shards: u16, tenants: usize) -> Sandbox {
    let sandbox = Sandbox::new();
    set(&sandbox, shards);
    many(&sandbox, tenants, "{contributors: [{group: ml}]}");
    sandbox
}

fn set(sandbox: &Sandbox, shards: u16) {
    let gitops = format!("{{engine: both, repoURL: \"https://git.example.org/x.git\", shards: {shards}}}");
    sandbox.write("input/platform.yaml", PLATFORM.replace("{engine: none}", &gitops));
}

fn many(sandbox: &Sandbox, tenants: usize, spec: &str) {
    let all: Vec<String> = (0..tenants).map(|at| tenant(&format!("t{at}"), spec)).collect();
    sandbox.write("input/many.yaml", all.join("---\n"));
}

fn paths_that_differ(one: &Tree, other: &Tree) -> BTreeSet<String> {
    one.keys().chain(other.keys()).filter(|path| one.get(*path) != other.get(*path)).cloned().collect()
}

fn namespaces(tree: &Tree) -> BTreeSet<String> {
    tree.keys().filter_map(|path| Some(layout::namespace_of(path)?.namespace.to_owned())).collect()
}

fn parts_make_up_the_whole() {
    for words in ["compile", "compile --layout kustomize"] {
        let whole = sharded(4, 30);
        whole.run(words).exits(0);
        let parts = sharded(4, 30);
        let mut seen = BTreeSet::new();
        for part in [3, 1, 2] {
            let before = parts.tree("output");
            parts.run(&format!("{words} --part {part}/3")).exits(0).prints(&format!("part {part}/3: "));
            let written = paths_that_differ(&before, &parts.tree("output"));
            assert!(!written.is_empty() && written.is_disjoint(&seen), "part {part} writes what another wrote");
            seen.extend(written);
        }
        assert!(whole.tree("output") == parts.tree("output"));
        parts.changes_nothing(&format!("{words} --check")).exits(0);
    }
}

fn a_removal_split_over_parts_is_refused() {
    let sandbox = sharded(4, 16);
    sandbox.run("compile").exits(0);
    many(&sandbox, 16, "{}");
    // 32 facts go: few of them in each shard, and more than anybody may take away at once.
    sandbox.changes_nothing("compile").exits(3).says("error[too-large-removal]");
    for part in 1..=4 {
        for more in ["", " --check"] {
            let run = sandbox.changes_nothing(&format!("compile --part {part}/4{more}")).exits(3);
            run.says("error[too-large-removal]").says("32 access facts of 53");
        }
    }
    // Nor does a namespace vanish in a part that does not hold it.
    many(&sandbox, 15, "{contributors: [{group: ml}]}");
    for part in 1..=4 {
        let run = sandbox.changes_nothing(&format!("compile --part {part}/4")).exits(3);
        run.says("error[unretired-removal]").says("t15");
    }
    for part in [2, 4, 1, 3] {
        sandbox.run(&format!("compile --part {part}/4 --allow-removal t15")).exits(0);
    }
    sandbox.changes_nothing("compile --check").exits(0);
}

fn a_wrong_file_stops_every_part() {
    let sandbox = sharded(4, 8);
    sandbox.run("compile").exits(0);
    let tree = sandbox.tree("output");
    let path = tree.keys().find(|path| layout::namespace_of(path).is_some()).expect("there are namespaces");
    let path = format!("output/{path}");
    let text = sandbox.read(&path);
    sandbox.write(&path, "kind: Foreign\n");
    for part in 1..=4 {
        sandbox.changes_nothing(&format!("compile --part {part}/4")).exits(2).says("error[foreign-file]").says(&path);
    }
    sandbox.write(&path, format!("{text}# by hand\n"));
    let mut mended = 0;
    for part in 1..=4 {
        let before = sandbox.read(&path);
        let run = sandbox.run(&format!("compile --part {part}/4")).exits(0);
        if before != text {
            run.says("warning[edited-file]").says(&path);
        }
        mended += usize::from(before != text && sandbox.read(&path) == text);
    }
    assert_eq!(mended, 1);
}

fn a_part_answers_for_its_files() {
    let sandbox = sharded(2, 8);
    sandbox.run("compile").exits(0);
    let place = sandbox.tree("output").into_keys().find(|path| path.ends_with("/t3.yaml")).expect("t3 is compiled");
    let (own, other) = if place.contains("shard-00") { ("1/2", "2/2") } else { ("2/2", "1/2") };
    sandbox.replace("input/many.yaml", "name: t3}\nspec: {contributors", "name: t3}\nspec: {owner: ada, contributors");
    let run = sandbox.changes_nothing(&format!("compile --check --part {own}")).exits(1);
    run.prints(&format!("stale  output/{place}")).says(&format!("part {own}: 1 file is not as compiled"));
    let run = sandbox.changes_nothing(&format!("compile --check --part {other}")).exits(0);
    run.prints(&format!("part {other}: ")).prints("as compiled");
    // What there is to say of the inventory, every part says.
    sandbox.write("input/old.yaml", tenant("old", "{contributors: [{user: root}]}"));
    for part in [own, other] {
        sandbox.run(&format!("compile --check --part {part}")).says("warning[owner-is-contributor]");
    }
}

fn a_namespace_moves_within_one_part() {
    let sandbox = sharded(1, 30);
    sandbox.run("compile").exits(0);
    let all = namespaces(&sandbox.tree("output"));
    set(&sandbox, 4);
    for part in 1..=3 {
        sandbox.changes_nothing(&format!("compile --part {part}/3")).exits(3).says("error[resharded]");
    }
    for part in [2, 1, 3] {
        sandbox.run(&format!("compile --part {part}/3 --allow-reshard")).exits(0);
        assert_eq!(namespaces(&sandbox.tree("output")), all, "after part {part}");
    }
    let fresh = sharded(4, 30);
    fresh.run("compile").exits(0);
    assert!(fresh.tree("output") == sandbox.tree("output"));
}

fn clusters_are_shared_out() {
    let sandbox = Sandbox::new();
    for name in ["lab", "test"] {
        sandbox.write(&format!("input/{name}.yaml"), platform(name, "removal: {minAdmins: 1}"));
    }
    for file in ["vision", "audio"] {
        sandbox.replace(&format!("input/{file}.yaml"), "spec: {", "spec: {clusters: [lab, prod, test], ");
    }
    for (part, cluster) in [(1, "lab"), (2, "prod"), (3, "test")] {
        sandbox.run(&format!("compile --part {part}/4")).exits(0).says_no("is empty");
        assert!(sandbox.has(&format!("output/{cluster}/tenants/vision.yaml")));
    }
    let run = sandbox.changes_nothing("compile --part 4/4").exits(0).prints("part 4/4: 0 files");
    run.says("note: the part 4/4 is empty: there are 3 shards to share");
    sandbox.changes_nothing("compile --part 1/4 --cluster prod").exits(0).says("the part 1/4 is empty");
    sandbox.changes_nothing("compile --check").exits(0);
}

fn parts_of_stdout() {
    let sandbox = sharded(4, 12);
    let documents = |text: &str| {
        let mut all: Vec<String> = text.split("---\n").skip(1).map(str::to_owned).collect();
        all.sort();
        all
    };
    let whole = documents(&sandbox.run("compile --stdout").exits(0).stdout);
    let parts: Vec<String> =
        (1..=3).map(|part| sandbox.run(&format!("compile --stdout --part {part}/3")).exits(0).stdout).collect();
    assert!(parts.iter().all(|text| !text.is_empty()));
    assert!(documents(&parts.concat()) == whole);
    sandbox.run("compile --stdout --part 5/5").exits(0).prints_only("").says("the part 5/5 is empty");
}

fn parts_wait_for_each_other() {
    let sandbox = sharded(4, 60);
    let start = |part: u8| {
        let mut command = sandbox.command(&format!("compile --part {part}/4"));
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts")
    };
    let runs: Vec<_> = (1..=4).map(start).collect();
    for run in runs {
        Run::of(run.wait_with_output().expect("it ends")).exits(0);
    }
    sandbox.changes_nothing("compile --check").exits(0);
}

fn wrong_parts_are_refused() {
    let sandbox = Sandbox::new();
    for part in ["0/4", "5/4", "2", "1/0", "a/b", "1/9999"] {
        sandbox.run(&format!("compile --part {part}")).exits(2).prints_only("").says("--part");
    }
    assert!(!sandbox.has("output"));
}
