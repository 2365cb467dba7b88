//! The exit code, the same in every format of report.

use crate::{
    diag::{Finding, Level},
    error::{Error, ErrorKind},
};

/// Nothing to say.
pub(super) const CLEAN: u8 = 0;
/// Findings at a level that counts.
pub(super) const FINDINGS: u8 = 1;
/// Bad arguments or no workspace.
pub(super) const USAGE: u8 = 2;
/// The tool, the disk or Git failed.
pub(super) const FAILURE: u8 = 3;

/// The code of a run. A failure outweighs findings: they may not be all.
pub(super) fn code(findings: &[Finding], deny_warnings: bool, error: Option<&Error>) -> u8 {
    match error.map(|e| e.kind) {
        Some(ErrorKind::Usage) => USAGE,
        Some(ErrorKind::Failure) => FAILURE,
        None if findings.iter().any(|f| f.level == Level::Error || deny_warnings) => FINDINGS,
        None => CLEAN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    #[test]
    fn the_code_says_what_kind_of_end_it_was() {
        let error = || Finding::error("bad", Span::default(), "bad");
        let warn = || Finding { level: Level::Warn, ..error() };
        let (usage, failure) = (Error::usage("u"), Error::failure("f"));
        for (findings, deny_warnings, failed, want) in [
            (vec![], false, None, 0),
            (vec![], true, None, 0),
            (vec![warn()], false, None, 0),
            (vec![warn()], true, None, 1),
            (vec![error()], false, None, 1),
            (vec![warn(), error()], true, None, 1),
            (vec![], false, Some(&usage), 2),
            (vec![], false, Some(&failure), 3),
            (vec![error()], true, Some(&usage), 2),
            (vec![error()], false, Some(&failure), 3),
        ] {
            let levels: Vec<_> = findings.iter().map(|f| f.level).collect();
            assert_eq!(
                code(&findings, deny_warnings, failed),
                want,
                "{levels:?} deny={deny_warnings} {failed:?}"
            );
        }
    }
}
