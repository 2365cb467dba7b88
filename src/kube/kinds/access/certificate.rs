//! `CertificateSigningRequest`: the request, its signer and usages.

use crate::kube::{
    at::At,
    check::Check,
    format::{base64, names, pem},
};
use std::borrow::Cow;

/// What a key may be used for.
const USAGES: [&str; 23] = [
    "signing",
    "digital signature",
    "content commitment",
    "key encipherment",
    "key agreement",
    "data encipherment",
    "cert sign",
    "crl sign",
    "encipher only",
    "decipher only",
    "any",
    "server auth",
    "client auth",
    "code signing",
    "email protection",
    "s/mime",
    "ipsec end system",
    "ipsec tunnel",
    "ipsec user",
    "timestamping",
    "ocsp signing",
    "microsoft sgc",
    "netscape sgc",
];

/// The least seconds that a certificate may be asked for.
const SECONDS: i64 = 600;

/// Checks a `CertificateSigningRequest`. The signature within the request is not.
pub(super) fn check<'t>(check: &mut Check<'t>, object: At<'t>) {
    let spec = object.get("spec");
    let (request, usages, name) = (spec.get("request"), spec.get("usages"), spec.get("signerName"));
    if check.require(request) {
        let bytes = base64::decode(request.str()).unwrap_or_default();
        if pem::first(&bytes).is_none_or(|block| block != "CERTIFICATE REQUEST") {
            check.invalid(request, "must be a PEM block `CERTIFICATE REQUEST` in base64");
        }
    }
    check.require(usages);
    for usage in usages.items() {
        check.require_one_of(usage, &USAGES);
    }
    check.unique(usages.items(), |usage| Some(usage.str()), "it stands there twice");
    if name.str() == "kubernetes.io/legacy-unknown" {
        check.invalid(name, "must name a signer; this one is of an older API");
    } else if check.require(name) {
        check.text(name, signer);
    }
    check.within(spec.get("expirationSeconds"), SECONDS, i64::MAX);
}

/// The name of a signer: a DNS name of two parts or more, `/`, and a name.
pub(super) fn signer(text: &str) -> Option<Cow<'static, str>> {
    let fine = text.split_once('/').is_some_and(|(domain, name)| {
        domain.contains('.')
            && names::is_subdomain(domain)
            && domain.split('.').all(|part| part.len() <= names::LABEL)
            && name.split('.').all(names::is_subdomain)
            && name.len() <= names::SUBDOMAIN + names::LABEL + 1
    });
    (!fine).then_some(Cow::Borrowed("must be a DNS name, `/` and a name, such as `example.com/signer`"))
}
