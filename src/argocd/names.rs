//! The names of Argo CD's objects: an environment's path with dashes, and the component's name.

use super::Wish;
use crate::{source::Span, workspace::Config};

/// The longest name: Argo CD may write it as a label.
pub(super) const LONGEST: usize = 63;

/// One name, which nothing else in its namespace may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// `Application` or `AppProject`.
    pub kind: &'static str,
    /// The name.
    pub name: String,
    /// Where it comes from: a component, or the environment's own wish.
    pub at: Span,
}

impl Name {
    /// Whether it is too long.
    pub fn too_long(&self) -> bool {
        self.name.len() > LONGEST
    }

    /// The name of the root Application of an instance.
    pub fn root(instance: &str) -> String {
        root(instance)
    }

    /// How long a name may be.
    pub const fn longest() -> usize {
        LONGEST
    }
}

/// The names of what an environment asks of Argo CD; `own` tells whether it has objects of its own, and their component.
pub fn names(environment: &str, config: &Config<'_>, own: Option<(&str, Span)>) -> Vec<Name> {
    let Some(wish) = Wish::of(config) else { return Vec::new() };
    let components = config.components.iter().map(|c| (c.name, c.at));
    let name = |(component, at)| Name { kind: "Application", name: application(environment, component), at };
    let mut names: Vec<Name> = own.into_iter().chain(components).map(name).collect();
    if wish.setting.get(&["project"]).is_none() {
        names.push(Name { kind: "AppProject", name: project(environment), at: wish.at() });
    }
    names
}

pub(super) fn application(environment: &str, component: &str) -> String {
    format!("{}-{component}", project(environment))
}

pub(super) fn project(environment: &str) -> String {
    environment.replace('/', "-")
}

pub(super) fn root(instance: &str) -> String {
    format!("root-{instance}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_paths_with_dashes() {
        assert_eq!(application("prod/shenzhen", "ds"), "prod-shenzhen-ds");
        assert_eq!(project("prod/shenzhen"), "prod-shenzhen");
        let name = |length| Name { kind: "Application", name: "a".repeat(length), at: Span::default() };
        assert!(!name(63).too_long() && name(64).too_long());
    }
}
