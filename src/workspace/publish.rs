//! `publish:` of environment.yaml: where the manifests of an environment are published.

use super::Settings;
use crate::source::Span;

/// Where one environment is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The name of a remote, or the address of a repository.
    pub remote: String,
    /// The branch.
    pub branch: String,
    /// The folder of the environment in the branch, with `/`.
    pub folder: String,
    /// The folder that it shares with other environments, where `argocd/` stands; empty for the top.
    pub base: String,
    /// Where it is asked for.
    pub at: Span,
}

/// What stands for the path of the environment.
const ENVIRONMENT: &str = "{environment}";

impl Target {
    /// Where an environment asks to be published, if it does.
    pub fn of(settings: &Settings<'_>, environment: &str) -> Option<Self> {
        let asked = settings.get(&["publish"])?;
        let text = |key: &str| asked.get(&[key]).and_then(|s| s.text());
        let branch = text("branch")?.replace(ENVIRONMENT, environment);
        let path = text("path").unwrap_or("rendered");
        let path = path.strip_prefix("./").unwrap_or(path);
        let shared: Vec<&str> =
            path.split('/').filter(|s| *s != ".").take_while(|s| !s.contains(ENVIRONMENT)).collect();
        let base = shared.join("/");
        let folder = match path.contains(ENVIRONMENT) {
            true => path.replace(ENVIRONMENT, environment),
            false => join(&base, environment),
        };
        let remote = text("remote").unwrap_or("origin").to_owned();
        Some(Self { remote, branch, folder, base, at: asked.key_span() })
    }

    /// Where all environments that ask for the same are published; none where each has a branch of its own.
    pub fn shared(settings: &Settings<'_>) -> Option<Self> {
        Self::of(settings, "").filter(|_| {
            let branch = settings.get(&["publish", "branch"]).and_then(|s| s.text());
            branch.is_some_and(|branch| !branch.contains(ENVIRONMENT))
        })
    }

    /// A folder below the one that environments share.
    pub fn below(&self, folder: &str) -> String {
        join(&self.base, folder)
    }

    /// Whether the remote is an address, not a name.
    pub fn is_address(&self) -> bool {
        self.remote.contains([':', '/'])
    }
}

/// Whether two addresses name one repository, over whatever protocol and as whatever user.
pub fn same_address(one: &str, other: &str) -> bool {
    let plain = |text: &str| {
        let text = text.split_once("://").map_or(text, |(_, rest)| rest);
        let text = text.rsplit_once('@').map_or(text, |(_, rest)| rest);
        let text = text.trim_end_matches('/').trim_end_matches(".git").replacen(':', "/", 1);
        // A port is no part of a repository's name.
        let parts: Vec<&str> = text.split('/').filter(|p| !p.is_empty()).collect();
        let port = parts.get(1).is_some_and(|p| p.bytes().all(|b| b.is_ascii_digit()));
        parts
            .iter()
            .enumerate()
            .filter(|(n, _)| !(port && *n == 1))
            .map(|(_, p)| p.to_lowercase())
            .collect::<Vec<_>>()
    };
    plain(one) == plain(other)
}

fn join(base: &str, rest: &str) -> String {
    if base.is_empty() { rest.to_owned() } else { format!("{base}/{rest}") }
}
