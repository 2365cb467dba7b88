//! The inputs: Go modules in a folder, laid out as the Go module cache has them below `k8s.io/`.
//!
//! `kubernetes@v1.NN.P` holds the document of a minor version; `api@v0.NN.P`, `apiextensions-apiserver@v0.NN.P` and
//! `kube-aggregator@v0.NN.P` hold lives of kinds. What a module says overrides what an older one says.

use super::{
    FIRST,
    document::{Document, Kind},
    kinds::{self, Lives},
    lifecycle,
};
use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

const DOCUMENT: &str = "api/openapi-spec/swagger.json";
const LIFE: &str = "zz_generated.prerelease-lifecycle.go";
const REGISTER: &str = "register.go";
const DOCUMENTS: &str = "kubernetes";
/// The modules that declare lives, and the folder of theirs that has a folder for each group.
const DECLARING: &[(&str, &str)] =
    &[("api", ""), ("apiextensions-apiserver", "pkg/apis"), ("kube-aggregator", "pkg/apis")];

/// What was read.
#[derive(Debug)]
pub(super) struct Inputs {
    /// The documents, by minor version.
    pub(super) documents: Vec<Document>,
    /// What is declared of kinds.
    pub(super) lives: Lives,
    /// The modules and the checksums of what was read of them, in the order of reading.
    sources: Vec<String>,
}

/// A module in the folder.
struct Module {
    minor: u32,
    path: PathBuf,
}

impl Inputs {
    /// Reads all modules of a folder.
    ///
    /// # Errors
    /// A file is missing or not what it should be, or there are two patches of one minor version.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let mut inputs = Self { documents: Vec::new(), lives: Lives::new(), sources: Vec::new() };
        for module in modules(folder, DOCUMENTS)? {
            let file = module.path.join(DOCUMENT);
            let text = text(&file)?;
            let document =
                Document::parse(module.minor, FIRST, &text).with_context(|| file.display().to_string())?;
            inputs.documents.push(document);
            inputs.source(&module, DOCUMENT, Sha256::digest(&text).as_slice());
        }
        for (name, groups) in DECLARING {
            for module in modules(folder, name)? {
                inputs.read_lives(&module, groups)?;
            }
        }
        inputs.lives.extend([lifecycle::in_words()]);
        Ok(inputs)
    }

    /// The newest minor version.
    ///
    /// # Errors
    /// A minor version is missing.
    pub(super) fn newest(&self) -> Result<u32> {
        kinds::unbroken(&self.documents, FIRST)
    }

    /// A line for each module: its version, what was read, and the checksum of that.
    pub(super) fn sources(&self) -> impl Iterator<Item = &str> {
        self.sources.iter().map(String::as_str)
    }

    fn source(&mut self, module: &Module, what: &str, digest: &[u8]) {
        let name = module.path.file_name().unwrap_or_default().to_string_lossy();
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        self.sources.push(format!("k8s.io/{name} {what} sha256:{hex}"));
    }

    /// Every `GROUP/VERSION/` of a module that declares lives. The checksum is over all texts read, one after another.
    fn read_lives(&mut self, module: &Module, groups: &str) -> Result<()> {
        let mut digest = Sha256::new();
        for group in folders(&module.path.join(groups))? {
            for version in folders(&group)? {
                if !version.join(LIFE).is_file() {
                    continue;
                }
                let (life, register) = (text(&version.join(LIFE))?, text(&version.join(REGISTER))?);
                digest.update(&life);
                digest.update(&register);
                let group = lifecycle::group(&register)
                    .with_context(|| format!("no group name in {}", version.join(REGISTER).display()))?;
                let version = version.file_name().unwrap_or_default().to_string_lossy().into_owned();
                for (kind, life) in lifecycle::parse(&life) {
                    let kind = Kind { group: group.to_owned(), version: version.clone(), kind };
                    self.lives.insert(kind, life);
                }
            }
        }
        let digest = digest.finalize();
        self.source(module, LIFE, digest.as_slice());
        Ok(())
    }
}

/// The modules of a name, by version.
fn modules(folder: &Path, name: &str) -> Result<Vec<Module>> {
    let mut found: BTreeMap<u32, Module> = BTreeMap::new();
    for path in folders(folder)? {
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let Some(version) = file.strip_prefix(name).and_then(|v| v.strip_prefix("@v")) else { continue };
        let mut parts = version.split('.').skip(1).map(str::parse::<u32>);
        let (Some(Ok(minor)), Some(Ok(_)), None) = (parts.next(), parts.next(), parts.next()) else {
            bail!("{}: no version of a module", path.display());
        };
        let before = found.insert(minor, Module { minor, path });
        if before.is_some() {
            bail!("two patches of {name} {minor} in {}", folder.display());
        }
    }
    Ok(found.into_values().collect())
}

#[expect(clippy::disallowed_methods, reason = "the inputs are read here")]
fn text(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// The folders in a folder, sorted.
#[expect(clippy::disallowed_methods, reason = "the inputs are read here")]
fn folders(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut folders = Vec::new();
    for entry in entries {
        let path = entry.with_context(|| format!("cannot read {}", folder.display()))?.path();
        if path.is_dir() {
            folders.push(path);
        }
    }
    folders.sort();
    Ok(folders)
}
