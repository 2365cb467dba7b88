//! Many writers of one branch at once: none is lost, none is mixed with another.

use super::{SHARED, Site, words};
use std::process::Child;

fn site(environments: usize) -> Site {
    let site = Site::new(&[("environments/environment.yaml", SHARED)]);
    for n in 0..environments {
        site.source.write(&format!("environments/e{n}/environment.yaml"), format!("namespace: e{n}\n"));
        site.source.write(&format!("environments/e{n}/web.yaml"), format!("replicas: {}\n", n + 1));
    }
    site.commit("many", &[]);
    site
}

#[track_caller]
fn all_end_well(children: Vec<Child>) {
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// Each environment is there with its own manifests, by one commit each.
#[track_caller]
fn whole(site: &Site, environments: usize) {
    assert_eq!(site.count("rendered"), environments);
    for n in 0..environments {
        let text = site.there(&["show", &format!("rendered:rendered/e{n}/web/deployment-web.yaml")]);
        assert!(text.contains(&format!("replicas: {}\n", n + 1)), "{text}");
        let commits = site.there(&["rev-list", "--count", "rendered", "--", &format!("rendered/e{n}")]);
        assert_eq!(commits, "1", "e{n}");
    }
    assert_eq!(site.ok("publish"), "Unchanged rendered of origin\n");
    site.sound("rendered");
}

#[test]
fn twenty_clones_publish_at_once() {
    const WRITERS: usize = 20;
    let site = site(WRITERS);
    let clones: Vec<_> = (0..WRITERS).map(|_| site.clone()).collect();
    let run = |(n, clone): (usize, &crate::support::Case)| clone.spawn(&["publish", &format!("e{n}")]);
    all_end_well(clones.iter().enumerate().map(run).collect());
    whole(&site, WRITERS);
}

#[test]
fn runs_in_one_clone_take_turns() {
    let site = site(5);
    all_end_well((0..5).map(|n| site.source.spawn(&["publish", &format!("e{n}")])).collect());
    whole(&site, 5);
}

#[test]
fn a_publisher_and_a_rollback_meet() {
    let site = site(3);
    site.ok("publish");
    site.commit(
        "more",
        &[("environments/web.yaml", "replicas: 9\n"), ("environments/e0/web.yaml", "replicas: 8\n")],
    );
    site.ok("publish e0");
    let clone = site.clone();
    let others = clone.spawn(&["publish", "e1", "e2"]);
    let back = site.source.spawn(&["rollback", "e0"]);
    all_end_well(vec![others, back]);
    let text = site.there(&["show", "rendered:rendered/e0/web/deployment-web.yaml"]);
    assert!(text.contains("replicas: 1\n"), "{text}");
    site.sound("rendered");
}

#[test]
fn a_remote_that_always_says_that_another_was_first_is_believed_only_so_long() {
    let site = site(1);
    site.remote.write("remote.git/refs/heads/rendered.lock", "");
    let told = site.fails("publish", 3);
    assert!(told.contains("refuses the branch rendered"), "{told}");
    site.remote.remove("remote.git/refs/heads/rendered.lock");
    assert_eq!(site.source.said(&words("publish")).code, 0);
}
