//! Values of fields as people read them: short ones in a line, others as YAML.

use crate::{
    field::{Data, Field},
    yaml::emit,
};

/// The longest list that stands in one line.
const MOST: usize = 8;

/// A scalar or a short list in one line; none for what takes several.
pub(super) fn inline(field: &Field<'_>) -> Option<String> {
    let plain = |f: &Field<'_>| f.items().is_empty() && f.members().is_empty();
    match &field.data {
        Data::Str(text) if text.contains('\n') => None,
        Data::Seq(items) if items.len() <= MOST && items.iter().all(plain) => {
            let parts: Option<Vec<String>> = items.iter().map(inline).collect();
            Some(format!("[{}]", parts?.join(", ")))
        }
        Data::Seq(_) => None,
        Data::Map(members) if !members.is_empty() => None,
        _ => Some(yaml(field).trim_end().to_owned()),
    }
}

/// A value as YAML.
pub(super) fn yaml(field: &Field<'_>) -> String {
    let mut out = String::new();
    match field.as_str() {
        // A text by itself has no key to stand below.
        Some(text) if text.contains('\n') => out.push_str(text),
        _ => emit(field, &mut out),
    }
    out
}
