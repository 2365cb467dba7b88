//! Sets of minor versions as text: `27-31`, `27-`, `-30`.

/// The parts of `all` (sorted) that `some` (sorted, of `all`) consists of: first and last of each unbroken run.
/// A minor that `all` lacks breaks nothing.
pub(super) fn runs(some: &[u32], all: &[u32]) -> Vec<(u32, u32)> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    let mut open = false;
    for minor in all {
        if !some.contains(minor) {
            open = false;
            continue;
        }
        match runs.last_mut() {
            Some(run) if open => run.1 = *minor,
            _ => runs.push((*minor, *minor)),
        }
        open = true;
    }
    runs
}

/// A run as the suffix of a field: empty when it is all there is, and without an end that is the end of `all`.
pub(super) fn suffix(run: (u32, u32), all: &[u32]) -> String {
    let from_start = all.first() == Some(&run.0);
    let to_end = all.last() == Some(&run.1);
    match (from_start, to_end) {
        (true, true) => String::new(),
        (true, false) => format!("@-{}", run.1),
        (false, true) => format!("@{}-", run.0),
        (false, false) => format!("@{}-{}", run.0, run.1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_ends_where_a_minor_is_missing_that_others_have() {
        let all = [25, 26, 27, 29, 30];
        assert_eq!(runs(&[25, 27, 29], &all), [(25, 25), (27, 29)]);
        assert_eq!(runs(&all, &all), [(25, 30)]);
        assert_eq!(runs(&[], &all), []);
    }

    #[test]
    fn open_ends_are_left_out() {
        let all = [25, 26, 27, 28];
        let text = |run| suffix(run, &all);
        assert_eq!(text((25, 28)), "");
        assert_eq!(text((27, 28)), "@27-");
        assert_eq!(text((25, 26)), "@-26");
        assert_eq!(text((26, 27)), "@26-27");
        assert_eq!(text((26, 26)), "@26-26");
    }
}
