//! The functions that Kubernetes adds to CEL, as far as they are evaluated here: of lists, texts, quantities and
//! addresses. Source of the facts: "Common Expression Language in Kubernetes" of the Kubernetes documentation.

use crate::kube::format::quantity::Quantity;
use cel::{
    DeclarationError, Env, ExecutionError,
    common::{
        types::{CelBool, CelInt, CelList, CelString, DYN_TYPE, INT_TYPE, LIST_TYPE, STRING_TYPE, Type},
        value::{CowVal, StaticVal, Val},
    },
};
use regex::Regex;
use std::{any::Any, cmp::Ordering, net::IpAddr};

type Args<'b, 'v> = Vec<CowVal<'b, 'v>>;
type Made<'b, 'v> = Result<CowVal<'b, 'v>, ExecutionError>;

/// Declares the functions.
pub(super) fn declare(env: &mut Env) -> Result<(), DeclarationError> {
    let list = |env: &mut Env, name: &str, args: Vec<Type>, op| {
        env.add_member_overload(name, &format!("list.{name}"), LIST_TYPE, args, op)
    };
    list(env, "isSorted", vec![], |args| is_sorted(&args))?;
    list(env, "sum", vec![], |args| sum(&args))?;
    list(env, "min", vec![], |args| extreme(&args, "min", Ordering::Less))?;
    list(env, "max", vec![], |args| extreme(&args, "max", Ordering::Greater))?;
    list(env, "indexOf", vec![DYN_TYPE], |args| index(&args, false))?;
    list(env, "lastIndexOf", vec![DYN_TYPE], |args| index(&args, true))?;
    env.add_member_overload("find", "string.find", STRING_TYPE, vec![STRING_TYPE], |args| find(&args))?;
    env.add_member_overload("findAll", "string.findAll", STRING_TYPE, vec![STRING_TYPE], |args| {
        find_all(&args)
    })?;
    let most = vec![STRING_TYPE, INT_TYPE];
    env.add_member_overload("findAll", "string.findAll(int)", STRING_TYPE, most, |args| find_all(&args))?;
    let judge = |env: &mut Env, name: &str, op| {
        env.add_overload(name, &format!("{name}(string)"), vec![STRING_TYPE], op)
    };
    judge(env, "isIP", |args| truth(address(text(&args, 0)?).is_some()))?;
    judge(env, "isCIDR", |args| truth(network(text(&args, 0)?).is_some()))?;
    judge(env, "isURL", |args| truth(is_url(text(&args, 0)?)))?;
    judge(env, "isQuantity", |args| truth(Quantity::parse(text(&args, 0)?).is_some()))?;
    judge(env, "quantity", |args| quantity(&args))?;
    quantities(env)
}

fn quantities(env: &mut Env) -> Result<(), DeclarationError> {
    let mut member = |name: &str, args: Vec<Type>, op| {
        let id = format!("quantity.{name}({})", args.len());
        env.add_member_overload(name, &id, Amount::TYPE, args, op)
    };
    member("sign", vec![], |args| whole(amount(&args, 0)?.nano.signum()))?;
    member("isInteger", vec![], |args| truth(amount(&args, 0)?.nano % NANO == 0))?;
    member("asInteger", vec![], |args| whole(amount(&args, 0)?.nano / NANO))?;
    member("compareTo", vec![Amount::TYPE], |args| whole(compared(&args)? as i128))?;
    member("isGreaterThan", vec![Amount::TYPE], |args| truth(compared(&args)?.is_gt()))?;
    member("isLessThan", vec![Amount::TYPE], |args| truth(compared(&args)?.is_lt()))?;
    member("add", vec![Amount::TYPE], |args| combined(&args, i128::saturating_add))?;
    member("sub", vec![Amount::TYPE], |args| combined(&args, i128::saturating_sub))?;
    Ok(())
}

fn wrong(function: &str, message: &str) -> ExecutionError {
    ExecutionError::FunctionError { function: function.to_owned(), message: message.to_owned() }
}

fn truth<'b, 'v>(is: bool) -> Made<'b, 'v> {
    Ok(CowVal::owned(CelBool::from(is)))
}

fn whole<'b, 'v>(number: i128) -> Made<'b, 'v> {
    let number = i64::try_from(number).map_err(|_| wrong("asInteger", "it has more than 64 bits"))?;
    Ok(CowVal::owned(CelInt::from(number)))
}

fn text<'a>(args: &'a Args<'_, '_>, at: usize) -> Result<&'a str, ExecutionError> {
    let found = args.get(at).and_then(|arg| arg.as_ref().downcast_ref::<CelString<'_>>());
    found.map(CelString::inner).ok_or_else(|| wrong("", "an argument is no string"))
}

/// The items of the list that a function is called on.
fn items<'a, 'v>(args: &'a Args<'_, 'v>) -> Vec<&'a (dyn Val + 'v)> {
    let mut items = Vec::new();
    if let Some(list) = args.first().and_then(|list| list.as_ref().as_iterable()) {
        let mut all = list.iter();
        while let Some(item) = all.next() {
            items.push(item);
        }
    }
    items
}

fn compare(a: &dyn Val, b: &dyn Val) -> Result<Ordering, ExecutionError> {
    a.as_comparer().ok_or_else(|| wrong("compare", "the items have no order"))?.compare(b)
}

fn is_sorted<'b, 'v>(args: &Args<'b, 'v>) -> Made<'b, 'v> {
    let items = items(args);
    for (a, b) in items.iter().zip(items.iter().skip(1)) {
        if compare(*a, *b)?.is_gt() {
            return truth(false);
        }
    }
    truth(true)
}

/// The sum of numbers; 0 of nothing.
fn sum<'b, 'v>(args: &Args<'b, 'v>) -> Made<'b, 'v> {
    let mut sum: Option<Box<dyn Val + 'v>> = None;
    for item in items(args) {
        sum = Some(match sum {
            None => item.clone_as_boxed(),
            Some(before) => {
                let adder = before.as_adder().ok_or_else(|| wrong("sum", "the items are no numbers"))?;
                adder.add(item)?.into_owned()
            }
        });
    }
    Ok(sum.map_or_else(|| CowVal::owned(CelInt::from(0)), CowVal::Owned))
}

fn extreme<'b, 'v>(args: &Args<'b, 'v>, name: &str, side: Ordering) -> Made<'b, 'v> {
    let mut found: Option<&(dyn Val + 'v)> = None;
    for item in items(args) {
        let better = match found {
            None => true,
            Some(best) => compare(item, best)? == side,
        };
        found = if better { Some(item) } else { found };
    }
    found.map(|best| CowVal::Owned(best.clone_as_boxed())).ok_or_else(|| wrong(name, "the list is empty"))
}

fn index<'b, 'v>(args: &Args<'b, 'v>, last: bool) -> Made<'b, 'v> {
    let wanted = args.get(1).ok_or_else(|| wrong("indexOf", "there is no item to look for"))?;
    let items = items(args);
    let is = |item: &&(dyn Val + 'v)| item.equals(wanted.as_ref());
    let at = if last { items.iter().rposition(is) } else { items.iter().position(is) };
    whole(at.map_or(-1, |at| at as i128))
}

fn expression(args: &Args<'_, '_>) -> Result<Regex, ExecutionError> {
    Regex::new(text(args, 1)?).map_err(|_| wrong("find", "the text is no regular expression"))
}

fn find<'b, 'v>(args: &Args<'b, 'v>) -> Made<'b, 'v> {
    let found = expression(args)?.find(text(args, 0)?).map_or("", |m| m.as_str()).to_owned();
    Ok(CowVal::owned(CelString::from(found)))
}

fn find_all<'b, 'v>(args: &Args<'b, 'v>) -> Made<'b, 'v> {
    let most = args.get(2).and_then(|n| n.as_ref().downcast_ref::<CelInt>()).map_or(-1, |n| *n.inner());
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let regex = expression(args)?;
    let all: Vec<Box<dyn Val + 'v>> = regex
        .find_iter(text(args, 0)?)
        .take(most)
        .map(|m| Box::new(CelString::from(m.as_str().to_owned())) as Box<dyn Val + 'v>)
        .collect();
    Ok(CowVal::owned(CelList::from(all)))
}

/// An address; one of the fourth version within the sixth is none to a server.
fn address(text: &str) -> Option<IpAddr> {
    let address = text.parse().ok()?;
    match address {
        IpAddr::V6(six) if six.to_ipv4_mapped().is_some() => None,
        other => Some(other),
    }
}

fn network(text: &str) -> Option<(IpAddr, u8)> {
    let (ip, length) = text.split_once('/')?;
    let ip = address(ip)?;
    let plain = length == "0" || (!length.starts_with('0') && length.bytes().all(|b| b.is_ascii_digit()));
    let length: u8 = length.parse().ok().filter(|_| plain)?;
    (length <= if ip.is_ipv4() { 32 } else { 128 }).then_some((ip, length))
}

/// A URL with a scheme, or a path from the root on.
fn is_url(text: &str) -> bool {
    let scheme = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
    };
    let absolute = text.starts_with('/') || text.split_once(':').is_some_and(|(name, _)| scheme(name));
    absolute && !text.bytes().any(|b| b.is_ascii_control() || b == b' ')
}

/// A quantity as a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Amount {
    /// In billionths.
    nano: i128,
}

const NANO: i128 = 1_000_000_000;

impl Amount {
    const TYPE: Type = Type::new_unspecified_type("kubernetes.Quantity");
}

impl Val for Amount {
    fn get_type(&self) -> &Type {
        Self::cel_type()
    }

    fn cel_type() -> &'static Type {
        const { &Amount::TYPE }
    }

    fn equals(&self, other: &dyn Val) -> bool {
        other.downcast_ref::<Self>() == Some(self)
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v>
    where
        Self: 'v,
    {
        Box::new(*self)
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

impl StaticVal for Amount {}

fn quantity<'b, 'v>(args: &Args<'b, 'v>) -> Made<'b, 'v> {
    let found =
        Quantity::parse(text(args, 0)?).ok_or_else(|| wrong("quantity", "the text is no quantity"))?;
    Ok(CowVal::owned(Amount { nano: found.nano() }))
}

fn amount(args: &Args<'_, '_>, at: usize) -> Result<Amount, ExecutionError> {
    let found = args.get(at).and_then(|arg| arg.as_ref().downcast_ref::<Amount>());
    found.copied().ok_or_else(|| wrong("quantity", "an argument is no quantity"))
}

fn compared(args: &Args<'_, '_>) -> Result<Ordering, ExecutionError> {
    Ok(amount(args, 0)?.nano.cmp(&amount(args, 1)?.nano))
}

fn combined<'b, 'v>(args: &Args<'b, 'v>, by: fn(i128, i128) -> i128) -> Made<'b, 'v> {
    Ok(CowVal::owned(Amount { nano: by(amount(args, 0)?.nano, amount(args, 1)?.nano) }))
}

#[cfg(test)]
mod tests {
    use crate::kube::cel::{Answer, Expression};
    use cel::Value;

    #[test]
    fn the_functions_of_kubernetes() {
        for (text, want) in [
            ("[1, 2, 2].isSorted() && ![2, 1].isSorted() && [].isSorted()", Some(true)),
            ("[1, 2].sum() == 3 && [].sum() == 0 && [1.5, 1.0].sum() == 2.5", Some(true)),
            ("[2, 1].min() == 1 && ['a', 'b'].max() == 'b'", Some(true)),
            ("[].min() == 1", Some(false)),
            ("['a', 'b', 'a'].indexOf('a') == 0 && ['a', 'b', 'a'].lastIndexOf('a') == 2", Some(true)),
            ("[1].indexOf(2) == -1 && 'abc'.indexOf('c') == 2", Some(true)),
            ("'abc 123'.find('[0-9]+') == '123' && 'abc'.find('[0-9]+') == ''", Some(true)),
            ("'1 2 3'.findAll('[0-9]').size() == 3 && '1 2 3'.findAll('[0-9]', 1) == ['1']", Some(true)),
            ("isIP('10.0.0.1') && isIP('::1') && !isIP('::ffff:10.0.0.1') && !isIP('x')", Some(true)),
            ("isCIDR('10.0.0.0/8') && !isCIDR('10.0.0.0/33') && !isCIDR('10.0.0.0')", Some(true)),
            ("isURL('https://example.com/a') && isURL('/a') && !isURL('a')", Some(true)),
            ("isQuantity('1Gi') && !isQuantity('1Gb')", Some(true)),
            (
                "quantity('1Gi').isGreaterThan(quantity('1G')) && quantity('1k') == quantity('1000')",
                Some(true),
            ),
            ("quantity('1').add(quantity('500m')).sub(quantity('0.5')).asInteger() == 1", Some(true)),
            ("quantity('-1').sign() == -1 && quantity('1').compareTo(quantity('2')) == -1", Some(true)),
            ("quantity('x').isInteger()", Some(false)),
            ("format.dns1123Label().validate('a').hasValue()", None),
        ] {
            let known = match Expression::parse(text).holds(Value::Null, None) {
                Answer::Holds => Some(true),
                Answer::Fails => Some(false),
                Answer::Unknown(_) => None,
            };
            assert_eq!(known, want, "{text}");
        }
    }
}
