//! Points in time as of RFC 3339.

use super::{Verdict, unless};

/// Whether a text is a time as of RFC 3339: `2026-01-31T12:00:00Z`, with a fraction and an offset if wanted.
pub fn is_time(text: &str) -> bool {
    let mut rest = text.as_bytes();
    let mut number = |width: usize, end: Option<u8>| -> Option<u32> {
        let (digits, after) = rest.split_at_checked(width)?;
        let value =
            digits.iter().try_fold(0u32, |n, b| b.is_ascii_digit().then(|| n * 10 + u32::from(b - b'0')))?;
        rest = match end {
            Some(mark) => after.strip_prefix(&[mark])?,
            None => after,
        };
        Some(value)
    };
    let parsed = (|| {
        let (year, month, day) = (number(4, Some(b'-'))?, number(2, Some(b'-'))?, number(2, Some(b'T'))?);
        let (hour, minute, second) = (number(2, Some(b':'))?, number(2, Some(b':'))?, number(2, None)?);
        Some((year, month, day, hour, minute, second))
    })();
    let Some((year, month, day, hour, minute, second)) = parsed else { return false };
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day) && hour < 24 && minute < 60 && second < 60 && is_zone(rest)
}

/// A fraction of a second, if any, and `Z` or an offset.
fn is_zone(rest: &[u8]) -> bool {
    let rest = match rest.split_first() {
        Some((b'.' | b',', digits)) => {
            let count = digits.iter().take_while(|b| b.is_ascii_digit()).count();
            if count == 0 {
                return false;
            }
            digits.get(count..).unwrap_or(&[])
        }
        _ => rest,
    };
    match rest {
        [b'Z'] => true,
        [b'+' | b'-', a, b, b':', c, d] => {
            let two = |a: &u8, b: &u8| {
                (a.is_ascii_digit() && b.is_ascii_digit()).then(|| (a - b'0') * 10 + (b - b'0'))
            };
            two(a, b).is_some_and(|h| h < 24) && two(c, d).is_some_and(|m| m < 60)
        }
        _ => false,
    }
}

/// A time.
pub fn time(text: &str) -> Verdict {
    unless(is_time(text), "must be a time such as `2026-01-31T12:00:00Z`")
}

#[cfg(test)]
mod tests {
    use super::is_time;

    #[test]
    fn times() {
        for good in ["2026-01-31T12:00:00Z", "2024-02-29T23:59:59.123456+08:00", "0001-01-01T00:00:00Z"] {
            assert!(is_time(good), "{good}");
        }
        for bad in [
            "",
            "2026-01-31",
            "2026-13-01T00:00:00Z",
            "2025-02-29T00:00:00Z",
            "2026-01-31 12:00:00Z",
            "2026-01-31T24:00:00Z",
            "2026-01-31T12:00:00",
            "2026-01-31T12:00:00.Z",
            "2026-1-31T12:00:00Z",
        ] {
            assert!(!is_time(bad), "{bad}");
        }
    }
}
