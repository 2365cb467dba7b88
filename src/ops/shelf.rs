//! The files of an environment, as its components give them: each object once.

use super::compile::Made;
use crate::{
    diag::Finding,
    field::blame,
    manifest::{Identity, file_name},
    output,
    source::Span,
    values::Values,
};
use std::collections::BTreeMap;

/// The files of an environment, as they are made.
#[derive(Debug, Default)]
pub(super) struct Shelf<'n> {
    namespace: &'n str,
    /// Whether the texts of files are made.
    texts: bool,
    files: Vec<output::File>,
    /// By object: where it is named, and its template.
    seen: BTreeMap<Identity, (Span, Span)>,
    // Written here first: what is kept of thousands of files then has no room to spare.
    text: String,
}

impl<'n> Shelf<'n> {
    /// A shelf for objects whose namespace is this one, unless they say otherwise. Without `texts` its files are empty.
    pub(super) fn new(namespace: &'n str, texts: bool) -> Self {
        Self { namespace, texts, ..Self::default() }
    }

    /// The files.
    pub(super) fn into_files(self) -> Vec<output::File> {
        self.files
    }

    /// Takes the files of a component. Gives a finding for objects that are there already.
    pub(super) fn put(&mut self, component: &str, made: &Made<'_>, values: &Values<'_>) -> Vec<Finding> {
        let mut twice: BTreeMap<(Span, Span), Vec<&Identity>> = BTreeMap::new();
        for manifest in &made.manifests {
            let name = manifest.body.at(&["metadata", "name"]).map_or(manifest.body.by, |n| n.by);
            let place = blame(values, &made.trace, name, Some(&manifest.identity.name)).at;
            let template = manifest.body.by.at;
            if let Some((first, made)) = self.seen.insert(manifest.identity.clone(), (place, template)) {
                // Of one component, the two templates are what tells the objects apart.
                let places = if first == place { (template, made) } else { (place, first) };
                twice.entry(places).or_default().push(&manifest.identity);
            }
            let path = format!("{component}/{}", file_name(&manifest.identity, self.namespace));
            self.text.clear();
            if self.texts {
                manifest.write(&mut self.text);
            }
            self.files.push(output::File::new(path, self.text.as_str()));
        }
        twice.iter().map(duplicate).collect()
    }
}

/// Objects that are there twice for one reason: the two places that name them.
fn duplicate((&(place, first), objects): (&(Span, Span), &Vec<&Identity>)) -> Finding {
    let message = match &objects[..] {
        [one] => format!("the environment has {one} twice"),
        [one, more @ ..] => {
            format!("the environment has {one} twice, and {} more", objects_count(more.len()))
        }
        [] => String::new(),
    };
    Finding::error("manifest-duplicate", place, message).related(first, "the first one is named here")
}

fn objects_count(n: usize) -> String {
    format!("{n} object{}", if n == 1 { "" } else { "s" })
}
