//! The environment's own objects: Namespace, ResourceQuota, LimitRange, NetworkPolicies, Roles and RoleBindings, as
//! `environment:` of environment.yaml asks. What is not asked for is not made.

mod network;
mod rights;

use crate::{
    diag::Finding,
    field::{By, Data, Field, Maker, Trace},
    manifest::{Identity, Manifest, canonical, canonical_quantity},
    source::Span,
    workspace::{Setting, Settings},
};

/// The reserved component that the environment's own objects belong to.
pub const COMPONENT: &str = "environment";

/// The name of objects of which an environment has one.
const NAME: &str = "environment";

/// What became of the environment's wishes.
#[derive(Debug, Default)]
pub struct Own<'a> {
    /// The objects.
    pub manifests: Vec<Manifest<'a>>,
    /// Who asked for their fields.
    pub trace: Trace,
    /// What is wrong with what was asked.
    pub findings: Vec<Finding>,
}

/// Makes the environment's own objects. `namespace` is the environment's, and where it is written.
pub fn make<'a>(settings: &Settings<'a>, namespace: (&'a str, Span)) -> Own<'a> {
    let mut own = Own::default();
    let Some(asked) = settings.get(&[COMPONENT]) else { return own };
    let mut objects = Vec::new();
    if let Some(setting) = asked.get(&["namespace"]) {
        let argocd = settings.get(&["argocd"]).map(|s| s.key_span());
        let mut maker = Maker::new(&mut own.trace, "environment.namespace");
        objects.push(the_namespace(&setting, namespace, argocd, &mut maker));
    }
    if let Some(setting) = asked.get(&["quota"]) {
        objects.push(quota(&setting, &mut Maker::new(&mut own.trace, "environment.quota")));
    }
    if let Some(setting) = asked.get(&["limits"]) {
        objects.push(limits(&setting, &mut Maker::new(&mut own.trace, "environment.limits")));
    }
    if let Some(setting) = asked.get(&["networkPolicies"]) {
        let mut maker = Maker::new(&mut own.trace, "environment.networkPolicies");
        objects.extend(network::policies(&setting, &mut maker, &mut own.findings));
    }
    if let Some(setting) = asked.get(&["rights"]) {
        let mut maker = Maker::new(&mut own.trace, "environment.rights");
        objects.extend(rights::bindings(&setting, namespace, &mut maker, &mut own.findings));
    }
    let by = Maker::new(&mut own.trace, "namespace").by(namespace.1);
    for body in objects {
        let body = canonical(body, namespace.0, by);
        if let Ok(identity) = Identity::of(&body) {
            own.manifests.push(Manifest { identity, body });
        }
    }
    own
}

/// An object without its further fields.
fn object<'a>(version: &'a str, kind: &'a str, name: Field<'a>, by: By) -> Vec<(&'a str, Field<'a>)> {
    let metadata = Field::map(vec![("name", name)], by);
    vec![("apiVersion", Field::text(version, by)), ("kind", Field::text(kind, by)), ("metadata", metadata)]
}

fn the_namespace<'a>(
    setting: &Setting<'_, 'a>,
    name: (&'a str, Span),
    argocd: Option<Span>,
    maker: &mut Maker<'_>,
) -> Field<'a> {
    const OPTIONS: &str = "argocd.argoproj.io/sync-options";
    let by = maker.by(setting.key_span());
    let mut metadata = vec![("name", Field::text(name.0, maker.by(name.1)))];
    let mut copy = |key: &str| setting.get(&[key]).map(|s| s.field(&mut |at| maker.by(at)));
    if let Some(labels) = copy("labels").filter(|f| !f.members().is_empty()) {
        metadata.push(("labels", labels));
    }
    let mut annotations = copy("annotations").unwrap_or_else(|| Field::map::<&str>(Vec::new(), by));
    if let (Some(at), Data::Map(members)) = (argocd, &mut annotations.data)
        && !members.iter().any(|m| m.key == OPTIONS)
    {
        // With a namespace goes everything in it: no sync deletes one by itself.
        let by = maker.by(at);
        let value = Field::text("Prune=false,Delete=false", by);
        members.push(crate::field::Member { key: OPTIONS.into(), by, value });
    }
    if !annotations.members().is_empty() {
        metadata.push(("annotations", annotations));
    }
    let members = vec![
        ("apiVersion", Field::text("v1", by)),
        ("kind", Field::text("Namespace", by)),
        ("metadata", Field::map(metadata, by)),
    ];
    Field::map(members, by)
}

fn quota<'a>(setting: &Setting<'_, 'a>, maker: &mut Maker<'_>) -> Field<'a> {
    let by = maker.by(setting.key_span());
    let mut members = object("v1", "ResourceQuota", Field::text(NAME, by), by);
    members.push(("spec", Field::map(vec![("hard", amounts(setting, maker))], by)));
    Field::map(members, by)
}

fn limits<'a>(setting: &Setting<'_, 'a>, maker: &mut Maker<'_>) -> Field<'a> {
    let by = maker.by(setting.key_span());
    let mut items = Vec::new();
    for (kind, one) in setting.entries() {
        let own = maker.by(one.key_span());
        let mut item = vec![("type", Field::text(kind, own))];
        item.extend(one.entries().map(|(key, map)| (key, amounts(&map, maker))));
        items.push(Field::map(item, own));
    }
    let mut members = object("v1", "LimitRange", Field::text(NAME, by), by);
    members.push(("spec", Field::map(vec![("limits", Field::list(items, by))], by)));
    Field::map(members, by)
}

/// A map of resources to amounts, sorted, each as Kubernetes writes it.
fn amounts<'a>(setting: &Setting<'_, 'a>, maker: &mut Maker<'_>) -> Field<'a> {
    let mut field = setting.field(&mut |at| maker.by(at));
    if let Data::Map(members) = &mut field.data {
        members.sort_by(|a, b| a.key.cmp(&b.key));
        for member in members {
            let text = match &member.value.data {
                Data::Str(text) => text.to_string(),
                Data::Int(i) => i.to_string(),
                Data::UInt(u) => u.to_string(),
                Data::Float(f) => f.to_string(),
                _ => continue,
            };
            member.value.data = Data::Str(canonical_quantity(&text).unwrap_or(text).into());
        }
    }
    field
}
