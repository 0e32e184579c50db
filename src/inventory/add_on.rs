//! The add-ons that need no template: what the rest of the compiler has to know of them.

/// Names of the built-in add-ons, sorted.
pub const BUILT_IN: &[&str] = &["image-pull-secret", "limit-range", "network-policy", "pod-default-pipelines"];

/// Whether a name is that of a built-in add-on.
pub fn is_built_in(name: &str) -> bool {
    BUILT_IN.contains(&name)
}

/// Whether a namespace gets a LimitRange, so that a compute quota does not stop pods that say nothing.
pub fn gives_limit_range(name: &str) -> bool {
    name == "limit-range"
}
