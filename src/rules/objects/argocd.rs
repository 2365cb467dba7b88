//! What objects tell Argo CD in annotations: options of a sync, hooks.

use super::labels::annotation;
use crate::{
    field::Field,
    workspace::{Config, Setting},
};

/// The annotation with the options of one object.
const OPTIONS: &str = "argocd.argoproj.io/sync-options";
/// The annotation that makes an object a hook.
pub(in crate::rules) const HOOK: &str = "argocd.argoproj.io/hook";
/// The annotation that makes it one of Helm's, which Argo CD reads too.
pub(in crate::rules) const HELM_HOOK: &str = "helm.sh/hook";

/// Whether a sync of an object has one of these options, such as `Prune=false`: by its own annotation, else by the policy of the
/// environment's Applications. Its own beats theirs.
pub(in crate::rules) fn option(body: &Field<'_>, config: &Config<'_>, wanted: &[&str]) -> bool {
    let key = |option: &str| option.split('=').next().unwrap_or_default().trim().to_owned();
    let keys: Vec<String> = wanted.iter().map(|w| key(w)).collect();
    let own: Vec<&str> = words(annotation(body, OPTIONS));
    let said: Vec<&str> = own.into_iter().filter(|o| keys.contains(&key(o))).collect();
    if !said.is_empty() {
        return said.iter().any(|o| wanted.contains(o));
    }
    let policy = config.settings.get(&["argocd", "syncPolicy", "syncOptions"]);
    let entries = policy.iter().flat_map(Setting::entries);
    entries.filter_map(|(_, setting)| setting.text()).any(|o| wanted.contains(&o))
}

/// The words of an annotation that holds a list, divided by commas.
pub(in crate::rules) fn words<'m>(annotation: Option<&'m Field<'_>>) -> Vec<&'m str> {
    let text = annotation.and_then(Field::as_str).unwrap_or_default();
    text.split(',').map(str::trim).filter(|word| !word.is_empty()).collect()
}

/// When Argo CD runs an object as a hook, in its words; empty for an object that is none, or that it never runs.
pub(in crate::rules) fn phases(body: &Field<'_>) -> Vec<&'static str> {
    let own = words(annotation(body, HOOK));
    let known: Vec<&'static str> =
        own.iter().filter_map(|w| PHASES.iter().find(|p| *p == w).copied()).collect();
    if !known.is_empty() {
        return known;
    }
    let mut helm: Vec<&'static str> =
        words(annotation(body, HELM_HOOK)).iter().filter_map(|w| phase(w)).collect();
    helm.dedup();
    helm
}

/// Whether an object is a hook, of whatever phase.
pub(in crate::rules) fn is_hook(body: &Field<'_>) -> bool {
    annotation(body, HOOK).is_some() || annotation(body, HELM_HOOK).is_some()
}

/// The phases of Argo CD.
pub(in crate::rules) const PHASES: [&str; 7] =
    ["PreSync", "Sync", "PostSync", "SyncFail", "PreDelete", "PostDelete", "Skip"];

/// The phase in which Argo CD runs a hook of Helm's; none for those that it never runs.
pub(in crate::rules) fn phase(helm: &str) -> Option<&'static str> {
    match helm {
        "pre-install" | "pre-upgrade" => Some("PreSync"),
        "post-install" | "post-upgrade" => Some("PostSync"),
        "pre-delete" => Some("PreDelete"),
        "post-delete" => Some("PostDelete"),
        _ => None,
    }
}
