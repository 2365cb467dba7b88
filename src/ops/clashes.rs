//! What environments of one cluster claim for themselves alone, held against each other. The environments that were not chosen
//! take part with what environment.yaml says; what their objects would claim is not known.

use super::{compile::Compiled, project::Project};
use crate::{
    diag::Level,
    rules::{self, Claim, Clash, Rule},
    workspace::Config,
};
use std::collections::{BTreeMap, HashMap};

/// Adds the findings to the environments that come second; `compiled` is in the order of the chosen ones.
pub(super) fn tell(project: &Project<'_>, compiled: &mut [Compiled]) {
    let places: BTreeMap<usize, usize> = project.chosen.iter().enumerate().map(|(n, &at)| (at, n)).collect();
    let mut all: Vec<(usize, &'static Rule, Level, Claim)> = Vec::new();
    for (at, planned) in project.environments.iter().enumerate() {
        let claims = match (places.get(&at), &planned.config) {
            (Some(&n), _) => std::mem::take(&mut compiled[n].claims),
            (None, Some(config)) => rules::claims(&rules::Environment::new(planned.name, config, &[])),
            (None, None) => Vec::new(),
        };
        all.extend(claims.into_iter().map(|(rule, level, claim)| (at, rule, level, claim)));
    }
    let clusters: Vec<Option<String>> =
        project.environments.iter().map(|planned| cluster(planned.config.as_ref()?, planned.name)).collect();
    let mut first: HashMap<(&str, &str, &str), usize> = HashMap::with_capacity(all.len());
    for (n, (at, rule, _, claim)) in all.iter().enumerate() {
        let Some(cluster) = &clusters[*at] else { continue };
        let before = *first.entry((cluster, rule.code, &claim.key)).or_insert(n);
        if before == n {
            continue;
        }
        let told = if places.contains_key(at) { n } else { before };
        let silent = if told == n { before } else { n };
        one(project, &places, (&all[told], &all[silent]), compiled);
    }
}

type Entry = (usize, &'static Rule, Level, Claim);

/// Tells the chosen one of two environments.
fn one(
    project: &Project<'_>,
    places: &BTreeMap<usize, usize>,
    (told, other): (&Entry, &Entry),
    compiled: &mut [Compiled],
) {
    let Some(&place) = places.get(&told.0) else { return };
    let clash = Clash {
        environment: project.environments[told.0].name,
        claim: &told.3,
        other: project.environments[other.0].name,
        first: other.3.at,
    };
    let mut findings: Vec<_> = rules::clash(told.1, told.2, &clash).into_iter().collect();
    project.suppressions.apply(&mut findings, &mut compiled[place].used);
    if findings.iter().any(|f| f.level == Level::Error) {
        for at in [told.0, other.0] {
            if let Some(&n) = places.get(&at) {
                compiled[n].trees = None;
            }
        }
    }
    compiled[place].findings.append(&mut findings);
}

/// The cluster of an environment, so far as it can be told. Without a name it is that of Argo CD, if that is asked for; else each
/// environment may have its own.
fn cluster(config: &Config<'_>, environment: &str) -> Option<String> {
    let named = config.cluster.map(|(name, _)| name.to_owned());
    let server = || config.settings.get(&["cluster", "server"])?.text().map(str::to_owned);
    let local = || config.settings.get(&["argocd"]).map(|_| String::new());
    named.or_else(server).or_else(local).or_else(|| Some(format!("of {environment}")))
}
