//! The real binary is killed at any moment; the next run makes the tree what it should be. Two at once wait for each other.

use crate::{
    support::{Case, tree},
    workspace::workspace,
};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    path::Path,
    thread,
    time::{Duration, Instant},
};

type Tree = BTreeMap<String, Vec<u8>>;

const ENVIRONMENTS: usize = 60;
/// How long it goes on, and how many kills are enough.
const TIME: Duration = Duration::from_secs(12);
const KILLS: usize = 60;
/// How long it goes on until at least one kill came halfway, on a machine that is too busy to kill in time.
const PATIENCE: Duration = Duration::from_secs(120);

const FOREIGN: &[(&str, &str)] = &[
    ("rendered/e0/mine.md", "mine\n"),
    ("rendered/e1/web/mine.yaml", "mine\n"),
    ("rendered/old/notes.txt", "mine\n"),
];

/// Writes the values of a version. The first has an environment that the second has not, and the other way round.
fn values(case: &Case, version: usize) {
    let text: String = (0..150).map(|n| format!("  key{n}: version-{version}\n")).collect();
    case.write("environments/web.yaml", format!("replicas: {version}\nsettings:\n{text}"));
    let (here, gone) = if version == 0 { ("first", "second") } else { ("second", "first") };
    if case.path(&format!("environments/{gone}")).exists() {
        case.remove(&format!("environments/{gone}"));
    }
    case.write(&format!("environments/{here}/environment.yaml"), "{}\n");
    let password = if version == 0 { "password: in-the-first\n" } else { "token: in-the-second\n" };
    for n in (0..ENVIRONMENTS).step_by(2) {
        case.write(&format!("environments/e{n}/web.yaml"), password);
    }
}

fn large() -> Case {
    let shared = "namespace: a\nrules: { secret-plain-text: allow }\ncomponents:\n  web: { package: web, version: 1.0.0 }\n";
    let case = workspace(&[("environments/environment.yaml", shared)]);
    (0..ENVIRONMENTS).for_each(|n| case.write(&format!("environments/e{n}/environment.yaml"), "{}\n"));
    values(&case, 0);
    case
}

fn rendered(case: &Case) -> Tree {
    tree(&case.path("rendered"))
}

/// Whether every index lists every rendered file beside it with its sum.
fn sums_hold(tree: &Tree) {
    let mut listed = 0;
    for (path, text) in tree.iter().filter(|(path, _)| path.ends_with("SHA256SUMS")) {
        let folder = Path::new(path).parent().unwrap();
        for line in std::str::from_utf8(text).unwrap().lines() {
            let (sum, name) = line.split_once("  ").unwrap();
            let bytes = &tree[folder.join(name).to_str().unwrap()];
            let got: String = Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect();
            assert_eq!(got, sum, "{path}: {name}");
            listed += 1;
        }
    }
    assert!(listed > ENVIRONMENTS);
}

#[test]
fn a_killed_run_is_repaired_by_the_next() {
    let clean = [0, 1].map(|version| {
        let case = large();
        values(&case, version);
        case.run(&["render", "--quiet"]).check();
        rendered(&case)
    });
    let case = large();
    let start = Instant::now();
    case.run(&["render", "--quiet"]).check();
    let whole = start.elapsed();
    FOREIGN.iter().for_each(|(path, text)| case.write(path, text));
    let mut seed = 0x2545_f491_u64;
    let (mut killed, mut halfway) = (0, 0);
    let enough = |killed, halfway| match start.elapsed() {
        time if halfway == 0 => time > PATIENCE,
        time => killed >= KILLS || time > TIME,
    };
    while !enough(killed, halfway) {
        let version = (killed + 1) % 2;
        values(&case, version);
        let mut child = case.spawn(&["render", "--quiet"]);
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let part = (seed >> 40) as f64 / f64::from(1 << 24);
        if killed % 2 == 0 {
            // On a busy machine writing starts late.
            while child.try_wait().unwrap().is_none() && !writes(&case) {}
            // Every other one of these at once: a short sleep is a long one where many wait for a processor.
            thread::sleep(whole.mul_f64(if killed % 4 == 0 { 0.0 } else { part / 4.0 }));
        } else {
            thread::sleep(whole.mul_f64(part));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        killed += 1;
        let after = rendered(&case);
        let own = |tree: &Tree| -> Tree {
            let foreign =
                |path: &String| FOREIGN.iter().any(|(f, _)| f.strip_prefix("rendered/") == Some(path));
            tree.iter().filter(|(p, _)| !foreign(p)).map(|(p, b)| (p.clone(), b.clone())).collect()
        };
        for (path, text) in FOREIGN {
            assert_eq!(after[path.strip_prefix("rendered/").unwrap()], text.as_bytes(), "{path}");
        }
        halfway += usize::from(!clean.contains(&own(&after)));
        // Every other time the next run is one with the values of before.
        let next = if killed % 3 == 0 { 1 - version } else { version };
        values(&case, next);
        case.said(&["render".to_owned(), "--quiet".to_owned()]);
        let after = rendered(&case);
        let kept = own(&after);
        assert!(kept == clean[next], "after kill {killed}: {:?}", different(&kept, &clean[next]));
        sums_hold(&after);
    }
    assert!(halfway > 0, "{killed} kills hit nothing");
}

/// Whether a run has begun to write.
fn writes(case: &Case) -> bool {
    (0..ENVIRONMENTS).any(|n| case.path(&format!("rendered/e{n}/SHA256SUMS.next")).exists())
}

fn different(one: &Tree, other: &Tree) -> Vec<String> {
    let all = one.keys().chain(other.keys());
    all.filter(|path| one.get(*path) != other.get(*path)).cloned().collect()
}

#[test]
fn two_runs_at_once_both_succeed() {
    let case = large();
    case.run(&["render", "--quiet"]).check();
    values(&case, 1);
    let mut children = [case.spawn(&["render"]), case.spawn(&["render"])];
    for child in &mut children {
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
    case.run(&["render", "--check", "--quiet"]).check();
    sums_hold(&rendered(&case));
}

#[test]
fn a_run_that_waits_says_so() {
    let case = large();
    case.run(&["render", "--quiet"]).check();
    let lock = podwright::output::lock(&case.path("rendered"), || ()).unwrap();
    let mut child = case.spawn(&["render"]);
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    assert_eq!(lines.next().unwrap(), "Waiting another run holds rendered/");
    assert!(child.try_wait().unwrap().is_none());
    drop(lock);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
