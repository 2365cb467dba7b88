//! Podwright compiles environments: per-environment values files in, validated plain Kubernetes manifests out.
//!
//! The modules are floors; a module uses only floors below its own (a test enforces it):
//!
//! ```text
//! floor 9  cli          arguments, terminal, exit code: one file per command
//! floor 8  ops          the verbs: check, render, list, values; no argument parser, no printing
//! floor 7  output, report   effects and presentation
//! floor 6  rules        one check a file
//! floor 5  package      templates + defaults + schema of one system at one version
//! floor 4  workspace, template, manifest
//! floor 3  schema       what merged values must look like
//! floor 2  values, field
//! floor 1  yaml         text <-> tree with spans; canonical emission
//! floor 0  source, diag, error
//! ```

pub mod diag;
pub mod error;
pub mod field;
pub mod schema;
pub mod source;
pub mod template;
pub mod values;
pub mod yaml;
