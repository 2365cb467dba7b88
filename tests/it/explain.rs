//! From rendered lines of the examples back to Git: each names a line that a person can edit, or says whose it is.

use podwright::ops::explain_lines;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

#[test]
fn every_rendered_line_leads_back_to_git() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    files(&root.join("rendered"), &mut |path| {
        let folder = path.parent().unwrap().strip_prefix(root.join("rendered")).unwrap();
        folders.entry(folder.to_str().unwrap().to_owned()).or_default().push(path);
    });
    let (mut asked, mut wrong) = (0, Vec::new());
    for (folder, files) in folders {
        let answers = explain_lines(root, &folder).unwrap();
        let answered: BTreeSet<(&str, u32)> =
            answers.lines.iter().map(|(f, n, _)| (f.as_str(), *n)).collect();
        for file in &files {
            let name = format!("{folder}/{}", file.file_name().unwrap().to_str().unwrap());
            let lines = u32::try_from(fs::read_to_string(file).unwrap().lines().count()).unwrap();
            let silent = (1..=lines).filter(|n| !answered.contains(&(&name, *n)));
            wrong.extend(silent.map(|n| format!("rendered/{name}:{n}: no answer")));
        }
        for (name, line, note) in &answers.lines {
            let place = answers.sources.path(note.at.file);
            let own = note.message.ends_with("is the package's own");
            let changed = note.message.contains("` asks");
            let whose = match own {
                true => place.starts_with("packages/"),
                false => place.starts_with("environments/") && !(changed && note.label.is_empty()),
            };
            if !whose {
                wrong.push(format!("rendered/{name}:{line}: {} at {place}", note.message));
            }
            asked += 1;
        }
    }
    assert!(wrong.is_empty(), "{} of {asked} lines:\n{}", wrong.len(), wrong.join("\n"));
    assert!(asked > 3000, "only {asked} lines were asked about");
}

fn files(folder: &Path, found: &mut impl FnMut(PathBuf)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files(&path, found),
            false if path.extension().is_some_and(|e| e == "yaml") => found(path),
            false => {}
        }
    }
}
