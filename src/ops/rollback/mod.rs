//! `rollback`: an earlier release of an environment, published again whole as a new commit, and the change of the values that makes
//! it stay.

mod hidden;
mod values;

use super::{
    Outcome,
    diff::Surroundings,
    history::{entries, targets, tip},
    publish::{
        Change as PublishedChange, MergeRequest, Source,
        branch::differences,
        effect::effects,
        message::{self, SKIP},
        metadata::{FILES, HYDRATOR, ROLLBACK, Rollback, Undone, source},
        parts::Parts,
        send::{TRIES, pause, watched},
    },
};
use crate::{
    error::Error,
    git::{Entry, Mirror, Oid, Push, Pushed, Repository, shown},
    workspace::{Choice, Target},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// How to go about it.
#[derive(Debug, Clone, Default)]
pub struct RollingBack {
    /// The release to go back to: a commit of the branch, or the start of its name. The one before without.
    pub to: Option<String>,
    /// Writes the values of that release into the work tree.
    pub values: bool,
    /// Builds everything and pushes nothing.
    pub dry_run: bool,
    /// Opens a merge request instead of changing the branch.
    pub merge_request: Option<MergeRequest>,
}

/// What came of it.
#[derive(Debug, Default)]
pub struct RolledBack {
    /// What kept environments from being understood.
    pub outcome: Outcome,
    /// The release that was undone, and the one that is back.
    pub releases: (String, String),
    /// Where it was published, in words.
    pub place: String,
    /// The commit; none for a dry run, and for an environment that was rolled back already.
    pub commit: Option<String>,
    /// The branch that waits to be merged, if that was asked for, and whether the remote opened no merge request for it.
    pub request: Option<(String, bool)>,
    /// The commit that rolled it back already, where only the values were asked for.
    pub already: Option<String>,
    /// The files that change.
    pub changes: Vec<PublishedChange>,
    /// The change of the values that makes it stay, as a unified diff; empty where the sources are not known here.
    pub values: String,
    /// Why the change of the values is not known.
    pub unknown: Option<String>,
    /// Files of that change which count for other environments, too.
    pub shared: Vec<String>,
    /// Files that were written into the work tree.
    pub written: Vec<String>,
    /// Why the values could not be told or written, after the rollback was done.
    pub error: Option<Error>,
}

/// Goes back to a release of an environment. `waiting` is called once if another run uses `.git/podwright`.
///
/// # Errors
/// There is no such environment or release; Git or the disk failed.
pub fn rollback(
    root: &Path,
    name: &str,
    how: &RollingBack,
    surroundings: &Surroundings,
    waiting: impl Fn(),
) -> Result<RolledBack, Error> {
    let repository = Repository::around(root)?;
    let patterns = [name.to_owned()];
    let (found, outcome) = targets(root, Choice::from(&patterns))?;
    let [(environment, target)] = found.as_slice() else {
        return Err(
            Error::usage(format!("`{name}` names several environments")).help("roll back one at a time")
        );
    };
    let mirror = Mirror::open(&repository, &surroundings.variables, &waiting)?;
    let mut done = RolledBack { outcome, ..RolledBack::default() };
    done.place = format!("{} of {}", target.branch, shown(&target.remote));
    let head = repository.commit("HEAD");
    let source = head.and_then(|head| Source::of(&repository, head)).ok();
    // The pipeline of a merge request is to run.
    let skip = how.merge_request.is_none()
        && source.as_ref().is_some_and(|s| watched(s, &target.remote, &target.branch, surroundings));
    let way = Way { mirror: &mirror, environment, target, source, how, skip };
    let sources = match way.standing()? {
        Some((mark, at)) => {
            done.releases = (mark.undone.first().map(|u| u.commit.clone()).unwrap_or_default(), mark.release);
            done.already = Some(at);
            mark.sources
        }
        None => way.go(&mut done)?,
    };
    // The rollback stands, whatever becomes of the values.
    done.error = values::values(root, &repository, (environment, &sources), how, &mut done).err();
    if let (None, Some(why), true) = (&done.error, &done.unknown, how.values) {
        let error = Error::usage(format!("the values were not written: {why}"));
        done.error = Some(error.help("the rollback itself stands; change the values by hand"));
    }
    Ok(done)
}

/// The commit that brings a release back, what changes in it, and the source commits of both releases.
type Back = (Oid, Vec<PublishedChange>, (String, String));

/// The way back of one environment.
struct Way<'w> {
    mirror: &'w Mirror,
    environment: &'w str,
    target: &'w Target,
    /// The repository of the values, if it has a commit.
    source: Option<Source>,
    how: &'w RollingBack,
    /// The push would start a pipeline of the values.
    skip: bool,
}

impl Way<'_> {
    /// The mark of an environment that was rolled back already, and its commit, where no more is asked for than its values.
    fn standing(&self) -> Result<Option<(Rollback, String)>, Error> {
        if !self.how.values || self.how.to.is_some() {
            return Ok(None);
        }
        let Some(tip) = tip(self.mirror, self.target)? else { return Ok(None) };
        let place = (self.environment, self.target);
        let now = entries(self.mirror, tip, place, self.source.as_ref(), 1)?.into_iter().next();
        Ok(now.and_then(|now| Some((self.mark(&now)?, now.commit.to_string()))))
    }

    /// Rolls back, again and again until nobody was faster. Gives the source commits of both releases.
    fn go(&self, done: &mut RolledBack) -> Result<(String, String), Error> {
        let mut sources = (String::new(), String::new());
        let mut seen: Option<Oid> = None;
        for attempt in 0..TRIES {
            let Some(tip) = tip(self.mirror, self.target)? else {
                return Err(Error::usage(format!(
                    "{} was never published to {}",
                    self.environment, done.place
                )));
            };
            let (now, then) = self.releases(tip)?;
            // What is to be undone is what was there at first, and not what somebody else brought meanwhile.
            if seen.replace(now.commit).is_some_and(|first| first != now.commit) {
                return Err(Error::failure(format!(
                    "{} was published by {} meanwhile, as {}",
                    self.environment,
                    now.about.author,
                    short(now.commit)
                ))
                .help(format!(
                    "nothing was rolled back; look at `podwright history {}`, and run it again",
                    self.environment
                )));
            }
            done.releases = (now.commit.to_string(), then.commit.to_string());
            let (built, changes, from) = self.build(tip, &now, &then)?;
            (done.changes, sources) = (changes, from);
            if self.how.dry_run {
                break;
            }
            match self.push(built, tip)? {
                (Some(Pushed::Done), request) => {
                    (done.commit, done.request) = (Some(built.to_string()), request.map(|r| (r, false)));
                    break;
                }
                (Some(Pushed::Bare), request) => {
                    (done.commit, done.request) = (Some(built.to_string()), request.map(|r| (r, true)));
                    break;
                }
                (Some(Pushed::Refused(words)), _) => {
                    return Err(Error::failure(format!(
                        "{} refuses the branch {}: {words}",
                        shown(&self.target.remote),
                        self.target.branch
                    ))
                    .help("nothing was rolled back; mend the cause and run it again"));
                }
                _ if attempt + 1 == TRIES => {
                    return Err(Error::failure(format!(
                        "other writers were always faster on the branch {}",
                        self.target.branch
                    ))
                    .help("run it again"));
                }
                _ => pause(attempt),
            }
        }
        Ok(sources)
    }

    /// Pushes the commit to the branch; if a merge request is asked for, to one of its own, which is given, too.
    fn push(&self, commit: Oid, tip: Oid) -> Result<(Option<Pushed>, Option<String>), Error> {
        let Target { remote, branch, .. } = self.target;
        let (name, lease, options) = match &self.how.merge_request {
            None => (branch.clone(), Some(tip), Vec::new()),
            Some(request) => {
                let name = format!("podwright/rollback-{}", self.environment.replace('/', "-"));
                let there = self.mirror.fetch(remote, std::slice::from_ref(&name), Some(1))?;
                let subject = format!("Roll back {}", self.environment);
                (name, there.first().copied().flatten(), request.options(branch, subject))
            }
        };
        let request = self.how.merge_request.as_ref().map(|_| name.clone());
        let pushed = self.mirror.push(remote, &[Push { commit, branch: name, lease }], &options)?;
        Ok((pushed.into_iter().next(), request))
    }

    /// The release that is published, and the one to go back to.
    fn releases(&self, tip: Oid) -> Result<(Entry, Entry), Error> {
        let place = (self.environment, self.target);
        let mut log = entries(self.mirror, tip, place, self.source.as_ref(), usize::MAX)?.into_iter();
        let now = log.next().filter(|entry| entry.folder.is_some()).ok_or_else(|| {
            Error::usage(format!(
                "{} is not published in the branch {}",
                self.environment, self.target.branch
            ))
        })?;
        let older: Vec<Entry> = log.filter(|entry| entry.folder.is_some()).collect();
        let list = || "`podwright history` lists the releases".to_owned();
        if let Some(wanted) = &self.how.to {
            let hits: Vec<&Entry> =
                older.iter().filter(|e| e.commit.to_string().starts_with(wanted.as_str())).collect();
            return match hits.as_slice() {
                [one] if wanted.len() >= 4 => self.different(now, (*one).clone()),
                [] if now.commit.to_string().starts_with(wanted.as_str()) => {
                    Err(Error::usage(format!("{wanted} is the release that is published")).help(list()))
                }
                [] => Err(Error::usage(format!("{} has no release {wanted}", self.environment)).help(list())),
                _ => {
                    Err(Error::usage(format!("{wanted} names several releases"))
                        .help("write more of its name"))
                }
            };
        }
        // Neither what is published nor what was undone before is a way back.
        let current = self.identity(&now, &now)?;
        let undone = self.mark(&now).map(|mark| mark.undone).unwrap_or_default();
        for entry in older {
            let release = self.identity(&entry, &now)?;
            if release == current || undone.iter().any(|one| one.release == release) {
                continue;
            }
            // Two people who roll back at once mean one release, and not two.
            if !undone.is_empty() {
                return Err(Error::usage(format!(
                    "{} was rolled back already, by {} at {}",
                    self.environment,
                    now.about.author,
                    now.about.date()
                ))
                .help(format!(
                    "to go further back, name the release: `podwright rollback {} --to {}`",
                    self.environment,
                    short(entry.commit)
                )));
            }
            return Ok((now, entry));
        }
        let already = if undone.is_empty() { "" } else { " than the one that it was rolled back to" };
        Err(Error::usage(format!("{} has no earlier release{already}", self.environment)).help(list()))
    }

    /// Refuses to go back to what is published.
    fn different(&self, now: Entry, then: Entry) -> Result<(Entry, Entry), Error> {
        if self.identity(&now, &now)? != self.identity(&then, &now)? {
            return Ok((now, then));
        }
        Err(Error::usage(format!("{} runs the manifests of {} already", self.environment, then.commit))
            .help("`podwright history` lists the releases"))
    }

    /// The folders of a release. What Argo CD read when it stood elsewhere would lead there: then it is what it reads `now`.
    fn parts(&self, entry: &Entry, now: &Entry) -> Result<Parts, Error> {
        let place = (entry.path.as_str(), self.target.base.as_str());
        let none = || Error::failure("a release without a folder");
        let mut parts = Parts::of(self.mirror, entry.tree, place, self.environment)?.ok_or_else(none)?;
        if entry.path != now.path {
            parts.around = self.parts(now, now)?.around;
        }
        Ok(parts)
    }

    /// What tells a release from others.
    fn identity(&self, entry: &Entry, now: &Entry) -> Result<String, Error> {
        self.parts(entry, now)?.identity(self.mirror)
    }

    /// What a rollback left in a release.
    fn mark(&self, entry: &Entry) -> Option<Rollback> {
        let bytes = self.mirror.file(entry.folder?, ROLLBACK)?;
        Rollback::read(&bytes)
    }

    /// The commit that brings a release back: the tree of the branch with the folders of that release.
    fn build(&self, tip: Oid, now: &Entry, then: &Entry) -> Result<Back, Error> {
        let mirror = self.mirror;
        let (is, was) = (self.parts(now, now)?, self.parts(then, now)?);
        let from =
            |folder: Oid| mirror.file(folder, HYDRATOR).and_then(|bytes| source(&bytes)).unwrap_or_default();
        let (gone, back) = (is.identity(mirror)?, was.identity(mirror)?);
        // The values give what the first of several rollbacks undid.
        let (mut undone, first) = match self.mark(now) {
            Some(mark) => (mark.undone, mark.sources.0),
            None => (Vec::new(), from(is.main)),
        };
        undone.push(Undone { release: gone, commit: now.commit.to_string() });
        undone.retain(|one| one.release != back);
        let sources = (first, from(was.main));
        let rollback = Rollback { undone, release: then.commit.to_string(), sources: sources.clone() };
        let restored = mirror.without(was.main, &[ROLLBACK])?;
        let folder = mirror.with_file(Some(restored), ROLLBACK, &rollback.write())?;
        let mut tree = mirror.with_folder(Some(mirror.tree_of(tip)?), &self.target.folder, Some(folder))?;
        let mut changes = vec![self.change(&self.target.folder, Some(is.main), Some(restored), true)?];
        // What Argo CD reads about the environment goes back with it.
        let paths: BTreeSet<&String> = is.around.keys().chain(was.around.keys()).collect();
        for path in paths {
            let (old, new) = (is.around.get(path).copied(), was.around.get(path).copied());
            if old != new {
                let folder = self.target.below(path);
                tree = mirror.with_folder(tree, &folder, new)?;
                changes.push(self.change(&folder, old, new, false)?);
            }
        }
        changes.retain(|change| change.main || !change.files.is_empty());
        if let Some(first) = changes.first_mut() {
            first.effects = effects(&is.objects(mirror)?, &was.objects(mirror)?, &BTreeMap::new());
        }
        let whole = tree.ok_or_else(|| Error::failure("the branch would be empty"))?;
        let message = self.message(&changes, now, then, &sources.1);
        Ok((mirror.commit(whole, Some(tip), &message)?, changes, sources))
    }

    fn change(
        &self,
        folder: &str,
        was: Option<Oid>,
        is: Option<Oid>,
        main: bool,
    ) -> Result<PublishedChange, Error> {
        let before = was.map_or_else(|| Ok(BTreeMap::new()), |tree| self.mirror.files(tree))?;
        let mut after = BTreeMap::new();
        if let Some(tree) = is {
            for path in self.mirror.files(tree)?.into_keys().filter(|path| !FILES.contains(&path.as_str())) {
                let bytes = self.mirror.file(tree, &path).unwrap_or_default();
                after.insert(path, bytes);
            }
        }
        let (environment, folder) = (self.environment.to_owned(), folder.to_owned());
        Ok(PublishedChange {
            environment,
            folder,
            main,
            files: differences(&before, &after),
            effects: Vec::new(),
        })
    }

    fn message(&self, changes: &[PublishedChange], now: &Entry, then: &Entry, source: &str) -> String {
        let mut text = format!("Roll back {} to {}", self.environment, short(then.commit));
        if self.skip {
            text += &format!(" {SKIP}");
        }
        text += "\n\n";
        message::summary(changes, &mut text);
        text += &format!(
            "\nUndoes {}. The environment stays so until its values give something else.\n\n",
            short(now.commit)
        );
        text += &format!(
            "Podwright-version: {}\nPodwright-environment: {}\n",
            env!("CARGO_PKG_VERSION"),
            self.environment
        );
        text += &format!("Podwright-rollback: {}\nPodwright-undone: {}\n", then.commit, now.commit);
        if !source.is_empty() {
            text += &format!("Argocd-reference-commit-sha: {source}\n");
        }
        text
    }
}

/// The first digits of a commit.
fn short(id: Oid) -> String {
    crate::git::short(&id.to_string()).to_owned()
}
