//! `tenantry hook`: what git asks before a commit is made and before a push is accepted.
//!
//! Both hooks judge a [`Change`](judge::Change) of git's objects, without a checkout: what is staged against what is
//! checked out, or what is pushed against what the branch had.

mod judge;
mod pre_commit;
mod pre_receive;
mod push;
mod settings;
mod write;

use anyhow::Result;

use super::args::{Common, Hook};
use super::console::Console;
use super::exit::Exit;

pub use settings::word;

/// Answers a hook.
pub fn run(hook: &Hook, common: &Common, console: &Console) -> Result<Exit> {
    match hook {
        Hook::PreCommit(options) => pre_commit::run(options, common, console),
        Hook::PreReceive(options) => pre_receive::run(options, common, console),
    }
}
