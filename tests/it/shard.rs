//! `--shard K/N`: the shards together are the whole, and none speaks or acts for another.

use crate::support::Case;
use std::collections::{BTreeMap, BTreeSet};

const SHARDS: [&str; 4] = ["1/4", "2/4", "3/4", "4/4"];

/// What is at fault: each has the faults of those before it.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
enum Fault {
    None,
    Values,
    Environment,
}

/// Eleven environments of a small package that one Argo CD reads, some of them with faults.
fn workspace(fault: Fault) -> Case {
    let shared = "components: { web: { package: web, version: 0.1.0 } }\n\
                  argocd: { repoURL: 'https://git.abc.com/e.git', targetRevision: main, root: {} }\n";
    let mut case = Case::new().file("environments/environment.yaml", shared);
    for n in 0..11 {
        case = case
            .file(&format!("environments/site-{n}/environment.yaml"), format!("namespace: site-{n}\n"))
            .file(&format!("environments/site-{n}/web.yaml"), format!("replicas: {n}\n"));
    }
    case.run(&["package", "init", "web", "--quiet"]).check();
    if fault >= Fault::Values {
        case = case
            .file("environments/site-3/web.yaml", "replica: 1\n")
            .file("environments/site-7/web.yaml", "replicas: [\n");
    }
    if fault == Fault::Environment {
        case = case.file("environments/site-8/environment.yaml", "namespac: site-8\n");
    }
    case
}

fn args(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

/// The findings and the count of environments of a run.
fn report(case: &Case, line: &str) -> (Vec<String>, u64) {
    let said = case.said(&args(&format!("{line} --report json")));
    let report: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap().iter().map(ToString::to_string).collect();
    (findings, report["summary"]["environments"].as_u64().unwrap())
}

fn rendered(case: &Case) -> BTreeMap<String, Vec<u8>> {
    let mut files = case.tree();
    files.retain(|path, _| path.starts_with("rendered/"));
    files
}

#[test]
fn the_sum_of_four_shards_is_the_whole_byte_for_byte() {
    for fault in [Fault::None, Fault::Values, Fault::Environment] {
        let workspace = || workspace(fault);
        let whole = workspace();
        whole.said(&args("render"));
        let whole = rendered(&whole);
        // The root Application is settled by the files environment.yaml alone.
        assert_eq!(whole.keys().any(|path| path.contains("/_root/")), fault < Fault::Environment);
        let (together, mut sum) = (workspace(), BTreeMap::new());
        for shard in SHARDS {
            // On a machine of its own, and one after the other in one folder.
            let alone = workspace();
            alone.said(&args(&format!("render --shard {shard}")));
            for (path, bytes) in rendered(&alone) {
                let twice = sum.insert(path.clone(), bytes).is_some();
                assert!(!twice || path == "rendered/.gitattributes", "{path} is of two shards");
            }
            together.said(&args(&format!("render --shard {shard}")));
        }
        assert!(whole.len() > 20 && whole == sum, "{:?} {:?}", whole.keys(), sum.keys());
        assert!(whole == rendered(&together));
    }
}

#[test]
fn the_findings_of_four_shards_are_those_of_the_whole() {
    let case = workspace(Fault::Environment)
        .file("environments/none.yaml", "replicas: 1\n")
        .file("environments/links.yml", "a: 1\n")
        .file("environments/nowhere/web.yml", "a: 1\n")
        .file("rendered/.gitattributes", podwright::output::GIT_ATTRIBUTES)
        .file("rendered/gone/SHA256SUMS", "")
        .file("rendered/stray.yaml", "a: 1\n");
    for verb in ["check", "render --check", "check site-*", "render --check site-1 site-3 site-7"] {
        let (whole, environments) = report(&case, verb);
        let (mut sum, mut counted) = (BTreeSet::new(), 0);
        for shard in SHARDS {
            let (findings, environments) = report(&case, &format!("{verb} --shard {shard}"));
            sum.extend(findings);
            counted += environments;
        }
        assert_eq!(sum, whole.into_iter().collect(), "{verb}");
        assert_eq!(counted, environments, "{verb}");
    }
}

#[test]
fn a_shard_never_prunes() {
    let case = workspace(Fault::None);
    assert_eq!(case.said(&args("render")).code, 0);
    case.remove("environments/site-4");
    let before = rendered(&case);
    for shard in SHARDS {
        assert_eq!(case.said(&args(&format!("render --shard {shard}"))).code, 0);
    }
    assert!(before == rendered(&case));
    // The first one tells that it is gone; a render of everything removes it.
    let codes = SHARDS.map(|shard| case.said(&args(&format!("render --check --shard {shard}"))).code);
    assert_eq!(codes, [1, 0, 0, 0]);
    assert_eq!(case.said(&args("render")).code, 0);
    assert!(!rendered(&case).keys().any(|path| path.contains("site-4")));
}
