//! Durations such as `1h30m`.

use super::{Verdict, unless};

/// A duration in nanoseconds; none when the text is none: numbers with units, `0` alone without.
pub fn parse(text: &str) -> Option<i64> {
    let (negative, mut rest) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total = 0f64;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest.get(..end).filter(|n| *n != ".")?.parse().ok()?;
        rest = rest.get(end..)?;
        let end = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
        let unit = match rest.get(..end)? {
            "ns" => 1.0,
            "us" | "µs" | "μs" => 1e3,
            "ms" => 1e6,
            "s" => 1e9,
            "m" => 60e9,
            "h" => 3600e9,
            _ => return None,
        };
        total += number * unit;
        rest = rest.get(end..)?;
    }
    #[expect(clippy::cast_possible_truncation, reason = "in range")]
    let nanos = (total < 9.3e18).then_some(total as i64)?;
    Some(if negative { -nanos } else { nanos })
}

/// A duration.
pub fn duration(text: &str) -> Verdict {
    unless(parse(text).is_some(), "must be a duration such as `30s` or `1h30m`")
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn durations() {
        for (text, want) in [
            ("0", Some(0)),
            ("30s", Some(30_000_000_000)),
            ("1h30m", Some(5_400_000_000_000)),
            ("-1.5s", Some(-1_500_000_000)),
            ("1us", Some(1_000)),
            ("", None),
            ("30", None),
            ("s", None),
            (".s", None),
            ("1d", None),
            ("1h 2m", None),
        ] {
            assert_eq!(parse(text), want, "{text}");
        }
    }
}
