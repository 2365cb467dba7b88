//! What Argo CD does about an environment as a whole: what it leaves running when its Applications go, and which instance runs it.

use super::{
    cluster,
    compare::{Half, subjects},
    made::place,
    mask,
    side::Side,
};
use crate::{
    diff::{
        self, Impact, Left,
        told::{Environment, Place},
    },
    manifest::{Identity, Manifest},
    ops::around,
    rules::Subject,
    workspace::{Config, Setting},
};

/// The Argo CD that runs an environment which names none.
const MAIN: &str = "main";

/// The objects that other environments of the new side have where an environment was that is removed, each with its environment.
pub(super) fn others(old: Half<'_, '_>, new: &Side<'_>) -> Vec<(String, Identity)> {
    let mut found = Vec::new();
    let Some(was) = config(old) else { return found };
    for at in 0..new.compiled.len() {
        let half = Some((new, at));
        let same = config(half).is_some_and(|is| is.namespace.0 == was.namespace.0);
        if !same || cluster::moved(old, half).is_some() {
            continue;
        }
        subjects(half, &mut Vec::new(), &mut |all| {
            let all = all.iter().filter(|s| s.component != around::ARGOCD).flat_map(|s| s.manifests);
            found.extend(all.map(|m| (new.name(at).to_owned(), m.identity.clone())));
        });
    }
    found
}

/// What Argo CD leaves running; tells it of the environment.
pub(super) fn left<'m>(
    before: &'m [Subject<'_, '_>],
    after: &[Subject<'_, '_>],
    others: &[(String, Identity)],
    environment: &mut Environment,
) -> Left<'m> {
    let old: Vec<(&str, &Manifest<'_>)> =
        before.iter().flat_map(|s| s.manifests.iter().map(|m| (s.component, m))).collect();
    let new: Vec<&Manifest<'_>> = after.iter().flat_map(|s| s.manifests).collect();
    let others: Vec<(&str, &Identity)> = others.iter().map(|(name, id)| (name.as_str(), id)).collect();
    let left = diff::left(&old, &new, &others);
    let masked = |impact: &Impact| Impact { text: mask::text(&impact.text), kind: impact.kind };
    environment.impacts.extend(left.impacts.iter().map(masked));
    left
}

/// The change of the Argo CD that runs an environment.
pub(super) struct Handed<'s> {
    from: &'s str,
    to: &'s str,
    /// The old Applications take along what they run when they are deleted.
    cascades: bool,
    /// The line behind it.
    place: Option<Place>,
}

/// Whether the sides say that an environment is run by different Argo CDs.
pub(super) fn handed<'s>(old: Half<'s, '_>, new: Half<'s, '_>) -> Option<Handed<'s>> {
    let ((before, _), (after, _)) = old.zip(new)?;
    let (was, is) = (config(old)?.settings.get(&["argocd"])?, config(new)?.settings.get(&["argocd"])?);
    let (from, to) = (was.get(&["instance"]), is.get(&["instance"]));
    let name = |setting: Option<Setting<'s, '_>>| setting.and_then(|s| s.text()).unwrap_or(MAIN);
    if name(from) == name(to) {
        return None;
    }
    let here = to.map(|s| place(&after.project.sources, s.span()));
    let there = || from.map(|s| Place { old: true, ..place(&before.project.sources, s.span()) });
    let cascades = was.get(&["cascade"]).and_then(|s| s.flag()) == Some(true);
    Some(Handed { from: name(from), to: name(to), cascades, place: here.or_else(there) })
}

impl Handed<'_> {
    /// Tells what it does.
    pub(super) fn tell(&self, environment: &mut Environment) {
        let impact = diff::handed(self.from, self.to, self.cascades);
        environment.impacts.push(Impact { text: mask::text(&impact.text), ..impact });
        environment.place = environment.place.take().or_else(|| self.place.clone());
    }
}

fn config<'s, 'w>(half: Half<'s, 'w>) -> Option<&'s Config<'w>> {
    let (side, place) = half?;
    side.project.environments[side.project.chosen[place]].config.as_ref()
}
