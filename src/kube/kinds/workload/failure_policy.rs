//! When a job fails or succeeds early: the rules of `podFailurePolicy` and `successPolicy`.

use crate::kube::{at::At, check::Check, format::names};
use std::collections::HashSet;

/// The most rules of a policy, patterns of a rule, exit codes of a rule, and bytes of a list of indexes.
const RULES: usize = 20;
const PATTERNS: usize = 20;
const CODES: usize = 255;
const INDEXES: usize = 64 * 1024;

fn at_most<'t>(check: &mut Check<'t>, at: At<'t>, most: usize, what: &str) {
    if at.len() > most {
        check.too_long(at, format!("it may have {most} {what}"));
    }
}

/// Checks `podFailurePolicy` of the spec of a job.
pub(super) fn failure_policy<'t>(check: &mut Check<'t>, spec: At<'t>, at: At<'t>) {
    let rules = at.get("rules");
    at_most(check, rules, RULES, "rules");
    for rule in rules.items() {
        let action = rule.get("action");
        check.require_one_of(action, &["Count", "FailIndex", "FailJob", "Ignore"]);
        if action.str() == "FailIndex" && spec.get("backoffLimitPerIndex").absent() {
            check.invalid(action, "needs `backoffLimitPerIndex`");
        }
        let (codes, conditions) = (rule.get("onExitCodes"), rule.get("onPodConditions"));
        if codes.present() {
            exit_codes(check, spec, codes);
        }
        at_most(check, conditions, PATTERNS, "patterns");
        for pattern in conditions.items() {
            if pattern.get("type").blank() {
                check.required(pattern.get("type"), "");
            } else {
                check.text(pattern.get("type"), names::qualified);
            }
            check.one_of(pattern.get("status"), &["True", "False", "Unknown"]);
        }
        match (codes.present(), conditions.is_empty()) {
            (true, false) => check.forbidden(conditions, "may not stand beside `onExitCodes`"),
            (false, true) => check.invalid(rule, "needs `onExitCodes` or `onPodConditions`"),
            _ => {}
        }
    }
}

fn exit_codes<'t>(check: &mut Check<'t>, spec: At<'t>, at: At<'t>) {
    let (operator, name, values) = (at.get("operator"), at.get("containerName"), at.get("values"));
    check.require_one_of(operator, &["In", "NotIn"]);
    if name.present() {
        let pod = spec.at(&["template", "spec"]);
        let known = ["containers", "initContainers"]
            .iter()
            .any(|list| pod.get(list).items().any(|container| container.get("name").str() == name.str()));
        if !known {
            check.invalid(name, "must be the name of a container of the template");
        }
    }
    if values.is_empty() {
        check.required(values, "at least one exit code is needed");
    }
    at_most(check, values, CODES, "exit codes");
    let (mut seen, mut last) = (HashSet::new(), None);
    for value in values.items() {
        let code = value.int().unwrap_or(0);
        if code == 0 && operator.str() == "In" {
            check.invalid(value, "must not be 0 beside the operator `In`");
        }
        if !seen.insert(code) {
            check.duplicate(value, "");
        } else if last.is_some_and(|last| last > code) {
            check.invalid(value, "must be more than the code before it: the codes must be sorted");
        }
        last = Some(code);
    }
}

/// Checks `successPolicy` of a job with so many completions.
pub(super) fn success_policy<'t>(check: &mut Check<'t>, at: At<'t>, completions: Option<i64>) {
    let rules = at.get("rules");
    if rules.is_empty() {
        check.required(rules, "at least one rule is needed");
    }
    at_most(check, rules, RULES, "rules");
    let Some(completions) = completions else { return };
    for rule in rules.items() {
        let (count, indexes) = (rule.get("succeededCount"), rule.get("succeededIndexes"));
        if count.absent() && indexes.absent() {
            check.invalid(rule, "needs `succeededCount` or `succeededIndexes`");
        }
        let total = if indexes.present() {
            succeeded_indexes(check, indexes, completions)
        } else {
            Some(completions)
        };
        let most = total.unwrap_or(completions).min(completions);
        check.within(count, 0, most.max(0));
    }
}

/// Checks a list of indexes such as `1,3-5`. Gives how many there are; none when it is malformed.
fn succeeded_indexes<'t>(check: &mut Check<'t>, at: At<'t>, completions: i64) -> Option<i64> {
    if at.str().len() > INDEXES {
        check.too_long(at, format!("it may have {INDEXES} characters"));
    }
    let total = count(at.str(), completions);
    if total.is_none() {
        check.invalid(at, format!("must be indexes below {completions} in rising order, such as `0,2-4`"));
    }
    total
}

fn count(text: &str, completions: i64) -> Option<i64> {
    let (mut total, mut last) = (0, None::<i64>);
    if text.is_empty() {
        return Some(0);
    }
    for part in text.split(',') {
        let (first, end) = part.split_once('-').map_or((part, None), |(first, end)| (first, Some(end)));
        let first = number(first)?;
        let end = end.map_or(Some(first), |end| number(end).filter(|end| *end > first))?;
        if end >= completions || last.is_some_and(|last| last >= first) {
            return None;
        }
        total += end - first + 1;
        last = Some(end);
    }
    Some(total)
}

fn number(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    (!digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::count;

    #[test]
    fn indexes_are_counted() {
        for (text, want) in [
            ("", Some(0)),
            ("0", Some(1)),
            ("0,2-4", Some(4)),
            ("5", None),
            ("2-5", None),
            ("1,1", None),
            ("3-1", None),
            ("1-1", None),
            ("-1", None),
            ("1-2-3", None),
            ("a", None),
            ("1,,2", None),
            ("1, 2", None),
        ] {
            assert_eq!(count(text, 5), want, "{text}");
        }
    }
}
