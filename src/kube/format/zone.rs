//! Names of the time zone database, such as `Europe/Zurich`.
//!
//! A server reads them from its own copy of the database; the names of it hardly ever change.

use super::Verdict;
use crate::{diag::nearest, source::embedded};

/// The names below folders that only some machines have: whether they are there is not known here.
const LOCAL: [&str; 2] = ["posix/", "right/"];

/// A time zone of the database.
pub fn time_zone(text: &str) -> Verdict {
    if is_known(text) {
        return None;
    }
    const WHAT: &str = "must be a name of the time zone database such as `Europe/Zurich` or `Etc/UTC`";
    let names: Vec<String> = names().map(|(area, name)| joined(area, name)).collect();
    Some(match nearest(text, names.iter().map(String::as_str)) {
        Some(near) => format!("{WHAT}; did you mean `{near}`?").into(),
        None => WHAT.into(),
    })
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
    use super::time_zone;

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
    }
}
