//! The filters and tests of the template language: the whole list, a row each. They are public interface of the
//! packages (`interface: 1`), documented in docs/packages.md.

use super::{eval::Machine, value::Value};
use sha2::{Digest, Sha256};
use std::borrow::Cow;

type Outcome<T> = Result<T, String>;

/// A filter: `value | name(arguments)`.
pub(super) struct Filter {
    pub name: &'static str,
    /// Least and most arguments.
    pub args: (usize, usize),
    /// Whether its value may be a route that is not there.
    pub lenient: bool,
    /// Whether its result is a number.
    pub number: bool,
    pub run: for<'a> fn(&mut Machine<'_, 'a>, &[Value<'a>]) -> Outcome<Value<'a>>,
}

/// A test: `value is name`.
pub(super) struct Test {
    pub name: &'static str,
    pub args: (usize, usize),
    pub lenient: bool,
    pub run: for<'a> fn(&mut Machine<'_, 'a>, &[Value<'a>]) -> Outcome<bool>,
}

impl std::fmt::Debug for Filter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl std::fmt::Debug for Test {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// The filter of a name.
pub(super) fn filter(name: &str) -> Option<&'static Filter> {
    FILTERS.iter().find(|f| f.name == name)
}

/// The test of a name.
pub(super) fn test(name: &str) -> Option<&'static Test> {
    TESTS.iter().find(|t| t.name == name)
}

const fn row(
    name: &'static str,
    args: (usize, usize),
    run: for<'a> fn(&mut Machine<'_, 'a>, &[Value<'a>]) -> Outcome<Value<'a>>,
) -> Filter {
    Filter { name, args, lenient: false, number: false, run }
}

const fn check(
    name: &'static str,
    run: for<'a> fn(&mut Machine<'_, 'a>, &[Value<'a>]) -> Outcome<bool>,
) -> Test {
    Test { name, args: (0, 0), lenient: false, run }
}

/// All filters, by name.
pub(super) static FILTERS: &[Filter] = &[
    row("b64encode", (0, 0), |m, v| Ok(text(base64(m.text(&v[0])?.as_bytes())))),
    Filter { lenient: true, ..row("default", (1, 1), default) },
    row("first", (0, 0), |m, v| {
        m.list(&v[0])?.into_iter().next().ok_or_else(|| "the list is empty".to_owned())
    }),
    row("helmtext", (0, 0), helm_text),
    Filter { number: true, ..row("int", (0, 0), int) },
    row("items", (0, 0), |m, v| {
        let pairs = m.pairs(&v[0])?;
        Ok(Value::List(pairs.into_iter().map(|(k, v)| Value::List(vec![Value::Str(k), v])).collect()))
    }),
    row("join", (0, 1), join),
    row("keys", (0, 0), |m, v| {
        Ok(Value::List(m.pairs(&v[0])?.into_iter().map(|(k, _)| Value::Str(k)).collect()))
    }),
    row("last", (0, 0), |m, v| m.list(&v[0])?.pop().ok_or_else(|| "the list is empty".to_owned())),
    Filter { number: true, ..row("length", (0, 0), length) },
    row("lower", (0, 0), |m, v| Ok(text(m.text(&v[0])?.to_lowercase()))),
    row("replace", (2, 2), |m, v| {
        let (whole, from, to) = (m.text(&v[0])?, m.text(&v[1])?, m.text(&v[2])?);
        if from.is_empty() {
            return Err("`replace` needs a text to look for".to_owned());
        }
        m.spend_text(whole.len() + whole.matches(&*from).count().saturating_mul(to.len()))?;
        Ok(text(whole.replace(&*from, &to)))
    }),
    row("sha256", (0, 0), |m, v| Ok(text(hex(&Sha256::digest(m.text(&v[0])?.as_bytes()))))),
    row("sort", (0, 0), sort),
    row("split", (1, 1), |m, v| {
        let (whole, by) = (m.text(&v[0])?, m.text(&v[1])?);
        if by.is_empty() {
            return Err("`split` needs a separator".to_owned());
        }
        Ok(Value::List(whole.split(&*by).map(|s| text(s.to_owned())).collect()))
    }),
    row("string", (0, 0), |m, v| Ok(Value::Str(m.text(&v[0])?))),
    row("tojson", (0, 0), |m, v| {
        let json = m.json(&v[0])?.to_string();
        m.spend_text(json.len())?;
        Ok(text(json))
    }),
    row("trim", (0, 0), |m, v| Ok(text(m.text(&v[0])?.trim().to_owned()))),
    row("unique", (0, 0), |m, v| {
        let mut out: Vec<Value<'_>> = Vec::new();
        for item in m.list(&v[0])? {
            m.charge(out.len());
            if !out.iter().any(|have| m.same(have, &item)) {
                out.push(item);
            }
        }
        Ok(Value::List(out))
    }),
    row("upper", (0, 0), |m, v| Ok(text(m.text(&v[0])?.to_uppercase()))),
];

/// All tests, by name.
pub(super) static TESTS: &[Test] = &[
    check("boolean", |m, v| Ok(matches!(m.see(&v[0]), Value::Bool(_)))),
    // A route that is not there never gets here: `eval` answers for it.
    Test { lenient: true, ..check("defined", |_, _| Ok(true)) },
    Test { args: (1, 1), ..check("endingwith", |m, v| Ok(m.text(&v[0])?.ends_with(&*m.text(&v[1])?))) },
    check("integer", |m, v| Ok(matches!(m.see(&v[0]), Value::Int(_)))),
    check("mapping", |m, v| Ok(m.pairs(&v[0]).is_ok())),
    check("none", |m, v| Ok(matches!(m.see(&v[0]), Value::Null))),
    check("number", |m, v| Ok(matches!(m.see(&v[0]), Value::Int(_) | Value::Float(_)))),
    check("sequence", |m, v| Ok(m.list(&v[0]).is_ok())),
    Test { args: (1, 1), ..check("startingwith", |m, v| Ok(m.text(&v[0])?.starts_with(&*m.text(&v[1])?))) },
    check("string", |m, v| Ok(matches!(m.see(&v[0]), Value::Str(_)))),
];

fn text<'a>(s: String) -> Value<'a> {
    Value::Str(Cow::Owned(s))
}

fn default<'a>(m: &mut Machine<'_, 'a>, v: &[Value<'a>]) -> Outcome<Value<'a>> {
    let (subject, fallback) = (v[0].clone(), v[1].clone());
    // The node itself is handed on: a value that is there keeps its own provenance.
    Ok(if matches!(m.see(&subject), Value::Null) { fallback } else { subject })
}

/// Integers and texts that are decimal integers; never rounds.
fn int<'a>(m: &mut Machine<'_, 'a>, v: &[Value<'a>]) -> Outcome<Value<'a>> {
    match m.see(&v[0]) {
        Value::Int(i) => Ok(Value::Int(i)),
        Value::Str(s) => {
            let digits = s.strip_prefix('-').unwrap_or(&s);
            let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
            plain
                .then(|| s.parse().ok())
                .flatten()
                .map(Value::Int)
                // The text itself may be a secret: the finding shows the line that was read.
                .ok_or_else(|| "this string is not a decimal integer".to_owned())
        }
        other => Err(format!("{} is not an integer", other.kind())),
    }
}

fn length<'a>(m: &mut Machine<'_, 'a>, v: &[Value<'a>]) -> Outcome<Value<'a>> {
    let count = match m.see(&v[0]) {
        Value::Str(s) => s.chars().count(),
        other => match m.list(&other) {
            Ok(list) => list.len(),
            Err(_) => m.pairs(&other).map_err(|_| format!("{} has no length", other.kind()))?.len(),
        },
    };
    Ok(Value::Int(count as i128))
}

fn join<'a>(m: &mut Machine<'_, 'a>, v: &[Value<'a>]) -> Outcome<Value<'a>> {
    let by = v.get(1).map_or(Ok(Cow::Borrowed("")), |s| m.text(s))?;
    let mut out = String::new();
    for (n, item) in m.list(&v[0])?.iter().enumerate() {
        if n > 0 {
            out.push_str(&by);
        }
        out.push_str(&m.text(item)?);
    }
    m.spend_text(out.len())?;
    Ok(text(out))
}

/// Strings by code point, or numbers by size; a mixture is an error.
fn sort<'a>(m: &mut Machine<'_, 'a>, v: &[Value<'a>]) -> Outcome<Value<'a>> {
    let mut list: Vec<Value<'a>> = m.list(&v[0])?.into_iter().map(|i| m.look(i)).collect();
    let strings = list.iter().all(|i| matches!(i, Value::Str(_)));
    let integers = list.iter().all(|i| matches!(i, Value::Int(_)));
    if !strings && !integers {
        return Err("`sort` takes a list of strings or a list of integers".to_owned());
    }
    list.sort_by(|a, b| match (a, b) {
        (Value::Str(a), Value::Str(b)) => a.cmp(b),
        (Value::Int(a), Value::Int(b)) => a.cmp(b),
        _ => std::cmp::Ordering::Equal,
    });
    Ok(Value::List(list))
}

/// A scalar's text as Helm prints it: to Helm every number is a float, and Go writes floats from a million on with an
/// exponent. Only for packages that must equal a chart to the byte.
fn helm_text<'a>(m: &mut Machine<'_, 'a>, v: &[Value<'a>]) -> Outcome<Value<'a>> {
    match m.see(&v[0]) {
        Value::Int(i) => Ok(text(go_float(i as f64))),
        Value::Float(f) => Ok(text(go_float(f))),
        other => Ok(Value::Str(m.text(&other)?)),
    }
}

/// A float as Go's `%v`: the shortest digits that read back, with an exponent below -4 and from 6 on.
fn go_float(f: f64) -> String {
    let shortest = format!("{f:e}");
    let Some((mantissa, exponent)) = shortest.split_once('e') else { return shortest };
    let Ok(exponent) = exponent.parse::<i32>() else { return shortest };
    if (-4..6).contains(&exponent) {
        return format!("{f}");
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

/// Lower-case hexadecimal.
fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}

/// Standard base64 with padding (RFC 4648 section 4).
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().fold(0u32, |word, b| word << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let symbol = ALPHABET[(word >> (18 - 6 * place)) as usize & 63];
            out.push(if place <= chunk.len() { char::from(symbol) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sorted_so_that_a_reader_finds_them() {
        assert!(FILTERS.is_sorted_by_key(|f| f.name));
        assert!(TESTS.is_sorted_by_key(|t| t.name));
    }

    #[test]
    fn helm_writes_large_numbers_with_an_exponent() {
        for (number, text) in [
            (0.0, "0"),
            (3306.0, "3306"),
            (999_999.0, "999999"),
            (1_000_000.0, "1e+06"),
            (1_000_002.0, "1.000002e+06"),
            (-1.0, "-1"),
            (0.3, "0.3"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1e21, "1e+21"),
        ] {
            assert_eq!(go_float(number), text);
        }
    }

    #[test]
    fn the_page_for_authors_names_them_all() {
        let page = include_str!("../../docs/packages.md");
        let words = crate::template::directive::WORDS.iter().map(|w| format!("${{{{ {w}"));
        let filters = FILTERS.iter().map(|f| format!("`{}", f.name));
        let tests = TESTS.iter().map(|t| format!("`{}", t.name));
        let roots = crate::template::CONTEXT.iter().map(|r| format!("| `{r}` |"));
        let keys = crate::template::CONTEXT_KEYS.iter().flat_map(|(_, keys)| *keys).map(|k| format!("`{k}`"));
        for name in words.chain(filters).chain(tests).chain(roots).chain(keys) {
            let named = page
                .match_indices(&name)
                .any(|(at, _)| !page[at + name.len()..].starts_with(|c: char| c.is_alphanumeric()));
            assert!(
                named || page.contains("${{ else }}") && name.contains("else"),
                "{name} is not in docs/packages.md"
            );
        }
    }

    #[test]
    fn base64_is_that_of_the_rfc() {
        for (plain, coded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")]
        {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }
}
