//! The world stops after every single effect, also halfway through it; the next run repairs what is left.

use super::{Desk, State, expected, tree};
use podwright::{
    output::{self, File, Options, Tree},
    source::fs::{Disk, RealDisk},
};
use std::{
    fs, io,
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
};

/// A disk that does so many effects and then none any more. `half` of the bytes of the one that fails are written.
struct Dying {
    left: AtomicUsize,
    half: bool,
}

impl Dying {
    fn after(effects: usize, half: bool) -> Self {
        Self { left: AtomicUsize::new(effects), half }
    }

    fn act(&self, effect: impl FnOnce() -> io::Result<()>, part: impl FnOnce()) -> io::Result<()> {
        let take = |left: usize| left.checked_sub(1);
        match self.left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, take) {
            // The last one is spent on dying.
            Ok(1) => {
                if self.half {
                    part();
                }
                Err(io::Error::other("the process was killed"))
            }
            Ok(_) => effect(),
            Err(_) => Err(io::Error::other("the process is dead")),
        }
    }
}

impl Disk for Dying {
    fn create_folder(&self, path: &Path) -> io::Result<()> {
        self.act(|| RealDisk.create_folder(path), || ())
    }
    fn create(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.act(|| RealDisk.create(path, bytes), || fs::write(path, &bytes[..bytes.len() / 2]).unwrap())
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.act(|| RealDisk.rename(from, to), || ())
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.act(|| RealDisk.remove(path), || ())
    }
    fn remove_folder(&self, path: &Path) -> io::Result<()> {
        self.act(|| RealDisk.remove_folder(path), || ())
    }
}

fn large(seed: &str) -> String {
    format!("{seed}\n").repeat(2000)
}

/// Three environments; the second goes, a third comes.
fn before() -> Vec<Tree> {
    vec![
        Tree::new(
            "prod/sz",
            vec![
                File::new("ds/changes.yaml", "a: 1\n"),
                File::new("ds/goes.yaml", "b: 1\n"),
                File::new("ds/large.yaml", large("one")),
                File::new("ds/stays.yaml", "c: 1\n"),
                File::new("zk/goes.yaml", "d: 1\n"),
            ],
        ),
        tree("prod/gz", &[("ds/a.yaml", "a: 1\n"), ("ds/b.yaml", "b: 1\n")]),
    ]
}

fn after(seed: &str) -> Vec<Tree> {
    vec![
        Tree::new(
            "prod/sz",
            vec![
                File::new("ds/changes.yaml", format!("a: {seed}\n")),
                File::new("ds/large.yaml", large(seed)),
                File::new("ds/stays.yaml", "c: 1\n"),
                File::new("new/comes.yaml", format!("e: {seed}\n")),
                File::new("new/large.yaml", large(&format!("new {seed}"))),
            ],
        ),
        Tree::new("dev", vec![File::new("ds/a.yaml", format!("a: {seed}\n"))]),
    ]
}

/// What people put there, in environments that stay and that go; and an environment that was edited by hand.
const FOREIGN: &[(&str, &str)] = &[
    ("prod/sz/mine.md", "mine\n"),
    ("prod/sz/zk/mine.yaml", "mine\n"),
    ("prod/gz/ds/mine.yaml", "mine\n"),
    ("edited/ds/a.yaml", "a: by hand\n"),
];

fn edited() -> Tree {
    tree("edited", &[("ds/a.yaml", "a: 1\n"), ("ds/b.yaml", "b: 1\n")])
}

fn start() -> Desk {
    let desk = Desk::new();
    desk.write(&[before(), vec![edited()]].concat());
    for (path, bytes) in FOREIGN {
        desk.put(path, bytes);
    }
    desk
}

fn with_people(trees: &[Tree]) -> State {
    let mut state = expected(&[trees.to_vec(), vec![edited()]].concat());
    state.extend(FOREIGN.iter().map(|(path, bytes)| ((*path).to_owned(), (*bytes).to_owned())));
    state
}

/// A run that is stopped; whether it came to its end before.
fn run(desk: &Desk, trees: &[Tree], disk: &dyn Disk) -> bool {
    let mut trees = trees.to_vec();
    trees.push(Tree::new("edited", vec![File::new("ds/a.yaml", "a: 2\n")]));
    let options = Options { everything: true, ..Options::default() };
    let lock = output::lock(&desk.rendered(), || ()).unwrap();
    let done = output::write_to(disk, &lock, &trees, &options);
    let state = desk.state();
    for (path, bytes) in FOREIGN {
        assert_eq!(state.get(*path).map(String::as_str), Some(*bytes), "{path} was lost");
    }
    if let Ok(report) = &done {
        let refused: Vec<_> = report.refused().collect();
        assert!(refused.len() == 1 && refused[0].folder == "edited", "{refused:#?}");
    }
    done.is_ok()
}

/// Effects of a run, the dying one included, until it comes to its end.
fn crashes(half: bool, mut test: impl FnMut(Dying) -> bool) -> usize {
    (1..).find(|&effects| test(Dying::after(effects, half))).unwrap()
}

#[test]
fn the_next_run_repairs_what_a_crash_left() {
    for half in [false, true] {
        let count = crashes(half, |dying| {
            let desk = start();
            let done = run(&desk, &after("two"), &dying);
            assert!(run(&desk, &after("two"), &RealDisk));
            assert_eq!(desk.state(), with_people(&after("two")));
            done
        });
        assert!(count > 25, "{count} effects: the crashes hit nothing");
    }
}

#[test]
fn so_it_does_when_the_values_changed_meanwhile() {
    crashes(false, |dying| {
        let desk = start();
        let done = run(&desk, &after("two"), &dying);
        assert!(run(&desk, &after("three"), &RealDisk));
        assert_eq!(desk.state(), with_people(&after("three")));
        done
    });
    crashes(false, |dying| {
        let desk = start();
        let done = run(&desk, &after("two"), &dying);
        assert!(run(&desk, &before(), &RealDisk));
        assert_eq!(desk.state(), with_people(&before()));
        done
    });
}

#[test]
fn so_it_does_when_the_repair_is_stopped_as_well() {
    for half in [false, true] {
        let mut done = false;
        // Every third place, so that the test stays short; the environments meet them at different effects.
        for effects in (1..).step_by(3) {
            if done {
                break;
            }
            crashes(half, |second| {
                let desk = start();
                done = run(&desk, &after("two"), &Dying::after(effects, half));
                // With other values in between, unless a half-written new file can only be known by its own.
                let again = run(&desk, &after(if half { "two" } else { "three" }), &second);
                assert!(run(&desk, &after("two"), &RealDisk));
                assert_eq!(desk.state(), with_people(&after("two")), "{effects}");
                again
            });
        }
    }
}

#[test]
fn a_first_run_that_is_stopped_is_repaired_or_pruned() {
    for half in [false, true] {
        crashes(half, |dying| {
            let desk = Desk::new();
            let lock = output::lock(&desk.rendered(), || ()).unwrap();
            let done = output::write_to(&dying, &lock, &after("two"), &Options::default()).is_ok();
            drop(lock);
            desk.write(&after("two"));
            assert_eq!(desk.state(), expected(&after("two")));
            done
        });
    }
    crashes(false, |dying| {
        let desk = Desk::new();
        let lock = output::lock(&desk.rendered(), || ()).unwrap();
        let done = output::write_to(&dying, &lock, &after("two"), &Options::default()).is_ok();
        drop(lock);
        assert!(desk.write_all(&[]).refused().next().is_none());
        assert_eq!(desk.state(), expected(&[]));
        done
    });
}
