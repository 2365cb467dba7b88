//! `LimitRange`: bounds and defaults of what pods, containers and claims ask for.

use crate::kube::{
    at::At,
    check::Check,
    format::{Verdict, names, quantity::Quantity, resources},
};
use std::collections::BTreeSet;

/// The lists of a limit.
const LISTS: [&str; 5] = ["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"];

/// Checks a `LimitRange`.
pub(super) fn check<'t>(check: &mut Check<'t>, object: At<'t>) {
    let limits = object.at(&["spec", "limits"]);
    for limit in limits.items() {
        let kind = limit.get("type");
        if check.require(kind) {
            check.text(kind, limit_type);
        }
        names_of(check, limit);
        bounds(check, limit);
    }
    check.unique(
        limits.items().map(|limit| limit.get("type")),
        |kind| Some(kind.str()),
        "another limit has this type",
    );
}

fn limit_type(text: &str) -> Verdict {
    let fine = names::qualified(text).is_none()
        && (text.contains('/') || ["Pod", "Container", "PersistentVolumeClaim"].contains(&text));
    (!fine).then(|| {
        "must be `Pod`, `Container`, `PersistentVolumeClaim`, or have a domain such as `example.com/Kind`"
            .into()
    })
}

fn names_of<'t>(check: &mut Check<'t>, limit: At<'t>) {
    let kind = limit.get("type").str();
    let judge = if matches!(kind, "Pod" | "Container") { resources::of_container } else { resources::any };
    for list in LISTS {
        let at = limit.get(list);
        if kind == "Pod" && list.starts_with("default") && !at.is_empty() {
            check.forbidden(at, "may not be set when `type` is `Pod`");
            continue;
        }
        for (name, amount) in at.members() {
            if let Some(what) = judge(name) {
                check.invalid_key(amount, what);
            }
        }
    }
    let storage = |list| limit.get(list).get("storage").depth == 0;
    if kind == "PersistentVolumeClaim" && !storage("min") && !storage("max") {
        check.invalid(limit, "needs `storage` in `min` or `max`");
    }
}

/// The amounts of one resource: from the smallest to the largest they are min, default request, default and max.
fn bounds<'t>(check: &mut Check<'t>, limit: At<'t>) {
    let container = limit.get("type").str() == "Container";
    let names: BTreeSet<&str> =
        LISTS.iter().flat_map(|list| limit.get(list).members().map(|(name, _)| name)).collect();
    for name in names {
        let amount = |list| {
            let at = limit.get(list).get(name);
            (at.depth == 0).then(|| (list, at, at.quantity().map_or(0, Quantity::milli)))
        };
        let (min, max) = (amount("min"), amount("max"));
        // Containers get their defaults from the other bounds.
        let default = amount("default").or(max.filter(|_| container));
        let request = amount("defaultRequest").or(if container { default.or(min) } else { None });
        for (low, high) in
            [(min, max), (min, request), (request, max), (request, default), (min, default), (default, max)]
        {
            if let (Some((low, _, less)), Some((_, at, more))) = (low, high)
                && less > more
            {
                check.invalid(at, format!("must not be less than in `{low}`"));
                break;
            }
        }
        if let (Some((_, _, one)), Some((_, at, other))) = (default, request)
            && !resources::is_overcommitted(name)
            && one != other
        {
            check.invalid(
                at,
                "must be the same as in `default`: no more of this resource can be promised than there is",
            );
        }
        if let Some((_, at, ratio)) = amount("maxLimitRequestRatio") {
            let most =
                min.zip(max).map(|((_, _, min), (_, _, max))| (min, max)).filter(|(min, max)| min <= max);
            self::ratio(check, at, ratio, most);
        }
    }
}

fn ratio<'t>(check: &mut Check<'t>, at: At<'t>, ratio: i128, most: Option<(i128, i128)>) {
    const ONE: i128 = 1_000;
    if ratio < ONE {
        check.invalid(at, "must be 1 or more");
        return;
    }
    if let Some((min, max)) = most.filter(|(min, _)| *min != 0) {
        #[expect(clippy::cast_precision_loss, reason = "the server compares them so")]
        let fine = ratio as f64 / 1000.0 <= max as f64 / min as f64;
        if !fine {
            check.invalid(at, "must not be more than `max` divided by `min`");
        }
    }
}
