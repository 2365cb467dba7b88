//! Routes: the way through maps and lists to a value, as people write it and as JSON Pointer.

use std::{fmt, str::FromStr};

/// One step of a [`Route`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// The value of a key. A JSON Pointer's digits are a key too; a list takes them for an index.
    Key(String),
    /// The item of a list, from 0.
    Index(usize),
}

/// The way to a value; displayed dotted as `helm --set` writes it, dots in keys escaped by a backslash.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Route(pub Vec<Segment>);

/// Why a text is no route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteError(pub String);

impl fmt::Display for RouteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for RouteError {}

impl Route {
    /// The route as a JSON Pointer (RFC 6901).
    pub fn pointer(&self) -> String {
        let mut out = String::new();
        for segment in &self.0 {
            out.push('/');
            match segment {
                Segment::Key(key) => out.push_str(&key.replace('~', "~0").replace('/', "~1")),
                Segment::Index(index) => out.push_str(&index.to_string()),
            }
        }
        out
    }

    /// Reads a JSON Pointer.
    ///
    /// # Errors
    /// It does not start with `/`.
    pub fn from_pointer(text: &str) -> Result<Self, RouteError> {
        if text.is_empty() {
            return Ok(Self::default());
        }
        let Some(rest) = text.strip_prefix('/') else {
            return Err(RouteError(format!("`{text}` does not start with `/`")));
        };
        Ok(Self(rest.split('/').map(|s| Segment::Key(s.replace("~1", "/").replace("~0", "~"))).collect()))
    }

    /// The route without its first step.
    #[must_use]
    pub fn below(&self) -> Self {
        Self(self.0.get(1..).unwrap_or(&[]).to_vec())
    }
}

impl FromStr for Route {
    type Err = RouteError;

    fn from_str(text: &str) -> Result<Self, RouteError> {
        if text.starts_with('/') {
            return Self::from_pointer(text);
        }
        let mut segments = Vec::new();
        let mut key = String::new();
        let mut chars = text.chars().peekable();
        let mut after_index = false;
        while let Some(c) = chars.next() {
            match c {
                '\\' => key.extend(chars.next()),
                '.' => {
                    if key.is_empty() && !after_index {
                        return Err(RouteError(format!("`{text}` has an empty step")));
                    }
                    if !key.is_empty() {
                        segments.push(Segment::Key(std::mem::take(&mut key)));
                    }
                    after_index = false;
                }
                '[' => {
                    if !key.is_empty() {
                        segments.push(Segment::Key(std::mem::take(&mut key)));
                    }
                    let digits: String = chars.by_ref().take_while(|&c| c != ']').collect();
                    let index = digits.parse();
                    let wrong = |_| RouteError(format!("`[{digits}]` in `{text}` is no index"));
                    segments.push(Segment::Index(index.map_err(wrong)?));
                    after_index = true;
                }
                c => key.push(c),
            }
        }
        if !key.is_empty() {
            segments.push(Segment::Key(key));
        } else if !after_index {
            return Err(RouteError(format!("`{text}` ends without a key")));
        }
        Ok(Self(segments))
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Key(key) => {
                    let dot = if n == 0 { "" } else { "." };
                    let key = key.replace('\\', "\\\\").replace('.', "\\.").replace('[', "\\[");
                    write!(f, "{dot}{key}")?;
                }
                Segment::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn routes_read_and_write() {
        for (text, pointer) in [
            ("worker.resources.limits.cpu", "/worker/resources/limits/cpu"),
            ("a\\.b/c.d", "/a.b~1c/d"),
            ("list[0].name", "/list/0/name"),
            ("list[0][1]", "/list/0/1"),
        ] {
            let route: Route = text.parse().unwrap();
            assert_eq!(route.pointer(), pointer);
            assert_eq!(route.to_string(), text);
        }
        assert_eq!(Route::from_pointer("/a~1b/0").unwrap().to_string(), "a/b.0");
        for bad in ["", "a..b", "a.", "a[x]", ".a"] {
            assert!(bad.parse::<Route>().is_err(), "{bad}");
        }
    }
}
