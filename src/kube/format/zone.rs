//! Names of the time zone database, such as `Europe/Zurich`.
//!
//! A server reads them from its own copy of the database; the names of it hardly ever change.

use super::{Verdict, unless};
use crate::{diag::nearest, source::embedded};

/// The names below folders that only some machines have: whether they are there is not known here.
const LOCAL: [&str; 2] = ["posix/", "right/"];

/// A time zone of the database.
pub fn time_zone(text: &str) -> Verdict {
    unless(is_known(text), "must be a name of the time zone database such as `Europe/Zurich` or `Etc/UTC`")
}

/// The name of the database that is nearest to a text; none where it is an offset such as `UTC+2`.
pub fn near(text: &str) -> Option<String> {
    if text.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let names: Vec<String> = names().map(|(area, name)| joined(area, name)).collect();
    nearest(text, names.iter().map(String::as_str)).map(str::to_owned)
}

fn is_known(text: &str) -> bool {
    names().any(|(area, name)| match text.strip_prefix(area) {
        Some(rest) if area.is_empty() => rest == name,
        Some(rest) => rest.strip_prefix('/') == Some(name),
        None => false,
    }) || LOCAL.iter().any(|local| text.starts_with(local))
        || matches!(text, "localtime" | "posixrules")
}

fn joined(area: &str, name: &str) -> String {
    if area.is_empty() { name.to_owned() } else { format!("{area}/{name}") }
}

/// All names: the area, which may be empty, and the rest.
fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    embedded::schema("kubernetes/time-zones.txt")
        .lines()
        .filter_map(|line| line.split_once(':'))
        .filter(|(area, _)| !area.starts_with('#'))
        .flat_map(|(area, names)| names.split_whitespace().map(move |name| (area, name)))
}

#[cfg(test)]
mod tests {
    use super::{near, time_zone};

    #[test]
    fn time_zones() {
        for good in
            ["UTC", "Etc/UTC", "Europe/Zurich", "America/Argentina/Buenos_Aires", "EST5EDT", "Asia/Shanghai"]
        {
            assert_eq!(time_zone(good), None, "{good}");
        }
        for bad in [
            "",
            "Local",
            "utc",
            "Europe",
            "Europe/",
            "Europe/Zurich/",
            "europe/zurich",
            "Mars/Phobos",
            "../UTC",
        ] {
            assert!(time_zone(bad).is_some(), "{bad}");
        }
        assert_eq!(near("europe/zurich").as_deref(), Some("Europe/Zurich"));
        assert_eq!(near("UTC+2"), None);
    }
}
