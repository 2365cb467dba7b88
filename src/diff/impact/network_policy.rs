//! What a NetworkPolicy lets through, more than before. Several policies that select a pod let through what one of them does: a
//! policy that is new never opens anything that others closed, except for what it lets in itself.

use super::case::{kind, text, texts};
use crate::{field::Field, manifest::Manifest};

/// What is open when a policy goes away.
pub(super) fn gone(policy: &Manifest<'_>) -> Option<String> {
    if kind(policy) != ("networking.k8s.io", "NetworkPolicy") {
        return None;
    }
    let (ingress, egress) = governs(&policy.body);
    Some(match (ingress, egress) {
        (true, true) => "limits its pods no more: unless another policy does, everything reaches them, and they reach everything",
        (false, true) => "limits its pods no more: unless another policy does, they reach everything",
        _ => "limits its pods no more: unless another policy does, everything reaches them",
    }.to_owned())
}

/// Whether a policy limits what comes in, and what goes out.
fn governs(body: &Field<'_>) -> (bool, bool) {
    let types = texts(body, &["spec", "policyTypes"]);
    if types.is_empty() {
        return (true, !rules(body, "egress").is_empty());
    }
    (types.contains(&"Ingress"), types.contains(&"Egress"))
}

fn rules<'m, 'a>(body: &'m Field<'a>, way: &str) -> &'m [Field<'a>] {
    body.at(&["spec", way]).map_or(&[][..], Field::items)
}

/// What is let through that was not.
pub(super) fn widened(old: &Field<'_>, new: &Field<'_>) -> Vec<String> {
    let mut found = Vec::new();
    let (was, is) = (governs(old), governs(new));
    let selector = ["spec", "podSelector"];
    if let (Some(a), Some(b)) = (old.at(&selector), new.at(&selector))
        && !crate::diff::fields::same(a, b)
    {
        found.push("selects other pods: those that it selects no more are not limited by it".to_owned());
    }
    for (way, peers, was, is) in [("ingress", "from", was.0, is.0), ("egress", "to", was.1, is.1)] {
        let (open, more) = match way {
            "ingress" => ("lets everything reach its pods", "lets more reach its pods"),
            _ => ("lets its pods reach everything", "lets its pods reach more"),
        };
        if was && !is {
            found.push(format!("{open}: `policyTypes` does not name it anymore"));
        } else if was && is {
            let before = rules(old, way);
            let wide: Vec<&Field<'_>> =
                rules(new, way).iter().filter(|r| !before.iter().any(|b| covers(b, r, peers))).collect();
            if wide.iter().any(|rule| is_empty(rule, peers)) {
                found.push(if wide.iter().any(|r| is_empty(r, peers) && is_empty(r, "ports")) {
                    open.to_owned()
                } else {
                    format!("{open} on some ports")
                });
            } else if !wide.is_empty() {
                found.push(format!("{more}{}", named(&wide, peers)));
            }
        }
    }
    found
}

/// No list, or one without items, stands for all.
fn is_empty(rule: &Field<'_>, key: &str) -> bool {
    rule.get(key).is_none_or(|list| list.items().is_empty())
}

/// Whether one rule lets through all that another does.
fn covers(wide: &Field<'_>, narrow: &Field<'_>, peers: &str) -> bool {
    [peers, "ports"].iter().all(|key| {
        let (a, b) =
            (wide.get(key).map_or(&[][..], Field::items), narrow.get(key).map_or(&[][..], Field::items));
        a.is_empty() || (!b.is_empty() && b.iter().all(|b| a.iter().any(|a| crate::diff::fields::same(a, b))))
    })
}

/// The address ranges that rules name, to follow what they do.
fn named(rules: &[&Field<'_>], peers: &str) -> String {
    let all = rules.iter().flat_map(|r| r.get(peers).map_or(&[][..], Field::items));
    let ranges: Vec<&str> = all.filter_map(|p| text(p, &["ipBlock", "cidr"])).collect();
    if ranges.is_empty() { String::new() } else { format!(": {}", super::words::code(&ranges)) }
}
