//! All objects of an environment, to be found by kind and name, and its pods by their labels. Names reach no further than their
//! namespace.

use super::{
    Selector, Workload,
    maker::{Makes, Product, contains, makes, products},
    selector, workloads,
};
use crate::{
    manifest::{Identity, Manifest},
    rules::Subject,
};
use std::collections::HashMap;

/// An object and the component that has it.
#[derive(Debug, Clone, Copy)]
pub(in crate::rules) struct Object<'s, 'a> {
    /// The component.
    pub(in crate::rules) subject: &'s Subject<'s, 'a>,
    /// The object.
    pub(in crate::rules) manifest: &'s Manifest<'a>,
}

/// What an environment has.
#[derive(Debug, Default)]
pub(in crate::rules) struct Inventory<'s, 'a> {
    by_kind: HashMap<&'s str, Vec<Object<'s, 'a>>>,
    by_name: HashMap<(&'s str, &'s str), Vec<Object<'s, 'a>>>,
    workloads: Vec<(Object<'s, 'a>, Workload<'s, 'a>)>,
    /// Numbers of workloads by a label of their pods.
    by_label: HashMap<(&'s str, &'s str), Vec<usize>>,
    makers: Vec<(&'s Identity, Makes)>,
    products: Vec<(&'s Identity, Product<'s>)>,
}

/// Whether an object lives in a namespace; in none, where that is none.
fn in_namespace(identity: &Identity, namespace: Option<&str>) -> bool {
    identity.namespace.as_deref() == namespace
}

impl<'s, 'a> Inventory<'s, 'a> {
    /// The objects of the components of an environment.
    pub(in crate::rules) fn of(components: &'s [Subject<'s, 'a>]) -> Self {
        let mut all = Self::default();
        for subject in components {
            for manifest in subject.manifests {
                all.add(Object { subject, manifest });
            }
            for workload in workloads(subject) {
                all.add_workload(Object { subject, manifest: workload.manifest }, workload);
            }
        }
        all
    }

    fn add(&mut self, object: Object<'s, 'a>) {
        let identity = &object.manifest.identity;
        self.by_kind.entry(&identity.kind).or_default().push(object);
        self.by_name.entry((&identity.kind, &identity.name)).or_default().push(object);
        let made = makes(identity);
        if made != Makes::Nothing {
            self.makers.push((identity, made));
        }
        self.products.extend(products(object.manifest).into_iter().map(|product| (identity, product)));
    }

    fn add_workload(&mut self, object: Object<'s, 'a>, workload: Workload<'s, 'a>) {
        for label in workload.labels() {
            if let Some(value) = label.value.as_str() {
                self.by_label.entry((&label.key, value)).or_default().push(self.workloads.len());
            }
        }
        self.workloads.push((object, workload));
    }

    /// The objects of a kind, in the order of the components.
    pub(in crate::rules) fn of_kind(&self, kind: &str) -> &[Object<'s, 'a>] {
        self.by_kind.get(kind).map_or(&[], Vec::as_slice)
    }

    /// The object of a kind and name in a namespace.
    pub(in crate::rules) fn find(
        &self,
        kind: &str,
        namespace: Option<&str>,
        name: &str,
    ) -> Option<Object<'s, 'a>> {
        let found = self.by_name.get(&(kind, name))?;
        found.iter().copied().find(|object| in_namespace(&object.manifest.identity, namespace))
    }

    /// The names that objects of a kind have in a namespace.
    pub(in crate::rules) fn names<'i>(
        &'i self,
        kind: &str,
        namespace: Option<&'i str>,
    ) -> impl Iterator<Item = &'s str> + use<'i, 's, 'a> {
        let objects = self.of_kind(kind).iter().map(|object| &object.manifest.identity);
        objects.filter(move |identity| in_namespace(identity, namespace)).map(|i| i.name.as_str())
    }

    /// What a controller makes, of a kind and name.
    pub(in crate::rules) fn product(
        &self,
        kind: &str,
        namespace: Option<&str>,
        name: &str,
    ) -> Option<&Product<'s>> {
        let mut all = self.products.iter();
        let fits = |p: &Product<'_>| (p.kind, p.name) == (kind, name);
        all.find(|(by, product)| fits(product) && in_namespace(by, namespace)).map(|(_, product)| product)
    }

    /// Whether an object is there, or may be once controllers have done their work.
    pub(in crate::rules) fn may_have(&self, kind: &str, namespace: Option<&str>, name: &str) -> bool {
        self.find(kind, namespace, name).is_some()
            || self.product(kind, namespace, name).is_some()
            || self.makers(namespace).any(|(by, makes)| makes == Makes::All || contains(name, &by.name))
    }

    /// Whether controllers make pods, in a namespace, that Git does not hold.
    pub(in crate::rules) fn has_other_pods(&self, namespace: Option<&str>) -> bool {
        self.makers(namespace).next().is_some()
    }

    fn makers(&self, namespace: Option<&str>) -> impl Iterator<Item = (&'s Identity, Makes)> {
        let all = self.makers.iter().copied();
        all.filter(move |(by, _)| by.namespace.is_none() || in_namespace(by, namespace))
    }

    /// All workloads, in the order of the components.
    pub(in crate::rules) fn workloads(&self) -> &[(Object<'s, 'a>, Workload<'s, 'a>)] {
        &self.workloads
    }

    /// The workloads of a namespace whose pods a selector matches.
    pub(in crate::rules) fn selected(
        &self,
        namespace: Option<&str>,
        selector: &Selector<'s, 'a>,
    ) -> Vec<(Object<'s, 'a>, Workload<'s, 'a>)> {
        let fits = |(object, workload): &&(Object<'s, 'a>, Workload<'s, 'a>)| {
            in_namespace(&object.manifest.identity, namespace) && selector.matches(workload)
        };
        match self.fewest(selector) {
            Some(numbers) => {
                numbers.iter().filter_map(|&n| self.workloads.get(n)).filter(fits).copied().collect()
            }
            None => self.workloads.iter().filter(fits).copied().collect(),
        }
    }

    /// The numbers of the workloads that have the rarest label of a selector; none where its labels do not tell.
    fn fewest(&self, selector: &Selector<'s, 'a>) -> Option<&[usize]> {
        let known = selector.labels().iter().filter(|label| !selector::is_added(&label.key));
        let numbers = known.map(|label| {
            let value = label.value.as_str().unwrap_or_default();
            self.by_label.get(&(&*label.key, value)).map_or(&[][..], Vec::as_slice)
        });
        numbers.min_by_key(|numbers| numbers.len())
    }
}
