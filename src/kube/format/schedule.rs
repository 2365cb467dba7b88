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
        let wrong = parts(word).find_map(|part| range(part, field))?;
        Some(format!("must have a proper {}: {wrong}", field.0).into())
    })
}

/// Whether a proper schedule of five fields never comes: the 31st of February, or a field that names nothing.
pub fn never(text: &str) -> bool {
    /// How many days a month has at most; January is the first.
    const LAST: [i64; 12] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let words: Vec<&str> = text.split_whitespace().collect();
    let &[minute, hour, day, month, weekday] = words.as_slice() else { return false };
    let every = |word| parts(word).any(|part| matches!(part, "*" | "?"));
    let has = |word, field: &Field, value: i64| {
        let hit = |(from, to, step)| (from..=to).contains(&value) && (value - from) % step == 0;
        parts(word).any(|part| values(part, field).is_ok_and(hit))
    };
    let [_, _, days, months, _] = &FIELDS;
    let mut dates = (1..).zip(LAST).flat_map(|(month, last)| (1..=last).map(move |day| (month, day)));
    // Where both are limited, either kind of day is enough.
    let weekdays = !every(weekday) && parts(weekday).next().is_some();
    let date = match weekdays && !every(day) {
        true => (1..=12).any(|at| has(month, months, at)),
        false => dates.any(|(at, on)| has(month, months, at) && has(day, days, on)),
    };
    !date || [minute, hour, weekday].iter().any(|word| parts(word).next().is_none())
}

/// The ranges of a field.
fn parts(word: &str) -> impl Iterator<Item = &str> {
    word.split(',').filter(|part| !part.is_empty())
}

/// What is wrong with one range of a field.
fn range(text: &str, field: &Field) -> Option<String> {
    values(text, field).err()
}

/// The least and most value and the step of one range of a field: `*`, `5`, `1-5`, each with or without a step `/2`.
fn values(text: &str, &(_, least, most, names): &Field) -> Result<(i64, i64, i64), String> {
    let number = |text: &str| -> Result<i64, String> {
        if let Some(at) = names.iter().position(|name| text.eq_ignore_ascii_case(name)) {
            return Ok(least + i64::try_from(at).unwrap_or(0));
        }
        whole(text).ok_or_else(|| match text {
            "" => "a number is missing".to_owned(),
            _ => format!("`{text}` is no number"),
        })
    };
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
    let mut every = 1;
    if let Some(step) = step {
        if second.is_none() {
            to = most;
        }
        every = match whole(step) {
            None => return Err(format!("the step `{step}` is no number")),
            Some(0) => return Err("the step is 0".to_owned()),
            Some(step) => step,
        };
    }
    if from < least || to > most {
        return Err(format!("`{text}` is not within {least} to {most}"));
    }
    if from > to {
        return Err(format!("`{text}` ends before it begins"));
    }
    Ok((from, to, every))
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
    use super::{never, schedule};

    #[test]
    fn schedules_that_never_come() {
        for missed in
            ["0 0 31 2 *", "0 0 30-31 feb ?", "0 0 31/1 2,4,6,9,11 *", ", 0 1 1 *", "0 0 1 1 ,", "0 0 , * *"]
        {
            assert!(schedule(missed).is_none() && never(missed), "{missed}");
        }
        // A day of the week is enough where both are limited.
        for comes in [
            "0 0 29 2 *",
            "0 0 31 2 mon",
            "0 0 31 */3 *",
            "0 0 31 2/2 *",
            "* * * * *",
            "0 0 1,31 2 *",
            "0 0 * 2 1",
        ] {
            assert!(schedule(comes).is_none() && !never(comes), "{comes}");
        }
    }

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
