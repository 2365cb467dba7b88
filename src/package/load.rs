//! Reads and compiles a package. All its faults are found before any environment is rendered with it.

use super::{Facts, Improvement, Package, Place};
use crate::{
    diag::{Finding, Level},
    schema::Schema,
    source::{
        FileId, Files, Sources, Span, embedded,
        fs::{Kind, ReadFault},
    },
    template::{self, File, Interface, Program},
    values::{self, Origin, TOP},
    yaml::{self, Data, Node, Style},
};
use std::borrow::Cow;

/// Folders in a package deeper than this are not looked at.
const DEEPEST: usize = 8;

/// The schema of package.yaml.
const METADATA_SCHEMA: &str = "package.schema.json";

/// The version of the template language and context that this tool speaks.
const INTERFACE: i64 = 1;

/// Reads and compiles the package `name` at `version`. Embedded packages are known to be sound: their metadata is not
/// checked again and they are not linted (the tests do).
///
/// # Errors
/// What is wrong with it.
pub fn load(
    name: &str,
    version: &str,
    place: &Place,
    sources: &mut Sources,
) -> Result<Package, Vec<Finding>> {
    let shown = format!("packages/{name}/{version}");
    let files = match place {
        Place::Embedded => embedded::package(name, version)
            .map(|(path, text)| {
                (sources.add(format!("{}{shown}/{path}", embedded::PREFIX), text), path.to_owned())
            })
            .collect(),
        Place::Workspace(folder) => {
            let mut reader = Reader { shown: &shown, sources, files: Vec::new(), findings: Vec::new() };
            reader.folder(folder, "", 0);
            if !reader.findings.is_empty() {
                return Err(reader.findings);
            }
            reader.files
        }
    };
    let parts = Parts { sources, files: &files, shown };
    parts.compile(name, version, *place != Place::Embedded)
}

/// Collects the files of a package folder.
struct Reader<'r> {
    /// The path of the package as findings show it.
    shown: &'r str,
    sources: &'r mut Sources,
    files: Vec<(FileId, String)>,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    fn fault(&mut self, path: &str, message: String) {
        let file = self.sources.add(format!("{}/{path}", self.shown), "");
        self.findings.push(Finding::error("package-unreadable", Span::whole(file), message));
    }

    fn folder(&mut self, files: &Files, below: &str, depth: usize) {
        let entries = match files.list(below) {
            Ok(entries) => entries,
            Err(e) => return self.fault(below, format!("the folder cannot be listed: {e}")),
        };
        for entry in entries {
            let Some(name) = entry.name.to_str().filter(|n| !n.starts_with('.')) else { continue };
            let path = if below.is_empty() { name.to_owned() } else { format!("{below}/{name}") };
            match entry.kind {
                Kind::Folder if depth < DEEPEST => self.folder(files, &path, depth + 1),
                Kind::File => self.file(files, path),
                Kind::Symlink => {
                    let message = "a symlink: the files of a package are read from the package alone";
                    self.fault(&path, message.to_owned());
                }
                _ => {}
            }
        }
    }

    fn file(&mut self, files: &Files, path: String) {
        match files.read_text(&path) {
            Ok(text) => self.files.push((self.sources.add(format!("{}/{path}", self.shown), text), path)),
            Err(ReadFault::NotUtf8(good)) => {
                let at = good.len();
                self.fault(&path, format!("the file is not UTF-8: byte {at} is no character"));
            }
            Err(ReadFault::TooLarge(n)) => self.fault(&path, format!("the file is too large: {n} bytes")),
            Err(ReadFault::Io(e)) => self.fault(&path, format!("the file cannot be read: {e}")),
        }
    }
}

/// The files of a package, read.
struct Parts<'s> {
    sources: &'s mut Sources,
    files: &'s [(FileId, String)],
    shown: String,
}

impl Parts<'_> {
    fn file(&self, path: &str) -> Option<FileId> {
        self.files.iter().find(|(_, p)| p == path).map(|(id, _)| *id)
    }

    /// Reads one of the package's files as a map.
    fn map(&mut self, path: &str, findings: &mut Vec<Finding>) -> Option<(FileId, Node)> {
        let Some(file) = self.file(path) else {
            let id = self.sources.add(format!("{}/{path}", self.shown), "");
            findings.push(Finding::error(
                "package-incomplete",
                Span::whole(id),
                format!("the package has no {path}"),
            ));
            return None;
        };
        let options = yaml::Options { documents: yaml::Documents::One, role: yaml::Role::Values };
        let parsed = yaml::read(file, self.sources.text(file), &options);
        let broken = parsed.findings.iter().any(|f| f.level == Level::Error);
        findings.extend(parsed.findings);
        let empty =
            Node { data: Data::Map(Vec::new()), span: Span::whole(file), style: Style::Flow, suspect: false };
        let root = parsed.documents.into_iter().next().unwrap_or(empty);
        if !broken && !matches!(root.data, Data::Map(_)) {
            let message = format!("{path} must hold a map, not {}", root.kind());
            findings.push(Finding::error("file-not-a-map", root.span, message));
            return None;
        }
        (!broken).then_some((file, root))
    }

    fn compile(mut self, name: &str, version: &str, strict: bool) -> Result<Package, Vec<Finding>> {
        let mut findings = Vec::new();
        let meta = self.map("package.yaml", &mut findings);
        let defaults = self.map("values.yaml", &mut findings);
        let schema = match self.file("values.schema.json") {
            Some(file) => Schema::compile(file, self.sources.text(file)).map_err(|f| findings.push(f)).ok(),
            None => {
                let id = self.sources.add(format!("{}/values.schema.json", self.shown), "");
                let message = "the package has no values.schema.json";
                findings.push(Finding::error("package-incomplete", Span::whole(id), message));
                None
            }
        };
        if let (true, Some((file, meta))) = (strict, &meta) {
            let schema = embedded::add_schema(METADATA_SCHEMA, self.sources);
            findings.extend(check_metadata(*file, meta, (name, version), schema));
        }
        let templates: Vec<File<'_>> = self
            .files
            .iter()
            .filter(|(_, path)| path.starts_with("templates/") || path.starts_with("files/"))
            .map(|(id, path)| File { id: *id, path, text: self.sources.text(*id) })
            .collect();
        let (program, faults) = Program::compile(&templates);
        findings.extend(faults);
        for (file, path) in
            self.files.iter().filter(|(_, p)| p.starts_with("templates/") && p.ends_with(".yml"))
        {
            let message = format!("{path} is no template: their names end in .yaml");
            findings.retain(|f| f.at.file != *file);
            findings
                .push(Finding::error("package-unreadable", Span::whole(*file), message).help("rename it"));
        }
        let (Some((file, meta)), Some((_, defaults)), Some(schema), true) =
            (meta, defaults, schema, findings.is_empty())
        else {
            return Err(findings);
        };
        let improvements = improvements(&meta);
        if strict {
            let declared = improvements.iter().map(|i| (i.name.as_str(), i.at)).collect();
            findings
                .extend(template::lint(&program, &Interface { defaults: &defaults, improvements: declared }));
        }
        if !findings.is_empty() {
            return Err(findings);
        }
        let text = |key: &str| meta.get(key).and_then(Node::as_str).unwrap_or("").to_owned();
        Ok(Package {
            embedded: !strict,
            name: name.to_owned(),
            version: version.to_owned(),
            app_version: text("appVersion"),
            improvements,
            facts: Facts::of(&meta),
            file,
            own: super::context::own(&meta, file, name, version),
            defaults,
            schema,
            program,
        })
    }
}

/// Checks package.yaml against its schema and against the folder that it stands in.
fn check_metadata(file: FileId, meta: &Node, folder: (&str, &str), schema: FileId) -> Vec<Finding> {
    let schema = match Schema::compile(schema, embedded::schema(METADATA_SCHEMA)) {
        Ok(schema) => schema,
        Err(fault) => return vec![fault],
    };
    let values = values::merge(&[("package", vec![Origin { layer: 1, key: None, node: meta }])]);
    let Some(root) = values.get(TOP, "package") else { return Vec::new() };
    let mut findings = schema.check(&values, root, Span::whole(file));
    for (key, folder) in [("name", folder.0), ("version", folder.1)] {
        if let Some(node) = meta.get(key)
            && node.as_str().is_some_and(|text| text != folder)
        {
            let message = format!("the {key} is not that of the folder, which is `{folder}`");
            findings.push(Finding::error("package-misnamed", node.span, message));
        }
    }
    if let Some(Node { data: Data::Int(interface), span, .. }) = meta.get("interface")
        && *interface != INTERFACE
        && findings.is_empty()
    {
        let message =
            format!("the package is written for interface {interface}; this tool speaks {INTERFACE}");
        findings.push(Finding::error("package-interface", *span, message));
    }
    findings
}

fn improvements(meta: &Node) -> Vec<Improvement> {
    let text = |node: &Node, key: &str| {
        node.get(key).and_then(Node::as_str).map_or(Cow::Borrowed(""), |t| Cow::Owned(t.to_owned()))
    };
    let entries = meta.get("improvements").map_or(&[][..], Node::entries);
    let one = |e: &yaml::Entry| Improvement {
        name: e.key.text.to_string(),
        at: e.key.span,
        description: text(&e.value, "description").trim().to_owned(),
        effect: text(&e.value, "effect").into_owned(),
    };
    entries.iter().map(one).collect()
}
