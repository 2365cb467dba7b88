//! Templates, compiled: the tree that `render` walks. Made by `compile`, followed by `lint`.

use super::expr::Expr;
use crate::source::Span;

/// A value of a template.
#[derive(Debug)]
pub(super) struct Node {
    pub at: Span,
    pub kind: NodeKind,
}

/// What a value is.
#[derive(Debug)]
pub(super) enum NodeKind {
    Null,
    Bool(bool),
    Int(i64),
    UInt(u64),
    Float(f64),
    Str(Box<str>),
    /// One expression: its native value.
    Expr(Expr),
    /// Text with expressions in it.
    Text(Vec<Part>),
    Map(Map),
    Seq(Vec<Item>),
    /// An `if` chain that chooses one value.
    Choice(Vec<(Option<Expr>, Node)>),
}

/// A piece of a text.
#[derive(Debug)]
pub(super) enum Part {
    Literal(Box<str>),
    Expr(Expr),
}

/// A map.
#[derive(Debug)]
pub(super) struct Map {
    /// The condition under which the whole map exists.
    pub when: Option<Expr>,
    pub entries: Vec<Entry>,
    /// Only conditions: nothing, not `{}`, when none holds.
    pub soft: bool,
    /// Keys may meet: something is spliced, computed or merged.
    pub mixed: bool,
}

/// A key and value of a map, or what stands for some.
#[derive(Debug)]
pub(super) enum Entry {
    Pair { at: Span, key: Key, value: Node },
    If(Vec<(Option<Expr>, Vec<Entry>)>),
    For(Loop, Vec<Entry>),
    With(Expr, Vec<Entry>),
    Merge(Expr),
}

/// A key.
#[derive(Debug)]
pub(super) enum Key {
    Literal(Box<str>),
    Text(Vec<Part>),
}

/// An item of a list, or what stands for some.
#[derive(Debug)]
pub(super) enum Item {
    One(Node),
    If(Vec<(Option<Expr>, Vec<Item>)>),
    For(Loop, Vec<Item>),
    With(Expr, Vec<Item>),
    Merge(Expr),
}

/// `for x in e`, or `for k, v in e`.
#[derive(Debug)]
pub(super) struct Loop {
    /// Whether it walks a map by key and value.
    pub pairs: bool,
    pub over: Expr,
}

/// A template or fragment file.
#[derive(Debug)]
pub(super) struct Unit {
    /// A fragment's parameters; none for a template.
    pub params: Option<Vec<Param>>,
    pub documents: Vec<Node>,
}

/// A free name of a fragment.
#[derive(Debug)]
pub(super) struct Param {
    pub name: Box<str>,
    /// Where it is first used.
    pub at: Span,
}

/// A piece of a text file.
#[derive(Debug)]
pub(super) enum Stmt {
    Raw(Box<str>),
    Emit(Expr),
    If(Expr, Vec<Stmt>, Vec<Stmt>),
    /// Loop, filter condition, body, body for no turn.
    For(Loop, Option<Expr>, Vec<Stmt>, Vec<Stmt>),
    With(Vec<Expr>, Vec<Stmt>),
    /// A name that lasts to the end of the block.
    Set(Expr),
}

/// A text file.
#[derive(Debug)]
pub(super) struct TextFile {
    pub body: Vec<Stmt>,
}
