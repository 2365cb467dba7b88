//! "Did you mean": the name of a list that is nearest to a misspelt one.

/// The candidate that a person most likely meant, if one is near enough: at most a third of the letters differ
/// (a swap of neighbours counts once), or only case and separators do.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain =
        |s: &str| s.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<Vec<_>>();
    let wanted = plain(name);
    let limit = (wanted.len() / 3).max(1);
    candidates
        .into_iter()
        .filter(|c| *c != name)
        .map(|c| (distance(&wanted, &plain(c)), c))
        .filter(|(far, c)| *far <= limit && *far < c.chars().count())
        .min_by_key(|(far, _)| *far)
        .map(|(_, c)| c)
}

/// Edit distance with transpositions of neighbours (optimal string alignment).
fn distance(a: &[char], b: &[char]) -> usize {
    let width = b.len() + 1;
    let mut table = vec![0usize; (a.len() + 1) * width];
    for (j, cell) in table.iter_mut().take(width).enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        table[i * width] = i;
        for j in 1..=b.len() {
            let change = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (table[(i - 1) * width + j] + 1)
                .min(table[i * width + j - 1] + 1)
                .min(table[(i - 1) * width + j - 1] + change);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(table[(i - 2) * width + j - 2] + 1);
            }
            table[i * width + j] = best;
        }
    }
    table[a.len() * width + b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_what_was_meant_and_nothing_else() {
        for (name, list, want) in [
            ("replica", &["replicas", "resources"][..], Some("replicas")),
            ("repilcas", &["replicas", "resources"], Some("replicas")),
            ("pull_policy", &["pullPolicy", "pullSecret"], Some("pullPolicy")),
            ("Allways", &["Always", "IfNotPresent", "Never"], Some("Always")),
            ("x", &["y"], None),
            ("colour", &["replicas"], None),
        ] {
            assert_eq!(nearest(name, list.iter().copied()), want, "{name}");
        }
    }
}
