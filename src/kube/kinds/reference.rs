//! References to objects of any kind: an API group, a kind and a name.

use crate::kube::{at::At, check::Check, format::names};

/// Checks a reference: a kind and a name, and the group if it is there.
pub(crate) fn reference<'t>(check: &mut Check<'t>, at: At<'t>) {
    check.text(at.get("apiGroup"), names::subdomain);
    for key in ["kind", "name"] {
        if check.require(at.get(key)) {
            check.text(at.get(key), names::path_segment);
        }
    }
}
