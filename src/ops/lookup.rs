//! What people name on the command line: an environment, a component, a route; and what to say when it is not there.

use super::project::Project;
use crate::{
    diag::nearest,
    error::Error,
    values::{Data, Id, Route, Values},
    workspace::{Component, Config},
};

/// The environment that was chosen by `name`.
///
/// # Errors
/// The name is a pattern that names several.
pub(super) fn one(project: &Project<'_>, name: &str) -> Result<usize, Error> {
    match project.chosen[..] {
        [at] => Ok(at),
        _ => Err(Error::usage(format!("`{name}` names several environments")).help("name one")),
    }
}

/// A component of an environment.
///
/// # Errors
/// There is none of that name.
pub(super) fn component<'c, 'w>(
    config: &'c Config<'w>,
    environment: &str,
    name: &str,
) -> Result<&'c Component<'w>, Error> {
    config.components.iter().find(|c| c.name == name).ok_or_else(|| {
        let names: Vec<&str> = config.components.iter().map(|c| c.name).collect();
        let error = Error::usage(format!("the environment {environment} has no component `{name}`"));
        match nearest(name, names.iter().copied()) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help(format!("there are: {}", names.join(", "))),
        }
    })
}

/// The node at a route below a component's own values; those themselves for none.
///
/// # Errors
/// There is nothing: the help says which step is wrong.
pub(super) fn route(tree: &Values<'_>, root: Id, route: Option<&Route>) -> Result<Id, Error> {
    let Some(route) = route else { return Ok(root) };
    if let Some(id) = tree.find(root, route) {
        return Ok(id);
    }
    // The deepest part that is there tells which step is wrong.
    let known = (0..route.0.len())
        .rev()
        .find_map(|n| tree.find(root, &Route(route.0[..n].to_vec())).map(|id| (n, id)));
    let (n, above) = known.unwrap_or((0, root));
    let wrong = Route(route.0[n..=n].to_vec()).to_string();
    let error = Error::usage(format!("the values have no `{route}`"));
    let names: Vec<&str> = tree.children(above).map(|c| tree.key(c)).collect();
    Err(match nearest(&wrong, names.iter().copied()) {
        Some(near) => error.help(format!("instead of `{wrong}`, did you mean `{near}`?")),
        None => error.help(match (tree.data(above), names.len()) {
            (Data::Seq(_) | Data::Map(_), 0) => "nothing is in there".to_owned(),
            (Data::Seq(_), 1) => "the list has one item, number 0".to_owned(),
            (Data::Seq(_), n) => format!("the list has {n} items, from 0 to {}", n - 1),
            (Data::Map(_), _) => format!("there are: {}", names.join(", ")),
            _ => "nothing can be below a scalar".to_owned(),
        }),
    })
}
