//! Pages that are run: a fenced block whose first line is `# file: PATH` is written to a workspace; a `console` block runs each
//! line that starts with `$ podwright`, and holds what it says.

use super::Case;

/// A page with every `console` block as the tool fills it.
pub(crate) fn filled(text: &str) -> String {
    let mut case = Case::new();
    let mut out = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        out += &format!("{line}\n");
        let Some(kind) = line.strip_prefix("```") else { continue };
        let body: Vec<&str> = lines.by_ref().take_while(|l| *l != "```").collect();
        match body.split_first() {
            Some((first, rest)) if first.starts_with("# file: ") => {
                let path = first.trim_start_matches("# file: ");
                case = case.file(path, rest.iter().map(|l| format!("{l}\n")).collect::<String>());
                out.extend(body.iter().map(|l| format!("{l}\n")));
            }
            _ if kind == "console" => {
                for run in body.iter().filter_map(|l| l.strip_prefix("$ podwright ")) {
                    let said = case.said(&run.split(' ').map(str::to_owned).collect::<Vec<_>>());
                    out += &format!("$ podwright {run}\n{}{}", said.stdout, said.stderr);
                }
            }
            _ => out.extend(body.iter().map(|l| format!("{l}\n"))),
        }
        out += "```\n";
    }
    out
}
