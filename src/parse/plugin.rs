//! Plugins of a Profile: the two that the profile controller acts on (Kubeflow 1.4 to 2.0). Others it skips, with a line in
//! its log, and a setting that it cannot read stops its pass over the namespace; so both are closed here.

use super::decl::{Data, PluginDecl};
use super::field::Otherwise::{Empty, Is};
use super::field::{Entries, Field, Object, Shape, optional, required};
use super::value;
use super::yaml::Node;
use crate::diag::{Sink, catalog::shape as catalog};
use crate::manifest::Map;

/// One entry of `plugins`.
pub static PLUGIN: Object = Object { title: "a plugin", doc: "As in `Profile.spec.plugins`.", fields: PLUGIN_FIELDS };

const PLUGIN_FIELDS: &[Field] = &[
    required("kind", Shape::OneOf(KINDS), "Kind of the plugin, as the profile controller knows it."),
    optional("spec", Shape::Map(&Shape::Free), Empty, "Settings of the plugin."),
];

const AWS: &str = "AwsIamForServiceAccount";
const GCP: &str = "WorkloadIdentity";
const KINDS: &[&str] = &[AWS, GCP];

static AWS_SPEC: Object =
    Object { title: "the spec of AwsIamForServiceAccount", doc: "An IAM role of AWS.", fields: AWS_FIELDS };
const AWS_FIELDS: &[Field] = &[
    required("awsIamRole", Shape::Text, "The role's ARN."),
    optional("annotateOnly", Shape::Boolean, Is("false"), "Whether the role's trust policy is left alone."),
];

static GCP_SPEC: Object =
    Object { title: "the spec of WorkloadIdentity", doc: "A service account of Google Cloud.", fields: GCP_FIELDS };
const GCP_FIELDS: &[Field] = &[required("gcpServiceAccount", Shape::Text, "The account's e-mail address.")];

/// How the address of a service account of Google Cloud ends; the controller refuses any other.
const GCP_SUFFIX: &str = ".iam.gserviceaccount.com";

/// Reads a plugin. `None`, and a report, if it is not one that the controller would act on.
pub fn decode(node: &Node<'_>, sink: &mut Sink) -> Option<PluginDecl> {
    let entries = Entries::open(node, &PLUGIN, sink)?;
    let words: Vec<(&'static str, &'static str)> = KINDS.iter().map(|kind| (*kind, *kind)).collect();
    let kind = entries.get("kind").and_then(|given| value::one_of(given, &words, sink))?.value;
    let Some(spec) = entries.get("spec") else {
        if !entries.has("spec") {
            sink.push(catalog::missing_field(entries.span, "spec", PLUGIN.title));
        }
        return None;
    };
    let spec = if kind == AWS { aws(spec.node, sink)? } else { gcp(spec.node, sink)? };
    Some(PluginDecl { kind: kind.to_owned(), spec })
}

fn aws(node: &Node<'_>, sink: &mut Sink) -> Option<Data> {
    let entries = Entries::open(node, &AWS_SPEC, sink)?;
    let role = entries.get("awsIamRole").and_then(|given| value::text(given, sink));
    let annotate_only = entries.get("annotateOnly").and_then(|given| value::boolean(given, sink));
    let mut spec = Map::new().with("awsIamRole", role?.value);
    if let Some(flag) = annotate_only {
        spec.insert("annotateOnly", flag.value);
    }
    Some(spec)
}

fn gcp(node: &Node<'_>, sink: &mut Sink) -> Option<Data> {
    let entries = Entries::open(node, &GCP_SPEC, sink)?;
    let account = entries.get("gcpServiceAccount").and_then(|given| value::text(given, sink))?;
    if !account.value.ends_with(GCP_SUFFIX) {
        sink.push(catalog::not_gcp_account(account.span, &account.value, GCP_SUFFIX));
        return None;
    }
    Some(Map::new().with("gcpServiceAccount", account.value))
}
