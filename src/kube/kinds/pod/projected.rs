//! Volumes whose files are made: keys of configuration, fields of the pod, tokens, and several of these.

use super::{env, mounts::local, overlap, volume::mode};
use crate::kube::{at::At, check::Check};
use std::collections::HashSet;

/// Fields of a pod that files can have.
const FIELDS: [&str; 5] =
    ["metadata.name", "metadata.namespace", "metadata.labels", "metadata.annotations", "metadata.uid"];

/// The least and most seconds of a token.
const LEAST: i64 = 600;
const MOST: i64 = 1 << 32;

/// Checks the keys that a `ConfigMap` or Secret gives, with their paths.
pub(super) fn items<'t>(check: &mut Check<'t>, at: At<'t>) {
    for item in at.get("items").items() {
        check.require(item.get("key"));
        path(check, item.get("path"));
        mode(check, item.get("mode"));
    }
}

/// Checks the files of the downward API.
pub(super) fn files<'t>(check: &mut Check<'t>, at: At<'t>) {
    for file in at.get("items").items() {
        path(check, file.get("path"));
        mode(check, file.get("mode"));
        let sources = ["fieldRef", "resourceFieldRef"];
        match check.exactly_one(file, &sources) {
            Some(("fieldRef", source)) => env::field(check, source, &FIELDS),
            Some((_, source)) => {
                check.require(source.get("containerName"));
                env::resource(check, source);
            }
            None => {}
        }
    }
}

fn path<'t>(check: &mut Check<'t>, at: At<'t>) {
    if check.require(at) {
        check.text(at, local);
    }
}

/// Checks the sources of a projected volume, and that no two give the same file.
pub(super) fn sources<'t>(check: &mut Check<'t>, at: At<'t>) {
    // Bundles and certificates are dropped where they are not enabled, and are not judged.
    const KINDS: [&str; 4] = ["secret", "configMap", "downwardAPI", "serviceAccountToken"];
    let (mut paths, mut all) = (HashSet::new(), Vec::new());
    for source in at.get("sources").items() {
        if check.at_most_one(source, &KINDS).is_none() {
            check.warn(source, "gives no files");
        }
        for (kind, one) in source.chosen(&KINDS) {
            match kind {
                "secret" | "configMap" => {
                    check.require(one.get("name"));
                    items(check, one);
                }
                "downwardAPI" => files(check, one),
                _ => {
                    token(check, one);
                    all.push(one.get("path"));
                    continue;
                }
            }
            for path in overlap::items(one) {
                if !path.blank() && !paths.insert(path.str()) {
                    check.duplicate(path, "another source gives this file");
                } else {
                    all.push(path);
                }
            }
        }
    }
    overlap::warn(check, &all);
}

fn token<'t>(check: &mut Check<'t>, at: At<'t>) {
    check.within(at.get("expirationSeconds"), LEAST, MOST);
    path(check, at.get("path"));
}
