//! A publisher is killed at any moment; the branch is always one of the states that it may have, and the next run makes it right.

use super::{SHARED, Site};
use std::{
    io::{BufRead as _, BufReader},
    thread,
    time::{Duration, Instant},
};

const ENVIRONMENTS: usize = 12;

/// The processes that a process has started, where the system tells.
fn children(of: u32) -> Vec<String> {
    let told = std::fs::read_to_string(format!("/proc/{of}/task/{of}/children")).unwrap_or_default();
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
    let folder = std::fs::File::open(site.source.path(".git/podwright")).unwrap();
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
