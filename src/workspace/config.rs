//! environment.yaml, merged over its layers and checked, as data.

use super::{Environment, Known, Rules, Settings, Workspace, credentials::credentials, order};
use crate::{
    diag::Finding,
    schema::Schema,
    source::{FileId, Span},
    values::{self, Data, Id, Layer, Origin, TOP, Values},
};

/// What an environment asks for.
#[derive(Debug)]
pub struct Config<'w> {
    /// The namespace of its objects, and where it is written.
    pub namespace: (&'w str, Span),
    /// The name of its cluster.
    pub cluster: Option<(&'w str, Span)>,
    /// The Kubernetes version of its cluster.
    pub kubernetes_version: Option<(&'w str, Span)>,
    /// Its components, sorted by name.
    pub components: Vec<Component<'w>>,
    /// The levels and parameters of rules.
    pub rules: Rules<'w>,
    /// What it asks for beside: read by the stages that it concerns.
    pub settings: Settings<'w>,
}

/// One named instance of a package.
#[derive(Debug)]
pub struct Component<'w> {
    /// Its name: Helm's release name.
    pub name: &'w str,
    /// Where it is asked for.
    pub at: Span,
    /// The package.
    pub package: (&'w str, Span),
    /// The package's version.
    pub version: (&'w str, Span),
    /// The improvements that are on.
    pub improvements: Improvements<'w>,
    /// How many components come before it, in the longest chain of `after`, and the entry that says so; none when it comes
    /// after no other.
    pub wave: Option<(u32, Span)>,
}

impl<'w> Config<'w> {
    /// The component of a name.
    pub fn component(&self, name: &str) -> Option<&Component<'w>> {
        self.components.iter().find(|c| c.name == name)
    }
}

/// Which improvements of its package a component takes.
#[derive(Debug)]
pub enum Improvements<'w> {
    /// All; where it is written, if it is.
    All(Option<Span>),
    /// None.
    None(Span),
    /// These.
    Some(Vec<(&'w str, Span)>, Span),
}

/// Merges and checks the environment.yaml files of an environment. The configuration is there when nothing is wrong
/// with them; `known` are the rules that there are.
pub fn configure<'w>(
    workspace: &'w Workspace,
    environment: &Environment,
    schema: &Schema,
    known: &[Known],
) -> (Option<Config<'w>>, Vec<Finding>) {
    let documents = environment
        .layers
        .iter()
        .enumerate()
        .filter_map(|(n, &l)| workspace.folders[l].environment.as_ref().map(|d| (n, d)));
    let layers: Vec<Layer<'w>> = documents
        .map(|(n, d)| Origin { layer: u16::try_from(n + 1).unwrap_or(u16::MAX), key: None, node: &d.root })
        .collect();
    let own = environment.layers.last().and_then(|&l| workspace.folders[l].environment.as_ref());
    let missing = Span::whole(own.map_or(FileId::default(), |d| d.file));
    let values = values::merge(&[("environment", layers)]);
    let Some(root) = values.get(TOP, "environment") else { return (None, Vec::new()) };
    let mut findings = schema.check(&values, root, missing);
    findings.extend(credentials(&values, root));
    let (empty, above) = empty_components(&values, root);
    if !empty.is_empty() {
        // That there are no components at all follows from it.
        findings.retain(|f| f.code != "schema-missing" || Some(f.at) != above);
        findings.extend(empty);
    }
    if !findings.is_empty() {
        return (None, findings);
    }
    let reader = Reader { values: &values };
    let mut config = reader.config(root, missing);
    let asked: Vec<_> = config.components.iter().map(|c| reader.after(root, c.name)).collect();
    findings.extend(order::waves(&mut config.components, &asked, &order::Known { workspace, environment }));
    config.settings = Settings::new(values);
    findings.extend(config.rules.faults(known));
    (Some(config), findings)
}

/// Components without a word that no lower layer set, so that their null removes nothing; and where their map stands.
fn empty_components(values: &Values<'_>, root: Id) -> (Vec<Finding>, Option<Span>) {
    let Some(components) = values.get(root, "components") else { return (Vec::new(), None) };
    let empty =
        values
            .children(components)
            .filter(|&c| values.data(c) == Data::Absent && values.chain(c).len() == 1)
            .filter_map(|c| {
                let name = values.key(c);
                let message = format!("component `{name}` is empty, and no lower layer has it to be removed");
                Some(Finding::error("component-empty", values.key_span(c)?, message).help(format!(
                    "write `{name}: {{ package: NAME, version: VERSION }}`, or remove the line"
                )))
            });
    (empty.collect(), values.key_span(components))
}

/// Reads what the schema has approved: what is absent or odd here reads as not there.
struct Reader<'v, 'w> {
    values: &'v Values<'w>,
}

impl<'w> Reader<'_, 'w> {
    fn text(&self, at: Option<Id>) -> Option<(&'w str, Span)> {
        let id = at?;
        match self.values.data(id) {
            Data::Str(text) => Some((text, self.values.span(id)?)),
            _ => None,
        }
    }

    fn config(&self, root: Id, missing: Span) -> Config<'w> {
        let values = self.values;
        let cluster = values.get(root, "cluster");
        let within = |key| cluster.and_then(|c| values.get(c, key));
        let mut components: Vec<Component<'w>> = values
            .get(root, "components")
            .map(|c| values.present(c).filter_map(|id| self.component(id)).collect())
            .unwrap_or_default();
        components.sort_by_key(|c| c.name);
        Config {
            namespace: self.text(values.get(root, "namespace")).unwrap_or(("", missing)),
            cluster: self.text(within("name")),
            // As a cluster says it, too: `v1.33.2`.
            kubernetes_version: self
                .text(within("kubernetesVersion"))
                .map(|(text, at)| (text.strip_prefix('v').unwrap_or(text), at)),
            components,
            rules: Rules::of(values, values.get(root, "rules")),
            settings: Settings::default(),
        }
    }

    fn component(&self, id: Id) -> Option<Component<'w>> {
        let values = self.values;
        let improvements = match values.get(id, "improvements").map(|i| (values.data(i), i)) {
            Some((Data::Str("none"), i)) => Improvements::None(values.span(i)?),
            Some((Data::Seq(_), i)) => {
                let names = values.present(i).filter_map(|n| self.text(Some(n))).collect();
                Improvements::Some(names, values.span(i)?)
            }
            Some((Data::Str(_), i)) => Improvements::All(values.span(i)),
            _ => Improvements::All(None),
        };
        Some(Component {
            name: values.key(id),
            at: values.key_span(id)?,
            package: self.text(values.get(id, "package"))?,
            version: self.text(values.get(id, "version"))?,
            improvements,
            wave: None,
        })
    }

    /// What a component is to come after.
    fn after(&self, root: Id, component: &str) -> Vec<(&'w str, Span)> {
        let values = self.values;
        let list = ["components", component, "after"].iter().try_fold(root, |at, key| values.get(at, key));
        list.map(|list| values.present(list).filter_map(|n| self.text(Some(n))).collect()).unwrap_or_default()
    }
}
