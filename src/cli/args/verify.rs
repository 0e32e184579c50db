//! Options of `verify`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

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
