//! Who is one person: names, identities, letter case, earlier identities, successors.

use std::collections::BTreeMap;

use super::index::Index;
use super::{Names, distinct};
use crate::diag::{Sink, catalog::resolve as catalog};
use crate::inventory::{User, UserId};
use crate::name::{UserName, fold_case};
use crate::parse::decl::{Slot, UserDecl};
use crate::source::{Span, Spanned};

/// Users, and who stands in for those who departed.
pub struct People {
    /// Users, by name.
    pub users: Vec<User>,
    /// For each user, the person that answers in their place.
    pub successors: Vec<Successor>,
}

/// Who answers for what a person owns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Successor {
    /// The person, who is still there.
    Self_,
    /// Somebody who has not departed.
    Other(UserId),
    /// Nobody: none is named.
    None,
    /// Nobody: who is named cannot, and that was reported.
    Unusable,
}

/// Resolves the users of all Directory documents.
pub fn resolve(declared: Vec<UserDecl>, names: &mut Names, sink: &mut Sink) -> People {
    let declared = distinct(
        declared,
        |user| &user.name,
        |name, first| catalog::duplicate_user(name.span, &name.value, first),
        sink,
    );
    names.users = Index::new(declared.iter().map(|user| user.name.value.clone()).collect());
    check_identities(&declared, sink);
    let direct: Vec<Option<Result<UserId, ()>>> = declared.iter().map(|user| successor(user, names, sink)).collect();
    let successors = (0..declared.len()).map(|at| follow(at, &declared, &direct, sink)).collect();
    let users = declared.into_iter().map(user).collect();
    People { users, successors }
}

fn user(decl: UserDecl) -> User {
    User {
        name: decl.name.value,
        identity: decl.identity.value,
        identity_span: decl.identity.span,
        email: decl.email.map(|email| email.value),
        display_name: decl.display_name,
        departed: decl.departed.is_some(),
        previously: decl.previously.into_iter().map(|identity| identity.value).collect(),
        span: decl.name.span,
        foreign: decl.foreign,
    }
}

/// The successor that is named, if one is: known, or an error that was reported.
fn successor(user: &UserDecl, names: &mut Names, sink: &mut Sink) -> Option<Result<UserId, ()>> {
    match &user.successor {
        Slot::Absent => None,
        Slot::Broken => Some(Err(())),
        Slot::Given(name) => Some(names.user(name, sink).ok_or(())),
    }
}

/// Follows successors to somebody who is still there.
fn follow(at: usize, declared: &[UserDecl], direct: &[Option<Result<UserId, ()>>], sink: &mut Sink) -> Successor {
    if declared[at].departed.is_none() {
        return Successor::Self_;
    }
    let mut current = at;
    for _ in 0..=declared.len() {
        match direct[current] {
            None if current == at => return Successor::None,
            Some(Err(())) => return Successor::Unusable,
            Some(Ok(next)) if declared[next.index()].departed.is_none() => return Successor::Other(next),
            Some(Ok(next)) if next.index() != at => current = next.index(),
            None | Some(Ok(_)) => break,
        }
    }
    if let Slot::Given(name) = &declared[at].successor {
        sink.push(catalog::unusable_successor(name.span, &declared[at].name.value, &name.value));
    }
    Successor::Unusable
}

/// One identity, written somewhere.
struct Claim<'d> {
    user: usize,
    text: &'d str,
    span: Span,
    earlier: bool,
}

/// Two people cannot be one, and nobody's earlier identity can be somebody else's. Compared without letter case: the
/// platforms' proxies differ in whether they fold it.
fn check_identities(declared: &[UserDecl], sink: &mut Sink) {
    let mut claims: BTreeMap<String, Vec<Claim<'_>>> = BTreeMap::new();
    for (user, decl) in declared.iter().enumerate() {
        let present = std::iter::once((&decl.identity, false));
        let earlier = decl.previously.iter().map(|identity| (identity, true));
        for (identity, earlier) in present.chain(earlier) {
            let text = identity.value.as_str();
            let claim = Claim { user, text, span: identity.span, earlier };
            claims.entry(fold_case(text)).or_default().push(claim);
        }
    }
    for group in claims.values_mut().filter(|group| group.len() > 1) {
        group.sort_by_key(|claim| (claim.earlier, claim.span));
        report_clashes(group, declared, sink);
    }
}

/// `claims` are equal but for letter case; present identities come first, then in the order of places.
fn report_clashes(claims: &[Claim<'_>], declared: &[UserDecl], sink: &mut Sink) {
    let first = &claims[0];
    for claim in &claims[1..] {
        let name: &Spanned<UserName> = &declared[first.user].name;
        if claim.user == first.user {
            if claim.earlier && claim.text == first.text {
                sink.push(catalog::identity_is_present(claim.span, claim.text, first.span));
            }
        } else if claim.earlier || first.earlier {
            sink.push(catalog::identity_taken(claim.span, claim.text, &name.value, first.span));
        } else if claim.text == first.text {
            sink.push(catalog::duplicate_identity(claim.span, claim.text, &name.value, first.span));
        } else {
            sink.push(catalog::identity_case(claim.span, claim.text, first.text, first.span));
        }
    }
}
