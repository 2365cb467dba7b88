//! `patches` of a component: the escape hatch for what its package has no value for. They run before the
//! transforms, so that what they add is transformed too.
//!
//! A patch that is a list is a JSON Patch (RFC 6902), one that is a map is merged as Kubernetes merges strategically
//! (`merge`). A target or a patch that hits nothing, and a patch that changes nothing, are findings at their lines.

use super::{Scope, edit, merge, operation};
use crate::{
    diag::Finding,
    field::{Data, Field, Member, Part, Patched, Trace},
    manifest::{Identity, file_name},
    source::Span,
    values,
    workspace::Setting,
};
use std::{borrow::Cow, collections::BTreeSet};

/// What came of a patch; if it cannot be done, the finding that says so.
pub(super) type Outcome<T> = Result<T, Box<Finding>>;

/// How patches are called where a field says what changed it.
pub(super) const NAME: &str = "patches";

/// Applies the patches of the component, in their order.
pub(super) fn apply(scope: &mut Scope<'_, '_>) -> Vec<Finding> {
    let Some(patches) = scope.settings.get(&["components", scope.component, NAME]) else { return Vec::new() };
    let mut findings = Vec::new();
    for (_, one) in patches.entries() {
        let (Some(target), Some(patch)) = (one.get(&["target"]), one.get(&["patch"])) else { continue };
        match do_one(scope, &target, &patch) {
            Ok(Done::Changed) => {}
            Ok(Done::Nothing) => findings.push(
                Finding::error(
                    "patch-useless",
                    patch.span(),
                    "the patch changes nothing: the objects are so already",
                )
                .help("remove it"),
            ),
            Ok(Done::Missed) => findings.push(unmatched(scope, &target)),
            Err(finding) => findings.push(*finding),
        }
    }
    findings
}

/// What a patch did.
enum Done {
    Changed,
    Nothing,
    /// Its target is no object.
    Missed,
}

/// Applies one patch to all objects that it is for; one that cannot be done leaves the object at which it fails as it was.
fn do_one<'a>(scope: &mut Scope<'_, 'a>, target: &Setting<'_, 'a>, patch: &Setting<'_, 'a>) -> Outcome<Done> {
    let operations = matches!(patch.data(), values::Data::Seq(_));
    let namespace = scope.namespace.0;
    if !operations {
        merge::check(patch)?;
        if merge::deletes(patch) {
            return Ok(delete(scope, target, patch));
        }
    }
    let mut done = Done::Missed;
    for manifest in scope.manifests.iter_mut().filter(|m| matches(&m.identity, target)) {
        let file = file_name(&manifest.identity, namespace);
        let before = manifest.body.clone();
        let outcome = match operations {
            true => operation::apply(&mut manifest.body, patch, &file, scope.trace),
            false => merge::apply(&mut manifest.body, patch, &file, scope.trace),
        };
        let identity = outcome.and_then(|()| {
            Identity::of(&manifest.body).map_err(|missing| {
                fault(patch.span(), format!("the patch leaves an object without `{missing}`"), None)
            })
        });
        match identity {
            Ok(identity) => manifest.identity = identity,
            Err(finding) => {
                manifest.body = before;
                return Err(finding);
            }
        }
        match (same(&before, &manifest.body), &done) {
            (false, _) => {
                let keys = changed(&before, &manifest.body);
                scope.trace.patched.push(Patched { file, keys, at: patch.span() });
                done = Done::Changed;
            }
            (true, Done::Missed) => done = Done::Nothing,
            (true, _) => {}
        }
    }
    Ok(done)
}

/// The keys of an object whose values are not what they were.
fn changed(before: &Field<'_>, after: &Field<'_>) -> Vec<String> {
    let keys: BTreeSet<&str> = [before, after].iter().flat_map(|f| f.members()).map(|m| &*m.key).collect();
    let other = |key: &&str| match (before.get(key), after.get(key)) {
        (Some(a), Some(b)) => !same(a, b),
        _ => true,
    };
    keys.into_iter().filter(other).map(str::to_owned).collect()
}

/// Removes the objects themselves.
fn delete<'a>(scope: &mut Scope<'_, 'a>, target: &Setting<'_, 'a>, patch: &Setting<'_, 'a>) -> Done {
    let before = scope.manifests.len();
    let (trace, namespace) = (&mut *scope.trace, scope.namespace.0);
    scope.manifests.retain(|manifest| {
        let gone = matches(&manifest.identity, target);
        if gone {
            let file = file_name(&manifest.identity, namespace);
            trace.removed(&file, manifest.body.by, Part::Object, patch.span());
        }
        !gone
    });
    if scope.manifests.len() < before { Done::Changed } else { Done::Missed }
}

/// What is wrong with a patch, at its line.
pub(super) fn fault(at: Span, message: String, help: Option<String>) -> Box<Finding> {
    let mut finding = Finding::error("patch-invalid", at, message);
    finding.help = help;
    Box::new(finding)
}

/// Whether an object is meant: what a target does not name is free, `*` stands for any part of a text.
fn matches(identity: &Identity, target: &Setting<'_, '_>) -> bool {
    let wants = |key: &str, have: &str| {
        target.get(&[key]).and_then(|s| s.text()).is_none_or(|pattern| glob(pattern, have))
    };
    wants("group", &identity.group) && wants("kind", &identity.kind) && wants("name", &identity.name)
}

/// `*` for any part; everything else for itself.
fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.len() >= last.len() && rest.ends_with(last)
}

fn unmatched(scope: &Scope<'_, '_>, target: &Setting<'_, '_>) -> Finding {
    let objects = || scope.manifests.iter().map(|m| &m.identity);
    let asked = |key: &str| target.get(&[key]).and_then(|s| s.text());
    // What is asked for is compared with just that of the objects.
    let (wanted, have): (String, Vec<&str>) = match (asked("kind"), asked("name")) {
        (Some(kind), _) if !objects().any(|i| glob(kind, &i.kind)) => {
            (kind.to_owned(), objects().map(|i| &*i.kind).collect())
        }
        (Some(kind), Some(name)) => {
            (name.to_owned(), objects().filter(|i| glob(kind, &i.kind)).map(|i| &*i.name).collect())
        }
        (_, name) => (name.unwrap_or_default().to_owned(), objects().map(|i| &*i.name).collect()),
    };
    let near = crate::diag::nearest(&wanted, have);
    Finding::error("patch-unmatched", target.span(), "the patch's target matches no object of the component")
        .help(match near {
            Some(near) => format!("instead of `{wanted}`, did you mean `{near}`?"),
            None if scope.manifests.is_empty() => "the component has no objects".to_owned(),
            None => {
                format!("there are: {}", objects().map(ToString::to_string).collect::<Vec<_>>().join(", "))
            }
        })
}

/// A setting as a field: every part stands at its own line of environment.yaml.
pub(super) fn field<'a>(setting: &Setting<'_, 'a>, trace: &mut Trace) -> Field<'a> {
    let by = edit::made(trace, NAME, setting.span());
    let data = match setting.data() {
        values::Data::Absent => Data::Null,
        values::Data::Bool(b) => Data::Bool(b),
        values::Data::Int(i) => Data::Int(i),
        values::Data::UInt(u) => Data::UInt(u),
        values::Data::Float(f) => Data::Float(f),
        values::Data::Str(s) => Data::Str(Cow::Borrowed(s)),
        values::Data::Seq(_) => Data::Seq(setting.entries().map(|(_, item)| field(&item, trace)).collect()),
        values::Data::Map(_) => {
            let member = |(key, item): (&'a str, Setting<'_, 'a>)| {
                let value = field(&item, trace);
                Member { key: Cow::Borrowed(key), by: edit::made(trace, NAME, item.key_span()), value }
            };
            Data::Map(setting.entries().map(member).collect())
        }
    };
    Field { data, by }
}

/// Whether two fields hold the same, whatever made them.
pub(super) fn same(a: &Field<'_>, b: &Field<'_>) -> bool {
    match (&a.data, &b.data) {
        (Data::Seq(x), Data::Seq(y)) => x.len() == y.len() && x.iter().zip(y).all(|(x, y)| same(x, y)),
        (Data::Map(x), Data::Map(y)) => {
            x.len() == y.len() && x.iter().zip(y).all(|(x, y)| x.key == y.key && same(&x.value, &y.value))
        }
        (x, y) => x == y,
    }
}

#[cfg(test)]
mod tests {
    use super::glob;

    #[test]
    fn stars_stand_for_any_part() {
        for (pattern, text, hit) in [
            ("ds-worker", "ds-worker", true),
            ("ds-*", "ds-worker", true),
            ("*-worker", "ds-worker", true),
            ("*-wor*-x", "ds-worker-x", true),
            ("*", "", true),
            ("a*a", "a", false),
            ("ds", "ds-worker", false),
        ] {
            assert_eq!(glob(pattern, text), hit, "{pattern} {text}");
        }
    }
}
