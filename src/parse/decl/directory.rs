//! What documents of kind Directory say.

use super::Slot;
use crate::name::{GroupName, Identity, UserName};
use crate::source::{Span, Spanned};

/// One user of a Directory.
#[derive(Debug, Clone)]
pub struct UserDecl {
    /// Short id.
    pub name: Spanned<UserName>,
    /// What RBAC and the user header carry.
    pub identity: Spanned<Identity>,
    /// E-mail address, if it is known.
    pub email: Option<Spanned<String>>,
    /// The name that people say.
    pub display_name: Option<String>,
    /// Where `status: departed` stands, if it does.
    pub departed: Option<Span>,
    /// Who takes over from a departed person.
    pub successor: Slot<Spanned<UserName>>,
    /// Earlier identities.
    pub previously: Vec<Spanned<Identity>>,
    /// Whether no Directory has the person, only a document of the Tenant-Profile integration.
    pub foreign: bool,
}

/// One group of a Directory.
#[derive(Debug, Clone)]
pub struct GroupDecl {
    /// Name.
    pub name: Spanned<GroupName>,
    /// People in it.
    pub members: Vec<Spanned<UserName>>,
    /// Groups in it.
    pub groups: Vec<Spanned<GroupName>>,
    /// Whether its people are not the organisation's own.
    pub external: bool,
}
