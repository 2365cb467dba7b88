//! Writing `rendered/` on a real disk.
#![allow(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests look at the disk themselves"
)]

mod crash;
mod edits;
mod links;

use podwright::output::{self, File, Folder, GIT_ATTRIBUTES, IndexState, Options, Report, Tree};
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, fs, path::Path, process::Command, sync::mpsc, thread, time::Duration};
use tempfile::TempDir;

/// What stands below a folder: files with their bytes, and empty folders with a `/` at their end.
type State = BTreeMap<String, String>;

/// A `rendered/` of its own, removed afterwards.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn rendered(&self) -> std::path::PathBuf {
        self.folder.path().join("rendered")
    }

    fn write_with(&self, trees: &[Tree], options: &Options) -> Report {
        // It may wait for a moment: a process that another test starts just now still holds what this one held.
        let lock = output::lock(&self.rendered(), || ()).unwrap();
        output::write(&lock, trees, options).unwrap()
    }

    fn write(&self, trees: &[Tree]) -> Report {
        self.write_with(trees, &Options::default())
    }

    fn write_all(&self, trees: &[Tree]) -> Report {
        self.write_with(trees, &Options { everything: true, ..Options::default() })
    }

    fn force(&self, trees: &[Tree]) -> Report {
        self.write_with(trees, &Options { force: true, ..Options::default() })
    }

    fn inspect(&self, trees: &[Tree]) -> Report {
        output::inspect(&self.rendered(), trees, &Options::default()).unwrap()
    }

    fn put(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let path = self.rendered().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    fn remove(&self, path: &str) {
        fs::remove_file(self.rendered().join(path)).unwrap();
    }

    fn get(&self, path: &str) -> String {
        fs::read_to_string(self.rendered().join(path)).unwrap()
    }

    fn has(&self, path: &str) -> bool {
        self.rendered().join(path).symlink_metadata().is_ok()
    }

    fn state(&self) -> State {
        let mut state = State::new();
        if self.rendered().exists() {
            collect(&self.rendered(), "", &mut state);
        }
        state
    }
}

fn collect(root: &Path, at: &str, state: &mut State) {
    let mut empty = true;
    for entry in fs::read_dir(root.join(at)).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{at}{}", entry.file_name().into_string().unwrap());
        if entry.file_type().unwrap().is_dir() {
            collect(root, &format!("{path}/"), state);
        } else {
            state.insert(path, String::from_utf8_lossy(&fs::read(entry.path()).unwrap()).into_owned());
        }
        empty = false;
    }
    if empty {
        state.insert(at.to_owned(), String::new());
    }
}

fn tree(folder: &str, files: &[(&str, &str)]) -> Tree {
    Tree::new(folder, files.iter().map(|(path, bytes)| File::new(*path, *bytes)).collect())
}

/// What should stand in `rendered/` for `trees`: worked out without the code under test.
fn expected(trees: &[Tree]) -> State {
    let mut state = State::from([(".gitattributes".to_owned(), GIT_ATTRIBUTES.into())]);
    for tree in trees {
        let mut index = String::new();
        for file in &tree.files {
            let sum: String = Sha256::digest(&file.bytes).iter().map(|b| format!("{b:02x}")).collect();
            index.push_str(&format!("{sum}  {}\n", file.path));
            state.insert(format!("{}/{}", tree.folder, file.path), file.bytes.clone());
        }
        state.insert(format!("{}/SHA256SUMS", tree.folder), index);
    }
    state
}

fn one() -> Vec<Tree> {
    vec![tree(
        "prod/sz",
        &[("ds/a.yaml", "a: 1\n"), ("ds/b.yaml", "b: 1\n"), ("environment/ns.yaml", "n: 1\n")],
    )]
}

fn strings(list: &[&str]) -> Vec<String> {
    list.iter().map(|&s| s.to_owned()).collect()
}

#[test]
fn a_first_write_gives_files_index_and_attributes() {
    let desk = Desk::new();
    let before = desk.inspect(&one());
    assert!(!before.is_current() && before.attributes_missing);
    assert!(!desk.rendered().exists(), "looking changes nothing");
    let report = desk.write(&one());
    assert_eq!(report, before);
    assert_eq!(report.folders[0].missing, ["ds/a.yaml", "ds/b.yaml", "environment/ns.yaml"]);
    assert_eq!(report.folders[0].index, IndexState::Missing);
    assert_eq!(desk.state(), expected(&one()));
    assert!(desk.inspect(&one()).is_current());
}

#[cfg(unix)]
#[test]
fn a_run_that_changes_nothing_touches_nothing() {
    use std::os::unix::fs::MetadataExt;
    let desk = Desk::new();
    desk.write(&one());
    let marks = || -> Vec<_> {
        let marks = desk.state().into_keys().map(|path| {
            let data = fs::metadata(desk.rendered().join(&path)).unwrap();
            (path, data.ino(), data.mtime_nsec(), data.ctime_nsec())
        });
        marks.collect()
    };
    let before = marks();
    assert!(desk.write_all(&one()).is_current());
    assert_eq!(marks(), before);
    let mut changed = one();
    changed[0].files[0] = File::new("ds/a.yaml", "a: 2\n");
    desk.write(&changed);
    let touched: Vec<_> = before.iter().zip(marks()).filter(|(a, b)| *a != b).map(|(a, _)| &a.0).collect();
    assert_eq!(touched, ["prod/sz/SHA256SUMS", "prod/sz/ds/a.yaml"]);
}

#[test]
fn files_are_changed_deleted_and_created_again() {
    let desk = Desk::new();
    desk.write(&one());
    desk.remove("prod/sz/ds/b.yaml");
    let next =
        vec![tree("prod/sz", &[("ds/a.yaml", "a: 2\n"), ("ds/b.yaml", "b: 1\n"), ("zk/c.yaml", "c: 1\n")])];
    let report = desk.write(&next);
    let folder = &report.folders[0];
    assert_eq!(
        (&folder.changed, &folder.missing),
        (&strings(&["ds/a.yaml"]), &strings(&["ds/b.yaml", "zk/c.yaml"]))
    );
    assert_eq!(folder.deleted, ["environment/ns.yaml"]);
    assert_eq!(folder.index, IndexState::Stale);
    assert_eq!(desk.state(), expected(&next), "and the folder that is empty now is gone");
}

#[test]
fn an_index_that_was_changed_is_written_again() {
    let desk = Desk::new();
    desk.write(&one());
    desk.remove("prod/sz/SHA256SUMS");
    assert_eq!(desk.inspect(&one()).folders[0].index, IndexState::Missing);
    desk.write(&one());
    assert_eq!(desk.state(), expected(&one()));
    desk.put("prod/sz/SHA256SUMS", "0".repeat(64) + "  ds/a.yaml\n");
    assert_eq!(desk.inspect(&one()).folders[0].index, IndexState::Stale);
    desk.write(&one());
    assert_eq!(desk.state(), expected(&one()));
}

#[test]
fn attributes_that_people_added_to_are_kept() {
    let desk = Desk::new();
    desk.put(".gitattributes", "* -text\n*.yaml merge=union\n");
    assert!(!desk.write(&one()).attributes_missing);
    assert_eq!(desk.get(".gitattributes"), "* -text\n*.yaml merge=union\n");
    desk.put(".gitattributes", "");
    desk.write(&one());
    assert_eq!(desk.get(".gitattributes"), GIT_ATTRIBUTES);
}

#[test]
fn environments_that_are_gone_are_pruned_only_by_a_run_of_everything() {
    let desk = Desk::new();
    let mut trees = one();
    trees.push(tree("prod/gz", &[("ds/a.yaml", "a: 1\n")]));
    trees.push(tree("argocd/main/prod/gz", &[("application-ds.yaml", "a: 1\n")]));
    trees.push(tree("dev", &[("ds/a.yaml", "a: 1\n")]));
    desk.write(&trees);
    desk.put("dev/ds/mine.yaml", "mine\n");
    desk.put("prod/stray.yaml", "mine\n");

    assert!(desk.write(&one()).pruned.is_empty());
    let keep = Options { everything: true, keep: vec!["prod/gz".into()], ..Options::default() };
    let report = desk.write_with(&one(), &keep);
    let names = |report: &Report| report.pruned.iter().map(|f| f.folder.clone()).collect::<Vec<_>>();
    assert_eq!(names(&report), ["dev"]);
    assert_eq!(report.pruned[0].foreign, ["ds/mine.yaml"]);
    assert_eq!(report.stray, ["prod/stray.yaml"]);

    let report = desk.write_all(&one());
    assert_eq!(names(&report), ["argocd/main/prod/gz", "prod/gz"]);
    assert_eq!(report.stray, ["dev/ds/mine.yaml", "prod/stray.yaml"]);
    let mut state = expected(&one());
    state.insert("dev/ds/mine.yaml".into(), "mine\n".into());
    state.insert("prod/stray.yaml".into(), "mine\n".into());
    assert_eq!(desk.state(), state);
    assert!(desk.write_all(&one()).is_current());
}

#[test]
fn an_environment_without_files_leaves_no_folder() {
    let desk = Desk::new();
    desk.write(&one());
    let report = desk.write(&[tree("prod/sz", &[])]);
    assert_eq!(report.folders[0].deleted.len(), 3);
    assert_eq!(desk.state(), expected(&[]));
    assert!(desk.inspect(&[tree("prod/sz", &[])]).is_current());
}

#[test]
fn an_environment_becomes_a_parent_and_back() {
    let desk = Desk::new();
    let parent = vec![tree("prod", &[("sz/a.yaml", "a: 1\n"), ("zk/b.yaml", "b: 1\n")])];
    let child = vec![tree("prod/sz", &[("ds/a.yaml", "a: 1\n")])];
    desk.write_all(&parent);
    let report = desk.write(&child);
    assert!(report.folders[0].foreign == ["a.yaml"] && !report.folders[0].refused);
    let report = desk.write_all(&child);
    assert_eq!(report.pruned[0].deleted, ["sz/a.yaml", "zk/b.yaml"]);
    assert!(report.folders[0].foreign.is_empty(), "it is the parent's: {:?}", report.folders[0]);
    assert_eq!(desk.state(), expected(&child));
    let report = desk.write_all(&parent);
    assert!(report.pruned[0].foreign.is_empty() && report.folders[0].foreign.is_empty());
    assert_eq!(desk.state(), expected(&parent));
    let both = [parent, child].concat();
    desk.write_all(&both);
    assert_eq!(desk.state(), expected(&both));
    let report = desk.write_all(&both);
    assert!(report.is_current() && report.folders.iter().all(|f| f.foreign.is_empty()), "{report:?}");
}

#[test]
fn what_another_environment_needs_is_not_pruned() {
    let desk = Desk::new();
    desk.write(&one());
    let index: String = desk.get("prod/sz/SHA256SUMS").replace("  ", "  sz/");
    desk.put("prod/SHA256SUMS", index);
    let report = desk.write_all(&one());
    assert!(report.pruned[0].deleted.is_empty());
    assert_eq!(desk.state(), expected(&one()));
}

#[test]
fn sha256sum_accepts_the_index_also_with_odd_names() {
    if Command::new("sha256sum").arg("--version").output().is_err() {
        return;
    }
    let desk = Desk::new();
    let odd = [" a", "*b", "é 数", "new\nline", "cr\rx", "-c", "#", "'\"$x`"];
    let files = odd.iter().map(|name| File::new(format!("ds/{name}.yaml"), *name)).collect();
    let trees = [Tree::new("prod/sz", files)];
    desk.write(&trees);
    let check = Command::new("sha256sum")
        .args(["-c", "--strict", "SHA256SUMS"])
        .current_dir(desk.rendered().join("prod/sz"))
        .output()
        .unwrap();
    assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stderr));
    assert_eq!(String::from_utf8_lossy(&check.stdout).matches(": OK").count(), odd.len());
    assert!(desk.write(&trees).is_current());
    desk.write(&[tree("prod/sz", &[("ds/a.yaml", "a")])]);
    assert_eq!(desk.state(), expected(&[tree("prod/sz", &[("ds/a.yaml", "a")])]));
}

#[test]
fn paths_that_clash_are_refused_before_anything_is_written() {
    let desk = Desk::new();
    let clash = [one(), vec![tree("dev", &[("ds/A.yaml", ""), ("ds/a.yaml", "")])]].concat();
    let lock = output::lock(&desk.rendered(), || ()).unwrap();
    let error = output::write(&lock, &clash, &Options::default()).unwrap_err();
    assert!(error.message.contains("ds/A.yaml") && error.message.contains("dev/ds/a.yaml"), "{error}");
    assert_eq!(fs::read_dir(desk.rendered()).unwrap().count(), 0);
}

#[test]
fn a_second_writer_waits_and_says_so() {
    let desk = Desk::new();
    let rendered = desk.rendered();
    let first = output::lock(&rendered, || panic!("it is free")).unwrap();
    let (said, heard) = mpsc::channel();
    thread::scope(|scope| {
        let second = scope.spawn(|| {
            let lock = output::lock(&rendered, || said.send("waiting").unwrap()).unwrap();
            said.send("writing").unwrap();
            output::write(&lock, &one(), &Options::default()).unwrap()
        });
        assert_eq!(heard.recv().unwrap(), "waiting");
        assert!(heard.recv_timeout(Duration::from_millis(50)).is_err(), "it waits");
        output::write(&first, &one(), &Options::default()).unwrap();
        drop(first);
        assert_eq!(heard.recv().unwrap(), "writing");
        assert!(second.join().unwrap().is_current(), "it found the work done");
    });
}

#[cfg(unix)]
#[test]
fn a_lock_on_a_folder_that_was_replaced_is_taken_again() {
    let desk = Desk::new();
    let rendered = desk.rendered();
    let first = output::lock(&rendered, || ()).unwrap();
    let (said, heard) = mpsc::channel();
    thread::scope(|scope| {
        let second = scope.spawn(|| output::lock(&rendered, || said.send(()).unwrap()).unwrap());
        heard.recv().unwrap();
        fs::remove_dir_all(&rendered).unwrap();
        drop(first);
        let lock = second.join().unwrap();
        output::write(&lock, &one(), &Options::default()).unwrap();
        assert_eq!(desk.state(), expected(&one()));
        assert!(fs::File::open(&rendered).unwrap().try_lock().is_err(), "the lock is on what is there");
    });
}

fn only(report: &Report) -> &Folder {
    assert_eq!(report.folders.len(), 1);
    &report.folders[0]
}
