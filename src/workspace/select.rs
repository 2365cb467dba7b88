//! Chooses environments by name or glob.

use super::{Environment, Shard};
use crate::{diag::nearest, error::Error};

/// Which environments a run is about.
#[derive(Debug, Clone, Copy, Default)]
pub struct Choice<'c> {
    /// Those that these patterns name; all for none.
    pub patterns: &'c [String],
    /// Of those, only the ones of this shard.
    pub shard: Option<Shard>,
}

impl<'c> From<&'c [String]> for Choice<'c> {
    fn from(patterns: &'c [String]) -> Self {
        Self { patterns, shard: None }
    }
}

impl<'c, const N: usize> From<&'c [String; N]> for Choice<'c> {
    fn from(patterns: &'c [String; N]) -> Self {
        Self { patterns, shard: None }
    }
}

/// The indices of the environments that the patterns name, in order; all for no pattern. `*` stands for any part of
/// one path segment, `**` for any number of segments, `?` for one character.
///
/// # Errors
/// A pattern that names no environment.
pub fn select(environments: &[Environment], patterns: &[String]) -> Result<Vec<usize>, Error> {
    if patterns.is_empty() {
        return Ok((0..environments.len()).collect());
    }
    let mut chosen = vec![false; environments.len()];
    for pattern in patterns {
        // As a shell completes it.
        let wanted =
            pattern.trim_start_matches("./").trim_start_matches("environments/").trim_end_matches('/');
        let segments: Vec<&str> = wanted.split('/').collect();
        let mut hit = false;
        for (at, environment) in environments.iter().enumerate() {
            if matches(&segments, &environment.name.split('/').collect::<Vec<_>>()) {
                chosen[at] = true;
                hit = true;
            }
        }
        if !hit {
            let names: Vec<&str> = environments.iter().map(|e| e.name.as_str()).collect();
            let error = Error::usage(format!("no environment matches `{pattern}`"));
            let below: Vec<&str> =
                names.iter().copied().filter(|n| n.starts_with(&format!("{wanted}/"))).collect();
            return Err(match (below.first(), nearest(wanted, names.iter().copied())) {
                (Some(_), _) => {
                    error.help(format!("`{wanted}` is a layer: name `{wanted}/*` for the environments in it"))
                }
                (None, Some(near)) => error.help(format!("did you mean `{near}`?")),
                (None, None) => error.help(format!("there are: {}", names.join(", "))),
            });
        }
    }
    Ok(chosen.iter().enumerate().filter(|(_, c)| **c).map(|(at, _)| at).collect())
}

fn matches(pattern: &[&str], path: &[&str]) -> bool {
    match (pattern.split_first(), path.split_first()) {
        (None, None) => true,
        (Some((&"**", rest)), _) => {
            matches(rest, path) || path.split_first().is_some_and(|(_, tail)| matches(pattern, tail))
        }
        (Some((p, rest)), Some((s, tail))) => fits(p, s) && matches(rest, tail),
        _ => false,
    }
}

/// Whether a text fits a pattern in which `*` stands for any part, and `?` for one character.
pub fn fits(pattern: &str, text: &str) -> bool {
    wild(&pattern.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>())
}

/// `*` and `?` within one segment; linear in the product of the lengths.
fn wild(pattern: &[char], text: &[char]) -> bool {
    let mut reach = vec![false; text.len() + 1];
    reach[0] = true;
    for p in pattern {
        if *p == '*' {
            for at in 1..=text.len() {
                reach[at] |= reach[at - 1];
            }
        } else {
            for at in (1..=text.len()).rev() {
                reach[at] = reach[at - 1] && (*p == '?' || *p == text[at - 1]);
            }
            reach[0] = false;
        }
    }
    reach[text.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_stay_within_segments_unless_doubled() {
        let names = ["dev", "prod/guangzhou", "prod/shenzhen", "staging"];
        let all: Vec<Environment> =
            names.iter().map(|n| Environment { name: (*n).into(), layers: vec![], broken: false }).collect();
        let pick = |patterns: &[&str]| {
            let patterns: Vec<String> = patterns.iter().map(|p| (*p).into()).collect();
            select(&all, &patterns).map(|v| v.into_iter().map(|i| names[i]).collect::<Vec<_>>())
        };
        assert_eq!(pick(&["prod/*"]).unwrap(), ["prod/guangzhou", "prod/shenzhen"]);
        assert_eq!(pick(&["*"]).unwrap(), ["dev", "staging"]);
        assert_eq!(pick(&["**"]).unwrap(), names);
        assert_eq!(pick(&["**/s*"]).unwrap(), ["prod/shenzhen", "staging"]);
        assert_eq!(pick(&["dev", "d?v"]).unwrap(), ["dev"]);
        assert_eq!(pick(&["./environments/prod/shenzhen/"]).unwrap(), ["prod/shenzhen"]);
        assert_eq!(pick(&["prd/shenzhen"]).unwrap_err().help.unwrap(), "did you mean `prod/shenzhen`?");
        assert!(pick(&["prod"]).unwrap_err().help.unwrap().contains("prod/*"));
    }
}
