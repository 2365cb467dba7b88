//! The examples of a rule: what it finds and what it does not. They are its tests and stand in its page, so they hold what a user
//! would write and nothing else.

/// Ends the lines that a rule finds, in examples.
pub const MARK: &str = "# <-";

/// What a user wrote.
#[derive(Debug, Clone, Copy)]
pub enum Example {
    /// Plain manifests of a component.
    Manifests(&'static str),
    /// The values of a component of the package `dolphinscheduler`.
    Values(&'static str),
    /// The environment.yaml of an environment; `namespace` and `components` are added where they are not there.
    Environment(&'static str),
    /// Files by their paths in the workspace.
    Files(&'static [(&'static str, &'static str)]),
}

/// The environment of examples that are about one.
const ENVIRONMENT: &str = "environments/dev/environment.yaml";

impl Example {
    /// The files that it shows.
    pub fn shown(&self) -> Vec<(&'static str, &'static str)> {
        match self {
            Self::Manifests(text) => vec![("environments/dev/manifests/objects.yaml", *text)],
            Self::Values(text) => vec![("environments/dev/dolphinscheduler.yaml", *text)],
            Self::Environment(text) => vec![(ENVIRONMENT, *text)],
            Self::Files(files) => files.to_vec(),
        }
    }

    /// All files of a workspace that holds it, by path. Its package `app` renders nothing.
    pub fn files(&self) -> Vec<(&'static str, String)> {
        let mut files: Vec<(&'static str, String)> =
            self.shown().into_iter().map(|(path, text)| (path, text.to_owned())).collect();
        let scheduler = "components: { dolphinscheduler: { package: dolphinscheduler, version: 1.3.9 } }\n";
        match self {
            Self::Manifests(_) => files.push((
                ENVIRONMENT,
                "namespace: dev\n\
                 components: { app: { package: app, version: 1.0.0, manifests: [manifests/objects.yaml] } }\n"
                    .to_owned(),
            )),
            Self::Values(_) => files.push((ENVIRONMENT, format!("namespace: dev\n{scheduler}"))),
            Self::Environment(text) => {
                let has = |key: &str| text.lines().any(|line| line.starts_with(key));
                let mut whole = (*text).to_owned();
                if !has("namespace:") {
                    whole.push_str("namespace: dev\n");
                }
                if !has("components:") {
                    whole.push_str(scheduler);
                }
                files = vec![(ENVIRONMENT, whole)];
            }
            Self::Files(_) => {}
        }
        for (path, text) in APP {
            files.push((path, (*text).to_owned()));
        }
        files
    }
}

/// A package that renders nothing, for examples that are about plain manifests.
const APP: &[(&str, &str)] = &[
    (
        "packages/app/1.0.0/package.yaml",
        "name: app\nversion: 1.0.0\nappVersion: \"1\"\ndescription: Plain manifests.\ninterface: 1\n",
    ),
    ("packages/app/1.0.0/values.yaml", "{}\n"),
    ("packages/app/1.0.0/values.schema.json", "{\"type\": \"object\", \"additionalProperties\": false}\n"),
];
