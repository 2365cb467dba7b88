//! `format` of strings in schemas of custom kinds: those that a server judges. What is laxer here than there says so.

use crate::kube::format::{Verdict, base64, duration, names, quantity};
use regex::Regex;
use std::{
    net::{IpAddr, Ipv6Addr},
    sync::OnceLock,
};

/// A format that is judged; a server ignores the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Base64.
    Byte,
    /// A day.
    Date,
    /// A time.
    DateTime,
    /// A duration.
    Duration,
    /// An e-mail address.
    Email,
    /// A colour such as `#ff0000`.
    HexColor,
    /// The name of a host.
    Hostname,
    /// An address.
    Ipv4,
    /// An address.
    Ipv6,
    /// A network.
    Cidr,
    /// A hardware address.
    Mac,
    /// A URI with a scheme, or a path from the root on.
    Uri,
    /// A UUID; with the version that it must have, or 0.
    Uuid(u8),
    /// A DNS label.
    ShortName,
    /// A DNS subdomain.
    LongName,
    /// A quantity: no format of a server, but a pattern that it has for them.
    Quantity,
}

impl Format {
    /// The format of a name; dashes do not count.
    pub(crate) fn of(name: &str) -> Option<Self> {
        Some(match name.replace('-', "").as_str() {
            "byte" => Self::Byte,
            "date" => Self::Date,
            "datetime" => Self::DateTime,
            "duration" => Self::Duration,
            "email" => Self::Email,
            "hexcolor" => Self::HexColor,
            "hostname" => Self::Hostname,
            "ipv4" => Self::Ipv4,
            "ipv6" => Self::Ipv6,
            "cidr" => Self::Cidr,
            "mac" => Self::Mac,
            "uri" => Self::Uri,
            "uuid" => Self::Uuid(0),
            "uuid3" => Self::Uuid(3),
            "uuid4" => Self::Uuid(4),
            "uuid5" => Self::Uuid(5),
            "k8sshortname" => Self::ShortName,
            "k8slongname" => Self::LongName,
            _ => return None,
        })
    }
}

/// Judges a text by a format, as Kubernetes 1.`minor` does.
pub(super) fn judge(format: Format, text: &str, minor: u32) -> Verdict {
    /// The minor version in which names became formats.
    const NAMES: u32 = 34;
    let (fine, what) = match format {
        Format::Byte => (is_base64(text), "must be base64 with its padding"),
        Format::Date => (is_date(text), "must be a day such as `2026-01-31`"),
        Format::DateTime => (is_date_time(text), "must be a time such as `2026-01-31T12:00:00Z`"),
        Format::Duration => (is_duration(text), "must be a duration such as `30s` or `1h30m`"),
        Format::Email => (text.contains('@'), "must be an e-mail address"),
        Format::HexColor => (is_color(text), "must be a colour such as `#ff0000`"),
        Format::Hostname => (is_hostname(text), "must be the name of a host such as `www.example.com`"),
        Format::Ipv4 => (text.contains('.') && ip(text).is_some(), "must be an address such as `10.0.0.1`"),
        Format::Ipv6 => (text.parse::<Ipv6Addr>().is_ok(), "must be an address such as `fd00::1`"),
        Format::Cidr => (is_cidr(text), "must be a network such as `10.0.0.0/8`"),
        Format::Mac => (is_mac(text), "must be a hardware address such as `00:00:5e:00:53:01`"),
        Format::Uri => {
            (is_uri(text), "must be a URI such as `https://example.com/path`, or a path that begins with `/`")
        }
        Format::Uuid(version) => {
            (is_uuid(text, version), "must be a UUID such as `123e4567-e89b-42d3-a456-426614174000`")
        }
        Format::ShortName if minor >= NAMES => return names::label(text),
        Format::LongName if minor >= NAMES => return names::subdomain(text),
        Format::ShortName | Format::LongName => return None,
        Format::Quantity => {
            let plain = !text.contains(char::is_whitespace) && text.contains(|c: char| c.is_ascii_digit());
            (plain && quantity::quantity(text).is_none(), "must be a quantity such as `500m`, `2` or `8Gi`")
        }
    };
    (!fine).then_some(what.into())
}

/// Base64 without line breaks, of one byte or more.
fn is_base64(text: &str) -> bool {
    !text.is_empty() && !text.contains(['\r', '\n']) && base64::decoded_len(text).is_some()
}

fn is_date(text: &str) -> bool {
    crate::kube::format::time::is_time(&format!("{text}T00:00:00Z"))
}

/// A time whose letters may be small, and whose fraction may begin with any character.
fn is_date_time(text: &str) -> bool {
    static CLOCK: OnceLock<Option<Regex>> = OnceLock::new();
    let clock = CLOCK.get_or_init(|| {
        Regex::new(r"^([01][0-9]|2[0-3])(:[0-5][0-9]){2}(.[0-9]+)?(z|[+-][0-9]{2}:[0-9]{2})$").ok()
    });
    let lower = text.to_lowercase();
    let mut parts = lower.split('t');
    let (date, time) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    is_date(date) && clock.as_ref().is_none_or(|clock| clock.is_match(time))
}

/// A duration of Go, or a text in which a whole number with a unit stands anywhere.
fn is_duration(text: &str) -> bool {
    static LOOSE: OnceLock<Option<Regex>> = OnceLock::new();
    let loose = LOOSE.get_or_init(|| {
        let units = "(ns|nano[a-zµ]*|us|µs|micro[a-zµ]*|ms|milli[a-zµ]*|s|sec[a-zµ]*|m|min[a-zµ]*|h|hr|hour[a-zµ]*|d|day[a-zµ]*|w|wk|week[a-zµ]*)";
        Regex::new(&format!(r"(?i)[0-9]\s*{units}([^a-zµ]|$)")).ok()
    });
    duration::duration(text).is_none() || loose.as_ref().is_none_or(|loose| loose.is_match(text))
}

fn is_color(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or(text);
    matches!(digits.len(), 3 | 6) && digits.bytes().all(|b| b.is_ascii_hexdigit())
}

fn is_hostname(text: &str) -> bool {
    /// The most characters of a part.
    const PART: usize = 63;
    let sign = |c: char| c.is_ascii_alphanumeric() || !c.is_ascii();
    let part = |part: &str| {
        part.chars().count() <= PART
            && part.starts_with(sign)
            && part.ends_with(sign)
            && part.chars().all(|c| sign(c) || c == '-')
    };
    match text.rsplit_once('.') {
        Some((rest, last)) => {
            text.len() <= 255
                && rest.split('.').all(part)
                && (2..=PART).contains(&last.chars().count())
                && last.chars().all(|c| c.is_ascii_alphabetic() || !c.is_ascii())
        }
        // A single part may have one dash only, after its first character.
        None => {
            let mut chars = text.chars();
            let first = chars.next().is_some_and(sign);
            let rest = chars.as_str();
            let rest = rest.strip_prefix('-').unwrap_or(rest);
            first && text.len() <= PART && rest.chars().all(sign)
        }
    }
}

/// An address whose numbers may have zeros in front.
fn ip(text: &str) -> Option<IpAddr> {
    if text.contains(':') {
        return text.parse().ok().map(IpAddr::V6);
    }
    let plain: Vec<&str> = text
        .split('.')
        .map(|part| match part.trim_start_matches('0') {
            "" if part.is_empty() => "",
            "" => "0",
            rest => rest,
        })
        .collect();
    plain.join(".").parse().ok().map(IpAddr::V4)
}

fn is_cidr(text: &str) -> bool {
    let Some((address, length)) = text.split_once('/') else { return false };
    let most = match ip(address) {
        Some(IpAddr::V4(_)) => 32,
        Some(IpAddr::V6(_)) => 128,
        None => return false,
    };
    length.bytes().all(|b| b.is_ascii_digit()) && length.parse::<u32>().is_ok_and(|n| n <= most)
}

fn is_mac(text: &str) -> bool {
    let marks = [':', '-', '.'];
    let Some((width, mark)) = text.char_indices().find(|(_, c)| marks.contains(c)) else { return false };
    let parts: Vec<&str> = text.split(mark).collect();
    matches!((mark, width), (':' | '-', 2) | ('.', 4))
        && matches!(parts.len() * width, 12 | 16 | 40)
        && parts.iter().all(|p| p.len() == width && p.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Laxer than a server: the parts behind the scheme are not looked at.
fn is_uri(text: &str) -> bool {
    let scheme = |scheme: &str| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
    };
    let absolute =
        text.starts_with('/') || text == "*" || text.split_once(':').is_some_and(|(name, _)| scheme(name));
    absolute && !text.bytes().any(|b| b.is_ascii_control())
}

/// A UUID whose dashes may be left out.
fn is_uuid(text: &str, version: u8) -> bool {
    let mut digits = String::new();
    let mut dashed = false;
    for c in text.chars() {
        let again = std::mem::replace(&mut dashed, c == '-');
        match c {
            '-' if matches!(digits.len(), 8 | 12 | 16 | 20) && !again => {}
            c if c.is_ascii_hexdigit() => digits.push(c.to_ascii_lowercase()),
            _ => return false,
        }
    }
    let digit = |n: usize| digits.as_bytes().get(n).copied().unwrap_or(0);
    digits.len() == 32
        && (version == 0 || digit(12) == b'0' + version)
        && (version < 4 || matches!(digit(16), b'8' | b'9' | b'a' | b'b'))
}

#[cfg(test)]
mod tests {
    use super::{Format, judge};

    #[test]
    fn formats_are_judged_as_a_server_judges_them() {
        for (name, good, bad) in [
            ("byte", &["aGVsbG8=", "AAAA"][..], &["", "UPPER", "a", "aGVs\nbG8="][..]),
            ("date", &["2026-01-31"], &["2026-02-30", "2026-1-1", ""]),
            (
                "date-time",
                &["2026-01-31T12:00:00Z", "2026-01-31t12:00:00.5z", "2026-01-31T12:00:00+08:00"],
                &["", "2026-01-31", "2026-01-31 12:00:00Z", "2026-01-31T24:00:00Z", "2026-01-31T12:00:00"],
            ),
            ("duration", &["1h", "1.5s", "3 days", "22 ns", "0"], &["", "1", "x", "5 lightyears"]),
            ("email", &["a@b.example"], &["a", ""]),
            (
                "hostname",
                &["a", "a-b", "www.example.com", "1.example.com"],
                &["", "-a", "a.b.c", "a_b", "a..bc"],
            ),
            ("ipv4", &["10.0.0.1", "010.0.0.1"], &["10.0.0", "256.0.0.1", "fd00::1", "a"]),
            ("ipv6", &["::1", "fd00::1"], &["10.0.0.1", "g::"]),
            ("cidr", &["10.0.0.0/8", "fd00::/64"], &["10.0.0.0", "10.0.0.0/33", "a/8", "10.0.0.0/"]),
            ("mac", &["00:00:5e:00:53:01", "0000.5e00.5301"], &["00:00:5e", "x", "00-00-5e-00-53"]),
            ("uri", &["https://a.example/b", "/a", "urn:a"], &["a", "", "//x\n"]),
            (
                "uuid",
                &["123e4567-e89b-12d3-a456-426614174000"],
                &[
                    "123",
                    "é",
                    "123e4567--e89b-12d3-a456-426614174000",
                    "g23e4567-e89b-12d3-a456-426614174000",
                ],
            ),
            ("uuid4", &["123E4567e89b42d3a456426614174000"], &["123e4567-e89b-12d3-a456-426614174000"]),
            ("hexcolor", &["#fff", "00FF00"], &["#ff", "red"]),
            ("k8s-short-name", &["a-b"], &["A", "a.b"]),
            ("k8s-long-name", &["a.b"], &["A"]),
        ] {
            let format = Format::of(name).unwrap();
            for text in good {
                assert_eq!(judge(format, text, 34), None, "{name} {text}");
            }
            for text in bad {
                assert!(judge(format, text, 34).is_some(), "{name} {text}");
            }
        }
        assert_eq!(judge(Format::ShortName, "A", 33), None);
        for (text, fine) in [("1Gi", true), ("1e3", true), ("Gi", false), ("1Gi ", false), ("", false)] {
            assert_eq!(judge(Format::Quantity, text, 34).is_none(), fine, "{text}");
        }
        assert!(Format::of("int32").is_none());
    }
}
