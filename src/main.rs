//! The binary: hands over to the command line and maps its result to an exit code.

fn main() {}
