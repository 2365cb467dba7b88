//! Names that say that what they name is a secret.

use crate::diag::nearest;

/// Parts of names, in lower case and without what divides words.
const PARTS: [&str; 20] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "credential",
    "accesskey",
    "accountkey",
    "privatekey",
    "apikey",
    "fernetkey",
    "encryptionkey",
    "signingkey",
    "masterkey",
    "redisauth",
    "masterauth",
    "requirepass",
    "basicauth",
    "authheader",
    // What kubectl applied, which of a Secret is all of it.
    "lastappliedconfiguration",
];

/// What names of secrets end in, in the same form.
const ENDS: [&str; 19] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "secretkey",
    "token",
    "credential",
    "credentials",
    "accesskey",
    "accesskeyid",
    "privatekey",
    "apikey",
    "clientkeydata",
    "fernetkey",
    "encryptionkey",
    "signingkey",
    "redisauth",
    "masterauth",
    "requirepass",
];

/// Last words of names of secrets that other words end in as well, such as `bypass`.
const SHORT: [&str; 3] = ["pass", "pwd", "pw"];

/// Last words of several that may make a name that of a secret.
const SHORTER: [&str; 3] = ["auth", "pat", "dsn"];

/// Last words of names that are those of secrets, and of nothing that would be missed: for hiding.
const HIDDEN: [&str; 5] = ["cookie", "creds", "salt", "seed", "sk"];

/// Files of private keys by their names.
const KEY_FILES: [&str; 10] = [
    "ca.key",
    "cert.key",
    "client.key",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    "id_rsa",
    "server.key",
    "ssl.key",
    "tls.key",
];

/// Last words of names that are about secrets: what rules they follow, how long they last, what reads them.
const ABOUT: [&str; 12] = [
    "encoder",
    "expiration",
    "expiry",
    "length",
    "lifetime",
    "policy",
    "provider",
    "timeout",
    "tokenizer",
    "tokenizers",
    "ttl",
    "validator",
];

/// Names that are as often about a Secret as they are of one.
const VAGUE: [&str; 3] = ["secret", "credential", "credentials"];

/// Words of names that name a Secret: `existingSecret`, `imagePullSecret`.
const REFERRING: [&str; 6] = ["existing", "pull", "tls", "cert", "certificate", "ref"];

/// Whether a name may say that what it names is a secret, also when it is misspelt: for hiding.
pub fn may_name(name: &str) -> bool {
    let plain = plain(name);
    let words = words(name);
    let last = words.last().map_or("", String::as_str);
    if ABOUT.contains(&last) {
        return false;
    }
    PARTS.iter().any(|part| plain.contains(part))
        || SHORT.contains(&plain.as_str())
        || HIDDEN.contains(&last)
        || KEY_FILES.contains(&name.to_lowercase().as_str())
        || words.len() > 1 && (SHORT.contains(&last) || SHORTER.contains(&last))
        || nearest(&plain, PARTS).is_some()
}

/// Whether a name says that what it names is a secret, and not a file with one, the name of a Secret or how long it lasts: for
/// reporting.
pub fn names(name: &str) -> bool {
    // Nearly all names end otherwise, which takes no copy to see.
    if !may_end(name) {
        return false;
    }
    let plain = plain(name);
    if VAGUE.contains(&plain.as_str()) {
        return false;
    }
    let words = words(name);
    if plain.ends_with("secret") && words.iter().any(|word| REFERRING.contains(&word.as_str())) {
        return false;
    }
    ENDS.iter().any(|end| plain.ends_with(end))
        || words.last().is_some_and(|last| SHORT.contains(&last.as_str()))
}

/// The letters of the longest of [`ENDS`] and [`SHORT`].
const LONGEST: usize = 13;

/// Whether a name, in lower case and without what divides its words, ends in one of [`ENDS`] or [`SHORT`].
fn may_end(name: &str) -> bool {
    let mut room = [0; LONGEST];
    let mut count = 0;
    let lower = |c: char| match c.is_ascii() {
        true => c.to_ascii_lowercase(),
        false => c.to_lowercase().next().unwrap_or(c),
    };
    let letters = name.chars().rev().filter(|c| !is_divider(*c)).map(lower);
    // None of the ends has a letter that is no ASCII.
    let letters = letters.map_while(|c| u8::try_from(c).ok().filter(u8::is_ascii));
    for (place, letter) in room.iter_mut().rev().zip(letters) {
        *place = letter;
        count += 1;
    }
    let tail = room.get(LONGEST - count..).unwrap_or_default();
    // Comparing the last letter first leaves few ends to compare.
    let is_end = |end: &&str| end.as_bytes().last() == tail.last() && tail.ends_with(end.as_bytes());
    ENDS.iter().chain(&SHORT).any(is_end)
}

/// Whether a character divides the words of a name.
fn is_divider(c: char) -> bool {
    matches!(c, '-' | '_' | '.' | '/')
}

/// A name in lower case and without what divides its words.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|c| !is_divider(*c)).flat_map(char::to_lowercase).collect()
}

/// The words of a name in lower case: `dbPass`, `DB_PASS` and `db.pass` have two each.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (lower && c.is_uppercase()) {
            words.push(String::new());
        }
        lower = c.is_lowercase();
        if let Some(word) = words.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_end_is_known() {
        assert_eq!(ENDS.iter().chain(&SHORT).map(|end| end.len()).max(), Some(LONGEST));
        assert!(names("api_\u{212a}ey") && !names("\u{e9}") && !names("word") && !names(""));
    }

    #[test]
    fn names_of_secrets_are_told_from_names_about_them() {
        for name in [
            "PASSWORD",
            "spring.datasource.password",
            "FS_S3A_SECRET_KEY",
            "fs.s3a.access.key",
            "dbPass",
            "API-TOKEN",
            "AWS_SECRET_ACCESS_KEY",
            "client-key-data",
            "WECHAT_SECRET",
            "javax.jdo.option.ConnectionPassword",
        ] {
            assert!(names(name), "{name}");
            assert!(may_name(name) || name == "client-key-data", "{name}");
        }
        for name in [
            "POSTGRES_PASSWORD_FILE",
            "existingSecret",
            "imagePullSecret",
            "secretName",
            "TOKEN_EXPIRY",
            "bypass",
            "secret",
            "password.encoder",
            "aws.credentials.provider",
            "PUBLIC_KEY",
            "compass",
            "max_tokens",
        ] {
            assert!(!names(name), "{name}");
        }
    }

    #[test]
    fn what_may_be_a_secret_is_hidden_and_what_is_about_one_is_not() {
        for name in [
            "SALT",
            "PASSWORD_SALT",
            "STRIPE_SK",
            "AWS_CREDS",
            "AccountKey",
            "tls.key",
            "server.key",
            "id_rsa",
            "abc.com/token",
            "Authorization-Token",
            "RABBITMQ_ERLANG_COOKIE",
            "passwrod",
        ] {
            assert!(may_name(name), "{name}");
        }
        for name in [
            "tokenizer",
            "abc.com/tokenizer",
            "keyspace",
            "passwordPolicy",
            "TOKEN_TTL",
            "SECRET_PROVIDER",
            "basalt",
            "salted",
            "task",
            "risk",
            "partition.key",
            "PUBLIC_KEY",
            "message.key",
            "username",
        ] {
            assert!(!may_name(name), "{name}");
        }
    }
}
