//! Values on their way into a template and out of it.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Object, ObjectRepr, ValueKind};
use minijinja::{Error, ErrorKind, Value};

use crate::inventory::UserId;
use crate::lower::{Scene, addon};
use crate::manifest::{Map, Tree};
use crate::plan::GrantSubject;

/// What a template sees: `tenant`, `namespace`, `platform`, `owner`, `contributors` and `values`.
pub fn context(scene: &Scene<'_>) -> Value {
    Value::from_pairs([
        ("tenant", tenant(scene)),
        ("namespace", namespace(scene)),
        ("platform", platform(scene)),
        ("owner", person(scene, scene.provision.owner)),
        ("contributors", contributors(scene)),
        ("values", from_map(&addon::effective(scene))),
    ])
}

fn tenant(scene: &Scene<'_>) -> Value {
    let tenant = scene.inventory.tenant(scene.provision.tenant);
    let name = tenant.name.as_str();
    Value::from_pairs([
        ("name", Value::from(name)),
        ("displayName", Value::from(tenant.display_name.as_deref().unwrap_or(name))),
        ("state", Value::from(scene.provision.state().name())),
        ("labels", texts(&tenant.labels)),
        ("annotations", texts(&tenant.annotations)),
    ])
}

fn namespace(scene: &Scene<'_>) -> Value {
    let quota = scene.provision.quota.iter().map(|(key, quantity)| (key.as_str(), Value::from(quantity.as_str())));
    Value::from_pairs([
        ("name", Value::from(scene.namespace())),
        ("state", Value::from(scene.provision.state().name())),
        ("quota", Value::from_pairs(quota)),
    ])
}

fn platform(scene: &Scene<'_>) -> Value {
    Value::from_pairs([
        ("name", Value::from(scene.platform.name.as_str())),
        ("distribution", Value::from(scene.platform.distribution.name())),
        ("version", Value::from(scene.platform.release.version)),
    ])
}

/// A person; every field is a text.
fn person(scene: &Scene<'_>, user: UserId) -> Value {
    let identity = scene.identity(user);
    let user = scene.inventory.user(user);
    let name = user.name.as_str();
    Value::from_pairs([
        ("name", Value::from(name)),
        ("identity", Value::from(identity.as_ref())),
        ("email", Value::from(user.email.as_deref().unwrap_or(""))),
        ("displayName", Value::from(user.display_name.as_deref().unwrap_or(name))),
    ])
}

/// Contributors with their kind, name, identity and role, people last, sorted by name.
fn contributors(scene: &Scene<'_>) -> Value {
    let contributor = |grant: &crate::plan::Grant<'_>| {
        let (kind, name, identity) = match grant.subject {
            GrantSubject::User(user) => {
                ("User", scene.inventory.user(user).name.as_str().to_owned(), scene.identity(user).into_owned())
            }
            GrantSubject::ServiceAccount(account) => ("ServiceAccount", account.to_string(), account.to_string()),
            GrantSubject::IdpGroup(group) => ("Group", group.to_string(), group.to_string()),
        };
        Value::from_pairs([
            ("kind", Value::from(kind)),
            ("name", Value::from(name)),
            ("identity", Value::from(identity)),
            ("role", Value::from(grant.role.name())),
        ])
    };
    scene.grants.iter().map(contributor).collect::<Vec<_>>().into()
}

fn texts(map: &std::collections::BTreeMap<String, String>) -> Value {
    Value::from_pairs(map.iter().map(|(key, value)| (key.as_str(), Value::from(value.as_str()))))
}

fn from_map(map: &Map<'_>) -> Value {
    Value::from_pairs(map.iter().map(|(key, value)| (key.to_owned(), from_tree(value))))
}

fn from_tree(tree: &Tree<'_>) -> Value {
    match tree {
        Tree::Map(map) => from_map(map),
        Tree::List(items) => items.iter().map(from_tree).collect::<Vec<_>>().into(),
        Tree::Text(text) => Value::from(text.as_ref()),
        Tree::Integer(number) => Value::from(*number),
        Tree::Boolean(flag) => Value::from(*flag),
    }
}

/// Most bytes that one value of a template may have where it is written or made a text.
const VALUE_LIMIT: usize = 1 << 20;

/// A text of the filter `yaml`: safe as it is, and only as it is. Whatever a filter or an operator makes of it is a text
/// like any other, so that nothing gets past the quotes.
#[derive(Debug)]
pub struct Quoted(pub String);

impl Object for Quoted {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn render(self: &Arc<Self>, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// A template's value as what a manifest can hold.
///
/// # Errors
///
/// Nothing, a fraction, a value that is no data or one that is too large.
pub fn to_tree(value: &Value) -> Result<Tree<'static>, Error> {
    bound(value)?;
    tree(value)
}

fn tree(value: &Value) -> Result<Tree<'static>, Error> {
    if let Some(Quoted(text)) = value.downcast_object_ref() {
        return Ok(Tree::from(text.clone()));
    }
    match value.kind() {
        ValueKind::Bool => Ok(Tree::Boolean(value.is_true())),
        ValueKind::Number => match value.as_i64().filter(|_| value.is_integer()) {
            Some(number) => Ok(Tree::Integer(number)),
            None => refuse("a number that is not whole"),
        },
        ValueKind::String => Ok(Tree::from(value.as_str().unwrap_or_default().to_owned())),
        ValueKind::Seq | ValueKind::Iterable => {
            let items: Result<Vec<Tree<'static>>, Error> = value.try_iter()?.map(|item| tree(&item)).collect();
            Ok(Tree::List(items?))
        }
        ValueKind::Map => {
            let mut map = Map::new();
            for key in value.try_iter()? {
                let Some(name) = key.as_str() else { return refuse("a map with keys that are no texts") };
                map.insert(name.to_owned(), tree(&value.get_item(&key)?)?);
            }
            Ok(Tree::Map(map))
        }
        ValueKind::Undefined => Err(Error::new(ErrorKind::UndefinedError, "a value that is used here is not set")),
        ValueKind::None => refuse("nothing"),
        _ => refuse("a value that is no data"),
    }
}

fn refuse<T>(what: &str) -> Result<T, Error> {
    Err(Error::new(ErrorKind::InvalidOperation, format!("{what} cannot stand in a manifest")))
}

/// Checks that a value is small enough to be written. The engine counts steps, and a list that repeats one item, or
/// lists of lists, take few steps to make and more memory than there is to write.
///
/// # Errors
///
/// A value that is too large.
pub fn bound(value: &Value) -> Result<(), Error> {
    weigh(value, VALUE_LIMIT).map(drop)
}

/// What is left of `room` after a value.
fn weigh(value: &Value, room: usize) -> Result<usize, Error> {
    let spend = |room: usize, bytes: usize| match room.checked_sub(bytes) {
        Some(room) => Ok(room),
        None => refuse(&format!("a value of more than {VALUE_LIMIT} bytes")),
    };
    match value.kind() {
        ValueKind::String => spend(room, 1 + value.as_str().map_or(0, str::len)),
        ValueKind::Seq | ValueKind::Iterable => {
            value.try_iter()?.try_fold(spend(room, 1)?, |room, item| weigh(&item, room))
        }
        ValueKind::Map => {
            value.try_iter()?.try_fold(spend(room, 1)?, |room, key| weigh(&value.get_item(&key)?, weigh(&key, room)?))
        }
        _ => spend(room, 1),
    }
}
