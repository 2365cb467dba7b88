//! Evaluates expressions over one values tree, recording what was read and spending the budgets.

use super::{
    Program,
    expr::{Comparison, Expr, Kind, Operator, Root},
    value::Value,
};
use crate::{
    field::{Reads, Trace},
    source::Span,
    values::{Data, Id, Values},
};
use std::borrow::Cow;

/// Steps that one component may take: some hundred times what the largest package needs.
const STEPS: u32 = 2_000_000;
/// Bytes of text that one component's expressions may make.
const TEXT: usize = 16 << 20;
/// How deep the lists and maps that expressions make may nest.
const DEEPEST: usize = 100;
/// The most items of a `range`.
const RANGE: i128 = 10_000;
/// Bytes of text that are looked at, or written, for one step.
pub(super) const BYTES_PER_STEP: usize = 64;

/// Why an expression has no value.
#[derive(Debug)]
pub(super) struct Fault {
    pub at: Span,
    pub message: String,
    /// A route that is not there: `default` and `is defined` take it.
    pub undefined: bool,
}

impl Fault {
    pub(super) fn new(at: Span, message: impl Into<String>) -> Self {
        Self { at, message: message.into(), undefined: false }
    }
}

pub(super) type Outcome<T> = Result<T, Fault>;

/// A name's value and what was read to compute it.
#[derive(Debug, Clone)]
pub(super) struct Binding<'a> {
    pub value: Value<'a>,
    pub reads: Reads,
}

/// The state of one component's evaluation.
#[derive(Debug)]
pub(crate) struct Machine<'p, 'a> {
    pub(super) program: &'a Program,
    pub(super) values: &'p Values<'a>,
    pub(super) roots: [Id; super::CONTEXT.len()],
    pub(super) params: Vec<Binding<'a>>,
    pub(super) locals: Vec<Binding<'a>>,
    pub(super) trace: Trace,
    pub(super) frame: u32,
    pub(super) guard: u32,
    steps: u32,
    text: usize,
    /// A budget is spent: nothing more is evaluated, one finding says so.
    pub(super) spent: bool,
}

impl<'p, 'a> Machine<'p, 'a> {
    pub(super) fn new(program: &'a Program, values: &'p Values<'a>) -> Self {
        let roots = super::CONTEXT.map(|name| values.get(crate::values::TOP, name).unwrap_or(Id(u32::MAX)));
        Self {
            program,
            values,
            roots,
            params: Vec::new(),
            locals: Vec::new(),
            trace: Trace::default(),
            frame: 0,
            guard: 0,
            steps: STEPS,
            text: TEXT,
            spent: false,
        }
    }

    /// Spends one step.
    pub(super) fn step(&mut self, at: Span) -> Outcome<()> {
        match self.steps.checked_sub(1) {
            Some(left) => {
                self.steps = left;
                Ok(())
            }
            None => {
                self.spent = true;
                Err(Fault::new(at, format!("the templates of this component take more than {STEPS} steps")))
            }
        }
    }

    /// Spends steps on work that is larger than its expression: what it finds too much, the next step tells.
    pub(super) fn charge(&mut self, steps: usize) {
        self.steps = self.steps.saturating_sub(u32::try_from(steps).unwrap_or(u32::MAX));
    }

    /// Spends bytes of text.
    pub(super) fn spend_text(&mut self, bytes: usize) -> Result<(), String> {
        match self.text.checked_sub(bytes) {
            Some(left) => {
                self.text = left;
                Ok(())
            }
            None => {
                self.spent = true;
                Err(format!("the expressions of this component make more than {} MiB of text", TEXT >> 20))
            }
        }
    }

    /// The number of reads so far; [`Machine::since`] gives what came after.
    pub(super) fn mark(&self) -> u32 {
        u32::try_from(self.trace.reads.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn since(&self, mark: u32) -> Reads {
        Reads { start: mark, len: self.mark() - mark }
    }

    pub(super) fn record(&mut self, id: Id) {
        self.trace.reads.push(id);
    }

    /// Repeats reads of before, so that they are of the present range too.
    pub(super) fn again(&mut self, reads: Reads) {
        self.charge(reads.len as usize);
        let (from, to) = (reads.start as usize, (reads.start + reads.len) as usize);
        if from < to {
            self.trace.reads.extend_from_within(from..to);
        }
    }

    /// Evaluates an expression. Fragments and texts are for `render`.
    pub(super) fn eval(&mut self, e: &'a Expr) -> Outcome<Value<'a>> {
        self.step(e.at)?;
        match &e.kind {
            Kind::Null => Ok(Value::Null),
            Kind::Omit => Ok(Value::Omit),
            Kind::Bool(b) => Ok(Value::Bool(*b)),
            Kind::Int(i) => Ok(Value::Int(*i)),
            Kind::Float(f) => Ok(Value::Float(*f)),
            Kind::Str(s) => Ok(Value::Str(Cow::Borrowed(s))),
            Kind::Route(root, steps) => self.route(e, *root, steps),
            Kind::Item(of, key) => self.item(of, key),
            Kind::Not(x) => Ok(Value::Bool(!self.truth_of(x)?)),
            Kind::Neg(x) => match self.looked(x)? {
                Value::Int(i) => {
                    i.checked_neg().map(Value::Int).ok_or_else(|| Fault::new(e.at, "the result is too large"))
                }
                Value::Float(f) => Ok(Value::Float(-f)),
                other => Err(Fault::new(x.at, format!("`-` needs a number, not {}", other.kind()))),
            },
            Kind::And(a, b) => {
                let left = self.eval(a)?;
                if self.truth(&left) { self.eval(b) } else { Ok(left) }
            }
            Kind::Or(a, b) => {
                let left = self.eval(a)?;
                if self.truth(&left) { Ok(left) } else { self.eval(b) }
            }
            Kind::Binary(op, a, b) => self.binary(*op, a, b, e.at),
            Kind::Compare(first, rest) => self.compare(first, rest),
            Kind::If(parts) => {
                let [test, yes, no] = &**parts;
                if self.truth_of(test)? { self.eval(yes) } else { self.eval(no) }
            }
            Kind::Filter(filter, args) => {
                let args = self.arguments(args, filter.lenient)?;
                (filter.run)(self, &args).map_err(|m| Fault::new(e.at, m))
            }
            Kind::Test(test, args) => match self.arguments(args, false) {
                Ok(args) => (test.run)(self, &args).map(Value::Bool).map_err(|m| Fault::new(e.at, m)),
                Err(fault) if fault.undefined && test.lenient => Ok(Value::Bool(false)),
                Err(fault) => Err(fault),
            },
            Kind::List(items) => {
                let items = items.iter().map(|i| self.eval(i)).collect::<Outcome<_>>()?;
                shallow(Value::List(items), e.at)
            }
            Kind::Map(pairs) => self.map_literal(pairs).and_then(|map| shallow(map, e.at)),
            Kind::Range(args) => self.range(args, e.at),
            Kind::Fragment(..) | Kind::Text(_) => Err(Fault::new(e.at, "it must be the whole expression")),
        }
    }

    fn arguments(&mut self, args: &'a [Expr], lenient: bool) -> Outcome<Vec<Value<'a>>> {
        let mut out = Vec::with_capacity(args.len());
        for (n, arg) in args.iter().enumerate() {
            out.push(match self.eval(arg) {
                Err(fault) if n == 0 && lenient && fault.undefined => Value::Null,
                other => other?,
            });
        }
        Ok(out)
    }

    fn route(&mut self, e: &'a Expr, root: Root, steps: &'a [super::expr::Step]) -> Outcome<Value<'a>> {
        let (mut value, reads) = match root {
            Root::Context(index) => (Value::Node(self.roots[index]), Reads::default()),
            Root::Param(slot) => bound(self.params.get(slot), e.at)?,
            Root::Local(slot) => bound(self.locals.get(slot), e.at)?,
        };
        self.charge(value.weight());
        self.again(reads);
        for step in steps {
            value = self.attribute(value, &step.name, step.at, e)?;
        }
        Ok(value)
    }

    fn attribute(&mut self, value: Value<'a>, name: &str, at: Span, whole: &Expr) -> Outcome<Value<'a>> {
        let undefined = |what: &str| Fault { at, message: what.to_owned(), undefined: true };
        match value {
            Value::Node(id) => match self.values.data(id) {
                // What a layer removed with `null` is null all the way down.
                Data::Absent => {
                    self.record(id);
                    Ok(Value::Null)
                }
                Data::Map(_) => match self.values.get(id, name) {
                    Some(child) => Ok(Value::Node(child)),
                    None => {
                        self.record(id);
                        Err(undefined(&format!("`{}` has no `{name}`", self.values.route(id))))
                    }
                },
                Data::Seq(_) => match name.parse().ok().and_then(|n| self.values.item(id, n)) {
                    Some(item) => Ok(Value::Node(item)),
                    None => {
                        self.record(id);
                        Err(undefined(&format!("the list `{}` has no `{name}`", self.values.route(id))))
                    }
                },
                _ => {
                    self.record(id);
                    Err(undefined(&format!("`{}` is a scalar: it has no `{name}`", self.values.route(id))))
                }
            },
            Value::Null => Ok(Value::Null),
            Value::Map(pairs) => pairs
                .into_iter()
                .find(|(k, _)| k == name)
                .map(|(_, v)| v)
                .ok_or_else(|| undefined(&format!("the map has no `{name}`"))),
            Value::List(list) => name
                .parse::<usize>()
                .ok()
                .and_then(|n| list.into_iter().nth(n))
                .ok_or_else(|| undefined(&format!("the list has no `{name}`"))),
            other => Err(Fault::new(whole.at, format!("{} has no `{name}`", other.kind()))),
        }
    }

    fn item(&mut self, of: &'a Expr, key: &'a Expr) -> Outcome<Value<'a>> {
        let subject = self.eval(of)?;
        let name = match self.looked(key)? {
            Value::Str(s) => s,
            Value::Int(i) => Cow::Owned(i.to_string()),
            other => return Err(Fault::new(key.at, format!("{} is no key", other.kind()))),
        };
        self.attribute(subject, &name, key.at, of)
    }

    fn binary(&mut self, op: Operator, a: &'a Expr, b: &'a Expr, at: Span) -> Outcome<Value<'a>> {
        let (left, right) = (self.looked(a)?, self.looked(b)?);
        if op == Operator::Concat {
            let mut out = self.text(&left).map_err(|m| Fault::new(a.at, m))?.into_owned();
            out.push_str(&self.text(&right).map_err(|m| Fault::new(b.at, m))?);
            self.spend_text(out.len()).map_err(|m| Fault::new(at, m))?;
            return Ok(Value::Str(Cow::Owned(out)));
        }
        if op == Operator::Add
            && let (Ok(mut x), Ok(y)) = (self.list(&left), self.list(&right))
        {
            self.charge(y.len());
            x.extend(y);
            return Ok(Value::List(x));
        }
        let (kinds, overflow) = ((left.kind(), right.kind()), || Fault::new(at, "the result is too large"));
        match (left, right) {
            (Value::Int(x), Value::Int(y)) => integers(op, x, y).ok_or_else(|| match (op, y) {
                (Operator::Div | Operator::FloorDiv | Operator::Rem, 0) => Fault::new(at, "division by zero"),
                (Operator::Div, _) => Fault::new(at, format!("{x} / {y} is not an integer: use `//`")),
                _ => overflow(),
            }),
            (x, y) => match (as_float(&x), as_float(&y)) {
                (Some(x), Some(y)) => floats(op, x, y).map(Value::Float).ok_or_else(overflow),
                _ => Err(Fault::new(
                    at,
                    format!("numbers are needed here, not {} and {} (`~` joins texts)", kinds.0, kinds.1),
                )),
            },
        }
    }

    fn compare(&mut self, first: &'a Expr, rest: &'a [(Comparison, Expr)]) -> Outcome<Value<'a>> {
        use std::cmp::Ordering as O;
        let mut left = self.eval(first)?;
        for (op, e) in rest {
            let right = self.eval(e)?;
            let holds = match op {
                Comparison::Eq => self.same(&left, &right),
                Comparison::Ne => !self.same(&left, &right),
                Comparison::In => self.contains(&right, &left).map_err(|m| Fault::new(e.at, m))?,
                Comparison::NotIn => !self.contains(&right, &left).map_err(|m| Fault::new(e.at, m))?,
                order => {
                    let (a, b) = (self.see(&left), self.see(&right));
                    let found = match (&a, &b) {
                        (Value::Str(a), Value::Str(b)) => Some(a.cmp(b)),
                        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
                        _ => as_float(&a).zip(as_float(&b)).and_then(|(a, b)| a.partial_cmp(&b)),
                    };
                    let found = found.ok_or_else(|| {
                        Fault::new(e.at, format!("{} and {} have no order", a.kind(), b.kind()))
                    })?;
                    match order {
                        Comparison::Lt => found == O::Less,
                        Comparison::Le => found != O::Greater,
                        Comparison::Gt => found == O::Greater,
                        _ => found != O::Less,
                    }
                }
            };
            if !holds {
                return Ok(Value::Bool(false));
            }
            left = right;
        }
        Ok(Value::Bool(true))
    }

    fn map_literal(&mut self, pairs: &'a [(Expr, Expr)]) -> Outcome<Value<'a>> {
        let mut out: Vec<(Cow<'a, str>, Value<'a>)> = Vec::with_capacity(pairs.len());
        for (k, v) in pairs {
            let key = self.looked(k)?;
            let key = self.text(&key).map_err(|m| Fault::new(k.at, m))?;
            if out.iter().any(|(have, _)| *have == key) {
                return Err(Fault::new(k.at, format!("key `{key}` twice")));
            }
            out.push((key, self.eval(v)?));
        }
        Ok(Value::Map(out))
    }

    fn range(&mut self, args: &'a [Expr], at: Span) -> Outcome<Value<'a>> {
        let mut bounds = Vec::with_capacity(3);
        for arg in args {
            let Value::Int(i) = self.looked(arg)? else {
                return Err(Fault::new(arg.at, "`range` takes integers"));
            };
            bounds.push(i);
        }
        let (from, to, by) = match bounds[..] {
            [to] => (0, to, 1),
            [from, to] => (from, to, 1),
            [from, to, by] if by > 0 => (from, to, by),
            _ => return Err(Fault::new(at, "the step of `range` must be positive")),
        };
        let count = match to.checked_sub(from) {
            Some(span) if span <= 0 => 0,
            Some(span) if (span - 1) / by < RANGE => (span - 1) / by + 1,
            _ => return Err(Fault::new(at, format!("a `range` of more than {RANGE} items"))),
        };
        self.charge(usize::try_from(count).unwrap_or(usize::MAX));
        Ok(Value::List((0..count).map(|n| Value::Int(from + n * by)).collect()))
    }

    /// Evaluates and looks at the result.
    fn looked(&mut self, e: &'a Expr) -> Outcome<Value<'a>> {
        let value = self.eval(e)?;
        Ok(self.look(value))
    }

    /// Evaluates a condition.
    pub(super) fn truth_of(&mut self, e: &'a Expr) -> Outcome<bool> {
        let value = self.eval(e)?;
        if value == Value::Omit {
            return Err(Fault::new(e.at, "`omit` is no condition"));
        }
        Ok(self.truth(&value))
    }
}

/// Refuses values that nest so deep that walking them is a danger.
fn shallow(value: Value<'_>, at: Span) -> Outcome<Value<'_>> {
    if value.depth() > DEEPEST {
        return Err(Fault::new(at, format!("lists and maps that nest more than {DEEPEST} deep")));
    }
    Ok(value)
}

/// The value of a name.
fn bound<'a>(binding: Option<&Binding<'a>>, at: Span) -> Outcome<(Value<'a>, Reads)> {
    // Names are resolved when the package is compiled: a missing one is a fault of the tool, told as one.
    let binding = binding.ok_or_else(|| Fault::new(at, "this name has no value here"))?;
    Ok((binding.value.clone(), binding.reads))
}

fn as_float(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Int(i) => Some(*i as f64),
        Value::Float(f) => Some(*f),
        _ => None,
    }
}

/// Integer arithmetic; `/` only when it is exact, so that nothing is ever rounded.
fn integers<'a>(op: Operator, x: i128, y: i128) -> Option<Value<'a>> {
    let result = match op {
        Operator::Add => x.checked_add(y),
        Operator::Sub => x.checked_sub(y),
        Operator::Mul => x.checked_mul(y),
        Operator::Div => x.checked_rem(y).filter(|r| *r == 0).and_then(|_| x.checked_div(y)),
        Operator::FloorDiv => x.checked_div_euclid(y),
        Operator::Rem => x.checked_rem_euclid(y),
        Operator::Concat => None,
    };
    result.filter(|r| i64::try_from(*r).is_ok() || u64::try_from(*r).is_ok()).map(Value::Int)
}

fn floats(op: Operator, x: f64, y: f64) -> Option<f64> {
    let result = match op {
        Operator::Add => x + y,
        Operator::Sub => x - y,
        Operator::Mul => x * y,
        Operator::Div => x / y,
        Operator::FloorDiv => (x / y).floor(),
        Operator::Rem => x.rem_euclid(y),
        Operator::Concat => return None,
    };
    result.is_finite().then_some(result)
}
