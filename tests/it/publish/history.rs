//! `history`: the releases that the published commits tell.

use super::Site;

#[test]
fn releases_are_told_newest_first() {
    let site = Site::two();
    assert!(site.run("history a").stdout.contains("never published"));
    let first = site.git(&["rev-parse", "HEAD"]);
    site.ok("publish");
    let second = site.commit("more", &[("environments/a/web.yaml", "replicas: 3\nimage: { tag: 1.0.1 }\n")]);
    site.ok("publish");
    // One of another environment is none of this one.
    site.commit("other", &[("environments/b/web.yaml", "replicas: 2\n")]);
    site.ok("publish");
    let said = site.run("history --report json");
    assert_eq!(said.code, 0);
    let report: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    let releases = |n: usize| report["history"][n]["releases"].as_array().unwrap();
    assert_eq!((releases(0).len(), releases(1).len()), (2, 2));
    let now = &releases(0)[0];
    assert_eq!(now["source"], second);
    assert_eq!(now["author"], "Mei Lin <mei@abc.com>");
    assert_eq!(now["images"], serde_json::json!(["harbor.abc.com/web:1.0.1"]));
    assert_eq!(now["replicas"], serde_json::json!(["Deployment/web 3"]));
    assert_eq!(now["changes"], serde_json::json!({"added": 0, "changed": 1, "removed": 0}));
    let old = &releases(0)[1];
    assert_eq!((&old["source"], &old["images"][0]), (&first.into(), &"harbor.abc.com/web:1.0.0".into()));
    assert_eq!(old["changes"]["added"], 2);
    assert_eq!(site.run("history a --limit 1").stdout.matches("Mei Lin").count(), 1);
    let text = site.run("history a").stdout;
    let line = "changed: Deployment/web 1 -> 3, - harbor.abc.com/web:1.0.0, + harbor.abc.com/web:1.0.1\n";
    assert!(text.contains(line), "{text}");
}

/// Who wants to go back may well do so because of a package that is at fault now.
#[test]
fn a_package_at_fault_hinders_nobody() {
    let site = Site::two();
    site.ok("publish");
    site.commit("more", &[("environments/a/web.yaml", "replicas: 3\n")]);
    site.ok("publish");
    site.commit("broken", &[("packages/web/1.0.0/package.yaml", "name: [\n")]);
    assert_eq!(site.run("check").code, 1);
    let said = site.run("history a");
    assert_eq!((said.code, said.stdout.matches("Mei Lin").count()), (0, 2));
    site.ok("rollback a --dry-run");
}

#[test]
fn it_asks_for_somewhere_to_look() {
    let site = Site::new(&[
        ("environments/environment.yaml", "components: { web: { package: web, version: 1.0.0 } }\n"),
        ("environments/a/environment.yaml", "namespace: a\n"),
    ]);
    for line in ["history", "history a", "rollback a"] {
        assert!(site.fails(line, 2).contains("publish: { branch: rendered }"), "{line}");
    }
}

/// Every shape of the three reports is the one that is described.
#[test]
fn the_reports_are_as_their_schema_says() {
    let schema = include_str!("../../../schemas/report.schema.json");
    let schema = serde_json::from_str(schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let site = Site::two();
    let holds = |line: &str| {
        let said = site.run(&format!("{line} --report json"));
        let report: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
        let faults: Vec<String> = validator.iter_errors(&report).map(|e| e.to_string()).collect();
        assert!(faults.is_empty(), "{line}: {faults:?}\n{report}");
        report
    };
    assert_eq!(holds("publish --dry-run")["published"][0]["state"], "built");
    assert_eq!(holds("publish")["published"][0]["state"], "pushed");
    assert_eq!(holds("publish")["published"][0]["state"], "unchanged");
    site.commit("more", &[("environments/a/web.yaml", "replicas: 2\n")]);
    holds("publish");
    assert_eq!(holds("history")["history"][0]["releases"][0]["changes"]["changed"], 1);
    assert_eq!(holds("rollback a")["rollback"]["files"][0]["change"], "M");
    site.commit("gone", &[("environments/b", "-")]);
    holds("publish");
    holds("history");
}
