//! Objects to the text of files. Total: it knows no people and has nothing to complain about.

pub mod freshness;
pub mod header;
pub mod layout;

use sha2::{Digest, Sha256};

use crate::lower::template::Templates;
use crate::lower::{Lowered, Scene, component, lower, platform};
use crate::manifest::{Manifest, yaml};
use crate::plan::{Plan, Provision};
use header::{Digest32, Header, Subject};

/// A file of the output.
#[derive(Debug)]
pub struct File {
    /// Where it belongs, below the output folder, with `/` between parts.
    pub path: String,
    /// Its whole text.
    pub text: String,
}

/// The file of one namespace.
pub fn namespace_file(plan: &Plan<'_>, provision: &Provision<'_>, templates: &Templates<'_>) -> File {
    let scene = Scene::today(plan, provision);
    let body = body(&lower(&scene, templates));
    let undated = match &provision.undated_grants {
        None => digest(&body),
        Some(_) => digest(&self::body(&lower(&Scene::undated(plan, provision), templates))),
    };
    let subject = Subject::Tenant { name: scene.tenant().to_owned(), state: provision.state().name().to_owned() };
    File {
        path: layout::namespace_path(scene.platform.name.as_str(), scene.namespace()),
        text: with_header(subject, &body, undated),
    }
}

/// The documents of one namespace's file, without its header.
pub fn namespace_body(plan: &Plan<'_>, provision: &Provision<'_>, templates: &Templates<'_>) -> String {
    body(&lower(&Scene::today(plan, provision), templates))
}

/// The files of the platform itself.
pub fn platform_files(plan: &Plan<'_>) -> Vec<File> {
    let platform = plan.inventory.platform(plan.platform);
    let file = |(name, manifest): (&str, Manifest<'_>)| {
        let mut body = String::new();
        document(&mut body, &manifest);
        let undated = digest(&body);
        let subject = Subject::Platform { name: platform.name.to_string() };
        File {
            path: layout::platform_object_path(platform.name.as_str(), name),
            text: with_header(subject, &body, undated),
        }
    };
    let mut files: Vec<File> = platform::objects(platform).into_iter().map(file).collect();
    let mut body = String::from("---\n");
    yaml::tree(&mut body, &component::component(plan.inventory, platform).into(), 0);
    let subject = Subject::Platform { name: platform.name.to_string() };
    let undated = digest(&body);
    files.push(File {
        path: layout::component_path(platform.name.as_str()),
        text: with_header(subject, &body, undated),
    });
    files
}

/// Documents of a file, each after `---`.
pub fn body(objects: &[Lowered<'_>]) -> String {
    let mut body = String::with_capacity(objects.len() * 640);
    for object in objects {
        document(&mut body, &object.manifest);
    }
    body
}

fn document(body: &mut String, manifest: &Manifest<'_>) {
    body.push_str("---\n");
    yaml::manifest(body, manifest);
}

fn digest(text: &str) -> Digest32 {
    Sha256::digest(text.as_bytes()).into()
}

/// Puts the header before a body. `undated` is the digest of the body that there would be if no grant ever ended.
fn with_header(subject: Subject, body: &str, undated: Digest32) -> String {
    let header = Header { input: header::input_digest(&subject, &undated), body: digest(body), subject };
    let mut text = header.text();
    text.push_str(body);
    text
}
