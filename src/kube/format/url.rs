//! URLs, as far as webhooks need them.

use super::{Verdict, unless};

/// The URL of a webhook: `https://host/path`, without a user, a query or a fragment.
pub fn webhook(text: &str) -> Verdict {
    let fine = text.split_once("://").is_some_and(|(scheme, rest)| {
        let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let host_fine = !host.is_empty()
            && host
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b >= 0x80 || b"-._~!$&'()*+,;=:[]%<>\"".contains(&b))
            && is_port(host);
        let query = path.split_once('#').map_or(path, |(before, _)| before).split_once('?');
        let fragment = path.split_once('#').is_some_and(|(_, after)| !after.is_empty());
        scheme.eq_ignore_ascii_case("https")
            && host_fine
            && query.is_none_or(|(_, after)| after.is_empty())
            && !fragment
            && !text.bytes().any(|b| b < 0x20 || b == 0x7f)
            && escapes(path)
    });
    unless(fine, "must be `https://`, a host and a path if wanted, without a user, a query or a fragment")
}

/// Whether what follows the host's colon is a port: digits or nothing.
fn is_port(host: &str) -> bool {
    let after = match host.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((_, "")) => return true,
            Some((_, after)) => after.strip_prefix(':'),
            None => None,
        },
        None => match host.rsplit_once(':') {
            Some((_, after)) => Some(after),
            None => return true,
        },
    };
    after.is_some_and(|port| port.bytes().all(|b| b.is_ascii_digit()))
}

/// Whether every `%` has two hexadecimal digits after it.
fn escapes(path: &str) -> bool {
    path.split('%').skip(1).all(|part| {
        let mut digits = part.bytes();
        digits.next().is_some_and(|b| b.is_ascii_hexdigit())
            && digits.next().is_some_and(|b| b.is_ascii_hexdigit())
    })
}

#[cfg(test)]
mod tests {
    use super::webhook;

    #[test]
    fn urls_of_webhooks() {
        for text in [
            "https://a",
            "https://a.b:8443/c/d",
            "HTTPS://a",
            "https://[::1]:1/x",
            "https://a/?",
            "https://a/ b",
        ] {
            assert_eq!(webhook(text), None, "{text}");
        }
        for text in [
            "",
            "a",
            "http://a",
            "https://",
            "https:///x",
            "https://u@a/",
            "https://a?b=1",
            "https://a#b",
            "https://a:b",
            "https://a b/",
            "https://a/%zz",
        ] {
            assert!(webhook(text).is_some(), "{text}");
        }
    }
}
