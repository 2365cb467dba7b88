//! Quantities such as `500m` and `8Gi`, as numbers that can be compared.

use super::{Verdict, unless};

/// The size of a quantity, in billionths: 1 is 1,000,000,000. What is too large is the largest, and what is finer than a
/// billionth is rounded away from 0, both as the API machinery does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quantity {
    nano: i128,
}

const NANO: i128 = 1_000_000_000;

impl Quantity {
    /// A whole number.
    pub fn whole(number: i64) -> Self {
        Self { nano: i128::from(number) * NANO }
    }

    /// Less, equal or greater than 0: -1, 0 or 1.
    pub fn sign(self) -> i128 {
        self.nano.signum()
    }

    /// Whether it has no fraction.
    pub fn is_whole(self) -> bool {
        self.nano % NANO == 0
    }

    /// In billionths.
    pub fn nano(self) -> i128 {
        self.nano
    }

    /// In thousandths, rounded up: finer amounts of resources are not kept.
    pub fn milli(self) -> i128 {
        const NANO: i128 = 1_000_000;
        self.nano.div_euclid(NANO) + i128::from(self.nano.rem_euclid(NANO) != 0)
    }

    /// The quantity of a text; none when the text is none.
    pub fn parse(text: &str) -> Option<Self> {
        // Spaces around it do not matter, and a unit or sign alone is 0.
        let text = text.trim_matches(' ');
        let (negative, unsigned) = match text.as_bytes().first()? {
            b'-' => (true, text.get(1..)?),
            b'+' => (false, text.get(1..)?),
            _ => (false, text),
        };
        let end = unsigned.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(unsigned.len());
        let (number, suffix) = unsigned.split_at(end);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if fraction.contains('.') {
            return None;
        }
        let (base, power) = scale(suffix)?;
        let magnitude = scaled(whole, fraction, base, power);
        Some(Self { nano: if negative { -magnitude } else { magnitude } })
    }
}

/// The base and power of a suffix.
fn scale(suffix: &str) -> Option<(i128, i32)> {
    Some(match suffix {
        "Ki" => (1024, 1),
        "Mi" => (1024, 2),
        "Gi" => (1024, 3),
        "Ti" => (1024, 4),
        "Pi" => (1024, 5),
        "Ei" => (1024, 6),
        "n" => (10, -9),
        "u" => (10, -6),
        "m" => (10, -3),
        "" => (10, 0),
        "k" => (10, 3),
        "M" => (10, 6),
        "G" => (10, 9),
        "T" => (10, 12),
        "P" => (10, 15),
        "E" => (10, 18),
        _ => {
            let digits = suffix.strip_prefix(['e', 'E'])?;
            let plain = digits.strip_prefix(['+', '-']).unwrap_or(digits);
            if plain.is_empty() || !plain.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            (10, digits.parse::<i64>().ok()?.clamp(-400, 400) as i32)
        }
    })
}

/// `whole.fraction * base^power` in billionths, not negative.
fn scaled(whole: &str, fraction: &str, base: i128, power: i32) -> i128 {
    const MOST: i128 = i64::MAX as i128 * NANO;
    // More digits than these are beyond the largest, or beyond a billionth.
    let digits: String = format!("{whole}{fraction}");
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() {
        return 0;
    }
    let shift = |digits: i128, mut exponent: i32| {
        let mut value = digits;
        while exponent > 0 && value <= MOST {
            value = value.saturating_mul(10);
            exponent -= 1;
        }
        let mut rest = false;
        while exponent < 0 && value > 0 {
            rest |= value % 10 != 0;
            value /= 10;
            exponent += 1;
        }
        (value + i128::from(rest)).min(MOST)
    };
    let kept: String = digits.chars().take(30).collect();
    let lost = i32::try_from(digits.len() - kept.len()).unwrap_or(i32::MAX / 4);
    let Ok(mantissa) = kept.parse::<i128>() else { return MOST };
    let fraction = i32::try_from(fraction.len()).unwrap_or(i32::MAX / 4);
    let exponent = 9i32.saturating_add(lost).saturating_sub(fraction);
    if base == 10 {
        return shift(mantissa, exponent.saturating_add(power));
    }
    let factor = base.saturating_pow(power.unsigned_abs());
    match mantissa.checked_mul(factor) {
        Some(value) => shift(value, exponent),
        None => shift(mantissa, exponent).saturating_mul(factor).min(MOST),
    }
}

/// A quantity.
pub fn quantity(text: &str) -> Verdict {
    unless(
        Quantity::parse(text).is_some(),
        "must be a quantity: a number with a unit such as `m`, `k`, `M`, `G`, `Ki`, `Mi` or `Gi`, or none",
    )
}

#[cfg(test)]
mod tests {
    use super::Quantity;

    #[test]
    fn quantities_are_read_as_the_api_machinery_reads_them() {
        for (text, want) in [
            ("0", Some(0)),
            ("1", Some(1_000_000_000)),
            ("-1", Some(-1_000_000_000)),
            ("+.5", Some(500_000_000)),
            ("5.", Some(5_000_000_000)),
            ("500m", Some(500_000_000)),
            ("1Ki", Some(1_024_000_000_000)),
            ("1.5Gi", Some(1_610_612_736_000_000_000)),
            ("1e3", Some(1_000_000_000_000)),
            ("1E", Some(1_000_000_000_000_000_000_000_000_000)),
            ("1E3", Some(1_000_000_000_000)),
            ("0.1n", Some(1)),
            ("99999999999E", Some(i128::from(i64::MAX) * 1_000_000_000)),
            ("", None),
            (".", Some(0)),
            ("Gi", Some(0)),
            ("-", Some(0)),
            (" 1k ", Some(1_000_000_000_000)),
            ("1.2.3", None),
            ("1ki", None),
            ("1K", None),
            ("1Mb", None),
            ("1e", None),
            ("--1", None),
            ("1 Gi", None),
            ("\t1", None),
            ("1e+", None),
        ] {
            assert_eq!(Quantity::parse(text).map(Quantity::nano), want, "{text}");
        }
    }
}
