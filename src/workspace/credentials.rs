//! Credentials in the URLs of environment.yaml: they would be committed, and written into Argo CD's objects.

use crate::{
    diag::Finding,
    secret::url_credentials,
    values::{Id, Values},
};

/// The settings that hold URLs, each with where its credentials belong.
const URLS: [(&[&str], &str); 3] = [
    (&["argocd", "repoURL"], "Argo CD reads them from a Secret of the type `repository` in its namespace"),
    (&["publish", "remote"], "Git asks its credential helpers for them"),
    (&["cluster", "server"], "Argo CD reads them from a Secret of the type `cluster` in its namespace"),
];

/// The URLs with credentials below `root`, in every layer that says one.
pub(super) fn credentials(values: &Values<'_>, root: Id) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (keys, remedy) in URLS {
        let Some(id) = keys.iter().try_fold(root, |at, key| values.get(at, key)) else { continue };
        let told = values.chain(id).iter().filter(|o| o.node.as_str().is_some_and(url_credentials));
        findings.extend(told.map(|origin| {
            let message = format!(
                "`{}` holds credentials: everyone who reads the repository reads them",
                keys.join(".")
            );
            Finding::error("url-credentials", origin.node.span, message)
                .help(format!("write the URL without them: {remedy}"))
                .masked(true)
        }));
    }
    findings
}
