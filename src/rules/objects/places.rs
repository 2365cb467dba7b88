//! One finding for one cause: what a line is at fault for in several objects is said once.

use crate::diag::Finding;

/// Objects and what is said of each; what is said of several at one place becomes one finding, which names them in front:
/// "Deployment/a and Deployment/b: ...".
pub(in crate::rules) fn by_place(found: impl IntoIterator<Item = (String, Finding)>) -> Vec<Finding> {
    let mut places: Vec<(Vec<String>, Finding)> = Vec::new();
    for (name, finding) in found {
        match places.iter_mut().find(|(_, f)| f.at == finding.at && f.message == finding.message) {
            Some((names, _)) if names.contains(&name) => {}
            Some((names, _)) => names.push(name),
            None => places.push((vec![name], finding)),
        }
    }
    let named = |(names, finding): (Vec<String>, Finding)| {
        let message = format!("{}: {}", join(&names), finding.message);
        Finding { message, ..finding }
    };
    places.into_iter().map(named).collect()
}

fn join(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [one, two, three] => format!("{one}, {two} and {three}"),
        [one, two, rest @ ..] => format!("{one}, {two} and {} others", rest.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    #[test]
    fn what_several_objects_have_from_one_line_is_said_once() {
        let finding = |start: u32, says: &str| Finding::error("x", Span { start, ..Span::default() }, says);
        let found = |names: &[&str]| {
            let all = names.iter().map(|name| ((*name).to_owned(), finding(1, "bad")));
            by_place(all).into_iter().map(|f| f.message).collect::<Vec<_>>()
        };
        assert_eq!(found(&["a"]), ["a: bad"]);
        assert_eq!(found(&["a", "b", "a"]), ["a and b: bad"]);
        assert_eq!(found(&["a", "b", "c"]), ["a, b and c: bad"]);
        assert_eq!(found(&["a", "b", "c", "d"]), ["a, b and 2 others: bad"]);
        let apart = [finding(1, "bad"), finding(2, "bad"), finding(1, "worse")];
        assert_eq!(by_place(apart.map(|f| ("a".to_owned(), f))).len(), 3);
    }
}
