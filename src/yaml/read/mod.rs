//! YAML text to trees with spans. Texts in the plain style of most files are read by `plain`, `inline` and
//! `literal`. For all others this file drives the parser; `build` puts the tree together from `frame`s, `scalar` says what a scalar is,
//! `alias` expands anchors, `merge` does `<<`, `syntax` puts the parser's errors into words.
//!
//! What the tree means, and merging the trees of several files, is for the floors above.

mod alias;
mod build;
mod comments;
mod frame;
mod inline;
mod literal;
mod merge;
mod plain;
mod scalar;
mod syntax;
#[cfg(test)]
mod tests;

pub use comments::comments;

use crate::diag::Finding;
use crate::source::FileId;
use crate::yaml::Node;
use build::Builder;
use granit_parser::{Event, Parser};

/// How many lists and maps may stand inside each other.
pub const MAX_DEPTH: usize = 100;

/// What is expected of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How many documents it may hold.
    pub documents: Documents,
    /// What the text is for.
    pub role: Role,
}

/// How many documents a text may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Documents {
    /// One: a second one is a finding. An empty text is the document null.
    One,
    /// Any number, also none.
    Many,
}

/// What a text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// What people write: anchors, aliases and merge keys work.
    Values,
    /// A template, where they are refused: it has expressions for that.
    Template,
}

/// What a text says.
#[derive(Debug, Clone, PartialEq)]
pub struct Parsed {
    /// Its documents; none when a finding kept the text from being read to its end. With [`Documents::One`] a
    /// text that was read has exactly one.
    pub documents: Vec<Node>,
    /// What is wrong with it, in the order of the text.
    pub findings: Vec<Finding>,
}

/// Stops the reading of a text; boxed because it is rare and large.
type Stop = Box<Finding>;

/// Reads `text`. Spans are byte offsets of `file`; a byte order mark and all line breaks are accepted.
pub fn read(file: FileId, text: &str, options: &Options) -> Parsed {
    if let Some(finding) = syntax::check_characters(file, text) {
        return Parsed { documents: Vec::new(), findings: vec![*finding] };
    }
    match plain::read(file, text, *options) {
        Some(documents) => Parsed { documents, findings: Vec::new() },
        None => parse(file, text, *options),
    }
}

/// Reads a text of allowed characters with the parser.
fn parse(file: FileId, text: &str, options: Options) -> Parsed {
    let mut builder = Builder::new(file, text, options);
    let stopped = drive(&mut builder).err();
    let (mut documents, mut findings) = builder.finish();
    if let Some(finding) = stopped {
        documents.clear();
        findings.push(*finding);
    } else if documents.is_empty() && options.documents == Documents::One {
        documents.push(build::absent(file, text.len()));
    }
    Parsed { documents, findings }
}

fn drive(builder: &mut Builder<'_>) -> Result<(), Stop> {
    let options = granit_parser::options! {
        disallow_directives: true,
        emit_unresolved_aliases: true,
        emit_comments: false,
        // Above ours, so that the finding comes from one place; the parser looks ahead of its events.
        flow_nesting_limit: 2 * MAX_DEPTH,
        block_nesting_limit: 2 * MAX_DEPTH,
    };
    let text = builder.text();
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|error| syntax::explain(builder, &error))?;
        let at = span.byte_range().unwrap_or(0..0);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                builder.scalar(text, style, anchor, tag.as_deref(), &span)?;
            }
            Event::SequenceStart(style, anchor, tag) => {
                builder.open(false, style, anchor, tag.as_deref(), &span)?;
            }
            Event::MappingStart(style, anchor, tag) => {
                builder.open(true, style, anchor, tag.as_deref(), &span)?;
            }
            Event::SequenceEnd | Event::MappingEnd => builder.close(at.clone())?,
            Event::Alias(anchor) => builder.alias(anchor, at.clone())?,
            Event::UnresolvedAlias(_) => builder.unknown_alias(at.clone())?,
            Event::DocumentStart(..) => builder.document(at.clone())?,
            _ => {}
        }
        builder.pass(at.end);
    }
    Ok(())
}
