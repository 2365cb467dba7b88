//! A disk is full, here or at the other side: the error says so, the branch is as it was or has the whole commit, and the next run
//! with room finishes.
#![cfg(target_os = "linux")]

use super::Site;
use std::{fs, path::Path, process::Command};

/// Publishes with the folder `$2` on a small disk: first with `$3` KiB left on it, then with plenty. Each time it tells the exit
/// code, what was said, and where the branches of the remote `$4` are; at the end whether that is sound and what it holds.
const SCRIPT: &str = r#"
set -e
kept="$4.kept"
cp -a "$2" "$kept"
mount -t tmpfs -o size=64m none "$2"
cp -a "$kept/." "$2"
used=$(df -kP "$2" | awk 'NR == 2 { print $3 }')
mount -o "remount,size=$((used + $3))k" "$2"
for try in 1 2; do
  code=0
  "$1" publish 2>"$4.said" >/dev/null || code=$?
  printf '%s\n' "$code"
  cat "$4.said"
  printf '\0'
  git --git-dir="$4" for-each-ref --format='%(refname) %(objectname)'
  printf '\0'
  mount -o remount,size=64m "$2"
done
git --git-dir="$4" fsck --strict --no-dangling 2>/dev/null
git --git-dir="$4" show rendered:rendered/a/web/deployment-web.yaml
rm -rf "$kept"
"#;

/// A run: its exit code and what it said, and where the branches of the remote were after it.
struct Run {
    code: String,
    said: String,
    branches: String,
}

#[expect(clippy::print_stderr, reason = "a test that tests nothing says so")]
fn skipped() {
    eprintln!("skipped: there is no right to mount a small disk here");
}

/// What two runs did with so many KiB left of the disk that holds `folder`, the second with plenty; and what the branch holds after.
/// None where no such disk can be made.
fn squeezed(site: &Site, folder: &Path, room: u32) -> Option<([Run; 2], String)> {
    let space = ["--user", "--map-root-user", "--mount", "--", "sh", "-c"];
    let command = || {
        let mut command = Command::new("unshare");
        command.args(space).current_dir(site.source.path("")).env_clear();
        command.envs(std::env::var_os("PATH").map(|path| ("PATH", path)));
        command.env("HOME", site.source.path("")).env("GIT_CONFIG_NOSYSTEM", "1");
        command
    };
    let probe = command().arg("mount -t tmpfs -o size=64k none /mnt").output();
    if !probe.is_ok_and(|output| output.status.success()) {
        skipped();
        return None;
    }
    let mut run = command();
    run.args([SCRIPT, "sh", env!("CARGO_BIN_EXE_podwright")]).arg(folder).arg(room.to_string());
    let output = run.arg(site.remote.path("remote.git")).output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{room} KiB: {err}{}", String::from_utf8_lossy(&output.stdout));
    let text = String::from_utf8(output.stdout).unwrap();
    let parts: Vec<&str> = text.split('\0').collect();
    let [first, then, second, after, holds] = parts[..] else { panic!("{text}") };
    let run = |said: &str, branches: &str| {
        let (code, said) = said.split_once('\n').unwrap();
        Run { code: code.to_owned(), said: said.to_owned(), branches: branches.to_owned() }
    };
    Some(([run(first, then), run(second, after)], holds.to_owned()))
}

/// Publishes changes with `step` KiB more each time, until one goes through at once. `wanted` is what each failure must say.
fn swept(site: &Site, folder: &Path, wanted: &[&str], step: u32) {
    for (failed, room) in (0..).map(|n| n * step).enumerate() {
        assert!(room < 4000, "it fails with {room} KiB left");
        let replicas = format!("replicas: 1{}\n", site.git(&["rev-list", "--count", "HEAD"]));
        site.commit("next", &[("environments/web.yaml", &replicas)]);
        let before = site.there(&["for-each-ref", "--format=%(refname) %(objectname)"]);
        let Some(([first, second], holds)) = squeezed(site, folder, room.max(4)) else { return };
        let told = format!("{room} KiB: {}", first.said);
        if first.code == "0" {
            assert!(second.said.starts_with("Unchanged"), "{told}{}", second.said);
            assert!(failed > 0, "no disk was full");
            return;
        }
        assert_eq!((first.code.as_str(), first.branches.trim()), ("3", before.as_str()), "{told}");
        assert!(wanted.iter().all(|words| first.said.contains(words)), "{told}");
        assert!(FULL.iter().any(|words| first.said.contains(words)), "{told}");
        assert_eq!(second.code, "0", "{told}{}", second.said);
        assert_ne!(second.branches, first.branches, "{told}");
        assert!(holds.contains(&replicas), "{told}{holds}");
    }
}

/// Of the file of a branch Git says only that it could not be written.
const FULL: [&str; 2] = ["No space left on device", "couldn't write"];

const HERE: [&str; 2] = ["room on that disk", "run it again"];

const THERE: [&str; 3] =
    ["origin refuses the branch rendered", "nothing of it was published", "run it again"];

#[test]
fn a_full_disk_here_leaves_the_branch_as_it_was() {
    let site = Site::two();
    site.ok("publish");
    swept(&site, &site.source.path(".git/podwright"), &HERE, 16);
    site.ok("publish");
    site.sound("rendered");
}

#[test]
fn a_full_disk_at_the_other_side_leaves_the_branch_as_it_was() {
    let site = Site::two();
    site.ok("publish");
    swept(&site, &site.remote.path("remote.git"), &THERE, 16);
    site.ok("publish");
    site.sound("rendered");
}

#[test]
#[ignore = "long: more than a minute of small disks"]
fn a_disk_may_be_full_at_any_step() {
    let site = Site::two();
    let mirror = site.source.path(".git/podwright");
    // The repository is not even made; then what is built in it does not fit.
    fs::create_dir(&mirror).unwrap();
    swept(&site, &mirror, &HERE, 4);
    fs::remove_dir_all(&mirror).unwrap();
    site.ok("publish");
    swept(&site, &mirror, &HERE, 4);
    swept(&site, &site.remote.path("remote.git"), &THERE, 4);
    site.ok("publish");
    site.sound("rendered");
}
