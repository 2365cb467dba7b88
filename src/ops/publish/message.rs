//! The message of a commit of published manifests: what changes, where it comes from, and the same for programs, as trailers that
//! Argo CD knows.

use super::{Source, branch::Change};
use std::{collections::BTreeSet, fmt::Write as _};

/// So many environments are named in the subject.
const NAMED: usize = 3;

/// Keeps the pipelines of GitLab, GitHub and others from starting.
pub(in crate::ops) const SKIP: &str = "[skip ci]";

/// The message of a commit that changes these folders. `what` begins its subject.
pub(in crate::ops) fn message(what: &str, changes: &[Change], source: &Source, skip: bool) -> String {
    let names: BTreeSet<&str> = changes.iter().filter(|c| c.main).map(|c| c.environment.as_str()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let subject = match names.len() {
        0 => "the objects of Argo CD".to_owned(),
        1..=NAMED => names.join(", "),
        n => format!("{n} environments"),
    };
    let mut text = format!("{what} {subject}");
    if skip {
        let _ = write!(text, " {SKIP}");
    }
    text.push_str("\n\n");
    for change in changes {
        let _ = writeln!(text, "{}: {}", change.folder, change.counts());
    }
    let short: String = source.commit.to_string().chars().take(10).collect();
    let _ = writeln!(text, "\nFrom {short}, {}", line(&source.about.subject));
    text.push('\n');
    trailers(&names, source, &mut text);
    text
}

/// The trailers, one a line and nothing between them.
fn trailers(names: &[&str], source: &Source, text: &mut String) {
    let about = &source.about;
    let _ = writeln!(text, "Podwright-version: {}", env!("CARGO_PKG_VERSION"));
    for name in names {
        let _ = writeln!(text, "Podwright-environment: {name}");
    }
    let _ = writeln!(text, "Argocd-reference-commit-author: {}", line(&about.author));
    let _ = writeln!(text, "Argocd-reference-commit-sha: {}", source.commit);
    let _ = writeln!(text, "Argocd-reference-commit-subject: {}", line(&about.subject));
    if !about.body.is_empty() {
        let body = serde_json::Value::String(about.body.clone());
        let _ = writeln!(text, "Argocd-reference-commit-body: {body}");
    }
    if source.address.contains("://") {
        let _ = writeln!(text, "Argocd-reference-commit-repourl: {}", line(&source.address));
    }
    let _ = writeln!(text, "Argocd-reference-commit-date: {}", about.date());
}

/// A text in one line.
fn line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
