//! The documents that are generated from the tool, and those that show what it prints. `UPDATE_DOCS=1` refreshes them.

use crate::support::{Case, tree};
use std::{
    collections::BTreeSet,
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn podwright(folder: &Path, args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_podwright"))
        .args(args)
        .current_dir(folder)
        .env_clear()
        .env("COLUMNS", "100")
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// Compares a document with what it should be, or writes it.
#[track_caller]
fn expect(path: &str, wanted: &str) {
    let file = root().join(path);
    let have = fs::read_to_string(&file).unwrap_or_default();
    if have == wanted {
        return;
    }
    assert!(env::var_os("UPDATE_DOCS").is_some(), "{path} is stale: run `UPDATE_DOCS=1 cargo test docs`");
    fs::write(file, wanted).unwrap();
}

#[test]
fn the_command_line_is_documented() {
    let mut text = String::from(
        "# Command line\n\n<!-- Generated from the tool's help: UPDATE_DOCS=1 cargo test docs -->\n\n\
         Exit codes are the same in every output format: 0 clean, 1 findings at error level (or at warn level with `--deny warnings`), 2 bad\n\
         arguments, no workspace, or something in the way of what is to be written, 3 the tool, the disk or Git failed. A report without a file owns\n\
         standard output and is whole even when reading failed (arguments that cannot be understood have no report); everything else goes to\n\
         standard error. The JSON report is described by\n\
         [schemas/report.schema.json](../schemas/report.schema.json). Colours obey `NO_COLOR`, `CLICOLOR`, `CLICOLOR_FORCE` and `--color`.\n\n",
    );
    text.push_str(&format!("```text\n{}```\n", podwright(&root(), &["--help"])));
    for command in [
        "check",
        "render",
        "diff",
        "publish",
        "history",
        "rollback",
        "list",
        "values",
        "explain",
        "rule",
        "init",
        "package init",
        "package check",
        "schema export",
        "schema import",
        "validate",
        "completions",
    ] {
        let args: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        let help = podwright(&root(), &args);
        text.push_str(&format!("\n## podwright {command}\n\n```text\n{help}```\n"));
    }
    expect("docs/cli.md", &text);
}

#[test]
fn environment_yaml_is_documented() {
    let schema: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(root().join("schemas/environment.schema.json")).unwrap())
            .unwrap();
    let mut rows = String::from("| key | meaning | example |\n|---|---|---|\n");
    describe(&schema, &schema, "", &mut rows);
    let have = fs::read_to_string(root().join("docs/environments.md")).unwrap();
    let wanted = section(&have, "<!-- generated from schemas/environment.schema.json", &rows);
    expect("docs/environments.md", &wanted);
}

/// Puts `body` between the marker that starts so and the next `<!-- end -->`.
fn section(text: &str, marker: &str, body: &str) -> String {
    let start = text.find(marker).unwrap();
    let start = start + text[start..].find('\n').unwrap() + 1;
    let end = start + text[start..].find("<!-- end -->").unwrap();
    format!("{}\n{body}\n{}", &text[..start], &text[end..])
}

fn describe(whole: &serde_json::Value, schema: &serde_json::Value, route: &str, rows: &mut String) {
    let resolved = |node: &serde_json::Value| match node["$ref"].as_str() {
        Some(reference) => whole.pointer(&reference[1..]).unwrap().clone(),
        None => node.clone(),
    };
    let nested = [("", "properties")];
    for (_, group) in nested {
        for (key, node) in schema[group].as_object().into_iter().flatten() {
            let inner = resolved(node);
            let route = if route.is_empty() { key.clone() } else { format!("{route}.{key}") };
            let text = node["description"].as_str().or(inner["description"].as_str()).unwrap_or("");
            let example = node["examples"][0].as_str().map(str::to_owned);
            let example =
                example.or_else(|| node["examples"].get(0).map(ToString::to_string)).unwrap_or_default();
            let example = if example.is_empty() { example } else { format!("`{example}`") };
            rows.push_str(&format!("| `{route}` | {text} | {example} |\n"));
            describe(whole, &inner, &route, rows);
            // Of several forms, the maps have keys of their own.
            inner["anyOf"].as_array().into_iter().flatten().for_each(|n| describe(whole, n, &route, rows));
            if inner["additionalProperties"].is_object() {
                let inner = resolved(&inner["additionalProperties"]);
                describe(whole, &inner, &format!("{route}.NAME"), rows);
            }
        }
    }
}

/// The codes that the sources name, test code left out.
fn codes() -> BTreeSet<String> {
    let mut codes: BTreeSet<String> = BTreeSet::new();
    for (path, text) in tree(&root().join("src")) {
        let text = String::from_utf8(text).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap();
        let area = [
            "yaml-",
            "schema-",
            "template-",
            "package-",
            "manifest-",
            "rendered-",
            "workspace-",
            "file-",
            "environment-",
            "values-",
            "tool-",
            "rule-",
            "improvement-",
            "image-",
            "patch-",
            "manifests-",
            "definition-",
            "kube-",
            "component-",
            "mesh-",
            "monitoring-",
            "url-",
            "no-",
            "argocd-",
            "suppression-",
            "publish-",
        ];
        if !path.ends_with(".rs")
            || path.ends_with("tests.rs")
            || path.starts_with("cli/")
            || path.starts_with("report/")
            // Rules have pages of their own.
            || (path.starts_with("rules/") && path != "rules/suppress.rs")
            // What an API server would say are rules; words of Kubernetes look like codes.
            || path.starts_with("kube/")
        {
            continue;
        }
        for word in code.split('"').skip(1).step_by(2) {
            let kebab = word.contains('-') && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
            if kebab && area.iter().any(|a| word.starts_with(a)) && !word.ends_with('-') {
                codes.insert(word.to_owned());
            }
        }
    }
    codes.retain(|code| podwright::rules::find(code).is_none());
    codes
}

#[test]
fn every_finding_is_documented_and_no_other() {
    let text = fs::read_to_string(root().join("docs/findings.md")).unwrap();
    let documented: BTreeSet<String> = text
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|line| line.split('`').next())
        .map(str::to_owned)
        .collect();
    assert_eq!(codes(), documented);
}

/// Each `<!-- screen: FILE | s/FROM/TO/ -->` is followed by a console block: what `check` prints after that edit.
#[test]
fn pages_show_what_the_tool_prints() {
    for page in ["README.md", "docs/validation.md"] {
        let text = fs::read_to_string(root().join(page)).unwrap();
        assert!(text.contains("<!-- screen: "), "{page}");
        expect(page, &screens(&text));
    }
}

/// A page with its screens as they are now.
fn screens(page: &str) -> String {
    let mut wanted = page.to_owned();
    for part in page.split("<!-- screen: ").skip(1) {
        let (edit, rest) = part.split_once(" -->").unwrap();
        let (file, edit) = edit.split_once(" | ").unwrap();
        let block = rest.split_once("```console\n").unwrap().1.split_once("```").unwrap().0;
        let folder = tempfile::tempdir().unwrap();
        for name in ["environments", "packages"] {
            for (path, bytes) in tree(&root().join(name)) {
                let to = folder.path().join(name).join(path);
                fs::create_dir_all(to.parent().unwrap()).unwrap();
                fs::write(to, bytes).unwrap();
            }
        }
        let values = folder.path().join("environments").join(file);
        let text = fs::read_to_string(&values).unwrap();
        let [_, from, to, _] = edit.split('/').collect::<Vec<_>>()[..] else { panic!("{edit}") };
        let from = from.trim_end_matches(".*");
        let line = text.lines().find(|l| l.trim_start().starts_with(from)).unwrap();
        let indent = &line[..line.len() - line.trim_start().len()];
        fs::write(&values, text.replacen(line, &format!("{indent}{to}"), 1)).unwrap();
        let said = format!("$ podwright check\n{}", podwright(folder.path(), &["check"]));
        wanted = wanted.replace(block, &said);
    }
    wanted
}

/// Each block of docs/patches.md is what a component of a package may say, and is fine.
#[test]
fn the_patches_that_are_shown_work() {
    let text = fs::read_to_string(root().join("docs/patches.md")).unwrap();
    let blocks: Vec<&str> =
        text.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(blocks.len() > 3);
    for block in blocks {
        let folder = tempfile::tempdir().unwrap();
        let dev = folder.path().join("environments/dev");
        fs::create_dir_all(&dev).unwrap();
        let block: String = block.lines().map(|line| format!("    {line}\n")).collect();
        let head = "namespace: ds-dev\nrules: { \"*\": allow }\ncomponents:\n  ds:\n    package: dolphinscheduler\n    version: 1.3.9\n";
        fs::write(dev.join("environment.yaml"), format!("{head}{block}")).unwrap();
        fs::write(dev.join("ds.yaml"), "image: { tag: 1.3.9 }\npostgresql: { existingSecret: pg }\n")
            .unwrap();
        assert_eq!(podwright(folder.path(), &["check"]), "no findings in 1 environment\n", "{block}");
    }
}

/// docs/diff.md names every impact, the worst first, as the command line and the schema of the report do.
#[test]
fn the_impacts_of_a_change_are_documented() {
    let names: Vec<&str> = podwright::diff::ImpactKind::names().collect();
    let text = fs::read_to_string(root().join("docs/diff.md")).unwrap();
    let table = text.split("<!-- impacts").nth(1).unwrap();
    let rows: Vec<&str> =
        table.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    assert_eq!(rows, names);
    let schema = fs::read_to_string(root().join("schemas/report.schema.json")).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    let kinds = &schema["$defs"]["diffImpacts"]["items"]["properties"]["kind"]["enum"];
    assert_eq!(kinds, &serde_json::json!(names));
}

/// docs/argocd.md shows manifests as they are rendered of the files that it names.
#[test]
fn the_manifests_for_argocd_are_shown_as_they_are_rendered() {
    let text = fs::read_to_string(root().join("docs/argocd.md")).unwrap();
    let blocks: Vec<&str> =
        text.split("```yaml\n").skip(1).filter_map(|rest| rest.split_once("```").map(|(b, _)| b)).collect();
    let case = Case::new();
    case.lay(&root().join("tests/cases/packages"), "packages");
    for (path, body) in blocks.iter().filter_map(|b| b.strip_prefix("# file: ")?.split_once('\n')) {
        case.write(path, body);
    }
    case.said(&["render".to_owned()]);
    let mut wanted = text.clone();
    let mut shown = 0;
    for block in blocks.iter().filter(|b| b.starts_with("# rendered/")) {
        let path = block.lines().next().unwrap().trim_start_matches("# ");
        let body = fs::read_to_string(case.path(path)).unwrap();
        wanted = wanted.replace(block, &format!("# {path}\n{}", body.trim_start_matches("---\n")));
        shown += 1;
    }
    assert_eq!(shown, 5);
    expect("docs/argocd.md", &wanted);
}
