//! IP addresses and ranges of them (CIDRs): as old fields take them, with zeros in front of numbers, and as new ones do.

use super::{Verdict, unless};
use std::{
    borrow::Cow,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

const ADDRESS: &str = "must be an IP address such as `10.9.8.7` or `2001:db8::1`";
/// The first minor version whose old fields refuse sloppy forms.
const STRICT: u32 = 36;
const RANGE: &str = "must be a CIDR such as `10.9.8.0/24` or `2001:db8::/64`";

/// The address of a text, zeros in front of its numbers ignored. One of IPv4 in IPv6 stays one of IPv6.
pub fn address(text: &str) -> Option<IpAddr> {
    if let Ok(ip) = text.parse() {
        return Some(ip);
    }
    let mut plain = String::with_capacity(text.len());
    for part in text.split_inclusive(['.', ':']) {
        let digits = part.trim_end_matches(['.', ':']);
        let short = digits.trim_start_matches('0');
        plain.push_str(if short.is_empty() && !digits.is_empty() { "0" } else { short });
        plain.push_str(part.get(digits.len()..).unwrap_or(""));
    }
    plain.parse().ok()
}

/// Whether it is an address of IPv4, written as one of IPv6 or not.
pub fn is_v4(ip: IpAddr) -> bool {
    short(ip).is_ipv4()
}

/// An address of IPv4 in IPv6 as one of IPv4.
fn short(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(ip, IpAddr::V4),
        IpAddr::V4(_) => ip,
    }
}

/// Whether it is an address of IPv4 that is written as one of IPv6.
fn is_mapped(ip: IpAddr) -> bool {
    ip.is_ipv6() && is_v4(ip)
}

/// An IP address as old fields take it.
pub fn ip(text: &str) -> Verdict {
    unless(address(text).is_some(), ADDRESS)
}

/// An IP address without zeros in front of its numbers, and not one of IPv4 in IPv6.
pub fn ip_strict(text: &str) -> Verdict {
    let plain = text.parse::<IpAddr>().is_ok_and(|ip| !is_mapped(ip));
    ip(text).or_else(|| {
        unless(plain, "must have no zeros in front of its numbers, and be no IPv4 address in IPv6 form")
    })
}

/// How old fields judge addresses in Kubernetes 1.`minor`.
pub fn ip_judge(minor: u32) -> fn(&str) -> Verdict {
    if minor >= STRICT { ip_strict } else { ip }
}

/// An IP address in the one form that new fields take.
pub fn ip_canonical(text: &str) -> Verdict {
    let Some(ip) = address(text) else { return Some(Cow::Borrowed(ADDRESS)) };
    let canonical = short(ip).to_string();
    (canonical != text).then(|| Cow::Owned(format!("must be written `{canonical}`")))
}

/// What a server warns of an address that it takes.
pub fn ip_concern(text: &str) -> Option<String> {
    let ip = address(text)?;
    let odd = text.parse::<IpAddr>().is_err() || is_mapped(ip);
    if odd {
        let better = short(ip);
        return Some(format!(
            "`{text}` is no standard IP address, and later servers refuse it; write `{better}`"
        ));
    }
    let canonical = ip.to_string();
    (canonical != text).then(|| format!("`{text}` should be written `{canonical}`"))
}

/// An address that traffic can be sent to: not unspecified, not loopback, not link-local.
pub fn endpoint(text: &str) -> Verdict {
    let Some(ip) = address(text) else { return Some(Cow::Borrowed(ADDRESS)) };
    let (unspecified, loopback, local, multicast) = match short(ip) {
        IpAddr::V4(v4) => {
            let multicast = matches!(v4.octets(), [224, 0, 0, _]);
            (v4.is_unspecified(), v4.is_loopback(), v4.is_link_local(), multicast)
        }
        IpAddr::V6(v6) => {
            let [first, ..] = v6.segments();
            let (local, multicast) = (first & 0xffc0 == 0xfe80, first & 0xff0f == 0xff02);
            (v6.is_unspecified(), v6.is_loopback(), local, multicast)
        }
    };
    let what = match (unspecified, loopback, local, multicast) {
        (true, ..) => "must not be the unspecified address",
        (_, true, ..) => "must not be a loopback address (`127.0.0.0/8`, `::1/128`)",
        (_, _, true, _) => "must not be a link-local address (`169.254.0.0/16`, `fe80::/10`)",
        (.., true) => "must not be a link-local multicast address (`224.0.0.0/24`, `ff02::/10`)",
        _ => return None,
    };
    Some(Cow::Borrowed(what))
}

/// A range of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The address before the `/`.
    pub ip: IpAddr,
    /// How many of its bits all addresses of the range have.
    pub bits: u32,
}

impl Range {
    /// The range of a text, zeros in front of its numbers ignored; none when it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let (ip, bits) = text.split_once('/')?;
        let ip = address(ip)?;
        if bits.is_empty() || !bits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let bits = bits.trim_start_matches('0');
        let bits = if bits.is_empty() { 0 } else { bits.parse().ok()? };
        (bits <= if ip.is_ipv4() { 32 } else { 128 }).then_some(Self { ip, bits })
    }

    /// The first address of the range.
    pub fn first(self) -> IpAddr {
        masked(self.ip, self.bits)
    }

    /// Whether it has the first address of another range.
    fn has_start_of(self, other: Self) -> bool {
        let (own, theirs) = (short(self.first()), short(other.first()));
        let bits = if is_mapped(self.first()) { self.bits.saturating_sub(96) } else { self.bits };
        own.is_ipv4() == theirs.is_ipv4() && masked(theirs, bits) == masked(own, bits)
    }

    /// Whether another range lies in it and is smaller.
    pub fn has_smaller(self, other: Self) -> bool {
        self.has_start_of(other) && self.bits < other.bits
    }
}

impl std::fmt::Display for Range {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", short(self.first()), self.bits)
    }
}

/// An address with all but its first bits zero.
fn masked(ip: IpAddr, bits: u32) -> IpAddr {
    match ip {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(32u32.saturating_sub(bits)).unwrap_or(0);
            IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & mask))
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(128u32.saturating_sub(bits)).unwrap_or(0);
            IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & mask))
        }
    }
}

/// Whether a range is written without zeros in front of its numbers.
fn is_plain(text: &str) -> bool {
    text.split_once('/')
        .is_some_and(|(ip, bits)| ip.parse::<IpAddr>().is_ok() && (bits == "0" || !bits.starts_with('0')))
}

/// A range as old fields take it.
pub fn cidr(text: &str) -> Verdict {
    unless(Range::parse(text).is_some(), RANGE)
}

/// A range without zeros in front of its numbers, without bits beyond its length, and not one of IPv4 in IPv6.
pub fn cidr_strict(text: &str) -> Verdict {
    let plain = is_plain(text)
        && Range::parse(text).is_some_and(|range| range.first() == range.ip && !is_mapped(range.ip));
    cidr(text).or_else(|| {
        unless(
            plain,
            "must have no zeros in front of its numbers, and no bits after the length that it states",
        )
    })
}

/// How old fields judge ranges in Kubernetes 1.`minor`.
pub fn cidr_judge(minor: u32) -> fn(&str) -> Verdict {
    if minor >= STRICT { cidr_strict } else { cidr }
}

/// A range in the one form that new fields take.
pub fn cidr_canonical(text: &str) -> Verdict {
    let Some(range) = Range::parse(text) else { return Some(Cow::Borrowed(RANGE)) };
    let canonical = range.to_string();
    (canonical != text || is_mapped(range.ip)).then(|| Cow::Owned(format!("must be written `{canonical}`")))
}

/// What a server warns of a range that it takes.
pub fn cidr_concern(text: &str) -> Option<String> {
    let range = Range::parse(text)?;
    if range.first() != range.ip {
        let most = if range.ip.is_ipv4() { 32 } else { 128 };
        let one = short(range.ip);
        return Some(format!("`{text}` is ambiguous; write `{range}` or `{one}/{most}`"));
    }
    if !is_plain(text) || is_mapped(range.ip) {
        return Some(format!("`{text}` is no standard CIDR, and later servers refuse it; write `{range}`"));
    }
    let canonical = range.to_string();
    (canonical != text).then(|| format!("`{text}` should be written `{canonical}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_ranges_are_judged_as_an_api_server_judges_them() {
        type Judge = fn(&str) -> Verdict;
        let cases: &[(Judge, &[&str], &[&str])] = &[
            (
                ip,
                &[
                    "1.2.3.4",
                    "010.002.3.004",
                    "::ffff:1.2.3.4",
                    "::",
                    "FE80:0:0:0:0:0:0:0abc",
                    "1:2:3:4:5:6:7::",
                ],
                &[
                    "",
                    "1.2.3",
                    "1.2.3.256",
                    "1.2.3.4.5",
                    " 1.2.3.4",
                    "::1%eth0",
                    "1::2::3",
                    "g::",
                    "1:2:3",
                    "a.b",
                ],
            ),
            (
                ip_canonical,
                &["1.2.3.4", "2001:db8::1"],
                &["01.2.3.4", "::ffff:1.2.3.4", "2001:DB8::1", "0:0::1"],
            ),
            (
                cidr,
                &["10.0.0.0/8", "10.1.2.3/08", "::/0", "::ffff:1.2.3.4/96"],
                &["10.0.0.0", "10.0.0.0/33", "/8", "1.2.3.4/", "::/129", "1.2.3.4/+1"],
            ),
            (
                cidr_canonical,
                &["10.0.0.0/8", "2001:db8::/32"],
                &["10.0.0.1/8", "10.0.0.0/08", "2001:DB8::/32", "::ffff:1.2.3.0/120"],
            ),
            (ip_strict, &["1.2.3.4", "2001:DB8::1"], &["01.2.3.4", "::ffff:1.2.3.4", ""]),
            (
                cidr_strict,
                &["10.0.0.0/8", "2001:DB8::/32"],
                &["10.0.0.1/8", "10.0.0.0/08", "::ffff:1.2.3.0/120"],
            ),
            (
                endpoint,
                &["10.0.0.1", "2001:db8::1"],
                &["0.0.0.0", "127.0.0.2", "169.254.1.1", "224.0.0.9", "::1", "fe80::1", "ff02::1"],
            ),
        ];
        for (judge, good, bad) in cases {
            for text in *good {
                assert_eq!(judge(text), None, "{text}");
            }
            for text in *bad {
                assert!(judge(text).is_some(), "{text}");
            }
        }
    }

    #[test]
    fn odd_forms_are_warned_of() {
        for text in ["1.2.3.4", "2001:db8::1"] {
            assert_eq!(ip_concern(text), None, "{text}");
        }
        for text in ["1.2.3.04", "::ffff:1.2.3.4", "2001:DB8::1"] {
            assert!(ip_concern(text).is_some(), "{text}");
        }
        for text in ["10.0.0.0/8", "2001:db8::/64"] {
            assert_eq!(cidr_concern(text), None, "{text}");
        }
        for text in ["10.0.0.1/8", "010.0.0.0/8", "10.0.0.0/08", "2001:DB8::/64"] {
            assert!(cidr_concern(text).is_some(), "{text}");
        }
    }

    #[test]
    fn a_range_has_smaller_ones() {
        let has = |a: &str, b: &str| Range::parse(a).unwrap().has_smaller(Range::parse(b).unwrap());
        assert!(has("10.0.0.0/8", "10.1.0.0/16"));
        assert!(has("0.0.0.0/0", "10.1.0.0/16"));
        assert!(!has("10.0.0.0/8", "10.0.0.0/8"));
        assert!(!has("10.0.0.0/8", "11.0.0.0/16"));
        assert!(!has("10.0.0.0/8", "2001:db8::/64"));
    }
}
