//! What is committed: when, from which files, and with which message.

use super::{Site, git};

#[test]
fn the_first_publish_makes_an_orphan_and_the_next_nothing() {
    let site = Site::two();
    let head = site.git(&["rev-parse", "HEAD"]);
    let told = site.ok("publish");
    assert!(told.starts_with("Published "), "{told}");
    assert_eq!(site.count("rendered"), 1);
    assert_eq!(
        site.files("rendered"),
        [
            "rendered/.gitattributes",
            "rendered/a/SHA256SUMS",
            "rendered/a/hydrator.metadata",
            "rendered/a/web/configmap-web.yaml",
            "rendered/a/web/deployment-web.yaml",
            "rendered/b/SHA256SUMS",
            "rendered/b/hydrator.metadata",
            "rendered/b/web/configmap-web.yaml",
            "rendered/b/web/deployment-web.yaml",
        ]
    );
    assert_eq!(site.ok("publish"), "Unchanged rendered of origin\n");
    // A commit of values that gives the same manifests is none of theirs.
    site.commit("words", &[("README.md", "words\n")]);
    assert_eq!(site.ok("publish"), "Unchanged rendered of origin\n");
    let metadata = site.there(&["show", "rendered:rendered/a/hydrator.metadata"]);
    let metadata: serde_json::Value = serde_json::from_str(&metadata).unwrap();
    assert_eq!(metadata["drySha"], head);
    assert_eq!(metadata["repoURL"], site.address());
    site.sound("rendered");
}

#[test]
fn what_is_published_is_what_render_writes_of_the_commit() {
    let site = Site::two();
    site.ok("publish");
    site.ok("render --quiet");
    let published = site.checkout("rendered").tree();
    let mut rendered = site.source.tree();
    rendered.retain(|path, _| path.starts_with("rendered/"));
    let beside = |path: &&String| !path.starts_with(".git/") && !path.ends_with("hydrator.metadata");
    assert!(published.keys().filter(beside).eq(rendered.keys()));
    assert!(rendered.iter().all(|(path, bytes)| &published[path] == bytes));
}

#[test]
fn nothing_of_the_clone_changes() {
    let site = Site::two();
    site.source.write("rendered/a/old.yaml", "by hand\n");
    let (status, refs) = (site.git(&["status", "--porcelain"]), site.git(&["for-each-ref"]));
    let config = site.source.tree()[".git/config"].clone();
    let index = site.source.tree()[".git/index"].clone();
    site.ok("publish");
    assert_eq!(site.git(&["status", "--porcelain"]), status);
    assert_eq!(site.git(&["for-each-ref"]), refs);
    let after = site.source.tree();
    assert!(after[".git/config"] == config && after[".git/index"] == index);
    assert!(!after.contains_key(".git/FETCH_HEAD"));
}

#[test]
fn the_message_has_trailers_that_programs_read() {
    let site = Site::two();
    site.ok("publish");
    let head = site.commit(
        "More replicas,\n on two lines\n\nBecause of \"load\", [skip CI], see https://me:token@git.abc.com/a.\n\nReviewed-by: someone",
        &[("environments/a/web.yaml", "replicas: 3\n")],
    );
    site.ok("publish");
    assert_eq!(site.count("rendered"), 2);
    let message = site.there(&["log", "-1", "--format=%B", "rendered"]);
    let summary = "rendered/a: objects 1 changed\n  scale: Deployment/web has 3 pods instead of 1\n";
    assert!(message.starts_with(&format!("Publish a\n\n{summary}\nFrom ")), "{message}");
    let file = site.source.path("message");
    std::fs::write(&file, &message).unwrap();
    let parsed = site.git(&["interpret-trailers", "--parse", file.to_str().unwrap()]);
    let trailers: Vec<(&str, &str)> = parsed.lines().filter_map(|l| l.split_once(": ")).collect();
    let find = |key: &str| trailers.iter().find(|(k, _)| *k == key).map(|(_, v)| *v);
    assert_eq!(find("Podwright-version"), Some(env!("CARGO_PKG_VERSION")));
    assert_eq!(find("Podwright-environment"), Some("a"));
    assert_eq!(find("Argocd-reference-commit-sha"), Some(head.as_str()));
    assert_eq!(find("Argocd-reference-commit-author"), Some("Mei Lin <mei@abc.com>"));
    assert_eq!(find("Argocd-reference-commit-repourl"), Some(site.address().as_str()));
    assert!(find("Argocd-reference-commit-date").is_some_and(|d| d.ends_with('Z')));
    let body: String = serde_json::from_str(find("Argocd-reference-commit-body").unwrap()).unwrap();
    // Nothing of it acts on the pipelines of those who read it, or tells a secret.
    let wanted = "Because of \"load\", (skip ci), see https://git.abc.com/a.";
    assert!(body.contains(wanted), "{body}");
    assert_eq!(trailers.len(), 8, "{parsed}");
}

#[test]
fn one_environment_alone_is_published_alone() {
    let site = Site::two();
    site.ok("publish a");
    assert!(site.files("rendered").iter().all(|path| !path.starts_with("rendered/b/")));
    site.commit("both", &[("environments/web.yaml", "replicas: 2\n")]);
    site.ok("publish b");
    let a = site.there(&["show", "rendered:rendered/a/web/deployment-web.yaml"]);
    assert!(a.contains("replicas: 1"), "{a}");
    site.ok("publish");
    assert_eq!(site.count("rendered"), 3);
    site.sound("rendered");
}

#[test]
fn environments_that_are_gone_go_and_foreign_folders_stay() {
    let site = Site::two();
    site.ok("publish");
    let other = site.checkout("rendered");
    let metadata = "{\"drySha\":\"1\",\"repoURL\":\"https://git.abc.com/other.git\",\"environment\":\"z\"}\n";
    other.write("rendered/z/hydrator.metadata", metadata);
    other.write("rendered/notes/read.me", "mine\n");
    other.write("top.txt", "mine\n");
    let at = other.path("");
    git(&at, &["add", "--all"]);
    git(&at, &["-c", "user.name=o", "-c", "user.email=o@abc.com", "commit", "--quiet", "-m", "foreign"]);
    git(&at, &["push", "--quiet"]);
    site.commit("b is gone", &[("environments/b", "-")]);
    // Of one environment nothing can be said about others.
    assert_eq!(site.ok("publish a"), "Unchanged rendered of origin\n");
    site.ok("publish");
    let files = site.files("rendered");
    assert!(!files.iter().any(|path| path.starts_with("rendered/b/")), "{files:?}");
    for kept in ["rendered/z/hydrator.metadata", "rendered/notes/read.me", "top.txt", "rendered/a/SHA256SUMS"]
    {
        assert!(files.iter().any(|path| path == kept), "{kept}: {files:?}");
    }
    assert_eq!(site.count("rendered"), 3);
}

/// What a move to another cluster and a removal leave behind stands in the commit.
#[test]
fn what_is_left_behind_stands_in_the_message() {
    let site = Site::two();
    let shared = format!("{}argocd: {{ repoURL: 'https://git.abc.com/data/live.git' }}\n", super::SHARED);
    let place = |cluster: &str| format!("namespace: a\ncluster: {{ name: {cluster} }}\n");
    let first = [
        ("environments/environment.yaml", shared.as_str()),
        ("environments/a/environment.yaml", &place("one")),
    ];
    site.commit("argocd", &first);
    site.ok("publish");
    let message = || {
        site.ok("publish");
        site.there(&["log", "-1", "--format=%B", "rendered"])
    };
    site.commit("moved", &[("environments/a/environment.yaml", &place("two"))]);
    let moved = message();
    assert!(
        moved.contains("\n  remove: moves from cluster `one` to `two`: what runs in `one` stays there"),
        "{moved}"
    );
    // The cluster that Argo CD runs in has two names.
    let server = "namespace: b\ncluster: { server: 'https://kubernetes.default.svc' }\n";
    site.commit("named", &[("environments/b/environment.yaml", server)]);
    let named = message();
    assert!(named.starts_with("Publish b\n") && !named.contains("moves from"), "{named}");
    site.commit("gone", &[("environments/b", "-")]);
    let gone = message();
    assert!(gone.contains("\n  remove: what runs stays and is managed by nobody: "), "{gone}");
    assert!(!gone.contains("goes away with its"), "{gone}");
    // Under another name the same objects are taken over.
    site.commit("renamed", &[("environments/a", "-"), ("environments/c/environment.yaml", &place("two"))]);
    let renamed = message();
    assert!(renamed.contains("taken over by `c`") && !renamed.contains("managed by nobody"), "{renamed}");
}

#[test]
fn a_dry_run_shows_all_and_pushes_nothing() {
    let site = Site::two();
    site.ok("publish");
    site.commit("more", &[("environments/a/web.yaml", "replicas: 3\n"), ("environments/b", "-")]);
    let said = site.run("publish --dry-run");
    assert_eq!(said.code, 0);
    assert!(said.stderr.starts_with("Would push "), "{said:?}");
    assert_eq!(site.count("rendered"), 1);
    let shown: Vec<&str> =
        said.stdout.lines().filter(|l| l.get(1..2) == Some(" ") && !l.starts_with(' ')).collect();
    site.ok("publish");
    let pushed = site.there(&["diff", "--name-status", "--no-renames", "rendered~1", "rendered"]);
    let pushed: Vec<String> = pushed.lines().map(|l| l.replace('\t', " ")).collect();
    assert_eq!(shown, pushed);
    let message = site.there(&["log", "-1", "--format=%B", "rendered"]);
    let told: Vec<&str> = said.stdout.lines().filter_map(|l| l.strip_prefix("    ")).collect();
    assert_eq!(told, message.lines().filter(|l| !l.is_empty()).collect::<Vec<_>>());
    assert_eq!(site.run("publish --dry-run").stdout, "branch rendered of origin\nnothing changes\n\n");
}

#[test]
fn a_branch_that_pipelines_run_on_is_pushed_without_one() {
    let subject = |site: &Site, branch: &str| site.there(&["log", "-1", "--format=%s", branch]);
    let site = Site::two();
    site.ok("publish");
    assert_eq!(subject(&site, "rendered"), "Publish a, b");
    let site = Site::new(&[
        ("environments/environment.yaml", &shared_on_main()),
        ("environments/a/environment.yaml", "namespace: a\n"),
    ]);
    site.git(&["push", "--quiet", "origin", "main"]);
    site.ok("publish");
    assert_eq!(subject(&site, "main"), "Publish a [skip ci]");
    // The values stand beside it, as they were.
    assert!(site.files("main").iter().any(|path| path == "environments/a/environment.yaml"));
    // On a detached HEAD the CI system says what the branch is.
    site.git(&["checkout", "--quiet", "--detach"]);
    site.git(&["pull", "--quiet", "--rebase", "origin", "main"]);
    site.commit("more", &[("environments/a/web.yaml", "replicas: 3\n")]);
    let said = site.source.said_with(&super::words("publish"), &[("CI_DEFAULT_BRANCH", "main")]);
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(subject(&site, "main"), "Publish a [skip ci]");
    // A merge request runs its pipeline.
    let rolled = site.ok("rollback a");
    assert!(rolled.starts_with("Rolled back a from "), "{rolled}");
}

fn shared_on_main() -> String {
    super::SHARED.replace("branch: rendered", "branch: main")
}
