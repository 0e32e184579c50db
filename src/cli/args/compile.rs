//! The options of `compile`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use tenantry::render::layout::Layout;
use tenantry::render::part::Part;

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

    /// Only the I-th of N parts, for job runners that share the work; see the README
    #[arg(long, value_name = "I/N", default_value = "1/1", hide_default_value = true)]
    pub part: Part,

    /// Let namespaces move to other shards, and say how nobody loses access on the way
    #[arg(long)]
    pub allow_reshard: bool,
}

impl Compile {
    /// The layout that was asked for.
    pub fn layout(&self) -> Layout {
        self.layout.layout()
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

impl LayoutChoice {
    /// As the renderer knows it.
    pub fn layout(self) -> Layout {
        match self {
            LayoutChoice::Plain => Layout::Plain,
            LayoutChoice::Kustomize => Layout::Kustomize,
        }
    }
}
