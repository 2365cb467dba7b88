//! `podwright diff`.

use super::{Answer, Chosen};
use crate::{
    cli::Session,
    diff::{ImpactKind, told::Told},
    error::Error,
    ops::{self, Against, Compared},
    report::{Product, difference},
};

/// Show what a change does to the rendered manifests
///
/// Compares the rendering of the work tree with that of a revision: in a merge request's pipeline the one that it started from,
/// else the last commit. Two environments are compared with each other.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Diff {
    #[command(flatten)]
    chosen: Chosen,

    /// Compare with this revision, such as `origin/main`
    #[arg(long, value_name = "REVISION")]
    against: Option<String>,

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
        Ok(self.answer(compared, session.color))
    }

    fn answer(&self, compared: Compared, color: bool) -> Answer {
        let Compared { told, outcome } = compared;
        let hit = told.objects().any(|(_, o)| o.impacts.iter().any(|i| self.fail_on.contains(&i.kind)));
        let differs = hit || (self.exit_code && !told.is_empty());
        Answer { outcome, product: Some(product(&told, color)), differs, ..Answer::default() }
    }
}

fn product(told: &Told, color: bool) -> Product {
    Product {
        name: "diff",
        data: difference::data(told),
        text: Some(difference::text(told, color)),
        private: false,
    }
}
