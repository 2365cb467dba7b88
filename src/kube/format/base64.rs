//! Base64 as of RFC 4648, with padding; line breaks are skipped.

use super::{Verdict, unless};

/// How many bytes a base64 text stands for; none when it is none.
pub fn decoded_len(text: &str) -> Option<usize> {
    let (mut digits, mut padding) = (0usize, 0usize);
    for b in text.bytes() {
        match b {
            b'\r' | b'\n' => {}
            b'=' => padding += 1,
            _ if padding > 0 => return None,
            b'+' | b'/' => digits += 1,
            _ if b.is_ascii_alphanumeric() => digits += 1,
            _ => return None,
        }
    }
    let whole = (digits + padding).is_multiple_of(4) && padding <= 2;
    whole.then_some(digits * 3 / 4)
}

/// Base64.
pub fn base64(text: &str) -> Verdict {
    unless(decoded_len(text).is_some(), "must be base64 with its padding")
}

/// The bytes of a base64 text; none when it is none.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    decoded_len(text)?;
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0u32, 0u32);
    for b in text.bytes() {
        let digit = match b {
            b'A'..=b'Z' => b - b'A',
            b'a'..=b'z' => b - b'a' + 26,
            b'0'..=b'9' => b - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => continue,
        };
        bits = (bits << 6) | u32::from(digit);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::{decode, decoded_len};

    #[test]
    fn texts_and_their_lengths() {
        for (text, want) in [
            ("", Some(0)),
            ("aGVsbG8=", Some(5)),
            ("aGVs\nbG8=", Some(5)),
            ("YQ==", Some(1)),
            ("YWJj", Some(3)),
            ("a", None),
            ("aGVsbG8", None),
            ("a===", None),
            ("aa=a", None),
            ("aGVs bG8=", None),
            ("a-_=", None),
        ] {
            assert_eq!(decoded_len(text), want, "{text}");
        }
        assert_eq!(decode("aGVsbG8=").unwrap(), b"hello");
    }
}
