//! `podwright completions`.

use super::Answer;
use crate::{
    cli::{Args, Session},
    error::Error,
    report::Product,
};
use clap::CommandFactory as _;
use clap_complete::Shell;

/// Print the completions of a shell
///
/// For bash: `podwright completions bash > ~/.local/share/bash-completion/completions/podwright`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

impl Completions {
    /// Runs the command.
    pub(in crate::cli) fn run(&self, _: &Session<'_, '_>) -> Result<Answer, Error> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Args::command(), "podwright", &mut script);
        let text = String::from_utf8_lossy(&script).into_owned();
        let product = Product {
            name: "completions",
            data: serde_json::Value::from(&*text),
            text: Some(text),
            pages: Vec::new(),
            private: false,
        };
        Ok(Answer { product: Some(product), ..Answer::default() })
    }
}
