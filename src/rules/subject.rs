//! What rules look at: a component, an environment, two environments of a cluster; and how a finding gets the line that a
//! person can edit.

use super::objects::Inventory;
use crate::{
    diag::Finding,
    field::{By, Field, Trace, blame},
    kube::Api,
    manifest::{ImageSpot, Manifest, Spot},
    schema::Schema,
    source::Span,
    values::{Id, Segment, Values},
    workspace::Config,
    yaml::Node,
};
use std::cell::OnceCell;

/// What a rule sees of one component. It reports on nothing else.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'s, 'a> {
    /// Its name.
    pub component: &'s str,
    /// Where it is asked for.
    pub asked: Span,
    /// The version of the software that its package runs; empty for the environment's own objects.
    pub app_version: &'s str,
    /// Its package belongs to the tool, so that nobody can edit its lines here.
    pub embedded: bool,
    /// What its environment asks for.
    pub config: &'s Config<'s>,
    /// The merged values with their context.
    pub values: &'s Values<'a>,
    /// The component's own values within them.
    pub root: Id,
    /// The schema of the values: what is sensitive.
    pub schema: &'s Schema,
    /// The rendered objects; empty when rendering failed.
    pub manifests: &'s [Manifest<'a>],
    /// What made their fields.
    pub trace: &'s Trace,
    /// The API of the environment's cluster.
    pub api: Api<'s>,
    /// The documents of its plain manifests.
    pub plain: &'s [Node],
    /// Where custom kinds hold images, as the package knows.
    pub images: &'s [ImageSpot],
    /// Where custom kinds hold the templates of pods, as the package knows.
    pub pods: &'s [Spot],
}

/// An environment with its components; its own objects are one of them.
#[derive(Debug)]
pub struct Environment<'s, 'a> {
    /// Its name.
    pub name: &'s str,
    /// What it asks for.
    pub config: &'s Config<'s>,
    /// Its components. None for an environment that was not rendered: it claims only what environment.yaml says.
    pub components: &'s [Subject<'s, 'a>],
    inventory: OnceCell<Inventory<'s, 'a>>,
}

impl<'s, 'a> Environment<'s, 'a> {
    /// An environment with its components.
    pub fn new(name: &'s str, config: &'s Config<'s>, components: &'s [Subject<'s, 'a>]) -> Self {
        Self { name, config, components, inventory: OnceCell::new() }
    }

    /// All its objects, by name. Made when a rule first asks for them.
    pub(super) fn inventory(&self) -> &Inventory<'s, 'a> {
        self.inventory.get_or_init(|| Inventory::of(self.components))
    }
}

/// What an environment has for itself alone on its cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// What tells it apart from all others that the rule makes.
    pub key: String,
    /// What it is, as findings name it, with its article where it has one: "the host a.b.com".
    pub what: String,
    /// Where it is claimed.
    pub at: Span,
}

/// Two environments that claim the same; or one that does so twice.
#[derive(Debug)]
pub struct Clash<'s> {
    /// The environment that is told.
    pub environment: &'s str,
    /// Its claim.
    pub claim: &'s Claim,
    /// The environment that came first; the same if it claims it twice.
    pub other: &'s str,
    /// Where that claims it.
    pub first: Span,
}

/// How a finding calls the line of the template.
const TEMPLATE: &str = "the template makes it here";

impl Subject<'_, '_> {
    /// Whether a value is a secret.
    pub(super) fn sensitive(&self, id: Id) -> bool {
        self.schema.sensitive(self.values, self.root, id)
    }

    /// Whether a field was made from a secret.
    pub fn secret(&self, by: By) -> bool {
        self.trace.reads(by.reads).iter().any(|&id| self.sensitive(id))
    }

    /// Whether a field stands in a plain manifest.
    pub(super) fn is_plain(&self, by: By) -> bool {
        self.plain.iter().any(|document| document.span.file == by.at.file)
    }

    /// A finding about a field, at the line that a person can edit: what asked for a change of it, else the value that made
    /// it, else the plain manifest or the template. `part` is the part of the field's text that is at fault.
    ///
    /// A value that no layer of the environment sets is the package's default: then the finding stands where the
    /// environment would set it.
    pub fn finding(
        &self,
        code: &'static str,
        by: By,
        part: Option<&str>,
        message: impl Into<String>,
    ) -> Finding {
        let sensitive = self.secret(by);
        let asked = self.trace.frames(by).find(|f| f.change.is_some()).map(|f| f.at);
        if let Some(asked) = asked {
            let finding = Finding::error(code, asked, message).masked(sensitive);
            return if asked == by.at { finding } else { finding.related(by.at, TEMPLATE) };
        }
        let blame = blame(self.values, self.trace, by, part);
        match blame.value {
            Some(id) if self.values.written(id) => {
                let finding = Finding::error(code, blame.at, message).masked(sensitive);
                if blame.at == by.at { finding } else { finding.related(by.at, TEMPLATE) }
            }
            Some(id) => self.unset(code, id, message),
            None if self.is_plain(by) || !self.embedded => Finding::error(code, by.at, message),
            None => Finding::error(code, self.asked, message).related(by.at, TEMPLATE),
        }
    }

    /// A finding about a field that should not be there, or not so: where none of the component's values made it and one of them
    /// switched it on, it stands at that switch.
    pub fn switched(
        &self,
        code: &'static str,
        by: By,
        part: Option<&str>,
        message: impl Into<String>,
    ) -> Finding {
        let own = |id: &Id| self.values.route(*id).0.first() == Some(&Segment::Key("values".to_owned()));
        let reads = self.trace.reads(by.reads).iter().any(own);
        let guards = self.trace.guards(by).flat_map(|guard| self.trace.reads(guard.reads));
        let switch = guards.copied().find(|id| own(id) && self.values.written(*id));
        match switch.filter(|_| !reads).and_then(|id| Some((id, self.values.span(id)?))) {
            Some((id, at)) => {
                let finding = Finding::error(code, at, message).related(by.at, TEMPLATE);
                finding.masked(self.sensitive(id))
            }
            None => self.finding(code, by, part, message),
        }
    }

    /// A finding about a field that is not there. `within` is the map that it would stand in, `key` its key: what was read in vain
    /// to make it, there or in a fragment that is called there, tells the value that would. That has the key in its route, or the
    /// first words of it: `automount` for `automountServiceAccountToken`.
    pub fn missing(
        &self,
        code: &'static str,
        within: &Field<'_>,
        key: &str,
        message: impl Into<String>,
    ) -> Finding {
        let by = within.by;
        let inside = |at: Span, frame: u32| {
            at.file == by.at.file && by.at.start <= at.start && at.end <= by.at.end && frame == by.frame
        };
        let called = |omission: By| self.trace.frames(omission).any(|frame| inside(frame.at, frame.parent));
        let read = self.trace.omissions.iter().filter(|o| inside(o.at, o.frame) || called(**o));
        let begins = |word: &str| {
            key.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_uppercase))
        };
        let named = |id: &Id| {
            self.values.route(*id).0.iter().any(|s| matches!(s, Segment::Key(word) if begins(word)))
        };
        let value = read.flat_map(|o| self.trace.reads(o.reads)).copied().find(named);
        match value {
            Some(id) if self.values.written(id) => {
                let at = self.values.span(id).unwrap_or(by.at);
                Finding::error(code, at, message).related(by.at, TEMPLATE)
            }
            Some(id) => self.unset(code, id, message),
            None => self.finding(code, by, None, message),
        }
    }

    /// A finding about a value that only the package sets: at the nearest map above it that a layer writes, else where the
    /// component is asked for.
    pub(super) fn unset(&self, code: &'static str, id: Id, message: impl Into<String>) -> Finding {
        let up = std::iter::successors(Some(id), |&id| {
            (id != self.root).then(|| self.values.parent(id)).filter(|&above| above != self.root)
        });
        let written = up.skip(1).find(|&above| self.values.written(above));
        let at = written.and_then(|above| self.values.key_span(above)).unwrap_or(self.asked);
        let finding = Finding::error(code, at, message).masked(self.sensitive(id));
        match self.values.span(id) {
            Some(default) => {
                let route = self.values.route(id).below();
                finding.related(default, format!("the package's own `{route}`"))
            }
            None => finding,
        }
    }
}
