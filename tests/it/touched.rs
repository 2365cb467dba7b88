//! Whether a later change touches what an earlier one did.
//!
//! `tests/cases/touched/CASE.yaml` holds lists of objects: `before`, what the first change made of them (`middle`), and what the
//! second one makes of that (`after`); `touched` is the field that both are about, or `null`.

use crate::impact::{files, manifest, read};
use podwright::{field::Field, manifest::Manifest, yaml::Documents};
use std::{fs, path::Path};

fn side(case: &Field<'static>, name: &str) -> Vec<Manifest<'static>> {
    case.get(name).map(|list| list.items().iter().filter_map(manifest).collect()).unwrap_or_default()
}

#[test]
fn what_a_change_touches_is_told_from_what_it_leaves() {
    let cases = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/touched"), "yaml");
    assert!(cases.len() > 15, "{}", cases.len());
    for path in cases {
        let case = read(&fs::read_to_string(&path).unwrap(), Documents::One).remove(0);
        let sides = ["before", "middle", "after"].map(|name| side(&case, name));
        let sides = sides.each_ref().map(|list| list.iter().collect::<Vec<_>>());
        let got = podwright::diff::touched(&sides[0], &sides[1], &sides[2])
            .map(|(identity, route)| format!("{identity} {route}").trim().to_owned());
        let want = case.get("touched").and_then(|f| f.as_str().map(str::to_owned));
        assert_eq!(got, want, "{}", path.display());
    }
}
