//! The binary: reads arguments, environment variables and terminals, and hands over to the library.

use anstream::{AutoStream, ColorChoice};
use podwright::cli::{self, Environment};
use std::{
    env,
    io::{self, BufWriter, IsTerminal as _, Read as _},
    process::ExitCode,
};

/// A large run makes and drops millions of small trees on every thread. The allocator of glibc took a third of its time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[expect(clippy::disallowed_methods, reason = "the one place that reads what the process was given")]
fn main() -> ExitCode {
    let (stdout, mut stderr) = (io::stdout(), io::stderr());
    let environment = Environment {
        // A folder that is gone fails where it is used, with a path in the message.
        cwd: env::current_dir().unwrap_or_else(|_| ".".into()),
        color_out: AutoStream::choice(&stdout) != ColorChoice::Never,
        color_err: AutoStream::choice(&stderr) != ColorChoice::Never,
        watched: stderr.is_terminal(),
        stdin: Some(|| {
            let mut bytes = Vec::new();
            io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
        }),
        // A name or value that is no text is nothing that the tool or Git is told by.
        variables: env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect(),
    };
    // Standard error stays unlocked: a thread that panics must be able to say so.
    let mut stdout = BufWriter::new(stdout.lock());
    ExitCode::from(cli::run(env::args_os(), &environment, &mut stdout, &mut stderr))
}
