//! Names of what an inventory declares beside people and clusters.

use super::kube::LABEL;
use super::rule::InvalidName;

name_type! {
    /// The name of a tenant: an RFC 1123 label of at most 63 characters, because the tenant's namespace is called after
    /// it and because it is the value of a label.
    TenantName, InvalidName, |text| LABEL.check(text)
}

name_type! {
    /// The name of a class of quotas in a platform: an RFC 1123 label of at most 63 characters. No object carries it;
    /// the rule of the other names is one thing less to remember.
    QuotaClassName, InvalidName, |text| LABEL.check(text)
}

name_type! {
    /// The name of an add-on: an RFC 1123 label of at most 63 characters, because a template of the inventory is the
    /// file of that name.
    AddOnName, InvalidName, |text| LABEL.check(text)
}
