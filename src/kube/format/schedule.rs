//! Schedules of cron: five fields, or a name such as `@daily`.

use super::{Verdict, duration};

/// A field: its name, least and most value, and the names of its values.
type Field = (&'static str, i64, i64, &'static [&'static str]);

const MONTHS: &[&str] = &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS: &[&str] = &["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

const FIELDS: [Field; 5] = [
    ("minute", 0, 59, &[]),
    ("hour", 0, 23, &[]),
    ("day of the month", 1, 31, &[]),
    ("month", 1, 12, MONTHS),
    ("day of the week (0 is Sunday)", 0, 6, DAYS),
];

const NAMED: [&str; 7] = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];

/// A schedule without a time zone in it.
pub fn schedule(text: &str) -> Verdict {
    if let Some(every) = text.strip_prefix("@every ") {
        return (duration::parse(every).is_none())
            .then(|| "must have a duration such as `1h30m` after `@every`".into());
    }
    if text.starts_with('@') {
        return (!NAMED.contains(&text)).then(|| {
            format!("must be {} or `@every` with a duration", crate::kube::place::names(&NAMED)).into()
        });
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.len() != FIELDS.len() {
        let what = "must have 5 fields: minute, hour, day of the month, month and day of the week";
        return Some(format!("{what}; it has {}", words.len()).into());
    }
    words.iter().zip(&FIELDS).find_map(|(word, field)| {
        let wrong = word.split(',').filter(|part| !part.is_empty()).find_map(|part| range(part, field))?;
        Some(format!("must have a proper {}: {wrong}", field.0).into())
    })
}

/// What is wrong with one range of a field: `*`, `5`, `1-5`, each with or without a step `/2`.
fn range(text: &str, &(_, least, most, names): &Field) -> Option<String> {
    let number = |text: &str| -> Result<i64, String> {
        if let Some(at) = names.iter().position(|name| text.eq_ignore_ascii_case(name)) {
            return Ok(least + i64::try_from(at).unwrap_or(0));
        }
        whole(text).ok_or_else(|| match text {
            "" => "a number is missing".to_owned(),
            _ => format!("`{text}` is no number"),
        })
    };
    let read = || -> Result<(), String> {
        let (range, step) = text.split_once('/').map_or((text, None), |(range, step)| (range, Some(step)));
        let mut ends = range.split('-');
        let first = ends.next().unwrap_or("");
        let second = ends.next();
        let (from, mut to) = match (first, second) {
            ("*" | "?", _) => (least, most),
            (first, None) => (number(first)?, number(first)?),
            (first, Some(second)) if ends.next().is_none() => (number(first)?, number(second)?),
            _ => return Err(format!("`{range}` has more than one `-`")),
        };
        if let Some(step) = step {
            if second.is_none() {
                to = most;
            }
            match whole(step) {
                None => return Err(format!("the step `{step}` is no number")),
                Some(0) => return Err("the step is 0".to_owned()),
                Some(_) => {}
            }
        }
        if from < least || to > most {
            return Err(format!("`{text}` is not within {least} to {most}"));
        }
        if from > to {
            return Err(format!("`{text}` ends before it begins"));
        }
        Ok(())
    };
    read().err()
}

/// A whole number of 0 or more, with a plus sign if wanted.
fn whole(text: &str) -> Option<i64> {
    let digits =
        text.strip_prefix('+').or_else(|| text.strip_prefix("-").filter(|d| d.bytes().all(|b| b == b'0')));
    let digits = digits.unwrap_or(text);
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::schedule;

    #[test]
    fn schedules() {
        for good in [
            "* * * * *",
            "*/5 * * * *",
            "0 2 * * 1-5",
            "0 0 1,15 * sun",
            "5/10 0-23/2 ? JAN-dec *",
            "@daily",
            "@every 1h30m",
            "  0 0 * * * ",
            "+5 0 * * *",
            "*-9 * * * *",
            "1,,2 , * * *",
        ] {
            assert_eq!(schedule(good), None, "{good}");
        }
        for bad in [
            "",
            "* * * *",
            "* * * * * *",
            "60 * * * *",
            "* 24 * * *",
            "* * 0 * *",
            "* * * 13 *",
            "* * * * 7",
            "5-1 * * * *",
            "*/0 * * * *",
            "a * * * *",
            "-1 * * * *",
            "1-2-3 * * * *",
            "1/2/3 * * * *",
            "@Daily",
            "@daily ",
            "@every",
            "@every 1d",
            "@reboot",
            "1.5 * * * *",
            "* * * * mon-sunday",
        ] {
            assert!(schedule(bad).is_some(), "{bad}");
        }
    }
}
