//! Looks inside values: the one place where a node of the values tree is read, and so recorded.

use super::{
    eval::{BYTES_PER_STEP, Machine},
    value::{Value, float_text},
};
use crate::values::{Data, Id};
use std::borrow::Cow;

impl<'a> Machine<'_, 'a> {
    /// Empty, zero, false and null are false.
    pub(super) fn truth(&mut self, value: &Value<'a>) -> bool {
        match value {
            Value::Null | Value::Omit => false,
            Value::Bool(b) => *b,
            Value::Int(i) => *i != 0,
            Value::Float(f) => *f != 0.0,
            Value::Str(s) => !s.is_empty(),
            Value::List(l) => !l.is_empty(),
            Value::Map(m) => !m.is_empty(),
            Value::Node(id) => {
                self.record(*id);
                match self.values.data(*id) {
                    Data::Seq(_) | Data::Map(_) => self.values.present(*id).next().is_some(),
                    _ => {
                        let seen = self.scalar(*id);
                        self.truth(&seen)
                    }
                }
            }
        }
    }

    /// The scalar of a node without recording; a list or map stays a node.
    fn scalar(&self, id: Id) -> Value<'a> {
        match self.values.data(id) {
            Data::Absent => Value::Null,
            Data::Bool(b) => Value::Bool(b),
            Data::Int(i) => Value::Int(i.into()),
            Data::UInt(u) => Value::Int(u.into()),
            Data::Float(f) => Value::Float(f),
            Data::Str(s) => Value::Str(Cow::Borrowed(s)),
            Data::Seq(_) | Data::Map(_) => Value::Node(id),
        }
    }

    /// Looks at a value: a scalar node is read, and recorded.
    pub(super) fn look(&mut self, value: Value<'a>) -> Value<'a> {
        let Value::Node(id) = value else { return value };
        self.record(id);
        let seen = self.scalar(id);
        if let Value::Str(text) = &seen {
            self.charge(text.len() / BYTES_PER_STEP);
        }
        seen
    }

    /// Looks at a borrowed value.
    pub(super) fn see(&mut self, value: &Value<'a>) -> Value<'a> {
        self.look(value.clone())
    }

    /// The text of a scalar. Null, maps and lists have none.
    pub(super) fn text(&mut self, value: &Value<'a>) -> Result<Cow<'a, str>, String> {
        match self.see(value) {
            Value::Str(s) => Ok(s),
            Value::Bool(b) => Ok(Cow::Borrowed(if b { "true" } else { "false" })),
            Value::Int(i) => Ok(Cow::Owned(i.to_string())),
            Value::Float(f) => Ok(Cow::Owned(float_text(f))),
            Value::Node(id) => Err(format!("`{}` is a list or map: it has no text", self.values.route(id))),
            other => Err(format!("{} has no text", other.kind())),
        }
    }

    /// The items of a list.
    pub(super) fn list(&mut self, value: &Value<'a>) -> Result<Vec<Value<'a>>, String> {
        match self.see(value) {
            Value::List(list) => Ok(list),
            Value::Node(id) if matches!(self.values.data(id), Data::Seq(_)) => {
                let items: Vec<_> = self.values.present(id).map(Value::Node).collect();
                self.charge(items.len());
                Ok(items)
            }
            Value::Node(_) => Err("a map is not a list (`for key, value in map` walks it)".to_owned()),
            other => Err(format!("{} is not a list", other.kind())),
        }
    }

    /// The keys and values of a map.
    pub(super) fn pairs(&mut self, value: &Value<'a>) -> Result<Vec<(Cow<'a, str>, Value<'a>)>, String> {
        match self.see(value) {
            Value::Map(pairs) => Ok(pairs),
            Value::Node(id) if matches!(self.values.data(id), Data::Map(_)) => {
                let values = self.values;
                let pair = |c| (Cow::Borrowed(values.key(c)), Value::Node(c));
                let pairs: Vec<_> = values.present(id).map(pair).collect();
                self.charge(pairs.len());
                Ok(pairs)
            }
            Value::Node(_) => Err("a list is not a map".to_owned()),
            other => Err(format!("{} is not a map", other.kind())),
        }
    }

    /// The value as JSON, keys sorted.
    pub(super) fn json(&mut self, value: &Value<'a>) -> Result<serde_json::Value, String> {
        use serde_json::Value as J;
        Ok(match self.see(value) {
            Value::Null => J::Null,
            Value::Omit => return Err("`omit` has no JSON".to_owned()),
            Value::Bool(b) => J::Bool(b),
            Value::Int(i) => match (i64::try_from(i), u64::try_from(i)) {
                (Ok(i), _) => J::from(i),
                (_, Ok(u)) => J::from(u),
                _ => return Err(format!("{i} is too large")),
            },
            Value::Float(f) => J::from(f),
            Value::Str(s) => J::String(s.into_owned()),
            looked => {
                if let Ok(list) = self.list(&looked) {
                    J::Array(list.iter().map(|i| self.json(i)).collect::<Result<_, _>>()?)
                } else {
                    let mut pairs = self.pairs(&looked)?;
                    pairs.sort_by(|a, b| a.0.cmp(&b.0));
                    let pairs = pairs.into_iter().map(|(k, v)| Ok((k.into_owned(), self.json(&v)?)));
                    J::Object(pairs.collect::<Result<_, String>>()?)
                }
            }
        })
    }

    /// Whether two values are equal; nothing equals a value of another kind, save integers and floats.
    pub(super) fn same(&mut self, a: &Value<'a>, b: &Value<'a>) -> bool {
        match (self.see(a), self.see(b)) {
            (Value::Int(a), Value::Float(b)) | (Value::Float(b), Value::Int(a)) => a as f64 == b,
            (a @ (Value::Node(_) | Value::List(_) | Value::Map(_)), b) => {
                matches!((self.json(&a), self.json(&b)), (Ok(a), Ok(b)) if a == b)
            }
            (a, b) => a == b,
        }
    }

    pub(super) fn contains(&mut self, whole: &Value<'a>, part: &Value<'a>) -> Result<bool, String> {
        let looked = self.see(whole);
        if let Value::Str(text) = &looked {
            return match self.see(part) {
                Value::Str(part) => Ok(text.contains(&*part)),
                other => Err(format!(
                    "a text holds only texts, and {} is none (`| string` makes one)",
                    other.kind()
                )),
            };
        }
        if let Ok(list) = self.list(&looked) {
            return Ok(list.iter().any(|item| self.same(item, part)));
        }
        let pairs = self
            .pairs(&looked)
            .map_err(|_| format!("`in` needs a list, map or text, not {}", looked.kind()))?;
        let key = self.text(part)?;
        Ok(pairs.iter().any(|(k, _)| *k == key))
    }
}
