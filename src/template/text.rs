//! Whole text files: Jinja statements and `${{ }}`, compiled to the same expressions as templates, so that names
//! are checked and reads are recorded alike. minijinja parses; nothing of it runs.

use super::{
    eval::{Binding, Fault, Machine, Outcome},
    expr::Expr,
    output::turns,
    parse::{LONGEST, Names, converted},
    place::Place,
    plan::{Loop, Stmt, TextFile},
    value::Value,
};
use crate::{
    field::Reads,
    source::{FileId, Span},
};
use minijinja::{machinery::ast, syntax::SyntaxConfig};

/// Compiles a text file.
pub(super) fn compile(names: &mut Names<'_>, file: FileId, name: &str, text: &str) -> Option<TextFile> {
    let place = Place::verbatim(file, 0, text);
    let whole = Span::whole(file);
    let syntax = SyntaxConfig::builder()
        .variable_delimiters("${{", "}}")
        .block_delimiters("{%", "%}")
        .comment_delimiters("{#", "#}")
        .trim_blocks(true)
        .lstrip_blocks(true)
        .keep_trailing_newline(true)
        .build();
    let Ok(syntax) = syntax else { return names.fault(whole, "the delimiters of text files are refused") };
    if let Some((at, len)) = too_long(text) {
        return names.fault(place.at(at, at + len), format!("an expression of more than {LONGEST} bytes"));
    }
    match minijinja::machinery::parse(text, name, syntax) {
        Ok(ast::Stmt::Template(template)) => {
            let mut compiler = Compiler { names, place };
            Some(TextFile { body: compiler.all(&template.children)? })
        }
        Ok(_) => names.fault(whole, "the text file is empty"),
        Err(error) => {
            let at = error.range().map_or(whole, |r| place.at(r.start, r.end.min(text.len())));
            let what = error.detail().unwrap_or("it cannot be read").to_owned();
            names.fault(at, format!("a fault in the text file: {what}"))
        }
    }
}

/// The opening of an expression or statement that is too long for a tree that is walked by recursion.
fn too_long(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    while let Some(at) = text[from..].find('{').map(|at| from + at) {
        let rest = &text[at..];
        let (open, end) = match () {
            () if at > 0 && rest.starts_with("{{") && text[..at].ends_with('$') => (2, "}}"),
            () if rest.starts_with("{%") => (2, "%}"),
            () => (1, ""),
        };
        let len = if end.is_empty() { 0 } else { length(&rest[open..], end) };
        if len > LONGEST {
            return Some((at, open));
        }
        from = at + open + len;
    }
    None
}

/// How much stands before `end`, strings skipped.
fn length(text: &str, end: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut quote, mut at) = (0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if quote != 0 => at += 1,
            b if quote == b => quote = 0,
            b @ (b'\'' | b'"') if quote == 0 => quote = b,
            _ if quote == 0 && bytes[at..].starts_with(end.as_bytes()) => return at,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

struct Compiler<'n, 'c, 't> {
    names: &'n mut Names<'c>,
    place: Place<'t>,
}

impl Compiler<'_, '_, '_> {
    /// The statements of a block; names that it sets end with it.
    fn all(&mut self, statements: &[ast::Stmt<'_>]) -> Option<Vec<Stmt>> {
        let depth = self.names.locals.len();
        let all: Vec<Option<Stmt>> = statements.iter().map(|s| self.statement(s)).collect();
        self.names.locals.truncate(depth);
        all.into_iter().collect()
    }

    fn expr(&mut self, tree: &ast::Expr<'_>) -> Option<Expr> {
        converted(self.names, tree, &self.place)
    }

    fn name(&mut self, target: &ast::Expr<'_>) -> Option<Box<str>> {
        match target {
            ast::Expr::Var(v) if !super::CONTEXT.contains(&v.id) && v.id != "omit" && v.id != "loop" => {
                Some(v.id.into())
            }
            other => {
                let span = other.span();
                let at = self.place.at(span.start_offset as usize, span.end_offset as usize);
                self.names.fault(at, "a plain name is needed here, and none that is taken")
            }
        }
    }

    fn statement(&mut self, statement: &ast::Stmt<'_>) -> Option<Stmt> {
        Some(match statement {
            ast::Stmt::EmitRaw(raw) => Stmt::Raw(raw.raw.into()),
            ast::Stmt::EmitExpr(e) => Stmt::Emit(self.expr(&e.expr)?),
            ast::Stmt::IfCond(i) => {
                let (e, yes, no) = (self.expr(&i.expr), self.all(&i.true_body), self.all(&i.false_body));
                Stmt::If(e?, yes?, no?)
            }
            ast::Stmt::ForLoop(f) => self.looped(f)?,
            ast::Stmt::WithBlock(w) => {
                let depth = self.names.locals.len();
                let mut values = Vec::new();
                for (target, value) in &w.assignments {
                    values.push(self.expr(value)?);
                    let name = self.name(target)?;
                    self.names.locals.push(name);
                }
                let body = self.all(&w.body);
                self.names.locals.truncate(depth);
                Stmt::With(values, body?)
            }
            ast::Stmt::Set(s) => {
                let value = self.expr(&s.expr)?;
                let name = self.name(&s.target)?;
                self.names.locals.push(name);
                Stmt::Set(value)
            }
            other => {
                let (start, end) = offsets(other);
                let why = "only `if`, `for`, `with`, `set` and `${{ }}` are part of text files";
                return self.names.fault(self.place.at(start, end), why);
            }
        })
    }

    fn looped(&mut self, f: &ast::ForLoop<'_>) -> Option<Stmt> {
        let over = self.expr(&f.iter)?;
        let names: Vec<Box<str>> = match &f.target {
            ast::Expr::List(l) => l.items.iter().map(|i| self.name(i)).collect::<Option<_>>()?,
            ast::Expr::Tuple(l) => l.items.iter().map(|i| self.name(i)).collect::<Option<_>>()?,
            one => vec![self.name(one)?],
        };
        if names.len() > 2 || f.recursive {
            return self
                .names
                .fault(over.at, "a loop is written `for item in list` or `for key, value in map`");
        }
        let depth = self.names.locals.len();
        let pairs = names.len() == 2;
        self.names.locals.extend(names);
        self.names.locals.push("loop".into());
        let filter = f.filter_expr.as_ref().map(|e| self.expr(e));
        let body = self.all(&f.body);
        self.names.locals.truncate(depth);
        let otherwise = self.all(&f.else_body)?;
        let filter = match filter {
            Some(e) => Some(e?),
            None => None,
        };
        Some(Stmt::For(Loop { pairs, over }, filter, body?, otherwise))
    }
}

/// Writes a compiled text file.
pub(super) fn write<'a>(machine: &mut Machine<'_, 'a>, body: &'a [Stmt], out: &mut String) -> Outcome<()> {
    let depth = machine.locals.len();
    let done = body.iter().try_for_each(|statement| one(machine, statement, out));
    machine.locals.truncate(depth);
    done
}

fn one<'a>(machine: &mut Machine<'_, 'a>, statement: &'a Stmt, out: &mut String) -> Outcome<()> {
    match statement {
        Stmt::Raw(text) => out.push_str(text),
        Stmt::Emit(e) => {
            let value = machine.eval(e)?;
            let text = machine.text(&value).map_err(|m| Fault::new(e.at, m))?;
            machine.spend_text(text.len()).map_err(|m| Fault::new(e.at, m))?;
            out.push_str(&text);
        }
        Stmt::If(condition, yes, no) => {
            let body = if machine.truth_of(condition)? { yes } else { no };
            write(machine, body, out)?;
        }
        Stmt::With(values, body) => {
            let depth = machine.locals.len();
            for e in values {
                bind(machine, e)?;
            }
            let done = write(machine, body, out);
            machine.locals.truncate(depth);
            done?;
        }
        Stmt::Set(e) => bind(machine, e)?,
        Stmt::For(looped, filter, body, otherwise) => {
            repeat(machine, looped, filter.as_ref(), (body, otherwise), out)?;
        }
    }
    Ok(())
}

fn bind<'a>(machine: &mut Machine<'_, 'a>, e: &'a Expr) -> Outcome<()> {
    let mark = machine.mark();
    let value = machine.eval(e)?;
    let reads = machine.since(mark);
    machine.locals.push(Binding { value, reads });
    Ok(())
}

fn repeat<'a>(
    machine: &mut Machine<'_, 'a>,
    looped: &'a Loop,
    filter: Option<&'a Expr>,
    (body, otherwise): (&'a [Stmt], &'a [Stmt]),
    out: &mut String,
) -> Outcome<()> {
    let depth = machine.locals.len();
    let mut kept = Vec::new();
    for turn in turns(machine, looped)?.0 {
        let holds = match filter {
            None => true,
            Some(e) => {
                machine.locals.extend(turn.iter().cloned());
                machine.locals.push(Binding { value: Value::Null, reads: Reads::default() });
                let holds = machine.truth_of(e);
                machine.locals.truncate(depth);
                holds?
            }
        };
        if holds {
            kept.push(turn);
        }
    }
    if kept.is_empty() {
        return write(machine, otherwise, out);
    }
    let count = kept.len();
    for (n, turn) in kept.into_iter().enumerate() {
        machine.locals.extend(turn);
        machine.locals.push(Binding { value: loop_value(n, count), reads: Reads::default() });
        let done = write(machine, body, out);
        machine.locals.truncate(depth);
        done?;
    }
    Ok(())
}

/// What `loop` knows in a text file.
fn loop_value<'a>(n: usize, count: usize) -> Value<'a> {
    Value::Map(vec![
        ("index".into(), Value::Int(n as i128 + 1)),
        ("index0".into(), Value::Int(n as i128)),
        ("first".into(), Value::Bool(n == 0)),
        ("last".into(), Value::Bool(n + 1 == count)),
        ("length".into(), Value::Int(count as i128)),
    ])
}

/// Where a statement that is not part of the language stands.
fn offsets(statement: &ast::Stmt<'_>) -> (usize, usize) {
    let span = match statement {
        ast::Stmt::SetBlock(s) => s.span(),
        ast::Stmt::AutoEscape(s) => s.span(),
        ast::Stmt::FilterBlock(s) => s.span(),
        ast::Stmt::Do(s) => s.span(),
        _ => return (0, 0),
    };
    (span.start_offset as usize, span.end_offset as usize)
}
