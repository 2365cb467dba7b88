//! Expressions, compiled: the one type that hides the expression language's parser.
//!
//! Names are resolved when a package is compiled: a name is a root of the context, a parameter of the fragment, or
//! a local. `parse` makes these trees, `eval` walks them, `lint` follows their routes.

use super::filters::{Filter, Test};
use crate::source::Span;

/// A compiled expression and where it stands.
#[derive(Debug)]
pub(super) struct Expr {
    pub kind: Kind,
    pub at: Span,
}

/// What an expression is.
#[derive(Debug)]
pub(super) enum Kind {
    Null,
    Omit,
    Bool(bool),
    Int(i128),
    Float(f64),
    Str(Box<str>),
    /// A name and the keys below it.
    Route(Root, Box<[Step]>),
    /// `e[e]` or an attribute of something computed.
    Item(Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    Neg(Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    Binary(Operator, Box<Expr>, Box<Expr>),
    /// `a < b < c`: each pair must hold.
    Compare(Box<Expr>, Vec<(Comparison, Expr)>),
    If(Box<[Expr; 3]>),
    Filter(&'static Filter, Vec<Expr>),
    Test(&'static Test, Vec<Expr>),
    List(Vec<Expr>),
    Map(Vec<(Expr, Expr)>),
    Range(Vec<Expr>),
    /// A fragment's index among the program's units and the arguments by name.
    Fragment(usize, Vec<Argument>),
    /// A text file's index.
    Text(usize),
}

/// Where a route starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Root {
    /// A root of the context, by its index in [`super::CONTEXT`].
    Context(usize),
    /// A parameter of the fragment.
    Param(usize),
    /// A local: a loop's or a `with`'s name, by nesting depth.
    Local(usize),
}

/// A key of a route.
#[derive(Debug)]
pub(super) struct Step {
    pub name: Box<str>,
    pub at: Span,
}

/// `name=e` of a fragment call.
#[derive(Debug)]
pub(super) struct Argument {
    pub name: Box<str>,
    pub at: Span,
    pub value: Expr,
}

/// An operator on two values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Add,
    Sub,
    Mul,
    Div,
    FloorDiv,
    Rem,
    Concat,
}

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    In,
    NotIn,
}
