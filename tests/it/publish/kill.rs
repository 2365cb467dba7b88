//! A publisher is killed at any moment; the branch is always one of the states that it may have, and the next run makes it right.

use super::{SHARED, Site};
use std::{
    fs,
    io::{BufRead as _, BufReader},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

const ENVIRONMENTS: usize = 12;

/// The processes that a process has started, where the system tells.
fn children(of: u32) -> Vec<String> {
    let told = fs::read_to_string(format!("/proc/{of}/task/{of}/children")).unwrap_or_default();
    told.split_whitespace().map(str::to_owned).collect()
}

fn killed(kills: usize, mut seed: u64) {
    let site = Site::new(&[("environments/environment.yaml", SHARED)]);
    for n in 0..ENVIRONMENTS {
        site.source.write(&format!("environments/e{n}/environment.yaml"), format!("namespace: e{n}\n"));
    }
    site.commit("many", &[]);
    let start = Instant::now();
    site.ok("publish");
    let whole = start.elapsed();
    let mut done = 0;
    for n in 0..kills {
        site.commit("next", &[("environments/web.yaml", &format!("replicas: {}\n", n + 2))]);
        let before = site.there(&["rev-parse", "rendered"]);
        if n % 3 == 2 {
            // A mirror that must fetch all again.
            site.source.remove(".git/podwright");
        }
        let mut child = site.source.spawn(&["publish"]);
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let part = (seed >> 40) as f64 / f64::from(1 << 24);
        thread::sleep(Duration::max(whole.mul_f64(part * 1.2), Duration::from_millis(1)));
        if n % 2 == 0 {
            // With the `git` that it runs; the other side is not ours to kill.
            for git in children(child.id()) {
                let _ = std::process::Command::new("kill").args(["-9", &git]).output();
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let after = site.there(&["rev-parse", "rendered"]);
        done += usize::from(after != before);
        let said = site.run("publish");
        assert_eq!(said.code, 0, "after kill {n}: {said:?}");
        let want = format!("replicas: {}\n", n + 2);
        for e in [0, ENVIRONMENTS - 1] {
            let text = site.there(&["show", &format!("rendered:rendered/e{e}/web/deployment-web.yaml")]);
            assert!(text.contains(&want), "after kill {n}: {text}");
        }
        assert_eq!(site.count("rendered"), n + 2, "after kill {n}");
    }
    assert!(done < kills, "every kill came too late");
    site.sound("rendered");
}

#[test]
fn a_killed_publisher_leaves_nothing_half_done() {
    killed(10, 0x2545_f491);
}

#[test]
#[ignore = "long: two hundred kills"]
fn two_hundred_killed_publishers_leave_nothing_half_done() {
    let seed = u64::from(std::process::id());
    eprintln!("seed {seed}");
    killed(200, seed);
}

#[test]
fn a_publisher_that_waits_says_for_what() {
    let site = Site::new(&[
        ("environments/environment.yaml", SHARED),
        ("environments/a/environment.yaml", "namespace: a\n"),
    ]);
    site.ok("publish");
    let folder = fs::File::open(site.source.path(".git/podwright")).unwrap();
    folder.lock().unwrap();
    let mut child = site.source.spawn(&["publish"]);
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert_eq!(lines.next().unwrap(), "Waiting another run holds .git/podwright");
    drop(folder);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

/// A killed fetch may leave a commit without what it holds.
#[test]
fn a_commit_that_is_here_in_part_is_fetched_whole() {
    let site = Site::new(&[
        ("environments/environment.yaml", SHARED),
        ("environments/a/environment.yaml", "namespace: a\n"),
        ("environments/b/environment.yaml", "namespace: b\n"),
    ]);
    site.ok("publish a");
    let other = site.clone();
    assert_eq!(other.said(&["publish".to_owned(), "b".to_owned()]).code, 0);
    let tip = site.there(&["rev-parse", "rendered"]);
    let text = site.there(&["cat-file", "commit", "rendered"]) + "\n";
    site.source.write(".git/part", text);
    let mirror = site.source.path(".git/podwright");
    let part = super::git(&mirror, &["--git-dir=.", "hash-object", "-w", "-t", "commit", "../part"]);
    assert_eq!(part, tip);
    // Locks of those that were killed are in nobody's way.
    for lock in ["shallow.lock", "packed-refs.lock", "config.lock", "refs/podwright/x.lock"] {
        site.source.write(&format!(".git/podwright/{lock}"), "");
    }
    site.commit("more", &[("environments/a/web.yaml", "replicas: 2\n")]);
    site.ok("publish a");
    assert_eq!(site.files("rendered").iter().filter(|p| p.ends_with("deployment-web.yaml")).count(), 2);
    site.sound("rendered");
}

/// All files below a folder.
fn below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { below(&path) } else { vec![path] }).collect()
}

/// Makes files empty, as a loss of power does.
fn emptied(paths: &[PathBuf]) {
    for path in paths {
        fs::remove_file(path).unwrap();
        fs::write(path, "").unwrap();
    }
}

/// What happens to the folder of a mirror.
type Damage = fn(&Path);

#[test]
fn a_damaged_mirror_is_made_anew() {
    let damages: [(&str, Damage); 12] = [
        ("no HEAD", |m| fs::remove_file(m.join("HEAD")).unwrap()),
        ("an empty HEAD", |m| fs::write(m.join("HEAD"), "").unwrap()),
        ("no config", |m| fs::remove_file(m.join("config")).unwrap()),
        ("an odd config", |m| fs::write(m.join("config"), "[[").unwrap()),
        ("no refs", |m| fs::remove_dir_all(m.join("refs")).unwrap()),
        ("no objects", |m| fs::remove_dir_all(m.join("objects")).unwrap()),
        ("empty objects", |m| emptied(&below(&m.join("objects")))),
        ("empty refs", |m| emptied(&below(&m.join("refs")))),
        ("a bad line in shallow", |m| fs::write(m.join("shallow"), "\0\0\n").unwrap()),
        ("odd packed-refs", |m| fs::write(m.join("packed-refs"), "\0\0\0").unwrap()),
        ("an empty shallow", |m| fs::write(m.join("shallow"), "").unwrap()),
        ("nothing at all", |m| below(m).iter().for_each(|path| fs::remove_file(path).unwrap())),
    ];
    let site = Site::new(&[
        ("environments/environment.yaml", SHARED),
        ("environments/a/environment.yaml", "namespace: a\n"),
    ]);
    site.ok("publish");
    for (n, (what, damage)) in damages.into_iter().enumerate() {
        damage(&site.source.path(".git/podwright"));
        site.commit("next", &[("environments/a/web.yaml", &format!("replicas: {}\n", n + 2))]);
        let said = site.run("publish");
        assert_eq!(said.code, 0, "{what}: {said:?}");
        assert_eq!(site.count("rendered"), n + 2, "{what}");
        assert_eq!(site.ok("publish"), "Unchanged rendered of origin\n", "{what}");
        site.sound("rendered");
    }
}

/// What lies deeper is found when it is read; nothing is pushed that was made without it.
#[test]
fn a_mirror_whose_damage_shows_late_is_made_anew_by_the_next_run() {
    let site = Site::new(&[
        ("environments/environment.yaml", SHARED),
        ("environments/a/environment.yaml", "namespace: a\n"),
        ("environments/b/environment.yaml", "namespace: b\n"),
    ]);
    site.ok("publish");
    for (n, object) in ["rendered:rendered", "rendered:rendered/a", "rendered:rendered/a/hydrator.metadata"]
        .into_iter()
        .enumerate()
    {
        site.commit("next", &[("environments/a/web.yaml", &format!("replicas: {}\n", n + 2))]);
        let id = site.there(&["rev-parse", object]);
        let (folder, name) = id.split_at(2);
        emptied(&[site.source.path(&format!(".git/podwright/objects/{folder}/{name}"))]);
        let before = site.there(&["rev-parse", "rendered"]);
        let said = site.run("publish");
        if said.code != 0 {
            assert!(said.stderr.contains(".git/podwright is damaged: run it again"), "{object}: {said:?}");
            assert_eq!(site.there(&["rev-parse", "rendered"]), before, "{object}");
            site.ok("publish");
        }
        assert_eq!(site.count("rendered"), n + 2, "{object}");
        site.sound("rendered");
    }
}

#[test]
fn what_stands_in_the_place_of_the_mirror_is_named() {
    let site = Site::new(&[
        ("environments/environment.yaml", SHARED),
        ("environments/a/environment.yaml", "namespace: a\n"),
    ]);
    let place = site.source.path(".git/podwright");
    fs::write(&place, "notes").unwrap();
    let told = site.fails("publish", 2);
    assert!(told.contains(".git/podwright is a file") && told.contains("move it away"), "{told}");
    assert_eq!(fs::read_to_string(&place).unwrap(), "notes");
    fs::remove_file(&place).unwrap();
    std::os::unix::fs::symlink("nowhere", &place).unwrap();
    let told = site.fails("publish", 2);
    assert!(told.contains(".git/podwright is a symlink"), "{told}");
    // One that leads to a folder is the user's wish.
    fs::create_dir(site.source.path(".git/nowhere")).unwrap();
    site.ok("publish");
}
