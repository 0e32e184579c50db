//! What a hook is told: by options, by git's configuration, and else by the defaults.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use tenantry::diag::catalog::read as catalog;
use tenantry::diag::suggest::nearest;
use tenantry::guard::Allowed;
use tenantry::render::layout::Layout;

use crate::cli::args::{Fresh, HookFolders, LayoutChoice};
use crate::cli::diff::Condition;
use crate::cli::revision::{Folder, Repository};

/// The section of git's configuration.
const SECTION: &str = "tenantry";

/// The settings that there are, as git spells them and as people do.
const KNOWN: [(&str, &str); 7] = [
    ("allowremoval", "allowRemoval"),
    ("allowreshard", "allowReshard"),
    ("input", "input"),
    ("layout", "layout"),
    ("output", "output"),
    ("precommit", "preCommit"),
    ("ref", "ref"),
];

/// What a hook goes by.
#[derive(Debug)]
pub struct Settings {
    /// The inventory.
    pub input: Folder,
    /// The compiled output.
    pub output: Folder,
    /// How folders of tenants are read.
    pub layout: Layout,
    /// What is meant, although a guard would refuse it.
    pub allowed: Allowed,
    /// When the output has to be fresh.
    pub fresh: Fresh,
    /// What else is refused.
    pub conditions: Vec<Condition>,
    /// Whether a commit's output is compiled and staged.
    pub stages: bool,
    /// The branches that a push is judged for.
    pub references: Vec<String>,
}

impl Settings {
    /// Reads the settings of a repository. A setting that is misspelt is an error: it was meant to guard something.
    pub fn read(options: &HookFolders, repository: &Repository) -> Result<Settings> {
        let mut settings = Settings {
            input: Repository::folder_below_root(Path::new("input"))?,
            output: Repository::folder_below_root(Path::new("output"))?,
            layout: Layout::Plain,
            allowed: Allowed::default(),
            fresh: options.require_fresh,
            conditions: options.fail_on.iter().map(|name| Condition::parse(name)).collect::<Result<_>>()?,
            stages: false,
            references: Vec::new(),
        };
        for setting in repository.settings(SECTION)? {
            let Some((_, name)) = KNOWN.iter().find(|(lower, _)| *lower == setting.name) else {
                let hint = nearest(&setting.name, KNOWN.iter().map(|(lower, _)| *lower));
                let hint = hint.and_then(|hint| KNOWN.iter().find(|(lower, _)| *lower == hint));
                let hint = hint.map(|(_, name)| format!("; did you mean `{SECTION}.{name}`?")).unwrap_or_default();
                bail!("git's configuration has `{SECTION}.{}`, which is no setting{hint}", setting.name);
            };
            let value = setting.value.as_deref();
            settings.set(name, value).with_context(|| format!("git's configuration of `{SECTION}.{name}`"))?;
        }
        settings.told(options)?;
        settings.check()?;
        Ok(settings)
    }

    fn set(&mut self, name: &str, value: Option<&str>) -> Result<()> {
        // A name that stands alone is how git spells `true`.
        if name == "allowReshard" {
            self.allowed.reshard = match value.map(str::to_ascii_lowercase).as_deref() {
                None | Some("true" | "yes" | "on" | "1") => true,
                Some("false" | "no" | "off" | "0" | "") => false,
                Some(other) => bail!("`{other}` is neither true nor false"),
            };
            return Ok(());
        }
        let value = value.filter(|value| !value.is_empty()).context("it has no value")?;
        match name {
            "input" => self.input = Repository::folder_below_root(Path::new(value))?,
            "output" => self.output = Repository::folder_below_root(Path::new(value))?,
            "layout" => {
                let layout = LayoutChoice::from_str(value, false);
                self.layout = layout.ok().with_context(|| format!("`{value}` is not plain or kustomize"))?.layout();
            }
            "preCommit" => {
                self.stages = match value {
                    "check" => false,
                    "stage" => true,
                    _ => bail!("`{value}` is not check or stage"),
                };
            }
            "allowRemoval" => {
                self.allowed.removal.insert(value.to_owned());
            }
            _ => self.references.push(value.to_owned()),
        }
        Ok(())
    }

    fn told(&mut self, options: &HookFolders) -> Result<()> {
        let folder = |path: &Option<PathBuf>| path.as_deref().map(Repository::folder_below_root).transpose();
        if let Some(input) = folder(&options.input)? {
            self.input = input;
        }
        if let Some(output) = folder(&options.output)? {
            self.output = output;
        }
        if let Some(layout) = options.layout {
            self.layout = layout.layout();
        }
        self.allowed.removal.extend(options.allow_removal.iter().cloned());
        self.allowed.reshard |= options.allow_reshard;
        Ok(())
    }

    /// What was compiled is no inventory.
    fn check(&self) -> Result<()> {
        let within = |one: &Folder, other: &Folder| {
            let rest = one.path.strip_prefix(&other.path[..]);
            other.path.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
        };
        if within(&self.input, &self.output) || within(&self.output, &self.input) {
            bail!(catalog::overlapping(&self.input.shown, &self.output.shown).message);
        }
        Ok(())
    }

    /// The command that compiles, as somebody would type it at the root of the repository.
    pub fn compile(&self) -> String {
        let mut words = vec!["tenantry compile".to_owned()];
        if self.input.shown != "input" {
            words.push(word(&self.input.shown));
        }
        if self.output.shown != "output" {
            words.push(format!("--output {}", word(&self.output.shown)));
        }
        if self.layout == Layout::Kustomize {
            words.push("--layout kustomize".to_owned());
        }
        words.join(" ")
    }
}

/// A word for a shell.
pub fn word(text: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-+".contains(letter);
    if text.chars().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}
