//! Every rule by its own examples: a bad one gives exactly its findings, at the lines that say so; a good one gives none. The pages
//! below docs/rules/ are written from the same, with what the tool says of the bad ones.

use crate::support::Case;
use podwright::{
    ops::{self, Progress},
    rules::{self, Example, MARK, Rule},
    workspace::RuleLevel,
};
use rayon::prelude::*;
use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
};

/// What the tool says of an example: the findings of the rule by path and line, and all others that are no rule's.
struct Told {
    found: Vec<(String, u32, String)>,
    faults: Vec<String>,
}

fn told(rule: &Rule, example: &Example) -> Told {
    let mut case = Case::new();
    let files = example.files();
    const ROOT: &str = "environments/environment.yaml";
    if !files.iter().any(|(path, _)| *path == ROOT) {
        let level = if rule.level == RuleLevel::Allow { "warn" } else { rule.level.name() };
        let mine = files.iter().any(|(_, text)| text.lines().any(|l| l.starts_with("rules:")));
        let text = if mine { "{}\n".to_owned() } else { format!("rules: {{ {}: {level} }}\n", rule.code) };
        case = case.file(ROOT, text);
    }
    let case = files.into_iter().fold(case, |case, (path, text)| case.file(path, text));
    let outcome = ops::check(&case.path(""), &[] as &[String], &Progress::default()).unwrap();
    let mut told = Told { found: Vec::new(), faults: Vec::new() };
    for finding in &outcome.findings {
        let place = outcome.sources.position(finding.at);
        let path = outcome.sources.path(finding.at.file).to_owned();
        if finding.code == rule.code {
            told.found.push((path, place.line, finding.message.clone()));
        } else if rules::find(&finding.code).is_none() {
            told.faults.push(format!("{path}:{}: {} [{}]", place.line, finding.message, finding.code));
        }
    }
    told
}

/// The lines of an example that end in the mark.
fn marked(example: &Example) -> BTreeSet<(String, u32)> {
    let mut lines = BTreeSet::new();
    for (path, text) in example.files() {
        for (line, number) in text.lines().zip(1..).filter(|(line, _)| line.trim_end().ends_with(MARK)) {
            assert!(line.len() > MARK.len());
            lines.insert((path.to_owned(), number));
        }
    }
    lines
}

#[test]
fn every_rule_finds_what_is_bad_and_nothing_else() {
    let faults: String = rules::all().par_iter().map(|rule| judge(rule)).collect();
    assert!(faults.is_empty(), "{faults}");
}

fn judge(rule: &Rule) -> String {
    let mut faults = String::new();
    if rule.bad.is_empty() || rule.good.is_empty() {
        faults.push_str(&format!("=== {}: it needs a bad and a good example\n", rule.code));
    }
    let all = rule.bad.iter().map(|e| (e, true)).chain(rule.good.iter().map(|e| (e, false)));
    for (example, bad) in all {
        let told = told(rule, example);
        let want = marked(example);
        let have: BTreeSet<(String, u32)> = told.found.iter().map(|(p, l, _)| (p.clone(), *l)).collect();
        if want == have && told.faults.is_empty() && bad != want.is_empty() && told.found.len() == want.len()
        {
            continue;
        }
        let kind = if bad { "bad" } else { "good" };
        faults.push_str(&format!("=== {}, a {kind} example:\n", rule.code));
        for (path, text) in example.shown() {
            faults.push_str(&format!("# {path}\n{text}"));
        }
        faults.push_str(&format!("marked: {want:?}\nfound: {:#?}\nfaults: {:#?}\n", told.found, told.faults));
    }
    faults
}

#[test]
fn every_rule_has_a_page() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules");
    let update = env::var_os("UPDATE_DOCS").is_some();
    let mut pages: BTreeMap<PathBuf, String> =
        rules::all().par_iter().map(|rule| (folder.join(format!("{}.md", rule.code)), page(rule))).collect();
    pages.insert(folder.join("README.md"), index());
    if update {
        fs::create_dir_all(&folder).unwrap();
    }
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if !pages.contains_key(&path) {
            assert!(update, "{} is the page of no rule", path.display());
            fs::remove_file(path).unwrap();
        }
    }
    for (path, text) in pages {
        let have = fs::read_to_string(&path).unwrap_or_default();
        if have != text {
            assert!(update, "{} is stale: run `UPDATE_DOCS=1 cargo test rules`", path.display());
            fs::write(path, text).unwrap();
        }
    }
}

fn index() -> String {
    let mut text = String::from(
        "# Rules\n\n<!-- Generated from the rules: UPDATE_DOCS=1 cargo test rules -->\n\n\
         What a careful reviewer would say. [environments.md](../environments.md#rules) says how an environment sets their levels and parameters, and\n\
         how a comment allows what one finds at one place; faults, which are no rules, stand in [findings.md](../findings.md).\n",
    );
    for family in rules::FAMILIES {
        text.push_str(&format!(
            "\n## {}\n\n| rule | default | what it finds |\n|---|---|---|\n",
            family.title
        ));
        for rule in family.rules {
            let (code, level) = (rule.code, rule.level.name());
            text.push_str(&format!("| [`{code}`]({code}.md) | {level} | {} |\n", rule.summary));
        }
    }
    text
}

fn page(rule: &Rule) -> String {
    let (code, level) = (rule.code, rule.level.name());
    let mut text = format!(
        "# {code}\n\n<!-- Generated from the rule: UPDATE_DOCS=1 cargo test rules -->\n\nFinds {}. Level: `{level}` by default.\n\n{}\n",
        rule.summary, rule.docs
    );
    if !rule.parameters.is_empty() {
        text.push_str("\n## Parameters\n\n| key | default | what it does |\n|---|---|---|\n");
        for parameter in rule.parameters {
            text.push_str(&format!(
                "| `{}` | `{}` | {} |\n",
                parameter.name, parameter.default, parameter.about
            ));
        }
        text.push_str(&format!("\n```yaml\nrules:\n  {code}:\n    level: {level}\n"));
        for parameter in rule.parameters {
            text.push_str(&format!("    {}: {}\n", parameter.name, parameter.default));
        }
        text.push_str("```\n");
    }
    if !rule.bad.is_empty() {
        text.push_str(&format!("\n## Found\n\nAt the lines that end in `{MARK}`:\n"));
        for example in rule.bad {
            files(example, &mut text);
            text.push_str("\n```text\n");
            for (path, line, message) in told(rule, example).found {
                text.push_str(&format!("{path}:{line}: {message}\n"));
            }
            text.push_str("```\n");
        }
    }
    if !rule.good.is_empty() {
        text.push_str("\n## Fine\n");
        rule.good.iter().for_each(|example| files(example, &mut text));
    }
    text
}

fn files(example: &Example, out: &mut String) {
    for (path, text) in example.shown() {
        out.push_str(&format!("\n```yaml\n# {path}\n{}\n```\n", text.trim_end()));
    }
}
