//! Walks a plan over one values tree and makes fields with their provenance.
//!
//! A fault does not end the walk: the field it stands in is left out and the walk goes on, so that all faults of a
//! component are told at once.

use super::{
    Program, RenderFault, Rendered,
    eval::{BYTES_PER_STEP, Binding, Fault, Machine},
    expr::{Argument, Expr, Kind},
    plan::{Entry, Item, Key, Loop, Map, Node, NodeKind, Param, Part},
    value::Value,
};
use crate::{
    field::{By, Data, Field, Frame, Guard, GuardKind, Member, Reads},
    source::Span,
    values::Values,
};
use std::{borrow::Cow, collections::HashMap};

/// How deep templates may nest, fragments included: far more than any object of Kubernetes.
const DEEPEST: usize = 200;

/// Renders all templates of a program over one values tree.
pub(super) fn render<'a>(program: &'a Program, values: &Values<'a>) -> Rendered<'a> {
    let mut walker = Walker { machine: Machine::new(program, values), faults: Vec::new(), depth: 0 };
    let mut documents = Vec::new();
    for unit in program.units.iter().filter(|u| u.params.is_none()) {
        for document in &unit.documents {
            match walker.node(document) {
                // A document that is a list makes an object of every item.
                Some(Field { data: Data::Seq(items), .. }) => documents.extend(items),
                Some(field) if field.data != Data::Null => documents.push(field),
                _ => {}
            }
            if walker.machine.spent {
                break;
            }
        }
    }
    Rendered { documents, trace: walker.machine.trace, faults: walker.faults }
}

struct Walker<'p, 'a> {
    machine: Machine<'p, 'a>,
    faults: Vec<RenderFault>,
    depth: usize,
}

/// What decided that something is made: where it stands, and how.
#[derive(Debug, Clone, Copy)]
struct Taken {
    at: Span,
    kind: GuardKind,
}

/// The members of a map so far, in order, and the places of those that were merged in: what the map writes itself wins.
#[derive(Default)]
struct Gathered<'a> {
    members: Vec<Member<'a>>,
    merged: Vec<usize>,
    /// The places of the keys, once there are many.
    index: HashMap<Cow<'a, str>, usize>,
}

/// From so many members on, keys are found by hash.
const HASH_FROM: usize = 64;

impl<'a> Gathered<'a> {
    fn find(&mut self, key: &str) -> Option<usize> {
        if self.members.len() < HASH_FROM {
            return self.members.iter().position(|m| m.key == key);
        }
        // Members are only ever added: what is not in the index yet came since.
        for (at, member) in self.members.iter().enumerate().skip(self.index.len()) {
            self.index.insert(member.key.clone(), at);
        }
        self.index.get(key).copied()
    }

    fn was_merged(&self, at: usize) -> bool {
        self.merged.contains(&at)
    }
}

impl<'a> Walker<'_, 'a> {
    fn by(&self, at: Span) -> By {
        By { at, frame: self.machine.frame, guard: self.machine.guard, reads: Reads::default() }
    }

    fn read_by(&self, at: Span, mark: u32) -> By {
        By { reads: self.machine.since(mark), ..self.by(at) }
    }

    /// Keeps a fault with what was read before it; a spent budget is told once.
    fn fault(&mut self, fault: Fault, mark: u32) {
        let told = self.machine.spent && self.faults.iter().any(|f| f.message == fault.message);
        if !told {
            let by = self.read_by(fault.at, mark);
            self.faults.push(RenderFault { at: fault.at, message: fault.message, by });
        }
    }

    /// Notes what decided that something is not there.
    fn omit(&mut self, decided: Span, mark: u32) {
        let by = self.read_by(decided, mark);
        self.machine.trace.omissions.push(by);
    }

    fn node(&mut self, node: &'a Node) -> Option<Field<'a>> {
        if self.machine.spent {
            return None;
        }
        let mark = self.machine.mark();
        if let Err(fault) = self.machine.step(node.at) {
            self.fault(fault, mark);
            return None;
        }
        if self.depth >= DEEPEST {
            let message = format!("templates and fragments that nest more than {DEEPEST} deep");
            self.fault(Fault::new(node.at, message), mark);
            return None;
        }
        self.depth += 1;
        let made = self.made(node, mark);
        self.depth -= 1;
        made
    }

    fn made(&mut self, node: &'a Node, mark: u32) -> Option<Field<'a>> {
        let data = match &node.kind {
            NodeKind::Null => Data::Null,
            NodeKind::Bool(b) => Data::Bool(*b),
            NodeKind::Int(i) => Data::Int(*i),
            NodeKind::UInt(u) => Data::UInt(*u),
            NodeKind::Float(f) => Data::Float(*f),
            NodeKind::Str(s) => Data::Str(Cow::Borrowed(s)),
            NodeKind::Expr(e) => return self.expression(e, node.at),
            NodeKind::Text(parts) => {
                let text = self.text(parts)?;
                self.machine.charge(text.len() / BYTES_PER_STEP);
                return Some(Field { data: Data::Str(text.into()), by: self.read_by(node.at, mark) });
            }
            NodeKind::Seq(items) => {
                let mut out = Vec::with_capacity(items.len());
                self.items(items, &mut out);
                Data::Seq(out)
            }
            NodeKind::Map(map) => return self.map(map, node.at),
            NodeKind::Choice(branches) => return self.choice(branches),
        };
        Some(Field { data, by: self.by(node.at) })
    }

    fn text(&mut self, parts: &'a [Part]) -> Option<String> {
        let mark = self.machine.mark();
        let mut out = String::with_capacity(64);
        let mut sound = true;
        for part in parts {
            match part {
                Part::Literal(text) => out.push_str(text),
                Part::Expr(e) => {
                    let text = self
                        .machine
                        .eval(e)
                        .and_then(|v| self.machine.text(&v).map_err(|m| Fault::new(e.at, m)));
                    match text {
                        Ok(text) => out.push_str(&text),
                        Err(fault) => {
                            self.fault(fault, mark);
                            sound = false;
                        }
                    }
                }
            }
        }
        sound.then_some(out)
    }

    /// The native value of an expression as a field; none for `omit`.
    fn expression(&mut self, e: &'a Expr, at: Span) -> Option<Field<'a>> {
        match &e.kind {
            Kind::Fragment(unit, args) => return self.fragment(*unit, args, e.at),
            Kind::Text(index) => return self.text_file(*index, at),
            _ => {}
        }
        let mark = self.machine.mark();
        match self.machine.eval(e) {
            Ok(Value::Omit) => {
                self.omit(e.at, mark);
                None
            }
            Ok(value) => {
                let by = self.read_by(at, mark);
                match self.machine.field(value, by) {
                    Ok(field) => Some(field),
                    Err(message) => {
                        self.fault(Fault::new(e.at, message), mark);
                        None
                    }
                }
            }
            Err(fault) => {
                self.fault(fault, mark);
                None
            }
        }
    }

    fn text_file(&mut self, index: usize, at: Span) -> Option<Field<'a>> {
        let mark = self.machine.mark();
        let (params, locals) =
            (std::mem::take(&mut self.machine.params), std::mem::take(&mut self.machine.locals));
        let mut out = String::new();
        let done = match self.machine.program.texts.get(index) {
            Some(file) => super::text::write(&mut self.machine, &file.body, &mut out),
            None => Err(Fault::new(at, "no such text file")),
        };
        (self.machine.params, self.machine.locals) = (params, locals);
        match done {
            Ok(()) => Some(Field { data: Data::Str(out.into()), by: self.read_by(at, mark) }),
            Err(fault) => {
                self.fault(fault, mark);
                None
            }
        }
    }

    fn fragment(&mut self, unit: usize, args: &'a [Argument], at: Span) -> Option<Field<'a>> {
        let mark = self.machine.mark();
        let unit = self.machine.program.units.get(unit)?;
        let mut params = Vec::with_capacity(args.len());
        for Param { name, .. } in unit.params.as_deref().unwrap_or(&[]) {
            let Some(arg) = args.iter().find(|a| a.name == *name) else {
                self.fault(Fault::new(at, format!("the fragment needs the argument `{name}`")), mark);
                return None;
            };
            let start = self.machine.mark();
            match self.machine.eval(&arg.value) {
                Ok(value) => params.push(Binding { value, reads: self.machine.since(start) }),
                Err(fault) => {
                    self.fault(fault, start);
                    return None;
                }
            }
        }
        let outer = (
            std::mem::replace(&mut self.machine.params, params),
            std::mem::take(&mut self.machine.locals),
            self.machine.frame,
        );
        self.machine.trace.frames.push(Frame { parent: outer.2, at, change: None });
        self.machine.frame = u32::try_from(self.machine.trace.frames.len() - 1).unwrap_or(0);
        let made = unit.documents.first().and_then(|d| self.node(d));
        (self.machine.params, self.machine.locals, self.machine.frame) = outer;
        made
    }

    fn guarded<T>(&mut self, taken: Taken, mark: u32, inner: impl FnOnce(&mut Self) -> T) -> T {
        let reads = self.machine.since(mark);
        self.under(taken, reads, inner)
    }

    /// What `inner` makes stands under a condition that read `reads`.
    fn under<T>(&mut self, taken: Taken, reads: Reads, inner: impl FnOnce(&mut Self) -> T) -> T {
        let (outer, frame) = (self.machine.guard, self.machine.frame);
        let Taken { at, kind } = taken;
        self.machine.trace.guards.push(Guard { parent: outer, at, kind, frame, reads });
        self.machine.guard = u32::try_from(self.machine.trace.guards.len() - 1).unwrap_or(0);
        let out = inner(self);
        self.machine.guard = outer;
        out
    }

    /// The first branch that holds, with its condition; that of an `else` is the last one, which does not hold.
    fn branch<B>(&mut self, branches: &'a [(Option<Expr>, B)]) -> Option<(Taken, &'a B)> {
        let mut at = Span::default();
        for (condition, body) in branches {
            let Some(e) = condition else { return Some((Taken { at, kind: GuardKind::Fails }, body)) };
            at = e.at;
            let mark = self.machine.mark();
            match self.machine.truth_of(e) {
                Ok(true) => return Some((Taken { at, kind: GuardKind::Holds }, body)),
                // Also where another branch is taken: this one is not there.
                Ok(false) => self.omit(at, mark),
                Err(fault) => {
                    self.fault(fault, mark);
                    return None;
                }
            }
        }
        None
    }

    fn choice(&mut self, branches: &'a [(Option<Expr>, Node)]) -> Option<Field<'a>> {
        let mark = self.machine.mark();
        let (taken, node) = self.branch(branches)?;
        self.guarded(taken, mark, |w| w.node(node))
    }

    fn map(&mut self, map: &'a Map, at: Span) -> Option<Field<'a>> {
        let Some(when) = &map.when else { return self.members(map, at) };
        let mark = self.machine.mark();
        match self.machine.truth_of(when) {
            Ok(true) => {
                self.guarded(Taken { at: when.at, kind: GuardKind::Holds }, mark, |w| w.members(map, at))
            }
            Ok(false) => {
                self.omit(when.at, mark);
                None
            }
            Err(fault) => {
                self.fault(fault, mark);
                None
            }
        }
    }

    fn members(&mut self, map: &'a Map, at: Span) -> Option<Field<'a>> {
        let by = self.by(at);
        let mut gathered = Gathered {
            members: Vec::with_capacity(map.entries.len()),
            merged: Vec::new(),
            index: HashMap::new(),
        };
        self.entries(&map.entries, map.mixed, &mut gathered);
        if map.soft {
            if gathered.members.is_empty() {
                return None;
            }
            return Some(self.soft(gathered.members, by));
        }
        Some(Field { data: Data::Map(gathered.members), by })
    }

    /// A map that is there only because a condition in it holds names what its members' conditions read.
    fn soft(&mut self, members: Vec<Member<'a>>, by: By) -> Field<'a> {
        let mark = self.machine.mark();
        for member in &members {
            let trace = &self.machine.trace;
            let inside: Vec<Reads> = std::iter::successors(Some(member.value.by.guard), |g| {
                trace.guards.get(*g as usize).map(|g| g.parent)
            })
            .take_while(|g| *g != by.guard && *g != 0)
            .filter_map(|g| trace.guards.get(g as usize).map(|g| g.reads))
            .collect();
            inside.into_iter().for_each(|reads| self.machine.again(reads));
        }
        Field { data: Data::Map(members), by: self.read_by(by.at, mark) }
    }

    fn entries(&mut self, entries: &'a [Entry], mixed: bool, out: &mut Gathered<'a>) {
        for entry in entries {
            match entry {
                Entry::Pair { at, key, value } => self.pair(*at, key, value, mixed, out),
                Entry::If(branches) => {
                    let mark = self.machine.mark();
                    if let Some((taken, body)) = self.branch(branches) {
                        self.guarded(taken, mark, |w| w.entries(body, mixed, out));
                    }
                }
                Entry::For(looped, body) => self.each(looped, |w| w.entries(body, mixed, out)),
                Entry::With(value, body) => self.with(value, |w| w.entries(body, mixed, out)),
                Entry::Merge(e) => match self.expression(e, e.at) {
                    Some(Field { data: Data::Map(members), .. }) => self.merge(members, e.at, out),
                    Some(Field { data: Data::Null, .. }) | None => {}
                    Some(_) => self
                        .fault(Fault::new(e.at, "only a map can be merged into a map"), self.machine.mark()),
                },
            }
        }
    }

    fn merge(&mut self, members: Vec<Member<'a>>, at: Span, out: &mut Gathered<'a>) {
        for member in members {
            match out.find(&member.key) {
                None => {
                    out.merged.push(out.members.len());
                    out.members.push(member);
                }
                Some(have) if out.was_merged(have) => {
                    let message = format!("two merges bring the key `{}`", member.key);
                    self.fault(Fault::new(at, message), self.machine.mark());
                }
                Some(_) => {}
            }
        }
    }

    fn pair(&mut self, at: Span, key: &'a Key, value: &'a Node, mixed: bool, out: &mut Gathered<'a>) {
        let mark = self.machine.mark();
        let (key, by) = match key {
            Key::Literal(key) => (Cow::Borrowed(&**key), self.by(at)),
            Key::Text(parts) => match self.text(parts) {
                Some(text) => (Cow::Owned(text), self.read_by(at, mark)),
                None => return,
            },
        };
        // A computed key decides where the value is: what it read is a condition of all below it.
        let value = if by.reads.len == 0 {
            self.node(value)
        } else {
            self.under(Taken { at, kind: GuardKind::Key }, by.reads, |w| w.node(value))
        };
        let Some(value) = value else { return };
        if value.data == Data::Null {
            // Kubernetes takes null for absent: so do we, and nothing is written.
            self.machine.trace.omissions.push(value.by);
            return;
        }
        match if mixed { out.find(&key) } else { None } {
            None => out.members.push(Member { key, by, value }),
            Some(have) if out.was_merged(have) => {
                out.members[have] = Member { key, by, value };
                out.merged.retain(|&at| at != have);
            }
            Some(_) => self.fault(Fault::new(at, format!("the key `{key}` comes twice")), mark),
        }
    }

    /// Runs a body once for every turn of a loop.
    fn each(&mut self, looped: &'a Loop, mut body: impl FnMut(&mut Self)) {
        let mark = self.machine.mark();
        let (turns, reads) = match super::output::turns(&mut self.machine, looped) {
            Ok(turns) => turns,
            Err(fault) => return self.fault(fault, mark),
        };
        if turns.is_empty() {
            return self.omit(looped.over.at, mark);
        }
        let depth = self.machine.locals.len();
        self.under(Taken { at: looped.over.at, kind: GuardKind::Turns }, reads, |w| {
            for turn in turns {
                if w.machine.spent {
                    break;
                }
                w.machine.locals.extend(turn);
                body(w);
                w.machine.locals.truncate(depth);
            }
        });
    }

    fn with(&mut self, value: &'a Expr, body: impl FnOnce(&mut Self)) {
        let mark = self.machine.mark();
        match self.machine.eval(value) {
            Ok(v) => {
                let reads = self.machine.since(mark);
                self.machine.locals.push(Binding { value: v, reads });
                body(self);
                self.machine.locals.pop();
            }
            Err(fault) => self.fault(fault, mark),
        }
    }

    fn items(&mut self, items: &'a [Item], out: &mut Vec<Field<'a>>) {
        for item in items {
            match item {
                Item::One(node) => match self.node(node) {
                    // As in maps: null is not there.
                    Some(Field { data: Data::Null, by }) => {
                        self.machine.trace.omissions.push(by);
                    }
                    made => out.extend(made),
                },
                Item::If(branches) => {
                    let mark = self.machine.mark();
                    if let Some((taken, body)) = self.branch(branches) {
                        self.guarded(taken, mark, |w| w.items(body, out));
                    }
                }
                Item::For(looped, body) => self.each(looped, |w| w.items(body, out)),
                Item::With(value, body) => self.with(value, |w| w.items(body, out)),
                Item::Merge(e) => match self.expression(e, e.at) {
                    Some(Field { data: Data::Seq(items), .. }) => out.extend(items),
                    Some(Field { data: Data::Null, .. }) | None => {}
                    Some(_) => self.fault(
                        Fault::new(e.at, "only a list can be merged into a list"),
                        self.machine.mark(),
                    ),
                },
            }
        }
    }
}
