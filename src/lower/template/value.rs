//! Values on their way into a template and out of it.

use minijinja::value::ValueKind;
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

/// A template's value as what a manifest can hold.
///
/// # Errors
///
/// Nothing, a fraction, or a value that is no data.
pub fn to_tree(value: &Value) -> Result<Tree<'static>, Error> {
    let refuse =
        |what: &str| Err(Error::new(ErrorKind::InvalidOperation, format!("{what} cannot stand in a manifest")));
    match value.kind() {
        ValueKind::Bool => Ok(Tree::Boolean(value.is_true())),
        ValueKind::Number => match value.as_i64().filter(|_| value.is_integer()) {
            Some(number) => Ok(Tree::Integer(number)),
            None => refuse("a number that is not whole"),
        },
        ValueKind::String => Ok(Tree::from(value.as_str().unwrap_or_default().to_owned())),
        ValueKind::Seq | ValueKind::Iterable => {
            let items: Result<Vec<Tree<'static>>, Error> = value.try_iter()?.map(|item| to_tree(&item)).collect();
            Ok(Tree::List(items?))
        }
        ValueKind::Map => {
            let mut map = Map::new();
            for key in value.try_iter()? {
                let Some(name) = key.as_str() else { return refuse("a map with keys that are no texts") };
                map.insert(name.to_owned(), to_tree(&value.get_item(&key)?)?);
            }
            Ok(Tree::Map(map))
        }
        ValueKind::Undefined => Err(Error::new(ErrorKind::UndefinedError, "a value that is used here is not set")),
        ValueKind::None => refuse("nothing"),
        _ => refuse("a value that is no data"),
    }
}
