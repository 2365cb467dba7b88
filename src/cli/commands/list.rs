//! `podwright list`.

use super::Answer;
use crate::{
    cli::Session,
    error::Error,
    ops::{self, Listed},
    report::Product,
};
use serde_json::json;

/// List environments with their components, versions and clusters
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct List {
    /// The environments, by path or glob such as `prod/*` [default: all]
    #[arg(value_name = "ENV")]
    environments: Vec<String>,
}

impl List {
    /// Runs the command.
    pub(in crate::cli) fn run(&self, session: &Session<'_, '_>) -> Result<Answer, Error> {
        let (outcome, listed) = ops::list(&session.workspace()?, &self.environments)?;
        let data = listed.iter().map(|e| {
            let component =
                |c: &ops::ListedComponent| json!({"name": c.name, "package": c.package, "version": c.version});
            json!({
                "name": e.name,
                "namespace": e.namespace,
                "cluster": e.cluster,
                "components": e.components.iter().map(component).collect::<Vec<_>>(),
            })
        });
        let product = Product {
            name: "environments",
            data: data.collect(),
            text: Some(table(&listed)),
            pages: Vec::new(),
            private: false,
        };
        Ok(Answer { outcome, product: Some(product), ..Answer::default() })
    }
}

/// A row a component, columns aligned.
fn table(listed: &[Listed]) -> String {
    let mut rows = vec![["ENVIRONMENT", "NAMESPACE", "CLUSTER", "COMPONENT", "PACKAGE"].map(str::to_owned)];
    for environment in listed {
        let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        let head = [environment.name.clone(), or_dash(&environment.namespace), or_dash(&environment.cluster)];
        if environment.components.is_empty() {
            let [a, b, c] = head.clone();
            rows.push([a, b, c, "-".into(), "-".into()]);
        }
        for component in &environment.components {
            let [a, b, c] = head.clone();
            rows.push([
                a,
                b,
                c,
                component.name.clone(),
                format!("{} {}", component.package, component.version),
            ]);
        }
    }
    let width = |column: usize| rows.iter().map(|r| r[column].chars().count()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2), width(3)];
    let mut text = String::new();
    for row in &rows {
        for (cell, width) in row.iter().zip(widths) {
            text.push_str(cell);
            text.extend(std::iter::repeat_n(' ', width + 2 - cell.chars().count()));
        }
        text.push_str(&row[4]);
        text.push('\n');
    }
    text
}
