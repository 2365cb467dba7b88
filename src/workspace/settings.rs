//! What environment.yaml asks for beyond components, as it stands there: read by the stages that it concerns, each with
//! the line that asked. The schema has judged it before.

use crate::{
    field::{self, By, Field, Member},
    source::Span,
    values::{Data, Id, TOP, Values},
};

/// The merged environment.yaml of an environment.
#[derive(Debug, Default)]
pub struct Settings<'w> {
    values: Values<'w>,
}

/// One setting that is there.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'s, 'w> {
    settings: &'s Settings<'w>,
    id: Id,
}

impl<'w> Settings<'w> {
    /// The settings of a merged environment.yaml, which is the root `environment`.
    pub fn new(mut values: Values<'w>) -> Self {
        // One is kept for every environment.
        values.shrink();
        Self { values }
    }

    /// The merged tree itself, and the map of all settings in it.
    pub fn values(&self) -> (&Values<'w>, Id) {
        (&self.values, self.values.get(TOP, "environment").unwrap_or(TOP))
    }

    /// The setting at a chain of keys, if it is there.
    pub fn get(&self, keys: &[&str]) -> Option<Setting<'_, 'w>> {
        let root = self.values.get(TOP, "environment")?;
        let id = keys.iter().try_fold(root, |at, key| self.values.get(at, key))?;
        (self.values.data(id) != Data::Absent).then_some(Setting { settings: self, id })
    }

    /// Whether a setting is refused with `null`, which is more than not to mention it.
    pub fn refuses(&self, key: &str) -> bool {
        let setting = self.values.get(TOP, "environment").and_then(|root| self.values.get(root, key));
        setting.is_some_and(|id| self.values.data(id) == Data::Absent)
    }
}

impl<'s, 'w> Setting<'s, 'w> {
    /// A text.
    pub fn text(&self) -> Option<&'w str> {
        match self.settings.values.data(self.id) {
            Data::Str(text) => Some(text),
            _ => None,
        }
    }

    /// A boolean.
    pub fn flag(&self) -> Option<bool> {
        match self.settings.values.data(self.id) {
            Data::Bool(on) => Some(on),
            _ => None,
        }
    }

    /// What it holds.
    pub fn data(&self) -> Data<'w> {
        self.settings.values.data(self.id)
    }

    /// The setting at a chain of keys below this one, if it is there.
    pub fn get(&self, keys: &[&str]) -> Option<Setting<'s, 'w>> {
        let id = keys.iter().try_fold(self.id, |at, key| self.settings.values.get(at, key))?;
        (self.settings.values.data(id) != Data::Absent).then_some(Setting { settings: self.settings, id })
    }

    /// The members of a map by key, or the items of a list with empty keys.
    pub fn entries(&self) -> impl Iterator<Item = (&'w str, Setting<'s, 'w>)> {
        let settings = self.settings;
        settings.values.present(self.id).map(move |id| (settings.values.key(id), Setting { settings, id }))
    }

    /// The members of a map as they are written, nulls too: in a patch they mean something.
    pub fn members(&self) -> impl Iterator<Item = (&'w str, Setting<'s, 'w>)> {
        let settings = self.settings;
        settings.values.children(self.id).map(move |id| (settings.values.key(id), Setting { settings, id }))
    }

    /// Where its value stands.
    pub fn span(&self) -> Span {
        self.settings.values.span(self.id).unwrap_or_default()
    }

    /// Where its key stands.
    pub fn key_span(&self) -> Span {
        self.settings.values.key_span(self.id).unwrap_or_default()
    }

    /// Everything in it as fields, each with its own place, from which `by` tells what it is made by.
    pub fn field(&self, by: &mut dyn FnMut(Span) -> By) -> Field<'w> {
        let made = by(self.span());
        let data = match self.data() {
            Data::Absent => field::Data::Null,
            Data::Bool(b) => field::Data::Bool(b),
            Data::Int(i) => field::Data::Int(i),
            Data::UInt(u) => field::Data::UInt(u),
            Data::Float(f) => field::Data::Float(f),
            Data::Str(text) => field::Data::Str(text.into()),
            Data::Seq(_) => field::Data::Seq(self.entries().map(|(_, item)| item.field(by)).collect()),
            Data::Map(_) => {
                let member = |(key, setting): (&'w str, Setting<'s, 'w>)| Member {
                    key: key.into(),
                    by: by(setting.key_span()),
                    value: setting.field(by),
                };
                field::Data::Map(self.entries().map(member).collect())
            }
        };
        Field { data, by: made }
    }
}
