//! The command line as it is typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use tenantry::render::layout::Layout;

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
    #[arg(long, short = 'j', global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,

    /// When to use colour
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub color: ColorChoice,

    /// Say nothing but results, errors and warnings
    #[arg(long, short, global = true)]
    pub quiet: bool,
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

    /// Say whether rendered manifests hold exactly what the inventory asks for
    ///
    /// Reads what a host such as kustomize printed, since hosts skip plugins silently. Exit status 1 if an object is
    /// missing, different, moved, renamed, doubled or unexpected.
    Verify(Verify),

    /// Print the JSON Schema of the inventory, for editors
    Schema {
        /// Only of this kind of document
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

/// Options of `compile`.
#[derive(Debug, Args)]
pub struct Compile {
    /// The inventory
    #[arg(default_value = "input")]
    pub input: PathBuf,

    /// The folder to write to
    #[arg(long, short, default_value = "output", value_name = "DIR")]
    pub output: PathBuf,

    /// Only this cluster; may be given several times [default: all]
    #[arg(long, value_name = "NAME")]
    pub cluster: Vec<String>,

    /// Print the tenants' manifests of one cluster instead of writing files
    #[arg(long, conflicts_with_all = ["check", "allow_removal", "allow_reshard"])]
    pub stdout: bool,

    /// Write nothing; exit with 1 if the output folder is not what a compile would write
    #[arg(long)]
    pub check: bool,

    /// Let this tenant's access or namespaces go, although a guard would refuse; may be given several times
    #[arg(long, value_name = "TENANT")]
    pub allow_removal: Vec<String>,

    /// How folders of tenants are read: as manifests, or each as a kustomize base; to be given each time
    #[arg(long, value_name = "LAYOUT", default_value = "plain", conflicts_with = "stdout")]
    pub layout: LayoutChoice,

    /// Let namespaces move to other shards, and say how nobody loses access on the way
    #[arg(long)]
    pub allow_reshard: bool,
}

impl Compile {
    /// The layout that was asked for.
    pub fn layout(&self) -> Layout {
        match self.layout {
            LayoutChoice::Plain => Layout::Plain,
            LayoutChoice::Kustomize => Layout::Kustomize,
        }
    }
}

/// How folders of tenants are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LayoutChoice {
    /// Every file is a manifest.
    Plain,
    /// Each folder has a kustomization.yaml that lists its files.
    Kustomize,
}

/// Options of `verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// Rendered files, or folders of them [default: stdin]
    pub files: Vec<PathBuf>,

    /// The inventory
    #[arg(long, default_value = "input", value_name = "DIR")]
    pub input: PathBuf,

    /// The cluster that was rendered, if the inventory has several
    #[arg(long, value_name = "NAME")]
    pub cluster: Option<String>,

    /// How to show what differs
    #[arg(long, default_value = "text")]
    pub format: VerifyFormat,
}

/// How `verify` shows what differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum VerifyFormat {
    /// For people, with the differences themselves.
    Text,
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
}
