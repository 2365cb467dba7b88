//! A large branch: publishing one changed environment costs what the change costs.

use super::{SHARED, Site, git};
use crate::support::Case;
use std::{
    fmt::Write as _,
    io::Write as _,
    process::Stdio,
    time::{Duration, Instant},
};

/// A branch with so many files of others.
fn with_files(files: usize) -> Site {
    let site = Site::new(&[
        ("environments/environment.yaml", SHARED),
        ("environments/a/environment.yaml", "namespace: a\n"),
    ]);
    let mut stream =
        String::from("commit refs/heads/rendered\ncommitter o <o@abc.com> 1700000000 +0000\ndata 1\nx\n");
    for n in 0..files {
        let text = format!("a: {n}\n# {}\n", "words ".repeat(150));
        let _ = write!(
            stream,
            "M 100644 inline rendered/e{}/web/o{}.yaml\ndata {}\n{text}\n",
            n / 15,
            n % 15,
            text.len()
        );
    }
    let mut import = super::program(&site.remote.path("remote.git"), &["fast-import", "--quiet"]);
    let mut child = import.stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(stream.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success());
    site
}

/// How long publishing one changed environment takes: first with a clone that knows nothing, then again.
fn times(site: &Site) -> (Duration, Duration) {
    let time = |n: usize| {
        site.commit("next", &[("environments/a/web.yaml", &format!("replicas: {n}\n"))]);
        let start = Instant::now();
        site.ok("publish a");
        start.elapsed()
    };
    let first = time(2);
    time(3);
    let second = (4..7).map(time).min().unwrap();
    (first, second)
}

/// What a push writes at the other side, and a fetch here, after somebody else published.
fn moved(site: &Site) {
    let other = site.clone();
    git(&other.path(""), &["config", "gc.auto", "0"]);
    other.said(&super::words("publish a"));
    let mirror = other.path(".git/podwright/objects");
    let size = || -> usize { Case::copy(&mirror).tree().values().map(Vec::len).sum() };
    let before = size();
    site.commit("more", &[("environments/a/web.yaml", "replicas: 20\n")]);
    site.ok("publish a");
    git(&other.path(""), &["pull", "--quiet", site.source.path("").to_str().unwrap(), "main"]);
    other.write("environments/a/web.yaml", "replicas: 21\n");
    git(&other.path(""), &["commit", "--quiet", "-am", "most"]);
    let said = other.said(&super::words("publish a"));
    assert_eq!(said.code, 0, "{said:?}");
    let grown = size() - before;
    // The folders above hold an entry for each environment, twice: fetched and built.
    assert!(grown < 400_000, "{grown} bytes for one environment");
}

#[test]
fn a_change_costs_its_own_size_on_a_branch_of_three_thousand_files() {
    let site = with_files(3_000);
    site.ok("publish a");
    moved(&site);
}

#[test]
#[ignore = "long: a branch of fifty thousand files"]
fn a_change_costs_its_own_size_on_a_branch_of_fifty_thousand_files() {
    let (small, large) = (with_files(50), with_files(50_000));
    let ((cold_small, small), (cold_large, warm_large)) = (times(&small), times(&large));
    eprintln!(
        "50 files: first {cold_small:?}, then {small:?}; 50,000: first {cold_large:?}, then {warm_large:?}"
    );
    assert!(warm_large < small * 2 + Duration::from_millis(200), "{small:?} {warm_large:?}");
    moved(&large);
}
