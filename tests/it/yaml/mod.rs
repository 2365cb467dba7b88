//! Reading and writing YAML.

#![allow(clippy::unwrap_used, clippy::disallowed_methods)]

mod cases;
