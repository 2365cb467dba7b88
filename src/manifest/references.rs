//! Image references as container runtimes read them.

use std::borrow::Cow;

/// The registry of images that name none.
pub const DOCKER: &str = "docker.io";

/// Its old name, which container runtimes take for it.
const OLD_DOCKER: &str = "index.docker.io";

/// A reference with its registry, as container runtimes read short names.
pub fn written_out(text: &str) -> Cow<'_, str> {
    match text.split_once('/') {
        // The first part is a registry if it has a dot or a port, or is localhost.
        Some((first, rest)) if first.contains(['.', ':']) || first == "localhost" => match first {
            DOCKER | OLD_DOCKER if !rest.contains('/') => Cow::Owned(format!("{DOCKER}/library/{rest}")),
            OLD_DOCKER => Cow::Owned(format!("{DOCKER}/{rest}")),
            _ => Cow::Borrowed(text),
        },
        Some(_) => Cow::Owned(format!("{DOCKER}/{text}")),
        None => Cow::Owned(format!("{DOCKER}/library/{text}")),
    }
}

/// Whether a reference that is written out stands in a registry, or below a path in one, already.
pub fn home(whole: &str, target: &str) -> bool {
    whole.strip_prefix(target).is_some_and(|rest| rest.starts_with('/'))
}

/// How people write a reference that is written out.
pub fn short(whole: &str) -> &str {
    let rest = whole.strip_prefix(DOCKER).and_then(|rest| rest.strip_prefix('/'));
    rest.map_or(whole, |rest| rest.strip_prefix("library/").unwrap_or(rest))
}

/// A reference without tag and digest.
pub fn repository(text: &str) -> &str {
    let name = text.split_once('@').map_or(text, |(name, _)| name);
    // A colon before the last slash belongs to the host's port.
    let last = name.rfind('/').map_or(0, |at| at + 1);
    name[last..].find(':').map_or(name, |at| &name[..last + at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_are_written_out() {
        for (short, long) in [
            ("busybox", "docker.io/library/busybox"),
            ("busybox:1.36", "docker.io/library/busybox:1.36"),
            ("apache/dolphinscheduler:1", "docker.io/apache/dolphinscheduler:1"),
            ("docker.io/nginx", "docker.io/library/nginx"),
            ("docker.io/bitnami/zookeeper:3", "docker.io/bitnami/zookeeper:3"),
            ("index.docker.io/library/nginx:1.25", "docker.io/library/nginx:1.25"),
            ("index.docker.io/nginx", "docker.io/library/nginx"),
            ("quay.io/a/b:1", "quay.io/a/b:1"),
            ("localhost/a:1", "localhost/a:1"),
            ("reg:5000/a", "reg:5000/a"),
        ] {
            assert_eq!(written_out(short), long);
        }
    }

    #[test]
    fn repositories_have_no_tag_and_no_digest() {
        for (text, repository) in [
            ("busybox:1", "busybox"),
            ("busybox", "busybox"),
            ("reg:5000/a", "reg:5000/a"),
            ("reg:5000/a:1@sha256:00", "reg:5000/a"),
        ] {
            assert_eq!(super::repository(text), repository);
        }
    }
}
