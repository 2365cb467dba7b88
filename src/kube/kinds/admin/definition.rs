//! `CustomResourceDefinition`: names, versions, conversion and what is shown; its schemas are for `schema` and
//! `structural`.

use super::{
    client,
    schema::{self, Place},
    structural,
};
use crate::kube::{
    at::At,
    check::{Check, Fault},
    format::names,
};

/// The annotation by which a group of the community says that its API was approved.
const APPROVED: &str = "api-approved.kubernetes.io";
/// The longest warning of a version, in bytes.
const WARNING: usize = 256;
/// The most fields that objects can be selected by.
const SELECTABLE: usize = 8;
/// What a schema may say at its root when there is a status of its own.
const AT_ROOT: [&str; 24] = [
    "description",
    "type",
    "format",
    "title",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "multipleOf",
    "required",
    "items",
    "properties",
    "externalDocs",
    "example",
    "x-kubernetes-preserve-unknown-fields",
    "x-kubernetes-validations",
    // These are reported elsewhere.
    "nullable",
    "$schema",
];

/// Checks a `CustomResourceDefinition`.
pub(super) fn check<'t>(check: &mut Check<'t>, object: At<'t>) {
    let (spec, meta) = (object.get("spec"), object.get("metadata"));
    let (group, versions) = (spec.get("group"), spec.get("versions"));
    let plural = spec.at(&["names", "plural"]);
    let wanted = format!("{}.{}", plural.str(), group.str());
    if meta.get("name").str() != wanted {
        check.fault(
            Fault::NameInvalid,
            meta.get("name"),
            format!("must be the plural, a dot and the group: `{wanted}`"),
        );
    }
    if !meta.get("generateName").blank() {
        check.forbidden(meta.get("generateName"), "may not be set: the name is fixed");
    }
    if check.require(group) && check.text(group, names::subdomain) && !group.str().contains('.') {
        check.invalid(group, "must have a dot, such as `example.com`");
    }
    check.require_one_of(spec.get("scope"), &["Cluster", "Namespaced"]);
    if spec.get("preserveUnknownFields").flag() {
        check.invalid(
            spec.get("preserveUnknownFields"),
            "must be false; set `x-kubernetes-preserve-unknown-fields: true` in the schema",
        );
    }
    self::names(check, spec.get("names"));
    check.unique(
        versions.items().map(|one| one.get("name")),
        |name| Some(name.str()),
        "another version has this name",
    );
    let stored = versions.items().filter(|one| one.get("storage").flag()).count();
    if stored != 1 {
        check.invalid(versions, format!("must have one version with `storage: true`, not {stored}"));
    }
    versions.items().for_each(|one| version(check, one));
    conversion(check, spec.get("conversion"));
    approval(check, group.str(), meta.at(&["annotations", APPROVED]));
}

fn names<'t>(check: &mut Check<'t>, at: At<'t>) {
    let (plural, singular, kind, list) =
        (at.get("plural"), at.get("singular"), at.get("kind"), at.get("listKind"));
    check.require(plural);
    check.require(kind);
    for name in
        [plural, singular].into_iter().chain(at.get("shortNames").items()).chain(at.get("categories").items())
    {
        if name.present() && !(name.blank() && (name.is(plural) || name.is(singular))) {
            check.text(name, names::label_1035);
        }
    }
    for name in [kind, list].into_iter().filter(|name| !name.blank()) {
        if names::label_1035(&name.str().to_lowercase()).is_some() {
            check.invalid(
                name,
                "must be at most 63 letters, digits or `-`, begin with a letter and not end with `-`",
            );
        }
    }
    if !kind.blank() && kind.str() == list.str() {
        check.invalid(list, "must not be the same as `kind`");
    }
}

fn version<'t>(check: &mut Check<'t>, at: At<'t>) {
    let name = at.get("name");
    if check.require(name) {
        check.text(name, names::label_1035);
    }
    warning(check, at);
    subresources(check, at.at(&["subresources", "scale"]));
    at.get("additionalPrinterColumns").items().for_each(|one| column(check, one));
    let schema = at.at(&["schema", "openAPIV3Schema"]);
    if schema.absent() {
        check.required(schema, "every version needs a schema");
        return;
    }
    if schema.get("nullable").flag() {
        check.forbidden(schema.get("nullable"), "may not be true at the root");
    }
    if at.at(&["subresources", "status"]).present() {
        for (key, value) in schema.members() {
            let zero = value.blank() || value.data() == crate::kube::at::Data::Bool(false);
            if !zero && !AT_ROOT.contains(&key) {
                check.forbidden(value, "may not be set at the root when `subresources.status` is");
            }
        }
    }
    schema::schema(check, schema, Place::root());
    structural::structural(check, schema, structural::Level::Root);
    if !check.refused() {
        structural::defaults(check, schema);
    }
    selectable(check, at.get("selectableFields"), schema);
}

fn warning<'t>(check: &mut Check<'t>, at: At<'t>) {
    let warning = at.get("deprecationWarning");
    if warning.absent() {
        return;
    }
    let text = warning.str();
    if !at.get("deprecated").flag() {
        check.forbidden(warning, "may only be set beside `deprecated: true`");
    } else if text.is_empty() || text.chars().any(char::is_control) {
        check.invalid(warning, "must be one line of printable characters");
    } else if text.len() > WARNING {
        check.too_long(warning, format!("must have at most {WARNING} bytes"));
    }
}

/// Whether a text is a path such as `.spec.replicas`.
fn is_path(text: &str) -> bool {
    text.starts_with('.')
}

fn subresources<'t>(check: &mut Check<'t>, scale: At<'t>) {
    if scale.absent() {
        return;
    }
    for (key, roots) in [
        ("specReplicasPath", &[".spec."][..]),
        ("statusReplicasPath", &[".status."][..]),
        ("labelSelectorPath", &[".spec.", ".status."][..]),
    ] {
        let path = scale.get(key);
        if path.blank() {
            if key != "labelSelectorPath" {
                check.required(path, "");
            }
        } else if !roots.iter().any(|root| path.str().starts_with(root)) {
            check.invalid(path, format!("must begin with `{}`", roots.join("` or `")));
        }
    }
}

fn column<'t>(check: &mut Check<'t>, at: At<'t>) {
    check.require(at.get("name"));
    check.require_one_of(at.get("type"), &["boolean", "date", "integer", "number", "string"]);
    check.one_of(
        at.get("format"),
        &["byte", "date", "date-time", "double", "float", "int32", "int64", "password"],
    );
    let path = at.get("jsonPath");
    if check.require(path) && !is_path(path.str()) {
        check.invalid(path, "must begin with `.`");
    }
}

fn selectable<'t>(check: &mut Check<'t>, at: At<'t>, schema: At<'t>) {
    if at.len() > SELECTABLE {
        check.too_long(at, format!("must have at most {SELECTABLE} items"));
    }
    for one in at.items() {
        let path = one.get("jsonPath");
        if !check.require(path) {
            continue;
        }
        let text = path.str();
        if !is_path(text) {
            check.invalid(path, "must be a path such as `.spec.color`");
        } else if text == ".metadata" || text.starts_with(".metadata.") {
            check.invalid(path, "must not be a field of the metadata");
        } else if let Some(found) = schema::walk(schema, text) {
            let scalar = found
                .is_some_and(|field| matches!(field.get("type").str(), "string" | "boolean" | "integer"));
            if !scalar {
                check
                    .invalid(path, "must be a field of the schema that is a string, a boolean or an integer");
            }
        }
    }
    let paths = at.items().map(|one| one.get("jsonPath")).filter(|path| !path.blank());
    check.unique(paths, |path| Some(path.str()), "another item has this path");
}

fn conversion<'t>(check: &mut Check<'t>, at: At<'t>) {
    if at.absent() {
        return;
    }
    let (strategy, webhook) = (at.get("strategy"), at.get("webhook"));
    if !check.require_one_of(strategy, &["None", "Webhook"]) {
        return;
    }
    if strategy.str() == "None" {
        let config = webhook.get("clientConfig");
        for one in [config, webhook.get("conversionReviewVersions")] {
            if one.present() && (one.is(config) || !one.is_empty()) {
                check.forbidden(one, "may only be set for the strategy `Webhook`");
            }
        }
        return;
    }
    if webhook.get("clientConfig").absent() {
        check.required(webhook.get("clientConfig"), "the strategy `Webhook` needs it");
    } else {
        client::client(check, webhook.get("clientConfig"));
    }
    client::reviews(check, webhook.get("conversionReviewVersions"), &["v1", "v1beta1"]);
}

/// Groups of the community need a word about their approval.
fn approval<'t>(check: &mut Check<'t>, group: &str, at: At<'t>) {
    let community = ["k8s.io", "kubernetes.io"]
        .iter()
        .any(|domain| group.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')));
    if !community {
        return;
    }
    let text = at.str();
    if text.is_empty() {
        check.required(
            at,
            "groups of `k8s.io` and `kubernetes.io` need the URL of their approval, or `unapproved`",
        );
    } else if !text.starts_with("unapproved") && !is_url(text) {
        check.invalid(at, "must be a URL, or begin with `unapproved`");
    }
}

/// Whether a text has a scheme and a host.
fn is_url(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, rest)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
            && !rest.is_empty()
            && !rest.starts_with('/')
    })
}
