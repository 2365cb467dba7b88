//! Any template over any values: compiling and rendering neither panic nor hang.
#![no_main]

use libfuzzer_sys::fuzz_target;
use podwright::{
    source::FileId,
    template::{File, Interface, Program, lint},
    values::{self, Origin},
    yaml::{self, Documents, Options, Role},
};

fuzz_target!(|texts: (&str, &str, &str)| {
    let (template, fragment, defaults) = texts;
    let options = Options { documents: Documents::One, role: Role::Values };
    let Some(defaults) = yaml::read(FileId(0), defaults, &options).documents.into_iter().next() else { return };
    let files = [
        File { id: FileId(1), path: "templates/x.yaml", text: template },
        File { id: FileId(2), path: "templates/_f.yaml", text: fragment },
        File { id: FileId(3), path: "files/t.txt", text: fragment },
    ];
    let (program, _) = Program::compile(&files);
    let _ = lint(&program, &Interface { defaults: &defaults, improvements: vec![] });
    let values = values::merge(&[("values", vec![Origin { layer: 0, key: None, node: &defaults }])]);
    let first = program.render(&values);
    let second = program.render(&values);
    assert_eq!(first.documents, second.documents);
});
