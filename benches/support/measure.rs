//! Measures whole runs side by side: every round runs everything once, and what counts are the medians and their ratios.

use std::{
    fs,
    io::Read as _,
    path::Path,
    process::{Command, Stdio},
    time::Instant,
};

/// The binary, as it is released.
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_podwright");

/// One thing that is measured.
pub(crate) struct Subject {
    name: &'static str,
    /// The place of the subject that it is compared with.
    against: Option<usize>,
    before: fn(&Path),
    run: fn(&Path),
    wall: Vec<f64>,
    cpu: Vec<f64>,
}

impl Subject {
    /// `run` is measured, after `before` was run.
    pub(crate) fn new(name: &'static str, against: Option<usize>, before: fn(&Path), run: fn(&Path)) -> Self {
        Self { name, against, before, run, wall: Vec::new(), cpu: Vec::new() }
    }

    /// The median of the wall time, and the mean of the processor time, whose clock is coarse.
    fn figures(&self) -> (f64, f64) {
        let count = f64::from(u32::try_from(self.cpu.len()).unwrap());
        (self.wall[self.wall.len() / 2], self.cpu.iter().sum::<f64>() / count)
    }
}

/// The head of the table.
pub(crate) fn head(first: &str) {
    println!("| {first} | run | wall ms | CPU ms | against | ratio of wall | of CPU |");
    println!("|---|---|---|---|---|---|---|");
}

/// Measures subjects on a folder, and prints a row each under the name of what they are measured on.
pub(crate) fn measure(root: &Path, name: &str, rounds: usize, mut subjects: Vec<Subject>) {
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
        print!("| {name} | {} | {wall:.1} | {cpu:.1} |", subject.name);
        match subject.against.map(|at| &subjects[at]) {
            Some(other) => {
                let (its_wall, its_cpu) = other.figures();
                println!(" {} | {:.2} | {:.2} |", other.name, wall / its_wall, cpu / its_cpu);
            }
            None => println!(" | | |"),
        }
    }
}

/// Runs a program to its good end.
pub(crate) fn run(command: &mut Command) {
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    assert!(status.success(), "{command:?}: {status}");
}

/// Reads every file once, one thread.
pub(crate) fn read(folder: &Path, buffer: &mut Vec<u8>) {
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
