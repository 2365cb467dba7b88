//! Container images of manifests: where they stand, and the parts of a reference.

use crate::field::{By, Data, Field};

/// The lists whose items are containers.
const CONTAINERS: [&str; 3] = ["containers", "ephemeralContainers", "initContainers"];

/// An image reference in a manifest.
#[derive(Debug, Clone, Copy)]
pub struct Image<'m> {
    /// The whole reference.
    pub text: &'m str,
    /// The tag, if one is written.
    pub tag: Option<&'m str>,
    /// The digest, if one is written.
    pub digest: Option<&'m str>,
    /// What made the field.
    pub by: By,
}

/// The images of all containers below a field.
pub fn images<'m>(field: &'m Field<'_>, out: &mut Vec<Image<'m>>) {
    match &field.data {
        Data::Seq(items) => items.iter().for_each(|i| images(i, out)),
        Data::Map(members) => {
            for member in members {
                if CONTAINERS.contains(&&*member.key) {
                    for container in member.value.items() {
                        if let Some(field) = container.get("image")
                            && let Some(text) = field.as_str()
                        {
                            out.push(parse(text, field.by));
                        }
                    }
                }
                images(&member.value, out);
            }
        }
        _ => {}
    }
}

/// Does something with every image field of containers below a field.
pub fn each_image<'a>(field: &mut Field<'a>, act: &mut impl FnMut(&mut Field<'a>)) {
    each_container(field, &mut |container| container.get_mut("image").into_iter().for_each(&mut *act));
}

/// Does something with every container below a field: init containers, sidecars and ephemeral ones too.
pub fn each_container<'a>(field: &mut Field<'a>, act: &mut impl FnMut(&mut Field<'a>)) {
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

/// Splits a reference as the distribution specification writes it: `[host[:port]/]path[:tag][@digest]`.
fn parse(text: &str, by: By) -> Image<'_> {
    let (name, digest) = match text.split_once('@') {
        Some((name, digest)) => (name, Some(digest)),
        None => (text, None),
    };
    // A colon before the last slash belongs to the host's port.
    let last = name.rfind('/').map_or(0, |at| at + 1);
    let tag = name[last..].split_once(':').map(|(_, tag)| tag).filter(|tag| !tag.is_empty());
    Image { text, tag, digest, by }
}

#[cfg(test)]
mod tests {
    use super::*;

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
            let image = parse(text, By::default());
            assert_eq!((image.tag, image.digest), (tag, digest), "{text}");
        }
    }
}
