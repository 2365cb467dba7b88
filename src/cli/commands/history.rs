//! `podwright history`.

use super::{Answer, Chosen};
use crate::{
    cli::Session,
    error::Error,
    git::short,
    ops::{self, History, Release},
    report::Product,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// List the releases of environments
///
/// Reads the branches that the environments are published to: when, who, from which commit of the values, with which images and
/// replicas. The newest comes first.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct HistoryOf {
    #[command(flatten)]
    chosen: Chosen,

    /// At most so many releases of each environment
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,
}

impl HistoryOf {
    /// Runs the command.
    pub(in crate::cli) fn run(&self, session: &Session<'_, '_>) -> Result<Answer, Error> {
        let root = session.workspace()?;
        let (choice, surroundings) = (self.chosen.choice(), &session.surroundings);
        let found = session.watch("Reading", |watch| {
            ops::history(&root, choice, self.limit, surroundings, || watch.waiting(".git/podwright"))
        })?;
        let data = found.histories.iter().map(data).collect();
        let text = found.histories.iter().map(text).collect::<Vec<_>>().join("\n");
        let product = Product { name: "history", data, text: Some(text), private: false, pages: Vec::new() };
        Ok(Answer { outcome: found.outcome, product: Some(product), ..Answer::default() })
    }
}

fn text(history: &History) -> String {
    let mut text = format!("{}, {}\n", history.environment, history.place);
    if history.releases.is_empty() {
        return text + "  never published\n";
    }
    for (n, release) in history.releases.iter().enumerate() {
        text += &format!(
            "{} {}  {}  {}\n",
            if n == 0 { "*" } else { " " },
            short(&release.commit),
            release.date,
            release.author
        );
        let (added, changed, removed) = release.changes;
        let parts = [(changed, "changed"), (added, "added"), (removed, "removed")];
        let parts: Vec<String> =
            parts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}")).collect();
        let mut about = if parts.is_empty() {
            "no object changed".to_owned()
        } else {
            format!("objects {}", parts.join(", "))
        };
        if let Some(back) = &release.rollback {
            about = format!("rolled back to {}: {about}", short(back));
        }
        if release.gone {
            about = format!("taken away: {about}");
        }
        if !release.source.is_empty() {
            about += &format!(", from {}", short(&release.source));
        }
        text += &format!("      {about}\n");
        // What runs is told whole of the newest and of the oldest, of those between by what they changed.
        let older = history.releases.get(n + 1);
        if let Some(changed) = older.map(|older| differences(older, release)).filter(|c| !c.is_empty()) {
            text += &format!("      changed: {}\n", changed.join(", "));
        }
        if n > 0 && older.is_some() {
            continue;
        }
        if !release.images.is_empty() {
            text += &format!("      images: {}\n", release.images.join(", "));
        }
        if !release.replicas.is_empty() {
            text += &format!("      replicas: {}\n", release.replicas.join(", "));
        }
    }
    text
}

/// The images and replicas that a release has otherwise than the one before.
fn differences(before: &Release, after: &Release) -> Vec<String> {
    let split = |list: &[String]| -> BTreeMap<String, String> {
        let one =
            |text: &String| text.rsplit_once(' ').map(|(who, count)| (who.to_owned(), count.to_owned()));
        list.iter().filter_map(one).collect()
    };
    let (was, is) = (split(&before.replicas), split(&after.replicas));
    let mut told = Vec::new();
    for (who, count) in &is {
        match was.get(who) {
            Some(old) if old != count => told.push(format!("{who} {old} -> {count}")),
            Some(_) => {}
            None => told.push(format!("+ {who} {count}")),
        }
    }
    told.extend(was.keys().filter(|who| !is.contains_key(*who)).map(|who| format!("- {who}")));
    let (was, is) = (&before.images, &after.images);
    told.extend(was.iter().filter(|image| !is.contains(image)).map(|image| format!("- {image}")));
    told.extend(is.iter().filter(|image| !was.contains(image)).map(|image| format!("+ {image}")));
    told
}

fn data(history: &History) -> Value {
    let release = |r: &Release| {
        json!({
            "commit": r.commit,
            "author": r.author,
            "date": r.date,
            "source": r.source,
            "images": r.images,
            "replicas": r.replicas,
            "changes": {"added": r.changes.0, "changed": r.changes.1, "removed": r.changes.2},
            "rollback": r.rollback,
            "gone": r.gone,
        })
    };
    json!({
        "environment": history.environment,
        "place": history.place,
        "releases": history.releases.iter().map(release).collect::<Vec<_>>(),
    })
}
