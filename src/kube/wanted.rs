//! What the types of Kubernetes want where a scalar of a text may have been meant otherwise: a string, a boolean, a number.
//!
//! Custom kinds are left out, and so are fields that take several: nothing is said of them. What is to be done about a scalar
//! is for `ops`.

use super::{
    catalog,
    shape::{Link, Shape},
};
use crate::yaml::Node;

/// The scalars of an object that may have been meant otherwise, each with what its field wants in the words of a JSON schema:
/// `string`, `boolean`, `integer` or `number`. The field of whatever version of Kubernetes has it counts.
pub fn suspects(object: &Node) -> Vec<(&Node, &'static str)> {
    let text = |key: &str| object.get(key).and_then(Node::as_str).unwrap_or_default();
    let mut found = Vec::new();
    if let Some(shape) = catalog::find(text("apiVersion"), text("kind")).and_then(|k| k.shape) {
        walk(object, &Shape::Struct(Link::new(shape)), &mut found);
    }
    found
}

fn walk<'n>(node: &'n Node, shape: &Shape, found: &mut Vec<(&'n Node, &'static str)>) {
    match shape {
        Shape::Struct(link) => {
            let Some(within) = link.follow() else { return };
            for entry in node.entries() {
                let field = within.field(&entry.key.text, catalog::newest());
                if let Some(field) = field.map_or_else(|other| other, Some) {
                    walk(&entry.value, &field.shape, found);
                }
            }
        }
        Shape::List(item, _) => node.items().iter().for_each(|one| walk(one, item, found)),
        Shape::Map(value) => node.entries().iter().for_each(|entry| walk(&entry.value, value, found)),
        scalar => {
            if let Some(kind) = kind(scalar).filter(|_| node.suspect) {
                found.push((node, kind));
            }
        }
    }
}

/// What a shape wants; none where it takes several.
fn kind(shape: &Shape) -> Option<&'static str> {
    Some(match shape {
        Shape::Bool => "boolean",
        Shape::Int32 | Shape::Int64 => "integer",
        Shape::Float => "number",
        Shape::Str | Shape::Bytes | Shape::Time | Shape::MicroTime | Shape::Duration => "string",
        _ => return None,
    })
}
