//! The objects of a published folder, read from its files.

use crate::{
    error::Error,
    git::{Mirror, Oid},
    manifest::Manifest,
    ops::plain,
    source::{FileId, Span},
    yaml::{self, Node},
};
use std::collections::BTreeMap;

/// The documents of a folder, in the order of their paths.
#[derive(Default)]
pub(in crate::ops) struct Objects {
    documents: Vec<Node>,
}

impl Objects {
    /// Those of files by path.
    pub(in crate::ops) fn of(files: &BTreeMap<String, Vec<u8>>) -> Self {
        let options = yaml::Options { documents: yaml::Documents::Many, role: yaml::Role::Template };
        let mut documents = Vec::new();
        for (path, bytes) in files {
            // What is no manifest, or no text, was not rendered.
            if let (true, Ok(text)) = (path.ends_with(".yaml"), std::str::from_utf8(bytes)) {
                documents.append(&mut yaml::read(FileId::default(), text, &options).documents);
            }
        }
        Self { documents }
    }

    /// Those of a folder of a branch.
    ///
    /// # Errors
    /// It cannot be read.
    pub(in crate::ops) fn there(mirror: &Mirror, folder: Oid) -> Result<Self, Error> {
        let mut files = BTreeMap::new();
        for path in mirror.files(folder)?.into_keys().filter(|path| path.ends_with(".yaml")) {
            let bytes = mirror.file(folder, &path);
            let bytes = bytes.ok_or_else(|| {
                Error::failure(format!("the published file {path} is not there"))
                    .help("delete `.git/podwright`, which is made anew, and run it again")
            })?;
            files.insert(path, bytes);
        }
        Ok(Self::of(&files))
    }

    /// The objects; what is none is left out.
    pub(in crate::ops) fn manifests(&self) -> Vec<Manifest<'_>> {
        let mut manifests = Vec::new();
        let _ = plain::objects(&self.documents, ("", Span::default()), &mut manifests);
        manifests
    }
}
