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
    found.extend(netrc(text).into_iter().chain(signatures(text)).filter_map(place));
    found
}

/// Whether a word is an option of a command, such as `--password`, whose value is the next word and may be a secret.
pub fn is_option(word: &str) -> bool {
    word.strip_prefix('-').is_some_and(|name| {
        let name = name.strip_prefix('-').unwrap_or(name);
        !name.contains(['=', ':']) && may_name(name)
    })
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
        open = is_option(word);
    }
    found
}

/// The passwords of a `.netrc`: words in pairs, of which the first are `machine`, `login` and `password`.
fn netrc(text: &str) -> Vec<&str> {
    let mut words = text.split_whitespace();
    let mut found = Vec::new();
    let mut machine = false;
    while let Some(word) = words.next() {
        match word {
            "machine" | "default" => machine = true,
            "password" | "account" if machine => found.extend(words.next()),
            _ => {}
        }
    }
    found.retain(|word| is_filled(word));
    found
}

/// What addresses are signed with: who has it has what the address leads to.
fn signatures(text: &str) -> Vec<&str> {
    const NAMES: [&str; 3] = ["sig", "signature", "x-amz-signature"];
    let query = text.match_indices(['?', '&']).filter_map(|(at, _)| {
        let (name, rest) = text.get(at + 1..)?.split_once('=')?;
        let end = |c: char| c.is_whitespace() || matches!(c, '&' | ';' | '"' | '\'' | '`' | '<' | '>' | ',');
        NAMES.contains(&name.to_lowercase().as_str()).then(|| rest.split(end).next()).flatten()
    });
    query.filter(|value| is_filled(value)).collect()
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
            ("x -password k-1 -p x --tokenizer y", &["k-1"]),
            ("machine a.com login me password k-1\ndefault login u password k-2", &["k-1", "k-2"]),
            ("the password is asked for; machine learning", &[]),
            ("https://a.com/c?sv=2020&sig=k-1%3D&se=2030", &["k-1%3D"]),
            ("https://a.com/c?design=x sig=x", &[]),
            ("- --requirepass\n- k-1\n- --password\n- --token\n", &["k-1"]),
        ] {
            let mut found = spots(text);
            found.sort_by_key(|range| range.start);
            let found: Vec<&str> = found.into_iter().map(|range| &text[range]).collect();
            assert_eq!(found, want, "{text}");
        }
    }
}
