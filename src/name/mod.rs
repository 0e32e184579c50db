//! Names and values that cannot be wrong.
//!
//! There is one type per thing that has a name. Each holds its text in a private field and is made by `parse` only, so
//! whoever has one knows that Kubernetes, the mesh and the file system will take it. Cloning is cheap. What is wrong
//! with a text, and where, is an [`InvalidName`]; turning that into words for people is not done here.
//!
//! This module knows nothing of the inventory that the names come from.

/// Makes a type for a name: a private `Arc<str>`, `parse` as the only way in, and the traits that every name has.
macro_rules! name_type {
    ($(#[$doc:meta])* $name:ident, $error:ty, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(std::sync::Arc<str>);

        impl $name {
            /// Takes the text as it is written, or says what is wrong with it.
            ///
            /// # Errors
            ///
            /// The first way in which `text` breaks the rule of this type.
            pub fn parse(text: &str) -> Result<Self, $error> {
                ($check)(text).map(|()| $name(text.into()))
            }

            /// The text, exactly as it was parsed.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The same text, for whoever keeps it longer than the name; nothing is copied.
            pub fn shared(&self) -> std::sync::Arc<str> {
                self.0.clone()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{}({:?})", stringify!($name), &*self.0)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}

mod decimal;
mod kube;
mod people;
mod quantity;
mod quota_key;
mod registration;
mod reserved;
mod rule;
mod setting;
mod tenant;
mod text;

pub use kube::{
    ClusterName, NamespaceName, ServiceAccountRef, check_annotation_key, check_label_key, check_label_value,
    is_dns_label, is_dns_subdomain,
};
pub use people::{
    ANONYMOUS, GroupName, Identity, IdentityProblem, IdpGroup, InvalidIdentity, UserName, fold_case, looks_like_email,
};
pub use quantity::{InvalidQuantity, Quantity, QuantityProblem};
pub use quota_key::{QuotaKey, check_quota_key, is_compute_key, is_count_key};
pub use registration::registration_name;
pub use reserved::{RESERVED_NAMESPACES, STOCK_NAMESPACE, is_stock_namespace, reserved_namespace};
pub use rule::{InvalidName, NameProblem};
pub use setting::{
    ARGOCD_SKIP_MARKER, HEADER_PATTERN, IDENTITY_PATTERN, IDENTITY_PREFIX_PATTERN, LABEL_PATTERN, LABEL_VALUE_PATTERN,
    NAMESPACE_PREFIX_PATTERN, POD_SECURITY_ENFORCE, POD_SECURITY_ENFORCE_VERSION, POD_SECURITY_LEVELS,
    PRINCIPAL_PATTERN, QUANTITY_PATTERN, REPOSITORY_PATH_PATTERN, SERVICE_ACCOUNT_PATTERN, USER_PATTERN,
    is_mesh_steering_key, is_pod_security_key, parse_duration, parse_header_name, parse_identity_prefix, parse_label,
    parse_namespace_prefix, parse_optional_subdomain, parse_principal, parse_repository_path, parse_repository_url,
    parse_revision, parse_role_name, parse_subdomain, reserved_metadata_key, unsafe_character,
};
pub use tenant::{AddOnName, QuotaClassName, TenantName};
pub use text::is_unsafe;
