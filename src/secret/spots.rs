//! Where secrets stand in the text of any file, well-formed or not: for hiding, whatever is said of the lines around them.

use super::{held, is_filled, may_name};
use std::ops::Range;

/// Where secrets stand in a text, in no order: what it holds, the values of variables whose names say so, and what follows an option
/// of a command that takes a secret.
pub fn spots(text: &str) -> Vec<Range<usize>> {
    let place = |part: &str| {
        let start = part.as_ptr().addr().checked_sub(text.as_ptr().addr())?;
        (start + part.len() <= text.len()).then(|| start..start + part.len())
    };
    let mut found: Vec<Range<usize>> = held(text).iter().filter_map(|held| place(held.value)).collect();
    found.extend(variables(text).into_iter().chain(options(text)).filter_map(place));
    found
}

/// The values of environment variables as manifests write them: `name` and `value`, in a line or in two.
fn variables(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut secret = false;
    for line in text.lines() {
        for (key, value) in super::pairs(line) {
            let (Some(key), Some(value)) = (line.get(key), line.get(value)) else { continue };
            match key {
                "name" => secret = may_name(bare(value)),
                "value" if secret && !bare(value).is_empty() => found.push(bare(value)),
                _ => {}
            }
        }
    }
    found
}

/// What follows an option such as `--password`, in a line or as an item of its own.
fn options(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut open = false;
    let divides = |c: char| c.is_whitespace() || matches!(c, '[' | ']' | ',' | '"' | '\'');
    for word in text.split(divides).filter(|word| !matches!(*word, "" | "-")) {
        if open && !word.starts_with('-') && is_filled(word) {
            found.push(word);
        }
        open = word.strip_prefix("--").is_some_and(|name| !name.contains(['=', ':']) && may_name(name));
    }
    found
}

/// A value without what stands around it.
fn bare(value: &str) -> &str {
    value.trim().trim_matches(['"', '\''])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_found_whatever_the_text_is() {
        for (text, want) in [
            (
                "- name: DB_PASSWORD\n  value: k-1\n  value: k-2\n- name: TZ\n  value: UTC\n",
                &["k-1", "k-2"][..],
            ),
            (
                "env: [{ name: DB_PASSWORD, value: k-1, value: \"k-2\" }, { name: A, value: b }]",
                &["k-1", "k-2"],
            ),
            ("a: \"db.password=k-1\"\na: \"db.password=k-2\"\n", &["k-1", "k-2"]),
            ("<name>fs.s3a.secret.key</name>\n<value>k-1</value>", &["k-1"]),
            ("args: [a, --token, k-1, --verbose, x]", &["k-1"]),
            ("- --requirepass\n- k-1\n- --password\n- --token\n", &["k-1"]),
        ] {
            let mut found = spots(text);
            found.sort_by_key(|range| range.start);
            let found: Vec<&str> = found.into_iter().map(|range| &text[range]).collect();
            assert_eq!(found, want, "{text}");
        }
    }
}
