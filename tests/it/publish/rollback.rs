//! `rollback`: what was published comes back byte for byte, stays, and goes when the values say so.

use super::{SHARED, Site, git};
use crate::support::Case;

const FOLDER: &str = "rendered:rendered/a";

/// Three releases of `a`: one, two and three replicas; their commits, oldest first.
fn three() -> (Site, Vec<String>) {
    let site = Site::two();
    let mut releases = Vec::new();
    for replicas in 1..=3 {
        let values = format!("replicas: {replicas}\n");
        site.commit(&format!("{replicas} replicas"), &[("environments/a/web.yaml", &values)]);
        site.ok("publish");
        releases.push(site.there(&["rev-parse", "rendered"]));
    }
    (site, releases)
}

fn replicas(site: &Site) -> String {
    let text = site.there(&["show", &format!("{FOLDER}/web/deployment-web.yaml")]);
    text.lines().find_map(|l| l.trim().strip_prefix("replicas: ")).unwrap().to_owned()
}

/// The files of the folder with their identities, without the mark.
fn tree(site: &Site, commit: &str) -> Vec<String> {
    let listed = site.there(&["ls-tree", "-r", &format!("{commit}:rendered/a")]);
    listed.lines().filter(|l| !l.ends_with("podwright.rollback")).map(str::to_owned).collect()
}

#[test]
fn the_release_before_comes_back_whole_as_a_new_commit() {
    let (site, releases) = three();
    let said = site.run("rollback a");
    assert_eq!(said.code, 0, "{said:?}");
    assert!(
        said.stdout.starts_with("M rendered/a/SHA256SUMS\nM rendered/a/web/deployment-web.yaml\n"),
        "{said:?}"
    );
    let effect = "! scale: Deployment/web has 2 pods instead of 3";
    for line in [effect, "--- a/environments/a/web.yaml", "-replicas: 3", "+replicas: 2"] {
        assert!(said.stdout.lines().any(|l| l == line), "{line}: {said:?}");
    }
    assert_eq!(tree(&site, "rendered"), tree(&site, &releases[1]));
    assert_eq!(site.there(&["rev-parse", "rendered~1"]), releases[2]);
    let message = site.there(&["log", "-1", "--format=%B", "rendered"]);
    assert!(message.contains(&format!("Podwright-undone: {}\n", releases[2])), "{message}");
    assert!(message.contains(&format!("Podwright-rollback: {}\n", releases[1])), "{message}");
    let history = site.run("history a").stdout;
    assert!(history.contains(&format!("rolled back to {}", &releases[1][..10])), "{history}");
    site.sound("rendered");
}

#[test]
fn it_stays_until_the_values_give_something_else() {
    let (site, _) = three();
    site.ok("rollback a");
    let tip = site.there(&["rev-parse", "rendered"]);
    for line in ["publish", "publish a"] {
        let said = site.run(line);
        assert!(said.code == 0 && said.stderr.contains("warning[publish-rolled-back]"), "{said:?}");
    }
    assert_eq!(site.run("publish --deny warnings").code, 1);
    // Values that give the same manifests are no reason; another environment is its own.
    site.commit("words", &[("environments/a/web.yaml", "# more words\nreplicas: 3\n")]);
    site.ok("publish a");
    assert_eq!(site.there(&["rev-parse", "rendered"]), tip);
    site.commit("b", &[("environments/b/web.yaml", "replicas: 2\n")]);
    site.ok("publish");
    assert_eq!(replicas(&site), "2");
    site.commit("four", &[("environments/a/web.yaml", "replicas: 4\n")]);
    let said = site.run("publish");
    assert!(said.code == 0 && !said.stderr.contains("warning"), "{said:?}");
    assert_eq!(replicas(&site), "4");
    assert!(!site.files("rendered").iter().any(|p| p.ends_with("podwright.rollback")));
}

#[test]
fn two_who_roll_back_at_once_go_back_once() {
    let (site, releases) = three();
    let others = [site.clone(), site.clone(), site.clone()];
    // Of one person, in one second, all would make the very same commit.
    for (case, name) in others.iter().zip(["Ann", "Bo", "Cy"]) {
        git(&case.path(""), &["config", "user.name", name]);
    }
    let mut children = others.each_ref().map(|case| case.spawn(&["rollback", "a"]));
    let codes = children.each_mut().map(|child| child.wait().unwrap().code());
    assert_eq!(codes.iter().filter(|code| **code == Some(0)).count(), 1, "{codes:?}");
    assert_eq!(tree(&site, "rendered"), tree(&site, &releases[1]));
    assert_eq!(site.count("rendered"), 4);
}

/// Values that were not written at once are written later, without a step further back.
#[test]
fn the_values_may_be_written_later() {
    let (site, releases) = three();
    site.ok("rollback a");
    let tip = site.there(&["rev-parse", "rendered"]);
    assert!(site.run("publish").stderr.contains("(`podwright rollback a --values` writes those of "));
    let said = site.run("rollback a --values");
    let line = format!("Unchanged a was rolled back to {} on rendered of origin already", &releases[1][..10]);
    assert!(said.code == 0 && said.stderr.starts_with(&line), "{said:?}");
    assert!(said.stderr.contains("Wrote environments/a/web.yaml"), "{said:?}");
    assert_eq!(site.there(&["rev-parse", "rendered"]), tip);
    site.commit("as before", &[]);
    site.ok("publish");
    assert_eq!(replicas(&site), "2");
    assert!(!site.files("rendered").iter().any(|p| p.ends_with("podwright.rollback")));
}

/// Where nobody may push to the branch, a merge request goes back.
#[test]
fn a_merge_request_goes_back() {
    let (site, releases) = three();
    site.there(&["config", "receive.advertisePushOptions", "true"]);
    site.hook(
        "pre-receive",
        "while read old new ref; do test $ref = refs/heads/rendered && exit 1; done; env | grep PUSH_OPTION > options; exit 0",
    );
    assert_ne!(site.run("rollback a").code, 0);
    let said = site.ok("rollback a --merge-request");
    assert!(
        said.starts_with("Requested the way back of a from ")
            && said.ends_with("from podwright/rollback-a\n"),
        "{said}"
    );
    let options = std::fs::read_to_string(site.remote.path("remote.git/options")).unwrap();
    assert!(options.contains("=merge_request.target=rendered\n"), "{options}");
    assert_eq!(tree(&site, "podwright/rollback-a"), tree(&site, &releases[1]));
    assert_eq!(site.there(&["rev-parse", "rendered"]), releases[2]);
    // Again, after more was published.
    site.ok("rollback a --merge-request");
    site.there(&["config", "receive.advertisePushOptions", "false"]);
    let said = site.ok(&format!("rollback a --merge-request --to {}", releases[0]));
    assert!(
        said.starts_with("Offered ") && said.contains("open the merge request from podwright/rollback-a"),
        "{said}"
    );
}

/// In a clone that leaves files out nothing is taken for a file that was not there.
#[test]
fn a_clone_without_files_loses_no_values() {
    let (site, _) = three();
    site.git(&["push", "--quiet", "origin", "main"]);
    site.there(&["config", "uploadpack.allowFilter", "true"]);
    let case = Case::new();
    git(
        &case.path(""),
        &["clone", "--quiet", "--branch", "main", "--filter=blob:none", &site.address(), "."],
    );
    git(&case.path(""), &["config", "user.name", "Mei Lin"]);
    git(&case.path(""), &["config", "user.email", "mei@abc.com"]);
    let said = case.said(&super::words("rollback a --values"));
    assert!(said.code == 3 && said.stderr.contains("Rolled back a from "), "{said:?}");
    assert!(
        said.stderr.contains("environments/a/web.yaml of ") && said.stderr.contains("--refetch"),
        "{said:?}"
    );
    assert_eq!(std::fs::read_to_string(case.path("environments/a/web.yaml")).unwrap(), "replicas: 3\n");
    assert_eq!(replicas(&site), "2");
}

/// A shared layer that changes something else in every environment must not bring back what was undone.
#[test]
fn an_unrelated_change_does_not_bring_back_what_was_undone() {
    let (site, _) = three();
    site.ok("rollback a");
    let shared = format!("{SHARED}labels: {{ team: data }}\n");
    site.commit("a label for all", &[("environments/environment.yaml", &shared)]);
    // A clone that knows no history finds what was undone, too.
    let other = site.clone();
    let said = other.said(&super::words("publish"));
    assert!(said.code == 0 && said.stderr.contains("warning[publish-rolled-back]"), "{said:?}");
    assert_eq!(replicas(&site), "2");
    assert!(site.run("publish").stderr.contains("publish-rolled-back"));
    let folder = |e: &str| site.there(&["show", &format!("rendered:rendered/{e}/web/deployment-web.yaml")]);
    assert!(folder("b").contains("team: data") && !folder("a").contains("team: data"));
    site.commit("four", &[("environments/a/web.yaml", "replicas: 4\n")]);
    let said = site.run("publish");
    let line =
        "Resumed a after its rollback: its values now give something else for Deployment/web spec.replicas";
    assert!(said.code == 0 && said.stderr.contains(line), "{said:?}");
    assert_eq!(replicas(&site), "4");
    assert!(folder("a").contains("team: data"));
}

/// A commit that is older than what was undone is no new release.
#[test]
fn an_older_commit_does_not_end_the_hold() {
    let (site, releases) = three();
    site.ok(&format!("rollback a --to {}", releases[0]));
    let tip = site.there(&["rev-parse", "rendered"]);
    site.git(&["checkout", "--quiet", "HEAD~1"]);
    let said = site.run("publish a");
    assert!(said.code == 0 && said.stderr.contains("this commit is older than what was undone"), "{said:?}");
    assert_eq!(site.there(&["rev-parse", "rendered"]), tip);
}

/// Nor is one that has not seen it.
#[test]
fn a_commit_that_has_not_seen_what_was_undone_does_not_end_the_hold() {
    let (site, _) = three();
    let old = site.git(&["rev-parse", "HEAD~1"]);
    let other = site.clone();
    git(&other.path(""), &["checkout", "--quiet", "-B", "main", &old]);
    other.write("read.me", "mine\n");
    git(&other.path(""), &["add", "--all"]);
    git(&other.path(""), &["commit", "--quiet", "-m", "mine"]);
    site.git(&["push", "--quiet", "origin", "main"]);
    site.ok("rollback a");
    let said = other.said(&super::words("publish"));
    assert!(said.stderr.contains("this commit has not seen what was undone"), "{said:?}");
    assert_eq!(replicas(&site), "2");
    assert!(site.files("rendered").iter().any(|p| p.ends_with("podwright.rollback")));
}

/// Neither does another place: what was undone stays undone there.
#[test]
fn another_path_does_not_end_the_hold() {
    let (site, _) = three();
    site.ok("rollback a");
    let shared = SHARED.replace("branch: rendered", "branch: rendered, path: live");
    site.commit("elsewhere", &[("environments/environment.yaml", &shared)]);
    let said = site.run("publish");
    assert!(said.code == 0 && said.stderr.contains("warning[publish-rolled-back]"), "{said:?}");
    let files = site.files("rendered");
    assert!(
        files.iter().any(|p| p.starts_with("live/b/")) && !files.iter().any(|p| p.starts_with("live/a/"))
    );
    assert_eq!(replicas(&site), "2");
    site.commit("four", &[("environments/a/web.yaml", "replicas: 4\n")]);
    site.ok("publish");
    let text = site.there(&["show", "rendered:live/a/web/deployment-web.yaml"]);
    assert!(text.contains("replicas: 4"), "{text}");
    assert!(site.files("rendered").iter().all(|p| p.starts_with("live/")));
}

/// A root Application does not move away from an environment that stays behind.
#[test]
fn a_root_waits_for_what_is_held() {
    let (site, _) = three();
    let with = |publish: &str| {
        let shared = SHARED.replace("branch: rendered", publish);
        format!("{shared}argocd: {{ repoURL: 'https://git.abc.com/data/live.git', root: {{}} }}\n")
    };
    site.commit("argocd", &[("environments/environment.yaml", &with("branch: rendered"))]);
    site.ok("publish");
    site.commit("four", &[("environments/a/web.yaml", "replicas: 4\n")]);
    site.ok("publish");
    site.ok("rollback a");
    site.commit("path", &[("environments/environment.yaml", &with("branch: rendered, path: out"))]);
    let told = site.fails("publish", 2);
    let line = "the root Application moves to out/argocd/main/_root, and a cannot go with it";
    assert!(told.contains(line), "{told}");
    site.ok("publish --resume");
    assert!(site.files("rendered").iter().all(|p| p.starts_with("out/")));
}

/// What Argo CD reads is a part of a release: a move to another cluster is one, goes back, and stays when a later one goes back.
#[test]
fn what_only_argocd_reads_is_a_release_too() {
    let site = Site::two();
    let shared = format!("{SHARED}argocd: {{ repoURL: 'https://git.abc.com/data/live.git' }}\n");
    let cluster = |name: &str| format!("namespace: a\ncluster: {{ name: {name} }}\n");
    site.commit(
        "argocd",
        &[("environments/environment.yaml", &shared), ("environments/a/environment.yaml", &cluster("one"))],
    );
    site.ok("publish");
    site.commit("moved", &[("environments/a/environment.yaml", &cluster("two"))]);
    let moved = site.run("publish --dry-run").stdout;
    assert!(moved.contains("    Publish a\n") && moved.contains("    Podwright-environment: a\n"), "{moved}");
    site.ok("publish");
    site.commit("more", &[("environments/a/web.yaml", "replicas: 2\n")]);
    site.ok("publish");
    let at = || {
        let path = "rendered:rendered/argocd/main/a/application.argoproj.io-a-web.yaml";
        let text = site.there(&["show", path]);
        text.lines()
            .find_map(|l| l.trim().strip_prefix("name: ").filter(|n| ["one", "two"].contains(n)))
            .unwrap()
            .to_owned()
    };
    assert_eq!(site.run("history a").stdout.matches("objects 2 changed").count(), 1);
    site.ok("rollback a");
    assert_eq!((at(), replicas(&site)), ("two".to_owned(), "1".to_owned()));
    site.ok("publish --resume");
    let releases = site.run("history a --report json").stdout;
    let releases: serde_json::Value = serde_json::from_str(&releases).unwrap();
    let first = releases["history"][0]["releases"].as_array().unwrap().last().unwrap()["commit"].to_string();
    site.ok(&format!("rollback a --to {}", first.trim_matches('"')));
    assert_eq!((at(), replicas(&site)), ("one".to_owned(), "1".to_owned()));
    assert!(site.run("publish").stderr.contains("publish-rolled-back"));
    assert_eq!(at(), "one");
}

/// It is not said to go on before it does.
#[test]
fn a_refused_push_resumes_nothing() {
    let (site, _) = three();
    site.ok("rollback a");
    site.hook("pre-receive", "echo no >&2; exit 1");
    let said = site.run("publish --resume");
    assert!(said.code != 0 && !said.stderr.contains("Resumed"), "{said:?}");
}

/// After a history that was made anew nobody knows what was undone: what the values give is published, and said.
#[test]
fn what_was_undone_may_be_gone_from_the_history() {
    let (site, _) = three();
    site.ok("rollback a");
    let tree = site.there(&["rev-parse", "rendered^{tree}"]);
    let anew = git(
        &site.remote.path("remote.git"),
        &["-c", "user.name=o", "-c", "user.email=o@abc.com", "commit-tree", "-m", "anew", &tree],
    );
    site.there(&["update-ref", "refs/heads/rendered", &anew]);
    site.there(&["reflog", "expire", "--expire=now", "--all"]);
    site.there(&["gc", "--quiet", "--prune=now"]);
    let other = site.clone();
    assert!(other.said(&super::words("publish")).stderr.contains("publish-rolled-back"));
    site.commit("a label", &[("environments/a/environment.yaml", "namespace: a\nlabels: { team: data }\n")]);
    git(&other.path(""), &["pull", "--quiet", site.source.path("").to_str().unwrap(), "main"]);
    let said = other.said(&super::words("publish"));
    let line = "Resumed a after its rollback: the release that was undone is no longer to be found";
    assert!(said.code == 0 && said.stderr.contains(line), "{said:?}");
}

#[test]
fn rolling_back_twice_undoes_both() {
    let (site, releases) = three();
    site.ok("rollback a");
    // Who does not say so means the one that is undone already.
    let tip = site.there(&["rev-parse", "rendered"]);
    let said = site.fails("rollback a", 2);
    assert!(said.contains("a was rolled back already, by Mei Lin <mei@abc.com> at 20"), "{said}");
    assert!(said.contains(&format!("`podwright rollback a --to {}`", &releases[0][..10])), "{said}");
    assert_eq!(site.there(&["rev-parse", "rendered"]), tip);
    let said = site.run(&format!("rollback a --to {}", &releases[0][..10]));
    assert_eq!(tree(&site, "rendered"), tree(&site, &releases[0]));
    // The values still give three.
    assert!(said.stdout.contains("-replicas: 3\n+replicas: 1\n"), "{said:?}");
    assert!(site.run("publish").stderr.contains("publish-rolled-back"));
    assert_eq!(replicas(&site), "1");
    // Also what the first of them had restored was undone.
    site.commit("two", &[("environments/a/web.yaml", "replicas: 2\n")]);
    assert!(site.run("publish").stderr.contains("publish-rolled-back"));
    assert!(site.fails("rollback a", 2).contains("no earlier release"));
    // One of them may come back by name; then it is no longer undone.
    site.ok(&format!("rollback a --to {}", &releases[2][..8]));
    assert_eq!(replicas(&site), "3");
    site.commit("three", &[("environments/a/web.yaml", "replicas: 3\n")]);
    assert!(!site.ok("publish").contains("warning"));
    assert_eq!(tree(&site, "rendered").len(), tree(&site, &releases[2]).len());
    assert_eq!(site.ok("publish"), "Unchanged rendered of origin\n");
}

#[test]
fn resume_publishes_what_was_undone() {
    let (site, _) = three();
    site.ok("rollback a");
    let said = site.run("publish --resume");
    assert!(said.code == 0 && !said.stderr.contains("warning"), "{said:?}");
    assert_eq!(replicas(&site), "3");
    assert_eq!(site.ok("publish"), "Unchanged rendered of origin\n");
}

#[test]
fn the_values_that_make_it_stay_are_written() {
    let (site, _) = three();
    let said = site.run("rollback a --values");
    assert!(said.code == 0 && said.stderr.contains("Wrote environments/a/web.yaml"), "{said:?}");
    assert_eq!(site.source.tree()["environments/a/web.yaml"], b"replicas: 2\n");
    site.commit("back to two", &[]);
    // The mark goes with the first publish of them; then there is nothing to do.
    site.ok("publish");
    assert!(!site.files("rendered").iter().any(|p| p.ends_with("podwright.rollback")));
    assert_eq!(site.ok("publish"), "Unchanged rendered of origin\n");
    site.commit("three again", &[("environments/a/web.yaml", "replicas: 3\n")]);
    site.ok("publish");
    assert_eq!(replicas(&site), "3");
}

#[test]
fn values_that_changed_since_are_left_alone() {
    let (site, _) = three();
    site.source.write("environments/a/web.yaml", "replicas: 9\n");
    let told = site.fails("rollback a --values", 2);
    assert!(told.contains("the rollback itself is done"), "{told}");
    assert_eq!(site.source.tree()["environments/a/web.yaml"], b"replicas: 9\n");
    assert_eq!(replicas(&site), "2");
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let (site, releases) = three();
    for (line, words) in [
        ("rollback a --to 0000000".to_owned(), "has no release 0000000"),
        (format!("rollback a --to {}", releases[2]), "is the release that is published"),
        ("rollback *".to_owned(), "names several environments"),
        ("rollback b".to_owned(), "no earlier release"),
    ] {
        let told = site.fails(&line, 2);
        assert!(told.contains(words), "{line}: {told}");
    }
    assert_eq!(site.there(&["rev-parse", "rendered"]), releases[2]);
    let said = site.run("rollback a --dry-run --values");
    assert!(said.stderr.starts_with("Would roll back a from "), "{said:?}");
    assert_eq!(site.there(&["rev-parse", "rendered"]), releases[2]);
    assert_eq!(site.source.tree()["environments/a/web.yaml"], b"replicas: 3\n");
}

/// A file of the work tree.
#[track_caller]
fn read(site: &Site, path: &str) -> String {
    std::fs::read_to_string(site.source.path(path)).unwrap()
}

/// A site whose last two commits differ in secrets: what a Secret in a plain manifest holds, and a value that only the schema marks.
fn with_secrets() -> Site {
    let site = Site::two();
    let schema = read(&site, "packages/web/1.0.0/values.schema.json");
    let marked = schema.replacen(
        "\"properties\": {",
        "\"properties\": { \"pin\": { \"type\": \"string\", \"description\": \"A pin.\", \"writeOnly\": true },",
        1,
    );
    assert_ne!(schema, marked);
    let defaults = read(&site, "packages/web/1.0.0/values.yaml") + "pin: \"\"\n";
    let template = read(&site, "packages/web/1.0.0/templates/all.yaml")
        + "---\napiVersion: v1\nkind: Secret\nmetadata: { name: pin }\nstringData: { p: \"${{ values.pin }}\" }\n";
    site.source.write("packages/web/1.0.0/values.schema.json", marked);
    site.source.write("packages/web/1.0.0/values.yaml", defaults);
    site.source.write("packages/web/1.0.0/templates/all.yaml", template);
    let environment = "namespace: a\ncomponents: { web: { manifests: [extra/x.yaml] } }\n";
    for (n, replicas) in [("1", 1), ("2", 2)] {
        let secret = format!(
            "apiVersion: v1\nkind: Secret\nmetadata: {{ name: s, labels: {{ plain: shown{n} }} }}\n\
             data:\n  same: c2FtZQ==\n  db.conf: aHVudGVy{n}\n"
        );
        let values = format!(
            "# pin: hunter0{n}\n# kubectl create secret generic x --from-literal=password=...\nreplicas: {replicas}\npin: hunter{n}\n"
        );
        site.commit(
            n,
            &[
                ("environments/a/environment.yaml", environment),
                ("environments/a/extra/x.yaml", &secret),
                // Of no component, and so of no schema.
                ("environments/a/unused.txt", &format!("note {n}\n")),
                ("environments/a/web.yaml", &values),
            ],
        );
        site.ok("publish a");
    }
    site
}

/// None of the secrets of [`with_secrets`] is in a text.
#[track_caller]
fn tells_nothing(text: &str) {
    for secret in ["hunter", "aHVudGVy", "c2FtZQ"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

#[test]
fn the_change_of_the_values_shows_no_secrets() {
    let site = with_secrets();
    let written = [
        "--- a/environments/a/extra/x.yaml\n+++ b/environments/a/extra/x.yaml\n",
        "-metadata: { name: s, labels: { plain: shown2 } }\n+metadata: { name: s, labels: { plain: shown1 } }\n",
        " data:\n   same: ***\n   db.conf: ***\n",
        " # pin: ***\n # kubectl create secret generic x --from-literal=password=...\n-replicas: 2\n+replicas: 1\n pin: ***\n",
    ];
    for line in
        ["rollback a --dry-run", "rollback a --dry-run --report html", "rollback a --dry-run --report json"]
    {
        let said = site.run(line);
        assert_eq!(said.code, 0, "{said:?}");
        tells_nothing(&said.stdout);
        tells_nothing(&said.stderr);
        let shown = said.stdout.replace("\\n", "\n");
        assert!(line.ends_with("html") || written.iter().all(|part| shown.contains(part)), "{said:?}");
    }
    // What is written is what was committed.
    let said = site.run("rollback a --values");
    tells_nothing(&(said.stdout + &said.stderr));
    assert!(read(&site, "environments/a/web.yaml").ends_with("pin: hunter1\n"));
    assert!(read(&site, "environments/a/extra/x.yaml").contains("db.conf: aHVudGVy1\n"));
}
