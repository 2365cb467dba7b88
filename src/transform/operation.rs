//! JSON Patch (RFC 6902): add, remove, replace, test, copy and move, each at a JSON Pointer. An operation that cannot be
//! done is a finding at its line, and the object stays as it was.

use super::{
    edit,
    patch::{self, Outcome},
};
use crate::{
    diag::{Finding, nearest},
    field::{Data, Field, Member, Part, Trace},
    source::Span,
    values::{Route, Segment},
    workspace::Setting,
};
use std::borrow::Cow;

/// Does the operations of a patch, in their order, on the object whose file has this name.
///
/// # Errors
/// The first operation that cannot be done.
pub(super) fn apply<'a>(
    body: &mut Field<'a>,
    patch: &Setting<'_, 'a>,
    file: &str,
    trace: &mut Trace,
) -> Outcome<()> {
    for (_, operation) in patch.entries() {
        one(body, &operation, file, trace)?;
    }
    Ok(())
}

fn one<'a>(body: &mut Field<'a>, operation: &Setting<'_, 'a>, file: &str, trace: &mut Trace) -> Outcome<()> {
    let word = operation.get(&["op"]).and_then(|s| s.text()).unwrap_or("");
    let path = pointer(operation, "path")?;
    match word {
        "add" => add(body, &path, value(operation, trace)?, operation, trace),
        "remove" => take(body, &path, operation, file, trace).map(drop),
        "replace" => {
            let new = value(operation, trace)?;
            let old = find(body, &path, operation)?;
            edit::overwrite(old, new.data, trace, patch::NAME, asked(operation));
            Ok(())
        }
        "test" => {
            let wanted = value(operation, trace)?;
            match patch::same(find(body, &path, operation)?, &wanted) {
                true => Ok(()),
                false => {
                    Err(fault(operation, "the value that the patch tests is another one".to_owned(), None))
                }
            }
        }
        "copy" | "move" => {
            let from = pointer(operation, "from")?;
            let mut taken = match word {
                "copy" => find(body, &from, operation)?.clone(),
                _ => take(body, &from, operation, file, trace)?,
            };
            edit::moved(&mut taken, trace, patch::NAME, operation.span());
            add(body, &path, taken, operation, trace)
        }
        other => Err(fault(operation, format!("`{other}` is no operation of a JSON Patch"), None)),
    }
}

fn fault(at: &Setting<'_, '_>, message: String, help: Option<String>) -> Box<Finding> {
    patch::fault(at.span(), message, help)
}

fn pointer(operation: &Setting<'_, '_>, key: &str) -> Outcome<Vec<String>> {
    let text = operation.get(&[key]).and_then(|s| s.text()).unwrap_or("");
    let route = Route::from_pointer(text).map_err(|e| fault(operation, e.to_string(), None))?;
    let step = |segment| match segment {
        Segment::Key(key) => key,
        Segment::Index(index) => index.to_string(),
    };
    Ok(route.0.into_iter().map(step).collect())
}

fn value<'a>(operation: &Setting<'_, 'a>, trace: &mut Trace) -> Outcome<Field<'a>> {
    match operation.get(&["value"]) {
        Some(setting) => Ok(patch::field(&setting, trace)),
        None => Err(fault(operation, "the operation needs a `value`".to_owned(), None)),
    }
}

/// Where the new value stands; the operation itself where it takes one from elsewhere.
fn asked(operation: &Setting<'_, '_>) -> Span {
    operation.get(&["value"]).map_or(operation.span(), |value| value.span())
}

/// The field at a path.
fn find<'f, 'a>(
    body: &'f mut Field<'a>,
    path: &[String],
    at: &Setting<'_, '_>,
) -> Outcome<&'f mut Field<'a>> {
    let mut field = body;
    for (n, step) in path.iter().enumerate() {
        field = match &mut field.data {
            Data::Map(members) => {
                let index = members.iter().position(|m| m.key == *step);
                match index {
                    Some(index) => &mut members[index].value,
                    None => return Err(missing(path, n, members.iter().map(|m| &*m.key), at)),
                }
            }
            Data::Seq(items) => match step.parse::<usize>().ok().filter(|i| *i < items.len()) {
                Some(index) => &mut items[index],
                None => return Err(missing(path, n, [], at)),
            },
            _ => return Err(missing(path, n, [], at)),
        };
    }
    Ok(field)
}

fn missing<'k>(
    path: &[String],
    n: usize,
    have: impl IntoIterator<Item = &'k str>,
    at: &Setting<'_, '_>,
) -> Box<Finding> {
    let help =
        nearest(&path[n], have).map(|near| format!("instead of `{}`, did you mean `{near}`?", path[n]));
    fault(at, format!("the object has no /{}", path[..=n].join("/")), help)
}

fn add<'a>(
    body: &mut Field<'a>,
    path: &[String],
    value: Field<'a>,
    at: &Setting<'_, 'a>,
    trace: &mut Trace,
) -> Outcome<()> {
    let Some((last, above)) = path.split_last() else {
        *body = value;
        return Ok(());
    };
    match &mut find(body, above, at)?.data {
        Data::Map(members) => match members.iter_mut().find(|m| m.key == *last) {
            Some(member) => edit::overwrite(&mut member.value, value.data, trace, patch::NAME, asked(at)),
            None => {
                let by = edit::made(trace, patch::NAME, at.span());
                members.push(Member { key: Cow::Owned(last.clone()), by, value });
            }
        },
        Data::Seq(items) => {
            let index =
                if last == "-" { Some(items.len()) } else { last.parse().ok().filter(|i| *i <= items.len()) };
            match index {
                Some(index) => items.insert(index, value),
                None => return Err(missing(path, path.len() - 1, [], at)),
            }
        }
        _ => return Err(missing(path, path.len() - 1, [], at)),
    }
    Ok(())
}

/// Takes the field at a path out.
fn take<'a>(
    body: &mut Field<'a>,
    path: &[String],
    at: &Setting<'_, '_>,
    file: &str,
    trace: &mut Trace,
) -> Outcome<Field<'a>> {
    find(body, path, at)?;
    let Some((last, above)) = path.split_last() else {
        let help = "`$patch: delete`, in a patch that is a map, removes it".to_owned();
        return Err(fault(at, "a whole object cannot be removed by a JSON Patch".to_owned(), Some(help)));
    };
    let holder = find(body, above, at)?;
    let (taken, part) = match &mut holder.data {
        Data::Map(members) => match members.iter().position(|m| m.key == *last) {
            Some(index) => (members.remove(index).value, Part::Key(last.clone())),
            None => return Err(missing(path, path.len() - 1, [], at)),
        },
        Data::Seq(items) => match last.parse::<usize>().ok().filter(|i| *i < items.len()) {
            Some(index) => {
                let item = items.remove(index);
                let part = Part::item(index, &item);
                (item, part)
            }
            None => return Err(missing(path, path.len() - 1, [], at)),
        },
        _ => return Err(missing(path, path.len() - 1, [], at)),
    };
    trace.removed(file, holder.by, part, at.span());
    Ok(taken)
}
