//! PEM blocks as of RFC 7468, as far as their marks go.

/// The label of the first block of a text, if it has one with base64 between its marks.
pub fn first(text: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(text).ok()?;
    let mut rest = text;
    loop {
        let start = rest.find("-----BEGIN ")?;
        let own_line = start == 0 || rest.get(..start)?.ends_with('\n');
        rest = rest.get(start + "-----BEGIN ".len()..)?;
        if !own_line {
            continue;
        }
        let Some((label, body)) = rest.split_once("-----") else { continue };
        let Some((body, _)) = body.split_once(&format!("-----END {label}-----")) else { continue };
        let data: String = match body.split_once("\n\n") {
            Some((headers, data)) if headers.contains(':') => data.split_whitespace().collect(),
            _ => body.split_whitespace().collect(),
        };
        if super::base64::decoded_len(&data).is_some() {
            return Some(label);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::first;

    #[test]
    fn blocks() {
        let good = b"text\n-----BEGIN CERTIFICATE-----\nYWJj\nYWJj\n-----END CERTIFICATE-----\n";
        assert_eq!(first(good), Some("CERTIFICATE"));
        for bad in ["", "YWJj", "-----BEGIN A-----\nYWJj\n", "-----BEGIN A-----\n*\n-----END A-----\n"] {
            assert_eq!(first(bad.as_bytes()), None, "{bad}");
        }
    }
}
