//! Errors of the tool itself: arguments, no workspace, a disk or Git that failed. Faults of the user's files are
//! findings (`diag`), never these.

use std::fmt;

/// Whose fault it is; decides the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// Bad arguments, no workspace, or something in the way that people put there: exit 2.
    Usage,
    /// The disk, Git or the tool failed: exit 3.
    Failure,
}

/// A failure that ends the run.
#[derive(Debug)]
pub struct Error {
    /// Whose fault it is.
    pub kind: ErrorKind,
    /// What is wrong, where and why; it stands alone.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl Error {
    /// Bad arguments or no workspace.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Usage, message: message.into(), help: None }
    }

    /// The tool or what it needs failed.
    pub fn failure(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Failure, message: message.into(), help: None }
    }

    /// A failed file operation: what was done, to which path, and what the system said.
    pub fn io(doing: &str, path: &std::path::Path, error: &std::io::Error) -> Self {
        let failure = Self::failure(format!("cannot {doing} {}: {error}", path.display()));
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                failure.help("make room on that disk and run it again")
            }
            _ => failure,
        }
    }

    /// Sets what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
