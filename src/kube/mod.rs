//! What a Kubernetes API server would say about an object, without a cluster.
//!
//! An object is read as its type (`catalog`, `shape`, `decode`), then its metadata and the rules of its kind are checked
//! (`metadata`, `kinds`); custom kinds have their schemas (`custom`). `place` says where and in which words. What depends on
//! the state or the flags of a server is never judged; which files are read, and who asks, is for `ops`.

mod at;
mod catalog;
mod cel;
mod check;
pub mod custom;
mod decode;
mod duplicates;
pub mod format;
mod kinds;
mod metadata;
mod place;
mod shape;
mod size;
mod wanted;

pub use at::{At, Data, Value};
pub use catalog::{Kind, OLDEST, find as kind, kinds as all_kinds, newest};
pub use check::{Check, Fault, Violation};
pub use place::{Placed, Spot, place};
pub use wanted::suspects;

use custom::{Customs, Definition, Version};
use format::names;

/// The groups whose objects are answered and not kept: they need no names.
const REVIEWS: [&str; 2] = ["authentication.k8s.io", "authorization.k8s.io"];

/// The objects of a document: a `List` is its items, null is none.
pub fn objects(document: Value<'_>) -> Vec<Value<'_>> {
    let root = At::new(document);
    if root.absent() {
        return Vec::new();
    }
    let items = root.get("items");
    let kind = root.get("kind").str();
    if kind.ends_with("List") && (items.data() == Data::List || (kind == "List" && items.absent())) {
        return items.items().flat_map(At::value).flat_map(objects).collect();
    }
    vec![document]
}

/// The API of a cluster: what is held against objects.
#[derive(Debug, Clone, Copy)]
pub struct Api<'c> {
    minor: u32,
    customs: &'c Customs,
}

impl<'c> Api<'c> {
    /// That of Kubernetes 1.`minor`, or of the nearest version that is known, with these custom kinds.
    pub fn new(minor: u32, customs: &'c Customs) -> Self {
        Self { minor: minor.clamp(OLDEST, newest().max(OLDEST)), customs }
    }

    /// What its server would say about an object.
    pub fn check<'t>(&self, object: Value<'t>) -> Vec<Placed<'t>> {
        let mut check = Check::new(object, self.minor);
        judge(&mut check, self.customs);
        check.forget_misspelt();
        size::size(&mut check);
        place(object, check.finish())
    }
}

/// The minor version of a text such as `1.31` or `v1.31.2`.
pub fn minor(version: &str) -> Option<u32> {
    let mut parts = version.strip_prefix('v').unwrap_or(version).split('.');
    (parts.next() == Some("1")).then_some(())?;
    parts.next()?.parse().ok()
}

fn judge(check: &mut Check<'_>, customs: &Customs) {
    let object = check.object;
    if object.data() != Data::Map {
        check.fault(Fault::TypeWrong, object, "must be a map");
        return;
    }
    let (version, kind) = (object.get("apiVersion"), object.get("kind"));
    let named = check.require(version) & check.require(kind);
    if !named {
        return;
    }
    if !catalog::owns(check.group)
        && let Some(definition) = customs.find(check.group, kind.str())
    {
        if let Some(version) = served(check, &definition) {
            custom::check(check, &definition, version, object);
        }
        return;
    }
    // Its definition is at fault, which is told where that stands.
    if customs.is_broken(check.group, kind.str()) {
        return;
    }
    let Some(found) = known(check, version.str(), kind.str()) else { return };
    if let Some(shape) = found.shape {
        decode::decode(check, object, &shape::Shape::Struct(shape::Link::new(shape)));
    }
    // What is of the wrong type cannot be judged further; a field too many can be left aside.
    if check.unreadable() {
        return;
    }
    let rules = kinds::find(check.group, found.kind);
    let judge = rules.map_or(names::path_segment as metadata::NameJudge, |r| r.name);
    if !REVIEWS.contains(&check.group) {
        metadata::metadata(check, object.get("metadata"), found.namespaced, judge);
    }
    if let Some(rules) = rules {
        (rules.check)(check, object);
    }
    if let Some(shape) = found.shape.filter(|_| !check.refused()) {
        duplicates::duplicates(check, object, shape);
    }
}

/// The version of a custom object, if the server serves it.
fn served<'d>(check: &mut Check<'_>, definition: &'d Definition) -> Option<&'d Version> {
    let found = definition.versions.iter().find(|v| v.name == check.version && v.served);
    if found.is_none() {
        let served: Vec<&str> =
            definition.versions.iter().filter(|v| v.served).map(|v| v.name.as_str()).collect();
        let what =
            format!("`{}` of `{}` has no version `{}`", definition.kind, definition.group, check.version);
        let help = format!("it has {}", place::alternatives(&served));
        check.fault(Fault::KindUnknown, check.object.get("apiVersion"), what).help = Some(help);
    }
    found
}

/// The kind of an object, if the server serves it.
fn known(check: &mut Check<'_>, version: &str, kind: &str) -> Option<&'static Kind> {
    let minor = check.minor;
    let at = check.object.get("apiVersion");
    let Some(found) = catalog::find(version, kind) else {
        let at = check.object.get("kind");
        let what = if catalog::owns(check.group) {
            format!("Kubernetes 1.{minor} has no kind `{kind}` in `{version}`")
        } else {
            format!("nothing is known of the kind `{kind}` of `{version}`")
        };
        let help = match catalog::served(kind, minor).last() {
            Some(other) => Some(format!("it has one in `{}`", other.api_version)),
            None if !catalog::owns(check.group) => Some(
                "give its definition: `podwright schema import FILE` keeps it in the workspace, `validate` takes \
                 `--schema PATH`"
                    .to_owned(),
            ),
            None => crate::diag::nearest(kind, catalog::kinds().iter().map(|k| k.kind)).and_then(|near| {
                let version = catalog::served(near, minor).last()?.api_version;
                Some(format!("did you mean `{near}` of `{version}`?"))
            }),
        };
        check.fault(Fault::KindUnknown, at, what).help = help;
        return None;
    };
    let help = || found.instead(minor).map(|instead| format!("use {instead}"));
    if minor > found.until {
        let gone = found.removed.unwrap_or(found.until + 1);
        let what = match gone {
            gone if gone == minor => format!("Kubernetes 1.{gone} removed `{kind}` of `{version}`"),
            gone => {
                format!("Kubernetes 1.{gone} removed `{kind}` of `{version}`: 1.{minor} does not have it")
            }
        };
        check.fault(Fault::ApiRemoved, at, what).help = help();
        return None;
    }
    if minor < found.since {
        let what = format!(
            "`{kind}` of `{version}` came with Kubernetes 1.{}: 1.{minor} does not have it",
            found.since
        );
        let other = catalog::served(kind, minor).last();
        let help = other.map(|other| format!("1.{minor} has it in `{}`", other.api_version));
        check.fault(Fault::KindUnknown, at, what).help = help;
        return None;
    }
    if let Some(since) = found.deprecated.filter(|since| *since <= minor) {
        let gone = found.removed.map_or(String::new(), |gone| format!(", and 1.{gone} no longer has it"));
        let what = format!("`{kind}` of `{version}` is deprecated since Kubernetes 1.{since}{gone}");
        check.fault(Fault::ApiDeprecated, at, what).help = help();
    }
    Some(found)
}
