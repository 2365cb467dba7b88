//! Progress of long runs, for who watches standard error: one line, rewritten, that is gone when the run ends.
//!
//! The work is done on a thread of its own, so that this one can look at the clock; nothing that is written depends on it.
#![expect(clippy::disallowed_methods, reason = "only here the clock is read")]

use super::ui::Ui;
use crate::ops::Progress;
use std::{
    panic,
    sync::mpsc::{RecvTimeoutError, Sender, channel},
    thread,
    time::{Duration, Instant},
};

/// When a line is shown, and how often it is rewritten.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    /// Short runs are over before anyone wants to know.
    pub(super) after: Duration,
    pub(super) every: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { after: Duration::from_secs(1), every: Duration::from_millis(100) }
    }
}

/// What the work tells of itself.
pub(super) struct Watch<'p> {
    /// How far it is.
    pub(super) progress: &'p Progress,
    waits: Sender<&'static str>,
}

impl Watch<'_> {
    /// Says that it waits for another run, and what that one holds.
    pub(super) fn waiting(&self, held: &'static str) {
        // Who listens listens until the work ends.
        let _ = self.waits.send(held);
    }
}

/// Does `work`, and shows how far it is when a `pace` is given.
pub(super) fn watched<T: Send>(
    ui: &mut Ui<'_>,
    verb: &str,
    pace: Option<Pace>,
    work: impl FnOnce(&Watch<'_>) -> T + Send,
) -> T {
    let progress = Progress::default();
    let (waits, told) = channel();
    let start = Instant::now();
    let mut shown = false;
    let done = thread::scope(|scope| {
        let watch = Watch { progress: &progress, waits };
        let worker = scope.spawn(move || work(&watch));
        let Pace { after, every } = pace.unwrap_or_default();
        loop {
            match told.recv_timeout(every) {
                Ok(held) => ui.status("Waiting", &format!("another run holds {held}")),
                Err(RecvTimeoutError::Timeout) if pace.is_some() && start.elapsed() >= after => {
                    if let (done, Some(total)) = progress.told() {
                        ui.progress(&format!("{verb} {done}/{total}"));
                        shown = true;
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break worker.join(),
            }
        }
    });
    if shown {
        ui.progress("");
    }
    done.unwrap_or_else(|panic| panic::resume_unwind(panic))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(pace: Option<Pace>, wait: bool) -> String {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut ui = Ui::new(&mut out, &mut err);
        let result = watched(&mut ui, "Rendering", pace, |watch| {
            if wait {
                watch.waiting("rendered/");
            }
            watch.progress.begin(3);
            watch.progress.step();
            thread::sleep(Duration::from_millis(60));
            7
        });
        assert_eq!(result, 7);
        assert!(out.is_empty());
        String::from_utf8(err).unwrap()
    }

    #[test]
    fn a_line_is_shown_and_gone_at_the_end() {
        let shown = run(Some(Pace { after: Duration::ZERO, every: Duration::from_millis(5) }), false);
        assert!(shown.contains("\r\u{1b}[KRendering 1/3") && shown.ends_with("\r\u{1b}[K"), "{shown:?}");
    }

    #[test]
    fn short_runs_and_those_that_nobody_watches_show_none() {
        assert_eq!(run(Some(Pace::default()), false), "");
        assert_eq!(run(None, false), "");
        assert_eq!(run(None, true), "Waiting another run holds rendered/\n");
    }
}
