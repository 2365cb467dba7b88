//! The message of a commit of published manifests: what changes, where it comes from, and the same for programs, as trailers that
//! Argo CD knows.

use super::{Source, branch::Change, effect::Effect};
use crate::{argocd, git::shown, ops::diff::mask};
use std::{collections::BTreeSet, fmt::Write as _};

/// So many environments are named in the subject.
const NAMED: usize = 3;

/// So many folders are told, and those of the worst effects.
const FOLDERS: usize = 100;

/// So many effects are told.
const EFFECTS: usize = 30;

/// Keeps the pipelines of GitLab, GitHub and others from starting.
pub(in crate::ops) const SKIP: &str = "[skip ci]";

/// The message of a commit that changes these folders. `what` begins its subject.
pub(in crate::ops) fn message(what: &str, changes: &[Change], source: &Source, skip: bool) -> String {
    let names: BTreeSet<&str> =
        changes.iter().filter(|c| !is_root(c)).map(|c| c.environment.as_str()).collect();
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
    summary(changes, &mut text);
    let commit = source.commit.to_string();
    let short = crate::git::short(&commit);
    let _ = writeln!(text, "\nFrom {short}, {}", line(&source.about.subject));
    text.push('\n');
    trailers(&names, source, &mut text);
    text
}

/// What changes, folder by folder, and what applying it does, the worst first. Of many, some of the folders, and the worst effects.
pub(in crate::ops) fn summary(changes: &[Change], text: &mut String) {
    let mut effects: Vec<(usize, &Effect)> =
        changes.iter().enumerate().flat_map(|(n, c)| c.effects.iter().map(move |e| (n, e))).collect();
    let all = effects.len();
    effects.sort_by_key(|(_, effect)| effect.impact.kind);
    effects.truncate(EFFECTS);
    let mut left = 0;
    for (n, change) in changes.iter().enumerate() {
        let own: Vec<&Effect> = effects.iter().filter(|(of, _)| *of == n).map(|(_, e)| *e).collect();
        if n >= FOLDERS && own.is_empty() {
            left += 1;
            continue;
        }
        let _ = writeln!(text, "{}: {}", change.folder, change.counts());
        for effect in own {
            let _ = writeln!(text, "  {}", line(&effect.to_string()));
        }
    }
    if left > 0 {
        let _ = writeln!(text, "and {left} more folders");
    }
    if all > effects.len() {
        let _ = writeln!(text, "and {} more effects", all - effects.len());
    }
}

/// Whether a change is that of a root Application, which is of no environment.
fn is_root(change: &Change) -> bool {
    !change.main && argocd::environment(&change.environment).is_some()
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
        let body = serde_json::Value::String(tamed(&about.body));
        let _ = writeln!(text, "Argocd-reference-commit-body: {body}");
    }
    if source.address.contains("://") {
        let _ = writeln!(text, "Argocd-reference-commit-repourl: {}", line(&source.address));
    }
    let _ = writeln!(text, "Argocd-reference-commit-date: {}", about.date());
}

/// A text in one line, tamed.
fn line(text: &str) -> String {
    tamed(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// What others wrote, as it may stand in a message that programs act on and terminals show: words that keep pipelines from starting lose
/// their brackets, secrets are masked, control characters are none.
fn tamed(text: &str) -> String {
    const SKIPS: [&str; 6] = ["skip ci", "ci skip", "no ci", "skip actions", "actions skip", "skip-ci"];
    let mut out = mask::text(&shown(text)).replace(|c: char| c.is_control() && c != '\n', " ");
    for words in SKIPS {
        let lower = out.to_ascii_lowercase();
        for (at, found) in lower.match_indices(&format!("[{words}]")) {
            out.replace_range(at..at + found.len(), &format!("({words})"));
        }
    }
    out.replace("skip-checks:", "skip-checks")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diff::{Impact, ImpactKind};

    #[test]
    fn of_many_changes_the_worst_are_told() {
        let effect = |kind| Effect {
            object: "Deployment/a".to_owned(),
            impact: Impact { kind, text: "t".to_owned() },
        };
        let change = |n: usize| Change {
            environment: format!("e{n}"),
            folder: format!("rendered/e{n}"),
            main: true,
            files: vec![('M', "a.yaml".to_owned())],
            effects: vec![effect(if n == 150 { ImpactKind::DataLoss } else { ImpactKind::Restart })],
        };
        let mut text = String::new();
        summary(&(0..200).map(change).collect::<Vec<_>>(), &mut text);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines.len(), 100 + 1 + 30 + 2, "{text}");
        assert_eq!(&lines[..2], ["rendered/e0: objects 1 changed", "  restart: Deployment/a t"]);
        let lost = lines.iter().position(|l| *l == "rendered/e150: objects 1 changed").unwrap();
        assert_eq!(
            lines[lost + 1..],
            ["  data-loss: Deployment/a t", "and 99 more folders", "and 170 more effects"]
        );
    }

    #[test]
    fn words_of_others_are_tamed() {
        for (text, wanted) in [
            ("More replicas", "More replicas"),
            ("More [skip ci] and [CI SKIP], [no ci]", "More (skip ci) and (ci skip), (no ci)"),
            ("from https://me:tok@git.abc.com/a.git", "from https://git.abc.com/a.git"),
            ("password: hunter2", "password: ***"),
            ("a\u{1b}[31mred", "a [31mred"),
            ("两个副本", "两个副本"),
        ] {
            assert_eq!(tamed(text), wanted);
        }
    }
}
