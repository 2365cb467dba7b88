//! The names and addresses of a pod: host name, DNS, aliases of hosts.

use super::{scope::Scope, since};
use crate::kube::{
    at::At,
    check::Check,
    format::{Verdict, names, net},
};

/// The most name servers, search domains, and characters of all search domains: those of the C library.
const SERVERS: usize = 3;
const SEARCHES: usize = 32;
const CHARACTERS: usize = 2048;

/// Checks the names and addresses of a pod.
pub(super) fn check<'t>(check: &mut Check<'t>, scope: &Scope<'t>) {
    let spec = scope.spec;
    for key in ["hostname", "subdomain"] {
        if !spec.get(key).blank() {
            check.text(spec.get(key), names::label);
        }
    }
    check.one_of(spec.get("dnsPolicy"), &["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"]);
    dns(check, scope);
    aliases(check, spec.get("hostAliases"));
}

fn dns<'t>(check: &mut Check<'t>, scope: &Scope<'t>) {
    let config = scope.spec.get("dnsConfig");
    let (servers, searches) = (config.get("nameservers"), config.get("searches"));
    if scope.spec.get("dnsPolicy").str() == "None" && servers.is_empty() {
        check.required(servers, "the `dnsPolicy` `None` needs at least one name server");
    }
    if servers.len() > SERVERS {
        check.too_long(servers, format!("must have at most {SERVERS} name servers"));
    }
    for server in servers.items() {
        address(check, server);
    }
    if searches.len() > SEARCHES {
        check.too_long(searches, format!("must have at most {SEARCHES} search domains"));
    }
    let length = searches.items().map(|one| one.str().len() + 1).sum::<usize>().saturating_sub(1);
    if length > CHARACTERS {
        check.too_long(searches, format!("must have at most {CHARACTERS} characters in all search domains"));
    }
    let judge = if check.minor >= since::RELAXED_SEARCH { search } else { search_strict };
    for one in searches.items() {
        if let Some(what) = judge(one.str()) {
            check.invalid(one, what);
        }
    }
    for option in config.get("options").items() {
        check.require(option.get("name"));
    }
}

/// A search domain: labels may begin with `_` and hold it; a dot may end it, and stand alone.
fn search(text: &str) -> Verdict {
    let text = if text == "." { "a" } else { text.strip_suffix('.').unwrap_or(text) };
    let plain: Vec<String> = text
        .split('.')
        .map(|part| part.strip_prefix('_').unwrap_or(part))
        .map(|part| {
            let last = part.len().saturating_sub(1);
            let inner = part.get(1..last).unwrap_or("").replace('_', "-");
            format!("{}{inner}{}", part.get(..1).unwrap_or(part), part.get(last.max(1)..).unwrap_or(""))
        })
        .collect();
    if text.len() > names::SUBDOMAIN { names::subdomain(text) } else { names::subdomain(&plain.join(".")) }
}

fn search_strict(text: &str) -> Verdict {
    names::subdomain(text.strip_suffix('.').unwrap_or(text))
}

fn aliases<'t>(check: &mut Check<'t>, at: At<'t>) {
    let mut seen = Vec::new();
    for alias in at.items() {
        let ip = alias.get("ip");
        if ip.blank() {
            check.required(ip, "must be an IP address");
        } else {
            address(check, ip);
        }
        if seen.contains(&ip.str()) {
            check.warn(ip, format!("`{}` is named twice; write its host names together", ip.str()));
        }
        seen.push(ip.str());
        for name in alias.get("hostnames").items() {
            if let Some(what) = names::subdomain(name.str()) {
                check.invalid(name, what);
            }
        }
    }
}

/// An IP address, and the server's concern with its form.
fn address<'t>(check: &mut Check<'t>, at: At<'t>) {
    let judge = net::ip_judge(check.minor);
    if let Some(what) = judge(at.str()) {
        check.invalid(at, what);
    } else if check.minor >= 33
        && let Some(concern) = net::ip_concern(at.str())
    {
        check.warn(at, concern);
    }
}

#[cfg(test)]
mod tests {
    use super::search;

    #[test]
    fn search_domains() {
        for good in [".", "a.b", "a.b.", "_tcp.a", "a_b.c", "_a"] {
            assert_eq!(search(good), None, "{good}");
        }
        for bad in ["", "..", "a..b", "__a", "a_", "A", "-a", "_", "a._"] {
            assert!(search(bad).is_some(), "{bad}");
        }
    }
}
