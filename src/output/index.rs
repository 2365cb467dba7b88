//! `SHA256SUMS`: reading it, also when Git left conflict markers or a crash left half of it, and writing it.
//!
//! Pure: text in, paths and sums out. What follows from them is for `plan`.

use super::{File, names};
use std::{collections::BTreeMap, fmt::Write};

/// A SHA-256 sum.
pub(super) type Sum = [u8; 32];

/// What an index says. A path can have several sums: of both sides of a conflict, or of two runs.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Index {
    /// The sums by path.
    pub(super) entries: BTreeMap<String, Vec<Sum>>,
    /// Lines that cannot be used: their number, and why.
    pub(super) faults: Vec<(usize, &'static str)>,
    /// Whether Git left conflict markers in it.
    pub(super) conflicted: bool,
}

impl Index {
    /// Reads an index. The last line of a `torn` one may be cut off and does not count then.
    pub(super) fn parse(bytes: &[u8], torn: bool) -> Self {
        let mut index = Self::default();
        // Nothing but NUL bytes is what a loss of power leaves.
        if bytes.iter().all(|&b| b == 0) {
            return index;
        }
        let whole =
            if torn { bytes.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1) } else { bytes.len() };
        for (at, line) in bytes[..whole].split(|&b| b == b'\n').enumerate() {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.is_empty() {
                continue;
            }
            if is_marker(line) {
                index.conflicted = true;
                continue;
            }
            match entry(line) {
                Ok((path, sum)) => index.add(path, sum),
                Err(why) => index.faults.push((at + 1, why)),
            }
        }
        index
    }

    /// Adds what another index says.
    pub(super) fn merge(&mut self, other: &Index) {
        for (path, sums) in &other.entries {
            sums.iter().for_each(|&sum| self.add(path.clone(), sum));
        }
    }

    /// The index as text.
    pub(super) fn format(&self) -> String {
        let lines =
            self.entries.iter().flat_map(|(path, sums)| sums.iter().map(move |sum| (path.as_str(), sum)));
        format(lines)
    }

    fn add(&mut self, path: String, sum: Sum) {
        let sums = self.entries.entry(path).or_default();
        if !sums.contains(&sum) {
            sums.push(sum);
        }
    }
}

/// The index of `files`.
pub(super) fn text(files: &[File]) -> String {
    format(files.iter().map(|file| (file.path.as_str(), &file.sum)))
}

fn format<'a>(lines: impl Iterator<Item = (&'a str, &'a Sum)>) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(1024);
    for (path, sum) in lines {
        let odd = path.contains(['\\', '\n', '\r']);
        if odd {
            text.push('\\');
        }
        for byte in sum {
            text.push(DIGITS[usize::from(byte >> 4)].into());
            text.push(DIGITS[usize::from(byte & 15)].into());
        }
        text.push_str("  ");
        if odd {
            text.push_str(&path.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r"));
        } else {
            text.push_str(path);
        }
        text.push('\n');
    }
    text
}

/// One line as `sha256sum` writes it: sum, space, space or `*`, name; a backslash first if the name is escaped.
fn entry(line: &[u8]) -> Result<(String, Sum), &'static str> {
    const FORM: &str = "it is not a sum and a path as sha256sum writes them";
    let line = std::str::from_utf8(line).map_err(|_| "it is not UTF-8")?;
    let (escaped, line) = line.strip_prefix('\\').map_or((false, line), |rest| (true, rest));
    let (digits, name) = line.split_at_checked(64).ok_or(FORM)?;
    let name = name.strip_prefix("  ").or_else(|| name.strip_prefix(" *")).ok_or(FORM)?;
    let mut sum = [0; 32];
    for (byte, pair) in sum.iter_mut().zip(digits.as_bytes().chunks(2)) {
        let digit = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok()).ok_or(FORM);
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    let path = if escaped { unescape(name).ok_or(FORM)? } else { name.to_owned() };
    names::fault(&path).map_or(Ok((path, sum)), Err)
}

fn unescape(name: &str) -> Option<String> {
    let mut path = String::with_capacity(name.len());
    let mut chars = name.chars();
    while let Some(c) = chars.next() {
        let plain = match c {
            '\\' => match chars.next()? {
                '\\' => '\\',
                'n' => '\n',
                'r' => '\r',
                _ => return None,
            },
            c => c,
        };
        path.write_char(plain).ok()?;
    }
    Some(path)
}

fn is_marker(line: &[u8]) -> bool {
    [b"<<<<<<<", b"|||||||", b"=======", b">>>>>>>"].iter().any(|marker| line.starts_with(*marker))
}

/// Whether Git left a conflict in a file: the three markers at the start of lines, in their order. No manifest
/// holds them there itself: in YAML the text of a value is indented.
pub(super) fn has_conflict(bytes: &[u8]) -> bool {
    let mut lines = bytes.split(|&b| b == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    lines.any(|line| line.starts_with(b"<<<<<<< "))
        && lines.any(|line| line == b"=======")
        && lines.any(|line| line.starts_with(b">>>>>>> "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> Vec<File> {
        vec![File::new("a b/é.yaml", "1\n"), File::new("c/new\nline.yaml", "2\n"), File::new("d.yaml", "3\n")]
    }

    #[test]
    fn what_is_written_is_read_back() {
        let text = text(&files());
        let index = Index::parse(text.as_bytes(), false);
        assert_eq!(index.entries.keys().collect::<Vec<_>>(), ["a b/é.yaml", "c/new\nline.yaml", "d.yaml"]);
        assert_eq!(index.entries["d.yaml"], [files()[2].sum]);
        assert!(index.faults.is_empty() && !index.conflicted);
        assert_eq!(index.format(), text);
        assert!(text.contains("\n\\") && text.contains("  c/new\\nline.yaml\n"), "{text}");
    }

    #[test]
    fn a_conflict_is_the_union_of_both_sides() {
        let (a, b) = ("1".repeat(64), "2".repeat(64));
        let text = format!(
            "<<<<<<< HEAD\n{a}  x.yaml\n{a}  y.yaml\n||||||| base\n=======\n{b}  x.yaml\n>>>>>>> topic\n{a}  z.yaml\n"
        );
        let index = Index::parse(text.as_bytes(), false);
        assert!(index.conflicted && index.faults.is_empty());
        assert_eq!(index.entries.keys().collect::<Vec<_>>(), ["x.yaml", "y.yaml", "z.yaml"]);
        assert_eq!(index.entries["x.yaml"], [[0x11; 32], [0x22; 32]]);
    }

    #[test]
    fn the_last_line_of_a_torn_index_does_not_count() {
        let text = text(&files());
        for end in 0..text.len() {
            let index = Index::parse(&text.as_bytes()[..end], true);
            assert!(index.faults.is_empty());
            assert_eq!(index.entries.len(), text.bytes().take(end).filter(|&b| b == b'\n').count());
        }
        assert!(Index::parse(&[0; 40], false).faults.is_empty(), "power was lost");
    }

    #[test]
    fn lines_that_cannot_be_trusted_are_faults() {
        let sum = "1".repeat(64);
        let bad = [
            "hello",
            &format!("{sum} x"),
            &format!("{sum}  /etc/passwd"),
            &format!("{sum}  ../x"),
            &format!("{sum}  a/../x"),
            &format!("\\{sum}  a\\\\x"),
            &format!("{sum}  a\\x"),
            &format!("{sum}  a\0x"),
            &format!("{sum}  "),
            &format!("{sum}  a//x"),
            &format!("{sum}  .git/config"),
            &format!("{sum}  x/SHA256SUMS"),
            &format!("{}  x", "g".repeat(64)),
        ];
        for line in bad {
            let index = Index::parse(format!("{line}\n").as_bytes(), false);
            assert_eq!(index.faults.len(), 1, "{line:?}");
            assert!(index.entries.is_empty(), "{line:?}");
        }
    }

    #[test]
    fn conflicts_in_files_need_all_three_markers() {
        assert!(has_conflict(b"a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> topic\n"));
        assert!(!has_conflict(b"a: |\n  <<<<<<< HEAD\n  =======\n  >>>>>>> topic\n"));
        assert!(!has_conflict(b"<<<<<<< HEAD\n>>>>>>> topic\n"));
    }
}
