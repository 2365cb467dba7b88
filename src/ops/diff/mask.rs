//! Values as differences show them: by themselves, with what is secret masked. Hiding too much does no harm.

use crate::{
    field::{By, Data, Field, Member},
    manifest::{LAST_APPLIED, Manifest},
    ops::secrets,
    secret::{is_option, may_name, short_option, spots},
    source::{Sources, Span},
};
use std::ops::Range;

/// What stands for a secret.
const MASK: &str = "***";

/// What stands for a secret, as a field.
pub(super) fn masked() -> Field<'static> {
    Field { data: Data::Str(MASK.into()), by: By::default() }
}

/// What is masked in an object.
pub(super) struct Mask<'m> {
    /// The object is a Secret: what it holds is masked, and nothing else of it is.
    holds: bool,
    /// The field stands in an environment variable whose name says that it is a secret.
    variable: bool,
    /// The field is what follows an option such as `--password` in a list.
    argument: bool,
    /// The option after which the command beside a list of arguments takes a secret.
    short: Option<&'static str>,
    /// Whether a field was made from a secret.
    secret: &'m dyn Fn(By) -> bool,
}

impl<'m> Mask<'m> {
    /// For a field of an object that stands in the map or list `within`.
    pub(super) fn new(
        manifest: &Manifest<'_>,
        field: Option<&Field<'_>>,
        within: &Field<'_>,
        secret: &'m dyn Fn(By) -> bool,
    ) -> Self {
        let at = field.and_then(|field| within.items().iter().position(|item| std::ptr::eq(item, field)));
        let short = at.and_then(|_| beside(&manifest.body, within));
        let argument = at.is_some_and(|at| follows_option(within.items(), at, short));
        let identity = &manifest.identity;
        let holds = identity.kind == "Secret" && identity.group.is_empty();
        Self { holds, variable: is_variable(within), argument, short: None, secret }
    }

    /// A field by itself; `keys` are those of the way to it, from the top of the object.
    pub(super) fn shown(&self, field: &Field<'_>, keys: &[&str]) -> Field<'static> {
        if self.hides(field, keys) {
            return masked();
        }
        let data = match &field.data {
            Data::Null => Data::Null,
            Data::Bool(b) => Data::Bool(*b),
            Data::Int(n) => Data::Int(*n),
            Data::UInt(n) => Data::UInt(*n),
            Data::Float(f) => Data::Float(*f),
            Data::Str(words) => Data::Str(text(words).into()),
            Data::Seq(items) => {
                let one = |(at, item)| {
                    let argument = follows_option(items, at, self.short);
                    let within = Mask { variable: false, argument, short: None, ..*self };
                    within.shown(item, keys)
                };
                Data::Seq(items.iter().enumerate().map(one).collect())
            }
            Data::Map(members) => {
                let variable = is_variable(field);
                let one = |member: &Member<'_>| {
                    let below: Vec<&str> = keys.iter().copied().chain([&*member.key]).collect();
                    let short = command(field).filter(|_| member.key == "args");
                    let within = Mask { variable, argument: false, short, ..*self };
                    let value = within.shown(&member.value, &below);
                    Member { key: member.key.to_string().into(), by: By::default(), value }
                };
                Data::Map(members.iter().map(one).collect())
            }
        };
        Field { data, by: By::default() }
    }

    /// Whether a field is masked whole.
    pub(super) fn hides(&self, field: &Field<'_>, keys: &[&str]) -> bool {
        let told = matches!(field.data, Data::Str(_) | Data::Int(_) | Data::UInt(_) | Data::Float(_));
        let (first, last) = (keys.first().copied(), keys.last().copied());
        let held = self.holds && matches!(first, Some("data" | "stringData"));
        let named = match (first, keys.get(1).copied()) {
            (Some("data" | "stringData"), _) | (_, Some("annotations")) => {
                last.is_some_and(|key| may_name(key) && !reference(key))
            }
            _ => last.is_some_and(|key| is_attribute(keys) && may_name(key) && !reference(key)),
        };
        let variable = self.variable && last == Some("value");
        let applied = keys.contains(&LAST_APPLIED);
        let handed = self.argument && !field.as_str().is_some_and(|text| text.starts_with(['-', '$']));
        told && (held || named || variable || handed || applied || is_value(keys) || (self.secret)(field.by))
            || (held && matches!(field.data, Data::Bool(_)))
    }
}

/// Keys that name a Secret and do not hold one.
fn reference(key: &str) -> bool {
    ["Name", "name", "Namespace", "namespace", "Ref"].iter().any(|end| key.ends_with(end))
}

/// Whether a key stands among those that a driver of volumes makes up: no schema knows them.
fn is_attribute(keys: &[&str]) -> bool {
    let above = keys.len().checked_sub(2).and_then(|at| keys.get(..=at)).unwrap_or_default();
    matches!(above, [.., "volumeAttributes"] | [.., "flexVolume", "options"] | ["parameters"])
}

/// Whether a key holds what the one above it names, as `password: { value: x }` does, or what a store for tests gives away.
fn is_value(keys: &[&str]) -> bool {
    match keys {
        ["spec", "provider", "fake", "data", "value" | "valueMap", ..] => true,
        [.., above, "value"] => may_name(above) && !reference(above),
        _ => false,
    }
}

/// The short option of the command that stands beside a list of arguments in an object.
fn beside(within: &Field<'_>, arguments: &Field<'_>) -> Option<&'static str> {
    if within.get("args").is_some_and(|own| std::ptr::eq(own, arguments)) {
        return command(within);
    }
    let members = within.members().iter().map(|member| &member.value);
    members.chain(within.items()).find_map(|inner| beside(inner, arguments))
}

/// The option after which the command of a container takes a secret.
fn command(container: &Field<'_>) -> Option<&'static str> {
    container.get("command")?.items().iter().filter_map(Field::as_str).find_map(short_option)
}

/// Whether the item before one of a list is an option whose value it is; of a program that stands in the list, or of one whose
/// option is known.
fn follows_option(items: &[Field<'_>], at: usize, short: Option<&str>) -> bool {
    let Some((option, before)) = items.get(..at).and_then(<[Field<'_>]>::split_last) else { return false };
    let own = || before.iter().filter_map(Field::as_str).find_map(short_option);
    option.as_str().is_some_and(|word| is_option(word) || word.len() == 2 && short.or_else(own) == Some(word))
}

/// Whether a map is an environment variable whose name says that its value is a secret.
fn is_variable(map: &Field<'_>) -> bool {
    map.get("name").and_then(Field::as_str).is_some_and(may_name)
}

/// A text with what may be a secret in its lines masked: the values of keys whose names say so (`key: value`, `key=value`), and
/// credentials in URLs. It has the same lines.
pub(in crate::ops) fn text(text: &str) -> String {
    // A word as short as this is no token, and nothing says that it is a password.
    if text.len() < 8 && !text.contains([':', '=']) {
        return text.to_owned();
    }
    let mut sources = Sources::default();
    let file = sources.add(String::new(), text.to_owned());
    let mut found: Vec<Span> = Vec::new();
    secrets::guess(file, &sources, &mut found);
    let mut ranges: Vec<Range<usize>> = found.iter().map(|s| s.start as usize..s.end as usize).collect();
    ranges.extend(assigned(text));
    ranges.extend(spots(text));
    ranges.sort_by_key(|r| (r.start, r.end));
    let told = |range: &Range<usize>| text.get(range.clone()).is_some_and(|part| !stands_for(part));
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for range in ranges.into_iter().filter(told) {
        if range.end <= at {
            continue;
        }
        let start = range.start.max(at);
        out.push_str(text.get(at..start).unwrap_or_default());
        out.push_str(&mask(text.get(start..range.end).unwrap_or_default()));
        at = range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

/// Whether a value only says that there is one: `...`, `<password>`, `${PASSWORD}`.
fn stands_for(value: &str) -> bool {
    let value = value.trim().trim_matches(['"', '\'']);
    let within = |(open, close): &(&str, &str)| value.strip_prefix(open)?.strip_suffix(close);
    let name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let words = |c: char| c.is_ascii_lowercase() || matches!(c, '-' | '_' | ' ');
    let bare = value.trim_end_matches([')', ',', ';']);
    bare.chars().all(|c| matches!(c, '.' | '\u{2026}' | '*'))
        || [("${", "}"), ("$(", ")")].iter().filter_map(within).any(|inner| inner.chars().all(name))
        || within(&("<", ">")).is_some_and(|inner| inner.chars().all(words))
}

/// What stands for a secret part of a line: of a URL, its credentials are masked alone.
fn mask(part: &str) -> String {
    let url = part.split_once("://").filter(|(scheme, _)| {
        !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-_.:=".contains(&b))
    });
    match url {
        Some((scheme, rest)) => {
            let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
            let host = authority.rsplit_once('@').map(|(_, host)| host);
            let tail = rest.get(authority.len()..).unwrap_or_default();
            // What follows a question mark may hold a token.
            let path = tail.split(['?', '#']).next().unwrap_or_default();
            match host {
                Some(host) => format!("{scheme}://{MASK}@{host}{path}"),
                None => MASK.to_owned(),
            }
        }
        None => MASK.to_owned(),
    }
}

/// Where the values stand that are assigned to names of secrets: `name=value`.
fn assigned(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        for (at, _) in line.match_indices('=') {
            let (before, after) = (&line[..at], &line[at + 1..]);
            let name = before.trim_end();
            let from = name
                .rfind(|c: char| !(c.is_alphanumeric() || "-_.".contains(c)))
                .map_or(0, |n| n + name[n..].chars().next().map_or(1, char::len_utf8));
            if !may_name(&name[from..]) || name[from..].is_empty() {
                continue;
            }
            let value = after.trim_start_matches([' ', '\t']);
            let begin = at + 1 + after.len() - value.len();
            // In a line of its own the value goes to the end of the line; among other words, to the end of the word.
            let own = before[..from].trim().is_empty() || before[..from].trim() == "export";
            let quoted = value.chars().next().filter(|c| matches!(c, '"' | '\''));
            let length = match quoted {
                _ if own => value.trim_end().len(),
                Some(quote) => value[1..].find(quote).map_or(value.trim_end().len(), |n| n + 2),
                None => {
                    value.find(|c: char| c.is_whitespace() || "&;,\"'`".contains(c)).unwrap_or(value.len())
                }
            };
            found.push(start + begin..start + begin + length);
        }
        start += line.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_in_texts_are_masked_and_lines_stay() {
        for (given, want) in [
            ("plain", "plain"),
            ("a: 1\npassword: hunter2\nb: 2\n", "a: 1\npassword: ***\nb: 2\n"),
            ("db.password = hunter 2\nx=1\n", "db.password = ***\nx=1\n"),
            ("export API_TOKEN='hunter 2'\n", "export API_TOKEN=***\n"),
            ("--user=me --db-password=hunter2 --x", "--user=me --db-password=*** --x"),
            ("jdbc:postgresql://u:hunter2@db:5432/a", "jdbc:postgresql://***@db:5432/a"),
            ("url=jdbc:x://u:hunter2@db/a", "url=jdbc:x://***@db/a"),
            ("https://hunter2@git.abc.com/a", "https://***@git.abc.com/a"),
            ("http://h/x?token=hunter2&y=1", "http://h/x?token=***&y=1"),
            ("{\"token\":\"hunter2\",\"b\":1}", "{\"token\":***,\"b\":1}"),
            ("secret: |\n  hunter2\n  hunter3\nb: 1\n", "secret: ***\n  ***\n  ***\nb: 1\n"),
            ("x --password hunter2 --verbose", "x --password *** --verbose"),
            (
                "machine a.com\n  login me\n  password hunter2\n",
                "machine a.com\n  login me\n  password ***\n",
            ),
            ("ghp_0123456789abcdefghij0123456789abcdef", "***"),
            ("AccountName=a;AccountKey=hunter2==;B=c", "AccountName=a;AccountKey=***;B=c"),
            ("https://a.com/c?sv=1&sig=hunter2%3D&se=2", "https://a.com/c?sv=1&sig=***&se=2"),
            ("# --from-literal=db-password=...", "# --from-literal=db-password=..."),
            ("(token: ...)", "(token: ...)"),
            ("password=<your password>\n# token=\u{2026}", "password=<your password>\n# token=\u{2026}"),
            ("password: ${DB_PASSWORD}", "password: ${DB_PASSWORD}"),
            ("password: ${DB_PASSWORD:-hunter2}", "password: ***"),
            ("password: ..hunter2..", "password: ***"),
            ("password=<Hunter2>", "password=***"),
            ("tokenizer=plain", "tokenizer=plain"),
            ("passwordPolicy: strict", "passwordPolicy: strict"),
            ("数=1; pwd=hunter", "数=1; pwd=***"),
        ] {
            let masked = text(given);
            assert_eq!(masked, want, "{given}");
            assert_eq!(masked.lines().count(), given.lines().count());
        }
    }
}
