//! Finds installations of DolphinScheduler whose tables nobody makes, or several servers at once.

use crate::{
    diag::{Finding, Level},
    rules::{
        Check, Environment, Example, Parameters, Rule,
        objects::scheduler::{Line, Role, Server, servers},
    },
    workspace::{Parameter, RuleLevel, RuleSetting},
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "dolphinscheduler-schema-race",
    summary: "several API servers that make the tables of DolphinScheduler at once, or none that does",
    level: RuleLevel::Report(Level::Warn),
    docs: "Up to version 2.0 only the API server makes the tables in the database, at its start. Several that start on an empty database \
        make them at once, and one of them fails with half of the tables there; without an API server masters and workers wait for \
        tables that nobody makes.\n\n\
        Install with one API server, and raise the replicas when it runs. Then say `schemaExists: true`, and the rule is satisfied.",
    parameters: &[Parameter {
        name: "schemaExists",
        about: "the database has its tables",
        default: RuleSetting::Flag(false),
    }],
    bad: &[
        Example::Values("api:\n  replicas: \"3\" # <-\n"),
        Example::Values("api:\n  replicas: \"0\" # <-\n"),
    ],
    good: &[
        Example::Values("api:\n  replicas: \"1\"\nmaster:\n  replicas: \"5\"\n"),
        Example::Files(&[
            (
                "environments/prod/environment.yaml",
                "namespace: prod\nrules: { dolphinscheduler-schema-race: { schemaExists: true } }\n\
                 components: { dolphinscheduler: { package: dolphinscheduler, version: 1.3.9 } }\n",
            ),
            ("environments/prod/dolphinscheduler.yaml", "api:\n  replicas: \"3\"\n"),
        ]),
    ],
    check: Check::Environment(check),
};

fn check(environment: &Environment<'_, '_>, parameters: &Parameters<'_>) -> Vec<Finding> {
    if parameters.flag("schemaExists") {
        return Vec::new();
    }
    let all: Vec<Server<'_, '_, '_>> =
        environment.components.iter().flat_map(servers).filter(|s| s.line != Line::Three).collect();
    let masters = all.iter().any(|s| s.role == Role::Master && s.workload.count() != Some(0));
    let mut findings = Vec::new();
    for api in all.iter().filter(|s| s.role == Role::Api) {
        let identity = &api.workload.manifest.identity;
        let (message, help) = match api.workload.count() {
            Some(0) if masters => (
                format!("{identity} has no pod, so nobody makes the tables that masters wait for"),
                "run one API server until the tables are there",
            ),
            Some(n) if n > 1 => (
                format!("{n} pods of {identity} make the tables at once when the database is empty"),
                "install with one",
            ),
            _ => continue,
        };
        let Some(replicas) = api.workload.replicas() else { continue };
        findings.push(
            api.subject
                .finding(RULE.code, replicas.by, None, message)
                .help(format!("{help}; where they are there, set `schemaExists: true` of the rule")),
        );
    }
    findings
}
