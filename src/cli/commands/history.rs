//! `podwright history`.

use super::{Answer, Chosen};
use crate::{
    cli::Session,
    error::Error,
    ops::{self, History, Release},
    report::Product,
};
use serde_json::{Value, json};

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
        let found = ops::history(&root, self.chosen.choice(), self.limit, &session.surroundings)?;
        let data = found.histories.iter().map(data).collect();
        let text = found.histories.iter().map(text).collect::<Vec<_>>().join("\n");
        let product = Product { name: "history", data, text: Some(text), private: false, pages: Vec::new() };
        Ok(Answer { outcome: found.outcome, product: Some(product), ..Answer::default() })
    }
}

fn short(id: &str) -> &str {
    id.get(..10).unwrap_or(id)
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
        let mut about = parts.join(", ");
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
        if !release.images.is_empty() {
            text += &format!("      images: {}\n", release.images.join(", "));
        }
        if !release.replicas.is_empty() {
            text += &format!("      replicas: {}\n", release.replicas.join(", "));
        }
    }
    text
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
