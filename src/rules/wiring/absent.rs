//! Names of objects that are not there: who asks for them, collected so that one that is missing is one finding.

use crate::{
    diag::{Finding, nearest},
    field::By,
    manifest::Identity,
    rules::{
        Subject,
        objects::{Inventory, Object, Reference, Referent, references},
    },
    values::Segment,
};
use std::collections::BTreeMap;

/// An object that names another.
#[derive(Debug)]
struct Asker<'s, 'a> {
    object: Object<'s, 'a>,
    by: By,
}

/// The objects of one kind that are asked for and are not there.
#[derive(Debug)]
pub(super) struct Absent<'s, 'a> {
    kind: &'static str,
    /// By namespace and name.
    found: BTreeMap<(Option<&'s str>, &'s str), Vec<Asker<'s, 'a>>>,
}

impl<'s, 'a> Absent<'s, 'a> {
    /// None so far.
    pub(super) fn new(kind: &'static str) -> Self {
        Self { kind, found: BTreeMap::new() }
    }

    /// Adds an object that names one which is not there; `by` made the name.
    pub(super) fn add(&mut self, name: &'s str, object: Object<'s, 'a>, by: By) {
        let namespace = object.manifest.identity.namespace.as_deref();
        self.found.entry((namespace, name)).or_default().push(Asker { object, by });
    }

    /// A finding for each, where the first asks for it. `help` says what to do where no name is near.
    pub(super) fn findings(
        self,
        code: &'static str,
        inventory: &Inventory<'s, 'a>,
        help: &str,
    ) -> Vec<Finding> {
        let kind = self.kind;
        let all = self.found.into_iter().filter_map(|((namespace, name), askers)| {
            let (first, rest) = askers.split_first()?;
            let who = users(&askers);
            let message = format!("{who} the {kind} `{name}`, which this environment does not have");
            let mut finding = first.object.subject.switched(code, first.by, Some(name), message);
            let mut told = vec![finding.at];
            for asker in rest {
                let at = asker.object.subject.switched(code, asker.by, Some(name), "").at;
                if told.len() < MOST && !told.contains(&at) {
                    told.push(at);
                    finding = finding.related(at, "it is named here, too");
                }
            }
            let near = nearest(name, inventory.names(kind, namespace));
            Some(finding.help(near.map_or_else(|| help.to_owned(), |near| format!("did you mean `{near}`?"))))
        });
        all.collect()
    }
}

/// As many places as a finding names.
const MOST: usize = 4;

fn users(askers: &[Asker<'_, '_>]) -> String {
    let mut names: Vec<&Identity> = askers.iter().map(|asker| &asker.object.manifest.identity).collect();
    names.dedup();
    match names.as_slice() {
        [] => String::new(),
        [one] => format!("{one} needs"),
        [one, other] => format!("{one} and {other} need"),
        [one, more @ ..] => format!("{one} and {} more need", more.len()),
    }
}

/// What the pods of an environment name of one kind and must have, each with the object that does.
pub(super) fn needed<'s, 'a>(
    components: &'s [Subject<'s, 'a>],
    to: Referent,
) -> impl Iterator<Item = (Object<'s, 'a>, Reference<'s, 'a>)> {
    let objects = components
        .iter()
        .flat_map(|subject| subject.manifests.iter().map(move |manifest| Object { subject, manifest }));
    objects.flat_map(move |object| {
        let all = references(object.subject, object.manifest).into_iter();
        all.filter(move |r| r.to == to && !r.optional).map(move |reference| (object, reference))
    })
}

/// Whether the value behind a name says by its own name that the object exists already, as `existingClaim` does.
pub(super) fn is_said_to_exist(subject: &Subject<'_, '_>, by: By) -> bool {
    subject.trace.reads(by.reads).iter().any(|&id| {
        let route = subject.values.route(id);
        route.0.iter().any(|step| matches!(step, Segment::Key(key) if key.starts_with("existing")))
    })
}
