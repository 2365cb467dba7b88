//! What is wrong with a package whatever the values are: routes that its values do not have, `or omit` on numbers,
//! fragment arguments that are missing or too many, values and improvements that nothing reads.
//!
//! Calls of fragments, and what nothing uses, are in `calls`. Expressions are followed through loops, `with` names and fragment parameters to the defaults they stand for.

mod calls;

use super::{
    CODE, CONTEXT, CONTEXT_KEYS, Program,
    expr::{Expr, Kind, Operator, Root, Step},
    plan::{Entry, Item, Key, Loop, Map, Node, NodeKind, Part, Stmt},
};
use crate::{
    diag::{Finding, Findings, nearest},
    source::Span,
    yaml::{self, Data},
};
use std::collections::BTreeSet;

/// What a package promises its templates.
#[derive(Debug)]
pub struct Interface<'d> {
    /// The package's `values.yaml`.
    pub defaults: &'d yaml::Node,
    /// The improvements that it declares, each with where.
    pub improvements: Vec<(&'d str, Span)>,
}

/// Checks a program against its interface.
pub fn lint(program: &Program, interface: &Interface<'_>) -> Vec<Finding> {
    let mut linter = walked(program, interface);
    linter.unfilled();
    if !linter.cut {
        linter.uncalled();
        linter.unused(interface.defaults, "");
    }
    linter.findings.into_sorted(|f| f.at.file)
}

/// A place where a template reads a value, whatever the values are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// The value in the package's defaults.
    pub value: Span,
    /// The expression.
    pub at: Span,
    /// What must be so for it to be read, outermost first.
    pub under: Vec<Under>,
    /// The calls of fragments on the way to it, outermost first.
    pub calls: Vec<Span>,
}

/// What must be so for a part of a template to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Under {
    /// The condition here holds.
    Holds(Span),
    /// The condition here does not: the part is in the `else`, or after it.
    Fails(Span),
    /// The loop over what is here has a turn.
    Turns(Span),
}

/// All places where a program reads its values.
pub fn uses(program: &Program, interface: &Interface<'_>) -> Vec<Use> {
    walked(program, interface).uses
}

/// Walks all templates, with the fragments that they call.
fn walked<'d, 'p>(program: &'p Program, interface: &'d Interface<'d>) -> Linter<'d, 'p> {
    let mut linter = Linter {
        program,
        interface,
        findings: Findings::default(),
        used: BTreeSet::new(),
        improvements: BTreeSet::new(),
        called: BTreeSet::new(),
        texts: BTreeSet::new(),
        given: BTreeSet::new(),
        missing: Vec::new(),
        params: Vec::new(),
        locals: Vec::new(),
        calls: Vec::new(),
        left: calls::CALLS,
        cut: false,
        uses: Vec::new(),
        under: Vec::new(),
        within: Vec::new(),
    };
    for unit in program.units.iter().filter(|u| u.params.is_none()) {
        unit.documents.iter().for_each(|d| linter.node(d));
    }
    linter
}

/// What is known of a value before any environment is rendered.
#[derive(Debug, Clone, Copy)]
enum Shape<'d> {
    /// It is what the defaults hold here.
    Default(&'d yaml::Node),
    /// A map of scalars with these keys.
    Keys(&'static str, &'static [&'static str]),
    /// The map of improvements.
    Improvements,
    /// The roots are only there to be gone through.
    Root(usize),
    Unknown,
}

struct Linter<'d, 'p> {
    program: &'p Program,
    interface: &'d Interface<'d>,
    findings: Findings,
    /// Spans of the default nodes that are read, with all below them.
    used: BTreeSet<(Span, bool)>,
    improvements: BTreeSet<String>,
    called: BTreeSet<usize>,
    /// Text files that are read.
    texts: BTreeSet<usize>,
    /// Arguments that some call gives: the fragment, the parameter's place.
    given: BTreeSet<(usize, usize)>,
    /// Arguments that a call does not give, and where it stands.
    missing: Vec<(usize, usize, Span)>,
    params: Vec<Shape<'d>>,
    locals: Vec<Shape<'d>>,
    /// The fragments that are being followed.
    calls: Vec<usize>,
    /// Calls that may still be followed.
    left: u32,
    /// Not every call was followed, so what is not used is not known.
    cut: bool,
    uses: Vec<Use>,
    /// The conditions that are open.
    under: Vec<Under>,
    /// The calls that are open.
    within: Vec<Span>,
}

impl<'d, 'p> Linter<'d, 'p> {
    fn fault(&mut self, at: Span, message: String, help: Option<String>) {
        let mut finding = Finding::error(CODE, at, message);
        finding.help = help;
        self.findings.push(finding);
    }

    /// Follows an expression; `whole` when its value is used with all that is in it.
    fn expr(&mut self, e: &'p Expr, whole: bool) -> Shape<'d> {
        match &e.kind {
            Kind::Route(root, steps) => return self.route(*root, steps, e, whole),
            Kind::Or(a, b) => {
                if matches!(b.kind, Kind::Omit) && self.counts(a) {
                    let help = "write `| default(omit)`, which drops only what is null or absent";
                    self.fault(
                        e.at,
                        "`or omit` would drop 0 and false, which are values here".into(),
                        Some(help.into()),
                    );
                }
                self.expr(a, whole);
                self.expr(b, whole);
            }
            Kind::Item(a, b) => {
                self.expr(a, true);
                self.expr(b, true);
            }
            Kind::And(a, b) | Kind::Binary(_, a, b) => {
                self.expr(a, whole);
                self.expr(b, whole);
            }
            Kind::Not(a) | Kind::Neg(a) => {
                self.expr(a, false);
            }
            Kind::Compare(first, rest) => {
                self.expr(first, true);
                rest.iter().for_each(|(_, e)| {
                    self.expr(e, true);
                });
            }
            Kind::If(parts) => {
                self.expr(&parts[0], false);
                self.expr(&parts[1], whole);
                self.expr(&parts[2], whole);
            }
            Kind::Filter(_, args) | Kind::Test(_, args) | Kind::List(args) | Kind::Range(args) => {
                args.iter().for_each(|a| {
                    self.expr(a, true);
                });
            }
            Kind::Map(pairs) => pairs.iter().for_each(|(k, v)| {
                self.expr(k, true);
                self.expr(v, true);
            }),
            Kind::Fragment(unit, _) => self.fragment(*unit, e),
            Kind::Text(index) => {
                self.texts.insert(*index);
                if let Some(file) = self.program.texts.get(*index) {
                    let (params, locals) =
                        (std::mem::take(&mut self.params), std::mem::take(&mut self.locals));
                    self.stmts(&file.body);
                    (self.params, self.locals) = (params, locals);
                }
            }
            Kind::Null | Kind::Omit | Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) | Kind::Str(_) => {}
        }
        Shape::Unknown
    }

    /// Whether an expression certainly gives a number or boolean.
    fn counts(&mut self, e: &'p Expr) -> bool {
        match &e.kind {
            Kind::Filter(filter, _) => filter.number,
            Kind::Compare(..) | Kind::Not(_) | Kind::Test(..) | Kind::Neg(_) => true,
            Kind::Bool(_) | Kind::Int(_) | Kind::Float(_) => true,
            Kind::Binary(op, ..) => !matches!(op, Operator::Concat | Operator::Add),
            Kind::Route(root, steps) => {
                let shape = self.start(*root);
                let end = steps.iter().try_fold(shape, |at, step| child(at, &step.name, self.interface));
                matches!(
                    end,
                    Some(Shape::Improvements)
                        | Some(Shape::Default(yaml::Node {
                            data: Data::Bool(_) | Data::Int(_) | Data::UInt(_) | Data::Float(_),
                            ..
                        }))
                )
            }
            _ => false,
        }
    }

    fn start(&self, root: Root) -> Shape<'d> {
        let known = |list: &[Shape<'d>], slot: usize| list.get(slot).copied().unwrap_or(Shape::Unknown);
        match root {
            Root::Context(index) => Shape::Root(index),
            Root::Param(slot) => known(&self.params, slot),
            Root::Local(slot) => known(&self.locals, slot),
        }
    }

    fn route(&mut self, root: Root, steps: &'p [Step], e: &'p Expr, whole: bool) -> Shape<'d> {
        let mut shape = self.start(root);
        if matches!(shape, Shape::Root(_)) && steps.is_empty() {
            self.fault(e.at, "a root alone is too much: name the value that is meant".into(), None);
            return Shape::Unknown;
        }
        for step in steps {
            if let Shape::Root(index) = shape
                && CONTEXT.get(index) == Some(&"improvements")
            {
                self.improvements.insert(step.name.to_string());
            }
            match child(shape, &step.name, self.interface) {
                Some(next) => shape = next,
                None => {
                    self.unknown(shape, step);
                    return Shape::Unknown;
                }
            }
        }
        if let Shape::Default(node) = shape {
            self.used.insert((node.span, whole));
            let (under, calls) = (self.under.clone(), self.within.clone());
            self.uses.push(Use { value: node.span, at: e.at, under, calls });
        }
        shape
    }

    fn unknown(&mut self, shape: Shape<'d>, step: &'p Step) {
        let (what, have): (String, Vec<&str>) = match shape {
            Shape::Default(node) if node.entries().is_empty() => {
                (format!("{} has no", node.kind()), Vec::new())
            }
            Shape::Default(node) => {
                ("the values have no".into(), node.entries().iter().map(|e| &*e.key.text).collect())
            }
            Shape::Keys(name, keys) => (format!("`{name}` has no"), keys.to_vec()),
            Shape::Root(index) if CONTEXT.get(index) == Some(&"values") => (
                "the values have no".into(),
                self.interface.defaults.entries().iter().map(|e| &*e.key.text).collect(),
            ),
            Shape::Root(index) if CONTEXT.get(index) != Some(&"improvements") => {
                let keys = CONTEXT_KEYS.iter().find(|(r, _)| Some(r) == CONTEXT.get(index));
                let (name, keys) = keys.copied().unwrap_or_default();
                (format!("`{name}` has no"), keys.to_vec())
            }
            Shape::Root(_) | Shape::Improvements | Shape::Unknown => (
                "the package declares no improvement".into(),
                self.interface.improvements.iter().map(|(n, _)| *n).collect(),
            ),
        };
        let help = nearest(&step.name, have).map(|n| format!("did you mean `{n}`?"));
        self.fault(step.at, format!("{what} `{}`", step.name), help);
    }

    fn node(&mut self, node: &'p Node) {
        match &node.kind {
            NodeKind::Expr(e) => {
                self.expr(e, true);
            }
            NodeKind::Text(parts) => self.parts(parts),
            NodeKind::Map(Map { when, entries, .. }) => {
                self.condition(when.as_ref());
                self.under.extend(when.as_ref().map(|e| Under::Holds(e.at)));
                self.entries(entries);
                self.under.truncate(self.under.len() - usize::from(when.is_some()));
            }
            NodeKind::Seq(items) => self.items(items),
            NodeKind::Choice(branches) => self.branches(branches, Self::node),
            _ => {}
        }
    }

    /// Follows the conditions of an `if`, and what stands under each.
    fn branches<B>(&mut self, branches: &'p [(Option<Expr>, B)], mut inner: impl FnMut(&mut Self, &'p B)) {
        let depth = self.under.len();
        for (condition, body) in branches {
            self.condition(condition.as_ref());
            self.under.extend(condition.as_ref().map(|e| Under::Holds(e.at)));
            inner(self, body);
            // The branches after it are taken only where it does not hold.
            if let (Some(e), Some(last)) = (condition, self.under.last_mut()) {
                *last = Under::Fails(e.at);
            }
        }
        self.under.truncate(depth);
    }

    fn condition(&mut self, e: Option<&'p Expr>) {
        if let Some(e) = e {
            self.expr(e, false);
        }
    }

    fn parts(&mut self, parts: &'p [Part]) {
        for part in parts {
            if let Part::Expr(e) = part {
                self.expr(e, true);
            }
        }
    }

    fn looped(&mut self, looped: &'p Loop, names: usize, inner: impl FnOnce(&mut Self)) {
        self.expr(&looped.over, true);
        self.under.push(Under::Turns(looped.over.at));
        self.local(vec![Shape::Unknown; names], inner);
        self.under.pop();
    }

    fn local(&mut self, shapes: Vec<Shape<'d>>, inner: impl FnOnce(&mut Self)) {
        let depth = self.locals.len();
        self.locals.extend(shapes);
        inner(self);
        self.locals.truncate(depth);
    }

    fn entries(&mut self, entries: &'p [Entry]) {
        for entry in entries {
            match entry {
                Entry::Pair { key, value, .. } => {
                    if let Key::Text(parts) = key {
                        self.parts(parts);
                    }
                    self.node(value);
                }
                Entry::If(branches) => self.branches(branches, |s, body| s.entries(body)),
                Entry::For(l, body) => self.looped(l, 1 + usize::from(l.pairs), |s| s.entries(body)),
                Entry::With(e, body) => {
                    let shape = self.expr(e, false);
                    self.local(vec![shape], |s| s.entries(body));
                }
                Entry::Merge(e) => {
                    self.expr(e, true);
                }
            }
        }
    }

    fn items(&mut self, items: &'p [Item]) {
        for item in items {
            match item {
                Item::One(node) => self.node(node),
                Item::If(branches) => self.branches(branches, |s, body| s.items(body)),
                Item::For(l, body) => self.looped(l, 1 + usize::from(l.pairs), |s| s.items(body)),
                Item::With(e, body) => {
                    let shape = self.expr(e, false);
                    self.local(vec![shape], |s| s.items(body));
                }
                Item::Merge(e) => {
                    self.expr(e, true);
                }
            }
        }
    }

    fn stmts(&mut self, body: &'p [Stmt]) {
        let depth = self.locals.len();
        for stmt in body {
            match stmt {
                Stmt::Raw(_) => {}
                Stmt::Emit(e) => {
                    self.expr(e, true);
                }
                Stmt::If(e, yes, no) => {
                    self.expr(e, false);
                    self.stmts(yes);
                    self.stmts(no);
                }
                Stmt::For(l, filter, yes, no) => {
                    self.looped(l, 2 + usize::from(l.pairs), |s| {
                        s.condition(filter.as_ref());
                        s.stmts(yes);
                    });
                    self.stmts(no);
                }
                Stmt::With(values, body) => {
                    let before = self.locals.len();
                    for e in values {
                        let shape = self.expr(e, false);
                        self.locals.push(shape);
                    }
                    self.stmts(body);
                    self.locals.truncate(before);
                }
                Stmt::Set(e) => {
                    let shape = self.expr(e, false);
                    self.locals.push(shape);
                }
            }
        }
        self.locals.truncate(depth);
    }
}

/// What stands under a key; none when there certainly is nothing.
fn child<'d>(shape: Shape<'d>, name: &str, interface: &'d Interface<'d>) -> Option<Shape<'d>> {
    match shape {
        Shape::Root(index) => match CONTEXT.get(index).copied() {
            // Unlike an empty map in them, empty values are closed.
            Some("values") => interface.defaults.get(name).map(Shape::Default),
            Some("improvements") => {
                interface.improvements.iter().any(|(n, _)| *n == name).then_some(Shape::Improvements)
            }
            root => {
                let (root, keys) = CONTEXT_KEYS.iter().find(|(r, _)| Some(*r) == root)?;
                child(Shape::Keys(root, keys), name, interface)
            }
        },
        Shape::Keys(_, keys) => keys.contains(&name).then_some(Shape::Unknown),
        Shape::Default(node) => match &node.data {
            // Empty or not set in the defaults: open.
            Data::Null => Some(Shape::Unknown),
            Data::Map(entries) if entries.is_empty() => Some(Shape::Unknown),
            Data::Seq(_) => Some(Shape::Unknown),
            Data::Map(_) => node.get(name).map(Shape::Default),
            _ => None,
        },
        Shape::Improvements => None,
        Shape::Unknown => Some(Shape::Unknown),
    }
}
