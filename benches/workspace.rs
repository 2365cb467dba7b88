//! Whole runs of the binary against what the disk asks for, side by side in one run: `cargo bench --bench workspace`.
//! Numbers of environments can be named: `cargo bench --bench workspace -- 1 1000`.
//!
//! The machine may be busy, so every round measures everything once, and what counts are the medians and their ratios.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark that cannot be set up ends")]
#![allow(clippy::disallowed_methods, reason = "a benchmark has clocks, files and processes")]

use std::{
    env, fs,
    io::Read as _,
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

#[path = "support/generate.rs"]
#[allow(dead_code, reason = "it is shared")]
mod generate;

/// The binary, as it is released.
const BINARY: &str = env!("CARGO_BIN_EXE_podwright");

fn main() {
    let asked: Vec<usize> = env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    let sizes = if asked.is_empty() { vec![1, 100, 1000] } else { asked };
    // In memory where the system has such a place: the disk is not what is measured.
    let shared = Path::new("/dev/shm");
    let folder = match shared.is_dir() {
        true => tempfile::tempdir_in(shared),
        false => tempfile::tempdir(),
    };
    let folder = folder.unwrap();
    println!("| environments | run | wall ms | CPU ms | against | ratio of wall | of CPU |");
    println!("|---|---|---|---|---|---|---|");
    for size in sizes {
        let root = folder.path().join(size.to_string());
        generate::workspace(&root, size).unwrap();
        measure(&root, size);
        if let Some(kilobytes) = peak(&root) {
            println!("| {size} | peak memory | {} MB | | | | |", kilobytes / 1000);
        }
        fs::remove_dir_all(&root).unwrap();
    }
}

/// One thing that is measured.
struct Subject {
    name: &'static str,
    /// The place of the subject that it is compared with.
    against: Option<usize>,
    before: fn(&Path),
    run: fn(&Path),
    wall: Vec<f64>,
    cpu: Vec<f64>,
}

fn subjects() -> [Subject; 5] {
    let subject = |name, against, before, run| Subject {
        name,
        against,
        before,
        run,
        wall: Vec::new(),
        cpu: Vec::new(),
    };
    let nothing: fn(&Path) = |_| {};
    [
        subject(
            "render from nothing",
            Some(1),
            |root| remove(&root.join("rendered")),
            |root| podwright(root, "render"),
        ),
        subject("cp -r of rendered/", None, |root| remove(&root.join("copy")), copy),
        subject("render, nothing changed", Some(3), nothing, |root| podwright(root, "render")),
        subject("read rendered/, one thread", None, nothing, |root| {
            read(&root.join("rendered"), &mut Vec::new());
        }),
        subject("check", Some(3), nothing, |root| podwright(root, "check")),
    ]
}

fn measure(root: &Path, size: usize) {
    let mut subjects = subjects();
    let rounds = match size {
        0..=9 => 41,
        10..=199 => 15,
        _ => 9,
    };
    // The first round only warms the caches.
    for round in 0..=rounds {
        for subject in &mut subjects {
            (subject.before)(root);
            let (cpu, start) = (cpu(), Instant::now());
            (subject.run)(root);
            let wall = start.elapsed().as_secs_f64() * 1e3;
            if round > 0 {
                subject.wall.push(wall);
                subject.cpu.push(self::cpu() - cpu);
            }
        }
    }
    for subject in &mut subjects {
        subject.wall.sort_by(f64::total_cmp);
    }
    for subject in &subjects {
        let (wall, cpu) = subject.figures();
        print!("| {size} | {} | {wall:.1} | {cpu:.1} |", subject.name);
        // For a single environment the start of the process is all there is: it has an aim of its own.
        match subject.against.filter(|_| size > 1).map(|at| &subjects[at]) {
            Some(other) => {
                let (its_wall, its_cpu) = other.figures();
                println!(" {} | {:.2} | {:.2} |", other.name, wall / its_wall, cpu / its_cpu);
            }
            None => println!(" | | |"),
        }
    }
}

impl Subject {
    /// The median of the wall time, and the mean of the processor time, whose clock is coarse.
    fn figures(&self) -> (f64, f64) {
        let count = f64::from(u32::try_from(self.cpu.len()).unwrap());
        (self.wall[self.wall.len() / 2], self.cpu.iter().sum::<f64>() / count)
    }
}

fn podwright(root: &Path, verb: &str) {
    run(Command::new(BINARY).arg("--root").arg(root).arg(verb));
}

fn copy(root: &Path) {
    run(Command::new("cp").arg("-r").arg(root.join("rendered")).arg(root.join("copy")));
}

fn run(command: &mut Command) {
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    assert!(status.success(), "{command:?}: {status}");
}

fn remove(folder: &Path) {
    if folder.exists() {
        fs::remove_dir_all(folder).unwrap();
    }
}

/// Reads every file once.
fn read(folder: &Path, buffer: &mut Vec<u8>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            read(&entry.path(), buffer);
        } else {
            buffer.clear();
            fs::File::open(entry.path()).unwrap().read_to_end(buffer).unwrap();
        }
    }
}

/// Milliseconds of processor time of this process and those that it waited for; 0 where the system does not tell.
fn cpu() -> f64 {
    let Ok(text) = fs::read_to_string("/proc/self/stat") else { return 0.0 };
    let fields = text.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().skip(11).take(4);
    // In hundredths of a second, as the kernel gives them to everyone.
    fields.filter_map(|f| f.parse::<f64>().ok()).sum::<f64>() * 10.0
}

/// The peak memory of a run from nothing in kilobytes, if there is GNU time.
fn peak(root: &Path) -> Option<u64> {
    remove(&root.join("rendered"));
    let output = Command::new("/usr/bin/time")
        .args(["-f", "%M", BINARY, "--root"])
        .arg(root)
        .arg("render")
        .stdout(Stdio::null())
        .output()
        .ok()?;
    String::from_utf8(output.stderr).ok()?.lines().last()?.parse().ok()
}
