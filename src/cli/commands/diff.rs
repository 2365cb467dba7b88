//! `podwright diff`.

use super::{Answer, Chosen};
use crate::{
    cli::Session,
    diff::{
        ImpactKind,
        told::{Environment, Told},
    },
    error::Error,
    ops::{self, Against, Compared},
    report::{Format, Product, difference},
};

/// Show what a change does to the rendered manifests
///
/// Compares the rendering of the work tree with that of a revision: in a merge request's pipeline the one that it started from,
/// else the last commit. Two environments, or with --dirs two folders of manifests, are compared with each other.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Diff {
    #[command(flatten)]
    chosen: Chosen,

    /// Compare with this revision, such as `origin/main`
    #[arg(long, value_name = "REVISION")]
    against: Option<String>,

    /// Compare two folders or files of manifests, without a workspace; `-` is standard input
    #[arg(long, num_args = 2, value_names = ["OLD", "NEW"], conflicts_with_all = ["against", "environments", "shard"])]
    dirs: Vec<String>,

    /// Exit with 1 when something differs
    #[arg(long)]
    exit_code: bool,

    /// Exit with 1 when applying a change does one of these, such as `refused,data-loss`
    #[arg(long, value_name = "IMPACT", value_delimiter = ',', value_parser = impact)]
    fail_on: Vec<ImpactKind>,
}

fn impact(name: &str) -> Result<ImpactKind, String> {
    ImpactKind::from_name(name).ok_or_else(|| {
        let names: Vec<&str> = ImpactKind::names().collect();
        format!("no impact `{name}`; there are: {}", names.join(", "))
    })
}

impl Diff {
    /// Runs the command.
    pub(in crate::cli) fn run(&self, session: &Session<'_, '_>) -> Result<Answer, Error> {
        if let [old, new] = self.dirs.as_slice() {
            let stdin = if [old, new].contains(&&"-".to_owned()) { session.stdin()? } else { Vec::new() };
            let cwd = session.cwd.clone();
            let compared = session
                .watch("Comparing", |watch| ops::diff_folders(&cwd, [old, new], &stdin, watch.progress))?;
            return Ok(self.answer(compared, session));
        }
        let root = session.workspace()?;
        let surroundings = &session.surroundings;
        let compared = session.watch("Comparing", |watch| match self.chosen.environments.as_slice() {
            [one, other] if self.against.is_none() => {
                ops::diff_environments(&root, [one, other], watch.progress)
            }
            _ => {
                let against = Against { revision: self.against.clone() };
                ops::diff(&root, self.chosen.choice(), &against, surroundings, watch.progress)
            }
        })?;
        Ok(self.answer(compared, session))
    }

    fn answer(&self, compared: Compared, session: &Session<'_, '_>) -> Answer {
        let Compared { told, outcome } = compared;
        let hit =
            told.environments.iter().flat_map(Environment::impacts).any(|i| self.fail_on.contains(&i.kind));
        let differs = hit || (self.exit_code && !told.is_empty());
        Answer { outcome, product: Some(product(&told, session)), differs, ..Answer::default() }
    }
}

fn product(told: &Told, session: &Session<'_, '_>) -> Product {
    // A page of thousands of differences is made only for who asked for it.
    let page = |format: Format, page: fn(&Told) -> String| {
        session.formats.contains(&format).then(|| (format, page(told)))
    };
    let pages = [page(Format::Markdown, difference::markdown), page(Format::Html, difference::html)];
    Product {
        name: "diff",
        data: difference::data(told),
        text: Some(difference::text(told, session.color)),
        pages: pages.into_iter().flatten().collect(),
        private: false,
    }
}
