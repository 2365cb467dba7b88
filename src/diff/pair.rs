//! Which object of one side is which of the other: by identity, and of what is left, by likeness under another name.

use crate::manifest::{Identity, Manifest};
use std::collections::{BTreeMap, VecDeque};

/// An object on one or both sides, by its place in their lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// Its place among the old ones.
    pub old: Option<usize>,
    /// Its place among the new ones.
    pub new: Option<usize>,
}

/// From this share of equal lines on, an object that is gone and one that is new are one that was renamed.
const ALIKE: f32 = 0.6;

/// At most so many objects of a kind are compared with each other: more are no rename.
const MOST: usize = 40;

/// Pairs the objects of two sides; in the order of the new side, then what is gone. Two namespaces may stand for each other.
pub fn pairs(old: &[&Manifest<'_>], new: &[&Manifest<'_>], namespaces: Option<(&str, &str)>) -> Vec<Pair> {
    // A folder may hold an object twice; then the first is the first, and the second the second.
    let mut places: BTreeMap<Identity, VecDeque<usize>> = BTreeMap::new();
    for (n, manifest) in old.iter().enumerate() {
        places.entry(known(&manifest.identity, namespaces)).or_default().push_back(n);
    }
    let mut pairs: Vec<Pair> = new
        .iter()
        .enumerate()
        .map(|(n, manifest)| Pair {
            old: places.get_mut(&manifest.identity).and_then(VecDeque::pop_front),
            new: Some(n),
        })
        .collect();
    let mut gone: Vec<usize> = places.into_values().flatten().collect();
    gone.sort_unstable();
    for (new_place, old_place) in renamed(old, new, &gone, &pairs) {
        if let Some(pair) = pairs.iter_mut().find(|p| p.new == Some(new_place)) {
            pair.old = Some(old_place);
            gone.retain(|&n| n != old_place);
        }
    }
    pairs.extend(gone.into_iter().map(|n| Pair { old: Some(n), new: None }));
    pairs
}

/// The identity of an old object as the new side would have it.
pub fn known(identity: &Identity, namespaces: Option<(&str, &str)>) -> Identity {
    let mut identity = identity.clone();
    if let Some((from, to)) = namespaces {
        if identity.namespace.as_deref() == Some(from) {
            identity.namespace = Some(to.to_owned());
        }
        if identity.kind == "Namespace" && identity.group.is_empty() && identity.name == from {
            to.clone_into(&mut identity.name);
        }
    }
    identity
}

/// Objects that are gone and new ones of their kind that are like them: new place, old place.
fn renamed(
    old: &[&Manifest<'_>],
    new: &[&Manifest<'_>],
    gone: &[usize],
    pairs: &[Pair],
) -> Vec<(usize, usize)> {
    let kind = |m: &Manifest<'_>| (m.identity.group.clone(), m.identity.kind.clone());
    let added: Vec<usize> = pairs.iter().filter(|p| p.old.is_none()).filter_map(|p| p.new).collect();
    let mut scores: Vec<(f32, usize, usize)> = Vec::new();
    for &a in gone {
        let like: Vec<usize> = added.iter().copied().filter(|&b| kind(old[a]) == kind(new[b])).collect();
        if like.is_empty() || like.len() > MOST {
            continue;
        }
        let before = without_name(old[a]);
        for b in like {
            let score = similar::TextDiff::from_lines(&before, without_name(new[b])).ratio();
            if score >= ALIKE {
                scores.push((score, b, a));
            }
        }
    }
    // The likest first; of equals the first ones.
    scores.sort_by(|x, y| y.0.total_cmp(&x.0).then(x.1.cmp(&y.1)).then(x.2.cmp(&y.2)));
    let mut taken: Vec<(usize, usize)> = Vec::new();
    for (_, b, a) in scores {
        if !taken.iter().any(|(x, y)| *x == b || *y == a) {
            taken.push((b, a));
        }
    }
    taken
}

/// The text of an object with its own name taken out wherever it stands as a word.
fn without_name(manifest: &Manifest<'_>) -> String {
    let (text, name) = (manifest.to_yaml(), &manifest.identity.name);
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for (found, _) in text.match_indices(name.as_str()) {
        let end = found + name.len();
        let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let (before, after) = (text[..found].chars().next_back(), text[end..].chars().next());
        if found >= at && !word(before) && !word(after) {
            out.push_str(&text[at..found]);
            out.push_str("NAME");
            at = end;
        }
    }
    out.push_str(&text[at..]);
    out
}
