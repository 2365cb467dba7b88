//! Secrets by what they look like, and by the words before them: tokens of services, headers, commands, connections, SQL.

use super::is_filled;

/// How tokens of services begin, and the least that follows: GitHub, GitLab, Slack, AWS, Google.
const BEGINNINGS: [(&str, usize); 14] = [
    ("ghp_", 30),
    ("gho_", 30),
    ("ghs_", 30),
    ("ghu_", 30),
    ("github_pat_", 30),
    ("glpat-", 16),
    ("xoxb-", 16),
    ("xoxp-", 16),
    ("xoxa-", 16),
    ("AKIA", 16),
    ("ASIA", 16),
    ("AIza", 30),
    ("sk_live_", 16),
    ("https://hooks.slack.com/services/", 16),
];

/// The bytes of the shortest token: that of AWS.
const SHORTEST: usize = 20;

/// Words that a secret follows in a header.
const SCHEMES: [&str; 3] = ["Bearer ", "bearer ", "Basic "];

/// Words of SQL that a quoted secret follows.
const SQL: [&str; 4] = ["IDENTIFIED BY '", "identified by '", " PASSWORD '", " password '"];

/// Commands that take a password as `-p`, and nothing between.
const COMMANDS: [&str; 6] = ["mysql", "mysqladmin", "mysqldump", "mariadb", "mariadb-admin", "mariadb-dump"];

/// The secrets of a line, some perhaps twice. Before words are looked for, one sign of each is: most lines do not have it.
pub(super) fn all(line: &str) -> impl Iterator<Item = &str> {
    let tokens = (line.len() >= SHORTEST).then(|| words(line).filter(|word| is_token(word)));
    let blank = line.contains(' ');
    let headers = blank.then(|| headers(line));
    let sql = (blank && line.contains('\'')).then(|| sql(line));
    let options = line.contains("-p").then(|| options(line));
    let connections = line.contains('@').then(|| connections(line));
    let all = tokens.into_iter().flatten().chain(headers.into_iter().flatten());
    let all = all.chain(sql.into_iter().flatten()).chain(options.into_iter().flatten());
    all.chain(connections.into_iter().flatten())
}

/// Whether a word is a token of a service by how it looks; a JSON Web Token is one.
pub fn is_token(word: &str) -> bool {
    if word.len() < SHORTEST {
        return false;
    }
    let begun = |(start, least): &(&str, usize)| {
        let rest = word.strip_prefix(start)?;
        let fits =
            |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-') || start.ends_with('/') && c == '/';
        Some(rest.len() >= *least && rest.chars().all(fits) && is_filled(rest))
    };
    let mut parts = word.split('.');
    let web = |part: Option<&str>| part.is_some_and(|p| p.starts_with("eyJ") && p.len() >= 16);
    let signed = |part: Option<&str>| part.is_some_and(|p| p.len() >= 8);
    BEGINNINGS.iter().filter_map(begun).any(|is| is)
        || web(parts.next()) && web(parts.next()) && signed(parts.next()) && parts.next().is_none()
}

/// The words of a line, without what stands around values.
fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| {
        c.is_whitespace()
            || matches!(c, '"' | '\'' | '`' | '=' | ',' | ';' | '<' | '>' | '[' | ']' | '{' | '}' | '(' | ')')
    })
}

fn headers(line: &str) -> impl Iterator<Item = &str> {
    let follows = move |scheme: &'static str| {
        line.match_indices(scheme).filter_map(move |(at, found)| {
            let value = words(line.get(at + found.len()..)?).next()?;
            // Credentials of the basic scheme are base64 of a name and more; the word stands in prose as well.
            let long = value.len() >= 8
                && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~+/".contains(&b));
            let mixed = value.bytes().any(|b| b.is_ascii_digit())
                || value.bytes().skip(1).any(|b| b.is_ascii_uppercase());
            (long && mixed && is_filled(value)).then_some(value)
        })
    };
    SCHEMES.into_iter().flat_map(follows)
}

fn sql(line: &str) -> impl Iterator<Item = &str> {
    let follows = move |word: &'static str| {
        line.match_indices(word).filter_map(move |(at, found)| {
            let (value, _) = line.get(at + found.len()..)?.split_once('\'')?;
            is_filled(value).then_some(value)
        })
    };
    SQL.into_iter().flat_map(follows)
}

/// What follows `-p` of a command that takes its password so.
fn options(line: &str) -> impl Iterator<Item = &str> {
    let mut command = false;
    words(line).filter_map(move |word| {
        command |= COMMANDS.contains(&word.rsplit('/').next().unwrap_or(word));
        word.strip_prefix("-p").filter(|value| command && !value.starts_with('-') && is_filled(value))
    })
}

/// The passwords of connections that are no URLs: `jdbc:oracle:thin:user/password@host`, `user:password@tcp(host)`.
fn connections(line: &str) -> impl Iterator<Item = &str> {
    let oracle = line.match_indices("jdbc:oracle:").filter_map(move |(at, found)| {
        let (user, _) = line.get(at + found.len()..)?.split_once('@')?;
        Some(user.split_once('/')?.1)
    });
    let dsn = ["@tcp(", "@unix("].into_iter().flat_map(move |mark| line.match_indices(mark)).filter_map(
        move |(at, _)| {
            let user = line.get(..at)?.rsplit([' ', '"', '\'', '=']).next()?;
            Some(user.split_once(':')?.1)
        },
    );
    oracle.chain(dsn).filter(|value| is_filled(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_known_by_their_looks() {
        for (line, want) in [
            ("ghp_0123456789abcdefghij0123456789abcdef", Some("ghp_0123456789abcdefghij0123456789abcdef")),
            (
                "a: https://hooks.slack.com/services/T0/B0/0123456789abcdef",
                Some("https://hooks.slack.com/services/T0/B0/0123456789abcdef"),
            ),
            (
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhYmMifQ.0123456789",
                Some("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhYmMifQ.0123456789"),
            ),
            ("Authorization: Bearer abc123def", Some("abc123def")),
            ("Bearer authentication is asked for", None),
            ("Authorization: Bearer ${TOKEN}", None),
            ("CREATE USER u IDENTIFIED BY 'k-1';", Some("k-1")),
            ("ALTER ROLE r PASSWORD 'k-1'", Some("k-1")),
            ("mysqladmin -u root -pk-1 ping", Some("k-1")),
            ("mysqladmin -p ping; mkdir -p x", None),
            ("ssh -p22 -pk-1", None),
            ("jdbc:oracle:thin:scott/k-1@db:1521/x", Some("k-1")),
            ("jdbc:oracle:thin:@//db:1521/x", None),
            ("u:k-1@tcp(db:3306)/x", Some("k-1")),
            ("AKIA", None),
            ("ghp_example", None),
        ] {
            assert_eq!(all(line).next(), want, "{line}");
        }
        assert_eq!(BEGINNINGS.iter().map(|(start, least)| start.len() + least).min(), Some(SHORTEST));
    }
}
