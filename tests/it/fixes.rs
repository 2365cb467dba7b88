//! Every fix that any case offers: made by itself it takes its finding away and touches nothing else; made with all others,
//! it leaves nothing to do a second time.

use crate::support::{Case, tree};
use podwright::{
    diag::{Finding, Fix, apply},
    ops::{self, Mending, Outcome, Progress},
    source::{FileId, Sources},
    workspace::Choice,
    yaml::{self, Documents, Options, Role},
};
use rayon::prelude::*;
use std::{
    fs,
    path::{Path, PathBuf},
};

fn cases(kind: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(kind)
}

/// The workspace of a case of the command line, as its first run finds it.
fn workspace(folder: &Path) -> Case {
    let case = Case::copy(&folder.join("in"));
    let cmd = fs::read_to_string(folder.join("cmd")).unwrap();
    for line in cmd.lines().take_while(|line| line.starts_with(['!', '#'])) {
        if let ["!", "copy", from, to] = line.split(' ').collect::<Vec<_>>()[..] {
            case.lay(&folder.join(from), to);
        }
    }
    case
}

fn check(case: &Case) -> Option<Outcome> {
    ops::check(&case.path(""), Choice::default(), &Progress::default()).ok()
}

/// Whether a finding is still there after its fix: in its place, which only what is removed before it moves. Of three keys
/// of one name, the last one is still the second of two.
fn stays(
    finding: &Finding,
    fix: &Fix,
    before: &[Finding],
    found: &[Finding],
    same: impl Fn(FileId) -> bool,
) -> bool {
    let alike = |all: &[Finding]| {
        all.iter().filter(|f| f.code == finding.code && f.message == finding.message).count()
    };
    if finding.code == "yaml-duplicate-key" && alike(found) < alike(before) {
        return false;
    }
    let moved = fix.edits.iter().filter(|e| e.at.end <= finding.at.start && e.at.start < finding.at.start);
    let grown: i64 = moved.map(|e| e.text.len() as i64 - i64::from(e.at.end - e.at.start)).sum();
    let start = i64::from(finding.at.start) + grown;
    found.iter().any(|f| {
        f.code == finding.code
            && f.message == finding.message
            && i64::from(f.at.start) == start
            && same(f.at.file)
    })
}

/// The text with a fix made, and that nothing beside it changed.
fn fixed(text: &str, fix: &Fix) -> String {
    let made = apply(text, &fix.edits).unwrap();
    let (first, last) = (fix.edits.first().unwrap().at, fix.edits.last().unwrap().at);
    assert!(made.starts_with(&text[..first.start as usize]), "{fix:?}");
    assert!(made.ends_with(&text[last.end as usize..]), "{fix:?}");
    assert_ne!(made, text, "{fix:?}");
    made
}

fn ours(sources: &Sources, fix: &Fix) -> bool {
    let path = sources.path(fix.edits[0].at.file);
    path.starts_with("environments/") || path.starts_with("packages/")
}

#[test]
fn a_fix_takes_its_finding_away_and_touches_nothing_else() {
    let folders: Vec<PathBuf> = fs::read_dir(cases("cli")).unwrap().map(|e| e.unwrap().path()).collect();
    let tried: usize = folders
        .par_iter()
        .map(|folder| {
            let case = workspace(folder);
            let Some(before) = check(&case) else { return 0 };
            let mut tried = 0;
            for finding in &before.findings {
                let Some(fix) = finding.fix.as_ref().filter(|fix| ours(&before.sources, fix)) else {
                    continue;
                };
                let file = fix.edits[0].at.file;
                let (path, text) = (before.sources.path(file), before.sources.text(file));
                case.write(path, fixed(text, fix));
                let after = check(&case).unwrap();
                let same = |other| after.sources.path(other) == before.sources.path(finding.at.file);
                let name = folder.file_name().unwrap().display();
                assert!(
                    !stays(finding, fix, &before.findings, &after.findings, same),
                    "{name}: {finding:#?}"
                );
                case.write(path, text);
                tried += 1;
            }
            tried
        })
        .sum();
    assert!(tried > 60, "only {tried} fixes were tried");
}

#[test]
fn a_fix_of_a_text_takes_its_finding_away() {
    let mut tried = 0;
    for (path, bytes) in tree(&cases("yaml")).iter().filter(|(path, _)| path.ends_with(".yaml")) {
        let Ok(text) = std::str::from_utf8(bytes) else { continue };
        let options = Options { documents: Documents::Many, role: Role::Values };
        let before = yaml::read(FileId(0), text, &options).findings;
        for finding in &before {
            let Some(fix) = &finding.fix else { continue };
            let made = fixed(text, fix);
            let after = yaml::read(FileId(0), &made, &options).findings;
            // A syntax error hides what comes after it, so only the finding itself is asked about.
            assert!(!stays(finding, fix, &before, &after, |_| true), "{path}: {finding:#?}\n{made}");
            tried += 1;
        }
    }
    assert!(tried > 40, "only {tried} fixes were tried");
}

#[test]
fn all_fixes_together_leave_nothing_to_do_again() {
    let folders: Vec<PathBuf> = fs::read_dir(cases("cli")).unwrap().map(|e| e.unwrap().path()).collect();
    folders.par_iter().for_each(|folder| {
        let name = folder.file_name().unwrap().display();
        let case = workspace(folder);
        let fix = |all, write| {
            ops::fix(&case.path(""), Choice::default(), Mending { all, write }, &Progress::default())
        };
        let untouched = case.tree();
        let Ok(shown) = fix(true, false) else { return };
        assert_eq!(case.tree(), untouched, "{name}: showing changes nothing");
        if shown.files.is_empty() {
            return;
        }
        for all in [false, true] {
            let before = case.tree();
            let done = fix(all, true).unwrap();
            assert!(done.failed.is_none(), "{name}");
            if done.files.iter().any(|f| f.left.is_some()) {
                // Its fixes undo each other: the run says so, and there is no end to come to.
                return;
            }
            let after = case.tree();
            let told: Vec<&str> = done.files.iter().map(|f| f.path.as_str()).collect();
            let changed: Vec<&str> =
                after.iter().filter(|(p, b)| before.get(*p) != Some(b)).map(|(p, _)| p.as_str()).collect();
            assert_eq!(told, changed, "{name}: what changed is told");
            assert!(
                changed.iter().all(|p| p.starts_with("environments/") || p.starts_with("packages/")),
                "{name}"
            );
            assert!(fix(all, true).unwrap().files.is_empty(), "{name}: a second run has nothing to do");
            assert_eq!(case.tree(), after, "{name}");
        }
        assert_ne!(case.tree(), untouched, "{name}");
    });
}

#[test]
fn a_file_that_cannot_be_written_is_named_and_the_others_are_fixed() {
    let case = Case::new()
        .file(
            "environments/environment.yaml",
            "components: { ds: { package: dolphinscheduler, version: 1.3.9 } }\n",
        )
        .file("environments/a/environment.yaml", "namespace: 12\n")
        .file("environments/b/environment.yaml", "namespace: 13\n");
    let read_only = |yes: bool| {
        let path = case.path("environments/a/environment.yaml");
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(yes);
        fs::set_permissions(path, permissions).unwrap();
    };
    read_only(true);
    let said = case.said(&["check", "--fix", "--report", "json"].map(str::to_owned));
    read_only(false);
    assert_eq!(said.code, 3);
    assert_eq!(
        said.stderr,
        "Left environments/a/environment.yaml: it is read-only\nFixed environments/b/environment.yaml (1 fix)\n\
         error: cannot write [ROOT]/environments/a/environment.yaml: it is read-only\n\
         help: make it writable, or mend it by hand\n"
    );
    assert!(said.stdout.contains("\"left\": \"it is read-only\""), "{}", said.stdout);
    assert_eq!(case.tree()["environments/a/environment.yaml"], b"namespace: 12\n");
    assert_eq!(case.tree()["environments/b/environment.yaml"], b"namespace: \"13\"\n");
}
