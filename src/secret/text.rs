//! Secrets within a text: settings of a program in any of the forms that programs read (properties, ini, YAML, JSON, Hadoop's XML),
//! arguments of a command, URLs, keys.

use super::{credentials, is_filled, is_secret, pairs, shapes, url_credentials};
use std::collections::BTreeSet;

/// A secret that a text holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held<'t> {
    /// Its name; none for a private key and for the password in a URL.
    pub name: Option<&'t str>,
    /// What it is.
    pub value: &'t str,
    /// What to call it where it has no name.
    pub sort: &'static str,
}

/// How lines of comments begin.
const COMMENTS: [&str; 6] = ["#", ";", "//", "!", "-- ", "<!--"];

/// What ends a value that is no line's last.
const ENDS: [char; 12] = ['&', ';', ',', '"', '\'', ')', ']', '}', '<', ' ', '\t', '`'];

/// The secrets of a text, in order.
pub fn held(text: &str) -> Vec<Held<'_>> {
    if is_word(text) {
        return shapes::is_token(text).then(|| shaped(text)).into_iter().collect();
    }
    let mut found = Vec::new();
    if let Some(at) = private_key(text) {
        found.push(Held { name: None, value: text.get(at..).unwrap_or_default(), sort: "a private key" });
    }
    properties(text, &mut found);
    for line in text.lines().map(str::trim).filter(|l| !COMMENTS.iter().any(|c| l.starts_with(c))) {
        found.extend(shapes::all(line).map(shaped));
        let urls = credentials(line).filter_map(|url| password(line.get(url)?));
        found.extend(urls.map(|value| Held { name: None, value, sort: "a password in a URL" }));
        assignments(line, &mut found);
        let slices = pairs(line).filter_map(|(key, value)| Some((line.get(key)?, line.get(value)?)));
        let named = slices.map(|(name, value)| (name, unquoted(value)));
        // Code that calls something, and a map such as that of a schema.
        let code = |v: &str| v.contains(['(', '[', '{']);
        found.extend(named.filter(|(n, v)| !code(v) && is_secret(n, v)).map(|(n, value)| Held {
            name: Some(n),
            value,
            sort: NAMED,
        }));
    }
    let mut told = BTreeSet::new();
    found.retain(|held| told.insert((held.name, held.value.as_ptr().addr())));
    found
}

/// Whether a text is nothing but one word, as most are: it assigns nothing and quotes nothing.
fn is_word(text: &str) -> bool {
    !text.starts_with('-')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/' | b'+'))
}

/// What to call a secret with a name.
const NAMED: &str = "a secret";

fn shaped(value: &str) -> Held<'_> {
    Held { name: None, value, sort: if shapes::is_token(value) { "a token" } else { "a password" } }
}

/// Where a private key begins in PEM.
fn private_key(text: &str) -> Option<usize> {
    const BEGIN: &str = "-----BEGIN ";
    if !text.contains(BEGIN) {
        return None;
    }
    text.match_indices(BEGIN).map(|(at, _)| at).find(|&at| {
        let head = text.get(at..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        head.trim_end().trim_end_matches(['"', ',', '\'']).contains("PRIVATE KEY-----")
    })
}

/// The password in a URL; a token that stands in the place of the user.
fn password(url: &str) -> Option<&str> {
    let user = url.split_once("://")?.1.split(['/', '?', '#']).next()?.rsplit_once('@')?.0;
    let value = match user.split_once(':') {
        Some((_, password)) => password,
        None if user.len() >= 16 => user,
        None => return None,
    };
    (url_credentials(url) && is_filled(value)).then_some(value)
}

/// Properties in XML as Hadoop reads them: a `name`, then its `value`.
fn properties<'t>(text: &'t str, found: &mut Vec<Held<'t>>) {
    const NAME: [&str; 2] = ["<name>", "</name>"];
    const VALUE: [&str; 2] = ["<value>", "</value>"];
    let mut rest = if text.contains('<') { text } else { "" };
    while let Some((name, after)) = element(rest, NAME) {
        rest = after;
        let before_next = after.split(NAME[0]).next().unwrap_or(after);
        if let Some((value, _)) = element(before_next, VALUE).filter(|(value, _)| is_secret(name, value)) {
            found.push(Held { name: Some(name), value, sort: NAMED });
        }
    }
}

/// The text between the first two of these tags, and what follows them.
fn element<'t>(text: &'t str, [from, to]: [&str; 2]) -> Option<(&'t str, &'t str)> {
    let (_, inner) = text.split_once(from)?;
    let (value, rest) = inner.split_once(to)?;
    Some((value.trim(), rest))
}

/// What is assigned with `=` in a line: its first, the value of which ends with the line, and those within.
fn assignments<'t>(line: &'t str, found: &mut Vec<Held<'t>>) {
    for (at, _) in line.match_indices('=') {
        let (before, after) = (line.get(..at).unwrap_or_default(), line.get(at + 1..).unwrap_or_default());
        let letter = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
        let bare = before.trim_end();
        let start =
            bare.rfind(|c| !letter(c)).map_or(0, |n| n + bare[n..].chars().next().map_or(1, char::len_utf8));
        let name = bare.get(start..).unwrap_or_default();
        let name = name.strip_prefix("-D").unwrap_or(name).trim_start_matches('-');
        let first = matches!(bare.get(..start).map(str::trim), Some("" | "export" | "set" | "ENV"));
        let after = after.trim_start();
        let quoted = after.starts_with(['"', '\'']);
        // A variable before a command goes to the next blank.
        let variable = !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b == b'_');
        let whole = (first && !variable) || quoted;
        let value = if whole { unquoted(after) } else { after.split(ENDS).next().unwrap_or(after) };
        // An argument that hands on a variable of the same name, and the call of a function.
        let handed = !first && !quoted && value == name;
        let called = !quoted && value.contains(['(', '[']);
        if !handed && !called && is_secret(name, value) {
            found.push(Held { name: Some(name), value, sort: NAMED });
        }
    }
}

/// What is between the quotes that a text begins with; the text up to a remark or comma at its end, if with none.
fn unquoted(text: &str) -> &str {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''));
    match quote.and_then(|quote| text.get(1..)?.split(quote).next()) {
        Some(inner) => inner,
        None => text.split(" #").next().unwrap_or(text).trim_end().trim_end_matches(','),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_found_in_every_form() {
        for (text, want) in [
            (
                "a.b=1\nspring.datasource.password = s3cret-1\n",
                &[("spring.datasource.password", "s3cret-1")][..],
            ),
            ("# password=s3cret-1\n;password=s3cret-1\n", &[]),
            ("password=${DB_PASSWORD}\ntoken=\n", &[]),
            (
                "spring:\n  datasource:\n    password: s3cret-1 # x\n    username: u\n",
                &[("password", "s3cret-1")],
            ),
            ("{\"a\": {\"apiKey\": \"k-1\", \"b\": 1}}", &[("apiKey", "k-1")]),
            (
                "<property>\n<name>fs.s3a.secret.key</name>\n<value>k-1</value>\n</property><property><name>a</name><value>b</value></property>",
                &[("fs.s3a.secret.key", "k-1")],
            ),
            ("url=jdbc:mysql://h:3306/d?user=u&password=k-1&x=y", &[("password", "k-1")]),
            (
                "sasl.jaas.config=a.b.PlainLoginModule required username=\"u\" password=\"k-1\";",
                &[("password", "k-1")],
            ),
            ("-Xmx1g -Dssl.keyStorePassword=k-1 -Da=b", &[("ssl.keyStorePassword", "k-1")]),
            ("--password=k-1", &[("password", "k-1")]),
            ("export MINIO_ROOT_PASSWORD=\"minio123\"", &[("MINIO_ROOT_PASSWORD", "minio123")]),
            ("connect(password=password)\npassword = os.environ[\"A\"]\nPASSWORD=$(cat /a)", &[]),
            ("redis://:k-1@redis:6379/0 and http://redis:6379", &[("", "k-1")]),
            ("https://git@git.abc.com/x.git", &[]),
            ("http://u:${PASSWORD}@h", &[]),
            ("password: |\n", &[]),
            (
                "{'client_secret':os.getenv('S')}\n\"password\": {\"type\": \"string\"}\ntoken: jwt.sign(x)",
                &[],
            ),
            ("const password = process.env.PASSWORD\nlogin.password=Password", &[]),
        ] {
            let found: Vec<(&str, &str)> =
                held(text).iter().map(|h| (h.name.unwrap_or(""), h.value)).collect();
            assert_eq!(found, want, "{text}");
        }
        assert_eq!(held("-----BEGIN RSA PRIVATE KEY-----\nabc\n").len(), 1);
        assert!(held("-----BEGIN CERTIFICATE-----\nabc\n").is_empty());
        let token = "glpat-0123456789abcdef";
        assert_eq!(held(token), [Held { name: None, value: token, sort: "a token" }]);
        assert!(held("//a/b-c_d.e+f").is_empty());
    }
}
