//! Makes committed data of the project anew from published sources. Never part of the binary that users run.

use anyhow::{Result, bail};
use std::{
    io::{self, Write as _},
    path::Path,
    process::ExitCode,
};

mod kubernetes;

const USAGE: &str = "usage: xtask kubernetes FOLDER [--check]

Writes schemas/kubernetes/ from the Go modules in FOLDER, laid out as the Go module cache does it; with --check it writes
nothing and fails when a file differs. docs/kubernetes-schemas.md says which modules.";

fn main() -> ExitCode {
    let result = run();
    let mut err = io::stderr();
    match result {
        Ok(said) => {
            let _ = writeln!(io::stdout(), "{said}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _ = writeln!(err, "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a tool of one file reads its arguments here")]
fn run() -> Result<String> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let before = arguments.len();
    arguments.retain(|a| a != "--check");
    let check = arguments.len() < before;
    let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas/kubernetes");
    match &*arguments {
        [task, folder] if task == "kubernetes" => kubernetes::run(Path::new(folder), &schemas, check),
        _ => bail!("{USAGE}"),
    }
}
