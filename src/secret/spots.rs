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
    found.extend(pgpass(text).into_iter().chain(continued(text)).filter_map(place));
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

/// Programs that take a secret after a short option, and that option; `login` is a command of several.
const PROGRAMS: [(&str, &str); 18] = [
    ("beeline", "-p"),
    ("cqlsh", "-p"),
    ("ldapadd", "-w"),
    ("ldapmodify", "-w"),
    ("ldapsearch", "-w"),
    ("login", "-p"),
    ("mariadb", "-p"),
    ("mariadb-dump", "-p"),
    ("mongo", "-p"),
    ("mongodump", "-p"),
    ("mongorestore", "-p"),
    ("mongosh", "-p"),
    ("mysql", "-p"),
    ("mysqladmin", "-p"),
    ("mysqldump", "-p"),
    ("redis-cli", "-a"),
    ("sqlcmd", "-P"),
    ("sshpass", "-p"),
];

/// The short option after which a program takes a secret, if it is one that does.
pub fn short_option(program: &str) -> Option<&'static str> {
    let name = program.rsplit('/').next().unwrap_or(program);
    PROGRAMS.iter().find(|(known, _)| *known == name).map(|(_, option)| *option)
}

/// What follows an option such as `--password`, or the short one of a program, in a line or as an item of its own.
fn options(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut open, mut goes_on) = (false, false);
    let mut short: Option<&str> = None;
    let divides = |c: char| c.is_whitespace() || matches!(c, '[' | ']' | ',' | '"' | '\'');
    for line in text.lines() {
        let start = line.trim_start();
        // The items of a list and the arguments beside a command belong to one program.
        let belongs = start.starts_with("args:") || start.starts_with("- ") && !start.starts_with("- name:");
        if !goes_on && !belongs {
            short = None;
        }
        goes_on = line.trim_end().ends_with('\\');
        for word in line.split(divides).filter(|word| !matches!(*word, "" | "-" | "\\")) {
            if open && !word.starts_with('-') && is_filled(word) {
                found.push(word.trim_end_matches(';'));
            }
            open = is_option(word) || short == Some(word);
            if word.contains([';', '|', '&']) {
                short = None;
            }
            short = short_option(word).or(short);
        }
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

/// The passwords of a `.pgpass`: `host:port:database:user:password`, each of the first four perhaps `*`.
fn pgpass(text: &str) -> Vec<&str> {
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\''));
    words.filter_map(password).filter(|word| is_filled(word)).collect()
}

/// The last part of a word as `.pgpass` has them.
fn password(word: &str) -> Option<&str> {
    let mut parts = word.splitn(5, ':');
    let (host, port, database, user) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let is_host = !host.is_empty()
        && (host == "*" || host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b)));
    // A star alone is used for other things as well, such as rights.
    let is_port = digits(port) && (2..=5).contains(&port.len())
        || port == "*" && (host == "*" || host == "localhost" || host.contains('.'));
    let named = |part: &str| !part.is_empty() && !digits(part) && !part.contains(['/', '=']);
    (is_host && is_port && named(database) && named(user)).then(|| parts.next()).flatten()
}

/// The lines that go on with the value of a name of a secret, as those of properties do after a backslash.
fn continued(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut within = false;
    for line in text.lines().map(str::trim) {
        let value = line.strip_suffix('\\');
        let name = line.split(['=', ':']).next().unwrap_or(line).trim();
        if within {
            found.extend(Some(value.unwrap_or(line).trim_end()).filter(|part| is_filled(part)));
        } else {
            let name = name.strip_prefix("export ").unwrap_or(name);
            within = name.len() < line.len() && !name.contains(char::is_whitespace) && may_name(name);
        }
        within &= value.is_some();
    }
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
            ("redis-cli -h a -a k-1; x -a b\nx -a b", &["k-1"]),
            ("command: [mysql]\nargs: [-u, a, -p, k-1]\n- name: b\n  args: [-p, 80]", &["k-1"]),
            ("docker login -u a -p \\\n  k-1 a.com\ndocker run -p 80:80 a", &["k-1"]),
            ("db.a.com:5432:d:u:k-1 *:*:*:u:k:2\n'h:5432:*:u:k-3'", &["k-1", "k:2", "k-3"]),
            ("fe80:1:2:3:a 12:30:45:10:b arn:*:s3:x:y #host:port:d:u:p a/b:80:x:y:z sha256:12", &[]),
            ("a.password=\\\n  k-1\nb.token : x\\\n k-2\\\n k-3\nc=d\\\n e", &["k-1", "x\\", "k-2", "k-3"]),
            ("- --requirepass\n- k-1\n- --password\n- --token\n", &["k-1"]),
        ] {
            let mut found = spots(text);
            found.sort_by_key(|range| range.start);
            let found: Vec<&str> = found.into_iter().map(|range| &text[range]).collect();
            assert_eq!(found, want, "{text}");
        }
    }
}
