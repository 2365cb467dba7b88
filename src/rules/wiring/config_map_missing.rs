//! Finds pods that need a ConfigMap which their environment does not have.

use super::absent::{Absent, is_said_to_exist, needed};
use crate::{
    diag::{Finding, Level},
    rules::{Check, Environment, Example, Parameters, Rule, objects::Referent},
    workspace::{Parameter, RuleLevel, RuleSetting},
};

pub(in crate::rules) static RULE: Rule = Rule {
    code: "config-map-missing",
    summary: "a pod that needs a ConfigMap which the environment does not have",
    level: RuleLevel::Report(Level::Error),
    docs: "Kubernetes starts no container of the pod until the ConfigMap is there: the pod waits with `CreateContainerConfigError`, or for a \
        volume that is never mounted.\n\n\
        Add the ConfigMap, mend its name, or say `optional: true` where the pod can do without. Those that a controller puts into every \
        namespace are known, such as `kube-root-ca.crt`, and so are those that an operator makes for a custom resource of the \
        environment. Name others that exist in the cluster in `existing`.",
    parameters: &[Parameter {
        name: "existing",
        about: "names of ConfigMaps that exist in the cluster",
        default: RuleSetting::Texts(&[]),
    }],
    bad: &[
        Example::Manifests(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web-settings }\ndata: { MODE: fast }\n---\n\
             apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec:\n  containers:\n    - name: web\n      image: web:1\n      envFrom:\n        \
             - configMapRef: { name: web-setting } # <-\n  volumes:\n    - name: all\n      projected:\n        sources:\n          \
             - configMap: { name: web-files } # <-\n",
        ),
        Example::Manifests(
            "apiVersion: sparkoperator.k8s.io/v1beta2\nkind: SparkApplication\nmetadata: { name: counts }\nspec:\n  type: Python\n  driver:\n    \
             configMaps:\n      - { name: lookup, path: /etc/lookup } # <-\n",
        ),
        Example::Files(&[
            (
                "environments/dev/environment.yaml",
                "namespace: dev\ncomponents:\n  dolphinscheduler: { package: dolphinscheduler, version: 1.3.9, improvements: none }\n",
            ),
            (
                "environments/dev/dolphinscheduler.yaml",
                "# the chart renders no ConfigMap without settings, and its pods need it all the same\n\
                 api: { configmap: { API_SERVER_OPTS: null } } # <-\n",
            ),
        ]),
    ],
    good: &[
        Example::Manifests(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web-settings }\ndata: { MODE: fast }\n---\n\
             apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec:\n  containers:\n    - name: web\n      image: web:1\n      envFrom:\n        \
             - configMapRef: { name: web-settings }\n        - configMapRef: { name: web-more, optional: true }\n  volumes:\n    \
             - name: ca\n      configMap: { name: kube-root-ca.crt }\n",
        ),
        Example::Manifests(
            "# its operator makes the ConfigMap zookeeper-configmap\napiVersion: zookeeper.pravega.io/v1beta1\nkind: ZookeeperCluster\n\
             metadata: { name: zookeeper }\nspec: { replicas: 3 }\n---\n\
             apiVersion: v1\nkind: Pod\nmetadata: { name: shell }\nspec:\n  containers: [{ name: shell, image: zookeeper:3.6.2 }]\n  volumes:\n    \
             - name: settings\n      configMap: { name: zookeeper-configmap }\n",
        ),
        Example::Files(&[
            (
                "environments/dev/environment.yaml",
                "namespace: dev\nrules: { config-map-missing: { existing: [company-ca] } }\ncomponents:\n  \
                 app: { package: app, version: 1.0.0, manifests: [pod.yaml] }\n",
            ),
            (
                "environments/dev/pod.yaml",
                "apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec:\n  containers: [{ name: web, image: web:1 }]\n  volumes:\n    \
                 - name: ca\n      configMap: { name: company-ca }\n",
            ),
        ]),
    ],
    check: Check::Environment(check),
};

/// ConfigMaps that controllers put into every namespace: of Kubernetes, OpenShift and Istio.
const EVERYWHERE: &[&str] = &["istio-ca-root-cert", "kube-root-ca.crt", "openshift-service-ca.crt"];

fn check(environment: &Environment<'_, '_>, parameters: &Parameters<'_>) -> Vec<Finding> {
    let inventory = environment.inventory();
    let existing = parameters.texts("existing");
    let mut absent = Absent::new("ConfigMap");
    for (object, reference) in needed(environment.components, Referent::ConfigMap) {
        let name = reference.name.as_str().unwrap_or_default();
        let known = inventory.may_have("ConfigMap", object.manifest.identity.namespace.as_deref(), name)
            || EVERYWHERE.contains(&name)
            || existing.contains(&name);
        if !known && !is_said_to_exist(object.subject, reference.name.by) {
            absent.add(name, object, reference.name.by);
        }
    }
    let help = "add it, or name it in `existing` of this rule if it exists in the cluster";
    absent.findings(RULE.code, inventory, help)
}
