//! The objects of published folders, read from their files.

use crate::{
    error::Error,
    git::{Mirror, Oid},
    manifest::Manifest,
    ops::plain,
    source::{FileId, Span},
    yaml::{self, Node},
};
use std::collections::BTreeMap;

/// Documents, in the order of their files, each with the component that it belongs to: the folder at the top.
#[derive(Default)]
pub(in crate::ops) struct Objects {
    documents: Vec<(String, Vec<Node>)>,
}

impl Objects {
    /// Adds those of files by path.
    pub(in crate::ops) fn add(&mut self, files: &BTreeMap<String, Vec<u8>>) {
        let options = yaml::Options { documents: yaml::Documents::Many, role: yaml::Role::Template };
        for (path, bytes) in files {
            // What is no manifest, or no text, was not rendered.
            if let (true, Ok(text)) = (path.ends_with(".yaml"), std::str::from_utf8(bytes)) {
                let component = path.split_once('/').map_or("", |(component, _)| component).to_owned();
                self.documents.push((component, yaml::read(FileId::default(), text, &options).documents));
            }
        }
    }

    /// Adds those of a folder of a branch.
    ///
    /// # Errors
    /// It cannot be read.
    pub(in crate::ops) fn add_folder(&mut self, mirror: &Mirror, folder: Oid) -> Result<(), Error> {
        let mut files = BTreeMap::new();
        for path in mirror.files(folder)?.into_keys().filter(|path| path.ends_with(".yaml")) {
            let bytes = mirror.file(folder, &path);
            let bytes = bytes.ok_or_else(|| {
                Error::failure(format!("the published file {path} is not there"))
                    .help("delete `.git/podwright`, which is made anew, and run it again")
            })?;
            files.insert(path, bytes);
        }
        self.add(&files);
        Ok(())
    }

    /// Those of a folder of a branch.
    ///
    /// # Errors
    /// It cannot be read.
    pub(in crate::ops) fn there(mirror: &Mirror, folder: Oid) -> Result<Self, Error> {
        let mut objects = Self::default();
        objects.add_folder(mirror, folder)?;
        Ok(objects)
    }

    /// The objects; what is none is left out.
    pub(in crate::ops) fn manifests(&self) -> Vec<Manifest<'_>> {
        self.named().into_iter().map(|(_, manifest)| manifest).collect()
    }

    /// The same, each with its component; what Argo CD reads has none.
    pub(in crate::ops) fn named(&self) -> Vec<(&str, Manifest<'_>)> {
        let mut found = Vec::new();
        for (component, documents) in &self.documents {
            let mut manifests = Vec::new();
            let _ = plain::objects(documents, ("", Span::default()), &mut manifests);
            found.extend(manifests.into_iter().map(|manifest| (component.as_str(), manifest)));
        }
        found
    }
}
