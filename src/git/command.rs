//! The `git` program. The only place that starts a process.
//!
//! No shell, no prompt, an environment without what redirects Git, no argument that Git could take for an option, and no secret in what an error
//! repeats.
#![expect(clippy::disallowed_methods, reason = "this is the room for processes")]

use crate::{error::Error, source::fs::FolderLock};
use std::{
    ffi::OsStr,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
};

/// Variables of Git's own that are taken over: how it reaches servers, and who answers for secrets without a person. All others of
/// its name are not, such as GIT_DIR within a hook or GIT_TRACE, which prints secrets.
const KEPT: [&str; 5] = ["GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSL_CAINFO", "GIT_SSL_NO_VERIFY", "GIT_ASKPASS"];

/// Families of them: settings of Git, authors and committers.
const FAMILIES: [&str; 3] = ["GIT_CONFIG_", "GIT_AUTHOR_", "GIT_COMMITTER_"];

/// Whether a variable reaches Git. Credential helpers, agents and proxies are told by variables of any name.
fn kept(name: &str) -> bool {
    match name.strip_prefix("GIT_") {
        Some(_) => KEPT.contains(&name) || FAMILIES.iter().any(|f| name.starts_with(f)),
        // The first opens a window, the others change in which language Git speaks.
        None => name != "SSH_ASKPASS" && name != "LANGUAGE" && !name.starts_with("LC_"),
    }
}

/// The `git` program in a repository.
#[derive(Debug, Clone)]
pub struct Git {
    folder: PathBuf,
    /// The repository, if not the one around the folder.
    repository: Option<PathBuf>,
    variables: Vec<(String, String)>,
    /// Held by each run, too: it goes on for a while when this process is killed.
    lock: Option<Arc<FolderLock>>,
}

/// What a run of it said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Whether it ended well.
    pub ok: bool,
    /// Standard output.
    pub out: String,
    /// Standard error, without what looks like credentials in addresses.
    pub err: String,
}

impl Git {
    /// The program in a folder, with the SSH of the surroundings. `variables` are those of this process; not all of them are passed on.
    pub fn new(folder: &Path, variables: &[(String, String)]) -> Self {
        let variables = variables.iter().filter(|(name, _)| kept(name)).cloned().collect();
        Self { folder: folder.to_owned(), repository: None, variables, lock: None }
    }

    /// The same for a repository that is named: relative addresses still begin at the folder.
    pub(super) fn of(self, repository: &Path, lock: Arc<FolderLock>) -> Self {
        Self { repository: Some(repository.to_owned()), lock: Some(lock), ..self }
    }

    /// What it reads: a pipe if there is something to say, else what holds the lock, which nobody can read.
    fn stdin(&self, input: &[u8]) -> Stdio {
        let lock = self.lock.as_ref().filter(|_| input.is_empty());
        lock.and_then(|lock| lock.share().ok()).map_or_else(Stdio::piped, Stdio::from)
    }

    /// The same, with an SSH that asks nobody, unless the user has chosen how to call it: by a variable, or in the settings of a
    /// repository.
    pub(super) fn silent(mut self, of: &git2::Repository) -> Self {
        let chosen = of.config().and_then(|config| config.get_string("core.sshcommand")).is_ok();
        if !chosen && !self.variables.iter().any(|(name, _)| name == "GIT_SSH" || name == "GIT_SSH_COMMAND") {
            self.variables.push(("GIT_SSH_COMMAND".to_owned(), "ssh -o BatchMode=yes".to_owned()));
        }
        self
    }

    /// Runs it, with `input` on its standard input.
    ///
    /// # Errors
    /// There is no `git`, or it cannot be started.
    pub fn run(&self, args: &[&str], input: &[u8]) -> Result<Said, Error> {
        let mut command = Command::new("git");
        command.args(self.repository.iter().flat_map(|at| [OsStr::new("--git-dir"), at.as_os_str()]));
        command
            .current_dir(&self.folder)
            .env_clear()
            .envs(self.variables.iter().map(|(k, v)| (k, v)))
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_OPTIONAL_LOCKS", "0")
            // Addresses come out of values: none may name a program to start.
            .env("GIT_ALLOW_PROTOCOL", "file:git:http:https:ssh")
            .env("LC_ALL", "C")
            .args(["-c", "advice.detachedHead=false", "-c", "core.quotePath=false"])
            // Over all files and variables: hooks of users are for what they do themselves.
            .args(["-c", "core.hooksPath=/dev/null"])
            .args(args)
            .stdin(self.stdin(input))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let failed = |e: std::io::Error| match e.kind() {
            std::io::ErrorKind::NotFound => {
                Error::failure("there is no `git` program").help("install Git, or add it to PATH")
            }
            _ => Error::failure(format!("`git` cannot be started: {e}")),
        };
        let mut child = command.spawn().map_err(failed)?;
        if let Some(mut stdin) = child.stdin.take() {
            // A program that does not read its input has its reasons, which it tells.
            let _ = stdin.write_all(input);
        }
        let output = child.wait_with_output().map_err(failed)?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok(Said {
            ok: output.status.success(),
            out: text(&output.stdout),
            // Hosts may say what a terminal takes for commands.
            err: masked(&text(&output.stderr)).replace(|c: char| c.is_control() && c != '\n', " "),
        })
    }

    /// Runs it and gives what it printed, without the last line break.
    ///
    /// # Errors
    /// It failed: its own words stand in the help, after `what` could not be done.
    pub fn ask(&self, args: &[&str], what: &str) -> Result<String, Error> {
        let said = self.run(args, &[])?;
        if said.ok {
            return Ok(said.out.trim_end_matches('\n').to_owned());
        }
        Err(Error::failure(format!("git could not {what}")).help(words(&said.err)))
    }
}

/// What to do about what Git said, where that is clear: a disk is full. About the file of a branch Git does not say why.
pub(super) fn remedy(said: &str) -> &'static str {
    let tells = |words: &[&str]| words.iter().any(|words| said.contains(words));
    if tells(&["No space left on device", "Disk quota exceeded"]) {
        "; make room on that disk and run it again"
    } else if tells(&["couldn't write", "unable to write"]) {
        "; look for room on that disk, and for the right to write there, and run it again"
    } else {
        ""
    }
}

/// What Git said, in one line.
pub(super) fn words(err: &str) -> String {
    let lines: Vec<&str> =
        err.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with("hint:")).collect();
    let told = lines.join("; ");
    if told.is_empty() {
        "it said nothing about why".to_owned()
    } else {
        format!("it said: {told}{}", remedy(&told))
    }
}

/// A text without the credentials of addresses: `https://user:password@host` becomes `https://host`. The user of SSH is no secret.
pub(super) fn masked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        out.push_str(before);
        let end = after
            .find(|c: char| c.is_whitespace() || matches!(c, '/' | '\'' | '"' | '?' | '#'))
            .unwrap_or(after.len());
        let (authority, tail) = after.split_at(end);
        match authority.rsplit_once('@') {
            Some((user, _)) if before.ends_with("ssh://") && !user.contains(':') => out.push_str(authority),
            Some((_, host)) => out.push_str(host),
            None => out.push_str(authority),
        }
        rest = tail;
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_in_addresses_are_masked() {
        for (text, want) in [
            (
                "fatal: 'https://me:tok@en@git.abc.com/a.git/' not found",
                "fatal: 'https://git.abc.com/a.git/' not found",
            ),
            ("https://git.abc.com/a@b", "https://git.abc.com/a@b"),
            ("to ssh://git@h:22/x and http://a:b@c", "to ssh://git@h:22/x and http://c"),
            ("ssh://me:pw@h/x", "ssh://h/x"),
            ("no address", "no address"),
        ] {
            assert_eq!(masked(text), want);
        }
    }

    #[test]
    fn nothing_that_redirects_git_reaches_it() {
        let names = [
            ("PATH", true),
            ("DEPLOY_TOKEN", true),
            ("HTTPS_PROXY", true),
            ("GIT_AUTHOR_NAME", true),
            ("GIT_CONFIG_COUNT", true),
            ("GIT_DIR", false),
            ("GIT_INDEX_FILE", false),
            ("GIT_TRACE_CURL", false),
            ("SSH_ASKPASS", false),
            ("LC_MESSAGES", false),
        ];
        for (name, wanted) in names {
            assert_eq!(kept(name), wanted, "{name}");
        }
    }
}
