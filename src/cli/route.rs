//! ROUTE: a place in values as people write it on the command line, either dotted as `helm --set` writes it
//! (`worker.resources.limits.cpu`, `list[0]`, dots in keys escaped by a backslash) or a JSON Pointer (`/worker/replicas`).
//!
//! What stands at a route is for the floors below.

use std::{fmt, str::FromStr};

/// A place in values: the keys on the way, and indices of lists as digits, as a JSON Pointer has them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Route {
    /// The steps; none for the whole.
    pub steps: Vec<String>,
}

/// Why a route cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteFault(String);

impl fmt::Display for RouteFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for RouteFault {}

impl fmt::Display for Route {
    /// As a JSON Pointer.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.steps.iter().try_for_each(|s| write!(f, "/{}", s.replace('~', "~0").replace('/', "~1")))
    }
}

impl FromStr for Route {
    type Err = RouteFault;

    fn from_str(text: &str) -> Result<Self, RouteFault> {
        let steps = match text.strip_prefix('/') {
            _ if text.is_empty() => Vec::new(),
            Some(rest) => rest.split('/').map(unescape).collect::<Result<_, _>>()?,
            None => dotted(text)?,
        };
        Ok(Self { steps })
    }
}

/// One step of a JSON Pointer (RFC 6901 section 4).
fn unescape(step: &str) -> Result<String, RouteFault> {
    let bad = step.split('~').skip(1).any(|rest| !rest.starts_with(['0', '1']));
    if bad {
        return Err(RouteFault("`~` in a JSON Pointer is written `~0`, and `/` is written `~1`".into()));
    }
    Ok(step.replace("~1", "/").replace("~0", "~"))
}

fn dotted(text: &str) -> Result<Vec<String>, RouteFault> {
    let fault = |message: &str| Err(RouteFault(message.to_owned()));
    let mut steps = Vec::new();
    let mut chars = text.chars().peekable();
    loop {
        // A key, unless the route starts with an index.
        let mut key = String::new();
        while let Some(c) = chars.next_if(|c| !matches!(c, '.' | '[')) {
            match c {
                '\\' => match chars.next() {
                    Some(escaped) => key.push(escaped),
                    None => return fault("nothing follows the last backslash"),
                },
                '=' => return fault("a route has no value; a `=` in a key is written `\\=`"),
                ']' => return fault("`]` without `[`"),
                c => key.push(c),
            }
        }
        match (key.is_empty(), steps.is_empty() && chars.peek() == Some(&'[')) {
            (false, _) => steps.push(key),
            (true, true) => {}
            (true, false) => return fault("a key is missing: two dots, or one at the start or the end"),
        }
        while chars.next_if_eq(&'[').is_some() {
            let mut index = String::new();
            while let Some(digit) = chars.next_if(char::is_ascii_digit) {
                index.push(digit);
            }
            if index.is_empty() || chars.next() != Some(']') {
                return fault("an index is written `[0]`");
            }
            steps.push(index);
        }
        match chars.next() {
            None => return Ok(steps),
            Some('.') => {}
            Some(_) => return fault("after `]` comes a dot, another index or the end"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Route;

    #[test]
    fn both_ways_to_write_a_route_are_read() {
        for (text, pointer) in [
            ("worker.resources.limits.cpu", "/worker/resources/limits/cpu"),
            ("list[0]", "/list/0"),
            ("a[1][2].b", "/a/1/2/b"),
            ("[0].a", "/0/a"),
            (r"annotations.example\.com/x", "/annotations/example.com~1x"),
            (r"a\[0\]\=\\", r"/a[0]=\"),
            ("数.é", "/数/é"),
            ("", ""),
            ("/", "/"),
            ("/a/~1~0/0", "/a/~1~0/0"),
            ("/a.b", "/a.b"),
        ] {
            assert_eq!(text.parse::<Route>().unwrap().to_string(), pointer, "{text}");
        }
        assert_eq!(r"a\.b".parse::<Route>().unwrap().steps, ["a.b"]);
        assert_eq!("/~01".parse::<Route>().unwrap().steps, ["~1"]);
    }

    #[test]
    fn what_is_no_route_is_refused() {
        for text in [
            ".", "a.", ".a", "a..b", "a[", "a[]", "a[x]", "a[0", "a[0]b", "a]", "a=5", r"a\", "a.[0]", "/a~",
            "/a~2",
        ] {
            assert!(text.parse::<Route>().is_err(), "{text}");
        }
    }
}
