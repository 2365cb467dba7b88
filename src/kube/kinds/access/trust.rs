//! `ClusterTrustBundle`: certificates that a signer's certificates are trusted by.

use super::certificate;
use crate::kube::{
    at::At,
    check::{Check, Fault},
    format::{names, pem},
};

/// The most bytes of a bundle.
const BYTES: usize = 1024 * 1024;

/// Checks a `ClusterTrustBundle`. What is within its certificates is not.
pub(super) fn check<'t>(check: &mut Check<'t>, object: At<'t>) {
    let (name, signer) = (object.at(&["metadata", "name"]), object.at(&["spec", "signerName"]));
    if signer.blank() {
        if name.str().contains(':') || names::subdomain(name.str()).is_some() {
            check.fault(Fault::NameInvalid, name, "must be a DNS name without `:` when there is no signer");
        }
    } else {
        check.text(signer, certificate::signer);
        let prefix = format!("{}:", signer.str().replace('/', ":"));
        if name.str().strip_prefix(&prefix).is_none_or(|rest| !names::is_subdomain(rest)) {
            check.fault(Fault::NameInvalid, name, format!("must be `{prefix}` and a DNS name"));
        }
    }
    let bundle = object.at(&["spec", "trustBundle"]);
    if bundle.str().len() > BYTES {
        check.too_long(bundle, format!("must have at most {BYTES} bytes"));
    } else if pem::first(bundle.str().as_bytes()).is_none_or(|block| block != "CERTIFICATE") {
        check.invalid(bundle, "must be PEM blocks `CERTIFICATE`");
    }
}
