//! Packages as people write them: docs/packages.md, whose packages are rendered and whose messages must be the tool's,
//! and packages of a workspace, through the binary.
//!
//! In the page a fenced block whose first line is `# file: PATH` is written to a workspace; a `console` block runs each
//! line that starts with `$ podwright`, and holds what it says. `UPDATE_CASES=1 cargo test` writes that.

use super::Small;
use crate::support::{Case, difference, page::filled, tree};
use std::{fs, path::Path};

fn page() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/packages.md")
}

#[test]
fn the_page_shows_what_the_tool_says() {
    let text = fs::read_to_string(page()).unwrap();
    let got = filled(&text);
    if std::env::var_os("UPDATE_CASES").is_some() {
        fs::write(page(), &got).unwrap();
    }
    let want = fs::read_to_string(page()).unwrap();
    assert!(want == got, "{}", difference("docs/packages.md", &want, &got));
}

#[test]
fn every_trap_of_the_page_is_told_as_it_says() {
    let text = fs::read_to_string(page()).unwrap();
    let traps = text.split("### Traps").nth(1).unwrap().split("\n## ").next().unwrap();
    let mut seen = 0;
    for row in traps.lines().filter(|l| l.starts_with("| `")) {
        let row = row.replace("\\|", "\u{1}");
        let cells: Vec<String> = row.split('|').map(|c| c.trim().replace('\u{1}', "|")).collect();
        let template = cells[1].trim_matches('`').to_owned();
        let use_all = "${{ when false and [values.name, values.count] }}:\n".to_owned();
        let small = Small {
            files: vec![
                ("templates/_f.yaml".to_owned(), "x: 1\n".to_owned()),
                ("templates/a.yaml".to_owned(), format!("{template}\n")),
                ("templates/b.yaml".to_owned(), format!("{use_all}f: ${{{{ fragment(\"f\") }}}}\n")),
            ],
            values: "name: web\ncount: 3\n".to_owned(),
            ..Small::default()
        };
        let found = small.make().findings;
        assert_eq!(found.len(), 1, "{template}: {found:?}");
        let told = found[0].lines().next().unwrap().split_once(' ').unwrap().1;
        let help = told.strip_prefix(&*cells[2]).unwrap_or_else(|| panic!("{template}: {told}"));
        assert!(help.is_empty() || help.starts_with(" | "), "{template}: {told}");
        assert!(found[0].starts_with("templates/a.yaml:1:"), "{template}: {found:?}");
        seen += 1;
    }
    assert!(seen >= 12, "{seen}");
}

/// The example of the page as a workspace.
fn workspace() -> Case {
    let text = fs::read_to_string(page()).unwrap();
    let mut case = Case::new();
    for block in
        text.split("```").filter_map(|b| b.split_once("\n# file: ").or_else(|| b.split_once("# file: ")))
    {
        let (path, body) = block.1.split_once('\n').unwrap();
        if !path.ends_with("templates/service.yaml") {
            case = case.file(path, body);
        }
    }
    case
}

#[test]
fn a_workspace_s_package_renders_and_faults_like_an_embedded_one() {
    let case = workspace();
    let args = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let said = case.said(&args("render"));
    assert_eq!(said.code, 0, "{said:?}");
    assert!(case.tree().contains_key("rendered/dev/shop/deployment-shop.yaml"), "{:?}", case.tree().keys());
    assert_eq!(case.said(&args("render --check")).code, 0);
    // The values are judged by the package's own schema.
    let case = case.file("environments/dev/shop.yaml", "replica: 3\ningress: {enabled: true}\n");
    let said = case.said(&args("check"));
    assert_eq!(said.code, 1);
    assert!(said.stdout.contains("environments/dev/shop.yaml:1:1"), "{}", said.stdout);
    assert!(said.stdout.contains("did you mean `replicas`?"), "{}", said.stdout);
    assert!(said.stdout.contains("an ingress needs its host"), "{}", said.stdout);
    // What only an environment can show is told at the template's line, with the values that were read.
    let case =
        case.file("environments/dev/shop.yaml", "settings: {logLevel: null}\nsites: [{name: a, root: b}]\n");
    let case = case.file("packages/web/1.0.0/files/sites.conf", "${{ values.sites[1].name }}\n");
    let said = case.said(&args("check"));
    assert_eq!(said.code, 1);
    assert!(said.stdout.contains("packages/web/1.0.0/files/sites.conf:1:18"), "{}", said.stdout);
    assert!(said.stdout.contains("environments/dev/shop.yaml:2:"), "{}", said.stdout);
}

#[test]
fn a_workspace_overrides_an_embedded_package() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("packages/dolphinscheduler/1.3.9");
    let environment = "namespace: ds\nrules: {\"*\": allow}\ncomponents: {ds: {package: dolphinscheduler, version: 1.3.9}}\n";
    let mut case = Case::new().file("environments/dev/environment.yaml", environment);
    let args = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let embedded = case.said(&args("render --stdout"));
    for (path, text) in tree(&folder) {
        case = case.file(&format!("packages/dolphinscheduler/1.3.9/{path}"), text);
    }
    assert_eq!(embedded.code, 0, "{}", embedded.stderr);
    assert_eq!(case.said(&args("render --stdout")), embedded);
    let labels = "packages/dolphinscheduler/1.3.9/templates/_labels.yaml";
    let text = fs::read_to_string(folder.join("templates/_labels.yaml")).unwrap();
    let case = case.file(labels, format!("{text}own.example/label: \"1\"\n"));
    let own = case.said(&args("render --stdout"));
    assert_eq!(own.code, 0, "{}", own.stderr);
    assert!(own.stdout.contains("own.example/label: \"1\""));
    let case = case.file(labels, format!("{text}own: ${{{{ values.timezon }}}}\nother: ${{{{ nam }}}}\n"));
    let said = case.said(&args("check"));
    assert_eq!(said.code, 1);
    assert!(said.stdout.contains(&format!("{labels}:6:")), "{}", said.stdout);
    assert!(said.stdout.contains(&format!("{labels}:7:")), "{}", said.stdout);
    assert!(said.stdout.contains("did you mean `timezone`?"), "{}", said.stdout);
}
