//! Jinja text to [`Expr`]: the parser is minijinja's, names and filters are resolved here.
//!
//! Every fault becomes a finding at its own place in the template; nothing is left to fail at run time that can
//! be known now.

use super::{
    CODE, CONTEXT,
    expr::{Argument, Comparison, Expr, Kind, Operator, Root, Step},
    filters,
    place::Place,
    plan::Param,
};
use crate::{
    diag::{Finding, nearest},
    source::Span,
};
use minijinja::machinery::ast;
use std::collections::BTreeMap;

/// The longest expression. Its tree is walked by recursion, the parser's own included.
pub(super) const LONGEST: usize = 16 << 10;
/// How deep an expression may nest; every operator of a chain is one deeper.
const DEEPEST: usize = 200;
/// The words that a misspelt directive may have meant.
const DIRECTIVES: [&str; 7] = super::directive::WORDS;

/// What the names of an expression can mean.
#[derive(Debug)]
pub(super) struct Names<'c> {
    /// Loop variables and `with` names, outermost first.
    pub locals: Vec<Box<str>>,
    /// The fragment's parameters so far; none in a template, where a free name is a fault.
    pub params: Option<Vec<Param>>,
    /// Fragments by name, to the index of their unit.
    pub fragments: &'c BTreeMap<String, usize>,
    /// Text files by path, to their index.
    pub texts: &'c BTreeMap<String, usize>,
    /// What was found.
    pub findings: Vec<Finding>,
}

impl Names<'_> {
    /// Adds a finding and gives nothing.
    pub(super) fn fault<T>(&mut self, at: Span, message: impl Into<String>) -> Option<T> {
        self.findings.push(Finding::error(CODE, at, message));
        None
    }

    fn fault_near<'n, T>(
        &mut self,
        at: Span,
        message: String,
        name: &str,
        have: impl IntoIterator<Item = &'n str>,
    ) -> Option<T> {
        let near = nearest(name, have).map(|n| format!("did you mean `{n}`?"));
        let mut finding = Finding::error(CODE, at, message);
        finding.help = near;
        self.findings.push(finding);
        None
    }

    fn root(&mut self, name: &str, at: Span) -> Option<Root> {
        if let Some(slot) = self.locals.iter().rposition(|l| &**l == name) {
            return Some(Root::Local(slot));
        }
        if let Some(index) = CONTEXT.iter().position(|c| *c == name) {
            return Some(Root::Context(index));
        }
        let locals: Vec<Box<str>> = self.locals.clone();
        let Some(params) = &mut self.params else {
            let have = CONTEXT.iter().copied().chain(locals.iter().map(|l| &**l));
            return self.fault_near(at, format!("unknown name `{name}`"), name, have);
        };
        let slot = params.iter().position(|p| &*p.name == name).unwrap_or_else(|| {
            params.push(Param { name: name.into(), at });
            params.len() - 1
        });
        Some(Root::Param(slot))
    }
}

/// Compiles the expression `source`, which starts at `base` of the scalar at `place`. Where it is a whole `value`, it may
/// be a fragment or a text file.
pub(super) fn expression(
    names: &mut Names<'_>,
    source: &str,
    place: &Place<'_>,
    base: usize,
    value: bool,
) -> Option<Expr> {
    let whole = place.at(base, base + source.len());
    if source.trim().is_empty() {
        return names.fault(whole, "an empty expression");
    }
    if source.len() > LONGEST {
        return names.fault(whole, format!("an expression of more than {LONGEST} bytes"));
    }
    match minijinja::machinery::parse_expr(source) {
        Ok(tree) => Parser { names, place, base, whole: value, depth: 0 }.expr(&tree, true),
        Err(error) => {
            let at =
                error.range().map_or(whole, |r| place.at(base + r.start, base + r.end.min(source.len())));
            let what = error.detail().unwrap_or("it cannot be read").to_owned();
            let first = source.split_whitespace().next().unwrap_or("");
            let near =
                nearest(first, DIRECTIVES).or((first == "elseif" || first == "elsif").then_some("elif"));
            let mut finding =
                Finding::error(CODE, at, format!("a fault in the expression `{}`: {what}", source.trim()));
            finding.help = near.map(|n| format!("did you mean `{n}`?"));
            names.findings.push(finding);
            None
        }
    }
}

/// Compiles an expression that minijinja parsed within a larger text whose offsets are those of `place`.
pub(super) fn converted(names: &mut Names<'_>, tree: &ast::Expr<'_>, place: &Place<'_>) -> Option<Expr> {
    Parser { names, place, base: 0, whole: false, depth: 0 }.expr(tree, false)
}

struct Parser<'p, 'c, 't> {
    names: &'p mut Names<'c>,
    place: &'p Place<'t>,
    base: usize,
    /// Whether the expression can be a whole value, where fragments and text files may stand.
    whole: bool,
    depth: usize,
}

impl Parser<'_, '_, '_> {
    fn span(&self, tree: &ast::Expr<'_>) -> Span {
        let span = tree.span();
        self.place.at(self.base + span.start_offset as usize, self.base + span.end_offset as usize)
    }

    fn boxed(&mut self, tree: &ast::Expr<'_>) -> Option<Box<Expr>> {
        self.expr(tree, false).map(Box::new)
    }

    /// `top` allows what must be a whole expression: fragments and text files.
    fn expr(&mut self, tree: &ast::Expr<'_>, top: bool) -> Option<Expr> {
        if self.depth >= DEEPEST {
            return self
                .names
                .fault(self.span(tree), format!("an expression that nests more than {DEEPEST} deep"));
        }
        self.depth += 1;
        let made = self.made(tree, top);
        self.depth -= 1;
        made
    }

    fn made(&mut self, tree: &ast::Expr<'_>, top: bool) -> Option<Expr> {
        let at = self.span(tree);
        let kind = match tree {
            ast::Expr::Const(c) => {
                constant(&c.value).or_else(|| self.names.fault(at, "a constant with no place here"))?
            }
            ast::Expr::Var(v) if v.id == "omit" => Kind::Omit,
            ast::Expr::Var(_) | ast::Expr::GetAttr(_) | ast::Expr::GetItem(_) => return self.route(tree),
            ast::Expr::UnaryOp(u) => {
                let inner = self.boxed(&u.expr)?;
                match u.op {
                    ast::UnaryOpKind::Not => Kind::Not(inner),
                    ast::UnaryOpKind::Neg => Kind::Neg(inner),
                }
            }
            ast::Expr::BinOp(b) => self.binary(b, at)?,
            ast::Expr::Compare(c) => {
                let first = self.boxed(&c.expr);
                let pairs: Vec<_> =
                    c.ops.iter().map(|op| Some((comparison(op.op), self.expr(&op.expr, false)?))).collect();
                Kind::Compare(first?, pairs.into_iter().collect::<Option<_>>()?)
            }
            ast::Expr::IfExpr(i) => {
                let Some(no) = &i.false_expr else {
                    return self.names.fault(at, "`a if b` needs its `else`: write `a if b else omit`");
                };
                let parts =
                    [self.expr(&i.true_expr, false), self.expr(&i.test_expr, false), self.expr(no, false)];
                let [Some(yes), Some(test), Some(no)] = parts else { return None };
                Kind::If(Box::new([test, yes, no]))
            }
            ast::Expr::Filter(f) => self.filter(f, at)?,
            ast::Expr::Test(t) => {
                let Some(test) = filters::test(t.name) else {
                    let have = filters::TESTS.iter().map(|t| t.name);
                    self.expr(&t.expr, false);
                    let at = self.named(at, t.name);
                    return self.names.fault_near(at, format!("no test `{}`", t.name), t.name, have);
                };
                let args = self.arguments(&t.expr, &t.args, test.args, t.name, at)?;
                Kind::Test(test, args)
            }
            ast::Expr::List(l) => Kind::List(self.all(&l.items)?),
            ast::Expr::Tuple(l) => Kind::List(self.all(&l.items)?),
            ast::Expr::Map(m) => {
                let (keys, values) = (self.all(&m.keys), self.all(&m.values));
                Kind::Map(keys?.into_iter().zip(values?).collect())
            }
            ast::Expr::Call(c) => self.call(c, at, top)?,
            ast::Expr::Slice(_) => {
                return self.names.fault(at, "slices are not part of the template language");
            }
        };
        Some(Expr { kind, at })
    }

    fn all(&mut self, trees: &[ast::Expr<'_>]) -> Option<Vec<Expr>> {
        // All are compiled before the first fault ends the list: every fault is told.
        let all: Vec<_> = trees.iter().map(|t| self.expr(t, false)).collect();
        all.into_iter().collect()
    }

    /// A name followed by literal keys is a route; anything else computes as it goes.
    fn route(&mut self, tree: &ast::Expr<'_>) -> Option<Expr> {
        let at = self.span(tree);
        let (inner, name) = match tree {
            ast::Expr::Var(v) => {
                let root = self.names.root(v.id, at)?;
                return Some(Expr { kind: Kind::Route(root, Box::default()), at });
            }
            ast::Expr::GetAttr(g) => (&g.expr, g.name.to_owned()),
            ast::Expr::GetItem(g) => match &g.subscript_expr {
                ast::Expr::Const(c) if c.value.as_str().is_some() || c.value.is_integer() => {
                    (&g.expr, c.value.to_string())
                }
                other => {
                    let inner = self.boxed(&g.expr);
                    let key = self.boxed(other);
                    return Some(Expr { kind: Kind::Item(inner?, key?), at });
                }
            },
            _ => return self.names.fault(at, "not a route"),
        };
        let inner = self.expr(inner, false)?;
        let step_at = Span { start: inner.at.end.max(at.start), ..at };
        Some(match inner.kind {
            Kind::Route(root, steps) => {
                let mut steps = steps.into_vec();
                steps.push(Step { name: name.into(), at: skip_dot(step_at) });
                Expr { kind: Kind::Route(root, steps.into()), at }
            }
            _ => {
                let key = Expr { kind: Kind::Str(name.into()), at: step_at };
                Expr { kind: Kind::Item(Box::new(inner), Box::new(key)), at }
            }
        })
    }

    fn binary(&mut self, b: &ast::BinOp<'_>, at: Span) -> Option<Kind> {
        use ast::BinOpKind as B;
        let (left, right) = (self.expr(&b.left, false), self.expr(&b.right, false));
        let (left, right) = (Box::new(left?), Box::new(right?));
        let compare = |op, left, right: Box<Expr>| Kind::Compare(left, vec![(op, *right)]);
        Some(match b.op {
            B::ScAnd => Kind::And(left, right),
            B::ScOr => Kind::Or(left, right),
            B::Eq => compare(Comparison::Eq, left, right),
            B::Ne => compare(Comparison::Ne, left, right),
            B::Lt => compare(Comparison::Lt, left, right),
            B::Lte => compare(Comparison::Le, left, right),
            B::Gt => compare(Comparison::Gt, left, right),
            B::Gte => compare(Comparison::Ge, left, right),
            B::In => compare(Comparison::In, left, right),
            B::Add => Kind::Binary(Operator::Add, left, right),
            B::Sub => Kind::Binary(Operator::Sub, left, right),
            B::Mul => Kind::Binary(Operator::Mul, left, right),
            B::Div => Kind::Binary(Operator::Div, left, right),
            B::FloorDiv => Kind::Binary(Operator::FloorDiv, left, right),
            B::Rem => Kind::Binary(Operator::Rem, left, right),
            B::Concat => Kind::Binary(Operator::Concat, left, right),
            B::Pow => return self.names.fault(at, "`**` is not part of the template language"),
        })
    }

    /// The part of an expression's span where a filter's or test's name stands, which the parser does not tell.
    fn named(&self, at: Span, name: &str) -> Span {
        match self.place.last(at, name) {
            Some(start) => Span { start, end: start + u32::try_from(name.len()).unwrap_or(0), ..at },
            None => at,
        }
    }

    fn filter(&mut self, f: &ast::Filter<'_>, at: Span) -> Option<Kind> {
        let Some(subject) = &f.expr else { return self.names.fault(at, "a filter needs a value before `|`") };
        let Some(filter) = filters::filter(f.name) else {
            self.expr(subject, false);
            let have = filters::FILTERS.iter().map(|f| f.name);
            let at = self.named(at, f.name);
            return self.names.fault_near(at, format!("no filter `{}`", f.name), f.name, have);
        };
        Some(Kind::Filter(filter, self.arguments(subject, &f.args, filter.args, f.name, at)?))
    }

    /// The subject and the positional arguments of a filter or test.
    fn arguments(
        &mut self,
        subject: &ast::Expr<'_>,
        args: &[ast::CallArg<'_>],
        (least, most): (usize, usize),
        name: &str,
        at: Span,
    ) -> Option<Vec<Expr>> {
        let mut out = vec![self.expr(subject, false)];
        for arg in args {
            out.push(match arg {
                ast::CallArg::Pos(e) => self.expr(e, false),
                _ => self.names.fault(at, format!("`{name}` takes plain arguments, not `name=value`")),
            });
        }
        let out = out.into_iter().collect::<Option<Vec<Expr>>>()?;
        if (least..=most).contains(&args.len()) {
            return Some(out);
        }
        let wanted = match (least, most) {
            (0, 0) => "no argument".to_owned(),
            (1, 1) => "1 argument".to_owned(),
            (a, b) if a == b => format!("{a} arguments"),
            (a, b) => format!("{a} to {b} arguments"),
        };
        self.names.fault(at, format!("`{name}` takes {wanted}, not {}", args.len()))
    }

    fn call(&mut self, c: &ast::Call<'_>, at: Span, top: bool) -> Option<Kind> {
        let ast::Expr::Var(function) = &c.expr else {
            return self.names.fault(at, "values have no methods: use a filter, as in `value | lower`");
        };
        match function.id {
            "range" => {
                let args: Option<Vec<Expr>> = c
                    .args
                    .iter()
                    .map(|a| match a {
                        ast::CallArg::Pos(e) => self.expr(e, false),
                        _ => self.names.fault(at, "`range` takes plain arguments"),
                    })
                    .collect();
                let args = args?;
                if !(1..=3).contains(&args.len()) {
                    return self.names.fault(at, "`range` takes 1 to 3 arguments");
                }
                Some(Kind::Range(args))
            }
            name @ ("fragment" | "text") => {
                if !top || !self.whole {
                    return self.names.fault(at, format!("`{name}(...)` must be the whole expression"));
                }
                if name == "fragment" { self.fragment(c, at) } else { self.text(c, at) }
            }
            name => {
                let have = ["fragment", "text", "range"];
                self.names.fault_near(at, format!("no function `{name}`"), name, have)
            }
        }
    }

    fn literal_name(&mut self, c: &ast::Call<'_>, at: Span, what: &str) -> Option<String> {
        match c.args.first() {
            Some(ast::CallArg::Pos(ast::Expr::Const(name))) if name.value.as_str().is_some() => {
                name.value.as_str().map(str::to_owned)
            }
            _ => self.names.fault(at, format!("`{what}` needs a literal name as its first argument")),
        }
    }

    fn fragment(&mut self, c: &ast::Call<'_>, at: Span) -> Option<Kind> {
        let name = self.literal_name(c, at, "fragment")?;
        let fragments = self.names.fragments;
        let Some(&unit) = fragments.get(&name) else {
            let have = fragments.keys().map(String::as_str);
            return self.names.fault_near(
                at,
                format!("no fragment `{name}` (a file `_{name}.yaml`)"),
                &name,
                have,
            );
        };
        let mut args: Vec<Argument> = Vec::new();
        let mut sound = true;
        for arg in &c.args[1..] {
            let ast::CallArg::Kwarg(key, value) = arg else {
                return self.names.fault(at, "the arguments of a fragment are `name=expression`");
            };
            if args.iter().any(|a| &*a.name == *key) {
                return self.names.fault(at, format!("argument `{key}` twice"));
            }
            match self.expr(value, false) {
                Some(value) => args.push(Argument { name: (*key).into(), at: value.at, value }),
                None => sound = false,
            }
        }
        sound.then_some(Kind::Fragment(unit, args))
    }

    fn text(&mut self, c: &ast::Call<'_>, at: Span) -> Option<Kind> {
        let name = self.literal_name(c, at, "text")?;
        let texts = self.names.texts;
        match texts.get(&name) {
            _ if c.args.len() > 1 => self.names.fault(at, "`text` takes one argument: the file's path"),
            Some(&index) => Some(Kind::Text(index)),
            None => {
                let have = texts.keys().map(String::as_str);
                self.names.fault_near(at, format!("no text file `{name}` in the package"), &name, have)
            }
        }
    }
}

fn skip_dot(at: Span) -> Span {
    Span { start: (at.start + 1).min(at.end), ..at }
}

fn constant(value: &minijinja::Value) -> Option<Kind> {
    use minijinja::value::ValueKind as V;
    Some(match value.kind() {
        V::None => Kind::Null,
        V::Bool => Kind::Bool(value.is_true()),
        V::Number if value.is_integer() => Kind::Int(i128::try_from(value.clone()).ok()?),
        V::Number => Kind::Float(f64::try_from(value.clone()).ok()?),
        V::String => Kind::Str(value.as_str()?.into()),
        _ => return None,
    })
}

fn comparison(op: ast::CompareOpKind) -> Comparison {
    use ast::CompareOpKind as C;
    match op {
        C::Eq => Comparison::Eq,
        C::Ne => Comparison::Ne,
        C::Lt => Comparison::Lt,
        C::Lte => Comparison::Le,
        C::Gt => Comparison::Gt,
        C::Gte => Comparison::Ge,
        C::In => Comparison::In,
        C::NotIn => Comparison::NotIn,
    }
}
