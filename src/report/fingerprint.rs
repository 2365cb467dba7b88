//! Fingerprints of findings: the same while lines move, so that a reader of two reports tells what is new.

use super::{
    Report,
    excerpt::{Mark, excerpts, secrets_of},
    words::path,
};
use crate::diag::Finding;
use sha2::{Digest as _, Sha256};
use std::{collections::HashMap, fmt::Write as _};

/// The fingerprint of each finding, all different: 32 hexadecimal digits of its code, file, headline and line of text.
/// Equal ones are counted in their order.
pub(super) fn fingerprints(report: &Report<'_>) -> Vec<String> {
    let mut seen: HashMap<Vec<u8>, u32> = HashMap::new();
    let mut of = |finding: &Finding| {
        let mut hash = Sha256::new();
        for part in [&finding.code, path(report, finding.at.file).as_str(), &finding.message] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        hash.update(text(finding, report).as_bytes());
        let nth = seen.entry(hash.clone().finalize().to_vec()).or_default();
        hash.update(nth.to_be_bytes());
        *nth += 1;
        hash.finalize().iter().take(16).fold(String::new(), |mut hex, byte| {
            // Writing into a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    };
    report.findings.iter().map(&mut of).collect()
}

/// The line of a finding without its indentation, and without secrets: a hash of a short one can be guessed.
fn text(finding: &Finding, report: &Report<'_>) -> String {
    let here = report.hidden.iter().filter(|h| h.file == finding.at.file);
    let mut hidden: Vec<_> = here.copied().collect();
    hidden.extend(secrets_of(finding, report.sources));
    let mark = Mark { at: finding.at, label: "", primary: true };
    let shown = excerpts(report.sources, &[mark], &hidden, 1);
    shown.first().map_or_else(String::new, |excerpt| excerpt.text.trim().to_owned())
}
