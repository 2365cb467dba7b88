//! Podwright compiles environments: per-environment values files in, validated plain Kubernetes manifests out.
//!
//! The modules are floors; a module uses only floors below its own (a test enforces it):
//!
//! ```text
//! floor 8  cli          arguments, terminal, exit code: one file per command
//! floor 7  ops          the verbs: check, render, list, values; no argument parser, no printing
//! floor 6  output, report   effects and presentation
//! floor 5  rules        one check a file
//! floor 4  package      templates + defaults + schema of one system at one version
//! floor 3  workspace, template, manifest
//! floor 2  values, schema, field
//! floor 1  yaml         text <-> tree with spans; canonical emission
//! floor 0  source, diag, error
//! ```

pub mod cli;
pub mod diag;
pub mod error;
pub mod ops;
pub mod report;
pub mod source;
pub mod yaml;
