//! Sync windows: the times of `argocd.windows`, as they stand in the AppProject of an environment, and what Argo CD would make
//! of them that nobody means.

use super::{Wish, names};
use crate::{
    diag::Finding,
    field::{Field, Maker},
    kube::format::{Verdict, duration, schedule, zone},
    source::Span,
    workspace::{Config, Setting},
};

/// The keys of a window, in the order in which they are written.
const KEYS: [&str; 11] = [
    "kind",
    "schedule",
    "duration",
    "timeZone",
    "applications",
    "namespaces",
    "clusters",
    "andOperator",
    "manualSync",
    "syncOverrun",
    "description",
];

/// What a window is for. Argo CD takes one that names none of these to be for nothing.
const TARGETS: [&str; 3] = ["applications", "namespaces", "clusters"];

/// The windows of an environment, if there are some.
pub(super) fn windows<'a>(wish: &Wish<'_, 'a>, maker: &mut Maker<'_>) -> Option<Field<'a>> {
    let list = wish.setting.get(&["windows"])?;
    let items: Vec<Field<'a>> = list.entries().map(|(_, window)| one(window, maker)).collect();
    (!items.is_empty()).then(|| Field::list(items, maker.by(list.span())))
}

fn one<'a>(window: Setting<'_, 'a>, maker: &mut Maker<'_>) -> Field<'a> {
    let whole = maker.by(window.span());
    let all = TARGETS.iter().all(|key| window.get(&[key]).is_none());
    let mut members = Vec::with_capacity(KEYS.len());
    for key in KEYS {
        if let Some(said) = window.get(&[key]) {
            members.push((key, said.field(&mut |at| maker.by(at))));
        } else if key == "applications" && all {
            members.push((key, Field::texts(&["*"], whole)));
        }
    }
    Field::map(members, whole)
}

/// What is wrong with the windows of an environment: Argo CD would refuse the project, or do something else at another time.
pub(super) fn faults(wish: &Wish<'_, '_>, environment: &str, config: &Config<'_>) -> Vec<Finding> {
    let Some(list) = wish.setting.get(&["windows"]) else { return Vec::new() };
    let mut windows = list.entries().map(|(_, window)| window).peekable();
    if let Some(project) = wish.setting.get(&["project"])
        && windows.peek().is_some()
    {
        let name = project.text().unwrap_or_default();
        let message = format!(
            "sync windows belong to a project, and that of {environment} is `{name}`, which is not made here"
        );
        let finding = Finding::error("argocd-windows-elsewhere", list.key_span(), message)
            .related(project.span(), "the project is named here")
            .help("keep its `syncWindows` where it is kept, and say `windows: []` here; or leave out `argocd.project`");
        return vec![finding];
    }
    windows
        .flat_map(|window| times(window).into_iter().chain(components(window, environment, config)))
        .collect()
}

/// What a text must be, when it is not, and what to do.
type Judged = (Verdict, Option<String>);

/// A key, and the judge of its text.
type Judge = (&'static str, fn(&str) -> Judged);

/// What is wrong with when it opens and for how long.
fn times(window: Setting<'_, '_>) -> Vec<Finding> {
    let judges: [Judge; 3] = [("schedule", opens), ("duration", lasts), ("timeZone", stands)];
    let mut findings = Vec::new();
    for (key, judge) in judges {
        let Some((said, text)) = window.get(&[key]).and_then(|said| Some((said, said.text()?))) else {
            continue;
        };
        let (verdict, help) = judge(text);
        if let Some(what) = verdict {
            let message = format!("the {key} `{text}` of a sync window {what}");
            let mut finding = Finding::error("argocd-window-wrong", said.span(), message);
            finding.help = help;
            findings.push(finding);
        }
    }
    findings
}

/// When a window opens. Argo CD reads cron's five fields alone, and no names such as `@daily`, which Kubernetes knows.
fn opens(text: &str) -> Judged {
    if text.starts_with('@') {
        let what = "must have 5 fields: Argo CD knows no such names here";
        return (Some(what.into()), Some("write `0 0 * * *` for every day at midnight".to_owned()));
    }
    let zone = text.starts_with("TZ=") || text.starts_with("CRON_TZ=");
    let help = zone.then(|| "set `timeZone`, and leave it out of the schedule".to_owned());
    let verdict = schedule::schedule(text);
    if verdict.is_none() && schedule::never(text) {
        let what = "never comes, and Argo CD takes such a window to be open at all times";
        return (Some(what.into()), Some("write a day that one of these months has".to_owned()));
    }
    (verdict, help)
}

/// How long it stays open.
fn lasts(text: &str) -> Judged {
    match duration::parse(text) {
        Some(nanos) if nanos > 0 => (None, None),
        Some(_) => (Some("must be longer than nothing".into()), None),
        None => {
            let days = text.strip_suffix('d').and_then(|days| days.parse::<u16>().ok());
            let help = days.map(|days| format!("Argo CD knows no days: write `{}h`", u32::from(days) * 24));
            (duration::duration(text), help)
        }
    }
}

/// Which zone that is in. Argo CD takes UTC instead of one that it does not know.
fn stands(text: &str) -> Judged {
    let verdict = zone::time_zone(text);
    let near = verdict.as_ref().and_then(|_| zone::near(text));
    (verdict, near.map(|near| format!("did you mean `{near}`?")))
}

/// The patterns for Applications in the windows of an environment, with where each stands; not those that only Argo CD
/// can read, nor names of components, which are findings of their own.
pub fn patterns<'w>(config: &Config<'w>) -> Vec<(&'w str, Span)> {
    let windows = Wish::of(config).and_then(|wish| wish.setting.get(&["windows"]));
    let named =
        windows.iter().flat_map(Setting::entries).filter_map(|(_, window)| window.get(&["applications"]));
    let said = named.flat_map(|list| list.entries().map(|(_, said)| said).collect::<Vec<_>>());
    said.filter_map(|said| Some((said.text()?, said.span())))
        .filter(|(text, _)| !text.contains(['[', '{', '\\']) && config.component(text).is_none())
        .collect()
}

/// Applications that are named as components are: the window would be for none.
fn components(window: Setting<'_, '_>, environment: &str, config: &Config<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (_, said) in window.get(&["applications"]).iter().flat_map(Setting::entries) {
        let Some(name) = said.text() else { continue };
        let is = |component: &str| names::application(environment, component) == name;
        if config.component(name).is_some() && !config.components.iter().any(|c| is(c.name)) {
            let message =
                format!("`{name}` is a component, and no Application of {environment} has that name");
            let own = names::application(environment, name);
            let help =
                format!("the Application is `{own}`; in a layer that several share, write \"*-{name}\"");
            findings.push(Finding::error("argocd-window-wrong", said.span(), message).help(help));
        }
    }
    findings
}
