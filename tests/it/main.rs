//! The integration tests: one binary, a module per subject.

mod schema;
mod yaml;
