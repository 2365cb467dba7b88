//! The files that a command line names: found in their folders, read, and taken apart into documents, for `validate` and
//! `schema import`. What the documents mean is for them.

use crate::{
    diag::{Finding, Level},
    error::Error,
    source::{FileId, Span, fs},
    yaml::{self, Data, Documents, Node, Options, Role},
};
use std::{
    borrow::Cow,
    collections::HashSet,
    path::{Path, PathBuf},
};

/// A file: the path that is shown, and where it is; standard input is nowhere.
pub(super) type File = (String, Option<PathBuf>);

/// The ends of the names of manifests, in small letters.
const ENDS: [&str; 3] = [".yaml", ".yml", ".json"];

/// The files at a path that was given, `-` for standard input, or the manifests below it: `.yaml`, `.yml` and `.json`,
/// sorted; hidden names are left out.
///
/// # Errors
/// Nothing is there, or a folder cannot be listed.
pub(super) fn files(cwd: &Path, given: &str) -> Result<Vec<File>, Error> {
    if given == "-" {
        return Ok(vec![("<stdin>".to_owned(), None)]);
    }
    let path = cwd.join(given);
    let mut files = Vec::new();
    if path.is_dir() {
        walk(&path, given.trim_end_matches('/'), &mut files)?;
    } else if path.exists() {
        files.push((given.to_owned(), Some(path)));
    } else {
        return Err(Error::usage(format!("there is no file or folder {given}")));
    }
    Ok(files)
}

/// The files at several paths, each once.
///
/// # Errors
/// See [`files`].
pub(super) fn files_once(cwd: &Path, paths: &[String]) -> Result<Vec<File>, Error> {
    let mut all = Vec::new();
    for path in paths {
        all.append(&mut files(cwd, path)?);
    }
    if paths.len() > 1 {
        let mut seen = HashSet::new();
        all.retain(|(_, path)| {
            seen.insert(path.as_ref().map(|p| p.canonicalize().unwrap_or_else(|_| p.clone())))
        });
    }
    Ok(all)
}

fn walk(folder: &Path, shown: &str, files: &mut Vec<File>) -> Result<(), Error> {
    for entry in fs::list(folder).map_err(|e| Error::io("list", folder, &e))? {
        let Some(name) = entry.name.to_str().filter(|name| !name.starts_with('.')) else { continue };
        let path = folder.join(name);
        let shown = format!("{shown}/{name}");
        let small = name.to_ascii_lowercase();
        let manifest = ENDS.iter().any(|end| small.ends_with(end));
        match entry.kind {
            fs::Kind::Folder => walk(&path, &shown, files)?,
            fs::Kind::File if manifest => files.push((shown, Some(path))),
            fs::Kind::Symlink if manifest && path.is_file() => files.push((shown, Some(path))),
            _ => {}
        }
    }
    Ok(())
}

/// The bytes of a file.
///
/// # Errors
/// The operating system refuses.
pub(super) fn read<'b>((_, path): &File, stdin: &'b [u8]) -> Result<Cow<'b, [u8]>, Error> {
    match path {
        Some(path) => fs::read(path).map(Cow::Owned).map_err(|e| Error::io("read", path, &e)),
        None => Ok(Cow::Borrowed(stdin)),
    }
}

/// The text of a file, and what is wrong if it is none; then the text goes to where it ceases to be one.
pub(super) fn text(file: FileId, bytes: Cow<'_, [u8]>) -> (String, Option<Finding>) {
    const CODE: &str = "file-unreadable";
    if bytes.len() as u64 > fs::MAX_BYTES {
        let most = fs::MAX_BYTES >> 20;
        let message = format!("the file is larger than {most} MiB");
        let finding = Finding::error(CODE, Span::whole(file), message);
        return (String::new(), Some(finding.help("split it into several files")));
    }
    match String::from_utf8(bytes.into_owned()) {
        Ok(text) => (text, None),
        Err(wrong) => {
            let at = wrong.utf8_error().valid_up_to();
            let mut bytes = wrong.into_bytes();
            bytes.truncate(at);
            let message = format!("the file is not UTF-8: byte {at} is no character");
            let finding = Finding::error(CODE, Span::new(file, at, at), message).help("save it as UTF-8");
            (String::from_utf8(bytes).unwrap_or_default(), Some(finding))
        }
    }
}

/// The documents of a text, and what is wrong with them. What a scalar may have been meant to be is a question to its
/// author, and not asked here. JSON objects may stand one after the other, as kubectl reads them.
pub(super) fn documents(file: FileId, text: &str) -> (Vec<Node>, Vec<Finding>) {
    let read = |text: &str| {
        let parsed = yaml::read(file, text, &Options { documents: Documents::Many, role: Role::Values });
        let mut findings = parsed.findings;
        findings.retain(|f| f.code != "yaml-ambiguous-scalar");
        (parsed.documents, findings)
    };
    let whole = read(text);
    if !whole.1.iter().any(|f| f.level == Level::Error) {
        return whole;
    }
    let Some(cuts) = objects(text) else { return whole };
    let (mut documents, mut findings) = (Vec::new(), Vec::new());
    for range in cuts {
        let by = u32::try_from(range.start).unwrap_or(u32::MAX);
        let (mut some, mut wrong) = read(text.get(range).unwrap_or_default());
        some.iter_mut().for_each(|node| shift(node, by));
        for finding in &mut wrong {
            let related = finding.related.iter_mut().map(|r| &mut r.at);
            let edits = finding.fix.iter_mut().flat_map(|f| &mut f.edits).map(|e| &mut e.at);
            related.chain(edits).for_each(|span| move_by(span, by));
            move_by(&mut finding.at, by);
        }
        documents.append(&mut some);
        findings.append(&mut wrong);
    }
    (documents, findings)
}

/// Where the JSON objects stand that follow each other, if there are several; the last range is what follows them.
fn objects(text: &str) -> Option<Vec<std::ops::Range<usize>>> {
    let is_object = |text: &str| text.trim_start_matches('\u{feff}').trim_start().starts_with('{');
    let start = text.len() - text.trim_start_matches('\u{feff}').len();
    let rest = text.get(start..)?;
    if !is_object(rest) {
        return None;
    }
    let mut values = serde_json::Deserializer::from_str(rest).into_iter::<serde::de::IgnoredAny>();
    let (mut ranges, mut from) = (Vec::new(), start);
    while let Some(Ok(_)) = values.next() {
        let end = start + values.byte_offset();
        ranges.push(from..end);
        from = end;
        if !text.get(end..).is_some_and(is_object) {
            break;
        }
    }
    let after = text.get(from..)?;
    if !after.trim().is_empty() {
        ranges.push(from..text.len());
    }
    (ranges.len() > 1 && (after.trim().is_empty() || is_object(after))).then_some(ranges)
}

/// Moves the places of a value and all below it.
fn shift(node: &mut Node, by: u32) {
    move_by(&mut node.span, by);
    match &mut node.data {
        Data::Map(entries) => {
            for entry in entries {
                move_by(&mut entry.key.span, by);
                shift(&mut entry.value, by);
            }
        }
        Data::Seq(items) => items.iter_mut().for_each(|item| shift(item, by)),
        _ => {}
    }
}

fn move_by(span: &mut Span, by: u32) {
    span.start = span.start.saturating_add(by);
    span.end = span.end.saturating_add(by);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_objects_may_follow_each_other() {
        for (text, documents) in [
            ("{\"a\": 1}\n{\"a\": {\"b\": 2}}\n", 2),
            ("\u{feff}{\"a\": 1}{\"a\": 2}", 2),
            ("{\"a\": 1}\n---\n{\"a\": 2}\n", 2),
            ("{\"a\": 1}\n", 1),
        ] {
            let (found, findings) = super::documents(FileId(0), text);
            assert_eq!((found.len(), findings.len()), (documents, 0), "{text} {findings:?}");
            for node in found {
                let span = node.span;
                assert!(text[span.start as usize..span.end as usize].starts_with('{'), "{text}");
            }
        }
        let (found, findings) = super::documents(FileId(0), "{\"a\": 1}\n{\"a\": }}\n");
        assert!(found.len() <= 2 && !findings.is_empty());
        assert!(findings.iter().all(|f| f.at.start > 8), "{findings:?}");
    }
}
