//! Where objects hold settings and what a Secret holds: the places that rules on secrets look at.

use crate::{
    diag::Finding,
    field::{By, Data, Field, Member, Reads},
    kube::format::base64,
    manifest::{Identity, Manifest},
    rules::Subject,
    secret::Held,
    source::Span,
    values::{self, Id},
};
use std::{borrow::Cow, collections::BTreeMap};

/// The settings of programs in objects that are no Secrets: the group, the kind and the way to the map of them.
const SETTINGS: [(&str, &str, &[&str]); 7] = [
    ("", "ConfigMap", &["data"]),
    ("sparkoperator.k8s.io", "SparkApplication", &["spec", "sparkConf"]),
    ("sparkoperator.k8s.io", "SparkApplication", &["spec", "hadoopConf"]),
    ("sparkoperator.k8s.io", "ScheduledSparkApplication", &["spec", "template", "sparkConf"]),
    ("sparkoperator.k8s.io", "ScheduledSparkApplication", &["spec", "template", "hadoopConf"]),
    ("flink.apache.org", "FlinkDeployment", &["spec", "flinkConfiguration"]),
    ("flink.apache.org", "FlinkSessionJob", &["spec", "flinkConfiguration"]),
];

/// Ends of keys that tell where and as whom, and no secret.
const OPEN: [&str; 13] = [
    ".crt", "bucket", "database", "dbname", "endpoint", "host", "name", "port", "project", "server", "type",
    "url", "user",
];

/// The most names that a finding lists.
const NAMED: usize = 3;

/// The settings that an object holds.
pub(super) fn settings<'m, 'a>(manifest: &'m Manifest<'a>) -> impl Iterator<Item = &'m Member<'a>> {
    let here = |(group, kind, _): &&(&str, &str, &[&str])| {
        *group == manifest.identity.group && *kind == manifest.identity.kind
    };
    let maps = SETTINGS.iter().filter(here).filter_map(|(.., route)| manifest.body.at(route));
    maps.flat_map(Field::members)
}

/// What a Secret holds, each with the key that it stands under; nothing of other objects.
pub(super) fn held_by_secret<'m, 'a>(
    manifest: &'m Manifest<'a>,
) -> impl Iterator<Item = (&'static str, &'m Member<'a>)> {
    let Identity { group, kind, .. } = &manifest.identity;
    let keys: &[&'static str] =
        if kind == "Secret" && group.is_empty() { &["data", "stringData"] } else { &[] };
    let each = |key: &&'static str| manifest.body.get(key).map_or(&[][..], Field::members);
    let all = keys.iter().flat_map(move |key| each(key).iter().map(|member| (*key, member)));
    all.filter(|(_, member)| match &member.value.data {
        Data::Str(text) => !text.is_empty(),
        Data::Null => false,
        _ => true,
    })
}

/// The variables of all containers of an object, wherever these stand, by name and literal value.
pub(super) fn variables<'m, 'a>(field: &'m Field<'a>, act: &mut impl FnMut(&'m str, &'m str, By)) {
    field.items().iter().for_each(|item| variables(item, act));
    for member in field.members() {
        if member.key == "env" {
            for item in member.value.items() {
                let text = |key: &str| item.get(key).and_then(Field::as_str);
                if let (Some(name), Some(value), Some(field)) =
                    (text("name"), text("value"), item.get("value"))
                {
                    act(name, value, field.by);
                }
            }
        }
        variables(&member.value, act);
    }
}

/// A text of a Secret as it is: `data` is decoded; none where it is no text.
pub(super) fn plain<'m>(key: &str, field: &'m Field<'_>) -> Option<Cow<'m, str>> {
    let text = field.as_str()?;
    match key {
        "data" => String::from_utf8(base64::decode(text)?).ok().map(Cow::Owned),
        _ => Some(Cow::Borrowed(text)),
    }
}

/// Whether a key of a Secret tells where and as whom, and no secret.
pub(super) fn open(name: &str) -> bool {
    OPEN.iter().any(|end| name.to_lowercase().ends_with(end))
}

/// What is found in several objects because one line made it so: a finding a line.
#[derive(Debug, Default)]
pub(super) struct Collected(BTreeMap<(Span, String, String), (Finding, Vec<String>)>);

impl Collected {
    /// Adds a finding that says of a thing in an object what it is: "`password`", "is a secret".
    pub(super) fn add(&mut self, finding: Finding, thing: String, object: &Identity, is: String) {
        let (_, objects) = self.0.entry((finding.at, thing, is)).or_insert_with(|| (finding, Vec::new()));
        let object = object.to_string();
        if !objects.contains(&object) {
            objects.push(object);
        }
    }

    /// The findings.
    pub(super) fn findings(self) -> Vec<Finding> {
        let one = |((_, thing, is), (mut finding, objects)): (_, (Finding, Vec<String>))| {
            let of = match objects.as_slice() {
                [first, rest @ ..] if rest.len() > 1 => format!("{first} and {} other objects", rest.len()),
                objects => objects.join(" and "),
            };
            finding.message = format!("{thing} of {of} {is}");
            finding
        };
        self.0.into_iter().map(one).collect()
    }
}

/// What a text holds, as a sentence names it: some of many.
pub(super) fn listed(held: &[Held<'_>]) -> String {
    let name = |held: &Held<'_>| match held.name {
        Some(name) => format!("`{name}`"),
        None => held.sort.to_owned(),
    };
    let names: Vec<String> = held.iter().take(NAMED).map(name).collect();
    match held.len().saturating_sub(NAMED) {
        0 => names.join(", "),
        more => format!("{} and {more} more", names.join(", ")),
    }
}

/// Whether a patch changed a field.
pub(super) fn patched(subject: &Subject<'_, '_>, by: By) -> bool {
    subject.trace.frames(by).any(|frame| frame.change == Some("patches"))
}

/// What made a secret within a field: without the values that were read, if none of them holds it, for then the template says
/// it itself. None where it is the package's default, which is nobody's secret.
pub(super) fn made(subject: &Subject<'_, '_>, by: By, secret: &str) -> Option<By> {
    let holds = |&&id: &&Id| match subject.values.data(id) {
        values::Data::Str(text) => text.contains(secret),
        values::Data::Int(number) => number.to_string() == secret,
        _ => false,
    };
    let mut holders = subject.trace.reads(by.reads).iter().filter(holds).peekable();
    match holders.peek() {
        Some(_) => holders.any(|&id| subject.values.written(id)).then_some(by),
        None => Some(By { reads: Reads::default(), ..by }),
    }
}
