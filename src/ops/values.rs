//! `values`: the merged values of one component, each with who set it and what it overrode.

use super::{
    Outcome,
    compile::Target,
    finish, lookup,
    project::Project,
    secrets::{hide, hide_wrong},
};
use crate::{
    error::Error,
    source::Span,
    values::{self, Data, Id, Route},
    workspace,
    yaml::{self, Node, emit},
};
use serde_json::{Value, json};
use std::{mem, path::Path};

/// What stands for a sensitive value.
const MASK: &str = "***";

/// The merged values of a component, or a part of them.
#[derive(Debug)]
pub struct Merged {
    /// The findings.
    pub outcome: Outcome,
    /// The leaves, in order.
    pub leaves: Vec<Leaf>,
    /// The values as YAML, sensitive ones masked.
    pub text: String,
}

/// One leaf of merged values.
#[derive(Debug)]
pub struct Leaf {
    /// Where it stands.
    pub route: Route,
    /// Its value; masked when it is sensitive.
    pub value: Value,
    /// Who said something of it: the winner first, the package's default last.
    pub origins: Vec<Said>,
}

/// One layer's say on a leaf.
#[derive(Debug)]
pub struct Said {
    /// Where.
    pub at: Span,
    /// What; masked when it is sensitive.
    pub value: Value,
}

/// Merges the values of a component.
///
/// # Errors
/// There is no such environment, component or route.
pub fn values(
    root: &Path,
    environment: &str,
    component: &str,
    route: Option<&Route>,
) -> Result<Merged, Error> {
    let mut workspace = workspace::load(root)?;
    let sources = mem::take(&mut workspace.sources);
    let mut project = Project::plan(&workspace, sources, &[environment.to_owned()])?;
    let at = lookup::one(&project, environment)?;
    let findings = project.take_findings();
    let mut merged = Merged { outcome: Outcome::default(), leaves: Vec::new(), text: String::new() };
    let mut hidden = mem::take(&mut project.hidden);
    if let Some(config) = &project.environments[at].config {
        let found = lookup::component(config, environment, component)?;
        if let Some(target) = Target::new(&project, at, found) {
            let tree = target.merge();
            hide(&target, &tree, &mut hidden);
            let wrong = target.package.schema.check(&tree, Target::root(&tree), found.at);
            hide_wrong(&target, &tree, &wrong, &mut hidden);
            if !target.broken {
                let from = lookup::route(&tree, Target::root(&tree), route)?;
                // An alias is as secret as what it stands for.
                let alias =
                    |id: Id| tree.chain(id).iter().any(|o| o.layer > 0 && hidden.contains(&o.node.span));
                let sensitive =
                    |id: Id| target.package.schema.sensitive(&tree, Target::root(&tree), id) || alias(id);
                merged.leaves =
                    tree.leaves(from).into_iter().map(|id| leaf(&tree, id, sensitive(id))).collect();
                emit(&node(&tree, from, &sensitive), &mut merged.text);
            }
        }
    }
    merged.outcome = finish(findings, hidden, 1, project.sources);
    Ok(merged)
}

fn leaf(tree: &values::Values<'_>, id: Id, sensitive: bool) -> Leaf {
    let shown =
        |node: &Node| if sensitive && node.data != yaml::Data::Null { json!(MASK) } else { json(node) };
    let origins: Vec<Said> =
        tree.chain(id).iter().rev().map(|o| Said { at: o.node.span, value: shown(o.node) }).collect();
    Leaf {
        route: tree.route(id).below(),
        value: origins.first().map_or(Value::Null, |o| o.value.clone()),
        origins,
    }
}

/// What one file says, as JSON. Only leaves of the merged tree are shown: lists below it are told whole.
fn json(node: &Node) -> Value {
    match &node.data {
        yaml::Data::Null => Value::Null,
        yaml::Data::Bool(b) => json!(b),
        yaml::Data::Int(i) => json!(i),
        yaml::Data::UInt(u) => json!(u),
        yaml::Data::Float(f) => json!(f),
        yaml::Data::Str(s) => json!(s),
        yaml::Data::Seq(items) => items.iter().map(json).collect(),
        yaml::Data::Map(entries) => {
            Value::Object(entries.iter().map(|e| (e.key.text.to_string(), json(&e.value))).collect())
        }
    }
}

/// The merged tree as one file would say it.
fn node(tree: &values::Values<'_>, id: Id, sensitive: &impl Fn(Id) -> bool) -> Node {
    let data = match tree.data(id) {
        Data::Absent => yaml::Data::Null,
        _ if sensitive(id) => yaml::Data::Str(MASK.into()),
        Data::Bool(b) => yaml::Data::Bool(b),
        Data::Int(i) => yaml::Data::Int(i),
        Data::UInt(u) => yaml::Data::UInt(u),
        Data::Float(f) => yaml::Data::Float(f),
        Data::Str(s) => yaml::Data::Str(s.into()),
        Data::Seq(_) => yaml::Data::Seq(tree.children(id).map(|c| node(tree, c, sensitive)).collect()),
        Data::Map(_) => yaml::Data::Map(
            tree.children(id)
                .map(|c| yaml::Entry {
                    key: yaml::Key {
                        text: tree.key(c).into(),
                        span: Span::default(),
                        style: yaml::Style::Plain,
                    },
                    value: node(tree, c, sensitive),
                })
                .collect(),
        ),
    };
    Node { data, span: Span::default(), style: yaml::Style::Plain, suspect: false }
}
