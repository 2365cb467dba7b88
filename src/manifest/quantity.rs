//! Quantities such as `500m` and `8Gi`, in the form in which Kubernetes writes them back.
//!
//! The rules are those of the API machinery's `resource.Quantity`: the largest suffix of the number's own family that
//! leaves no fraction; below a thousandth of a thousandth it rounds up, which no manifest of ours needs: such
//! numbers are left alone.

const BINARY: [(&str, u32); 7] =
    [("", 0), ("Ki", 10), ("Mi", 20), ("Gi", 30), ("Ti", 40), ("Pi", 50), ("Ei", 60)];
const DECIMAL: [(&str, i32); 10] =
    [("n", -9), ("u", -6), ("m", -3), ("", 0), ("k", 3), ("M", 6), ("G", 9), ("T", 12), ("P", 15), ("E", 18)];

/// The canonical text of a quantity; none if the text is no quantity, or too large or fine to be exact.
pub fn canonical_quantity(text: &str) -> Option<String> {
    let end = text.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | '+' | '-')).unwrap_or(text.len());
    let (number, suffix) = text.split_at(end);
    let (negative, digits) = match number.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, number.strip_prefix('+').unwrap_or(number)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if (whole.is_empty() && fraction.is_empty())
        || !(whole.bytes().chain(fraction.bytes())).all(|b| b.is_ascii_digit())
    {
        return None;
    }
    let mantissa: i128 = format!("{whole}{fraction}")
        .trim_start_matches('0')
        .parse()
        .or_else(|e| if whole.bytes().chain(fraction.bytes()).all(|b| b == b'0') { Ok(0) } else { Err(e) })
        .ok()?;
    let scale = i32::try_from(fraction.len()).ok()?;
    let sign = if negative && mantissa != 0 { "-" } else { "" };
    if let Some((_, power)) = BINARY.iter().skip(1).find(|(name, _)| *name == suffix) {
        return binary(mantissa, scale, *power).map(|text| format!("{sign}{text}"));
    }
    let exponent = match DECIMAL.iter().find(|(name, _)| *name == suffix) {
        Some((_, exponent)) => *exponent,
        None => suffix.strip_prefix(['e', 'E'])?.parse::<i32>().ok()?,
    };
    decimal(mantissa, exponent - scale).map(|text| format!("{sign}{text}"))
}

/// `mantissa * 10^-scale * 2^power`.
fn binary(mantissa: i128, scale: i32, power: u32) -> Option<String> {
    let scaled = mantissa.checked_mul(1i128.checked_shl(power)?)?;
    let divisor = 10i128.checked_pow(u32::try_from(scale).ok()?)?;
    if scaled % divisor != 0 {
        // A fraction of a byte: Kubernetes falls back to the decimal family.
        return decimal(scaled, -scale);
    }
    let mut value = scaled / divisor;
    if value < 1024 {
        // What does not reach a Ki is written in the decimal family.
        return decimal(value, 0);
    }
    let mut at = 0;
    while value % 1024 == 0 && at + 1 < BINARY.len() {
        value /= 1024;
        at += 1;
    }
    Some(format!("{value}{}", BINARY[at].0))
}

/// `mantissa * 10^exponent`.
fn decimal(mut mantissa: i128, mut exponent: i32) -> Option<String> {
    if mantissa == 0 {
        return Some("0".to_owned());
    }
    while mantissa % 10 == 0 {
        mantissa /= 10;
        exponent += 1;
    }
    // Down to the next multiple of three.
    let floor = exponent.div_euclid(3) * 3;
    for _ in floor..exponent {
        mantissa = mantissa.checked_mul(10)?;
    }
    if floor > 18 {
        return None;
    }
    let (suffix, _) = DECIMAL.iter().find(|(_, e)| *e == floor)?;
    Some(format!("{mantissa}{suffix}"))
}

#[cfg(test)]
mod tests {
    use super::canonical_quantity;

    #[test]
    fn quantities_are_written_as_kubernetes_does() {
        for (text, want) in [
            ("0.5", Some("500m")),
            ("1000m", Some("1")),
            ("4", Some("4")),
            ("2000", Some("2k")),
            ("1024Mi", Some("1Gi")),
            ("1.5Gi", Some("1536Mi")),
            ("100M", Some("100M")),
            ("1000M", Some("1G")),
            ("8Gi", Some("8Gi")),
            ("0", Some("0")),
            ("0.1", Some("100m")),
            ("1e3", Some("1k")),
            ("512Ki", Some("512Ki")),
            ("0.5Ki", Some("512")),
            ("1500m", Some("1500m")),
            ("x", None),
            ("", None),
            (".", None),
            ("1Zi", None),
            ("-1", Some("-1")),
            ("10.0", Some("10")),
            ("12e45678", None),
        ] {
            assert_eq!(canonical_quantity(text).as_deref(), want, "{text}");
        }
    }
}
