//! What the binary does with its arguments, its streams and its environment variables, where data cases cannot say it.

use crate::support::Case;

#[test]
fn the_version_is_the_crate_s() {
    let said = concat!("podwright ", env!("CARGO_PKG_VERSION"), "\n");
    Case::new().run(&["--version"]).stdout(said).check();
}

#[test]
fn colours_follow_the_environment() {
    let case = Case::new();
    let args = ["--report=json", "--report=human", "check"];
    let message = "two reports for standard output: json and human";
    let help = "give one of them a file: `--report FORMAT=FILE`\n";
    let plain = format!("error: {message}\nhelp: {help}");
    let colored = format!(
        "\u{1b}[1m\u{1b}[91merror\u{1b}[0m\u{1b}[1m: {message}\u{1b}[0m\n\u{1b}[1m\u{1b}[96mhelp\u{1b}[0m: {help}"
    );
    let run = |args: &[&str]| case.run(args).code(2);
    run(&args).stderr(&plain).check();
    run(&args).env("CLICOLOR_FORCE", "1").stderr(&colored).check();
    run(&args).env("CLICOLOR_FORCE", "1").env("NO_COLOR", "1").stderr(&plain).check();
    let forced = [&["--color=always"], &args[..]].concat();
    run(&forced).env("NO_COLOR", "1").stderr(&colored).check();
}

#[test]
fn every_shell_has_completions() {
    let case = Case::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let said = case.said(&["completions".to_owned(), shell.to_owned()]);
        assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{shell}");
        assert!(said.stdout.contains("podwright") && said.stdout.contains("shard"), "{shell}");
    }
    assert_eq!(case.said(&["completions".to_owned(), "csh".to_owned()]).code, 2);
}
