//! How Kubernetes and Helm read a plain scalar: the rules of YAML 1.1 as their reader has them. Pure.
//!
//! Whether a person would read the text otherwise is for `ambiguous`; quotes and tags are for the reader.

use std::borrow::Cow;

/// What a plain scalar means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scalar {
    /// Nothing, `~`, `null`.
    Null,
    /// A boolean, also `yes` and `off`.
    Bool(bool),
    /// An integer that fits `i64`.
    Int(i64),
    /// An integer above `i64`.
    UInt(u64),
    /// A float; `.inf` and `.nan` too, which JSON cannot hold.
    Float(f64),
    /// A string: the text as it stands.
    Str,
}

/// What the plain scalar `text` means to Kubernetes and Helm.
pub fn resolve(text: &str) -> Scalar {
    let Some(&first) = text.as_bytes().first() else { return Scalar::Null };
    match first {
        b'0'..=b'9' | b'+' | b'-' => word(text).unwrap_or_else(|| number(text)),
        b'.' => word(text).unwrap_or_else(|| point_first(text)),
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' => {
            word(text).unwrap_or(Scalar::Str)
        }
        _ => Scalar::Str,
    }
}

/// The words that stand for a value.
fn word(text: &str) -> Option<Scalar> {
    if text.len() > 5 {
        return None;
    }
    Some(match text {
        "~" | "null" | "Null" | "NULL" => Scalar::Null,
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            Scalar::Bool(true)
        }
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            Scalar::Bool(false)
        }
        ".nan" | ".NaN" | ".NAN" => Scalar::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Scalar::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Scalar::Float(f64::NEG_INFINITY),
        _ => return None,
    })
}

/// A scalar that starts with a digit or a sign; underscores count for nothing.
fn number(text: &str) -> Scalar {
    let plain: Cow<'_, str> =
        if text.contains('_') { Cow::Owned(text.replace('_', "")) } else { Cow::Borrowed(text) };
    integer(&plain).or_else(|| float(&plain)).or_else(|| signed_binary(&plain)).unwrap_or(Scalar::Str)
}

/// A scalar that starts with a point; underscores only between digits.
fn point_first(text: &str) -> Scalar {
    if !text.contains('_') {
        return float(text).unwrap_or(Scalar::Str);
    }
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let misplaced = |at: usize| bytes[at] == b'_' && !(at > 0 && digit(at - 1) && digit(at + 1));
    if (0..bytes.len()).any(misplaced) {
        return Scalar::Str;
    }
    float(&text.replace('_', "")).unwrap_or(Scalar::Str)
}

/// An integer as Go's `ParseInt(text, 0, 64)` and then `ParseUint` read it: a leading zero is octal.
fn integer(text: &str) -> Option<Scalar> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (radix, digits) = match unsigned.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &unsigned[2..]),
        [b'0', b'b' | b'B', ..] => (2, &unsigned[2..]),
        [b'0', b'o' | b'O', ..] => (8, &unsigned[2..]),
        [b'0', _, ..] => (8, &unsigned[1..]),
        _ => (10, unsigned),
    };
    // `from_str_radix` would take a second sign.
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let size = u64::from_str_radix(digits, radix).ok()?;
    if text.starts_with('-') {
        return 0i64.checked_sub_unsigned(size).map(Scalar::Int);
    }
    match i64::try_from(size) {
        Ok(int) => Some(Scalar::Int(int)),
        Err(_) if text.starts_with('+') => None,
        Err(_) => Some(Scalar::UInt(size)),
    }
}

/// A second look at binary: after the prefix Go's reader takes a sign, so `0b-1` is -1.
fn signed_binary(text: &str) -> Option<Scalar> {
    let digits = text.strip_prefix("0b")?;
    let bare = digits.strip_prefix(['-', '+'])?;
    if bare.is_empty() || bare.starts_with(['-', '+']) {
        return None;
    }
    i64::from_str_radix(digits, 2).ok().map(Scalar::Int)
}

/// A decimal float; one that is too large for 64 bits stays a string.
fn float(text: &str) -> Option<Scalar> {
    if !has_float_shape(text) {
        return None;
    }
    text.parse::<f64>().ok().filter(|v| v.is_finite()).map(Scalar::Float)
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`, all of the text.
pub(super) fn has_float_shape(text: &str) -> bool {
    fn digits(rest: &[u8]) -> (usize, &[u8]) {
        let count = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        (count, &rest[count..])
    }
    let bytes = text.as_bytes();
    let unsigned = bytes.strip_prefix(b"-").or_else(|| bytes.strip_prefix(b"+")).unwrap_or(bytes);
    let (whole, mut rest) = digits(unsigned);
    if let Some(after) = rest.strip_prefix(b".") {
        let (fraction, after) = digits(after);
        if whole + fraction == 0 {
            return false;
        }
        rest = after;
    } else if whole == 0 {
        return false;
    }
    match rest {
        [] => true,
        [b'e' | b'E', exponent @ ..] => {
            let (count, end) = match exponent {
                [b'+' | b'-', after @ ..] => digits(after),
                _ => digits(exponent),
            };
            count > 0 && end.is_empty()
        }
        _ => false,
    }
}

/// The text that a scalar becomes as the key of a map; nothing for what Kubernetes refuses as a key.
pub fn key_text<'t>(scalar: &Scalar, text: &'t str) -> Option<Cow<'t, str>> {
    Some(match scalar {
        Scalar::Str => Cow::Borrowed(text),
        Scalar::Bool(true) => Cow::Borrowed("true"),
        Scalar::Bool(false) => Cow::Borrowed("false"),
        Scalar::Int(int) => {
            let shown = int.to_string();
            if shown == text { Cow::Borrowed(text) } else { Cow::Owned(shown) }
        }
        Scalar::Float(float) => Cow::Owned(float_key(*float)),
        Scalar::Null | Scalar::UInt(_) => return None,
    })
}

/// A float key as Go's `FormatFloat(v, 'g', -1, 32)`: the shortest digits of the 32-bit float.
fn float_key(float: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "that is how Kubernetes shows it")]
    let narrow = float as f32;
    if !narrow.is_finite() {
        return if narrow.is_nan() {
            ".nan"
        } else if narrow > 0.0 {
            ".inf"
        } else {
            "-.inf"
        }
        .to_owned();
    }
    let scientific = format!("{narrow:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let power: i32 = exponent.parse().unwrap_or(0);
    // Go switches to an exponent at six digits before the point, whatever the number of digits.
    if (-4..6).contains(&power) {
        return format!("{narrow}");
    }
    let sign = if power < 0 { '-' } else { '+' };
    // Of two shortest forms Go takes the even one and Rust the larger: rounding to that length is as Go does it.
    let places = digits.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let rounded = format!("{:.places$e}", f64::from(narrow));
    let digits = rounded.split_once('e').map_or(digits, |(even, _)| even);
    format!("{digits}e{sign}{:02}", power.abs())
}
