//! The integration tests: one binary, a module per subject.
#![allow(clippy::disallowed_methods, reason = "tests prepare files and start the binary")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a helper that fails is a test that fails")]

mod architecture;
mod cases;
mod command_line;
mod diff;
mod docs;
mod dolphinscheduler;
mod explain;
mod fixes;
mod garbage;
mod impact;
mod kill;
mod kube;
mod kubernetes_schemas;
mod merge;
mod mistakes;
mod output;
mod publish;
mod reports;
mod rules;
mod schema;
mod shard;
mod starting;
mod support;
mod template;
mod touched;
mod transforms;
mod verdicts;
mod workspace;
mod yaml;
