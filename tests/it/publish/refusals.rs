//! What keeps something from being published: by ourselves, or by the other side in its own words.

use super::{SHARED, Site, git, words};
use crate::support::Case;

#[test]
fn what_is_not_committed_is_not_published() {
    let site = Site::two();
    for path in ["environments/a/web.yaml", "packages/web/1.0.0/values.yaml"] {
        let before = site.source.tree().get(path).cloned();
        site.source.write(path, "replicas: 5\n");
        let told = site.fails("publish", 2);
        assert!(told.contains(&format!("and {path} is not")) && told.contains("--allow-dirty"), "{told}");
        match before {
            Some(bytes) => site.source.write(path, bytes),
            None => site.source.remove(path),
        }
    }
    assert!(site.there(&["for-each-ref"]).is_empty());
    // What is beside the values does not matter, and what is committed is what counts.
    site.source.write("notes.md", "words\n");
    site.source.write("rendered/a/x.yaml", "words\n");
    site.ok("publish");
    site.source.write("environments/a/web.yaml", "replicas: 5\n");
    assert_eq!(site.ok("publish --allow-dirty"), "Unchanged rendered of origin\n");
}

#[test]
fn what_a_sparse_checkout_leaves_out_is_committed() {
    let site = Site::two();
    site.git(&[
        "sparse-checkout",
        "set",
        "--no-cone",
        "/packages/",
        "/environments/*.yaml",
        "/environments/b/",
    ]);
    assert!(!site.source.path("environments/a").exists());
    site.ok("publish");
    assert!(site.files("rendered").iter().any(|path| path.starts_with("rendered/a/")));
    // What is there counts, and so does what is staged.
    site.source.remove("environments/b/environment.yaml");
    let told = site.fails("publish", 2);
    assert!(told.contains("and environments/b/environment.yaml is not"), "{told}");
    site.git(&["checkout", "--quiet", "--", "environments/b"]);
    site.git(&["rm", "--quiet", "--cached", "--sparse", "environments/a/environment.yaml"]);
    let told = site.fails("publish", 2);
    assert!(told.contains("and environments/a/environment.yaml is not"), "{told}");
}

#[test]
fn a_name_with_a_line_break_stays_in_its_line() {
    let site = Site::two();
    site.source.write("environments/a/x\n\u{1b}[2Jy.yaml", "replicas: 5\n");
    let told = site.fails("publish", 2);
    assert!(told.contains("and environments/a/x  [2Jy.yaml is not"), "{told:?}");
}

#[test]
fn findings_keep_an_environment_from_being_published() {
    let site = Site::two();
    site.commit("wrong", &[("environments/a/web.yaml", "replicas: many\n")]);
    let said = site.run("publish");
    assert_eq!(said.code, 1);
    assert!(said.stderr.contains("--> environments/a/web.yaml:1:11"), "{said:?}");
    assert!(said.stderr.contains("Left a: it has findings"), "{said:?}");
    assert!(site.files("rendered").iter().all(|path| !path.starts_with("rendered/a/")));
    // One that was published stays as it is.
    site.commit("right", &[("environments/a/web.yaml", "replicas: 2\n")]);
    site.ok("publish");
    site.commit("wrong again", &[("environments/a/web.yaml", "replicas: many\n")]);
    assert_eq!(site.run("publish").code, 1);
    assert!(site.there(&["show", "rendered:rendered/a/web/deployment-web.yaml"]).contains("replicas: 2"));
}

#[test]
fn warnings_keep_it_only_if_they_are_denied() {
    let site = Site::two();
    let shared = SHARED.replace("\"*\": allow", "\"*\": allow, replicas-too-few: { level: warn, least: 2 }");
    site.commit("warn", &[("environments/environment.yaml", &shared)]);
    assert_eq!(site.run("publish --deny warnings").code, 1);
    assert!(site.there(&["for-each-ref"]).is_empty());
    let said = site.run("publish");
    assert!(said.code == 0 && said.stderr.contains("warning["), "{said:?}");
    assert_eq!(site.count("rendered"), 1);
}

#[test]
fn without_a_place_it_shows_how_to_name_one() {
    let site = Site::two();
    let shared = SHARED.replace("publish: { branch: rendered }\n", "");
    site.commit("nowhere", &[("environments/environment.yaml", &shared)]);
    let told = site.fails("publish", 2);
    assert!(told.contains("a and 1 more say nothing about where to publish"), "{told}");
    assert!(told.contains("`publish: { branch: rendered }`"), "{told}");
    // Some of them may; who is asked for must.
    site.commit("b", &[("environments/b/environment.yaml", "namespace: b\npublish: { branch: rendered }\n")]);
    assert!(site.ok("publish").contains("Left a: its environment.yaml has no `publish`"));
    assert!(site.fails("publish a", 2).contains("a says nothing about where to publish"));
}

#[test]
fn a_job_ends_well_where_nobody_says_where_to_publish() {
    let site = Site::two();
    let shared = SHARED.replace("publish: { branch: rendered }\n", "");
    site.commit("nowhere", &[("environments/environment.yaml", &shared)]);
    let said = site.ok("publish --if-configured");
    assert_eq!(said, "Left everything: no environment.yaml has `publish`\n");
    // The same of one that is asked for by name; and what is wrong is wrong.
    let said = site.ok("publish --if-configured a");
    assert_eq!(said, "Left a: its environment.yaml has no `publish`\n");
    site.commit("wrong", &[("environments/a/environment.yaml", "namespace: A\n")]);
    assert!(site.fails("publish --if-configured", 1).contains("environments/a/environment.yaml:1:12"));
    assert!(site.there(&["for-each-ref"]).is_empty());
    // A quoted key, and one in a map on one line.
    for text in [
        "namespace: a\n\"publish\": { branch: rendered }\n",
        "{ namespace: a, publish: { branch: rendered } }\n",
    ] {
        site.commit("somewhere", &[("environments/a/environment.yaml", text)]);
        let said = site.ok("publish --if-configured");
        assert!(said.contains("Left b: its environment.yaml has no `publish`"), "{said}");
    }
    assert_eq!(site.count("rendered"), 1);
    // The part of a job may be none of those that say it.
    let said = ["1/2", "2/2"].map(|shard| site.ok(&format!("publish --shard {shard}"))).concat();
    assert!(said.contains("Unchanged rendered") && said.contains("Left b: its environment"), "{said}");
}

#[test]
fn a_hook_that_rejects_is_repeated_in_its_words() {
    let site = Site::two();
    site.hook("pre-receive", "echo 'this branch is frozen until Monday' >&2; exit 1");
    let told = site.fails("publish", 3);
    assert!(told.contains("origin refuses the branch rendered"), "{told}");
    assert!(told.contains("this branch is frozen until Monday") && told.contains("run it again"), "{told}");
    assert!(site.there(&["for-each-ref"]).is_empty());
    site.remote.remove("remote.git/hooks/pre-receive");
    site.ok("publish");
    site.hook("update", "echo 'GitLab: You are not allowed to push code to protected branches.'; exit 1");
    site.commit("more", &[("environments/a/web.yaml", "replicas: 2\n")]);
    let told = site.fails("publish", 3);
    assert!(told.contains("not allowed to push code to protected branches"), "{told}");
    let told = site.fails("rollback a", 2);
    assert!(told.contains("no earlier release"), "{told}");
    site.remote.remove("remote.git/hooks/update");
    site.ok("publish");
    site.hook("update", "echo 'frozen'; exit 1");
    let told = site.fails("rollback a", 3);
    assert!(told.contains("frozen") && told.contains("nothing was rolled back"), "{told}");
    assert_eq!(site.count("rendered"), 2);
    site.sound("rendered");
}

#[test]
fn of_several_branches_those_that_are_let_through_are_published() {
    let site = Site::two();
    let shared = SHARED.replace("branch: rendered", "branch: 'env/{environment}'");
    site.commit("two branches", &[("environments/environment.yaml", &shared)]);
    site.hook("update", "case $1 in */a) echo 'not a'; exit 1;; esac");
    let told = site.fails("publish", 3);
    assert!(told.contains("refuses the branch env/a") && told.contains("not a"), "{told}");
    assert!(told.contains("to env/b of origin"), "{told}");
    assert_eq!(site.count("env/b"), 1);
}

#[test]
fn strict_remotes_are_content_with_a_lease() {
    let site = Site::two();
    for setting in ["receive.denyNonFastForwards", "receive.denyDeletes", "receive.fsckObjects"] {
        site.there(&["config", setting, "true"]);
    }
    site.ok("publish");
    site.commit("more", &[("environments/a/web.yaml", "replicas: 2\n")]);
    site.ok("publish");
    assert_eq!(site.count("rendered"), 2);
    // A branch that somebody has checked out there.
    let other = site.checkout("rendered");
    site.git(&["remote", "set-url", "origin", other.path("").to_str().unwrap()]);
    site.commit("yet more", &[("environments/a/web.yaml", "replicas: 3\n")]);
    let told = site.fails("publish --force", 3);
    assert!(told.contains("branch is currently checked out"), "{told}");
}

#[test]
fn folders_that_others_wrote_are_theirs() {
    let site = Site::two();
    // The values themselves, on the branch that they come from.
    let shared = SHARED.replace("branch: rendered", "branch: main, path: environments");
    site.commit("into the values", &[("environments/environment.yaml", &shared)]);
    site.git(&["push", "--quiet", "origin", "HEAD:refs/heads/main"]);
    let before = site.files("main");
    let told = site.fails("publish", 2);
    assert!(told.contains("holds files that podwright did not write"), "{told}");
    assert_eq!(site.files("main"), before);
    // Another repository that publishes to the same place.
    site.commit("elsewhere", &[("environments/environment.yaml", SHARED)]);
    site.ok("publish");
    let other = site.checkout("rendered");
    site.git(&["remote", "set-url", "origin", other.path("").to_str().unwrap()]);
    site.commit("more", &[("environments/a/web.yaml", "replicas: 2\n")]);
    let told = site.fails("publish", 2);
    assert!(told.contains("is that of a of file://"), "{told}");
}

#[test]
fn files_that_others_added_are_not_removed_unasked() {
    let site = Site::two();
    site.ok("publish");
    let other = site.checkout("rendered");
    other.write("rendered/a/web/mine.yaml", "mine\n");
    let at = other.path("");
    git(&at, &["add", "--all"]);
    git(&at, &["-c", "user.name=o", "-c", "user.email=o@abc.com", "commit", "--quiet", "-m", "foreign"]);
    git(&at, &["push", "--quiet"]);
    site.commit("more", &[("environments/a/web.yaml", "replicas: 2\n")]);
    let told = site.fails("publish", 2);
    assert!(told.contains("somebody wrote rendered/a/web/mine.yaml of the branch rendered"), "{told}");
    site.ok("publish --force");
    assert!(!site.files("rendered").iter().any(|path| path.ends_with("mine.yaml")));
}

#[test]
fn an_older_commit_does_not_go_over_a_later_one() {
    let site = Site::two();
    site.ok("publish");
    site.commit("more", &[("environments/a/web.yaml", "replicas: 2\n")]);
    site.ok("publish");
    site.git(&["checkout", "--quiet", "HEAD~1"]);
    let told = site.fails("publish", 2);
    assert!(told.contains("which comes after this commit"), "{told}");
    assert_eq!(site.count("rendered"), 2);
    site.ok("publish --force");
    assert_eq!(site.count("rendered"), 3);
}

/// Neither does one that has not seen what is published: somebody who did not fetch, or an older pipeline with a part of the history.
#[test]
fn a_commit_that_has_not_seen_what_is_published_does_not_go_over_it() {
    let site = Site::two();
    site.ok("publish");
    site.git(&["push", "--quiet", "origin", "main"]);
    let (other, shallow) = (site.clone(), Case::new());
    let old = site.git(&["rev-parse", "HEAD"]);
    site.commit("more", &[("environments/a/web.yaml", "replicas: 2\n")]);
    site.git(&["push", "--quiet", "origin", "main"]);
    site.ok("publish");
    // Their own environments are another matter.
    other.write("environments/b/web.yaml", "replicas: 5\n");
    git(&other.path(""), &["add", "--all"]);
    git(&other.path(""), &["commit", "--quiet", "-m", "mine"]);
    assert_eq!(other.said(&super::words("publish b")).code, 0);
    let said = other.said(&super::words("publish"));
    assert!(said.code == 2 && said.stderr.contains("which this commit does not contain"), "{said:?}");
    git(&other.path(""), &["pull", "--quiet", "--rebase", "origin", "main"]);
    assert_eq!(other.said(&super::words("publish a")).code, 0);
    let at = shallow.path("");
    git(&at, &["init", "--quiet", "-b", "main"]);
    git(&at, &["remote", "add", "origin", &site.address()]);
    git(&at, &["config", "user.name", "CI"]);
    git(&at, &["config", "user.email", "ci@abc.com"]);
    git(&at, &["fetch", "--quiet", "--depth", "1", "origin", &old]);
    git(&at, &["checkout", "--quiet", "FETCH_HEAD"]);
    let said = shallow.said(&super::words("publish a"));
    assert!(said.code == 2 && said.stderr.contains("which comes after this commit"), "{said:?}");
    // The tip of the branch is after what is published, although its history is not here.
    site.commit("most", &[("environments/a/web.yaml", "replicas: 3\n")]);
    site.git(&["push", "--quiet", "origin", "main"]);
    git(&at, &["fetch", "--quiet", "--depth", "1", "origin", "main"]);
    git(&at, &["checkout", "--quiet", "FETCH_HEAD"]);
    let said = shallow.said(&super::words("publish a"));
    assert!(said.code == 0, "{said:?}");
}

/// Work that was squashed, amended or rebased away after it was published blocks nobody; that it is replaced is said.
#[test]
fn what_is_on_no_branch_is_replaced_and_told() {
    let site = Site::two();
    site.git(&["push", "--quiet", "origin", "main"]);
    site.git(&["checkout", "--quiet", "-b", "feature"]);
    let gone = site.commit("more", &[("environments/a/web.yaml", "replicas: 2\n")]);
    site.ok("publish");
    site.git(&["checkout", "--quiet", "main"]);
    site.git(&["merge", "--quiet", "--squash", "feature"]);
    site.commit("squashed", &[]);
    site.git(&["branch", "--quiet", "-D", "feature"]);
    assert_eq!(site.ok("publish"), "Unchanged rendered of origin\n");
    site.commit("most", &[("environments/a/web.yaml", "replicas: 3\n")]);
    let said = site.ok("publish");
    let line =
        format!("Replaced a: it was published from {}, which this commit does not contain\n", &gone[..10]);
    assert!(said.ends_with(&line), "{said}");
    site.commit("more still", &[("environments/a/web.yaml", "replicas: 4\n")]);
    assert!(!site.ok("publish").contains("Replaced"));
}

/// What waits to be merged is nobody's to take back either.
#[test]
fn an_older_commit_does_not_go_over_an_open_merge_request() {
    let site = Site::two();
    site.ok("publish");
    site.commit("more", &[("environments/a/web.yaml", "replicas: 2\n")]);
    site.commit("most", &[("environments/a/web.yaml", "replicas: 3\n")]);
    site.ok("publish --merge-request");
    site.git(&["checkout", "--quiet", "HEAD~1"]);
    let told = site.fails("publish --merge-request", 2);
    assert!(told.contains("which comes after this commit"), "{told}");
}

#[test]
fn names_that_are_no_branch_are_refused() {
    let site = Site::two();
    for (branch, why) in
        [("HEAD", "is no name of a branch"), ("refs/heads/x", "is no name"), ("'{env}'", "placeholder")]
    {
        let shared = SHARED.replace("branch: rendered", &format!("branch: {branch}"));
        site.commit("odd", &[("environments/environment.yaml", &shared)]);
        let told = site.fails("publish", 2);
        assert!(told.contains(why), "{branch}: {told}");
    }
}

#[test]
fn a_deleted_or_rewritten_branch_is_read_again() {
    let site = Site::two();
    site.ok("publish");
    site.commit("more", &[("environments/a/web.yaml", "replicas: 2\n")]);
    site.ok("publish");
    site.there(&["update-ref", "refs/heads/rendered", "rendered~1"]);
    site.ok("publish");
    assert_eq!(site.count("rendered"), 2);
    site.there(&["update-ref", "-d", "refs/heads/rendered"]);
    site.ok("publish");
    assert_eq!(site.count("rendered"), 1);
    assert_eq!(site.ok("publish"), "Unchanged rendered of origin\n");
    site.sound("rendered");
}

#[test]
fn a_remote_that_cannot_be_reached_is_named_without_secrets() {
    const SECRET: &str = "s3cr3t-t0ken";
    for (remote, words) in [
        ("https://oauth2:s3cr3t-t0ken@127.0.0.1:1/e.git", "https://127.0.0.1:1/e.git"),
        ("https://s3cr3t-t0ken@127.0.0.1:1/e.git", "https://127.0.0.1:1/e.git"),
        ("file:///nowhere/at/all.git", "/nowhere/at/all.git"),
        ("ext::sh -c evil", "transport 'ext' not allowed"),
    ] {
        let site = Site::two();
        site.git(&["remote", "set-url", "origin", remote]);
        let told = site.fails("publish", 3);
        assert!(told.contains("git cannot reach origin") && told.contains(words), "{remote}: {told}");
        let report = site.run("publish --report json");
        assert!(!told.contains(SECRET) && !report.stdout.contains(SECRET), "{told} {report:?}");
    }
    for (remote, code, words) in [
        ("https://oauth2:s3cr3t-t0ken@127.0.0.1:1/e.git", 1, "error[url-credentials]: `publish.remote`"),
        ("file:///nowhere/at/all.git", 3, "git cannot reach file:///nowhere/at/all.git"),
        ("ext::sh", 3, "transport 'ext' not allowed"),
        ("nobody", 3, "git cannot reach nobody"),
    ] {
        let site = Site::two();
        let shared = SHARED.replace("branch: rendered", &format!("branch: rendered, remote: '{remote}'"));
        site.commit("there", &[("environments/environment.yaml", &shared)]);
        let told = site.fails("publish", code);
        assert!(told.contains(words) && !told.contains(SECRET), "{remote}: {told}");
    }
}

#[test]
fn a_token_in_the_address_of_the_clone_is_not_published() {
    let site = Site::two();
    let to = SHARED.replace("branch: rendered", &format!("branch: rendered, remote: '{}'", site.address()));
    site.commit("by address", &[("environments/environment.yaml", &to)]);
    site.git(&["remote", "set-url", "origin", "https://gitlab-ci-token:s3cr3t@git.abc.com/data/e.git"]);
    site.ok("publish");
    let all = site.there(&["log", "-p", "rendered"]);
    assert!(
        !all.contains("s3cr3t") && all.contains("\"repoURL\": \"https://git.abc.com/data/e.git\""),
        "{all}"
    );
    // From a clone over SSH it is the same repository.
    site.git(&["remote", "set-url", "origin", "git@git.abc.com:data/e.git"]);
    site.commit("gone", &[("environments/b", "-")]);
    site.ok("publish");
    assert!(!site.files("rendered").iter().any(|path| path.starts_with("rendered/b/")));
}

#[test]
fn names_that_git_could_take_for_something_else_are_refused() {
    for publish in [
        "{ branch: --mirror }",
        "{ branch: a..b }",
        "{ branch: x.lock }",
        "{ branch: a, remote: --upload-pack=evil }",
        "{ branch: a, path: ../x }",
        "{ branch: a, path: .git/x }",
        "{ branch: a, path: /x }",
    ] {
        let site = Site::two();
        let shared = SHARED.replace("{ branch: rendered }", publish);
        site.commit("odd", &[("environments/environment.yaml", &shared)]);
        let said = site.run("publish");
        assert!(said.code == 1 || said.code == 2, "{publish}: {said:?}");
        assert!(site.there(&["for-each-ref"]).is_empty());
    }
}

#[test]
fn a_file_in_the_way_of_a_folder_is_not_removed() {
    let site = Site::two();
    let other = Case::new();
    git(&other.path(""), &["clone", "--quiet", &site.address(), "."]);
    other.write("rendered", "a file\n");
    git(&other.path(""), &["add", "--all"]);
    git(
        &other.path(""),
        &["-c", "user.name=o", "-c", "user.email=o@abc.com", "commit", "--quiet", "-m", "x"],
    );
    git(&other.path(""), &["push", "--quiet", "origin", "HEAD:rendered"]);
    let told = site.fails("publish", 2);
    assert!(told.contains("has a file where the folder"), "{told}");
    assert_eq!(site.files("rendered"), ["rendered"]);
}

#[test]
fn outside_of_a_repository_and_before_the_first_commit() {
    let case = crate::workspace::workspace(&[
        ("environments/environment.yaml", SHARED),
        ("environments/a/environment.yaml", "namespace: a\n"),
    ]);
    let said = case.said(&words("publish"));
    assert!(said.code == 2 && said.stderr.contains("is in no Git repository"), "{said:?}");
    git(&case.path(""), &["init", "--quiet"]);
    let said = case.said(&words("publish"));
    assert!(said.code == 2 && said.stderr.contains("commit first"), "{said:?}");
}
