//! Where secrets stand in the files of a workspace, so that no report shows them: by the schema where a file can be read,
//! by the names of keys where it cannot.

use super::{compile::Target, secret_objects::hide_within};
use crate::{
    diag::Finding,
    schema,
    secret::{credentials, held, is_secret, may_name, pairs, spots},
    source::{FileId, Sources, Span},
    values::{self, Values},
    yaml,
};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Collects where sensitive values stand, in every layer that says one and in the package's defaults.
pub(super) fn hide(target: &Target<'_>, values: &Values<'_>, hidden: &mut Vec<Span>) {
    for id in target.package.schema.secrets(values, Target::root(values)) {
        // That a default is empty is no secret.
        let empty = |o: &values::Origin<'_>| o.node.data == yaml::Data::Null || o.node.as_str() == Some("");
        let filled = values.chain(id).iter().filter(|o| o.layer > 0 || !empty(o));
        hidden.extend(filled.map(|o| o.node.span));
    }
    // What no schema marks, and what is one by its name or holds one all the same.
    let told = |id: &values::Id| {
        values.chain(*id).iter().any(|o| {
            o.node.as_str().is_some_and(|text| is_secret(values.key(*id), text) || !held(text).is_empty())
        })
    };
    for id in values.leaves(Target::root(values)).into_iter().filter(told) {
        hidden.extend(values.chain(id).iter().filter(|o| o.layer > 0).map(|o| o.node.span));
    }
    let layers = values.chain(Target::root(values)).iter().filter(|o| o.layer > 0);
    layers.for_each(|layer| hide_within(layer.node, hidden));
}

/// Collects what may be secrets where the values are not what the schema asks for: at and below keys that it does not know
/// and whose names say so, or that stand for one that is secret, and where a map with secrets in it was expected.
pub(super) fn hide_wrong(
    target: &Target<'_>,
    values: &Values<'_>,
    findings: &[Finding],
    hidden: &mut Vec<Span>,
) {
    let (schema, root) = (&target.package.schema, Target::root(values));
    let wrong = |code: &'static str| findings.iter().filter(move |f| f.code == code);
    let (unknown, mistyped): (Vec<&Finding>, Vec<&Finding>) =
        (wrong(schema::UNKNOWN).collect(), wrong(schema::TYPE).collect());
    let mut stack = vec![(root, false)];
    while let Some((id, within)) = stack.pop() {
        let found = unknown.iter().find(|f| values.key_span(id) == Some(f.at));
        let strange = within || found.is_some();
        let named = strange && (found.is_some_and(|f| f.sensitive) || may_name(values.key(id)));
        let mapped = || values.chain(id).iter().any(|o| matches!(o.node.data, yaml::Data::Map(_)));
        let shaped = mistyped.iter().any(|f| values.span(id) == Some(f.at))
            && mapped()
            && schema.holds_secret(values, root, id);
        if named || shaped {
            let leaves = values.leaves(id).into_iter().flat_map(|leaf| values.chain(leaf));
            hidden.extend(leaves.filter(|o| o.layer > 0).map(|o| o.node.span));
            hidden.extend(values.origin(id).filter(|o| o.layer > 0).map(|o| o.node.span));
        }
        stack.extend(values.children(id).map(|child| (child, strange)));
    }
}

/// Collects what may be secrets in a file of which no tree, or no schema, can say so. Hiding too much does no harm.
pub(super) fn guess(file: FileId, sources: &Sources, hidden: &mut Vec<Span>) {
    guess_below(file, sources, hidden, may_name);
}

/// The same in a file that may hold objects, as plain manifests and patches are: what a Secret holds is one, too.
pub(super) fn guess_objects(file: FileId, sources: &Sources, hidden: &mut Vec<Span>) {
    let holds = sources.text(file).contains("Secret");
    guess_below(file, sources, hidden, |key| may_name(key) || key == "stringData" || holds && key == "data");
}

fn guess_below(file: FileId, sources: &Sources, hidden: &mut Vec<Span>, secret: impl Fn(&str) -> bool) {
    let text = sources.text(file);
    // Where the key stands whose value goes on below it, and whether nothing of it was there yet.
    let mut open: Option<(usize, bool)> = None;
    let mut start = 0;
    for line in text.split_inclusive(['\n', '\r']) {
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        let blank = line.trim().is_empty();
        // In flow style a value may stand in any column.
        let goes_on = |(column, bare)| indent > column || (bare && pairs(line).next().is_none());
        if open.is_some_and(goes_on) && !blank {
            hidden.push(Span::new(file, start + indent, start + line.trim_end().len()));
            open = open.map(|(column, _)| (column, false));
        } else if !blank {
            open = None;
            let within = |url: std::ops::Range<usize>| Span::new(file, start + url.start, start + url.end);
            hidden.extend(credentials(line).map(within));
            for (key, value) in pairs(line).filter(|(key, _)| secret(&line[key.clone()])) {
                if !value.is_empty() && !is_switch(&line[value.clone()]) {
                    hidden.push(Span::new(file, start + value.start, start + value.end));
                }
                open = Some((key.start, value.is_empty()));
            }
        }
        start += line.len();
    }
}

/// Whether a value is a word that reads as a boolean, which tells no secret: `off`, in flow style perhaps `off }`.
fn is_switch(value: &str) -> bool {
    let value = value.split_once(" #").map_or(value, |(value, _)| value);
    let word = value.trim_end_matches([' ', ',', '}', ']', '\n', '\r']);
    matches!(yaml::resolve(word), yaml::Scalar::Bool(_))
}

/// Collects what looks like a secret in the text of every file that findings show: of two entries of a name, only one is in the
/// tree, and what stands beside a fault is shown as well.
pub(super) fn sweep(findings: &[Finding], sources: &Sources, hidden: &mut Vec<Span>) {
    let edits =
        |f: &Finding| f.fix.iter().flat_map(|fix| fix.edits.iter().map(|e| e.at.file)).collect::<Vec<_>>();
    let shown = |f: &Finding| {
        let places = std::iter::once(f.at.file).chain(f.related.iter().map(|r| r.at.file));
        places.chain(edits(f)).collect::<Vec<_>>()
    };
    let files: BTreeSet<FileId> = findings.iter().flat_map(shown).collect();
    sweep_files(files, sources, hidden);
}

/// The same for every file: what is explained may stand in any.
pub(super) fn sweep_all(sources: &Sources, hidden: &mut Vec<Span>) {
    let files = (0..sources.len()).filter_map(|n| u32::try_from(n).ok()).map(FileId);
    sweep_files(files, sources, hidden);
}

fn sweep_files(files: impl IntoIterator<Item = FileId>, sources: &Sources, hidden: &mut Vec<Span>) {
    let read = |&file: &FileId| !sources.path(file).ends_with(".schema.json");
    let files: Vec<FileId> = files.into_iter().filter(read).collect();
    let look = |&file: &FileId| {
        let found = spots(sources.text(file)).into_iter();
        found.map(move |spot| Span::new(file, spot.start, spot.end))
    };
    // Every environment may have a finding, and so a file.
    hidden.par_extend(files.par_iter().flat_map_iter(look));
}

/// Takes what is secret out of the words of findings. Those of the YAML reader quote what they are about, and know no
/// schema; an alias brings a secret to where no schema expects one.
pub(super) fn unsay(findings: &mut [Finding], hidden: &[Span], sources: &Sources) {
    let touches = |at: Span, h: &Span| at.file == h.file && at.start < h.end && h.start < at.end;
    // Of thousands of environments, each finding has to do with a file or two.
    let mut by_file: BTreeMap<FileId, Vec<Span>> = BTreeMap::new();
    hidden.iter().for_each(|h| by_file.entry(h.file).or_default().push(*h));
    for finding in findings {
        let places: Vec<Span> =
            std::iter::once(finding.at).chain(finding.related.iter().map(|r| r.at)).collect();
        let files: BTreeSet<FileId> = places.iter().map(|at| at.file).collect();
        let within = files.iter().filter_map(|file| by_file.get(file)).flatten().copied();
        let secrets: Vec<Span> = within.filter(|h| places.iter().any(|at| touches(*at, h))).collect();
        if finding.code == "yaml-ambiguous-scalar" && secrets.iter().any(|h| touches(finding.at, h)) {
            finding.message = "a secret is read as something else than the text that is written".to_owned();
            finding.sensitive = true;
        }
        for line in secrets.iter().flat_map(|h| sources.slice(*h).lines()) {
            let secret = line.trim().trim_matches(['"', '\'']);
            mask(finding, secret);
        }
        // A tag, an anchor or a key in what is secret.
        if finding.code.starts_with("yaml-") {
            secrets.iter().for_each(|h| mask_parts(finding, sources.slice(*h)));
        }
    }
}

/// A secret of as many bytes is no word that a quotation holds by chance.
const LONG: usize = 4;

/// Replaces a quoted text in the words of a finding, also where only its beginning is quoted.
fn mask(finding: &mut Finding, secret: &str) {
    if secret.is_empty() {
        return;
    }
    let told = format!("`{secret}");
    // A part of a longer quotation, such as a command; a route or a name is none.
    let longer = |word: &str| word.contains([' ', '=', ':', '@']) && word.contains(secret);
    for text in words(finding) {
        if secret.len() >= LONG && text.split('`').skip(1).step_by(2).any(longer) {
            let one = |(n, word): (usize, &str)| {
                if n % 2 == 1 && longer(word) { word.replace(secret, "***") } else { word.to_owned() }
            };
            *text = text.split('`').enumerate().map(one).collect::<Vec<_>>().join("`");
        }
        while let Some(start) = text.find(&told) {
            let rest = start + 1 + secret.len();
            let end = text[rest..].find('`').map_or(text.len(), |at| rest + at);
            text.replace_range(start + 1..end, "***");
        }
    }
}

/// Replaces every quoted text in the words of a finding that is a part of a secret.
fn mask_parts(finding: &mut Finding, secret: &str) {
    for text in words(finding).filter(|text| text.contains('`')) {
        // A quote or a bracket tells nothing.
        let part =
            |word: &str| word.contains(char::is_alphanumeric) && secret.contains(word.trim_end_matches('…'));
        // What is between two backticks stands at every odd place.
        let told = |(n, word)| if n % 2 == 1 && part(word) { "***" } else { word };
        *text = text.split('`').enumerate().map(told).collect::<Vec<_>>().join("`");
    }
}

/// All that a finding says, but for its label.
fn words(finding: &mut Finding) -> impl Iterator<Item = &mut String> {
    std::iter::once(&mut finding.message)
        .chain(finding.help.as_mut())
        .chain(finding.fix.as_mut().map(|fix| &mut fix.title))
        .chain(finding.related.iter_mut().map(|r| &mut r.message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_known_by_their_keys() {
        for (text, secrets) in [
            ("a: 1\npassword: pw\nb: 2\n", &["pw"][..]),
            ("a:\n  - Access_Key: 'p w' # x\n    b: 2\n", &["'p w' # x"]),
            ("password: \"p\"w\"\n", &["\"p\"w\""]),
            ("{ token: 'p'w, a: 1 }\n", &["'p'w, a: 1 }"]),
            ("{ password: pw, message: on }\n", &["pw"]),
            ("{\"token\":\"pw\",\"b\":1}\n", &["\"pw\""]),
            ("a: {\n password:\n pw }\n", &["pw }"]),
            ("password: |\n  one\n  two\n\n  three\nb: 1\n", &["|", "one", "two", "three"]),
            ("password: one\n  two\nb: 1\n", &["one", "two"]),
            ("url: http://a:b@c\ntokens:\n", &["http://a:b@c"]),
            ("{ url: \"https://t@c/d\", b: ssh://git@c/d }\n", &["https://t@c/d"]),
            ("a: { password: !p w, b: c }\n", &["!p w"]),
            ("a: { password: { p: w, p: w } }\n", &["{ p: w, p: w } }"]),
            ("a: { password: !t \"p, w\" }\n", &["!t \"p, w\" }"]),
            ("a:\n  passwrd: pw\n", &["pw"]),
            ("password: off # x\n{ secret-in-env: off }\ntoken: offer\n", &["offer"]),
            ("kubectl.kubernetes.io/last-applied-configuration: |\n  pw\n", &["|", "pw"]),
        ] {
            let mut sources = Sources::default();
            let file = sources.add("a.yaml", text);
            let mut hidden = Vec::new();
            guess(file, &sources, &mut hidden);
            let found: Vec<&str> = hidden.iter().map(|h| sources.slice(*h)).collect();
            assert_eq!(found, secrets, "{text}");
        }
    }
}
