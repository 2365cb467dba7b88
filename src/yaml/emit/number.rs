//! Numbers as every reader of YAML takes them for numbers of the same kind.

/// Writes an integer.
pub(super) fn int(value: i64, out: &mut String) {
    if value < 0 {
        out.push('-');
    }
    uint(value.unsigned_abs(), out);
}

/// Writes an integer without sign; by hand, because ports and counts are everywhere in manifests.
pub(super) fn uint(mut value: u64, out: &mut String) {
    if value < 10 {
        out.push(digit(value));
        return;
    }
    // 20 digits hold every u64.
    let mut digits = ['0'; 20];
    let mut count = 0;
    while value > 0 {
        digits[count] = digit(value % 10);
        value /= 10;
        count += 1;
    }
    out.extend(digits[..count].iter().rev());
}

fn digit(value: u64) -> char {
    char::from(b'0' + (value % 10) as u8)
}

/// Writes a float so that it stays one: YAML 1.1 wants a point, and a sign in the exponent.
pub(super) fn float(value: f64, out: &mut String) {
    if value.is_nan() {
        return out.push_str(".nan");
    }
    if value.is_infinite() {
        return out.push_str(if value > 0.0 { ".inf" } else { "-.inf" });
    }
    let shown = format!("{value:?}");
    let Some((mantissa, exponent)) = shown.split_once('e') else { return out.push_str(&shown) };
    out.push_str(mantissa);
    if !mantissa.contains('.') {
        out.push_str(".0");
    }
    out.push('e');
    if !exponent.starts_with('-') {
        out.push('+');
    }
    out.push_str(exponent);
}
