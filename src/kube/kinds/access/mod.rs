//! Who may do what: roles, bindings, certificates and reviews.

mod certificate;
mod review;
mod role;
mod trust;

use super::Rules;
use crate::kube::format::names;

const RBAC: &str = "rbac.authorization.k8s.io";
const CERTIFICATES: &str = "certificates.k8s.io";
const AUTHORIZATION: &str = "authorization.k8s.io";

/// The kinds of this area.
pub(super) const RULES: &[Rules] = &[
    Rules { group: RBAC, kind: "Role", name: names::path_segment, check: role::role },
    Rules { group: RBAC, kind: "ClusterRole", name: names::path_segment, check: role::cluster_role },
    Rules { group: RBAC, kind: "RoleBinding", name: names::path_segment, check: role::binding },
    Rules {
        group: RBAC,
        kind: "ClusterRoleBinding",
        name: names::path_segment,
        check: role::cluster_binding,
    },
    Rules {
        group: CERTIFICATES,
        kind: "CertificateSigningRequest",
        name: names::path_segment,
        check: certificate::check,
    },
    Rules { group: CERTIFICATES, kind: "ClusterTrustBundle", name: names::path_segment, check: trust::check },
    Rules {
        group: AUTHORIZATION,
        kind: "SubjectAccessReview",
        name: names::path_segment,
        check: review::subject,
    },
    Rules {
        group: AUTHORIZATION,
        kind: "SelfSubjectAccessReview",
        name: names::path_segment,
        check: review::own,
    },
    Rules {
        group: AUTHORIZATION,
        kind: "LocalSubjectAccessReview",
        name: names::path_segment,
        check: review::local,
    },
    Rules {
        group: AUTHORIZATION,
        kind: "SelfSubjectRulesReview",
        name: names::path_segment,
        check: review::rules,
    },
    Rules {
        group: "authentication.k8s.io",
        kind: "TokenReview",
        name: names::path_segment,
        check: review::token,
    },
];
