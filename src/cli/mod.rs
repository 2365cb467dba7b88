//! The command line: arguments, terminal, exit code.
//!
//! What a command does is in `ops`; how a report looks is in `report`. Process arguments and environment variables are
//! read by the binary alone and come in as data, so that a whole run can be tried without a process.

mod commands;
mod exit;
mod progress;
mod reports;
mod ui;

use crate::{error::Error, ops::Surroundings, report::Format, source::Place};
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};
use commands::Answer;
use progress::{Pace, Watch, watched};
use reports::{Reports, Request};
use std::{
    cell::RefCell,
    ffi::OsString,
    io::{self, Write},
    path::{Path, PathBuf},
};
use ui::Ui;

/// What a run takes from its surroundings.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// The folder that relative paths start from.
    pub cwd: PathBuf,
    /// Whether standard output is one for colours by NO_COLOR, CLICOLOR, CLICOLOR_FORCE and the terminal.
    pub color_out: bool,
    /// The same of standard error.
    pub color_err: bool,
    /// Whether a person watches standard error.
    pub watched: bool,
    /// Reads standard input to its end; without it, it is empty.
    pub stdin: Option<fn() -> io::Result<Vec<u8>>>,
    /// The environment variables: where a CI system says what it is about, and what Git is told by.
    pub variables: Vec<(String, String)>,
}

/// Compile environments: per-environment values in, validated Kubernetes manifests out
#[derive(Debug, Parser)]
#[command(name = "podwright", version, max_term_width = 100, arg_required_else_help = true)]
#[command(
    after_help = "Exit codes: 0 clean, 1 findings, 2 bad arguments or no workspace, 3 the tool failed."
)]
struct Args {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

// A command with the arguments that every command takes; they may stand before or after its name. (No doc comment: it
// would become the help of every command.)
//
// Not clap's `global`: that forgets what stood before the name of a list that goes on after it.
#[derive(Debug, clap::Args)]
struct With<T: clap::Args> {
    #[command(flatten)]
    command: T,
    #[command(flatten)]
    global: Global,
}

// The arguments that every command takes.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Global options")]
struct Global {
    /// Use this workspace instead of the nearest one upwards
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,

    /// Write a report; without a file it owns standard output [formats: human, concise, json, sarif, gitlab, junit, github, markdown, html]
    #[arg(long = "report", value_name = "FORMAT[=FILE]", value_parser = reports::parse)]
    reports: Vec<Request>,

    /// Exit with 1 for these as well
    #[arg(long, value_name = "WHAT")]
    deny: Vec<Deny>,

    /// Say nothing but findings and failures
    #[arg(short, long)]
    quiet: bool,

    /// Colour the output [default: auto]
    #[arg(long, value_name = "WHEN")]
    color: Option<Color>,
}

impl Global {
    /// These and those that came later on the line: lists go on, the later of two single values wins.
    fn and(mut self, later: Self) -> Self {
        self.reports.extend(later.reports);
        self.deny.extend(later.deny);
        Self {
            root: later.root.or(self.root),
            quiet: self.quiet || later.quiet,
            color: later.color.or(self.color),
            ..self
        }
    }
}

/// What may be denied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Deny {
    /// Findings at level warn
    Warnings,
}

/// When output is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Color {
    /// At a terminal, unless NO_COLOR is set
    Auto,
    /// Also into files and pipes
    Always,
    /// Never
    Never,
}

/// The commands; each stands in a file of its own.
#[derive(Debug, Subcommand)]
enum Command {
    Check(With<commands::check::Check>),
    Render(With<commands::render::Render>),
    Diff(With<commands::diff::Diff>),
    Publish(With<commands::publish::Publish>),
    History(With<commands::history::HistoryOf>),
    Rollback(With<commands::rollback::Rollback>),
    List(With<commands::list::List>),
    Values(With<commands::values::Values>),
    Explain(With<commands::explain::Explain>),
    Validate(With<commands::validate::Validate>),
    Rule(With<commands::rule::Rule>),
    Init(With<commands::init::Init>),
    Package(With<commands::package::Package>),
    Schema(With<commands::schema::Schema>),
    Completions(With<commands::completions::Completions>),
}

impl Command {
    /// Takes the command apart: the arguments that every command takes, and the call.
    fn split(self) -> (Global, Call) {
        match self {
            Self::Check(With { command, global }) => (global, Box::new(move |session| command.run(session))),
            Self::Render(With { command, global }) => (global, Box::new(move |session| command.run(session))),
            Self::Diff(With { command, global }) => (global, Box::new(move |session| command.run(session))),
            Self::Publish(With { command, global }) => {
                (global, Box::new(move |session| command.run(session)))
            }
            Self::History(With { command, global }) => {
                (global, Box::new(move |session| command.run(session)))
            }
            Self::Rollback(With { command, global }) => {
                (global, Box::new(move |session| command.run(session)))
            }
            Self::List(With { command, global }) => (global, Box::new(move |session| command.run(session))),
            Self::Values(With { command, global }) => (global, Box::new(move |session| command.run(session))),
            Self::Explain(With { command, global }) => {
                (global, Box::new(move |session| command.run(session)))
            }
            Self::Validate(With { command, global }) => {
                (global, Box::new(move |session| command.run(session)))
            }
            Self::Rule(With { command, global }) => (global, Box::new(move |session| command.run(session))),
            Self::Init(With { command, global }) => (global, Box::new(move |session| command.run(session))),
            Self::Completions(With { command, global }) => {
                (global, Box::new(move |session| command.run(session)))
            }
            Self::Package(With { command, global }) => within(global, command.split()),
            Self::Schema(With { command, global }) => within(global, command.split()),
        }
    }
}

/// A command within another one: the arguments that every command takes may stand before its name, too.
fn within(global: Global, (later, call): (Global, Call)) -> (Global, Call) {
    (global.and(later), call)
}

/// A command that only waits for its session.
type Call = Box<dyn FnOnce(&Session<'_, '_>) -> Result<Answer, Error>>;

/// What a command knows of its run.
struct Session<'u, 'w> {
    /// Where the search for the workspace starts.
    cwd: PathBuf,
    /// The workspace that was asked for, absolute.
    root: Option<PathBuf>,
    /// Whether a person watches standard error.
    watched: bool,
    /// Whether what goes to standard output is coloured.
    color: bool,
    /// The formats of the reports that were asked for.
    formats: Vec<Format>,
    stdin: Option<fn() -> io::Result<Vec<u8>>>,
    /// What counts as well.
    deny: Option<Deny>,
    /// What CI systems and Git are told by.
    surroundings: Surroundings,
    /// The folder that the paths of findings start from: that of the workspace, once a command has asked for it.
    base: RefCell<PathBuf>,
    ui: RefCell<&'u mut Ui<'w>>,
}

impl Session<'_, '_> {
    /// Does what may take long, and shows how far it is.
    fn watch<T: Send>(&self, verb: &str, work: impl FnOnce(&Watch<'_>) -> T + Send) -> T {
        let pace = self.watched.then(Pace::default);
        watched(&mut self.ui.borrow_mut(), verb, pace, work)
    }

    /// What standard input holds.
    fn stdin(&self) -> Result<Vec<u8>, Error> {
        let read = self.stdin.map_or_else(|| Ok(Vec::new()), |read| read());
        read.map_err(|e| Error::io("read", Path::new("<stdin>"), &e))
    }

    /// The root of the workspace: the folder that was asked for, or else the nearest one upwards.
    fn workspace(&self) -> Result<PathBuf, Error> {
        let root = self.root.clone().map_or_else(|| crate::workspace::find_root(&self.cwd), Ok)?;
        self.base.replace(root.clone());
        Ok(root)
    }
}

/// Runs the tool: `args` as the process got them, its own name first. Gives the exit code.
pub fn run(
    args: impl IntoIterator<Item = OsString>,
    environment: &Environment,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> u8 {
    let parsed = Args::command().try_get_matches_from(args).and_then(|m| Args::from_arg_matches(&m));
    let Args { global, command } = match parsed {
        Ok(args) => args,
        Err(error) => return explain(&error, environment, stdout, stderr),
    };
    let (later, call) = command.split();
    let global = global.and(later);
    let color = |auto| match global.color {
        None | Some(Color::Auto) => auto,
        Some(Color::Always) => true,
        Some(Color::Never) => false,
    };
    let (color_out, color_err) = (color(environment.color_out), color(environment.color_err));
    let mut ui = Ui::new(stdout, stderr).color(color_out, color_err).quiet(global.quiet);
    let reports = match Reports::new(global.reports, &environment.cwd) {
        Ok(reports) => reports,
        Err(error) => {
            ui.error(&error);
            return exit::code(&[], false, Some(&error));
        }
    };
    // Collected anew for paths in messages: without the `.` of `--root .`.
    let root = global.root.map(|root| environment.cwd.join(root).components().collect());
    let session = Session {
        cwd: environment.cwd.clone(),
        root,
        watched: environment.watched,
        stdin: environment.stdin,
        deny: global.deny.first().copied(),
        surroundings: Surroundings { variables: environment.variables.clone() },
        color: color_out,
        formats: reports.formats(),
        base: RefCell::new(environment.cwd.clone()),
        ui: RefCell::new(&mut ui),
    };
    let answer = call(&session).unwrap_or_else(Answer::failed);
    let place = Place::find(&session.base.take());
    finish(answer, &place, &reports, global.deny.contains(&Deny::Warnings), &mut ui)
}

/// Writes the reports and finds the exit code.
fn finish(mut answer: Answer, place: &Place, reports: &Reports, deny_warnings: bool, ui: &mut Ui<'_>) -> u8 {
    for (verb, what) in &answer.done {
        ui.status(verb, what);
    }
    let written = reports.write(&mut answer, place, ui).and_then(|()| ui.flush());
    if let Err(error) = written {
        ui.error(&error);
        answer.error.get_or_insert(error);
    }
    let code = exit::code(&answer.outcome.findings, deny_warnings, answer.error.as_ref());
    if code == exit::CLEAN && answer.differs { exit::FINDINGS } else { code }
}

/// Help, version, and arguments that could not be understood.
fn explain(
    error: &clap::Error,
    environment: &Environment,
    stdout: &mut dyn Write,
    stderr: &mut dyn Write,
) -> u8 {
    let asked = !error.use_stderr();
    let colored = if asked { environment.color_out } else { environment.color_err };
    let text = error.render();
    let text = if colored { text.ansi().to_string() } else { text.to_string() };
    if !asked {
        // Nobody is left to hear that standard error fails.
        let _ = stderr.write_all(text.as_bytes());
        return exit::USAGE;
    }
    let mut ui = Ui::new(stdout, stderr);
    let failed = ui.print(&text).and_then(|()| ui.flush()).err();
    if let Some(error) = &failed {
        ui.error(error);
    }
    exit::code(&[], false, failed.as_ref())
}

#[cfg(test)]
mod tests;
