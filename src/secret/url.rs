//! URLs with credentials.

/// Whether a URL holds a password or, where no user is needed, a token. The user of `ssh://git@host` is neither.
pub fn url_credentials(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let web = scheme.to_ascii_lowercase().starts_with("http");
    authority.rsplit_once('@').is_some_and(|(user, _)| web || user.contains(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_told_from_users() {
        for (url, want) in [
            ("https://git.abc.com/x.git", false),
            ("https://git.abc.com/@scope/x.git", false),
            ("https://u:p@git.abc.com/x.git", true),
            ("HTTPS://token@git.abc.com/x.git", true),
            ("ssh://git@git.abc.com:22/x.git", false),
            ("ssh://git:p@git.abc.com/x.git", true),
            ("git@git.abc.com:x.git", false),
        ] {
            assert_eq!(url_credentials(url), want, "{url}");
        }
    }
}
