//! How impacts put things: numbers with their nouns, and lists.

/// That what runs is down while its pods are replaced.
pub(super) const DOWN: &str = "it is down in between";

/// "1 pod", "3 pods", "no pods".
pub(super) fn pods(n: i64) -> String {
    match n {
        0 => "no pods".to_owned(),
        1 => "1 pod".to_owned(),
        n => format!("{n} pods"),
    }
}

/// "a", "a and b", "a, b and c"; of more than `MOST`, the first ones and how many more.
pub(super) fn list<T: AsRef<str>>(items: &[T]) -> String {
    const MOST: usize = 4;
    let text = |items: &[T]| items.iter().map(AsRef::as_ref).collect::<Vec<&str>>().join(", ");
    match items {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [first @ .., last] if items.len() <= MOST => format!("{} and {}", text(first), last.as_ref()),
        all => {
            let shown = all.get(..MOST - 1).unwrap_or_default();
            format!("{} and {} more", text(shown), all.len() - shown.len())
        }
    }
}

/// Names as code: "`a` and `b`".
pub(super) fn code<T: AsRef<str>>(items: &[T]) -> String {
    let quoted: Vec<String> = items.iter().map(|item| format!("`{}`", item.as_ref())).collect();
    list(&quoted)
}

/// "a Deployment", "an Ingress".
pub(super) fn article(kind: &str) -> String {
    let an = kind.starts_with(['A', 'E', 'I', 'O']);
    format!("{} {kind}", if an { "an" } else { "a" })
}
