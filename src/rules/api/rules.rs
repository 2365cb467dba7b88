//! The rules of the Kubernetes API: what each finds, why it matters, and examples. What they look for is for `kube`, and the line
//! of a finding for the module above.

use crate::{
    diag::Level,
    kube::Fault,
    rules::{Check, Example, Rule},
    workspace::RuleLevel,
};
use Example::{Files, Manifests, Values};

/// A rule of a fault: how it is called and how bad it is follow from that.
const fn rule(
    fault: Fault,
    (summary, docs): (&'static str, &'static str),
    bad: &'static [Example],
    good: &'static [Example],
) -> Rule {
    let level = if fault.refused() { Level::Error } else { Level::Warn };
    Rule {
        code: fault.code(),
        summary,
        level: RuleLevel::Report(level),
        docs,
        parameters: &[],
        bad,
        good,
        check: Check::Api,
    }
}

/// Where examples have an environment, and where its plain manifests.
const ENVIRONMENT: &str = "environments/dev/environment.yaml";
const OBJECTS: &str = "environments/dev/objects.yaml";

/// An environment with plain manifests on a cluster of this version.
macro_rules! cluster {
    ($version:literal) => {
        (
            ENVIRONMENT,
            concat!(
                "namespace: dev\ncluster: { name: office, kubernetesVersion: \"",
                $version,
                "\" }\ncomponents:\n  app: { package: app, version: 1.0.0, manifests: [objects.yaml] }\n"
            ),
        )
    };
}

/// A Deployment of one pod; more of its spec and of the pod's follow.
macro_rules! deployment {
    ($spec:literal, $pod:literal) => {
        concat!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec:\n",
            $spec,
            "  selector: { matchLabels: { app: web } }\n  template:\n    metadata: { labels: { app: web } }\n    spec:\n",
            $pod
        )
    };
}

pub(super) static API_DEPRECATED: Rule = rule(
    Fault::ApiDeprecated,
    (
        "an API version that a later Kubernetes no longer serves",
        "The server still accepts the object and warns. The finding names the replacement, and the version of Kubernetes that \
         will refuse it: move before the cluster does.",
    ),
    &[Files(&[
        cluster!("1.28"),
        (
            OBJECTS,
            "apiVersion: flowcontrol.apiserver.k8s.io/v1beta2 # <-\nkind: FlowSchema\nmetadata: { name: probes }\n\
             spec:\n  priorityLevelConfiguration: { name: exempt }\n",
        ),
    ])],
    &[Files(&[
        cluster!("1.29"),
        (
            OBJECTS,
            "apiVersion: flowcontrol.apiserver.k8s.io/v1\nkind: FlowSchema\nmetadata: { name: probes }\n\
             spec:\n  priorityLevelConfiguration: { name: exempt }\n",
        ),
    ])],
);

pub(super) static API_REMOVED: Rule = rule(
    Fault::ApiRemoved,
    (
        "an API version that the cluster's Kubernetes no longer serves",
        "The version is that of `cluster.kubernetesVersion`, or the newest that is known. The finding names the replacement.",
    ),
    &[Manifests(
        "apiVersion: policy/v1beta1 # <-\nkind: PodDisruptionBudget\nmetadata: { name: web }\n\
         spec:\n  maxUnavailable: 1\n  selector: { matchLabels: { app: web } }\n",
    )],
    &[Manifests(
        "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: { name: web }\n\
         spec:\n  maxUnavailable: 1\n  selector: { matchLabels: { app: web } }\n",
    )],
);

pub(super) static BREAKS_LATER: Rule = rule(
    Fault::BreaksLater,
    (
        "an object that the server accepts, and that fails later",
        "Nothing refuses the object when it is applied; what it asks for cannot come about, or a later apply of it is refused.",
    ),
    &[
        Values("master:\n  containerSecurityContext:\n    runAsNonRoot: true\n    runAsUser: 0 # <-\n"),
        Manifests(
            "apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec:\n  containers:\n    - name: web\n      image: nginx:1.27.0\n      \
             ports: [{ name: web, containerPort: 8080 }]\n      readinessProbe:\n        httpGet:\n          path: /\n          port: http # <-\n",
        ),
    ],
    &[
        Values("master:\n  containerSecurityContext:\n    runAsNonRoot: true\n    runAsUser: 1000\n"),
        Manifests(
            "apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec:\n  containers:\n    - name: web\n      image: nginx:1.27.0\n      \
             ports: [{ name: web, containerPort: 8080 }]\n      readinessProbe:\n        httpGet:\n          path: /\n          port: web\n",
        ),
    ],
);

pub(super) static FIELD_FORBIDDEN: Rule = rule(
    Fault::FieldForbidden,
    (
        "a field that may not be set here",
        "It may stand in other objects of the kind, not beside what else is set in this one.",
    ),
    &[Manifests(deployment!(
        "  strategy:\n    type: Recreate\n    rollingUpdate: { maxSurge: 1 } # <-\n",
        "      containers: [{ name: web, image: nginx:1.27.0 }]\n"
    ))],
    &[Manifests(deployment!(
        "  strategy:\n    type: RollingUpdate\n    rollingUpdate: { maxSurge: 1 }\n",
        "      containers: [{ name: web, image: nginx:1.27.0 }]\n"
    ))],
);

pub(super) static FIELD_MISSING: Rule = rule(
    Fault::FieldMissing,
    ("a field that must be set and is not", "The server has no default for it."),
    &[Manifests(deployment!("", "      containers:\n        - image: nginx:1.27.0 # <-\n"))],
    &[Manifests(deployment!("", "      containers:\n        - name: web\n          image: nginx:1.27.0\n"))],
);

pub(super) static FIELD_UNKNOWN: Rule = rule(
    Fault::FieldUnknown,
    (
        "a field that the kind does not have",
        "A server that is asked to be strict refuses it; another drops it in silence, and what was meant never happens. The \
         nearest name is suggested.",
    ),
    &[Manifests(deployment!(
        "  replica: 3 # <-\n",
        "      containers: [{ name: web, image: nginx:1.27.0 }]\n"
    ))],
    &[Manifests(deployment!("  replicas: 3\n", "      containers: [{ name: web, image: nginx:1.27.0 }]\n"))],
);

pub(super) static FIELD_UNSERVED: Rule = rule(
    Fault::FieldUnserved,
    (
        "a field that the cluster's Kubernetes does not have",
        "Another version of Kubernetes has it: the finding says since when, or until when.",
    ),
    &[Files(&[
        cluster!("1.27"),
        (
            OBJECTS,
            "apiVersion: v1\nkind: Service\nmetadata: { name: web }\n\
             spec:\n  trafficDistribution: PreferClose # <-\n  ports: [{ port: 80 }]\n",
        ),
    ])],
    &[Files(&[
        cluster!("1.33"),
        (
            OBJECTS,
            "apiVersion: v1\nkind: Service\nmetadata: { name: web }\n\
             spec:\n  trafficDistribution: PreferClose\n  ports: [{ port: 80 }]\n",
        ),
    ])],
);

pub(super) static KIND_UNKNOWN: Rule = rule(
    Fault::KindUnknown,
    (
        "a kind that nobody has defined",
        "Neither Kubernetes of that version has it, nor a custom resource definition that is known. `podwright schema import` \
         takes definitions into the workspace.",
    ),
    &[Manifests("apiVersion: example.com/v1\nkind: Widget # <-\nmetadata: { name: a }\nspec: { size: 1 }\n")],
    &[Files(&[
        cluster!("1.33"),
        ("schemas/crds/example.com/Widget.yaml", WIDGET),
        (OBJECTS, "apiVersion: example.com/v1\nkind: Widget\nmetadata: { name: a }\nspec: { size: 1 }\n"),
    ])],
);

/// The definition of a custom kind, with a rule that is evaluated here.
const WIDGET: &str = "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: widgets.example.com }\n\
    spec:\n  group: example.com\n  names: { kind: Widget, plural: widgets }\n  scope: Namespaced\n  versions:\n    - name: v1\n      served: true\n      \
    storage: true\n      schema:\n        openAPIV3Schema:\n          type: object\n          properties:\n            spec:\n              type: object\n              \
    x-kubernetes-validations: [{ rule: \"self.size > 0\" }]\n              properties: { size: { type: integer }, name: { type: string } }\n";

pub(super) static NAME_INVALID: Rule = rule(
    Fault::NameInvalid,
    (
        "a name, label or annotation key that is not of its form",
        "Most names are DNS names: lower-case letters, digits and `-`, some with dots, at most 253 characters; labels have 63.",
    ),
    &[Manifests("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: Web_Settings # <-\n")],
    &[Manifests("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web-settings\n")],
);

pub(super) static OBJECT_TOO_LARGE: Rule = rule(
    Fault::ObjectTooLarge,
    (
        "an object that is larger than a server stores",
        "An object may have 1.5 MiB as JSON; a ConfigMap or Secret 1 MiB of data. Split it, or mount the data from elsewhere.",
    ),
    &[Files(&[
        (ENVIRONMENT, "namespace: dev\ncomponents: { hosts: { package: hosts, version: 1.0.0 } }\n"),
        (
            "packages/hosts/1.0.0/package.yaml",
            "name: hosts\nversion: 1.0.0\nappVersion: \"1\"\ndescription: What all hosts are asked.\ninterface: 1\n",
        ),
        ("packages/hosts/1.0.0/values.yaml", "{}\n"),
        (
            "packages/hosts/1.0.0/values.schema.json",
            "{\"type\": \"object\", \"additionalProperties\": false}\n",
        ),
        (
            "packages/hosts/1.0.0/templates/hosts.yaml",
            "apiVersion: v1 # <-\nkind: ConfigMap\nmetadata: { name: hosts }\ndata:\n  ${{ for n in range(10000) }}:\n    \
             host-${{ n }}.url: https://host-${{ n }}.data-platform.abc.com:8443/status?timeout=30\n    \
             host-${{ n }}.health: https://host-${{ n }}.data-platform.abc.com:8443/health?timeout=30\n    \
             host-${{ n }}.metrics: https://host-${{ n }}.data-platform.abc.com:9100/metrics?timeout=30\n",
        ),
    ])],
    &[Manifests(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: { name: web }\nspec:\n  podSelector: {}\n  ingress:\n    \
         - from:\n        - namespaceSelector: { matchLabels: { abc.com/team: data } }\n",
    )],
);

pub(super) static RULE_NOT_EVALUATED: Rule = rule(
    Fault::RuleNotEvaluated,
    (
        "a rule of a custom resource definition that could not be evaluated here",
        "The server evaluates it: what it would say is not known. The finding names the expression and what is in the way.",
    ),
    &[Files(&[
        cluster!("1.33"),
        (
            "schemas/crds/example.com/Widget.yaml",
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: widgets.example.com }\n\
             spec:\n  group: example.com\n  names: { kind: Widget, plural: widgets }\n  scope: Namespaced\n  versions:\n    - name: v1\n      served: true\n      \
             storage: true\n      schema:\n        openAPIV3Schema:\n          type: object\n          properties:\n            spec:\n              type: object\n              \
             x-kubernetes-validations: [{ rule: \"!format.dns1123Label().validate(self.name).hasValue()\" }]\n              properties: { size: { type: integer }, name: { type: string } }\n",
        ),
        (OBJECTS, "apiVersion: example.com/v1\nkind: Widget\nmetadata: { name: a }\nspec:\n  name: a # <-\n"),
    ])],
    &[Files(&[
        cluster!("1.33"),
        ("schemas/crds/example.com/Widget.yaml", WIDGET),
        (OBJECTS, "apiVersion: example.com/v1\nkind: Widget\nmetadata: { name: a }\nspec: { size: 1 }\n"),
    ])],
);

pub(super) static SERVER_WARNING: Rule = rule(
    Fault::ServerWarning,
    (
        "an object that the server accepts with a warning",
        "What a server tells `kubectl` when it applies the object, and what nobody sees when Argo CD does.",
    ),
    &[
        Values("ingress:\n  enabled: true\n  annotations:\n    kubernetes.io/ingress.class: nginx # <-\n"),
        Manifests(
            "apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec:\n  clusterIP: None\n  sessionAffinity: ClientIP # <-\n  \
             ports: [{ port: 80 }]\n",
        ),
    ],
    &[
        Values("ingress:\n  enabled: true\n  className: nginx\n"),
        Manifests(
            "apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec:\n  sessionAffinity: ClientIP\n  ports: [{ port: 80 }]\n",
        ),
    ],
);

pub(super) static TYPE_WRONG: Rule = rule(
    Fault::TypeWrong,
    (
        "a value of another type than the field has",
        "A number where a string is wanted, a list where a map is, a text that is no quantity, time or base64.",
    ),
    &[Manifests(deployment!(
        "",
        "      containers:\n        - name: web\n          image: nginx:1.27.0\n          env: [{ name: PORT, value: 8080 }] # <-\n"
    ))],
    &[Manifests(deployment!(
        "",
        "      containers:\n        - name: web\n          image: nginx:1.27.0\n          env: [{ name: PORT, value: \"8080\" }]\n"
    ))],
);

pub(super) static VALUE_DUPLICATE: Rule = rule(
    Fault::ValueDuplicate,
    (
        "a value that may be there once, and is there again",
        "Names and numbers of ports, names of volumes, paths of mounts and the like are different within one list.",
    ),
    &[Manifests(deployment!(
        "",
        "      containers:\n        - name: web\n          image: nginx:1.27.0\n        - name: web # <-\n          image: busybox:1.36.1\n"
    ))],
    &[Manifests(deployment!(
        "",
        "      containers:\n        - name: web\n          image: nginx:1.27.0\n        - name: logs\n          image: busybox:1.36.1\n"
    ))],
);

pub(super) static VALUE_INVALID: Rule = rule(
    Fault::ValueInvalid,
    ("a value that the field does not allow", "The finding says what it must be."),
    &[
        Values("master:\n  resources:\n    limits: { memory: 2Gi }\n    requests:\n      memory: 4Gi # <-\n"),
        Manifests(
            "apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec:\n  ports:\n    - port: 80800 # <-\n",
        ),
    ],
    &[
        Values("master:\n  resources:\n    limits: { memory: 4Gi }\n    requests:\n      memory: 2Gi\n"),
        Manifests(
            "apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec:\n  ports:\n    - port: 8080\n",
        ),
    ],
);

pub(super) static VALUE_TOO_LONG: Rule = rule(
    Fault::ValueTooLong,
    ("a text or list that is too long", "The finding says how long it is, and how long it may be."),
    &[Manifests(
        "apiVersion: batch/v1\nkind: CronJob\nmetadata:\n  name: delete-the-logs-of-all-workers-that-are-older-than-14-days # <-\nspec:\n  \
         schedule: \"0 3 * * *\"\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          restartPolicy: Never\n          \
         containers: [{ name: a, image: busybox:1.36.1 }]\n",
    )],
    &[Manifests(
        "apiVersion: batch/v1\nkind: CronJob\nmetadata:\n  name: delete-old-worker-logs\nspec:\n  \
         schedule: \"0 3 * * *\"\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          restartPolicy: Never\n          \
         containers: [{ name: a, image: busybox:1.36.1 }]\n",
    )],
);

pub(super) static VALUE_UNSUPPORTED: Rule = rule(
    Fault::ValueUnsupported,
    (
        "a value that is none of those that the field has",
        "The finding lists them, and suggests the nearest. Case matters.",
    ),
    &[Manifests(
        "apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec:\n  restartPolicy: never # <-\n  \
             containers: [{ name: web, image: nginx:1.27.0 }]\n",
    )],
    &[Manifests(
        "apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec:\n  restartPolicy: Never\n  \
             containers: [{ name: web, image: nginx:1.27.0 }]\n",
    )],
);
