//! What is to do in one folder: a pure function of what stands there, what its indexes list and what it should hold.
//!
//! Reading is for `scan`, doing it for `apply`.

use super::{
    File, Folder, IndexState, Obstacle,
    index::Index,
    names,
    scan::{Bytes, Ledger, Look, Walk},
};
use crate::{error::Error, source::fs::Kind};

/// What is to do in one folder.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// What to say about it.
    pub(super) report: Folder,
    /// Whether the folder is there.
    pub(super) exists: bool,
    /// The folders below it that are there.
    pub(super) folders: Vec<String>,
    /// Those of them that are empty and not needed.
    pub(super) empty: Vec<String>,
    /// The files to create, by their place among the files of the tree.
    pub(super) create: Vec<usize>,
    /// The files to replace, by their place among the files of the tree.
    pub(super) replace: Vec<usize>,
    /// Half-written files and temporary ones, removed before all else.
    pub(super) leftovers: Vec<String>,
    /// After a run that was stopped: the union of both indexes, if it is not the index already.
    pub(super) union: Option<String>,
    /// Whether a run that was stopped left its next index.
    pub(super) has_next: bool,
    /// Whether there is an index.
    pub(super) has_index: bool,
    /// The index that should be there; empty for none.
    pub(super) text: String,
    /// What the indexes list.
    pub(super) ledger: Option<Ledger>,
}

impl Plan {
    /// Whether anything is to do, other than removing empty folders.
    pub(super) fn is_idle(&self) -> bool {
        self.report.refused || (self.report.is_current() && self.leftovers.is_empty())
    }
}

/// What to do with one path.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Keep,
    Create,
    Replace { edited: bool, torn: bool },
    Remove { edited: bool },
    Foreign,
    Blocked(Obstacle),
}

/// How a folder is looked at: one file, and what it should be.
pub(super) type Looker<'a> = &'a mut dyn FnMut(&str, Option<&File>) -> Result<Bytes, Error>;

/// Plans `folder`.
pub(super) fn plan(
    folder: &str,
    files: &[File],
    walk: Walk,
    (ledger, text): (Ledger, String),
    force: bool,
    look: Looker<'_>,
) -> Result<Plan, Error> {
    let mut plan = Plan { exists: walk.exists, text, ..Plan::default() };
    plan.report.folder = folder.to_owned();
    plan.report.obstacles.clone_from(&walk.obstacles);
    let mut seen = walk.seen.iter().peekable();
    for (at, file) in files.iter().enumerate() {
        while let Some((path, kind)) = seen.next_if(|(path, _)| *path < file.path) {
            let verdict = unneeded(path, *kind, &ledger, look)?;
            plan.note(path, at, verdict);
        }
        let verdict = match seen.next_if(|(path, _)| *path == file.path) {
            Some((_, kind)) => needed(file, *kind, &ledger, look)?,
            None => in_the_way(&file.path, &walk).map_or(Verdict::Create, Verdict::Blocked),
        };
        plan.note(&file.path, at, verdict);
    }
    for (path, kind) in seen {
        let verdict = unneeded(path, *kind, &ledger, look)?;
        plan.note(path, files.len(), verdict);
    }
    plan.leftovers.extend(walk.temporary.iter().cloned());
    plan.judge_index(&walk, &ledger);
    let report = &mut plan.report;
    let stubborn = report.obstacles.iter().any(|o| !o.yields);
    let touchy = !report.edited.is_empty() || !report.obstacles.is_empty();
    report.refused = stubborn || (touchy && !force);
    plan.empty = walk.empty;
    plan.empty.retain(|empty| !files.iter().any(|f| names::above(&f.path).any(|up| up == empty)));
    plan.folders = walk.folders;
    plan.ledger = Some(ledger);
    Ok(plan)
}

/// What to do with a path that should hold `file` and is taken.
fn needed(file: &File, kind: Kind, ledger: &Ledger, look: Looker<'_>) -> Result<Verdict, Error> {
    if kind != Kind::File {
        return Ok(blocked(&file.path, format!("is {}", kind.name()), false));
    }
    let found = match look(&file.path, Some(file))? {
        Bytes::Same => return Ok(Verdict::Keep),
        Bytes::Other(found) => found,
    };
    let (sums, stopped) = ledger.sums(&file.path, Some(file));
    let torn = stopped && found.torn && !found.blank;
    if found.blank || found.conflicted || sums.contains(&found.sum) {
        Ok(Verdict::Replace { edited: false, torn: false })
    } else if !sums.is_empty() {
        Ok(Verdict::Replace { edited: !torn, torn })
    } else {
        Ok(blocked(
            &file.path,
            "is not listed in SHA256SUMS, and a rendered file is to stand there".into(),
            true,
        ))
    }
}

/// What to do with a path that nothing should be at.
fn unneeded(path: &str, kind: Kind, ledger: &Ledger, look: Looker<'_>) -> Result<Verdict, Error> {
    if !ledger.lists(path) {
        return Ok(Verdict::Foreign);
    }
    if kind != Kind::File {
        return Ok(blocked(path, format!("is {}", kind.name()), false));
    }
    let Bytes::Other(Look { sum, blank, conflicted, .. }) = look(path, None)? else {
        return Ok(Verdict::Keep);
    };
    let ours = blank || conflicted || ledger.sums(path, None).0.contains(&sum);
    Ok(Verdict::Remove { edited: !ours })
}

fn blocked(path: &str, why: String, yields: bool) -> Verdict {
    Verdict::Blocked(Obstacle { path: path.to_owned(), why, yields })
}

/// What keeps a file from being created at `path`, where no file is.
fn in_the_way(path: &str, walk: &Walk) -> Option<Obstacle> {
    let stubborn = |path: &str, why: String| Some(Obstacle { path: path.to_owned(), why, yields: false });
    let is_folder = |at: &str| walk.folders.binary_search_by(|f| f.as_str().cmp(at)).is_ok();
    if is_folder(path) || walk.nested.iter().any(|n| n == path) {
        return stubborn(path, "is a folder, and a rendered file is to stand there".into());
    }
    for up in names::above(path) {
        if is_folder(up) {
            return None;
        }
        if let Ok(at) = walk.seen.binary_search_by(|(p, _)| p.as_str().cmp(up)) {
            let kind = walk.seen[at].1.name();
            return stubborn(up, format!("is {kind}, and a folder of rendered files is to stand there"));
        }
    }
    None
}

impl Plan {
    fn note(&mut self, path: &str, at: usize, verdict: Verdict) {
        let report = &mut self.report;
        let path = || path.to_owned();
        match verdict {
            Verdict::Keep => {}
            Verdict::Create => {
                report.missing.push(path());
                self.create.push(at);
            }
            Verdict::Replace { edited, torn } => {
                report.changed.push(path());
                if edited {
                    report.edited.push(path());
                }
                if torn {
                    self.leftovers.push(path());
                    self.create.push(at);
                } else {
                    self.replace.push(at);
                }
            }
            Verdict::Remove { edited } => {
                report.deleted.push(path());
                if edited {
                    report.edited.push(path());
                }
            }
            Verdict::Foreign => report.foreign.push(path()),
            // Without `force` the folder is refused, and none of this is done.
            Verdict::Blocked(obstacle) if obstacle.yields => {
                report.changed.push(path());
                report.obstacles.push(obstacle);
                self.replace.push(at);
            }
            // One symlink can be in the way of many files.
            Verdict::Blocked(obstacle) if report.obstacles.contains(&obstacle) => {}
            Verdict::Blocked(obstacle) => report.obstacles.push(obstacle),
        }
    }

    fn judge_index(&mut self, walk: &Walk, ledger: &Ledger) {
        self.has_index = walk.index.is_some();
        self.has_next = walk.next.is_some();
        let Ledger::Read { old, next } = ledger else { return };
        self.report.index = match (self.has_index, next) {
            (_, Some(_)) => IndexState::Interrupted,
            (true, _) if old.conflicted => IndexState::Conflicted,
            (true, _) => IndexState::Stale,
            (false, _) if self.text.is_empty() => IndexState::Current,
            (false, _) => IndexState::Missing,
        };
        for (name, index) in [(names::INDEX, Some(old)), (names::NEXT, next.as_ref())] {
            for (line, why) in index.iter().flat_map(|index| &index.faults) {
                let why = format!("cannot be trusted, line {line}: {why}");
                self.report.obstacles.push(Obstacle { path: name.to_owned(), why, yields: true });
            }
        }
        if let Some(next) = next {
            let mut union = Index { entries: old.entries.clone(), ..Index::default() };
            union.merge(next);
            let same = union.entries == old.entries && self.has_index && !old.conflicted;
            self.union = (!same).then(|| union.format());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::index, *};

    const LINES: &str = "a: 1\nb: 2\n";

    /// Plans a folder that should hold `new`, where `disk` holds what it does and the indexes list `old` and `next`.
    fn planned(
        new: &[File],
        disk: &[(&str, &str)],
        old: &[File],
        next: Option<&[File]>,
        force: bool,
    ) -> Plan {
        let parse = |files: &[File]| Index::parse(index::text(files).as_bytes(), false);
        let walk = Walk {
            exists: true,
            seen: disk.iter().map(|(path, _)| ((*path).to_owned(), Kind::File)).collect(),
            index: Some(Vec::new()),
            next: next.map(|_| Vec::new()),
            ..Walk::default()
        };
        let ledger = Ledger::Read { old: parse(old), next: next.map(parse) };
        let mut look = |path: &str, new: Option<&File>| {
            let (_, bytes) = disk.iter().find(|(p, _)| *p == path).unwrap();
            let torn = new.is_some_and(|new| new.bytes.starts_with(bytes));
            if new.is_some_and(|new| new.bytes == *bytes) {
                return Ok(Bytes::Same);
            }
            let sum = File::new(path, *bytes).sum;
            let conflicted = index::has_conflict(bytes.as_bytes());
            Ok(Bytes::Other(Look { sum, blank: bytes.is_empty(), torn, conflicted }))
        };
        plan("prod", new, walk, (ledger, index::text(new)), force, &mut look).unwrap()
    }

    fn file(bytes: &str) -> Vec<File> {
        vec![File::new("x.yaml", bytes)]
    }

    #[test]
    fn only_known_bytes_are_replaced() {
        let (new, old) = (file(LINES), file("old\n"));
        let conflict = "<<<<<<< a\n1\n=======\n2\n>>>>>>> b\n";
        // What is there, listed in which index, and whether it may be replaced.
        let cases = [
            ("old\n", &old[..], None, true),
            ("old\n", &[], Some(&old[..]), true),
            ("old\n", &new, Some(&old[..]), true),
            ("mine\n", &old, None, false),
            ("mine\n", &old, Some(&new[..]), false),
            ("mine\n", &[], None, false),
            ("", &[], None, true),
            (conflict, &old, None, true),
            ("a: 1\n", &old, None, false),
            ("a: 1\n", &[], Some(&new[..]), true),
            ("a: 1\n", &old, Some(&old[..0]), false),
        ];
        for (bytes, old, next, fine) in cases {
            let plan = planned(&new, &[("x.yaml", bytes)], old, next, false);
            assert_eq!(!plan.report.refused, fine, "{bytes:?} {:?}", plan.report);
            assert_eq!(plan.report.changed, ["x.yaml"], "it is named either way");
            let forced = planned(&new, &[("x.yaml", bytes)], old, next, true);
            assert!(!forced.report.refused && forced.replace.len() + forced.create.len() == 1, "{bytes:?}");
        }
    }

    #[test]
    fn only_listed_files_are_deleted() {
        let old = file("old\n");
        let gone = planned(&[], &[("x.yaml", "old\n"), ("y.yaml", "mine\n")], &old, None, false);
        assert_eq!(
            (&gone.report.deleted[..], &gone.report.foreign[..]),
            (&["x.yaml".to_owned()][..], &["y.yaml".to_owned()][..])
        );
        let edited = planned(&[], &[("x.yaml", "mine\n")], &old, None, false);
        assert!(edited.report.refused && edited.report.edited == ["x.yaml"]);
        assert!(!planned(&[], &[("x.yaml", "mine\n")], &old, None, true).report.refused);
    }

    #[test]
    fn a_run_that_was_stopped_is_settled_with_the_union_of_both_indexes() {
        let (new, old) = (file("new\n"), file("old\n"));
        let plan = planned(&file("newer\n"), &[("x.yaml", "new\n")], &old, Some(&new[..]), false);
        let union = plan.union.unwrap();
        assert_eq!(union.lines().count(), 2, "{union}");
        assert!(plan.has_next && plan.report.index == IndexState::Interrupted);
        assert_eq!(planned(&new, &[], &old, Some(&old), false).union, None, "it is the index already");
    }

    #[test]
    fn a_half_written_new_file_is_removed_before_the_indexes_are_joined() {
        let new = file(LINES);
        let plan = planned(&new, &[("x.yaml", "a: 1\n")], &[], Some(&new[..]), false);
        assert_eq!((&plan.leftovers[..], &plan.create[..]), (&["x.yaml".to_owned()][..], &[0][..]));
        assert!(plan.replace.is_empty() && plan.report.edited.is_empty());
    }
}
