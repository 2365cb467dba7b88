//! The only printer: results to standard output, everything that is said about the run to standard error.
//!
//! A reader that goes away (`| head`) ends the output, not the run: a broken pipe is no failure.

use crate::{
    error::Error,
    report::{self, Format, Look, Report},
};
use std::io::{self, Write};

/// One of the two streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// The two streams of a run and how to write to them.
pub(super) struct Ui<'a> {
    out: &'a mut dyn Write,
    err: &'a mut dyn Write,
    color_out: bool,
    color_err: bool,
    /// Whether status lines and counts are left out.
    pub(super) quiet: bool,
}

impl<'a> Ui<'a> {
    /// A printer without colours.
    pub(super) fn new(out: &'a mut dyn Write, err: &'a mut dyn Write) -> Self {
        Self { out, err, color_out: false, color_err: false, quiet: false }
    }

    /// Sets the colours of standard output and of standard error.
    #[must_use]
    pub(super) fn color(mut self, out: bool, err: bool) -> Self {
        (self.color_out, self.color_err) = (out, err);
        self
    }

    /// Leaves status lines and counts out.
    #[must_use]
    pub(super) fn quiet(mut self, quiet: bool) -> Self {
        self.quiet = quiet;
        self
    }

    /// Prints a result as it is.
    ///
    /// # Errors
    /// When standard output fails other than by a reader that went away.
    pub(super) fn print(&mut self, text: &str) -> Result<(), Error> {
        told(self.out.write_all(text.as_bytes()), Stream::Out)
    }

    /// Says what was done, on standard error: a verb and what it was done to.
    pub(super) fn status(&mut self, verb: &str, what: &str) {
        if self.quiet {
            return;
        }
        let (on, off) = if self.color_err { ("\u{1b}[1m\u{1b}[32m", "\u{1b}[0m") } else { ("", "") };
        // Nobody is left to hear that standard error fails.
        let _ = writeln!(self.err, "{on}{verb}{off} {what}");
    }

    /// Rewrites the line that tells how far a run is; no text takes it away. Only for who watches.
    pub(super) fn progress(&mut self, text: &str) {
        if !self.quiet {
            let _ = write!(self.err, "\r\u{1b}[K{text}").and_then(|()| self.err.flush());
        }
    }

    /// Says why the run ends.
    pub(super) fn error(&mut self, error: &Error) {
        let _ = writeln!(self.err, "{}", report::failure(error, self.color_err));
    }

    /// Writes a report; `summary` asks for the line with the counts, which a quiet run leaves out.
    ///
    /// # Errors
    /// When the stream fails other than by a reader that went away.
    pub(super) fn report(
        &mut self,
        stream: Stream,
        format: Format,
        report: &Report<'_>,
        summary: bool,
    ) -> Result<(), Error> {
        let (out, color): (&mut dyn Write, bool) = match stream {
            Stream::Out => (&mut *self.out, self.color_out),
            Stream::Err => (&mut *self.err, self.color_err),
        };
        told(format.write(report, Look { color, summary: summary && !self.quiet }, out), stream)
    }

    /// Hands over what is still held back.
    ///
    /// # Errors
    /// When standard output fails other than by a reader that went away.
    pub(super) fn flush(&mut self) -> Result<(), Error> {
        told(self.out.flush(), Stream::Out)
    }
}

fn told(written: io::Result<()>, stream: Stream) -> Result<(), Error> {
    let name = match stream {
        Stream::Out => "output",
        Stream::Err => "error",
    };
    match written {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => {
            Err(Error::failure(format!("cannot write to standard {name}: {e}")))
        }
        _ => Ok(()),
    }
}
