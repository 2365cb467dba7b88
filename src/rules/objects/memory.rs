//! Amounts of memory, in bytes.

/// The factors of the suffixes of quantities.
const FACTORS: [(&str, u64); 10] = [
    ("", 1),
    ("k", 1_000),
    ("M", 1_000_000),
    ("G", 1_000_000_000),
    ("T", 1_000_000_000_000),
    ("Ki", 1 << 10),
    ("Mi", 1 << 20),
    ("Gi", 1 << 30),
    ("Ti", 1 << 40),
    ("Pi", 1 << 50),
];

/// The bytes of a quantity such as `1536Mi` or `1.5Gi`, to a thousandth of its unit; none if it is written in another way.
pub(in crate::rules) fn bytes(quantity: &str) -> Option<u64> {
    let end = quantity.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(quantity.len());
    let (number, suffix) = quantity.split_at_checked(end)?;
    let (_, factor) = FACTORS.iter().find(|(name, _)| *name == suffix)?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let thousandths: u64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    let whole: u64 = whole.parse().ok()?;
    whole.checked_mul(*factor)?.checked_add(factor.checked_mul(thousandths)? / 1000)
}

/// Bytes as people write them: `1536Mi`.
pub(in crate::rules) fn mebibytes(bytes: u64) -> String {
    let mebibytes = bytes.div_ceil(1 << 20);
    if mebibytes.is_multiple_of(1024) { format!("{}Gi", mebibytes / 1024) } else { format!("{mebibytes}Mi") }
}

#[cfg(test)]
mod tests {
    use super::{bytes, mebibytes};

    #[test]
    fn quantities_are_bytes() {
        for (text, want) in [
            ("8Gi", Some(8 << 30)),
            ("1.5Gi", Some(3 << 29)),
            ("512Mi", Some(512 << 20)),
            ("1G", Some(1_000_000_000)),
            ("128974848", Some(128_974_848)),
            ("1e9", None),
            ("Gi", None),
            ("", None),
            ("99999999999Ti", None),
        ] {
            assert_eq!(bytes(text), want, "{text}");
        }
        assert_eq!(mebibytes(3 << 29), "1536Mi");
        assert_eq!(mebibytes(8 << 30), "8Gi");
    }
}
