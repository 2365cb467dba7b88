//! Writes a large workspace: `cargo run --example generate -- FOLDER ENVIRONMENTS`.

#![expect(clippy::disallowed_methods, reason = "an example that writes files and reads its arguments")]

use std::{env, io, path::Path};

#[path = "../benches/support/generate.rs"]
mod generate;

fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let usage = || io::Error::other("usage: generate FOLDER ENVIRONMENTS");
    let [folder, count] = &arguments[..] else { return Err(usage()) };
    generate::workspace(Path::new(folder), count.parse().map_err(|_| usage())?)
}
