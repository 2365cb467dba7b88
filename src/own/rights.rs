//! Rights: a RoleBinding for each, and a Role for those with rules of their own.
//!
//! The role is part of a binding's name: what a binding refers to cannot be changed, so another role is another binding.

use super::object;
use crate::{
    diag::Finding,
    field::{By, Field, Maker},
    source::Span,
    workspace::Setting,
};

const GROUP: &str = "rbac.authorization.k8s.io";
const VERSION: &str = "rbac.authorization.k8s.io/v1";

/// The Roles and RoleBindings that are asked for.
pub(super) fn bindings<'a>(
    setting: &Setting<'_, 'a>,
    namespace: (&'a str, Span),
    maker: &mut Maker<'_>,
    findings: &mut Vec<Finding>,
) -> Vec<Field<'a>> {
    let mut made = Vec::new();
    for (name, right) in setting.entries() {
        let (role, rules) = (right.get(&["role"]), right.get(&["rules"]));
        let by = maker.by(right.key_span());
        let subjects = subjects(&right, namespace, maker);
        if subjects.is_empty() {
            let message = format!("the right `{name}` is given to nobody");
            let finding = Finding::error("environment-right-incomplete", right.key_span(), message);
            findings.push(finding.help("name its users, groups or serviceAccounts"));
        }
        let (kind, target, asked) = match (role, rules) {
            (Some(role), None) => {
                let text = role.text().unwrap_or_default();
                ("ClusterRole", text.to_owned(), maker.by(role.span()))
            }
            (None, Some(rules)) => {
                let target = format!("{name}-rules");
                let asked = maker.by(rules.key_span());
                let mut members = object(VERSION, "Role", Field::text(target.clone(), by), asked);
                members.push(("rules", rules.field(&mut |at| maker.by(at))));
                made.push(Field::map(members, asked));
                ("Role", target, asked)
            }
            (None, None) => {
                let message = format!("the right `{name}` allows nothing");
                let finding = Finding::error("environment-right-incomplete", right.key_span(), message);
                findings.push(finding.help("give it a `role` (view, edit or admin), or `rules` of its own"));
                continue;
            }
            (Some(role), Some(rules)) => {
                let message = format!("the right `{name}` has both a role and rules of its own");
                let finding = Finding::error("environment-right-twofold", rules.key_span(), message);
                findings.push(
                    finding
                        .related(role.key_span(), "the role is named here")
                        .help("keep one; `role: null` or `rules: null` removes what a lower layer set"),
                );
                continue;
            }
        };
        let own = if kind == "Role" { target.clone() } else { format!("{name}-{target}") };
        made.push(binding((own, by), (kind, target, asked), subjects));
    }
    made
}

fn binding<'a>(name: (String, By), role: (&'a str, String, By), subjects: Vec<Field<'a>>) -> Field<'a> {
    let by = name.1;
    let role = Field::map(
        vec![
            ("apiGroup", Field::text(GROUP, role.2)),
            ("kind", Field::text(role.0, role.2)),
            ("name", Field::text(role.1, role.2)),
        ],
        role.2,
    );
    let mut members = object(VERSION, "RoleBinding", Field::text(name.0, by), by);
    members.push(("roleRef", role));
    members.push(("subjects", Field::list(subjects, by)));
    Field::map(members, by)
}

fn subjects<'a>(right: &Setting<'_, 'a>, own: (&'a str, Span), maker: &mut Maker<'_>) -> Vec<Field<'a>> {
    let mut subjects = Vec::new();
    for (key, kind) in [("users", "User"), ("groups", "Group"), ("serviceAccounts", "ServiceAccount")] {
        for (_, setting) in right.get(&[key]).iter().flat_map(Setting::entries) {
            let by = maker.by(setting.span());
            let text = setting.text().unwrap_or_default();
            let mut members = vec![("kind", Field::text(kind, by))];
            if kind == "ServiceAccount" {
                let (namespace, name) = text.split_once('/').unwrap_or((own.0, text));
                members.push(("name", Field::text(name, by)));
                members.push(("namespace", Field::text(namespace, by)));
            } else {
                members.push(("apiGroup", Field::text(GROUP, by)));
                members.push(("name", Field::text(text, by)));
            }
            subjects.push(Field::map(members, by));
        }
    }
    subjects
}
