//! How large an object may be: what a request may have, and what the store behind the server takes.

use super::{
    at::{Data, Value},
    check::{Check, Fault},
};

/// The most bytes of a request.
const REQUEST: usize = 3 << 20;
/// The most bytes of an object in the store.
const STORED: usize = 3 << 19;

/// Checks the size of the object. The store keeps less than its JSON: the texts of Kubernetes' own kinds without the names
/// of fields and without escapes. Only what is too large even so is refused.
pub(super) fn size(check: &mut Check<'_>) {
    let Some(object) = check.object.value() else { return };
    // Nearly every object is small however it is counted, which takes less to see.
    if roughly(object) <= STORED {
        return;
    }
    let size = Size::of(object);
    let (is, may) = if size.json > REQUEST { (size.json, REQUEST) } else { (size.texts, STORED) };
    if is > may {
        let what = format!("has {is} bytes, and a server takes {may} by default");
        check.fault(Fault::ObjectTooLarge, check.object, what);
    }
}

/// No less than the bytes of an object: as if each of its texts needed an escape at each place.
fn roughly(value: Value<'_>) -> usize {
    const OTHER: usize = 48;
    let own = match value.data() {
        Data::Str(text) => 2 * text.len(),
        _ => 0,
    };
    let items = (0..value.len()).filter_map(|n| value.item(n)).map(roughly).sum::<usize>();
    let member = |(key, value): (&str, Value<'_>)| 2 * key.len() + roughly(value);
    OTHER + own + items + (0..value.len()).filter_map(|n| value.member(n)).map(member).sum::<usize>()
}

/// The bytes of an object.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    /// As JSON.
    json: usize,
    /// Of its texts alone.
    texts: usize,
}

impl Size {
    fn of(value: Value<'_>) -> Self {
        let mut size = Self::default();
        size.add(value);
        size
    }

    fn add(&mut self, value: Value<'_>) {
        match value.data() {
            Data::Str(text) => {
                self.texts += text.len();
                self.json += quoted(text);
            }
            Data::Int(number) => self.json += number.to_string().len(),
            Data::Null | Data::Bool(_) | Data::Float(_) => self.json += 4,
            Data::List => {
                self.json += 1 + value.len().max(1);
                for item in (0..value.len()).filter_map(|n| value.item(n)) {
                    self.add(item);
                }
            }
            Data::Map => {
                self.json += 1 + value.len().max(1);
                for (key, member) in (0..value.len()).filter_map(|n| value.member(n)) {
                    self.json += quoted(key) + 1;
                    self.add(member);
                }
            }
        }
    }
}

/// The bytes of a text between quotes, escapes included.
fn quoted(text: &str) -> usize {
    2 + text.len() + text.bytes().filter(|b| matches!(b, b'"' | b'\\' | b'\n' | b'\t' | b'\r')).count()
}

#[cfg(test)]
mod tests {
    use crate::{
        kube::{Api, Fault, Value, custom::Customs},
        source::Sources,
        yaml::{self, Documents, Options, Role},
    };

    #[test]
    fn what_the_store_or_a_request_cannot_hold_is_too_large() {
        for (text, times, large) in [
            ("x", 1_500_000, false),
            ("x", 1_600_000, true),
            ("\\n", 750_000, false),
            ("\\n", 1_600_000, true),
        ] {
            let text = format!(
                "apiVersion: v1\nkind: Pod\nmetadata: {{name: x}}\nspec: {{containers: [{{name: c, image: i, args: [\"{}\"]}}]}}\n",
                text.repeat(times)
            );
            let file = Sources::default().add("pod.yaml", "");
            let read = yaml::read(file, &text, &Options { documents: Documents::One, role: Role::Values });
            let customs = Customs::default();
            let found = Api::new(34, &customs).check(Value::Node(&read.documents[0]));
            let codes: Vec<Fault> = found.iter().map(|placed| placed.violation.fault).collect();
            assert_eq!(codes.contains(&Fault::ObjectTooLarge), large, "{times}");
        }
    }
}
