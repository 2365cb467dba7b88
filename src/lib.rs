//! Podwright compiles environments: per-environment values files in, validated plain Kubernetes manifests out.
//!
//! The modules are floors; a module uses only floors below its own (a test enforces it):
//!
//! ```text
//! floor 9  cli          arguments, terminal, exit code: one file per command
//! floor 8  ops          the verbs: check, render, list, values; no argument parser, no printing
//! floor 7  output, report, git   effects and presentation
//! floor 6  rules, transform, own, argocd, diff   what is checked, changed, added and compared
//! floor 5  package      templates + defaults + schema of one system at one version
//! floor 5  kube         what a Kubernetes API server would say about an object
//! floor 4  workspace, template, manifest
//! floor 3  schema, field
//! floor 2  values       the merged tree and who set what
//! floor 1  yaml         text <-> tree with spans; canonical emission
//! floor 1  secret       what looks like a secret where no schema says so
//! floor 0  source, diag, error
//! ```

pub mod argocd;
pub mod cli;
pub mod diag;
pub mod diff;
pub mod error;
pub mod field;
pub mod git;
pub mod kube;
pub mod manifest;
pub mod ops;
pub mod output;
pub mod own;
pub mod package;
pub mod report;
pub mod rules;
pub mod schema;
pub mod secret;
pub mod source;
pub mod template;
pub mod transform;
pub mod values;
pub mod workspace;
pub mod yaml;
