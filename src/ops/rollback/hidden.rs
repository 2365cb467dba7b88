//! Where secrets stand in the values of a commit: its workspace is planned and rendered once more, which tells what a schema marks and
//! what objects hold. What cannot be understood is hidden whole.

use crate::{
    git::{Commit, Repository},
    ops::{
        Progress,
        compile::compile_chosen,
        diff::{FOLDERS, mask},
        fix,
        project::Project,
        secret_objects::hide_document,
        secrets::guess_objects,
    },
    secret::pairs,
    source::{FileId, Sources, Span},
    workspace::{ENVIRONMENT_FILE, load},
    yaml::{self, Data, Documents, Node, Options, Role},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
    ops::Range,
};

/// The files of an environment in a commit, with what is secret in them.
#[derive(Default)]
pub(super) struct Known {
    files: BTreeMap<String, (String, Vec<Range<usize>>)>,
    /// The environment could be rendered: what its files hold is known.
    pub(super) whole: bool,
}

impl Known {
    /// What is known of a commit; nothing where it cannot be rendered.
    pub(super) fn of(repository: &Repository, commit: Commit, environment: &str) -> Self {
        Self::read(repository, commit, environment).unwrap_or_default()
    }

    fn read(repository: &Repository, commit: Commit, environment: &str) -> Option<Self> {
        let mut workspace = load(repository.snapshot(commit, &FOLDERS).ok()?).ok()?;
        let sources = mem::take(&mut workspace.sources);
        let patterns = [environment.to_owned()];
        let mut project = Project::plan(&workspace, sources, patterns.as_slice()).ok()?;
        project.judged = false;
        let mut compiled = compile_chosen(&project, &Progress::default());
        let mut hidden = mem::take(&mut project.hidden);
        compiled.iter_mut().for_each(|one| hidden.append(&mut one.hidden));
        if compiled.is_empty() || compiled.iter().any(|one| one.trees.is_none()) {
            return None;
        }
        let configs = project.chosen.iter().filter_map(|&at| project.environments[at].config.as_ref());
        let components: BTreeSet<&str> =
            configs.flat_map(|config| &config.components).map(|component| component.name).collect();
        // The values of a component that the environment does not have were not held against any schema.
        let asked = |path: &str| {
            let name = path.rsplit('/').next().unwrap_or(path);
            let values = name.strip_suffix(".yaml").is_some_and(|name| components.contains(name));
            name == ENVIRONMENT_FILE
                || values
                || path.starts_with("packages/")
                || project.manifests.contains_key(path)
        };
        let mut files = BTreeMap::new();
        for file in (0..project.sources.len()).filter_map(|n| u32::try_from(n).ok()).map(FileId) {
            let path = project.sources.path(file);
            if asked(path) {
                files.insert(path.to_owned(), (project.sources.text(file).to_owned(), Vec::new()));
            }
        }
        for span in hidden {
            if let Some((_, ranges)) = files.get_mut(project.sources.path(span.file)) {
                ranges.push(range(span));
            }
        }
        Some(Self { files, whole: true })
    }

    /// Where secrets stand in a file: in all of its values, unless it is one that was understood.
    fn secrets(&self, path: &str, text: &str, leaves: Option<&[Leaf]>) -> Vec<Range<usize>> {
        match self.files.get(path).filter(|(known, _)| known == text) {
            Some((_, ranges)) if path.starts_with("packages/") => {
                ranges.iter().cloned().chain(held(text)).collect()
            }
            Some((_, ranges)) => ranges.clone(),
            // A note beside the values is no file of values.
            None if !is_yaml(path) => Vec::new(),
            None => match leaves {
                Some(leaves) => leaves.iter().map(|leaf| leaf.at.clone()).collect(),
                None => std::iter::once(0..text.len()).collect(),
            },
        }
    }
}

/// The texts of a file on either side, with what is secret on one of them masked on both.
pub(super) fn masked(path: &str, sides: [(&Known, &str); 2]) -> [String; 2] {
    let read = sides.map(|(known, text)| {
        let leaves = is_yaml(path).then(|| leaves(text)).flatten();
        let hidden = known.secrets(path, text, leaves.as_deref());
        (text, leaves.unwrap_or_default(), hidden)
    });
    let routes: BTreeSet<&[String]> =
        read.iter().flat_map(|(_, leaves, hidden)| secret(leaves, hidden)).collect();
    read.each_ref().map(|(text, leaves, hidden)| {
        let mut ranges = hidden.clone();
        let same = leaves.iter().filter(|leaf| routes.contains(leaf.route.as_slice()));
        ranges.extend(same.map(|leaf| leaf.at.clone()));
        ranges.extend(remarks(text, &routes));
        let mut shown = String::with_capacity(text.len());
        fix::mask(text, 0..text.len(), &joined(ranges), &mut shown);
        mask::text(&shown)
    })
}

/// A scalar and the way to it.
struct Leaf {
    route: Vec<String>,
    at: Range<usize>,
}

/// The scalars of a text; none where it cannot be read.
fn leaves(text: &str) -> Option<Vec<Leaf>> {
    let options = Options { documents: Documents::Many, role: Role::Values };
    let parsed = yaml::read(FileId(0), text, &options);
    // What is read by halves, or is no map, may be a secret anywhere.
    let sound = parsed.findings.is_empty() && parsed.documents.iter().all(|d| !d.entries().is_empty());
    let mut found = Vec::new();
    for (n, document) in parsed.documents.iter().enumerate() {
        collect(document, &mut vec![n.to_string()], &mut found);
    }
    sound.then_some(found)
}

fn collect(node: &Node, route: &mut Vec<String>, found: &mut Vec<Leaf>) {
    let mut below = |key: String, node: &Node| {
        route.push(key);
        collect(node, route, found);
        route.pop();
    };
    match &node.data {
        Data::Map(entries) => entries.iter().for_each(|e| below(e.key.text.to_string(), &e.value)),
        Data::Seq(items) => items.iter().enumerate().for_each(|(n, item)| below(n.to_string(), item)),
        Data::Null => {}
        _ => found.push(Leaf { route: route.clone(), at: range(node.span) }),
    }
}

/// The ways to scalars that are hidden.
fn secret<'l>(leaves: &'l [Leaf], hidden: &'l [Range<usize>]) -> impl Iterator<Item = &'l [String]> {
    let is = |leaf: &&Leaf| hidden.iter().any(|h| h.start < leaf.at.end && leaf.at.start < h.end);
    leaves.iter().filter(is).map(|leaf| leaf.route.as_slice())
}

/// What comments give to the keys of secrets: values that were put aside.
fn remarks(text: &str, routes: &BTreeSet<&[String]>) -> Vec<Range<usize>> {
    let keys: BTreeSet<&str> = routes.iter().filter_map(|r| r.last()).map(String::as_str).collect();
    let (mut found, mut start) = (Vec::new(), 0);
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with('#') {
            let own = |key: &Range<usize>| line.get(key.clone()).map(|key| key.trim_start_matches('#'));
            let values = pairs(line).filter(|(key, _)| own(key).is_some_and(|key| keys.contains(key)));
            found.extend(values.map(|(_, value)| start + value.start..start + value.end));
        }
        start += line.len();
    }
    found
}

/// What the Secrets of a template hold.
fn held(text: &str) -> Vec<Range<usize>> {
    let options = Options { documents: Documents::Many, role: Role::Template };
    let mut sources = Sources::default();
    let file = sources.add(String::new(), text.to_owned());
    let parsed = yaml::read(file, text, &options);
    let mut hidden: Vec<Span> = Vec::new();
    if !parsed.findings.is_empty() && text.contains("Secret") {
        guess_objects(file, &sources, &mut hidden);
    }
    parsed.documents.iter().for_each(|document| hide_document(document, &mut hidden));
    hidden.into_iter().map(range).collect()
}

fn is_yaml(path: &str) -> bool {
    [".yaml", ".yml", ".json"].iter().any(|end| path.ends_with(end))
}

fn range(span: Span) -> Range<usize> {
    span.start as usize..span.end as usize
}

/// Ranges in order, those that touch made one.
fn joined(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut joined: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => joined.push(range),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_understood_is_masked_whole() {
        let unknown = Known::default();
        for (path, before, after, want) in [
            (
                "environments/a/web.yaml",
                "a: hunter1 # why\nb: [1, { c: true }]\n",
                "# a: hunter0\na: |\n  hunter2\n  more\nd:\n",
                ["a: *** # why\nb: [***, { c: *** }]\n", "# a: ***\na: ***\n  ***\n  ***\nd:\n"],
            ),
            ("environments/a/web.yaml", "a: {\n  hunter1\n", "hunter2\n", ["***\n  ***\n", "***\n"]),
            ("environments/a/README.md", "one: 1\n", "token: hunter2\n", ["one: 1\n", "token: ***\n"]),
        ] {
            assert_eq!(masked(path, [(&unknown, before), (&unknown, after)]), want, "{before}{after}");
        }
    }

    #[test]
    fn what_is_secret_on_one_side_is_masked_on_both() {
        let path = "environments/a/web.yaml";
        let known = |text: &str, range: Option<std::ops::Range<usize>>| Known {
            files: BTreeMap::from([(path.to_owned(), (text.to_owned(), range.into_iter().collect()))]),
            whole: true,
        };
        let (before, after) = ("pin: hunter1\nb: 1\n", "b: 2\npin: hunter2\n");
        let (old, new) = (known(before, Some(5..12)), known(after, None));
        let [was, is] = masked(path, [(&old, before), (&new, after)]);
        assert_eq!((was.as_str(), is.as_str()), ("pin: ***\nb: 1\n", "b: 2\npin: ***\n"));
        // Another text than the one that was planned tells nothing of where its secrets are.
        let [_, is] = masked(path, [(&old, before), (&new, "b: 3\n")]);
        assert_eq!(is, "b: ***\n");
    }
}
