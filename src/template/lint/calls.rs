//! Calls of fragments, followed with the shapes of their arguments; and what no template uses.

use super::{
    super::{
        CODE, CONTEXT,
        expr::{Expr, Kind},
        plan::Param,
    },
    Linter, Shape,
};
use crate::{
    diag::{Finding, nearest},
    source::Span,
    yaml,
};

/// Fragment calls that are followed: some hundred times what the largest package needs.
pub(super) const CALLS: u32 = 100_000;
/// Fragments that may call each other in a row.
const CHAIN: usize = 16;

impl<'d, 'p> Linter<'d, 'p> {
    pub(super) fn fragment(&mut self, index: usize, e: &'p Expr) {
        self.called.insert(index);
        let Kind::Fragment(_, args) = &e.kind else { return };
        let Some(unit) = self.program.units.get(index) else { return };
        let wanted = unit.params.as_deref().unwrap_or(&[]);
        for arg in args.iter().filter(|a| !wanted.iter().any(|w| w.name == a.name)) {
            let near =
                nearest(&arg.name, wanted.iter().map(|w| &*w.name)).map(|n| format!("did you mean `{n}`?"));
            self.fault(arg.at, format!("the fragment has no parameter `{}`", arg.name), near);
            self.expr(&arg.value, true);
        }
        let mut shapes = Vec::with_capacity(wanted.len());
        for (n, param) in wanted.iter().enumerate() {
            match args.iter().find(|a| a.name == param.name) {
                Some(arg) => {
                    self.given.insert((index, n));
                    shapes.push(self.expr(&arg.value, false));
                }
                None => {
                    self.missing.push((index, n, e.at));
                    shapes.push(Shape::Unknown);
                }
            }
        }
        if self.calls.contains(&index) {
            self.cut = true;
            return self.fault(e.at, "a fragment cannot call itself, nor what calls it".into(), None);
        }
        if self.calls.len() >= CHAIN {
            self.cut = true;
            return self.fault(
                e.at,
                format!("more than {CHAIN} fragments that call each other in a row"),
                None,
            );
        }
        if self.left == 0 {
            if !std::mem::replace(&mut self.cut, true) {
                self.fault(e.at, format!("the templates call fragments more than {CALLS} times"), None);
            }
            return;
        }
        self.left -= 1;
        let outer = (std::mem::replace(&mut self.params, shapes), std::mem::take(&mut self.locals));
        self.calls.push(index);
        self.within.push(e.at);
        unit.documents.iter().for_each(|d| self.node(d));
        self.within.pop();
        self.calls.pop();
        (self.params, self.locals) = outer;
    }

    /// Parameters without an argument. One that no call gives is most likely a misspelt name in the fragment.
    pub(super) fn unfilled(&mut self) {
        for (unit, n, call) in std::mem::take(&mut self.missing) {
            let params = self.program.units.get(unit).and_then(|u| u.params.as_deref()).unwrap_or(&[]);
            let Some(param) = params.get(n) else { continue };
            let name = &*param.name;
            let finding = if self.given.contains(&(unit, n)) {
                Finding::error(CODE, call, format!("the fragment needs the argument `{name}`"))
                    .related(param.at, "it is first used here")
            } else {
                let given = |(at, _): &(usize, &Param)| self.given.contains(&(unit, *at));
                let known = params.iter().enumerate().filter(given).map(|(_, p)| &*p.name);
                let near = nearest(name, CONTEXT.into_iter().chain(known));
                let mut finding =
                    Finding::error(CODE, param.at, format!("no call of this fragment gives it `{name}`"))
                        .related(call, "it is called here");
                finding.help = near.map(|n| format!("did you mean `{n}`?"));
                finding
            };
            self.findings.push(finding);
        }
    }

    /// Finds the fragments, text files and improvements that no template uses.
    pub(super) fn uncalled(&mut self) {
        let (program, interface) = (self.program, self.interface);
        for (index, unit) in program.units.iter().enumerate() {
            if unit.params.is_some() && !self.called.contains(&index) {
                self.fault(Span::whole(program.files[index]), "no template calls this fragment".into(), None);
            }
        }
        for (index, file) in program.text_files.iter().enumerate() {
            if !self.texts.contains(&index) {
                let help = "templates and fragments are `templates/*.yaml`; other files are read by `text(\"path\")`";
                self.fault(Span::whole(*file), "no template reads this file".into(), Some(help.into()));
            }
        }
        for (name, at) in &interface.improvements {
            if !self.improvements.contains(*name) {
                self.fault(*at, format!("no template reads the improvement `{name}`"), None);
            }
        }
    }

    /// Finds the leaves of the defaults that no expression reads.
    pub(super) fn unused(&mut self, node: &'d yaml::Node, above: &str) {
        for entry in node.entries() {
            if self.used.contains(&(entry.value.span, true)) {
                continue;
            }
            let route = match above {
                "" => entry.key.text.to_string(),
                above => format!("{above}.{}", entry.key.text),
            };
            if entry.value.entries().is_empty() {
                if !self.used.contains(&(entry.value.span, false)) {
                    let message = format!("no template reads the value `{route}`");
                    self.fault(entry.key.span, message, None);
                }
            } else {
                self.unused(&entry.value, &route);
            }
        }
    }
}
