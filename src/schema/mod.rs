//! JSON Schemas: what the merged values must look like, and what the schemas say of them.
//!
//! A schema is JSON Schema 2020-12 in one document (`$ref` leads to its own `$defs`), compiled once. Valid values
//! cost one pass of the validator; only violations are explained. Patterns run in linear time, so they know no
//! look-around and no back references. Besides the standard's keywords, a schema may say how its findings read:
//!
//! | annotation | on | means |
//! |---|---|---|
//! | `x-podwright-expected` | any schema | words for what is expected: "a quantity such as 500m or 8Gi" |
//! | `x-podwright-missing` | a property | headline when it is required and is not there, is empty, or is what its `not` refuses |
//! | `x-podwright-unknown` | a map | headline for keys that the map does not know |
//! | `x-podwright-at-most` | a property | the key beside it whose number it must not be above |
//!
//! In headlines `{key}`, `{parent}` and `{route}` stand for the key, the key of its map, and its route. `writeOnly`
//! marks a value, with all that is in it, as a secret that is never shown.
//!
//! What values are merged from is for `values`; what they mean beyond their shape, for rules.

mod condition;
mod describe;
mod document;
mod explain;
mod instance;
mod keys;
mod mend;
mod order;
mod outline;
mod secret;
mod violation;
mod words;

pub use describe::Doc;
pub use outline::Part;

use crate::diag::Finding;
use crate::source::{FileId, Span};
use crate::values::{Id, Route, Values};
use document::Document;
use explain::Explainer;
use instance::{Merged, View};
use order::Order;
use secret::Secrets;
use std::{slice, sync::OnceLock};
use violation::Collector;

/// A key that the schema does not know.
pub const UNKNOWN: &str = "schema-unknown-key";
/// A key whose name is not allowed where keys are free.
pub const KEY: &str = "schema-key";
/// A value of the wrong kind.
pub const TYPE: &str = "schema-type";
/// A value of the right kind that is not allowed.
pub const VALUE: &str = "schema-value";
/// A value that is required, also under a condition, and is not there or is empty.
pub const MISSING: &str = "schema-missing";
/// A schema that cannot be used.
pub const INVALID: &str = "schema-invalid";

/// Every code of this module, with what it says.
pub const CODES: &[(&str, &str)] = &[
    (UNKNOWN, "a key that the schema does not know"),
    (KEY, "a key whose name is not allowed where keys are free"),
    (TYPE, "a value of the wrong kind"),
    (VALUE, "a value of the right kind that is not allowed"),
    (MISSING, "a value that is required and is not there or is empty"),
    (INVALID, "a schema that cannot be used"),
];

/// What the validator calls a document; nothing is ever fetched.
const ADDRESS: &str = "json-schema:///document";

fn unusable(error: &jsonschema::ValidationError<'_>) -> String {
    format!("the schema cannot be used: {error}")
}

/// A compiled schema.
#[derive(Debug)]
pub struct Schema {
    document: Document,
    validator: jsonschema::Validator<Merged>,
    /// The marks of secrets, found when first asked for.
    secrets: OnceLock<Option<Secrets>>,
    /// The numbers that must not be above others, found when first asked for.
    order: OnceLock<Order>,
}

impl Schema {
    /// Compiles the text of a schema.
    ///
    /// # Errors
    /// The text is not JSON, or is no schema: a finding of its line.
    #[expect(clippy::result_large_err, reason = "once for each schema; a finding is what callers collect")]
    pub fn compile(file: FileId, text: &str) -> Result<Self, Finding> {
        let root = serde_json::from_str(text).map_err(|error| {
            let line_start = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len);
            let mut at = (line_start.sum::<usize>() + error.column().saturating_sub(1)).min(text.len());
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            Finding::error(INVALID, Span::new(file, at, at), format!("the schema is not JSON: {error}"))
        })?;
        let document = Document::new(file, text, root);
        match Self::build(&document) {
            Ok(validator) => {
                Ok(Self { document, validator, secrets: OnceLock::new(), order: OnceLock::new() })
            }
            Err(error) => {
                let unusable = || Finding::error(INVALID, Span::whole(file), unusable(&error));
                Err(document.verify().unwrap_or_else(unusable))
            }
        }
    }

    /// Builds through a schema that only refers to the document: so the document itself is not judged by the schema
    /// of schemas, which takes longer than all the rest. [`Schema::verify`] does that when it is asked.
    fn build(
        document: &Document,
    ) -> Result<jsonschema::Validator<Merged>, jsonschema::ValidationError<'static>> {
        let draft = jsonschema::Draft::Draft202012;
        let registry = jsonschema::Registry::new().draft(draft).add(ADDRESS, &document.root)?.prepare()?;
        jsonschema::options_for::<Merged>()
            .with_draft(jsonschema::Draft::Draft6)
            .with_registry(&registry)
            .with_pattern_options(jsonschema::PatternOptions::regex())
            .should_validate_formats(true)
            .should_ignore_unknown_formats(false)
            .offline()
            .build(&serde_json::json!({ "$ref": ADDRESS }))
    }

    /// The file that the schema stands in.
    pub fn file(&self) -> FileId {
        self.document.file
    }

    /// Judges the schema itself by the schema of schemas, which [`Schema::compile`] does only when it fails: for
    /// those who write packages.
    pub fn verify(&self) -> Option<Finding> {
        self.document.verify()
    }

    /// What is wrong with the values below `root`; `missing` is where to point when no layer is to blame.
    pub fn check(&self, values: &Values<'_>, root: Id, missing: Span) -> Vec<Finding> {
        let view = View::root(values, root);
        let order = self.order.get_or_init(|| Order::of(&self.document));
        let ordered = order.check(&self.document, values, root, missing);
        if self.validator.is_valid(view) {
            return ordered;
        }
        let mut collector = Collector { document: &self.document, values, root, found: Vec::new() };
        for error in self.validator.iter_errors(view) {
            collector.take(&error);
        }
        let explainer = Explainer { document: &self.document, values, root, missing };
        let mut findings: Vec<Finding> = collector.finish().iter().map(|v| explainer.explain(v)).collect();
        // What is wrong by itself need not be compared.
        let alone = |one: &Finding| !findings.iter().any(|f| f.at == one.at);
        let ordered: Vec<Finding> = ordered.into_iter().filter(alone).collect();
        findings.extend(ordered);
        findings.sort_by_key(|f| f.at);
        // An alias brings one value to several places: where the same is wrong with it, the first is told.
        let wrong = |f: &Finding| f.message.split_once("` ").map(|(_, wrong)| wrong.to_owned());
        findings.dedup_by(|later, first| {
            let again =
                later.at == first.at && later.code == first.code && later.sensitive == first.sensitive;
            again && matches!(&*later.code, VALUE | TYPE) && wrong(later) == wrong(first)
        });
        findings
    }

    /// Whether the schema marks a value below `root`, or something that it is in, as a secret.
    pub fn sensitive(&self, values: &Values<'_>, root: Id, id: Id) -> bool {
        if let Some(secrets) = self.secrets.get_or_init(|| Secrets::of(&self.document)) {
            return secrets.marks(values, root, id);
        }
        let above = values.route(root).0.len();
        let route = values.route(id);
        self.document.at(route.0.get(above..).unwrap_or(&[])).1
    }

    /// The types that the schema gives for the value at `id`, in its words: `integer`. None where it leaves them open.
    pub fn types(&self, values: &Values<'_>, root: Id, id: Id) -> Vec<&str> {
        let (above, route) = (values.route(root), values.route(id));
        let Some(below) = route.0.strip_prefix(above.0.as_slice()) else { return Vec::new() };
        let given = self.document.at(below).0.into_iter().filter_map(|schema| schema.get("type"));
        let each = given.flat_map(|types| types.as_array().map_or(slice::from_ref(types), Vec::as_slice));
        each.filter_map(|one| one.as_str()).collect()
    }

    /// Whether the schema marks the value at `id`, what it is in, or something in it, as a secret.
    pub fn holds_secret(&self, values: &Values<'_>, root: Id, id: Id) -> bool {
        let above = values.route(root).0.len();
        let route = values.route(id);
        let secrets = self.secrets.get_or_init(|| Secrets::of(&self.document));
        // Of marks that cannot be followed, any may be there.
        secrets.as_ref().is_none_or(|s| s.ahead(route.0.get(above..).unwrap_or(&[])))
    }

    /// The leaves below `root` of which [`Schema::sensitive`] holds, in order.
    pub fn secrets(&self, values: &Values<'_>, root: Id) -> Vec<Id> {
        match self.secrets.get_or_init(|| Secrets::of(&self.document)) {
            Some(secrets) => secrets.leaves(values, root),
            None => values.leaves(root).into_iter().filter(|&id| self.sensitive(values, root, id)).collect(),
        }
    }

    /// Whether the schema marks the value at a route as a secret.
    pub fn sensitive_at(&self, route: &Route) -> bool {
        self.document.at(&route.0).1
    }

    /// The values that the schema names, outer ones before what they hold.
    pub fn parts(&self) -> Vec<Part> {
        outline::parts(&self.document)
    }

    /// The kinds of JSON that the schema has for the value at a route, as it names them; none when it does not say.
    pub fn kinds(&self, route: &Route) -> Vec<&str> {
        let (schemas, _) = self.document.at(&route.0);
        schemas.into_iter().flat_map(|schema| words::kinds(&self.document, schema)).collect()
    }

    /// Whether the schema may take a text at a route: where it has patterns or lists texts, one of them has the text.
    pub fn takes_text(&self, route: &Route, text: &str) -> bool {
        words::take_text(&self.document.at(&route.0).0, text)
    }

    /// What the schema says of the value at a route.
    pub fn describe(&self, route: &Route) -> Option<Doc> {
        describe::describe(&self.document, route)
    }
}
