//! What people and Git do in `rendered/`: edits by hand, foreign files, conflicts, indexes that cannot be trusted.

use super::{Desk, expected, one, only, tree};
use podwright::output::IndexState;

const CONFLICT: &str = "<<<<<<< HEAD\na: 1\n=======\na: 3\n>>>>>>> topic\n";

#[test]
fn a_hand_edit_refuses_its_environment_and_no_other() {
    let desk = Desk::new();
    let mut trees = one();
    trees.push(tree("dev", &[("ds/a.yaml", "a: 1\n")]));
    desk.write(&trees);
    desk.put("prod/sz/ds/a.yaml", "a: by hand\n");
    let before = desk.state();

    trees[1] = tree("dev", &[("ds/a.yaml", "a: 2\n")]);
    let mut changed = trees.clone();
    changed[0] = tree("prod/sz", &[("ds/a.yaml", "a: 2\n"), ("ds/b.yaml", "b: 2\n")]);
    let report = desk.write(&changed);
    assert_eq!(report.refused().map(|f| f.folder.as_str()).collect::<Vec<_>>(), ["prod/sz"]);
    assert_eq!(report.folders[0].edited, ["ds/a.yaml"]);
    assert_eq!(desk.get("dev/ds/a.yaml"), "a: 2\n");
    let mut state = desk.state();
    for path in ["dev/ds/a.yaml", "dev/SHA256SUMS"] {
        state.insert(path.into(), before[path].clone());
    }
    assert_eq!(state, before, "nothing else was touched");

    assert!(!desk.inspect(&trees).is_current(), "an edit by hand is found also if nothing else is to do");
    assert!(desk.force(&changed).refused().next().is_none());
    assert_eq!(desk.state(), expected(&changed));
}

#[test]
fn a_hand_edit_of_a_file_that_is_to_go_is_not_deleted() {
    let desk = Desk::new();
    desk.write(&one());
    desk.put("prod/sz/ds/b.yaml", "b: by hand\n");
    let next = [tree("prod/sz", &[("ds/a.yaml", "a: 1\n")])];
    let report = desk.write(&next);
    assert!(only(&report).refused && only(&report).edited == ["ds/b.yaml"]);
    assert_eq!(desk.get("prod/sz/ds/b.yaml"), "b: by hand\n");
    let report = desk.write_all(&[]);
    assert!(report.pruned[0].refused, "nor with its environment");
    assert_eq!(desk.get("prod/sz/ds/a.yaml"), "a: 1\n");
    desk.force(&next);
    assert_eq!(desk.state(), expected(&next));
}

#[test]
fn an_edit_that_is_what_the_values_give_is_none() {
    let desk = Desk::new();
    desk.write(&one());
    desk.put("prod/sz/ds/a.yaml", "a: 2\n");
    let mut next = one();
    next[0] = tree("prod/sz", &[("ds/a.yaml", "a: 2\n")]);
    let report = desk.write(&next);
    assert!(!only(&report).refused && only(&report).changed.is_empty());
    assert_eq!(desk.state(), expected(&next));
}

#[test]
fn foreign_files_are_reported_and_kept() {
    let desk = Desk::new();
    desk.write(&one());
    desk.put("prod/sz/notes.md", "mine\n");
    desk.put("prod/sz/ds/mine.yaml", "mine\n");
    let report = desk.write(&one());
    assert!(report.is_current());
    assert_eq!(only(&report).foreign, ["ds/mine.yaml", "notes.md"]);
    let report = desk.force(&[tree("prod/sz", &[("x/c.yaml", "c: 1\n")])]);
    assert_eq!(only(&report).foreign, ["ds/mine.yaml", "notes.md"]);
    assert_eq!(
        (desk.get("prod/sz/notes.md"), desk.get("prod/sz/ds/mine.yaml")),
        ("mine\n".into(), "mine\n".into())
    );
}

#[test]
fn a_foreign_file_where_a_rendered_one_is_to_stand_refuses_unless_it_is_the_same() {
    let desk = Desk::new();
    desk.put("prod/sz/ds/a.yaml", "a: 1\n");
    desk.put("prod/sz/ds/b.yaml", "mine\n");
    let report = desk.write(&one());
    let folder = only(&report);
    assert!(folder.refused && folder.edited.is_empty());
    assert_eq!(folder.obstacles.len(), 1);
    assert!(folder.obstacles[0].path == "ds/b.yaml" && folder.obstacles[0].yields);
    assert!(!desk.has("prod/sz/SHA256SUMS") && !desk.has("prod/sz/environment"));
    desk.force(&one());
    assert_eq!(desk.state(), expected(&one()));
}

#[test]
fn conflict_markers_in_the_index_and_in_files_are_resolved() {
    let desk = Desk::new();
    desk.write(&one());
    let ours = desk.get("prod/sz/SHA256SUMS");
    desk.write(&[tree("prod/sz", &[("ds/a.yaml", "a: 3\n"), ("ds/theirs.yaml", "t: 1\n")])]);
    let theirs = desk.get("prod/sz/SHA256SUMS");
    // As after a merge: one side's file, the other side's file, and one with markers.
    desk.put("prod/sz/SHA256SUMS", format!("<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> topic\n"));
    desk.put("prod/sz/ds/a.yaml", CONFLICT);
    desk.put("prod/sz/ds/b.yaml", "b: 1\n");
    let merged = [tree("prod/sz", &[("ds/a.yaml", "a: 4\n"), ("ds/b.yaml", "b: 2\n")])];
    assert_eq!(only(&desk.inspect(&merged)).index, IndexState::Conflicted);
    let report = desk.write(&merged);
    assert!(!only(&report).refused && only(&report).deleted == ["ds/theirs.yaml"], "{report:?}");
    assert_eq!(desk.state(), expected(&merged));
    // A file with markers that is to go.
    desk.put("prod/sz/ds/b.yaml", CONFLICT);
    let next = [tree("prod/sz", &[("ds/a.yaml", "a: 4\n")])];
    desk.write(&next);
    assert_eq!(desk.state(), expected(&next));
}

#[test]
fn an_index_with_paths_that_lead_out_is_refused() {
    for path in ["../dev/x.yaml", "/etc/hostname", "ds/../../x", "a\\b", "a\0b"] {
        let desk = Desk::new();
        desk.write(&one());
        desk.put("dev/x.yaml", "mine\n");
        let line = format!("{}  {path}\n", "0".repeat(64));
        desk.put("prod/sz/SHA256SUMS", desk.get("prod/sz/SHA256SUMS") + &line);
        let before = desk.state();
        let next = [tree("prod/sz", &[("ds/a.yaml", "a: 2\n")])];
        let report = desk.write(&next);
        let folder = only(&report);
        assert!(folder.refused && folder.obstacles[0].why.contains("line 4"), "{folder:?}");
        assert_eq!(desk.state(), before);
        assert!(desk.write_all(&[]).pruned[0].refused);
        assert_eq!(desk.state(), before);
        desk.force(&next);
        let mut state = expected(&next);
        state.insert("dev/x.yaml".into(), "mine\n".into());
        assert_eq!(desk.state(), state);
    }
}

#[test]
fn what_a_loss_of_power_leaves_is_repaired() {
    let desk = Desk::new();
    desk.write(&one());
    desk.put("prod/sz/ds/a.yaml", "");
    desk.put("prod/sz/ds/b.yaml", [0; 5]);
    assert!(!only(&desk.write(&one())).refused);
    assert_eq!(desk.state(), expected(&one()));
    desk.put("prod/sz/SHA256SUMS", [0; 300]);
    desk.write(&one());
    assert_eq!(desk.state(), expected(&one()));
}

#[test]
fn temporary_files_of_ours_are_removed_and_others_kept() {
    let desk = Desk::new();
    desk.write(&one());
    desk.put("prod/sz/ds/.podwright-0123456789abcdef.tmp", "half");
    desk.put("prod/sz/ds/.podwright-notes.tmp", "mine");
    let report = desk.write(&one());
    assert_eq!(only(&report).foreign, ["ds/.podwright-notes.tmp"]);
    assert!(!desk.has("prod/sz/ds/.podwright-0123456789abcdef.tmp"));
    assert_eq!(desk.get("prod/sz/ds/.podwright-notes.tmp"), "mine");
}
