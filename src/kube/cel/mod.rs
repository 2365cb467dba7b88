//! Expressions in CEL: whether they parse, and what they say of a value.
//!
//! The language is the crate's; which value an expression is about is for the caller. What cannot be evaluated here is
//! said to be so.

mod functions;

use cel::{
    Context, Env, ExecutionError, IdedExpr, Program, Value,
    common::{
        ast::{EntryExpr, Expr, IdedEntryExpr},
        types::CelOptional,
    },
    extensions,
};
use std::sync::{Arc, OnceLock};

/// What became of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It is true.
    Holds,
    /// It is false, or fails, as it does on a server.
    Fails,
    /// It could not be evaluated here.
    Unknown(String),
}

/// An expression that was parsed.
#[derive(Debug)]
pub(crate) struct Expression {
    program: Result<Program, String>,
}

/// The standard functions, and the extensions that a server has too.
fn environment() -> Arc<Env> {
    static ENVIRONMENT: OnceLock<Arc<Env>> = OnceLock::new();
    let made = || {
        let mut env = Env::stdlib().with_optional_support(true);
        // Each is declared once: what it declares is not there yet.
        let declared = env
            .add_extension(extensions::strings)
            .and_then(|()| env.add_extension(extensions::lists))
            .and_then(|()| env.add_extension(extensions::math))
            .and_then(|()| env.add_extension(functions::declare));
        debug_assert!(declared.is_ok(), "{declared:?}");
        Arc::new(env)
    };
    Arc::clone(ENVIRONMENT.get_or_init(made))
}

impl Expression {
    /// Parses a text.
    pub(crate) fn parse(text: &str) -> Self {
        Self { program: environment().compile(text).map_err(|e| first_line(&e.to_string())) }
    }

    /// What is wrong with its syntax.
    pub(crate) fn syntax_error(&self) -> Option<&str> {
        self.program.as_ref().err().map(String::as_str)
    }

    /// Whether it names a variable.
    pub(crate) fn names(&self, variable: &str) -> bool {
        self.program.as_ref().is_ok_and(|p| names(p.expression(), variable))
    }

    /// What it says when `self` is a value; `absent` is an optional variable without one.
    pub(crate) fn holds(&self, value: Value, absent: Option<&str>) -> Answer {
        let program = match &self.program {
            Ok(program) => program,
            Err(why) => return Answer::Unknown(why.clone()),
        };
        let mut context = Context::with_env(environment());
        context.add_variable_from_value("self", value);
        if let Some(name) = absent {
            context.add_variable_as_val(name, Box::new(CelOptional::none()));
        }
        match program.execute(&context) {
            Ok(Value::Bool(true)) => Answer::Holds,
            Ok(Value::Bool(false))
            | Err(
                ExecutionError::NoSuchKey(_)
                | ExecutionError::FunctionError { .. }
                | ExecutionError::IndexOutOfBounds(_)
                | ExecutionError::DivisionByZero(_)
                | ExecutionError::RemainderByZero(_),
            ) => Answer::Fails,
            Ok(_) => Answer::Unknown("it gives no boolean".to_owned()),
            Err(why) => Answer::Unknown(first_line(&why.to_string())),
        }
    }
}

/// Whether an expression names a variable that none of its loops declares.
fn names(expression: &IdedExpr, variable: &str) -> bool {
    let any = |list: &[IdedExpr]| list.iter().any(|one| names(one, variable));
    let entries = |entries: &[IdedEntryExpr]| {
        entries.iter().any(|entry| match &entry.expr {
            EntryExpr::StructField(field) => names(&field.value, variable),
            EntryExpr::MapEntry(entry) => names(&entry.key, variable) || names(&entry.value, variable),
        })
    };
    match &expression.expr {
        Expr::Unspecified | Expr::Literal(_) => false,
        Expr::Ident(name) => name == variable,
        Expr::Select(select) => names(&select.operand, variable),
        Expr::Call(call) => {
            call.target.as_ref().is_some_and(|target| names(target, variable)) || any(&call.args)
        }
        Expr::List(list) => any(&list.elements),
        Expr::Map(map) => entries(&map.entries),
        Expr::Struct(made) => entries(&made.entries),
        Expr::Comprehension(of) => {
            let declared = of.iter_var == variable || of.iter_var2.as_deref() == Some(variable);
            let inner = [&of.accu_init, &of.loop_cond, &of.loop_step, &of.result];
            names(&of.iter_range, variable)
                || (!declared && inner.into_iter().any(|one| names(one, variable)))
        }
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn expressions_hold_fail_or_are_not_known() {
        let value = || {
            let members = [("a", Value::Int(1)), ("b", Value::from("x"))];
            Value::from(
                members.into_iter().map(|(k, v)| (k.to_owned(), v)).collect::<HashMap<String, Value>>(),
            )
        };
        for (text, want) in [
            ("self.a == 1 && self.b.startsWith('x')", Some(true)),
            ("has(self.c) || self.a > 1", Some(false)),
            ("self.c == 1", Some(false)),
            ("[has(self.a), has(self.c)].filter(x, x == true).size() == 1", Some(true)),
            ("quantity(self.b).isInteger()", Some(false)),
            ("format.dns1123Label().validate(self.b).hasValue()", None),
            ("self.a", None),
        ] {
            let answer = Expression::parse(text).holds(value(), None);
            let known = match answer {
                Answer::Holds => Some(true),
                Answer::Fails => Some(false),
                Answer::Unknown(_) => None,
            };
            assert_eq!(known, want, "{text}");
        }
    }

    #[test]
    fn syntax_errors_are_told() {
        assert!(Expression::parse("self.a ==").syntax_error().is_some());
        assert!(Expression::parse("self.all(x, x > 1)").syntax_error().is_none());
        assert!(Expression::parse("self == oldSelf").names("oldSelf"));
        assert!(!Expression::parse("self == 'oldSelf'").names("oldSelf"));
        assert!(!Expression::parse("self.all(oldSelf, oldSelf > 1)").names("oldSelf"));
        assert!(Expression::parse("oldSelf.all(x, {'a': x.b}.a > size(self))").names("oldSelf"));
    }
}
