//! Applications: one for each component, and the root of an instance.

use super::{Cluster, Made, Part, VERSION, Wish, manifest, names, part::Scaled};
use crate::{
    field::{By, Data, Field, Maker},
    workspace::{Config, Setting, Target},
};

/// Without it Argo CD only shows no difference, and still overwrites what it was told to ignore.
const RESPECT: &str = "RespectIgnoreDifferences";

/// Deletes what an Application runs when it is deleted itself.
const FINALIZER: &str = "resources-finalizer.argocd.argoproj.io/foreground";

/// The Application of a component.
pub(super) fn application<'a>(
    wish: &Wish<'_, 'a>,
    environment: &str,
    part: &Part<'a>,
    (cluster, config): (&Cluster<'a>, &Config<'a>),
    maker: &mut Maker<'_>,
) -> Field<'a> {
    let by = maker.by(part.at);
    let whole = maker.by(wish.at());
    let name = names::application(environment, part.name);
    let mut annotations = vec![
        // The path itself: another component's commit is no reason to look at this one again.
        ("argocd.argoproj.io/manifest-generate-paths", Field::text(".", whole)),
    ];
    let wave = match config.component(part.name).and_then(|c| c.wave) {
        _ if part.first => Some(Field::text("-1", whole)),
        Some((wave, entry)) => Some(Field::text(wave.to_string(), maker.by(entry))),
        None => None,
    };
    annotations.extend(wave.map(|wave| ("argocd.argoproj.io/sync-wave", wave)));
    let mut metadata = vec![("name", Field::text(name, by)), ("annotations", Field::map(annotations, whole))];
    if let Some(cascade) = wish.setting.get(&["cascade"]).filter(|s| s.flag() == Some(true)) {
        metadata.push(("finalizers", Field::texts(&[FINALIZER], maker.by(cascade.span()))));
    }
    let project = match wish.setting.get(&["project"]) {
        Some(own) => Field::text(own.text().unwrap_or_default(), maker.by(own.span())),
        None => Field::text(names::project(environment), whole),
    };
    let folder = wish.target.as_ref().map_or_else(|| format!("rendered/{environment}"), |t| t.folder.clone());
    let source = vec![
        ("repoURL", wish.text(&["repoURL"], "", maker)),
        ("targetRevision", wish.revision(maker)),
        ("path", Field::text(format!("{folder}/{}", part.name), by)),
    ];
    let destination = vec![
        cluster.field(wish, maker),
        ("namespace", Field::text(config.namespace.0, maker.by(config.namespace.1))),
    ];
    let mut spec = vec![
        ("project", project),
        ("source", Field::map(source, whole)),
        ("destination", Field::map(destination, whole)),
    ];
    let asked = wish.setting.get(&["syncPolicy"]);
    if let Some(policy) = policy(asked, !part.scaled.is_empty(), by, maker) {
        spec.push(("syncPolicy", policy));
    }
    if !part.scaled.is_empty() {
        let items = part.scaled.iter().map(|scaled| ignored(scaled, by)).collect();
        spec.push(("ignoreDifferences", Field::list(items, by)));
    }
    object(metadata, spec, whole)
}

fn object<'a>(metadata: Vec<(&'a str, Field<'a>)>, spec: Vec<(&'a str, Field<'a>)>, by: By) -> Field<'a> {
    let members = vec![
        ("apiVersion", Field::text(VERSION, by)),
        ("kind", Field::text("Application", by)),
        ("metadata", Field::map(metadata, by)),
        ("spec", Field::map(spec, by)),
    ];
    Field::map(members, by)
}

/// The policy that is asked for; with an autoscaler, what it owns is left alone.
fn policy<'a>(
    asked: Option<Setting<'_, 'a>>,
    scaled: bool,
    by: By,
    maker: &mut Maker<'_>,
) -> Option<Field<'a>> {
    let mut policy = asked.map(|s| s.field(&mut |at| maker.by(at)));
    if scaled {
        let policy = policy.get_or_insert_with(|| Field::map::<&str>(Vec::new(), by));
        let Data::Map(members) = &mut policy.data else { return None };
        let at = members.iter().position(|m| m.key == "syncOptions").unwrap_or_else(|| {
            let value = Field::list(Vec::new(), by);
            members.push(crate::field::Member { key: "syncOptions".into(), by, value });
            members.len() - 1
        });
        let told = |f: &Field<'_>| f.as_str().is_some_and(|t| t.split('=').next() == Some(RESPECT));
        if let Data::Seq(options) = &mut members[at].value.data
            && !options.iter().any(told)
        {
            options.push(Field::text(format!("{RESPECT}=true"), by));
        }
    }
    policy.filter(|p| !p.members().is_empty())
}

/// The replicas of a workload that an autoscaler sets.
fn ignored<'a>(scaled: &Scaled, by: By) -> Field<'a> {
    let mut members = Vec::with_capacity(4);
    if !scaled.group.is_empty() {
        members.push(("group", Field::text(scaled.group.clone(), by)));
    }
    members.push(("kind", Field::text(scaled.kind.clone(), by)));
    members.push(("name", Field::text(scaled.name.clone(), by)));
    members.push(("jsonPointers", Field::texts(&["/spec/replicas"], by)));
    Field::map(members, by)
}

/// The root Application of the instance that an environment belongs to, as that environment asks for it: it syncs all
/// AppProjects and Applications of the instance, and itself.
pub fn root<'a>(config: &Config<'a>) -> Option<Made<'a>> {
    let wish = Wish::of(config)?.published(Target::shared(&config.settings));
    let mut made = Made::default();
    let mut maker = Maker::new(&mut made.trace, super::KEY);
    let by = maker.by(wish.at());
    let instance = match wish.setting.get(&["instance"]) {
        Some(own) => maker.by(own.span()),
        None => by,
    };
    let revision = match wish.setting.get(&["root", "targetRevision"]) {
        Some(_) => wish.text(&["root", "targetRevision"], "HEAD", &mut maker),
        None => wish.revision(&mut maker),
    };
    let folder = format!("argocd/{}", wish.instance);
    let folder = wish.target.as_ref().map_or_else(|| format!("rendered/{folder}"), |t| t.below(&folder));
    let source = vec![
        ("repoURL", wish.text(&["repoURL"], "", &mut maker)),
        ("targetRevision", revision),
        ("path", Field::text(folder, instance)),
        ("directory", Field::map(vec![("recurse", Field { data: Data::Bool(true), by })], by)),
    ];
    let destination = vec![
        ("name", Field::text("in-cluster", by)),
        ("namespace", wish.text(&["namespace"], wish.namespace, &mut maker)),
    ];
    let mut spec = vec![
        ("project", wish.text(&["root", "project"], "default", &mut maker)),
        ("source", Field::map(source, by)),
        ("destination", Field::map(destination, by)),
    ];
    if let Some(policy) = policy(wish.setting.get(&["root", "syncPolicy"]), false, by, &mut maker) {
        spec.push(("syncPolicy", policy));
    }
    let name = Field::text(names::root(wish.instance), instance);
    let body = object(vec![("name", name)], spec, by);
    made.manifests.extend(manifest(body, wish.namespace, by));
    Some(made)
}
