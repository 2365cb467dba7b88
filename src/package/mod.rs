//! Packages: templates, default values and a schema of one system at one version, compiled once a run.
//!
//! Which components use one is for `workspace`; running over all of them is for `ops`.

mod audit;
mod catalog;
mod context;
mod facts;
mod load;
mod render;

pub use catalog::{Catalog, Place};
pub use context::{Context, context};
pub use facts::{Endpoint, Facts, named};
pub use load::load;
pub use render::Rendering;

use crate::{
    schema::Schema,
    source::{FileId, Span},
    template::{self, Interface, Program, Use},
    yaml,
};

/// A package, compiled.
#[derive(Debug)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The version of the software that it runs.
    pub app_version: String,
    /// What it does better than the chart it stands for.
    pub improvements: Vec<Improvement>,
    /// What it knows about its system beyond what it renders.
    pub facts: Facts,
    /// It belongs to the tool, not to the workspace.
    pub embedded: bool,
    /// Its `package.yaml`.
    pub file: FileId,
    /// Its default values.
    pub defaults: yaml::Node,
    /// The schema of its values.
    pub schema: Schema,
    program: Program,
    /// The default values of the two roots that stand for the package itself.
    own: yaml::Node,
}

/// A named deviation from the upstream chart.
#[derive(Debug)]
pub struct Improvement {
    /// Its name.
    pub name: String,
    /// Where it is declared.
    pub at: Span,
    /// What it does and why.
    pub description: String,
    /// What switching it on does to what runs: `nothing`, `restart` or `recreate`.
    pub effect: String,
}

impl Package {
    /// All places where its templates read its values.
    pub fn uses(&self) -> Vec<Use> {
        let improvements = self.improvements.iter().map(|i| (i.name.as_str(), i.at)).collect();
        template::uses(&self.program, &Interface { defaults: &self.defaults, improvements })
    }

    /// Its templates.
    pub fn program(&self) -> &Program {
        &self.program
    }
}
