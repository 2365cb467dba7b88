//! `podwright diff`: what differs, with what it is compared, and how it is told.
//!
//! A folder below `tests/cases/diff/` holds two files of manifests, `old.yaml` and `new.yaml`, and what people read of the
//! difference: `told`. `UPDATE_CASES=1` writes it. Secrets in the cases are hunters, of which no report tells.

use crate::support::{Case, Said};
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

const ME: [&str; 8] = [
    "-c",
    "user.name=Me",
    "-c",
    "user.email=me@abc.com",
    "-c",
    "commit.gpgsign=false",
    "-c",
    "init.defaultBranch=main",
];

/// Runs Git in a folder of the case and gives what it printed.
#[track_caller]
fn git_in(case: &Case, folder: &str, args: &[&str]) -> String {
    let output = Command::new("git")
        .args(ME)
        .args(args)
        .current_dir(case.path(folder))
        .env("HOME", case.path(""))
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[track_caller]
fn git(case: &Case, args: &[&str]) -> String {
    git_in(case, "", args)
}

#[track_caller]
fn commit(case: &Case) -> String {
    git(case, &["add", "-A"]);
    git(case, &["commit", "-q", "--allow-empty", "-m", "a change"]);
    git(case, &["rev-parse", "HEAD"])
}

fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

fn diff(case: &Case, line: &str, env: &[(&str, &str)]) -> Said {
    case.said_with(&words(&format!("diff {line}").trim().replace("  ", " ")), env)
}

/// The member `diff` of the JSON report.
#[track_caller]
fn told(case: &Case, line: &str, env: &[(&str, &str)]) -> Value {
    let said = diff(case, &format!("--report json {line}"), env);
    let report: Value = serde_json::from_str(&said.stdout).unwrap_or_else(|e| panic!("{e}: {said:?}"));
    valid(&report);
    assert!(report["diff"].is_object(), "{}{}", said.stdout, said.stderr);
    report["diff"].clone()
}

#[track_caller]
fn valid(report: &Value) {
    let schema = include_str!("../../schemas/report.schema.json");
    let schema = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    let faults: Vec<String> =
        schema.iter_errors(report).map(|e| format!("{e} at {}", e.instance_path())).collect();
    assert!(faults.is_empty(), "{faults:?}\n{report:#}");
}

/// The changes as `environment kind/name route old new`, and objects of one side as `environment +kind/name`.
fn lines(told: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    for environment in told["environments"].as_array().unwrap() {
        let at = environment["name"].as_str().unwrap();
        for object in environment["objects"].as_array().unwrap() {
            let name = format!("{}/{}", object["kind"].as_str().unwrap(), object["name"].as_str().unwrap());
            match object["action"].as_str().unwrap() {
                "added" => lines.push(format!("{at} +{name}")),
                "removed" => lines.push(format!("{at} -{name}")),
                _ => lines.extend(object["changes"].as_array().unwrap().iter().map(|change| {
                    format!(
                        "{at} {name} {} {} {}",
                        change["route"].as_str().unwrap(),
                        change["old"],
                        change["new"]
                    )
                })),
            }
        }
    }
    lines
}

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/diff");
    let mut cases: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() > 5);
    cases
}

#[test]
fn every_case_is_told_as_it_should_be() {
    let update = std::env::var_os("UPDATE_CASES").is_some();
    let mut faults = String::new();
    for folder in cases() {
        let case = Case::copy(&folder);
        let said = diff(&case, "--dirs old.yaml new.yaml", &[]);
        if update {
            fs::write(folder.join("told"), &said.stdout).unwrap();
        }
        let want = fs::read_to_string(folder.join("told")).unwrap_or_default();
        faults += &crate::support::difference(&folder.display().to_string(), &want, &said.stdout);
        assert_eq!((said.code, said.stderr.as_str()), (0, ""), "{}", folder.display());
    }
    assert!(faults.is_empty(), "{faults}");
}

#[test]
fn no_form_tells_a_secret_and_the_exit_code_depends_on_none() {
    for folder in cases() {
        let case = Case::copy(&folder);
        let forms = ["human", "concise", "json", "sarif", "gitlab", "junit", "github", "markdown", "html"];
        let files: Vec<String> = forms.iter().map(|form| format!("--report {form}=r.{form}")).collect();
        let line = format!("--dirs old.yaml new.yaml --exit-code {}", files.join(" "));
        let all = diff(&case, &line, &[]);
        let differs = !folder.ends_with("nothing");
        assert_eq!(all.code, i32::from(differs), "{}", folder.display());
        for form in forms {
            let said = diff(&case, &format!("--dirs old.yaml new.yaml --exit-code --report {form}"), &[]);
            assert_eq!((said.code, said.stderr.as_str()), (all.code, ""), "{form} {}", folder.display());
            let written = fs::read_to_string(case.path(&format!("r.{form}"))).unwrap();
            assert_eq!(written, said.stdout, "{form} {}", folder.display());
            let secret = ["hunter", "aHVudGVy"].iter().any(|s| said.stdout.contains(s));
            assert!(!secret, "{form} of {} tells a secret\n{}", folder.display(), said.stdout);
        }
        valid(&serde_json::from_str(&fs::read_to_string(case.path("r.json")).unwrap()).unwrap());
    }
}

#[test]
fn nothing_differs_from_itself() {
    for folder in cases() {
        let case = Case::copy(&folder);
        for file in ["old.yaml", "new.yaml"] {
            let told = told(&case, &format!("--dirs {file} {file} --exit-code"), &[]);
            assert_eq!(lines(&told), [] as [&str; 0], "{}", folder.display());
        }
    }
}

/// What is added one way is removed the other, and each change has its values exchanged.
#[test]
fn the_other_way_round_everything_is_the_other_way_round() {
    for folder in cases() {
        let case = Case::copy(&folder);
        let there = told(&case, "--dirs old.yaml new.yaml", &[]);
        let back = told(&case, "--dirs new.yaml old.yaml", &[]);
        let (a, b) = (&there["counts"], &back["counts"]);
        assert_eq!((&a["added"], &a["changed"], &a["removed"]), (&b["removed"], &b["changed"], &b["added"]));
        let turned = |told: &Value, old: &str, new: &str| -> Vec<String> {
            let objects = told["environments"].as_array().unwrap().iter();
            let changes = objects.flat_map(|e| e["objects"].as_array().unwrap()).flat_map(|o| {
                let changes = o["changes"].as_array().unwrap().iter();
                changes.map(|c| format!("{} {}", c[old], c[new])).collect::<Vec<_>>()
            });
            let mut all: Vec<String> = changes.collect();
            all.sort();
            all
        };
        assert_eq!(turned(&there, "old", "new"), turned(&back, "new", "old"), "{}", folder.display());
    }
}

#[test]
fn markup_in_files_stays_text() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/diff/markup");
    let case = Case::copy(&folder);
    let html = diff(&case, "--dirs old.yaml new.yaml --report html", &[]).stdout;
    assert_eq!(html.matches("<script>").count(), 1, "{html}");
    assert!(!html.contains("<img") && !html.contains("\u{1b}") && html.contains("&lt;img src=x"), "{html}");
    let markdown = diff(&case, "--dirs old.yaml new.yaml --report markdown", &[]).stdout;
    // Outside of code blocks nothing is markup that the tool did not write.
    let mut fence: Option<&str> = None;
    for line in markdown.lines() {
        match fence {
            None if line.starts_with("```") => fence = Some(line.trim_end_matches("diff")),
            None => {
                assert!(
                    !line.contains("@all") && !line.contains("<script") && !line.contains("<img"),
                    "{line}"
                );
            }
            Some(end) if line.trim() == end => fence = None,
            Some(_) => assert!(!line.contains('\u{1b}'), "{line}"),
        }
    }
    assert_eq!(fence, None, "{markdown}");
    assert_eq!(
        markdown.matches("</details>").count() - markdown.matches("<details>").count(),
        1,
        "{markdown}"
    );
}

#[test]
fn folders_are_read_whole_and_what_cannot_be_read_is_not_gone() {
    let map = |name: &str, value: &str| {
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: {name} }}\ndata: {{ a: {value} }}\n")
    };
    let case = Case::new()
        .file("old/a.yaml", map("a", "x"))
        .file("old/deep/b.yml", map("b", "x"))
        .file("new/c.yaml", [map("a", "z"), map("b", "x")].join("---\n"))
        .file("new/.hidden.yaml", map("h", "x"))
        .file("new/notes.txt", "no manifest");
    assert_eq!(lines(&told(&case, "--dirs old new", &[])), ["old -> new ConfigMap/a data.a \"x\" \"z\""]);
    case.write("new/values.yaml", "replicas: 1\n");
    let said = diff(&case, "--dirs old new --exit-code", &[]);
    assert_eq!(said.code, 1);
    assert!(said.stderr.contains("warning[manifest-incomplete]"), "{}", said.stderr);
    case.write("new/c.yaml", "a: [\n");
    let said = diff(&case, "--dirs old new", &[]);
    assert_eq!(said.code, 1);
    assert!(said.stdout.contains("not compared") && !said.stdout.contains("- ConfigMap"), "{}", said.stdout);
    for (line, words) in [
        ("--dirs old nowhere", "there is no file or folder nowhere"),
        ("--dirs old", "2 values required"),
        ("--dirs old new --against HEAD", "cannot be used with"),
    ] {
        let said = diff(&case, line, &[]);
        assert_eq!(said.code, 2, "{line}");
        assert!(said.stderr.contains(words), "{line}: {}", said.stderr);
    }
}

/// A workspace in a repository, with two environments of a small package.
fn workspace() -> Case {
    let shared = "components: { web: { package: web, version: 0.1.0 } }\n";
    let case = Case::new()
        .file("environments/environment.yaml", shared)
        .file("environments/web.yaml", "replicas: 2\n")
        .file("environments/dev/environment.yaml", "namespace: dev\n")
        .file("environments/prod/environment.yaml", "namespace: prod\n")
        .file("environments/prod/web.yaml", "replicas: 3\n");
    case.run(&["package", "init", "web", "--quiet"]).check();
    git(&case, &["init", "-q"]);
    commit(&case);
    case
}

const DEV: &str = "dev Deployment/web spec.replicas 2 4";

#[test]
fn the_work_tree_is_compared_with_the_last_commit_as_it_stands() {
    let case = workspace();
    let before = case.tree();
    let said = diff(&case, "--exit-code", &[]);
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.stdout.ends_with("nothing changes; 2 environments stay as they are\n"), "{}", said.stdout);
    assert_eq!(case.tree(), before, "a comparison changes nothing");
    case.write("environments/web.yaml", "replicas: 4\n");
    assert_eq!(lines(&told(&case, "", &[])), [DEV]);
    assert_eq!(diff(&case, "--exit-code", &[]).code, 1);
    assert_eq!(diff(&case, "", &[]).code, 0);
    // What is staged counts as it stands in the work tree.
    git(&case, &["add", "-A"]);
    case.write("environments/web.yaml", "replicas: 2\n");
    assert_eq!(lines(&told(&case, "", &[])), [] as [&str; 0]);
    // A file that Git does not know.
    case.write("environments/dev/web.yaml", "replicas: 4\n");
    assert_eq!(lines(&told(&case, "", &[])), [DEV]);
    let place = told(&case, "dev", &[])["environments"][0]["objects"][0]["changes"][0]["location"].clone();
    assert_eq!(
        (place["file"].as_str(), place["line"].as_u64()),
        (Some("environments/dev/web.yaml"), Some(1))
    );
    assert_eq!(lines(&told(&case, "prod", &[])), [] as [&str; 0]);
}

#[test]
fn revisions_are_found_as_git_names_them() {
    let case = workspace();
    let first = git(&case, &["rev-parse", "HEAD"]);
    git(&case, &["tag", "v1"]);
    case.write("environments/web.yaml", "replicas: 4\n");
    commit(&case);
    for revision in ["HEAD~1", "v1", "HEAD^", &first, &first[..8]] {
        assert_eq!(lines(&told(&case, &format!("--against {revision}"), &[])), [DEV], "{revision}");
    }
    for (revision, words) in [
        ("nowhere", "the repository has no revision `nowhere`"),
        ("0000000000000000000000000000000000000000", "the repository has no revision"),
        ("--against=-x", "`-x` is no revision"),
    ] {
        let line =
            if revision.starts_with('-') { revision.to_owned() } else { format!("--against {revision}") };
        let said = diff(&case, &line, &[]);
        assert_eq!((said.code, said.stdout.as_str()), (2, ""), "{revision}");
        assert!(said.stderr.contains(words), "{revision}: {}", said.stderr);
    }
}

#[test]
fn ci_systems_say_what_to_compare_with() {
    let case = workspace();
    let base = git(&case, &["rev-parse", "HEAD"]);
    git(&case, &["checkout", "-q", "-b", "topic"]);
    case.write("environments/web.yaml", "replicas: 4\n");
    commit(&case);
    let gitlab = [("CI_MERGE_REQUEST_DIFF_BASE_SHA", base.as_str())];
    assert_eq!(lines(&told(&case, "", &gitlab)), [DEV]);
    assert!(told(&case, "", &gitlab)["old"].as_str().unwrap().contains(&base[..10]));
    // The target branch has gone on: what it has changed since is no part of the difference.
    git(&case, &["checkout", "-q", "main"]);
    case.write("environments/prod/web.yaml", "replicas: 5\n");
    commit(&case);
    git(&case, &["update-ref", "refs/remotes/origin/main", "main"]);
    git(&case, &["checkout", "-q", "topic"]);
    assert_eq!(lines(&told(&case, "", &[("GITHUB_BASE_REF", "main")])), [DEV]);
    assert_eq!(lines(&told(&case, "", &[])), [] as [&str; 0]);
    // What is asked for wins.
    assert_eq!(lines(&told(&case, "--against HEAD", &gitlab)), [] as [&str; 0]);
    // In a pipeline of merged results both branches are checked out in one; in others the variable is there and empty.
    const TIP: &str = "CI_MERGE_REQUEST_TARGET_BRANCH_SHA";
    assert_eq!(lines(&told(&case, "", &[gitlab[0], (TIP, "")])), [DEV]);
    let tip = git(&case, &["rev-parse", "main"]);
    git(&case, &["merge", "-q", "--no-edit", "main"]);
    assert_eq!(lines(&told(&case, "", &gitlab)).len(), 2, "the merge has what the target branch changed");
    assert_eq!(lines(&told(&case, "", &[gitlab[0], (TIP, &tip)])), [DEV]);
}

#[test]
fn a_shallow_clone_fetches_what_it_lacks_or_says_how_to_get_it() {
    let origin = workspace();
    let base = git(&origin, &["rev-parse", "HEAD"]);
    origin.write("environments/web.yaml", "replicas: 4\n");
    commit(&origin);
    git(&origin, &["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let clone = |name: &str| {
        let url = format!("file://{}", origin.path("").display());
        let case = Case::new();
        git(&case, &["clone", "-q", "--depth=1", &url, name]);
        case
    };
    let case = clone("w");
    let env = [("CI_MERGE_REQUEST_DIFF_BASE_SHA", base.as_str())];
    assert_eq!(lines(&told(&case, "--root w", &env)), [DEV]);
    let case = clone("w");
    git_in(&case, "w", &["remote", "set-url", "origin", "https://me:hunter2@localhost:1/x.git"]);
    let said = diff(&case, "--root w", &env);
    assert_eq!(said.code, 2, "{said:?}");
    assert!(said.stderr.contains("GIT_DEPTH: 0"), "{}", said.stderr);
    assert!(!said.stderr.contains("hunter"), "{}", said.stderr);
}

#[cfg(unix)]
#[test]
fn an_ssh_that_fetches_asks_nobody_unless_it_was_chosen() {
    use std::os::unix::fs::PermissionsExt as _;
    let case = workspace();
    let base = "0123456789012345678901234567890123456789";
    let script = |name: &str| {
        case.write(
            &format!("bin/{name}"),
            format!("#!/bin/sh\necho \"{name} $*\" >> '{}'\nexit 1\n", case.path("said").display()),
        );
        fs::set_permissions(case.path(&format!("bin/{name}")), fs::Permissions::from_mode(0o755)).unwrap();
    };
    script("ssh");
    script("other");
    git(&case, &["remote", "add", "origin", "ssh://git@abc.invalid/x.git"]);
    let path = format!("{}:{}", case.path("bin").display(), std::env::var("PATH").unwrap());
    let other = case.path("bin/other").display().to_string();
    let mut env = vec![("CI_MERGE_REQUEST_DIFF_BASE_SHA", base), ("PATH", path.as_str())];
    let said = |env: &[(&str, &str)]| {
        case.write("said", "");
        assert_eq!(diff(&case, "", env).code, 2);
        fs::read_to_string(case.path("said")).unwrap()
    };
    assert!(said(&env).starts_with("ssh -o BatchMode=yes "), "{}", said(&env));
    git(&case, &["config", "core.sshCommand", &other]);
    assert!(said(&env).starts_with("other ") && !said(&env).contains("BatchMode"), "{}", said(&env));
    git(&case, &["config", "--unset", "core.sshCommand"]);
    env.push(("GIT_SSH_COMMAND", &other));
    assert!(said(&env).starts_with("other "), "{}", said(&env));
}

#[test]
fn environments_come_and_go_and_what_is_broken_is_not_compared() {
    let case = workspace();
    case.write("environments/qa/environment.yaml", "namespace: qa\n");
    case.remove("environments/prod");
    let told = told(&case, "", &[]);
    let of = |name: &str| lines(&told).into_iter().filter(|l| l.starts_with(name)).collect::<Vec<_>>();
    assert!(of("qa +").contains(&"qa +Deployment/web".to_owned()), "{told:#}");
    assert!(of("prod -").contains(&"prod -Deployment/web".to_owned()), "{told:#}");
    assert_eq!(of("dev").len(), 0);
    // One that is gone may be asked for by name.
    assert_eq!(lines(&self::told(&case, "prod", &[])).len(), of("prod").len());

    let case = workspace();
    case.write("environments/dev/web.yaml", "replica: 1\n");
    let said = diff(&case, "", &[]);
    assert_eq!(said.code, 1);
    assert!(said.stdout.contains("dev: not compared, since the work tree could not be"), "{}", said.stdout);
    assert!(said.stderr.contains("schema-unknown-key"), "{}", said.stderr);
    commit(&case);
    case.remove("environments/dev/web.yaml");
    let said = diff(&case, "", &[]);
    assert_eq!(said.code, 0, "what is mended is no fault: {said:?}");
    assert!(said.stdout.contains("dev: not compared, since the last commit, "), "{}", said.stdout);
}

#[test]
fn a_workspace_may_be_a_part_of_a_repository() {
    let inner = workspace();
    let case = Case::new();
    for folder in ["environments", "packages"] {
        case.lay(&inner.path(folder), &format!("deploy/shop/{folder}"));
    }
    git(&case, &["init", "-q"]);
    commit(&case);
    case.write("deploy/shop/environments/web.yaml", "replicas: 4\n");
    assert_eq!(lines(&told(&case, "--root deploy/shop", &[])), [DEV]);
    // A repository without the workspace: all of it is new.
    let case = Case::new().file("README.md", "nothing yet\n");
    git(&case, &["init", "-q"]);
    commit(&case);
    for folder in ["environments", "packages"] {
        case.lay(&inner.path(folder), folder);
    }
    let told = told(&case, "", &[]);
    assert_eq!(told["environments"].as_array().unwrap().len(), 2);
    assert!(told["environments"].as_array().unwrap().iter().all(|e| e["action"] == "added"), "{told:#}");
}

#[test]
fn without_a_repository_or_a_commit_it_says_so() {
    let inner = workspace();
    let case = Case::new();
    case.lay(&inner.path("environments"), "environments");
    case.lay(&inner.path("packages"), "packages");
    let said = diff(&case, "", &[]);
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains("is in no Git repository"), "{}", said.stderr);
    git(&case, &["init", "-q"]);
    let said = diff(&case, "", &[]);
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains("no commit to compare with"), "{}", said.stderr);
    // Two environments need no repository.
    let said = diff(&case, "dev prod", &[]);
    assert_eq!(said.code, 0, "{said:?}");
}

#[test]
fn two_environments_differ_in_what_is_not_their_namespace() {
    let case = workspace();
    let all = lines(&told(&case, "dev prod", &[]));
    assert_eq!(all, ["dev -> prod Deployment/web spec.replicas 2 3"]);
    assert_eq!(lines(&told(&case, "dev dev", &[])), [] as [&str; 0]);
    let said = diff(&case, "dev prod --exit-code", &[]);
    assert_eq!(said.code, 1);
    assert!(said.stdout.contains("prod compared with dev: 1 object: 1 changed"), "{}", said.stdout);
    let said = diff(&case, "dev nope", &[]);
    assert_eq!(said.code, 2, "{said:?}");
    // Where the namespace of one stands for that of the other, nothing moves.
    let said = diff(&case, "dev prod", &[]);
    assert!(!said.stdout.contains("moves"), "{}", said.stdout);
    assert_eq!(diff(&case, "dev prod --fail-on remove,data-loss", &[]).code, 0);
}

#[test]
fn the_old_side_is_made_with_its_own_packages() {
    let case = workspace();
    let path = "packages/web/0.1.0/templates/deployment.yaml";
    let text = fs::read_to_string(case.path(path)).unwrap();
    case.write(path, text.replacen("spec:", "spec:\n  paused: true", 1));
    let all = lines(&told(&case, "", &[]));
    assert_eq!(
        all,
        ["dev Deployment/web spec.paused null true", "prod Deployment/web spec.paused null true"]
    );
    let said = diff(&case, "", &[]);
    assert!(
        said.stdout.starts_with("dev, prod\n  ~ Deployment/web\n      + spec.paused: true"),
        "{}",
        said.stdout
    );
}

#[cfg(unix)]
#[test]
fn symlinks_and_submodules_of_the_old_side_are_not_followed() {
    let case = workspace();
    let outside = Case::new().file("secret.yaml", "replicas: 9\n");
    std::os::unix::fs::symlink(outside.path("secret.yaml"), case.path("environments/dev/web.yaml")).unwrap();
    let other = workspace();
    git(
        &case,
        &[
            "-c",
            "protocol.file.allow=always",
            "submodule",
            "add",
            "-q",
            other.path("").to_str().unwrap(),
            "environments/module",
        ],
    );
    commit(&case);
    let said = diff(&case, "", &[]);
    assert!(!said.stdout.contains("replicas: 9"), "{said:?}");
    let links = lines(&told(&case, "", &[]));
    assert!(links.iter().all(|line| !line.starts_with("dev Deployment/web spec.replicas 9")), "{links:?}");
}

#[test]
fn an_environment_that_moves_to_another_namespace_leaves_the_first() {
    let case = workspace();
    let path = "environments/dev/environment.yaml";
    let text = fs::read_to_string(case.path(path)).unwrap();
    let moved = text.lines().map(|line| match line.starts_with("namespace:") {
        true => "namespace: elsewhere\n".to_owned(),
        false => format!("{line}\n"),
    });
    case.write(path, moved.collect::<String>());
    let said = diff(&case, "", &[]);
    assert!(said.stdout.contains("moves: the one in namespace `dev` goes away"), "{said:?}");
}

/// A workspace of which each environment is run by Argo CD, with more settings for that.
fn run_by_argocd(more: &str) -> Case {
    let case = workspace();
    let shared =
        "components: { web: { package: web, version: 0.1.0 }, more: { package: web, version: 0.1.0 } }\n";
    let argocd = format!("argocd: {{ repoURL: 'https://git.abc.com/x.git'{more} }}\n");
    case.write("environments/environment.yaml", format!("{shared}{argocd}"));
    commit(&case);
    case
}

/// The impacts of an environment as a whole.
fn wholes(told: &Value, name: &str) -> Vec<String> {
    let environments = told["environments"].as_array().unwrap();
    let one = environments.iter().find(|e| e["name"] == name).unwrap_or_else(|| panic!("{name}: {told:#}"));
    let impacts = one["impacts"].as_array().unwrap().iter();
    impacts.map(|i| format!("{}: {}", i["kind"].as_str().unwrap(), i["text"].as_str().unwrap())).collect()
}

/// The impacts of the objects of an environment, but for those of Argo CD.
fn of_objects(told: &Value, name: &str) -> usize {
    let environments = told["environments"].as_array().unwrap();
    let one = environments.iter().find(|e| e["name"] == name).unwrap();
    let objects = one["objects"].as_array().unwrap().iter().filter(|o| o["component"] != "argocd");
    objects.map(|o| o["impacts"].as_array().unwrap().len()).sum()
}

#[test]
fn what_argocd_ran_stays_unless_it_is_to_cascade() {
    let stays = "stays and is managed by nobody: ";
    for (more, left) in [("", true), (", cascade: true", false)] {
        let case = run_by_argocd(more);
        fs::remove_dir_all(case.path("environments/dev")).unwrap();
        let gone = told(&case, "", &[]);
        let found = wholes(&gone, "dev");
        assert_eq!(found.len(), usize::from(left), "{found:?}");
        assert!(found.iter().all(|f| f.starts_with(&format!("remove: what runs {stays}"))), "{found:?}");
        assert_eq!(of_objects(&gone, "dev") == 0, left, "{gone:#}");
        assert_eq!(diff(&case, "--fail-on remove", &[]).code, 1, "{more}");
        // A component of an environment that stays.
        git(&case, &["checkout", "-q", "."]);
        case.write("environments/prod/environment.yaml", "namespace: prod\ncomponents: { more: null }\n");
        let gone = told(&case, "", &[]);
        let found = wholes(&gone, "prod");
        assert_eq!(found.len(), usize::from(left), "{found:?}");
        assert!(
            found.iter().all(|f| f.starts_with(&format!("remove: what runs of `more` {stays}"))),
            "{found:?}"
        );
        assert_eq!(of_objects(&gone, "prod") == 0, left, "{gone:#}");
    }
    // Nothing is said of what Argo CD does not run.
    let case = workspace();
    fs::remove_dir_all(case.path("environments/dev")).unwrap();
    let gone = told(&case, "", &[]);
    assert_eq!((wholes(&gone, "dev").len(), of_objects(&gone, "dev") > 0), (0, true), "{gone:#}");
}

#[test]
fn what_an_environment_ran_is_taken_over_by_one_of_another_name() {
    let case = run_by_argocd("");
    fs::rename(case.path("environments/dev"), case.path("environments/devel")).unwrap();
    let renamed = told(&case, "", &[]);
    let found = wholes(&renamed, "dev");
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].ends_with("objects are taken over by `devel`, and not deleted"), "{found:?}");
    assert_eq!(of_objects(&renamed, "dev"), 0);
    // In another namespace, or another cluster, they are others.
    for other in ["namespace: elsewhere\n", "namespace: dev\ncluster: { name: lab }\n"] {
        case.write("environments/devel/environment.yaml", other);
        let found = wholes(&told(&case, "", &[]), "dev");
        assert!(found.len() == 1 && found[0].contains("managed by nobody"), "{other} {found:?}");
    }
}

#[test]
fn another_argocd_is_told_though_no_object_differs() {
    for (more, kind) in [("", "remove"), (", cascade: true", "data-loss")] {
        let case = run_by_argocd(more);
        let before = fs::read_to_string(case.path("environments/environment.yaml")).unwrap();
        case.write("environments/environment.yaml", before.replace("x.git'", "x.git', instance: gz"));
        let told = told(&case, "", &[]);
        let found = wholes(&told, "dev");
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].starts_with(&format!("{kind}: is run by the Argo CD `gz` instead of `main`")),
            "{found:?}"
        );
        assert_eq!(told["environments"][0]["location"]["file"], "environments/environment.yaml");
    }
}

#[test]
fn an_environment_that_moves_to_another_cluster_leaves_all_in_the_first() {
    let cluster = |text: &str| format!("namespace: dev\ncluster: {{ {text} }}\n");
    let path = "environments/dev/environment.yaml";
    let moves = |before: &str, after: &str| -> Vec<String> {
        let case = workspace();
        case.write(path, cluster(before));
        commit(&case);
        case.write(path, cluster(after));
        let told = told(&case, "", &[]);
        let Some(dev) = told["environments"].get(0) else { return Vec::new() };
        assert_eq!(dev["location"]["file"], path, "{told:#}");
        assert_eq!(dev["location"]["line"], 2, "{told:#}");
        let impacts = dev["impacts"].as_array().unwrap().iter();
        impacts.map(|i| format!("{}: {}", i["kind"].as_str().unwrap(), i["text"].as_str().unwrap())).collect()
    };
    let stays = |from: &str, to: &str, same: &str| {
        format!(
            "remove: moves from cluster `{from}` to `{to}`{same}: what runs in `{from}` stays there, and nothing changes or removes it"
        )
    };
    assert_eq!(moves("name: office", "name: lab"), [stays("office", "lab", "")]);
    let (a, b) = ("https://10.0.0.1:6443", "https://10.0.0.2:6443");
    assert_eq!(
        moves(&format!("server: '{a}'"), &format!("server: '{b}'")),
        [stays(a, b, " (unless both are addresses of one)")]
    );
    assert_eq!(
        moves(&format!("name: office, server: '{a}'"), &format!("name: lab, server: '{b}'")),
        [stays("office", "lab", "")]
    );
    // Another name or a further one for the same, or a first one.
    for (before, after) in [
        (format!("name: office, server: '{a}'"), format!("name: lab, server: '{a}/'")),
        ("name: office".to_owned(), format!("name: office, server: '{a}'")),
        ("kubernetesVersion: '1.33'".to_owned(), "name: office, kubernetesVersion: '1.33'".to_owned()),
    ] {
        assert_eq!(moves(&before, &after), [] as [&str; 0], "{before} {after}");
    }
}

#[test]
fn a_move_to_another_cluster_is_told_in_every_format() {
    let case = workspace();
    let path = "environments/dev/environment.yaml";
    let argocd = "argocd: { repoURL: 'https://git.abc.com/x.git' }\n";
    let claim = "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: data }\n\
                 spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } }\n";
    case.write("packages/web/0.1.0/templates/claim.yaml", claim);
    case.write(path, format!("namespace: dev\ncluster: {{ name: office }}\n{argocd}"));
    commit(&case);
    case.write(path, format!("namespace: dev\ncluster: {{ name: lab }}\n{argocd}"));
    let claim =
        "moves from cluster `office` to `lab`: the data of PersistentVolumeClaim/data stays in `office`";
    for form in ["human", "markdown", "html", "json"] {
        let said = diff(&case, &format!("--report {form} --fail-on data-loss"), &[]);
        assert_eq!(said.code, 1, "{form}");
        let text = said.stdout.replace("<code>", "`").replace("</code>", "`").replace("&#96;", "`");
        assert!(text.contains(claim), "{form}: {text}");
        assert!(
            text.contains("syncs to cluster `lab` instead of `office`: what it synced there stays"),
            "{text}"
        );
    }
}

/// The line of an object, or of the first of its changes.
fn place_of(told: &Value, name: &str) -> String {
    let objects =
        told["environments"].as_array().unwrap().iter().flat_map(|e| e["objects"].as_array().unwrap());
    let object =
        objects.into_iter().find(|o| o["name"] == name).unwrap_or_else(|| panic!("{name}: {told:#}"));
    let at =
        [&object["location"], &object["changes"][0]["location"]].into_iter().find(|l| l.is_object()).unwrap();
    let was = if at["old"] == true { "was " } else { "" };
    format!("{was}{}:{}", at["file"].as_str().unwrap(), at["line"])
}

#[test]
fn the_line_behind_what_comes_or_goes_is_that_of_the_value_that_decided() {
    let schema = "{\"type\": \"object\", \"additionalProperties\": true}";
    let map = |name: &str, when: &str, data: &str| {
        format!(
            "${{{{ when {when} }}}}:\napiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: {name} }}\ndata:\n{data}---\n"
        )
    };
    let templates = [
        map("both", "values.first and (values.second or values.third)", "  a: b\n"),
        map(
            "inner",
            "values.first",
            "  ${{ if values.second and values.first }}:\n    x: yes it is\n  z: w\n",
        ),
        map("made", "values.first", "  a: ${{ values.one ~ values.two }}\n"),
    ];
    let case = Case::new()
        .file("packages/p/1.0.0/package.yaml", "interface: 1\nname: p\nversion: 1.0.0\ndescription: a\n")
        .file("packages/p/1.0.0/values.schema.json", schema)
        .file("packages/p/1.0.0/values.yaml", "first: false\nsecond: false\nthird: false\none: a\ntwo: b\n")
        .file("packages/p/1.0.0/templates/all.yaml", templates.concat())
        .file("environments/environment.yaml", "components: { p: { package: p, version: 1.0.0 } }\n")
        .file("environments/p.yaml", "first: true\none: c\ntwo: d\n")
        .file("environments/dev/environment.yaml", "namespace: dev\n");
    git(&case, &["init", "-q"]);
    commit(&case);
    let path = "environments/dev/p.yaml";
    case.write(path, "# a remark\nsecond: true\none: e\n");
    let come = told(&case, "", &[]);
    assert_eq!(place_of(&come, "both"), "environments/dev/p.yaml:2", "{come:#}");
    assert_eq!(place_of(&come, "inner"), "environments/dev/p.yaml:2");
    assert_eq!(place_of(&come, "made"), "environments/dev/p.yaml:3");
    commit(&case);
    // What was set is no more.
    case.write(path, "# a remark\n");
    let gone = told(&case, "", &[]);
    assert_eq!(place_of(&gone, "both"), "was environments/dev/p.yaml:2", "{gone:#}");
    assert_eq!(place_of(&gone, "inner"), "was environments/dev/p.yaml:2");
    // What is another now is a line to edit.
    case.write(path, "second: false\n");
    let off = told(&case, "", &[]);
    assert_eq!(place_of(&off, "both"), "environments/dev/p.yaml:1", "{off:#}");
    assert_eq!(place_of(&off, "inner"), "environments/dev/p.yaml:1");
}

#[test]
fn the_line_behind_an_object_of_argocd_is_that_of_the_setting_that_differs() {
    let case = run_by_argocd(" }\npublish: { branch: live");
    let shared = "environments/environment.yaml";
    let before = fs::read_to_string(case.path(shared)).unwrap();
    for (from, to) in [("branch: live", "branch: main"), ("branch: live", "branch: live, path: out")] {
        case.write(shared, before.replace(from, to));
        let told = told(&case, "dev", &[]);
        assert_eq!(place_of(&told, "dev-web"), "environments/environment.yaml:3", "{told:#}");
    }
    case.write(shared, before.replace("\npublish: { branch: live }", ""));
    assert_eq!(place_of(&told(&case, "dev", &[]), "dev-web"), "was environments/environment.yaml:3");
    case.write(shared, &before);
    let own = "environments/dev/environment.yaml";
    for text in ["# moved\nnamespace: elsewhere\n", "namespace: dev\ncluster: { name: lab }\n"] {
        case.write(own, text);
        let told = told(&case, "dev", &[]);
        for name in ["dev-web", "dev"] {
            assert_eq!(place_of(&told, name), format!("{own}:2"), "{told:#}");
        }
    }
}

#[test]
fn an_impact_fails_the_run_where_that_is_asked_for() {
    let case = workspace();
    let path = "environments/dev/web.yaml";
    case.write(path, "image: { tag: '2.0' }\n");
    let images = lines(&told(&case, "", &[]));
    assert!(images.iter().any(|line| line.contains("image")), "{images:?}");
    for (line, code) in [
        ("", 0),
        ("--fail-on image", 1),
        ("--fail-on refused,image", 1),
        ("--fail-on refused,data-loss", 0),
        ("--fail-on image prod", 0),
        ("--exit-code --fail-on refused", 1),
    ] {
        for form in ["human", "json", "markdown", "html", "gitlab"] {
            assert_eq!(diff(&case, &format!("--report {form} {line}"), &[]).code, code, "{form} {line}");
        }
    }
    let said = diff(&case, "--fail-on nothing", &[]);
    assert_eq!(said.code, 2);
    assert!(said.stderr.contains("no impact `nothing`; there are: refused, data-loss"), "{}", said.stderr);
}

#[test]
fn notes_and_pages_are_bounded_and_count_what_they_leave_out() {
    let map = |n: usize, value: &str| {
        let text: String =
            (0..30).map(|line| format!("    {value} {n} {line} {}\n", "x".repeat(60))).collect();
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: m{n} }}\ndata:\n  a: |\n{text}---\n")
    };
    let all = |value: &str| (0..300).map(|n| map(n, value)).collect::<String>();
    let case = Case::new().file("old.yaml", all("one")).file("new.yaml", all("two"));
    let said = diff(&case, "--dirs old.yaml new.yaml --report markdown", &[]).stdout;
    assert!(said.len() < 60_000 && said.contains(" changes of objects more: "), "{}", said.len());
    assert_eq!(said.matches("<details>").count(), said.matches("</details>").count());
    let page = diff(&case, "--dirs old.yaml new.yaml --report html", &[]).stdout;
    assert!(page.contains("m299") && page.len() < 9_000_000, "{}", page.len());
}
