//! Container images of manifests: where they stand, and the parts of a reference. Containers are found wherever they are;
//! images that stand elsewhere are found where a package says so.

use super::{Manifest, Spot};
use crate::field::{By, Data, Field};
use std::borrow::Cow;

/// The lists whose items are containers.
const CONTAINERS: [&str; 3] = ["containers", "ephemeralContainers", "initContainers"];

/// The keys of an image in the map that holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageKeys {
    /// The reference; what is left of it where parts have keys of their own.
    pub image: Cow<'static, str>,
    /// The tag, if it has a key of its own.
    pub tag: Option<String>,
    /// The registry, if it has a key of its own.
    pub registry: Option<String>,
    /// When nodes pull it.
    pub pull_policy: Option<Cow<'static, str>>,
}

/// The keys of containers.
static CONTAINER: ImageKeys = ImageKeys {
    image: Cow::Borrowed("image"),
    tag: None,
    registry: None,
    pull_policy: Some(Cow::Borrowed("imagePullPolicy")),
};

/// Where the objects of a kind hold an image that is no container's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageSpot {
    /// The map that holds it.
    pub spot: Spot,
    /// Its keys in that map.
    pub keys: ImageKeys,
}

impl ImageKeys {
    /// The reference that the map holds, without the tag that has a key of its own; none where there is no image.
    pub fn name<'m>(&self, holder: &'m Field<'_>) -> Option<Cow<'m, str>> {
        let image = text(holder, &self.image)?;
        Some(match self.registry.as_deref().and_then(|key| text(holder, key)) {
            Some(registry) => Cow::Owned(format!("{}/{image}", registry.trim_end_matches('/'))),
            None => Cow::Borrowed(image),
        })
    }

    /// The image that the map holds; none where there is none, or its tag is no text.
    fn image<'m>(&self, holder: &'m Field<'_>, container: bool) -> Option<Image<'m>> {
        let name = self.name(holder)?;
        let named = holder.get(&self.image)?.by;
        let registry = self.registry.as_deref().and_then(|key| holder.get(key));
        let from = registry.filter(|field| field.as_str().is_some_and(|text| !text.is_empty()));
        let whole = Image {
            text: name,
            apart: self.tag.is_some(),
            by: named,
            from: from.map_or(named, |field| field.by),
            pull_policy: self.pull_policy.as_deref().and_then(|key| holder.get(key)),
            container,
        };
        let Some(field) = self.tag.as_deref().and_then(|key| holder.get(key)) else { return Some(whole) };
        let by = field.by;
        match &field.data {
            Data::Str(tag) if !tag.is_empty() => {
                Some(Image { text: Cow::Owned(format!("{}:{tag}", whole.text)), by, ..whole })
            }
            Data::Str(_) | Data::Null => Some(Image { by, ..whole }),
            _ => None,
        }
    }
}

fn text<'m>(holder: &'m Field<'_>, key: &str) -> Option<&'m str> {
    holder.get(key).and_then(Field::as_str).filter(|text| !text.is_empty())
}

/// An image reference in a manifest.
#[derive(Debug, Clone)]
pub struct Image<'m> {
    /// The whole reference: `[host[:port]/]path[:tag][@digest]`, as the distribution specification writes it.
    pub text: Cow<'m, str>,
    /// The tag has a field of its own: without one, the operator that reads the object chooses it.
    pub apart: bool,
    /// What made the field of the tag; that of the reference where it holds both.
    pub by: By,
    /// What made the field of the registry; that of the reference where it holds both.
    pub from: By,
    /// When nodes pull it, where that is said.
    pub pull_policy: Option<&'m Field<'m>>,
    /// It is a container's: where no pull policy is said, Kubernetes chooses one, and not an operator.
    pub container: bool,
}

impl Image<'_> {
    /// The tag, if one is written.
    pub fn tag(&self) -> Option<&str> {
        let name = self.text.split_once('@').map_or(&*self.text, |(name, _)| name);
        // A colon before the last slash belongs to the host's port.
        let last = name.rfind('/').map_or(0, |at| at + 1);
        name[last..].split_once(':').map(|(_, tag)| tag).filter(|tag| !tag.is_empty())
    }

    /// The digest, if one is written.
    pub fn digest(&self) -> Option<&str> {
        self.text.split_once('@').map(|(_, digest)| digest)
    }
}

/// The images of an object: of all its containers, and at the places that its package knows.
pub fn images<'m>(manifest: &'m Manifest<'_>, spots: &[ImageSpot], out: &mut Vec<Image<'m>>) {
    containers(&manifest.body, &mut |container| out.extend(CONTAINER.image(container, true)));
    for known in spots.iter().filter(|s| s.spot.means(&manifest.identity)) {
        known.spot.each(&manifest.body, &mut |holder| out.extend(known.keys.image(holder, false)));
    }
}

/// Does something with every map of an object that holds an image, which has these keys in it: containers, init containers
/// and sidecars, and the places that the package knows. Lists of custom kinds that are called like containers may hold
/// none.
pub fn each_image<'a>(
    manifest: &mut Manifest<'a>,
    spots: &[ImageSpot],
    act: &mut impl FnMut(&mut Field<'a>, &ImageKeys),
) {
    each_container(&mut manifest.body, &mut |container| act(container, &CONTAINER));
    for known in spots.iter().filter(|s| s.spot.means(&manifest.identity)) {
        known.spot.each_mut(&mut manifest.body, &mut |holder| act(holder, &known.keys));
    }
}

/// Looks at every container below a field.
fn containers<'m, 'a>(field: &'m Field<'a>, act: &mut impl FnMut(&'m Field<'a>)) {
    match &field.data {
        Data::Seq(items) => items.iter().for_each(|i| containers(i, act)),
        Data::Map(members) => {
            for member in members {
                if CONTAINERS.contains(&&*member.key) {
                    member.value.items().iter().for_each(&mut *act);
                }
                containers(&member.value, act);
            }
        }
        _ => {}
    }
}

fn each_container<'a>(field: &mut Field<'a>, act: &mut impl FnMut(&mut Field<'a>)) {
    match &mut field.data {
        Data::Seq(items) => items.iter_mut().for_each(|i| each_container(i, act)),
        Data::Map(members) => {
            for member in members {
                if CONTAINERS.contains(&&*member.key)
                    && let Data::Seq(containers) = &mut member.value.data
                {
                    containers.iter_mut().for_each(&mut *act);
                }
                each_container(&mut member.value, act);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::Field;

    #[test]
    fn references_are_split() {
        for (text, tag, digest) in [
            ("busybox", None, None),
            ("busybox:", None, None),
            ("busybox:1.36", Some("1.36"), None),
            ("harbor.abc.com:5000/a/b", None, None),
            ("harbor.abc.com:5000/a/b:1", Some("1"), None),
            ("a/b:1@sha256:00", Some("1"), Some("sha256:00")),
            ("a/b@sha256:00", None, Some("sha256:00")),
        ] {
            let container = Field::map(vec![("image", Field::text(text, By::default()))], By::default());
            let image = CONTAINER.image(&container, true).unwrap();
            assert_eq!((image.tag(), image.digest()), (tag, digest), "{text}");
        }
    }

    #[test]
    fn parts_come_together() {
        let keys = ImageKeys {
            image: "repository".into(),
            tag: Some("tag".to_owned()),
            registry: Some("registry".to_owned()),
            pull_policy: None,
        };
        for (parts, whole) in [
            (&[("repository", "a/b"), ("tag", "1"), ("registry", "quay.io")][..], Some("quay.io/a/b:1")),
            (&[("repository", "a/b"), ("tag", ""), ("registry", "")], Some("a/b")),
            (&[("repository", "a/b:1")], Some("a/b:1")),
            (&[("tag", "1")], None),
        ] {
            let members = parts.iter().map(|(k, v)| (*k, Field::text(*v, By::default()))).collect();
            let holder = Field::map(members, By::default());
            assert_eq!(
                keys.image(&holder, false).map(|i| i.text.into_owned()).as_deref(),
                whole,
                "{parts:?}"
            );
        }
    }
}
