//! Where manifests are published: branches, folders, repositories; and what Argo CD is told of it.

use super::{SHARED, Site, git, words};
use crate::support::Case;

fn shared(publish: &str) -> String {
    SHARED.replace("publish: { branch: rendered }", publish)
}

/// Two environments in nested folders, published so.
fn site(publish: &str) -> Site {
    Site::new(&[
        ("environments/environment.yaml", &shared(publish)),
        ("environments/a/environment.yaml", "namespace: a\n"),
        ("environments/prod/b/environment.yaml", "namespace: b\n"),
    ])
}

/// The folders of Deployments on a branch.
fn folders(site: &Site, branch: &str) -> Vec<String> {
    let files = site.files(branch);
    files.iter().filter_map(|p| p.strip_suffix("web/deployment-web.yaml")).map(str::to_owned).collect()
}

#[test]
fn the_path_stands_where_it_says() {
    for (publish, branch, wanted) in [
        ("publish: { branch: live }", "live", ["rendered/a/", "rendered/prod/b/"]),
        ("publish: { branch: live, path: . }", "live", ["a/", "prod/b/"]),
        ("publish: { branch: live, path: k8s/all }", "live", ["k8s/all/a/", "k8s/all/prod/b/"]),
        ("publish: { branch: live, path: 'c/{environment}/m' }", "live", ["c/a/m/", "c/prod/b/m/"]),
        ("publish: { branch: live, path: 'c-{environment}' }", "live", ["c-a/", "c-prod/b/"]),
    ] {
        let site = site(publish);
        site.ok("publish");
        assert_eq!(folders(&site, branch), wanted, "{publish}");
        assert_eq!(site.ok("publish"), format!("Unchanged {branch} of origin\n"));
        site.sound(branch);
    }
}

#[test]
fn a_path_that_changes_takes_the_folders_and_their_history_along() {
    let site = site("publish: { branch: live, path: old/manifests }");
    site.ok("publish");
    site.commit("more", &[("environments/a/web.yaml", "replicas: 2\n")]);
    site.ok("publish");
    let mine = site.checkout("live");
    mine.write("notes/read.me", "mine\n");
    let at = mine.path("");
    git(&at, &["add", "--all"]);
    git(&at, &["-c", "user.name=o", "-c", "user.email=o@abc.com", "commit", "--quiet", "-m", "foreign"]);
    git(&at, &["push", "--quiet"]);
    site.commit(
        "moved",
        &[("environments/environment.yaml", &shared("publish: { branch: live, path: new }"))],
    );
    site.ok("publish a");
    assert_eq!(folders(&site, "live"), ["new/a/", "old/manifests/a/", "old/manifests/prod/b/"]);
    site.ok("publish");
    assert_eq!(folders(&site, "live"), ["new/a/", "new/prod/b/"]);
    let left: Vec<String> = site.files("live").into_iter().filter(|p| !p.starts_with("new/")).collect();
    assert_eq!(left, ["notes/read.me"]);
    // a was published at its new place while it still stood at its old one: the same release.
    let history = site.run("history a --report json").stdout;
    let releases: serde_json::Value = serde_json::from_str(&history).unwrap();
    let releases = releases["history"][0]["releases"].as_array().unwrap();
    let told: Vec<&str> = releases.iter().map(|r| r["replicas"][0].as_str().unwrap()).collect();
    assert_eq!(told, ["Deployment/web 2", "Deployment/web 2", "Deployment/web 1"], "{history}");
    // The way back leads to the release, and not to its place.
    site.ok("rollback a");
    assert_eq!(folders(&site, "live"), ["new/a/", "new/prod/b/"]);
    let text = site.there(&["show", "live:new/a/web/deployment-web.yaml"]);
    assert!(text.contains("replicas: 1"), "{text}");
    site.sound("live");
}

/// Two workspaces of one repository may have environments of one name, and publish to one branch.
#[test]
fn workspaces_of_one_repository_leave_each_other_alone() {
    let site = site("publish: { branch: live, path: one }");
    let two = "two/environments";
    let shared = shared("publish: { branch: live, path: two }");
    for (path, text) in [("environment.yaml", shared.as_str()), ("a/environment.yaml", "namespace: c\n")] {
        site.source.write(&format!("{two}/{path}"), text);
    }
    for (path, bytes) in site.source.tree().iter().filter(|(path, _)| path.starts_with("packages/")) {
        site.source.write(&format!("two/{path}"), bytes);
    }
    site.commit("a second workspace", &[]);
    site.ok("publish");
    site.ok("publish --root two");
    let both = ["one/a/", "one/prod/b/", "two/a/"];
    assert_eq!(folders(&site, "live"), both);
    site.commit("more", &[("environments/a/web.yaml", "replicas: 2\n")]);
    site.ok("publish");
    site.ok("publish --root two");
    assert_eq!(folders(&site, "live"), both);
    // One may not take the other's folder.
    let same = shared.replace("path: two", "path: one");
    site.commit("the same place", &[("two/environments/environment.yaml", &same)]);
    let said = site.fails("publish --root two", 2);
    assert!(said.contains("is that of a of file://"), "{said}");
}

#[test]
fn each_environment_may_have_a_branch() {
    let site = site("publish: { branch: 'env/{environment}', path: . }");
    site.ok("publish");
    assert_eq!(folders(&site, "env/a"), ["a/"]);
    assert_eq!(folders(&site, "env/prod/b"), ["prod/b/"]);
    site.commit("more", &[("environments/a/web.yaml", "replicas: 2\n")]);
    site.ok("publish");
    assert_eq!((site.count("env/a"), site.count("env/prod/b")), (2, 1));
    // A layer may say another.
    site.commit(
        "away",
        &[("environments/a/environment.yaml", "namespace: a\npublish: { branch: elsewhere, path: x }\n")],
    );
    site.ok("publish");
    assert_eq!(folders(&site, "elsewhere"), ["x/a/"]);
}

#[test]
fn a_name_of_a_branch_that_was_a_folder_of_branches_is_no_hindrance() {
    let site = site("publish: { branch: 'live/{environment}' }");
    site.ok("publish a");
    site.there(&["update-ref", "-d", "refs/heads/live/a"]);
    site.commit("one branch", &[("environments/environment.yaml", &shared("publish: { branch: live }"))]);
    site.ok("publish");
    site.commit(
        "again",
        &[("environments/environment.yaml", &shared("publish: { branch: 'live/{environment}' }"))],
    );
    let told = site.fails("publish a", 3);
    // The remote cannot have both: that is no race.
    assert!(told.contains("refuses the branch live/a") && told.contains("run it again"), "{told}");
}

#[test]
fn another_repository_by_address_name_and_relative_path() {
    let other = Case::new();
    git(&other.path(""), &["init", "--quiet", "--bare", "other.git"]);
    let path = other.path("other.git");
    let path = path.to_str().unwrap();
    let files = |branch: &str| git(&other.path("other.git"), &["ls-tree", "-r", "--name-only", branch]);
    let site = site(&format!("publish: {{ remote: 'file://{path}', branch: by-address }}"));
    site.ok("publish");
    assert!(files("by-address").contains("rendered/a/SHA256SUMS"));
    assert!(site.there(&["for-each-ref"]).is_empty());
    site.git(&["remote", "add", "live", path]);
    site.commit(
        "name",
        &[("environments/environment.yaml", &shared("publish: { remote: live, branch: by-name }"))],
    );
    site.ok("publish");
    assert!(files("by-name").contains("rendered/a/SHA256SUMS"));
    // Relative addresses begin at the top of the work tree, as everywhere in Git.
    let up = site.source.path("").components().count() - 1;
    site.git(&[
        "remote",
        "set-url",
        "live",
        &format!("{}{}", "../".repeat(up), path.trim_start_matches('/')),
    ]);
    site.commit(
        "relative",
        &[("environments/environment.yaml", &shared("publish: { remote: live, branch: relative }"))],
    );
    site.ok("publish");
    assert!(files("relative").contains("rendered/a/SHA256SUMS"));
}

#[test]
fn a_workspace_below_the_top_is_one_like_any_other() {
    let site = site("publish: { branch: live }");
    site.git(&["rm", "-rq", "--cached", "."]);
    let tree = site.source.tree();
    for (path, bytes) in
        tree.iter().filter(|(p, _)| p.starts_with("environments/") || p.starts_with("packages/"))
    {
        site.source.write(&format!("ops/ops/{path}"), bytes);
    }
    site.commit("below", &[("environments", "-"), ("packages", "-")]);
    let run = |line: &str| site.source.said(&words(&format!("--root ops/ops {line}")));
    let said = run("publish");
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(folders(&site, "live"), ["rendered/a/", "rendered/prod/b/"]);
    site.source.write("ops/ops/environments/a/web.yaml", "replicas: 2\n");
    let said = run("publish");
    assert!(said.code == 2 && said.stderr.contains("and environments/a/web.yaml is not"), "{said:?}");
    site.commit("more", &[]);
    assert_eq!(run("publish").code, 0);
    let said = run("rollback a");
    assert!(said.code == 0 && said.stdout.contains("a/environments/a/web.yaml"), "{said:?}");
}

#[test]
fn a_work_tree_of_its_own_a_shallow_clone_and_one_without_blobs() {
    let site = site("publish: { branch: live }");
    site.ok("publish");
    site.git(&["push", "--quiet", "origin", "main"]);
    let tree = Case::new();
    site.git(&["worktree", "add", "--quiet", "--detach", tree.path("w").to_str().unwrap()]);
    tree.write("w/environments/a/web.yaml", "replicas: 2\n");
    git(&tree.path("w"), &["commit", "--quiet", "-am", "more", "--allow-empty"]);
    git(&tree.path("w"), &["add", "--all"]);
    git(&tree.path("w"), &["commit", "--quiet", "-m", "more"]);
    let said = tree.said(&words("--root w publish"));
    assert!(said.code == 0 && said.stderr.starts_with("Published"), "{said:?}");
    for (n, how) in [&["--depth=1"][..], &["--filter=blob:none"]].into_iter().enumerate() {
        site.there(&["config", "uploadpack.allowFilter", "true"]);
        let case = Case::new();
        let address = site.address();
        let clone = [&["clone", "--quiet", "--branch", "main"], how, &[address.as_str(), "."]].concat();
        git(&case.path(""), &clone);
        git(&case.path(""), &["config", "user.name", "Mei Lin"]);
        git(&case.path(""), &["config", "user.email", "mei@abc.com"]);
        case.write("environments/a/web.yaml", format!("replicas: {}\n", n + 5));
        git(&case.path(""), &["add", "--all"]);
        git(&case.path(""), &["commit", "--quiet", "-m", "more"]);
        // None of them has seen what the others committed.
        let said = case.said(&words("publish --force"));
        assert!(said.code == 0 && said.stderr.starts_with("Published"), "{how:?} {said:?}");
        let said = case.said(&words("history a"));
        assert!(
            said.code == 0 && said.stdout.lines().filter(|l| l.contains("Mei Lin")).count() == n + 3,
            "{said:?}"
        );
    }
    site.sound("live");
}

const ARGOCD: &str = "argocd: { repoURL: 'https://git.abc.com/data/live.git', root: {} }";

#[test]
fn the_applications_read_what_is_published() {
    let site = site(&format!("publish: {{ branch: live, path: k8s }}\n{ARGOCD}"));
    site.ok("publish");
    let show = |path: &str| site.there(&["show", &format!("live:{path}")]);
    let application = show("k8s/argocd/main/prod/b/application.argoproj.io-prod-b-web.yaml");
    for line in ["targetRevision: live", "path: k8s/prod/b/web", "repoURL: https://git.abc.com/data/live.git"]
    {
        assert!(application.contains(line), "{line}\n{application}");
    }
    let root = show("k8s/argocd/main/_root/application.argoproj.io-root-main.yaml");
    assert!(root.contains("path: k8s/argocd/main") && root.contains("targetRevision: live"), "{root}");
    // What Argo CD reads of an environment goes with it, and moves with its instance.
    site.commit(
        "moved",
        &[
            ("environments/prod", "-"),
            ("environments/a/environment.yaml", "namespace: a\nargocd: { instance: second }\n"),
        ],
    );
    site.ok("publish a");
    let argocd = |files: Vec<String>| -> Vec<String> {
        files.into_iter().filter(|p| p.ends_with("SHA256SUMS") && p.contains("argocd")).collect()
    };
    let of = |name: &str| format!("k8s/argocd/{name}/SHA256SUMS");
    assert_eq!(argocd(site.files("live")), [of("main/_root"), of("main/prod/b"), of("second/a")]);
    site.ok("publish");
    assert_eq!(argocd(site.files("live")), [of("second/_root"), of("second/a")]);
}

#[test]
fn an_environment_that_is_kept_from_being_published_holds_up_nobody() {
    let site = site(&format!("publish: {{ branch: live, path: k8s }}\n{ARGOCD}"));
    site.ok("publish");
    let before = site.files("live");
    let more = [
        ("environments/a/environment.yaml", "namespace: a\npublish: null\n"),
        ("environments/prod/b/web.yaml", "replicas: 3\n"),
    ];
    site.commit("a stays as it is", &more);
    let said = site.ok("publish");
    assert!(said.contains("1 changed") && said.contains("Left a: its environment"), "{said}");
    // What stands there is left alone, what Argo CD reads of it included.
    assert_eq!(site.files("live"), before);
    assert!(before.contains(&"k8s/argocd/main/a/SHA256SUMS".to_owned()), "{before:?}");
}

#[test]
fn argocd_that_reads_elsewhere_is_a_finding() {
    for (argocd, remote, found) in [
        ("argocd: { repoURL: 'https://git.abc.com/e.git', targetRevision: main }", "origin", true),
        ("argocd: { repoURL: 'https://git.abc.com/e.git', targetRevision: live }", "origin", false),
        ("argocd: { repoURL: 'https://git.abc.com/e.git' }", "'git@git.abc.com:e'", false),
        ("argocd: { repoURL: 'https://git.abc.com/e.git' }", "'ssh://git@git.abc.com:2222/f.git'", true),
    ] {
        let site = site(&format!("publish: {{ remote: {remote}, branch: live }}\n{argocd}"));
        let said = site.run("check --report concise");
        assert_eq!(said.stdout.contains("argocd-publish-differs"), found, "{argocd} {remote} {said:?}");
    }
}

#[test]
fn environments_that_would_share_a_folder_are_refused() {
    let site = site("publish: { branch: live }");
    site.commit(
        "over",
        &[(
            "environments/a/environment.yaml",
            "namespace: a\npublish: { path: 'rendered/prod/b/{environment}' }\n",
        )],
    );
    // Also if only one of them is published.
    for line in ["publish", "publish a", "publish prod/b"] {
        let told = site.fails(line, 2);
        assert!(told.contains("a is published to rendered/prod/b/a"), "{told}");
    }
    assert!(site.there(&["for-each-ref"]).is_empty());
}

#[test]
fn shards_meet_on_one_branch() {
    let site = Site::new(&[(
        "environments/environment.yaml",
        &shared(&format!("publish: {{ branch: live }}\n{ARGOCD}")),
    )]);
    for n in 0..7 {
        site.source.write(&format!("environments/e{n}/environment.yaml"), format!("namespace: e{n}\n"));
    }
    site.commit("seven", &[]);
    for shard in 1..=3 {
        site.ok(&format!("publish --shard {shard}/3"));
    }
    let files = site.files("live");
    assert_eq!(site.ok("publish"), "Unchanged live of origin\n");
    assert_eq!(files.iter().filter(|p| p.ends_with("deployment-web.yaml")).count(), 7);
    assert!(files.iter().any(|p| p.contains("/_root/")));
    site.sound("live");
}

/// What Git cannot do is said: a root Application is applied by hand once, and deleted by hand.
#[test]
fn what_is_left_to_do_for_roots_is_said() {
    let with = |publish: &str, argocd: &str| format!("{}{argocd}\n", shared(publish));
    let site = site("publish: { branch: live }");
    let root = |base: &str, instance: &str| {
        let file = format!("{base}/argocd/{instance}/_root/application.argoproj.io-root-{instance}.yaml");
        format!("Apply once git fetch origin live && git show FETCH_HEAD:{file} | kubectl apply -f -\n")
    };
    let steps = [
        (with("publish: { branch: live }", ARGOCD), root("rendered", "main")),
        (with("publish: { branch: live, path: new }", ARGOCD), root("new", "main")),
        (
            with(
                "publish: { branch: live, path: new }",
                &ARGOCD.replace("root: {}", "instance: gz, root: {}"),
            ),
            root("new", "gz")
                + "Delete the root Application that reads new/argocd/main, where it runs: nothing is there any more\n",
        ),
    ];
    for (text, wanted) in steps {
        site.commit("roots", &[("environments/environment.yaml", &text)]);
        let said = site.ok("publish");
        assert!(said.ends_with(&wanted), "{said}{wanted}");
        assert_eq!(site.ok("publish"), "Unchanged live of origin\n");
    }
}

/// A repository on disk is the same however its path is written.
#[test]
fn a_path_to_origin_may_be_written_in_several_ways() {
    let site = site("publish: { branch: live }");
    let at = site.remote.path("remote.git");
    site.git(&["remote", "set-url", "origin", at.to_str().unwrap()]);
    site.ok("publish");
    site.git(&["remote", "set-url", "origin", at.join("../remote.git").to_str().unwrap()]);
    site.commit("more", &[("environments/a/web.yaml", "replicas: 2\n")]);
    site.ok("publish");
    assert_eq!(site.count("live"), 2);
}
