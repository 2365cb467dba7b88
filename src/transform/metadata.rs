//! Labels and annotations that all objects and their pods share.

use super::{Scope, edit, pods::each_pods};
use crate::{
    field::{Field, Trace},
    source::Span,
};

/// Adds the entries of the setting `name` to `metadata.<name>` of every object and pod template, where they are missing.
pub(super) fn common(scope: &mut Scope<'_, '_>, name: &'static str) {
    let Some(setting) = scope.settings.get(&[name]) else { return };
    let entries: Vec<_> =
        setting.entries().filter_map(|(key, s)| s.text().map(|text| (key, text, s.span()))).collect();
    let trace = &mut *scope.trace;
    for manifest in scope.manifests.iter_mut() {
        add(&mut manifest.body, name, &entries, trace);
        // A Pod is its own template, and has them by now.
        each_pods(manifest, &scope.facts.pod_templates, &mut |pods| {
            add(pods.template, name, &entries, trace);
        });
    }
}

/// Adds entries to the metadata of an object or template.
fn add<'a>(
    object: &mut Field<'a>,
    name: &'static str,
    entries: &[(&'a str, &'a str, Span)],
    trace: &mut Trace,
) {
    for &(key, text, asked) in entries {
        if let Some(map) = edit::map_at(object, &["metadata", name], trace, name, asked) {
            edit::add(map, key, text, trace, name, asked);
        }
    }
}
