//! The command line as it is typed.

mod compile;
mod hook;
mod verify;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

pub use compile::{Compile, LayoutChoice};
pub use hook::{Fresh, Hook, HookFolders, PreCommit, PreReceive};
pub use verify::{Verify, VerifyFormat};

/// Most threads that somebody may ask for.
pub const MOST_JOBS: u16 = 1024;

/// Compiles a git inventory of tenants and users into Kubernetes manifests for Argo CD and Flux.
///
/// The inventory is a folder of YAML files that declare platforms, people, groups and tenants. What comes out is one file
/// per namespace, with its Namespace, Profile, RoleBindings and AuthorizationPolicies. Nothing here talks to a cluster.
///
/// Exit status: 0 done, 1 a difference was found and asked for, 2 the inventory or the call is wrong, 3 a guard refused.
#[derive(Debug, Parser)]
#[command(name = "tenantry", version, max_term_width = 100, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,

    #[command(flatten)]
    pub common: Common,
}

/// Options of every command.
#[derive(Debug, Args)]
pub struct Common {
    /// The day to judge `until` and `reviewBy` by [default: SOURCE_DATE_EPOCH, else today in UTC]
    #[arg(long, global = true, value_name = "YYYY-MM-DD")]
    pub as_of: Option<String>,

    /// Number of threads [default: one per core]
    #[arg(long, short = 'j', global = true, value_name = "N")]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=i64::from(MOST_JOBS)))]
    pub jobs: Option<u16>,

    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,

    /// Say nothing but results, errors and warnings
    #[arg(long, short, global = true)]
    pub quiet: bool,

    /// Say at the end, on stderr, how long each phase took
    #[arg(long, global = true)]
    pub timings: bool,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a new, working inventory repository; never overwrites
    Init {
        /// The folder to write to
        #[arg(default_value = ".")]
        dir: PathBuf,

        /// Only the git hooks, for a repository that has its inventory already
        #[arg(long)]
        hooks: bool,
    },

    /// Show every error and warning of an inventory at once; writes nothing
    Check {
        /// The inventory
        #[arg(default_value = "input")]
        input: PathBuf,

        /// The compiled output to compare owners with, if it is there
        #[arg(long, short, default_value = "output", value_name = "DIR")]
        output: PathBuf,

        /// How to show them; all but `text` go to stdout
        #[arg(long, default_value = "text")]
        format: CheckFormat,
    },

    /// Compile an inventory to manifests
    Compile(Compile),

    /// Show what a change means: who gains and loses access, what is destroyed, which manifests differ
    ///
    /// Compares two folders, `tenantry diff OLD NEW`, or the revisions of one, `tenantry diff [INPUT] --base REV`. Exit
    /// status 0 says that the review could be made; `--exit-code` and `--fail-on` ask for more.
    Diff(Diff),

    /// Show who has access to what, and why
    Access(Access),
    /// Answer a ResourceList on stdin, as kustomize and kpt send it; so does the program without any argument
    Fn,

    /// Say which lines of the inventory made each object of a compiled file, or what a diagnostic's code means
    Explain {
        /// A file of the output folder, or a code such as `unknown-user`
        subject: String,

        /// The inventory
        #[arg(long, default_value = "input", value_name = "DIR")]
        input: PathBuf,
    },

    /// Print a CODEOWNERS file: who answers for the files of which tenant
    Codeowners(Codeowners),

    /// Say whether rendered manifests hold exactly what the inventory asks for
    ///
    /// Reads what a host such as kustomize printed, since hosts skip plugins silently. Exit status 1 if an object is
    /// missing, different, moved, renamed, doubled or unexpected. What nobody asked for is unexpected if it gives, takes
    /// or limits access to a tenant; what only may is named on stderr.
    Verify(Verify),

    /// What git hooks call: judges a commit in the making, or a push
    #[command(subcommand)]
    Hook(Hook),

    /// Answer Argo CD as a Config Management Plugin: what `plugin.yaml` calls in the sidecar
    #[command(subcommand)]
    Argocd(super::argocd::Step),

    /// Print the JSON Schema of the inventory, for editors, or of a report
    Schema {
        /// Only of this kind of document; or of what `access` or `diff` prints as JSON
        kind: Option<SchemaKind>,
    },

    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },

    /// Print the manual page
    Man,
}

/// Options of `diff`.
#[derive(Debug, Args)]
#[command(
    override_usage = "tenantry diff [OPTIONS] <OLD> <NEW>\n       tenantry diff [OPTIONS] [INPUT] --base <REV> [--head <REV>]"
)]
pub struct Diff {
    /// Two inventory folders, the old one first; with --base, the one inventory [default: input]
    #[arg(value_name = "OLD NEW", num_args = 0..=2)]
    pub paths: Vec<PathBuf>,

    /// Compare with the inventory at this revision
    #[arg(long, value_name = "REV")]
    pub base: Option<String>,

    /// The revision to compare [default: the working tree]
    #[arg(long, value_name = "REV", requires = "base")]
    pub head: Option<String>,

    /// Compare what is staged: what the next commit would have
    #[arg(long, requires = "base", conflicts_with = "head")]
    pub staged: bool,

    /// Compare with REV itself, not with where its history and that of the head parted
    #[arg(long, requires = "base")]
    pub no_merge_base: bool,

    /// What was compiled of OLD, to compare with if OLD itself does not compile
    #[arg(long, value_name = "DIR", conflicts_with = "base")]
    pub base_output: Option<PathBuf>,

    /// The folder of compiled files: with --base, manifests in it that tenantry did not write are compared too, and its
    /// files at REV stand in for an inventory that does not compile
    #[arg(long, short, default_value = "output", value_name = "DIR")]
    pub output: PathBuf,

    /// How to show it: text, markdown (GitHub), note (GitLab), summary (a step of GitHub), html, json, sarif, github, gitlab.
    /// With `=FILE` it goes there instead of to stdout; may be given several times
    #[arg(long, value_name = "FORMAT[=FILE]")]
    pub format: Vec<String>,

    /// Show the manifests that differ, however many they are
    #[arg(long)]
    pub manifests: bool,

    /// Only this cluster; may be given several times [default: all]
    #[arg(long, value_name = "NAME")]
    pub cluster: Vec<String>,

    /// Who makes the change, as the forge says it: an identity, an e-mail address or a user's name [default: the commits'
    /// authors and, for what is not committed, git's `user.email`, which nobody vouches for]
    #[arg(long, value_name = "IDENTITY")]
    pub actor: Option<String>,

    /// Take it that this tenant's access or namespaces are meant to go; may be given several times
    #[arg(long, value_name = "TENANT")]
    pub allow_removal: Vec<String>,

    /// Take it that namespaces are meant to move to other shards
    #[arg(long)]
    pub allow_reshard: bool,

    /// Exit with 1 if there is a difference
    #[arg(long)]
    pub exit_code: bool,

    /// Exit with 3 if the change is `widening`, `destructive`, `any` change at all, against the `guards`, or has the risk
    /// of this name; may be given several times
    #[arg(long, value_name = "WHAT")]
    pub fail_on: Vec<String>,
}

/// Options of `access`.
#[derive(Debug, Args)]
pub struct Access {
    /// The inventory
    #[arg(default_value = "input")]
    pub input: PathBuf,

    /// Only this person: a user's name, an identity or an e-mail address
    #[arg(long, value_name = "USER")]
    pub user: Option<String>,

    /// Only this tenant
    #[arg(long, value_name = "NAME")]
    pub tenant: Option<String>,

    /// Only this cluster
    #[arg(long, value_name = "NAME")]
    pub cluster: Option<String>,

    /// How to show it
    #[arg(long, default_value = "text")]
    pub format: AccessFormat,
}

/// How `access` shows its list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AccessFormat {
    /// For people, with every way and where it is written.
    Text,
    /// One JSON object.
    Json,
    /// One line per access fact, for spreadsheets.
    Csv,
}

/// Options of `codeowners`.
#[derive(Debug, Args)]
pub struct Codeowners {
    /// The inventory
    #[arg(default_value = "input")]
    pub input: PathBuf,

    /// The folder of the compiled files
    #[arg(long, short, default_value = "output", value_name = "DIR")]
    pub output: PathBuf,

    /// Only this cluster; may be given several times [default: all]
    #[arg(long, value_name = "NAME")]
    pub cluster: Vec<String>,

    /// Have the platforms' administrators answer for everything too, and alone for what is no tenant's
    #[arg(long)]
    pub admins: bool,

    /// Leave the compiled files out: a change of them needs a change of the inventory
    #[arg(long)]
    pub inventory_only: bool,

    /// How to show it
    #[arg(long, default_value = "codeowners")]
    pub format: CodeownersFormat,

    /// Write to this file instead of to stdout; a file that this command did not write is left alone
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,

    /// Write nothing; exit with 1 if the file of --out is not what would be written
    #[arg(long, requires = "out")]
    pub check: bool,
}

/// How `codeowners` shows who answers for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CodeownersFormat {
    /// Lines that GitHub and GitLab read.
    Codeowners,
    /// One JSON object.
    Json,
}

/// How `check` shows diagnostics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// For people, with the lines themselves.
    Text,
    /// One JSON object.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Workflow commands, for annotations in a pull request on GitHub.
    Github,
}

/// The kinds that `schema` knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "PascalCase")]
pub enum SchemaKind {
    /// One cluster's settings.
    #[value(alias = "platform")]
    Platform,
    /// People and groups.
    #[value(alias = "directory")]
    Directory,
    /// A team and its namespaces.
    #[value(alias = "tenant")]
    Tenant,
    /// What `access --format json` prints.
    #[value(name = "access")]
    Access,
    /// What `diff --format json` prints.
    #[value(name = "diff")]
    Diff,
}
