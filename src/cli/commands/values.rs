//! `podwright values`.

use super::Answer;
use crate::{
    cli::Session,
    error::Error,
    ops::{self, Leaf},
    report::{self, Product},
    source::Sources,
    values::Route,
};
use serde_json::json;

/// Print the merged values of a component
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Values {
    /// The environment
    #[arg(value_name = "ENV")]
    environment: String,

    /// The component
    #[arg(value_name = "COMPONENT")]
    component: String,

    /// Only this part, as `helm --set` writes it (`worker.resources`) or as a JSON Pointer
    #[arg(value_name = "ROUTE")]
    route: Option<Route>,

    /// Say of every value which line set it and what that overrode
    #[arg(long)]
    origin: bool,
}

impl Values {
    /// Runs the command.
    pub(in crate::cli) fn run(&self, session: &Session<'_, '_>) -> Result<Answer, Error> {
        let merged =
            ops::values(&session.workspace()?, &self.environment, &self.component, self.route.as_ref())?;
        let sources = &merged.outcome.sources;
        let data = merged.leaves.iter().map(|leaf| {
            let origin =
                |o: &ops::Said| json!({"location": report::location(sources, o.at), "value": o.value});
            json!({
                "route": leaf.route.pointer(),
                "value": leaf.value,
                "origins": leaf.origins.iter().map(origin).collect::<Vec<_>>(),
            })
        });
        let data = data.collect();
        let text = if self.origin { origins(&merged.leaves, sources) } else { merged.text };
        let product =
            Some(Product { name: "values", data, text: Some(text), pages: Vec::new(), private: false });
        Ok(Answer { outcome: merged.outcome, product, ..Answer::default() })
    }
}

/// A line a leaf: its value and who set it; below, what that overrode.
fn origins(leaves: &[Leaf], sources: &Sources) -> String {
    let mut text = String::new();
    for leaf in leaves {
        text.push_str(&format!("{} = {}\n", leaf.route, leaf.value));
        for (n, said) in leaf.origins.iter().enumerate() {
            let place = sources.show(said.at);
            text.push_str(&match n {
                0 => format!("    set at {place}\n"),
                _ => format!("    over {} at {place}\n", said.value),
            });
        }
    }
    text
}
