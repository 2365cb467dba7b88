//! Plain scalars that a person, or a reader of YAML 1.2, would take for something else than Kubernetes does.
//!
//! | written | read as | finding |
//! |---|---|---|
//! | `true` `false` `True` `TRUE` ... | a boolean by every reader | no |
//! | `yes` `on` `y` and their like | a boolean here, a string in YAML 1.2 | yes |
//! | `12` `-3` `1.5` | a number, and shown again as written | no |
//! | `+1` `-0` `012` `08` `0x1F` `0b1` `0o7` `1_000` | an integer that shows otherwise | yes |
//! | `1.10` `1.0` `1.` `.5` `1e3`, too many digits | a number that shows otherwise | yes |
//! | `1e400` `.5_`, `0x` with more than 64 bits | a string here, a number elsewhere | yes |
//! | `12:30:45` `22:22` | a string here, a number to base 60 in YAML 1.1 | yes |
//! | `2024-01-01` | a string here and in YAML 1.2 | no |
//! | `~` `null`, nothing | null by every reader | no |
//!
//! `.inf` and `.nan` are no question of reading: JSON cannot hold them, the reader refuses them.

use super::resolve::{Scalar, has_float_shape};
use std::borrow::Cow;

/// Both readings of a plain scalar that `scalar` resolves, as a headline; nothing when all agree.
pub(super) fn readings(text: &str, scalar: &Scalar) -> Option<String> {
    match scalar {
        Scalar::Null => None,
        Scalar::Bool(_) if matches!(text, "true" | "True" | "TRUE" | "false" | "False" | "FALSE") => None,
        Scalar::Bool(value) => Some(format!("`{text}` is read as the boolean {value}, not as a string")),
        Scalar::Int(value) => integer(text, &value.to_string()),
        Scalar::UInt(value) => integer(text, &value.to_string()),
        Scalar::Float(value) => float(text, *value),
        Scalar::Str => string(text),
    }
}

fn integer(text: &str, shown: &str) -> Option<String> {
    if text == shown {
        return None;
    }
    let unsigned = text.trim_start_matches(['-', '+']);
    let why = match unsigned.as_bytes() {
        [b'0', b'x' | b'X', ..] => " (hexadecimal)",
        [b'0', b'b' | b'B', ..] => " (binary)",
        [b'0', b'o' | b'O', ..] | [b'0', _, ..] => " (octal)",
        _ if text.contains('_') => "",
        _ => ": the sign is lost",
    };
    Some(format!("`{text}` is read as {shown}{why}"))
}

fn float(text: &str, value: f64) -> Option<String> {
    let shown = value.to_string();
    if text == shown || !value.is_finite() {
        return None;
    }
    // A number of a hundred digits tells nobody anything.
    let short = if shown.len() > 24 { format!("{value:e}") } else { shown };
    let lost = match text.split_once('.') {
        _ if text.contains(['e', 'E']) => " (`e` is an exponent)",
        _ if text.contains('_') => "",
        Some((_, fraction)) if text.parse() == Ok(value) && significant(text) <= 15 => {
            if fraction.is_empty() {
                ": the point is lost"
            } else if fraction.ends_with('0') {
                ": the trailing zero is lost"
            } else {
                ""
            }
        }
        None if text.trim_start_matches(['-', '+']).starts_with('0') => ": the leading zero is lost",
        _ => ": digits are lost",
    };
    Some(format!("`{text}` is read as the number {short}{lost}"))
}

/// Digits that count.
fn significant(text: &str) -> usize {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    digits.trim_matches('0').len()
}

/// A string here that other readers take for a number.
fn string(text: &str) -> Option<String> {
    let first = text.as_bytes().first()?;
    if !first.is_ascii_digit() && !matches!(first, b'+' | b'-' | b'.') {
        return None;
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if is_base_60(unsigned) {
        return Some(format!(
            "`{text}` is read as a string here, as a number to base 60 by YAML 1.1 readers"
        ));
    }
    let without = if text.contains('_') { Cow::Owned(text.replace('_', "")) } else { Cow::Borrowed(text) };
    if has_float_shape(&without) || is_prefixed(unsigned) {
        return Some(format!("`{text}` is read as a string here, as a number by other readers of YAML"));
    }
    None
}

/// `[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?`.
fn is_base_60(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut parts = whole.split(':');
    let head = parts.next().unwrap_or("");
    let mut count = 0;
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    let sixty = parts.all(|part| {
        count += 1;
        matches!(part.as_bytes(), [b'0'..=b'9'] | [b'0'..=b'5', b'0'..=b'9'])
    });
    count > 0 && sixty && head.starts_with(|c: char| c.is_ascii_digit()) && digits(head) && digits(fraction)
}

/// A hexadecimal, octal or binary number of any length.
fn is_prefixed(text: &str) -> bool {
    let all = |digits: &str, ok: fn(&u8) -> bool| {
        digits.bytes().any(|b| b != b'_') && digits.bytes().all(|b| ok(&b) || b == b'_')
    };
    text.strip_prefix("0x").is_some_and(|d| all(d, u8::is_ascii_hexdigit))
        || text.strip_prefix("0o").is_some_and(|d| all(d, |b| matches!(b, b'0'..=b'7')))
        || text.strip_prefix("0b").is_some_and(|d| all(d, |b| matches!(b, b'0' | b'1')))
}

#[cfg(test)]
mod tests {
    use super::readings;
    use crate::yaml::resolve::resolve;

    #[test]
    fn what_all_readers_agree_on_is_not_ambiguous() {
        for text in [
            "",
            "~",
            "null",
            "true",
            "True",
            "FALSE",
            "tRue",
            "0",
            "12",
            "-3",
            "1.5",
            "-2.25",
            "0.1",
            "0.30000000000000004",
            "18446744073709551615",
            "2024-01-01",
            "2024-01-01T00:00:00Z",
            "1.2.3",
            "10.0.0.1",
            "10Gi",
            "100m",
            "1-2",
            "a:b",
            "12:60",
            "::1",
            "00:11:22:33:44:55:66:77:88:99:aa",
            "+a",
        ] {
            assert_eq!(readings(text, &resolve(text)), None, "{text}");
        }
    }

    #[test]
    fn both_readings_are_said() {
        for (text, want) in [
            ("yes", "`yes` is read as the boolean true, not as a string"),
            ("+1", "`+1` is read as 1: the sign is lost"),
            ("-012", "`-012` is read as -10 (octal)"),
            ("0x1F", "`0x1F` is read as 31 (hexadecimal)"),
            ("0b1", "`0b1` is read as 1 (binary)"),
            ("1_000", "`1_000` is read as 1000"),
            ("09", "`09` is read as the number 9: the leading zero is lost"),
            ("1.10", "`1.10` is read as the number 1.1: the trailing zero is lost"),
            ("1.", "`1.` is read as the number 1: the point is lost"),
            (".5", "`.5` is read as the number 0.5"),
            ("1e3", "`1e3` is read as the number 1000 (`e` is an exponent)"),
            (
                "18446744073709551616",
                "`18446744073709551616` is read as the number 18446744073709552000: digits are lost",
            ),
            ("22:22", "`22:22` is read as a string here, as a number to base 60 by YAML 1.1 readers"),
            ("12e45678", "`12e45678` is read as a string here, as a number by other readers of YAML"),
            (".5_", "`.5_` is read as a string here, as a number by other readers of YAML"),
        ] {
            assert_eq!(readings(text, &resolve(text)).as_deref(), Some(want), "{text}");
        }
    }
}
