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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_resolve_as_kubernetes_resolves_them() {
        use Scalar::{Bool, Float, Int, Null, Str, UInt};
        for (text, want) in [
            ("", Null),
            ("~", Null),
            ("NULL", Null),
            ("nuLL", Str),
            ("y", Bool(true)),
            ("On", Bool(true)),
            ("oN", Str),
            ("TRUE", Bool(true)),
            ("off", Bool(false)),
            ("n", Bool(false)),
            ("0", Int(0)),
            ("-0", Int(0)),
            ("+12", Int(12)),
            ("0644", Int(420)),
            ("-014", Int(-12)),
            ("0o14", Int(12)),
            ("08", Float(8.0)),
            ("0x1F", Int(31)),
            ("-0x1f", Int(-31)),
            ("0x", Str),
            ("0b101", Int(5)),
            ("0b-1", Int(-1)),
            ("0b+1", Int(1)),
            ("-0b-1", Str),
            ("0b2", Str),
            ("1_000", Int(1000)),
            ("1__0_", Int(10)),
            ("_1", Str),
            ("9223372036854775807", Int(i64::MAX)),
            ("9223372036854775808", UInt(1 << 63)),
            ("+9223372036854775808", Float(9_223_372_036_854_775_808.0)),
            ("-9223372036854775808", Int(i64::MIN)),
            ("-9223372036854775809", Float(-9_223_372_036_854_775_808.0)),
            ("18446744073709551616", Float(18_446_744_073_709_551_616.0)),
            ("1.10", Float(1.1)),
            ("1.", Float(1.0)),
            (".5", Float(0.5)),
            (".", Str),
            (".5_0", Float(0.5)),
            (".5_", Str),
            ("._5", Str),
            ("1e3", Float(1000.0)),
            ("1e", Str),
            ("1e400", Str),
            ("1e-400", Float(0.0)),
            (".inf", Float(f64::INFINITY)),
            ("-.INF", Float(f64::NEG_INFINITY)),
            ("inf", Str),
            ("-", Str),
            ("--1", Str),
            ("12:30:45", Str),
            ("2024-01-01", Str),
            ("1.2.3", Str),
            ("10Gi", Str),
            ("<<", Str),
            ("=", Str),
        ] {
            assert_eq!(resolve(text), want, "{text}");
        }
        assert!(matches!(resolve(".NaN"), Scalar::Float(v) if v.is_nan()));
    }

    #[test]
    fn keys_become_the_strings_that_kubernetes_makes_of_them() {
        for (text, want) in [
            ("on", Some("true")),
            ("012", Some("10")),
            ("-0", Some("0")),
            ("-0.0", Some("-0")),
            ("1.10", Some("1.1")),
            ("100000.5", Some("100000.5")),
            ("1000000.5", Some("1.0000005e+06")),
            ("123456789.125", Some("1.2345679e+08")),
            ("03396194.20", Some("3.3961942e+06")),
            ("0.0001", Some("0.0001")),
            ("0.00001", Some("1e-05")),
            ("1e21", Some("1e+21")),
            ("text", Some("text")),
            ("~", None),
            ("18446744073709551615", None),
        ] {
            assert_eq!(key_text(&resolve(text), text).as_deref(), want, "{text}");
        }
    }
}
