//! A unified diff of one file: what `diff -u` would print, with the paths that Git uses.

use similar::TextDiff;

/// The diff of a file at `path` (relative, with `/`) between two texts; empty when they are the same.
pub fn unified(path: &str, before: &str, after: &str) -> String {
    TextDiff::from_lines(before, after)
        .unified_diff()
        .context_radius(3)
        .header(&format!("a/{path}"), &format!("b/{path}"))
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::unified;

    #[test]
    fn a_diff_names_the_file_and_shows_what_changes() {
        let diff = unified("environments/dev/web.yaml", "a: on\nb: 1", "a: true\nb: 1");
        let want = "--- a/environments/dev/web.yaml\n+++ b/environments/dev/web.yaml\n\
                    @@ -1,2 +1,2 @@\n-a: on\n+a: true\n b: 1\n\\ No newline at end of file\n";
        assert_eq!(diff, want);
        assert_eq!(unified("a", "x\n", "x\n"), "");
    }
}
