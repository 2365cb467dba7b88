//! Manifests: rendered fields as Kubernetes objects, in canonical form.
//!
//! Whether the API would accept one is for `kube`; where files are written is for `output`.

mod canonical;
mod identity;
mod images;
mod layout;
mod lines;
mod pods;
mod quantity;
pub mod references;
mod spot;

pub use canonical::canonical;
pub use identity::{Identity, cluster_scoped};
pub use images::{Image, ImageKeys, ImageSpot, each_image, images};
pub use layout::file_name;
pub use lines::{Line, Stretch, lines, stretches};
pub use pods::pod_template;
pub use quantity::canonical_quantity;
pub use spot::Spot;

use crate::{
    field::{Data, Field, Member},
    yaml::emit::{self, emit},
};

/// The annotation in which kubectl keeps what it applied: of a Secret, all that it holds.
pub const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";

/// One Kubernetes object with the provenance of every field.
#[derive(Debug)]
pub struct Manifest<'a> {
    /// Who it is.
    pub identity: Identity,
    /// Its fields, canonical.
    pub body: Field<'a>,
}

impl Manifest<'_> {
    /// The object as YAML, one document.
    pub fn to_yaml(&self) -> String {
        let mut out = String::with_capacity(2048);
        self.write(&mut out);
        out
    }

    /// Writes the object to the end of `out` as YAML, one document.
    pub fn write(&self, out: &mut String) {
        emit(&self.body, out);
    }
}

impl<'a> emit::Tree for Field<'a> {
    type Member = Member<'a>;

    fn view(&self) -> emit::View<'_, Self> {
        match &self.data {
            Data::Null => emit::View::Null,
            Data::Bool(b) => emit::View::Bool(*b),
            Data::Int(i) => emit::View::Int(*i),
            Data::UInt(u) => emit::View::UInt(*u),
            Data::Float(f) => emit::View::Float(*f),
            Data::Str(s) => emit::View::Str(s),
            Data::Seq(items) => emit::View::Seq(items),
            Data::Map(members) => emit::View::Map(members),
        }
    }
}

impl<'a> emit::Member<Field<'a>> for Member<'a> {
    fn key(&self) -> &str {
        &self.key
    }

    fn value(&self) -> &Field<'a> {
        &self.value
    }
}
