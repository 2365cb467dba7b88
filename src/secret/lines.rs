//! Where keys, values and URLs with credentials stand in a line of YAML or JSON that nothing could read as such.

use super::url_credentials;
use std::ops::Range;

/// The keys of a line and their values, as far as a line tells.
pub fn pairs(line: &str) -> impl Iterator<Item = (Range<usize>, Range<usize>)> + '_ {
    line.match_indices(':').filter_map(move |(colon, _)| {
        let (before, after) = (&line[..colon], &line[colon + 1..]);
        let bare = before.trim_end().trim_end_matches(['"', '\'']);
        let start = bare.rfind([' ', '\t', '{', ',', '[', '"', '\'']).map_or(0, |at| at + 1);
        let quoted = bare.len() < before.trim_end().len();
        let value = after.trim_start_matches([' ', '\t']);
        if !quoted && !after.is_empty() && !after.starts_with([' ', '\t', '\n', '\r']) {
            return None;
        }
        let from = line.len() - value.len();
        let flow = before.contains(['{', '[']);
        let whole = value.trim_end().len();
        let length = match value.chars().next().filter(|c| matches!(c, '"' | '\'')) {
            _ if !flow => whole,
            // Quotes may be part of what is wrong.
            Some(quote) => value[1..]
                .find(quote)
                .map(|at| at + 2)
                .filter(|&end| value[end..].starts_with([',', '}', ' ']))
                .unwrap_or(whole),
            // With a tag or an anchor before them, brackets and quotes do not start it.
            None => value
                .find([',', '}', '{', '[', '"', '\''])
                .filter(|&end| value[end..].starts_with([',', '}']))
                .unwrap_or(whole),
        };
        Some((start..bare.len(), from..from + length))
    })
}

/// The URLs of a line that hold credentials.
pub fn credentials(line: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let around = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '{' | '}' | '[' | ']' | ',');
    let url = move |(at, _): (usize, &str)| {
        let start = line[..at].rfind(around).map_or(0, |before| before + 1);
        let end = line[at..].find(around).map_or(line.len(), |length| at + length);
        url_credentials(&line[start..end]).then_some(start..end)
    };
    // Nearly no line has the sign that divides a user from a host.
    let some = line.contains('@').then(|| line.match_indices("://").filter_map(url));
    some.into_iter().flatten()
}
