//! Options of `hook`. What is not given comes from git's configuration, and then from the defaults.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::LayoutChoice;

/// The hooks.
#[derive(Debug, Subcommand)]
pub enum Hook {
    /// Judge what is staged, as git's hooks `pre-commit` and `pre-merge-commit`
    ///
    /// Shows every finding, compares the staged output with what the staged inventory compiles to, and says in short what
    /// the commit changes. Says nothing when nothing below the two folders is staged. Exit status: 0 the commit may be
    /// made, 1 the output is stale, 2 the inventory is wrong, 3 a guard refuses.
    ///
    /// Settings of git, for what no option says: tenantry.input, tenantry.output, tenantry.layout, tenantry.preCommit
    /// (check or stage), tenantry.allowRemoval, tenantry.allowReshard. For one commit: git -c tenantry.allowRemoval=NAME
    /// commit.
    PreCommit(PreCommit),

    /// Judge a push, as the hook `pre-receive` of the repository that is pushed to
    ///
    /// Reads lines `OLD NEW REF` from stdin. The inventory that is pushed has to compile, its output has to be fresh, and no
    /// guard may refuse the way from the old inventory to the new one; a short review goes back to whoever pushes. Exit
    /// status: the highest of all branches: 0 accepted, 1 the output is stale, 2 the inventory is wrong, 3 refused.
    ///
    /// Settings of git, for what no option says: tenantry.input, tenantry.output, tenantry.layout, tenantry.ref,
    /// tenantry.allowRemoval, tenantry.allowReshard.
    PreReceive(PreReceive),
}

/// What both hooks are told.
#[derive(Debug, Args)]
pub struct HookFolders {
    /// The inventory, below the root of the repository [default: input]
    #[arg(long, value_name = "DIR")]
    pub input: Option<PathBuf>,

    /// The compiled output, below the root of the repository [default: output]
    #[arg(long, short, value_name = "DIR")]
    pub output: Option<PathBuf>,

    /// How folders of tenants are read [default: plain]
    #[arg(long, value_name = "LAYOUT")]
    pub layout: Option<LayoutChoice>,

    /// When the output has to be what the inventory compiles to: `auto` is when there is, or was, any in git
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub require_fresh: Fresh,

    /// Let this tenant's access or namespaces go; may be given several times
    #[arg(long, value_name = "TENANT")]
    pub allow_removal: Vec<String>,

    /// Let namespaces move to other shards
    #[arg(long)]
    pub allow_reshard: bool,

    /// Refuse, with 3, what `diff --fail-on` knows by this name; may be given several times
    #[arg(long, value_name = "WHAT")]
    pub fail_on: Vec<String>,
}

/// When the output has to be fresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Fresh {
    /// When there is any in the commit, or was before.
    Auto,
    /// Always.
    Always,
    /// Never: it is compiled elsewhere.
    Never,
}

/// Options of `hook pre-commit`.
#[derive(Debug, Args)]
pub struct PreCommit {
    #[command(flatten)]
    pub folders: HookFolders,

    /// Refuse a commit whose output is stale [default, unless tenantry.preCommit is stage]
    #[arg(long, conflicts_with = "stage")]
    pub check: bool,

    /// Compile what is staged and stage the output; work that is not staged is left alone
    #[arg(long)]
    pub stage: bool,

    /// Judge even if nothing below the two folders is staged
    #[arg(long)]
    pub all: bool,
}

/// Options of `hook pre-receive`.
#[derive(Debug, Args)]
pub struct PreReceive {
    #[command(flatten)]
    pub folders: HookFolders,

    /// A branch that is judged, `*` for any text without `/`; may be given several times [default: the default branch]
    #[arg(long = "ref", value_name = "PATTERN")]
    pub references: Vec<String>,

    /// Who pushes, as the server vouches for: an identity, an e-mail address or a user's name
    #[arg(long, value_name = "IDENTITY")]
    pub actor: Option<String>,
}
