//! A template's YAML tree to its plan. All faults of a file are found, each at its own place.

use super::{
    CODE,
    directive::{Directive, Piece, directive, pieces},
    expr::Expr,
    parse::{Names, expression},
    place::Place,
    plan::{Entry, Item, Key, Loop, Map, Node, NodeKind, Part},
};
use crate::{
    diag::Finding,
    source::Span,
    yaml::{self, Data, Style},
};

/// Compiles the documents of one file. Its names and findings stay in `names`.
pub(super) fn documents(names: &mut Names<'_>, text: &str, documents: &[yaml::Node]) -> Vec<Node> {
    let mut compiler = Compiler { names, text };
    documents.iter().filter_map(|d| compiler.node(d)).collect()
}

struct Compiler<'n, 'c, 't> {
    names: &'n mut Names<'c>,
    text: &'t str,
}

/// What a map of directives stands for; its children decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Map,
    Seq,
    Scalar,
}

impl<'t> Compiler<'_, '_, 't> {
    fn fault<T>(&mut self, at: Span, message: impl Into<String>) -> Option<T> {
        self.names.fault(at, message)
    }

    fn node(&mut self, node: &'t yaml::Node) -> Option<Node> {
        let kind = match &node.data {
            Data::Null => NodeKind::Null,
            Data::Bool(b) => NodeKind::Bool(*b),
            Data::Int(i) => NodeKind::Int(*i),
            Data::UInt(u) => NodeKind::UInt(*u),
            Data::Float(f) => NodeKind::Float(*f),
            Data::Str(s) if !s.contains("${{") => NodeKind::Str(s.clone()),
            Data::Str(s) => {
                if directive(s).is_some_and(|d| d.word == "merge") {
                    return self.fault(
                        node.span,
                        "`merge` spreads into a list or a map: write it as an item or a key",
                    );
                }
                let mut parts = self.parts(s, node.span, node.style, true)?;
                match parts.pop() {
                    Some(Part::Expr(e)) if parts.is_empty() => NodeKind::Expr(e),
                    Some(last) => {
                        parts.push(last);
                        NodeKind::Text(parts)
                    }
                    None => NodeKind::Str("".into()),
                }
            }
            Data::Seq(_) => NodeKind::Seq(self.items(node)?),
            Data::Map(entries) => match self.shape(node) {
                Shape::Map => NodeKind::Map(self.map(node, entries)?),
                Shape::Seq => NodeKind::Seq(self.items(node)?),
                Shape::Scalar => self.choice(entries)?,
            },
        };
        Some(Node { at: node.span, kind })
    }

    fn parts(&mut self, cooked: &'t str, span: Span, style: Style, value: bool) -> Option<Vec<Part>> {
        let place = Place::new(self.text, span, style, cooked);
        let found = match pieces(cooked) {
            Ok(found) => found,
            Err(at) => {
                let why = "`${{` without `}}`; a ` #` or `: ` inside needs quotes around the whole scalar";
                return self.fault(place.at(at, at + 3), why);
            }
        };
        let mut out = Vec::with_capacity(found.len());
        let mut sound = true;
        let whole = value && found.len() == 1;
        for piece in found {
            match piece {
                Piece::Text(text) => out.push(Part::Literal(text.into())),
                Piece::Expr(source, base) => match expression(self.names, source, &place, base, whole) {
                    Some(e) => out.push(Part::Expr(e)),
                    None => sound = false,
                },
            }
        }
        sound.then_some(out)
    }

    /// The expression that follows a directive's word.
    fn rest(&mut self, key: &'t yaml::Key, word: &str, from: usize, to: usize) -> Option<Expr> {
        let place = Place::new(self.text, key.span, key.style, &key.text);
        expression(self.names, &key.text[from..to], &place, from, word == "merge")
    }

    fn condition(&mut self, key: &'t yaml::Key, d: Directive<'_>) -> Option<Expr> {
        if d.rest.is_empty() {
            return self.fault(key.span, format!("`{}` needs an expression", d.word));
        }
        self.rest(key, d.word, d.at, d.at + d.rest.len())
    }

    fn map(&mut self, node: &'t yaml::Node, entries: &'t [yaml::Entry]) -> Option<Map> {
        let mut when = None;
        let mut rest = entries;
        if let Some((first, tail)) = entries.split_first()
            && let Some(d) = directive(&first.key.text)
            && d.word == "when"
        {
            let sound = self.childless(first, d);
            when = Some(self.condition(&first.key, d).filter(|_| sound.is_some()));
            rest = tail;
        }
        let only = when.is_none() && only_directives(node);
        // What the map holds is compiled even if its condition is at fault: every fault is told.
        let entries = self.entries(rest)?;
        let when = match when {
            Some(condition) => Some(condition?),
            None => None,
        };
        let soft = only && entries.iter().all(|e| matches!(e, Entry::If(_)));
        let plain = |e: &Entry| matches!(e, Entry::Pair { key: Key::Literal(_), .. });
        let mixed = !entries.iter().all(plain);
        Some(Map { when, entries, soft, mixed })
    }

    fn childless(&mut self, entry: &yaml::Entry, d: Directive<'_>) -> Option<()> {
        if matches!(entry.value.data, Data::Null) {
            return Some(());
        }
        self.fault(entry.value.span, format!("`{}` takes no child: it ends with `}}}}:`", d.word))
    }

    fn entries(&mut self, entries: &'t [yaml::Entry]) -> Option<Vec<Entry>> {
        let mut out: Vec<Entry> = Vec::with_capacity(entries.len());
        let mut open = false;
        let mut sound = true;
        for entry in entries {
            let Some(d) = directive(&entry.key.text) else {
                open = false;
                match self.pair(entry) {
                    Some(pair) => out.push(pair),
                    None => sound = false,
                }
                continue;
            };
            let chained = match d.word {
                "elif" | "else" => self.chained(entry, d, &mut open, Self::body).map(|(e, body)| {
                    if let Some(Entry::If(branches)) = out.last_mut() {
                        branches.push((e, body));
                    }
                }),
                _ => {
                    // After an `if` at fault its `else` is none.
                    open = d.word == "if";
                    self.entry(entry, d).map(|e| out.push(e))
                }
            };
            sound &= chained.is_some();
        }
        sound.then_some(out)
    }

    fn pair(&mut self, entry: &'t yaml::Entry) -> Option<Entry> {
        let key = if entry.key.text.contains("${{") {
            self.parts(&entry.key.text, entry.key.span, entry.key.style, false).map(Key::Text)
        } else {
            Some(Key::Literal(entry.key.text.clone()))
        };
        let value = self.node(&entry.value);
        Some(Entry::Pair { at: entry.key.span, key: key?, value: value? })
    }

    /// An `elif` or `else` and its body; `open` tells whether an `if` came before, and whether another may follow.
    fn chained<B>(
        &mut self,
        entry: &'t yaml::Entry,
        d: Directive<'_>,
        open: &mut bool,
        body: impl FnOnce(&mut Self, &'t yaml::Entry) -> Option<B>,
    ) -> Option<(Option<Expr>, B)> {
        let after = std::mem::replace(open, d.word == "elif");
        let condition = match d.word {
            _ if !after => {
                self.fault(entry.key.span, format!("`{}` without an `if` right before it", d.word))
            }
            "elif" => self.condition(&entry.key, d).map(Some),
            _ if d.rest.is_empty() => Some(None),
            _ => self.fault(entry.key.span, "`else` takes no condition: write `elif`"),
        };
        let body = body(self, entry);
        Some((condition?, body?))
    }

    fn entry(&mut self, entry: &'t yaml::Entry, d: Directive<'_>) -> Option<Entry> {
        match d.word {
            "if" => {
                let condition = self.condition(&entry.key, d);
                let body = self.body(entry);
                Some(Entry::If(vec![(Some(condition?), body?)]))
            }
            "for" => {
                let (over, names) = self.looped(&entry.key, d)?;
                let body = self.scoped(names, |c| c.body(entry));
                Some(Entry::For(over?, body?))
            }
            "with" => {
                let (value, name) = self.bound(&entry.key, d)?;
                let body = self.scoped(vec![name], |c| c.body(entry));
                Some(Entry::With(value?, body?))
            }
            "merge" => {
                let sound = self.childless(entry, d);
                let what = self.condition(&entry.key, d)?;
                sound.map(|()| Entry::Merge(what))
            }
            _ => self.fault(entry.key.span, "`when` guards the map it stands in: it must be the first key"),
        }
    }

    /// The map that is spliced into its parent.
    fn body(&mut self, entry: &'t yaml::Entry) -> Option<Vec<Entry>> {
        match &entry.value.data {
            Data::Map(entries) => self.entries(entries),
            Data::Null => self.nothing(entry),
            other => {
                let fault = format!("the child of `{}` in a map must be a map", entry.key.text);
                let mut finding = Finding::error(CODE, entry.value.span, fault);
                if matches!(other, Data::Str(text) if text.starts_with("${{")) {
                    finding = finding.help("spread a computed map with `${{ merge ... }}:` in the map below");
                }
                self.names.findings.push(finding);
                None
            }
        }
    }

    fn scoped<T>(&mut self, names: Vec<Box<str>>, inner: impl FnOnce(&mut Self) -> T) -> T {
        let depth = self.names.locals.len();
        self.names.locals.extend(names);
        let out = inner(self);
        self.names.locals.truncate(depth);
        out
    }

    /// A directive whose child is missing.
    fn nothing<T>(&mut self, entry: &yaml::Entry) -> Option<T> {
        let message = format!("`{}` has no child; is its indentation right?", entry.key.text);
        self.fault(entry.key.span, message)
    }

    /// `x in e` or `k, v in e`. The names are known even where the expression is at fault.
    fn looped(&mut self, key: &'t yaml::Key, d: Directive<'_>) -> Option<(Option<Loop>, Vec<Box<str>>)> {
        let parts = d.rest.find(" in ").map(|at| (at, &d.rest[..at]));
        let names = parts.map(|(_, names)| names.split(',').map(str::trim).collect::<Vec<_>>());
        let (Some((at, _)), Some(names)) =
            (parts, names.filter(|n| n.len() <= 2 && n.iter().all(|n| is_name(n))))
        else {
            return self.fault(key.span, "a loop is written `for item in list` or `for key, value in map`");
        };
        let over = self.rest(key, d.word, d.at + at + 4, d.at + d.rest.len());
        let fresh = self.fresh(key.span, &names);
        let over = over.filter(|_| fresh.is_some()).map(|over| Loop { pairs: names.len() == 2, over });
        Some((over, names.into_iter().map(Into::into).collect()))
    }

    /// `name = e`.
    fn bound(&mut self, key: &'t yaml::Key, d: Directive<'_>) -> Option<(Option<Expr>, Box<str>)> {
        let Some((name, _)) =
            d.rest.split_once('=').filter(|(n, v)| is_name(n.trim()) && !v.starts_with('='))
        else {
            return self.fault(key.span, "a name is given as `with name = expression`");
        };
        let value = self.rest(key, d.word, d.at + name.len() + 1, d.at + d.rest.len());
        let fresh = self.fresh(key.span, &[name.trim()]);
        Some((value.filter(|_| fresh.is_some()), name.trim().into()))
    }

    /// A local must not hide a root of the context.
    fn fresh(&mut self, at: Span, names: &[&str]) -> Option<()> {
        match names.iter().find(|n| super::CONTEXT.contains(n) || **n == "omit") {
            Some(name) => self.fault(at, format!("`{name}` is taken: choose another name")),
            None => Some(()),
        }
    }

    fn items(&mut self, node: &'t yaml::Node) -> Option<Vec<Item>> {
        let Data::Seq(items) = &node.data else { return self.item(node) };
        // All items are compiled before the first fault ends the list: every fault is told.
        let lists: Vec<_> = items.iter().map(|i| self.item(i)).collect();
        lists.into_iter().collect::<Option<Vec<_>>>().map(|l| l.into_iter().flatten().collect())
    }

    fn item(&mut self, node: &'t yaml::Node) -> Option<Vec<Item>> {
        match &node.data {
            Data::Map(entries) if only_directives(node) => self.spliced(entries),
            Data::Str(text) => match directive(text).filter(|d| d.word == "merge") {
                Some(d) => {
                    let place = Place::new(self.text, node.span, node.style, text);
                    let e = expression(self.names, &text[d.at..d.at + d.rest.len()], &place, d.at, true)?;
                    Some(vec![Item::Merge(e)])
                }
                None => Some(vec![Item::One(self.node(node)?)]),
            },
            _ => Some(vec![Item::One(self.node(node)?)]),
        }
    }

    /// A list item that is a map of directives: its children are items of the list.
    fn spliced(&mut self, entries: &'t [yaml::Entry]) -> Option<Vec<Item>> {
        let mut out: Vec<Item> = Vec::new();
        let (mut open, mut sound) = (false, true);
        for entry in entries {
            let Some(d) = directive(&entry.key.text) else { continue };
            let made = match d.word {
                "elif" | "else" => self.chained(entry, d, &mut open, Self::turn).map(|branch| {
                    if let Some(Item::If(branches)) = out.last_mut() {
                        branches.push(branch);
                    }
                }),
                word => {
                    open = word == "if";
                    self.splice(entry, d).map(|item| out.push(item))
                }
            };
            sound &= made.is_some();
        }
        sound.then_some(out)
    }

    fn splice(&mut self, entry: &'t yaml::Entry, d: Directive<'_>) -> Option<Item> {
        match d.word {
            "if" => {
                let condition = self.condition(&entry.key, d);
                let body = self.turn(entry);
                Some(Item::If(vec![(Some(condition?), body?)]))
            }
            "for" => {
                let (over, names) = self.looped(&entry.key, d)?;
                let body = self.scoped(names, |c| c.turn(entry));
                Some(Item::For(over?, body?))
            }
            _ => {
                let (value, name) = self.bound(&entry.key, d)?;
                let body = self.scoped(vec![name], |c| c.turn(entry));
                Some(Item::With(value?, body?))
            }
        }
    }

    /// The items that one directive brings.
    fn turn(&mut self, entry: &'t yaml::Entry) -> Option<Vec<Item>> {
        match entry.value.data {
            Data::Null => self.nothing(entry),
            _ => self.items(&entry.value),
        }
    }

    fn choice(&mut self, entries: &'t [yaml::Entry]) -> Option<NodeKind> {
        let mut branches = Vec::new();
        let (mut open, mut sound) = (false, true);
        for (n, entry) in entries.iter().enumerate() {
            let Some(d) = directive(&entry.key.text) else { continue };
            let branch = match d.word {
                "elif" | "else" => self.chained(entry, d, &mut open, Self::chosen),
                "if" if n == 0 => {
                    open = true;
                    let condition = self.condition(&entry.key, d);
                    let node = self.chosen(entry);
                    condition.zip(node).map(|(condition, node)| (Some(condition), node))
                }
                "if" => self.fault(entry.key.span, "one `if` chain chooses one value"),
                word => self.fault(entry.key.span, format!("`{word}` does not choose one value")),
            };
            sound &= branch.is_some();
            branches.extend(branch);
        }
        sound.then_some(NodeKind::Choice(branches))
    }

    fn chosen(&mut self, entry: &'t yaml::Entry) -> Option<Node> {
        match entry.value.data {
            Data::Null => self.nothing(entry),
            _ => self.node(&entry.value),
        }
    }

    fn shape(&self, node: &yaml::Node) -> Shape {
        match &node.data {
            Data::Seq(_) => Shape::Seq,
            Data::Map(entries) if only_directives(node) => {
                let shapes: Vec<Shape> = entries.iter().map(|e| self.shape(&e.value)).collect();
                match shapes.first() {
                    Some(first) if shapes.iter().all(|s| s == first) => *first,
                    _ => Shape::Scalar,
                }
            }
            Data::Map(_) => Shape::Map,
            _ => Shape::Scalar,
        }
    }
}

/// Whether a map holds nothing but directives with children.
fn only_directives(node: &yaml::Node) -> bool {
    let entries = node.entries();
    let with_child =
        |e: &yaml::Entry| directive(&e.key.text).is_some_and(|d| d.word != "when" && d.word != "merge");
    !entries.is_empty() && entries.iter().all(with_child)
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
