//! Texts and data of the inventory come back from the output as they were meant.

use std::collections::BTreeMap;

use libtest_mimic::Failed;
use proptest::prelude::*;
use serde_json::{Map, Value};

use super::compile::{compile_on, id, text, texts};
use super::data::{Data, Inventory, Namespace, Platform, Tenant, Texts};
use super::generate::{DEEP, ECHO, TODAY, inventories};
use super::{Verdict, ensure, hold, same};

/// Calls `look` with every namespace and the objects of its file.
fn each(
    inventory: &Inventory,
    seed: u64,
    look: impl Fn(&Tenant, &Platform, &Namespace, &[&Value]) -> Verdict,
) -> Verdict {
    let compiled = compile_on(inventory, seed, TODAY)?;
    let objects = compiled.objects()?;
    for tenant in &inventory.tenants {
        for platform in inventory.clusters(tenant) {
            for namespace in tenant.namespaces_on(platform) {
                let path = platform.path_of(&namespace.name);
                let here: Vec<&Value> =
                    objects.iter().filter(|(it, _)| *it == path).map(|(_, object)| object).collect();
                look(tenant, platform, &namespace, &here).map_err(|problem| format!("{path}: {problem}"))?;
            }
        }
    }
    Ok(())
}

/// Labels, annotations, displayName and texts under `values`.
pub fn texts_come_back() -> Result<(), Failed> {
    hold((inventories(), any::<u64>()), 64, |(mut inventory, seed)| {
        inventory.tenants.iter_mut().for_each(|tenant| use_add_on(tenant, ECHO));
        each(&inventory, seed, |tenant, platform, own, objects| {
            let of = |kind: &str| objects.iter().find(|object| id(object)[1] == kind).copied();
            let namespace = of("Namespace").ok_or("no Namespace")?;
            let layers = [&platform.labels, &tenant.labels, &own.labels];
            contains("labels", &texts(namespace, "/metadata/labels"), &layered(&layers))?;
            let layers = [&platform.annotations, &tenant.annotations, &own.annotations];
            contains("annotations", &texts(namespace, "/metadata/annotations"), &layered(&layers))?;
            let echo = of("ConfigMap").ok_or("no ConfigMap")?;
            let shown = tenant.display_name.as_ref().unwrap_or(&tenant.name);
            same("displayName", &text(echo, "/data/display"), &shown.as_str())?;
            let values = merged(&platform.values, &tenant.values);
            let wanted = values.get(ECHO).and_then(Value::as_object).cloned().unwrap_or_default();
            let found = texts(echo, "/data");
            wanted.iter().try_for_each(|(key, value)| same(key, &found.get(key).map(String::as_str), &value.as_str()))
        })
    })
}

/// Free data of any shape.
pub fn data_comes_back() -> Result<(), Failed> {
    hold((inventories(), any::<u64>()), 64, |(mut inventory, seed)| {
        inventory.tenants.iter_mut().for_each(|tenant| use_add_on(tenant, DEEP));
        each(&inventory, seed, |tenant, platform, own, objects| {
            let deep = objects.iter().find(|object| id(object)[1] == "Echo").ok_or("no object of the template")?;
            let values = merged(&platform.values, &tenant.values);
            let wanted = values.get(DEEP).cloned().unwrap_or_else(|| Map::new().into());
            same("values", &deep["spec"]["values"], &wanted)?;
            let profile = objects.iter().find(|object| id(object)[1] == "Profile").ok_or("no Profile")?;
            let active = tenant.state_of(own) == "active";
            let found = profile["spec"].get("plugins").cloned();
            same("plugins", &found, &plugins(tenant).filter(|_| active))
        })
    })
}

/// Makes every namespace of a tenant use an add-on.
fn use_add_on(tenant: &mut Tenant, name: &str) {
    tenant.add_ons = Some(vec![name.to_owned()]);
    tenant.namespaces.iter_mut().for_each(|namespace| namespace.add_ons = None);
}

fn contains(what: &str, found: &BTreeMap<String, String>, wanted: &BTreeMap<&str, &str>) -> Verdict {
    for (key, value) in wanted {
        ensure(found.get(*key).is_some_and(|it| it == value), || {
            format!("{what}: {key:?} should be {value:?} and is {:?}", found.get(*key))
        })?;
    }
    Ok(())
}

fn layered<'t>(layers: &[&'t Texts]) -> BTreeMap<&'t str, &'t str> {
    layers.iter().flat_map(|layer| layer.iter()).map(|(key, value)| (key.as_str(), value.as_str())).collect()
}

/// Values of a platform with a tenant's on top; maps are merged, all else is replaced.
fn merged(base: &[(String, Data)], top: &[(String, Data)]) -> Map<String, Value> {
    let mut values = map(base);
    lay_over(&mut values, &map(top));
    values
}

fn lay_over(base: &mut Map<String, Value>, top: &Map<String, Value>) {
    for (key, value) in top {
        match (base.get_mut(key), value) {
            (Some(Value::Object(below)), Value::Object(above)) => lay_over(below, above),
            _ => drop(base.insert(key.clone(), value.clone())),
        }
    }
}

fn map(entries: &[(String, Data)]) -> Map<String, Value> {
    entries.iter().map(|(key, value)| (key.clone(), json(value))).collect()
}

fn json(data: &Data) -> Value {
    match data {
        Data::Text(text) => text.as_str().into(),
        Data::Integer(number) => (*number).into(),
        Data::Boolean(flag) => (*flag).into(),
        Data::List(items) => items.iter().map(json).collect(),
        Data::Map(entries) => map(entries).into(),
    }
}

fn plugins(tenant: &Tenant) -> Option<Value> {
    let plugin = |(kind, spec): &(&str, Vec<(String, Data)>)| {
        let mut plugin = Map::new();
        plugin.insert("kind".to_owned(), (*kind).into());
        if !spec.is_empty() {
            plugin.insert("spec".to_owned(), map(spec).into());
        }
        Value::Object(plugin)
    };
    (!tenant.plugins.is_empty()).then(|| tenant.plugins.iter().map(plugin).collect())
}
