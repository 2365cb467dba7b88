//! What tests of the built binary share: a workspace in a temporary folder, and runs in it that say all they expect.

pub(crate) mod git;
pub(crate) mod page;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

/// Stands for the temporary folder in what a run says.
pub(crate) const ROOT: &str = "[ROOT]";

/// A workspace in a temporary folder, removed afterwards.
#[must_use]
pub(crate) struct Case {
    _dir: TempDir,
    root: PathBuf,
}

impl Case {
    /// An empty folder.
    pub(crate) fn new() -> Self {
        let dir = TempDir::with_prefix("podwright-").unwrap();
        let root = dir.path().canonicalize().unwrap();
        Self { _dir: dir, root }
    }

    /// A copy of a folder.
    pub(crate) fn copy(folder: &Path) -> Self {
        tree(folder).iter().fold(Self::new(), |case, (path, text)| case.file(path, text))
    }

    /// Lays a folder over a folder of this one.
    pub(crate) fn lay(&self, from: &Path, to: &str) {
        assert!(from.is_dir(), "{} is no folder", from.display());
        for (path, bytes) in tree(from) {
            self.write(Path::new(to).join(path).to_str().unwrap(), bytes);
        }
    }

    /// Removes a file or a folder.
    pub(crate) fn remove(&self, path: &str) {
        let path = self.root.join(path);
        if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
    }

    /// Adds a line to a file.
    pub(crate) fn append(&self, path: &str, line: &str) {
        let path = self.root.join(path);
        let mut text = fs::read(&path).unwrap();
        text.extend(format!("{line}\n").bytes());
        fs::write(path, text).unwrap();
    }

    /// Where a path of the folder is.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// Writes a file, with the folders above it.
    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Writes a file, with the folders above it.
    pub(crate) fn file(self, path: &str, text: impl AsRef<[u8]>) -> Self {
        self.write(path, text);
        self
    }

    /// The files that are there now.
    pub(crate) fn tree(&self) -> BTreeMap<String, Vec<u8>> {
        tree(&self.root)
    }

    /// A run of the binary in the folder: nothing happens before [`Run::check`].
    pub(crate) fn run<'a>(&'a self, args: &[&str]) -> Run<'a> {
        Run {
            case: self,
            args: args.iter().map(|&a| a.to_owned()).collect(),
            env: Vec::new(),
            stdout: String::new(),
            stderr: String::new(),
            code: 0,
        }
    }

    /// The binary with nothing of the surroundings but where programs are.
    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_podwright"));
        command
            .current_dir(&self.root)
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .env("HOME", &self.root)
            .stdin(Stdio::null());
        command
    }

    fn output(&self, args: &[String], env: &[(String, String)]) -> Said {
        let output = self.command().args(args).envs(env.iter().cloned()).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap().replace(self.root.to_str().unwrap(), ROOT);
        let code = output.status.code().unwrap_or_else(|| panic!("killed by a signal: {}", output.status));
        Said { stdout: text(output.stdout), stderr: text(output.stderr), code }
    }

    /// Starts a run and leaves it to itself.
    pub(crate) fn spawn(&self, args: &[&str]) -> Child {
        let pipe = Stdio::piped;
        self.command().args(args).stdout(pipe()).stderr(pipe()).spawn().unwrap()
    }

    /// What a run says with these environment variables, without judging it.
    pub(crate) fn said_with(&self, args: &[String], env: &[(&str, &str)]) -> Said {
        let env: Vec<_> = env.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        self.output(args, &env)
    }

    /// What a run says, without judging it.
    pub(crate) fn said(&self, args: &[String]) -> Said {
        self.output(args, &[])
    }
}

/// What a run said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) code: i32,
}

/// A run and all that it must say. What is not set must be empty, and the code 0.
#[must_use = "nothing runs before `check`"]
pub(crate) struct Run<'a> {
    case: &'a Case,
    args: Vec<String>,
    env: Vec<(String, String)>,
    stdout: String,
    stderr: String,
    code: i32,
}

impl Run<'_> {
    /// Sets an environment variable.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets what standard output must hold, with `[ROOT]` for the folder.
    pub(crate) fn stdout(mut self, text: impl Into<String>) -> Self {
        self.stdout = text.into();
        self
    }

    /// Sets what standard error must hold, with `[ROOT]` for the folder.
    pub(crate) fn stderr(mut self, text: impl Into<String>) -> Self {
        self.stderr = text.into();
        self
    }

    /// Sets the exit code.
    pub(crate) fn code(mut self, code: i32) -> Self {
        self.code = code;
        self
    }

    /// Runs, and compares all three.
    #[track_caller]
    pub(crate) fn check(self) {
        let said = self.case.output(&self.args, &self.env);
        let want = Said { stdout: self.stdout, stderr: self.stderr, code: self.code };
        assert!(
            said == want,
            "podwright {}\n{}",
            self.args.join(" "),
            [
                difference("stdout", &want.stdout, &said.stdout),
                difference("stderr", &want.stderr, &said.stderr),
                difference("code", &want.code.to_string(), &said.code.to_string()),
            ]
            .concat()
        );
    }
}

/// Both texts, when they differ.
pub(crate) fn difference(name: &str, want: &str, got: &str) -> String {
    if want == got {
        String::new()
    } else {
        format!("--- {name}: expected\n{want}\n--- {name}: got\n{got}\n")
    }
}

/// The files below a folder by path, with `/`.
pub(crate) fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        let Ok(entries) = fs::read_dir(&next) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                files.insert(name, fs::read(&path).unwrap_or_default());
            }
        }
    }
    files
}
