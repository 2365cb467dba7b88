//! Computed values as fields, with a provenance of their own for every part that comes from the values tree; and the turns
//! of loops over them.

use super::{
    eval::{BYTES_PER_STEP, Binding, Fault, Machine, Outcome},
    plan::Loop,
    value::Value,
};
use crate::{
    field::{By, Data, Field, Member, Reads},
    values::{self, Id},
};
use std::borrow::Cow;

impl<'a> Machine<'_, 'a> {
    /// Pays for text that is written: a string is written once for every field that holds it.
    fn written(&mut self, text: &str) {
        self.charge(1 + text.len() / BYTES_PER_STEP);
    }

    /// A computed value as a field. A node of the values tree is copied with a provenance of its own for every part.
    pub(super) fn field(&mut self, value: Value<'a>, by: By) -> Result<Field<'a>, String> {
        let data = match value {
            Value::Node(id) => return Ok(self.copy(id, by)),
            Value::Null => Data::Null,
            Value::Omit => return Err("`omit` inside a list or map literal".to_owned()),
            Value::Bool(b) => Data::Bool(b),
            Value::Int(i) => match (i64::try_from(i), u64::try_from(i)) {
                (Ok(i), _) => Data::Int(i),
                (_, Ok(u)) => Data::UInt(u),
                _ => return Err(format!("{i} is too large for a manifest")),
            },
            Value::Float(f) => Data::Float(f),
            Value::Str(s) => {
                self.written(&s);
                Data::Str(s)
            }
            Value::List(list) => {
                let mut items = Vec::with_capacity(list.len());
                for value in list {
                    items.push(self.field(value, by)?);
                }
                // Null is not there, as where a template writes it.
                items.retain(|f| f.data != Data::Null);
                Data::Seq(items)
            }
            Value::Map(pairs) => {
                let mut members = Vec::with_capacity(pairs.len());
                for (key, value) in pairs {
                    members.push(Member { key, by, value: self.field(value, by)? });
                }
                members.retain(|m| m.value.data != Data::Null);
                Data::Map(members)
            }
        };
        Ok(Field { data, by })
    }

    /// What led here (an `or`, a parameter) stays known beside the node itself, for every part of it.
    fn copy(&mut self, id: Id, outer: By) -> Field<'a> {
        let mark = self.mark();
        let before = outer.reads;
        let adjoins = before.len > 0 && before.start + before.len == mark;
        if !adjoins {
            self.again(before);
        }
        self.record(id);
        let start = if adjoins { before.start } else { mark };
        let by = By { reads: self.since(start), ..outer };
        self.charge(1);
        let values = self.values;
        let data = match values.data(id) {
            values::Data::Absent => Data::Null,
            values::Data::Bool(b) => Data::Bool(b),
            values::Data::Int(i) => Data::Int(i),
            values::Data::UInt(u) => Data::UInt(u),
            values::Data::Float(f) => Data::Float(f),
            values::Data::Str(s) => {
                self.written(s);
                Data::Str(Cow::Borrowed(s))
            }
            values::Data::Seq(_) => Data::Seq(values.present(id).map(|c| self.copy(c, outer)).collect()),
            values::Data::Map(_) => Data::Map(
                values
                    .present(id)
                    .map(|c| {
                        let value = self.copy(c, outer);
                        Member { key: Cow::Borrowed(values.key(c)), by: value.by, value }
                    })
                    .collect(),
            ),
        };
        Field { data, by }
    }
}

/// The bindings of every turn of a loop, and what was read to know which turns there are.
pub(super) fn turns<'a>(
    machine: &mut Machine<'_, 'a>,
    looped: &'a Loop,
) -> Outcome<(Vec<Vec<Binding<'a>>>, Reads)> {
    let start = machine.mark();
    let over = machine.eval(&looped.over)?;
    let computed = machine.since(start);
    if machine.see(&over) == Value::Null {
        return Ok((Vec::new(), machine.since(start)));
    }
    let told = |m: String| Fault::new(looped.over.at, m);
    if !looped.pairs {
        let list = machine.list(&over).map_err(told)?;
        // Items that were computed carry what the list was computed from.
        let turns = list.into_iter().map(|value| vec![Binding { value, reads: computed }]).collect();
        return Ok((turns, machine.since(start)));
    }
    let pairs = machine.pairs(&over).map_err(told)?;
    let reads = machine.since(start);
    let turns = pairs.into_iter().map(|(key, value)| {
        // A key is known by the node it stands for.
        let mut known = computed;
        if let Value::Node(id) = &value {
            let mark = machine.mark();
            machine.again(computed);
            machine.record(*id);
            known = machine.since(mark);
        }
        vec![Binding { value: Value::Str(key), reads: known }, Binding { value, reads: computed }]
    });
    Ok((turns.collect(), reads))
}
