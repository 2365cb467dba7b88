//! Values that may be secrets, those that only stand in the place of one, and those that everybody knows.

use super::name::{names, plain};

/// What stands for nothing.
const NOTHING: [&str; 10] = ["null", "none", "nil", "undefined", "true", "false", "yes", "no", "on", "off"];

/// How references begin: to variables, files and stores of secrets; and what is encrypted.
const REFERENCES: [&str; 16] = [
    "process.env.",
    "os.environ",
    "$",
    "/",
    "./",
    "../",
    "~/",
    "<",
    "%",
    "enc(",
    "{cipher}",
    "vault:",
    "ref+",
    "file:",
    "env:",
    "arn:",
];

/// How the names of files with secrets end.
const FILES: [&str; 9] = [".pem", ".key", ".crt", ".jks", ".p12", ".keytab", ".json", ".yaml", ".properties"];

/// What placeholders hold.
const PLACEHOLDERS: [&str; 7] = ["your", "example", "placeholder", "redacted", "replace", "dummy", "fixme"];

/// Passwords that software comes with or that its instructions use, in lower case.
const DEFAULTS: [&str; 44] = [
    "000000",
    "111111",
    "123456",
    "1234567",
    "12345678",
    "123456789",
    "1234567890",
    "abc123",
    "admin",
    "admin123",
    "adminadmin",
    "administrator",
    "airflow",
    "changeit",
    "changeme",
    "change-me",
    "change_me",
    "default",
    "dolphinscheduler",
    "dolphinscheduler123",
    "elastic",
    "foobared",
    "grafana",
    "guest",
    "hadoop",
    "harbor12345",
    "hive",
    "minio",
    "minio123",
    "minioadmin",
    "mysql",
    "p@ssw0rd",
    "pass",
    "passw0rd",
    "password",
    "password123",
    "postgres",
    "prom-operator",
    "qwerty",
    "root",
    "root123",
    "secret",
    "superset",
    "test",
];

/// Whether the value of a name is a secret.
pub fn is_secret(name: &str, value: &str) -> bool {
    if !names(name) || !is_filled(value) {
        return false;
    }
    let (name, value) = (plain(name), bare(value));
    // A Secret by its name, and a number of tokens.
    let label = value.contains('-') && value.bytes().all(|b| b.is_ascii_lowercase() || b"-.".contains(&b));
    let vague = ["secret", "credential", "credentials"].iter().any(|end| name.ends_with(end));
    let count = name.ends_with("token") && value.bytes().all(|b| b.is_ascii_digit());
    // The word that a form shows beside a field: `login.password=Password`.
    let word = value.starts_with(|c: char| c.is_ascii_uppercase()) && name.ends_with(&value.to_lowercase());
    !(vague && label || count || word)
}

/// Whether a value is there, and is no placeholder, no reference and no file's name.
pub fn is_filled(value: &str) -> bool {
    if let Some(default) = default(bare(value)) {
        return is_filled(default);
    }
    let value = bare(value);
    // A variable is written in capitals or in brackets; a password may begin with the same sign.
    let dollar =
        value.strip_prefix('$').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()));
    let value = value.to_lowercase();
    let value = if dollar { value.trim_start_matches('$').to_owned() } else { value };
    let mut chars = value.chars();
    let first = chars.next();
    let alike = value.len() > 2
        && chars.all(|c| Some(c) == first)
        && !value.starts_with(|c: char| c.is_ascii_digit());
    let refers = REFERENCES.iter().any(|start| value.starts_with(start))
        || ["${", "$(", "{{"].iter().any(|mark| value.contains(mark))
        || FILES.iter().any(|end| value.ends_with(end));
    value.contains(char::is_alphanumeric)
        && !value.contains(char::is_whitespace)
        && !NOTHING.contains(&value.as_str())
        && !alike
        && !refers
        && !PLACEHOLDERS.iter().any(|part| value.contains(part))
}

/// What stands for a variable that is not set: `${NAME:-default}`, and `${NAME:default}` as Spring has it.
fn default(value: &str) -> Option<&str> {
    let (name, default) = value.strip_prefix("${")?.strip_suffix('}')?.split_once(':')?;
    let variable =
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    variable
        .then(|| default.strip_prefix(['-', '=']).unwrap_or(default))
        .filter(|d| !d.is_empty() && !d.starts_with('?'))
}

/// Whether a value is a password that everybody tries first.
pub fn is_default(value: &str) -> bool {
    DEFAULTS.contains(&bare(value).to_lowercase().as_str())
}

/// A value without blanks and quotes around it.
fn bare(value: &str) -> &str {
    let value = value.trim();
    let quoted = |quote: char| value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    quoted('"').or_else(|| quoted('\'')).unwrap_or(value).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_the_place_of_a_secret_is_none() {
        for value in [
            "s3cret-1",
            "\"root\"",
            "123456",
            "changeme",
            "111111",
            "a/b+c==",
            "$ecret123",
            "${Y:-hunter2}",
            "${A_B:changeit}",
        ] {
            assert!(is_filled(value), "{value}");
        }
        for value in [
            "",
            "\"\"",
            "xxxxxxx",
            "***",
            "${DB_PASSWORD}",
            "$(DB_PASSWORD)",
            "$DB_PASSWORD",
            "${A:-}",
            "${A:?unset}",
            "{{ .Values.password }}",
            "<password>",
            "your-password",
            "/run/secrets/password",
            "tls.key",
            "null",
            "false",
            "ENC(abc)",
            "vault:secret/x",
            "a b",
        ] {
            assert!(!is_filled(value), "{value}");
        }
        for (name, value, secret) in [
            ("APP_SECRET", "app-credentials", false),
            ("APP_SECRET", "9f8e7d6c", true),
            ("MAX_TOKEN", "4096", false),
            ("DB_PASSWORD", "my-password", true),
            ("DB_HOST", "s3cret-1", false),
        ] {
            assert_eq!(is_secret(name, value), secret, "{name}={value}");
        }
    }
}
