//! From rendered lines of the examples back to Git: each names a line that a person can edit, or says whose it is.

use podwright::ops::{Question, explain};
use std::{fs, path::Path};

/// Every so many lines of a file are asked about: all would take minutes, and neighbours are made alike.
const STEP: usize = 9;

#[test]
fn rendered_lines_lead_back_to_git() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut asked = 0;
    for folder in
        ["prod/guangzhou/dolphinscheduler", "prod/guangzhou/environment", "argocd/main/prod/guangzhou"]
    {
        for entry in fs::read_dir(root.join("rendered").join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|e| e != "yaml") {
                continue;
            }
            let name = format!("{folder}/{}", path.file_name().unwrap().to_str().unwrap());
            let lines = fs::read_to_string(&path).unwrap().lines().count();
            for line in (1..=lines).step_by(STEP) {
                let answer =
                    explain(root, &Question::Line(name.clone(), u32::try_from(line).unwrap())).unwrap();
                let note = answer.note.unwrap();
                let place = answer.outcome.sources.path(note.at.file).to_owned();
                let own = note.message.ends_with("is the package's own");
                assert!(
                    place.starts_with("environments/") || (own && place.starts_with("packages/")),
                    "rendered/{name}:{line}: {} at {place}",
                    note.message
                );
                asked += 1;
            }
        }
    }
    assert!(asked > 100, "only {asked} lines were asked about");
}
