//! What `podwright init` writes hangs together: what one file names is there in another.

use crate::support::{Case, difference, git::git, page::filled};
use std::{collections::BTreeSet, fs, path::Path};

fn started() -> Case {
    let case = Case::new();
    case.run(&["init", "--quiet"]).check();
    case
}

#[test]
fn every_file_knows_its_schema() {
    let case = started();
    let mut seen = 0;
    for (path, bytes) in case.tree() {
        if !path.starts_with("environments/") {
            continue;
        }
        let text = String::from_utf8(bytes).unwrap();
        let schema = text.lines().next().unwrap().strip_prefix("# yaml-language-server: $schema=").unwrap();
        let place = case.path(&path);
        assert!(place.parent().unwrap().join(schema).is_file(), "{path}: {schema}");
        seen += 1;
    }
    assert!(seen >= 6, "{seen}");
    let settings = fs::read_to_string(case.path(".vscode/settings.json")).unwrap();
    let settings: serde_json::Value = serde_json::from_str(&settings).unwrap();
    for schema in settings["yaml.schemas"].as_object().unwrap().keys() {
        assert!(case.path(schema).is_file(), "{schema}");
    }
    // They are what `schema export` writes: nothing is left to do.
    let exported = case.said(&["schema".to_owned(), "export".to_owned()]);
    assert_eq!((exported.code, exported.stderr.as_str()), (0, "Unchanged 4 files\n"));
}

#[cfg(unix)]
#[test]
fn no_symlink_leads_out_of_the_workspace() {
    let (case, elsewhere) = (started(), Case::new());
    case.remove("schemas");
    std::os::unix::fs::symlink(elsewhere.path(""), case.path("schemas")).unwrap();
    std::os::unix::fs::symlink(elsewhere.path(""), case.path("packages")).unwrap();
    for line in ["schema export", "package init web"] {
        let said = case.said(&line.split(' ').map(str::to_owned).collect::<Vec<_>>());
        assert_eq!(said.code, 2, "{line}: {said:?}");
    }
    assert!(elsewhere.tree().is_empty(), "{:?}", elsewhere.tree().keys());
}

#[test]
fn nothing_is_left_to_fill_in_and_the_hooks_are_there() {
    let case = started();
    for (path, bytes) in case.tree().into_iter().filter(|(path, _)| !path.starts_with("schemas/")) {
        let text = String::from_utf8(bytes).unwrap();
        for mark in ["@VERSION@", "@MINOR@", "@REPOSITORY@"] {
            assert!(!text.contains(mark), "{path} holds {mark}");
        }
    }
    let ids = |text: &str| -> BTreeSet<String> {
        let ids = text.lines().filter_map(|l| l.trim_start().strip_prefix("- id: "));
        ids.map(str::to_owned).collect()
    };
    let used = fs::read_to_string(case.path(".pre-commit-config.yaml")).unwrap();
    let hooks = Path::new(env!("CARGO_MANIFEST_DIR")).join(".pre-commit-hooks.yaml");
    let hooks = fs::read_to_string(hooks).unwrap();
    assert_eq!(ids(&used), ids(&hooks));
    assert_eq!(ids(&used).len(), 2);
    // What the CI job and the hooks run is understood.
    let jobs = fs::read_to_string(case.path(".gitlab-ci.yml")).unwrap();
    case.run(&["render", "--quiet"]).check();
    // Changes are told against a commit.
    git(&case.path(""), &["init", "--quiet"]);
    git(&case.path(""), &["add", "--all"]);
    git(
        &case.path(""),
        &["-c", "user.name=a", "-c", "user.email=a@abc.com", "commit", "--quiet", "-m", "start"],
    );
    let guarded = "entry: sh -c 'test ! -e rendered/.gitattributes || podwright render --check'";
    assert!(used.contains(guarded) && hooks.contains(guarded), "{used}{hooks}");
    let entries = hooks.lines().filter_map(|l| l.trim_start().strip_prefix("entry: podwright "));
    let runs = jobs.lines().filter_map(|l| l.trim_start().strip_prefix("- podwright "));
    let runs: Vec<Vec<String>> =
        entries.chain(runs).map(|run| run.split(' ').map(str::to_owned).collect()).collect();
    assert_eq!(runs.len(), 5, "{runs:?}");
    for run in runs {
        let said = case.said(&run);
        assert_eq!(said.code, 0, "{run:?}: {said:?}");
    }
}

/// The script of the job `diff` that writes the note, with a `curl` that only notes what it is asked for.
#[cfg(unix)]
#[test]
fn the_note_of_a_merge_request_is_written_once_and_fails_no_job() {
    const CURL: &str = "#!/bin/sh\ncat > config\necho \"$*\" >> asked\n\
                        if [ -e refused ]; then echo refused >&2; exit 22; fi\n\
                        case \"$*\" in *sort=asc*) cat notes;; esac\n";
    use std::{os::unix::fs::PermissionsExt, process::Command};
    let own = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(".gitlab-ci.yml")).unwrap();
    let jobs = fs::read_to_string(started().path(".gitlab-ci.yml")).unwrap();
    let script = |jobs: &str| -> String {
        let lines = jobs.lines().skip_while(|l| !l.starts_with("      notes="));
        lines.take_while(|l| l.starts_with("      ")).map(|l| format!("{}\n", l.trim_start())).collect()
    };
    assert!(!script(&jobs).is_empty() && script(&own) == script(&jobs), "{own}{jobs}");
    let place = Case::new().file("diff.md", "what changes\n").file("bin/curl", CURL);
    let place = place.file("notes", r#"[{"id":7,"body":"mine {\"id\":8}","author":{"id":9}}]"#);
    fs::set_permissions(place.path("bin/curl"), fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", place.path("bin").display(), std::env::var("PATH").unwrap());
    let run = |token: &str| {
        let mut shell = Command::new("sh");
        let vars = [("PATH", &*path), ("NOTE_TOKEN", token), ("CI_API_V4_URL", "https://git.abc.com/api/v4")];
        shell.envs(vars).env("CI_PROJECT_ID", "5").env("CI_MERGE_REQUEST_IID", "9");
        let said = shell.args(["-e", "-c", &script(&jobs)]).current_dir(place.path("")).output().unwrap();
        assert!(said.status.success(), "{said:?}");
        let asked = fs::read_to_string(place.path("asked")).unwrap_or_default();
        place.write("asked", "");
        (asked, String::from_utf8(said.stdout).unwrap())
    };
    const NOTES: &str = "https://git.abc.com/api/v4/projects/5/merge_requests/9/notes";
    let (asked, _) = run("secret");
    assert!(asked.ends_with(&format!("--data-urlencode body@note.md {NOTES}\n")), "{asked}");
    assert!(!asked.contains("PUT") && !asked.contains("secret"), "{asked}");
    let note = fs::read_to_string(place.path("note.md")).unwrap();
    assert_eq!(note, "what changes\n\n<!-- podwright-diff -->\n");
    // It is there, after one that only looks like it.
    let notes = r#"[{"id":7,"body":"{\"id\":8}","author":{"id":9}},{"id":12,"body":"a\n<!-- podwright-diff -->","author":{"id":9}}]"#;
    place.write("notes", notes);
    let (asked, _) = run("secret");
    assert!(asked.contains("--request PUT") && asked.ends_with(&format!("{NOTES}/12\n")), "{asked}");
    place.write("refused", "");
    let (asked, said) = run("secret");
    assert!(asked.lines().count() == 1 && said.contains("does NOTE_TOKEN still hold"), "{asked}{said}");
    assert_eq!(run(""), (String::new(), String::new()));
}

/// `UPDATE_CASES=1` writes what the tool says into the page.
#[test]
fn the_tutorial_shows_what_the_tool_says() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/tutorial.md");
    let got = filled(&fs::read_to_string(&page).unwrap());
    if std::env::var_os("UPDATE_CASES").is_some() {
        fs::write(&page, &got).unwrap();
    }
    let want = fs::read_to_string(&page).unwrap();
    assert!(want == got, "{}", difference("docs/tutorial.md", &want, &got));
}

/// Names that YAML reads as something else are names, too.
#[test]
fn a_package_of_any_name_is_sound() {
    for name in ["web", "1", "true", "on", "null", "012", "0x1f", "1e3", "y"] {
        let case = Case::new().file("environments/dev/environment.yaml", "namespace: dev\n");
        case.run(&["package", "init", name, "--quiet"]).check();
        let said = case.said(&["package".to_owned(), "check".to_owned()]);
        assert_eq!((said.code, &*said.stdout), (0, "no findings in 1 package\n"), "{name}");
    }
}

#[test]
fn files_that_are_there_are_left_alone() {
    let case = Case::new().file(".gitlab-ci.yml", "mine: true\n").file("README.md", "mine\n");
    case.run(&["init", "--quiet"]).check();
    let (alone, fresh) = (case.tree(), started().tree());
    assert_eq!(alone[".gitlab-ci.yml"], b"mine: true\n");
    assert_eq!(alone.len(), fresh.len() + 1, "{:?}", alone.keys());
}
