//! Whether an environment is moved to another cluster: no object tells, unless Argo CD's do.

use super::{compare::Half, made::place, mask};
use crate::{
    diff::{
        self,
        told::{Environment, Place},
    },
    manifest::Manifest,
    ops::around,
    rules::Subject,
    source::Span,
    workspace::Config,
};

/// Argo CD's name of the cluster that it runs in, which an environment is in that names none.
const OWN: &str = "in-cluster";

/// The address of the same.
const OWN_SERVER: &str = "https://kubernetes.default.svc";

/// An environment's move to another cluster.
pub(super) struct Moved<'s> {
    from: &'s str,
    to: &'s str,
    /// The line behind it.
    place: Option<Place>,
}

/// Whether the sides say that an environment is in different clusters. What names a cluster on one side alone may be the same.
pub(super) fn moved<'s>(old: Half<'s, '_>, new: Half<'s, '_>) -> Option<Moved<'s>> {
    let half = |half: Half<'s, '_>| {
        let (side, place) = half?;
        Some((side, side.project.environments[side.project.chosen[place]].config.as_ref()?))
    };
    let ((before, was), (after, is)) = half(old).zip(half(new))?;
    let (from, to) = differ((name(was), server(was)), (name(is), server(is)))?;
    let line = match (to.1, from.1) {
        (Some(at), _) => Some(place(&after.project.sources, at)),
        (None, Some(at)) => Some(Place { old: true, ..place(&before.project.sources, at) }),
        (None, None) => None,
    };
    Some(Moved { from: from.0, to: to.0, place: line })
}

/// What names a cluster, and where that is written.
type Named<'s> = (&'s str, Option<Span>);

/// What two sides call their clusters by, where those are not the same.
fn differ<'s>(
    (old, old_server): (Option<Named<'s>>, Option<Named<'s>>),
    (new, new_server): (Option<Named<'s>>, Option<Named<'s>>),
) -> Option<(Named<'s>, Named<'s>)> {
    let other = |pair: &(Named<'s>, Named<'s>)| pair.0.0 != pair.1.0;
    let names = old.zip(new);
    // Where each has an address, it tells; a name is easier to read.
    match old_server.zip(new_server) {
        Some(servers) => Some(servers).filter(other).map(|servers| names.filter(other).unwrap_or(servers)),
        None => names.filter(other),
    }
}

fn server<'s>(config: &'s Config<'_>) -> Option<Named<'s>> {
    let own = || config.cluster.is_none() && config.settings.get(&["argocd"]).is_some();
    let setting = config.settings.get(&["cluster", "server"]);
    let written = setting.and_then(|s| Some((s.text()?.trim_end_matches('/'), Some(s.span()))));
    written.or_else(|| own().then_some((OWN_SERVER, None)))
}

fn name<'s>(config: &'s Config<'_>) -> Option<Named<'s>> {
    let own = || server(config).is_some_and(|(address, _)| address == OWN_SERVER);
    config.cluster.map(|(name, at)| (name, Some(at))).or_else(|| own().then_some((OWN, None)))
}

impl Moved<'_> {
    /// Tells what the move does; `before` is what the first cluster has.
    pub(super) fn tell(&self, before: &[Subject<'_, '_>], environment: &mut Environment) {
        // Argo CD's own objects are in the cluster that it runs in.
        let there = before.iter().filter(|subject| subject.component != around::ARGOCD);
        let there: Vec<&Manifest<'_>> = there.flat_map(|subject| subject.manifests).collect();
        environment.impacts = diff::moved(self.from, self.to, &there);
        for impact in &mut environment.impacts {
            impact.text = mask::text(&impact.text);
        }
        environment.place.clone_from(&self.place);
    }
}
