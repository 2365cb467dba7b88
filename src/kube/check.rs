//! What is wrong with an object, collected while it is looked at: a [`Fault`] at a place.
//!
//! Rules say the requirement only ("must be 0 or more"); the headline around it is made in `place`, one for all.

use super::{
    at::{At, Value},
    place,
};
use std::{borrow::Cow, collections::HashSet, hash::Hash};

/// What sort of fault it is. The names of findings follow the reasons that an API server gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// The API has no such kind.
    KindUnknown,
    /// The kind is no longer served.
    ApiRemoved,
    /// The kind will no longer be served.
    ApiDeprecated,
    /// The kind has no such field.
    FieldUnknown,
    /// The field came with a later Kubernetes, or went with an earlier one.
    FieldUnserved,
    /// A number where a string is wanted, and the like.
    TypeWrong,
    /// A field that must be there is not.
    FieldMissing,
    /// A value that is not allowed.
    ValueInvalid,
    /// None of the values that are allowed.
    ValueUnsupported,
    /// A value that may be there once.
    ValueDuplicate,
    /// Too long, or too many.
    ValueTooLong,
    /// A field that may not be there.
    FieldForbidden,
    /// A name or label that is none.
    NameInvalid,
    /// The object as a whole is larger than a server takes.
    ObjectTooLarge,
    /// The server accepts it and warns.
    ServerWarning,
    /// The server accepts it, and it fails later.
    BreaksLater,
    /// A rule of a custom resource definition that could not be evaluated here.
    RuleNotEvaluated,
}

impl Fault {
    /// All of them.
    pub const ALL: [Fault; 17] = [
        Fault::KindUnknown,
        Fault::ApiRemoved,
        Fault::ApiDeprecated,
        Fault::FieldUnknown,
        Fault::FieldUnserved,
        Fault::TypeWrong,
        Fault::FieldMissing,
        Fault::ValueInvalid,
        Fault::ValueUnsupported,
        Fault::ValueDuplicate,
        Fault::ValueTooLong,
        Fault::FieldForbidden,
        Fault::NameInvalid,
        Fault::ObjectTooLarge,
        Fault::ServerWarning,
        Fault::BreaksLater,
        Fault::RuleNotEvaluated,
    ];

    /// The code of its findings.
    pub const fn code(self) -> &'static str {
        match self {
            Fault::KindUnknown => "kube-kind-unknown",
            Fault::ApiRemoved => "kube-api-removed",
            Fault::ApiDeprecated => "kube-api-deprecated",
            Fault::FieldUnknown => "kube-field-unknown",
            Fault::FieldUnserved => "kube-field-unserved",
            Fault::TypeWrong => "kube-type-wrong",
            Fault::FieldMissing => "kube-field-missing",
            Fault::ValueInvalid => "kube-value-invalid",
            Fault::ValueUnsupported => "kube-value-unsupported",
            Fault::ValueDuplicate => "kube-value-duplicate",
            Fault::ValueTooLong => "kube-value-too-long",
            Fault::FieldForbidden => "kube-field-forbidden",
            Fault::NameInvalid => "kube-name-invalid",
            Fault::ObjectTooLarge => "kube-object-too-large",
            Fault::ServerWarning => "kube-server-warning",
            Fault::BreaksLater => "kube-breaks-later",
            Fault::RuleNotEvaluated => "kube-rule-not-evaluated",
        }
    }

    /// Whether a server refuses the object for it.
    pub const fn refused(self) -> bool {
        !matches!(
            self,
            Fault::ApiDeprecated | Fault::ServerWarning | Fault::BreaksLater | Fault::RuleNotEvaluated
        )
    }
}

/// What helps a number where a string is wanted.
pub(super) const PUT_IN_QUOTES: &str = "put it in quotes";

/// A fault at a place.
#[derive(Debug, Clone)]
pub struct Violation<'t> {
    /// What sort.
    pub fault: Fault,
    /// Where.
    pub at: At<'t>,
    /// Whether the key is at fault, not the value.
    pub on_key: bool,
    /// The requirement, a phrase: "must be 0 or more"; for some faults the whole headline.
    pub what: Cow<'static, str>,
    /// The name of a field that is missing at the place, where it is no part of the place.
    pub field: Option<String>,
    /// What to do.
    pub help: Option<String>,
    /// The server accepts the object, and refuses what is made of it.
    pub later: bool,
}

impl Violation<'_> {
    /// Whether a server refuses the object for it.
    pub fn refused(&self) -> bool {
        self.fault.refused() && !self.later
    }

    /// Whether quotes around the value would make it what it must be.
    pub fn wants_quotes(&self) -> bool {
        self.fault == Fault::TypeWrong && self.help.as_deref() == Some(PUT_IN_QUOTES)
    }

    /// The code of its finding.
    pub fn code(&self) -> &'static str {
        if self.fault.refused() && self.later { Fault::BreaksLater.code() } else { self.fault.code() }
    }
}

/// Collects what is wrong with one object.
#[derive(Debug)]
pub struct Check<'t> {
    /// The minor version of Kubernetes 1.
    pub minor: u32,
    /// The object.
    pub object: At<'t>,
    /// Its API group; empty for core.
    pub group: &'t str,
    /// Its version.
    pub version: &'t str,
    violations: Vec<Violation<'t>>,
    /// Fields that are there under a name that is nearly theirs: what they are part of, and the right name.
    misspelt: Vec<(At<'t>, String)>,
}

impl<'t> Check<'t> {
    /// A check of an object against Kubernetes 1.`minor`.
    pub fn new(object: Value<'t>, minor: u32) -> Self {
        let object = At::new(object);
        let version = object.get("apiVersion").str();
        let (group, version) = version.split_once('/').unwrap_or(("", version));
        Self { minor, object, group, version, violations: Vec::new(), misspelt: Vec::new() }
    }

    /// What was found, in the order of the checks.
    pub fn finish(self) -> Vec<Violation<'t>> {
        self.violations
    }

    /// Runs a part of the checks. True if it found nothing that a server refuses.
    pub fn clean(&mut self, part: impl FnOnce(&mut Self)) -> bool {
        let before = self.violations.len();
        part(self);
        !self.violations.iter().skip(before).any(Violation::refused)
    }

    /// Runs a part of the checks that the server leaves to later: what it finds does not refuse the object.
    pub fn later(&mut self, part: impl FnOnce(&mut Self)) {
        let before = self.violations.len();
        part(self);
        for violation in self.violations.iter_mut().skip(before) {
            violation.later = true;
        }
    }

    /// Whether something was found at a place.
    pub fn has(&self, at: At<'t>) -> bool {
        self.violations.iter().any(|v| v.at.is(at))
    }

    /// Whether a value was found that is not of the type that its field has.
    pub fn unreadable(&self) -> bool {
        self.violations.iter().any(|v| v.fault == Fault::TypeWrong)
    }

    /// Says that a field of `parent` is there under a name that is nearly its own.
    pub fn misspelt(&mut self, parent: At<'t>, name: &str) {
        self.misspelt.push((parent, name.to_owned()));
    }

    /// Forgets that fields are missing which are there under another name: that was said.
    pub fn forget_misspelt(&mut self) {
        let misspelt = std::mem::take(&mut self.misspelt);
        let said = |v: &Violation<'t>| {
            misspelt.iter().any(|(parent, name)| match &v.field {
                Some(field) => field == name && v.at.is(*parent),
                None => v.at.is_field(*parent, name),
            })
        };
        self.violations.retain(|v| v.fault != Fault::FieldMissing || !said(v));
    }

    /// Whether something was found that a server refuses.
    pub fn refused(&self) -> bool {
        self.violations.iter().any(Violation::refused)
    }

    /// How many violations there are.
    pub(super) fn count(&self) -> usize {
        self.violations.len()
    }

    /// Turns unknown fields that were found after the first `before` violations into a warning: a server drops them.
    pub(super) fn drop_unknown(&mut self, before: usize) {
        for violation in self.violations.iter_mut().skip(before).filter(|v| v.fault == Fault::FieldUnknown) {
            violation.later = true;
            violation.what = "no field of a schema; servers drop it without a word".into();
        }
    }

    /// Takes away what to do about the violations after the first `before`.
    pub(super) fn without_help(&mut self, before: usize) {
        self.violations.iter_mut().skip(before).for_each(|violation| violation.help = None);
    }

    /// Adds a violation; the value at a place is shown in its headline.
    pub fn fault(
        &mut self,
        fault: Fault,
        at: At<'t>,
        what: impl Into<Cow<'static, str>>,
    ) -> &mut Violation<'t> {
        self.violations.push(Violation {
            fault,
            at,
            on_key: false,
            what: what.into(),
            field: None,
            help: None,
            later: false,
        });
        let last = self.violations.len() - 1;
        &mut self.violations[last]
    }

    /// A field that must be there: `what` says why or of what form, and may be empty.
    pub fn required(&mut self, at: At<'t>, what: impl Into<Cow<'static, str>>) {
        self.fault(Fault::FieldMissing, at, what);
    }

    /// A field that must be there and not be empty. True if it is.
    pub fn require(&mut self, at: At<'t>) -> bool {
        if at.blank() {
            self.required(at, "");
        }
        !at.blank()
    }

    /// A value that is not allowed: "must be 0 or more".
    pub fn invalid(&mut self, at: At<'t>, what: impl Into<Cow<'static, str>>) {
        self.fault(Fault::ValueInvalid, at, what);
    }

    /// The key of a place is not allowed: "must be ...".
    pub fn invalid_key(&mut self, at: At<'t>, what: impl Into<Cow<'static, str>>) {
        self.fault(Fault::ValueInvalid, at, what).on_key = true;
    }

    /// A field that may not be there: "may only be set when ...".
    pub fn forbidden(&mut self, at: At<'t>, what: impl Into<Cow<'static, str>>) {
        self.fault(Fault::FieldForbidden, at, what);
    }

    /// A value that may be there once; `what` names the other: "another port has it".
    pub fn duplicate(&mut self, at: At<'t>, what: impl Into<Cow<'static, str>>) {
        self.fault(Fault::ValueDuplicate, at, what);
    }

    /// A text or list that is too long: "must have at most 63 characters".
    pub fn too_long(&mut self, at: At<'t>, what: impl Into<Cow<'static, str>>) {
        self.fault(Fault::ValueTooLong, at, what);
    }

    /// The server accepts it and warns: a whole sentence without a period, without the object's name.
    pub fn warn(&mut self, at: At<'t>, what: impl Into<Cow<'static, str>>) {
        self.fault(Fault::ServerWarning, at, what);
    }

    /// The server accepts it and it fails later: a whole sentence without a period, without the object's name.
    pub fn breaks(&mut self, at: At<'t>, what: impl Into<Cow<'static, str>>) {
        self.fault(Fault::BreaksLater, at, what);
    }

    /// A text that must be one of a list, when it is there (an empty text is absent). True if nothing is wrong.
    pub fn one_of(&mut self, at: At<'t>, allowed: &[&'static str]) -> bool {
        let text = at.str();
        let fine = text.is_empty() || allowed.contains(&text);
        if !fine {
            let what = format!("must be {}", place::alternatives(allowed));
            let near = crate::diag::nearest(text, allowed.iter().copied());
            let help = near.map(|near| format!("did you mean `{near}`?"));
            self.fault(Fault::ValueUnsupported, at, what).help = help;
        }
        fine
    }

    /// A text that must be one of a list when it is there, even when it is empty. True if nothing is wrong.
    pub fn one_of_or_null(&mut self, at: At<'t>, allowed: &[&'static str]) -> bool {
        let fine = at.absent() || allowed.contains(&at.str());
        if !fine && at.str().is_empty() {
            self.fault(Fault::ValueUnsupported, at, format!("must be {}", place::alternatives(allowed)));
            return false;
        }
        fine || self.one_of(at, allowed)
    }

    /// A text that must be there and be one of a list. True if nothing is wrong.
    pub fn require_one_of(&mut self, at: At<'t>, allowed: &[&'static str]) -> bool {
        if at.blank() {
            self.required(at, format!("must be {}", place::alternatives(allowed)));
            return false;
        }
        self.one_of(at, allowed)
    }

    /// An integer in a range, both ends included, when it is there. True if nothing is wrong.
    pub fn within(&mut self, at: At<'t>, least: i64, most: i64) -> bool {
        let fine = at.int().is_none_or(|n| (least..=most).contains(&n));
        if !fine {
            let what = match (least, most) {
                (least, i64::MAX) => format!("must be {least} or more"),
                (least, most) => format!("must be from {least} to {most}"),
            };
            self.invalid(at, what);
        }
        fine
    }

    /// An integer of 0 or more, when it is there. True if nothing is wrong.
    pub fn not_negative(&mut self, at: At<'t>) -> bool {
        self.within(at, 0, i64::MAX)
    }

    /// Judges a text by a syntax, when it is there: `syntax` gives what a text must be, or nothing when it is. True if
    /// nothing is wrong.
    pub fn text(&mut self, at: At<'t>, syntax: impl FnOnce(&str) -> Option<Cow<'static, str>>) -> bool {
        let wrong = if at.absent() { None } else { syntax(at.str()) };
        let fine = wrong.is_none();
        if let Some(what) = wrong {
            self.invalid(at, what);
        }
        fine
    }

    /// Exactly one member of a union must be there. Gives the first that is.
    pub fn exactly_one(&mut self, at: At<'t>, names: &[&'static str]) -> Option<(&'static str, At<'t>)> {
        let first = self.at_most_one(at, names);
        if first.is_none() {
            self.required(at, format!("needs one of {}", place::names(names)));
        }
        first
    }

    /// At most one member of a union may be there. Gives the first that is.
    pub fn at_most_one(&mut self, at: At<'t>, names: &[&'static str]) -> Option<(&'static str, At<'t>)> {
        let mut chosen = at.chosen(names);
        let first = chosen.next()?;
        for (_, other) in chosen {
            self.forbidden(other, format!("may not stand beside `{}`", first.0));
        }
        Some(first)
    }

    /// Every item of a list must be there once, by a key: `what` is "another port has this name".
    pub fn unique<K: Eq + Hash>(
        &mut self,
        items: impl IntoIterator<Item = At<'t>>,
        key: impl Fn(At<'t>) -> Option<K>,
        what: &'static str,
    ) {
        let mut seen = HashSet::new();
        for item in items {
            if key(item).is_some_and(|key| !seen.insert(key)) {
                self.duplicate(item, what);
            }
        }
    }
}
