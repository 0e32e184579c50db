//! What is left to do so that git runs the hooks that were written.

use std::path::Path;

use super::HOOKS;
use crate::cli::hook::word;
use crate::cli::revision::Repository;

/// What to do for a repository, a sentence each. Nothing of git's configuration is changed for anybody.
pub fn advice(dir: &Path) -> Vec<String> {
    let mut advice = Vec::new();
    let folder = Repository::open(dir).and_then(|it| Ok((it.folder(&dir.join(HOOKS))?, it.folder(dir)?, it)));
    let (path, above, repository) = match &folder {
        Ok((hooks, above, repository)) => (hooks.path.as_slice(), above.path.as_slice(), Some(repository)),
        Err(_) => (HOOKS.as_bytes(), &[][..], None),
    };
    let path = String::from_utf8_lossy(path).into_owned();
    let switch = format!("git config core.hooksPath {}", word(&path));
    let set = repository.and_then(|repository| repository.hooks_path().ok().flatten());
    match set.as_deref().map(|set| set.trim_end_matches('/')) {
        Some(set) if set == path => advice.push("core.hooksPath names this folder, so git runs them".to_owned()),
        Some(set) => advice.push(format!(
            "core.hooksPath is `{set}`, so git does not look here; call `tenantry hook pre-commit` in `{set}/pre-commit`"
        )),
        None => {
            advice.push(format!("to have git run them, in each clone: `{switch}`"));
            let there = repository.and_then(|repository| repository.own_hooks().ok()).unwrap_or_default();
            if !there.is_empty() {
                advice.push(format!(
                    "git would then no longer run what is in the repository's own folder of hooks (`{}`); to keep that, add \
                     `tenantry hook pre-commit` there instead",
                    there.join("`, `")
                ));
            }
        }
    }
    if !above.is_empty() {
        let above = String::from_utf8_lossy(above);
        let [input, output] = ["input", "output"].map(|it| word(&format!("{above}/{it}")));
        advice.push(format!(
            "the inventory is not at the root of the repository: `git config tenantry.input {input}` and `git config \
             tenantry.output {output}` tell the hooks"
        ));
    }
    advice.push(format!("for a git server, copy `{path}/pre-receive` to `hooks/pre-receive` of the repository there"));
    advice
}
