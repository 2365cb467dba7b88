//! The user's Git counts: who they are, how they sign, what push options the remote takes.

use super::{Site, words};
use std::process::Command;

#[test]
fn nobody_makes_no_commit() {
    let site = Site::two();
    site.git(&["config", "--unset", "user.name"]);
    site.git(&["config", "--unset", "user.email"]);
    site.git(&["config", "user.useConfigOnly", "true"]);
    let told = site.fails("publish", 3);
    assert!(told.contains("git could not make the commit") && told.contains("user.email"), "{told}");
    assert!(site.there(&["for-each-ref"]).is_empty());
    let who = [
        ("GIT_AUTHOR_NAME", "CI"),
        ("GIT_AUTHOR_EMAIL", "ci@abc.com"),
        ("GIT_COMMITTER_NAME", "CI"),
        ("GIT_COMMITTER_EMAIL", "ci@abc.com"),
    ];
    let said = site.source.said_with(&words("publish"), &who);
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(site.there(&["log", "-1", "--format=%an %ce", "rendered"]), "CI ci@abc.com");
}

#[test]
fn commits_are_signed_if_the_user_signs() {
    let site = Site::two();
    let key = site.source.path(".ssh/key");
    site.source.write(".ssh/none", "");
    let mut keygen = Command::new("ssh-keygen");
    keygen.args(["-q", "-t", "ed25519", "-N", "", "-C", "mei", "-f"]).arg(&key);
    if !keygen.status().is_ok_and(|status| status.success()) {
        eprintln!("skipped: there is no ssh-keygen");
        return;
    }
    let public = format!("{}.pub", key.display());
    let allowed = format!("mei@abc.com {}", std::fs::read_to_string(&public).unwrap());
    site.source.write(".ssh/allowed", allowed);
    site.git(&["config", "gpg.format", "ssh"]);
    site.git(&["config", "user.signingKey", &public]);
    site.git(&["config", "commit.gpgSign", "true"]);
    site.git(&["config", "gpg.ssh.allowedSignersFile", site.source.path(".ssh/allowed").to_str().unwrap()]);
    site.ok("publish");
    site.git(&["fetch", "--quiet", "origin", "rendered"]);
    site.git(&["verify-commit", "FETCH_HEAD"]);
    // What cannot be signed is not published without.
    site.source.remove(".ssh/key");
    site.commit_unsigned();
    let told = site.fails("publish", 3);
    assert!(told.contains("git could not make the commit"), "{told}");
    assert_eq!(site.count("rendered"), 1);
}

impl Site {
    fn commit_unsigned(&self) {
        self.source.write("environments/a/web.yaml", "replicas: 2\n");
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--no-gpg-sign", "-m", "more"]);
    }
}

/// A hook that notes the push options.
const NOTE: &str = "i=0; while [ $i -lt ${GIT_PUSH_OPTION_COUNT:-0} ]; do eval echo \\$GIT_PUSH_OPTION_$i; i=$((i+1)); done > options";

#[test]
fn a_merge_request_is_asked_for_by_push_options() {
    let site = Site::two();
    let line: Vec<String> = [
        "publish",
        "--merge-request",
        "--title",
        "To live",
        "--label",
        "a b",
        "--label",
        "c",
        "--auto-merge",
    ]
    .map(str::to_owned)
    .to_vec();
    // A remote that takes no options says so.
    let said = site.source.said(&line);
    assert!(said.code == 0 && said.stderr.starts_with("Offered "), "{said:?}");
    assert!(said.stderr.contains("open the merge request from podwright/rendered"), "{said:?}");
    assert!(!site.there(&["for-each-ref"]).contains("refs/heads/rendered"));
    site.there(&["update-ref", "-d", "refs/heads/podwright/rendered"]);
    site.there(&["config", "receive.advertisePushOptions", "true"]);
    site.hook("post-receive", NOTE);
    let said = site.source.said(&line);
    assert!(said.code == 0 && said.stderr.starts_with("Requested "), "{said:?}");
    let options = std::fs::read_to_string(site.remote.path("remote.git/options")).unwrap();
    assert_eq!(
        options.lines().collect::<Vec<_>>(),
        [
            "merge_request.create",
            "merge_request.target=rendered",
            "merge_request.title=To live",
            "merge_request.remove_source_branch",
            "merge_request.label=a b",
            "merge_request.label=c",
            "merge_request.merge_when_pipeline_succeeds",
        ]
    );
    let requested = site.there(&["rev-parse", "podwright/rendered"]);
    assert!(!site.there(&["for-each-ref"]).contains("refs/heads/rendered"));
    // Again, and nothing is pushed.
    site.ok("publish --merge-request");
    assert_eq!(site.there(&["rev-parse", "podwright/rendered"]), requested);
    // More values: the open request follows.
    site.commit("more", &[("environments/a/web.yaml", "replicas: 2\n")]);
    site.ok("publish --merge-request");
    assert_ne!(site.there(&["rev-parse", "podwright/rendered"]), requested);
    // Merged, there is nothing to do.
    site.there(&["update-ref", "refs/heads/rendered", "podwright/rendered"]);
    assert_eq!(site.ok("publish --merge-request"), "Unchanged rendered of origin\n");
}

#[test]
fn settings_that_could_hinder_do_not() {
    let site = Site::two();
    for (key, value) in [
        ("push.followTags", "true"),
        ("push.recurseSubmodules", "on-demand"),
        ("fetch.prune", "true"),
        ("fetch.pruneTags", "true"),
        ("fetch.recurseSubmodules", "true"),
        ("safe.bareRepository", "explicit"),
        ("core.hooksPath", "hooks"),
        ("color.ui", "always"),
        ("core.autocrlf", "true"),
        ("gc.auto", "1"),
        ("push.pushOption", "ci.skip"),
        ("remote.origin.mirror", "true"),
        ("remote.origin.push", "refs/heads/*:refs/heads/*"),
    ] {
        site.git(&["config", key, value]);
    }
    site.source.write("hooks/pre-push", "#!/bin/sh\nexit 1\n");
    site.git(&["tag", "-a", "v1", "-m", "v1"]);
    // Variables of a hook that the tool may run in lead nowhere.
    let hook = [("GIT_DIR", "/nowhere"), ("GIT_INDEX_FILE", "/nowhere"), ("GIT_TRACE", "1")];
    for n in 1..=3 {
        let said = site.source.said_with(&words("publish"), &hook);
        assert!(said.code == 0 && said.stderr.starts_with("Published "), "{said:?}");
        site.commit("more", &[("environments/a/web.yaml", &format!("replicas: {}\n", n + 1))]);
    }
    site.sound("rendered");
    assert!(site.there(&["tag"]).is_empty());
}

#[test]
fn a_commit_that_begins_with_blank_lines_has_its_subject() {
    let site = Site::two();
    site.git(&["commit", "--quiet", "--allow-empty", "--cleanup=verbatim", "-m", "\n  \nMore pods\n\nWhy"]);
    site.ok("publish");
    let message = site.there(&["log", "-1", "--format=%B", "rendered"]);
    assert!(message.contains(", More pods\n"), "{message}");
    assert!(message.contains("subject: More pods"), "{message}");
}

#[test]
fn hooks_of_settings_in_variables_do_not_run() {
    use std::os::unix::fs::PermissionsExt as _;
    let site = Site::two();
    let hook = site.source.path(".hooks/reference-transaction");
    site.source.write(".hooks/reference-transaction", "#!/bin/sh\necho >> \"${0%/*}/ran\"\n");
    std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).unwrap();
    let hooks = hook.parent().unwrap().to_str().unwrap().to_owned();
    let counted = [
        ("GIT_CONFIG_COUNT", "1"),
        ("GIT_CONFIG_KEY_0", "core.hooksPath"),
        ("GIT_CONFIG_VALUE_0", hooks.as_str()),
    ];
    // As `git -c` hands it to what an alias runs.
    let parameters = format!("'core.hooksPath'='{hooks}'");
    let given = [("GIT_CONFIG_PARAMETERS", parameters.as_str())];
    let said = site.source.said_with(&words("publish"), &counted);
    assert!(said.code == 0, "{said:?}");
    for (n, variables) in [counted.as_slice(), &given].into_iter().enumerate() {
        // Somebody else's commit, so that there is something to fetch.
        let tip = site.there(&["rev-parse", "rendered^{tree}"]);
        let who = ["-c", "user.name=o", "-c", "user.email=o@abc.com"];
        let by = site.there(&[&who[..], &["commit-tree", "-m", "by hand", "-p", "rendered", &tip]].concat());
        site.there(&["update-ref", "refs/heads/rendered", &by]);
        site.commit("more", &[("environments/a/web.yaml", &format!("replicas: {}\n", n + 2))]);
        let said = site.source.said_with(&words("publish"), variables);
        assert!(said.code == 0, "{said:?}");
        assert!(!site.source.path(".hooks/ran").exists(), "{variables:?}");
    }
}

#[test]
fn a_repository_of_another_user_asks_for_trust() {
    let site = Site::two();
    let chown = |who: &str| Command::new("chown").args(["-R", who]).arg(site.source.path("")).output();
    if !chown("12345").is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: needs the right to give files away");
        return;
    }
    let told = site.fails("publish", 2);
    assert!(told.contains("belongs to another user") && told.contains("safe.directory"), "{told}");
    site.source.write(
        ".gitconfig",
        format!(
            "[safe]\n\tdirectory = {}\n",
            site.source.path("").display().to_string().trim_end_matches('/')
        ),
    );
    site.ok("publish");
    chown("0").unwrap();
}

#[test]
fn a_workspace_in_a_submodule_publishes_its_own() {
    let (site, outer) = (Site::two(), Site::two());
    site.git(&["push", "--quiet", "origin", "main"]);
    outer.git(&[
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        "-b",
        "main",
        &site.address(),
        "sub",
    ]);
    for (key, value) in [("user.name", "Mei Lin"), ("user.email", "mei@abc.com")] {
        outer.git(&["-C", "sub", "config", key, value]);
    }
    outer.ok("--root sub publish");
    assert_eq!(site.count("rendered"), 1);
}
