//! Whether a policy lets in something that it did not before.
//!
//! A policy is a list of rules, and a rule lets through whatever fits one of its sources *and* one of its ports or
//! operations. So rules are taken apart into pairs, and each pair of the head has to lie within one pair of the base:
//! values that only moved from one rule to another can let in what no rule did before. What is not understood lies
//! within nothing but its like, so that a doubt is a risk and never silence.

pub mod authorization;
pub mod network;
mod selector;

use super::space::entry;
use crate::manifest::Tree;

/// The items of a list under a key; none if there is no such list.
fn items<'t, 'a>(tree: &'t Tree<'a>, key: &str) -> &'t [Tree<'a>] {
    match entry(tree, key) {
        Some(Tree::List(items)) => items,
        _ => &[],
    }
}

fn text<'t>(tree: &'t Tree<'_>) -> Option<&'t str> {
    match tree {
        Tree::Text(text) => Some(text),
        _ => None,
    }
}

/// The texts of a list; `None` if there is something else in it.
fn texts<'t>(tree: &'t Tree<'_>) -> Option<Vec<&'t str>> {
    match tree {
        Tree::List(items) => items.iter().map(text).collect(),
        _ => None,
    }
}
