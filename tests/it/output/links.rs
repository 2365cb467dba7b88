//! Symlinks, and files and folders in each other's place: never followed, never overwritten.
#![cfg(unix)]

use super::{Desk, one, only, tree};
use podwright::output::{self, Options};
use std::{fs, os::unix::fs::symlink};

/// Replaces what stands at `path` by a symlink to a folder outside, which holds `x.yaml`.
fn link(desk: &Desk, path: &str) {
    let outside = desk.folder.path().join("outside");
    fs::create_dir_all(&outside).unwrap();
    fs::write(outside.join("x.yaml"), "mine\n").unwrap();
    let place = desk.rendered().join(path);
    if place.is_dir() {
        fs::remove_dir_all(&place).unwrap();
    } else if place.exists() {
        fs::remove_file(&place).unwrap();
    }
    symlink(outside, place).unwrap();
}

fn outside(desk: &Desk) -> Vec<String> {
    let entries = fs::read_dir(desk.folder.path().join("outside")).unwrap();
    entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn symlinks_on_our_paths_are_refused_also_with_force() {
    for at in ["prod", "prod/sz", "prod/sz/ds", "prod/sz/ds/a.yaml", "prod/sz/SHA256SUMS"] {
        let desk = Desk::new();
        desk.write(&one());
        link(&desk, at);
        let next =
            [tree("prod/sz", &[("ds/a.yaml", "a: 2\n"), ("ds/b.yaml", "b: 1\n"), ("ds/x.yaml", "x: 2\n")])];
        let report = desk.force(&next);
        let folder = only(&report);
        assert!(folder.refused, "{at}");
        assert!(folder.obstacles.iter().any(|o| o.why.contains("symlink") && !o.yields), "{at}: {folder:?}");
        assert_eq!(outside(&desk), ["x.yaml"], "{at}");
        assert_eq!(fs::read_to_string(desk.folder.path().join("outside/x.yaml")).unwrap(), "mine\n");
        // If the files are gone with their folder, there is nothing to refuse.
        assert!(
            desk.write_all(&[]).pruned.iter().all(|f| f.refused || f.deleted == ["environment/ns.yaml"]),
            "{at}"
        );
        assert_eq!(outside(&desk), ["x.yaml"], "{at}");
    }
}

#[test]
fn other_symlinks_are_foreign() {
    let desk = Desk::new();
    desk.write(&one());
    link(&desk, "prod/sz/ds/link");
    link(&desk, "prod/sz/link.yaml");
    link(&desk, "link");
    let report = desk.write_all(&one());
    assert!(report.is_current());
    assert_eq!(only(&report).foreign, ["ds/link", "link.yaml"]);
    assert_eq!(outside(&desk), ["x.yaml"]);
}

#[test]
fn rendered_itself_must_be_a_folder() {
    let desk = Desk::new();
    fs::create_dir(desk.folder.path().join("elsewhere")).unwrap();
    symlink(desk.folder.path().join("elsewhere"), desk.rendered()).unwrap();
    let error = output::lock(&desk.rendered(), || ()).unwrap_err();
    assert!(error.message.ends_with("rendered is a symlink, not a folder"), "{error}");
    assert!(output::inspect(&desk.rendered(), &one(), &Options::default()).is_err());
    fs::remove_file(desk.rendered()).unwrap();
    fs::write(desk.rendered(), "").unwrap();
    assert!(output::lock(&desk.rendered(), || ()).unwrap_err().message.contains("is a file"));
}

#[test]
fn folders_and_files_in_each_others_place_are_refused() {
    let desk = Desk::new();
    desk.put("prod/sz/ds/a.yaml/x", "mine\n");
    desk.put("dev/ds", "mine\n");
    desk.put("staging", "mine\n");
    let trees =
        [one(), vec![tree("dev", &[("ds/a.yaml", "")]), tree("staging", &[("ds/a.yaml", "")])]].concat();
    let report = desk.force(&trees);
    let why: Vec<_> =
        report.refused().map(|f| format!("{} {}", f.obstacles[0].path, f.obstacles[0].why)).collect();
    assert_eq!(
        why,
        [
            "ds/a.yaml is a folder, and a rendered file is to stand there",
            "ds is a file, and a folder of rendered files is to stand there",
            " is a file, not a folder"
        ]
    );
    assert_eq!(desk.get("dev/ds"), "mine\n");
}

#[test]
fn symlinked_folders_below_another_environment_are_not_followed() {
    let desk = Desk::new();
    let both = [
        tree("prod", &[("sz/a.yaml", "a: 1\n"), ("sz/ds/b.yaml", "b: 1\n")]),
        tree("prod/sz", &[("zk/c.yaml", "")]),
    ];
    desk.write(&both);
    link(&desk, "prod/sz/ds");
    let next = [tree("prod", &[("sz/ds/x.yaml", "x: 1\n")]), both[1].clone()];
    let report = desk.force(&next);
    assert!(report.folders[0].refused && !report.folders[1].refused, "{report:?}");
    assert_eq!(outside(&desk), ["x.yaml"]);
}
