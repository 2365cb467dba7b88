//! `--report FORMAT[=FILE]`: which reports are written where.
//!
//! A report without a file owns standard output, whole and valid however the run ended. Without one, findings are shown
//! to people: on standard output, or on standard error when the command has something else to put there.

use super::{
    commands::Answer,
    ui::{Stream, Ui},
};
use crate::{
    error::Error,
    report::{Format, Look, Report},
    source::{Place, fs},
};
use std::path::{Path, PathBuf};

/// One report that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request {
    /// How it looks.
    format: Format,
    /// Where it goes; standard output without one.
    file: Option<PathBuf>,
}

/// Parses `FORMAT[=FILE]`.
pub(super) fn parse(text: &str) -> Result<Request, String> {
    let (name, file) = match text.split_once('=') {
        Some((_, "")) => return Err("no file after `=`".to_owned()),
        Some((name, file)) => (name, Some(PathBuf::from(file))),
        None => (text, None),
    };
    let format = Format::from_name(name).ok_or_else(|| {
        let names: Vec<_> = Format::names().collect();
        format!("no format `{name}`; there are: {}", names.join(", "))
    })?;
    Ok(Request { format, file })
}

/// The reports of a run.
#[derive(Debug)]
pub(super) struct Reports {
    /// The one that owns standard output.
    out: Option<Format>,
    /// Those that have a file.
    files: Vec<(Format, PathBuf)>,
}

impl Reports {
    /// Sorts requests by where they go; paths start at `cwd`.
    ///
    /// # Errors
    /// When two want one place.
    pub(super) fn new(requests: Vec<Request>, cwd: &Path) -> Result<Self, Error> {
        let mut reports = Self { out: None, files: Vec::new() };
        for Request { format, file } in requests {
            let Some(file) = file else {
                if let Some(first) = reports.out.replace(format) {
                    let message =
                        format!("two reports for standard output: {} and {}", first.name(), format.name());
                    return Err(Error::usage(message).help("give one of them a file: `--report FORMAT=FILE`"));
                }
                continue;
            };
            let path = cwd.join(&file);
            if reports.files.iter().any(|(_, other)| *other == path) {
                return Err(Error::usage(format!("two reports for the file {}", file.display())));
            }
            reports.files.push((format, path));
        }
        Ok(reports)
    }

    /// The formats that were asked for.
    pub(super) fn formats(&self) -> Vec<Format> {
        self.out.into_iter().chain(self.files.iter().map(|(format, _)| *format)).collect()
    }

    /// Writes all reports, and says on standard error why the run failed, if it did.
    ///
    /// # Errors
    /// When standard output fails. A file that cannot be written makes the run a failed one, and the others say so.
    pub(super) fn write(&self, answer: &mut Answer, place: &Place, ui: &mut Ui<'_>) -> Result<(), Error> {
        for (format, path) in &self.files {
            let mut text = Vec::new();
            let look = Look { color: false, summary: true };
            let whole = report(answer, place);
            let product = whole.product.filter(|product| !product.private);
            let written = format.write(&Report { product, ..whole }, look, &mut text);
            if let Err(e) = written.and_then(|()| fs::write_text(path, &text)) {
                answer.error.get_or_insert(Error::io("write the report", path, &e));
            }
        }
        let whole = report(answer, place);
        // People read of a failure on standard error, once; counts would be wrong then.
        let told = Report { error: None, ..whole };
        let counted = answer.error.is_none();
        let text = whole.product.and_then(|product| product.text.as_deref());
        let written = match (self.out, text) {
            (Some(format), _) if format.is_for_people() => ui.report(Stream::Out, format, &told, counted),
            (None, None) => ui.report(Stream::Out, Format::Human, &told, counted),
            (Some(format), _) => ui.report(Stream::Out, format, &whole, true),
            (None, Some(text)) => ui.print(text).and_then(|()| {
                let counted = counted && !told.findings.is_empty();
                ui.report(Stream::Err, Format::Human, &Report { product: None, ..told }, counted)
            }),
        };
        if let Some(error) = &answer.error {
            ui.error(error);
        }
        written
    }
}

fn report<'a>(answer: &'a Answer, place: &'a Place) -> Report<'a> {
    Report {
        findings: &answer.outcome.findings,
        sources: &answer.outcome.sources,
        place,
        hidden: &answer.outcome.hidden,
        summary: answer.outcome.summary(),
        product: answer.product.as_ref(),
        error: answer.error.as_ref(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_a_format_and_perhaps_a_file() {
        let file = |f: &str| Some(PathBuf::from(f));
        assert_eq!(parse("json"), Ok(Request { format: Format::Json, file: None }));
        assert_eq!(parse("human=a=b"), Ok(Request { format: Format::Human, file: file("a=b") }));
        assert_eq!(
            parse("xml"),
            Err("no format `xml`; there are: human, concise, json, sarif, gitlab, junit, github, markdown, html"
                .into())
        );
        assert_eq!(parse("json="), Err("no file after `=`".into()));
    }

    #[test]
    fn a_place_takes_one_report() {
        let plan = |list: &[&str]| {
            let requests = list.iter().map(|text| parse(text).unwrap()).collect();
            Reports::new(requests, Path::new("/w")).map(|r| (r.out, r.files.len()))
        };
        assert_eq!(plan(&[]).unwrap(), (None, 0));
        assert_eq!(plan(&["json", "human=a", "json=b"]).unwrap(), (Some(Format::Json), 2));
        assert!(plan(&["json", "human"]).unwrap_err().message.contains("json and human"));
        assert!(plan(&["json=a", "human=a"]).is_err());
    }
}
