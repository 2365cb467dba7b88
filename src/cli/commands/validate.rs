//! `podwright validate`.

use super::Answer;
use crate::{
    cli::Session,
    error::Error,
    kube,
    ops::{self, Manifests},
};
use std::collections::BTreeSet;

/// Validate manifests against the Kubernetes API, without a cluster
///
/// Says what an API server would refuse, and warn of. Needs no workspace, and runs no rules; the definitions of custom kinds
/// of the workspace around count, and those among the files. Files may hold several documents and lists; folders are
/// searched for .yaml, .yml and .json.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Validate {
    /// Files and folders; `-` is standard input
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<String>,

    /// The version of Kubernetes, such as 1.31 [default: the newest that is known]
    #[arg(long, value_name = "VERSION", value_parser = minor)]
    kubernetes_version: Option<u32>,

    /// Files and folders with custom resource definitions, or with a JSON Schema a kind and version
    ///
    /// A JSON Schema says itself of which kind it is, by x-kubernetes-group-version-kind, or its file does: as
    /// KIND-GROUP-VERSION.json, where the group is the first part of its name, or as GROUP/KIND_VERSION.json.
    #[arg(long = "schema", value_name = "PATH")]
    schemas: Vec<String>,

    /// Leave out objects of kinds that neither Kubernetes nor a --schema defines
    #[arg(long)]
    ignore_unknown_kinds: bool,
}

/// The minor version of `1.31`, `1.31.2` or `v1.31.2`: what `cluster.kubernetesVersion` takes.
fn minor(text: &str) -> Result<u32, String> {
    let parts: Vec<&str> = text.strip_prefix('v').unwrap_or(text).split('.').collect();
    let number = |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    let plain = (2..=3).contains(&parts.len()) && parts.iter().all(number);
    let minor = kube::minor(text).filter(|_| plain);
    let minor = minor.ok_or_else(|| format!("`{text}` is no version of Kubernetes such as 1.31"))?;
    let (oldest, newest) = (kube::OLDEST, kube::newest());
    if (oldest..=newest).contains(&minor) {
        return Ok(minor);
    }
    Err(format!("the API of Kubernetes 1.{minor} is not known: the versions are 1.{oldest} to 1.{newest}"))
}

impl Validate {
    /// Runs the command.
    pub(in crate::cli) fn run(&self, session: &Session<'_, '_>) -> Result<Answer, Error> {
        let stdin = if self.paths.iter().any(|p| p == "-") { session.stdin()? } else { Vec::new() };
        let wanted = Manifests {
            paths: self.paths.clone(),
            stdin,
            minor: self.kubernetes_version,
            schemas: self.schemas.clone(),
            ignore_unknown: self.ignore_unknown_kinds,
            root: session.root.clone(),
        };
        let cwd = session.cwd.clone();
        let outcome = session.watch("Validating", |watch| ops::validate(&cwd, &wanted, watch.progress))?;
        let unknown = outcome.unknown.clone();
        let mut done = Vec::new();
        if !unknown.is_empty() {
            let (count, s) = (unknown.len(), if unknown.len() == 1 { "" } else { "s" });
            let kinds: Vec<String> = unknown.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
            done.push(("Skipped", format!("{count} object{s} of unknown kinds: {}", kinds.join(", "))));
        }
        Ok(Answer { outcome, done, ..Answer::default() })
    }
}
